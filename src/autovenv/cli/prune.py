"""`autovenv prune`: what is kept of environments and projects that are gone is forgotten."""

from __future__ import annotations

import contextlib
import os

import click

from autovenv import ask, paths, store
from autovenv.cli import Failure
from autovenv.trust import approvals
from autovenv.trust import machine as machines


@click.command()
def prune() -> None:
    r"""Forget what you said of environments that are gone, and the answers for such projects.

    \b
    autovenv prune
    """
    environ = ask.remove_own_entry(os.environ)
    machine = machines.find_machine(environ)
    gone = [
        record[1] for record in approvals.list_records(machine) if not os.path.lexists(record[1])
    ]
    try:
        for path in gone:
            approvals.keep(path, None, machine)
    except OSError as error:
        raise Failure(f"can't write {machine.approvals} ({error.strerror or error})") from None
    answers = sum(map(remove_answers, paths.list_answers_folders(environ)))
    environments = f"{_write_count(len(gone), 'environment')} that you allowed or denied"
    click.echo(f"autovenv: forgot {environments}, and {_write_count(answers, 'answer')}")


def remove_answers(answers: str) -> int:
    """Remove the answers below `answers` for folders that are gone; return how many there were."""
    removed = 0
    for folder, _, names in os.walk(answers, topdown=False):
        if store.RECORD_NAME in names and not os.path.isdir(_find_project(folder[len(answers) :])):
            removed += 1
            for name in names:
                if name == store.RECORD_NAME or name.startswith(store.STAMP_NAME):
                    with contextlib.suppress(OSError):  # a shell may have been quicker
                        os.unlink(f"{folder}/{name}")
        if folder != answers:
            with contextlib.suppress(OSError):  # mostly, it isn't empty
                os.rmdir(folder)
    return removed


def _find_project(below: str) -> str:
    """Return the folder whose answer is there: the other way round than the store writes it."""
    below = below.replace(os.sep, "/")
    if os.name != "nt":
        return below or "/"
    if below.startswith("/UNC/"):
        return f"//{below[5:]}"
    return f"{below[1:2]}:{below[2:] or '/'}"


def _write_count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
