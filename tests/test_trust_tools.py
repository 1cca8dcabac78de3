"""What every tool makes is accepted without a question, wherever and by whomever it is made.

The real tools are asked; where they are is test_tools.py's business.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import trees
from autovenv import ask, record
from autovenv import verdict as verdicts
from autovenv.checks import VARIABLES
from autovenv.evidence import Evidence
from autovenv.find import markers
from autovenv.record import Record
from autovenv.text import cite
from lives import LIVES, Life
from making import BASE_PYTHON, HERE, User, make_user
from test_trust_tracked import git
from trees import ASK, TOOLS
from trusting import SOMEBODY, environment, give_all
from unix import give, only_root

if sys.platform == "win32":
    pytest.skip("the tools' folders here are POSIX's", allow_module_level=True)

user = pytest.fixture(make_user)

SOURCE = Path(__file__).parent.parent / "src" / "autovenv"


def verdict(folder: Path, environ: dict[str, str]) -> verdicts.Verdict:
    """Decide as the helper does in a shell with `environ`."""
    evidence = Evidence(environ)
    found = ask.decide(markers.walk(str(folder), environ["HOME"]), evidence)
    assert set(evidence.variables) <= set(VARIABLES)
    assert evidence.is_storable
    return found


@pytest.mark.parametrize("repository", [False, True])
@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.tool)
def test_a_tools_environment_is_accepted(user: User, life: Life, repository: bool) -> None:
    """Poetry's, pipenv's, hatch's, pdm's and uv's, in a repository or out of it."""
    user.write({f"{HERE}/{name}": text for name, text in life.files.items()})
    if repository:
        git(user.project, "init", "-q")
        git(user.project, "add", ".")
    for command in life.make:
        user.run(life.tool, *command)
    found = verdict(user.project, user.environ)
    assert (found.kind, found.note) == (verdicts.ENVIRONMENT, "")


@pytest.mark.parametrize("place", ["plain", "repository", "worktree", "home", "umask", "link"])
@pytest.mark.parametrize("tool", TOOLS)
def test_one_in_the_project_is_accepted(tmp_path: Path, tool: str, place: str) -> None:
    """venv's, virtualenv's and uv's: wherever a user has projects."""
    home = tmp_path.resolve()
    project = home if place == "home" else home / "project"
    project.mkdir(exist_ok=True)
    if place in ("repository", "worktree"):
        git(project, "init", "-q")
        (project / "pyproject.toml").touch()
        git(project, "add", ".")
        git(project, "commit", "-qm", "x")
    if place == "worktree":
        git(project, "worktree", "add", "-q", "../tree")
        project = home / "tree"
    before = os.umask(0o002 if place == "umask" else 0o022)
    try:
        trees.real_environment(project / ".venv", tool)
    finally:
        os.umask(before)
    if place == "link":
        (home / "link").symlink_to("project")
        project = home / "link"
    found = verdict(project, {"HOME": str(home)})
    assert (found.kind, found.note) == (verdicts.ENVIRONMENT, "")


@pytest.mark.parametrize("tool", TOOLS)
def test_a_copy_of_the_project_is_not(tmp_path: Path, tool: str) -> None:
    """What an archive holds was made elsewhere; that it says another place is told."""
    trees.real_environment(tmp_path / "theirs" / ".venv", tool)
    shutil.copytree(tmp_path / "theirs", tmp_path / "mine", symlinks=True)
    found = verdict(tmp_path / "mine", {"HOME": str(tmp_path)})
    assert found.kind == verdicts.NONE
    assert found.problem
    assert f"made at {cite(f'{tmp_path}/theirs/.venv')}" in found.problem.message


# --- names and paths ---


def test_a_committed_pin_may_name_a_virtualenv(tmp_path: Path) -> None:
    """A name is looked up among the user's own: the team's convention, not the repository's."""
    home = tmp_path.resolve()
    mine = environment(home / ".pyenv" / "versions" / "mine")
    project = home / "project"
    git(home, "init", "-q", "project")
    (project / ".python-version").write_text("mine\n")
    git(project, "add", ".")
    assert verdict(project, {"HOME": str(home)}).environment == str(mine)
    (project / ".python-version").write_text(f"{mine}\n")
    found = verdict(project, {"HOME": str(home)})
    assert found.kind == verdicts.NONE
    assert "~/project/.python-version, which names it: the git repository" in found.note
    git(project, "rm", "-qf", "--cached", ".python-version")
    assert verdict(project, {"HOME": str(home)}).environment == str(mine)


def test_an_interpreter_may_be_pinned_by_its_path(tmp_path: Path) -> None:
    """If a manager installed it: a project can't choose another, tracked or not."""
    home = tmp_path.resolve()
    installed = home / ".pyenv" / "versions" / "3.10.4" / "bin"
    evil = home / "project" / "3.10.4" / "bin"
    for folder in (installed, evil):
        folder.mkdir(parents=True)
        (folder / "python").symlink_to(BASE_PYTHON)
    pin = home / "project" / ".python-version"
    pin.write_text(f"{installed}/python\n")
    assert verdict(pin.parent, {"HOME": str(home)}).folder == str(installed)
    pin.write_text(f"{evil}/python\n")
    assert verdict(pin.parent, {"HOME": str(home)}).folder == ""


