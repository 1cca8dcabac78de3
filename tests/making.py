"""A user of the tools that make environments, and what was found for one."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autovenv import ask, verdict
from autovenv.checks import VARIABLES
from autovenv.evidence import Evidence
from autovenv.find import environments, markers, tools
from autovenv.find.markers import PROJECTS
from autovenv.find.tools import poetry, project
from lives import BASE_PYTHON as BASE_PYTHON
from lives import PROJECT as PROJECT

MINOR = ".".join(map(str, sys.version_info[:2]))


@functools.cache
def tool(name: str) -> str:
    """Return a tool's program."""
    below = os.environ.get("AUTOVENV_MAKERS", "")
    beside = os.path.dirname(sys.executable)
    path = (
        (below and shutil.which(name, path=os.path.join(below, name, "bin")))
        or shutil.which(name, path=beside)
        or shutil.which(name)
    )
    if path:
        return path
    if os.environ.get("AUTOVENV_REQUIRE_SHELLS"):
        pytest.fail(f"{name} is missing")
    pytest.skip(f"{name} is missing")


@dataclass
class User:
    """Somebody with a home of their own, a project in it, and variables."""

    home: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def project(self) -> Path:
        """The project's folder."""
        return self.home / "work" / "the project"

    @property
    def environ(self) -> dict[str, str]:
        """What a shell of this user has: nothing of the machine's own, and no network."""
        quiet = {"NO_COLOR": "1", "COLUMNS": "1000", "TERM": "dumb", "PYTHONUTF8": "1"}
        offline = {"PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "PDM_CHECK_UPDATE": "0"}
        quick = {"VIRTUALENV_NO_SEED": "1"}  # no pip in what virtualenv makes
        path = f"{self.home}/bin:/usr/bin:/bin"
        return {"HOME": str(self.home), "PATH": path, **quiet, **offline, **quick, **self.extra}

    def write(self, files: Mapping[str, str]) -> None:
        """Write files, by their path from the home; `{home}` in a text is the home."""
        for name, text in files.items():
            path = self.home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("{home}", str(self.home)))

    def run(self, name: str, *arguments: str, cwd: Path | None = None) -> str:
        """Run a tool in the project and return what it prints, "" where it fails."""
        done = subprocess.run(
            [tool(name), *arguments],
            cwd=cwd or self.project,
            env=self.environ,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    def ask(self, name: str, script: str, *arguments: str) -> str:
        """Run a script with a tool's own Python, which has its modules."""
        python = os.path.join(os.path.dirname(os.path.realpath(tool(name))), "python")
        done = subprocess.run(
            [python, "-c", script, *arguments],
            cwd=self.project,
            env=self.environ,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def look(self, folder: Path | None = None) -> tuple[environments.Environment | None, Evidence]:
        """Return what is found for the project, and what it was made from."""
        evidence = Evidence(self.environ)
        folder = folder or self.project
        names = [name for name in PROJECTS if (folder / name).exists()]
        found = tools.find(str(folder), names, evidence)
        assert set(evidence.variables) <= set(VARIABLES)
        return found, evidence

    def found(self, folder: Path | None = None) -> str:
        """Return the path of what is found for the project, "" where nothing is."""
        environment, _ = self.look(folder)
        return environment.path if environment else ""


def make_user(tmp_path: Path) -> User:
    """A user with an empty project, and a `python` on PATH."""
    someone = User(tmp_path.resolve())
    someone.project.mkdir(parents=True)
    (someone.home / "bin").mkdir()
    (someone.home / "bin" / "python").symlink_to(BASE_PYTHON)
    return someone


def decided(user: User, folder: Path | None = None) -> verdict.Verdict:
    """Return the verdict on a folder, by default the project's."""
    walked = markers.walk(str(folder or user.project), str(user.home))
    return ask.decide(walked, Evidence(user.environ))


def venv(path: Path) -> str:
    """Make what any tool's environment has at least, in no time."""
    (path / "bin").mkdir(parents=True)
    (path / "bin" / "python").symlink_to(BASE_PYTHON)
    (path / "bin" / "activate").write_text(f"VIRTUAL_ENV='{path}'\n")
    home = os.path.dirname(BASE_PYTHON)
    (path / "pyvenv.cfg").write_text(f"home = {home}\nversion_info = {sys.version.split()[0]}\n")
    return str(path)


PIPENV = "from pipenv.project import Project; print(Project().venv_locator.location)"


HERE = "work/the project"


PYPROJECT = {f"{HERE}/pyproject.toml": PROJECT}


PIPFILE = {f"{HERE}/Pipfile": "[packages]\n"}


def central(user: User, minor: str, folder: Path | None = None) -> str:
    """Make the environment of Poetry's for a Python of that version."""
    seen = project.Project(str(folder or user.project), [], Evidence(user.environ))
    root = user.home / ".cache" / "pypoetry" / "virtualenvs"
    return venv(root / f"{poetry.make_name(seen)}-py{minor}")
