"""Counts the processes that a shell starts, or its looks at paths, from what strace writes down."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

# A thread is a clone, too.
_STARTED = re.compile(rb"^(?:\d+ +)?(?:v?fork\(|clone3?\((?!.*CLONE_THREAD))", re.MULTILINE)

# A call with a path. One that another thread interrupts has it in its first line.
_LOOK = re.compile(rb'^(?:\d+ +)?\w+\((?:AT_FDCWD, )?"(/[^"]*)"', re.MULTILINE)


def missing() -> str:
    """Return why nothing can be traced here, or an empty string."""
    strace = shutil.which("strace")
    if not strace:
        return "strace is missing"
    tried = subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace isn't permitted here"


def traced(arguments: list[str], file: str) -> list[str]:
    """Return the command line that runs `arguments` and writes what is started to `file`.

    The tracer is a grandchild, so that the shell is the leader of its session, as in a terminal.
    """
    strace = shutil.which("strace") or "strace"
    calls = "trace=fork,vfork,clone,clone3"
    return [strace, "-D", "-f", "-qq", "--seccomp-bpf", "-e", calls, "-o", file, *arguments]


def size(file: str) -> int:
    """Return how much was written so far: strace writes a call before the program goes on."""
    return Path(file).stat().st_size if file else 0


def processes(file: str, start: int) -> int:
    """Return how many processes were started since `file` had the size `start`."""
    if not file:
        return 0
    return len(_STARTED.findall(Path(file).read_bytes()[start:]))


def looking(file: str) -> list[str]:
    """Return the command through which a program's looks at paths go to `file`, its children's too.

    The tracer is a grandchild here, too.
    """
    strace = shutil.which("strace") or "strace"
    return [strace, "-D", "-f", "-qq", "--seccomp-bpf", "-e", "trace=%file", "-o", file]


def looked_at(file: str, start: int) -> list[str]:
    """Return the absolute paths that were looked at since `file` had the size `start`."""
    return [os.fsdecode(path) for path in _LOOK.findall(Path(file).read_bytes()[start:])]
