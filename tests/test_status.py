"""`autovenv status`: what it says marker by marker, in real shells and as a program."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import trees
from autovenv import cli, shells, verdict
from autovenv.find import files, markers
from autovenv.toolbox import PYPROJECT, TOOLS
from drivers import SHELLS
from drivers.shell import Session
from prompts import setup
from scenarios import SCENARIOS
from trees import BIN, Env, Folder, Installed, Link, World

MAIN = trees.SOURCE / "autovenv" / "__main__.py"
DOCUMENT = trees.SOURCE.parent / "docs" / "status.md"
DESIGN = DOCUMENT.parent / "design.md"

NOT_LOADED = "hook: not loaded in this shell; `autovenv install` adds it to new ones"

Require = Callable[[str], None]
Make = Callable[[trees.Tree], World]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return what makes a home with a tree in it."""
    return lambda tree: trees.new_world(tmp_path / "world", tree)


def said(world: World, place: str, env: Mapping[str, str] | None = None) -> list[str]:
    """Return the lines of `autovenv status` in `place`, without the home."""
    done = _run(world, place, env or {})
    return done.replace(f"{world.home}{os.sep}", "").replace(os.sep, "/").splitlines()


def as_json(world: World, place: str, env: Mapping[str, str] | None = None) -> Any:
    """Return what `autovenv status --json` prints in `place`."""
    return json.loads(_run(world, place, env or {}, "--json"))


def _run(world: World, place: str, env: Mapping[str, str], *options: str) -> str:
    """Run it in this process: a start of Python takes Wine seconds."""
    here = os.getcwd()
    variables = world.environment({"PWD": str(world.home / place), **env})
    os.chdir(world.home / place)
    try:
        done = CliRunner().invoke(
            cli.main, ["status", *options], env=dict.fromkeys(os.environ) | variables
        )
    finally:
        os.chdir(here)
    assert (done.exit_code, done.exception, done.stderr_bytes) == (0, None, b"")
    return done.stdout_bytes.decode("utf-8").replace("\r\n", "\n")


def test_as_a_program(make: Make) -> None:
    """What it prints is the same."""
    world = make({"p/.venv": Env(version="3.12.1")})
    done = subprocess.run(
        [sys.executable, MAIN, "status"],
        cwd=world.home / "p",
        env=world.environment({"PWD": str(world.home / "p")}),
        check=True,
        capture_output=True,
    )
    assert done.stderr == b""
    assert done.stdout.decode("utf-8").replace("\r\n", "\n") == _run(world, "p", {})


# --- marker by marker ---

PINNED = ".pyenv/versions/3.12.1"

