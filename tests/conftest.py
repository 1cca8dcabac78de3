"""What the tests share: which shells there are, and the table of scenarios by shell."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers import SHELLS
from scenarios import SCENARIOS

# Below a folder in which others can make one of the same name, as /tmp, no answer is stored.
if os.name != "nt":
    _ROOT = Path.home() / ".cache" / "autovenv-tests"
    _ROOT.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_ROOT))

# What became of a scenario in a shell: one outcome a mode.
_OUTCOMES: dict[tuple[str, str], list[str]] = {}

# The table is all that follows this line.
_BEGIN = "<!-- made by the test run -->\n"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the table."""
    parser.addoption(
        "--scenario-table",
        metavar="FILE",
        type=Path,
        help="write a table of scenario by shell into FILE, behind the line that says so in it",
    )


@pytest.fixture(scope="session")
def require() -> Callable[[str], None]:
    """Return what skips a test where a shell is missing, and fails it where that is required.

    AUTOVENV_REQUIRE_SHELLS names shells that must be there, or is 1 for all.
    """
    required = os.environ.get("AUTOVENV_REQUIRE_SHELLS", "").replace(",", " ").split()

    def check(name: str) -> None:
        if os.name == "nt" and name != "pwsh":
            pytest.skip(f"on Windows, {name} isn't one of autovenv's shells")
        if SHELLS[name].program() is None:
            complain = pytest.fail if name in required or "1" in required else pytest.skip
            complain(f"{name} is missing")

    return check


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect the outcomes of scenarios; under xdist they come from the workers."""
    properties = dict(report.user_properties)
    if report.when == "call" and "scenario" in properties:
        cell = (str(properties["scenario"]), str(properties["shell"]))
        _OUTCOMES.setdefault(cell, []).append(report.outcome)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the table, where there is a place for it; a worker leaves it to the controller."""
    file = session.config.getoption("--scenario-table")
    if file and not hasattr(session.config, "workerinput"):
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        before = text.partition(_BEGIN)[0]
        file.write_text(f"{before}{_BEGIN}{_table(_OUTCOMES)}", encoding="utf-8")


def _table(outcomes: dict[tuple[str, str], list[str]]) -> str:
    names = list(SHELLS)
    lines = [f"| scenario | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
    for scenario in SCENARIOS:
        cells = [
            _cell(outcomes.get((scenario.name, name), [])) if name in scenario.shells else "n.a."
            for name in names
        ]
        escaped = scenario.name.replace("\\", "\\\\").replace("|", "\\|").replace("`", "\\`")
        lines.append(f"| {escaped} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(outcomes: list[str]) -> str:
    for outcome in ("failed", "skipped", "passed"):
        if outcome in outcomes:
            return outcome
    return "not run"
