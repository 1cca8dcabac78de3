"""`autovenv allow --all-below DIR`: what it lists, what it asks, what it allows."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import unix
from autovenv.cli import main
from autovenv.trust import approvals, born
from autovenv.trust import machine as machines
from test_trust_born import age
from trusting import environment

pytestmark = unix.alone("archives and times as POSIX has them")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that came from another machine, but for one environment and one that is broken."""
    home = tmp_path.resolve()
    for name in ("code/a", "code/deep/er/b", "code/node_modules/c", "elsewhere/d", "code/broken"):
        age(environment(home / name / ".venv"))
    (home / "code" / "broken" / ".venv" / "bin" / "python").unlink()
    environment(home / "code" / "mine" / ".venv")
    (home / "code" / "link").symlink_to("../elsewhere")
    return home


def run(home: Path, answer: str, *arguments: str) -> Result:
    """Run `autovenv allow`, and answer."""
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "XDG_STATE_HOME": "", "NO_COLOR": "1"}
    return CliRunner(env=env).invoke(main, ["allow", *arguments], input=answer)


def allowed(home: Path) -> set[str]:
    """Return what is allowed, below the home."""
    records = approvals.list_records(machines.find_machine({"HOME": str(home)}))
    return {os.path.relpath(record[1], home) for record in records if record[0] == "allow"}


def test_one_question_for_all(home: Path) -> None:
    """Listed is what would be asked about, and nothing else is allowed."""
    done = run(home, "y\n", "--all-below", str(home / "code"))
    listed = [f"{home}/code/{name}/.venv: {born.ARRIVED}" for name in ("a", "deep/er/b")]
    assert done.output.splitlines()[:2] == listed
    assert "Allow these 2? [y/N]" in done.output
    assert done.exit_code == 0
    assert allowed(home) == {"code/a/.venv", "code/deep/er/b/.venv"}
    again = run(home, "", "--all-below", str(home / "code"))
    assert again.output == f"autovenv: below {home}/code nothing would be asked about\n"


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_a_yes_nothing_is_allowed(home: Path, answer: str) -> None:
    """Nor without a terminal."""
    assert run(home, answer, "--all-below", str(home)).exit_code == 1
    assert allowed(home) == set()


def test_a_folder_that_is_not_there(home: Path) -> None:
    """One line, and nothing is looked for elsewhere."""
    shutil.rmtree(home / "elsewhere")
    done = run(home, "y\n", "--all-below", str(home / "elsewhere"))
    assert (done.exit_code, done.output) == (2, f"autovenv: {home}/elsewhere isn't there\n")


def test_what_was_denied_stays_denied(home: Path) -> None:
    """The user's word on one comes before their word on all."""
    end = str(home / "code" / "a" / ".venv")
    approvals.keep(end, approvals.make_denial(end), machines.find_machine({"HOME": str(home)}))
    assert run(home, "y\n", "--all-below", str(home / "code")).exit_code == 0
    assert allowed(home) == {"code/deep/er/b/.venv"}
