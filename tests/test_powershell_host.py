"""What PowerShell's own console host does: ways to start it, to break off, to ask.

What is typed at a prompt is in the table of scenarios, what profiles do in another file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
import unix
from autovenv.hook import write_body, write_loader
from autovenv.shells import SHELLS as ROWS
from drivers import SHELLS
from drivers.shell import write_rc
from prompts import User, setup
from trees import Env, World

PWSH = SHELLS["pwsh"]

pytestmark = unix.alone("on Windows it is the system that knows where profiles lie")


@pytest.fixture
def world(tmp_path: Path, require: Callable[[str], None]) -> World:
    """Return a home with two projects."""
    require("pwsh")
    return trees.new_world(tmp_path / "world", {"p/.venv": Env(), "q/.venv": Env()})


def test_no_exit(world: World) -> None:
    """After `-NoExit -Command` there is a prompt as after any start."""
    with User("pwsh", world, arguments=["-NoExit", "-Command", "'done'"], cwd="p") as user:
        assert (user.session.first.output, user.session.first.label) == ("done\n", "p")
        assert user.active() == "p/.venv"
        assert user.go("elsewhere").label is None
        assert user.active() == ""


def test_commands_from_standard_input(world: World) -> None:
    """`-Command -` reads lines as a script does: it loads profiles, and is left alone."""
    settings = setup("pwsh", world, "elsewhere")
    write_rc(PWSH, settings)
    place = PWSH.cd.format(PWSH.quote(str(world.home / "p")))
    done = subprocess.run(
        [*PWSH.started(str(world.home)), "-Command", "-"],
        input=f'{place}\n"<$env:VIRTUAL_ENV>"\n"$function:prompt"\n',
        cwd=settings.cwd,
        env={**settings.env, **PWSH.variables},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "<>" in done.stdout
    assert "autovenv" not in done.stdout
    assert world.asks() == 0


def test_the_profile_of_all_hosts(world: World) -> None:
    """The line may stand in profile.ps1, which every host runs before its own, or in both."""
    profile = world.home / ".config" / "powershell" / "profile.ps1"
    profile.parent.mkdir(parents=True)
    profile.write_text(PWSH.load(world.hook("powershell")) + "\n")
    for hook in ("", None):
        with User("pwsh", world, hook=hook) as user:
            # The driver's own profile sets its prompt after the first one.
            assert user.go("p").label == (None if hook == "" else "p")
            environment = user.session.probe().environment
            assert environment["VIRTUAL_ENV"] == str(world.home / "p/.venv")
            assert environment["PATH"].count("/p/.venv/bin") == 1
            user.go("elsewhere")
            assert "VIRTUAL_ENV" not in user.session.probe().environment


def test_broken_off(world: World) -> None:
    """Ctrl-C at the prompt, and in a command, costs a line; the next ones are as ever."""
    with User("pwsh", world, cwd="p") as user:
        terminal = user.session.terminal
        terminal.send(b"half a li")
        terminal.read_until(lambda shown: shown.endswith(b"half a li"))
        terminal.send(b"\x03")
        terminal.read_until(_at_the_prompt_of("p"))
        assert user.go("q").label == "q"
        terminal.wait_for_reader()
        terminal.send(b"[Console]::Write('begun'); Start-Sleep 1000\r")
        terminal.read_until(lambda shown: b"\nbegun" in shown)
        terminal.send(b"\x03")
        terminal.read_until(_at_the_prompt_of("q"))
        assert user.active() == "q/.venv"
        assert user.go("elsewhere").label is None
        assert user.active() == ""


def test_a_question_to_the_user(world: World) -> None:
    """`Read-Host` reads its line, and the prompt after it is as ever."""
    with User("pwsh", world, cwd="p") as user:
        terminal = user.session.terminal
        terminal.wait_for_reader()
        terminal.send(b"$said = Read-Host 'name'\r")
        terminal.read_until(lambda shown: shown.endswith(b"name: "))
        terminal.wait_for_reader()
        terminal.send(b"somebody\r")
        terminal.read_until(_at_the_prompt_of("p"))
        assert user.type("$said").output == "somebody\n"


@pytest.mark.parametrize("has_python", [False, True])
def test_its_own_folder_ahead(world: World, has_python: bool, tmp_path: Path) -> None:
    """$PSHOME, which it puts first on PATH, is left there, unless it has a python of its own."""
    own = tmp_path / "pshome"
    shutil.copytree(os.path.dirname(os.path.realpath(PWSH.path())), own, symlinks=True)
    own.chmod(0o755)
    if has_python:
        (own / "python").symlink_to(trees.BASE_PYTHON)
    with User("pwsh", world, cwd="p") as user:
        outer = user.session.probe().path
        assert user.type(f"& '{own}/pwsh' -NoLogo").label == "p"
        state = user.session.probe()
        entry = str(world.home / "p/.venv/bin")
        assert state.which("python") == f"{entry}/python"
        assert state.path[:2] == ([entry, str(own)] if has_python else [str(own), entry])
        assert state.path.count(entry) == 1
        user.go("elsewhere")
        assert user.session.probe().path == [str(own), *outer[1:]]


@unix.only_root
def test_who_has_no_name_owns_nothing(require: Callable[[str], None]) -> None:
    """In a container, users may be in no list: what the one has left isn't the other's."""
    require("pwsh")
    one, other = "54321", 54322
    with tempfile.TemporaryDirectory() as folder:
        kept, script = Path(folder, "autovenv.ps1"), Path(folder, "script.ps1")
        kept.write_text("[Console]::WriteLine('evaluated'); $true\n")
        unix.give(kept, other)
        lines = write_loader(ROWS["powershell"], "/none", str(kept), "/none")
        body = write_body("powershell")
        script.write_text(f"{lines}\n{body}\n__autovenv_are_own '{kept}'\n")
        os.chmod(folder, 0o755)
        done = subprocess.run(
            ["setpriv", "--reuid", one, "--clear-groups", PWSH.path(), "-NoProfile", script],
            env={**PWSH.variables, "HOME": folder, "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
        )
        assert (done.stdout, done.stderr) == ("False\n", "")


def _at_the_prompt_of(label: str) -> Callable[[bytearray], bool]:
    return lambda shown: shown.endswith(b"]]~ ") and f"({label}) [[".encode() in shown
