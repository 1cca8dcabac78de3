"""A command that is printed is what the shell makes of it when it is pasted."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autovenv import pasting, shells
from drivers import SHELLS

WORDS = [
    "plain",
    "/a/b-c_d.e+f/.venv",
    "-x",
    "caf\u00e9",
    "a b",
    "a  b",
    "it's",
    "it\u2019s and \u2018it\u2019",
    "$HOME `id` $(id) %PATH% !! #no ~root *? [a] {a,b} <x> |y & ;z",
    '"quoted"',
    "back\\slash\\'s end\\",
    "x\\';touch P;echo \\'",
    "a'; touch P; 'b",
    "@splat",
    "python@3.98",
    "latest:3.98",
    ":x",
    "~",
    "=ls",
    "a,b",
    "3.12",
    "1..3",
]

# What is started: it keeps the words that it got, the first of them as a path.
KEEPS = """#!{python}
import json, sys
with open({kept!r}, "a") as kept:
    print(json.dumps(sys.argv), file=kept)
"""


@pytest.fixture(params=["keeps", "it keeps"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a program; its own name may need quotes, too."""
    path = tmp_path / str(request.param)
    path.write_text(KEEPS.format(python=sys.executable, kept=str(tmp_path / "kept")))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def run(shell: str, lines: list[str], folder: Path) -> list[list[str]]:
    """Run the lines in a shell without startup files; return the words that the program got."""
    command = {
        "bash": ["--norc", "-c"],
        "zsh": ["-f", "-c"],
        "fish": ["--no-config", "-c"],
        "pwsh": ["-NoProfile", "-NonInteractive", "-Command"],
    }.get(shell, ["-c"])
    program = str(SHELLS[shell].program())
    subprocess.run([program, *command, "\n".join(lines)], cwd=folder, check=True)
    return [list(json.loads(line)) for line in (folder / "kept").read_text().splitlines()]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_command_is_read_as_it_was_meant(
    shell: str, program: Path, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """Each word arrives as it is, and nothing else is run."""
    require(shell)
    name = shells.ALIASES.get(shell, shell)
    lines = [pasting.write_command([str(program), word, "end"], name)[0] for word in WORDS]
    assert run(shell, lines, tmp_path) == [[str(program), word, "end"] for word in WORDS]
    assert {path.name for path in tmp_path.iterdir()} == {program.name, "kept"}


def test_what_is_right_in_all_shells_is_the_same_in_all(tmp_path: Path) -> None:
    """A line that isn't said to be for one shell alone is the same for every one."""
    for word in WORDS:
        lines = {pasting.write_command(["autovenv", word], shell) for shell in shells.SHELLS}
        if any(is_portable for _, is_portable in lines):
            assert len(lines) == 1
    assert pasting.write_command(["autovenv", "a b"], "fish") == ("autovenv 'a b'", True)
    assert pasting.write_command(["autovenv", "it's"], "fish") == ("autovenv 'it\\'s'", False)
    assert pasting.write_command(["a b", "c"], "powershell") == ("& 'a b' c", False)


@pytest.mark.parametrize("word", ["a\nb", "a\x1bb", "a\u202eb", "a\udcffb"])
def test_what_cannot_be_shown_is_no_command(word: str) -> None:
    """Nobody could paste it and have what they saw."""
    assert pasting.write_command(["autovenv", word], "bash") == ("", True)
