"""A question ends in time, whatever a project holds, and its record has an end, too."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autovenv import ask, budget, verdict
from autovenv.evidence import Evidence
from autovenv.find import markers
from test_trust_tracked import git
from trusting import environment

if sys.platform == "win32":
    pytest.skip("timers that interrupt are POSIX's", allow_module_level=True)


def spin() -> None:
    """Work for ever."""
    while True:
        pass


def test_work_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor's time is what counts: a machine with much else to do stops nothing."""
    monkeypatch.setattr(budget, "WORK", 0.05)
    with pytest.raises(budget.TooLongError):
        budget.run_within(spin)


def test_a_wait_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk or a server that doesn't answer."""
    monkeypatch.setattr(budget, "WAIT", 0.05)
    reader, writer = os.pipe()
    with pytest.raises(budget.TooLongError):
        budget.run_within(lambda: os.read(reader, 1))
    os.close(reader)
    os.close(writer)


def test_what_is_done_in_time_is_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its result, its exception; and nothing is stopped after it."""
    monkeypatch.setattr(budget, "WORK", 0.05)
    assert budget.run_within(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        budget.run_within(lambda: 1 // 0)
    sum(range(10_000_000))


def decided(folder: Path) -> tuple[verdict.Verdict, Evidence]:
    """Decide as the helper does."""
    home = str(folder.parent)
    evidence = Evidence({"HOME": home})
    return ask.decide(markers.walk(str(folder), home), evidence), evidence


def test_an_index_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is active, one note says why, and the answer is on nothing but where one stands."""
    venv = environment(tmp_path / "project" / "z" / ".venv")
    git(tmp_path, "init", "-q", "project")
    names = "".join(f"100644 {'1' * 40}\ta{number:06}\n" for number in range(100_000))
    project = tmp_path / "project"
    (project / "names").write_text(names)
    git(project, "config", "index.version", "4")
    git(project, "-c", "alias.x=!git update-index --index-info <names", "x")
    assert decided(venv.parent)[0].environment == str(venv)
    monkeypatch.setattr(budget, "WORK", 0.02)
    reached, evidence = decided(venv.parent)
    assert (reached.kind, reached.environment) == (verdict.NONE, "")
    assert reached.problem is not None
    assert reached.problem.reason == verdict.TOO_LONG
    assert "it took too long" in reached.note
    assert evidence.is_passing
    assert not evidence.paths


def test_a_record_without_an_end_is_not_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell takes each of its checks apart: a clone must not be able to write thousands."""
    venv = environment(tmp_path / "project" / ".venv")
    assert not decided(venv.parent)[1].is_passing
    monkeypatch.setattr(budget, "CHECKS", 3)
    reached, evidence = decided(venv.parent)
    assert (reached.environment, evidence.is_passing) == (str(venv), True)
    monkeypatch.setattr(budget, "CHECKS", 1000)
    monkeypatch.setattr(budget, "BYTES", 100)
    assert decided(venv.parent)[1].is_passing
