"""Rc files on the disk: read, replaced whole or not at all, and removed; what is in them is bytes.

A link stays a link (its target is written), and mode and owner stay as they were.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys

from autovenv import replacing


def read(path: str) -> bytes | None:
    """Return the file's bytes, or None where nothing is there or a link leads to nothing.

    Raises OSError, also for what is no file: opening a FIFO would wait for ever.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "Not a file", path)
    with open(path, "rb") as file:
        return file.read()


def describe(error: Exception) -> str:
    """Return why the file can't be read or written, without its path, which the message has."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def count_missing_folders(path: str) -> int:
    """Return how many folders `write` would have to make for the file."""
    count, folder = 0, os.path.dirname(os.path.realpath(path))
    while not os.path.lexists(folder):
        count, folder = count + 1, os.path.dirname(folder)
    return count


def write(path: str, data: bytes) -> None:
    """Make `data` the file's content, with the folders that are missing; raise OSError.

    After an error everything is as it was.
    """
    target = os.path.realpath(path)
    missing = count_missing_folders(target)
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        replacing.replace(
            target,
            data,
            mode=0o666,
            is_synced=True,
            prepare=lambda draft: _take_over_access(target, draft),
        )
    except OSError:
        remove_folders(target, missing)
        raise


def remove(path: str) -> None:
    """Remove the file, the target where it is a link; raise OSError."""
    os.unlink(os.path.realpath(path))


def remove_folders(path: str, count: int) -> None:
    """Remove those of the `count` folders next above the file that are empty."""
    folder = os.path.realpath(path)
    for _ in range(count):
        folder = os.path.dirname(folder)
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _take_over_access(target: str, temporary: str) -> None:
    """Give `temporary` the mode and owner of `target`, if that exists; raise OSError."""
    try:
        was = os.stat(target)
    except FileNotFoundError:
        return
    # A rename would also replace a file that its owner has protected.
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)
    now = os.stat(temporary)
    if sys.platform != "win32" and (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        os.chown(temporary, was.st_uid, was.st_gid)
    os.chmod(temporary, stat.S_IMODE(was.st_mode))
