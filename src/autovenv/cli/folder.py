"""The folder that a command is about, for the commands of click's."""

from __future__ import annotations

from collections.abc import Mapping

import click

from autovenv import place
from autovenv.cli import Misuse, complete

FOLDER = click.argument(
    "folder", metavar="[DIR]", required=False, shell_complete=complete.list_folders
)


def find_current(environ: Mapping[str, str]) -> str:
    """Return the current folder; raise Misuse where that was deleted."""
    return find_named(None, environ)


def find_named(folder: str | None, environ: Mapping[str, str]) -> str:
    """Return the folder that is named, else the current one; raise Misuse where it is none."""
    try:
        return place.find_current(environ) if folder is None else place.find_named(folder, environ)
    except place.NoFolderError as error:
        raise Misuse(str(error)) from None
