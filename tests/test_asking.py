"""What a shell does to ask the helper: from where, with which libraries, and until when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from prompts import User
from trees import Env, World

SHELLS = ["bash", "fish", "pwsh", "zsh"]
UNDER = pytest.mark.parametrize("name", SHELLS)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with two projects."""
    return trees.new_world(tmp_path / "world", {"p/.venv": Env(), "q/.venv": Env()})


@UNDER
@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (":/usr/lib", False),
        ("/usr/lib:", False),
        ("/usr/lib::/lib", False),
        ("/usr/lib:lib", False),
        ("", False),
        ("/usr/lib:/lib", True),
    ],
)
def test_no_library_of_a_project_is_loaded(
    name: str, value: str, kept: bool, world: World, require: Callable[[str], None]
) -> None:
    """An empty entry is the folder where one stands. The shell's own variable stays as it is."""
    require(name)
    seen = world.root / "seen"
    helper = world.root / "helper"
    helper.write_text(f'#!/bin/sh\necho "$PWD ${{LD_LIBRARY_PATH-none}}" >{seen}\n')
    with User(name, world, env={"LD_LIBRARY_PATH": value}) as user:
        user.go("p")
        assert seen.read_text() == f"/ {value if kept else 'none'}\n"
        assert user.session.probe().environment["LD_LIBRARY_PATH"] == value


@UNDER
def test_an_interrupt_while_the_helper_is_asked(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """Ctrl-C gives a prompt, nothing is active, and it is asked again elsewhere alone."""
    require(name)
    asked = world.root / "asked"
    helper = world.root / "helper"
    with User(name, world) as user:
        assert user.go("q").label == "q"
        helper.write_text(
            f"#!/bin/sh\necho >>{asked}\necho asking >/dev/tty\nexec tail -f /dev/null\n"
        )
        terminal = user.session.terminal
        terminal.send(user.cd(world.home / "p").encode() + b"\r")
        terminal.read_until(lambda shown: b"asking" in shown)
        terminal.send(b"\x03")
        terminal.read_until(lambda shown: b"]]~ " in shown)
        assert user.type("").label is None
        assert user.active() == ""
        assert asked.read_text() == "\n"
