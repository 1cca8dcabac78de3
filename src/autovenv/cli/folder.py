"""The folder where a command was called, as the shell that called it writes it."""

from __future__ import annotations

from collections.abc import Mapping

from autovenv.cli import Misuse
from autovenv.find import reach


def current(environ: Mapping[str, str]) -> str:
    """Return the current folder as reach.current does; raise Misuse where that was deleted."""
    folder = reach.current(environ)
    if not folder:
        raise Misuse("the current folder is gone: cd to one that is there")
    return folder
