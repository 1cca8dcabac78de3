"""Which rows can't be had on Windows, and why: told by what is in a row, else by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenarios.faults import DELETED
from scenarios.language import Cd, Export, Move, Remove, Run, Scenario, Touch, choose_text
from trees import Installed, Link, Node

# Programs and files that lines of PowerShell's call by the names that they have elsewhere.
_TOOLS = re.compile(r"\b(?:sh -c|find|chmod)\b|\b(?:ln|touch|cp) -|/dev/|/bin/|/tmp/")

# What no file's name may hold, or end in.
_NO_NAME = re.compile(r"[<>:\"|?*\\\x00-\x1f]|[ .](?:/|\Z)")

# Characters, of 260 that a path may have.
_LONG = 120

_STANDS = "a folder where a shell stands can neither be deleted nor renamed there"
_EMPTY = "a variable that is empty isn't there"
BY_NAME = {
    **{row.name: _STANDS for row in DELETED},
    "HOME empty": _EMPTY,
    "PATH emptied by hand": _EMPTY,
    "an empty PATH where one enters": _EMPTY,
    "an entry of ours taken off PATH by hand": "its PATH is POSIX's",
    "a command of PowerShell's is left alone": "it would run the user's own profile",
}


def why_not(scenario: Scenario, *, can_link: bool, is_5_1: bool) -> str:
    """Return why PowerShell on Windows can't play `scenario`, or an empty string.

    `can_link`: symbolic links can be made there; `is_5_1`: it is Windows PowerShell.
    """
    if scenario.name in BY_NAME:
        return BY_NAME[scenario.name]
    nodes = list(_nodes(scenario))
    if any(isinstance(node, Installed) for node in nodes):
        return "what stands for an interpreter is a script, which is no program there"
    if any(isinstance(node, Link) for node in nodes) and not can_link:
        return "this user may not make links"
    lines = list(_lines(scenario))
    if any(map(_TOOLS.search, lines)):
        return "it calls POSIX tools"
    if is_5_1 and any(re.match(r"cd -\Z", line) for line in lines):
        return "5.1 has no `cd -`"
    if any(isinstance(node, str) and "home = /usr/bin" in node for node in nodes):
        return "it says where Python is elsewhere"
    for path in _paths(scenario):
        if path.startswith("../helper"):
            return "what stands for the helper is a script, which is no program there"
        if path.startswith(".local/state"):
            return "the store is elsewhere there"
        if path.startswith(".pyenv/"):
            return "pyenv for Windows has other folders"
        if _NO_NAME.search(path.replace("..", "")):
            return "no file there may have such a name"
        if len(path) > _LONG:
            return "no path there may be as long"
    return ""


def _nodes(scenario: Scenario) -> Iterator[Node]:
    yield from scenario.tree.values()
    for step in scenario.steps:
        if isinstance(step.do, Touch):
            yield step.do.node


def _paths(scenario: Scenario) -> Iterator[str]:
    yield from scenario.tree
    for step in scenario.steps:
        if isinstance(step.do, Cd | Touch | Remove | Move):
            yield step.do.path
        if isinstance(step.do, Move):
            yield step.do.source


def _lines(scenario: Scenario) -> Iterator[str]:
    """Return what is typed into PowerShell, and is in its profile."""
    yield choose_text(scenario.before, "pwsh")
    yield choose_text(scenario.after, "pwsh")
    for step in scenario.steps:
        if isinstance(step.do, Run):
            yield choose_text(step.do.line, "pwsh")
        if isinstance(step.do, Export) and step.do.name != "PATH":
            yield step.do.value
