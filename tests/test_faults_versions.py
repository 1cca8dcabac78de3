"""autovenv is upgraded, replaced or removed under a shell, and two versions meet in one.

The later version is a copy of this one whose record has another format. The earlier one is the last
that had format 1, from the repository's history.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
import unix
from drivers import SHELLS
from prompts import NAMES, User
from scenarios.helper import HELPER_FAILS
from trees import SOURCE, Env, World

pytestmark = unix.alone("the helper is a script here")

MAIN = "autovenv/__main__.py"
FIRST = "376038225fdb3ed78bf8e3348ba41e075607bb05"  # of format 1


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with two projects, whose answers can be kept."""
    world = trees.new_world(tmp_path / "world", {"a/.venv": Env(), "b/.venv": Env()})
    world.settle()
    return world


def other_version(world: World) -> Path:
    """Make another version of the package; return the folder that it is in."""
    source = world.root / "other" / "src"
    shutil.copytree(SOURCE / "autovenv", source / "autovenv")
    shutil.copytree(SOURCE.parent / "shell", source.parent / "shell")
    for name, old, new in (
        ("paths.py", 'FORMAT = "3"', 'FORMAT = "4"'),
        ("__init__.py", '__version__ = "', '__version__ = "0.'),
    ):
        path = source / "autovenv" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
    return source


def first_version(world: World) -> Path:
    """Take the last version of format 1 out of the history; return the folder that it is in."""
    top = world.root / "first"
    top.mkdir()
    show = ["git", "-C", str(SOURCE.parent), "archive", "--format=tar", FIRST, "src", "shell"]
    archive = subprocess.run(show, capture_output=True)
    if archive.returncode:
        pytest.skip(f"the history isn't here: {archive.stderr.decode().strip()}")
    subprocess.run(["tar", "-x", "-C", str(top)], input=archive.stdout, check=True)
    return top / "src"


