"""However it is installed, the command prints the hooks: wheel, sdist -> wheel, editable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import pytest

from autovenv import shells
from trees import BIN, SUFFIX, Env, new_world

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def no_source_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is the installed copy, wherever the tests are run from."""
    monkeypatch.delenv("PYTHONPATH", raising=False)


def built(source: Path, kind: str, to: Path) -> Path:
    """Build a distribution of `source` with the backend that is installed here."""
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", to, source],
        check=True,
        capture_output=True,
    )
    (distribution,) = to.iterdir()
    return distribution


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's files as they are, without what git ignores."""
    copy = tmp_path_factory.mktemp("source") / "autovenv"
    ignored = shutil.ignore_patterns(".git", ".cache", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=ignored)
    return copy


def installed(requirement: str, place: Path, *options: str) -> Path:
    """Install into a new environment and return the command."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    python = place / BIN / f"python{SUFFIX}"
    # The test environment's packages stand in for the dependencies: what is tested is our own.
    (packages,) = place.rglob("site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", *options, requirement], check=True)
    return place / BIN / f"autovenv{SUFFIX}"


def assert_prints_hooks(command: Path, version: str) -> None:
    """The hook of each shell has everything filled in, and names this installation."""
    for shell in shells.SHELLS:
        hook = subprocess.run([command, "hook", shell], check=True, capture_output=True)
        text = hook.stdout.decode()
        assert version in text
        assert "ask" in text
        assert not any(f"__{token}__" in text for token in ("PYTHON", "MAIN", "ANSWERS", "BODY"))


def test_wheel_from_the_sdist(source: Path, tmp_path: Path) -> None:
    """The sdist holds all that the wheel is built from, and the wheel holds the shell files."""
    sdist = built(source, "sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    wheel = built(unpacked, "wheel", tmp_path / "wheel")
    assert wheel.name.startswith("autovenv_shell-")
    assert_prints_hooks(installed(str(wheel), tmp_path / "env"), wheel.name.split("-")[1])


def test_wheel(source: Path, tmp_path: Path) -> None:
    """A wheel straight from a checkout is the same."""
    wheel = built(source, "wheel", tmp_path / "wheel")
    assert_prints_hooks(installed(str(wheel), tmp_path / "env"), wheel.name.split("-")[1])


def test_editable(source: Path, tmp_path: Path) -> None:
    """An editable install reads the shell files from the checkout."""
    command = installed(str(source), tmp_path / "env", "--editable")
    (source / "shell" / "autovenv.bash").write_text("edited __VERSION__ ask\n")
    hook = subprocess.run([command, "hook", "bash"], check=True, capture_output=True)
    assert b"edited" in hook.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["status"],
        ["status", "--json"],
        ["allow"],
        ["deny"],
        ["install", "--dry-run", "--shell", "bash"],
        ["uninstall", "--dry-run", "--shell", "bash"],
        ["no-such-command"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_oldest_dependencies(words: list[str], tmp_path: Path) -> None:
    """With the oldest release of each dependency, each command says what it says elsewhere."""
    oldest = ROOT / ".cache" / "oldest" / BIN / f"python{SUFFIX}"
    if not oldest.exists():
        lacking = pytest.fail if os.environ.get("AUTOVENV_REQUIRE_SHELLS") else pytest.skip
        lacking(".cache/oldest, which ./check makes, is missing")

    def said(python: str, name: str) -> tuple[int, list[str]]:
        world = new_world(tmp_path / name, {"p/.venv": Env()})
        done = subprocess.run(
            [python, "-m", "autovenv", *words],
            cwd=world.home / "p",
            env=world.environment({"PWD": f"{world.home}/p", "SHELL": "/bin/bash"}),
            capture_output=True,
            text=True,
        )
        text = f"{done.stdout}{done.stderr}"
        # Each names itself in the lines that start it; click's hint is its own.
        for own in (os.path.dirname(python), str(world.root)):
            text = text.replace(own, "...")
        return done.returncode, [line for line in text.splitlines() if line[:4] != "Try "]

    now = said(sys.executable, "now")
    assert said(str(oldest), "then") == now
    assert now[0] in ((2,) if words == ["no-such-command"] else (0, 1))
