"""Rules 3 to 6: the environment was made where it lies, of a Python that isn't the project's own.

What belongs to whom, and what a repository tracks, is judged elsewhere.
"""

from __future__ import annotations

import os
import sys
from stat import S_ISLNK, S_ISREG

from autovenv.find import environments, reach
from autovenv.text import cite
from autovenv.trust import born, recorded
from autovenv.trust.owners import contains, user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment
    from autovenv.trust.machine import Machine
    from autovenv.trust.owners import Steps

# A text that mypy can't narrow: what holds on macOS is tested elsewhere, too.
PLATFORM = str(sys.platform)

# What is typed or relied on without a thought, and has no place in an environment.
_NAMES = """
sh bash zsh fish pwsh ls cat cp mv rm ln mkdir rmdir chmod chown touch find grep sed awk tar env
kill ps less more man which vi vim nano ssh scp sftp ssh-add ssh-agent sudo su doas login passwd
git gpg
"""
SHADOWING = frozenset(_NAMES.split())
_WINDOWS_NAMES = """
cmd powershell where notepad explorer py code node npm docker kubectl
"""
WINDOWS_SHADOWING = SHADOWING.union(_WINDOWS_NAMES.split())

# Through these the same text leads to another place for each process.
_MOVING = ("/proc", "/dev", "/sys")

# How a program begins that isn't a script: ELF, Windows' and macOS' (either order, or for several
# architectures).
_BINARY = (
    b"\x7fELF",
    b"MZ",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"\xca\xfe\xba\xbe",
)


def reason(
    environment: Environment, project: str, steps: Steps, machine: Machine, evidence: Evidence
) -> str:
    """Return why one of the rules fails, or "". `project` has no links in it."""
    if _is_conda(environment.path):
        return _unknown_to_conda(environment.path, steps, evidence) or _downloaded(environment.path)
    return (
        _made_elsewhere(environment, steps, machine, evidence)
        or _interpreter(environment, project, steps, machine, evidence)
        or _shadows(environment, evidence)
        or _downloaded(environment.path)
    )


def _made_elsewhere(
    environment: Environment, steps: Steps, machine: Machine, evidence: Evidence
) -> str:
    """Judge by rule 3: all that it records leads to it, and it was written where it is."""
    path, end = environment.path, steps.end(environment.path)
    places = recorded.places(path, evidence)
    if len(places) > environments.RECORDED:
        return f"{len(places)} paths are recorded in it as its own"
    for place in places:
        # Compared as text first: what a stranger wrote into it may lead to a server of theirs.
        if place not in (path, end) and (
            reach.is_remote(place, path)
            or not _leads_to(place, end, steps)
            or not _is_own_way(place, path, steps, machine, evidence)
        ):
            return f"it was made at {cite(place)}"
    if not places:
        return "nothing in it says where it was made"
    if born.is_born_here(path, evidence) or born.is_remembered(path, end, evidence, machine):
        return ""
    return born.ARRIVED


def _leads_to(place: str, end: str, steps: Steps) -> bool:
    """Tell whether a recorded path leads to `end` from anywhere and for anybody."""
    if os.name == "nt":
        return os.path.normcase(os.path.realpath(place)) == os.path.normcase(end)
    on_the_way, reached = steps.to(place)
    return reached == end and not any(
        contains(moving, step) for step in on_the_way for moving in _MOVING
    )


def _is_own_way(place: str, path: str, steps: Steps, machine: Machine, evidence: Evidence) -> bool:
    """Tell whether no link on the way to `place` is somebody else's.

    Who can make a link in /tmp to another's folder can let an archive's path lead there. The links
    on the way to the environment's own `path` are judged with it.
    """
    if os.name == "nt":
        return True
    judged = set(steps.to(path)[0])
    ways = [steps.status(step) for step in steps.to(place)[0] if step not in judged]
    owners = {way.st_uid for way in ways if way and S_ISLNK(way.st_mode)} - {machine.uid, 0}
    if not owners:
        return True
    own = {*machine.other_selves(evidence)}
    status = steps.status(steps.end(path))
    if status and machine.is_container(evidence):
        own.add(status.st_uid)  # all may belong to one other user there
    return owners <= own


def _is_conda(path: str) -> bool:
    return os.path.isdir(f"{path}/conda-meta") and not os.path.exists(f"{path}/pyvenv.cfg")


def _unknown_to_conda(path: str, steps: Steps, evidence: Evidence) -> str:
    from autovenv.find.makers import places

    home = places.home(evidence)
    known = f"{home}/.conda/environments.txt"
    end = steps.end(path)
    for line in (evidence.read(known) or "").splitlines():
        if os.path.isabs(line) and _leads_to(line, end, steps):
            return ""
    return f"it is not in conda's {known}"


