"""A program on a pseudo-terminal, as all systems but Windows have them.

A terminal answers what it is asked: a screen keeps the cursor's place for that. What is returned as
shown are the bytes that were written, without what asks or tells the terminal something.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import functools
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence

from drivers.screen import Screen, split_shown
from drivers.stuck import DEADLINE, StuckError

assert sys.platform != "win32"

# So wide that no line wraps: a line's echo is what stands before the first newline.
ROWS, COLUMNS = 50, 4000

_LFLAG = 3  # the index of the local modes in what tcgetattr returns


class Terminal:
    """One running program and the master's end of its terminal.

    `program` and its `arguments` are started in `cwd` with exactly the environment `env`, as the
    leader of a session whose controlling terminal this is.
    """

    def __init__(self, arguments: Sequence[str], cwd: str, env: Mapping[str, str]) -> None:
        self.transcript = bytearray()
        self._screen = Screen(ROWS, COLUMNS)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = b""  # the beginning of a sequence
        self._fresh = b""  # what was shown while nobody waited for it
        self._master, slave = os.openpty()
        try:
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            self._process = subprocess.Popen(
                arguments, cwd=cwd, env=env, preexec_fn=functools.partial(os.login_tty, slave)
            )
        finally:
            os.close(slave)

    def send(self, data: bytes) -> None:
        """Write `data` as if it were typed."""
        while data:
            data = data[os.write(self._master, data) :]

    def read_until(self, complete: Callable[[bytearray], bool]) -> bytes:
        """Return what is shown from now on, as soon as `complete` says that it is all there.

        Raises StuckError when the program ends first, or after DEADLINE seconds.
        """
        shown = bytearray(self._taken())
        deadline = time.monotonic() + DEADLINE
        while not complete(shown):
            if not self._read(max(0.0, deadline - time.monotonic())):
                raise StuckError(f"waited in vain; all that was shown:\n{self._shown()}")
            shown += self._taken()
        return bytes(shown)

    def pending(self) -> bytes:
        """Return what was shown since, without waiting."""
        while self._read(0):
            pass
        return self._taken()

    def wait_for_reader(self) -> None:
        """Wait until the program reads keys itself, without the terminal's own echo.

        What is typed between the prompt and that moment would be shown twice.
        """
        deadline = time.monotonic() + DEADLINE
        while termios.tcgetattr(self._master)[_LFLAG] & termios.ECHO:
            if time.monotonic() > deadline:
                raise StuckError(f"the terminal still echoes; all that was shown:\n{self._shown()}")
            self._read(0.0002)

    def wait_for_end(self) -> int:
        """Wait until the program has ended by itself; return its exit status."""
        deadline = time.monotonic() + DEADLINE
        while self._read(max(0.0, deadline - time.monotonic())):
            pass
        return self._process.wait(DEADLINE)

    def close(self) -> None:
        """End the program, and, by hanging up, what it has started on this terminal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGKILL)
        os.close(self._master)
        self._process.wait(DEADLINE)

    def _read(self, timeout: float) -> bool:
        """Show what comes within that time, and answer it; tell whether there was anything."""
        if not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            chunk = os.read(self._master, 65536)
        except OSError:  # Linux says so when the last program has closed the terminal
            return False
        self.transcript += chunk
        self._screen.feed(self._decode(chunk))
        while self._screen.answers:
            self.send(self._screen.answers.pop(0).encode())
        shown, self._rest = split_shown(self._rest + chunk)
        self._fresh += shown
        return bool(chunk)

    def _taken(self) -> bytes:
        taken, self._fresh = self._fresh, b""
        return taken

    def _shown(self) -> str:
        return bytes(self.transcript).decode("utf-8", "backslashreplace")
