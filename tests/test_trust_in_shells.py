"""In each shell: a stranger's folder stays silent, and what fixes a refusal is seen.

The repositories are made and cloned by the real git; what is run is told by strace.
"""

from __future__ import annotations

import functools
import re
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import trees
from drivers import SHELLS, tracing
from drivers.shell import Session
from prompts import NAMES, setup
from test_trust_tracked import git
from trees import Env, World

if sys.platform == "win32":
    pytest.skip("the shells here are POSIX's", allow_module_level=True)

# Whatever a tool, an interpreter or a shell might pick up by itself; each of them is executable.
_PLACES = """
.venv/bin/python .venv/bin/python3 .venv/bin/pip .venv/bin/activate .venv/bin/activate.fish
.venv/bin/activate.csh .venv/bin/Activate.ps1 .venv/bin/activate_this.py .venv/bin/deactivate
.venv/bin/git .venv/bin/env .venv/bin/sh .venv/bin/autovenv .venv/bin/postactivate
.venv/bin/autovenv-answer .venv/Scripts/activate .venv/lib/python3.11/site-packages/evil.pth
.venv/lib/python3.11/site-packages/sitecustomize.py .venv/lib/python3.11/os.py
.autovenv-answer .envrc .env .autoenv .autoenv.zsh .in .out .bashrc .zshrc .zshenv .profile
config.fish Microsoft.PowerShell_profile.ps1 profile.ps1 conftest.py setup.py sitecustomize.py
usercustomize.py site.py os.py sys.py stat.py encodings/__init__.py autovenv/__init__.py
autovenv.py click.py grp.py python python3 git ls env bin/python .direnv/bin/python mise.toml
.mise.toml .tool-versions Makefile noxfile.py tasks.py .vscode/settings.json .git-canary
"""
PLACES = _PLACES.split()

# What is read, with what an evaluation would run: `{pwned}` is a file that must not appear.
TEXTS = {
    ".python-version": "$(touch {pwned})\n`touch {pwned}`\n../../evil\n",
    "pyproject.toml": '[project]\nname = "$(touch {pwned})`touch {pwned}`"\n[tool.poetry]\n',
    "poetry.toml": '[virtualenvs]\npath = "$(touch {pwned})"\n',
    "pdm.toml": '[venv]\nlocation = "$(touch {pwned})"\n',
    "Pipfile": "[pipenv]\nvenv_in_project = true\n",
    ".pdm-python": "{clone}/.venv/bin/python\n",
    ".gitattributes": "* filter=evil diff=evil\n",
}
SETTINGS = "prompt = '$(touch {pwned})`touch {pwned}`%{{\\x1b]0;x\\x07'\nhome = {clone}/bin\n"

# As an archive may hold it: git runs these in a repository of somebody's.
GIT_CONFIG = """[core]
\tfsmonitor = {clone}/.git-canary
\thooksPath = {clone}
[filter "evil"]
\tclean = {clone}/.git-canary
\tsmudge = {clone}/.git-canary
[diff]
\texternal = {clone}/.git-canary
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with an empty repository `origin`, and nothing else."""
    world = trees.new_world(tmp_path / "world", {"origin/.gitignore": "nothing\n"})
    git(world.home / "origin", "init", "-q")
    return world


def committed(world: World) -> Path:
    """Commit all in `origin`, clone it, and return the clone."""
    git(world.home / "origin", "add", "-f", ".")
    git(world.home / "origin", "commit", "-qm", "x")
    git(world.home, "clone", "-q", "origin", "clone")
    return world.home / "clone"


def hostile(world: World) -> Path:
    """Return the clone of a repository with a canary in every place one can think of."""
    origin, clone, pwned = world.home / "origin", world.home / "clone", world.root / "pwned"
    trees.make(Env(made_at="{home}/clone/.venv"), origin / ".venv", world.home)
    (origin / ".venv" / "bin" / "python").unlink()
    (origin / ".venv" / "bin" / "python3").unlink()
    script = origin / ".venv" / "bin" / "activate"
    recorded = script.read_text()
    for place in PLACES:
        path = origin / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(_canary(path, pwned))
        path.chmod(0o755)
    script.write_text(f"touch {shlex.quote(str(pwned))}\n{recorded}")
    texts = {**TEXTS, ".venv/pyvenv.cfg": SETTINGS}
    for place, text in texts.items():
        (origin / place).write_text(text.format(pwned=pwned, clone=clone))
    assert committed(world) == clone
    with (clone / ".git" / "config").open("a") as config:
        config.write(GIT_CONFIG.format(clone=clone))
    return clone


