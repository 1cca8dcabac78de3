"""Mounts /net as autofs' host map, in a root of its own, and becomes a program: `NOTES PROGRAM…`.

Whoever looks up a name in /net waits for an answer from here. The name is written into the file
NOTES, and there is no such host. As linux/auto_fs.h has it: on a pipe, a packet of protocol 5 for
each name.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import struct
import sys
from pathlib import Path

assert sys.platform == "linux"

PROTOCOL = 5
_PACKET = struct.Struct("=iiIIQIIIII256s")  # header, token, device, inode, ids, name
_FAIL = 0x9361  # _IO(0x93, 0x61)
_DIE_WITH_PARENT = 1  # prctl(2), PR_SET_PDEATHSIG


def serve(pipe: int, start: int, notes: Path) -> None:
    """Note each name that is looked up, until the parent has ended."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    os.read(start, 1)
    folder = os.open("/net", os.O_RDONLY)
    while packet := os.read(pipe, 4096):
        fields = _PACKET.unpack_from(packet)
        with notes.open("a") as file:
            file.write(os.fsdecode(fields[-1].rstrip(b"\0")) + "\n")
        fcntl.ioctl(folder, _FAIL, fields[2])


def main(notes: str, *command: str) -> None:
    """Mount, and become the command."""
    reading, writing = os.pipe()
    waiting, starting = os.pipe()
    server = os.fork()
    if not server:
        os.close(writing)
        serve(reading, waiting, Path(notes))
        os._exit(0)
    while os.getpgid(server) != server:
        os.sched_yield()
    options = f"fd={writing},pgrp={server},minproto={PROTOCOL},maxproto={PROTOCOL},indirect"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"-hosts", b"/net", b"autofs", 0, options.encode()):
        raise OSError(ctypes.get_errno(), "autofs")
    os.close(writing)
    os.write(starting, b"x")
    os.execvp(command[0], command)


main(*sys.argv[1:])
