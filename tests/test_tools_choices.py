"""Where a tool's own choice decides: settings in its files, variables, links, what is on PATH.

Each answer is compared with what the tool itself says.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autovenv.evidence import Evidence
from autovenv.find.tools import dotenv, poetry, project
from making import BASE_PYTHON, MINOR, PROJECT, User, decided, make_user, tool, venv
from trees import real_environment

if sys.platform == "win32":
    pytest.skip("the tools' folders here are POSIX's", allow_module_level=True)

user = pytest.fixture(make_user)


# --- pipenv's .env ---

DOTENV_CASES = {
    "a name": "PIPENV_CUSTOM_VENV_NAME=bothy\n",
    "a name in quotes, exported": "export PIPENV_CUSTOM_VENV_NAME='bothy' # its own\n",
    "a folder": "WORKON_HOME={home}/envs\n",
    "a folder below the home": "WORKON_HOME=${HOME}/envs\n",
    "a default": 'WORKON_HOME="${NOWHERE:-{home}/envs}"\n',
    "the last one": "PIPENV_CUSTOM_VENV_NAME=a\nPIPENV_CUSTOM_VENV_NAME=b\n",
    "in the project": "PIPENV_VENV_IN_PROJECT=1\n",
    "what is no binding": "=x\n'\nPIPENV_CUSTOM_VENV_NAME=bothy\n",
}
SAYS = """
from pipenv.project import Project
from pipenv.utils.environment import load_dot_env
project = Project()
load_dot_env(project, quiet=True)
print(project.venv_locator.location)
"""


@pytest.mark.parametrize("written", DOTENV_CASES.values(), ids=DOTENV_CASES)
def test_pipenvs_settings_in_the_projects_dotenv(user: User, written: str) -> None:
    """They come before the shell's; an environment of another name isn't taken for it."""
    user.write({"work/the project/Pipfile": "[packages]\n", "work/the project/.env": written})
    old = venv(
        Path(user.ask("pipenv", "import os; os.environ['PIPENV_DONT_LOAD_ENV'] = '1'" + SAYS))
    )
    expected = user.ask("pipenv", SAYS)
    assert expected != old
    assert user.found() == ""
    venv(Path(expected))
    assert user.found() == expected == user.run("pipenv", "--venv")


@pytest.mark.parametrize(
    "extra",
    [
        {"PIPENV_DONT_LOAD_ENV": "1"},
        {"PIPENV_DONT_LOAD_ENV": "0"},
        {"PIPENV_DONT_LOAD_ENV": "anything"},
        {"PYTHON_DOTENV_DISABLED": "true"},
        {"PIPENV_DOTENV_LOCATION": "{home}/other.env"},
        {"PIPENV_DOTENV_LOCATION": "../other.env"},
        {"PIPENV_DOTENV_LOCATION": "/nowhere"},
        {"PIPENV_CUSTOM_VENV_NAME": "the-shells"},
    ],
    ids=str,
)
def test_which_dotenv_pipenv_reads(user: User, extra: dict[str, str]) -> None:
    """None, or another one, where the user said so."""
    user.write(
        {
            "work/the project/Pipfile": "[packages]\n",
            "work/the project/.env": "PIPENV_CUSTOM_VENV_NAME=bothy\n",
            "other.env": "PIPENV_CUSTOM_VENV_NAME=by-home\n",
            "work/other.env": "PIPENV_CUSTOM_VENV_NAME=by-work\n",
        }
    )
    user.extra = {name: value.replace("{home}", str(user.home)) for name, value in extra.items()}
    expected = user.ask("pipenv", SAYS)
    venv(Path(expected))
    assert user.found() == expected


def test_a_path_in_a_dotenv_is_the_projects_word(user: User) -> None:
    """It is judged as the file is that names it; a name in the user's own folder isn't."""
    user.write(
        {"work/the project/Pipfile": "", "work/the project/.env": "WORKON_HOME={home}/envs\n"}
    )
    venv(Path(user.ask("pipenv", SAYS)))
    found, _ = user.look()
    assert found is not None
    assert found.source == f"{user.project}/.env"
    user.write({"work/the project/.env": "PIPENV_CUSTOM_VENV_NAME=bothy\n"})
    venv(Path(user.ask("pipenv", SAYS)))
    found, _ = user.look()
    assert found is not None
    assert found.source == ""


PIECES = [
    "A",
    "B",
    "=",
    "'",
    '"',
    "\\",
    "\n",
    " ",
    "\t",
    "#",
    "export ",
    "${A}",
    "${B:-x}",
    "${",
    "}",
]
PIECES += [":", "n", "'A'", "C=", "\r\n", "\u00e9", "\u2028", "$", "-"]
THEIRS = """
import io, json, logging, sys
from pipenv.vendor.dotenv.main import DotEnv
logging.disable(logging.CRITICAL)
texts = json.load(sys.stdin)
found = [DotEnv(None, stream=io.StringIO(text, newline=None)).dict() for text in texts]
print(json.dumps([{k: v for k, v in one.items() if v is not None} for one in found]))
"""


def test_a_dotenv_is_read_as_pipenv_reads_it() -> None:
    """Whatever is in it: the same bindings, and no exception."""
    import json
    import random

    chooser = random.Random(1)
    texts = ["".join(chooser.choices(PIECES, k=chooser.randint(1, 14))) for _ in range(20_000)]
    python = os.path.join(os.path.dirname(os.path.realpath(tool("pipenv"))), "python")
    done = subprocess.run(
        [python, "-c", THEIRS], input=json.dumps(texts), env={}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert [dotenv.parse(text, lambda name: None) for text in texts] == json.loads(done.stdout)


# --- uv ---

MEMBER = '[project]\nname = "m"\nversion = "1"\nrequires-python = ">=3.9"\n'
PREFIX = "import sys; print(sys.prefix)"


def test_a_workspaces_member_that_is_reached_by_a_link(user: User) -> None:
    """Uv goes by the folder without links."""
    user.write(
        {
            "ws/pyproject.toml": '[tool.uv.workspace]\nmembers = ["pk/*"]\n',
            "ws/pk/m/pyproject.toml": MEMBER,
        }
    )
    link = user.home / "mlink"
    link.symlink_to("ws/pk/m")
    said = user.run("uv", "run", "-q", "-p", sys.executable, "python", "-c", PREFIX, cwd=link)
    assert said == f"{user.home}/ws/.venv"
    assert decided(user, link).environment == said
    assert decided(user, user.home / "ws" / "pk" / "m").environment == said


@pytest.mark.parametrize("sign", ["[tool.uv]\n", "uv.lock", ""])
def test_uvs_variable_comes_before_the_folders_own(user: User, sign: str) -> None:
    """A container with the host's project mounted: the `.venv` there is the host's."""
    user.write({"work/the project/pyproject.toml": MEMBER + (sign if "tool" in sign else "")})
    if sign == "uv.lock":
        (user.project / sign).touch()
    venv(user.project / ".venv")
    user.extra = {"UV_PROJECT_ENVIRONMENT": f"{user.home}/opt/env"}
    if sign:
        assert decided(user).environment == ""
        assert decided(user).note == ""
    real_environment(user.home / "opt" / "env", "uv")
    said = user.run("uv", "run", "-q", "--no-sync", "python", "-c", PREFIX)
    assert decided(user).environment == said == f"{user.home}/opt/env"
    user.extra = {"UV_PROJECT_ENVIRONMENT": ".venv"}
    assert decided(user).environment == f"{user.project}/.venv"


def test_uvs_variable_says_nothing_of_others_projects(user: User) -> None:
    """Where it is set for all, a project of another tool's keeps its `.venv`."""
    user.write({"work/the project/pyproject.toml": '[tool.poetry]\nname = "p"\n'})
    own = venv(user.project / ".venv")
    user.extra = {"UV_PROJECT_ENVIRONMENT": "/usr/local"}
    assert decided(user).environment == own
    user.write({"work/the project/pyproject.toml": MEMBER + "[tool.uv]\n"})
    assert (decided(user).environment, decided(user).note) == ("", "")  # a system's prefix is none


