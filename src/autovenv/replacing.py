"""Replacing a file whole or not at all, and keeping others from it meanwhile."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def replace(
    path: str,
    content: bytes,
    *,
    draft: str = "",
    mode: int = 0o600,
    is_synced: bool = False,
    prepare: Callable[[str], None] | None = None,
) -> None:
    """Make `content` all that the file at `path` holds; raise OSError.

    After an error the file is as it was. It is written as `draft` first, a path on the same file
    system, by default one beside it with a random ending. `is_synced`: it is on the disk before it
    takes the file's place. `prepare` gets the draft's path before anything is in it.
    """
    draft = draft or f"{path}.{os.urandom(8).hex()}"
    descriptor = os.open(draft, _NEW, mode)
    try:
        try:
            if prepare:
                prepare(draft)
            while content:
                content = content[os.write(descriptor, content) :]
            if is_synced:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(draft, path)
    except BaseException:
        _remove(draft)
        raise


def lock(folder: str, *, waits: bool) -> int:
    """Return a descriptor that keeps others from locking the folder, for `unlock`.

    -1 where nothing can be locked: on Windows, and on a file system that knows no locks. Raises
    OSError where the folder can't be opened, BlockingIOError where another has it and `waits` is
    false.
    """
    if sys.platform == "win32":
        return -1
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:
        os.close(descriptor)  # a home on NFS without its lock service, and the like
        return -1
    return descriptor


def unlock(descriptor: int) -> None:
    """Let others lock what `lock` returned."""
    if descriptor >= 0:
        os.close(descriptor)


def _remove(draft: str) -> None:
    try:
        os.unlink(draft)
    except OSError:
        return  # it was never made, or is gone
