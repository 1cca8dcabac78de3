"""A home that doctor looks at, and what one examination says there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result as Call

import autovenv
import unix
from autovenv import cli
from autovenv.cli import policy
from autovenv.cli.case import Case, Result

posix = unix.alone("owners and modes are POSIX's")
PROFILE = "Microsoft.PowerShell_profile.ps1"


def environ(home: Path, **variables: str) -> dict[str, str]:
    """Return what a shell in `home` would give."""
    given = {"HOME": str(home), "PWD": str(home), "PATH": "", "XDG_STATE_HOME": str(home / "s")}
    return {**given, "__AUTOVENV_HOOK": f"zsh {autovenv.__version__}", **variables}


def make_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home where the process stands."""
    monkeypatch.chdir(tmp_path)
    if os.name == "nt":  # what this computer's own policy is doesn't matter to these tests
        monkeypatch.setattr(policy, "has_policies", lambda: False)
    return tmp_path


def said(
    examination: Callable[[Case], Iterator[Result]], home: Path, **variables: str
) -> list[Result]:
    """Return what one examination says there."""
    return list(examination(Case.make(environ(home, **variables))))


def environment(path: Path, version: str = "3.12.1") -> None:
    """Make what looks like an environment with that Python, made where it is."""
    bin_folder = path / ("Scripts" if os.name == "nt" else "bin")
    bin_folder.mkdir(parents=True)
    if os.name == "nt":
        (bin_folder / "python.exe").write_bytes(b"MZ")
    else:
        (bin_folder / "python").symlink_to(os.path.realpath(sys.executable))
    (bin_folder / "activate").write_text(f"VIRTUAL_ENV='{path}'\n")
    (path / "pyvenv.cfg").write_text(f"home = {sys.base_prefix}\nversion = {version}\n")


def doctor(home: Path, *arguments: str, **variables: str) -> Call:
    """Run `autovenv doctor`, which must not fail in any way of its own."""
    cleared = dict.fromkeys(os.environ)
    done = CliRunner().invoke(
        cli.main, ["doctor", *arguments], env={**cleared, **environ(home, **variables)}
    )
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done
