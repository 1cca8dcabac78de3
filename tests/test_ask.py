"""The helper's verdicts: which environment is the right one, and what is said about it."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import trees
from autovenv import ask
from autovenv import verdict as verdicts
from autovenv.evidence import Evidence
from autovenv.find import markers
from trees import BIN, WINDOWS, shown
from unix import alone

VERSION = ".".join(map(str, sys.version_info[:3]))
MINOR = ".".join(map(str, sys.version_info[:2]))


def verdict(folder: Path, home: Path, **environ: str) -> verdicts.Verdict:
    """Decide as the helper does for a shell whose HOME is `home`."""
    evidence = Evidence({trees.HOME: str(home), **environ})
    return ask.decide(markers.walk(str(folder), str(home)), evidence)


def venv(path: Path) -> Path:
    """Make an environment as a user does."""
    if WINDOWS:  # the same in no time: a process takes Wine seconds
        trees.make(trees.Env(), path, path.parent)
        return path
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", path], check=True)
    return path


def installed(home: Path, version: str) -> Path:
    """Put an interpreter where pyenv would, and return its folder for PATH."""
    if WINDOWS:
        folder = home / ".pyenv" / "pyenv-win" / "versions" / version
        folder.mkdir(parents=True)
        (folder / "python.exe").touch()
        return folder
    folder = home / ".pyenv" / "versions" / version / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    return folder


def pyenv_versions(home: Path) -> Path:
    """Return the folder of pyenv's versions."""
    return home / ".pyenv" / ("pyenv-win/versions" if WINDOWS else "versions")


def on_path(folder: Path) -> str:
    """Return what goes on PATH for an interpreter in `folder`: on Windows pip's folder as well."""
    return f"{folder};{folder / BIN}" if WINDOWS else str(folder)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a project in it that has a folder of its own."""
    (tmp_path / "project" / "inner").mkdir(parents=True)
    return tmp_path


def test_the_nearest_environment_wins(home: Path) -> None:
    """A project within a project has its own environment."""
    venv(home / "project" / ".venv")
    assert verdict(home / "project" / "inner", home).environment == str(home / "project/.venv")
    venv(home / "project" / "inner" / "venv")
    inner = verdict(home / "project" / "inner", home)
    assert (inner.kind, inner.environment) == ("environment", str(home / "project/inner/venv"))
    assert inner.folder == str(home / "project/inner/venv" / BIN)


def test_dot_venv_comes_before_venv(home: Path) -> None:
    """Two in one folder: the order is that of the markers."""
    venv(home / "project" / "venv")
    venv(home / "project" / ".venv")
    assert verdict(home / "project", home).environment == str(home / "project/.venv")


def test_an_opt_out_anywhere_above_comes_first(home: Path) -> None:
    """`.no-autovenv` in the home turns it off in every project below."""
    venv(home / "project" / ".venv")
    (home / ".no-autovenv").touch()
    assert verdict(home / "project" / "inner", home).kind == "none"


def test_nothing_above_the_home_is_looked_at(home: Path) -> None:
    """The walk ends at the home, and doesn't where it started beside it."""
    venv(home / ".venv")
    inner_home = home / "project"
    assert verdict(home / "project" / "inner", inner_home).kind == "none"
    assert verdict(home / "project" / "inner", home / "other").kind == "environment"


def test_what_is_no_environment_is_passed_over(home: Path) -> None:
    """An empty `.venv` doesn't hide the environment beside it or above."""
    (home / "project" / ".venv").mkdir()
    venv(home / ".venv")
    assert verdict(home / "project", home).environment == str(home / ".venv")


def test_virtualenv_below_a_name_that_is_not_ascii(home: Path) -> None:
    """The path stands in its script as a command that prints it: read as data, and trusted."""
    path = home / "project" / "\u00e9 \u65e5\u672c" / ".venv"
    path.parent.mkdir()
    trees.real_environment(path, "virtualenv")
    found = verdict(path.parent, home)
    assert (found.environment, found.note) == (str(path), "")


