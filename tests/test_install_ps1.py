"""install.ps1, really run: an empty home, a PATH with little on it, a copy of the checkout.

On Windows, where PowerShell's profiles lie isn't up to a test: there it runs on a machine of CI.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import trees
from drivers import SHELLS
from test_install_script import CHECKOUT, KEPT, SHIPPED, _set_version, caches
from trees import BASE_PYTHON, BIN, SUFFIX, WINDOWS

__all__ = ["caches"]

pytestmark = pytest.mark.xdist_group("profiles")  # two at once would write one file on Windows

# PowerShell itself leaves these behind.
POWERSHELLS_OWN = (".cache/powershell/", ".local/share/powershell/", "AppData/")


@dataclass(frozen=True)
class Machine:
    """A fresh machine: `home` is empty, `path` holds the only programs there are."""

    checkout: Path
    home: Path
    path: Path
    caches: Mapping[str, str]

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the script with PowerShell; it must not read from its terminal."""
        script = str(self.checkout / "install.ps1")
        return self.started("-ExecutionPolicy", "Bypass", "-File", script, *arguments, **env)

    def started(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Start PowerShell without a profile."""
        kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
        kept |= {name: value for name, value in os.environ.items() if name.endswith(KEPT[:2])}
        local = {"LOCALAPPDATA": str(self.home / "AppData" / "Local")} if WINDOWS else {}
        system = trees.system_variables()
        path = [str(self.path), *([rf"{system['SYSTEMROOT']}\System32"] if WINDOWS else [])]
        own = {"HOME": str(self.home), "USERPROFILE": str(self.home), "PATH": os.pathsep.join(path)}
        return subprocess.run(
            [SHELLS["pwsh"].path(), "-NoLogo", "-NoProfile", *arguments],
            env={**system, **kept, **self.caches, **local, **own, **env},
            cwd=self.home.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def done(self, *arguments: str, **env: str) -> str:
        """Run it; it must succeed without a word on stderr; return what it says."""
        ran = self.run(*arguments, **env)
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
        return ran.stdout

    def refused(self, *arguments: str, **env: str) -> str:
        """Run it; it must fail with one line alone; return the line."""
        ran = self.run(*arguments, **env)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.startswith("install.ps1: ")
        assert ran.stderr.count("\n") == 1
        return ran.stderr

    def offer(self, name: str, program: str | Path) -> None:
        """Put a program on the PATH under that name."""
        if WINDOWS:
            (self.path / f"{name}.cmd").write_text(f'@"{program}" %*\n')
        else:
            (self.path / name).symlink_to(program)

    def left(self) -> list[str]:
        """Return the files that are in the home, but for PowerShell's own."""
        files = (path for path in self.home.rglob("*") if not path.is_dir())
        names = sorted(path.relative_to(self.home).as_posix() for path in files)
        return [
            name for name in names if not name.startswith(POWERSHELLS_OWN) or "autovenv" in name
        ]

    @property
    def venv(self) -> Path:
        """The environment of the script's own."""
        base = self.home / ("AppData/Local" if WINDOWS else ".local/share")
        return base / "autovenv" / "venv"

    @property
    def profile(self) -> Path:
        """The profile that the hook goes into."""
        return self.home / ".config" / "powershell" / "Microsoft.PowerShell_profile.ps1"


@pytest.fixture
def machine(tmp_path: Path, caches: Mapping[str, str], require: Callable[[str], None]) -> Machine:
    """Return a machine without Python, and a checkout in a folder whose name has to be quoted."""
    require("pwsh")
    if WINDOWS and "GITHUB_ACTIONS" not in os.environ:
        pytest.skip("it would write into this user's own profiles")
    checkout, home, path = (tmp_path / name for name in ("it's a $(checkout)", "home", "bin"))
    for folder in (checkout, home, path):
        folder.mkdir()
    for name in (*SHIPPED, "install.ps1"):
        source = CHECKOUT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, checkout / name)
    return Machine(checkout, home, path, caches)


@pytest.fixture
def with_python(machine: Machine) -> Machine:
    """Return a machine that has a Python, behind one that is too old and a shim that fails."""
    for name, line in (("python3", "exit 127"), ("python3.13", "exit 0")):
        if WINDOWS:
            (machine.path / f"{name}.cmd").write_text(f"@{line.replace('exit', 'exit /b')}\n")
        else:
            (machine.path / name).write_text(f"#!/bin/sh\n{line}\n")
            (machine.path / name).chmod(0o755)
    machine.offer("python3.11", BASE_PYTHON)
    return machine


