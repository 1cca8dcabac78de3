"""The two rooms for files: read with a bound, and replaced whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

import unix
from autovenv import reading, replacing


def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    """What would wait, or never end, is as good as absent; a link counts where it may."""
    file = tmp_path / "file"
    file.write_bytes(b"a\x1ab\r\n" * 1000)
    assert reading.read(str(file), 6) == b"a\x1ab\r\na"
    assert reading.read(str(file), 1 << 20) == file.read_bytes()
    assert reading.read(str(file), 0) == b""
    assert reading.read(str(tmp_path), 6) is None
    assert reading.read(str(tmp_path / "none"), 6) is None
    assert reading.read(f"{file}\0", 6) is None


@unix.alone("no FIFO, no owner's number")
def test_what_would_wait_is_not_read(tmp_path: Path) -> None:
    """A FIFO without a writer, a device without an end, another user's file, a link."""
    fifo, link, file = tmp_path / "fifo", tmp_path / "link", tmp_path / "file"
    unix.make_fifo(fifo)
    file.write_bytes(b"content")
    link.symlink_to(file)
    assert reading.read(str(fifo), 6) is None
    assert reading.read("/dev/zero", 6) is None
    assert reading.read(str(link), 6) == b"conten"
    assert reading.read(str(link), 6, follows=False) is None
    assert reading.read(str(file), 6, owner=unix.USER) == b"conten"
    assert reading.read(str(file), 6, owner=unix.USER + 1) is None


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_after_an_error_the_file_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """No half a file, and no draft is left, whichever call fails."""
    file = tmp_path / "file"
    replacing.replace(str(file), b"before", is_synced=True)

    def fail(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        replacing.replace(str(file), b"after", is_synced=True)
    monkeypatch.undo()
    assert file.read_bytes() == b"before"
    assert [*tmp_path.iterdir()] == [file]
    replacing.replace(str(file), b"after")
    assert file.read_bytes() == b"after"


@unix.alone("nothing is locked there")
def test_a_folder_is_locked_for_one(tmp_path: Path) -> None:
    """Who doesn't wait is told; once it is unlocked, the next one has it."""
    lock = replacing.lock(str(tmp_path), waits=False)
    with pytest.raises(BlockingIOError):
        replacing.lock(str(tmp_path), waits=False)
    replacing.unlock(lock)
    again = replacing.lock(str(tmp_path), waits=True)
    assert again >= 0
    replacing.unlock(again)


@unix.alone("nothing is locked there")
def test_what_knows_no_locks_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home on NFS without its lock service."""
    if sys.platform != "win32":
        import fcntl

        def fail(*_: object) -> None:
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

        monkeypatch.setattr(fcntl, "flock", fail)
    lock = replacing.lock(str(tmp_path), waits=True)
    assert lock == -1
    replacing.unlock(lock)
