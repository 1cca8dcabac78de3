"""A home where nothing can be kept: its disk is full, it is read-only, another's, or it is none."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
import unix
from prompts import NAMES, User, mounting
from trees import Env, World
from trusting import SOMEBODY, give_all
from unix import only_root

pytestmark = unix.alone("made of mounts, modes and owners")

STATE = ".local/state"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with two projects, whose answers may be kept as far as it goes."""
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env(), "q/.venv": Env()})
    world.settle()
    return world


@pytest.mark.parametrize("name", NAMES)
def test_a_disk_that_is_full(name: str, world: World, require: Callable[[str], None]) -> None:
    """Nothing is said, each entry asks once, nothing is left lying; once there is room, it is kept.

    The disk is a small one of the test's own, on which the store is.
    """
    require(name)
    state = world.home / STATE
    state.mkdir(parents=True)
    place = shlex.quote(str(state))
    full = f"mount -t tmpfs -o size=64k none {place}; ! cat /dev/zero 2>/dev/null >{place}/filler"
    with User(name, world, through=mounting(full)) as user:
        assert user.visit("p") == 1
        assert user.visit("p") == 1
        assert user.type(f"find {place} -name '.autovenv-*'").output == ""
        user.type(f"rm {place}/filler")
        assert user.visit("p") == 1
        assert user.visit("p") == 0


def by_mode(world: World) -> list[str]:
    """Take the right to write in the home from everybody."""
    folder = world.home / ".local"  # a shell may have made it for itself
    folder.mkdir(exist_ok=True)
    folder.chmod(0o555)
    world.home.chmod(0o555)
    return unix.mortal()


def by_mount(world: World) -> list[str]:
    """Mount the home again so that it can't be written."""
    (world.home / ".local").mkdir(exist_ok=True)
    home = shlex.quote(str(world.home))
    return mounting(f"mount --bind {home} {home}; mount -o remount,bind,ro {home}; cd {home}")


@pytest.mark.parametrize("read_only", [by_mode, by_mount])
@pytest.mark.parametrize("name", NAMES)
def test_a_home_that_is_read_only(
    name: str, read_only: Callable[[World], list[str]], world: World, require: Callable[[str], None]
) -> None:
    """Nothing is said, and each entry asks once."""
    require(name)
    with User(name, world) as user:  # what a shell makes in a home by itself is there then
        user.go("elsewhere")
    try:
        with User(name, world, through=read_only(world)) as user:
            assert user.visit("p") == 1
            assert user.visit("p") == 1
            assert user.visit("q") == 1
    finally:
        for folder in (world.home, world.home / ".local"):
            folder.chmod(0o755)  # so that it can be removed


@only_root
@pytest.mark.parametrize("name", NAMES)
def test_a_store_of_somebody_elses(name: str, world: World, require: Callable[[str], None]) -> None:
    """As after `sudo -E`: what is there isn't believed, and nothing is written."""
    require(name)
    with User(name, world) as user:
        assert user.visit("p") == 1
        assert user.visit("p") == 0
    store = world.home / STATE / "autovenv"
    record = Path(f"{store}/answers.3{world.home}/p/.autovenv-answer")
    lie = record.read_bytes().replace(
        f"{world.home}/p/.venv\0{world.home}/p/.venv/bin\0".encode(),
        f"{world.home}/q/.venv\0{world.home}/q/.venv/bin\0".encode(),
    )
    assert lie != record.read_bytes()
    record.write_bytes(lie)
    with User(name, world) as user:
        user.go("p")
        assert user.active() == "q/.venv", "the lie isn't one that is believed"
    give_all(store, SOMEBODY)
    with User(name, world) as user:
        assert user.visit("p") == 1
        assert user.visit("p") == 1
    assert record.read_bytes() == lie


# How a shell finds its rc file without a home.
VARIABLES = {
    "zsh": {"ZDOTDIR": "{home}"},
    "fish": {"XDG_CONFIG_HOME": "{home}/.config", "XDG_DATA_HOME": "{home}/.local/share"},
    "pwsh": {
        "XDG_CONFIG_HOME": "{home}/.config",
        "XDG_CACHE_HOME": "{home}/.cache",
        "XDG_DATA_HOME": "{home}/.local/share",  # else it makes folders in the user's real home
    },
}
ARGUMENTS = {"bash": ["--rcfile", "{home}/.bashrc"]}


@pytest.mark.parametrize("home", [None, "", "{root}/gone/at/all"])
@pytest.mark.parametrize("name", NAMES)
def test_a_shell_without_a_home(
    name: str, home: str | None, world: World, require: Callable[[str], None]
) -> None:
    """HOME unset, as for a service; empty; or of a folder that isn't there: projects are found."""
    require(name)
    env = {**VARIABLES.get(name, {}), "HOME": home}
    with User(name, world, env=env, arguments=ARGUMENTS.get(name, ())) as user:
        assert user.visit("p") <= 1
        assert user.visit("p") <= 1
