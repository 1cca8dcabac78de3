"""Completions: what can follow the words of a line up to the cursor, as each shell takes it.

click finds the words; here is what folders there are, and how shell/complete.* and this talk: the
line up to the cursor is in COMP_WORDS, the shell's name in _AUTOVENV_COMPLETE.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    split_arg_string,
)

from autovenv import place, quoting, settings
from autovenv.find import markers
from autovenv.text import is_deceptive

VARIABLE = "_AUTOVENV_COMPLETE"

# What is put behind the line to see whether its last word has begun.
_CURSOR = "\1"

_MANY = 4000  # names of a folder that are looked at
_FOLDER = "dir"


def list_folders(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the folders that begin as typed: those of projects, where there are any, else all."""
    names = settings.find_names(os.environ)
    found = _find_folders(incomplete, (*markers.list_with(names), "pyvenv.cfg"))
    projects = [path for path, is_project in found if is_project]
    return [CompletionItem(path, type=_FOLDER) for path in projects or [path for path, _ in found]]


def make_completer(
    names: Iterable[str],
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return what completes a parameter that is one of these names."""
    return lambda context, parameter, incomplete: [
        CompletionItem(name) for name in names if name.startswith(incomplete)
    ]


def _find_folders(incomplete: str, names: Iterable[str]) -> list[tuple[str, bool]]:
    """Return the folders that begin as typed, and of each whether it holds one of the names."""
    cut = max(incomplete.rfind(separator) for separator in {"/", os.sep}) + 1
    typed, begin = incomplete[:cut], incomplete[cut:]
    found = []
    try:
        with os.scandir(place.expand(typed, os.environ) or os.curdir) as entries:
            for _, entry in zip(range(_MANY), entries, strict=False):
                is_hidden = entry.name.startswith(".") and not begin
                if not entry.name.startswith(begin) or is_hidden or not entry.is_dir():
                    continue
                if not is_deceptive(entry.name):
                    holds = any(os.path.lexists(os.path.join(entry.path, name)) for name in names)
                    found.append((typed + entry.name, holds))
    except OSError:
        return []
    return sorted(found)


def _divide(_: ShellComplete) -> tuple[list[str], str]:
    """Return the words behind the command, and the one at the cursor as far as it goes."""
    words = split_arg_string(os.environ.get("COMP_WORDS", "") + _CURSOR)
    return words[1:-1], words[-1].removesuffix(_CURSOR)


def _get_help(item: CompletionItem) -> str:
    return " ".join((item.help or "").split())


class _Bash(ShellComplete):
    """A line for each word; a slash comes before folders."""

    name = "bash"

    get_completion_args = _divide

    def complete(self) -> str:
        words, incomplete = self.get_completion_args()
        items = self.get_completions(words, incomplete)
        # readline's word begins behind these, where they aren't quoted.
        cut = max(incomplete.rfind(character) for character in ":=") + 1
        lines = [item.value.removeprefix(incomplete[:cut]) for item in items]
        return "\n".join(["/"] * any(item.type == _FOLDER for item in items) + lines)


class _Zsh(ShellComplete):
    """Three lines for each word: its kind, what it is, itself."""

    name = "zsh"

    get_completion_args = _divide

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.type}\n{_get_help(item)}\n{item.value}"


class _Fish(ShellComplete):
    """A line for each word, with what it is behind a tab; fish puts no blank behind a slash."""

    name = "fish"

    get_completion_args = _divide

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.value}{'/' * (item.type == _FOLDER)}\t{_get_help(item)}"


class _PowerShell(ShellComplete):
    """A line for each word: as it is inserted, as it is shown, and what it is."""

    name = "powershell"

    def get_completion_args(self) -> tuple[list[str], str]:
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return words[1:-1], words[-1] if len(words) > 1 else ""

    def format_completion(self, item: CompletionItem) -> str:
        is_bare = quoting.is_bare(item.value.removeprefix("~/"))
        word = item.value if is_bare else quoting.quote_powershell(item.value)
        return f"{word}\t{item.value}\t{_get_help(item) or item.value}"


for _class in (_Bash, _Zsh, _Fish, _PowerShell):
    add_completion_class(_class)
