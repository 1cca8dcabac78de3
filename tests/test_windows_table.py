"""Rows of the table of scenarios in PowerShell for Windows, with Windows' Python: under Wine.

All are played in one shell, since a start of it takes seconds there: so these are the rows that
need no rc file, no start and no shell of their own. What the prompt shows isn't compared: a console
draws it again at each key.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import wine
from drivers import SHELLS
from scenarios import SCENARIOS, windows
from scenarios.language import (
    SAME,
    Active,
    Cd,
    Export,
    Move,
    Remove,
    Run,
    Scenario,
    Step,
    Touch,
    Unset,
    cd,
    choose_text,
)

pytestmark = [
    pytest.mark.skipif(not wine.FOLDER, reason="AUTOVENV_WINDOWS names no Wine (tools/windows)"),
    pytest.mark.xdist_group("wine"),
]

PWSH = SHELLS["pwsh"]
TESTS = Path(__file__).parent
FOLDER = wine.DRIVE / "rows"
GENERIC_NAMES = (".venv", "venv")

# Makes trees by Windows' Python: a row's own, or the node that a step makes.
BUILDER = r"""
import json, pathlib, sys
sys.path.insert(0, {tests!r})
import trees
from scenarios import SCENARIOS
for number, step in json.loads({wanted!r}):
    home = pathlib.Path(rf"C:\rows\{{number}}\home")
    row = SCENARIOS[number]
    if step < 0:
        (home / "elsewhere").mkdir(parents=True)
        trees.build(row.tree, home)
    else:
        trees.make(row.steps[step].do.node, home / row.steps[step].do.path, home)
"""


def why_not(row: Scenario) -> str:
    """Return why a row can't be played in a shell that goes on, or ""."""
    if "pwsh" not in row.list_shells():
        return "another shell's"
    if reason := row.why_own_shell():
        return reason
    for step in row.steps:
        if isinstance(step.do, Cd) and step.do.then:
            return "what a line shows isn't compared here (test_windows_hook.py: test_one_line)"
        if isinstance(step.do, Run) and "{root}" in choose_text(step.do.line, "pwsh"):
            return "it loads the hook from a file of the tests' own"
    return windows.why_not(row, can_link=False, is_5_1=False)


ROWS = {number: row for number, row in enumerate(SCENARIOS) if not why_not(row)}


