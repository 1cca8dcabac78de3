"""Rules 3 to 6: made where it is, of a Python that isn't the project's, and without surprises."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autovenv import trust
from autovenv.evidence import Evidence
from autovenv.find import environments
from autovenv.text import cite
from autovenv.trust import made
from trees import message
from trusting import NOBODY_ELSE, SOMEBODY, environment, give_all, judged, machine, relocatable
from unix import give, only_root

if sys.platform == "win32":
    pytest.skip(
        "the environments here are laid out as POSIX systems have them", allow_module_level=True
    )


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """The folder of a machine's own files."""
    return tmp_path / "system"


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An environment in a project."""
    return environment(tmp_path / "project" / ".venv")


def record(venv: Path, line: str) -> None:
    """Let `line` alone say where it was made."""
    relocatable(venv)
    script = venv / "bin" / "activate"
    lines = script.read_text().splitlines()
    kept = [text for text in lines if not text.strip().startswith("VIRTUAL_ENV=")]
    script.write_text("\n".join([line, *kept]) + "\n")


# --- 3: made where it is ---


def test_where_nothing_is_recorded_it_is_asked_about(venv: Path, system: Path) -> None:
    """What `--relocatable` makes looks the same wherever it was made."""
    record(venv, 'VIRTUAL_ENV="$(dirname -- "$SCRIPT_PATH")"')
    assert judged(venv, machine(system)) == "nothing in it says where it was made"


def test_the_script_may_be_missing_the_path_of_another(venv: Path, system: Path) -> None:
    """One that was made at another path is broken as well: that is said first of all."""
    record(venv, "VIRTUAL_ENV=/somewhere/else/.venv")
    found = environments.look(str(venv), Evidence({}))
    assert found
    assert "made at '/somewhere/else/.venv'" in message(found)
    evidence = Evidence({})
    reason = trust.judge(found, str(venv.parent), evidence, machine(system))
    assert reason == "it was made at '/somewhere/else/.venv'"


MOVING = [
    "/proc/self/cwd/.venv",
    "/proc/thread-self/cwd/.venv",
    "/dev/fd/{fd}/.venv",
    "/dev/../proc/self/cwd/.venv",
    "{link}/.venv",
    "/etc/mtab/../cwd/.venv",
]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc as Linux has it")
@pytest.mark.parametrize("place", MOVING)
def test_a_path_that_is_another_for_each_process_is_none(
    venv: Path, system: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """`/proc/self/cwd/.venv` is this very environment for whoever stands in the project."""
    monkeypatch.chdir(venv.parent)
    (venv.parent.parent / "link").symlink_to("/proc/self/cwd")
    descriptor = os.open(venv.parent, os.O_RDONLY)
    try:
        text = place.format(fd=descriptor, link=venv.parent.parent / "link")
        record(venv, f"VIRTUAL_ENV='{text}'")
        found = environments.look(str(venv), Evidence({}))
        assert found
        reason = trust.judge(found, str(venv.parent), Evidence({}), machine(system))
        assert reason == f"it was made at {cite(text)}"
    finally:
        os.close(descriptor)


def test_a_project_that_is_reached_by_a_link_is_where_it_was_made(venv: Path, system: Path) -> None:
    """What is compared is where both paths lead: at macOS' /tmp, a home that is a link, ..."""
    link = venv.parent.parent / "link"
    link.symlink_to("project")
    assert judged(link / ".venv", machine(system)) == ""
    record(venv, f"VIRTUAL_ENV={link}/.venv")
    assert judged(venv, machine(system)) == ""


@pytest.mark.parametrize("tool", ["venv", "virtualenv"])
def test_a_newline_in_the_path(tmp_path: Path, system: Path, tool: str) -> None:
    """A path of two lines is recorded, too."""
    import trees

    path = tmp_path / "a\nb" / ".venv"
    path.parent.mkdir()
    trees.real_environment(path, tool)
    assert judged(path, machine(system)) == ""
    (path / "bin" / "activate").write_text("VIRTUAL_ENV=/elsewhere\n")
    assert judged(path, machine(system)) != ""


def conda(path: Path) -> Path:
    """Make what conda makes, as far as it is looked at."""
    (path / "conda-meta").mkdir(parents=True)
    (path / "bin").mkdir()
    shutil.copy(shutil.which("true") or "/bin/true", path / "bin" / "python")
    (path / "bin" / "ls").touch()
    return path


