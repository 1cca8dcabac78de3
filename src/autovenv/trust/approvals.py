"""What the user allowed and denied: a file in the user's state folder, outside of every project.

Its fields are ended by NUL; seven make a record: `allow` or `deny`, the environment's resolved
path, owner and inode of its folder, inode and time of its pyvenv.cfg, and where a repository
tracked what was allowed, a digest of what a pull could change. A denial is bound to the path alone.
Device numbers change between boots and bind nothing.
"""

from __future__ import annotations

import os
import sys
from stat import S_ISLNK, S_ISREG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from autovenv.evidence import Evidence
    from autovenv.trust.machine import Machine

ALLOW, DENY = "allow", "deny"

_FIELDS = 7
_SIZE_LIMIT = 16 << 20  # bytes: some ten thousand records


def look(path: str, machine: Machine, evidence: Evidence) -> list[str] | None:
    """Return the record for the environment at the resolved `path`, None where there is none.

    A list that belongs to somebody else, as after `sudo -E`, isn't believed.
    """
    status = evidence.status(machine.approvals)
    if status is None or (os.name != "nt" and status.st_uid != machine.uid):
        return None
    for record in records(machine):
        if record[1] == path:
            return record
    return None


def records(machine: Machine) -> list[list[str]]:
    """Return all records; none where the list can't be read or isn't whole."""
    try:
        # Non-blocking, so that a FIFO without a writer doesn't hold the prompt for ever.
        descriptor = os.open(
            machine.approvals,
            os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0),
        )
        with open(descriptor, "rb") as opened:
            status = os.fstat(descriptor)
            if not S_ISREG(status.st_mode) or status.st_size > _SIZE_LIMIT:
                return []
            content = opened.read()
    except OSError:
        return []
    fields = content.decode("utf-8", "surrogateescape").split("\0")
    if fields.pop() or len(fields) % _FIELDS:
        return []
    return [fields[at : at + _FIELDS] for at in range(0, len(fields), _FIELDS)]


def holds(record: list[str], path: str, is_tracked: Callable[[], bool]) -> bool:
    """Tell whether what was allowed is still what lies at the resolved `path`.

    What came under a repository's rule only later was allowed without a digest: it is asked anew.
    """
    if record[0] != ALLOW or record[:6] != of(path, is_tracked=False)[:6]:
        return False
    if not record[6] and not is_tracked():
        return True
    return record[6] == digest(path)


def of(path: str, *, is_tracked: bool) -> list[str]:
    """Return the record that allows what lies at the resolved `path` now."""
    folder, settings = _status(path), _status(f"{path}/pyvenv.cfg")
    return [
        ALLOW,
        path,
        str(folder.st_uid) if folder else "",
        str(folder.st_ino) if folder else "",
        str(settings.st_ino) if settings else "",
        str(settings.st_mtime_ns) if settings else "",
        digest(path) if is_tracked else "",
    ]


def digest(path: str) -> str:
    """Return a digest of pyvenv.cfg and of what lies in `bin`: names, links' targets, contents."""
    from autovenv.find.environments import BIN
    from autovenv.find.makers.project import sha256

    folder = os.path.join(path, BIN)
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    parts = [_content(f"{path}/pyvenv.cfg")]
    for name in names:
        parts += os.fsencode(name), _content(os.path.join(folder, name))
    return sha256(b"".join(sha256(part) for part in parts)).hex()


def _content(path: str) -> bytes:
    """Return what stands for a file: its kind, and the digest of what it holds."""
    from autovenv.find.makers.project import sha256

    try:
        status = os.lstat(path)
        if S_ISLNK(status.st_mode):
            return b"link " + os.fsencode(os.readlink(path))
        if not S_ISREG(status.st_mode):
            return b"folder"
        with open(path, "rb") as opened:
            mode = b"x" if status.st_mode & 0o111 else b"-"
            return b"file " + mode + sha256(opened.read())
    except OSError:
        return b"unreadable"


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def denial(path: str) -> list[str]:
    """Return the record that denies what lies at the resolved `path`, whatever that may become."""
    return [DENY, path, *[""] * (_FIELDS - 2)]


def keep(path: str, record: list[str] | None, machine: Machine) -> None:
    """Let `record` take the place of the one for `path`; None takes that out. Raises OSError.

    Who keeps something at the same time waits, but on a file system that knows no locks, where the
    last one's list holds. What belongs to somebody else isn't written to.
    """
    os.makedirs(machine.state, mode=0o700, exist_ok=True)
    if sys.platform == "win32":
        _write(path, record, machine)
        return
    if os.stat(machine.state).st_uid != machine.uid:
        raise PermissionError(f"{machine.state} belongs to another user")
    import fcntl

    folder = os.open(machine.state, os.O_RDONLY)
    try:
        is_alone = True
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:
            is_alone = False  # a home on NFS without its lock service, and the like
        _write(path, record, machine)
        if is_alone:
            _sweep(machine)
    finally:
        os.close(folder)


def _sweep(machine: Machine) -> None:
    """Remove the drafts that interrupted writings left: whoever has the lock is alone."""
    drafts = f"{os.path.basename(machine.approvals)}."
    for name in os.listdir(machine.state):
        if name.startswith(drafts):
            os.unlink(f"{machine.state}/{name}")


def _write(path: str, record: list[str] | None, machine: Machine) -> None:
    kept = [other for other in records(machine) if other[1] != path]
    if record is not None:
        kept.append(record)
    draft = f"{machine.approvals}.{os.urandom(8).hex()}"
    content = "".join(f"{field}\0" for record in kept for field in record)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(draft, flags, 0o600)
    try:
        with open(descriptor, "wb") as opened:
            opened.write(content.encode("utf-8", "surrogateescape"))
            opened.flush()
            os.fsync(descriptor)
        os.replace(draft, machine.approvals)
    except OSError:
        os.unlink(draft)
        raise
