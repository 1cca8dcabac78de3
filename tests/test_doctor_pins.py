"""`doctor` where a pin alone has put an interpreter's folder on PATH."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import unix
from autovenv import verdict as verdicts
from autovenv.cli import programs
from autovenv.cli.case import Case, Finding
from trees import Installed, make

VERSION = "3.12.1"

pytestmark = unix.alone("its interpreters are laid out as pyenv does it elsewhere")


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the `bin` of the version that the folder pins, where the process stands."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".python-version").write_text(f"{VERSION}\n")
    versions = tmp_path / ".pyenv" / "versions"
    make(Installed(), versions / VERSION, tmp_path)
    make(Installed(), versions / "other", tmp_path)
    return versions / VERSION / "bin"


def case(entry: Path, *, is_first: bool = True) -> Case:
    """Return the case of a shell in which the hook has put `entry` on PATH."""
    home = entry.parents[3]
    folders = [str(entry), str(entry.parents[1] / "other" / "bin")]
    path = os.pathsep.join(folders if is_first else folders[::-1])
    given = {"HOME": str(home), "PWD": str(home), "PATH": path, "__AUTOVENV_PATH": str(entry)}
    return Case.make(given)


def test_a_pin_that_is_python3_alone(entry: Path) -> None:
    """That `python` is another's is what the note says, and no reload would change it."""
    (entry / "python").unlink()
    here = case(entry)
    assert (here.verdict.kind, here.verdict.folder) == (verdicts.INTERPRETER, str(entry))
    assert "not `python`" in here.verdict.note
    assert list(programs.examine_python(here)) == []


def test_a_pin_that_is_not_the_first(entry: Path) -> None:
    """Where there is a `python`, it should be the one; and a folder that is gone holds none."""
    assert list(programs.examine_python(case(entry))) == []
    [word] = programs.examine_python(case(entry, is_first=False))
    assert isinstance(word, Finding)
    assert word.what.startswith(f"{entry} is active, but")
    assert word.command == "autovenv reload"
    shutil.rmtree(entry)
    [word] = programs.examine_python(case(entry))
    assert isinstance(word, Finding)
    assert word.what == f"{entry} is active, and isn't there any more."