def test_a_conda_prefix_is_one_that_conda_knows(tmp_path: Path, system: Path) -> None:
    """It brings a Python of its own, and whatever else: the list in the home says that it is it."""
    prefix = conda(tmp_path / "project" / ".venv")
    home = tmp_path / "home"
    known = home / ".conda" / "environments.txt"
    known.parent.mkdir(parents=True)
    told = machine(system)
    assert judged(prefix, told, {"HOME": str(home)}) == f"it is not in conda's {known}"
    known.write_text(f"/opt/conda\n{prefix}\n")
    assert judged(prefix, told, {"HOME": str(home)}) == ""
    known.write_text("/proc/self/cwd/.venv\n.venv\n")
    assert judged(prefix, told, {"HOME": str(home)}) != ""


@only_root
def test_a_path_through_somebody_elses_link_is_none(venv: Path, system: Path) -> None:
    """Who can make a link to my project in /tmp could write its path into an archive for me."""
    link = venv.parent.parent / "link"
    link.symlink_to(venv.parent)
    record(venv, f"VIRTUAL_ENV={link}/.venv")
    assert judged(venv, machine(system)) == ""
    os.lchown(link, SOMEBODY, SOMEBODY)
    assert judged(venv, machine(system)) == f"it was made at {cite(f'{link}/.venv')}"
    assert judged(link / ".venv", machine(system)) == f"{link} belongs to user {SOMEBODY}"
    assert judged(venv, machine(system, SUDO_UID=str(SOMEBODY))) == ""
    contained = machine(system, {".dockerenv": ""})
    assert judged(venv, contained) == f"it was made at {cite(f'{link}/.venv')}"
    give_all(venv.parent, SOMEBODY)
    assert judged(venv, contained) == ""


# --- 4: of a Python that isn't the project's ---


def put(path: Path, content: bytes = b"\x7fELF") -> Path:
    """Make a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)
    return path


def relink(venv: Path, program: Path | str) -> None:
    """Let the environment's python be a link to `program`."""
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(program)


def test_an_interpreter_in_the_project_is_refused(venv: Path, system: Path) -> None:
    """A clone may bring a `python`; it is no environment's base."""
    mine = put(venv.parent / "tools" / "python")
    relink(venv, "../../tools/python")
    assert judged(venv, machine(system)) == f"its interpreter {mine} is in the project"


def test_a_script_in_the_place_of_the_interpreter_is_refused(venv: Path, system: Path) -> None:
    """What isn't a binary is no copy of a Python."""
    (venv / "bin" / "python").unlink()
    mine = put(venv / "bin" / "python", b"#!/bin/sh\n")
    assert judged(venv, machine(system)) == f"its interpreter {mine} is in the project"


def test_an_interpreter_in_a_central_environment_is_refused(venv: Path, system: Path) -> None:
    """An environment is no base of its own, wherever the project is."""
    (venv / "bin" / "python").unlink()
    put(venv / "bin" / "python", b"#!/bin/sh\n")
    other = venv.parent.parent / "other"
    other.mkdir()
    assert "is in the project" in judged(venv, machine(system), project=other)


MANAGED = {
    "pyenv": (".pyenv/versions/3.12.1/bin/python3.12", {}),
    "pyenv elsewhere": (
        "tools/pyenv/versions/3.12.1/bin/python3.12",
        {"PYENV_ROOT": "tools/pyenv"},
    ),
    "uv": (".local/share/uv/python/cpython-3.12.1-linux-x86_64-gnu/bin/python3.12", {}),
    "mise": (".local/share/mise/installs/python/3.12.1/bin/python3.12", {}),
    "asdf": (".asdf/installs/python/3.12.1/bin/python3.12", {}),
}


@pytest.mark.parametrize("manager", MANAGED)
def test_in_the_home_what_a_manager_keeps_is_no_part_of_the_project(
    venv: Path, system: Path, manager: str
) -> None:
    """`~/.venv` of a Python in `~/.pyenv`: all of a user's is in the project."""
    home = venv.parent
    place, variables = MANAGED[manager]
    relink(venv, put(home / place))
    environ = {"HOME": str(home)} | {name: str(home / text) for name, text in variables.items()}
    assert judged(venv, machine(system), environ) == ""
    assert judged(venv, machine(system), {**environ, "HOME": "/nowhere"}) != ""
    relink(venv, put(home / "python"))
    assert judged(venv, machine(system), environ) != ""


def test_in_the_home_a_conda_is_no_part_of_the_project(venv: Path, system: Path) -> None:
    """Miniconda, miniforge and whatever they will be called have a folder `conda-meta`."""
    python = put(venv.parent / "miniforge3" / "bin" / "python3.12")
    relink(venv, python)
    home = str(venv.parent)
    assert "is in the project" in judged(venv, machine(system), {"HOME": home})
    (venv.parent / "miniforge3" / "conda-meta").mkdir()
    assert judged(venv, machine(system), {"HOME": home}) == ""


