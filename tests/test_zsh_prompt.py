"""zsh's line editor: what a key runs at the prompt counts for the line that is typed then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from prompts import User
from trees import Env, World

KEY = b"\x18k"


@pytest.fixture
def world(tmp_path: Path, require: Callable[[str], None]) -> World:
    """A home with a project."""
    require("zsh")
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env()})
    world.settle()
    return world


def press(user: User) -> None:
    """Press the key, whose command runs before the next line is read."""
    user.session.terminal.wait_for_reader()
    user.session.terminal.send(KEY)


def by_key(line: str) -> list[str]:
    """Return the lines of an rc file that make the key run `line`."""
    return [f"pressed() {{ {line}; }}", "zle -N pressed", "bindkey '^Xk' pressed"]


def test_a_hook_that_is_loaded_late(world: World) -> None:
    """A plugin manager loads it when the prompt stands: the first line has the project's python."""
    load = f"source {world.hook('zsh')}"
    with User("zsh", world, cwd="p", hook="", after=by_key(load)) as user:
        press(user)
        found = user.type("whence -p python").output
        assert found == f"{world.home}/p/.venv/bin/python\n"


def test_a_project_entered_by_a_key(world: World) -> None:
    """It has its label as soon as the key draws the prompt again."""
    with User("zsh", world, after=by_key("cd ~/p; zle reset-prompt")) as user:
        press(user)
        user.session.terminal.read_until(lambda shown: b"(p) [[0]]" in shown)
        assert user.type("").label == "p"


def test_a_path_that_a_key_sets_back(world: World) -> None:
    """A tool's snapshot of PATH has our entry no more: the line that is typed then has it."""
    with User("zsh", world, cwd="p", after=by_key(f"PATH={world.bin}:/usr/bin:/bin")) as user:
        press(user)
        found = user.type("whence -p python").output
        assert found == f"{world.home}/p/.venv/bin/python\n"


def test_functions_that_are_set_again(world: World) -> None:
    """A line takes our steps away: the next one brings them back, and the prompt has its label."""
    with User("zsh", world, cwd="p") as user:
        user.type("precmd_functions=()")
        assert user.type("PS1='[[%?]]~ '").label == "p"
