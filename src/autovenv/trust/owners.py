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

    def to(self, path: str) -> tuple[list[str], str]:
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
            status = self.status(step)
            if status is None or not S_ISLNK(status.st_mode):
                here = step
                continue
            links += 1
            if links > _LINKS_LIMIT:
                return steps, ""
            target = _target(step)
            waiting += target.split("/")[::-1]
            if target.startswith("/"):
                here = ""
        end = here or "/"
        return [step for step in steps if step != end], end

    def end(self, path: str) -> str:
        """Return where the absolute `path` ends."""
        return os.path.realpath(path) if os.name == "nt" else self.to(path)[1]

    def status(self, step: str) -> os.stat_result | None:
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


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""  # removed this very moment


def contains(folder: str, path: str) -> bool:
    """Tell whether `path` is the folder or lies in it; both have no links in them."""
    folder, path = os.path.normcase(folder), os.path.normcase(path)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def reason(parts: Sequence[str], steps: Steps, machine: Machine, evidence: Evidence) -> str:
    """Return why the rule fails for `parts`, absolute paths that are all to be the user's, or "".

    Where it holds as it stands, which is nearly always, it isn't asked what excuses there are.
    """
    ends: dict[str, None] = {}
    above: dict[str, None] = {}
    for part in parts:
        on_the_way, end = steps.to(part)
        ends[end] = None
        above.update(dict.fromkeys(on_the_way))
    for end in ends:
        above.pop(end, None)
    own = [machine.uid, 0]
    if machine.uid == machines.OVERFLOW:
        # Where the user isn't mapped, everybody else who isn't looks like the user.
        machine.other_selves(evidence)
    if not any(_faults(ends, above, own, steps, machine, evidence)):
        return ""
    own += machine.other_selves(evidence)
    if machine.is_container(evidence):
        above = {}
        own += _another(ends, own, steps)
    for path, fault in _faults(ends, above, own, steps, machine, evidence):
        from autovenv.trust import mounts

        if not mounts.knows_no_modes(path, machine):
            return fault
    return ""


def _another(ends: dict[str, None], own: list[int], steps: Steps) -> list[int]:
    """Return the one other user to whom the parts belong, nobody where there are several."""
    owners = {status.st_uid for end in ends if (status := steps.status(end))} - {*own}
    return [*owners] if len(owners) == 1 else []


def _faults(
    ends: dict[str, None],
    above: dict[str, None],
    own: list[int],
    steps: Steps,
    machine: Machine,
    evidence: Evidence,
) -> Iterator[tuple[str, str]]:
    """Yield each path that somebody else owns or can write, and which of them it is."""
    for paths, is_above in ((ends, False), (above, True)):
        for path in paths:
            status = steps.status(path)
            if status is None:
                continue
            if status.st_uid not in own:
                yield path, f"{path} belongs to {user(status.st_uid)}"
                continue
            mode = status.st_mode
            if not mode & 0o022 or S_ISLNK(mode):
                continue
            if is_above and mode & S_ISVTX and S_ISDIR(mode):
                continue  # nobody can rename or remove what belongs to others there
            if mode & 0o002:
                yield path, f"anyone can write to {path}"
                continue
            from autovenv.trust import groups

            other = groups.others(path, status.st_gid, own, machine, evidence)
            if other:
                yield path, f"{other} can write to {path}"


def user(uid: int) -> str:
    """Return the user's name for a note, the number where it has none."""
    if sys.platform == "win32":
        return f"user {uid}"
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