def _canary(path: Path, pwned: Path) -> str:
    if path.suffix in (".py", ".pth"):
        return f"import os; open({str(pwned)!r}, 'w')\n"
    return f"#!/bin/sh\ntouch {shlex.quote(str(pwned))}\n"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("allowed", [False, True])
def test_a_fresh_clone_stays_silent(
    name: str,
    allowed: bool,
    world: World,
    require: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Entering runs nothing of it, and so it is where it was allowed and comes first on PATH."""
    require(name)
    if reason := tracing.missing():
        pytest.skip(reason)
    monkeypatch.setattr(tracing, "traced", _executions)
    clone = hostile(world)
    shell = SHELLS[name]
    trace = world.root / "trace"
    with Session(shell, replace(setup(name, world), trace=str(trace))) as session:
        enter = shell.cd.format(shell.quote(str(clone)))
        leave = shell.cd.format(shell.quote(str(world.neutral)))
        first = session.type(enter)
        assert "the git repository ~/clone tracks it" in first.output
        assert "\x1b" not in first.output
        if allowed:
            session.type(f"autovenv allow {shell.quote(str(clone / '.venv'))}")
            session.type("")
        active = session.probe().path[0] == str(clone / ".venv" / "bin")
        assert active is allowed
        for line in (leave, enter, "", leave, enter, ""):
            session.type(line)
    below = re.escape(f"{world.home}/".encode())
    ran = re.findall(rb'execve(?:at)?\((?:\w+, )?"(.*?)"', trace.read_bytes())
    assert str(world.root / "helper").encode() in ran, "the trace itself"
    assert [path for path in ran if re.match(below, path) or not path.startswith(b"/")] == []
    assert not (world.root / "pwned").exists()


def _executions(arguments: list[str], file: str) -> list[str]:
    calls = "trace=execve,execveat"
    strace = shutil.which("strace") or "strace"
    return [strace, "-D", "-f", "-qq", "-s", "9999", "-e", calls, "-o", file, *arguments]


def _is_active_after(session: Session, project: Path, line: str) -> bool:
    """Tell whether the project's environment is active at the second prompt after the line."""
    session.type(line)
    session.type("")
    return session.probe().path[0] == str(project / ".venv" / "bin")


@pytest.mark.parametrize("name", ["zsh", "pwsh"])
def test_in_a_shared_folder_each_visit_asks_and_a_word_is_seen(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """`deny` and `allow` count at the next prompt; another with the same times isn't believed."""
    require(name)
    shared = world.home / "shared"
    trees.make(Env(), shared / "job" / ".venv", world.home)
    shared.chmod(0o1777)
    shutil.copytree(shared / "job", shared / "other", symlinks=True)
    (shared / "other" / ".venv").chmod(0o777)
    world.settle()
    shell = SHELLS[name]
    with Session(shell, setup(name, world)) as session:
        is_active = functools.partial(_is_active_after, session, shared / "job")
        enter = shell.cd.format(shell.quote(str(shared / "job")))
        leave = shell.cd.format(shell.quote(str(world.neutral)))
        assert is_active(enter)
        assert not is_active("autovenv deny")
        assert is_active("autovenv allow")
        (world.home / ".local/state/autovenv/approvals").unlink()
        world.settle()
        assert is_active("")
        assert not is_active(leave)
        (shared / "job").rename(shared / "mine")
        (shared / "other").rename(shared / "job")
        assert not is_active(enter)


@pytest.mark.parametrize("name", NAMES)
def test_what_fixes_a_refusal_is_seen_at_the_next_prompt(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """`git rm --cached`, `deny`, `allow`, and `git add` again on the next entry."""
    require(name)
    clone = world.home / "clone"
    trees.make(Env(made_at="{home}/clone/.venv"), world.home / "origin" / ".venv", world.home)
    committed(world)
    world.settle()
    shell = SHELLS[name]
    with Session(shell, setup(name, world)) as session:
        is_active = functools.partial(_is_active_after, session, clone)
        enter = shell.cd.format(shell.quote(str(clone)))
        leave = shell.cd.format(shell.quote(str(world.neutral)))
        assert not is_active(enter)
        git(clone, "rm", "-rq", "--cached", ".venv")
        assert is_active("")
        assert not is_active("autovenv deny")
        assert is_active("autovenv allow")
        (world.home / ".local/state/autovenv/approvals").unlink()
        world.settle()
        assert is_active("")
        git(clone, "add", "-f", ".venv")
        assert not is_active(leave)
        assert not is_active(enter)
        assert is_active("autovenv allow")
        (clone / ".venv" / "bin" / "pip").write_text("#!/bin/sh\n")
        assert not is_active("")
