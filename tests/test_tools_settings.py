"""The tools' settings, against what the tools' own code makes of them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from making import HERE, MINOR, PIPENV, PIPFILE, PROJECT, PYPROJECT, User, central, make_user, venv
from trees import message

if sys.platform == "win32":
    pytest.skip("the tools' folders here are POSIX's", allow_module_level=True)

user = pytest.fixture(make_user)

# --- the settings, against what the tools' own code makes of them ---


POETRY = """
from poetry.factory import Factory
from poetry.utils.env import EnvManager
made = Factory().create_poetry()
print(made.config.virtualenvs_path.absolute() / EnvManager(made).base_env_name)
"""
PDM = """
from pdm.core import Core
from pdm.cli.commands.venv.utils import get_venv_parent, get_venv_prefix
made = Core().create_project(global_config=__import__("os").getenv("PDM_CONFIG_FILE"))
print(get_venv_parent(made).absolute() / get_venv_prefix(made))
"""


@dataclass(frozen=True)
class Case:
    """Files by their path from the home and variables; `{home}` in both is the home."""

    name: str
    files: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)


def apply(user: User, case: Case) -> None:
    """Give the user what a case says."""
    user.write(case.files)
    filled_in = {name: text.replace("{home}", str(user.home)) for name, text in case.extra.items()}
    user.extra.update(filled_in)


def ids(cases: list[Case]) -> list[str]:
    """Return the cases' names."""
    return [case.name for case in cases]


POETRY_CASES = [
    Case("by default", PYPROJECT),
    Case("XDG_CACHE_HOME", PYPROJECT, {"XDG_CACHE_HOME": "{home}/xdg"}),
    Case("a relative XDG_CACHE_HOME doesn't count", PYPROJECT, {"XDG_CACHE_HOME": "xdg"}),
    Case("POETRY_CACHE_DIR", PYPROJECT, {"POETRY_CACHE_DIR": "{home}/cache"}),
    Case("POETRY_VIRTUALENVS_PATH", PYPROJECT, {"POETRY_VIRTUALENVS_PATH": "~/envs"}),
    Case("a placeholder in it", PYPROJECT, {"POETRY_VIRTUALENVS_PATH": "{cache-dir}/mine"}),
    Case(
        "the user's settings",
        {**PYPROJECT, ".config/pypoetry/config.toml": '[virtualenvs]\npath = "{home}/a/../envs"\n'},
    ),
    Case(
        "POETRY_CONFIG_DIR and cache-dir",
        {**PYPROJECT, "settings/config.toml": 'cache-dir = "{home}/c"\n'},
        {"POETRY_CONFIG_DIR": "{home}/settings"},
    ),
    Case(
        "XDG_CONFIG_HOME and dotted keys",
        {**PYPROJECT, "xdg/pypoetry/config.toml": "virtualenvs.path = '{cache-dir}/deep/er'\n"},
        {"XDG_CONFIG_HOME": "{home}/xdg"},
    ),
    Case(
        "poetry.toml before the user's settings",
        {
            **PYPROJECT,
            ".config/pypoetry/config.toml": '[virtualenvs]\npath = "{home}/envs"\n',
            f"{HERE}/poetry.toml": '[virtualenvs]\npath = "envs/here"\n',
        },
    ),
    Case(
        "no other placeholder",
        {**PYPROJECT, f"{HERE}/poetry.toml": '[virtualenvs]\npath = "{project-dir}/envs"\n'},
    ),
    Case(
        "an old table, and no name",
        {f"{HERE}/pyproject.toml": "[tool.poetry]\npackage-mode = false\n"},
    ),
    Case(
        "a long name in an old table",
        {
            f"{HERE}/pyproject.toml": '[tool.poetry]\nname = "A-Name_which.is--longer_than'
            '_forty_two_characters"\nversion = "1"\ndescription = ""\nauthors = []\n'
        },
    ),
]


