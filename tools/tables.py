"""Writes the tables of docs/shells.md and docs/testing.md from what test runs wrote down.

The table of all scenarios, a row each, goes beside the reports, into scenarios.md: CI keeps it.

    .cache/check/bin/python tools/tables.py REPORT.json ...

Each report is what `pytest --report FILE` wrote; `.ci/run` leaves them in .cache/ci/. What a run
was of is told by the file's name: all.json, shells.json, helper-3.11.json.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
WHAT = {"all": "all", "shells": "the shells' alone", "helper": "the helper's own"}
NAMES = {"pwsh": "PowerShell"}

Run = dict[str, Any]


def main(files: Sequence[str]) -> None:
    """Read the reports and write the tables."""
    runs = [{"what": _what(Path(file)), **json.loads(Path(file).read_text())} for file in files]
    with_shells = [run for run in runs if run["rows"]]
    put(DOCS / "shells.md", "versions", versions(with_shells))
    columns, rows = scenarios(with_shells)
    table = _table(["scenario", *columns], rows)
    (Path(files[0]).parent / "scenarios.md").write_text(table, encoding="utf-8")
    put(DOCS / "shells.md", "scenarios", in_short(columns, rows))
    put(DOCS / "testing.md", "runs", summary(runs))


def put(file: Path, name: str, table: str) -> None:
    """Put a table between the two lines of `file` that name it."""
    begin, end = f"<!-- made by the test run: {name} -->\n", f"<!-- end of {name} -->"
    before, found, rest = file.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        sys.exit(f"{file} has no place for {name}")
    file.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")


def versions(runs: Sequence[Run]) -> str:
    """Return what was run on each system."""
    names = [("shells", name) for name in _all(run["shells"] for run in runs)]
    names += [("with", name) for name in _all(run["with"] for run in runs)]
    rows = [
        [NAMES.get(name, name), *(run[kind].get(name, "-") for run in runs)] for kind, name in names
    ]
    return _table(["", *(run["system"] for run in runs)], rows)


def scenarios(runs: Sequence[Run]) -> tuple[list[str], list[list[str]]]:
    """Return each version of a shell, and what became of each scenario in it.

    A row has the scenario's name and an outcome for each version; the worst run counts, of those
    that ran it.
    """
    columns = sorted(
        {(shell, run["shells"][shell]) for run in runs for shell in run["shells"]},
        key=lambda column: (list(_all(run["shells"] for run in runs)).index(column[0]), column),
    )
    rows = []
    for scenario in _all(run["rows"] for run in runs):
        cells = []
        for shell, version in columns:
            same = [run for run in runs if run["shells"].get(shell) == version]
            outcomes = {run["rows"].get(scenario, {}).get(shell, "n.a.") for run in same}
            order = ("failed", "skipped", "passed", "not run", "n.a.")
            cells.append(next(outcome for outcome in order if outcome in outcomes))
        rows.append([re.sub(r"([\\|`])", r"\\\1", scenario), *cells])
    return [f"{NAMES.get(name, name)} {version}" for name, version in columns], rows


def in_short(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return how many scenarios had each outcome in each version of a shell."""
    outcomes = ("passed", "failed", "skipped", "n.a.")
    counted = [
        [name, *(str([row[at] for row in rows].count(outcome)) for outcome in outcomes)]
        for at, name in enumerate(columns, 1)
    ]
    return _table(["shell", *outcomes], counted)


def summary(runs: Sequence[Run]) -> str:
    """Return which tests were run where, and how many. With one that fails nothing is landed."""
    rows = [
        [
            run["system"],
            run["with"]["Python"],
            run["with"]["click"],
            run["what"],
            str(sum(run["counts"].values()) - run["counts"].get("skipped", 0)),
            str(run["counts"].get("skipped", 0)),
        ]
        for run in runs
    ]
    return _table(["system", "Python", "click", "tests", "run", "skipped"], rows)


def _what(file: Path) -> str:
    return WHAT[file.stem.partition("-")[0]]


def _all(names: Iterable[Iterable[str]]) -> dict[str, None]:
    """Return each name once, in the order in which they come."""
    return dict.fromkeys(name for some in names for name in some)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    main(sys.argv[1:])
