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
from autovenv.shells import SHELLS, Shell, Tab
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
                    # One that begins so would be an option, or in fish another user's home.
                    here = "./" if not typed and entry.name[0] in "-~" else typed
                    found.append((here + entry.name, holds))
    except OSError:
        return []
    return sorted(found)


class _Completion(ShellComplete):
    """What click asks for a shell: the words so far, and a line for each that can follow."""

    @property
    def row(self) -> Shell:
        """The shell that asks."""
        return SHELLS[os.environ[VARIABLE].partition("_")[0]]

    @property
    def tab(self) -> Tab:
        """How the shell that asks is told: only shells that have it are registered."""
        tab = self.row.tab
        assert tab
        return tab

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words behind the command, and the one at the cursor as far as it goes."""
        line, divider = os.environ.get("COMP_WORDS", ""), self.tab.divider
        words = (line + _CURSOR).split(divider) if divider else split_arg_string(line + _CURSOR)
        return words[1:-1], words[-1].removesuffix(_CURSOR)

    def complete(self) -> str:
        """Return what shell/complete.* reads."""
        words, incomplete = self.get_completion_args()
        cut = max(map(incomplete.rfind, self.tab.breaks), default=-1) + 1
        items = self.get_completions(words, incomplete)
        return "\n".join(self._write(item, incomplete[:cut]) for item in items)

    def _write(self, item: CompletionItem, before: str) -> str:
        value, text = item.value.removeprefix(before), " ".join((item.help or "").split())
        is_bare = quoting.is_bare(value.removeprefix("~/"))
        return self.tab.line.format(
            value=value,
            quoted=value if is_bare else self.row.quote(value),
            kind=item.type,
            help=text,
            help_or_value=text or value,
            slash="/" if item.type == _FOLDER else "",
        )


for _shell in SHELLS.values():
    if _shell.tab:
        add_completion_class(_Completion, _shell.name)
