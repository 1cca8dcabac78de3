"""Asks git itself about a folder, but never where git could wait without end.

git opens whatever stands in the place of a file of its own, a FIFO, too, and whatever the settings
of a repository name.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from stat import S_ISREG

from autovenv import reading
from autovenv.git import repositories

# What git opens in a repository for these questions, and in each folder of a work tree.
_FILES = (
    *("HEAD", "commondir", "config", "config.worktree", "index"),
    *("info/attributes", "info/exclude", "packed-refs"),
)
_IN_FOLDERS = (".gitattributes", ".gitignore")

# What settings name another file by; git knows no case here.
_NAMING = (b"include", b"excludesfile", b"attributesfile")
_LIMIT = 1 << 20  # bytes of settings

PATIENCE = 10.0  # seconds


def ask(folder: str, *words: str) -> subprocess.CompletedProcess[bytes] | None:
    """Return what came of git in the folder; None where it isn't there, or isn't asked."""
    if find_obstacle(folder):
        return None
    # Nothing of the repository's own settings is to run.
    command = ["git", "-c", "core.fsmonitor=false", "-C", folder, *words]
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError):
        return None


def find_obstacle(folder: str) -> str:
    """Return the file for which git isn't asked in the folder, "" where it can be."""
    try:
        for path in _list_opened(folder):
            if _is_special(path):
                return path
            if os.path.basename(path).startswith("config") and _names_files(path):
                return path
    except repositories.UnreadableError:
        return os.path.join(folder, ".git")
    return ""


def _list_opened(folder: str) -> Iterator[str]:
    """Yield what git may open, in the folder and in all above it."""
    above = ""
    while folder != above:
        for place in repositories.list_folders_of(folder):
            for name in _FILES:
                yield os.path.join(place, name)
        for name in _IN_FOLDERS:
            yield os.path.join(folder, name)
        above, folder = folder, os.path.dirname(folder)


def _is_special(path: str) -> bool:
    try:
        return not S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False  # nothing is there that git could open


def _names_files(path: str) -> bool:
    settings = (reading.read(path, _LIMIT) or b"").lower()
    return any(word in settings for word in _NAMING)
