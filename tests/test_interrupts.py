"""Ctrl-C while a shell looks for markers, or compares an answer: at any of its looks at the disk.

strace lets a look end in the signal that a terminal sends at Ctrl-C.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
import unix
from autovenv.paths import FORMAT, RECORD_NAME
from drivers import tracing
from prompts import NAMES, User
from test_trust_tracked import git
from trees import Env, World
from trusting import SOMEBODY

pytestmark = pytest.mark.skipif(bool(reason := tracing.missing()), reason=reason)

# What a shell calls its own number; PowerShell's own prompt is what it shows where ours is stopped.
PROCESS = {"fish": "echo $fish_pid", "pwsh": "$PID"}
PROMPTS = (b"]]~ ", b"PS>")

MANY = 1000  # looks: PowerShell takes the signal before the last of them


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with two projects."""
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env(), "q/.venv": Env()})
    world.settle()
    return world


def interrupted(user: User, line: str, path: Path, number: int) -> None:
    """Type the line, and interrupt the shell at its look at the path that is the `number`th.

    There is a prompt after it, and another after an empty line.
    """
    process = user.type(PROCESS.get(user.shell.name, "echo $$")).output.strip()
    command = [shutil.which("strace") or "strace", "-f", "-p", process, "-P", str(path)]
    command += [
        "-o",
        str(user.world.root / "trace"),
        "-e",
        f"inject=%file:signal=INT:when={number}",
    ]
    terminal = user.session.terminal
    with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
        assert tracer.stderr is not None
        while b"attached" not in tracer.stderr.readline():
            assert tracer.poll() is None
        for typed in (line, ""):
            terminal.wait_for_reader()
            terminal.send(typed.encode() + b"\r")
            terminal.read_until(lambda shown: bytes(shown.partition(b"\n")[2]).endswith(PROMPTS))
        tracer.terminate()


@pytest.mark.parametrize("name", NAMES)
def test_an_interrupt_at_any_look(name: str, world: World, require: Callable[[str], None]) -> None:
    """There is a prompt, the next one is as if nothing had been, and nothing is asked for that."""
    require(name)
    p = world.home / "p"
    record = Path(f"{world.home}/.local/state/autovenv/answers.{FORMAT}{p}/{RECORD_NAME}")
    with User(name, world) as user:
        user.visit("p")
        assert user.visit("p") == 0
        asked = world.asks()
        looks = [p / ".venv", record, p / ".no-autovenv", world.home / "Pipfile"]
        # Under strace, PowerShell takes seconds for each.
        for path in looks[: 2 if name == "pwsh" else 4]:
            interrupted(user, user.cd(p), path, 1)
            user.type("")
            assert user.active() == "p/.venv"
            user.go("elsewhere")
            assert user.active() == ""
        assert world.asks() == asked


