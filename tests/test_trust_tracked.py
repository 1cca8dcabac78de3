"""Rule 2: nothing that a git repository tracks is active without asking, and what names it neither.

The repositories are made by the real git. What its index looks like is tested elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from autovenv import trust
from autovenv.evidence import Evidence
from autovenv.find import environments
from trees import WINDOWS
from trusting import environment, judged, machine

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is missing")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """The folder of a machine's own files."""
    return tmp_path / "system"


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An environment in a repository of one's own, where nothing is tracked yet."""
    git(tmp_path, "init", "-q", "project")
    return environment(tmp_path / "project" / ".venv")


def git(folder: Path, *arguments: str) -> None:
    """Run git without anybody's settings."""
    if WINDOWS and not shutil.which("git"):
        pytest.skip("there is no git for Windows here")
    env = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "GIT_CONFIG_NOSYSTEM": "1"}
    who = [
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@example.org",
        "-c",
        "protocol.file.allow=always",
    ]
    subprocess.run(["git", *who, *arguments], cwd=folder, env=env, check=True, capture_output=True)


def test_untracked_and_ignored_are_accepted(venv: Path, system: Path) -> None:
    """In a repository as anywhere: what isn't tracked is one's own."""
    assert judged(venv, machine(system)) == ""
    (venv.parent / ".gitignore").write_text(".venv\n")
    git(venv.parent, "add", ".gitignore")
    git(venv.parent, "commit", "-qm", "x")
    assert judged(venv, machine(system)) == ""


@pytest.mark.parametrize("name", ["pyvenv.cfg", "bin/activate", "lib", "."])
def test_tracked_is_refused_until_it_no_longer_is(venv: Path, system: Path, name: str) -> None:
    """One file of it is enough; `git rm --cached` fixes it."""
    (venv / "lib" / "site.py").touch()
    git(venv.parent, "add", "-f", f".venv/{name}")
    expected = f"the git repository {venv.parent} tracks it"
    assert judged(venv, machine(system)) == expected
    git(venv.parent, "rm", "-rq", "--cached", ".venv")
    assert judged(venv, machine(system)) == ""


def test_the_index_is_evidence(venv: Path, system: Path) -> None:
    """An answer doesn't hold when git has begun to track something."""
    evidence = Evidence({})
    found = environments.look(str(venv), evidence)
    assert found
    assert trust.judge(found, str(venv.parent), evidence, machine(system)) == ""
    assert f"{venv.parent}/.git/index" in evidence.entering
    git(venv.parent, "add", "-f", ".venv/pyvenv.cfg")
    assert not evidence.is_valid()


def test_a_repository_that_is_made_later_is_evidence(tmp_path: Path, system: Path) -> None:
    """Where there is none yet, one may be: in the project, or in a folder of mine around it."""
    for place in ("project", "."):
        venv = environment(tmp_path / place.replace(".", "other") / ".venv")
        evidence = Evidence({})
        found = environments.look(str(venv), evidence)
        assert found
        assert trust.judge(found, str(venv.parent), evidence, machine(system)) == ""
        assert evidence.is_valid()
        git(tmp_path / place, "init", "-q")
        assert not evidence.is_valid()


@pytest.mark.parametrize("name", ["file", ".venv/pyvenv.cfg"])
def test_where_one_stands_it_counts_while_it_is_refused(
    venv: Path, system: Path, name: str
) -> None:
    """Git writes its index with most of what one works at; `git rm --cached` is to be seen."""
    (venv.parent / "file").touch()
    git(venv.parent, "add", "-f", name)
    evidence = Evidence({})
    found = environments.look(str(venv), evidence)
    assert found
    refused = trust.judge(found, str(venv.parent), evidence, machine(system)) != ""
    index = f"{venv.parent}/.git/index"
    assert index in evidence.entering
    assert (index in evidence.paths) is refused is (name != "file")


