"""`autovenv hook` for a person who looks at it, and where no shell, or an unknown one, is named."""

from __future__ import annotations

import os
import sys

import click

from autovenv import hook as hooks
from autovenv import shells
from autovenv.cli import Misuse, policy
from autovenv.cli.complete import make_completer


@click.command()
@click.argument("shell", required=False, shell_complete=make_completer(shells.SHELLS))
def hook(shell: str | None) -> None:
    r"""Print the hook for SHELL, by default for the shell that calls.

    \b
    eval "$(autovenv hook bash)"    (in ~/.bashrc)
    """
    try:
        found = shells.find(shell) if shell else shells.find_calling(os.environ)
    except shells.UnknownShellError as error:
        raise Misuse(str(error)) from None
    click.get_current_context().exit(show(found.name))


def show(shell: str) -> int:
    """Print the hook; tell who looks at PowerShell's whether a profile with it would load."""
    status = hooks.main(shell)
    if shell == "powershell" and sys.stdout.isatty():
        policy.tell(policy.judge(os.environ))
    return status
