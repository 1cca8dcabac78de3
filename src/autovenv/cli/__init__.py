"""The command line: the group of commands, each of which is imported only when it is used."""

from __future__ import annotations

import difflib
import importlib
import io
import os
import sys

import click

from autovenv import __version__
from autovenv.text import NOTE_LIMIT, clean

# Command → the module that has it, under its own name. A new command is one line here.
COMMANDS = {
    "hook": "autovenv.cli.hook",
    "install": "autovenv.cli.install",
    "uninstall": "autovenv.cli.install",
    "complete": "autovenv.cli.hook",
    "status": "autovenv.cli.status",
    "exec": "autovenv.cli.run",
    "which": "autovenv.cli.run",
    "path": "autovenv.cli.run",
    "allow": "autovenv.cli.allow",
    "deny": "autovenv.cli.allow",
    "create": "autovenv.cli.create",
    "config": "autovenv.cli.config",
    "disable": "autovenv.cli.disable",
    "enable": "autovenv.cli.disable",
    "prune": "autovenv.cli.prune",
    "doctor": "autovenv.cli.doctor",
    "on": "autovenv.cli.shell",
    "off": "autovenv.cli.shell",
    "reload": "autovenv.cli.shell",
}

# The page of the manual that has a command, where that isn't commands.md.
_PAGES = {
    "hook": "install.md",
    "install": "install.md",
    "complete": "install.md",
    "uninstall": "upgrading.md",
    "status": "status.md",
    "allow": "trust.md",
    "deny": "trust.md",
    "prune": "trust.md",
}


_WHOLE = 1000  # characters, more than any summary has


class Commands(click.Group):
    """A group that looks its commands up in COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return the command, None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        command.help = (command.help or "").replace("\\b\n", "\b\n")  # docstrings are raw
        command.short_help = command.get_short_help_str(
            _WHOLE
        )  # click cuts it to what a line holds
        command.epilog = f"Manual: {find_manual(cmd_name)}"
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named; a mistyped one is answered by the nearest."""
        if args and args[0] not in COMMANDS and not ctx.resilient_parsing:
            raise Misuse(_describe_unknown(args[0]))
        return super().resolve_command(ctx, args)


def find_manual(name: str) -> str:
    """Return the page of the manual that has a command, from the top of the source."""
    return f"docs/{_PAGES.get(name, 'commands.md')}"


def _describe_unknown(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), COMMANDS, 1, 0.5)
    hint = f"did you mean autovenv {near[0]}?" if near else "autovenv --help lists them"
    return f"there is no command {clean(name, NOTE_LIMIT)}: {hint}"


class Failure(click.ClickException):
    """What went wrong, in one line on stderr; the exit status is 1."""

    def show(self, file: object = None) -> None:
        """Print the one line."""
        click.echo(f"autovenv: {self.message}", err=True)


class Misuse(Failure):
    """What was wrong with the call, in one line on stderr; the exit status is 2."""

    exit_code = 2


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="autovenv %(version)s")
def main() -> None:
    """Activate a project's virtual environment on cd, and deactivate it on the way out."""


def run() -> int:
    """Run the command in sys.argv; return its exit status, whatever becomes of it.

    Nobody is shown a traceback, unless AUTOVENV_DEBUG is set. What the output's encoding lacks is
    written as an escape: the deed is done, and a name that can't be shown is no reason to fail.
    """
    if sys.stdout is None:  # closed, as by `>&-`: what asks whether it is a terminal needs one
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # it is never closed
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if "_AUTOVENV_COMPLETE" in os.environ:
        importlib.import_module("autovenv.cli.complete")  # how each shell takes the words
    try:
        status = main(prog_name="autovenv", standalone_mode=True)
    except SystemExit as end:
        status = end.code
    except Exception as error:
        if os.environ.get("AUTOVENV_DEBUG"):
            raise
        status = _give_up(error)
    return _flush(status if isinstance(status, int) else 0)


def _give_up(error: Exception) -> int:
    message = clean(f"{type(error).__name__}: {error}", NOTE_LIMIT)
    if isinstance(error, OSError):
        about = f"{error.filename}: " if error.filename else ""
        message = clean(f"{about}{error.strerror or error}", NOTE_LIMIT)
    click.echo(f"autovenv: {message} (AUTOVENV_DEBUG=1 shows where)", err=True)
    return 1


def _flush(status: int) -> int:
    """Write what is waiting for it, and tell where that fails: at its end, Python says more."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            status = _give_up(error)
    return status
