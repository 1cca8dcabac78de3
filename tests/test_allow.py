"""`autovenv allow` and `deny` as commands."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autovenv import cli, paths, store
from autovenv.find.environments import PYTHON
from autovenv.trust import approvals
from autovenv.trust import machine as machines
from test_trust_approvals import decided, note
from test_trust_tracked import git
from trees import BIN, WINDOWS, system_variables, user
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


def run(
    home: Path, command: str, *arguments: str, cwd: Path | None = None, **variables: str
) -> Result:
    """Run the command as a shell does that stands in `cwd`, by default the project."""
    here = os.getcwd()
    cleared = dict.fromkeys(os.environ)
    if WINDOWS:  # what a program can't do without there
        cleared = dict.fromkeys(name for name in cleared if name not in system_variables())
    place = cwd or home / "project"
    os.chdir(place)
    try:
        env = {**cleared, **user(home), "PWD": str(place), **variables}
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
    said = f"autovenv: {venv} is allowed, until its pyvenv.cfg or {BIN} changes.\n"
    assert (done.exit_code, done.output) == (0, said)
    assert note(inner, home) == ""


@pytest.mark.parametrize(
    "folder", [".venv", "../project/.venv", ".", "{home}/project", "~/project"]
)
def test_allow_a_folder(venv: Path, home: Path, folder: str) -> None:
    """The environment's own folder, as the note says, or the one that holds it."""
    assert run(home, "allow", folder.format(home=home)).exit_code == 0
    assert note(venv.parent, home) == ""


