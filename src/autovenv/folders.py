"""A folder of the user's own: making one, and telling whether one is."""

from __future__ import annotations

import os
import sys


def make_own(folder: str) -> None:
    """Make the folder, for the user alone, with those above it that are missing; raise OSError.

    PermissionError where what it is to be made in belongs to another user: as root with somebody's
    HOME (`sudo -E`), what is made there could not be written by its owner.
    """
    if sys.platform != "win32":
        nearest = folder
        while not os.path.lexists(nearest):
            nearest = os.path.dirname(nearest) or "."
        if not is_own(os.stat(nearest)):
            raise PermissionError(f"{nearest} belongs to another user")
    os.makedirs(folder, mode=0o700, exist_ok=True)


def is_own(status: os.stat_result) -> bool:
    """Tell whether what has that status is the user's. On Windows, modes and owners say nothing."""
    return sys.platform == "win32" or status.st_uid == os.geteuid()
