"""What the rules of trust need to know of the user and the machine, read when it is asked for.

A test gives its own: `root` is put before the system's own files (/proc, /etc/group, /.dockerenv).
"""

from __future__ import annotations

import os
import sys

from autovenv import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autovenv.evidence import Evidence

OVERFLOW = 65534  # the kernel's default, which nobody changes

# What systemd's and podman's images, and LXC, put into `container`.
_CONTAINERS = ("docker", "lxc", "lxc-libvirt", "oci", "podman", "systemd-nspawn")

_MANY = 1 << 20

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
        return os.path.join(self.state, "approvals")

    @property
    def acceptances(self) -> str:
        """The path of the list of what the rules accepted, which need not be there."""
        return os.path.join(self.state, "accepted")

    def read_own(self, path: str, limit: int) -> bytes:
        """Return what a regular file of the user's own holds, empty where it is none.

        Empty, too, where it has more than `limit` bytes, and where it is another user's.
        """
        content = reading.read(path, limit + 1, owner=self.uid) or b""
        return content if len(content) <= limit else b""

    def is_container(self, evidence: Evidence) -> bool:
        """Tell whether this is a container in which one person works, if anybody does.

        Docker's and podman's marks stay in a virtual machine that was made of an image, and
        `container` may be set for anything: both count only where a single person can log in.
        """
        if self.environ.get("container") in _CONTAINERS:
            evidence.is_storable = False
            return self._count_people(evidence) <= 1
        for mark in ("/.dockerenv", "/run/.containerenv"):
            if evidence.get_status(self.root + mark) is not None:
                return self._count_people(evidence) <= 1
        return False

    def _count_people(self, evidence: Evidence) -> int:
        """Return how many users of this machine are people who can log in; many if nobody knows."""
        users = self._list_users(evidence)
        people = {
            user[2]
            for user in users
            if user[2].isdecimal()
            and 1000 <= int(user[2]) < OVERFLOW
            and not user[6].rstrip().endswith(("/nologin", "/false"))
        }
        return len(people) if users else _MANY

    def is_nobody(self, uid: int, evidence: Evidence) -> bool:
        """Tell whether `uid` is no user of this container; where root asks, nobody else is."""
        return self.uid == 0 or all(user[2] != str(uid) for user in self._list_users(evidence))

    def _list_users(self, evidence: Evidence) -> list[list[str]]:
        lines = (evidence.read(f"{self.root}/etc/passwd") or "").split("\n")
        return [fields for line in lines if len(fields := line.split(":")) > 6]

    def list_other_selves(self, evidence: Evidence) -> list[int]:
        """Return the numbers that the user has beside `uid`: who called sudo is root's."""
        caller = evidence.read_variable("SUDO_UID")
        if self.uid == 0 and caller.isascii() and caller.isdecimal():
            return [int(caller)]
        return []

    def find_overflow(self, evidence: Evidence) -> list[int]:
        """Return the number that stands for all whom this user namespace doesn't map, if any.

        That is how it shows who owns what is outside: root, mostly, and anybody else. Where the
        number is mapped, it is a user's own.
        """
        file = "/proc/self/uid_map"
        ranges = [line.split() for line in self.read_text(file).split("\n") if line.strip()]
        if ranges == [["0", "0", "4294967295"]] or not os.path.exists(self.root + file):
            return []
        text = self.read_text("/proc/sys/kernel/overflowuid").strip()
        number = int(text) if text.isdecimal() else OVERFLOW
        evidence.is_storable = False
        if any(int(first) <= number < int(first) + int(count) for first, _, count in ranges):
            return []
        return [number]

    def read_text(self, path: str) -> str:
        """Return what a file of the kernel's holds, "" where it can't be read.

        Not evidence: what is in /proc is another file each time.
        """
        content = reading.read(self.root + path, _TEXT_LIMIT) or b""
        return content.decode("utf-8", "surrogateescape")


def find_machine(environ: Mapping[str, str], state: str = "") -> Machine:
    """Return the machine that this process runs on, with `environ` of the asking shell."""
    if not state:
        from autovenv import paths

        state = paths.find_state_folder(environ)
    if sys.platform == "win32":
        return Machine(environ, -1, (), state)
    return Machine(environ, os.geteuid(), (os.getegid(), *os.getgroups()), state)
