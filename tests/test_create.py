"""`autovenv create`: each project's own way, by the real tools, and nothing is overwritten."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from autovenv import ask
from autovenv.evidence import Evidence
from autovenv.find import markers
from prompts import User
from test_hot_path import SOURCE
from trees import BIN, Env, World
from unix import alone

MAIN = [sys.executable, "-I", str(SOURCE / "__main__.py")]

pytestmark = alone("the tools' programs are linked into a folder of their own")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose PATH has Python and git alone; `programs` puts others there."""
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    (home / "p").mkdir()
    (home / "bin" / "python3").symlink_to(trees.BASE_PYTHON)
    return home


def programs(home: Path, *names: str) -> None:
    """Put real tools on PATH; skip where one is missing."""
    for name in names:
        below = os.path.join(os.environ.get("AUTOVENV_MAKERS", ""), name, "bin", name)
        found = below if os.path.exists(below) else shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is missing")
        (home / "bin" / name).write_text(f'#!/bin/sh\nexec {found} "$@"\n')
        (home / "bin" / name).chmod(0o755)


def environ(home: Path, **more: str) -> dict[str, str]:
    """Return the variables there: no other tool is to be found, and no network."""
    return {
        "HOME": str(home),
        "PATH": f"{home}/bin",
        "UV_OFFLINE": "1",
        "PIP_NO_INDEX": "1",
        "PIPENV_SKIP_LOCK": "1",
        **more,
    }


