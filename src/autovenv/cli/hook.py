"""`autovenv hook` where no shell, or an unknown one, is named; a named one never comes here."""

from __future__ import annotations

import os

import click

from autovenv.cli import Misuse


@click.command()
@click.argument("shell", required=False)
def hook(shell: str | None) -> None:
    """Print the hook for SHELL: bash, zsh, fish or powershell; by default the shell that calls."""
    from autovenv import hook as hooks
    from autovenv import shells

    try:
        found = shells.named(shell) if shell else shells.calling(os.environ)
    except shells.UnknownShellError as error:
        raise Misuse(str(error)) from None
    click.get_current_context().exit(hooks.main(found.name))