def _interpreter(
    environment: Environment, project: str, steps: Steps, machine: Machine, evidence: Evidence
) -> str:
    """Judge the file that `python` is in the end, or for a copy the one that it was copied from."""
    program = steps.end(os.path.join(environment.bin, environments.PYTHON))
    inside = (project, steps.end(environment.path))
    if not contains(inside[1], program) or not _is_binary(program):
        return _program(program, inside, steps, machine, evidence)
    settings = environments.settings_in(evidence.read(f"{environment.path}/pyvenv.cfg")) or {}
    home = settings.get("home", "")
    written = os.path.basename(settings.get("executable", "").replace("\\", "/"))
    minor = ".".join(environment.version.split(".")[:2])
    names = (environments.PYTHON, "python3", f"python{minor}", "pypy3", written)
    if not os.path.isabs(home):
        return "its pyvenv.cfg has no home"
    for name in filter(None, names):
        base = steps.end(os.path.join(home, name))
        if os.path.isfile(base):
            return _program(base, inside, steps, machine, evidence)
    return f"there is no Python in {home}, its home"


def _program(
    program: str, inside: tuple[str, str], steps: Steps, machine: Machine, evidence: Evidence
) -> str:
    status, above = steps.status(program), steps.status(os.path.dirname(program))
    if status is None or above is None:
        return f"its interpreter {program} is gone"
    if any(contains(folder, program) for folder in inside) and not _is_nobodys(
        program, status, inside, steps, machine, evidence
    ):
        return f"its interpreter {program} lies in the project"
    if os.name == "nt":
        return ""
    fault = ""
    if above.st_mode & 0o002:
        fault = f"anyone can write to {os.path.dirname(program)}, where its interpreter is"
    if (
        status.st_uid not in (machine.uid, 0)
        and _may_write(status, machine)
        and status.st_uid not in machine.other_selves(evidence)
    ):
        fault = f"its interpreter {program} belongs to {user(status.st_uid)}"
    if fault:
        from autovenv.trust import mounts

        if mounts.knows_no_modes(program, machine):
            return ""
    return fault


def _is_nobodys(
    program: str,
    status: os.stat_result,
    inside: tuple[str, str],
    steps: Steps,
    machine: Machine,
    evidence: Evidence,
) -> bool:
    """Tell whether a program in the project is none of its files all the same.

    That is so where all the machine is the "project", and for what only root can have put there;
    and in one's home for what a manager of Pythons keeps there.
    """
    project, environment = inside
    if contains(environment, program):
        return False
    if project == os.path.dirname(project) or status.st_uid == 0 != machine.uid:
        return True
    from autovenv.find.makers import places

    home = places.home(evidence)
    if not home or steps.end(home) != project:
        return False
    if os.path.isdir(f"{os.path.dirname(os.path.dirname(program))}/conda-meta"):
        return True
    from autovenv.find.interpreters import managers

    kept = (managers.PYENV, managers.UV, managers.MISE, managers.ASDF)
    return any(
        contains(steps.end(managers.versions(manager, evidence)), program) for manager in kept
    )


def _may_write(status: os.stat_result, machine: Machine) -> bool:
    mode = status.st_mode
    in_group = status.st_gid in machine.groups
    return machine.uid == 0 or bool(mode & 0o002 or (mode & 0o020 and in_group))


def _is_binary(path: str) -> bool:
    try:
        if not S_ISREG(os.lstat(path).st_mode):
            return False
        with open(path, "rb", buffering=0) as file:
            return file.read(4).startswith(_BINARY)
    except OSError:
        return False


def _shadows(environment: Environment, evidence: Evidence) -> str:
    for name in evidence.listing(environment.bin):
        command = name
        if os.name == "nt" or PLATFORM == "darwin":
            command = name.lower()
        if os.name == "nt":
            # Whatever PATHEXT names is a program there, and to PowerShell a .ps1 as well.
            command = command.rpartition(".")[0] or command
        if command in (WINDOWS_SHADOWING if os.name == "nt" else SHADOWING):
            return f"its {environments.BIN} has a program called {command}"
    return ""


def _downloaded(path: str) -> str:
    """Judge the mark of a download: an NTFS stream, which is a file where it was copied out of it.

    Not evidence: it comes with the file that it marks, and that is.
    """
    settings = f"{path}/pyvenv.cfg"
    if os.path.exists(f"{settings}:Zone.Identifier") or (
        PLATFORM == "darwin" and _is_in_quarantine(settings)
    ):
        return "its pyvenv.cfg is marked as downloaded"
    return ""


def _is_in_quarantine(path: str) -> bool:
    import ctypes  # os.getxattr is Linux' alone

    library = ctypes.CDLL(None)
    attribute = b"com.apple.quarantine"
    return int(library.getxattr(os.fsencode(path), attribute, None, 0, 0, 0)) >= 0
