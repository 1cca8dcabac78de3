"""After an upgrade, by whichever tool installed it, the next shell has the new hook."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import trees
import unix
from autovenv import caller, hook
from drivers import SHELLS
from prompts import User
from trees import World

pytestmark = unix.alone("kept with stamps, and started by shebangs")

CHECKOUT = Path(__file__).parents[1]
SHIPPED = ("install.sh", "pyproject.toml", "README.md", "LICENSE", "src", "shell")
VERSIONS = ("1.0", "2.0")

# How this machine reaches a package index is the machine's own affair.
KEPT = ("PIP_CERT", "PIP_INDEX_URL", "PIP_FIND_LINKS", "SSL_CERT_FILE", "UV_", "HTTP", "NO_PROXY")


@dataclass(frozen=True)
class Machine:
    """A home, checkouts of two versions, and a folder for what installs them."""

    world: World
    checkouts: Mapping[str, Path]

    def run(self, *command: str | Path) -> None:
        """Run a command that must succeed, as the user."""
        kept = {name: value for name, value in os.environ.items() if name.upper().startswith(KEPT)}
        own = {"HOME": str(self.world.home), "PATH": f"{self.bin}:/usr/bin:/bin", "SHELL": "none"}
        own |= {"UV_CACHE_DIR": str(self.world.root / "cache"), "UV_SYSTEM_CERTS": "1"}
        own |= {"PIP_CACHE_DIR": str(self.world.root / "pip"), "PIP_USER": "0"}
        words = [str(word) for word in command]
        done = subprocess.run(words, env={**kept, **own}, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    @property
    def bin(self) -> Path:
        """Where uv and pipx put the command."""
        return self.world.home / ".local" / "bin"

    def settle(self, command: Path) -> None:
        """Wait until the second is over in which the command was changed, or the package."""
        folder = command.resolve().parents[1]
        files = [command.resolve(), *folder.rglob("autovenv/**/*")]
        youngest = max(file.stat().st_ctime_ns for file in files)
        while time.time_ns() < (youngest // 10**9 + 1) * 10**9 + 20_000_000:
            time.sleep(0.002)

    def versions(self, command: Path) -> dict[str, str]:
        """Start each shell that is here with the lines of `install`; return its hook's version."""
        found = {}
        for name in SHELLS:
            if SHELLS[name].program() is None:
                continue
            shell = caller.find_named(name)
            environ = self.world.environment({})
            files = (shell.find_kept(environ), shell.find_completion(environ))
            lines = hook.write_loader(shell, str(command), *files)
            with User(name, self.world, hook="", after=[lines]) as user:
                assert user.session.first.output == ""
                found[name] = user.type("echo $__autovenv_version").output.strip()
        return found

    def find_kept(self) -> dict[str, int]:
        """Return when each kept hook was written."""
        files = (self.world.home / ".local/state/autovenv/hook").glob("autovenv.*")
        return {file.name: file.stat().st_ctime_ns for file in files if "-" not in file.name}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with two checkouts that differ in their version alone."""
    checkouts = {}
    for version in VERSIONS:
        checkouts[version] = tmp_path / version
        checkouts[version].mkdir()
        for name in SHIPPED:
            source, copy = CHECKOUT / name, checkouts[version] / name
            if source.is_dir():
                shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, copy)
        init = checkouts[version] / "src/autovenv/__init__.py"
        init.write_text(f'"""A version."""\n\n__version__ = "{version}"\n')
    return Machine(trees.new_world(tmp_path / "world", {}), checkouts)


def _pip(machine: Machine, checkout: Path) -> Path:
    environment = machine.world.root / "environment"
    if not environment.exists():
        machine.run(sys.executable, "-m", "venv", "--without-pip", environment)
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin/python"), "install"]
    machine.run(*pip, "--quiet", "--upgrade", checkout)
    return environment / "bin" / "autovenv"


def _uv(machine: Machine, checkout: Path) -> Path:
    machine.run(_tool("uv"), "tool", "install", "--quiet", "--force", "--reinstall", checkout)
    return machine.bin / "autovenv"


def _pipx(machine: Machine, checkout: Path) -> Path:
    pipx = machine.world.root / "pipx"
    if not pipx.exists():
        machine.run(sys.executable, "-m", "venv", "--without-pip", pipx)
        python = str(pipx / "bin/python")
        machine.run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "pipx")
    machine.run(pipx / "bin" / "pipx", "install", "--force", "--python", sys.executable, checkout)
    return machine.bin / "autovenv"


def _install_sh(machine: Machine, checkout: Path) -> Path:
    machine.run("sh", checkout / "install.sh", "--shell", "bash")
    return machine.bin / "autovenv"


def _tool(name: str) -> Path:
    tools = os.environ.get("AUTOVENV_MAKERS", CHECKOUT / ".cache" / "makers")
    program = Path(tools, name, "bin", name)
    if not program.exists():
        pytest.skip(f"{name} isn't below AUTOVENV_MAKERS")
    return program


INSTALLERS: dict[str, Callable[[Machine, Path], Path]] = {
    "pip": _pip,
    "uv": _uv,
    "pipx": _pipx,
    "install.sh": _install_sh,
}


@pytest.mark.parametrize("installer", INSTALLERS)
def test_an_upgrade(machine: Machine, installer: str) -> None:
    """Without the user's help, and without a word; the shell after that runs nothing again."""
    for version in VERSIONS:
        command = INSTALLERS[installer](machine, machine.checkouts[version])
        machine.settle(command)
        versions = machine.versions(command)
        assert versions == dict.fromkeys(versions, version)
        kept = machine.find_kept()
        assert len(kept) == len(versions)
        assert machine.versions(command) == versions
        assert machine.find_kept() == kept
