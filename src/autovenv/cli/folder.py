"""The folder where a command was called, as the shell that called it writes it."""

from __future__ import annotations

import os
from collections.abc import Mapping


def current(environ: Mapping[str, str]) -> str:
    """Return PWD, with its links, as the shells walk it; where that is a lie, the process's own."""
    folder = environ.get("PWD", "")
    return folder if os.path.isabs(folder) and is_same(folder, ".") else os.getcwd()


def is_same(one: str, other: str) -> bool:
    """Tell whether both paths lead to the same, and are there."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
