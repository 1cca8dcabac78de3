"""What lies on disk before a test: trees with environments in them, and the home around one."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src"

# The interpreter that all others in a tree come from, and `python` where nothing is active.
BASE_PYTHON = os.path.realpath(sys.executable)
BASE_PREFIX = sys.base_prefix

# Stands for the home, which a hook's text has in it, in a text that is made but once.
_ANY_HOME = "/the-home-of-a-test"

# Stands for an environment's path and its name in what the maker wrote.
_PROTOTYPE = "A_PROTOTYPE"


@dataclass(frozen=True)
class Env:
    """An environment as `python -m venv --without-pip` makes it, or another of MAKERS.

    `prompt` and `version` are what pyvenv.cfg says of them; the files that `lacks` names are not
    there; `made_at` is another path than its own that was written into it.
    """

    prompt: str = ""
    version: str = ""
    lacks: tuple[str, ...] = ()
    made_at: str = ""
    maker: str = "venv"


@dataclass(frozen=True)
class Link:
    """A symbolic link; `{home}` in its target is the home."""

    target: str


@dataclass(frozen=True)
class Folder:
    """An empty folder."""


@dataclass(frozen=True)
class Installed:
    """A Python as pyenv installs one: an interpreter of its own in a folder of that version."""


# A text is a file's; `{home}` in it is the home. A node's key is its path below the home.
Node = str | Env | Link | Folder | Installed
Tree = Mapping[str, Node]


def build(tree: Tree, home: Path) -> None:
    """Make everything in `tree` below `home`."""
    for name, node in tree.items():
        make(node, home / name.replace("{home}", str(home)), home)


def make(node: Node, path: Path, home: Path) -> None:
    """Make one node of a tree at `path`, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    match node:
        case str():
            path.write_bytes(os.fsencode(node.replace("{home}", str(home))))
        case Env():
            _environment(node, path, home)
        case Link():
            path.symlink_to(node.target.replace("{home}", str(home)))
        case Folder():
            path.mkdir()
        case Installed():
            _interpreter(path)


def _interpreter(folder: Path) -> None:
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin" / "python3"
    python.write_text(f'#!/bin/sh\nexec {BASE_PYTHON} "$@"\n')
    python.chmod(0o755)
    (folder / "bin" / "python").symlink_to("python3")


def _environment(env: Env, path: Path, home: Path) -> None:
    written = env.made_at.replace("{home}", str(home)) or str(path)
    name = env.prompt or os.path.basename(written)
    for place, content in _prototype(env.maker).items():
        if place in env.lacks:
            continue
        target = path / place
        if content is None:
            target.mkdir(parents=True)
        elif isinstance(content, Link):
            target.symlink_to(content.target)
        else:
            text = content.replace(f"/{_PROTOTYPE}", written).replace(_PROTOTYPE, name)
            if place == "pyvenv.cfg":
                text = _settings(text, env)
            target.write_bytes(os.fsencode(text))


def _settings(text: str, env: Env) -> str:
    if env.version:
        text = re.sub(r"^version = .*", f"version = {env.version}", text, flags=re.MULTILINE)
    return text + (f"prompt = {env.prompt!r}\n" if env.prompt else "")


@functools.cache
def _prototype(maker: str) -> dict[str, str | Link | None]:
    """Return what `maker` makes, by path: a text, a link, or None for a folder."""
    with tempfile.TemporaryDirectory() as parent:
        made = Path(parent, _PROTOTYPE)
        real_environment(made, maker)
        nodes: dict[str, str | Link | None] = {"": None}
        for path in sorted(made.rglob("*")):
            place = str(path.relative_to(made))
            if path.is_symlink():
                nodes[place] = Link(str(path.readlink()))
            elif path.is_dir():
                nodes[place] = None
            else:
                # The default anyway; the PowerShell that these tests may have lacks the parameter.
                text = os.fsdecode(path.read_bytes()).replace(" -Visibility Public", "")
                nodes[place] = text.replace(str(made), f"/{_PROTOTYPE}")
        return nodes


MAKERS: dict[str, Callable[[str], list[str]]] = {
    "venv": lambda path: [sys.executable, "-m", "venv", "--without-pip", path],
    "virtualenv": lambda path: [sys.executable, "-m", "virtualenv", "--no-seed", path],
    "uv": lambda path: [sys.executable, "-m", "uv", "venv", "-q", "-p", sys.executable, path],
}


def real_environment(path: Path, maker: str = "venv") -> None:
    """Let a real maker, one of MAKERS, make an environment at `path`."""
    subprocess.run(MAKERS[maker](str(path)), check=True, capture_output=True)


@dataclass(frozen=True)
class World:
    """A home, and all that a shell in it sees: `root` is the folder of it all.

    `home` holds the tree; `neutral`, in it, is a folder without any marker. `bin`, on PATH, has the
    python that is there when nothing is active. The helper is started through a script that keeps
    count in `asks`.
    """

    root: Path

    @property
    def home(self) -> Path:
        """The user's home."""
        return self.root / "home"

    @property
    def neutral(self) -> Path:
        """A folder in the home that belongs to no project."""
        return self.home / "elsewhere"

    @property
    def bin(self) -> Path:
        """The folder on PATH with the python that is there when nothing is active."""
        return self.root / "bin"

    @property
    def probe(self) -> str:
        """The file for probes."""
        return str(self.root / "probe")

    def asks(self) -> int:
        """Return how often the helper was started so far."""
        return (self.root / "asks").stat().st_size // len("ask\n")

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """Return what a terminal hands to a shell here, with `extra`."""
        variables = {
            "HOME": str(self.home),
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "TERM": "dumb",
            "LANG": "C.UTF-8",
            "USER": "someone",
            "LOGNAME": "someone",
        }
        return variables | {name: self.filled_in(value) for name, value in extra.items()}

    def filled_in(self, text: str) -> str:
        """Return `text` with the paths for `{home}` and `{root}`."""
        return text.replace("{home}", str(self.home)).replace("{root}", str(self.root))

    def hook(self, shell: str) -> str:
        """Write the hook for `shell` into a file, once, and return the file's path."""
        path = self.root / f"hook-{shell}"
        if not path.exists():
            text = _hook(shell).replace(_ANY_HOME, str(self.home))
            path.write_text(text.replace(sys.executable, str(self.root / "helper")))
        return str(path)

    def settle(self) -> None:
        """Wait until no file here was changed in this very second: only then is an answer kept."""
        youngest = max(_changes(self.home))
        while time.time() < int(youngest) + 1:
            time.sleep(0.002)


def new_world(root: Path, tree: Tree) -> World:
    """Make a world in the new folder `root`, with `tree` in its home."""
    world = World(root)
    world.neutral.mkdir(parents=True)
    world.bin.mkdir()
    (world.bin / "python").symlink_to(BASE_PYTHON)
    (root / "asks").touch()
    helper = root / "helper"
    helper.write_text(f'#!/bin/sh\necho ask >>{root}/asks\nexec {sys.executable} "$@"\n')
    helper.chmod(0o755)
    build(tree, world.home)
    return world


@functools.cache
def _hook(shell: str) -> str:
    env = {"HOME": _ANY_HOME, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-m", "autovenv", "hook", shell]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    assert sys.executable in done.stdout, "the hook doesn't start this interpreter"
    return done.stdout


def _changes(folder: Path) -> list[float]:
    """Return when each file and folder in `folder` was last changed, its link count included."""
    found = [folder.lstat().st_ctime]
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found += _changes(Path(entry.path))
            else:
                found.append(entry.stat(follow_symlinks=False).st_ctime)
    return found
