"""What is on disk before a test: trees with environments in them, and the home around one."""

from __future__ import annotations

import functools
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from autovenv import hook, record, store
from autovenv.verdict import Problem

SOURCE = Path(__file__).parent.parent / "src"

WINDOWS = sys.platform == "win32"

# Where an environment has its programs, and what ends their names.
BIN, SUFFIX = ("Scripts", ".exe") if WINDOWS else ("bin", "")

# The variable that names the home.
HOME = "USERPROFILE" if WINDOWS else "HOME"

# The interpreter that all others in a tree come from, and `python` where nothing is active.
BASE_PYTHON = os.path.realpath(
    getattr(sys, "_base_executable", sys.executable) if WINDOWS else sys.executable
)
BASE_PREFIX = sys.base_prefix

# The file that the hook starts Python with.
_MAIN = str(SOURCE / "autovenv" / "__main__.py")

# How a shell's question begins; the store and the folder follow.
ASK = ["ask", record.FORMAT, "bash"]

# What Windows' programs can't do without, and what says nothing of the user.
_SYSTEM_VARIABLES = (
    *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "OS", "TEMP", "TMP"),
    *("PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "COMMONPROGRAMFILES"),
    *("NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "USERNAME", "COMPUTERNAME"),
)

_COUNTING = """\
import runpy, sys
with open({asks!r}, "ab") as asks:
    asks.write(b"ask\\n")
sys.argv[0] = {main!r}
runpy.run_path({main!r}, run_name="__main__")
"""

# Stands for the home, which a hook's text has in it, in a text that is made but once.
_ANY_HOME = "/the-home-of-a-test"

# Stands for an environment's path and its name in what the tool wrote. From Python 3.13.1 on, only
# what needs quotes gets them.
_PROTOTYPE = b"A PROTOTYPE"


class _Examined(Protocol):
    @property
    def problem(self) -> Problem | None: ...


def message(found: _Examined) -> str:
    """Return what is wrong with an environment or a pin, "" where nothing is."""
    return found.problem.message if found.problem else ""


@dataclass(frozen=True)
class Env:
    """An environment as `python -m venv --without-pip` makes it, or another of TOOLS.

    `prompt` and `version` are what pyvenv.cfg says of them; the files that `lacks` names are not
    there; `made_at` is another path than its own that was written into it.
    """

    prompt: str = ""
    version: str = ""
    lacks: tuple[str, ...] = ()
    made_at: str = ""
    tool: str = "venv"


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


def native(place: str) -> str:
    """Return a place in an environment, named as POSIX does, by its name on this system."""
    if not WINDOWS:
        return place
    place = re.sub(r"(^|/)bin(?=/|$)", rf"\1{BIN}", place)
    return re.sub(rf"({BIN}/python)$", rf"\1{SUFFIX}", place)


def shown(text: str) -> str:
    """Return a path, or a text with paths in it, as this system writes it."""
    return text.replace("/", os.sep)


def remake(path: str) -> str:
    """Return the command that makes the environment at `path` again, as the notes have it."""
    return f"py -m venv --clear '{path}'" if WINDOWS else f"python3 -m venv --clear {path}"


def system_variables() -> dict[str, str]:
    """Return what every program needs in its environment: nothing but on Windows."""
    if not WINDOWS:
        return {}
    return {name: os.environ[name] for name in _SYSTEM_VARIABLES if name in os.environ}


def user(home: Path | str) -> dict[str, str]:
    """Return the variables that say where the folders of a user lie whose home that is."""
    if not WINDOWS:
        return {"HOME": str(home)}
    data = Path(home, "AppData")
    local, roaming = str(data / "Local"), str(data / "Roaming")
    return {"USERPROFILE": str(home), "LOCALAPPDATA": local, "APPDATA": roaming}


@functools.cache
def can_link() -> bool:
    """Tell whether a symbolic link can be made; a privilege on Windows, and Wine's lead nowhere."""
    with tempfile.TemporaryDirectory() as folder:
        link, target = Path(folder, "link"), Path(folder, "target")
        target.mkdir()
        try:
            link.symlink_to("target", target_is_directory=True)
            return link.is_symlink() and link.samefile(target)
        except OSError:
            return False


@functools.cache
def sees_changes() -> bool:
    """Tell whether a change of an inode has a time that can't be set: not so under Wine."""
    with tempfile.TemporaryDirectory() as folder:
        os.utime(folder, (1, 1))
        return not WINDOWS and os.stat(folder).st_ctime > 1


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
            # Windows' own links are one thing for folders, another for files, and know no slashes.
            target = os.path.normpath(node.target.replace("{home}", str(home)))
            path.symlink_to(target, target_is_directory=WINDOWS)
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
    lacks = set(map(native, env.lacks))
    for place, content in _prototype(env.tool).items():
        if place in lacks:
            continue
        target = path / place
        if content is None:
            target.mkdir(parents=True)
        elif isinstance(content, Link):
            target.symlink_to(content.target)
        else:
            data = _written(content, b"/" + _PROTOTYPE, written, target.suffix)
            data = _written(data, _PROTOTYPE, name, target.suffix)
            target.write_bytes(_settings(data, env) if place == "pyvenv.cfg" else data)


def _written(content: bytes, prototype: bytes, text: str, suffix: str) -> bytes:
    """Return a script's content with `text` in the place of the prototype, quoted where that is."""
    quoted = "'{}'".format(text.replace("'", "''")) if suffix == ".ps1" else shlex.quote(text)
    return content.replace(b"'%b'" % prototype, os.fsencode(quoted)).replace(
        prototype, os.fsencode(text)
    )


def _settings(data: bytes, env: Env) -> bytes:
    if env.version:
        line = f"version = {env.version}".encode()
        data = re.sub(rb"^version = [^\r\n]*", line, data, flags=re.MULTILINE)
    return data + (os.fsencode(f"prompt = {env.prompt!r}\n") if env.prompt else b"")


@functools.cache
def _prototype(tool: str) -> dict[str, bytes | Link | None]:
    """Return what `tool` makes, by path: a file's content, a link, or None for a folder."""
    with tempfile.TemporaryDirectory() as parent:
        made = Path(parent, os.fsdecode(_PROTOTYPE))
        real_environment(made, tool)
        nodes: dict[str, bytes | Link | None] = {"": None}
        for path in sorted(made.rglob("*")):
            place = path.relative_to(made).as_posix()
            if path.is_symlink():
                nodes[place] = Link(str(path.readlink()))
            elif path.is_dir():
                nodes[place] = None
            else:
                # The default anyway; the PowerShell that these tests may have lacks the parameter.
                data = path.read_bytes()
                if path.suffix == ".ps1":
                    data = data.replace(b" -Visibility Public", b"")
                nodes[place] = data.replace(os.fsencode(made), b"/" + _PROTOTYPE)
        return nodes


TOOLS: dict[str, Callable[[str], list[str]]] = {
    "venv": lambda path: [sys.executable, "-m", "venv", "--without-pip", path],
    "virtualenv": lambda path: [sys.executable, "-m", "virtualenv", "--no-seed", path],
    "uv": lambda path: [sys.executable, "-m", "uv", "venv", "-q", "-p", sys.executable, path],
}


def real_environment(path: Path, tool: str = "venv") -> None:
    """Let a real tool, one of TOOLS, make an environment at `path`."""
    assert run_tool(TOOLS[tool](str(path))), f"{tool} can't make an environment at {path}"


def run_tool(command: list[str]) -> bool:
    """Run a tool that makes an environment; tell whether it could.

    Python's own run in this process on Windows: a start of one takes Wine seconds.
    """
    if not WINDOWS or command[1] != "-m" or command[2] not in ("venv", "virtualenv"):
        return subprocess.run(command, capture_output=True).returncode == 0
    try:
        if command[2] == "venv":
            venv.main(command[3:])
        else:
            import virtualenv  # its import takes Wine seconds, too

            virtualenv.cli_run(command[3:], setup_logging=False)
    except (Exception, SystemExit):
        return False
    return True


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
        if WINDOWS:
            variables = self._windows()
        else:
            variables = {
                "HOME": str(self.home),
                "PATH": f"{self.bin}:/usr/bin:/bin",
                "TERM": "dumb",
                "LANG": "C.UTF-8",
                "USER": "someone",
                "LOGNAME": "someone",
            }
        return variables | {name: self.filled_in(value) for name, value in extra.items()}

    def _windows(self) -> dict[str, str]:
        """Return the system's own variables, and a user's that lead into the home."""
        kept = system_variables()
        system = kept.get("SYSTEMROOT", r"C:\Windows")
        path = [str(self.bin), os.path.dirname(BASE_PYTHON), rf"{system}\System32", system]
        drive, below = os.path.splitdrive(self.home)
        return kept | {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "HOMEDRIVE": drive,
            "HOMEPATH": below,
            "APPDATA": str(self.home / "AppData" / "Roaming"),
            "LOCALAPPDATA": str(self.home / "AppData" / "Local"),
            "PATH": ";".join(path),
        }

    def filled_in(self, text: str) -> str:
        """Return `text` with the paths for `{home}` and `{root}`, and `{bin}`'s name."""
        text = text.replace("{home}", str(self.home)).replace("{root}", str(self.root))
        return text.replace("{bin}", BIN)

    def hook(self, shell: str, names: str = "") -> str:
        """Write the hook for `shell` into a file, once, and return the file's path.

        `names` are the user's own for environments, as in their variable.
        """
        path = self.root / f"hook-{shell}{names.replace(os.pathsep, ',')}"
        if not path.exists():
            text = _hook(shell, names).replace(_ANY_HOME, str(self.home))
            for number, spare in enumerate(hook.list_spares()):
                assert spare in text
                text = text.replace(spare, str(self.root / f"spare-{number}"))
            path.write_bytes(text.replace(*self._helper()).encode())
        return str(path)

    def _helper(self) -> tuple[str, str]:
        """Return what keeps count, behind what it takes the place of in the hook.

        A script is no program on Windows, so there it stands between Python and the helper.
        """
        if WINDOWS:
            return _MAIN, str(self.root / "helper.py")
        return sys.executable, str(self.root / "helper")

    def _write_helper(self) -> None:
        asks, (place, helper) = self.root / "asks", self._helper()
        asks.touch()
        if WINDOWS:
            text = _COUNTING.format(asks=str(asks), main=place)
        else:
            text = f'#!/bin/sh\necho ask >>{asks}\nexec {place} "$@"\n'
        Path(helper).write_text(text)
        Path(helper).chmod(0o755)

    def settle(self) -> None:
        """Wait until the second is over in which a file was changed: then an answer is kept."""
        youngest = max(_changes(self.home))
        while time.time_ns() < (int(youngest) + 1) * 10**9 + store.TICK:
            time.sleep(0.002)


def new_world(root: Path, tree: Tree) -> World:
    """Make a world in the new folder `root`, with `tree` in its home."""
    world = World(root)
    world.neutral.mkdir(parents=True)
    world.bin.mkdir()
    if not WINDOWS:  # where a python finds its home by the folder that it is in
        (world.bin / "python").symlink_to(BASE_PYTHON)
    world._write_helper()
    build(tree, world.home)
    return world


@functools.cache
def _hook(shell: str, names: str) -> str:
    env = {"HOME": _ANY_HOME, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(SOURCE)}
    env["AUTOVENV_NAMES"] = names
    command = [sys.executable, "-m", "autovenv", "hook", shell]
    done = subprocess.run(command, env=system_variables() | env, check=True, capture_output=True)
    text = done.stdout.decode()
    assert sys.executable in text, "the hook doesn't start this interpreter"
    assert _MAIN in text, "the hook doesn't start this checkout's helper"
    return text


def _changes(folder: Path) -> list[float]:
    """Return when each file and folder in `folder` was last changed, its link count included."""
    found = [_changed(folder.lstat())]
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found += _changes(Path(entry.path))
            else:
                found.append(_changed(entry.stat(follow_symlinks=False)))
    return found


def _changed(status: os.stat_result) -> float:
    # Windows' ctime is when it was made.
    return status.st_mtime if WINDOWS else status.st_ctime
