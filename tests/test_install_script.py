"""install.sh, really run: an empty home, a PATH with little on it, a copy of the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import unix

CHECKOUT = Path(__file__).parents[1]
SHIPPED = ("install.sh", "pyproject.toml", "README.md", "LICENSE", "src", "shell")

# How this machine reaches a package index is the machine's own affair.
KEPT = ("_proxy", "_PROXY", "PIP_CERT", "PIP_INDEX_URL", "PIP_FIND_LINKS", "SSL_CERT_FILE", "UV_")

# What the script calls besides Python, uv and pipx.
TOOLS = (
    *("cut", "dirname", "getent", "grep", "id", "ln", "mkdir", "readlink", "rm", "rmdir", "sed"),
    *("sh", "tail", "uname", "xcode-select"),
)
SH = shutil.which("dash") or "/bin/sh"

pytestmark = unix.alone("install.sh is for POSIX systems")


@dataclass(frozen=True)
class Machine:
    """A fresh machine: `home` is empty, `path` holds the only programs there are."""

    checkout: Path
    home: Path
    path: Path
    caches: Mapping[str, str]

    def run(
        self, *arguments: str, shell: str = "/bin/zsh", **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the script with a POSIX sh; it must not read from its terminal."""
        kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
        kept |= {name: value for name, value in os.environ.items() if name.endswith(KEPT[:2])}
        own = {"HOME": str(self.home), "PATH": str(self.path), "SHELL": shell}
        return subprocess.run(
            [SH, str(self.checkout / "install.sh"), *arguments],
            env={**kept, **self.caches, **own, **env},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def done(self, *arguments: str, shell: str = "/bin/zsh", **env: str) -> str:
        """Run it; it must succeed without a word on stderr; return what it says."""
        ran = self.run(*arguments, shell=shell, **env)
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
        return ran.stdout

    def refused(self, *arguments: str, shell: str = "/bin/zsh", **env: str) -> str:
        """Run it; it must fail with one line alone; return the line."""
        ran = self.run(*arguments, shell=shell, **env)
        assert ran.returncode == 1
        assert ran.stdout == ""
        assert ran.stderr.startswith("install.sh: ")
        assert ran.stderr.count("\n") == 1
        return ran.stderr

    def offer(self, name: str, program: str | Path) -> None:
        """Put a program on the PATH under that name."""
        (self.path / name).symlink_to(program)

    def left(self) -> list[str]:
        """Return the files that are in the home."""
        files = (path for path in self.home.rglob("*") if not path.is_dir())
        return sorted(str(path.relative_to(self.home)) for path in files)

    @property
    def venv(self) -> Path:
        """The environment of the script's own."""
        return self.home / ".local" / "share" / "autovenv" / "venv"

    @property
    def command(self) -> Path:
        """Where a user finds the command."""
        return self.home / ".local" / "bin" / "autovenv"


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Keep what is downloaded out of the homes, which then show what the script left there."""
    pip, uv = (str(tmp_path_factory.mktemp(name)) for name in ("pip", "uv"))
    # uv asks the system for its certificates, as pip does.
    return {"PIP_CACHE_DIR": pip, "UV_CACHE_DIR": uv, "UV_SYSTEM_CERTS": "1"}


@pytest.fixture
def machine(tmp_path: Path, caches: Mapping[str, str]) -> Machine:
    """Return a machine without Python, and a checkout in a folder whose name has to be quoted."""
    checkout, home, path = (tmp_path / name for name in ("it's a $(checkout)", "home", "bin"))
    for folder in (checkout, home, path):
        folder.mkdir()
    for name in SHIPPED:
        source = CHECKOUT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, checkout / name)
    made = Machine(checkout, home, path, caches)
    for name in TOOLS:
        if program := shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin"):
            made.offer(name, program)
    return made


@pytest.fixture
def with_python(machine: Machine) -> Machine:
    """Return a machine that has a Python, behind a pyenv shim that doesn't work."""
    shim = machine.path / "python3"
    shim.write_text('#!/bin/sh\necho "pyenv: python3: command not found" >&2\nexit 127\n')
    shim.chmod(0o755)
    machine.offer(f"python3.{sys.version_info[1]}", getattr(sys, "_base_executable"))  # noqa: B009
    return machine


@pytest.fixture
def with_uv(with_python: Machine) -> Machine:
    """Return a machine with Python and uv."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if not Path(uv).exists():
        pytest.skip("uv is missing")
    with_python.offer("uv", uv)
    return with_python


def test_an_environment_of_its_own(with_python: Machine) -> None:
    """Without uv and pipx: a copy, a link and the hook; again: an upgrade; and all gone again.

    The environment of an earlier run whose Python is gone, as after an upgrade of the system, is
    made again.
    """
    machine = with_python
    (machine.venv / "bin").mkdir(parents=True)
    (machine.venv / "bin" / "python").symlink_to("/nowhere/python3")
    told = machine.done()
    assert f"Installed autovenv 0.1.0 with an environment of its own: {machine.command}" in told
    assert "~/.zshrc" in told
    undo = told.splitlines()[-1]
    assert undo.startswith("To undo all of it: sh ")
    assert f"'{machine.command}' hook zsh" in (machine.home / ".zshrc").read_text()
    assert os.readlink(machine.command) == str(machine.venv / "bin" / "autovenv")

    _set_version(machine.checkout, "0.1.0", "9.9")
    told = machine.done()
    assert "Installed autovenv 9.9" in told
    assert "already in ~/.zshrc" in told

    # An upgrade that fails leaves the old one in place, and no checkout is needed to run it.
    (machine.checkout / "pyproject.toml").write_text("nonsense")
    assert "pip install failed: " in machine.refused()
    shutil.move(machine.checkout, machine.checkout.with_name("gone"))
    assert _version(machine.command) == "autovenv 9.9\n"
    shutil.move(machine.checkout.with_name("gone"), machine.checkout)

    # The line that it printed is one that can be pasted.
    done = subprocess.run(
        [SH, "-c", undo.partition(": ")[2]],
        env={"HOME": str(machine.home), "PATH": str(machine.path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.left() == []
    assert "nothing to do" in machine.done("--uninstall")


def test_uv(with_uv: Machine) -> None:
    """Where uv is there it is used: twice is an upgrade, and it is gone again afterwards."""
    machine = with_uv
    told = machine.done(shell="/bin/bash")
    assert f"Installed autovenv 0.1.0 with uv: {machine.command}" in told
    assert f"'{machine.command}' hook bash" in (machine.home / ".bashrc").read_text()
    _set_version(machine.checkout, "0.1.0", "9.9")
    assert "Installed autovenv 9.9 with uv" in machine.done(shell="/bin/bash")
    (machine.checkout / "pyproject.toml").write_text("nonsense")
    failed = machine.run()  # a second one by another way would hide the first
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("install.sh: uv tool install failed: ")
    assert _version(machine.command) == "autovenv 9.9\n"
    machine.done("--uninstall")
    assert not [name for name in machine.left() if "autovenv" in name or name == ".bashrc"]


def test_pipx(with_python: Machine) -> None:
    """Where pipx is there and uv isn't, pipx is used, and it is gone again afterwards."""
    machine = with_python
    pipx = shutil.which("pipx")
    if not pipx:
        pytest.skip("pipx is missing")
    machine.offer("pipx", pipx)
    for version in ("0.1.0", "9.9"):
        _set_version(machine.checkout, "0.1.0", version)
        assert f"Installed autovenv {version} with pipx: {machine.command}" in machine.done()
    machine.done("--uninstall")
    assert ".zshrc" not in machine.left()
    assert not machine.command.is_symlink()
    assert not list(machine.home.rglob("autovenv"))


def test_a_python_without_ensurepip(machine: Machine) -> None:
    """Debian without python3-venv: the system's pip fills the environment, or one line says how."""
    python = _without_ensurepip(machine.path.parent / "usr")
    machine.offer("python3", python)
    site = python.parents[1] / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"
    shutil.move(site / "pip", site / "no-pip")
    assert "python3-venv" in machine.refused()
    assert machine.left() == []
    assert os.listdir(machine.home) == []
    shutil.move(site / "no-pip", site / "pip")
    assert "Installed autovenv 0.1.0" in machine.done()
    assert _version(machine.command) == "autovenv 0.1.0\n"
    assert not list(machine.venv.rglob("pip"))


def test_no_python(machine: Machine) -> None:
    """One line says what is missing, and nothing is left behind."""
    assert "no Python 3.11 or later" in machine.refused()
    assert os.listdir(machine.home) == []


def test_no_index(with_python: Machine) -> None:
    """What can't be downloaded is one line, and nothing is left behind."""
    env = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": "/dev/null"}
    told = with_python.refused(**env)
    assert "hatchling" in told
    assert "the network is needed once, for what autovenv is built with and needs" in told
    assert os.listdir(with_python.home) == []


@pytest.mark.parametrize("name", ["uv", "pipx"])
def test_a_way_that_fails_gives_way_to_the_next(with_python: Machine, name: str) -> None:
    """Uv brings its own certificates: behind a company's proxy it fails where pip doesn't."""
    stub = with_python.path / name
    stub.write_text(
        "#!/bin/sh\necho 'error: invalid peer certificate: UnknownIssuer' >&2\nexit 2\n"
    )
    stub.chmod(0o755)
    told = with_python.done()
    assert (
        "install failed (error: invalid peer certificate: UnknownIssuer): trying the next" in told
    )
    assert "with an environment of its own" in told


def test_what_stays_is_said_and_purged(with_python: Machine) -> None:
    """What was allowed outlives an installation, unless it is told to go."""
    state = with_python.home / ".local" / "state" / "autovenv"
    state.mkdir(parents=True)
    (state / "approvals").touch()
    (with_python.home / ".config" / "autovenv").mkdir(parents=True)
    told = with_python.done("--uninstall")
    assert f"stay in {state}; to remove them: sh " in told
    assert "--uninstall --purge" in told
    assert f"Your settings stay: {with_python.home}/.config/autovenv" in told
    assert state.exists()
    assert f"Removed {state}" in with_python.done("--purge")
    assert not state.exists()


def test_somebody_elses_command_stays(with_python: Machine) -> None:
    """A file that is in the way is neither replaced nor removed."""
    with_python.command.parent.mkdir(parents=True)
    with_python.command.write_text("mine")
    assert str(with_python.command) in with_python.refused()
    with_python.done("--uninstall")
    assert with_python.command.read_text() == "mine"


@pytest.mark.parametrize(
    "arguments",
    [("--shell", "tcsh"), ("--shell", "bash, fish"), ("--shell=",), ("--shell",), ("--wrong",)],
)
def test_a_wrong_option(with_python: Machine, arguments: tuple[str, ...]) -> None:
    """A mistake is found before anything is installed."""
    with_python.refused(*arguments)
    assert os.listdir(with_python.home) == []


def test_the_shell_can_be_named(with_uv: Machine) -> None:
    """--shell goes before SHELL, and an unknown login shell gets told what to type."""
    assert "--shell bash" in with_uv.done(shell="/bin/tcsh")
    assert ".zshrc" not in with_uv.left()
    with_uv.done("--shell", "zsh", "--shell=pwsh", shell="/bin/tcsh")
    assert ".zshrc" in with_uv.left()
    assert ".config/powershell/Microsoft.PowerShell_profile.ps1" in with_uv.left()


def _version(command: Path) -> str:
    done = subprocess.run(
        [str(command), "--version"], env={}, capture_output=True, text=True, check=True
    )
    return done.stdout


def _set_version(checkout: Path, old: str, new: str) -> None:
    file = checkout / "src" / "autovenv" / "__init__.py"
    file.write_text(file.read_text().replace(f'"{old}"', f'"{new}"'))


def _without_ensurepip(prefix: Path) -> Path:
    """Make a Python as Debian ships it: a copy of this one without ensurepip; return its path."""
    name = f"python3.{sys.version_info[1]}"
    base = Path(sys.base_prefix)
    wheels = list((base / "lib" / name / "ensurepip").glob("_bundled/pip-*.whl"))
    if not wheels or not (base / "bin" / name).exists():
        pytest.skip("this Python can't be copied")
    left_out = shutil.ignore_patterns("ensurepip", "test", "site-packages", "__pycache__", "*.a")
    shutil.copytree(base / "lib" / name, prefix / "lib" / name, ignore=left_out, symlinks=True)
    for library in (base / "lib").glob("libpython*"):
        shutil.copy(library, prefix / "lib")
    (prefix / "bin").mkdir()
    python = prefix / "bin" / name
    shutil.copy((base / "bin" / name).resolve(), python)
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(prefix / "lib" / name / "site-packages")
    return python
