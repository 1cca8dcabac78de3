"""May an environment be put on PATH without asking? The rules are those of docs/trust.md.

They are asked in their order, and the first that fails is the reason that the user is told. What a
rule needs to look at in the usual case only is read; nothing of a project is run, nor is git.
"""

from __future__ import annotations

import os

from autovenv.trust.owners import Steps, contains

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment
    from autovenv.trust.machine import Machine

# The reason where the user said so: nothing more is told.
DENIED = "you denied it"


def judge(
    environment: Environment, project: str, source: str, evidence: Evidence, machine: Machine
) -> str:
    """Return why the environment isn't put on PATH without asking, or "".

    `project` is the folder whose markers led to it ("" is the root); `source` is the file in which
    its path is written, or "" where it lies there, or was found by a name in a folder of the
    user's.
    """
    from autovenv.trust import approvals

    steps = Steps()
    end = steps.end(environment.path)

    record = approvals.look(end, machine, evidence)
    if record and record[0] == approvals.DENY:
        return DENIED
    reason = _first_reason(environment, project, source, steps, evidence, machine)
    if not reason:
        return ""
    if record and approvals.holds(
        record, end, lambda: bool(_tracked(environment, source, steps, evidence))
    ):
        return ""
    return "" if _is_in_trusted_folder(end, steps, evidence) else reason


def is_tracked(environment: Environment, source: str, evidence: Evidence) -> bool:
    """Tell whether a repository tracks the environment, or what leads to it by a path."""
    return bool(_tracked(environment, source, Steps(), evidence))


def _first_reason(
    environment: Environment,
    project: str,
    source: str,
    steps: Steps,
    evidence: Evidence,
    machine: Machine,
) -> str:
    from autovenv.trust import made, owners

    end, project_end = steps.end(environment.path), steps.end(project or "/")
    reason = ""
    if os.name != "nt":
        parts = [environment.path, environment.bin]
        settings = f"{environment.path}/pyvenv.cfg"
        if steps.status(settings):
            parts.append(settings)
        if source:
            parts.append(source)
        if source or contains(project_end, end):
            parts.append(project or "/")
        reason = owners.reason(parts, steps, machine, evidence)
    return (
        reason
        or _tracked(environment, source, steps, evidence)
        or made.reason(environment, project_end, steps, machine, evidence)
    )


def _tracked(environment: Environment, source: str, steps: Steps, evidence: Evidence) -> str:
    """Judge by rule 2: the environment and the links to it, its `bin`, and the file that names it.

    The index is named as evidence: git writes it anew when it begins to track something.
    """
    from autovenv.git import repositories

    paths = [environment.path]
    bin_end = steps.end(environment.bin)
    if not contains(steps.end(environment.path), bin_end):
        paths.append(bin_end)
    if source:
        paths.append(source)
    for path in paths:
        reason, files = repositories.tracked(path)
        for file in files:
            evidence.status(file)
        if reason:
            return f"{path}, which names it: {reason}" if path == source else reason
    return ""


def _is_in_trusted_folder(end: str, steps: Steps, evidence: Evidence) -> bool:
    """Tell whether the user trusts all that lies there: for this shell, or in config.toml."""
    for folder in evidence.variable("AUTOVENV_TRUST").split(os.pathsep):
        if os.path.isabs(folder) and contains(steps.end(folder), end):
            evidence.is_passing = True
            return True
    from autovenv.find.makers import places, toml

    text = evidence.read(f"{places.config('autovenv', evidence)}/config.toml")
    for folder in toml.strings(toml.parse(text or ""), "trust", "folders"):
        expanded = places.expanded(folder, evidence)
        if os.path.isabs(expanded) and contains(steps.end(expanded), end):
            return True
    return False
