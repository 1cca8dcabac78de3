"""autovenv in what draws a terminal of its own, or has none: mc, screen, script, `-ic`, tmux.

And beside prompts that draw themselves again when they know more, which no session can wait for.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import beside
import trees
from beside import PREFIX, Require, Tool, require_program, setup
from drivers import SHELLS
from drivers.shell import write_rc
from panes import STARTED, Pane, pane, wait_for_shells
from trees import World

NAMES = ["bash", "zsh", "fish"]

# How each is started, and how it is left.
PROGRAMS = {
    "script": ("script --quiet /dev/null", "exit"),
    "screen": ("screen -c /dev/null", "exit"),
    "mc": ("mc -d -a", "F10"),
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a home with projects in it."""
    return beside.new_world(tmp_path / "world")


@pytest.mark.parametrize("shell", NAMES)
def test_programs_around_a_shell(shell: str, world: World, require: Require) -> None:
    """In script, screen and mc's subshell projects are entered and left; the one around stays."""
    require(shell)
    for program in PROGRAMS:
        require_program(program)
    with pane(shell, world, STARTED[shell]) as the_pane:
        the_pane.wait("")
        the_pane.type(f"cd {world.home}/p")
        the_pane.wait("(p) ")
        for number, (program, (start, end)) in enumerate(PROGRAMS.items(), 2):
            the_pane.type(start)
            wait_for_shells(the_pane, world, number)
            if program == "mc":
                the_pane.wait_until(lambda: "10Quit" in the_pane.shown())
                the_pane.press("C-o")
            _goes_about(the_pane, world, program)
            if program == "mc":
                the_pane.press("C-o")
                the_pane.wait_until(lambda: "10Quit" in the_pane.shown())
                the_pane.press(end)
            else:
                the_pane.type(end)
            the_pane.wait("(p) ")
            assert the_pane.state(f"after {program}")[1] == ["p/.venv"]


def _goes_about(the_pane: Pane, world: World, name: str) -> None:
    """Go into two projects and out again: on the same line with what looks, and at the prompt."""
    for place in ("p", "q", "elsewhere"):
        is_project = place != "elsewhere"
        active = f"{world.home}/{place}/.venv" if is_project else None
        file = world.root / f"{name}-{place}"
        the_pane.type(f"cd {world.home}/{place} && command -v python >{file}")
        found = the_pane.state(f"{name} in {place}")
        the_pane.wait(f"({place}) " if is_project else "")
        program = active or str(world.root)
        assert file.read_text() == f"{program}/bin/python\n"
        assert found[:2] == (active, [f"{place}/.venv"] if active else [])
        assert bool(found[2]) == is_project


@pytest.mark.parametrize("shell", NAMES)
def test_without_a_terminal(shell: str, world: World, require: Require) -> None:
    """By `-ic`, `cd p && python` runs p's python, and nothing more is said than without us."""
    require(shell)
    line = f"cd {world.home}/p && {PREFIX}; cd {world.home}/elsewhere && {PREFIX}"
    said = {}
    for hook in ("", world.hook(shell)):
        written = replace(setup(Tool({}), shell, "after", world, "elsewhere"), hook=hook)
        write_rc(SHELLS[shell], written)
        done = subprocess.run(
            ["setsid", "--wait", *SHELLS[shell].started(written.home), "-ic", line],
            env=dict(written.env),
            cwd=written.cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        said[hook] = (done.stdout, re.sub(r"[0-9]+", "", done.stderr))
    (_, before), (shown, after) = said.values()
    assert shown == f"{world.home}/p/.venv\n{trees.BASE_PREFIX}\n"
    assert after == before


# A project for which `TOOL shell` makes an environment, and starts a shell that is active in it:
# its file, what stands there, and how the label begins.
PYPROJECT = "[project]\nname = 'n'\nversion = '1'\n"
SPAWNED = {
    "poetry": ("pyproject.toml", f"{PYPROJECT}[tool.poetry]\npackage-mode = false\n", "(n"),
    "hatch": (
        "pyproject.toml",
        f"{PYPROJECT}[tool.hatch.envs.default]\nskip-install = true\n",
        "(n",
    ),
    "pipenv": ("Pipfile", "[packages]\n", "(spawned"),
}
# pipenv copies our `deactivate` in zsh, and does no more than the others elsewhere.
SPAWNING = [*itertools.product(("poetry", "hatch"), NAMES), ("pipenv", "zsh")]


@pytest.mark.parametrize(("tool", "shell"), SPAWNING)
def test_a_shell_of_a_tools(tool: str, shell: str, world: World, require: Require) -> None:
    """In `poetry shell` and the like the project's is active, until the project is left."""
    require(shell)
    program = _with_a_shell(tool)
    file, text, label = SPAWNED[tool]
    project = world.home / "spawned"
    project.mkdir()
    (project / file).write_text(text)
    with pane(shell, world, STARTED[shell]) as the_pane:
        the_pane.wait("")
        the_pane.type(f"cd {project}")
        the_pane.type(f"{program} shell")
        wait_for_shells(the_pane, world, 2)
        # What is typed before the tool has done so is lost.
        said = re.compile(r"Spawning|activate|Launching")
        the_pane.wait_until(lambda: said.search(the_pane.shown().replace("\n", "")) is not None)
        the_pane.wait_until(lambda: the_pane.last().startswith(label))
        active = the_pane.state("within")[0]
        assert active
        assert Path(active).is_relative_to(world.home)
        for place, expected in (
            ("elsewhere", None),
            ("spawned", active),
            ("q", f"{world.home}/q/.venv"),
        ):
            the_pane.type(f"cd {world.home}/{place}")
            assert the_pane.state(f"from within to {place}")[0] == expected
        the_pane.type("exit")
        # Until the tool has ended, too, what is typed is lost; the outer shell is in the project.
        # zsh may end without a new line.
        the_pane.wait_until(lambda: label in the_pane.last())
        the_pane.type(f"cd {world.home}/q")
        the_pane.wait("(q) ")
        assert the_pane.state("after")[:2] == (f"{world.home}/q/.venv", ["q/.venv"])


def _with_a_shell(tool: str) -> str:
    """Return the program of a tool that has the command `shell`.

    Skip where nobody has installed the tools, as in another Debian; else they must be there in CI.
    """
    if "AUTOVENV_MAKERS" not in os.environ:
        pytest.skip("AUTOVENV_MAKERS names no folder with the tools")
    place = Path(os.environ["AUTOVENV_MAKERS"], tool)
    if tool == "poetry" and not [*place.glob("lib/python*/site-packages/poetry_plugin_shell")]:
        beside.lacks("poetry-plugin-shell")
    return beside.require_program(f"{place}/bin/{tool}")
