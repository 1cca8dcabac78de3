"""A file system that ignores case, as macOS' does: `ignoring_case.py SOURCE PLACE` mounts it.

It shows the folder SOURCE at PLACE, to be read alone. A name leads to the same file, with the same
inode, in whatever case it is written; what is listed is the name as it was made.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHOWN = ("st_mode", "st_ino", "st_nlink", "st_uid", "st_gid", "st_size", "st_mtime", "st_ctime")


class IgnoringCase:
    """What libfuse asks for, by the names that mfusepy has for it."""

    use_ns = False

    def __init__(self, source: str) -> None:
        self._source = source

    def getattr(self, path: str, _handle: int | None = None) -> dict[str, float]:
        """Return the status of a file."""
        status = os.lstat(self._find(path))
        return {name: getattr(status, name) for name in SHOWN}

    def readdir(self, path: str, _handle: int) -> Iterator[tuple[str, dict[str, float], int]]:
        """Return what is in a folder; what has no inode would be passed over."""
        for name in (".", "..", *os.listdir(self._find(path))):
            yield name, self.getattr(f"{path}/{name}"), 0

    def readlink(self, path: str) -> str:
        """Return where a link leads."""
        return os.readlink(self._find(path))

    def open(self, path: str, _flags: int) -> int:
        """Return a handle."""
        return os.open(self._find(path), os.O_RDONLY)

    def read(self, _path: str, size: int, offset: int, handle: int) -> bytes:
        """Return a part of a file."""
        os.lseek(handle, offset, os.SEEK_SET)
        return os.read(handle, size)

    def release(self, _path: str, handle: int) -> int:
        """Close a handle."""
        os.close(handle)
        return 0

    def _find(self, path: str) -> str:
        found = self._source
        for part in filter(None, path.split("/")):
            names = os.listdir(found) if os.path.isdir(found) else []
            same = [name for name in names if name.lower() == part.lower()]
            found = os.path.join(found, *(same[:1] or [part]))
        return found


@contextmanager
def mounted(source: Path, place: Path) -> Iterator[None]:
    """Mount it for as long as this holds."""
    with subprocess.Popen([sys.executable, __file__, source, place]) as process:
        try:
            while not os.path.ismount(place):
                assert process.poll() is None
            yield
        finally:
            subprocess.run(["fusermount3", "-u", "-z", place], check=True)


if __name__ == "__main__":
    from mfusepy import FUSE

    FUSE(IgnoringCase(sys.argv[1]), sys.argv[2], foreground=True, nothreads=True, use_ino=True)