@pytest.mark.parametrize("case", POETRY_CASES, ids=ids(POETRY_CASES))
def test_poetrys_settings(user: User, case: Case) -> None:
    """Where Poetry would have the environment is where it is looked for."""
    apply(user, case)
    expected = os.path.normpath(user.ask("poetry", POETRY))
    assert user.found() == ""
    made = venv(Path(f"{expected}-py{MINOR}"))
    assert user.found() == made


@pytest.mark.parametrize(
    ("files", "extra", "is_central"),
    [
        ({}, {}, False),
        ({}, {"POETRY_VIRTUALENVS_IN_PROJECT": "false"}, True),
        ({}, {"POETRY_VIRTUALENVS_IN_PROJECT": "true"}, False),
        ({f"{HERE}/poetry.toml": "[virtualenvs]\nin-project = false\n"}, {}, True),
        ({f"{HERE}/poetry.toml": "virtualenvs = {create = false, in-project = false}"}, {}, False),
        ({}, {"POETRY_VIRTUALENVS_IN_PROJECT": "0", "POETRY_VIRTUALENVS_CREATE": "no"}, False),
    ],
)
def test_poetry_with_a_folder_in_the_project(
    user: User, files: dict[str, str], extra: dict[str, str], is_central: bool
) -> None:
    """A `.venv` there is Poetry's, unless a setting says no; so is none at all."""
    apply(user, Case("", {**PYPROJECT, **files}, extra))
    made = central(user, MINOR)
    own = venv(user.project / ".venv")
    said = user.run("poetry", "env", "info", "-p")
    assert said in ((made,) if is_central else (own, ""))
    assert user.found() == (made if is_central else "")


PIPENV_CASES = [
    Case("by default", PIPFILE),
    Case("WORKON_HOME", PIPFILE, {"WORKON_HOME": "{home}/envs"}),
    Case("a tilde in it", PIPFILE, {"WORKON_HOME": "~/envs"}),
    Case("XDG_DATA_HOME", PIPFILE, {"XDG_DATA_HOME": "{home}/xdg"}),
    Case("a name of its own", PIPFILE, {"PIPENV_CUSTOM_VENV_NAME": "mine"}),
    Case("a name that means no", PIPFILE, {"PIPENV_CUSTOM_VENV_NAME": "off"}),
    Case("a version", PIPFILE, {"PIPENV_PYTHON": "3.12"}),
    Case("an interpreter", PIPFILE, {"PIPENV_PYTHON": "/usr/bin/python3.12"}),
    Case("in the project", PIPFILE, {"PIPENV_VENV_IN_PROJECT": "1"}),
    Case("in the Pipfile", {f"{HERE}/Pipfile": "[pipenv]\nvenv_in_project = true\n"}),
    Case(
        "not in the project after all",
        {f"{HERE}/Pipfile": "[pipenv]\nvenv_in_project = true\n"},
        {"PIPENV_NO_VENV_IN_PROJECT": "yes"},
    ),
    Case("another Pipfile", {**PIPFILE, "other/Pip": ""}, {"PIPENV_PIPFILE": "../../other/Pip"}),
    Case("a depth of one", PIPFILE, {"PIPENV_MAX_DEPTH": "1"}),
    Case("no depth at all", PIPFILE, {"PIPENV_NO_INHERIT": "1"}),
]


@pytest.mark.parametrize("case", PIPENV_CASES, ids=ids(PIPENV_CASES))
def test_pipenvs_settings(user: User, case: Case) -> None:
    """Where pipenv would have the environment is where it is looked for."""
    apply(user, case)
    expected = user.ask("pipenv", PIPENV)
    assert user.found() == ""
    venv(Path(expected))
    assert user.found() == expected


def test_pipenvs_central_environment_comes_before_a_folder(user: User) -> None:
    """A `.venv` that is merely there, as from `python -m venv`, doesn't take its place."""
    user.write(PIPFILE)
    made = venv(Path(user.ask("pipenv", PIPENV)))
    (user.project / ".venv").mkdir()
    assert user.found() == made == user.ask("pipenv", PIPENV)


