"""Reading with a bound."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autovenv import reading


@pytest.mark.parametrize("limit", [1, 99_999, 100_000, 100_001, 64 << 20])
def test_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """All of it, or the limit; no room is made for more than there is.

    64 MiB of room for each program of an environment took Windows' Python a second each time that
    what was allowed was looked at.
    """
    file, content = tmp_path / "file", os.urandom(100_000)
    file.write_bytes(content)
    asked: list[int] = []
    read = os.read

    def watch(descriptor: int, size: int) -> bytes:
        asked.append(size)
        return read(descriptor, size)

    monkeypatch.setattr(os, "read", watch)
    assert reading.read(str(file), limit) == content[:limit]
    assert max(asked) <= len(content) + 1


def test_what_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    """A file of /proc says 0; where there is none, an empty one is read as such."""
    file = Path("/proc/self/maps")
    if file.exists():
        assert len(reading.read(str(file), 64 << 20) or b"") > 1000
    (tmp_path / "empty").touch()
    assert reading.read(str(tmp_path / "empty"), 10) == b""