# A tree, and what is said in its folder p: the headline, then a line for each marker.
MARKERS: dict[str, tuple[trees.Tree, list[str]]] = {
    "an environment": (
        {"p/.venv": Env(version="3.12.1")},
        ["not active: p/.venv", "  p/.venv: environment, Python 3.12.1"],
    ),
    "an environment above": (
        {"p": Folder(), ".venv": Env(version="3.12.1")},
        ["not active: .venv", "  .venv: environment, Python 3.12.1"],
    ),
    "an opt-out": (
        {"p/.venv": Env(version="3.12.1"), "p/.no-autovenv": ""},
        [
            "active: nothing",
            "state: opted out (`autovenv enable` ends it)",
            "  p/.no-autovenv: nothing is active here and below",
            "  p/.venv: environment, Python 3.12.1",
        ],
    ),
    "an opt-out above": (
        {"p/.venv": Env(version="3.12.1"), ".no-autovenv": ""},
        [
            "active: nothing",
            "state: opted out (`autovenv enable` ends it)",
            "  p/.venv: environment, Python 3.12.1",
            "  .no-autovenv: nothing is active here and below",
        ],
    ),
    "a .venv that is none": (
        {"p/.venv": Folder(), "p/venv": Env(version="3.12.1")},
        [
            "not active: p/venv",
            "  p/.venv: no environment: neither pyvenv.cfg nor an interpreter in it",
            "  p/venv: environment, Python 3.12.1",
        ],
    ),
    "an environment that is broken": (
        {"p/.venv": Env(lacks=("bin/python",))},
        [
            "active: nothing",
            "  p/.venv: not to be used: its interpreter is gone",
            "  note: not activating ~/p/.venv: its interpreter is gone",
            "    to make it again:  " + trees.remake("p/.venv"),
        ],
    ),
    "a file that leads to one": (
        {"p/.venv": "../envs/p\n", "envs/p": Env(version="3.12.1")},
        ["not active: envs/p", "  p/.venv: environment at envs/p, Python 3.12.1"],
    ),
    "a link to one": (
        {
            "p/.venv": Link("../envs/p"),
            "envs/p": Env(version="3.12.1", made_at="{home}/p/.venv"),
        },
        ["not active: p/.venv", "  p/.venv: environment, Python 3.12.1"],
    ),
    "a pin": (
        {"p/.python-version": "3.12.1\n", PINNED: Installed()},
        [
            f"not active: {PINNED}/bin",
            f"  p/.python-version: pins 3.12.1, installed in {PINNED}/bin",
        ],
    ),
    "a pin to what isn't installed": (
        {"p/.python-version": "3.12.1\n", ".pyenv/versions": Folder()},
        [
            "active: nothing",
            "  p/.python-version: pins 3.12.1, not installed",
            "  note: passing over ~/p/.python-version: it pins '3.12.1', which is not installed",
            "    to install it:  pyenv install 3.12.1",
        ],
    ),
    "a pin that is empty": (
        {"p/.python-version": "\n"},
        ["active: nothing", "  p/.python-version: pins nothing"],
    ),
    "a pin that is a folder": (
        {"p/.python-version": Folder()},
        ["active: nothing", "  p/.python-version: can't be read"],
    ),
    "a tool's file": (
        {"p/pyproject.toml": "[project]\n"},
        [
            "active: nothing",
            "  p/pyproject.toml: a project; no tool keeps an environment for it elsewhere",
            "  this project (pyproject.toml) has no environment: `autovenv create` makes one",
        ],
    ),
    **{
        f"a {marker}": (
            {f"p/{marker}": ""},
            [
                "active: nothing",
                f"  p/{marker}: a project of {tool.name}'s, no environment: "
                "`autovenv create` makes one",
            ],
        )
        for tool in TOOLS.values()
        for marker in tool.markers
        if marker != PYPROJECT
    },
    "a layout of direnv's": (
        {"p/.direnv/python-3.12.1": Env(version="3.12.1")},
        [
            "not active: p/.direnv/python-3.12.1",
            "  p/.direnv: environment at p/.direnv/python-3.12.1, Python 3.12.1",
        ],
    ),
    "a folder of direnv's": (
        {"p/.direnv": Folder()},
        [
            "active: nothing",
            "  p/.direnv: direnv's; no environment of `layout python` in it",
        ],
    ),
    "files of mise's and asdf's": (
        {"p/mise.toml": "[tools]\n", "p/.tool-versions": "nodejs 22.1.0\n"},
        [
            "active: nothing",
            "  p/mise.toml: says nothing of Python",
            "  p/.tool-versions: says nothing of Python",
        ],
    ),
    "a project of uv's": (
        {"p/pyproject.toml": "[project]\n", "p/uv.lock": "", "p/.venv": Env(version="3.12.1")},
        [
            "not active: p/.venv",
            "  p/.venv: environment, Python 3.12.1",
            "  p/pyproject.toml: a project of uv's",
        ],
    ),
    "a project of uv's without an environment": (
        {"p/pyproject.toml": "[tool.uv]\n"},
        [
            "active: nothing",
            "  p/pyproject.toml: a project of uv's, no environment: `autovenv create` makes one",
        ],
    ),
}


PYENV = ("a pin", "a pin to what isn't installed")


@pytest.mark.parametrize("name", MARKERS)
def test_markers(name: str, make: Make) -> None:
    """Each marker has a line, nearest first, under what is to be active."""
    tree, lines = MARKERS[name]
    if any(isinstance(node, Link) for node in tree.values()) and not trees.can_link():
        pytest.skip("no link can be made here")
    if trees.WINDOWS and name in PYENV:
        pytest.skip("tests/test_windows.py has pyenv-win")
    assert said(make(tree), "p") == [*lines, NOT_LOADED]