def test_a_broken_environment_ends_the_search(home: Path) -> None:
    """What is broken isn't replaced by what is above: the note says how to fix it."""
    venv(home / ".venv")
    broken = venv(home / "project" / ".venv")
    (broken / trees.native("bin/python")).unlink()
    found = verdict(home / "project", home)
    assert found.kind == "none"
    python = f"py -m venv --clear '{broken}'" if WINDOWS else f"python3 -m venv --clear {broken}"
    assert found.note == (
        shown("not activating ~/project/.venv: its interpreter is gone\n")
        + f"  to make it again:  {python}"
    )


def test_a_pin_alone_puts_the_interpreter_on_path(home: Path) -> None:
    """VIRTUAL_ENV stays unset: there is no environment."""
    folder = installed(home, "3.10.4")
    (home / "project" / ".python-version").write_text("3.10.4\n")
    found = verdict(home / "project", home)
    assert (found.kind, found.environment, found.folder) == ("interpreter", "", on_path(folder))


def test_a_prefix_means_the_highest_installed(home: Path) -> None:
    """3.1 stands for 3.1.x and never for 3.12; 3.10 is higher than 3.9 by number, not by text."""
    versions = ("3.1.4", "3.12.9", "3.9.2", "3.10.4", "3.10.12", "3.10-dev")
    folders = {version: installed(home, version) for version in versions}
    for pin, version in [("3.1", "3.1.4"), ("3", "3.12.9"), ("3.10", "3.10.12")]:
        (home / "project" / ".python-version").write_text(f"{pin}\n")
        assert verdict(home / "project", home).folder == on_path(folders[version])


def test_a_pin_may_name_a_virtualenv(home: Path) -> None:
    """pyenv-virtualenv's environments are versions of pyenv's."""
    named = pyenv_versions(home) / "mine"
    named.parent.mkdir(parents=True)
    venv(named)
    (home / "project" / ".python-version").write_text("mine\n")
    found = verdict(home / "project", home)
    assert (found.environment, found.label) == (str(named), "mine")


def test_a_pin_that_is_not_installed_is_told(home: Path) -> None:
    """The note has the command of the manager that is there."""
    pin = home / "project" / ".python-version"
    pin.write_text("3.4.5\n")
    pyenv_versions(home).parent.mkdir(parents=True)
    found = verdict(home / "project", home)
    assert found.kind == "none"
    assert found.note == shown(
        "passing over ~/project/.python-version: it pins '3.4.5', which is not installed\n"
        "  to install it:  pyenv install 3.4.5"
    )


@pytest.mark.parametrize("written", ["", "system\n", "# only a comment\n", "\n\n"])
def test_system_and_an_empty_file_pin_nothing(home: Path, written: str) -> None:
    """Nothing is pinned, and nothing is said."""
    (home / "project" / ".python-version").write_text(written)
    found = verdict(home / "project", home)
    assert (found.kind, found.note) == ("none", "")


@alone("the interpreter is a link")
@pytest.mark.parametrize("written", ["../evil\n", "/etc\n", "..\n"])
def test_a_pin_cannot_lead_out_of_the_versions(home: Path, written: str) -> None:
    """What names a path names no version."""
    (home / ".pyenv" / "versions").mkdir(parents=True)
    evil = home / ".pyenv" / "evil" / "bin"
    evil.mkdir(parents=True)
    (evil / "python").symlink_to(sys.executable)
    (home / "project" / ".python-version").write_text(written)
    assert verdict(home / "project", home).folder == ""


def test_an_environment_beside_another_pin_is_active_with_a_note(home: Path) -> None:
    """Environment and pin differ: the environment counts, and one is told."""
    venv(home / "project" / ".venv")
    (home / "project" / ".python-version").write_text("3.4\n")
    found = verdict(home / "project", home)
    assert found.environment == str(home / "project/.venv")
    assert found.note == shown(
        f"activated ~/project/.venv, but it has Python {VERSION}, "
        "and ~/project/.python-version pins '3.4'"
    )
    (home / "project" / ".python-version").write_text(f"{MINOR}\n")
    assert verdict(home / "project", home).note == ""


