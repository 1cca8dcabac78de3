"""What the user allowed and denied: a file in the user's state folder, outside of every project.

Its fields are ended by NUL; seven make a record: `allow` or `deny`, the environment's resolved
path, owner and inode of its folder, inode and status time of its pyvenv.cfg, and two digests with a
colon between them: of the contents of pyvenv.cfg and `bin`, and of the status times in `bin`. A
denial is bound to the path alone. Device numbers change between boots and bind nothing.
"""

from __future__ import annotations

import os
import sys
from stat import S_ISDIR, S_ISREG

from autovenv import folders, reading, replacing
from autovenv.find import environments
from autovenv.hashes import compute_sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.trust.machine import Machine

ALLOW, DENY = "allow", "deny"

_FIELDS = 7
_SIZE_LIMIT = 16 << 20  # bytes: some ten thousand records
_CONTENT_LIMIT = 64 << 20  # bytes of a program that are read; of a larger one its times count


def find_record(path: str, machine: Machine, evidence: Evidence) -> list[str] | None:
    """Return the record for the environment at the resolved `path`, None where there is none.

    A list that belongs to another user, as after `sudo -E`, isn't believed.
    """
    if evidence.get_status(machine.approvals) is None:
        return None
    for record in list_records(machine):
        if is_one(record[1], path):
            return record
    return None


def list_records(machine: Machine) -> list[list[str]]:
    """Return all records; none where the list can't be read, isn't whole or isn't the user's.

    An editor puts a newline behind the last: what was denied is to stay so.
    """
    content = machine.read_own(machine.approvals, _SIZE_LIMIT)
    fields = content.decode("utf-8", "surrogateescape").split("\0")
    if fields.pop().strip() or len(fields) % _FIELDS:
        return []
    return [fields[position : position + _FIELDS] for position in range(0, len(fields), _FIELDS)]


def is_valid(record: list[str], path: str) -> bool:
    """Tell whether what was allowed is still what is at the resolved `path`.

    Where no file in `bin` was changed, which their status times tell, none is read. On Windows
    these are when a file was made, and tell nothing: there all are read.
    """
    if record[0] != ALLOW or not is_one(record[1], path) or record[2:6] != _identify(path):
        return False
    contents, _, times = record[6].partition(":")
    return (os.name != "nt" and times == _digest_times(path)) or contents == compute_digest(path)


def make_approval(path: str) -> list[str]:
    """Return the record that allows what is at the resolved `path` now."""
    return [ALLOW, path, *_identify(path), f"{compute_digest(path)}:{_digest_times(path)}"]


def _identify(path: str) -> list[str]:
    """Return owner and inode of the folder, inode and status time of pyvenv.cfg.

    The status time can't be set: another pyvenv.cfg with the same contents has another one.
    """
    folder, settings = _get_status(path), _get_status(f"{path}/pyvenv.cfg")
    return [
        str(folder.st_uid) if folder else "",
        str(folder.st_ino) if folder else "",
        str(settings.st_ino) if settings else "",
        str(settings.st_ctime_ns) if settings else "",
    ]


def compute_digest(path: str) -> str:
    """Return a digest of pyvenv.cfg and of `bin`: names, links and what they lead to, contents."""
    folder = os.path.join(path, environments.BIN)
    parts = [_digest_content(f"{path}/pyvenv.cfg")]
    for name in _list_names(folder):
        parts += os.fsencode(name), _digest_content(os.path.join(folder, name))
    return compute_sha256(b"".join(compute_sha256(part) for part in parts)).hex()


def _digest_times(path: str) -> str:
    """Return a digest of what tells that no file in `bin` was changed, without its contents."""
    folder = os.path.join(path, environments.BIN)
    facts = []
    for name in _list_names(folder):
        file = os.path.join(folder, name)
        facts += [
            name,
            *(_write_facts(status) for look in (os.lstat, os.stat) if (status := look(file))),
        ]
    return compute_sha256("\0".join(facts).encode("utf-8", "surrogateescape")).hex()


def _write_facts(status: os.stat_result) -> str:
    return f"{status.st_ino} {status.st_size} {status.st_ctime_ns}"


def _list_names(folder: str) -> list[str]:
    """Return the names in `bin` but folders', which hold no program: `__pycache__` comes and goes.

    A link that leads nowhere is none either.
    """
    try:
        return sorted(name for name in os.listdir(folder) if _is_file(os.path.join(folder, name)))
    except OSError:
        return []


def _is_file(path: str) -> bool:
    try:
        return not S_ISDIR(os.stat(path).st_mode)
    except OSError:
        return False


def _digest_content(path: str) -> bytes:
    """Return what stands for a file: where a link leads, and the digest of its content.

    Of root's own file, such as the system's Python, the path is enough: each update changes it.
    """
    try:
        link = os.readlink(path) if os.path.islink(path) else ""
        status = os.stat(path)
        if link and status.st_uid == 0 and sys.platform != "win32" and os.geteuid():
            return b"root's " + os.fsencode(link)
        head = os.fsencode(f"{link}\0{status.st_mode & 0o111:o}\0")
        if not S_ISREG(status.st_mode) or status.st_size > _CONTENT_LIMIT:
            return head + _write_facts(status).encode()
        content = reading.read(path, _CONTENT_LIMIT)
        return b"unreadable" if content is None else head + compute_sha256(content)
    except OSError:
        return b"unreadable"


def _get_status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def make_denial(path: str) -> list[str]:
    """Return the record that denies what is at the resolved `path`, whatever that may become."""
    return [DENY, path, *[""] * (_FIELDS - 2)]


def keep(path: str, record: list[str] | None, machine: Machine) -> None:
    """Let `record` take the place of the one for `path`; None takes that out. Raises OSError.

    Who keeps something at the same time waits, but on a file system that knows no locks, where the
    last one's list holds. What belongs to another user isn't written to.
    """
    folders.make_own(machine.state)
    lock = replacing.lock(machine.state, waits=True)
    try:
        _write(path, record, machine)
        if lock >= 0:
            _sweep(machine)
    finally:
        replacing.unlock(lock)


def _sweep(machine: Machine) -> None:
    """Remove the drafts that interrupted writings left: whoever has the lock is alone."""
    drafts = f"{os.path.basename(machine.approvals)}."
    for name in os.listdir(machine.state):
        if name.startswith(drafts):
            os.unlink(f"{machine.state}/{name}")


def _write(path: str, record: list[str] | None, machine: Machine) -> None:
    """Write the list, but not over one of which nothing could be read: it may have denials."""
    records = list_records(machine)
    status = _get_status(machine.approvals)
    if not records and status and status.st_size > len("\r\n"):  # which an editor leaves
        raise OSError("it is damaged; move it away, and say again what you allow and deny")
    kept = [other for other in records if not is_one(other[1], path)]
    if record is not None:
        kept.append(record)
    content = "".join(f"{field}\0" for record in kept for field in record)
    data = content.encode("utf-8", "surrogateescape")
    replacing.replace(machine.approvals, data, is_synced=True)


def is_one(path: str, other: str) -> bool:
    """Tell whether two resolved paths are one: a drive and a share have no case on Windows.

    What a path has after it is in its true case.
    """
    (drive, rest), (other_drive, other_rest) = os.path.splitdrive(path), os.path.splitdrive(other)
    return rest == other_rest and drive.lower() == other_drive.lower()
