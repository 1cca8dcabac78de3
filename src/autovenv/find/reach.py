"""Where a path leads, without an exception, and which paths aren't looked up at all.

Those that a project names on a network aren't: a look alone tells a server who stands in the
project, and can take minutes.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Folders below which a name is a host's or a cell's: autofs' host maps, AFS, CernVM-FS, macOS.
_NAMES = ("afs", "coda", "cvmfs", "ipfs", "ipns", "misc", "net", "Network")
_MAPS = [[name] for name in _NAMES]


def is_remote(path: str, base: str) -> bool:
    """Tell by the text alone whether the absolute `path` leads to a network that `base` isn't on.

    `base` is the project's own path: who works on a share has all of it there.
    """
    if path[:1] in ("/", "\\") and path[1:2] in ("/", "\\"):
        return not _is_below(path, base, 4)
    path = os.path.normpath(path)
    return path.split("/")[1:2] in _MAPS and not _is_below(path, base, 3)


def resolved(path: str) -> str:
    """Return where `path` leads, itself where that can't be told.

    os.path.realpath raises where a link can't be read (/proc/1/root), and on a thousand links.
    """
    try:
        return os.path.realpath(path)
    except (OSError, ValueError, RecursionError):
        return path


def current(environ: Mapping[str, str]) -> str:
    """Return PWD, with its links, as the shells walk it; where that is a lie, the process's own.

    "" where that was deleted.
    """
    folder = environ.get("PWD", "")
    if os.path.isabs(folder) and is_same(folder, "."):
        return folder
    try:
        return os.getcwd()
    except OSError:
        return ""


def is_same(one: str, other: str) -> bool:
    """Tell whether both paths lead to the same, and are there."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def _is_below(path: str, base: str, depth: int) -> bool:
    """Tell whether both have the same first `depth` parts: `//host/share`, `/net/host`."""
    first, second = (text.replace("\\", "/").split("/")[:depth] for text in (path, base))
    return first == second and len(first) == depth
