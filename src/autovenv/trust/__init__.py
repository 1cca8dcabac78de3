"""May an environment be put on PATH without asking? The rules are those of docs/trust.md.

They are asked in their order, and the first that fails is the reason that the user is told. What a
rule needs to look at in the usual case only is read; nothing of a project is run, nor is git.
"""

from __future__ import annotations

import os

from autovenv import paths
from autovenv.trust.owners import Steps, contains

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment
    from autovenv.trust.machine import Machine

# The reason where the user said so: nothing more is told.
DENIED = "you denied it"
CHANGED = "it has changed since you allowed it"


def judge(environment: Environment, project: str, evidence: Evidence, machine: Machine) -> str:
    """Return why the environment isn't put on PATH without asking, or "".

    `project` is the folder whose markers led to it ("" is the root). What is to be looked at on
    each entry is told to `evidence`.
    """
    steps = Steps()
    end = steps.find_end(environment.path)
    record = _find_record(end, evidence, machine)
    if record and record[0] == "deny":
        return DENIED
    reason = _find_first_reason(environment, project, steps, evidence, machine)
    if not reason:
        _accept(environment, end, evidence, machine)
    elif record and _is_valid(record, end):
        evidence.visit = True
    elif not _is_in_trusted_folder(end, steps, evidence):
        for index in evidence.entering:
            evidence.get_status(index)  # `git rm --cached` is to be seen where one stands
        return f"{CHANGED}, and {reason}" if record else reason
    for path in (environment.path, environment.bin, project):
        if path and _belongs_to(machine.uid, path):
            evidence.own[path] = None
    if not reason:
        # What pip installs is put there: that asks nothing until the next entry.
        evidence.leave_to_entering(environment.bin)
        evidence.leave_to_entering(f"{environment.bin}/activate")
    return ""


def _belongs_to(uid: int, path: str) -> bool:
    """Tell whether a user owns what is at `path`.

    It isn't evidence: a project's folder changes with each file that is made in it.
    """
    try:
        return os.stat(path).st_uid == uid
    except OSError:
        return False


def judge_interpreter(program: str, evidence: Evidence, machine: Machine) -> str:
    """Return why the folder of the interpreter `program` doesn't go on PATH, or "": rule 1."""
    if os.name == "nt":
        return ""
    from autovenv.trust import owners

    parts = [os.path.dirname(program), program]
    return owners.find_reason(parts, Steps(), machine, evidence, is_stored=True)


def _find_record(end: str, evidence: Evidence, machine: Machine) -> list[str] | None:
    """Return what the user said of the environment at the resolved path `end`, mostly nothing."""
    if evidence.get_status(machine.approvals) is None:
        return None
    from autovenv.trust import approvals

    return approvals.find_record(end, machine, evidence)


def _is_valid(record: list[str], end: str) -> bool:
    from autovenv.trust import approvals

    return approvals.is_valid(record, end)


def _accept(environment: Environment, end: str, evidence: Evidence, machine: Machine) -> None:
    if os.path.isfile(f"{environment.path}/pyvenv.cfg"):
        from autovenv.trust import born

        born.remember(environment.path, end, evidence, machine)


def _find_first_reason(
    environment: Environment, project: str, steps: Steps, evidence: Evidence, machine: Machine
) -> str:
    from autovenv.trust import made, owners

    end, project_end = steps.find_end(environment.path), steps.find_end(paths.make_folder(project))
    source = environment.source
    settings = f"{environment.path}/pyvenv.cfg"
    parts = [environment.path, environment.bin, settings, source]
    if source or contains(project_end, end):
        parts.append(paths.make_folder(project))
    parts = [part for part in parts if part]
    if os.name == "nt":
        from autovenv.trust import windows

        reason = windows.find_reason(parts)
    else:
        reason = owners.find_reason(parts, steps, machine, evidence, is_stored=True)
    return (
        reason
        or _find_tracking(environment, steps, evidence, machine)
        or made.find_reason(environment, project_end, steps, machine, evidence)
    )


def _find_tracking(
    environment: Environment, steps: Steps, evidence: Evidence, machine: Machine
) -> str:
    """Judge by rule 2: the environment with the links to it, its `bin`, what names it."""
    from autovenv.git import repositories

    end, bin_end = steps.find_end(environment.path), steps.find_end(environment.bin)
    looks = repositories.Looks(_list_owners(end, steps, evidence, machine))
    asked = {environment.path: ""}
    if not contains(end, bin_end):
        asked[bin_end] = ""
    if environment.source:
        asked[environment.source] = f"{environment.source}, which names it: "
    for path, prefix in asked.items():
        reason = repositories.find_reason(path, looks, evidence)
        if reason:
            return prefix + reason
    return ""


def _list_owners(
    end: str, steps: Steps, evidence: Evidence, machine: Machine
) -> frozenset[int] | None:
    """Return whose repositories count: the user's, root's, and whose the environment is."""
    status = steps.get_status(end)
    if os.name == "nt" or status is None:
        return None
    return frozenset((machine.uid, 0, status.st_uid, *machine.list_other_selves(evidence)))


def _is_in_trusted_folder(end: str, steps: Steps, evidence: Evidence) -> bool:
    """Tell whether the user trusts all that is there: for this shell, or in config.toml."""
    for folder in evidence.read_variable("AUTOVENV_TRUST").split(os.pathsep):
        if os.path.isabs(folder) and contains(steps.find_end(folder), end):
            evidence.is_storable = False
            return True
    from autovenv import settings

    folders = settings.list_trusted(evidence)
    return any(contains(steps.find_end(folder), end) for folder in folders)
