"""A user's name by its number, for what is told to a person."""

from __future__ import annotations

import sys


def get_name(uid: int) -> str:
    """Return the user's name, `user 1234` where the number has none, and on Windows."""
    if sys.platform == "win32":
        return f"user {uid}"
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