HATCH_CASES = [
    Case("by default", PYPROJECT),
    Case("no project", {f"{HERE}/pyproject.toml": "[tool.black]\n"}),
    Case("XDG_DATA_HOME", PYPROJECT, {"XDG_DATA_HOME": "{home}/xdg"}),
    Case("HATCH_DATA_DIR", PYPROJECT, {"HATCH_DATA_DIR": "~/data"}),
    Case("the data folder", {**PYPROJECT, ".config/hatch/config.toml": '[dirs]\ndata = "~/d"\n'}),
    Case(
        "HATCH_CONFIG",
        {**PYPROJECT, "settings.toml": '[dirs.env]\nvirtual = "$HOME/envs"\n'},
        {"HATCH_CONFIG": "../../settings.toml"},
    ),
    Case(
        "in the project",
        {**PYPROJECT, ".config/hatch/config.toml": '[dirs.env]\nvirtual = ".hatch"\n'},
    ),
    Case(
        "flat in the home",
        {**PYPROJECT, ".config/hatch/config.toml": '[dirs.env]\nvirtual = "~/.virtualenvs"\n'},
    ),
    Case(
        "a path",
        {f"{HERE}/pyproject.toml": PROJECT + '[tool.hatch.envs.default]\npath = "../env"\n'},
    ),
    Case(
        "a path in hatch.toml",
        {
            f"{HERE}/pyproject.toml": PROJECT + '[tool.hatch.envs.default]\npath = "no"\n',
            f"{HERE}/hatch.toml": '[envs.default]\npath = "{home}/env"\n',
        },
    ),
    Case(
        "hatch.toml takes the table's place",
        {
            f"{HERE}/pyproject.toml": PROJECT + '[tool.hatch.envs.default]\npath = "no"\n',
            f"{HERE}/hatch.toml": "[envs.test]\n",
        },
    ),
    Case("a path in a variable", PYPROJECT, {"HATCH_ENV_TYPE_VIRTUAL_PATH": "given"}),
]


@pytest.mark.parametrize("case", HATCH_CASES, ids=ids(HATCH_CASES))
def test_hatchs_settings(user: User, case: Case) -> None:
    """Where `hatch env find` would have the environment is where it is looked for."""
    apply(user, case)
    expected = user.run("hatch", "env", "find")
    assert user.found() == ""
    venv(Path(expected))
    assert user.found() == expected


PDM_PROJECT = {f"{HERE}/pyproject.toml": PROJECT + "[tool.pdm]\n"}
PDM_CASES = [
    Case("by default", PDM_PROJECT),
    Case("XDG_DATA_HOME", PDM_PROJECT, {"XDG_DATA_HOME": "{home}/xdg"}),
    Case(
        "the user's settings",
        {**PDM_PROJECT, ".config/pdm/config.toml": '[venv]\nlocation = "~/envs"\n'},
    ),
    Case(
        "PDM_CONFIG_FILE",
        {**PDM_PROJECT, "settings.toml": 'venv.location = "{home}/envs"\n'},
        {"PDM_CONFIG_FILE": "../../settings.toml"},
    ),
    Case("pdm.toml", {**PDM_PROJECT, f"{HERE}/pdm.toml": '[venv]\nlocation = "here"\n'}),
]


@pytest.mark.parametrize("case", PDM_CASES, ids=ids(PDM_CASES))
def test_pdms_settings(user: User, case: Case) -> None:
    """Where pdm would have central environments is where they are looked for."""
    apply(user, case)
    expected = user.ask("pdm", PDM)
    assert user.found() == ""
    made = venv(Path(f"{expected}{MINOR}"))
    assert user.found() == made
    venv(Path(f"{expected}other"))
    several, _ = user.look()
    assert several is not None
    assert f"({MINOR}, other)" in message(several)