def test_a_nearer_pin_takes_an_environment_that_satisfies_it(home: Path) -> None:
    """A pin below the environment agrees with it, or wins over it."""
    venv(home / "project" / ".venv")
    pin = home / "project" / "inner" / ".python-version"
    pin.write_text(f"{MINOR}\n")
    agreed = verdict(pin.parent, home)
    assert (agreed.environment, agreed.note) == (str(home / "project/.venv"), "")
    folder = installed(home, "3.4.5")
    pin.write_text("3.4\n")
    won = verdict(pin.parent, home)
    assert (won.kind, won.folder) == ("interpreter", on_path(folder))
    assert won.note == shown(
        "using ~/project/inner/.python-version, but it pins '3.4'; "
        f"~/project/.venv above it has Python {VERSION} and is not active here"
    )


def test_a_nearer_pin_that_is_not_installed_says_what_is_above(home: Path) -> None:
    """Nothing is active: neither what is pinned, which isn't there, nor what differs from it."""
    venv(home / "project" / ".venv")
    pin = home / "project" / "inner" / ".python-version"
    pin.write_text("3.4\n")
    found = verdict(pin.parent, home)
    assert (found.kind, found.folder) == ("none", "")
    assert found.note == shown(
        "passing over ~/project/inner/.python-version: it pins '3.4', which is not installed: "
        "pyenv or uv can install it; "
        f"~/project/.venv above it has Python {VERSION} and is not active here"
    )


def test_a_nearer_pin_that_names_a_virtualenv_activates_it(home: Path) -> None:
    """A name says which environment is meant, whatever is above."""
    venv(home / "project" / ".venv")
    pyenv_versions(home).mkdir(parents=True)
    venv(pyenv_versions(home) / "mine")
    (home / "project" / "inner" / ".python-version").write_text("mine\n")
    found = verdict(home / "project" / "inner", home)
    assert (found.environment, found.note) == (str(pyenv_versions(home) / "mine"), "")


@pytest.mark.parametrize("written", ["", "system\n"])
def test_a_nearer_pin_of_nothing_leaves_the_environment(home: Path, written: str) -> None:
    """What pins nothing agrees with every environment."""
    venv(home / "project" / ".venv")
    (home / "project" / "inner" / ".python-version").write_text(written)
    found = verdict(home / "project" / "inner", home)
    assert (found.environment, found.note) == (str(home / "project/.venv"), "")


@pytest.mark.parametrize("below", ["project", "project/inner"])
def test_a_file_that_is_no_pin_is_told_beside_the_environment(home: Path, below: str) -> None:
    """The environment is active; one note names the file."""
    venv(home / "project" / ".venv")
    pin = home / below / ".python-version"
    pin.write_bytes("3.12\n".encode("utf-16"))
    found = verdict(pin.parent, home)
    assert found.environment == str(home / "project/.venv")
    said = shown(f"passing over ~/{below}/.python-version: it is UTF-16; save it as UTF-8")
    assert found.note == said


def test_a_file_that_is_no_pin_is_told_where_it_is_alone(home: Path) -> None:
    """Nothing is active, and the note names the file."""
    pin = home / "project" / ".python-version"
    pin.write_bytes(b"\x7fELF\0")
    found = verdict(home / "project", home)
    assert found.kind == "none"
    assert found.note == shown("passing over ~/project/.python-version: it is not a text file")


def test_a_range_is_compared_with_the_environment(home: Path) -> None:
    """The forms of uv are satisfied by what they describe."""
    venv(home / "project" / ".venv")
    pin = home / "project" / ".python-version"
    pin.write_text(">=3.8\n")
    assert verdict(home / "project", home).note == ""
    pin.write_text(">=3.8,<3.9\n")
    assert ".python-version pins '>=3.8,<3.9'" in verdict(home / "project", home).note


