"""A program on Windows' pseudo-console, by pywinpty: what `pty` is elsewhere. Not run yet.

What is shown are the rows of a screen (`screen` says why), from the one in which the last line was
typed. The console echoes a line when it reads it, and keeps what is typed before: there is no
moment to wait for.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from drivers.screen import Screen
from drivers.stuck import DEADLINE, StuckError

# So wide that no line wraps. The console keeps all cells, and paints those that changed.
ROWS, COLUMNS = 50, 4000

_CONPTY = 0  # winpty.Backend.ConPTY, not the older agent


class Console(Protocol):
    """What is used of pywinpty's PTY; each method raises WinptyError when the program is gone."""

    @property
    def pid(self) -> int | None:
        """The process's number."""

    def spawn(self, appname: str, cmdline: str, cwd: str, env: str) -> bool:
        """Start a program: `cmdline` is what follows its name, `env` has NAME=VALUE and NUL."""

    def read(self, blocking: bool) -> str:
        """Return what was written since, "" where that is nothing."""

    def write(self, to_write: str) -> int:
        """Write what is typed."""

    def get_exitstatus(self) -> int | None:
        """Return the exit status, None while the program runs."""


def pseudo_console() -> Console:
    """Return a new pseudo-console."""
    import winpty

    console: Console = winpty.PTY(COLUMNS, ROWS, backend=_CONPTY)
    return console


class Terminal:
    """One running program and the other end of its console.

    `program` and its `arguments` are started in `cwd` with exactly the environment `env`.
    """

    new_console: Callable[[], Console] = staticmethod(pseudo_console)

    def __init__(self, arguments: Sequence[str], cwd: str, env: Mapping[str, str]) -> None:
        self.transcript = bytearray()
        self._screen = Screen(ROWS, COLUMNS)
        self._first = 0  # the row from which on something is shown
        self._seen = ""  # what was shown when it was last looked
        self._written: queue.SimpleQueue[str] = queue.SimpleQueue()  # "" is its end
        self._has_ended = False
        self._console = self.new_console()
        program, *others = arguments
        self._console.spawn(
            program,
            cmdline=" " + subprocess.list2cmdline(others),
            cwd=cwd,
            env="".join(f"{name}={value}\0" for name, value in env.items()),
        )
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()

    def send(self, data: bytes) -> None:
        """Write `data` as if it were typed."""
        self._first = self._screen.row
        self._console.write(data.decode("utf-8", "surrogatepass"))

    def read_until(self, complete: Callable[[bytearray], bool]) -> bytes:
        """Return what is shown from the last line that was typed, as soon as `complete` says so.

        Raises StuckError when the program ends first, or after DEADLINE seconds.
        """
        deadline = time.monotonic() + DEADLINE
        while not complete(bytearray(self._look())):
            if not self._read(max(0.0, deadline - time.monotonic())):
                raise StuckError(f"waited in vain; all that was shown:\n{self._shown()}")
        return self._look()

    def pending(self) -> bytes:
        """Return what became of the rows since, without waiting; nothing if they are the same."""
        seen = self._seen
        while self._read(0):
            pass
        shown = self._look()
        return b"" if self._seen == seen else shown

    def wait_for_reader(self) -> None:
        """Return at once: what is typed early is kept, and echoed once."""

    def wait_for_end(self) -> int:
        """Wait until the program has ended by itself; return its exit status."""
        deadline = time.monotonic() + DEADLINE
        while self._read(max(0.0, deadline - time.monotonic())):
            pass
        while (status := self._console.get_exitstatus()) is None:
            if time.monotonic() > deadline:
                raise StuckError(f"it doesn't end; all that was shown:\n{self._shown()}")
            time.sleep(0.001)
        return status

    def close(self) -> None:
        """End the program, and, by closing the console, what it has started there."""
        if self._console.pid is not None and self._console.get_exitstatus() is None:
            with contextlib.suppress(OSError):
                os.kill(self._console.pid, signal.SIGTERM)
        while self._read(DEADLINE):
            pass
        self._reader.join(DEADLINE)
        del self._console

    def _look(self) -> bytes:
        self._seen = self._screen.text(self._first)
        return self._seen.encode("utf-8", "surrogatepass")

    def _read(self, timeout: float) -> bool:
        """Show what comes within that time; tell whether there was anything."""
        if self._has_ended:
            return False
        try:
            text = self._written.get(timeout=timeout) if timeout else self._written.get_nowait()
        except queue.Empty:
            return False
        if not text:
            self._has_ended = True
            return False
        self.transcript += text.encode("utf-8", "surrogatepass")
        self._screen.feed(text)
        while self._screen.answers:
            self._console.write(self._screen.answers.pop(0))
        return True

    def _read_on(self) -> None:
        """Hand on what the console writes; a read can't be given up after a while."""
        while True:
            try:
                text = self._console.read(blocking=True)
            except Exception:  # WinptyError, which has no other base
                break
            if text:
                self._written.put(text)
            elif self._console.get_exitstatus() is not None:
                break
        self._written.put("")

    def _shown(self) -> str:
        return bytes(self.transcript).decode("utf-8", "backslashreplace")