def test_each_marker_is_in_the_tables() -> None:
    """None is without a line above, a row of the table for all shells, and one in design.md.

    A tool's has a life in place of the latter two (tests/lives.py). A pin has its format.
    """
    seen = _names(tree for tree, _ in MARKERS.values())
    assert set(markers.MARKERS) - seen == set(), "MARKERS of this file lacks these"
    no_tools = [name for name in markers.MARKERS if name not in markers.PROJECTS]
    seen = _names(scenario.tree for scenario in SCENARIOS)
    assert set(no_tools) - seen == set(), "tests/scenarios/ lacks rows with these"
    section = DESIGN.read_text(encoding="utf-8").partition("\n## Markers\n")[2]
    rows = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("|")]
    lacking = [name for name in no_tools if f"`{name}`" not in "".join(rows)]
    assert lacking == [], "the table of Markers in docs/design.md lacks these"
    for table in (files._READERS, files._PARSERS):
        assert {markers.PIN, *table} == set(markers.PINS), "_READERS and _PARSERS of find/files.py"


def _names(paths: Iterable[Iterable[str]]) -> set[str]:
    return {part for tree in paths for path in tree for part in path.split("/")}


def test_no_marker(make: Make) -> None:
    """Where there is none, the names that were looked for are given."""
    world = make({})
    headline, line, *_ = said(world, "elsewhere")
    assert headline == "active: nothing"
    assert line.startswith("  no marker from elsewhere upward (.no-autovenv, .venv, venv, ")


@pytest.mark.skipif(not trees.can_link(), reason="no link can be made here")
def test_folder_is_the_shells(make: Make) -> None:
    """The folder is PWD with its links, as the shells walk it, unless PWD is another place."""
    world = make({"real/p/.venv": Env(), "link": Link("real")})
    for told, folder in (("link/p", "link/p"), ("elsewhere", "real/p"), ("nowhere", "real/p")):
        found = as_json(world, "real/p", {"PWD": f"{{home}}/{told}"})
        assert found["folder"] == f"{world.home}/{folder}"
        assert found["markers"][0]["path"] == f"{world.home}/{folder}/.venv"


HOSTILE = ["\u202etxt"]
if not trees.WINDOWS:  # where a name holds any bytes
    HOSTILE += ["esc\x1b[31mred", "new\nline", "not \udcff UTF-8"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str, make: Make) -> None:
    """What a name holds reaches the terminal as text alone."""
    world = make({f"{name}/.venv": Env()})
    text = _run(world, name, {})
    assert not re.search(r"[^\n\x20-\x7e]", text)
    assert len(text.splitlines()) == 3
    found = as_json(world, name)
    assert found["verdict"]["kind"] == "environment"
    assert found["folder"] == f"{world.home}{os.sep}{name}", "a program gets the path itself"
    assert found["markers"][0]["path"] == f"{world.home}{os.sep}{name}{os.sep}.venv"


def test_trust(make: Make) -> None:
    """What isn't trusted is said to be so; what was denied, which no note tells of, too."""
    world = make({"p/.venv": Env(version="3.12.1"), f"p/.venv/{BIN}/ls": ""})
    refused, note, remedy = said(world, "p")[1:4]
    assert refused == "  p/.venv: environment, Python 3.12.1, not trusted"
    assert note == f"  note: not activating ~/p/.venv: its {BIN} has a program called ls"
    allow = "autovenv allow 'p/.venv'" if trees.WINDOWS else "autovenv allow ~/p/.venv"
    assert remedy == f"    if you trust it:  {allow}"
    command = [sys.executable, str(MAIN), "deny", str(world.home / "p")]
    subprocess.run(command, env=world.environment({}), check=True, capture_output=True)
    undo = f"undo: {allow}".replace("~/", "")
    denied = f"  p/.venv: environment, Python 3.12.1; you denied it ({undo})"
    state = "state: denied (`autovenv allow` ends it)"
    assert said(world, "p") == ["active: nothing", state, denied, NOT_LOADED]


# --- what is active ---


