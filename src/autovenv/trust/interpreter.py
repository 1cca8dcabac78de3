"""Rule 4: the Python of an environment isn't the project's own, and belongs to the user or to root.

That goes for the program, for the `home` in pyvenv.cfg and for the standard library that Python
finds from there (CPython's Modules/getpath.py).
"""

from __future__ import annotations

import os

from autovenv import paths, reading
from autovenv.find import environments, reach
from autovenv.text import cite
from autovenv.trust import owners
from autovenv.trust.owners import contains

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment
    from autovenv.trust.machine import Machine
    from autovenv.trust.owners import Steps

# Through these the same text leads to another place for each process.
MOVING = ("/proc", "/dev", "/sys")

# Where nobody but root has put anything, whoever a user namespace shows as the owner.
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/nix/store")

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


def find_reason(
    environment: Environment, project: str, steps: Steps, machine: Machine, evidence: Evidence
) -> str:
    """Return why the rule fails, or "". `project` has no links in it.

    Of a copy, the interpreter that it was copied from is judged, which is in `home`.
    """
    settings = environments.parse_settings(evidence.read(f"{environment.path}/pyvenv.cfg"))
    home = (settings or {}).get("home", "")
    python = os.path.join(environment.bin, environments.PYTHON)
    program = steps.find_end(python)
    project_folders = (project, steps.find_end(environment.path))
    if os.name != "nt" and any(
        contains(m, step) for step in steps.follow(python)[0] for m in MOVING
    ):
        return "its interpreter is another one for each process"
    if reach.is_remote(home, environment.path):
        return f"its home is on a network: {cite(home)}"
    if contains(project_folders[1], program) and _is_binary(program):
        if not os.path.isabs(home):
            return "its pyvenv.cfg has no home"
        program = _find_base(home, settings or {}, environment.version, steps)
        if not program:
            return f"there is no Python in its home, {cite(home)}"
    elif steps.get_status(program) is None:
        return f"its interpreter {program} is gone"
    parts = {"interpreter": [program, os.path.dirname(program)]}
    if os.path.isabs(home) and os.name != "nt":
        parts["home"] = [home]
        library = _find_library(home, environment.version, steps)
        if library:
            parts["standard library"] = [library, f"{library}/os.py"]
    for what, files in parts.items():
        fault = _judge_place(what, files[0], project_folders, steps, machine, evidence)
        if fault:
            return fault
    if os.name == "nt":
        return ""
    together = [file for files in parts.values() for file in files]
    if not owners.find_reason(together, steps, machine, evidence, is_stored=False):
        return ""
    for what, files in parts.items():
        fault = _judge_owners(files, steps, machine, evidence)
        if fault:
            return f"of its {what}, {fault}"
    return ""


def _find_base(home: str, settings: dict[str, str], version: str, steps: Steps) -> str:
    """Return the program in `home` that a copy was made of, "" where there is none."""
    written = os.path.basename(settings.get("executable", "").replace("\\", "/"))
    minor = ".".join(version.split(".")[:2])
    for name in (environments.PYTHON, "python3", f"python{minor}", "pypy3", written):
        base = steps.find_end(os.path.join(home, name)) if name else ""
        if base and os.path.isfile(base):
            return base
    return ""


def _find_library(home: str, version: str, steps: Steps) -> str:
    """Return the standard library that is found from `home` upward, "" where none is."""
    minor = ".".join(version.split(".")[:2])
    folder = os.path.normpath(home)
    while minor:
        for name in ("lib", "lib64"):
            library = f"{folder.rstrip('/')}/{name}/python{minor}"
            if steps.get_status(library) is not None:
                return library
        if folder == os.path.dirname(folder):
            break
        folder = os.path.dirname(folder)
    return ""


def _judge_place(
    what: str,
    part: str,
    project_folders: tuple[str, str],
    steps: Steps,
    machine: Machine,
    evidence: Evidence,
) -> str:
    """Judge where a part of Python is; `what` is what it is in a sentence."""
    end = steps.find_end(part)
    status = steps.get_status(end)
    if status is None:
        return f"its {what} {end} is gone"
    if any(contains(folder, end) for folder in project_folders) and not _is_nobodys(
        end, status, project_folders, steps, machine, evidence
    ):
        return f"its {what} {end} is in the project"
    return ""


def _judge_owners(files: list[str], steps: Steps, machine: Machine, evidence: Evidence) -> str:
    """Judge whose a part of Python is; the system's own is root's, whoever it is shown as."""
    end = steps.find_end(files[0])
    status = steps.get_status(end)
    if (
        status
        and any(contains(folder, end) for folder in _SYSTEM)
        and status.st_uid in machine.find_overflow(evidence)
    ):
        return ""
    return owners.find_reason(files, steps, machine, evidence, is_stored=False)


def _is_nobodys(
    program: str,
    status: os.stat_result,
    project_folders: tuple[str, str],
    steps: Steps,
    machine: Machine,
    evidence: Evidence,
) -> bool:
    """Tell whether what is in the project is none of its files all the same.

    That is so where all the machine is the "project", and for what only root can have put there;
    and in one's home for what a manager of Pythons keeps there.
    """
    project, environment = project_folders
    if contains(environment, program):
        return False
    if project == os.path.dirname(project):
        return True
    if os.name != "nt" and status.st_uid == 0 != machine.uid:
        return True  # on Windows each file has the number 0
    home = evidence.read_variable(paths.HOME)
    if not home or steps.find_end(home) != project:
        return False
    folder = program
    while folder != project:
        if os.path.isdir(f"{folder}/conda-meta"):
            return True
        folder = os.path.dirname(folder)
    from autovenv.find.interpreters import managers

    kept = (managers.PYENV, managers.UV, managers.MISE, managers.ASDF)
    return any(
        contains(steps.find_end(managers.find_versions(manager, evidence)), program)
        for manager in kept
    )


def _is_binary(path: str) -> bool:
    content = reading.read(path, 4, follows=False) or b""
    return content.startswith(_BINARY)
