"""The profiles that `install` wrote on Windows, kept for `uninstall`.

OneDrive moves Documents and back, and translates the folder's name: afterwards nothing else says
where the hook was put.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from autovenv import paths, rcfile

NAME = "profiles"


def list_remembered(environ: Mapping[str, str]) -> list[str]:
    """Return the paths, none where no list can be read."""
    try:
        content = rcfile.read(_find_file(environ)) or b""
    except OSError:
        return []
    lines = content.decode("utf-8", "replace").split("\n")
    return [line for line in lines if os.path.isabs(line) and line.endswith(".ps1")]


def remember(written: Iterable[str], environ: Mapping[str, str]) -> None:
    """Add paths to the list; raise OSError."""
    before = list_remembered(environ)
    after = list(dict.fromkeys([*before, *written]))
    if after != before:
        rcfile.write(_find_file(environ), "".join(f"{path}\n" for path in after).encode())


def forget(environ: Mapping[str, str]) -> None:
    """Take the list away: no profile has the hook any more."""
    try:
        rcfile.remove(_find_file(environ))
    except FileNotFoundError:
        return


def _find_file(environ: Mapping[str, str]) -> str:
    return os.path.join(paths.find_state_folder(environ), NAME)