def hook(world: World, name: str, source: Path) -> str:
    """Write the hook of the version in `source` into a file, and return the file's path."""
    env = {"HOME": str(world.home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(source)}
    command = [sys.executable, "-m", "autovenv", "hook", name]
    text = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    return edited(world, name, text, (sys.executable, str(world.root / "helper")))


def edited(world: World, name: str, text: str, *changes: tuple[str, str]) -> str:
    """Write a hook's text with `changes` into a new file, and return the file's path."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = world.root / f"hook-{name}-{len(list(world.root.iterdir()))}"
    path.write_text(text)
    return str(path)


def says_one_line(user: User) -> None:
    """Assert that the helper's failure is told once, that no prompt asks, and that cd works."""
    note = f"autovenv: {user.world.filled_in(HELPER_FAILS[user.shell.name])}\n"
    for project, told in (("a", note), ("b", ""), ("a", "")):
        assert user.go(project).output == told
        asked = user.world.asks()
        for _ in range(2):
            assert user.active() == ""
        assert user.world.asks() == asked, "it asks at every prompt"
    assert user.go("elsewhere").output == ""
    assert user.session.probe().folder == str(user.world.neutral)


@pytest.mark.parametrize("name", NAMES)
def test_an_old_hook_with_a_new_helper(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """An upgrade in place: the shells that run go on, by answers of the format that they know."""
    require(name)
    first = first_version(world)
    text = Path(hook(world, name, first)).read_text()
    old = edited(world, name, text, (f"{first}/{MAIN}", f"{SOURCE}/{MAIN}"))
    with User(name, world, hook=old) as user:
        for project in ("a", "b", "a"):
            assert user.go(project).output == ""
            asked = world.asks()
            assert user.active() == f"{project}/.venv"
            assert world.asks() == asked, "it asks at a prompt"
        user.go("elsewhere")
        assert user.active() == ""
    with User(name, world) as user:
        assert user.visit("a") == 1, "each format has a store of its own"
        assert user.visit("a") == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_new_hook_with_an_old_helper(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """What one comes to by going back a version: what is known is active, for the rest one line."""
    require(name)
    first = first_version(world)
    text = Path(hook(world, name, SOURCE)).read_text()
    new = edited(world, name, text, (f"{SOURCE}/{MAIN}", f"{first}/{MAIN}"))
    with User(name, world) as user:
        user.visit("a")
    with User(name, world, hook=new) as user:
        assert user.visit("a") == 0
        note = f"autovenv: {world.filled_in(HELPER_FAILS[name])}\n"
        assert user.go("b").output == note
        assert user.active() == ""
        assert user.go("elsewhere").output == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_hook_of_a_format_to_come(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """No answer where the format isn't known: one line, and cd works."""
    require(name)
    other = other_version(world)
    text = Path(hook(world, name, other)).read_text()
    later = edited(world, name, text, (f"{other}/{MAIN}", f"{SOURCE}/{MAIN}"))
    with User(name, world, hook=later) as user:
        says_one_line(user)
        assert world.asks() >= 3
    with User(name, world) as user:
        assert user.visit("a") == 1


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("name", NAMES)
def test_two_versions_in_one_shell(
    name: str, order: str, world: World, require: Callable[[str], None]
) -> None:
    """As with a line in two rc files: the one that is loaded last counts, and does all."""
    require(name)
    other = [SHELLS[name].load(hook(world, name, other_version(world)))]
    first, last = (other, []) if order == "before" else ([], other)
    with User(name, world, before=first, after=last) as user:
        baseline = user.session.baseline.environment
        assert user.visit("a") == 1
        assert user.visit("b") == 1
        assert user.visit("a") == 0
        now = user.session.probe().environment
        assert [variable for variable in now if variable.startswith("__AUTOVENV")] == []
        assert now["PATH"] == baseline["PATH"]


@pytest.mark.parametrize("order", ["older", "newer"])
@pytest.mark.parametrize("name", NAMES)
def test_another_version_loaded_where_one_stands(
    name: str, order: str, world: World, require: Callable[[str], None]
) -> None:
    """What the first activated is the second's to take away, and the label is shown once."""
    require(name)
    hooks = [hook(world, name, source) for source in (SOURCE, other_version(world))]
    first, second = hooks if order == "older" else reversed(hooks)
    with User(name, world, hook=first) as user:
        user.go("a")
        for _ in range(2):
            assert user.type(SHELLS[name].load(second)).output == ""
            assert user.active() == "a/.venv"
            assert user.type("").label == "a"
        assert user.go("b").label == "b"
        assert user.active() == "b/.venv"
        assert "deactivate" in user.session.probe().functions
        assert user.go("elsewhere").label is None
        assert user.active() == ""
        assert "deactivate" not in user.session.probe().functions


@pytest.mark.parametrize("name", NAMES)
def test_an_upgrade_under_a_shell(name: str, world: World, require: Callable[[str], None]) -> None:
    """The helper is at another path by now: a line in the old shell, where the store still counts.

    So what a new shell finds out is known in the old one.
    """
    require(name)
    text = Path(hook(world, name, SOURCE)).read_text()
    helper, upgraded = world.root / "helper", world.root / "helper-2"
    new = edited(world, name, text, (str(helper), str(upgraded)))
    with User(name, world) as user:
        assert user.visit("a") == 1
        helper.rename(upgraded)
        note = f"autovenv: {world.filled_in(HELPER_FAILS[name])}\n"
        assert user.go("b").output == note
        assert user.active() == ""
        assert user.visit("a") == 0
        with User(name, world, hook=new) as later:
            assert later.visit("b") == 1
        assert user.visit("b") == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_package_is_gone_and_python_is_not(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """What Python says of it stays out of the terminal."""
    require(name)
    text = Path(hook(world, name, SOURCE)).read_text()
    with User(name, world, hook=edited(world, name, text, (MAIN, "gone/__main__.py"))) as user:
        says_one_line(user)