def build(wanted: list[tuple[int, int]]) -> None:
    """Make rows' trees, or a step's node, as {number of the row, number of the step or -1}."""
    script = FOLDER / "build.py"
    tests = "Z:" + str(TESTS).replace("/", "\\")
    script.write_text(BUILDER.format(tests=tests, wanted=json.dumps(wanted)))
    made = wine.run(wine.PYTHON, "-X", "utf8", r"C:\rows\build.py")
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="module")
def console(request: pytest.FixtureRequest) -> Iterator[wine.Console]:
    """A shell with the hook, after the trees of all rows that are going to run were made."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    coming = [getattr(item, "callspec", None) for item in request.session.items]
    build([(spec.params["number"], -1) for spec in coming if spec and "number" in spec.params])
    done = wine.run(wine.AUTOVENV, "install", "--shell", "powershell")
    assert "the hook is" in done.stdout, done.stderr
    try:
        with wine.Console() as started:
            yield started
    finally:
        wine.run(wine.AUTOVENV, "uninstall")
        shutil.rmtree(FOLDER, ignore_errors=True)


class Player:
    """Takes a row's steps in a shell that others have used, and compares what it exports."""

    def __init__(self, number: int, console: wine.Console) -> None:
        self._number = number
        self._console = console
        self._home = rf"C:\rows\{number}\home"
        self._active: Active | None = None
        self._edited = False
        lines = [f"$env:{name} = '{self._home}'" for name in ("USERPROFILE", "HOME")]
        self._state = console.type("; ".join([*lines, rf"cd '{self._home}\elsewhere'"]))
        self.path = self._expected = self._state["path"]

    def take(self, number: int, step: Step) -> list[str]:
        """Take a step; return what is not as it must be."""
        self._change(number, step)
        self._state = self._console.go(self._line(step))
        if step.active is not SAME:
            self._edited = self._edited and step.active == self._active
            self._active = step.active
        return [*self._activated(), *self._noted(step)]

    def _change(self, number: int, step: Step) -> None:
        home = FOLDER / str(self._number) / "home"
        match step.do:
            case Touch(path, node) if isinstance(node, str):
                place = home / _native(path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(node.replace("{home}", self._home))
            case Touch():
                build([(self._number, number)])
            case Remove(path):
                _remove(home / _native(path))
            case Move(source, path):
                source, path = _native(source), _native(path)
                if (home / path).exists():
                    _remove(home / path)
                (home / source).rename(home / path)

    def _line(self, step: Step) -> str:
        match step.do:
            case Run():
                return self._filled_in(choose_text(step.do.line, "pwsh")) or " "
            case Cd(path):
                folder = rf"{self._home}\{path}".replace("/", "\\").rstrip("\\")
                return PWSH.cd.format(PWSH.quote(folder))
            case Export(name, value):
                if name == "PATH":
                    value = value.replace(":", ";").replace("/bin", "/{bin}").replace("/", "\\")
                    value, before = self._filled_in(value), self._expected
                    self._expected = value.replace("{PATH}", before)
                    self._edited = True
                    value = value.replace("{PATH}", self._state["path"])
                return PWSH.export.format(name, PWSH.quote(self._filled_in(value)))
            case Unset(name):
                return PWSH.unset.format(name)
            case _:
                return " "  # Enter alone, which is a prompt

    def _filled_in(self, text: str) -> str:
        return text.replace("{home}", self._home).replace("{bin}", "Scripts")

    def _activated(self) -> Iterator[str]:
        state, active = self._state, self._active
        if active is None:
            if state["path"] != self._expected:
                yield f"PATH is {state['path']}, not {self._expected}"
            if state["environment"] is not None or state["label"] is not None:
                yield f"VIRTUAL_ENV is {state['environment']!r}, for {state['label']!r}"
            return
        environment = rf"{self._home}\{active.path}".replace("/", "\\")
        if state["environment"] != environment:
            yield f"VIRTUAL_ENV is {state['environment']!r}, not {environment!r}"
        folder, name = os.path.split(active.path)
        is_generic = not active.label and name in GENERIC_NAMES and not active.by_hand
        label = os.path.basename(folder) if is_generic else active.label or name
        if state["label"] != label and not active.by_hand:
            yield f"VIRTUAL_ENV_PROMPT is {state['label']!r}, not {label!r}"
        entry = rf"{environment}\Scripts"
        entries = state["path"].split(";")
        count = 1 + self._expected.split(";").count(entry)
        if entries.count(entry) != count or not (self._edited or entries[0] == entry):
            yield f"PATH is {entries}: {entry} must be there, first, {count} times in all"
        if (state["python"] or "").lower() != rf"{entry}\python.exe".lower():
            yield f"python is {state['python']}"

    def _noted(self, step: Step) -> Iterator[str]:
        """Compare autovenv's own line, with either separator and whatever its ends are."""
        text = choose_text(step.rest.get("note", ""), "pwsh")
        text = re.sub(r"python3 -m venv --clear (\S+)", r"py -m venv --clear '\1'", text)
        shown = "".join(self._console.shown.replace("\\", "/").split())
        expected = "".join(f"autovenv: {self._filled_in(text)}".replace("\\", "/").split())
        if text and expected not in shown:
            yield f"it doesn't say {expected}: {shown}"
        if not text and "autovenv:" in shown:
            yield f"it says something: {shown}"


def _native(place: str) -> str:
    """Return a place in an environment, named as POSIX does, by its name on Windows."""
    return place.replace("/bin/python", "/Scripts/python.exe").replace("/bin/", "/Scripts/")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


@pytest.mark.parametrize("number", ROWS, ids=lambda number: ROWS[number].name)
def test_row(number: int, console: wine.Console) -> None:
    """What is active, its label, PATH and `python`, after each step and after leaving."""
    player = Player(number, console)
    try:
        for at, step in enumerate([*ROWS[number].steps, cd("elsewhere", None)]):
            problems = player.take(at, step)
            assert not problems, "\n".join([f"step {at}: {step}", *problems])
        assert not [*(FOLDER / str(number)).rglob("pwned*")], "a folder's name was run"
    finally:
        console.type(f"cd C:\\; $env:PATH = {PWSH.quote(player.path)}")
