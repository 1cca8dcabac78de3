"""Each message as a user reads it: tests/messages.txt is what they are, to be read as a whole.

After a change of words: AUTOVENV_WRITE_MESSAGES=1 pytest tests/test_messages.py; read the diff.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import autovenv
import unix
from autovenv import verdict
from autovenv.cli import doctor, status
from autovenv.find import markers
from trees import Env, Folder, Installed, Link, Tree, build

pytestmark = unix.alone("the paths of the file are POSIX's")

FILE = Path(__file__).parent / "messages.txt"

# What takes another machine than this one, another user or another time: a test of its own has it.
ELSEWHERE = {
    verdict.OF_ANOTHER_USER,
    verdict.ON_A_NETWORK,
    verdict.TOO_LONG,
    verdict.UNREADABLE,
    verdict.SEVERAL,
    verdict.FOR_POSIX,
    verdict.SHARED_FOLDER,
}


@dataclass(frozen=True)
class State:
    """Something that a project, or a shell, may be in: a tree, what is done to it, variables."""

    tree: Tree
    do: Callable[[Path], object] = lambda home: None
    place: str = "p"
    variables: dict[str, str] = field(default_factory=dict)


def _tracked(home: Path) -> None:
    for words in (["init", "-q"], ["add", "-f", ".venv"]):
        subprocess.run(["git", "-C", home / "p", *words], check=True)


def _unignored(environment: Path) -> None:
    subprocess.run(["git", "-C", environment.parent, "init", "-q"], check=True)
    (environment / ".gitignore").unlink(missing_ok=True)


def _lead_nowhere(program: Path) -> None:
    program.unlink()
    program.symlink_to("/nowhere/python3")


def _deny(home: Path) -> None:
    main = Path(autovenv.__file__).parent / "__main__.py"
    words = [sys.executable, "-I", str(main), "deny", str(home / "p")]
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run(words, env=environ, check=True, capture_output=True)


def _break(name: str, text: str | None = None, mode: int = 0o644) -> Callable[[Path], object]:
    """Return what takes a file of the environment away, or replaces it."""

    def do(home: Path) -> None:
        path = home / "p" / ".venv" / name
        path.unlink()
        if text is not None:
            path.write_text(text)
            path.chmod(mode)

    return do


ONE: Tree = {"p/.venv": Env(version="3.12.1")}
STATES = {
    "all is well": State(ONE),
    "no project": State({"p": Folder()}),
    "below it": State({**ONE, "p/src": Folder()}, place="p/src"),
    "git tracks it": State(ONE, _tracked),
    "git would add it": State(ONE, lambda home: _unignored(home / "p" / ".venv")),
    "denied": State(ONE, _deny),
    "opted out": State({**ONE, "p/.no-autovenv": ""}),
    "opted out of one marker": State({**ONE, "p/.no-autovenv": ".venv\n"}),
    "ignored": State(ONE, variables={"AUTOVENV_IGNORE": "{home}/p"}),
    "its interpreter is gone": State(ONE, _break("bin/python", "")),
    "its program is a link to nothing": State(
        ONE, lambda home: _lead_nowhere(home / "p" / ".venv" / "bin" / "python")
    ),
    "its program can't be executed": State(ONE, _break("bin/python", "x", 0o644)),
    "its settings are gone": State(ONE, _break("pyvenv.cfg")),
    "its making was interrupted": State(ONE, _break("bin/activate")),
    "moved": State({"p/.venv": Env(made_at="/old/.venv")}),
    "of Windows": State(
        {
            "p/.venv/pyvenv.cfg": "home = C:\\Python312\nversion = 3.12.1\n",
            "p/.venv/Scripts/python.exe": "MZ",
        }
    ),
    "the separator in its path": State({"a:b/.venv": Env()}, place="a:b"),
    "a file that names none": State({"p/.venv": "nowhere\n"}),
    "an empty .venv": State({"p/.venv": Folder()}),
    "pinned to another version": State({**ONE, "p/.python-version": "3.11\n"}),
    "a pin that isn't installed": State({"p/.python-version": "3.99.1\n"}),
    "a pin below an environment": State(
        {**ONE, "p/sub/.python-version": "3.99.1\n"}, place="p/sub"
    ),
    "an installed pin below an environment": State(
        {
            **ONE,
            "p/sub/.python-version": "3.13.7\n",
            ".pyenv/versions/3.13.7": Installed(),
        },
        place="p/sub",
    ),
    "an installed pin": State(
        {"p/.python-version": "3.13.7\n", ".pyenv/versions/3.13.7": Installed()}
    ),
    "a pin that is python3 alone": State(
        {"p/.python-version": "3.13.7\n", ".pyenv/versions/3.13.7": Installed()},
        lambda home: (home / ".pyenv/versions/3.13.7/bin/python").unlink(),
    ),
    "a pin that makes no sense": State({"p/.python-version": "../3.12\n"}),
    "a pin by a path": State({"p/.python-version": "/nowhere/bin/python3\n"}),
    "requires another Python": State(
        {**ONE, "p/pyproject.toml": "[project]\nrequires-python = '>=3.99'\n"}
    ),
    "a project without an environment": State({"p/pyproject.toml": "[project]\nname='p'\n"}),
    "a project of a tool's": State({"p/pyproject.toml": "", "p/uv.lock": ""}),
    "requirements alone": State({"p/requirements.txt": "x\n"}),
    "conda's": State({"p/environment.yml": "name: p\n"}),
    "an environment of another name": State({"p/env": Env()}),
    "off": State(ONE, variables={"__AUTOVENV_STATE": "off"}),
    "deactivated by hand": State(ONE, variables={"__AUTOVENV_STATE": "held"}),
    "disabled": State(ONE, variables={"AUTOVENV_DISABLE": "1"}),
    "another is active": State(
        {**ONE, "o": Env()},
        variables={"VIRTUAL_ENV": "{home}/o", "PATH": "{home}/o/bin:{home}/bin"},
    ),
    "conda's is active": State(ONE, variables={"CONDA_DEFAULT_ENV": "work"}),
    "variables": State(
        ONE,
        variables={
            **dict.fromkeys(("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX"), "/x"),
            **{"PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1"},
        },
    ),
    "requirements of the user's": State(
        {
            **ONE,
            "p/requirements.txt": "some-thing\n",
            ".local/lib/python3.12/site-packages/some_thing-1.0.dist-info": Folder(),
        }
    ),
    "activate was run": State({**ONE, ".zsh_history": ".venv/bin/activate\n"}),
    "a setting that isn't known": State({**ONE, ".config/autovenv/config.toml": "[note]\n"}),
    "the hook of another version": State(ONE, variables={"__AUTOVENV_HOOK": "zsh 0.0.1"}),
    "names that the shell doesn't know": State(
        {"p/env": Env(version="3.12.1")}, variables={"AUTOVENV_NAMES": "env"}
    ),
    "without the hook": State(ONE, variables={"__AUTOVENV_HOOK": "", "SHELL": "/bin/bash"}),
    "an alias": State(
        ONE, variables={"__AUTOVENV_WORDS": "python is an alias for /opt/python/bin/python3\n"}
    ),
    "an environment that is gone": State(
        {"p": Folder()},
        variables={
            "VIRTUAL_ENV": "{home}/gone",
            "__AUTOVENV_ENV": "{home}/gone",
            "__AUTOVENV_PATH": "{home}/gone/bin",
        },
    ),
    "the hook twice": State({**ONE, ".zshrc": 'eval "$(autovenv hook zsh)"\n' * 2}),
}


def told(name: str, home: Path, monkeypatch: pytest.MonkeyPatch, seen: set[str]) -> str:
    """Return what `status` and `doctor` say in a state; add the reason to `seen`."""
    state = STATES[name]
    build({"bin": Folder(), "bin/git": Link(shutil.which("git") or "/usr/bin/git")}, home)
    build(state.tree, home)
    state.do(home)
    environ = {
        "HOME": str(home),
        "PWD": str(home / state.place),
        "PATH": str(home / "bin"),
        "__AUTOVENV_HOOK": f"zsh {autovenv.__version__}",
    }
    given = {key: value.replace("{home}", str(home)) for key, value in state.variables.items()}
    environ |= given
    with monkeypatch.context() as patch:
        patch.chdir(home / state.place)
        for variable in ("PATH", "HOME", "SHELL"):
            patch.setenv(variable, environ.get(variable, ""))
        here = status.survey(environ)
        seen.add(str(here.verdict["reason"]))
        words = doctor.examine(environ)
        lines = [
            *(f"== {name} ==", "", "$ autovenv status", *status.write_lines(here)),
            *("", "$ autovenv doctor", *doctor.write_lines(words), "", ""),
        ]
    return _neutral("\n".join(lines), home)


def _neutral(text: str, home: Path) -> str:
    """Return a text with names in the place of what another machine has otherwise."""
    for found, name in (
        (", ".join(markers.MARKERS), "each marker"),
        (str(home), "/home/ada"),
        (sys.executable, "PYTHON"),
        (os.path.realpath(sys.executable), "PYTHON"),
        (sys.base_prefix, "BASE"),
        (autovenv.__version__, "VERSION"),
    ):
        text = text.replace(found, name)
    return re.sub(r"python3\.\d+\b", "python3.X", text)


def test_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the file, word for word; and each reason of a verdict is told in it."""
    seen: set[str] = set()
    texts = []
    for number, name in enumerate(STATES):
        home = tmp_path / str(number)
        home.mkdir()
        texts.append(told(name, home, monkeypatch, seen))
    text = "\n".join(texts).rstrip("\n") + "\n"
    if os.environ.get("AUTOVENV_WRITE_MESSAGES"):
        FILE.write_text(text)
    before = FILE.read_text()
    diff = difflib.unified_diff(before.splitlines(), text.splitlines(), "messages.txt", "now", "")
    assert "\n".join(diff) == ""
    kinds = {verdict.ENVIRONMENT, verdict.INTERPRETER, verdict.NONE}
    reasons = {
        value for name, value in vars(verdict).items() if name.isupper() and isinstance(value, str)
    } - {"bin"}
    assert reasons - kinds - ELSEWHERE - seen == set()
