"""Reading with a bound: no FIFO, device or gigabyte in a file's place holds a prompt up."""

from __future__ import annotations

import os
import sys
from stat import S_ISREG

# Non-blocking, so that a FIFO without a writer doesn't hold the prompt for ever; Windows' text mode
# would take Ctrl-Z for the end.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)

_PIECE = 64 * 1024  # bytes; what is asked of a file that doesn't say how long it is, as in /proc


def read(path: str, limit: int, *, owner: int = -1, follows: bool = True) -> bytes | None:
    """Return the first `limit` bytes of the regular file at `path`.

    None where nothing is there, or what can't be read, or another kind; where it doesn't belong to
    the user with the number `owner`, if one is given; and for a link, if `follows` is false.
    """
    try:
        descriptor = os.open(path, _FLAGS if follows else _FLAGS | _NO_LINK)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
        is_own = owner == -1 or sys.platform == "win32" or status.st_uid == owner
        if not is_own or not S_ISREG(status.st_mode):
            return None
        return _read_all(descriptor, limit, max(_PIECE, status.st_size + 1))
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, limit: int, piece: int) -> bytes:
    """Read on until the end or the limit: one call may return less, as in /proc.

    Each call makes room for all that it asks for, which took Windows longer than the reading.
    """
    content = b""
    while len(content) < limit:
        more = os.read(descriptor, min(piece, limit - len(content)))
        if not more:
            break
        content += more
    return content
