"""Making a folder of the user's own."""

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
        if os.stat(nearest).st_uid != os.geteuid():
            raise PermissionError(f"{nearest} belongs to another user")
    os.makedirs(folder, mode=0o700, exist_ok=True)
