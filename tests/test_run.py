"""`exec`, `which` and `path`: what has no prompt gets the project's environment, byte for byte."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import trees
import unix
from autovenv import cli, paths
from test_hot_path import CHEAP, QUESTION, SOURCE, TRUST, own
from trees import BIN, Env, Folder
from trusting import environment

MAIN = [sys.executable, "-I", str(SOURCE / "__main__.py")]

posix = unix.alone("a process becomes another one on POSIX alone")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the project p, whose environment is its own, and the folder q without any."""
    home = tmp_path / "home"
    trees.build({"p/.venv": Env(), "q": Folder()}, home)
    return home


def run(
    home: Path, *arguments: str, place: str = "p", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours in a place in the home, with no more variables than these."""
    return subprocess.run(
        [*MAIN, *arguments],
        cwd=home / place,
        env=trees.system_variables() | {"HOME": str(home), "USERPROFILE": str(home)} | variables,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def prefix(*arguments: str) -> list[str]:
    """Return the command that prints which environment's Python it is run by."""
    return [*arguments, "python", "-c", "import sys; print(sys.prefix)"]


# --- where there is no shell ---


@posix
def test_under_crons_environment(home: Path) -> None:
    """`env -i`: PATH and VIRTUAL_ENV are as at a prompt, and nothing else is added."""
    command = ["env", "-i", *MAIN, "exec", str(home / "p"), "--", "env"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    path = str(home / "p" / ".venv")
    assert dict(line.split("=", 1) for line in done.stdout.splitlines()) == {
        "PATH": f"{path}/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": path,
        "VIRTUAL_ENV_PROMPT": "p",
        "__AUTOVENV": paths.FORMAT,
        "__AUTOVENV_ENV": path,
        "__AUTOVENV_PATH": f"{path}/bin",
    }
    assert done.stderr == ""


@posix
def test_from_make(home: Path) -> None:
    """A rule runs the project's Python from below the project; its failure is make's."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is missing")
    ours = " ".join(MAIN)
    (home / "p" / "Makefile").write_text(
        f"ok:\n\t@{ours} exec -- python -c 'import sys; print(sys.prefix)'\n"
        f"fails:\n\t@{ours} exec -- sh -c 'exit 3'\n"
    )
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([make, "ok"], cwd=home / "p", env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"{home}/p/.venv\n")
    done = subprocess.run(
        [make, "fails"], cwd=home / "p", env=environ, capture_output=True, text=True
    )
    assert "Error 3" in done.stderr


@posix
def test_as_a_dockerfiles_cmd(home: Path) -> None:
    """CMD ["autovenv", "exec", "/app", "--", "python", ...]: it is the process itself."""
    waits = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
    environ = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root", "HOSTNAME": "c"}
    command = [*MAIN, "exec", str(home / "p"), "--", "python", "-c", waits]
    with subprocess.Popen(command, cwd="/", env=environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid
        process.terminate()
        assert process.wait() == -signal.SIGTERM


# --- exit statuses and signals ---


def test_the_exit_status_is_the_commands(home: Path) -> None:
    """What it writes and how it ends is the command's own."""
    done = run(home, "exec", "--", "python", "-c", "print('out'); raise SystemExit(7)")
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "")


@posix
def test_signals_are_the_commands(home: Path) -> None:
    """SIGPIPE, which Python ignores, ends a command as in any pipe."""
    for name in ("SIGPIPE", "SIGXFSZ", "SIGINT", "SIGALRM", "SIGPROF"):
        number = int(signal.Signals[name])
        done = run(home, "exec", "--", "/bin/sh", "-c", f"kill -{number} $$; exit 9")
        assert done.returncode == -number


@posix
def test_what_cannot_be_run_ends_as_in_a_shell(home: Path) -> None:
    """127 where there is none, 126 where it can't be run; a script without `#!` is sh's."""
    folder = home / "p" / ".venv" / "bin"
    for name, text, mode in (
        ("closed", "#!/bin/sh\n", 0o644),
        ("lost", "#!/nowhere/sh\n", 0o755),
        ("plain", 'echo "$0 $1"; exit 5\n', 0o755),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(mode)
    for words in (["closed"], ["lost"], ["plain", "a"], ["missing"], ["./.venv"], ["./missing"]):
        shell = subprocess.run(
            ["bash", "-c", '"$@"', "bash", *words],
            cwd=home / "p",
            env={"PATH": f"{folder}:/usr/bin:/bin"},
            capture_output=True,
        )
        done = run(home, "exec", "--", *words)
        assert done.returncode == shell.returncode, words
        assert done.stdout == shell.stdout.decode()
        assert done.stderr.startswith(f"autovenv: {words[0]}: ") == (words[0] != "plain")
        assert done.stderr.count("\n") == (words[0] != "plain")


# --- which folder ---


def test_the_folder_is_the_first_word_where_it_is_one(home: Path) -> None:
    """`--` leaves no doubt; without it a program of that name comes first."""
    expected = f"{home / 'p' / '.venv'}\n"
    for words in (prefix("exec"), prefix("exec", "--"), prefix("exec", ".", "--")):
        assert run(home, *words).stdout == expected
    for words in (prefix("exec", "p"), prefix("exec", "p", "--"), prefix("exec", "./p/")):
        assert run(home, *words, place="").stdout == expected
    assert run(home, *prefix("exec", "~/p"), place="q").stdout == expected
    (home / "p" / "python").mkdir()
    assert run(home, *prefix("exec"), PATH="/usr/bin:/bin").stdout == expected


def test_a_folder_that_is_none(home: Path) -> None:
    """Each command: one line, exit 2, and nothing was run or written."""
    (home / "file").touch()
    before = sorted(home.rglob("*"))
    for name, said in (("nowhere", "isn't there"), ("file", "is no folder")):
        for words in (["exec", name, "--", "touch", "made"], ["path", name]):
            done = run(home, *words, place="")
            told = f"autovenv: {home / name} {said}\n"
            assert (done.returncode, done.stdout, done.stderr) == (2, "", told)
    assert sorted(home.rglob("*")) == before


@posix
def test_a_folder_that_may_not_be_entered(home: Path) -> None:
    """One line, exit 2."""
    (home / "q").chmod(0)
    command = [*unix.mortal(), *MAIN, "exec", str(home / "q"), "--", "true"]
    done = subprocess.run(command, capture_output=True, text=True, env={"HOME": str(home)})
    told = f"autovenv: {home}/q can't be entered: permission denied\n"
    assert (done.returncode, done.stderr) == (2, told)


# --- what may be active ---


def test_where_there_is_no_environment(home: Path) -> None:
    """One line and exit 2; with --or-system the command is run as if we weren't there."""
    for words in (["exec", "true"], ["which"], ["path"]):
        done = run(home, *words, place="q")
        told = f"autovenv: there is no environment for {home / 'q'}"
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(told)
        assert done.stderr.count("\n") == 1
        assert ("--or-system" in done.stderr) == (words != ["path"]), "path has no such option"
    code = "import os; print(os.environ.get('VIRTUAL_ENV'), os.environ['PATH'])"
    here = os.path.dirname(sys.executable)
    done = run(home, "exec", "--or-system", "--", "python", "-c", code, place="q", PATH=here)
    assert (done.returncode, done.stdout) == (0, f"None {here}\n")
    (home / "p" / ".no-autovenv").touch()
    done = run(home, "exec", "true")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert ".no-autovenv" in done.stderr
    assert run(home, "exec", "--or-system", "--", "python", "-c", "", PATH=here).returncode == 0


@posix
def test_an_environment_that_is_not_trusted(home: Path) -> None:
    """It is refused with the note of the prompt, with --or-system as well; so is a denied one."""
    for words in (["init", "-q"], ["add", "-f", ".venv"]):
        subprocess.run(["git", *words], cwd=home / "p", check=True)
    asked = subprocess.run(
        [*MAIN, *trees.ASK, "", str(home / "p")],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    note = asked.stdout.split("\n")[5].replace("\\n", "\n")
    assert "not activating ~/p/.venv" in note
    for options in ([], ["--or-system"]):
        done = run(home, "exec", *options, "--", "touch", "made", PATH="/usr/bin:/bin")
        assert (done.returncode, done.stderr) == (2, f"autovenv: {note}\n")
    subprocess.run(["git", "rm", "-rq", "--cached", ".venv"], cwd=home / "p", check=True)
    assert run(home, "exec", "true", PATH="/usr/bin:/bin").returncode == 0
    assert run(home, "deny").returncode == 0
    for options in ([], ["--or-system"]):
        done = run(home, "exec", *options, "--", "touch", "made", PATH="/usr/bin:/bin")
        assert (done.returncode, done.stderr) == (
            2,
            f"autovenv: nothing is active in {home}/p: {home}/p/.venv: you denied it\n",
        )
    assert not (home / "p" / "made").exists()


@posix
def test_what_is_active_in_the_shell_that_calls(home: Path) -> None:
    """The hook's entry goes, the user's own equal one stays, and PYTHONHOME is given back."""
    environment(home / "q" / ".venv")
    entry = f"{home}/p/.venv/bin"
    active = {
        "__AUTOVENV": paths.FORMAT,
        "__AUTOVENV_PATH": entry,
        "__AUTOVENV_ENV": f"{home}/p/.venv",
        "__AUTOVENV_PYTHONHOME": "/nowhere",
        "__AUTOVENV_HOOK": "bash 1",
        "__AUTOVENV_WORDS": "python",
        "VIRTUAL_ENV": f"{home}/p/.venv",
        "VIRTUAL_ENV_PROMPT": "p",
        "PATH": f"{entry}:/usr/bin:/bin:{entry}",
    }

    def variables(*options: str, **more: str) -> Mapping[str, str]:
        done = run(home, "exec", *options, "--", "/usr/bin/env", place="q", **active, **more)
        return dict(line.split("=", 1) for line in done.stdout.splitlines())

    entered = variables()
    assert entered["PATH"] == f"{home}/q/.venv/bin:/usr/bin:/bin"
    assert entered["VIRTUAL_ENV"] == entered["__AUTOVENV_ENV"] == f"{home}/q/.venv"
    assert entered["__AUTOVENV_PYTHONHOME"] == "/nowhere"
    assert not entered.keys() & {"PYTHONHOME", "__AUTOVENV_HOOK", "__AUTOVENV_WORDS"}
    had = variables(__AUTOVENV_HAD="1")
    assert had["PATH"] == f"{home}/q/.venv/bin:/usr/bin:/bin:{entry}"
    assert "__AUTOVENV_HAD" not in had
    shutil.rmtree(home / "q" / ".venv")
    left = variables("--or-system")
    assert left["PATH"] == "/usr/bin:/bin"
    assert left["PYTHONHOME"] == "/nowhere"
    assert not {name for name in left if name.startswith(("__AUTOVENV", "VIRTUAL"))}


@posix
def test_a_pinned_interpreter(home: Path) -> None:
    """Its folder is on PATH and VIRTUAL_ENV stays unset; `path` says that it is no environment."""
    trees.build({".pyenv/versions/3.12.1": trees.Installed()}, home)
    (home / "q" / ".python-version").write_text("3.12.1\n")
    where = f"{home}/.pyenv/versions/3.12.1/bin"
    done = run(home, "exec", "--", "/usr/bin/env", place="q", VIRTUAL_ENV="/else", PATH="/bin")
    assert f"PATH={where}:/bin\n" in done.stdout
    assert "VIRTUAL_ENV=" not in done.stdout
    assert run(home, "which", place="q").stdout == f"{where}/python\n"
    assert run(home, "path", place="q").returncode == 2


# --- which, path ---


def test_which_and_path(home: Path) -> None:
    """What a script wants: the environment's own, exit 1 where it has none of that name."""
    folder = home / "p" / ".venv"
    python = folder / BIN / f"python{trees.SUFFIX}"
    assert run(home, "path").stdout == f"{folder}\n"
    assert run(home, "path", "p", place="").stdout == f"{folder}\n"
    assert run(home, "which").stdout == run(home, "which", "python").stdout == f"{python}\n"
    other = home / f"other{trees.SUFFIX}"
    other.touch(0o755)
    done = run(home, "which", "other", PATH=str(home))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"autovenv: there is no other in {folder}\n"
    done = run(home, "which", "--or-system", "other", PATH=str(home))
    assert os.path.normcase(done.stdout) == os.path.normcase(f"{other}\n")


def test_misuse(home: Path) -> None:
    """One line and exit 2; --help is told, with an example."""
    for words in (
        ["exec"],
        ["exec", "--"],
        ["exec", "-x", "a"],
        ["which", "a", "b"],
        ["path", "-x"],
    ):
        done = run(home, *words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    for command in ("exec", "which", "path"):
        done = run(home, command, "--help")
        assert done.returncode == 0
        assert "Usage: autovenv " + command in done.stdout
        assert f"autovenv {command}" in done.stdout.partition("\n")[2]
        assert command in cli.COMMANDS


@posix
def test_it_is_as_fast_as_the_question(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most two bare starts of Python: what is imported is what the question imports."""
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.chdir(home / "p")
    modules = own(["exec", "--", "/bin/true"])
    commands = {"autovenv.caller", "autovenv.place", "autovenv.run", "errno"}
    assert modules - CHEAP <= QUESTION | TRUST | commands


@posix
def test_it_takes_at_most_two_bare_starts(home: Path) -> None:
    """In instructions, which are the same on a busy machine: 1.6 when this was written.

    callgrind counts only what ends by itself: a command that isn't found is all but the last step.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        pytest.skip("valgrind is missing")

    def count(*words: str) -> int:
        tool = [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        done = subprocess.run(
            [*tool, os.path.realpath(sys.executable), "-I", *words],
            cwd=home / "p",
            env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )
        found = re.search(r"Collected : (\d+)", done.stderr)
        assert found, done.stderr
        return int(found[1])

    assert count(MAIN[-1], "exec", "--", "no-such-program") < 2 * count("-c", "pass")
