"""What `autovenv hook` prints for a person and by another name; how autovenv is installed again."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import unix
from autovenv import hook


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("/home/u/.local/share/uv/tools/autovenv-shell", "run sh install.sh in its checkout"),
        ("/home/u/.local/share/autovenv/venv", "run sh install.sh in its checkout"),
        ("/home/u/.local/share/pipx/venvs/autovenv-shell", "run pipx reinstall autovenv-shell"),
        ("C:\\Users\\u\\pipx\\venvs\\autovenv-shell", "run pipx reinstall autovenv-shell"),
        ("/usr", "install autovenv again"),
    ],
)
def test_the_way_is_that_of_the_installation(prefix: str, said: str) -> None:
    """It stands within each shell's quotes: nothing in it is special there."""
    assert hook.advise_reinstall(prefix) == said
    assert all(character.isalnum() or character in " .-" for character in said)


def printed(shell: str) -> bytes:
    """Return what `autovenv hook SHELL` writes into a pipe, as an rc file reads it."""
    command = [sys.executable, "-m", "autovenv", "hook", shell]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_pwsh_is_powershell() -> None:
    """A question is asked by one name: the helper knows the quoting of no other."""
    assert printed("pwsh") == printed("powershell")


@unix.alone("there is no such terminal")
def test_who_looks_at_the_hook_sees_the_same() -> None:
    """On a terminal it goes by the commands, which may give advice."""
    if sys.platform == "win32":
        return
    master, slave = os.openpty()
    command = [sys.executable, "-m", "autovenv", "hook", "bash"]
    shown = b""
    with subprocess.Popen(command, stdout=slave, stderr=subprocess.PIPE) as process:
        os.close(slave)
        try:
            while piece := os.read(master, 4096):
                shown += piece
        except OSError:
            pass  # Linux' end of a terminal
        assert process.stderr
        assert process.stderr.read() == b""
    os.close(master)
    assert shown.replace(b"\r\n", b"\n") == printed("bash")
