"""The environments that tools keep elsewhere: made, found, removed; whose one is; what it costs."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autovenv.evidence import READ_LIMIT, Evidence
from autovenv.find import tools
from autovenv.find.tools import hatch, pdm, poetry, project, uv
from autovenv.toolbox import TOOLS
from lives import LIVES, Life
from making import (
    BASE_PYTHON,
    HERE,
    MINOR,
    PIPENV,
    PIPFILE,
    PROJECT,
    PYPROJECT,
    User,
    central,
    make_user,
    venv,
)
from trees import message

if sys.platform == "win32":
    pytest.skip("the tools' folders here are POSIX's", allow_module_level=True)

user = pytest.fixture(make_user)

HERE_IS = Path(__file__).parent
PAGE = HERE_IS.parent / "docs" / "tools.md"

# --- made, found and removed, by the real tools ---


@pytest.mark.parametrize("life", LIVES, ids=[life.tool for life in LIVES])
def test_an_environment_comes_and_goes(user: User, life: Life) -> None:
    """What was made is found where the tool says; each change makes the answer stale."""
    user.extra.update(life.elsewhere)
    user.write({f"work/the project/{name}": text for name, text in life.files.items()})
    nothing, before = user.look()
    assert nothing is None
    assert before.is_valid()
    for arguments in life.make:
        user.run(life.tool, *arguments)
    assert not before.is_valid()
    environment, after = user.look()
    assert environment is not None
    assert environment.path == user.run(life.tool, *life.say)
    assert message(environment) == ""
    assert environment.version.startswith(f"{MINOR}.")
    assert after.is_valid()
    if life.remove:
        user.run(life.tool, *life.remove)
    else:
        shutil.rmtree(environment.path)
    assert not after.is_valid()
    assert user.found() == ""


@pytest.mark.parametrize("name", TOOLS)
def test_no_part_of_a_tool_is_forgotten(name: str) -> None:
    """Each has its module, a life, a test that sets each of its variables, and its rows for users.

    The rows are those of docs/tools.md that begin with its name.
    """
    tool, [life] = TOOLS[name], [life for life in LIVES if life.tool == name]
    module = importlib.import_module(f"autovenv.find.tools.{name}")
    assert hasattr(module, "locate")
    assert hasattr(module, "find_preferred") == (tool.chosen_by is not None)
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = "".join(line for line in lines if line.lower().startswith(f"| {name}"))
    told = [*tool.variables, life.release, " ".join(tool.install), " ".join(tool.clear)]
    lacking = [words for words in told if words not in rows]
    assert lacking == [], f"the rows of docs/tools.md that begin with {name} lack these"
    lacking = [marker for marker in tool.markers if f"`{marker}`" not in "".join(lines)]
    assert lacking == [], "docs/tools.md lacks these markers"
    tests = [*HERE_IS.glob("test_tools*.py"), HERE_IS / "lives.py"]
    code = "".join(file.read_text(encoding="utf-8") for file in tests)
    lacking = [variable for variable in tool.variables if f'"{variable}"' not in code]
    assert lacking == [], "neither a life's `elsewhere` nor tests/test_tools_settings.py sets these"


def test_no_life_is_of_an_unknown_tool() -> None:
    """Each is of a row, and there is one of each."""
    assert sorted(life.tool for life in LIVES) == sorted(TOOLS)


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
    assert not evidence.is_valid()
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
    found = tools.find(str(user.project), [".pdm-python"], Evidence(user.environ))
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


# --- which tool, where several could have one ---


def test_the_project_says_whose_it_is(user: User) -> None:
    """Environments of two tools: the one whose table pyproject.toml has comes first."""
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
    """A tool that is started there sees the real path, and hashes that."""
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
        "{poetry}": f"{poetry.make_name(seen)}-py{MINOR}",
        "{pdm}": f"{pdm.make_prefix(seen)}{MINOR}",
    }
    for name, value in names.items():
        path = path.replace(name, value)
    made = venv(user.project / path)
    found = tools.find(str(user.project), ["pyproject.toml"], Evidence(user.environ))
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
    """No module of a tool that has nothing to do with it, and nothing dear at all."""
    (user.project / marker).touch()
    source = str(Path(tools.__file__).parent.parent.parent.parent)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from autovenv.evidence import Evidence\n"
        "from autovenv.find import tools\n"
        "tools.find(sys.argv[2], [sys.argv[3]], Evidence({'HOME': '/h'}))\n"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-I", "-S", "-c", script, source, str(user.project), marker]
    loaded = set(subprocess.check_output(command, text=True).split())
    own = {name.rpartition(".")[2] for name in loaded if name.startswith("autovenv.find.tools.")}
    assert own == {"project", *modules}
    assert not loaded & {"hashlib", "base64", "re", "tomllib", "pathlib", "typing", "fnmatch"}
