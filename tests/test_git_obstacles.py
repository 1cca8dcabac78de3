"""Git itself is asked in each healthy repository, and where it could wait without end it isn't."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import click.testing
import pytest

import unix
from autovenv.cli import disable, git
from unix import make_fifo

pytestmark = unix.alone("FIFOs are POSIX' alone")

PREFIX = ("rev-parse", "--show-prefix")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the repository p, which has the folder sub."""
    home = tmp_path.resolve() / "home"
    (home / "p" / "sub").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    run_git(home / "p", "init", "-q")
    return home


def run_git(place: Path, *words: str) -> None:
    """Run git, which must succeed."""
    own = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *own, *words], cwd=place, check=True, capture_output=True)


def add(place: Path, text: str) -> None:
    """Write settings behind those of a repository."""
    with (place / ".git" / "config").open("a") as file:
        file.write(text)


def said(place: Path) -> str:
    """Return what git says in the folder; it must be asked."""
    asked = git.Git(str(place))
    assert asked.obstacle == ""
    done = asked.ask(*PREFIX)
    assert done is not None
    return done.stdout.decode()


@pytest.mark.parametrize(
    "settings",
    [
        '[remote "include"]\n\turl = https://example.org/includes.git\n[branch "include-x"]\n',
        '# [include] path = fifo\n; [include]\n; path = fifo\n[x "[include]"]\n\tpath = fifo\n',
        '[user]\n\tname = "\\\n[include]"\n\tpath = fifo\n[core]\n\teditor = excludesfile=fifo\n',
        "[include]\n\tpath = ../a file\n\tpath = ~/settings\n\tpath = gone\n",
        '[includeIf "gitdir:~/p/"]\n\tpath = ~/settings\n[include]\n\tpath = ~/gone/gone\n',
        "[core]\n\texcludesFile = /dev/null\n\tattributesFile = ~/settings\n",
    ],
)
def test_a_healthy_repository(home: Path, settings: str) -> None:
    """Words that name no file, and files that are regular, or not there."""
    (home / "p" / "a file").write_text("[include]\n\tpath = a/../../settings\n")
    (home / "settings").write_text("[user]\n\tname = a\n")
    make_fifo(home / "p" / ".git" / "fifo")
    make_fifo(home / "p" / "fifo")
    (home / "p" / ".gitignore").symlink_to("/dev/null")
    add(home / "p", settings)
    assert said(home / "p" / "sub") == "sub/\n"


@pytest.mark.parametrize(
    "settings",
    [
        "[include]\n\tpath = ../fifo\n",
        "[INCLUDE] Path = ~/p/fifo # a comment\n",
        '[includeIf "onbranch:x]\\"."]\n\tpath = "../fi\\\nfo"\n',
        "[user]\n\tname = a\n[include]\n\tpath = ../inner\n",
        "[core]\n\tExcludesFile = fifo\n",
        "[core] attributesfile = ~/p/fifo\n",
        "[include]\n\tpath = ../fifo\n[a broken line\n",
    ],
)
def test_settings_name_what_git_would_wait_for(home: Path, settings: str) -> None:
    """In each way of writing, and where git would come to it before a mistake."""
    make_fifo(home / "p" / "fifo")
    (home / "p" / "inner").write_text("[include]\n\tpath = fifo\n[core]\n\texcludesfile = fifo\n")
    add(home / "p", settings)
    asked = git.Git(str(home / "p" / "sub"))
    assert os.path.normpath(asked.obstacle) == f"{home}/p/fifo"
    assert asked.ask(*PREFIX) is None


def test_settings_that_nobody_can_judge(home: Path) -> None:
    """On a network, where git is installed, too many of them, and too large."""
    config = home / "p" / ".git" / "config"
    before = config.read_text()
    add(home / "p", "[include]\n\tpath = /net/host/settings\n")
    assert git.Git(str(home / "p")).obstacle == "/net/host/settings"
    config.write_text(f"{before}[include]\n\tpath = %(prefix)/fifo\n")
    assert git.Git(str(home / "p")).obstacle == str(config)
    config.write_text(f"{before}#{'x' * (1 << 20)}\n")
    assert git.Git(str(home / "p")).obstacle == str(config)
    config.write_text(f"{before}[include]\n\tpath = 0\n")
    for number in range(30):
        (config.parent / str(number)).write_text(f"[include]\n\tpath = {number + 1}\n")
    assert git.Git(str(home / "p")).obstacle == str(config.parent / "19")
    (config.parent / "0").write_text("[include]\n\tpath = config\n")
    assert said(home / "p") == ""  # git itself ends such a circle