def test_a_tracked_link_is_refused_with_where_it_leads(venv: Path, system: Path) -> None:
    """A repository may have a link to anywhere: it says which environment is active."""
    other = environment(venv.parent.parent / "other" / "env")
    link = venv.parent / "venv"
    link.symlink_to(other)
    assert judged(link, machine(system)) == ""
    git(venv.parent, "add", "venv")
    assert judged(link, machine(system)) == f"the git repository {venv.parent} tracks it"


def test_a_tracked_environment_is_refused_whatever_leads_there(venv: Path, system: Path) -> None:
    """One's own link to what a repository tracks."""
    git(venv.parent, "add", "-f", ".venv/pyvenv.cfg")
    link = venv.parent.parent / "mine" / ".venv"
    link.parent.mkdir()
    link.symlink_to(venv)
    assert judged(link, machine(system)) == f"the git repository {venv.parent} tracks it"


def test_a_bin_that_is_tracked_elsewhere_is_refused(venv: Path, system: Path) -> None:
    """What is put on PATH is the folder where `bin` leads."""
    (venv / "bin").rename(venv.parent / "scripts")
    (venv / "bin").symlink_to("../scripts")
    assert judged(venv, machine(system)) == ""
    git(venv.parent, "add", "scripts")
    assert judged(venv, machine(system)) == f"the git repository {venv.parent} tracks it"


def test_a_tracked_file_that_names_it_is_refused(venv: Path, system: Path) -> None:
    """A redirect with a path decides which environment is active: a clone may not."""
    source = venv.parent / "venv"
    source.write_text("../other/env\n")
    environment(venv.parent.parent / "other" / "env")
    assert judged(source, machine(system), source=str(source)) == ""
    git(venv.parent, "add", "venv")
    said = f"{source}, which names it: the git repository {venv.parent} tracks it"
    assert judged(source, machine(system), source=str(source)) == said


@pytest.mark.parametrize("kind", ["worktree", "submodule", "inner", "outer"])
def test_every_repository_around_it_counts(venv: Path, system: Path, kind: str) -> None:
    """A worktree, a submodule, a repository within another: honest ones and others."""
    project = venv.parent
    (project / "file").touch()
    git(project, "add", "file")
    git(project, "commit", "-qm", "x")
    above = project.parent / "above"
    if kind == "worktree":
        git(project, "worktree", "add", "-q", str(above))
        place = above
    elif kind == "submodule":
        git(project.parent, "init", "-q", "above")
        git(above, "submodule", "add", "-q", str(project), "sub")
        place = above / "sub"
    elif kind == "inner":
        git(project, "init", "-q", "inner")
        place = project / "inner"
    else:
        place = project / "folder"
        place.mkdir()
    path = environment(place / ".venv")
    assert judged(path, machine(system)) == ""
    git(place, "add", "-f", ".venv/pyvenv.cfg")
    assert "tracks it" in judged(path, machine(system))


def test_a_worktree_has_the_settings_of_its_repository(venv: Path, system: Path) -> None:
    """`commondir` leads to the config that says whether letters are the same in either case."""
    project = venv.parent
    (project / "file").touch()
    git(project, "add", "file")
    git(project, "commit", "-qm", "x")
    git(project, "config", "core.ignorecase", "false")
    place = project.parent / "above"
    git(project, "worktree", "add", "-q", str(place))
    path = environment(place / ".venv")
    (place / ".VENV").mkdir()
    (place / ".VENV" / "pyvenv.cfg").touch()
    git(place, "add", "-f", ".VENV")
    assert judged(path, machine(system)) == ""
    git(project, "config", "core.ignorecase", "true")
    assert "tracks it" in judged(path, machine(system))


def test_a_clone_is_refused(venv: Path, system: Path) -> None:
    """The case of all cases: somebody committed an environment, and one stands in the clone."""
    project = venv.parent
    git(project, "add", "-f", ".venv")
    git(project, "commit", "-qm", "x")
    git(project.parent, "clone", "-q", str(project), "clone")
    clone = project.parent / "clone" / ".venv"
    script = clone / "bin" / "activate"
    script.write_text(script.read_text().replace(str(venv), str(clone)))
    assert judged(clone, machine(system)) == f"the git repository {clone.parent} tracks it"
