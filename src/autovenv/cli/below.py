"""`autovenv allow --all-below DIR`: one question for all environments of a moved machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

import click

from autovenv import ask, trust
from autovenv.cli import Failure, complete
from autovenv.cli.folder import find_named
from autovenv.evidence import Evidence
from autovenv.find import environments
from autovenv.find.environments import Environment
from autovenv.text import NOTE_LIMIT, clean
from autovenv.trust import approvals
from autovenv.trust import machine as machines

# Folders that hold no projects, and many files.
_PASSED_OVER = {".git", ".hg", ".svn", "node_modules", "__pycache__"}


def _allow_all(context: click.Context, parameter: click.Parameter, folder: str | None) -> None:
    """List the environments below `folder` that would be asked about; allow them after one yes."""
    if folder is None or context.resilient_parsing:
        return
    environ = ask.remove_own_entry(os.environ)
    folder = find_named(folder, environ)
    machine = machines.find_machine(environ)
    refused = list(_find_refused(os.path.abspath(folder), environ, machine))
    if not refused:
        click.echo(f"autovenv: below {clean(folder, NOTE_LIMIT)} nothing would be asked about")
        context.exit()
    for environment, reason in refused:
        click.echo(f"{clean(environment.path, NOTE_LIMIT)}: {clean(reason, NOTE_LIMIT)}")
    many = "this one" if len(refused) == 1 else f"these {len(refused)}"
    if not click.confirm(f"Allow {many}?"):
        raise Failure("nothing was allowed")
    for environment, _ in refused:
        end = os.path.realpath(environment.path)
        try:
            approvals.keep(end, approvals.make_approval(end), machine)
        except OSError as error:
            raise Failure(f"can't write {machine.approvals} ({error.strerror or error})") from None
    until = f"until its pyvenv.cfg or {environments.BIN} changes"
    click.echo(f"autovenv: {len(refused)} allowed, each {until}")
    context.exit()


def _find_refused(
    folder: str, environ: Mapping[str, str], machine: machines.Machine
) -> Iterator[tuple[Environment, str]]:
    """Yield each whole environment at or below `folder` that isn't trusted, and why not.

    What was denied stays so; what is broken can't be used anyway.
    """
    for path in _find_environments(folder):
        evidence = Evidence(environ)
        ask.judge_links([os.path.dirname(path)], evidence)
        found = environments.examine(path, evidence)
        if found is None or found.problem:
            continue
        reason = trust.judge(found, os.path.dirname(path), evidence, machine)
        if reason and reason != trust.DENIED:
            yield found, reason


def _find_environments(folder: str) -> Iterator[str]:
    """Yield the folders with a pyvenv.cfg, and look into none of them; no link is followed.

    os.walk asks of each link whether it leads to a folder, wherever that is.
    """
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as listed:
                entries = {entry.name: entry for entry in listed}
        except OSError:
            continue
        if "pyvenv.cfg" in entries:
            yield here
            continue
        names = sorted(entries.keys() - _PASSED_OVER, reverse=True)
        waiting += [entries[name].path for name in names if _is_folder(entries[name])]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        if sys.version_info >= (3, 12) and entry.is_junction():
            return False
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


ALL_BELOW = click.option(
    "--all-below",
    metavar="DIR",
    shell_complete=complete.list_folders,
    is_eager=True,
    expose_value=False,
    callback=_allow_all,
    help="List all in DIR and below that would be asked about, and ask once for all of them.",
)
