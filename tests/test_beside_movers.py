"""autovenv beside what changes folder, or starts shells elsewhere: zoxide, z, autoenv, tmux.

Real are Debian's zoxide (0.4, and 0.9.7 of Debian 13) and tmux, and checkouts of z and autoenv;
tests/others stands in for zoxide from 0.5 on, for bash's jumpers, and for autoenv.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import beside
from beside import PREFIX, Require, Tool, cd, each, environments, exported, require_program, start
from drivers import SHELLS
from drivers.shell import Session
from panes import Pane
from trees import BASE_PREFIX, World

AUTOENV = beside.stand_in("autoenv")
JUMPERS = beside.stand_in("jumpers")
NEWER_ZOXIDE = beside.stand_in("zoxide-newer")
ZOXIDE = Tool(
    {
        "bash": 'eval "$(zoxide init bash)"',
        "zsh": 'eval "$(zoxide init zsh)"',
        "fish": "zoxide init fish | source",
        "pwsh": "zoxide init powershell | Out-String | Invoke-Expression",
    }
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a home with projects in it."""
    return beside.new_world(tmp_path / "world")


@each(ZOXIDE)
def test_zoxide(shell: str, order: str, world: World, require: Require) -> None:
    """Zoxide's `z p && python` runs p's python.

    Debian 13's says at the first `z` of a bash if PROMPT_COMMAND's first element isn't its own.
    """
    require(shell)
    require_program("zoxide")
    _zoxide_learns(world)
    _jumps(ZOXIDE, shell, order, world)


@each(NEWER_ZOXIDE)
def test_newer_zoxide(shell: str, order: str, world: World, require: Require) -> None:
    """The same where zoxide calls the builtin, past a wrapped cd."""
    require(shell)
    _jumps(NEWER_ZOXIDE, shell, order, world)


def _jumps(tool: Tool, shell: str, order: str, world: World) -> None:
    with start(tool, shell, order, world) as session:
        for name in ("p", "q", "p"):
            result = session.type(session.shell.both.format(f"z {name}", PREFIX))
            assert result.output == f"{world.home}/{name}/.venv\n"
            label = str(result.label).split("(")
            if tool is ZOXIDE and shell == "fish" and _repaints() and len(label) == 1:
                # The prompt that it paints again may not have been seen yet.
                session.terminal.read_until(lambda shown: shown.endswith(b"]]~ "))
            assert label[-1] == name
            assert result.status == 0
        assert session.type(cd(session, world, "elsewhere")).output == ""
        state = session.probe()
    assert (environments(state, world), exported(state)) == ([], [])


@each(JUMPERS)
def test_jumpers(shell: str, order: str, world: World, require: Require) -> None:
    """So it is with bash's jumpers, by the builtin or by `cd`, and where a line leaves again."""
    require(shell)
    with start(JUMPERS, shell, order, world) as session:
        for jump in ("z", "zl", "e", "g"):
            _jump(session, world, jump)


@pytest.mark.parametrize("order", beside.ORDERS)
def test_z(order: str, world: World, require: Require) -> None:
    """The same beside z itself, in a checkout."""
    require("bash")
    text = f"_Z_DATA={{home}}/.z; . {beside.checkout('z')}/z.sh"
    learns = "".join(f"; _z --add {world.home / place}" for place in ("q", "elsewhere"))
    with start(Tool({"bash": text + learns}), "bash", order, world) as session:
        _jump(session, world, "z")


def _jump(session: Session, world: World, jump: str) -> None:
    """Go to a project and leave it, by `jump` and a command on the same line."""
    for place, active in (("q", f"{world.home}/q/.venv"), ("elsewhere", BASE_PREFIX)):
        result = session.type(f"{jump} {place} && {PREFIX}")
        assert (result.output, result.status) == (f"{active}\n", 0), jump


@pytest.mark.parametrize("real", [False, True], ids=["stand-in", "checkout"])
@each(AUTOENV)
def test_autoenv(shell: str, order: str, real: bool, world: World, require: Require) -> None:
    """Its files activate, and deactivate when it is elsewhere already, in a project or none.

    They say so where they find no `deactivate`, and they don't deactivate the next one.
    """
    require(shell)
    tool = AUTOENV
    if real:
        text = "AUTOENV_ASSUME_YES=1 AUTOENV_ENABLE_LEAVE=1\n. {}/activate.sh"
        tool = Tool({shell: text.format(beside.checkout("autoenv"))})
    (world.home / "p/.env").write_text(". ~/p/.venv/bin/activate\n")
    for place in ("p", "tools"):
        (world.home / place / ".env.leave").write_text("deactivate\n")
    with start(tool, shell, order, world) as session:
        before = session.probe().environment["PATH"]
        for place in ("p", "q", "tools", "q", "p", "elsewhere", "tools", "elsewhere"):
            result = session.type(cd(session, world, place))
            assert (result.output, result.status) == ("", 0), place
            assert result.label == (None if place == "elsewhere" else place)
            state = session.probe()
            active = [] if place == "elsewhere" else [f"{place}/.venv"]
            assert environments(state, world) == active
        assert (state.environment["PATH"], exported(state)) == (before, [])


def _repaints() -> bool:
    """Tell whether this zoxide paints fish's prompt again after a jump: Debian 12's 0.4 does."""
    done = subprocess.run(["zoxide", "--version"], check=True, capture_output=True, text=True)
    return " 0.4." in done.stdout.replace("v", "")


def _zoxide_learns(world: World) -> None:
    environment = world.environment({})
    for place in ("p", "q", "elsewhere"):
        subprocess.run(["zoxide", "add", world.home / place], env=environment, check=True)


@pytest.mark.parametrize("shell", SHELLS)
def test_tmux(shell: str, world: World, require: Require, tmp_path: Path) -> None:
    """A pane of a server that was started in an active project can leave it, and enter another."""
    require(shell)
    require_program("tmux")
    socket = tmp_path / "socket"
    server = f"tmux -f /dev/null -S {socket}"
    command = " ".join([SHELLS[shell].path(), *SHELLS[shell].flags])
    with start(Tool({}, {}), shell, "after", world, place="p") as session:
        assert session.first.label == "p"
        opened = session.type(
            f"{server} new-session -d -x 200 -y 50 -c {world.neutral} '{command}'"
        )
        assert (opened.output, opened.status) == ("", 0)
        try:
            pane = Pane(server, world)
            pane.wait("")
            assert pane.state("outside") == (None, [], [])
            pane.type(cd(session, world, "q"))
            pane.wait("(q) ")
            active, entries, exported = pane.state("in another project")
            assert (active, entries) == (f"{world.home}/q/.venv", ["q/.venv"])
            assert exported
            subprocess.run(
                [*server.split(), "new-window", "-c", world.home / "p", command], check=True
            )
            pane.wait("(p) ")
            assert pane.state("a window")[:2] == (f"{world.home}/p/.venv", ["p/.venv"])
        finally:
            subprocess.run([*server.split(), "kill-server"], check=True)
