"""Rule 3's second half: `pyvenv.cfg` was written where it is, and wasn't unpacked or copied there.

An archive brings old times with it; the time when a file's status changed can't be set. Writing a
file makes both the same. What was accepted is remembered, so that a later `chmod` asks nothing.
"""

from __future__ import annotations

import os
import sys

from autovenv import folders
from autovenv.find import environments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.trust.machine import Machine

# Nanoseconds. File systems' clocks tick at most every 2 s (FAT); those of the others every 4 ms.
TOLERANCE = 2_000_000_000

ARRIVED = "its files are older than their arrival here: unpacked or copied?"

# Bytes: some 16,000 environments of a line each; then the older half is forgotten.
_SIZE_LIMIT = 1 << 20
_LINE = 65


def is_born_here(path: str, evidence: Evidence) -> bool:
    """Tell whether the environment at `path` was last written when its status last changed.

    What is looked at is pyvenv.cfg, or the activate script of a tool that wrote none. A link was
    made by no tool, and where it leads says nothing of it.
    """
    mark = _find_mark(path)
    status = evidence.get_status(mark)
    if status is None or os.path.islink(mark):
        return False
    if sys.platform == "win32":
        # There st_ctime_ns is when it was made, and what is unpacked keeps its older time.
        return status.st_mtime_ns >= status.st_ctime_ns - TOLERANCE
    return abs(status.st_mtime_ns - status.st_ctime_ns) <= TOLERANCE


def is_remembered(path: str, end: str, evidence: Evidence, machine: Machine) -> bool:
    """Tell whether the environment at `path`, which resolves to `end`, was accepted before.

    That isn't noted as evidence: lines are only ever added for what the rules accept anyway.
    """
    return _make_line(path, end, evidence) in _read_lines(machine)


def remember(path: str, end: str, evidence: Evidence, machine: Machine) -> None:
    """Remember that the environment at `path`, which resolves to `end`, was accepted.

    Where that can't be written, a later `chmod` asks once.
    """
    line = _make_line(path, end, evidence)
    lines = _read_lines(machine)
    if not line or line in lines:
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
    if len(lines) * _LINE > _SIZE_LIMIT:
        flags |= os.O_TRUNC
        line = b"".join([*lines[len(lines) // 2 :], line])
    try:
        folders.make_own(machine.state)
        # One write of one line: two shells at once can't mix theirs.
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(machine.acceptances, flags, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
    except OSError:
        pass


def _find_mark(path: str) -> str:
    settings = f"{path}/pyvenv.cfg"
    if os.path.lexists(settings):
        return settings
    return os.path.join(path, environments.BIN, "activate")


def _make_line(path: str, end: str, evidence: Evidence) -> bytes:
    """Return what stands for the environment, b"" where nothing can.

    A later change of the status leaves device, inode, time and content as they are. The path and
    the time keep whoever gets the inode after it from being taken for it.
    """
    mark = _find_mark(path)
    status, text = evidence.get_status(mark), evidence.read(mark)
    if status is None or text is None:
        return b""
    facts = f"{status.st_dev}\0{status.st_ino}\0{status.st_mtime_ns}\0{end}\0{text}"
    content = facts.encode("utf-8", "surrogateescape")
    # importlib's own hash: SHA-256 takes a library and a tenth of a bare start. Nobody who can't
    # read the time to the nanosecond can make a file for a given line.
    hashed = b"".join(__import__("_imp").source_hash(key, content) for key in range(4))
    return hashed.hex().encode() + b"\n"


def _read_lines(machine: Machine) -> list[bytes]:
    content = machine.read_own(machine.acceptances, 2 * _SIZE_LIMIT)
    return [content[position : position + _LINE] for position in range(0, len(content), _LINE)]
