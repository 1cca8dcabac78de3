"""What the rules of trust need to know of the user and the machine, read when it is asked for.

A test gives its own: `root` is put before the system's own files (/proc, /etc/group, /.dockerenv).
"""

from __future__ import annotations

import os
import sys
from stat import S_ISREG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autovenv.evidence import Evidence

OVERFLOW = 65534  # the kernel's default, which nobody changes

_TEXT_LIMIT = 1 << 20  # bytes; a mountinfo has some hundred lines of a hundred each


class Machine:
    """Who asks, and where.

    `uid` and `groups` are the user's numbers, -1 and empty on Windows; `environ` is the shell's
    environment; `state` the folder of what autovenv keeps for the user.
    """

    __slots__ = ("environ", "groups", "root", "state", "uid")

    def __init__(
        self,
        environ: Mapping[str, str],
        uid: int,
        groups: tuple[int, ...],
        state: str,
        root: str = "",
    ) -> None:
        self.environ = environ
        self.uid = uid
        self.groups = groups
        self.state = state
        self.root = root

    @property
    def approvals(self) -> str:
        """The path of the list of what the user allowed and denied, which need not be there."""
        return f"{self.state}/approvals"

    @property
    def accepted(self) -> str:
        """The path of the list of what the rules accepted, which need not be there."""
        return f"{self.state}/accepted"

    def make_state(self) -> None:
        """Make the state folder, unless the folder that it is to be made in is another user's.

        As root with somebody's HOME, what is made there could not be written by its owner. Raises
        OSError.
        """
        if sys.platform != "win32":
            nearest = self.state
            while not os.path.lexists(nearest) and os.path.dirname(nearest) != nearest:
                nearest = os.path.dirname(nearest)
            if os.stat(nearest).st_uid != self.uid:
                raise PermissionError(f"{nearest} belongs to another user")
        os.makedirs(self.state, mode=0o700, exist_ok=True)

    def own_content(self, path: str, limit: int) -> bytes:
        """Return what a regular file of the user's own holds, empty where it is none.

        Empty, too, where it has more than `limit` bytes, and where it is another user's.
        """
        try:
            # Non-blocking, so that a FIFO without a writer doesn't hold the prompt for ever.
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            descriptor = os.open(path, flags)
        except OSError:
            return b""
        try:
            status = os.fstat(descriptor)
            is_own = sys.platform == "win32" or status.st_uid == self.uid
            if not is_own or not S_ISREG(status.st_mode) or status.st_size > limit:
                return b""
            return os.read(descriptor, limit)
        except OSError:
            return b""
        finally:
            os.close(descriptor)

    def is_container(self, evidence: Evidence) -> bool:
        """Tell whether this is a container: Docker's or podman's mark, or `container` is set."""
        for mark in ("/.dockerenv", "/run/.containerenv"):
            if evidence.status(self.root + mark) is not None:
                return True
        if self.environ.get("container"):
            evidence.is_passing = True
            return True
        return False

    def other_selves(self, evidence: Evidence) -> list[int]:
        """Return the numbers that the user has beside `uid`.

        Who called sudo is the user, too, and so is everybody whom a user namespace doesn't map:
        that is how it shows the owner of what lies outside.
        """
        numbers = []
        caller = evidence.variable("SUDO_UID")
        if caller.isascii() and caller.isdecimal():
            numbers.append(int(caller))
        if self._maps_users():
            evidence.is_passing = True
            overflow = self.text("/proc/sys/kernel/overflowuid").strip()
            numbers.append(int(overflow) if overflow.isdecimal() else OVERFLOW)
        return numbers

    def _maps_users(self) -> bool:
        """Tell whether this is a user namespace, which may map nobody at all."""
        file = "/proc/self/uid_map"
        if self.text(file).split() == ["0", "0", "4294967295"]:
            return False
        return os.path.exists(self.root + file)

    def text(self, path: str) -> str:
        """Return what a file of the kernel's holds, "" where it can't be read.

        Not evidence: what lies in /proc is another file each time.
        """
        try:
            with open(
                self.root + path, encoding="utf-8", errors="surrogateescape", newline=""
            ) as file:
                return file.read(_TEXT_LIMIT)
        except OSError:
            return ""


def of(environ: Mapping[str, str], state: str = "") -> Machine:
    """Return the machine that this process runs on, with `environ` of the asking shell."""
    if not state:
        from autovenv import paths

        state = paths.state_folder(environ)
    if sys.platform == "win32":
        return Machine(environ, -1, (), state)
    return Machine(environ, os.geteuid(), (os.getegid(), *os.getgroups()), state)