def test_a_committed_redirect_may_hold_a_name_but_no_path(tmp_path: Path) -> None:
    """Pipenv's and virtualfish's names are looked up in WORKON_HOME; PEP 832's paths decide."""
    home = tmp_path.resolve()
    mine = environment(home / "envs" / "mine")
    project = home / "project"
    git(home, "init", "-q", "project")
    environ = {"HOME": str(home), "WORKON_HOME": str(home / "envs")}
    redirect = project / ".venv"
    for text, tracked, active in (
        ("mine\n", True, True),
        ("../envs/mine\n", True, False),
        ("../envs/mine\n", False, True),
        (f"{mine}\n", True, False),
    ):
        redirect.write_text(text)
        git(project, *(["add", "."] if tracked else ["rm", "-qf", "--cached", ".venv"]))
        assert (verdict(project, environ).environment == str(mine)) is active, text


POINTERS = {
    ".pdm-python": "{home}/other/.venv/bin/python",
    "poetry.toml": '[virtualenvs]\npath = "{home}/envs"\n',
    "pdm.toml": '[venv]\nlocation = "{home}/envs"\n',
    "hatch.toml": '[envs.default]\npath = "{home}/other/.venv"\n',
}


@pytest.mark.parametrize("name", POINTERS)
def test_a_committed_file_of_a_tool_that_holds_a_path_is_refused(tmp_path: Path, name: str) -> None:
    """Another environment of the user's is no choice for a repository to make."""
    from autovenv.find.tools import pdm, poetry
    from autovenv.find.tools.project import Project

    home = tmp_path.resolve()
    environment(home / "other" / ".venv")
    git(home, "init", "-q", "project")
    project = home / "project"
    (project / "pyproject.toml").write_text('[project]\nname = "p"\n[tool.pdm]\n')
    (project / name).write_text(POINTERS[name].format(home=home))
    environ = {"HOME": str(home)}
    seen = Project(str(project), ["pyproject.toml"], Evidence(environ))
    if name == "poetry.toml":
        environment(home / "envs" / f"{poetry.make_name(seen)}-py3.12")
    elif name == "pdm.toml":
        environment(home / "envs" / f"{pdm.make_prefix(seen)}3.12")
    assert verdict(project, environ).kind == verdicts.ENVIRONMENT
    git(project, "add", ".")
    found = verdict(project, environ)
    assert found.kind == verdicts.NONE
    assert f"~/project/{name}, which names it: the git repository ~/project tracks it" in found.note


# --- as another user, and in a namespace, for real ---

SETPRIV: list[str] = ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]
# It may be started while there are still root's rights, and not be seen once they are gone.
RECENT = "import os, sys; os.stat(sys.executable); sys.exit(sys.version_info < (3, 11))"


def everybodys_python(*wrapper: str) -> str:
    """Return a Python that can be started through `wrapper`; root's own may be in root's home."""
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            done = subprocess.run([*wrapper, python, "-c", RECENT], capture_output=True)
        except OSError:
            break
        if done.returncode == 0:
            return python
    pytest.skip(f"no Python can be started through {wrapper[0]}")


def asked(folder: Path, home: Path, *command: str) -> Record:
    """Ask as a shell does, by a command that starts Python; return the answer."""
    answers = home / ".local" / "state" / "autovenv" / "answers"
    done = subprocess.run(
        [*command, "-I", "-S", "-X", "utf8", SOURCE / "__main__.py", *ASK, answers, folder],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    return Record(done.stdout.split("\n")[:-1])


@only_root
def test_as_another_user() -> None:
    """Who isn't root is asked about what others can write, and not about what is root's."""
    python = everybodys_python(*SETPRIV)
    with tempfile.TemporaryDirectory() as root:
        Path(root).chmod(0o755)
        home = Path(root, "home")
        venv = environment(home / "project" / ".venv")
        (venv / "bin" / "python").unlink()
        (venv / "bin" / "python").symlink_to(python)
        base = os.path.dirname(os.path.realpath(python))
        settings = (venv / "pyvenv.cfg").read_text().split("\n", 1)[1]
        (venv / "pyvenv.cfg").write_text(f"home = {base}\n{settings}")
        give_all(home, SOMEBODY, SOMEBODY)
        venv.parent.chmod(0o775)
        assert asked(venv.parent, home, *SETPRIV, python).note == ""
        venv.chmod(0o777)
        refused = asked(venv.parent, home, *SETPRIV, python)
        assert refused.environment == ""
        assert refused.note.startswith(
            "not activating ~/project/.venv: anyone can write to ~/project/.venv"
        )


@only_root
def test_in_a_user_namespace_for_real(tmp_path: Path) -> None:
    """Whom it doesn't map may own the folders above alone; what hangs on that isn't stored."""
    command = ["unshare", "--user", "--map-root-user"]
    python = everybodys_python(*command)
    venv = environment(tmp_path / "above" / "project" / ".venv")
    assert asked(venv.parent, tmp_path, python).generation != record.NEVER
    give(tmp_path / "above", SOMEBODY)
    found = asked(venv.parent, tmp_path, *command, python)
    assert (found.environment, found.generation) == (str(venv), record.NEVER)
    give_all(venv.parent, SOMEBODY)
    assert "belongs to nobody" in asked(venv.parent, tmp_path, *command, python).note


@only_root
def test_where_a_user_namespace_maps_nobody(tmp_path: Path) -> None:
    """All files look as if they were the user's."""
    python = everybodys_python("unshare", "--user")
    venv = environment(tmp_path / "project" / ".venv")
    found = asked(venv.parent, tmp_path, "unshare", "--user", python)
    assert found.environment == ""
    assert "nobody can tell whose it is" in found.note
