"""Of each tool that makes environments: how the real one makes, names and removes a project's.

Run as a program, it prints what tools/environments installs: the release of each that is tested.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field

BASE_PYTHON = os.path.realpath(sys.executable)
PROJECT = '[project]\nname = "My_App.x"\nversion = "0"\nrequires-python = ">=3.9"\n'


@dataclass(frozen=True)
class Life:
    """How a tool makes a project's environment, says where it is, and removes it.

    `files` are the project's. `make`, `say` and `remove` are what follows the tool's name; without
    `remove` the folder is deleted. `elsewhere` are the variables with which the environment isn't
    the project's `.venv`; `inside` those with which the tool's `install` makes it where users have
    it most, which is where it is broken and made again. `plugin` is installed with it.
    """

    tool: str
    release: str
    files: dict[str, str]
    make: list[list[str]]
    say: list[str]
    remove: list[str]
    elsewhere: dict[str, str] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)
    plugin: str = ""


LIVES = [
    Life(
        "poetry",
        "2.5.1",
        {"pyproject.toml": PROJECT + "[tool.poetry]\npackage-mode = false\n"},
        [["env", "use", BASE_PYTHON]],
        ["env", "info", "-p"],
        ["env", "remove", "--all"],
        inside={"POETRY_VIRTUALENVS_IN_PROJECT": "true"},
        plugin="poetry-plugin-shell==1.0.1",
    ),
    Life(
        "pipenv",
        "2026.10.3",
        {"Pipfile": "[packages]\n"},
        [["--python", BASE_PYTHON, "run", "true"]],
        ["--venv"],
        ["--rm"],
        inside={"PIPENV_VENV_IN_PROJECT": "1"},
    ),
    Life(
        "hatch",
        "1.18.2",
        {"pyproject.toml": PROJECT + '[tool.hatch.envs.default]\nskip-install = true\npath = ""\n'},
        [["env", "create"]],
        ["env", "find"],
        ["env", "remove"],
    ),
    Life(
        "pdm",
        "2.29.4",
        {"pyproject.toml": PROJECT + "[tool.pdm]\ndistribution = false\n"},
        [["venv", "create", "--name", "mine", BASE_PYTHON]],
        ["venv", "--path", "mine"],
        ["venv", "remove", "--yes", "mine"],
    ),
    Life(
        "uv",
        "0.13.9",
        {"pyproject.toml": PROJECT},
        [["sync", "--quiet", "--no-install-project", "--python", BASE_PYTHON]],
        ["run", "--no-sync", "python", "-c", "import sys; print(sys.prefix)"],
        [],
        elsewhere={"UV_PROJECT_ENVIRONMENT": "../environments/this"},
    ),
]

# The last that makes environments of Python 2.7; it keeps none for a project.
VIRTUALENV = "virtualenv==20.21.1"


if __name__ == "__main__":
    tools = [f"{life.tool}=={life.release} {life.plugin}".rstrip() for life in LIVES]
    print(*sorted([*tools, VIRTUALENV]), sep="\n")
