"""The command line: the group of commands, each of which is imported only when it is used."""

from __future__ import annotations

import importlib

import click

from autovenv import __version__

# Command → the module that has it, under its own name. A new command is one line here.
COMMANDS = {
    "hook": "autovenv.cli.hook",
    "install": "autovenv.cli.install",
    "uninstall": "autovenv.cli.install",
    "status": "autovenv.cli.status",
    "allow": "autovenv.cli.allow",
    "deny": "autovenv.cli.allow",
    "doctor": "autovenv.cli.doctor",
}


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
        return command


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
