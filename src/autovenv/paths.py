"""Where autovenv keeps its own files: platformdirs' answers without its import.

The shells' question is on somebody's prompt, and platformdirs costs more than the rest of it;
a test holds these functions against platformdirs.
"""

from __future__ import annotations

import os
import sys

from autovenv.record import FORMAT

TYPE_CHECKING = False  # typing's own costs a bare start of Python
if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "autovenv"


def state_folder(environ: Mapping[str, str]) -> str:
    """Return the folder of the store of answers and of approvals, which need not exist yet.

    `environ` is the caller's environment: a test, or a shell's own variables, may differ from
    `os.environ`. The XDG variables count only where they are absolute, as the specification says.
    """
    if sys.platform == "win32":
        return os.path.join(_local_app_data(environ), NAME)
    if sys.platform == "darwin":
        return os.path.join(_home(environ), "Library", "Application Support", NAME)
    return _xdg(environ, "XDG_STATE_HOME", ".local", "state")


def answers_folder(environ: Mapping[str, str]) -> str:
    """Return the root of the store: below it, each answer lies under its project's own path.

    The record's format is in its name, so that two versions keep their answers apart.
    """
    return os.path.join(state_folder(environ), f"answers.{FORMAT}")


def _xdg(environ: Mapping[str, str], variable: str, *default: str) -> str:
    base = environ.get(variable, "")
    if not os.path.isabs(base):
        base = os.path.join(_home(environ), *default)
    return os.path.join(base, NAME)


def _home(environ: Mapping[str, str]) -> str:
    return environ.get("HOME") or os.path.expanduser("~")


def _local_app_data(environ: Mapping[str, str]) -> str:
    return environ.get("LOCALAPPDATA") or os.path.join(_home(environ), "AppData", "Local")
