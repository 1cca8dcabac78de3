"""How often a shell looks at the disk: a slow or dead network mount isn't made worse.

What is counted is every system call with a path, of the shell and of all that it starts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

import pytest

import trees
from autovenv.find import markers
from drivers import tracing
from prompts import NAMES, User
from trees import Env, Folder, Tree, World

pytestmark = pytest.mark.skipif(bool(reason := tracing.missing()), reason=reason)

DEPTHS = ["", "1", "1/2", "1/2/3"]


class Watched:
    """A user whose every look at the disk is written down."""

    def __init__(self, user: User, trace: str) -> None:
        self.user = user
        self._trace = trace

    def looks(self, line: str) -> list[str]:
        """Type a line; return the paths that were looked at for it, up to the next prompt."""
        start = tracing.size(self._trace)
        self.user.type(line)
        return tracing.looked_at(self._trace, start)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with a project, and folders of the same depths in it and outside of it."""
    tree: Tree = {
        "p/.venv": Env(),
        "p/1/2/3": Folder(),
        "elsewhere/1/2/3": Folder(),
        "q/.venv": Env(),
    }
    world = trees.new_world(tmp_path / "world", tree)
    (world.root / "slow" / "bin").mkdir(parents=True)
    world.settle()
    return world


@pytest.fixture(params=NAMES)
def watched(
    request: pytest.FixtureRequest, world: World, require: Callable[[str], None]
) -> Iterator[Watched]:
    """Somebody in a new shell in each of the shells, with a slow folder on PATH; p is known."""
    name = request.param
    require(name)
    trace = str(world.root / "trace")
    slow = f"{world.root}/slow/bin:{world.bin}:/usr/bin:/bin:{world.root}/slow/sbin"
    with User(name, world, env={"PATH": slow}) as user:
        user.visit("p")
    with User(name, world, env={"PATH": slow}, through=tracing.looking(trace)) as user:
        # PowerShell looks through PATH by itself before it loads the module that has Set-Location.
        user.go("elsewhere")
        yield Watched(user, trace)


def in_home(paths: list[str], world: World) -> list[str]:
    """Return those of the paths that lie in the home, but for what a shell does by itself there."""
    below = f"{world.home}/"
    places = (f"{below}p", f"{below}elsewhere", f"{below}.local/state", f"{below}.venv")
    at_home = [f"{below}{name}" for name in markers.MARKERS]
    return [path for path in paths if path.startswith(places) or path in at_home]


def above_home(paths: list[str], world: World) -> list[str]:
    """Return those of the paths that are a marker's above the home."""
    above = {str(folder) for folder in PurePath(world.home).parents}
    return [
        path for path in paths if os.path.dirname(path) in above and path.endswith(markers.MARKERS)
    ]


def slow(paths: list[str], world: World) -> list[str]:
    """Return those of the paths that lie on the slow mount.

    Without the hook, too, fish looks for a program that is called like the word one types: cd.
    """
    return [path for path in paths if path.startswith(f"{world.root}/slow") and path[-3:] != "/cd"]


def test_looks_at_a_prompt(watched: Watched, world: World) -> None:
    """A few for each marker and folder up to the home, and as many at each prompt.

    In a project, the same number on top at any depth: for the files that the answer hangs on.
    """
    user = watched.user
    counts: dict[str, list[int]] = {"elsewhere": [], "p": []}
    for place, found in counts.items():
        for depth in DEPTHS:
            watched.looks(user.cd(world.home / place / depth))
            first, second = watched.looks(""), watched.looks("")
            assert in_home(first, world) == in_home(second, world)
            assert above_home(second, world) == slow(second, world) == []
            found.append(len(in_home(second, world)))
    folders = range(2, 2 + len(DEPTHS))  # each of them up to the home, and that
    outside = [len(markers.MARKERS) * number for number in folders]
    assert counts["elsewhere"] == outside
    hangs_on = {inside - out for inside, out in zip(counts["p"], outside, strict=True)}
    assert len(hangs_on) == 1
    assert 0 < hangs_on.pop() <= 60


def test_looks_on_a_change_of_folder(watched: Watched, world: World) -> None:
    """To enter, leave and ask: nothing on PATH, and no marker above the home, is looked at."""
    user = watched.user
    for place in ("p", "p/1/2", "p", "elsewhere", "p", "q", "elsewhere/1"):
        paths = watched.looks(user.cd(world.home / place))
        assert above_home(paths, world) == slow(paths, world) == []
        assert len(in_home(paths, world)) < 400
    assert world.asks() == 2  # of p in the shell before, and of q


def test_looks_at_a_path_that_the_user_changed(watched: Watched, world: World) -> None:
    """What was put in front of ours is looked through for a python once, and not at each prompt."""
    user = watched.user
    user.go("p")
    path = f"{world.root}/slow/new:{user.session.probe().environment['PATH']}"
    changed = watched.looks(user.shell.export.format("PATH", user.shell.quote(path)))
    assert slow(changed, world) != []
    assert [*slow(watched.looks(""), world), *slow(watched.looks(""), world)] == []
