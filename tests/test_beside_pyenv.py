"""autovenv beside pyenv-virtualenv, which activates everywhere what `pyenv global` names.

Real is what PYENV_ROOT has; tests/others stands in for it elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import beside
from beside import PREFIX, Require, Tool, cd, each, environments, start
from trees import World

STAND_IN = beside.stand_in("pyenv-virtualenv")
POSIX = """
export PYENV_ROOT={root}/pyenv PYENV_VIRTUALENV_DISABLE_PROMPT=1 PATH={pyenv}/bin:$PATH
eval "$(pyenv init - {shell})"
eval "$(pyenv virtualenv-init - {shell})"
"""
FISH = """
set -gx PYENV_ROOT {root}/pyenv
set -gx PYENV_VIRTUALENV_DISABLE_PROMPT 1
set -gx PATH {pyenv}/bin $PATH
pyenv init - fish | source
pyenv virtualenv-init - fish | source
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a home with projects in it, and two virtualenvs of pyenv's."""
    world = beside.new_world(tmp_path / "world")
    for name in ("tools", "other"):
        place = world.root / "pyenv/versions" / name
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    (world.root / "pyenv/version").write_text("tools\n")
    return world


def real() -> Tool:
    """Return pyenv with pyenv-virtualenv, as this machine has it; skip without."""
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    if not os.path.exists(f"{root}/plugins/pyenv-virtualenv"):
        pytest.skip(f"{root} has no pyenv-virtualenv")
    lines = {shell: POSIX.replace("{shell}", shell) for shell in ("bash", "zsh")} | {"fish": FISH}
    return Tool({shell: text.replace("{pyenv}", root) for shell, text in lines.items()})


@pytest.mark.parametrize("kind", ["stand-in", "real"])
@each(STAND_IN)
def test_pyenv_global(shell: str, order: str, kind: str, world: World, require: Require) -> None:
    """What is active everywhere is no choice for a project; what was chosen by its name is."""
    require(shell)
    tool = replace(STAND_IN if kind == "stand-in" else real(), restless=frozenset({"PATH"}))
    versions = f"{world.root}/pyenv/versions"
    with start(tool, shell, order, world) as session:
        before = session.probe().environment
        assert before["VIRTUAL_ENV"] == f"{versions}/tools"
        for place in ("p", "q", "elsewhere", "p"):
            line = session.shell.both.format(cd(session, world, place), PREFIX)
            shown = session.type(line).output
            state = session.probe()
            if place == "elsewhere":
                assert state.environment["PATH"] == before["PATH"]
                assert state.environment["VIRTUAL_ENV"] == f"{versions}/tools"
            else:
                assert shown == f"{world.home}/{place}/.venv\n"
                assert state.environment["VIRTUAL_ENV"] == f"{world.home}/{place}/.venv"
        session.type("deactivate")
        assert session.probe().environment["VIRTUAL_ENV"] == f"{versions}/tools"
        session.type(cd(session, world, "elsewhere"))
        session.type("pyenv activate other")
        session.type(cd(session, world, "q"))
        state = session.probe()
        assert state.environment["VIRTUAL_ENV"] == f"{versions}/other"
        assert environments(state, world) == []
        session.type("pyenv deactivate")
        session.type("")
        assert environments(session.probe(), world) == ["q/.venv"]
