"""Every command in a machine that is out of order: one line, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autovenv import cli
from test_hot_path import SOURCE
from trusting import environment

MAIN = [sys.executable, str(SOURCE / "__main__.py")]
# What a command needs beside its name so as not to ask for more.
ARGUMENTS = {
    "create": ["--help"],
    "enable": ["--help"],
    "exec": ["--help"],
    "hook": ["bash"],
    "off": ["--help"],
    "on": ["--help"],
    "reload": ["--help"],
    "install": ["--dry-run", "--shell", "bash"],
    "uninstall": ["--dry-run", "--shell", "bash"],
}
COMMANDS = [[name, *ARGUMENTS.get(name, [])] for name in cli.COMMANDS]
COMMANDS += [["status", "--json"], ["doctor", "--json"], ["allow", "--list"], ["--help"]]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a folder that is in use stays there")


def run(
    command: list[str], environ: dict[str, str], cwd: Path, redirect: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours by a shell, which can close and redirect what Python can't."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$@" {redirect}', "sh", *MAIN, *command],
        env={"PATH": "/usr/bin:/bin", **environ},
        cwd=cwd,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        stdin=subprocess.DEVNULL,
    )
    for word in ("Traceback", "Exception ignored", "Error:"):
        assert word not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_in_a_folder_that_was_deleted(command: list[str], tmp_path: Path) -> None:
    """What is about the current folder says so; the others don't need it."""
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", str(gone), *MAIN, *command],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PWD": str(gone)},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stdout + done.stderr
    about_it = ("status", "doctor", "deny", "disable", "which", "path")
    if command[0] in about_it or command == ["allow"]:
        said = "autovenv: the current folder is gone: cd to one that is there\n"
        assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_a_home(command: list[str], tmp_path: Path) -> None:
    """HOME isn't set in many a cron job and container."""
    environment(tmp_path / ".venv")
    run(command, {}, tmp_path)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_where_nothing_can_be_written(command: list[str], tmp_path: Path) -> None:
    """A full disk: one line on stderr, and exit 1, wherever there is something to print."""
    environment(tmp_path / ".venv")
    done = run(command, {"HOME": str(tmp_path)}, tmp_path, ">/dev/full")
    assert done.returncode != 0
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_with_a_closed_output(command: list[str], tmp_path: Path) -> None:
    """Closed, or a pipe whose reader has gone."""
    environment(tmp_path / ".venv")
    run(command, {"HOME": str(tmp_path)}, tmp_path, ">&-")
    run(command, {"HOME": str(tmp_path)}, tmp_path, ">&- 2>&-")
    run(command, {"HOME": str(tmp_path)}, tmp_path, "| :")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_with_an_encoding_that_lacks_the_name(command: list[str], tmp_path: Path) -> None:
    """It is written as an escape: the deed is done, and the exit status says so."""
    folder = tmp_path / "caf\u00e9 \u65e5"
    environment(folder / ".venv")
    coding = {"PYTHONIOENCODING": "latin-1:strict", "PYTHONUTF8": "1"}
    done = run(command, {"HOME": str(tmp_path), **coding}, folder)
    if command in (["status"], ["deny"], ["allow"]):
        assert done.returncode == 0
        assert "\\u65e5/.venv" in done.stdout
