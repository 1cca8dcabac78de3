"""What a maker does while a shell stands in the project is right at the shell's next prompt."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from drivers import SHELLS
from drivers.shell import Session, Setup
from test_makers import tool

if sys.platform == "win32":
    pytest.skip("the makers' folders here are POSIX's", allow_module_level=True)

PROJECT = '[project]\nname = "app"\nversion = "0"\nrequires-python = ">=3.9"\n'


class Desk:
    """Somebody in front of a shell that stands in a project, with a maker in another terminal."""

    def __init__(self, shell: str, root: Path, files: dict[str, str]) -> None:
        self.world = trees.new_world(root, {f"app/{name}": text for name, text in files.items()})
        self.project = self.world.home / "app"
        setup = Setup(
            home=str(self.world.home),
            cwd=str(self.project),
            env=self.world.environment({}),
            probe=self.world.probe,
            hook=self.world.hook(shell),
        )
        self.session = Session(SHELLS[shell], setup)

    def run(self, *command: str) -> str:
        """Run a maker's command in the project, as from another terminal; return what it says."""
        offline = {"PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "VIRTUALENV_NO_SEED": "1"}
        done = subprocess.run(
            command,
            cwd=self.project,
            env=self.world.environment(offline),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def active(self) -> str | None:
        """Press Enter; return the environment that is active then, whose bin is first on PATH."""
        assert self.session.type("").output == ""
        state = self.session.probe()
        environment = state.environment.get("VIRTUAL_ENV")
        assert environment is None or state.path[0] == f"{environment}/bin"
        return environment


@pytest.fixture(params=SHELLS)
def desk(
    request: pytest.FixtureRequest, tmp_path: Path, require: Callable[[str], None]
) -> Callable[[dict[str, str]], Desk]:
    """Return what sets up a desk with these files in the project."""
    require(request.param)

    def set_up(files: dict[str, str]) -> Desk:
        made = Desk(request.param, tmp_path / "world", files)
        request.addfinalizer(made.session.close)
        return made

    return set_up


SetUp = Callable[[dict[str, str]], Desk]


def test_poetry_env_use_and_remove(desk: SetUp) -> None:
    """`poetry env use` activates at the next prompt, `poetry env remove` deactivates."""
    here = desk({"pyproject.toml": PROJECT})
    poetry = tool("poetry")
    assert here.active() is None
    here.run(poetry, "env", "use", sys.executable)
    assert here.active() == here.run(poetry, "env", "info", "-p")
    here.run(poetry, "env", "remove", "--all")
    assert here.active() is None


def test_pipenv_and_its_rm(desk: SetUp) -> None:
    """Pipenv's environment is active once it is made, and gone after `pipenv --rm`."""
    here = desk({"Pipfile": ""})
    pipenv = tool("pipenv")
    here.run(pipenv, "--python", sys.executable)
    assert here.active() == here.run(pipenv, "--venv")
    here.run(pipenv, "--rm")
    assert here.active() is None


def test_uv_venv_over_another(desk: SetUp) -> None:
    """`uv venv` over an environment with another prompt: the label is the new one."""
    here = desk({"pyproject.toml": PROJECT})
    uv = tool("uv")
    made = (uv, "venv", "--quiet", "--no-config", "--python", sys.executable, "--clear")
    here.run(*made)
    assert here.active() == f"{here.project}/.venv"
    assert here.session.type("").label == "app"
    here.run(*made, "--prompt", "another")
    assert here.active() == f"{here.project}/.venv"
    assert here.session.type("").label == "another"
    shutil.rmtree(here.project / ".venv")
    assert here.active() is None
