"""What stands in for pywinpty's PTY where there is none: a pseudo-terminal's other end."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import termios

assert sys.platform != "win32"


class StandIn:
    """What pywinpty's PTY does, on a pseudo-terminal: the thinnest layer alone is stood in for."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        # As Windows' console does it, a line is echoed by who reads it.
        modes = termios.tcgetattr(self._slave)
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(self._slave, termios.TCSANOW, modes)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's number."""
        return self._process.pid if self._process else None

    def spawn(self, appname: str, cmdline: str, cwd: str, env: str) -> bool:
        """Start a program."""
        pairs = (pair.partition("=") for pair in env.split("\0") if pair)
        self._process = subprocess.Popen(
            [appname, *cmdline.split()],
            cwd=cwd,
            env={name: value for name, _, value in pairs},
            preexec_fn=functools.partial(os.login_tty, self._slave),
        )
        os.close(self._slave)
        return True

    def read(self, blocking: bool) -> str:
        """Return what was written; raise OSError at the end."""
        assert blocking
        try:
            return os.read(self._master, 1 << 16).decode()
        except OSError:
            os.close(self._master)
            raise

    def write(self, to_write: str) -> int:
        """Write what is typed."""
        return os.write(self._master, to_write.encode())

    def get_exitstatus(self) -> int | None:
        """Return the exit status, None while the program runs."""
        return self._process.poll() if self._process else None
