"""What doctor says where nothing is active, or another environment than this folder's own."""

from __future__ import annotations

import os
from collections.abc import Iterator

from autovenv import caller, pasting, paths, settings, shells, verdict
from autovenv.cli.case import Case, Finding, Result
from autovenv.find import environments, markers
from autovenv.text import NOTE_LIMIT, clean
from autovenv.verdict import Verdict

# What says that a folder is a Python project, and what makes conda's environments.
PROJECTS = ("pyproject.toml", "requirements.txt", "requirements.in", "Pipfile", "setup.py")
CONDAS = ("environment.yml", "environment.yaml")

# How many names of a folder are looked at: whoever has more in it keeps no environment there.
_MANY = 2000


def read_state(environ_state: str, disabled: str) -> str:
    """Return what the shell itself says: off, held, or "" for neither."""
    if environ_state.startswith("off") or disabled not in ("", "0"):
        return "off"
    return "held" if environ_state.startswith("held") else ""


def examine_switch(case: Case) -> Iterator[Result]:
    """Say whether autovenv is off in this shell, or what it activated was deactivated by hand."""
    disabled = case.environ.get("AUTOVENV_DISABLE", "")
    now = read_state(case.environ.get("__AUTOVENV_STATE", ""), disabled)
    if disabled not in ("", "0"):
        yield Finding(
            "state",
            "autovenv is off: AUTOVENV_DISABLE is set.",
            "Nothing is activated in this shell, nor in those that it starts.",
            shells.SHELLS[caller.name_asking(case.environ)].unset.format("AUTOVENV_DISABLE"),
            "`autovenv status` says what is active",
        )
    elif now == "off":
        yield Finding(
            "state",
            "autovenv is off in this shell (autovenv off).",
            "Nothing is activated in it.",
            "autovenv on",
            "`autovenv status` says what is active",
        )
    elif now == "held":
        yield Finding(
            "state",
            "The environment of this project was deactivated by hand (deactivate).",
            "It stays so until this shell leaves the project.",
            "autovenv on",
            "`autovenv status` says what is active",
        )


def examine_opt_outs(case: Case) -> Iterator[Result]:
    """Say what the user opted out of, or denied."""
    problem = case.verdict.problem
    if problem is None or problem.reason not in verdict.QUIET:
        return
    shown = clean(problem.path, NOTE_LIMIT)
    if problem.reason == verdict.DENIED:
        command = pasting.write_command(
            ["autovenv", "allow", problem.path], caller.name_asking(case.environ)
        )
        what, why, place = f"You denied {shown}.", "It is never activated.", ""
    else:
        is_file = os.path.basename(problem.path) == markers.OPT_OUT
        place = os.path.dirname(problem.path) if is_file else problem.path
        command = pasting.write_command(
            ["autovenv", "enable", place], caller.name_asking(case.environ)
        )
        what = f"{shown}: {clean(problem.message, NOTE_LIMIT)}."
        why = "You, or whoever wrote that, opted out there."
    check = "`autovenv status` says what is active"
    is_safe = problem.reason == verdict.OPTED_OUT
    fix = ("autovenv", "enable", place) if is_safe else ()
    yield Finding("state", what, why, command[0], check, problem, fix)


def examine_other(case: Case) -> Iterator[Result]:
    """Say whether an environment that the user activated is in the way of this project's."""
    wanted = case.verdict.environment
    conda = case.environ.get("CONDA_DEFAULT_ENV", "")
    active = case.environ.get("VIRTUAL_ENV", "")
    by_conda = conda not in ("", "base")
    if active == case.environ.get("__AUTOVENV_ENV", ""):
        active = ""
    if not wanted or not (active or by_conda) or active == wanted:
        return
    yield Finding(
        "state",
        clean(f"{active or f'conda: {conda}'} is active, and {wanted} is this folder's.", 1000),
        "It was activated by hand or by another tool, and autovenv leaves that alone.",
        "conda deactivate" if by_conda else "deactivate",
        "`autovenv status` says what is active",
    )


def is_without(reached: Verdict) -> bool:
    """Tell whether there is no environment at all, not even one that can't be used."""
    return not (reached.kind != verdict.NONE or reached.candidate or reached.problem)


def find_project(here: str) -> str:
    """Return the name of the file by which a folder is a Python project, "" where it is none."""
    return _choose_project(_list_names(here))


def _choose_project(listed: list[str]) -> str:
    return next((name for name in PROJECTS if name in listed), "")


def examine_absence(case: Case) -> Iterator[Result]:
    """Say what this folder has in the place of an environment that would be found."""
    if not is_without(case.verdict):
        return
    here = case.folder
    listed = _list_names(here)
    other = _find_other_name(here, listed, case)
    if other:
        yield _report_other_name(other, case)
        return
    project = _choose_project(listed)
    empty = f"{here}/.venv"
    if os.path.isdir(empty) and environments.look(empty, case.evidence) is None:
        yield Finding(
            "project",
            clean(f"{empty} is no environment: neither pyvenv.cfg nor an interpreter in it.", 500),
            "Making it was interrupted, or something else is kept there.",
            "autovenv create",
            "`autovenv status` names it",
        )
    elif project:
        yield Finding(
            "project",
            clean(f"This project ({project}) has no environment yet.", NOTE_LIMIT),
            "`python` and `pip` are the system's here.",
            "autovenv create",
            "`autovenv status` names it",
            fix=("autovenv", "create"),
            place=here,
        )
    elif set(listed) & set(CONDAS):
        name = min(set(listed) & set(CONDAS))
        yield Finding(
            "project",
            f"This project ({name}) has no environment that autovenv finds.",
            "conda makes it, and activates it by its own command.",
            f"conda env create --file {name}",
            "`conda env list` names it",
        )


def _report_other_name(name: str, case: Case) -> Finding:
    """Return that an environment is there whose name isn't looked for."""
    looked_for = markers.list_environments(case.evidence.names)
    why = f"Only {' and '.join(looked_for)} are; a file .venv leads to another."
    option = f"{'.'.join(settings.NAMES[:2])} {name}"
    if name in settings.find_names(case.environ):
        why = f"{why[:-1]}, and a new shell knows {name}."
    elif markers.is_plain(name):
        why += f" For all projects:  autovenv config --add {option}"
    return Finding(
        "project",
        clean(f"{name} is an environment, and bears a name that isn't looked for.", 500),
        why,
        pasting.write_to_file(name, ".venv", caller.name_asking(case.environ)),
        "`autovenv status` names it",
    )


def _find_other_name(here: str, listed: list[str], case: Case) -> str:
    """Return the name of an environment in this folder that is called otherwise."""
    for name in listed:
        if name in markers.list_with(case.evidence.names) or not os.path.isfile(
            f"{here}/{name}/pyvenv.cfg"
        ):
            continue
        found = environments.examine(paths.make_native(f"{here}/{name}"), case.evidence)
        if found is not None and found.problem is None:
            return name
    return ""


def _list_names(here: str) -> list[str]:
    try:
        return sorted(os.listdir(here or "/"))[:_MANY]
    except OSError:
        return []
