"""What a shell's quick ways must not miss: what changes without leaving a trace where they look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from prompts import User
from trees import Env, World

SHELLS = ["bash", "zsh"]
UNDER = pytest.mark.parametrize("shell", SHELLS)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with two projects, and a folder with another python."""
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env(), "q/.venv": Env()})
    (world.home / "tools").mkdir()
    (world.home / "tools/python").symlink_to(world.bin / "python")
    world.settle()
    return world


@UNDER
def test_a_cd_where_nothing_is_to_be_active(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """Switched off by a variable, it activates nothing; switched on again, on the same line."""
    require(shell)
    which = "command -v python"
    with User(shell, world, cwd="p") as user:
        assert user.type("export AUTOVENV_DISABLE=1").label is None
        for place in ("elsewhere", "p", "elsewhere"):
            went = user.type(f"{user.cd(world.home / place)} && {which}")
            assert went.output == f"{world.bin}/python\n"
        went = user.type(f"unset AUTOVENV_DISABLE; {user.cd(world.home / 'p')} && {which}")
        assert went.output == f"{world.home}/p/.venv/bin/python\n"
        # Where PWD is no path, nothing is looked for.
        user.type("PWD=x")
        assert user.type(which).output == f"{world.bin}/python\n"
        went = user.type(f"{user.cd(world.home / 'p')} && {which}")
        assert went.output == f"{world.home}/p/.venv/bin/python\n"


# Lines that are the same in bash and zsh.
ENTERED = {
    "": "autovenv_entered() { BEFORE=$PATH PATH=~/tools:$PATH; unset VIRTUAL_ENV_PROMPT; }",
    "fish": "function autovenv_entered; set -g BEFORE $PATH; set -p PATH ~/tools; "
    "set -e VIRTUAL_ENV_PROMPT; end",
    "pwsh": "function autovenv_entered { $global:before = $env:PATH; "
    '$env:PATH = "$HOME/tools:$env:PATH"; $env:VIRTUAL_ENV_PROMPT = $null }',
}
LEFT = {
    "": "autovenv_left() { PATH=$BEFORE; }",
    "fish": "function autovenv_left; set PATH $BEFORE; end",
    "pwsh": "function autovenv_left { $env:PATH = $before }",
}
SHOW = {
    "": "command -v python; echo ${VIRTUAL_ENV_PROMPT-unset}",
    "fish": "command -v python; set -q VIRTUAL_ENV_PROMPT; and echo p; or echo unset",
    "pwsh": "(Get-Command python).Path; "
    "if ($env:VIRTUAL_ENV_PROMPT) { $env:VIRTUAL_ENV_PROMPT } else { 'unset' }",
}


@pytest.mark.parametrize("shell", [*SHELLS, "fish", "pwsh"])
def test_what_the_users_functions_do_to_path(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """A python that they put in front, or one of ours that they bring back, isn't left there."""
    require(shell)
    entered, left, show = (lines.get(shell, lines[""]) for lines in (ENTERED, LEFT, SHOW))
    ours = f"{world.home}/p/.venv/bin/python\np\n"
    with User(shell, world, before=[entered, left]) as user:
        for _ in range(2):
            assert user.type(f"{user.cd(world.home / 'p')}; {show}").output == ours
            assert user.type(show).output == ours
            went = user.type(f"{user.cd(world.home / 'elsewhere')}; {show}")
            assert went.output == f"{world.bin}/python\nunset\n"
            assert user.active() == ""
        user.go("p")
        assert user.type(f"deactivate; {show}").output == f"{world.bin}/python\nunset\n"


@UNDER
def test_a_record_at_hand_that_the_helper_has_emptied(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """As where a chmod, which changes no time, is seen by another shell."""
    require(shell)
    with User(shell, world) as user:
        user.visit("p")
        assert user.visit("p") == 0
        (world.home / "p/.venv").chmod(0o777)
        with User(shell, world, cwd="p") as other:
            other.type("autovenv reload")
        went = user.go("p")
        assert went.label is None
        assert "anyone can write" in went.output


def test_a_label_is_no_text_of_the_prompt_s(tmp_path: Path, require: Callable[[str], None]) -> None:
    """It stands in PS1 itself without promptvars; with them on again, bash would expand it."""
    require("bash")
    world = trees.new_world(tmp_path / "world", {"$(touch evil)/.venv": Env()})
    with User("bash", world) as user:
        user.type("PS1='[[0]]~ '; shopt -u promptvars")
        assert user.go("$(touch evil)").label == "?(touch evil)"
        # As where the rc file makes no prompt.
        user.type("BEFORE=$PS1; . ~/.bashrc; PS1=$BEFORE")
        user.type("shopt -s promptvars")
        # A change of the prompt, as by another tool.
        assert user.type("PS1=$PS1' [[0]]~ '").output == "($(touch evil)) [[0]]~  "
        # As what notes it and restores it.
        user.type("PROMPT_COMMAND=; PS1=$BEFORE")
        assert user.type("").label == "?(touch evil)"
    assert not [*world.home.rglob("evil")]