@pytest.fixture
def with_uv(with_python: Machine) -> Machine:
    """Return a machine with Python and uv."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name(f"uv{SUFFIX}"))
    if not Path(uv).exists():
        pytest.skip("uv is missing")
    with_python.offer("uv", uv)
    return with_python


def test_an_environment_of_its_own(with_python: Machine) -> None:
    """Without uv and pipx: a copy and the hook; again: an upgrade; and all gone again.

    The environment of an earlier run whose Python is gone is made again.
    """
    machine = with_python
    (machine.venv / BIN).mkdir(parents=True)
    told = machine.done()
    command = machine.venv / BIN / f"autovenv{SUFFIX}"
    assert f"Installed autovenv 0.1.0 with an environment of its own: {command}\n" in told
    assert "the hook is now in " in told
    if not WINDOWS:
        assert f"(& '{command}' hook powershell --keep" in machine.profile.read_text()
    undo = told.splitlines()[-1]
    assert undo.startswith("To undo all of it: ")

    _set_version(machine.checkout, "0.1.0", "9.9")
    told = machine.done()
    assert "Installed autovenv 9.9" in told
    assert "the hook is already in " in told

    # An upgrade that fails leaves the old one in place.
    (machine.checkout / "pyproject.toml").write_text("nonsense")
    assert "pip install failed: " in machine.refused()
    shown = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == "autovenv 9.9\n"

    # The line that it printed is one that can be pasted.
    program, *arguments = undo.partition(": ")[2].split(" ", 1)
    assert program in ("pwsh", "powershell")
    line = f"& {shlex.quote(SHELLS['pwsh'].path())} -NoProfile {arguments[0]}; exit $LASTEXITCODE"
    done = machine.started("-Command", line)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Removed autovenv.\n" in done.stdout
    assert machine.left() == []
    assert not machine.venv.parent.exists()
    assert machine.done("-Uninstall") == "autovenv is not installed; nothing to do.\n"


def test_uv(with_uv: Machine) -> None:
    """Where uv is there it is used: twice is an upgrade, and it is gone again afterwards."""
    machine = with_uv
    assert "Installed autovenv 0.1.0 with uv: " in machine.done()
    assert not machine.venv.exists()
    _set_version(machine.checkout, "0.1.0", "9.9")
    assert "Installed autovenv 9.9 with uv: " in machine.done()
    (machine.checkout / "pyproject.toml").write_text("nonsense")
    assert "uv tool install failed: " in machine.refused()
    assert "Removed autovenv.\n" in machine.done("-Uninstall")
    assert [name for name in machine.left() if "autovenv" in name] == []
    assert not machine.profile.exists()


@pytest.mark.skipif(WINDOWS, reason="where uv's command is found there, isn't up to a test")
def test_a_way_that_fails_gives_way_to_the_next(with_python: Machine) -> None:
    """As where uv lacks a certificate; what is kept is named, and goes with -Purge."""
    machine = with_python
    failing = machine.home.parent / "failing"
    said = "echo 'error: no certificate' >&2"
    failing.write_text(f"#!/bin/sh\n[ $2 != install ] || {{ {said}; exit 2; }}\n")
    failing.chmod(0o755)
    machine.offer("uv", failing)
    told = machine.done()
    assert "uv tool install failed (error: no certificate): trying the next way\n" in told
    assert "Installed autovenv 0.1.0 with an environment of its own: " in told
    state = machine.home / ".local/state/autovenv"
    config = machine.home / ".config/autovenv/config.toml"
    for file in (state / "approvals", config):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    told = machine.done("-Uninstall")
    assert f"What you allowed and the answers stay in {state}; to remove them: " in told
    assert "stay as well" not in told, "it is said once"
    assert f"Your settings stay: {config}\n" in told
    told = machine.done("-Purge")
    assert f"Removed what was kept in {state}, with what you allowed.\n" in told
    assert not state.exists()
    assert config.exists()


def test_no_python(machine: Machine) -> None:
    """One line says what is missing, and nothing is left behind."""
    assert "there is no Python 3.11 or later: " in machine.refused()
    assert machine.left() == []
    assert not machine.venv.parent.exists()


def test_no_index(with_python: Machine) -> None:
    """What can't be downloaded is one line, and what was made until then is taken away."""
    env = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    assert "hatchling" in with_python.refused(**env)
    assert with_python.left() == []
    assert not with_python.venv.parent.exists()


def test_what_is_beside_it_stays(with_python: Machine) -> None:
    """On Windows the store of answers is in the same folder."""
    approvals = with_python.venv.with_name("approvals")
    approvals.parent.mkdir(parents=True)
    approvals.touch()
    with_python.venv.mkdir()
    with_python.done("-Uninstall")
    assert not with_python.venv.exists()
    assert approvals.exists()


def test_no_checkout(machine: Machine) -> None:
    """The script alone isn't enough, and says so."""
    (machine.checkout / "pyproject.toml").unlink()
    assert "is no checkout of autovenv: clone it" in machine.refused()


def test_a_wrong_option(with_python: Machine) -> None:
    """A mistake is found before anything is installed."""
    assert "unknown option -Remove (-Uninstall, -Purge and -Help are known)" in with_python.refused(
        "-Remove"
    )
    assert with_python.left() == []


def test_help(machine: Machine) -> None:
    """It is the head of the script, and names every option."""
    told = machine.done("-Help")
    assert "-Uninstall" in told
    assert "#" not in told


def test_it_leaves_the_session_as_it_was(machine: Machine) -> None:
    """Called by its name where somebody works, it changes no variable of theirs."""
    script = str(machine.checkout / "install.ps1").replace("'", "''")
    shown = (
        "[Console]::OutputEncoding.WebName; $env:PIP_USER; $env:PYTHONUTF8; "
        "$env:PYTHON_MANAGER_AUTOMATIC_INSTALL; $ErrorActionPreference"
    )
    line = f"{shown}; & '{script}' -Uninstall; {shown}"
    done = machine.started("-ExecutionPolicy", "Bypass", "-Command", line, PIP_USER="1")
    before, told, after = done.stdout.partition("autovenv is not installed; nothing to do.\n")
    assert told
    assert before == after
    assert "1\n" in before
