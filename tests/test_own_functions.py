"""What users set for their shells: functions of their own, and a variable that switches us off.

And what a shell inherits: a VIRTUAL_ENV that nobody chose in it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from drivers import SHELLS as SHELLS_THEMSELVES
from prompts import User
from trees import Env, World

FUNCTIONS = {
    "bash": 'autovenv_entered() { echo "in $1"; }; autovenv_left() { echo "out $1"; }',
    "zsh": 'autovenv_entered() { echo "in $1"; }; autovenv_left() { echo "out $1"; }',
    "fish": 'function autovenv_entered; echo "in $argv"; end; '
    'function autovenv_left; echo "out $argv"; end',
    "pwsh": 'function autovenv_entered { "in $args" }; function autovenv_left { "out $args" }',
}
SHELLS = sorted(FUNCTIONS)
UNDER = pytest.mark.parametrize("name", SHELLS)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with two projects that can be kept."""
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env(), "q/.venv": Env()})
    world.settle()
    return world


@UNDER
def test_the_users_functions(name: str, world: World, require: Callable[[str], None]) -> None:
    """Called with the environment's path after entering and leaving; at prompts, they aren't."""
    require(name)
    p, q = (f"{world.home}/{place}/.venv" for place in "pq")
    with User(name, world, before=[FUNCTIONS[name]]) as user:
        assert user.go("p").output == f"in {p}\n"
        assert user.type("").output == ""
        assert user.go("q").output == f"out {p}\nin {q}\n"
        assert user.go("elsewhere").output == f"out {q}\n"
        assert user.active() == ""


