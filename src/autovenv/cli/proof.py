"""Whether the hook's lines in an rc file are reached: by what stands before them, and by a try."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from typing import NamedTuple

from autovenv.shells import SHELLS, Shell
from autovenv.text import cite

# Seconds that a new shell may take: somebody's rc file may ask a question, or wait for a network.
PATIENCE = 20


class Ending(NamedTuple):
    """A line that ends an rc file: where it begins, and what it says.

    `is_movable` tells that lines can go above it, and are then reached.
    """

    start: int
    line: str
    is_movable: bool


def find_ending(text: bytes, shell: str) -> Ending | None:
    """Return the first line that ends an rc file's `text` (bytes that hold ASCII), or None.

    One in a function, in a text of several lines or behind a condition doesn't: what is above it
    isn't whole by itself, says the shell.
    """
    # At the start of a line: behind a condition it is indented or follows it.
    for found in re.finditer(SHELLS[shell].signs.ends.encode(), text, re.MULTILINE):
        is_whole = _is_whole(text[: found.start()], shell)
        if is_whole is not False:
            is_block = bool(found.re.groups and found[1])
            line = cite(found[0].decode("utf-8", "replace"))
            return Ending(found.start(), line, is_whole is True and not is_block)
    return None


def _is_whole(text: bytes, shell: str) -> bool | None:
    """Tell whether the shell can parse `text` by itself, None where it can't be asked.

    What follows a text that isn't closed (`<<END`) is part of that: no error, whatever it is.
    """
    as_it_is, with_an_error = (_parses(part, shell) for part in (text, text + b"\n)\n"))
    if as_it_is is None or with_an_error is None:
        return None
    return as_it_is and not with_an_error


def _parses(text: bytes, shell: str) -> bool | None:
    try:
        done = subprocess.run(
            SHELLS[shell].parses,
            input=text,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode == 0


def is_loaded(shell: Shell, environ: Mapping[str, str]) -> bool | None:
    """Start a new interactive shell; tell whether it has the hook, None where that can't be told.

    Of two PowerShells that are there, both must have it.
    """
    answers = [_ask_shell(command, environ) for command in shell.asks]
    known = [answer for answer in answers if answer is not None]
    return all(known) if known else None


def _ask_shell(command: list[str], environ: Mapping[str, str]) -> bool | None:
    """Ask one shell: without input and terminal, in a session of its own, which it can't stop."""
    clean = {name: value for name, value in environ.items() if not name.startswith("__AUTOVENV")}
    program = shutil.which(command[0], path=environ.get("PATH"))
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *command[1:]],
            env=clean,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            start_new_session=True,
            cwd=os.path.expanduser("~"),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return b"function" in done.stdout.lower()
