"""`autovenv hook` for a person who looks at it, and where no shell, or an unknown one, is named.

And `autovenv complete`, for who writes the hook's line by hand.
"""

from __future__ import annotations

import os
import sys

import click

from autovenv import caller, shells
from autovenv import hook as hooks
from autovenv.cli import Misuse, policy
from autovenv.cli.complete import make_completer
from autovenv.cli.install import find_command


@click.command()
@click.argument("shell", required=False, shell_complete=make_completer(shells.SHELLS))
def hook(shell: str | None) -> None:
    r"""Print the hook for SHELL, by default for the shell that calls.

    \b
    eval "$(autovenv hook bash)"    (in ~/.bashrc)
    """
    click.get_current_context().exit(show(_find(shell).name))


@click.command()
@click.argument("shell", required=False, shell_complete=make_completer(shells.SHELLS))
def complete(shell: str | None) -> None:
    r"""Print what a Tab needs in SHELL, by default the shell that calls.

    `install` sets that up; this is for who writes the hook's line by hand.

    \b
    autovenv complete fish > ~/.config/fish/completions/autovenv.fish
    """
    text = hooks.write_completer_alone(_find(shell), find_command(sys.argv[0]))
    click.echo(text.encode("utf-8", "surrogateescape"), nl=False)


def _find(shell: str | None) -> shells.Shell:
    """Return the shell that is named, or that calls; raise Misuse."""
    try:
        return caller.find_named(shell) if shell else caller.find_calling(os.environ)
    except caller.UnknownShellError as error:
        raise Misuse(str(error)) from None


def show(shell: str) -> int:
    """Print the hook; tell who looks at PowerShell's whether a profile with it would load."""
    status = hooks.main(shell)
    if shell == "powershell" and sys.stdout.isatty():
        policy.tell(policy.judge(os.environ))
    return status
