"""What a shell spares where it can: each short way is right, and it is taken."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
import unix
from autovenv.paths import FORMAT, RECORD_NAME
from prompts import User
from trees import Env, World

SHELLS = ["bash", "zsh"]
FISH_TOO = [*SHELLS, "fish"]


def define(shell: str, name: str, body: str) -> str:
    """Return the line that defines a function."""
    return f"function {name}; {body}; end" if shell == "fish" else f"{name}() {{ {body}; }}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with two projects, one of which has several markers and a repository."""
    world = trees.new_world(
        tmp_path / "world",
        {
            "p/.venv": Env(),
            "q/.venv": Env(),
            "q/pyproject.toml": "[project]\nname = 'q'\n",
            "q/uv.lock": "",
            "q/.python-version": "3\n",
            "q/.git/HEAD": "ref: refs/heads/main\n",
        },
    )
    world.settle()
    return world


@pytest.mark.parametrize("shell", FISH_TOO)
def test_most_records_are_compared_as_a_whole(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """To go through the checks one by one takes five times as long."""
    require(shell)
    with User(shell, world) as user:
        for project in ("p", "q"):
            user.type(f"cd {world.home}/{project}")
        user.type(define(shell, "__autovenv_take", "echo one by one; return 1"))
        user.type(define(shell, "__autovenv_ask", "echo asks"))
        for project in ("p", "q"):
            went = user.type(f"cd {world.home}/{project}")
            assert (went.output, went.label) == ("", project)


@pytest.mark.parametrize("shell", FISH_TOO)
def test_the_last_record_is_still_at_hand(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """It is read again where it is another's turn, or where something has changed."""
    require(shell)
    pyvenv_cfg = world.home / "p/.venv/pyvenv.cfg"
    with User(shell, world) as user:
        for project, change, is_at_hand in (
            ("p", Path.exists, True),
            ("q", Path.exists, False),
            ("p", Path.touch, False),
        ):
            for place in ("p", "q", "p", "elsewhere"):
                user.go(place)
            for kept in (world.home / ".local/state/autovenv").rglob(RECORD_NAME):
                kept.write_text("no record")
            change(pyvenv_cfg)
            asks = world.asks()
            went = user.go(project)
            assert (went.output, went.label) == ("", project)
            assert (world.asks() == asks) == is_at_hand, (project, change)
            world.settle()


@pytest.mark.parametrize("shell", [*FISH_TOO, "pwsh"])
def test_what_is_at_hand_ends_with_what_is_kept(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """A chmod leaves the times: what another shell is told then counts here, too."""
    require(shell)
    project = world.home / "p"
    answers = world.home / f".local/state/autovenv/answers.{FORMAT}"
    ask = [sys.executable, "-I", "-m", "autovenv", "ask", FORMAT, shell, str(answers), str(project)]
    with User(shell, world) as user:
        user.visit("p")
        assert user.visit("p") == 0
        (project / ".venv").chmod(0o777)
        subprocess.run(ask, env=world.environment({}), check=True, capture_output=True)
        assert "autovenv allow" in user.go("p").output
        assert user.active() == ""


@pytest.mark.parametrize("shell", FISH_TOO)
def test_what_reload_finds_out_stands(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """A chmod leaves the times, and what is unreadable isn't kept: the record before it is over."""
    require(shell)
    with User(shell, world, through=unix.mortal()) as user:
        user.visit("p")
        assert user.visit("p") == 0
        (world.home / "p/.venv/pyvenv.cfg").chmod(0)
        world.settle()
        user.go("p")
        assert "not activating ~/p/.venv" in user.type("autovenv reload").output
        assert user.active() == ""
        user.go("elsewhere")
        assert "not activating ~/p/.venv" in user.go("p").output


def test_powershell_has_it_at_hand_as_well(world: World, require: Callable[[str], None]) -> None:
    """Where it is another's turn, or something has changed, one is taken apart again."""
    require("pwsh")
    project = world.home / "p"
    changes = (
        (project / ".venv/pyvenv.cfg").touch,
        (project / ".venv/bin").touch,
        (project / ".git").mkdir,
    )
    with User("pwsh", world) as user:
        user.type(f"cd {project}")
        user.type("$global:was = $function:__autovenv_take")
        for change in changes:
            for folder in (project, world.home / "q", project, world.home):
                user.type(f"cd {folder}")
            user.type("function global:__autovenv_take { Write-Host reads; & $was @args }")
            went = user.type(f"cd {project}")
            assert (went.output, went.label) == ("", "p")
            user.type(f"cd {world.home}")
            change()
            assert user.type(f"cd {project}").output.startswith("reads\n")
            user.type("$function:global:__autovenv_take = $was")
            world.settle()
        user.type("function global:__autovenv_take { Write-Host reads; & $was @args }")
        assert user.type(f"cd {world.home}/q").output.startswith("reads\n")


@unix.only_root
def test_powershell_asks_where_a_part_is_somebody_elses(
    world: World, require: Callable[[str], None]
) -> None:
    """An owner leaves no time behind: whose a part is, is looked at on each entry."""
    require("pwsh")
    project = world.home / "p"
    with User("pwsh", world) as user:
        for part in (project / ".venv/bin", project / ".venv", project):
            for folder in (project, world.home, project, world.home):
                user.type(f"cd {folder}")
            asks = world.asks()
            user.type(f"cd {project}")
            assert world.asks() == asks
            user.type(f"cd {world.home}")
            unix.give(part, 65534)
            user.type(f"cd {project}")
            assert world.asks() > asks
            user.type(f"cd {world.home}")
            unix.give(part, unix.USER)
            world.settle()


def test_powershell_asks_at_each_visit_of_what_is_broken(
    world: World, require: Callable[[str], None]
) -> None:
    """Its record is in the store, and at hand, for the prompts where one stands."""
    require("pwsh")
    (world.home / "p/.venv/bin/python").unlink()
    world.settle()
    with User("pwsh", world) as user:
        for _ in range(3):
            asks = world.asks()
            user.type(f"cd {world.home}/p")
            user.type("")
            assert world.asks() == asks + 1
            user.type(f"cd {world.home}")


@pytest.mark.parametrize("shell", FISH_TOO)
def test_a_prompt_searches_only_where_it_would_find_another(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """A marker more or less, in the project, above it or below it, is another."""
    require(shell)
    with User(shell, world, cwd="q") as user:
        user.type(define(shell, "__autovenv_find", "echo searches"))
        assert user.type(":").output == ""
        for marker in (world.home / "q/venv", world.home / ".venv"):
            marker.touch()
            assert user.type(":").output == "searches\n"
            marker.unlink()
            assert user.type(":").output == ""
        (world.home / "q/.python-version").unlink()
        assert user.type(":").output == "searches\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_prompt_ends_early_where_all_is_as_it_was(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """The first one in a project, too. What a step depends on makes it take the whole way."""
    require(shell)
    with User(shell, world, cwd="p") as user:
        user.type("__autovenv_hook() { echo steps; }")
        assert user.type(":").output == ""
        for change, back in (
            ("PATH=$PATH:/none", "PATH=${PATH%:/none}"),
            ("export PYENV_VERSION=3", "unset PYENV_VERSION"),
            ("VIRTUAL_ENV_WAS=$VIRTUAL_ENV VIRTUAL_ENV=/none", "VIRTUAL_ENV=$VIRTUAL_ENV_WAS"),
            ("CONDA_DEFAULT_ENV=other", "unset CONDA_DEFAULT_ENV"),
            ("AUTOVENV_DISABLE=1", "unset AUTOVENV_DISABLE"),
            ("_OLD_VIRTUAL_PATH=/bin", "unset _OLD_VIRTUAL_PATH"),
            ("WAS=$__AUTOVENV_PATH __AUTOVENV_PATH=/none", "__AUTOVENV_PATH=$WAS"),
            ("WAS=$__AUTOVENV_ENV __AUTOVENV_ENV=/none", "__AUTOVENV_ENV=$WAS"),
            ("WAS=$VIRTUAL_ENV_PROMPT; unset VIRTUAL_ENV_PROMPT", "VIRTUAL_ENV_PROMPT=$WAS"),
        ):
            assert "steps\n" in user.type(change).output, change
            user.type(back)
        (world.home / "p/.venv/pyvenv.cfg").touch()
        assert user.type(":").output == "steps\n"


def test_a_prompt_of_powershell_ends_early(world: World, require: Callable[[str], None]) -> None:
    """Beside a project and in one; what its answer depends on makes it take the whole way."""
    require("pwsh")
    project = world.home / "p"
    with User("pwsh", world, cwd="p") as user:
        user.type("$global:was = $function:__autovenv_turn")
        for place in (world.home, project):
            user.type(user.cd(place))
            user.type("")
            user.type("function global:__autovenv_turn { Write-Host turns }")
            for line in ("", f"Set-Location {place}/."):
                assert user.type(line).output == ""
            user.type("$function:global:__autovenv_turn = $was")
            user.type("")
        user.type("function global:__autovenv_turn { Write-Host turns }")
        for name in (
            *("PATH", "PYENV_VERSION", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "CONDA_DEFAULT_ENV"),
            *("AUTOVENV_DISABLE", "_OLD_VIRTUAL_PATH", "DIRENV_DIR"),
            *("__AUTOVENV_PATH", "__AUTOVENV_ENV"),
        ):
            was = f'$before = $env:{name}; $env:{name} = "/none:$before"'
            assert (name, "turns\n" in user.type(was).output) == (name, True)
            assert (name, user.type(f"$env:{name} = $before").output) == (name, "")
        (project / "venv").touch()
        assert user.type("").output == "turns\n"
        (project / "venv").unlink()
        assert user.type("").output == ""
        (project / ".venv/pyvenv.cfg").touch()
        assert user.type("").output == "turns\n"


@pytest.mark.parametrize("shell", FISH_TOO)
def test_no_folder_s_name_is_in_the_way_of_a_record(
    tmp_path: Path, require: Callable[[str], None], shell: str
) -> None:
    """An answer that isn't found would be asked for at each visit."""
    require(shell)
    world = trees.new_world(tmp_path / "world", {"my *  project/.venv": Env()})
    folders = world.home / "my *  project", Path(f"{world.home}\n")
    trees.make(Env(), folders[1] / ".venv", world.home)
    world.settle()
    for folder in folders:
        with User(shell, world) as user:
            for _ in range(2):
                user.go(folder)
                user.type("cd ..")
                user.type(define(shell, "__autovenv_ask", "echo asks"))
            went = user.go(folder)
            assert (went.output, went.label) == ("", folder.name.replace("\n", "?"))


def test_bash_touches_the_prompt_only_where_it_changed(
    world: World, require: Callable[[str], None]
) -> None:
    """By another tool, or a setting."""
    require("bash")
    with User("bash", world, cwd="p") as user:
        user.type("__autovenv_show() { echo shows; }")
        assert user.type(":").output == ""
        for change, back in (
            ("VIRTUAL_ENV_DISABLE_PROMPT=1", "unset VIRTUAL_ENV_DISABLE_PROMPT"),
            ("POSH_THEME=x", "unset POSH_THEME"),
            ("STARSHIP_SHELL=bash", "unset STARSHIP_SHELL"),
            (r"PS1='\[\]'$PS1", ""),
        ):
            assert user.type(change).output == "shows\n"
            if back:
                assert user.type(back).output == ""


def test_bash_knows_both_sides_of_a_change(world: World, require: Callable[[str], None]) -> None:
    """The prompt of a project, and the one outside."""
    require("bash")
    with User("bash", world, cwd="p") as user:
        user.type(f"cd {world.home}")
        user.type("__autovenv_show() { echo shows; }")
        for place, label in (("/p", "p"), ("", None), ("/p", "p")):
            went = user.type(f"cd {world.home}{place}")
            assert (went.output, went.label) == ("", label)
        assert "shows\n" in user.type(f"cd {world.home}/q").output


@pytest.mark.parametrize("shell", SHELLS)
def test_a_prompt_after_an_interrupt_takes_the_whole_way(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """What is active came from the answer before: nothing is, where none was taken in."""
    require(shell)
    with User(shell, world, cwd="p") as user:
        assert user.type(":").label == "p"
        user.type("__autovenv_ask() { __autovenv_take_nothing; kill -INT $$; }")
        (world.home / "p/.venv/pyvenv.cfg").touch()
        user.type(":")
        assert user.type(":").label is None


@pytest.mark.parametrize("shell", FISH_TOO)
def test_an_answer_for_other_markers_is_asked_for_again(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """As where one came or went while the helper looked."""
    require(shell)
    with User(shell, world, cwd="p") as user:
        answer = "__autovenv_take_nothing; __autovenv_answered=others"
        if shell == "fish":
            answer = "__autovenv_take_nothing; set __autovenv_answered others"
        user.type(define(shell, "__autovenv_ask", f"echo asks; {answer}"))
        (world.home / "p/.venv/pyvenv.cfg").touch()
        for _ in range(2):
            assert user.type(":").output == "asks\n"


@pytest.mark.parametrize("shell", FISH_TOO)
def test_without_its_stamps_an_answer_is_asked_for_again(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """To zsh, nothing is newer or older than a file that is missing."""
    require(shell)
    with User(shell, world, cwd="p") as user:
        user.type(f"cd {world.home}/q")
        user.type(f"cd {world.home}/p")
        user.type(define(shell, "__autovenv_ask", "echo asks; __autovenv_take_nothing"))
        assert user.type(":").output == ""
        for stamp in (world.home / ".local/state/autovenv").rglob(".autovenv-stamp-*"):
            stamp.unlink()
        assert user.type(":").output == "asks\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_parent_s_activate_exported_goes(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """Its function isn't there; a prompt with it would take the whole way each time."""
    require(shell)
    with User(shell, world, cwd="p", env={"_OLD_VIRTUAL_PATH": "/usr/bin"}) as user:
        assert user.type("echo ${_OLD_VIRTUAL_PATH-none}").output == "none\n"


@pytest.mark.parametrize("shell", FISH_TOO)
def test_what_counts_on_entering_is_compared(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """A repository that is new, or a setting, is seen at the cd, not at the prompt after it."""
    require(shell)
    export = "set -gx AUTOVENV_LABEL x" if shell == "fish" else "export AUTOVENV_LABEL=x"
    for change in (f"mkdir {world.home}/p/.git", export):
        with User(shell, world) as user:
            user.type(f"cd {world.home}/p")
            user.type(f"cd {world.home}")
            user.type(define(shell, "__autovenv_ask", "echo asks"))
            user.type(change)
            assert user.type(f"cd {world.home}/p; echo there").output.startswith("asks\nthere\n")
        if change != export:
            (world.home / "p/.git").rmdir()


@pytest.mark.parametrize("shell", [*FISH_TOO, "pwsh"])
def test_to_be_switched_on_again_is_to_enter(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """A repository that was made meanwhile is seen; `reload` is done then; else none is asked."""
    require(shell)
    changes = (("", 0), ("autovenv reload", 1), (f"mkdir {world.home}/p/.git", 1))
    with User(shell, world, cwd="p") as user:
        user.type("")
        for change, asks in changes:
            asked = world.asks()
            for line in ("autovenv off", f"cd {world.home}", change, f"cd {world.home}/p"):
                assert user.type(line).label is None
            assert user.type("autovenv on").label == "p"
            assert (change, world.asks() - asked) == (change, asks)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_pwd_that_is_no_path_holds_nothing_up(
    world: World, require: Callable[[str], None], shell: str
) -> None:
    """A shell's user can set it to anything: from there is no way up to the home."""
    require(shell)
    with User(shell, world) as user:
        user.type("WAS=$PWD")
        for name in ("x", "x" * 500):
            user.type(f"PWD={name}")
            for _ in range(2):
                assert user.type("echo here").output == "here\n"
        user.type("PWD=$WAS")
        assert user.type(f"cd {world.home}/p").label == "p"