def create(
    home: Path, *arguments: str, place: str = "p", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `autovenv create` in a place in the home."""
    return subprocess.run(
        [*MAIN, "create", *arguments],
        cwd=home / place,
        env=environ(home, **more),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def active(home: Path, place: str = "p") -> str:
    """Return the environment that would be active in a place in the home."""
    found = markers.walk(f"{home}/{place}", str(home))
    return ask.decide(found, Evidence(environ(home))).environment


# --- plain ---


def test_by_venv(home: Path) -> None:
    """What is run is said; the rest is its own output; git ignores it; twice is refused."""
    done = create(home, "--prompt", "mine")
    line = f"autovenv: in {home}/p:  {home}/bin/python3 -m venv --prompt mine .venv\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, line, "")
    assert active(home) == f"{home}/p/.venv"
    assert (home / "p" / ".venv" / ".gitignore").read_text().splitlines()[-1] == "*"
    before = sorted((home / "p").rglob("*"))
    again = create(home)
    assert again.returncode == 2
    assert again.stderr == (
        f"autovenv: there is an environment already: {home}/p/.venv (--clear makes it again)\n"
    )
    assert sorted((home / "p").rglob("*")) == before
    (home / "p" / ".venv" / BIN / "old").touch()
    assert create(home, "--clear").returncode == 0
    assert not (home / "p" / ".venv" / BIN / "old").exists()


def test_by_uv_with_what_is_pinned(home: Path) -> None:
    """uv, where it is there; the pinned Python, which is found as pins are."""
    programs(home, "uv")
    wanted = home / ".pyenv" / "versions" / "3.99.1"
    wanted.mkdir(parents=True)
    (wanted / "bin").mkdir()
    (wanted / "bin" / "python").symlink_to(trees.BASE_PYTHON)
    (home / "p" / ".python-version").write_text("3.99\n")
    done = create(home)
    assert done.returncode == 0
    assert f"uv venv --python {wanted}/bin/python .venv\n" in done.stdout
    assert "Creating virtual environment" in done.stderr
    assert (home / "p" / ".venv" / BIN / "python").exists()


def test_a_file_that_leads_nowhere_is_no_environment(home: Path) -> None:
    """What is there is said as what it is, and stays."""
    (home / "p" / ".venv").write_text("nowhere\n")
    for options in ([], ["--clear"]):
        done = create(home, *options)
        assert (done.returncode, done.stdout) == (2, "")
        assert "is no environment where the file says: 'nowhere': move it away" in done.stderr
    assert (home / "p" / ".venv").read_text() == "nowhere\n"


def test_a_python_that_is_not_there(home: Path) -> None:
    """It is named, with the command that installs it; nothing is made."""
    (home / ".pyenv" / "versions").mkdir(parents=True)
    for arguments, text in (
        (["--python", "3.98"], ""),
        ([], "[project]\nrequires-python = '>= 3.98'\n"),
    ):
        (home / "p" / "pyproject.toml").write_text(text)
        done = create(home, *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert "3.98', which is not installed" in done.stderr
        assert "to install it:  pyenv install 3.98" in done.stderr or not arguments
    assert not (home / "p" / ".venv").exists()


def test_a_python_of_the_projects_own_is_not_run(home: Path) -> None:
    """Whichever file names it: uv would ask it what it is. Nor is a name taken for an option."""
    programs(home, "uv")
    evil = home / "p" / "evil"
    evil.write_text(f'#!/bin/sh\ntouch {home}/run\nexec {sys.executable} "$@"\n')
    evil.chmod(0o755)
    (home / "p/bin").mkdir()
    (home / "p/bin/python").symlink_to(evil)
    for name, text in {
        ".python-version": "{}\n",
        "mise.toml": "tools.python = 'path:{}'\n",
        "pyproject.toml": "[project]\nname='p'\nversion='1'\nrequires-python='{}'\n",
    }.items():
        for place in (evil, home / "p", "./evil", "--help"):
            (home / "p" / name).write_text(text.format(place))
            done = create(home, PATH=f"{home}/bin:/usr/bin:/bin")
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        (home / "p" / name).unlink()
    assert not (home / "run").exists()


def test_a_tool_that_fails_leaves_nothing(home: Path) -> None:
    """As python3 -m venv without ensurepip on Debian: its output is seen, its half is removed."""
    (home / "bin" / "python3").unlink()
    (home / "bin" / "python3").write_text(
        "#!/bin/sh\n/bin/mkdir .venv; echo no ensurepip\nexit 1\n"
    )
    (home / "bin" / "python3").chmod(0o755)
    done = create(home)
    assert done.returncode == 1
    assert "no ensurepip\n" in done.stdout
    assert done.stderr == "autovenv: python3 failed with exit status 1\n"
    assert not (home / "p" / ".venv").exists()


# --- what isn't ours to overwrite ---


def test_what_is_there_stays(home: Path) -> None:
    """A folder of data, a link, a file; with --clear as well: one line and exit 2."""
    trees.build(
        {
            "a/.venv/data": "",
            "b/.venv": trees.Link("../elsewhere"),
            "c/.venv": Env(),
            "c/.venv/thesis.txt": "",
            "d/.venv": "../c/.venv\n",
        },
        home,
    )
    before = {place: sorted((home / place).rglob("*")) for place in "abcd"}
    for place in "abcd":
        for arguments in ([], ["--clear"]):
            done = create(home, *arguments, place=place)
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert {place: sorted((home / place).rglob("*")) for place in "abcd"} == before


def test_what_a_tool_would_clear_stays(home: Path) -> None:
    """All that is in it would go, and what a link leads to; one of its own may be cleared."""
    name, text = PROJECTS["uv"]
    trees.build(
        {
            "a/.venv": Env(),
            "b/.venv": Env(),
            "b/.venv/thesis.txt": "",
            "c/.venv": trees.Link("../b/.venv"),
            "d/.venv": "../b/.venv\n",
            **{f"{place}/{name}": text for place in "abcd"},
        },
        home,
    )
    programs(home, "uv")
    path = f"{home}/bin:/usr/bin:/bin"
    for place in "bcd":
        done = create(home, "--clear", place=place, PATH=path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "isn't cleared" in done.stderr
        assert (home / "b/.venv/thesis.txt").exists()
    assert create(home, "--clear", place="a", PATH=path).returncode == 0


def test_a_folder_that_is_none(home: Path) -> None:
    """One line, exit 2, nothing made."""
    (home / "file").touch()
    for name, said in (("nowhere", "isn't there"), ("file", "is no folder")):
        done = create(home, name, place="")
        assert (done.returncode, done.stderr) == (2, f"autovenv: {home}/{name} {said}\n")
    assert not (home / "nowhere").exists()


# --- requirements ---


def test_requirements_are_offered(home: Path) -> None:
    """Nothing is installed by itself; --require-hashes stays where a file has hashes."""
    (home / "p" / "requirements.txt").write_text("# nothing\n")
    done = create(home)
    told = f"  {home}/p/.venv/{BIN}/python -m pip install -r requirements.txt\n"
    assert done.stdout.endswith(
        "autovenv: nothing was installed; requirements.txt are, by --install, or by:\n" + told
    )
    done = create(home, "--clear", "--install")
    assert done.returncode == 0
    assert f"autovenv: in {home}/p:{told}" in done.stdout
    (home / "p" / "requirements.txt").write_text("x==1 --hash=sha256:00\n")
    done = create(home, "--clear")
    assert done.stdout.endswith("-m pip install --require-hashes -r requirements.txt\n")


def test_by_virtualenv_for_an_old_python(home: Path) -> None:
    """No venv makes one of a Python before 3.8; the tool is named where it is missing."""
    trees.build({".pyenv/versions/3.7.17": trees.Installed()}, home)
    (home / "p" / ".python-version").write_text("3.7.17\n")
    done = create(home)
    told = "autovenv: this needs virtualenv, which isn't on PATH: pipx install virtualenv\n"
    assert (done.returncode, done.stderr) == (2, told)
    programs(home, "virtualenv")
    done = create(home, PATH=f"{home}/bin:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    python = home / ".pyenv/versions/3.7.17/bin/python"
    assert done.stdout.startswith(f"autovenv: in {home}/p:  virtualenv --python {python}")
    assert "virtualenv = " in (home / "p" / ".venv" / "pyvenv.cfg").read_text()


# --- by the tools whose project it is ---

PROJECTS = {
    "uv": ("pyproject.toml", "[project]\nname='p'\nversion='1'\n[tool.uv]\npackage=false\n"),
    "poetry": (
        "pyproject.toml",
        "[project]\nname='p'\nversion='1'\nrequires-python='>=3.8'\n"
        "[tool.poetry]\npackage-mode=false\n",
    ),
    "pdm": (
        "pyproject.toml",
        "[project]\nname='p'\nversion='1'\nrequires-python='>=3.8'\n[tool.pdm]\ndistribution=false\n",
    ),
    "pipenv": ("Pipfile", "[packages]\n"),
    "hatch": (
        "pyproject.toml",
        "[project]\nname='p'\nversion='1'\n[tool.hatch.envs.default]\nskip-install=true\n",
    ),
}


@pytest.mark.parametrize("tool", PROJECTS)
def test_by_the_projects_own_tool(home: Path, tool: str) -> None:
    """Missing, it is named with how to get it; there, it makes what is active then."""
    name, text = PROJECTS[tool]
    (home / "p" / name).write_text(text)
    done = create(home)
    told = f"autovenv: this needs {tool}, which isn't on PATH: pipx install {tool}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)
    programs(home, tool)
    done = create(home, PATH=f"{home}/bin:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"autovenv: in {home}/p:  {tool} ")
    assert active(home)


def test_it_is_active_at_the_next_prompt(tmp_path: Path, require: Callable[[str], None]) -> None:
    """In the shell where it was made."""
    require("bash")
    world: World = trees.new_world(tmp_path / "world", {"p": trees.Folder()})
    with User("bash", world) as user:
        user.go("p")
        user.type("autovenv create")
        assert user.session.probe().environment["VIRTUAL_ENV"] == f"{world.home}/p/.venv"
