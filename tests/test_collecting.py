"""What is collected where not all can be run: on Windows, and by an older Python.

Windows can import every test: what is about POSIX alone is a skip there, and no error.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conftest import ANY_PYTHON

HERE = Path(__file__).parent


def test_nothing_is_missing_where_posix_is() -> None:
    """All tests are collected without what `without_posix` takes away, and some rooms skipped."""
    options = ["-q", "--collect-only", "-p", "without_posix", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(HERE)],
        cwd=HERE,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SKIPPED" in done.stdout
    assert "tests/test_scenarios.py::" in done.stdout


def test_one_case_leaves_no_test_out() -> None:
    """Of each test its first case is collected, and no other."""
    sets = []
    for options in ([], ["--one-case"]):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--collect-only", *options, "test_pins.py"],
            cwd=HERE,
            capture_output=True,
            text=True,
            check=True,
        )
        sets.append([line for line in done.stdout.splitlines() if "::" in line])
    everything, ones = sets
    functions = [case.partition("[")[0] for case in everything]
    assert len(everything) > len(ones)
    assert ones == [everything[functions.index(name)] for name in dict.fromkeys(functions)]


def test_what_an_older_python_leaves_out_is_there() -> None:
    """What was renamed isn't run in each older Python again, for minutes and for nothing."""
    for name in ANY_PYTHON:
        file, _, function = name.partition("::")
        assert not function or f"\ndef {function}(" in Path(HERE, file).read_text(encoding="utf-8")
        assert Path(HERE, file).exists()
