"""What is no file in a file's place, entered in each shell: nothing hangs, a line at most is said.

One shell visits them all, each from the one before: to leave is tested as well as to enter.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
import unix
from autovenv.find import markers
from prompts import NAMES, User
from trees import Env, Folder, World

pytestmark = unix.alone("such files can't be made there")

GIGABYTE = 1 << 30

# A pull can bring a link to a device, and no device. A gigabyte of holes takes no room.
KINDS: dict[str, Callable[[Path], None]] = {
    "FIFO": unix.make_fifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "gigabyte": lambda path: _holes(path),
    "loop": lambda path: path.symlink_to(path.name),
    "folder": os.mkdir,
}

# Beside each of them is an environment, which says whether the project is the one to be active.
OTHERS = (".venv/pyvenv.cfg", ".venv/bin/activate", ".venv/bin/python", ".git", ".git/index")
PLACES = (*markers.MARKERS, *OTHERS)

# Where what can't be read decides: nothing is active, and but for the opt-out it is told why.
DECIDES = {
    ".no-autovenv": set(KINDS) - {"loop"},
    ".venv": {"gigabyte"},  # a file, which should name an environment
    ".venv/pyvenv.cfg": set(KINDS),
    ".venv/bin/activate": set(KINDS),
    ".venv/bin/python": set(KINDS),
    # Whether a repository tracks it is in doubt, and what is in doubt is tracked.
    ".git": set(KINDS) - {"folder"},
    ".git/index": set(KINDS),
}

# The user's own files that an answer may hang on.
OWN = (".config/autovenv/config.toml", ".local/state/autovenv/approvals")


def _holes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(GIGABYTE)


def put(kind: str, path: Path) -> None:
    """Put what is no file in the place of what is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    KINDS[kind](path)


def projects(world: World) -> dict[str, tuple[str, str]]:
    """Make a project for each place and kind; return both by the project's folder."""
    made = {}
    for number, place in enumerate(PLACES):
        for kind in KINDS:
            project = f"{number}-{kind}"
            beside = "venv" if place == ".venv" else ".venv"
            trees.make(Env(), world.home / project / beside, world.home)
            if place.startswith(".git/"):
                trees.make(Folder(), world.home / project / ".git/objects", world.home)
                trees.make(Folder(), world.home / project / ".git/refs", world.home)
                (world.home / project / ".git/HEAD").write_text("ref: refs/heads/main\n")
            put(kind, world.home / project / place)
            made[project] = (place, kind)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_file_in_a_files_place(
    name: str, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """Each marker, and each file that is read: PATH is right, and the prompt comes back."""
    require(name)
    world = trees.new_world(tmp_path / "world", {})
    made = projects(world)
    wrong: list[str] = []
    world.settle()
    with User(name, world) as user:
        for project, (place, kind) in made.items():
            told = user.go(project).output
            found = user.active()
            decides = kind in DECIDES.get(place, ())
            expected = "" if decides else f"{project}/{'venv' if place == '.venv' else '.venv'}"
            says = told.startswith("autovenv: ") and f" ~/{project}/" in told.partition("\n")[0]
            must_say = decides and place != ".no-autovenv"
            if found != expected or not (says or (told == "" and not must_say)):
                wrong.append(f"{place} is a {kind}: {found!r} is active, it says {told!r}")
        assert user.go("elsewhere").output == ""
        assert user.active() == ""
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_file_where_the_users_own_files_lie(
    name: str, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """It allows nothing, and hinders nothing that needs no word of the user's."""
    require(name)
    tree = {"p/.venv": Env(), "q/.venv": Env()}
    world = trees.new_world(tmp_path / "world", tree)
    (world.home / "q/.venv").chmod(0o777)  # others can write there: it is asked about
    wrong: list[str] = []
    with User(name, world) as user:
        note = user.go("q").output
        assert "autovenv allow" in note
        assert user.active() == ""
        for place in OWN:
            for kind in KINDS:
                put(kind, world.home / place)
                said = user.go("p").output
                found = user.active()
                said += user.go("q").output
                if said != note or (found, user.active()) != ("p/.venv", ""):
                    wrong.append(f"{place} is a {kind}: {found!r} is active, it says {said!r}")
                remove(world.home / place)
    assert not wrong, "\n".join(wrong)


def remove(path: Path) -> None:
    """Remove a file or an empty folder."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink()