@UNDER
def test_switched_off_by_a_variable(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """AUTOVENV_DISABLE=1, by direnv or an IDE; 0 and nothing are as if it weren't there."""
    require(name)
    with User(name, world, env={"AUTOVENV_DISABLE": "1"}) as user:
        assert user.go("p").label is None
        assert user.active() == ""
        user.type(user.shell.export.format("AUTOVENV_DISABLE", "0"))
        assert user.active() == "p/.venv"
        assert user.type(user.shell.export.format("AUTOVENV_DISABLE", "1")).label is None
        assert user.active() == ""


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_read_only_variables(name: str, world: World, require: Callable[[str], None]) -> None:
    """A prompt that is read-only stays; with such a PATH, nothing is active. No line says it."""
    require(name)
    with User(name, world) as user:
        user.type("readonly PS1")
        for place, active in (("p", "p/.venv"), ("elsewhere", "")):
            went = user.go(place)
            assert (went.output, went.label) == ("", None)
            assert user.active() == active
    with User(name, world, cwd="p") as user:
        user.type("readonly PS1")
        for place, label in (("p", "p"), ("elsewhere", None)):
            went = user.go(place)
            assert (went.output, went.label) == ("", label)
        user.type("readonly PATH")
        went = user.go("p")
        assert (went.output, went.label) == ("", None)
        assert user.active() == ""


@UNDER
def test_an_inherited_environment_that_is_not_on_path(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """Nobody chose it, and nothing of it is active: it doesn't keep a project's from being."""
    require(name)
    with User(name, world, env={"VIRTUAL_ENV": f"{world.home}/q/.venv"}) as user:
        assert user.go("p").output == ""
        assert user.active() == "p/.venv"
        user.go("elsewhere")
        assert user.active() == ""
        # One that was set since is somebody's choice, and has no function either.
        other = str(world.home / "other")
        export(user, "VIRTUAL_ENV", other)
        before = user.session.probe().environment["PATH"]
        assert user.go("p").output == ""
        now = user.session.probe().environment
        assert (now["VIRTUAL_ENV"], now["PATH"]) == (other, before)


@UNDER
def test_an_inherited_environment_on_path(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """A tmux pane has its server's: the first project of its own replaces it, and says so once."""
    require(name)
    inherited = f"{world.home}/q/.venv"
    before = f"{world.bin}:/usr/bin:/bin"
    env = {"VIRTUAL_ENV": inherited, "PATH": f"{inherited}/bin:{before}"}
    ahead = f"{SHELLS_THEMSELVES[name].ahead()}:".lstrip(":")  # what the shell itself puts first
    with User(name, world, env=env) as user:
        assert user.session.probe().environment["VIRTUAL_ENV"] == inherited
        note = f"autovenv: deactivated {inherited}, which this shell inherited\n"
        assert user.go("p").output == note
        now = user.session.probe().environment
        assert now["PATH"] == f"{world.home}/p/.venv/bin:{ahead}{before}"
        assert now["VIRTUAL_ENV"] == f"{world.home}/p/.venv"
        assert user.go("elsewhere").output == ""
        left = user.session.probe().environment
        assert (left["PATH"], left.get("VIRTUAL_ENV")) == (f"{ahead}{before}", None)
        assert user.go("p").output == ""


@UNDER
def test_an_environment_that_direnv_keeps_active(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """It is direnv's, though it is the project's own: direnv takes it away on leaving."""
    require(name)
    own = f"{world.home}/p/.venv"
    env = {"VIRTUAL_ENV": own, "PATH": f"{own}/bin:/usr/bin:/bin", "DIRENV_DIR": f"-{own}"}
    with User(name, world, env=env) as user:
        before = user.session.probe().environment
        assert user.go("p").output == ""
        now = user.session.probe().environment
        assert (now["PATH"], now["VIRTUAL_ENV"]) == (before["PATH"], own)
        assert "__AUTOVENV_PATH" not in now
        # One that a tool set is taken over where it is the project's own: no function undoes it.
        user.go("elsewhere")
        export(user, "DIRENV_DIR", "")
        export(user, "VIRTUAL_ENV", f"{world.home}/q/.venv")
        assert user.go("q").output == ""
        assert user.session.probe().environment["__AUTOVENV_PATH"] == f"{world.home}/q/.venv/bin"


def export(user: User, name: str, value: str) -> None:
    """Export a variable in the user's shell."""
    user.type(user.shell.export.format(name, user.shell.quote(value)))


@pytest.mark.parametrize("name", ["zsh"])
def test_a_copy_of_our_functions(name: str, world: World, require: Callable[[str], None]) -> None:
    """Users and tools wrap them: zsh 5.9 crashed on a copy of what `emulate -c` had defined."""
    require(name)
    with User(name, world) as user:
        user.go("p")
        user.type("functions -c deactivate old; deactivate() { old; }")
        user.type("deactivate")
        assert user.active() == ""
        user.go("q")
        user.type("functions -c autovenv other")
        user.type("other off")
        assert user.active() == ""


@UNDER
def test_a_home_that_is_a_link(name: str, world: World, require: Callable[[str], None]) -> None:
    """Where PWD is the physical folder, the walk ends at the home as well: nothing above counts."""
    require(name)
    link = world.root / "link"
    link.symlink_to(world.home)
    (world.home.parent / ".no-autovenv").touch()
    with User(name, world, env={"HOME": str(link)}) as user:
        assert user.type(user.cd(world.home / "p")).label == "p"
        assert user.session.probe().environment["VIRTUAL_ENV"] == f"{world.home}/p/.venv"


def test_a_function_with_variables_of_its_own(world: World, require: Callable[[str], None]) -> None:
    """In fish, what is called from it gets copies: they are neither taken over nor changed."""
    require("fish")
    with User("fish", world) as user:
        for local in ("PATH /usr/bin $PATH", "VIRTUAL_ENV /x", "PYTHONHOME /x"):
            user.type(f"function at; set -lx {local}; $argv; end")
            for place in ("p", "p/.venv", "q", "elsewhere"):
                user.type(f"at {user.cd(world.home / place)}")
                active = "" if place == "elsewhere" else f"{place[0]}/.venv"
                assert user.active() == active, (local, place)
                assert "PYTHONHOME" not in user.session.probe().environment
        user.type("function at; set -lx PATH /x $PATH; $argv; end")
        user.go("p")
        for line, active in (("autovenv off", ""), ("autovenv on", "p/.venv"), ("deactivate", "")):
            ours = user.type(f"at {line}; string match '*/.venv/bin' $PATH").output
            assert ours == (f"{world.home}/{active}/bin\n" if active else ""), line
            assert user.active() == active, line


@UNDER
def test_a_function_that_goes_elsewhere(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """What is active is what belongs to where the shell stands then, and nothing is left over."""
    require(name)
    define = "function {} {{ {} }}" if name == "pwsh" else "{}() {{ {}; }}"
    if name == "fish":
        define = "function {}; {}; end"
    there = "$env:there" if name == "pwsh" else "$there"
    left = define.format("autovenv_left", SHELLS_THEMSELVES[name].cd.format(there))
    with User(name, world, before=[left]) as user:
        export(user, "there", str(world.home / "elsewhere"))
        user.go("p")
        assert user.active() == "p/.venv"
        user.go("q")
        state = user.session.probe()
        assert (state.folder, user.active()) == (str(world.home / "elsewhere"), "")
        assert not [name for name in state.environment if name.startswith("__AUTOVENV")]
        assert "deactivate" not in state.functions
        export(user, "there", str(world.home / "p"))
        user.go("q")
        user.go("elsewhere")
        state = user.session.probe()
        assert (state.folder, user.active()) == (str(world.home / "p"), "p/.venv")
