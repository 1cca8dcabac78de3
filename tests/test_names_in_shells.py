"""The setting environments.names in shells that are open while it changes, and in new ones."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import trees
from autovenv import paths
from prompts import User
from test_kept import EVERY_SHELL, Machine, Require, new_machine
from trees import Env

if sys.platform == "win32":
    pytest.skip("starts the command by its shebang", allow_module_level=True)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine where autovenv was installed in an earlier second, and projects."""
    tree = {"p/.venv": Env(), "e/env": Env(), "m/mine": Env()}
    return new_machine(tmp_path, {**tree, "o/.venv": Env(), "o/.no-autovenv": "env\n"})


@EVERY_SHELL
def test_a_shell_that_is_open_while_they_change(
    machine: Machine, name: str, require: Require
) -> None:
    """It goes on with its own; the next one has a new hook, which is kept. The file is a link."""
    require(name)
    home = machine.world.home
    config = Path(paths.find_config_file(machine.world.environment({})))
    assert machine.start(name) == (1, True)
    with machine.user(name) as before:
        trees.build({"dotfiles/autovenv.toml": "environments.names = ['env']\n"}, home)
        config.parent.mkdir(parents=True)
        config.symlink_to(home / "dotfiles" / "autovenv.toml")
        machine.world.settle()
        calls = machine.calls()
        with machine.user(name) as after:
            assert machine.calls() - calls == 1
            assert after.go("e").output == ""
            assert after.active() == "e/env"
            assert before.go("e").output == ""
            assert before.active() == ""
            assert before.go("p").output == ""
            assert before.active() == "p/.venv"
            assert after.go("m").output == ""
            assert after.active() == ""
    assert machine.start(name) == (0, True)
    (home / "dotfiles" / "autovenv.toml").write_text("environments.names = ['mine']\n")
    machine.world.settle()
    calls = machine.calls()
    with machine.user(name, cwd="m") as user:
        assert (machine.calls() - calls, user.active()) == (1, "m/mine")
    config.unlink()
    assert machine.start(name) == (1, True)
    assert machine.start(name) == (0, True)
    assert machine.start(name, {"AUTOVENV_NAMES": "env"}) == (1, True)


@EVERY_SHELL
def test_shells_that_know_others_do_not_disturb_each_other(
    machine: Machine, name: str, require: Require
) -> None:
    """In one project, each has its own answer: neither asks because the other did.

    An opt-out that names `env` is for that alone where it is known, else for all.
    """
    require(name)
    world = machine.world
    with (
        User(name, world, env={"AUTOVENV_NAMES": "env"}) as one,
        User(name, world) as other,
    ):
        assert (one.visit("p"), other.visit("p")) == (1, 1)
        for user in (one, other, one, other):
            assert user.visit("p") == 0
            assert user.go("o").output == ""
            assert user.active() == ("o/.venv" if user is one else "")
