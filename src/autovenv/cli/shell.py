"""`on`, `off` and `reload`, which the hook answers: what is said where it isn't loaded."""

from __future__ import annotations

from typing import NoReturn

import click

from autovenv.cli import Misuse


@click.command()
def on() -> None:
    r"""Activate again what `off` or `deactivate` ended in this shell.

    \b
    autovenv on
    """
    _need_hook("on")


@click.command()
def off() -> None:
    r"""Leave the environment, and activate none in this shell.

    \b
    autovenv off
    """
    _need_hook("off")


@click.command()
def reload() -> None:
    r"""Ask again what is to be active here, whatever was kept.

    \b
    autovenv reload
    """
    _need_hook("reload")


def _need_hook(name: str) -> NoReturn:
    raise Misuse(
        f"`autovenv {name}` needs the hook, which isn't loaded here: "
        "`autovenv install` adds it to new shells"
    )
