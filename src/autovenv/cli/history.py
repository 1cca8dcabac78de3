"""What doctor reads in the shell's history: an `activate` that was run in the place of sourced.

That changes a shell of its own, which ends at once, and leaves no other trace. bash writes its
history when it ends, so there it is what an earlier shell did.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from autovenv import caller
from autovenv.cli.case import Case, Finding, Result
from autovenv.shells import SHELLS, Signs
from autovenv.text import NOTE_LIMIT, cite, clean

_RECENT = 30  # commands
_LIMIT = 64 * 1024  # bytes at the file's end

_ACTIVATE = re.compile(r"\S*\bbin/activate(?:\.fish|\.csh)?\Z")
_SHELLS = ("sh", *SHELLS)


def examine_history(case: Case) -> Iterator[Result]:
    """Say whether the last `activate` was run, and not sourced, where nothing is active."""
    if case.environ.get("VIRTUAL_ENV"):
        return
    signs = SHELLS[caller.name_asking(case.environ)].signs
    for path in _find_paths(case.environ, signs):
        script = _find_last(_read_commands(path, signs))
        if script:
            yield Finding(
                "state",
                clean(f"{cite(script)} was run and not sourced, says {path}.", NOTE_LIMIT),
                "It changed a shell of its own, which ended with it; this one is as it was.",
                f"source {script}" if re.fullmatch(r"[\w./-]+", script) else "",
                "`autovenv status` says what is active; in a project with a .venv, `cd` is enough",
            )
            return


def _find_paths(environ: Mapping[str, str], signs: Signs) -> list[str]:
    """Return where the shell that asks keeps its history."""
    homes = [environ.get("ZDOTDIR", ""), environ.get("HOME", "")]
    found = [os.path.join(home, name) for home in homes if home for name in signs.history]
    return [path for path in [environ.get("HISTFILE", ""), *found] if os.path.isfile(path)]


def _read_commands(path: str, signs: Signs) -> list[str]:
    """Return the last commands of a history, oldest first."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LIMIT))
            lines = file.read(_LIMIT).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    own = [line for line in lines if not line.startswith(("#", "  "))]
    return [re.sub(rf"\A(?:{signs.prefix})", "", line).strip() for line in own][-_RECENT:]


def _find_last(commands: list[str]) -> str:
    """Return the script of the last command with an `activate`, "" where that was sourced."""
    for command in reversed(commands):
        words = command.split()
        if not words or not _ACTIVATE.match(words[-1]):
            continue
        if words[0] in ("source", "."):
            return ""
        if len(words) == 1 or (len(words) == 2 and words[0] in _SHELLS):
            return words[-1]
    return ""