@only_root
def test_what_only_root_can_have_put_there_is_no_part_of_the_project(
    venv: Path, system: Path
) -> None:
    """`/opt/venv` of `/opt/python`: a clone brings nothing that is root's."""
    python = put(venv.parent / "python" / "bin" / "python3")
    relink(venv, python)
    assert judged(venv, machine(system)) != ""
    assert judged(venv, machine(system, uid=SOMEBODY)) == ""


@only_root
def test_an_interpreter_of_anothers_is_refused(venv: Path, system: Path) -> None:
    """Whom it belongs to decides what it is, and may make it writable at any time."""
    python = put(venv.parent.parent / "store" / "bin" / "python")
    relink(venv, python)
    give(python, NOBODY_ELSE)
    user = machine(system, uid=SOMEBODY)
    give_all(venv, SOMEBODY)
    python.chmod(0o555)
    said = f"of its interpreter, {python} belongs to user {NOBODY_ELSE}"
    assert judged(venv, user) == said
    give_all(venv, 0)
    assert judged(venv, machine(system)) == said
    assert judged(venv, machine(system, SUDO_UID=str(NOBODY_ELSE))) == ""
    give_all(venv, SOMEBODY)
    for owner in (SOMEBODY, 0):
        give(python, owner)
        assert judged(venv, user) == ""
    give(python.parent, NOBODY_ELSE)
    assert (
        judged(venv, user) == f"of its interpreter, {python.parent} belongs to user {NOBODY_ELSE}"
    )


def test_an_interpreter_where_anyone_can_write_is_refused(venv: Path, system: Path) -> None:
    """Another could be put in its place; where modes are made up, they say nothing of it."""
    python = put(venv.parent.parent / "open" / "python")
    relink(venv, python)
    python.parent.chmod(0o1777)
    expected = f"of its interpreter, anyone can write to {python.parent}"
    assert judged(venv, machine(system)) == expected
    line = f"36 35 8:1 / {python.parent} rw - vfat /dev/sdb1 rw\n"
    assert judged(venv, machine(system, {"proc/self/mountinfo": line})) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc as Linux has it")
def test_an_interpreter_that_is_another_for_each_process_is_refused(
    venv: Path, system: Path
) -> None:
    """`/proc/self/exe` is the helper's own Python to the helper."""
    relink(venv, "/proc/self/exe")
    assert judged(venv, machine(system)) == "its interpreter is another one for each process"


def homed(venv: Path, home: Path | str) -> None:
    """Let pyvenv.cfg name another home; the link to the interpreter stays."""
    settings = venv / "pyvenv.cfg"
    lines = [line for line in settings.read_text().splitlines() if not line.startswith("home")]
    settings.write_text("\n".join([f"home = {home}", *lines]) + "\n")


def test_a_home_in_the_project_is_refused(venv: Path, system: Path) -> None:
    """Python takes its standard library from there, whatever the link leads to."""
    put(venv.parent / "base" / "bin" / "python")
    homed(venv, venv.parent / "base" / "bin")
    assert judged(venv, machine(system)) == f"its home {venv.parent}/base/bin is in the project"
    homed(venv, "/net/evil/bin")
    assert judged(venv, machine(system)) == "its home is on a network: '/net/evil/bin'"


@only_root
@pytest.mark.parametrize("part", ["", "bin", "lib/python{minor}", "lib/python{minor}/os.py"])
def test_a_library_of_anothers_is_refused(venv: Path, system: Path, part: str) -> None:
    """It is found from `home` upward, as in /home/linuxbrew of whoever installed it."""
    minor = ".".join(map(str, sys.version_info[:2]))
    base = venv.parent.parent / "base"
    put(base / "bin" / "python")
    put(base / "lib" / f"python{minor}" / "os.py", b"")
    homed(venv, base / "bin")
    assert judged(venv, machine(system)) == ""
    give(base / part.format(minor=minor), NOBODY_ELSE)
    assert judged(venv, machine(system)).endswith(f"belongs to user {NOBODY_ELSE}")


def test_a_library_in_the_project_is_refused(venv: Path, system: Path) -> None:
    """The nearest one above `home` is the one that Python takes."""
    minor = ".".join(map(str, sys.version_info[:2]))
    home = venv.parent.parent / "bin"
    put(home / "python")
    (venv.parent / "evil" / "os.py").parent.mkdir()
    (venv.parent.parent / "lib").mkdir()
    (venv.parent.parent / "lib" / f"python{minor}").symlink_to(venv.parent / "evil")
    homed(venv, home)
    said = f"its standard library {venv.parent}/evil is in the project"
    assert judged(venv, machine(system)) == said


