"""What keeps the user from an environment that is whole: a mode, an owner, how it is mounted.

None of that is fixed by making it again.
"""

from __future__ import annotations

import os
import sys

from autovenv import users
from autovenv.verdict import NOT_EXECUTABLE, UNREADABLE, Problem, Remedy


def find_closed_folder(environment: str, folder: str) -> Problem:
    """Return why the user can't look into a folder, the environment's own or one in it."""
    message = f"its folder {os.path.basename(folder)} can't be read"
    return _explain(environment, folder, UNREADABLE, message, "u+rwx")


def find_unreadable(environment: str, name: str) -> Problem:
    """Return why the file `name` in the environment, which is there, can't be read."""
    path = f"{environment}/{name}"
    if os.access(path, os.R_OK):
        return Problem(UNREADABLE, environment, f"its {name} is no file that can be read")
    return _explain(environment, path, UNREADABLE, f"its {name} can't be read", "u+rw")


def runs_nothing(environment: str, program: str) -> Problem:
    """Return why the environment's interpreter, which is there, can't be run."""
    message = "its interpreter can't be run"
    end = os.path.realpath(program)
    if _is_mounted_noexec(end):
        return Problem(
            NOT_EXECUTABLE, environment, f"{message}: {end} is on a file system mounted noexec"
        )
    if end != program and not end.startswith(f"{os.path.realpath(environment)}/"):
        return Problem(NOT_EXECUTABLE, environment, f"{message}: {end} isn't executable")
    return _explain(environment, program, NOT_EXECUTABLE, f"{message}: it isn't executable", "u+x")


def _explain(environment: str, path: str, reason: str, message: str, mode: str) -> Problem:
    """Return the problem with the command that helps, where the file is the user's."""
    status = _get_status(path)
    if sys.platform == "win32" or status is None:
        return Problem(reason, environment, message)
    if status.st_uid not in (os.geteuid(),) and os.geteuid() != 0:
        return Problem(
            reason, environment, f"{message}: it belongs to {users.get_name(status.st_uid)}"
        )
    remedy = Remedy(["chmod", mode, path], "to open it")
    return Problem(reason, environment, message, [remedy])


def _is_mounted_noexec(path: str) -> bool:
    if sys.platform == "win32":
        return False
    try:
        return bool(os.statvfs(path).f_flag & getattr(os, "ST_NOEXEC", 0))
    except (OSError, AttributeError):
        return False


def _get_status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None
