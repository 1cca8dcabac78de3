"""The store: where records are kept, when, and how they are written so that two can't mix.

A record is below the root at its project's own path, so that nothing is hashed and a person can
read it. Beside it is one empty stamp for each path of its checks, with that path's modification
time. The format's number is in the root's name: two versions keep their answers apart.
"""

from __future__ import annotations

import os
import time

from autovenv import checks, folders, record, replacing
from autovenv.paths import RECORD_NAME as RECORD_NAME
from autovenv.paths import STAMP_NAME as STAMP_NAME
from autovenv.record import LATER, NEVER, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.verdict import Verdict

# Bytes. Far below what a system takes, and os.makedirs recurses once a component.
PATH_LIMIT = 1500

# Nanoseconds. A change bears the time of the clock's last tick, which may lie in the second before.
TICK = 20_000_000


def keep(
    answers: str, nearest: str, sightings: str, verdict: Verdict, evidence: Evidence
) -> tuple[str, list[tuple[str, str]]]:
    """Store the record below `answers` for the folder `nearest`.

    Returns the generation of its stamps and its checks, or LATER or NEVER, and no checks, where it
    isn't stored. What was stored before is forgotten then: what a chmod has changed is no other
    time, and the shells would go back to it.

    Nothing is kept before the second of the youngest path is over: a shell that compares whole
    seconds could not see a second change within it (git calls such entries racy). Nothing is kept
    either where somebody else is just writing there: theirs will do.
    """
    folder = answers + _find_place(nearest)
    unkept = LATER if evidence.again else NEVER
    if not answers or len(encode(folder)) > PATH_LIMIT or _is_ours(nearest):
        return unkept, []
    if evidence.again or not evidence.is_storable:
        _forget(answers, folder)
        return unkept, []
    if _is_young(evidence) or not evidence.is_valid():
        _forget(answers, folder)
        return LATER, []
    generation = os.urandom(8).hex()
    lock = -1
    try:
        if not _make_own_folder(answers, folder):
            return NEVER, []
        # Whoever sweeps would take the stamps of one who is about to put a record in place.
        lock = replacing.lock(folder, waits=False)
        made = record.list_checks(verdict, evidence)
        _stamp(folder, generation, made, evidence)
        fields = record.list_fields(sightings, verdict, generation, made)
        _write(f"{folder}/{RECORD_NAME}", generation, record.encode_for_store(fields))
        _sweep(folder, generation)
    except BlockingIOError:
        return LATER, []
    except (OSError, ValueError):
        _discard(folder, generation)
        _forget(answers, folder)
        return NEVER, []
    finally:
        replacing.unlock(lock)
    return generation, made


def _is_ours(nearest: str) -> bool:
    """Tell whether a project's path has one of the store's own names in it: they would collide."""
    return "/.autovenv-" in f"{nearest}/".lower()


def _forget(answers: str, folder: str) -> None:
    """Empty the record, if it is the user's.

    An empty one takes its place, since a shell may have looked for it and be about to open it. The
    stamps go, too, for the shells that have the old one at hand.
    """
    kept = f"{folder}/{RECORD_NAME}"
    generation = os.urandom(8).hex()
    try:
        if not folders.is_own(os.lstat(answers)) or not os.lstat(kept).st_size:
            return
        try:
            _write(kept, generation, b"")
        except OSError:
            _discard(folder, generation)
            os.unlink(kept)  # a disk that is full still lets one go
        _sweep(folder, generation)
    except OSError:
        pass  # mostly, there is none


def _find_place(nearest: str) -> str:
    """Return where a record is: at its folder's path, `C:/p` at /C/p, `//host` at /UNC/host."""
    if os.name != "nt":
        return nearest
    if nearest.startswith("//"):
        return f"/UNC/{nearest[2:]}"
    return "/" + nearest.replace(":", "", 1)


def _is_young(evidence: Evidence) -> bool:
    """Tell whether a path was changed in a second that isn't over.

    The time of the last change of the inode can't be set by hand, as the modification time can: a
    file from 2038 isn't young. A clock that is far ahead must not keep answers from the store.
    """
    now = time.time_ns() - TICK
    return any(-60 < _compute_age(status, now) < 1 for status in evidence.list_statuses())


def _compute_age(status: os.stat_result, now: int) -> int:
    """Return whole seconds since the last change, one less where the file system counts in twos."""
    changed = status.st_mtime_ns if os.name == "nt" else status.st_ctime_ns
    coarse = status.st_mtime_ns % 1_000_000_000 == 0 and changed % 1_000_000_000 == 0
    return now // 1_000_000_000 - changed // 1_000_000_000 - coarse


def _make_own_folder(answers: str, folder: str) -> bool:
    """Make the folder; tell whether the store is the user's own (after `sudo -E` it isn't)."""
    folders.make_own(folder)
    return all(folders.is_own(os.lstat(path)) for path in (answers, folder))


def _stamp(folder: str, generation: str, made: list[tuple[str, str]], evidence: Evidence) -> None:
    """Make a stamp for each check of a time; raise ValueError where it can't be held exactly."""
    timed = [path for kind, path in made if kind == checks.TIME]
    for number, path in enumerate(timed, 1):
        if not path:
            continue
        stamp = f"{folder}/{STAMP_NAME}{generation}-{number}"
        time_ = evidence.get_noted(path).st_mtime_ns
        os.close(os.open(stamp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        os.utime(stamp, ns=(time_, time_))
        if os.stat(stamp).st_mtime_ns != time_:
            raise ValueError(stamp)


def _write(path: str, generation: str, content: bytes) -> None:
    draft = f"{os.path.dirname(path)}/{STAMP_NAME}{generation}"
    replacing.replace(path, content, draft=draft)


def _sweep(folder: str, generation: str) -> None:
    """Remove the stamps of earlier generations, and what an interrupted writing left."""
    for name in os.listdir(folder):
        if name.startswith(STAMP_NAME) and not name.startswith(STAMP_NAME + generation):
            _remove(f"{folder}/{name}")


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return  # another helper, which forgets the record, was quicker


def _discard(folder: str, generation: str) -> None:
    try:
        for name in os.listdir(folder):
            if name.startswith(STAMP_NAME + generation):
                os.unlink(f"{folder}/{name}")
    except OSError:
        pass  # a store that can't be written can't be tidied either
