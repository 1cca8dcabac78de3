"""Rules 3 to 6: the environment was made where it is, of a Python that isn't the project's own.

What belongs to whom, and what a repository tracks, is judged elsewhere.
"""

from __future__ import annotations

import os
import sys
from stat import S_ISLNK

from autovenv.find import environments, reach
from autovenv.text import cite
from autovenv.trust import born, interpreter, recorded
from autovenv.trust.owners import contains

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment
    from autovenv.trust.machine import Machine
    from autovenv.trust.owners import Steps

# A text that mypy can't narrow: what holds on macOS is tested elsewhere, too.
PLATFORM = str(sys.platform)

# What is typed without a thought, or run by prompts and rc files: no package that is known brings
# one (bench/programs.py). A rule for all that is on PATH would make each answer hang on PATH.
_NAMES = """
sh bash zsh fish pwsh ls cat cp mv rm ln mkdir rmdir chmod chown touch find grep sed awk tar env
kill ps less more man which vi vim nano ssh scp sftp ssh-add ssh-agent sudo su doas login passwd
git gpg date hostname id tput uname whoami dirname basename readlink realpath cut tr wc head tail
sort uniq tee xargs seq expr stty tty dircolors sleep true false mktemp stat du df clear tmux screen
direnv zoxide fzf mise starship oh-my-posh kubectl docker podman systemctl apt apt-get dnf brew curl
wget make
"""
SHADOWING = frozenset(_NAMES.split())
_WINDOWS_NAMES = """
cmd powershell where notepad explorer py code node npm docker kubectl
"""
WINDOWS_SHADOWING = SHADOWING.union(_WINDOWS_NAMES.split())


def find_reason(
    environment: Environment, project: str, steps: Steps, machine: Machine, evidence: Evidence
) -> str:
    """Return why one of the rules fails, or "". `project` has no links in it."""
    if _is_conda(environment.path):
        return _judge_conda(environment.path, steps, evidence) or _judge_download(environment.path)
    return (
        _judge_place(environment, steps, machine, evidence)
        or interpreter.find_reason(environment, project, steps, machine, evidence)
        or _judge_programs(environment, evidence)
        or _judge_download(environment.path)
    )


def _judge_place(
    environment: Environment, steps: Steps, machine: Machine, evidence: Evidence
) -> str:
    """Judge by rule 3: all that it records leads to it, and it was written where it is."""
    path, end = environment.path, steps.find_end(environment.path)
    places = recorded.list_places(path, evidence)
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
    on_the_way, reached = steps.follow(place)
    return (reached == end or reach.is_same(reached, end)) and not any(
        contains(moving, step) for step in on_the_way for moving in interpreter.MOVING
    )


def _is_own_way(place: str, path: str, steps: Steps, machine: Machine, evidence: Evidence) -> bool:
    """Tell whether no link on the way to `place` is somebody else's.

    Who can make a link in /tmp to another's folder can let an archive's path lead there. The links
    on the way to the environment's own `path` are judged with it.
    """
    if os.name == "nt":
        return True
    judged = set(steps.follow(path)[0])
    ways = [steps.get_status(step) for step in steps.follow(place)[0] if step not in judged]
    owners = {way.st_uid for way in ways if way and S_ISLNK(way.st_mode)} - {machine.uid, 0}
    if not owners:
        return True
    own = {*machine.list_other_selves(evidence), *machine.find_overflow(evidence)}
    status = steps.get_status(steps.find_end(path))
    if status and machine.is_container(evidence):
        own.add(status.st_uid)  # all may belong to one other user there
    return owners <= own


def _is_conda(path: str) -> bool:
    return os.path.isdir(f"{path}/conda-meta") and not os.path.exists(f"{path}/pyvenv.cfg")


def _judge_conda(path: str, steps: Steps, evidence: Evidence) -> str:
    from autovenv.find import places

    home = places.find_home(evidence)
    known = f"{home}/.conda/environments.txt"
    end = steps.find_end(path)
    for line in (evidence.read(known) or "").splitlines():
        if os.path.isabs(line) and _leads_to(line, end, steps):
            return ""
    return f"it is not in conda's {known}"


def _judge_programs(environment: Environment, evidence: Evidence) -> str:
    for name in evidence.list_names(environment.bin):
        command = name
        if os.name == "nt" or PLATFORM == "darwin":
            command = name.lower()
        if os.name == "nt":
            # Whatever PATHEXT names is a program there, and to PowerShell a .ps1 as well.
            command = command.rpartition(".")[0] or command
        if command in (WINDOWS_SHADOWING if os.name == "nt" else SHADOWING):
            return f"its {environments.BIN} has a program called {command}"
    return ""


def _judge_download(path: str) -> str:
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
