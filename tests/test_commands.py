"""Every command in a machine that is out of order: one line, and never a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from autovenv import cli
from drivers.terminal import Terminal
from test_hot_path import SOURCE
from trusting import environment
from unix import mortal

MAIN = [sys.executable, str(SOURCE / "__main__.py")]
# What a command needs beside its name so as not to ask for more.
ARGUMENTS = {
    "complete": ["bash"],
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
    """HOME isn't set in many a cron job and container; the account's own is left alone here."""
    environment(tmp_path / ".venv")
    own = {"XDG_STATE_HOME": f"{tmp_path}/state", "XDG_CONFIG_HOME": f"{tmp_path}/config"}
    run(command, own, tmp_path)


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


def test_install_with_a_closed_output(tmp_path: Path) -> None:
    """It asks whether a person reads along; a closed output is none."""
    for redirect in (">&-", "<&- >&- 2>&-"):
        done = run(["install", "--shell", "bash"], {"HOME": str(tmp_path)}, tmp_path, redirect)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    """Why config.toml can't be read is one phrase; the path is in the message once."""
    (tmp_path / "file").touch()
    file = f"{tmp_path}/file/.config/autovenv/config.toml"
    for words in (["config", "notes.switch", "on"], ["disable", "--user"]):
        done = run(words, {"HOME": f"{tmp_path}/file", "XDG_CONFIG_HOME": ""}, tmp_path)
        told = f"autovenv: can't read {file} (Not a directory)\n"
        assert (done.returncode, done.stderr) == (1, told)
    shown = run(["config"], {"HOME": f"{tmp_path}/file"}, tmp_path).stdout
    assert f"{file}: can't be read (Not a directory)\n" in shown
    assert (
        f"can't read {file} (Not a directory)"
        in run(["doctor"], {"HOME": f"{tmp_path}/file", "SHELL": "/bin/bash"}, tmp_path).stdout
    )


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


# Each command with a DIR, and the words that follow it.
TAKE_FOLDER = [
    (["exec"], ["--", "touch", "made"]),
    (["exec", "--or-system"], ["--", "touch", "made"]),
    (["path"], []),
    (["allow"], []),
    (["allow", "--forget"], []),
    (["allow", "--all-below"], []),
    (["deny"], []),
    (["create"], []),
    (["create", "--clear"], []),
    (["disable"], []),
    (["disable", "--local"], []),
    (["disable", "--user"], []),
    (["enable"], []),
]


@pytest.mark.parametrize(("words", "rest"), TAKE_FOLDER, ids=lambda words: " ".join(words))
def test_a_bad_folder(words: list[str], rest: list[str], tmp_path: Path) -> None:
    """Not there, no folder, or not to be entered: one line, exit 2, and nothing is changed."""
    (tmp_path / "file").touch()
    environment(tmp_path / "closed" / ".venv")
    (tmp_path / "closed").chmod(0)
    before = sorted(tmp_path.rglob("*"))
    for name in ("nowhere", "file", "file/below", "closed", "a\nb\x1b[31m", "x" * 5000):
        done = subprocess.run(
            [*mortal(), *MAIN, *words, str(tmp_path / name), *rest],
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert (done.returncode, done.stdout) == (2, ""), name
        assert done.stderr.startswith("autovenv: ")
        assert (done.stderr.count("\n"), done.stderr.count("\x1b")) == (1, 0)
        assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "closed").chmod(0o700)


def test_each_command_with_a_folder_is_tried() -> None:
    """TAKE_FOLDER has each command whose arguments or options name a DIR."""
    context = click.Context(cli.main)
    takes = set()
    for name in cli.COMMANDS:
        command = cli.main.get_command(context, name)
        assert command is not None
        with click.Context(command) as within:
            usage = [" ".join(command.collect_usage_pieces(within))]
            usage += [str(each.get_help_record(within)) for each in command.get_params(within)]
        if any("DIR" in each.split("[DIR]")[0] or "[DIR]" in each for each in usage):
            takes.add(name)
    assert takes == {words[0] for words, _ in TAKE_FOLDER}


# --- help ---


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_help_has_an_example_and_its_page(name: str, tmp_path: Path) -> None:
    """An example on a line of its own; the page is there, and names the command."""
    done = run([name, "--help"], {"HOME": str(tmp_path)}, tmp_path)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert "\\b" not in done.stdout
    shown = ("  autovenv ", '  "$(autovenv ', '  eval "$(autovenv ', '  ln -s "$(autovenv ')
    assert any(line.startswith(shown) and f"autovenv {name}" in line for line in lines[1:])
    page = lines[-1].removeprefix("  Manual: ")
    assert f"autovenv {name}" in (SOURCE.parent.parent / page).read_text(encoding="utf-8") or (
        f"`{name}" in (SOURCE.parent.parent / page).read_text(encoding="utf-8")
    )


def test_summaries_are_whole(tmp_path: Path) -> None:
    """All commands, the shell's own as well, each with its whole summary, in 80 columns."""
    told = run(["--help"], {"HOME": str(tmp_path), "COLUMNS": "80"}, tmp_path).stdout
    assert "..." not in told.partition("Commands:")[2]
    assert re.findall(r"^  ([a-z]+)  ", told, re.MULTILINE) == list(cli.COMMANDS)
    assert max(map(len, told.splitlines())) <= 80


def test_a_mistyped_command(tmp_path: Path) -> None:
    """The nearest is named, in one line; where none is near, the list."""
    for typed, near in (
        ("stauts", "did you mean autovenv status?"),
        ("relaod", "did you mean autovenv reload?"),
        ("ON", "did you mean autovenv on?"),
        ("xyzzy", "autovenv --help lists them"),
        ("a\x1b[31m\nb", "autovenv --help lists them"),
    ):
        done = run([typed], {"HOME": str(tmp_path)}, tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("autovenv: there is no command ")
        assert done.stderr.endswith(f": {near}\n")
        assert (done.stderr.count("\n"), done.stderr.count("\x1b")) == (1, 0)


def test_what_is_the_shells_says_that_it_needs_the_hook(tmp_path: Path) -> None:
    """`on`, `off` and `reload`, called where the hook isn't loaded."""
    for name in ("on", "off", "reload"):
        done = run([name], {"HOME": str(tmp_path)}, tmp_path)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert done.stderr.startswith(f"autovenv: `autovenv {name}` needs the hook")


def test_colour_is_for_a_terminal_alone(tmp_path: Path) -> None:
    """A finding is red there; not in a pipe, with NO_COLOR, or where no colours are known."""
    environment(tmp_path / ".venv")
    base = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "AUTOVENV_DISABLE": "1"}

    def shown(name: str, **variables: str) -> str:
        terminal = Terminal([*MAIN, name], str(tmp_path), {**base, "TERM": "xterm", **variables})
        try:
            terminal.wait_for_end()
            return terminal.transcript.decode()
        finally:
            terminal.close()

    assert "\x1b[31m! autovenv is off" in shown("doctor")
    assert "\x1b[33mnot active: " in shown("status")
    for name in ("doctor", "status"):
        assert "\x1b" not in shown(name, NO_COLOR="1")
        assert "\x1b" not in shown(name, TERM="dumb")
        assert "\x1b" not in run([name], {**base, "TERM": "xterm"}, tmp_path).stdout