def test_allow_what_a_repository_tracks(venv: Path, home: Path) -> None:
    """It says that this holds until its pyvenv.cfg or bin changes."""
    git(venv.parent, "init", "-q")
    git(venv.parent, "add", "-f", ".venv")
    assert (
        run(home, "allow").output
        == f"autovenv: {venv} is allowed, until its pyvenv.cfg or {BIN} changes.\n"
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
    evidence_of = machines.find_machine(user(home))
    assert [record[:2] for record in approvals.list_records(evidence_of)] == [["deny", str(venv)]]
    assert run(home, "allow", str(venv), cwd=home).exit_code == 0
    assert note(venv.parent, home) == ""


def test_what_needs_no_word(venv: Path, home: Path) -> None:
    """What the rules accept can be allowed, too; once it is, no rule was asked."""
    (venv / BIN / "ls").unlink()
    said = f"autovenv: {venv} is allowed, until its pyvenv.cfg or {BIN} changes."
    first, second = (run(home, "allow") for _ in range(2))
    assert first.output == f"{said} That wasn't needed: the rules accept it.\n"
    assert second.output == f"{said}\n"


def test_where_there_is_nothing_to_allow(home: Path) -> None:
    """One line on stderr, and exit status 2."""
    (home / "project").mkdir()
    for arguments in ((), (".",), ("nowhere",)):
        for command in ("allow", "deny"):
            done = run(home, command, *arguments)
            assert done.exit_code == 2
            assert done.output.startswith("autovenv: ")
            assert done.output.count("\n") == 1


def test_what_is_broken_cannot_be_allowed(venv: Path, home: Path) -> None:
    """It wouldn't work: the line says how to fix it."""
    (venv / BIN / PYTHON).unlink()
    done = run(home, "allow", str(venv))
    assert (done.exit_code, "its interpreter is gone" in done.output) == (1, True)


@only_root
def test_a_damaged_list_is_not_written_over(venv: Path, home: Path) -> None:
    """What it denied would be gone for good."""
    list_of_words = home / ".local/state/autovenv/approvals"
    list_of_words.parent.mkdir(parents=True)
    list_of_words.write_text("deny")
    for command in ("allow", "deny"):
        done = run(home, command)
        assert (done.exit_code, done.output) == (
            1,
            f"autovenv: can't write {list_of_words}"
            " (it is damaged; move it away, and say again what you allow and deny)\n",
        )
    assert list_of_words.read_text() == "deny"


def test_the_state_of_another_is_left_alone(venv: Path, home: Path) -> None:
    """As in a sudo shell that kept HOME."""
    state = Path(machines.find_machine(user(home)).state)
    state.mkdir(parents=True)
    give(state, NOBODY_ELSE)
    done = run(home, "allow")
    assert done.exit_code == 1
    assert "belongs to another user" in done.output
    assert list(state.iterdir()) == []


@pytest.mark.parametrize("command", ["allow", "deny"])
@pytest.mark.parametrize("folder", ["tpyo", "inner", "README", ".."])
def test_a_folder_that_holds_none_is_no_word_on_what_is_above(
    venv: Path, home: Path, command: str, folder: str
) -> None:
    """A mistyped one, or one without an environment: one line, exit 2, and nothing is kept."""
    (venv.parent / "inner").mkdir()
    (venv.parent / "README").touch()
    done = run(home, command, folder)
    assert done.exit_code == 2
    assert len(done.output.splitlines()) == 1
    assert approvals.list_records(machines.find_machine(user(home))) == []


def test_deny_what_is_broken(venv: Path, home: Path) -> None:
    """That it is broken today is no reason to hear of it each time."""
    (venv / BIN / PYTHON).rename(venv / "gone")
    assert run(home, "deny").exit_code == 0
    assert run(home, "allow").exit_code == 1
    (venv / "gone").rename(venv / BIN / PYTHON)
    assert decided(venv.parent, home)[0].note == ""


WRITES = {
    "bash": "echo 'my venv' > .venv",
    "powershell": "Set-Content .venv 'my venv'",
}


def test_what_is_never_looked_for_is_told(home: Path) -> None:
    """It is allowed, and nothing leads to it: what would is named."""
    venv = environment(home / "project" / "my venv")
    done = run(home, "allow", "my venv")
    assert done.exit_code == 0
    assert done.output.splitlines()[1] == (
        "autovenv: only .venv and venv are looked for, and nothing leads there from "
        f"{home / 'project'}; this does, there:  {WRITES['powershell' if WINDOWS else 'bash']}"
    )
    for shell, written in WRITES.items():
        said = run(home, "allow", "my venv", __AUTOVENV_HOOK=f"{shell} 1").output
        assert said.endswith(f"this does, there:  {written}\n")
    (home / "project" / ".venv").write_text("my venv\n")
    assert "looked for" not in run(home, "allow", "my venv").output
    assert note(venv.parent, home) == ""


def below(project: Path) -> str:
    """Return where a project's answer is in the store: `C:/p` at /C/p."""
    path = project.as_posix()
    return f"/{path.replace(':', '', 1)}" if WINDOWS else path


def test_what_was_said_is_listed_and_taken_back(venv: Path, home: Path) -> None:
    """Also of what is gone by now; `prune` takes that."""
    other = environment(home / "other" / ".venv")
    gone = environment(home / "gone" / ".venv")
    assert run(home, "allow", "--list").output == "nothing was allowed or denied\n"
    run(home, "allow")
    run(home, "deny", str(other))
    run(home, "deny", str(gone))
    shutil.rmtree(gone)
    listed = f"allowed: {venv}\ndenied: {gone} (gone)\ndenied: {other}\n"
    assert run(home, "allow", "--list").output == listed
    for folder in (str(other.parent), ".venv"):
        assert run(home, "allow", "--forget", folder).exit_code == 0
    assert note(venv.parent, home) != ""
    assert note(other.parent, home) == ""
    again = run(home, "allow", "--forget", ".venv")
    assert (again.exit_code, len(again.output.splitlines())) == (2, 1)
    assert run(home, "allow", "--list").output == f"denied: {gone} (gone)\n"
    answers = Path(paths.find_answers_folder(user(home)))
    for project, name in ((venv.parent, "kept"), (gone.parent / "deep", "gone")):
        place = Path(f"{answers}{below(project)}")
        place.mkdir(parents=True)
        for file in (store.RECORD_NAME, f"{store.STAMP_NAME}x-0", name):
            (place / file).touch()
    (answers / "nowhere" / "at all").mkdir(parents=True)
    shutil.rmtree(gone.parent)
    assert run(home, "prune").output == (
        "autovenv: forgot 1 environment that you allowed or denied, and 1 answer\n"
    )
    assert run(home, "allow", "--list").output == "nothing was allowed or denied\n"
    left = [path.relative_to(answers).as_posix() for path in answers.rglob("*") if path.is_file()]
    kept = below(venv.parent)[1:]
    assert sorted(left) == sorted(
        [
            f"{kept}/{store.RECORD_NAME}",
            f"{kept}/{store.STAMP_NAME}x-0",
            f"{kept}/kept",
            f"{below(gone.parent / 'deep')[1:]}/gone",  # what isn't an answer's is left
        ]
    )
