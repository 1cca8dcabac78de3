"""`autovenv allow` and `deny` as commands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autovenv import cli
from autovenv.trust import approvals
from autovenv.trust import machine as machines
from test_trust_approvals import note
from test_trust_tracked import git
from trees import BIN
from trusting import NOBODY_ELSE, environment
from unix import give, only_root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home."""
    return tmp_path.resolve()


@pytest.fixture
def venv(home: Path) -> Path:
    """An environment that isn't active without asking."""
    path = environment(home / "project" / ".venv")
    (path / BIN / "ls").touch()
    return path


def run(home: Path, command: str, *arguments: str, cwd: Path | None = None) -> Result:
    """Run the command as a shell does that stands in `cwd`, by default the project."""
    here = os.getcwd()
    cleared = dict.fromkeys(os.environ)
    place = cwd or home / "project"
    os.chdir(place)
    try:
        env = {**cleared, "HOME": str(home), "PWD": str(place)}
        done = CliRunner().invoke(cli.main, [command, *arguments], env=env)
    finally:
        os.chdir(here)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def test_allow_here(venv: Path, home: Path) -> None:
    """Without a folder it is what is found from here, which may lie above."""
    inner = venv.parent / "inner"
    inner.mkdir()
    done = run(home, "allow", cwd=inner)
    said = f"autovenv: {venv} is allowed, until its pyvenv.cfg or bin changes.\n"
    assert (done.exit_code, done.output) == (0, said)
    assert note(inner, home) == ""


@pytest.mark.parametrize("folder", [".venv", "../project/.venv", ".", "{home}/project", "inner"])
def test_allow_a_folder(venv: Path, home: Path, folder: str) -> None:
    """The environment's own folder, as the note says, or one from which it is found."""
    (venv.parent / "inner").mkdir()
    assert run(home, "allow", folder.format(home=home)).exit_code == 0
    assert note(venv.parent, home) == ""


def test_allow_what_a_repository_tracks(venv: Path, home: Path) -> None:
    """It says that this holds until its pyvenv.cfg or bin changes."""
    git(venv.parent, "init", "-q")
    git(venv.parent, "add", "-f", ".venv")
    assert (
        run(home, "allow").output
        == f"autovenv: {venv} is allowed, until its pyvenv.cfg or bin changes.\n"
    )
    assert note(venv.parent, home) == ""
    (venv / BIN / "pip").touch()
    assert "tracks it" in note(venv.parent, home)


def test_allow_what_a_tracked_file_names(venv: Path, home: Path) -> None:
    """The word is on the environment, whichever way leads there."""
    other = home / "other"
    other.mkdir()
    (other / ".venv").write_text("../project/.venv\n")
    git(other, "init", "-q")
    git(other, "add", ".venv")
    assert "which names it" in note(other, home)
    assert run(home, "allow", str(venv)).exit_code == 0
    assert note(other, home) == ""


def test_deny_and_allow_again(home: Path) -> None:
    """It says how to undo it."""
    venv = environment(home / "the project" / ".venv")
    done = run(home, "deny", cwd=venv.parent)
    said = f"autovenv: {venv} is denied. To undo: autovenv allow '{venv}'\n"
    assert (done.exit_code, done.output) == (0, said)
    evidence_of = machines.of({"HOME": str(home)})
    assert [record[:2] for record in approvals.records(evidence_of)] == [["deny", str(venv)]]
    assert run(home, "allow", str(venv), cwd=home).exit_code == 0
    assert note(venv.parent, home) == ""


def test_what_needs_no_word(venv: Path, home: Path) -> None:
    """What the rules accept can be allowed, too; once it is, no rule was asked."""
    (venv / BIN / "ls").unlink()
    said = f"autovenv: {venv} is allowed, until its pyvenv.cfg or bin changes."
    first, second = (run(home, "allow") for _ in range(2))
    assert first.output == f"{said} It needed no word of yours: the rules accept it.\n"
    assert second.output == f"{said}\n"


def test_where_there_is_nothing_to_allow(home: Path) -> None:
    """One line on stderr, and exit status 1."""
    (home / "project").mkdir()
    for arguments in ((), (".",), ("nowhere",)):
        for command in ("allow", "deny"):
            done = run(home, command, *arguments)
            assert done.exit_code == 1
            assert done.output.startswith("autovenv: ")
            assert done.output.count("\n") == 1


def test_what_is_broken_cannot_be_allowed(venv: Path, home: Path) -> None:
    """It wouldn't work: the line says how to mend it."""
    (venv / BIN / "python").unlink()
    done = run(home, "allow", str(venv))
    assert (done.exit_code, "its interpreter is gone" in done.output) == (1, True)


@only_root
def test_the_state_of_another_is_left_alone(venv: Path, home: Path) -> None:
    """As in a sudo shell that kept HOME."""
    state = Path(machines.of({"HOME": str(home)}).state)
    state.mkdir(parents=True)
    give(state, NOBODY_ELSE)
    done = run(home, "allow")
    assert done.exit_code == 1
    assert "belongs to another user" in done.output
    assert list(state.iterdir()) == []
