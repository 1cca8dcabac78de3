"""The environment that a maker keeps elsewhere is the one that the maker itself says it is.

The real tools are asked: they are on PATH, or at <AUTOVENV_MAKERS>/<tool>/bin/<tool>, in the
versions of makers.txt. A missing one is a skip, or a failure where AUTOVENV_REQUIRE_SHELLS is set.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs.windows
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from platformdirs.api import PlatformDirsABC
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows, get_win_folder_from_env_vars

import unix
from autovenv.evidence import READ_LIMIT, VARIABLES, Evidence
from autovenv.find import environments, makers, places
from autovenv.find.makers import hatch, pdm, pipenv, poetry, project, toml, uv
from autovenv.hashes import md5, sha256
from trees import message

if sys.platform == "win32":
    pytest.skip("the makers' folders here are POSIX's", allow_module_level=True)

BASE_PYTHON = os.path.realpath(sys.executable)
MINOR = ".".join(map(str, sys.version_info[:2]))
PROJECT = '[project]\nname = "My_App.x"\nversion = "0"\nrequires-python = ">=3.9"\n'


@functools.cache
def tool(name: str) -> str:
    """Return a maker's program."""
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
        """Run a maker in the project and return what it prints, "" where it fails."""
        done = subprocess.run(
            [tool(name), *arguments],
            cwd=cwd or self.project,
            env=self.environ,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    def ask(self, name: str, script: str, *arguments: str) -> str:
        """Run a script with a maker's own Python, which has its modules."""
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
        names = [name for name in makers.MARKERS if (folder / name).exists()]
        found = makers.find(str(folder), names, evidence)
        assert set(evidence.variables) <= set(VARIABLES)
        return found, evidence

    def found(self, folder: Path | None = None) -> str:
        """Return the path of what is found for the project, "" where nothing is."""
        environment, _ = self.look(folder)
        return environment.path if environment else ""


@pytest.fixture
def user(tmp_path: Path) -> User:
    """A user with an empty project, and a `python` on PATH."""
    someone = User(tmp_path.resolve())
    someone.project.mkdir(parents=True)
    (someone.home / "bin").mkdir()
    (someone.home / "bin" / "python").symlink_to(BASE_PYTHON)
    return someone


def venv(path: Path) -> str:
    """Make what any maker's environment has at least, in no time."""
    (path / "bin").mkdir(parents=True)
    (path / "bin" / "python").symlink_to(BASE_PYTHON)
    (path / "bin" / "activate").write_text(f"VIRTUAL_ENV='{path}'\n")
    home = os.path.dirname(BASE_PYTHON)
    (path / "pyvenv.cfg").write_text(f"home = {home}\nversion_info = {sys.version.split()[0]}\n")
    return str(path)


# --- made, found and removed, by the real tools ---


@dataclass(frozen=True)
class Life:
    """How a maker makes a project's environment, says where it is, and removes it."""

    maker: str
    files: dict[str, str]
    make: list[list[str]]
    say: list[str]
    remove: list[str]
    extra: dict[str, str] = field(default_factory=dict)


HATCH = '[tool.hatch.envs.default]\nskip-install = true\npath = ""\n'
LIVES = [
    Life(
        "poetry",
        {"pyproject.toml": PROJECT},
        [["env", "use", BASE_PYTHON]],
        ["env", "info", "-p"],
        ["env", "remove", "--all"],
    ),
    Life(
        "pipenv",
        {"Pipfile": "[packages]\n"},
        [["--python", BASE_PYTHON, "run", "true"]],
        ["--venv"],
        ["--rm"],
    ),
    Life(
        "hatch",
        {"pyproject.toml": PROJECT + HATCH},
        [["env", "create"]],
        ["env", "find"],
        ["env", "remove"],
    ),
    Life(
        "pdm",
        {"pyproject.toml": PROJECT + "[tool.pdm]\ndistribution = false\n"},
        [["venv", "create", "--name", "mine", BASE_PYTHON]],
        ["venv", "--path", "mine"],
        ["venv", "remove", "--yes", "mine"],
    ),
    Life(
        "uv",
        {"pyproject.toml": PROJECT},
        [["sync", "--quiet", "--no-install-project", "--python", BASE_PYTHON]],
        ["run", "--no-sync", "python", "-c", "import sys; print(sys.prefix)"],
        [],
        {"UV_PROJECT_ENVIRONMENT": "../environments/this"},
    ),
]


@pytest.mark.parametrize("life", LIVES, ids=[life.maker for life in LIVES])
def test_an_environment_comes_and_goes(user: User, life: Life) -> None:
    """What was made is found where the maker says; each change makes the answer stale."""
    user.extra.update(life.extra)
    user.write({f"work/the project/{name}": text for name, text in life.files.items()})
    nothing, before = user.look()
    assert nothing is None
    assert before.holds()
    for arguments in life.make:
        user.run(life.maker, *arguments)
    assert not before.holds()
    environment, after = user.look()
    assert environment is not None
    assert environment.path == user.run(life.maker, *life.say)
    assert message(environment) == ""
    assert environment.version.startswith(f"{MINOR}.")
    assert after.holds()
    if life.remove:
        user.run(life.maker, *life.remove)
    else:
        shutil.rmtree(environment.path)
    assert not after.holds()
    assert user.found() == ""


def central(user: User, minor: str, folder: Path | None = None) -> str:
    """Make the environment of Poetry's for a Python of that version."""
    seen = project.Project(str(folder or user.project), [], Evidence(user.environ))
    root = user.home / ".cache" / "pypoetry" / "virtualenvs"
    return venv(root / f"{poetry.environment_name(seen)}-py{minor}")


def test_what_poetry_env_use_picks(user: User) -> None:
    """Several environments: envs.toml says which, and it is rewritten in place."""
    user.write({"work/the project/pyproject.toml": PROJECT})
    first, second = (central(user, minor) for minor in (MINOR, "3.99"))
    user.run("poetry", "env", "use", BASE_PYTHON)
    chosen, evidence = user.look()
    assert chosen is not None
    assert chosen.path == first == user.run("poetry", "env", "info", "-p")
    envs = Path(first).parent / "envs.toml"
    envs.write_text(envs.read_text().replace(f'minor = "{MINOR}"', 'minor = "3.99"'))
    assert not evidence.holds()
    assert user.found() == second == user.run("poetry", "env", "info", "-p")
    envs.unlink()  # then it is the python on PATH
    assert user.found() == first == user.run("poetry", "env", "info", "-p")
    (user.home / "bin" / "python").unlink()
    undecided, _ = user.look()
    assert undecided is not None
    assert f"Python 3.99, {MINOR}" in message(undecided) or f"{MINOR}, 3.99" in message(undecided)


def test_a_single_one_of_poetrys_needs_no_python(user: User) -> None:
    """`poetry run` would take it, whichever python is on PATH."""
    user.write({"work/the project/pyproject.toml": PROJECT})
    made = central(user, "3.99")
    environment, evidence = user.look()
    assert environment is not None
    assert environment.path == made
    assert "PATH" not in evidence.variables


def test_the_python_that_pyenvs_shim_runs(user: User) -> None:
    """Of several of Poetry's, the one for pyenv's choice: variable, nearest file, global file."""
    user.write({"work/the project/pyproject.toml": PROJECT, ".pyenv/shims/python": "#!/bin/sh\n"})
    (user.home / ".pyenv" / "shims" / "python").chmod(0o755)
    user.extra["PATH"] = f"{user.home}/.pyenv/shims:/usr/bin"
    made = {minor: central(user, minor) for minor in ("3.97", "3.98", "3.99")}
    user.write({".pyenv/version": "3.97.1\n"})
    assert user.found() == made["3.97"]
    user.write({"work/.python-version": "3.98\n"})
    assert user.found() == made["3.98"]
    user.extra["PYENV_VERSION"] = "3.99.4:3.97"
    assert user.found() == made["3.99"]


@pytest.mark.parametrize("chosen", ["the project/env", "elsewhere/chosen"])
def test_what_pdm_use_picks(user: User, chosen: str) -> None:
    """`.pdm-python` holds the interpreter; in an environment, that is the project's."""
    user.write({"work/the project/pyproject.toml": PROJECT})
    made = venv(user.home / "work" / chosen)
    user.run("pdm", "use", f"{made}/bin/python")
    assert (user.project / ".pdm-python").read_text() == f"{made}/bin/python"
    assert (
        user.found()
        == made
        == os.path.dirname(os.path.dirname(user.run("pdm", "info", "--python")))
    )
    found = makers.find(str(user.project), [".pdm-python"], Evidence(user.environ))
    assert found is not None
    assert found.source == f"{user.project}/.pdm-python"
    (Path(made) / "bin" / "python").unlink()
    gone, _ = user.look()
    assert gone is not None
    assert "interpreter is gone" in message(gone)


def test_pdms_variable_comes_before_its_file(user: User) -> None:
    """PDM_PYTHON is a choice for one shell."""
    made, other = venv(user.home / "made"), venv(user.home / "other")
    user.write(
        {
            "work/the project/pyproject.toml": PROJECT,
            "work/the project/.pdm-python": f"{other}/bin/python\n",
        }
    )
    assert user.found() == other
    user.extra["PDM_PYTHON"] = f"{made}/bin/python"
    assert user.run("pdm", "info", "--python") == f"{made}/bin/python"
    assert user.found() == made


def test_pdm_without_an_environment(user: User) -> None:
    """A system interpreter in `.pdm-python`, as with __pypackages__, is no environment."""
    user.write({"work/the project/.pdm-python": BASE_PYTHON})
    assert user.found() == ""


# --- the settings, against what the tools' own code makes of them ---


POETRY = """
from poetry.factory import Factory
from poetry.utils.env import EnvManager
made = Factory().create_poetry()
print(made.config.virtualenvs_path.absolute() / EnvManager(made).base_env_name)
"""
PIPENV = "from pipenv.project import Project; print(Project().venv_locator.location)"
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


HERE = "work/the project"
PYPROJECT = {f"{HERE}/pyproject.toml": PROJECT}
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


PIPFILE = {f"{HERE}/Pipfile": "[packages]\n"}
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


# --- uv's workspaces ---


WORKSPACE = """
[project]
name = "root"
version = "0"
requires-python = ">=3.9"
[tool.uv.workspace]
members = ["members/*", "deep/**/x", "br[ab]c", "[!x-z]ot", "q?z", "./dot", "sp/", "outside/sub"]
exclude = ["members/out*"]
"""
FOLDERS = {
    "members/a": True,
    "members/.hidden": True,
    "members/outside": False,
    "members/a/b": False,
    "deep/x": True,
    "deep/1/2/x": True,
    "brac": True,
    "brcc": False,
    "cot": True,
    "yot": False,
    "qaz": True,
    "qaaz": False,
    "dot": True,
    "sp": True,
    "outside": False,
    "outside/sub": False,
}


def test_a_workspaces_members_share_its_environment(user: User) -> None:
    """A member's environment is the root's, as uv has it for every glob, here and there."""
    user.write({f"{HERE}/pyproject.toml": WORKSPACE})
    for number, folder in enumerate(FOLDERS):
        text = PROJECT.replace("My_App.x", f"p{number}")
        user.write({f"{HERE}/{folder}/pyproject.toml": text})
    user.extra["UV_PROJECT_ENVIRONMENT"] = "made"
    script = "import sys; print(sys.prefix)"
    for folder, is_member in FOLDERS.items():
        here = user.project / folder
        said = user.run(
            "uv", "run", "--no-sync", "-p", BASE_PYTHON, "python", "-c", script, cwd=here
        )
        assert said == str((user.project if is_member else here) / "made"), folder
        assert user.found(here) == said, folder
    del user.extra["UV_PROJECT_ENVIRONMENT"]
    own = venv(user.project / ".venv")
    assert user.found(user.project / "members" / "a") == own
    assert user.found(user.project / "members" / "outside") == ""
    assert user.found() == ""


def test_a_project_that_uv_does_not_manage(user: User) -> None:
    """`managed = false` takes it out of uv's hands."""
    user.write({f"{HERE}/pyproject.toml": PROJECT + "[tool.uv]\nmanaged = false\n"})
    user.extra["UV_PROJECT_ENVIRONMENT"] = venv(user.home / "made")
    assert user.found() == ""
    user.write({f"{HERE}/pyproject.toml": PROJECT})
    assert user.found() == f"{user.home}/made"


@pytest.mark.parametrize("pattern", ["*a" * 200, "**/" * 2000 + "x", "[", "[a", "[]]", "[!]", ""])
def test_no_glob_takes_long(pattern: str) -> None:
    """A stranger's pattern of stars has an answer at once."""
    assert isinstance(uv._is_listed(["a" * 250] * 100, [pattern], [uv.STEPS]), bool)


# The 64 KiB that a file may have, spent on what takes longest: stars over names, over letters, and
# many patterns.
COSTLY = [["**/" + "*a/" * 199 + "b"], ["*" + "a" * 250 + "b"] * 250, ["x" * 60_000]]


@pytest.mark.parametrize("patterns", COSTLY, ids=["names", "letters", "long"])
@pytest.mark.parametrize("table", ["members", "exclude"])
def test_a_workspace_without_an_end_has_no_members(
    user: User, patterns: list[str], table: str
) -> None:
    """The work has a bound of its own, whatever the patterns are, and none of it is for nothing."""
    folder = str(user.project) + "/a" * 400
    others = "" if table == "members" else 'members = ["**"]\n'
    listed = ", ".join(f'"{pattern}"' for pattern in patterns[: 60_000 // len(patterns[0])])
    workspace = f"[tool.uv.workspace]\n{others}{table} = [{listed}]\n"
    user.write({f"{HERE}/pyproject.toml": PROJECT + workspace})
    assert len(PROJECT + workspace) < READ_LIMIT
    member = project.Project(folder, [], Evidence(user.environ))
    assert not uv._has_member(str(user.project), folder, member)


# --- which maker, where several could have one ---


def test_the_project_says_whose_it_is(user: User) -> None:
    """Environments of two makers: the one whose table pyproject.toml has comes first."""
    user.write({f"{HERE}/pyproject.toml": PROJECT})
    one = project.Project(str(user.project), [], Evidence(user.environ))
    hatchs = hatch.locate(one)
    assert hatchs is not None
    by_hatch = venv(Path(hatchs.path))
    assert user.found() == by_hatch
    by_poetry = central(user, MINOR)
    assert user.found() == by_poetry
    backend = '[build-system]\nbuild-backend = "hatchling.build"\n'
    user.write({f"{HERE}/pyproject.toml": PROJECT + backend})
    assert user.found() == by_hatch
    user.write({f"{HERE}/pyproject.toml": PROJECT + backend + "[tool.poetry]\n"})
    assert user.found() == by_poetry
    user.write(PIPFILE)
    by_pipenv = venv(Path(user.ask("pipenv", PIPENV)))
    assert user.found() == by_pipenv
    user.write({f"{HERE}/.pdm-python": f"{by_hatch}/bin/python"})
    assert user.found() == by_hatch


def test_a_project_that_is_reached_by_a_link(user: User) -> None:
    """A maker that is started there sees the real path, and hashes that."""
    user.write({**PYPROJECT, **PIPFILE})
    made = venv(Path(user.ask("pipenv", PIPENV)))
    (user.home / "link").symlink_to(user.project)
    assert user.found(user.home / "link") == made


@pytest.mark.parametrize(
    ("file", "text", "path"),
    [
        ("poetry.toml", 'virtualenvs.path = "{home}/envs"\n', "{home}/envs/{poetry}"),
        ("poetry.toml", 'cache-dir = "{home}/c"\n', "{home}/c/virtualenvs/{poetry}"),
        ("hatch.toml", 'envs.default.path = "{home}/env"\n', "{home}/env"),
        ("pyproject.toml", PROJECT + '[tool.hatch.envs]\ndefault.path = "e"\n', "e"),
        ("pdm.toml", 'venv.location = "{home}/envs"\n', "{home}/envs/{pdm}"),
    ],
)
def test_a_path_that_the_project_itself_names(user: User, file: str, text: str, path: str) -> None:
    """Whoever wrote that file chose the environment: it is said which file that is."""
    project_text = PROJECT + "[tool.pdm]\n" if file == "pdm.toml" else PROJECT
    user.write({f"{HERE}/pyproject.toml": project_text, f"{HERE}/{file}": text})
    seen = project.Project(str(user.project), [], Evidence(user.environ))
    names = {
        "{home}": str(user.home),
        "{poetry}": f"{poetry.environment_name(seen)}-py{MINOR}",
        "{pdm}": f"{pdm.environment_prefix(seen)}{MINOR}",
    }
    for name, value in names.items():
        path = path.replace(name, value)
    made = venv(user.project / path)
    found = makers.find(str(user.project), ["pyproject.toml"], Evidence(user.environ))
    assert found is not None
    assert (found.path, found.source) == (made, f"{user.project}/{file}")


# --- what it costs ---


@pytest.mark.parametrize(
    ("marker", "modules"),
    [
        ("Pipfile", {"pipenv"}),
        (".pdm-python", {"pdm"}),
        ("pyproject.toml", {"poetry", "uv", "hatch"}),
    ],
)
def test_a_question_loads_only_what_its_marker_needs(
    user: User, marker: str, modules: set[str]
) -> None:
    """No module of a maker that has nothing to do with it, and nothing dear at all."""
    (user.project / marker).touch()
    source = str(Path(makers.__file__).parent.parent.parent.parent)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from autovenv.evidence import Evidence\n"
        "from autovenv.find import makers\n"
        "makers.find(sys.argv[2], [sys.argv[3]], Evidence({'HOME': '/h'}))\n"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-I", "-S", "-c", script, source, str(user.project), marker]
    loaded = set(subprocess.check_output(command, text=True).split())
    own = {name.rpartition(".")[2] for name in loaded if name.startswith("autovenv.find.makers.")}
    assert own == {"toml", "project", *modules}
    assert not loaded & {"hashlib", "base64", "re", "tomllib", "pathlib", "typing", "fnmatch"}


# --- the rules for names, against the tools' own functions ---


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=60)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "/" + "/".join(names))


def examples(strategy: st.SearchStrategy[str], count: int = 150) -> list[str]:
    """Return texts to be handed to a tool all at once: starting one takes half a second."""
    found: list[str] = []

    @settings(max_examples=count, database=None, derandomize=True)
    @given(strategy)
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found


def answers(user: User, name: str, function: str, texts: list[str]) -> list[str]:
    """Return what a tool's function makes of each text."""
    script = (
        f"import json, sys\n{function}\n"
        "print(json.dumps([rule(text) for text in json.load(open(sys.argv[1]))]))"
    )
    file = user.home / "texts.json"
    file.write_text(json.dumps(texts))
    found: list[str] = json.loads(user.ask(name, script, str(file)))
    return found


def test_poetrys_names(user: User) -> None:
    """generate_env_name, of a canonical name."""
    rule = (
        "from poetry.utils.env import EnvManager\n"
        "from packaging.utils import canonicalize_name\n"
        "rule = lambda text: EnvManager.generate_env_name(canonicalize_name(text), '/')"
    )
    texts = examples(NAMES)
    hashed = project.short(sha256(b"/"))
    assert answers(user, "poetry", rule, texts) == [
        f"{project.sanitized(project.canonical(text), poetry.UNWANTED)}-{hashed}" for text in texts
    ]


def test_pipenvs_names(user: User) -> None:
    """The name and the hash of a Pipfile's path."""
    rule = (
        "from types import SimpleNamespace as S\n"
        "from pipenv.utils.venv_locator import VenvLocator\n"
        "def rule(text):\n"
        "    s = S(PIPENV_CUSTOM_VENV_NAME=None, PIPENV_PYTHON=None)\n"
        "    p = S(s=s, pipfile=S(location=text + '/Pipfile', name=text.rpartition('/')[2]))\n"
        "    return VenvLocator(p).name\n"
    )
    texts = examples(PATHS)
    assert answers(user, "pipenv", rule, texts) == [
        pipenv.environment_name(f"{text}/Pipfile", pipenv.Settings(Evidence({}))) for text in texts
    ]


def test_hatchs_names(user: User) -> None:
    """The hash of a project's path."""
    rule = "from hatch.utils.fs import Path\nrule = lambda text: Path(text).id"
    texts = [text for text in examples(PATHS) if str(Path(text)) == text]
    assert answers(user, "hatch", rule, texts) == [hatch.identity(text) for text in texts]


def test_pdms_names(user: User) -> None:
    """The hash of a project's path."""
    rule = "from pdm.cli.commands.venv.utils import hash_path as rule"
    texts = examples(PATHS)
    hashes = [project.short(md5(text.encode())) for text in texts]
    assert answers(user, "pdm", rule, texts) == hashes


# --- the user's folders, against platformdirs ---


@pytest.mark.parametrize(
    ("system", "dirs"), [("linux", Unix), ("darwin", MacOS), ("win32", Windows)]
)
@pytest.mark.parametrize("xdg", ["", "relative", "/xdg"])
def test_the_users_folders(
    monkeypatch: pytest.MonkeyPatch, system: str, dirs: type[PlatformDirsABC], xdg: str
) -> None:
    """Settings, data and cache are where platformdirs has them, on each system."""
    monkeypatch.setattr(places, "PLATFORM", system)
    monkeypatch.setattr(platformdirs.windows, "_RESOLVE_WIN_FOLDER", get_win_folder_from_env_vars)
    environ = {"HOME": "/h", "USERPROFILE": "/u", "APPDATA": "/u/R", "LOCALAPPDATA": "/u/L"}
    if xdg:
        environ |= {f"XDG_{kind}_HOME": xdg for kind in ("CONFIG", "DATA", "CACHE")}
    for name in [*os.environ]:
        if name.startswith(("XDG_", "WIN_PD_")):
            monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    evidence = Evidence(environ)
    twice, once = dirs("app"), dirs("app", appauthor=False)
    roaming = dirs("app", appauthor=False, roaming=True)
    assert places.config("app", evidence, author=True) == twice.user_config_dir
    assert places.config("app", evidence) == once.user_config_dir
    assert places.config("app", evidence, roaming=True) == roaming.user_config_dir
    assert places.data("app", evidence, author=True) == twice.user_data_dir
    assert places.data("app", evidence) == once.user_data_dir
    assert places.cache("app", evidence) == once.user_cache_dir


def test_pipenvs_folder_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without WORKON_HOME it is `.virtualenvs` in the home there."""
    monkeypatch.setattr(places, "PLATFORM", "win32")
    evidence = Evidence({"USERPROFILE": "/u"})
    one = project.Project("/p", [], evidence)
    assert pipenv.workon_home(one, pipenv.Settings(evidence)) == "/u/.virtualenvs"


def test_hatchs_hash_where_case_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows and macOS the path is folded before it is hashed."""
    assert hatch.identity("/A") != hatch.identity("/a")
    for system in ("win32", "darwin"):
        monkeypatch.setattr(places, "PLATFORM", system)
        assert hatch.identity("/A") == hatch.identity("/a")


# --- bad input ---


FILES = ["pyproject.toml", "Pipfile", ".pdm-python", "poetry.toml", "pdm.toml", "hatch.toml"]
SETTINGS = st.builds(
    lambda key, value: f"{key} = {value}\n",
    st.sampled_from(
        [
            "project.name",
            "tool.poetry.name",
            "tool.hatch.envs.default.path",
            "tool.pdm",
            "tool.uv.workspace.members",
            "virtualenvs.path",
            "virtualenvs",
            "venv.location",
            "envs.default.path",
            "pipenv.venv_in_project",
        ]
    ),
    st.text().map(json.dumps) | st.sampled_from(["1", "[]", "{}", '["*"]', '"\\u0000"', '"/"']),
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(FILES),
            st.lists(SETTINGS, max_size=3).map(lambda lines: "".join(lines).encode())
            | st.binary(max_size=100),
        ),
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_bytes_in_any_file(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, bytes]]
) -> None:
    """A stranger's files may hold anything: there is an answer, no exception, no NUL in a path."""
    folder = tmp_path_factory.mktemp("any")
    for name, content in files:
        (folder / name).write_bytes(content)
    evidence = Evidence({"HOME": str(folder), "UV_PROJECT_ENVIRONMENT": "x"})
    makers.find(str(folder), list(makers.MARKERS), evidence)
    assert "\0" not in "".join([*evidence.paths, *evidence.absent])


def test_what_is_no_file(user: User) -> None:
    """A FIFO or a folder in a marker's place holds nothing up, a huge file costs nothing."""
    unix.make_fifo(user.project / "pyproject.toml")
    (user.project / "Pipfile").mkdir()
    with (user.project / ".pdm-python").open("wb") as huge:
        huge.truncate(1 << 30)
    assert user.found() == ""


def test_a_folder_whose_name_is_not_utf8(user: User) -> None:
    """Poetry leaves such bytes out, the others fail themselves: there is an answer."""
    folder = Path(os.fsdecode(os.fsencode(user.home) + b"/caf\xe9"))
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT + "[tool.pdm]\n")
    (folder / "Pipfile").touch()
    assert user.found(folder) == ""
    made = central(user, MINOR, folder)
    assert user.found(folder) == made


def test_the_root_is_a_folder_too() -> None:
    """In a container, the project may be `/`: its folder is the empty text."""
    assert makers.find("", ["Pipfile"], Evidence({"HOME": "/nowhere"})) is None
    assert toml.look_up(project.Project("", [], Evidence({})).pyproject, "no") is None
    assert pdm.environment_prefix(project.Project("", [], Evidence({}))).startswith("-")
