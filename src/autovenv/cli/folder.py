"""The folder where a command was called, as the shell that called it writes it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from autovenv.cli import Misuse


def current(environ: Mapping[str, str]) -> str:
    """Return PWD, with its links, as the shells walk it; where that is a lie, the process's own.

    Raises Misuse where that was deleted.
    """
    folder = environ.get("PWD", "")
    if os.path.isabs(folder) and is_same(folder, "."):
        return folder
    try:
        return os.getcwd()
    except OSError:
        raise Misuse("the current folder is gone: cd to one that is there") from None


def is_same(one: str, other: str) -> bool:
    """Tell whether both paths lead to the same, and are there."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