def test_others(make: Make) -> None:
    """An environment that autovenv didn't activate is named, with the folder's own."""
    world = make({"p/.venv": Env(), "q/.venv": Env()})
    alone = "autovenv didn't activate it, and leaves it alone"
    by_hand = {"VIRTUAL_ENV": "{home}/q/.venv"}
    assert said(world, "p", by_hand)[0] == (
        f"active: q/.venv ({alone}); this folder's own is p/.venv"
    )
    ours = str(world.home / "p" / ".venv")
    by_us = {"VIRTUAL_ENV": ours.replace(os.sep, "/"), "__AUTOVENV_ENV": ours}
    assert said(world, "p", by_us)[0] == "active: p/.venv"
    assert said(world, "q", by_hand)[0] == f"active: q/.venv ({alone})"
    assert said(world, "elsewhere", {"CONDA_DEFAULT_ENV": "mine"})[0] == f"active: mine ({alone})"
    assert said(world, "p", {"CONDA_DEFAULT_ENV": "base"})[0] == "not active: p/.venv"


# --- in a shell ---


def _session(shell: str, world: World, place: str) -> Session:
    return Session(SHELLS[shell], setup(shell, world, place))


@pytest.mark.parametrize("shell", SHELLS)
def test_in_a_shell(shell: str, make: Make, require: Require) -> None:
    """The function adds what the shell alone knows; status changes nothing."""
    require(shell)
    world = make({"p/.venv": Env(version="3.12.1"), "q/.venv": Env()})
    with _session(shell, world, "p") as session:
        before = session.probe()
        lines = session.type("autovenv status").output.replace(f"{world.home}/", "").splitlines()
        assert lines[:2] == ["active: p/.venv", "  p/.venv: environment, Python 3.12.1"]
        name = shells.ALIASES.get(shell, shell)
        assert re.fullmatch(rf"hook: {name} \d\S*", lines[2])
        assert "p/.venv/bin/python" in lines[3]
        session.type("deactivate")
        shown = session.type("autovenv status").output
        assert shown.startswith(f"not active: {world.home}/p/.venv (`autovenv on` activates it)")
        session.type("autovenv on")
        assert session.probe() == before


@pytest.mark.parametrize("shell", SHELLS)
def test_in_a_shell_as_json(shell: str, make: Make, require: Require) -> None:
    """Each field of the JSON holds what it says, in a shell where a project is active."""
    require(shell)
    world = make({"p/.venv": Env(prompt="mine", version="3.12.1")})
    with _session(shell, world, "p") as session:
        found = json.loads(session.type("autovenv status --json").output)
    environment = f"{world.home}/p/.venv"
    hook, words = found.pop("hook"), found.pop("words")
    assert (found.pop("names"), found.pop("project")) == ([], "")
    assert found == {
        "folder": f"{world.home}/p",
        "markers": [{"path": environment, "says": "environment, Python 3.12.1"}],
        "verdict": {
            "kind": "environment",
            "environment": environment,
            "folder": f"{environment}/bin",
            "label": "mine",
            "note": "",
            "reason": "",
            "path": "",
            "message": "",
            "remedy": [],
        },
        "active": environment,
        "other": "",
        "state": "",
    }
    assert hook.split()[0] == shells.ALIASES.get(shell, shell)
    assert any(f"{environment}/bin/python" in line for line in words)


ALIASES = {
    "bash": "alias python=python2",
    "zsh": "alias python=python2",
    "fish": "alias python python2",
    "pwsh": "function global:python { python2 }",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_words(shell: str, make: Make, require: Require) -> None:
    """An alias or a function in the way of python is told."""
    require(shell)
    world = make({"p/.venv": Env()})
    with _session(shell, world, "p") as session:
        session.type(ALIASES[shell])
        words = json.loads(session.type("autovenv status --json").output)["words"]
    assert "python2" in " ".join(words)


def test_json_is_documented(make: Make) -> None:
    """Each field that is printed is in docs/status.md, and no other."""
    found = as_json(make({}), "elsewhere")
    named = re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(), re.MULTILINE)
    assert named == [*found, *found["verdict"]]


def test_each_reason_is_documented() -> None:
    """The words are an interface (docs/compatibility.md): all are there, and no other."""
    kinds = {verdict.ENVIRONMENT, verdict.INTERPRETER, verdict.NONE}
    source = Path(verdict.__file__).read_text()
    reasons = {*re.findall(r'^[A-Z_]+ = "([a-z-]+)"$', source, re.MULTILINE)} - kinds
    named = DOCUMENT.read_text().partition("The reasons are:")[2]
    assert {*re.findall(r"`([a-z-]+)`", named)} == reasons
