"""Folders that a shell can hardly stand in: at the end of a very long path, below a closed door."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import beside
import ignoring_case
import trees
import unix
from prompts import NAMES, User, without
from trees import Env, Folder, World

pytestmark = unix.alone("its paths are of another kind")

# Bytes: one system call takes a path of so many, its end included.
PATH_MAX = 4096
NAME_MAX = 255
LONG = 4000
STEP = "d" * 250


@pytest.mark.parametrize("name", NAMES)
def test_a_path_of_4000_bytes(name: str, tmp_path: Path, require: Callable[[str], None]) -> None:
    """Entered by many cds, and left; nothing is printed on the way, and each cd asks at most once.

    Below that, in folders with a path that no system call takes, all is as in a shell without the
    hook, and the environment stays.
    """
    require(name)
    world = trees.new_world(tmp_path / "world", {})
    steps = long_path(world.home, LONG)
    project = Path(world.home, *steps)
    trees.make(Env(), project / ".venv", world.home)
    beyond = deeper(project, PATH_MAX + 2 * len(STEP))
    with without(name, world) as user:
        user.type(user.cd(world.home))
        for step in steps:
            user.type(user.cd(step))
        plain = [(user.type(user.cd(step)).output, user.session.probe().folder) for step in beyond]
    with User(name, world) as user:
        user.type(user.cd(world.home))
        for step in steps[:-1]:
            assert user.type(user.cd(step)).output == ""
        assert world.asks() == 0
        assert user.type(user.cd(steps[-1])).output == ""
        assert user.active() == f"{'/'.join(steps)}/.venv"
        assert user.session.probe().which("python") == f"{project}/.venv/bin/python"
        assert world.asks() == 1
        for step, was in zip(beyond, plain, strict=True):
            assert (user.type(user.cd(step)).output, user.session.probe().folder) == was
        assert user.active() == f"{'/'.join(steps)}/.venv"
        assert user.go("elsewhere").output == ""
        assert user.active() == ""


def long_path(home: Path, length: int) -> list[str]:
    """Return the names of folders below `home` at the last of which a path has `length` bytes."""
    names: list[str] = []
    left = length - len(os.fsencode(home))
    while left > NAME_MAX:
        names.append(STEP)
        left -= 1 + len(STEP)
    return [*names, "e" * (left - 1)]


def deeper(folder: Path, length: int) -> list[str]:
    """Make folders below `folder` until a path has `length` bytes; return their names."""
    names: list[str] = []
    here = os.open(folder, os.O_RDONLY)
    while len(os.fsencode(folder)) + len(names) * (1 + len(STEP)) < length:
        os.mkdir(STEP, dir_fd=here)
        names.append(STEP)
        here, above = os.open(STEP, os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)
    return names


@contextlib.contextmanager
def closed(world: World, place: str, mode: int) -> Iterator[None]:
    """Give `place`, below the home, the rights `mode` for a while."""
    path = world.home / place
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


# What may be missing of a folder's rights, and whether a project below it can be reached at all.
CLOSED = {"can't be listed": (0o333, True), "can't be entered": (0o666, False)}


@pytest.mark.parametrize("door", CLOSED)
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_above_that_may_not_be_looked_into(
    name: str, door: str, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """Where markers can't be seen they don't count; a shell that stands there goes on."""
    require(name)
    mode, reaches = CLOSED[door]
    world = trees.new_world(tmp_path / "world", {"w/p/.venv": Env(), "q/.venv": Env()})
    world.settle()
    with User(name, world, through=unix.mortal()) as user:
        user.go("w/p")
        assert user.active() == "w/p/.venv"
        with closed(world, "w", mode):
            for _ in range(2):
                assert user.type("").output == ""
                assert user.active() == ("w/p/.venv" if reaches else "")
            user.go("q")
            assert user.active() == "q/.venv"
            failed = user.go("w/p")
            assert (failed.status == 0) is reaches
            assert user.active() == ("w/p/.venv" if reaches else "q/.venv")
        user.go("w/p")
        assert user.active() == "w/p/.venv"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", ["p/.venv", "p/.venv/bin", "p/.venv/pyvenv.cfg"])
def test_an_environment_that_may_not_be_looked_into(
    name: str, place: str, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """What is closed, once, and how to open it; none of it is on PATH; active when it may be."""
    require(name)
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env()})
    world.settle()
    with User(name, world, through=unix.mortal()) as user:
        with closed(world, place, 0):
            world.settle()
            shown = user.go("p").output
            first, *rest = shown.splitlines()
            assert first.startswith("autovenv: not activating ~/p/.venv: its ")
            assert first.endswith(f"{os.path.basename(place)} can't be read")
            assert [line[: len("  to open it:  chmod")] for line in rest] == [
                "  to open it:  chmod"
            ]
            asked = world.asks()
            assert user.active() == ""
            assert world.asks() - asked <= 1
            user.go("elsewhere")
        settings = world.home / "p/.venv/pyvenv.cfg"
        settings.write_text(
            settings.read_text()
        )  # a chmod before it was ever accepted is asked about
        assert user.go("p").output == ""
        assert user.active() == "p/.venv"


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_by_another_spelling(
    name: str, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """A volume that ignores case: `cd proj` where the folder is `Proj`.

    What counts is device and inode: the environment records the one spelling, the shell the other.
    """
    require(name)
    beside.require_program("fusermount3")
    if importlib.util.find_spec("mfusepy") is None:
        beside.lacks("mfusepy")
    tree: trees.Tree = {"volume/Proj/.venv": Env(prompt="lima"), "volume/Proj/src": Folder()}
    world = trees.new_world(tmp_path / "world", tree)
    volume = world.home / "volume"
    volume.rename(tmp_path / "source")
    volume.mkdir()
    with (
        ignoring_case.mounted(tmp_path / "source", volume),
        User(name, world) as user,
    ):
        for place in ("proj", "PROJ/Src", "Proj"):
            result = user.go(f"volume/{place}")
            assert (result.output, result.label) == ("", "lima"), place
            active = user.active()
            assert active.lower() == "volume/proj/.venv", place
            assert (world.home / active).samefile(volume / "Proj/.venv")
        user.go("elsewhere")
        assert user.active() == ""
