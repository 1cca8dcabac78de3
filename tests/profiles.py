"""Terminals with PowerShell, whose profile has lines of the user's own before and after ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import trees
import unix
from drivers import SHELLS
from drivers.shell import Result, Session
from prompts import setup
from trees import Env, Folder, Tree, World

PWSH = SHELLS["pwsh"]

TREE: Tree = {
    "a/.venv": Env(),
    "a/src": Folder(),
    "b/.venv": Env(),
    "caf\u00e9/.venv": Env(),
    "it's [x]*/.venv": Env(),
    "broken/.venv": Env(lacks=("bin/python",)),
}

STRICT = ("Set-StrictMode -Version Latest", "$ErrorActionPreference = 'Stop'")

ACTION = "$ExecutionContext.SessionState.InvokeCommand.LocationChangedAction"
HANDLER = "[EventHandler[System.Management.Automation.LocationChangedEventArgs]]"

# What the driver's prompt shows.
SHOWN = '"[[$([int]!$?) $LASTEXITCODE]]~ "'
PROMPT = f"function global:prompt {{ {SHOWN} }}"


switches_at_once = pytest.mark.skipif(
    not PWSH.at_once, reason="5.1 knows no LocationChangedAction: the prompt alone switches"
)
scripts_are_programs = unix.alone("what stands for a helper is a script")


def ends(code: int, program: str = "sh") -> str:
    """Return the line with which a program ends with `code`."""
    return f"cmd /c exit {code}" if trees.WINDOWS else f"{program} -c 'exit {code}'"


class Desk:
    """Opens terminals in one world; the last one is closed when the next is opened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._session: Session | None = None

    def open(
        self,
        before: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        place: str = "elsewhere",
        hook: bool = True,
        env: dict[str, str] | None = None,
    ) -> Session:
        """Open a terminal whose profile has the lines `before`, the hook, and `after`."""
        self.close()
        loaded = self.world.hook("powershell") if hook else ""
        settings = setup(
            PWSH.name, self.world, place, env=env, hook=loaded, before=before, after=after
        )
        self._session = Session(PWSH, settings)
        return self._session

    def close(self) -> None:
        """Close the terminal; pytest shows what was on it where a test fails."""
        if self._session:
            print(self._session.terminal.transcript.decode("utf-8", "backslashreplace"))
            self._session.close()
            self._session = None

    def type(self, line: str) -> Result:
        """Type a line at the terminal."""
        assert self._session
        return self._session.type(line)

    def said(self, line: str) -> list[str]:
        """Return the lines that a line shows, when it succeeds."""
        result = self.type(line)
        assert result.status == 0, result.output
        return result.output.splitlines()

    def place(self, name: str) -> str:
        """Return the path of a place, as an expression."""
        return PWSH.quote(str(self.world.home / name))

    def cd(self, name: str) -> Result:
        """Go to a place."""
        return self.type(f"Set-Location -LiteralPath {self.place(name)}")

    def quietly_at(self, name: str) -> None:
        """Go to a place with an environment: it is active, and nothing is said."""
        result = self.cd(name)
        assert (result.output, result.label) == ("", name)

    def environment(self, name: str) -> str:
        """Return the path of the environment at a place."""
        return str(self.world.home / name / ".venv")

    def active(self, name: str = "") -> str:
        """Return the line that shows which environment is active, after a cd in the same line."""
        if name and not PWSH.at_once:
            pytest.skip("5.1 switches at the prompt alone")
        shown = '"<$env:VIRTUAL_ENV>"'
        return f"cd {self.place(name)}; {shown}" if name else shown

    def is_active(self, name: str) -> bool:
        """Tell whether the environment at a place is active, or none for ""."""
        expected = self.environment(name) if name else ""
        return self.said(self.active()) == [f"<{expected}>"]


def make_world(require: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return the world of all tests that leave it as it is."""
    require("pwsh")
    world = trees.new_world(tmp_path_factory.mktemp("profiles") / "world", TREE)
    world.settle()
    return world


def open_desk(made: World) -> Iterator[Desk]:
    """Return a desk in that world."""
    desk = Desk(made)
    yield desk
    desk.close()


def open_own(require: Callable[[str], None], tmp_path: Path) -> Iterator[Desk]:
    """Return a desk in a world of its own, for a test that changes it."""
    require("pwsh")
    desk = Desk(trees.new_world(tmp_path / "world", TREE))
    yield desk
    desk.close()
