"""Rule 1: what leads to an environment is the user's or root's, and nobody else can write it.

Nothing but this is judged here, and Windows, whose rights aren't modes, is left out.
"""

from __future__ import annotations

import os
import sys
from stat import S_ISDIR, S_ISLNK, S_ISVTX

from autovenv.trust import machine as machines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autovenv.evidence import Evidence
    from autovenv.trust.machine import Machine

_LINKS_LIMIT = 40  # the kernel's own
_PATH_LIMIT = 4096  # bytes, Linux' own; others' are lower


class Steps:
    """Looks paths up as the kernel does, and keeps what it has met on the way.

    Not noted as evidence: a folder's time is another with each file that comes and goes, and isn't
    when its owner or its mode is.
    """

    def __init__(self) -> None:
        self._met: dict[str, os.stat_result | None] = {}

    def follow(self, path: str) -> tuple[list[str], str]:
        """Return what is stepped through on the way to the absolute `path`, and where that ends.

        Steps are folders, without links in their paths, and links; the end, which isn't among them,
        is "" where there are too many links, or the path is too long. What isn't there is passed as
        a folder would be.
        """
        if len(path) >= _PATH_LIMIT:
            return ["/"], ""  # each step is a path: together they could fill the memory
        here, steps = "", ["/"]
        waiting = path.split("/")[::-1]
        links = 0
        while waiting:
            name = waiting.pop()
            if name in ("", "."):
                continue
            if name == "..":
                here = here.rpartition("/")[0]
                continue
            step = f"{here}/{name}"
            steps.append(step)
            status = self.get_status(step)
            if status is None or not S_ISLNK(status.st_mode):
                here = step
                continue
            links += 1
            if links > _LINKS_LIMIT:
                return steps, ""
            target = _read_target(step)
            waiting += target.split("/")[::-1]
            if target.startswith("/"):
                here = ""
        end = here or "/"
        return [step for step in steps if step != end], end

    def find_end(self, path: str) -> str:
        """Return where the absolute `path` ends."""
        return os.path.realpath(path) if os.name == "nt" else self.follow(path)[1]

    def get_status(self, step: str) -> os.stat_result | None:
        """Return the step's own status, None where nothing is there."""
        try:
            return self._met[step]
        except KeyError:
            pass
        try:
            status = os.lstat(step)
        except (OSError, ValueError):
            self._met[step] = None
            return None
        self._met[step] = status
        return status


def _read_target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""  # removed this very moment


def contains(folder: str, path: str) -> bool:
    """Tell whether `path` is the folder or is in it; both have no links in them."""
    folder, path = os.path.normcase(folder), os.path.normcase(path)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def find_reason(
    parts: Sequence[str], steps: Steps, machine: Machine, evidence: Evidence, *, is_stored: bool
) -> str:
    """Return why the rule fails for `parts`, absolute paths that are all to be the user's, or "".

    Where it holds as it stands, which is nearly always, it isn't asked what excuses there are. An
    answer on parts that are to be stored (`is_stored`) is asked for on each visit, where others can
    put a folder of the same name into one above: it is bound to times, and they can be set.
    """
    ends: dict[str, None] = {}
    above: dict[str, None] = {}
    for part in parts:
        on_the_way, end = steps.follow(part)
        ends[end] = None
        above.update(dict.fromkeys(on_the_way))
    for end in ends:
        above.pop(end, None)
    if is_stored and any(_is_shared(path, steps, machine, evidence) for path in above):
        evidence.visit = True
    if machine.uid == machines.OVERFLOW and machine.find_overflow(evidence):
        return "in this user namespace nobody can tell whose it is"
    fault = _judge_mounts((*ends, *above), steps, machine, evidence)
    if fault:
        return fault
    own = [machine.uid, 0]
    if not any(_list_faults(ends, above, own, own, steps, machine, evidence)):
        return ""
    own += machine.list_other_selves(evidence)
    beyond = [*own, *machine.find_overflow(evidence)]
    if machine.is_container(evidence):
        above = {
            path: None for path in above if not _is_excused(path, own, steps, machine, evidence)
        }
        # The overflow id is no one user: anybody who isn't mapped may be behind it.
        others = _find_other_owner(ends, beyond, steps)
        own += [uid for uid in others if machine.is_nobody(uid, evidence)]
    for path, fault in _list_faults(ends, above, own, beyond, steps, machine, evidence):
        from autovenv.trust import mounts

        if not mounts.knows_no_modes(path, machine):
            return fault
    return ""