def test_it_ends_at_the_first_repository(home: Path) -> None:
    """What is above isn't git's business: a home's own repository, a FIFO in a shared folder."""
    run_git(home, "init", "-q")
    make_fifo(home / "fifo")
    make_fifo(home / ".gitignore")
    add(home, "[include]\n\tpath = ../fifo\n")
    assert said(home / "p" / "sub") == "sub/\n"
    (home / "q").mkdir()
    assert git.Git(str(home / "q")).obstacle == f"{home}/.git/../fifo"
    (home / ".git" / "HEAD").write_text("none")  # so git goes on
    assert said(home / "q") == ""
    (home / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (home / ".git" / "refs").rename(home / "refs")
    assert said(home / "q") == ""
    assert said(home / "p" / ".git") == "\n"


def test_each_kind_of_repository(home: Path) -> None:
    """A worktree's settings are in another folder, a bare repository is one itself."""
    run_git(home / "p", "commit", "-q", "--allow-empty", "-m", "a")
    run_git(home / "p", "worktree", "add", "-q", "--detach", "../tree")
    run_git(home, "clone", "-q", "--bare", "p", "bare")
    (home / "tree" / "sub").mkdir()
    (home / "link").symlink_to("tree/sub")
    run_git(home, "init", "-q")
    make_fifo(home / ".gitignore")
    for place in ("tree/sub", "link"):
        assert said(home / place) == "sub/\n"
    assert said(home / "bare" / "refs") == "\n"
    make_fifo(home / "p" / "fifo")
    add(home / "p", "[include]\n\tpath = ../fifo\n")
    for place in ("tree/sub", "link"):
        named = os.path.normpath(git.Git(str(home / place)).obstacle)
        assert named == f"{home}/p/fifo"
    (home / "bare" / "packed-refs").unlink(missing_ok=True)
    make_fifo(home / "bare" / "packed-refs")
    assert git.Git(str(home / "bare" / "refs")).obstacle == f"{home}/bare/packed-refs"


@pytest.mark.parametrize(
    "name",
    [".git", ".git/HEAD", ".git/commondir", ".git/index", ".gitignore", "sub/.gitattributes"],
)
def test_the_obstacle_is_named(home: Path, name: str) -> None:
    """Not the folder that was asked about."""
    path = home / "p" / name
    if name == ".git":
        subprocess.run(["rm", "-r", str(path)], check=True)
    path.unlink(missing_ok=True)
    make_fifo(path)
    assert git.Git(str(home / "p" / "sub")).obstacle == str(path)


def test_links(home: Path) -> None:
    """None is followed to a network; a HEAD may be one, as git once made them."""
    (home / "p" / ".gitignore").symlink_to("/net/host/ignored")
    assert git.Git(str(home / "p" / "sub")).obstacle == f"{home}/p/.gitignore"
    head = home / "p" / ".git" / "HEAD"
    head.unlink()
    head.symlink_to("refs/heads/main")
    assert git.Git(str(home / "p" / "sub")).obstacle == f"{home}/p/.gitignore"
    head.unlink()
    head.symlink_to("elsewhere")
    assert said(home / "p" / "sub") == ""
    head.unlink()
    head.write_text("ref: refs/heads/main\n")
    (home / "p" / ".git" / "commondir").write_text("/net/host/common\n")
    assert git.Git(str(home / "p" / "sub")).obstacle == f"{home}/p/.git/commondir"


def test_where_the_walk_ends(home: Path) -> None:
    """Where another file system begins, as git's does, and where nothing is."""
    assert list(git._list_levels("/")) == ["/"]
    if os.path.ismount("/proc"):
        assert list(git._list_levels("/proc/1")) == ["/proc/1", "/proc"]
    assert git.Git(str(home / "p" / "gone" / "gone")).obstacle == ""


def test_a_fifo_that_git_takes_for_a_repositorys(home: Path) -> None:
    """It opens a HEAD in each folder on its way."""
    make_fifo(home / "HEAD")
    (home / "q").mkdir()
    assert git.Git(str(home / "q")).obstacle == f"{home}/HEAD"
    assert said(home / "p") == "\n"


def test_it_is_looked_once_a_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And `enable` says where it can't tell whether the line is there."""
    looked = []
    look = git._look_around

    def count(folder: str, inner: tuple[str, ...]) -> None:
        looked.append(folder)
        look(folder, inner)

    monkeypatch.setattr(git, "_look_around", count)
    exclude = home / "p" / ".git" / "info" / "exclude"
    before = exclude.read_text()
    runner = click.testing.CliRunner()
    place = str(home / "p" / "sub")
    assert runner.invoke(disable.disable, ["--local", place]).exit_code == 0
    assert exclude.read_text() == f"{before}/sub/.no-autovenv\n"
    assert len(looked) == 1
    make_fifo(home / "p" / ".gitignore")
    done = runner.invoke(disable.enable, [place])
    assert (done.exit_code, len(looked)) == (0, 2)
    assert f"git isn't asked in {place}: it could wait for {home}/p/.gitignore" in done.stderr
    (home / "p" / ".gitignore").unlink()
    (home / "p" / "sub" / ".no-autovenv").touch()
    done = runner.invoke(disable.enable, [place])
    assert (done.exit_code, done.stderr, exclude.read_text()) == (0, "", before)
