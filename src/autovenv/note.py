"""Puts a verdict into words: one state, one reason, and each command on a line of its own.

not activating ~/clone/.venv: the git repository ~/clone tracks it
if you trust it:  autovenv allow ~/clone/.venv
"""

from __future__ import annotations

import os

from autovenv import paths
from autovenv.pasting import write_command
from autovenv.quoting import is_bare
from autovenv.text import NOTE_LIMIT, clean, is_deceptive
from autovenv.verdict import (
    INTERPRETER,
    NAMES_NONE,
    NONE,
    OF_ANOTHER_USER,
    OF_PINS,
    PIN_UNUSABLE,
    QUIET,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.verdict import Problem, Remedy, Verdict


def write_note(verdict: Verdict, shell: str, home: str) -> tuple[str, str]:
    """Return the note on a verdict, and the one shell that it is right for, "" for all.

    `shell` is the one that asks, by its name in `shells.SHELLS`. `home` is written `~`.
    """
    problem = verdict.problem
    if problem is None or problem.reason in QUIET:
        return "", ""
    lines, is_portable = [write_sentence(verdict.kind, problem, home)], True
    for remedy in problem.remedies:
        command, suits_all = write_command_line(remedy, shell, home)
        if command:
            is_portable = is_portable and suits_all
            lines.append(f"  {write_purpose(remedy, home)}:  {command}")
    return "\n".join(lines), "" if is_portable else shell


def write_sentence(kind: str, problem: Problem, home: str) -> str:
    """Return what was done or left, with which path, and why."""
    path = show(problem.path, home)
    is_pins = problem.reason in OF_PINS
    is_aside = problem.reason in (PIN_UNUSABLE, OF_ANOTHER_USER) or _is_aside(kind, problem)
    if is_aside or (is_pins and kind == NONE):
        sentence = f"passing over {path}: {_abridge(problem.message, home)}"
    elif kind == NONE:
        sentence = f"not activating {path}: {_abridge(problem.message, home)}"
    else:
        deed = "using" if kind == INTERPRETER or is_pins else "activated"
        sentence = f"{deed} {path}, but {_abridge(problem.message, home)}"
    return clean(sentence, NOTE_LIMIT)


def _is_aside(kind: str, problem: Problem) -> bool:
    """Tell whether the problem is that of a file beside the environment that is active."""
    return kind != NONE and problem.reason == NAMES_NONE


def write_purpose(remedy: Remedy, home: str) -> str:
    """Return what the command is for, and where to run it."""
    where = f", in {show(remedy.folder, home)}" if remedy.folder else ""
    return clean(f"{remedy.purpose}{where}", NOTE_LIMIT)


def write_command_line(remedy: Remedy, shell: str, home: str) -> tuple[str, bool]:
    """Return the command to be typed, "" where none can be; and whether each shell reads it alike.

    `~` stands in our own commands alone: PowerShell hands it on as it is, and autovenv knows it.
    """
    words = remedy.words
    if words[0] == "autovenv":
        words = [_shorten_home(word, home) for word in words]
    return write_command(words, shell)


def show(path: str, home: str) -> str:
    """Return `path` as people read it: `~` for the home, in quotes where it has blanks."""
    path = paths.make_native(path)
    short = f"~{path[len(home) :]}" if _is_below(path, home) else path
    if any(character.isspace() for character in short):
        short = f"'{' '.join(short.split())}'"
    return short


def _abridge(message: str, home: str) -> str:
    """Return the message with `~` for the home at the start of each path in it."""
    if not home.strip("/"):
        return message
    for before in (" ", "'", "("):
        message = message.replace(f"{before}{home}{os.sep}", f"{before}~{os.sep}")
    return f"~{message[len(home) :]}" if _is_below(message, home) else message


def _shorten_home(word: str, home: str) -> str:
    rest = word[len(home) + 1 :]
    is_safe = _is_below(word, home) and is_bare(rest) and not is_deceptive(rest)
    return f"~/{rest}" if rest and is_safe else word


def _is_below(path: str, home: str) -> bool:
    return bool(home.strip("/")) and path.startswith(f"{home}{os.sep}")