def test_pyenv_version_takes_the_place_of_the_pin(home: Path) -> None:
    """`pyenv shell` counts where there is a pin; where there is an environment it is told."""
    installed(home, "3.10.4")
    other = installed(home, "3.9.2")
    pin = home / "project" / ".python-version"
    pin.write_text("3.10\n")
    assert verdict(home / "project", home, PYENV_VERSION="3.9").folder == on_path(other)
    assert verdict(home / "project", home, PYENV_VERSION="system").kind == "none"
    venv(home / "project" / ".venv")
    found = verdict(home / "project", home, PYENV_VERSION="3.9")
    assert found.environment == str(home / "project/.venv")
    assert "PYENV_VERSION pins '3.9'" in found.note


@alone("there, a version has a folder of its own, and is called python")
def test_an_interpreter_in_a_shared_folder_is_not_put_in_front(home: Path) -> None:
    """/usr/bin and its like hold other programs: a note says how to make an environment."""
    shared = home / "usr" / "bin"
    shared.mkdir(parents=True)
    (shared / "python3.98").symlink_to(sys.executable)
    (home / "project" / ".python-version").write_text("3.98\n")
    found = verdict(home / "project", home, PATH=str(shared))
    assert (found.kind, found.folder) == ("none", "")
    assert found.note.endswith(f", in ~/project:  {shared}/python3.98 -m venv .venv")
    (shared / "python").symlink_to("python3.98")
    found = verdict(home / "project", home, PATH=str(shared))
    assert (found.kind, found.note) == ("none", ""), "`python` is the pinned one already"


@alone("there, a version has a folder of its own, and is called python")
def test_an_interpreter_that_is_not_called_python_is_told(home: Path) -> None:
    """A version's own folder goes on PATH even so: python3 and pip3 are the pinned ones."""
    folder = installed(home, "3.98.1")
    (folder / "python").rename(folder / "python3")
    (home / "project" / ".python-version").write_text("3.98\n")
    found = verdict(home / "project", home)
    assert (found.kind, found.folder) == ("interpreter", on_path(folder))
    assert "`python3`, not `python`" in found.note


def test_a_tools_environment_comes_after_that_in_the_folder(home: Path) -> None:
    """What Poetry keeps for the project counts as if it lay in it, after `.venv` and `venv`."""
    project = home / "project"
    (project / "pyproject.toml").write_text('[tool.poetry]\nname = "p"\n')
    name = hashlib.sha256(os.path.normcase(os.path.realpath(project)).encode()).digest()
    cache = home / "cache" / "virtualenvs"
    cache.mkdir(parents=True)
    label = base64.urlsafe_b64encode(name)[:8].decode()
    central = venv(cache / f"p-{label}-py{MINOR}")
    environ = {"POETRY_CACHE_DIR": str(home / "cache")}
    assert verdict(project / "inner", home, **environ).environment == str(central)
    own = venv(project / "venv")
    assert verdict(project / "inner", home, **environ).environment == str(own)


def test_the_question_sees_path_without_our_entry() -> None:
    """An answer that hung on what it made itself would never hold."""
    path = os.pathsep.join(["/p/.venv/bin", "/usr/bin", "/p/.venv/bin"])
    environ = {"PATH": path, "__AUTOVENV_PATH": "/p/.venv/bin"}
    assert ask.remove_own_entry(environ)["PATH"] == "/usr/bin"


def test_debugging_says_what_was_passed_over(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """AUTOVENV_DEBUG=1 tells of a `.venv` that is no environment; without it nothing is said."""
    (home / "project" / ".venv").mkdir()
    verdict(home / "project", home)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("AUTOVENV_DEBUG", "1")
    verdict(home / "project", home)
    assert str(home / "project/.venv is no environment") in capsys.readouterr().err
