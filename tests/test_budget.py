"""A question ends in time, whatever a project holds, and its record has an end, too."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
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


def decided(folder: Path, home: Path | None = None) -> tuple[verdict.Verdict, Evidence]:
    """Decide as the helper does, for whose home is the folder above unless it is given."""
    at = str(home or folder.parent)
    evidence = Evidence({"HOME": at})
    return ask.decide(markers.walk(str(folder), at), evidence), evidence


def test_an_index_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is active, one note says why, and the answer is on nothing but where one stands."""
    venv = environment(tmp_path / "project" / "z" / ".venv")
    git(tmp_path, "init", "-q", "project")
    names = "".join(f"100644 {'1' * 40}\ta{number:06}\n" for number in range(100_000))
    project = tmp_path / "project"
    (project / "names").write_text(names)
    git(project, "config", "index.version", "4")
    git(project, "-c", "alias.x=!git update-index --index-info <names", "x")
    monkeypatch.setattr(budget, "WAIT", 600)  # the tests' machine may be busy
    assert decided(venv.parent)[0].environment == str(venv)
    monkeypatch.setattr(budget, "WORK", 0.02)
    reached, evidence = decided(venv.parent)
    assert (reached.kind, reached.environment) == (verdict.NONE, "")
    assert reached.problem is not None
    assert reached.problem.reason == verdict.TOO_LONG
    assert "it took too long" in reached.note
    assert not evidence.is_storable
    assert not evidence.paths


def test_a_record_without_an_end_is_not_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell takes each of its checks apart: a clone must not be able to write thousands."""
    venv = environment(tmp_path / "project" / ".venv")
    assert decided(venv.parent)[1].is_storable
    monkeypatch.setattr(budget, "CHECKS", 3)
    reached, evidence = decided(venv.parent)
    assert (reached.environment, evidence.is_storable) == (str(venv), False)
    monkeypatch.setattr(budget, "CHECKS", 1000)
    monkeypatch.setattr(budget, "BYTES", 100)
    assert not decided(venv.parent)[1].is_storable


def chain_links(project: Path, number: int) -> None:
    """Let the interpreter be found by way of so many links, each of some hundred places."""
    venv = environment(project / ".venv")
    (project / "a").mkdir()
    target = os.path.realpath(venv / "bin" / "python")
    for count in range(number):
        (project / f"l{count}").symlink_to(target)
        target = "a/../" * 50 + f"l{count}"
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(f"../../{target}")


def write_globs(project: Path, number: int) -> None:
    """Let a workspace of uv's have so many patterns for its members."""
    environment(project / ".venv")
    below = project / "a" / "b" / "c" / "d"
    below.mkdir(parents=True)
    (below / "pyproject.toml").write_text("[project]\nname = 'm'\nversion = '0'\n")
    globs = ", ".join(f"'{'**/' * 12}x{count}'" for count in range(number))
    text = f"[project]\nname = 'p'\nversion = '0'\n[tool.uv.workspace]\nmembers = [{globs}]\n"
    (project / "pyproject.toml").write_text(text)


def make_layouts(project: Path, number: int) -> None:
    """Let direnv seem to have left so many folders, none of which is an environment."""
    for count in range(number):
        (project / ".direnv" / f"python-3.{count}").mkdir(parents=True)


@pytest.mark.parametrize(
    ("make", "number"), [(chain_links, 18), (write_globs, 20), (make_layouts, 100)]
)
def test_twice_as_much_takes_twice_as_long(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path, int], None],
    number: int,
) -> None:
    """Counted are the calls of functions: one that takes ever longer would hold the prompt."""
    monkeypatch.setattr(budget, "WORK", 600)
    monkeypatch.setattr(budget, "WAIT", 600)
    calls = []
    for factor in (1, 2):
        project = tmp_path / str(factor)
        project.mkdir()
        make(project, factor * number)
        deepest = max((path.parent for path in project.rglob("pyproject.toml")), default=project)
        decided(deepest, tmp_path)  # what is loaded once isn't counted
        counted = [0]

        def count(
            frame: object, event: str, argument: object, counted: list[int] = counted
        ) -> None:
            counted[0] += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            decided(deepest, tmp_path)
        finally:
            sys.setprofile(None)
        calls += counted
    assert 1.1 * calls[0] < calls[1] < 2.5 * calls[0]
