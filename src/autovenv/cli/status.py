"""`autovenv status`: what is active here and why, marker by marker."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import click

from autovenv import ask, caller, pasting, paths
from autovenv.cli import colour, inactive, reasons
from autovenv.cli.case import Case
from autovenv.evidence import Evidence
from autovenv.find import interpreters, markers, optouts, remedies, tools
from autovenv.find.environments import Environment
from autovenv.find.markers import Kind
from autovenv.text import NOTE_LIMIT, clean
from autovenv.verdict import DENIED, NONE, OPTED_OUT, QUIET, Problem, Verdict

_NOTHING = "nothing is active here and below"

# What `state` is in words, and what ends it.
_STATES = {
    "off": "off (`autovenv on` ends it)",
    "held": "deactivated by hand (`autovenv on` ends it, and so does leaving the project)",
    OPTED_OUT: "opted out (`autovenv enable` ends it)",
    DENIED: "denied (`autovenv allow` ends it)",
}


_STYLES: colour.Styles = {
    "active: nothing": {},
    "active: ": {"fg": "green"},
    "not active: ": {"fg": "yellow"},
    "  note: ": {"fg": "yellow"},
}

_CREATE = "`autovenv create` makes one"


@dataclass(frozen=True)
class Sighting:
    """A marker that was seen, and in a few words what it says."""

    path: str
    says: str


@dataclass(frozen=True)
class Status:
    """What `status` shows; `--json` prints these fields, which docs/status.md describes.

    `active` is what autovenv activated, `other` what the user or another tool did. `names` are the
    user's own for environments, as the shell knows them. `project` is the file by which the folder
    is a project, where there is no environment for it. `words` are lines that say what `python`
    and `pip` are to the shell.
    """

    folder: str
    markers: list[Sighting]
    verdict: dict[str, object]
    active: str
    other: str
    hook: str
    names: list[str]
    project: str
    state: str
    words: list[str]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(as_json: bool) -> None:
    r"""Say what is active here and why, marker by marker.

    \b
    autovenv status
    autovenv status --json
    """
    here = survey(os.environ)
    if as_json:
        click.echo(json.dumps(asdict(here), indent=2))
    else:
        lines = [clean(line, NOTE_LIMIT) for line in write_lines(here)]
        click.echo("\n".join(colour.paint(lines, _STYLES)))


def survey(environ: Mapping[str, str]) -> Status:
    """Return the status of the folder in PWD (where that is a lie: of the process's folder).

    `environ` holds the shell's variables; those that only the function `autovenv` sets say what
    the shell alone knows: its hook, and what `python` and `pip` are to it.
    """
    case = Case.make(environ)
    verdict = case.verdict
    words = environ.get("__AUTOVENV_WORDS", "").splitlines()
    return Status(
        folder=case.folder,
        markers=[
            Sighting(
                paths.make_native(f"{marked.folder}/{name}"),
                _describe(marked.folder, name, marked.names, verdict, case.evidence),
            )
            for marked in case.found
            for name in marked.names
        ],
        verdict=_list_fields(verdict),
        active=environ.get("__AUTOVENV_ENV") or environ.get("__AUTOVENV_PATH") or "",
        other=_find_other(environ),
        hook=" ".join(caller.read_hook(environ)[:2]),
        names=list(case.evidence.names),
        project=inactive.find_project(case.folder) if inactive.is_without(verdict) else "",
        state=_find_state(environ, verdict),
        words=[clean(line, NOTE_LIMIT) for line in words],
    )


def write_lines(here: Status) -> list[str]:
    """Return the lines that a person reads."""
    lines = [_write_headline(here), *([f"state: {_STATES[here.state]}"] if here.state else [])]
    lines += [f"  {sighting.path}: {sighting.says}" for sighting in here.markers]
    if not here.markers:
        looked_for = ", ".join(markers.list_with(here.names))
        lines.append(f"  no marker from {here.folder} upward ({looked_for})")
    if here.project and not any(_CREATE in sighting.says for sighting in here.markers):
        lines.append(f"  this project ({here.project}) has no environment: {_CREATE}")
    if here.verdict["note"]:
        lines += [f"  {line}" for line in f"note: {here.verdict['note']}".splitlines()]
    if here.hook:
        besides = f" (it looks for {', '.join(here.names)}, too)" if here.names else ""
        lines.append(f"hook: {here.hook}{besides}")
        lines += [f"  {line}" for line in here.words]
    else:
        lines.append("hook: not loaded in this shell; `autovenv install` adds it to new ones")
    return lines


def _find_state(environ: Mapping[str, str], verdict: Verdict) -> str:
    """Return off, held, opted-out or denied; "" where nothing keeps an environment away."""
    now = inactive.read_state(
        environ.get("__AUTOVENV_STATE", ""), environ.get("AUTOVENV_DISABLE", "")
    )
    problem = verdict.problem
    return now or (problem.reason if problem and problem.reason in QUIET else "")


def _write_headline(here: Status) -> str:
    wanted = str(here.verdict["environment"] or here.verdict["folder"])
    active = here.active
    if here.other:
        active = f"{here.other} (autovenv didn't activate it, and leaves it alone)"
    if active and wanted not in ("", here.other or here.active):
        return f"active: {active}; this folder's own is {wanted}"
    if active or not wanted:
        return f"active: {active or 'nothing'}"
    return f"not active: {wanted}" + (" (`autovenv on` activates it)" if here.hook else "")


def _find_other(environ: Mapping[str, str]) -> str:
    """Return the environment that is in our way: VIRTUAL_ENV, or conda's where it has a name."""
    environment = paths.make_native(environ.get("VIRTUAL_ENV", ""))
    if environment and environment != environ.get("__AUTOVENV_ENV"):
        return environment
    name = environ.get("CONDA_DEFAULT_ENV", "")
    return "" if name == "base" else name


def _list_fields(verdict: Verdict) -> dict[str, object]:
    return {
        "kind": verdict.kind,
        "environment": verdict.environment,
        "folder": verdict.folder,
        "label": verdict.label,
        "note": verdict.note,
        **reasons.list_fields(verdict.problem),
    }


def _describe(
    folder: str, name: str, names: list[str], verdict: Verdict, evidence: Evidence
) -> str:
    path, kind = paths.make_native(f"{folder}/{name}"), markers.find_kind(name)
    if kind == Kind.OPT_OUT:
        only = ", ".join(sorted(optouts.read_names(path, evidence)))
        return f"{only}: not looked for here and below" if only else _NOTHING
    if kind == Kind.PIN:
        return _describe_pin(folder, name, evidence)
    if kind == Kind.PROJECT:
        environment = tools.find(folder, [name], evidence)
        if environment is None:
            return _describe_project(folder, names, evidence)
        return _describe_environment(path, environment, verdict)
    environment = ask.follow_marker(folder, name, evidence)
    if environment is None and kind == Kind.LAYOUT:
        return "direnv's; no environment of `layout python` in it"
    return _describe_environment(path, environment, verdict)


def _describe_project(folder: str, names: list[str], evidence: Evidence) -> str:
    """Return whose project it is that has no environment elsewhere, and what makes it one."""
    tool = remedies.find_tool(folder, names, evidence)
    if not tool:
        return "a project; no tool keeps an environment for it elsewhere"
    if markers.has_environment(names):
        return f"a project of {tool}'s"
    return f"a project of {tool}'s, no environment: {_CREATE}"


def _describe_environment(path: str, environment: Environment | None, verdict: Verdict) -> str:
    if environment is None:
        return "no environment: neither pyvenv.cfg nor an interpreter in it"
    if environment.problem:
        return clean(f"not to be used: {environment.problem.message}", NOTE_LIMIT)
    elsewhere = "" if environment.path == path else f" at {environment.path}"
    says = f"environment{elsewhere}, Python {environment.version or 'unknown'}"
    problem, candidate = verdict.problem, verdict.candidate
    if problem and candidate and candidate.path == environment.path == problem.path:
        says += _describe_refusal(problem) if verdict.kind == NONE else ""
    return clean(says, NOTE_LIMIT)


def _describe_refusal(problem: Problem) -> str:
    if problem.reason != DENIED:
        return ", not trusted"
    undo, _ = pasting.write_command(problem.remedies[0].words, ask.DEFAULT_SHELL)
    return f"; you denied it (undo: {undo})" if undo else "; you denied it"


def _describe_pin(folder: str, name: str, evidence: Evidence) -> str:
    pin = ask.read_pin(folder, name, evidence)
    if pin is None:
        return "can't be read" if name == markers.PIN else "says nothing of Python"
    if pin.problem:
        return clean(f"can't be used: {pin.problem.message}", NOTE_LIMIT)
    if not pin.text:
        return "pins nothing"
    found = interpreters.find(pin.text, evidence, pin.managers)
    where = f"installed in {found.bin}" if found else "not installed"
    return clean(f"pins {pin.text}, {where}", NOTE_LIMIT)
