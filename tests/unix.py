"""What Windows lacks: a test that is about it, or asks for it, is skipped there and says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# The user's number; one that nobody has where users have names alone.
if sys.platform == "win32":
    USER = -1
else:
    USER = os.geteuid()


only_root = pytest.mark.skipif(USER != 0, reason="only root can give a file to another user")


def alone(reason: str) -> pytest.MarkDecorator:
    """Return what skips on Windows; `reason` says what of the test is POSIX's alone."""
    return pytest.mark.skipif(sys.platform == "win32", reason=reason)


def mortal() -> list[str]:
    """Return the command through which root's programs are held to modes, as everybody's are."""
    if USER != 0:
        return []
    setpriv = shutil.which("setpriv")
    command = [setpriv or "setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    if setpriv is None or subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("root can't give up its rights here")
    return command


def make_fifo(path: Path) -> None:
    """Make a named pipe at `path`."""
    if sys.platform == "win32":
        pytest.skip("no pipe is among Windows' files")
    os.mkfifo(path)


def give(path: Path, uid: int, gid: int = -1) -> None:
    """Give `path` itself, be it a link, to another user and group; -1 leaves one as it is."""
    if sys.platform == "win32":
        pytest.skip("a file can't be given away by a number there")
    os.chown(path, uid, gid, follow_symlinks=False)
