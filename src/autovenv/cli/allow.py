"""`autovenv allow` and `deny`: the user's word on an environment comes before the rules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NoReturn

import click

from autovenv import ask, paths, quoting, trust
from autovenv.cli import Failure
from autovenv.cli.below import ALL_BELOW
from autovenv.cli.case import asking_shell
from autovenv.cli.folder import current
from autovenv.evidence import Evidence
from autovenv.find import environments, markers
from autovenv.find.environments import Environment
from autovenv.text import NOTE_LIMIT, plain
from autovenv.trust import approvals
from autovenv.trust import machine as machines

FOLDER = click.argument("folder", metavar="[DIR]", required=False)


@click.command()
@FOLDER
@ALL_BELOW
def allow(folder: str | None) -> None:
    """Let the environment in DIR (by default the one that is found from here) be active.

    That is valid until its pyvenv.cfg, or what is in its bin, changes.
    """
    environ = ask.shell_environment(os.environ)
    environment = _found(folder, environ)
    if environment.problem:
        raise Failure(plain(f"{environment.path}: {environment.problem.message}", NOTE_LIMIT))
    end = os.path.realpath(environment.path)
    evidence = Evidence(environ)
    needless = _is_accepted(environment, end, evidence, machines.of(environ))
    _keep(end, approvals.of(end), environ)
    until = "until its pyvenv.cfg or bin changes"
    without = " It needed no word of yours: the rules accept it." if needless else ""
    click.echo(f"autovenv: {plain(environment.path, NOTE_LIMIT)} is allowed, {until}.{without}")


@click.command()
@FOLDER
def deny(folder: str | None) -> None:
    """Never activate the environment in DIR (by default the one that is found from here)."""
    environ = ask.shell_environment(os.environ)
    environment = _found(folder, environ)
    end = os.path.realpath(environment.path)
    _keep(end, approvals.denial(end), environ)
    shown = plain(environment.path, NOTE_LIMIT)
    words = ["autovenv", "allow", environment.path]
    undo, _ = quoting.command(words, asking_shell(environ))
    click.echo(f"autovenv: {shown} is denied." + (f" To undo: {undo}" if undo else ""))


def _found(folder: str | None, environ: Mapping[str, str]) -> Environment:
    """Return the environment that `folder` is or holds, or that is found from there; or fail."""
    given = folder
    folder = os.path.abspath(folder) if folder else current(environ)
    evidence = Evidence(environ)
    if given is not None:
        environment = environments.look(folder, evidence)
        if environment is not None:
            return environment
    verdict = ask.decide(markers.walk(folder, paths.home(environ)), evidence)
    if verdict.candidate is None:
        _fail(folder, given)
    return verdict.candidate


def _is_accepted(
    environment: Environment, end: str, evidence: Evidence, machine: machines.Machine
) -> bool:
    """Tell whether the rules accept the environment, of which the user has said nothing yet."""
    if approvals.look(end, machine, evidence) is not None:
        return False
    return not trust.judge(environment, os.path.dirname(environment.path), evidence, machine)


def _fail(folder: str, given: str | None) -> NoReturn:
    if not os.path.isdir(folder):
        raise Failure(f"{plain(folder, NOTE_LIMIT)} is no folder")
    where = "in" if given else "found from"
    raise Failure(f"there is no environment {where} {plain(folder, NOTE_LIMIT)}")


def _keep(end: str, record: list[str], environ: Mapping[str, str]) -> None:
    machine = machines.of(environ)
    try:
        approvals.keep(end, record, machine)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(f"can't write {machine.approvals} ({reason})") from None
