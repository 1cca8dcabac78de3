"""Ends a program at one of its system calls, or lets that call fail: each point of a write."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from drivers import tracing

# What changes something on a disk, by the names that it has on one architecture or another.
_CALLS = "mkdir,mkdirat,openat,utimensat,write,fsync,fchmod,chmod,fchmodat,fchown,chown,fchownat"
_CHANGING = f"{_CALLS},rename,renameat,renameat2,unlink,unlinkat,rmdir"

# A point of a run: a call's name, and the how manieth of that name it is.
Point = tuple[str, int]


def missing() -> str:
    """Return why nothing can be interrupted here, or an empty string."""
    return tracing.missing()


def points(command: Sequence[str], env: Mapping[str, str], below: Path, trace: Path) -> list[Point]:
    """Run `command` to its end; return where it changes what is below the folder `below`.

    What is written to a descriptor counts from the first such point on. `trace` is a file to use.
    """
    arguments = [_strace(), "-o", str(trace), "-e", f"trace={_CHANGING}", *command]
    subprocess.run(arguments, env=env, check=True, capture_output=True)
    counts: Counter[str] = Counter()
    found: list[Point] = []
    for line in trace.read_text(errors="replace").splitlines():
        called = re.match(r"(\w+)\(", line)
        if called is None:
            continue
        name = called[1]
        counts[name] += 1
        changes = name != "openat" or "O_CREAT" in line
        if changes and (f'"{below}/' in line or (found and name in ("write", "fsync"))):
            found.append((name, counts[name]))
    return found


def killed(command: Sequence[str], env: Mapping[str, str], point: Point) -> None:
    """Run `command` until it is killed at `point`, before that call does anything."""
    done = _run(command, env, point, "signal=KILL")
    assert done.returncode == -9, f"it went past {point}: {done.stderr!r}"


def failing(
    command: Sequence[str], env: Mapping[str, str], point: Point, error: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `command` to its end, while the call at `point` fails with `error`, as ENOSPC."""
    return _run(command, env, point, f"error={error}")


def _run(
    command: Sequence[str], env: Mapping[str, str], point: Point, what: str
) -> subprocess.CompletedProcess[bytes]:
    name, number = point
    inject = f"inject={name}:{what}:when={number}"
    arguments = [_strace(), "-o", "/dev/null", "-e", f"trace={name}", "-e", inject, *command]
    return subprocess.run(arguments, env=env, capture_output=True, check=False)


def _strace() -> str:
    return shutil.which("strace") or "strace"
