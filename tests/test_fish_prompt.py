"""fish's prompt: what a function around the user's own must not change, and keys that go about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from prompts import User, without
from trees import Env, World

CODES = "function fish_prompt; builtin printf '[[%s]]~ ' \"$pipestatus\"; end"


@pytest.fixture
def world(tmp_path: Path, require: Callable[[str], None]) -> World:
    """A home with two projects that can be kept."""
    require("fish")
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env(), "q/.venv": Env()})
    world.settle()
    return world


def test_the_codes_of_a_pipe(world: World) -> None:
    """A prompt that shows $pipestatus, or $status, shows what it does without us."""
    lines = ("sh -c 'exit 3'", "sh -c 'exit 3' | true", "true | sh -c 'exit 4'", "not true", "true")
    with without("fish", world) as user:
        user.type(CODES)
        expected = [user.type(line).status for line in lines]
    with User("fish", world, cwd="p") as user:
        assert user.type(CODES).label == "p"
        results = [user.type(line) for line in lines]
    assert [result.status for result in results] == expected
    assert {result.label for result in results} == {"p"}


def test_a_prompt_that_is_defined_at_the_prompt(world: World) -> None:
    """It has the label at once; one that calls the one before has it once."""
    with User("fish", world, cwd="p") as user:
        assert user.type("function fish_prompt; builtin printf '[[0]]~ '; end").label == "p"
        around = "function fish_prompt; builtin printf 'x '; around; end"
        assert user.type(f"functions -c fish_prompt around; {around}").output == "\r(p) x "
        assert user.type("").output == "\r(p) x "


def test_a_prompt_that_is_put_back(world: World) -> None:
    """An `activate` by hand copies ours and puts the copy back: it isn't wrapped once more."""
    kept = "functions -c fish_prompt kept; functions -e fish_prompt; functions -c kept fish_prompt"
    with User("fish", world, cwd="p") as user:
        count = "count $__autovenv_wraps"
        assert user.type(f"{kept}; {count}").output == "1\n"
        result = user.type(count)
        assert (result.output, result.label) == ("1\n", "p")


def test_a_prompt_that_is_collected(world: World) -> None:
    """fish-async-prompt's way: the label stands on its line, and the status is as it was."""
    text = "builtin printf '[[%s]]~ ' $status >$HOME/drawn; string collect <$HOME/drawn"
    with User("fish", world, cwd="p") as user:
        user.type(f"function fish_prompt; {text}; end")
        for line, status in (("true", 0), ("false", 1), ("true | false", 1)):
            result = user.type(line)
            assert (result.output, result.label, result.status) == ("", "p", status), line


def test_a_project_entered_by_a_key(world: World) -> None:
    """The first one, too, has its label as soon as the key draws the prompt again."""
    key = f"bind \\cxp 'cd {world.home}/p; commandline -f repaint'"
    with User("fish", world, after=[key]) as user:
        user.session.terminal.wait_for_reader()
        user.session.terminal.send(b"\x18p")
        user.session.terminal.read_until(lambda shown: b"(p) [[0]]" in shown)
        assert user.type("").label == "p"


def test_a_hook_that_is_loaded_late(world: World) -> None:
    """In a tab that is opened in a project, the first line has the project's python."""
    load = f"function later --on-event fish_prompt; source {world.hook('fish')}; end"
    once = "function done --on-event fish_postexec; functions -e later done; end"
    with User("fish", world, cwd="p", hook="", after=[load, once]) as user:
        assert user.type("command -s python").output == f"{world.home}/p/.venv/bin/python\n"