# --- pdm ---


def test_what_pdm_was_told_to_use_comes_before_the_folders_own(user: User) -> None:
    """`pdm use --venv NAME` beside a `.venv`."""
    user.write({"work/the project/pyproject.toml": MEMBER})
    user.run("pdm", "venv", "create", "--name", "other", sys.executable)
    own = venv(user.project / ".venv")
    user.run("pdm", "use", "-f", "--venv", "other")
    said = os.path.dirname(os.path.dirname(user.run("pdm", "info", "--python")))
    assert said != own
    assert decided(user).environment == said
    (user.project / ".pdm-python").write_text(f"{own}/bin/python")
    assert decided(user).environment == own
    (user.project / ".pdm-python").write_text("/nowhere/bin/python")
    assert decided(user).environment == own


# --- Poetry ---


def test_poetry_without_a_python_on_path(user: User) -> None:
    """Debian has `python3` alone: Poetry takes the Python that it runs on itself."""
    user.write({"work/the project/pyproject.toml": PROJECT})
    (user.home / "bin" / "python").unlink()
    (user.home / "bin" / "python3").symlink_to(BASE_PYTHON)
    (user.home / "bin" / "poetry").symlink_to(tool("poetry"))
    user.extra = {"PATH": f"{user.home}/bin"}
    seen = project.Project(str(user.project), ["pyproject.toml"], Evidence(user.environ))
    root = user.home / ".cache" / "pypoetry" / "virtualenvs"
    for minor in ("3.99", MINOR):
        venv(root / f"{poetry.make_name(seen)}-py{minor}")
    said = user.run("poetry", "env", "info", "-p")
    assert said.endswith(f"-py{MINOR}")
    assert decided(user).environment == said
    user.write({".pyenv/shims/python": "#!/bin/sh\n", ".pyenv/version": "3.99.1\n"})
    (user.home / ".pyenv" / "shims" / "python").chmod(0o755)
    user.extra["PATH"] = f"{user.home}/.pyenv/shims:{user.home}/bin"
    assert decided(user).environment == str(root / f"{poetry.make_name(seen)}-py3.99")
    user.extra["POETRY_VIRTUALENVS_USE_POETRY_PYTHON"] = "true"
    assert decided(user).environment == said == user.run("poetry", "env", "info", "-p")


# --- a file that names nothing ---


def test_a_file_that_names_nothing_gives_way_to_the_tools_own(user: User) -> None:
    """As a link that leads nowhere does, but that is told."""
    user.write({"work/the project/Pipfile": "[packages]\n"})
    made = venv(Path(user.ask("pipenv", SAYS)))
    (user.project / ".venv").write_text("nowhere\n")
    found = decided(user)
    assert found.environment == made
    assert found.note == (
        "passing over '~/work/the project/.venv': "
        "there is no environment where the file says: 'nowhere'"
    )
    (user.project / "Pipfile").unlink()
    assert decided(user).environment == ""
    assert decided(user).note.startswith("not activating '~/work/the project/.venv': there is no")