def copied(venv: Path, home: Path | str) -> None:
    """Let the environment have a copy of an interpreter of `home`."""
    (venv / "bin" / "python").unlink()
    put(venv / "bin" / "python")
    settings = venv / "pyvenv.cfg"
    lines = settings.read_text().splitlines()
    settings.write_text("\n".join([f"home = {home}", *lines[1:]]) + "\n")


@pytest.mark.parametrize("name", ["python", "python3", "python{minor}", "pypy3", "special"])
def test_a_copy_is_judged_by_its_home(venv: Path, system: Path, name: str) -> None:
    """`--copies`: the program is in the environment, and pyvenv.cfg says of what it is one."""
    base = venv.parent.parent / "base"
    minor = ".".join(map(str, sys.version_info[:2]))
    put(base / name.format(minor=minor))
    copied(venv, base)
    if name == "special":
        with (venv / "pyvenv.cfg").open("a") as settings:
            settings.write(f"executable = {base}/special\n")
    assert judged(venv, machine(system)) == ""
    base.chmod(0o777)
    assert judged(venv, machine(system)) != ""


def test_a_copy_of_what_is_in_the_project_is_refused(venv: Path, system: Path) -> None:
    """`home` is what pyvenv.cfg says, and a clone may bring that, too."""
    base = put(venv.parent / "base" / "python")
    copied(venv, base.parent)
    assert judged(venv, machine(system)) == f"its interpreter {base} is in the project"
    copied(venv, "base")
    assert judged(venv, machine(system)) == "its pyvenv.cfg has no home"
    copied(venv, "/nowhere")
    assert judged(venv, machine(system)) == "there is no Python in its home, '/nowhere'"
    copied(venv, venv / "bin")
    assert "is in the project" in judged(venv, machine(system))


def test_copies_by_venv_are_accepted(tmp_path: Path, system: Path) -> None:
    """The real thing, by `python -m venv --copies`."""
    path = tmp_path / "project" / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--copies", path], check=True)
    assert judged(path, machine(system)) == ""


# --- 5 and 6 ---


@pytest.mark.parametrize("name", sorted(made.SHADOWING))
def test_a_program_that_shadows_another_is_refused(venv: Path, system: Path, name: str) -> None:
    """No tool and no package brings an `ls`."""
    put(venv / "bin" / name)
    assert judged(venv, machine(system)) == f"its bin has a program called {name}"


def test_the_list_is_as_it_is_written_down() -> None:
    """docs/trust.md names each of them."""
    text = Path(__file__).parent.parent.joinpath("docs", "trust.md").read_text()
    assert all(f"`{name}`" in text for name in made.SHADOWING)


def test_on_macos_letters_are_the_same_in_either_case(
    venv: Path, system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`LS` is what `ls` finds there."""
    put(venv / "bin" / "LS")
    assert judged(venv, machine(system)) == ""
    monkeypatch.setattr(made, "PLATFORM", "darwin")
    monkeypatch.setattr(made, "_is_in_quarantine", lambda path: False)
    assert judged(venv, machine(system)) == "its bin has a program called ls"


def test_what_is_marked_as_downloaded_is_refused(
    venv: Path, system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows marks what an archive from the web held; copied into WSL, the mark is a file."""
    mark = Path(f"{venv}/pyvenv.cfg:Zone.Identifier")
    mark.write_text("[ZoneTransfer]\nZoneId=3\n")
    assert judged(venv, machine(system)) == "its pyvenv.cfg is marked as downloaded"
    mark.unlink()
    assert judged(venv, machine(system)) == ""
    monkeypatch.setattr(made, "PLATFORM", "darwin")
    for marked, reason in ((True, "its pyvenv.cfg is marked as downloaded"), (False, "")):
        monkeypatch.setattr(made, "_is_in_quarantine", lambda path, marked=marked: marked)
        assert judged(venv, machine(system)) == reason


def test_an_environment_in_the_root_of_all(venv: Path, system: Path) -> None:
    """`/venv`, as images have it: all programs lie in that "project", but for its own."""
    relink(venv, put(venv.parent.parent / "usr" / "bin" / "python3"))
    assert judged(venv, machine(system), project=Path("/")) == ""
    (venv / "bin" / "python").unlink()
    put(venv / "bin" / "python", b"#!/bin/sh\n")
    assert "is in the project" in judged(venv, machine(system), project=Path("/"))
