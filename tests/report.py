"""What a test run writes down for the documents: on which system, with what, and what came of it.

`tools/tables.py` makes the tables of docs/shells.md and docs/testing.md from it.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from drivers import SHELLS
from scenarios import SCENARIOS

# How a program says its version, where it isn't by `--version`.
_ASKED = {"git": "--version", "direnv": "version", "tmux": "-V", "zoxide": "--version"}

# What became of a scenario in a shell: one outcome a mode.
_outcomes: dict[tuple[str, str], list[str]] = {}
# How many tests passed, failed and were skipped.
_counts: Counter[str] = Counter()


def collect(report: pytest.TestReport) -> None:
    """Keep what one step of a test led to; under xdist the steps come from the workers."""
    if report.when == "call" or report.outcome != "passed":
        _counts[report.outcome] += 1
    properties = dict(report.user_properties)
    if report.when == "call" and "scenario" in properties:
        cell = (str(properties["scenario"]), str(properties["shell"]))
        _outcomes.setdefault(cell, []).append(report.outcome)


def write(file: Path) -> None:
    """Write the run down as JSON."""
    rows = {
        scenario.name: {shell: _outcome(scenario.name, shell) for shell in scenario.list_shells()}
        for scenario in SCENARIOS
    }
    run = {
        "system": _system(),
        "counts": dict(_counts),
        "shells": {name: version for name in SHELLS if (version := _shell(name))},
        "with": {"Python": platform.python_version()}
        | {"click": importlib.metadata.version("click")}
        | {name: version for name in _ASKED if (version := _program(name))},
        "rows": rows if _outcomes else {},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(run, indent=1), encoding="utf-8")


def _outcome(scenario: str, shell: str) -> str:
    outcomes = _outcomes.get((scenario, shell), [])
    return next((it for it in ("failed", "skipped", "passed") if it in outcomes), "not run")


def _system() -> str:
    if platform.system() != "Linux":
        return f"{platform.system()} {platform.release()}"
    release = platform.freedesktop_os_release()
    return f"{release['NAME'].removesuffix(' GNU/Linux')} {release.get('VERSION_ID', '')}".strip()


def _shell(name: str) -> str:
    shell = SHELLS[name]
    return _said([shell.path(), "-c", shell.version]) if shell.program() else ""


def _program(name: str) -> str:
    program = shutil.which(name)
    return _said([program, _ASKED[name]]) if program else ""


def _said(command: list[str]) -> str:
    """Return the first version in what a program says, "" where there is none."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    found = re.search(r"[0-9]+(?:\.[0-9]+)+[a-z]?", done.stdout.decode(errors="replace"))
    return found[0] if found else ""
