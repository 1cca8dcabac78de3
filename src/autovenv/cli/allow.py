"""`autovenv allow` and `deny`: the user's word on an environment comes before the rules."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from autovenv import ask, caller, pasting, paths, place, settings, trust
from autovenv.cli import Failure, Misuse, complete
from autovenv.cli.below import ALL_BELOW
from autovenv.cli.folder import FOLDER, find_current
from autovenv.evidence import Evidence
from autovenv.find import environments, markers
from autovenv.find.environments import Environment
from autovenv.text import NOTE_LIMIT, clean
from autovenv.trust import approvals
from autovenv.trust import machine as machines
from autovenv.verdict import NAMES_NONE, ON_A_NETWORK, Verdict


@click.command()
@FOLDER
@ALL_BELOW
@click.option("--list", "is_list", is_flag=True, help="List what you allowed and denied.")
@click.option(
    "--forget",
    "forgotten",
    metavar="DIR",
    shell_complete=complete.list_folders,
    help="Forget what you said of DIR: the rules decide.",
)
def allow(folder: str | None, is_list: bool, forgotten: str | None) -> None:
    r"""Let the environment in DIR (by default the one that is found from here) be active.

    DIR is an environment, or a folder that holds one. That is valid until its pyvenv.cfg, or what
    is in its bin, changes.

    \b
    autovenv allow
    autovenv allow ~/clone/.venv
    """
    environ = ask.remove_own_entry(os.environ)
    if sum((folder is not None, is_list, forgotten is not None)) > 1:
        raise Misuse("DIR, --list and --forget exclude each other")
    if is_list:
        for line in _list_records(environ):
            click.echo(line)
    elif forgotten is not None:
        click.echo(_forget(forgotten, environ))
    else:
        click.echo(_allow(folder, environ))


@click.command()
@FOLDER
def deny(folder: str | None) -> None:
    r"""Never activate the environment in DIR (by default the one that is found from here).

    \b
    autovenv deny ~/clone
    """
    environ = ask.remove_own_entry(os.environ)
    environment = _find(folder, environ)
    problem = environment.problem
    if problem and problem.reason == ON_A_NETWORK:  # to find out where it is would ask that host
        raise Failure(clean(problem.message, NOTE_LIMIT))
    end = os.path.realpath(environment.path)
    _keep(end, approvals.make_denial(end), environ)
    shown = clean(environment.path, NOTE_LIMIT)
    words = ["autovenv", "allow", environment.path]
    undo, _ = pasting.write_command(words, caller.name_asking(environ))
    click.echo(f"autovenv: {shown} is denied." + (f" To undo: {undo}" if undo else ""))


def _allow(folder: str | None, environ: Mapping[str, str]) -> str:
    environment = _find(folder, environ)
    if environment.problem:
        raise Failure(clean(f"{environment.path}: {environment.problem.message}", NOTE_LIMIT))
    end = os.path.realpath(environment.path)
    evidence = Evidence(environ)
    is_needless = _is_accepted(environment, end, evidence, machines.find_machine(environ))
    _keep(end, approvals.make_approval(end), environ)
    until = f"until its pyvenv.cfg or {environments.BIN} changes"
    without = " That wasn't needed: the rules accept it." if is_needless else ""
    unseen = _advise_unseen(environment, end, environ) if folder is not None else ""
    shown = clean(environment.path, NOTE_LIMIT)
    return f"autovenv: {shown} is allowed, {until}.{without}{unseen}"


def _advise_unseen(environment: Environment, end: str, environ: Mapping[str, str]) -> str:
    """Return what to do where nothing leads to the environment: it bears a name of its own."""
    parent, name = os.path.split(environment.path)
    looked_for = markers.list_environments(settings.find_names(environ))
    if name in looked_for:
        return ""
    for folder in (_find_current(environ), parent):
        candidate = _decide(folder, environ).candidate if folder else None
        if candidate and os.path.realpath(candidate.path) == end:
            return ""
    write = pasting.write_to_file(name, ".venv", caller.name_asking(environ))
    names = " and ".join(looked_for)
    shown = clean(parent, NOTE_LIMIT)
    sentence = f"\nautovenv: only {names} are looked for, and nothing leads there from {shown}"
    return sentence + (f"; this does, there:  {write}" if write else "")


def _find_current(environ: Mapping[str, str]) -> str:
    try:
        return find_current(environ)
    except Failure:
        return ""


def _list_records(environ: Mapping[str, str]) -> list[str]:
    records = approvals.list_records(machines.find_machine(environ))
    lines = []
    for word, path in sorted((record[0], record[1]) for record in records):
        gone = "" if os.path.lexists(path) else " (gone)"
        lines.append(
            f"{'allowed' if word == approvals.ALLOW else 'denied'}: {clean(path, NOTE_LIMIT)}{gone}"
        )
    return lines or ["nothing was allowed or denied"]


def _forget(folder: str, environ: Mapping[str, str]) -> str:
    """Take back what was said of an environment, which may be gone by now."""
    known = {record[1] for record in approvals.list_records(machines.find_machine(environ))}
    path = os.path.abspath(place.expand(folder, environ))
    ends = [os.path.realpath(path)]
    if os.path.isdir(path):
        holds = _find_held(path, environ)
        ends += [os.path.realpath(holds.path)] if holds else []
    for end in ends:
        if any(approvals.is_one(end, path) for path in known):
            _keep(end, None, environ)
            return (
                f"autovenv: {clean(end, NOTE_LIMIT)}: what you said is forgotten; the rules decide"
            )
    raise Misuse(f"you neither allowed nor denied {clean(path, NOTE_LIMIT)}")


def _find(folder: str | None, environ: Mapping[str, str]) -> Environment:
    """Return the environment that `folder` is or holds, without one that found from here; or fail.

    A folder that is named is never searched upward from: with a mistyped one, what is above
    would be meant by nobody.
    """
    if folder is None:
        here = find_current(environ)
        candidate = _decide(here, environ).candidate
        if candidate is None:
            raise Misuse(f"there is no environment found from {clean(here, NOTE_LIMIT)}")
        return candidate
    path = os.path.abspath(place.expand(folder, environ))
    shown = clean(path, NOTE_LIMIT)
    if not os.path.lexists(path):
        raise Misuse(f"{shown} isn't there")
    if os.path.isdir(path) and not os.access(path, os.X_OK):
        raise Misuse(f"{shown} can't be entered: permission denied")
    held = _find_held(path, environ)
    if held is None or (held.problem and held.problem.reason == NAMES_NONE):
        raise Misuse(f"{shown} neither is nor holds an environment")
    return held


def _find_held(path: str, environ: Mapping[str, str]) -> Environment | None:
    """Return the environment that `path` is, or that its own markers lead to."""
    environment = environments.look(path, Evidence(environ))
    if environment is not None or not os.path.isdir(path):
        return environment
    return _decide_up_to(path, path, environ).candidate  # the walk ends in the folder itself


def _decide(folder: str, environ: Mapping[str, str]) -> Verdict:
    return _decide_up_to(folder, paths.find_home(environ), environ)


def _decide_up_to(folder: str, top: str, environ: Mapping[str, str]) -> Verdict:
    names = settings.find_names(environ)
    return ask.decide(markers.walk(folder, top, names), Evidence(environ, names=names))


def _is_accepted(
    environment: Environment, end: str, evidence: Evidence, machine: machines.Machine
) -> bool:
    """Tell whether the rules accept the environment, of which the user has said nothing yet."""
    if approvals.find_record(end, machine, evidence) is not None:
        return False
    return not trust.judge(environment, os.path.dirname(environment.path), evidence, machine)


def _keep(end: str, record: list[str] | None, environ: Mapping[str, str]) -> None:
    machine = machines.find_machine(environ)
    try:
        approvals.keep(end, record, machine)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(f"can't write {machine.approvals} ({reason})") from None
