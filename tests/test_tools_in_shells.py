"""What a tool does while a shell stands in the project is right at the shell's next prompt."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import trees
from making import tool
from prompts import NAMES, User

if sys.platform == "win32":
    pytest.skip("the tools' folders here are POSIX's", allow_module_level=True)

PROJECT = '[project]\nname = "app"\nversion = "0"\nrequires-python = ">=3.9"\n'


class Desk(User):
    """Somebody in front of a shell that stands in a project, with a tool in another terminal."""

    def __init__(self, name: str, root: Path, files: dict[str, str]) -> None:
        world = trees.new_world(root, {f"app/{file}": text for file, text in files.items()})
        self.project = world.home / "app"
        super().__init__(name, world, cwd=self.project)

    def run(self, *command: str) -> str:
        """Run a tool's command in the project, as from another terminal; return what it says."""
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

    def now_active(self) -> str:
        """Press Enter; return the path of the environment that is active then, "" for none."""
        assert self.type("").output == ""
        active = self.active()
        return active and str(self.world.home / active)


SetUp = Callable[[dict[str, str]], Desk]


@pytest.fixture(params=NAMES)
def desk(
    request: pytest.FixtureRequest, tmp_path: Path, require: Callable[[str], None]
) -> Iterator[SetUp]:
    """Return what sets up a desk with these files in the project."""
    require(request.param)
    with ExitStack() as desks:
        yield lambda files: desks.enter_context(Desk(request.param, tmp_path / "world", files))


def test_poetry_env_use_and_remove(desk: SetUp) -> None:
    """`poetry env use` activates at the next prompt, `poetry env remove` deactivates."""
    here = desk({"pyproject.toml": PROJECT})
    poetry = tool("poetry")
    assert here.now_active() == ""
    here.run(poetry, "env", "use", sys.executable)
    assert here.now_active() == here.run(poetry, "env", "info", "-p")
    here.run(poetry, "env", "remove", "--all")
    assert here.now_active() == ""


def test_pipenv_and_its_rm(desk: SetUp) -> None:
    """Pipenv's environment is active once it is made, and gone after `pipenv --rm`."""
    here = desk({"Pipfile": ""})
    pipenv = tool("pipenv")
    here.run(pipenv, "--python", sys.executable)
    assert here.now_active() == here.run(pipenv, "--venv")
    here.run(pipenv, "--rm")
    assert here.now_active() == ""


def test_uv_venv_over_another(desk: SetUp) -> None:
    """`uv venv` over an environment with another prompt: the label is the new one."""
    here = desk({"pyproject.toml": PROJECT})
    uv = tool("uv")
    made = (uv, "venv", "--quiet", "--no-config", "--python", sys.executable, "--clear")
    here.run(*made)
    assert here.now_active() == f"{here.project}/.venv"
    assert here.type("").label == "app"
    here.run(*made, "--prompt", "another")
    assert here.now_active() == f"{here.project}/.venv"
    assert here.type("").label == "another"
    shutil.rmtree(here.project / ".venv")
    assert here.now_active() == ""