def _is_shared(path: str, steps: Steps, machine: Machine, evidence: Evidence) -> bool:
    """Tell whether others can make something in the folder `path`, sticky or not."""
    status = steps.get_status(path)
    if status is None or S_ISLNK(status.st_mode) or not status.st_mode & 0o022:
        return False
    if status.st_mode & 0o002:
        return True
    from autovenv.trust import groups

    return bool(groups.find_others(path, status.st_gid, [machine.uid, 0], machine, evidence))


def _judge_mounts(paths: Sequence[str], steps: Steps, machine: Machine, evidence: Evidence) -> str:
    """Judge file systems whose owners and modes are what another user says, or nobody.

    Those have no block device: the root's own, and what is on a disk, isn't looked up.
    """
    top = steps.get_status("/")
    known = {top.st_dev} if top else set()
    for path in paths:
        status = steps.get_status(path)
        if status is None or status.st_dev in known or sys.platform != "linux":
            continue
        known.add(status.st_dev)
        if os.major(status.st_dev) == 0:
            from autovenv.trust import mounts

            fault = mounts.find_reason(path, status.st_dev, machine, evidence)
            if fault:
                return fault
    return ""


def _is_excused(
    path: str, own: list[int], steps: Steps, machine: Machine, evidence: Evidence
) -> bool:
    """Tell whether a container's mount excuses the folder `path` above."""
    status = steps.get_status(path)
    return status is None or status.st_uid in own or machine.is_nobody(status.st_uid, evidence)


def _find_other_owner(ends: dict[str, None], own: list[int], steps: Steps) -> list[int]:
    """Return the one other user to whom the parts belong, nobody where there are several."""
    owners = {status.st_uid for end in ends if (status := steps.get_status(end))} - {*own}
    return [*owners] if len(owners) == 1 else []


def _list_faults(
    ends: dict[str, None],
    above: dict[str, None],
    own: list[int],
    beyond: list[int],
    steps: Steps,
    machine: Machine,
    evidence: Evidence,
) -> Iterator[tuple[str, str]]:
    """Yield each path that another user owns or can write, and which of them it is.

    The `ends` are to belong to one of `own`, what is `above` them to one of `beyond`.
    """
    for paths, owners in ((ends, own), (above, beyond)):
        for path in paths:
            status = steps.get_status(path)
            if status is None:
                continue
            if status.st_uid not in owners:
                from autovenv import users

                yield path, f"{path} belongs to {users.get_name(status.st_uid)}"
                continue
            mode = status.st_mode
            if not mode & 0o022 or S_ISLNK(mode):
                continue
            if paths is above and mode & S_ISVTX and S_ISDIR(mode):
                continue  # nobody can rename or remove what belongs to others there
            if mode & 0o002:
                yield path, f"anyone can write to {path}"
                continue
            from autovenv.trust import groups

            other = groups.find_others(path, status.st_gid, owners, machine, evidence)
            if other:
                yield path, f"{other} can write to {path}"


def find_stranger(path: str, machine: Machine, evidence: Evidence) -> str:
    """Return whose the file `path` is where another user made it, else "": a pin, an opt-out."""
    if os.name == "nt":
        return ""
    try:
        owner = os.lstat(path).st_uid
    except (OSError, ValueError):
        return ""
    if owner in (machine.uid, 0) or owner in machine.list_other_selves(evidence):
        return ""
    is_mount = machine.is_nobody(owner, evidence) and owner not in machine.find_overflow(evidence)
    if is_mount and machine.is_container(evidence):
        return ""
    from autovenv import users

    return users.get_name(owner)
