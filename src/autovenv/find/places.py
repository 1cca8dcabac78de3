"""Where tools keep what is the user's: platformdirs' answers without its import.

Tested against platformdirs, which Poetry, hatch and pdm themselves ask (4.14; the XDG variables
count on macOS since 4.6). A path in a variable or a setting is expanded here, too.
"""

from __future__ import annotations

import os
import sys

from autovenv import paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence

# A text that mypy can't narrow: all three systems' places are tested on each.
PLATFORM = str(sys.platform)


def find_home(evidence: Evidence) -> str:
    """Return the user's home."""
    return find_folder("USERPROFILE" if PLATFORM == "win32" else "HOME", evidence)


def find_folder(variable: str, evidence: Evidence) -> str:
    """Return the folder that a variable of the system's names, or the system's own word for it."""
    return evidence.read_variable(variable) or paths.ask_system(variable)


def find_config(
    app: str, evidence: Evidence, *, author: bool = False, roaming: bool = False
) -> str:
    """Return the folder of the settings of `app`; `author`: twice its name on Windows."""
    if PLATFORM == "win32":
        return _find_on_windows(app, evidence, author, "APPDATA" if roaming else "LOCALAPPDATA")
    return _find_on_unix(app, evidence, "XDG_CONFIG_HOME", ".config", "Library/Application Support")


def find_data(app: str, evidence: Evidence, *, author: bool = False) -> str:
    """Return the folder of the data of `app`."""
    if PLATFORM == "win32":
        return _find_on_windows(app, evidence, author, "LOCALAPPDATA")
    return _find_on_unix(
        app, evidence, "XDG_DATA_HOME", ".local/share", "Library/Application Support"
    )


def find_xdg_data(evidence: Evidence) -> str:
    """Return the folder of all data as uv and mise have it: on macOS, too, what XDG says."""
    named = evidence.read_variable("XDG_DATA_HOME")
    return named if os.path.isabs(named) else f"{find_home(evidence)}/.local/share"


def find_pew_environments(named: str, evidence: Evidence) -> str:
    """Return pew's folder of environments, which is pipenv's and virtualfish's, too.

    `named` is what XDG_DATA_HOME says: pew asks neither for the system nor whether it is absolute.
    """
    return f"{named or f'{find_home(evidence)}/.local/share'}/virtualenvs"


def find_cache(app: str, evidence: Evidence) -> str:
    """Return the folder of the cache of `app`."""
    if PLATFORM == "win32":
        return os.path.join(_find_on_windows(app, evidence, False, "LOCALAPPDATA"), "Cache")
    return _find_on_unix(app, evidence, "XDG_CACHE_HOME", ".cache", "Library/Caches")


def _find_on_unix(app: str, evidence: Evidence, variable: str, linux: str, macos: str) -> str:
    base = evidence.read_variable(variable)
    if not base.startswith("/"):
        base = f"{find_home(evidence)}/{macos if PLATFORM == 'darwin' else linux}"
    return f"{base}/{app}"


def _find_on_windows(app: str, evidence: Evidence, author: bool, variable: str) -> str:
    base = find_folder(variable, evidence)
    return os.path.join(base, app, app) if author else os.path.join(base, app)


def expand(path: str, evidence: Evidence) -> str:
    """Return `path` with the home for a leading `~`; that of another user stays as it is."""
    if path == "~" or path.startswith("~/") or path.startswith(f"~{os.sep}"):
        return find_home(evidence) + path[1:]
    return path


def expand_variables(path: str, evidence: Evidence) -> str:
    """Return `path` with the home for a leading `$HOME` or `${HOME}`, and for a `~`.

    The tools expand every variable; an answer may only hang on those of a fixed list.
    """
    for name in ("$HOME", "${HOME}", "%USERPROFILE%"):
        rest = path.removeprefix(name)
        if rest != path and rest[:1] in ("", "/", os.sep):
            return find_home(evidence) + rest
    return expand(path, evidence)
