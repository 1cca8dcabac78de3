"""What an answer is made from: each look at a path or a variable goes through here, and is noted.

An answer holds as long as all that it was made from is as it was, so what is looked at without
being noted is a defect: the shells would go on with an answer that is no longer true.
"""

from __future__ import annotations

import os

from autovenv import paths, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autovenv.find.reach import Links

READ_LIMIT = 64 * 1024  # bytes; what is longer is no pin, no redirect and no pyvenv.cfg

# What Windows says where the server answers and has no such share (ERROR_BAD_NET_NAME), and Wine.
_NO_SHARE = (0, 67, 2)


class Evidence:
    """The variables and paths that were looked at, with the times that the paths had then.

    `environ` is the asking shell's environment, `PATH` in it without autovenv's own entry; `state`
    the folder with what the user allowed, "" for the usual one. `variables` maps a name to its
    value, or None; `paths` a path to the status that it had; `absent` holds the paths that weren't
    there. `entering` holds those whose change counts only when a shell enters, since they may
    change while one works there: None where there was nothing. `is_storable` is False where
    the answer hangs on what no record can name. `own` holds the paths that must belong to the
    user on each entry; `visit` is set where each entry asks again, and `again` where each prompt
    does. `last` is the path that was looked at last. `links` knows those of the project that aren't
    followed: what is behind one isn't looked at. `shares` says of each of Windows' that was looked
    at whether it can be reached, and of a server that it can't. `names` are the user's own for
    environments, as the walk knew them: they are in the store's name, and so no record's affair.
    """

    def __init__(
        self, environ: Mapping[str, str], state: str = "", *, names: tuple[str, ...] = ()
    ) -> None:
        self.environ = environ
        self.state = state
        self.variables: dict[str, str | None] = {}
        self.paths: dict[str, os.stat_result] = {}
        self.absent: dict[str, None] = {}
        self.entering: dict[str, os.stat_result | None] = {}
        self.own: dict[str, None] = {}
        self.is_storable = True
        self.visit = self.again = False
        self.last = ""
        self.links: Links | None = None
        self.shares: dict[str, bool] = {}
        self.names = names

    def read_variable(self, name: str) -> str:
        """Return the value of the variable `name` (of checks.VARIABLES), "" where it is unset."""
        value = self.environ.get(name)
        self.variables[name] = value
        return value or ""

    def get_status(self, path: str) -> os.stat_result | None:
        """Return the status of what `path` leads to, or None where nothing can be reached there."""
        path = paths.make_native(path)  # one spelling, so that nothing is named twice
        if "\0" in path or _is_relative(path):
            return None  # no path, and as a field of the record it would be two
        known = self.paths.get(path)
        if known is not None or path in self.absent or self.is_out_of_reach(path):
            return known
        link = self.links.find_refused(path) if self.links else ""
        if link:
            self.get_status(os.path.dirname(link))  # its time is another when the link is
            return None
        self.last = path
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            self.absent[path] = None
            return None
        self.paths[path] = status
        return status

    def note_entering(self, path: str) -> None:
        """Note a path whose change, or coming, is to be seen on the next entry."""
        path = paths.make_native(path)
        if (self.links and self.links.find_refused(path)) or self.is_out_of_reach(path):
            return
        try:
            self.entering[path] = os.stat(path)
        except (OSError, ValueError):
            self.entering[path] = None

    def leave_to_entering(self, path: str) -> None:
        """Let the change of a path that was looked at be seen on the next entry alone."""
        path = paths.make_native(path)
        if path in self.paths:
            self.entering[path] = self.paths.pop(path)

    def read(self, path: str) -> str | None:
        """Return the text of a regular file, or None: absent, unreadable, another kind, too long.

        Bytes that aren't UTF-8 become lone surrogates (`surrogateescape`); a byte order mark is
        dropped. A FIFO or a device isn't opened for longer than it takes to see what it is.
        """
        if self.get_status(path) is None:
            return None
        content = reading.read(path, READ_LIMIT + 1)
        if content is None or len(content) > READ_LIMIT:
            return None
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")

    def list_names(self, path: str) -> list[str]:
        """Return the names in the folder `path`, empty where it is none or can't be read.

        Its modification time, which is noted, is another when one is added or removed.
        """
        if self.get_status(path) is None:
            return []
        try:
            return os.listdir(path)
        except OSError:
            return []

    def forget(self) -> None:
        """Forget all that was noted: the answer hangs on nothing but the time that it took."""
        for noted in (self.variables, self.paths, self.absent, self.entering, self.own):
            noted.clear()
        self.is_storable = False

    def is_too_much(self, checks: int, size: int) -> bool:
        """Tell whether a record would have more checks, or more bytes in them, than that."""
        noted = (*self.paths, *self.absent, *self.entering)
        return len(noted) > checks or sum(map(len, noted)) > size

    def is_valid(self) -> bool:
        """Tell whether all paths are still as they were first seen."""
        noted = (*self.paths.items(), *self.entering.items(), *self.absent.items())
        return all(_is_same(path, status) for path, status in noted if path not in self.shares)

    def get_noted(self, path: str) -> os.stat_result:
        """Return the status that a noted path had; raise ValueError where nothing was there."""
        status = self.paths.get(path) or self.entering.get(path)
        if status is None:
            raise ValueError(path)
        return status

    def list_statuses(self) -> list[os.stat_result]:
        """Return the status of each path."""
        return [*self.paths.values(), *filter(None, self.entering.values())]

    def is_out_of_reach(self, path: str) -> bool:
        """Tell whether `path` is on one of Windows' shares that isn't there.

        Each look at a server that isn't there takes seconds. So one look is for all of its shares,
        and the next is on the next entry.
        """
        share = _find_share(path)
        server = share.rpartition("\\")[0]
        if share and share not in self.shares and server not in self.shares:
            status = _look_at_share(share)
            self.shares[share] = status == 0
            if status:
                self.entering[share] = None
            if status not in _NO_SHARE:
                self.shares[server] = False
        return bool(share) and not self.shares.get(share, False)


def _is_relative(path: str) -> bool:
    """Tell whether a path means something else from another folder, or another drive."""
    if os.name != "nt":
        return not path.startswith("/")
    drive, rest = os.path.splitdrive(path)
    return not drive or not rest.startswith("\\")


def _find_share(path: str) -> str:
    r"""Return the share that a path of Windows' begins with, `\\server\share`, or ""."""
    if os.name != "nt":
        return ""
    if path[:8].upper() == "\\\\?\\UNC\\":
        path = f"\\\\{path[8:]}"
    if not path.startswith("\\\\") or path[2:4] in ("?\\", ".\\"):
        return ""
    return os.path.splitdrive(path)[0].lower()


def _look_at_share(share: str) -> int:
    """Return Windows' number for why a share can't be looked at, 0 where it can."""
    try:
        os.stat(share)
    except PermissionError:
        return 0  # what is in it may be open all the same
    except OSError as error:
        return getattr(error, "winerror", None) or -1
    except ValueError:
        return -1
    return 0


def _is_same(path: str, before: os.stat_result | None) -> bool:
    try:
        now = os.stat(path)
    except (OSError, ValueError):
        return before is None
    return before is not None and (now.st_mtime_ns, now.st_ino, now.st_dev) == (
        before.st_mtime_ns,
        before.st_ino,
        before.st_dev,
    )