# PowerShell takes the signal in another thread, some time later: see below.
@pytest.mark.parametrize("name", ["bash", "fish", "zsh"])
def test_an_interrupt_leaves_no_part_of_an_answer(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """What was compared in part isn't taken for valid: git tracks p's now, and q's is active."""
    require(name)
    p = world.home / "p"
    git(p, "init", "-q")
    git(p, "add", "-f", ".venv")
    (p / ".git").rename(world.home / "saved")
    with User(name, world) as user:
        for number in (1, 2, 3):
            user.visit("p")
            user.visit("p")
            user.go("q")
            assert user.active() == "q/.venv"
            (world.home / "saved").rename(p / ".git")
            interrupted(user, user.cd(p), p / ".venv", number)
            user.type("")
            assert user.active() == ""
            user.go("elsewhere")
            (p / ".git").rename(world.home / "saved")


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_an_interrupt_while_the_home_is_looked_for(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """Where one stands outside of it, which can take long, it isn't taken for found."""
    require(name)
    inside = world.home / "p/in"
    inside.mkdir()
    with User(name, world) as user:
        user.type(f"HOME={world.neutral}")
        for _ in range(2):
            assert user.go(inside).label == "p"
            user.go("elsewhere")
        asked = world.asks()
        interrupted(user, user.cd(inside), world.neutral, 1)
        assert user.type("").label == "p"
        assert world.asks() == asked


def test_an_interrupt_leaves_nothing_half_done(
    world: World, require: Callable[[str], None]
) -> None:
    """In fish, functions of the user's may run at each variable that is set on the way."""
    require("fish")
    names = ("__AUTOVENV_PATH", "__AUTOVENV_ENV", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PATH")
    with User("fish", world) as user:
        user.visit("p")
        for name in names:
            for place, label in (("p", "p"), ("elsewhere", None)):
                ends = "functions -e ends; kill -INT $fish_pid"
                user.type(f"function ends --on-variable {name}; {ends}; end")
                assert user.go(place).status == 130
                assert user.type("functions -q ends").status == 1
                assert user.active() == (f"{place}/.venv" if label else "")
                result = user.type("functions -q deactivate")
                assert (result.label, result.status) == (label, 0 if label else 1)


def test_an_interrupt_at_any_command_that_enters_or_leaves(
    world: World, require: Callable[[str], None]
) -> None:
    """The user's own entry stays, `deactivate` comes and goes, and all agrees with the label."""
    require("bash")
    own = f"{world.home}/p/.venv/bin"
    inside = " || ".join(f"$IN == __autovenv_{name}" for name in ("enter", "leave", "command"))
    counted = f"[[ {inside} ]] && [[ $((LEFT -= 1)) == 0 ]]"
    trap = f"trap 'IN=${{FUNCNAME[0]-}}; {counted} && kill -INT $$' DEBUG"
    with User("bash", world) as user:
        user.type(f"PATH=$PATH:{own}; set -T")
        enters, leaves = (user.cd(world.home / place) for place in ("p", "elsewhere"))
        for line in (enters, leaves, enters, leaves):
            user.type(line)
        number = 0
        is_interrupted = True
        while is_interrupted:
            number += 1
            for line in (enters, "deactivate", enters, "autovenv off", enters, leaves):
                user.type(f"autovenv on; {trap}")
                user.type(f"LEFT={number}; {line}")
                shown = user.type("echo $LEFT $__autovenv_off; trap - DEBUG").output
                left, *off = shown.split()
                is_interrupted = int(left) <= 0
                label = user.type("").label
                state = user.session.probe()
                assert label == state.environment.get("VIRTUAL_ENV_PROMPT")
                assert label or line != enters
                assert not label or (line != leaves and not off)
                assert state.path.count(own) == (2 if label else 1)
                assert state.path[0] == own or not label
                assert ("deactivate" in state.functions) == bool(label)


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_an_interrupt_while_a_prompt_is_looked_at(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """It shows the environment by itself, which takes long: it isn't shown twice from then on."""
    require(name)
    slow = "[[ -e ~/slow ]] && rm ~/slow && kill -INT 0"
    slow += '; [[ -z $VIRTUAL_ENV ]] || echo "($VIRTUAL_ENV_PROMPT) "'
    with User(name, world, before=[f"shown() {{ {slow}; }}"]) as user:
        user.type("setopt prompt_subst" if name == "zsh" else "")
        user.type("PS1='$(shown)[[0]]~ '")
        (world.home / "slow").touch()
        user.go("p")
        assert not (world.home / "slow").exists()
        user.type("")
        went = user.type("")
        assert (went.output, went.label) == ("", "p")


def lengthen(record: Path, path: Path) -> None:
    """Put the path among those that must be the user's, so often that to look takes a while."""
    fields = record.read_bytes().split(b"\0")
    fields[7] = b"own " * MANY + fields[7]
    record.write_bytes(b"\0".join([*fields[:8], *[bytes(path)] * MANY, *fields[8:]]))


@unix.only_root
def test_an_interrupt_while_powershell_looks_at_owners(
    world: World, require: Callable[[str], None]
) -> None:
    """What was compared in part isn't taken for valid: p is another user's now."""
    require("pwsh")
    p, mine = world.home / "p", world.home / "mine"
    mine.touch()
    record = Path(f"{world.home}/.local/state/autovenv/answers.{FORMAT}{p}/{RECORD_NAME}")
    with User("pwsh", world) as user:
        user.visit("p")
        user.visit("p")
        user.go("q")
        assert user.active() == "q/.venv"
        unix.give(p, SOMEBODY)
        p.chmod(0o777)  # in a container, a folder of SOMEBODY's alone may be excused
        lengthen(record, mine)
        interrupted(user, user.cd(p), mine, 1)
        user.type("")
        assert user.active() == ""
