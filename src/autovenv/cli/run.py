"""What click knows of `exec`, `which` and `path`: their help. __main__ runs them without it."""

from __future__ import annotations

import click

from autovenv import run
from autovenv.cli import complete

_AS_THEY_ARE = {"ignore_unknown_options": True, "allow_interspersed_args": False}
_OR_SYSTEM = click.option(
    run.OR_SYSTEM, "is_lenient", is_flag=True, help="Where there is none, go on without."
)


@click.command(context_settings=_AS_THEY_ARE)
@_OR_SYSTEM
@click.argument(
    "words",
    metavar="[DIR] [--] COMMAND...",
    nargs=-1,
    type=click.UNPROCESSED,
    shell_complete=complete.list_folders,
)
def exec(is_lenient: bool, words: tuple[str, ...]) -> None:  # noqa: A001  # the command's name
    r"""Run COMMAND in the environment of DIR (by default the current folder).

    By the same rules as at a prompt there. The process becomes the command: its exit status and
    signals are the command's; 127 and 126 are as in a shell. Without an environment that may be
    active, nothing is run, and the exit status is 2.

    \b
    autovenv exec pytest -q
    autovenv exec ~/shop -- python -m shop    (cron, systemd, Docker)
    """
    _run("exec", is_lenient, words)


@click.command(context_settings=_AS_THEY_ARE)
@_OR_SYSTEM
@click.argument("name", metavar="[NAME]", nargs=-1, type=click.UNPROCESSED)
def which(is_lenient: bool, name: tuple[str, ...]) -> None:
    r"""Print the path of the environment's program NAME, by default of its Python.

    One that is elsewhere on PATH is told only with --or-system. Exits with 1 where there is none.

    \b
    "$(autovenv which)" -m pip install .
    """
    _run("which", is_lenient, name)


@click.command(context_settings=_AS_THEY_ARE)
@click.argument(
    "folder",
    metavar="[DIR]",
    nargs=-1,
    type=click.UNPROCESSED,
    shell_complete=complete.list_folders,
)
def path(folder: tuple[str, ...]) -> None:
    r"""Print the path of the environment of DIR (by default the current folder).

    \b
    ln -s "$(autovenv path)" current
    """
    _run("path", False, folder)


def _run(command: str, is_lenient: bool, words: tuple[str, ...]) -> None:
    options = [run.OR_SYSTEM] if is_lenient else []
    click.get_current_context().exit(run.main(command, [*options, *words]))
