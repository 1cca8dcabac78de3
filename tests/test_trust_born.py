"""Rule 3: an environment was made where it is, and at the time that its files say.

Each archive is a real one, made at the very path where it is unpacked: its paths tell nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from autovenv import trust
from autovenv.evidence import Evidence
from autovenv.find.environments import Environment
from autovenv.text import cite
from autovenv.trust import born, recorded
from trusting import SOMEBODY, environment, give_all, judged, machine, relocatable
from unix import only_root

if sys.platform == "win32":
    pytest.skip("the archives here are POSIX's", allow_module_level=True)

YEAR = 365 * 24 * 3600
CAME = born.ARRIVED


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """The folder of a machine's own files."""
    return tmp_path / "system"


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An environment in a project."""
    return environment(tmp_path / "project" / ".venv")


def age(venv: Path) -> None:
    """Let all files be as old as those of an archive mostly are."""
    for path in [venv, *venv.rglob("*")]:
        before = path.lstat().st_mtime - YEAR
        os.utime(path, (before, before), follow_symlinks=False)


def run(folder: Path, *command: str) -> None:
    """Run a program that must be there and succeed."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is missing")
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def tar(project: Path) -> None:
    """Pack it, remove it, unpack it."""
    run(project, "tar", "-cf", "../it.tar", ".venv")
    shutil.rmtree(project / ".venv")
    run(project, "tar", "-xf", "../it.tar")


def zipped(project: Path) -> None:
    """The same by Python's zipfile and the program unzip."""
    shutil.make_archive(str(project.parent / "it"), "zip", project, ".venv")
    shutil.rmtree(project / ".venv")
    run(project, "unzip", "-q", "../it.zip")
    for program in (project / ".venv" / "bin").iterdir():
        program.chmod(0o755)


def copied(project: Path) -> None:
    """Copy it with its times and back, as a backup does."""
    run(project, "cp", "-a", ".venv", "../copy")
    shutil.rmtree(project / ".venv")
    run(project, "cp", "-a", "../copy", ".venv")


def synchronized(project: Path) -> None:
    """The same by rsync."""
    run(project, "rsync", "-a", ".venv/", "../copy/")
    shutil.rmtree(project / ".venv")
    run(project, "rsync", "-a", "../copy/", ".venv/")


@pytest.mark.parametrize("bring", [tar, zipped, copied, synchronized])
@pytest.mark.parametrize("tool", ["venv", "uv", "virtualenv"])
def test_what_was_unpacked_or_copied_is_asked_about(
    tmp_path: Path, system: Path, bring: Callable[[Path], None], tool: str
) -> None:
    """It says that it was made at this very path, as an author who knows the path may write."""
    venv = tmp_path / "project" / ".venv"
    venv.parent.mkdir()
    trees.real_environment(venv, tool)
    age(venv)
    bring(venv.parent)
    assert judged(venv, machine(system)) == CAME


def test_an_old_environment_stays_ones_own(venv: Path, system: Path) -> None:
    """What was made last year has old times, and its status changed last then, too."""
    status = (venv / "pyvenv.cfg").stat()
    assert status.st_mtime_ns == status.st_ctime_ns
    assert judged(venv, machine(system)) == ""


def test_a_link_to_ones_own_settings_is_no_birthmark(venv: Path, system: Path) -> None:
    """An archive may hold a link to a pyvenv.cfg that was made here."""
    other = environment(venv.parent.parent / "other" / ".venv")
    assert judged(other, machine(system)) == ""
    (venv / "pyvenv.cfg").unlink()
    (venv / "pyvenv.cfg").symlink_to(other / "pyvenv.cfg")
    settings = (other / "pyvenv.cfg").read_text()
    (other / "pyvenv.cfg").write_text(settings.replace(str(other), str(venv)))
    assert judged(venv, machine(system)) == CAME


def test_before_there_was_a_pyvenv_cfg_the_script_bears_the_mark(venv: Path, system: Path) -> None:
    """Virtualenv before version 20."""
    (venv / "pyvenv.cfg").unlink()
    (venv / "bin" / "activate_this.py").touch()
    assert judged(venv, machine(system)) == ""
    os.utime(venv / "bin" / "activate", (1, 1))
    assert judged(venv, machine(system)) == CAME


# --- what changes the status of what was accepted ---


def chmod(venv: Path) -> None:
    """`chmod -R go-rwx ~`."""
    for path in [venv, *venv.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)


def chown(venv: Path) -> None:
    """`chown -R` to the user who has it anyway."""
    give_all(venv, SOMEBODY)
    give_all(venv, 0)


def relabel(venv: Path) -> None:
    """Another attribute, as SELinux', Dropbox's and Spotlight's are."""
    if sys.platform != "linux":
        pytest.skip("Linux' attributes")
    try:
        os.setxattr(venv / "pyvenv.cfg", "user.test", b"x")
    except OSError:
        pytest.skip("this file system has no attributes of the user's")


def backup(venv: Path) -> None:
    """A backup by hard links."""
    run(venv.parent, "cp", "-al", ".venv", "../backup")


def moved_away_and_back(venv: Path) -> None:
    """Rename the file, which changes its status."""
    (venv / "pyvenv.cfg").rename(venv / "other")
    (venv / "other").rename(venv / "pyvenv.cfg")


STATUS = [chmod, chown, relabel, backup, moved_away_and_back]


@only_root
@pytest.mark.parametrize("is_accepted", [True, False])
@pytest.mark.parametrize("change", STATUS)
def test_a_later_change_of_the_status_asks_nothing(
    venv: Path,
    system: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    is_accepted: bool,
) -> None:
    """An environment that was accepted is remembered; what never was is asked about."""
    monkeypatch.setattr(born, "TOLERANCE", 0)
    told = machine(system)
    if is_accepted:
        assert judged(venv, told) == ""
    let_a_tick_pass(venv)
    change(venv)
    assert judged(venv, told) == ("" if is_accepted else CAME)


def let_a_tick_pass(venv: Path) -> None:
    """Go on once the clock of files shows another time than that of pyvenv.cfg."""
    probe = venv / "probe"
    while True:
        probe.write_text("x")
        if probe.stat().st_mtime_ns != (venv / "pyvenv.cfg").stat().st_ctime_ns:
            return


def test_what_takes_the_place_of_what_was_accepted_is_asked_about(
    venv: Path, system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path and contents are the same, and even its inode may be: its time isn't known."""
    monkeypatch.setattr(born, "TOLERANCE", 0)
    told = machine(system)
    assert judged(venv, told) == ""
    let_a_tick_pass(venv)
    os.utime(venv / "pyvenv.cfg", (1_700_000_000, 1_700_000_000))
    assert judged(venv, told) == CAME


def test_a_hard_link_to_ones_own_settings_is_not_remembered(
    venv: Path, system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same inode at another path: tar can make such a link."""
    monkeypatch.setattr(born, "TOLERANCE", 0)
    told = machine(system)
    other = environment(venv.parent.parent / "other" / ".venv")
    (other / "pyvenv.cfg").write_text(f"home = {Path(trees.BASE_PYTHON).parent}\n")
    assert judged(other, told) == ""
    let_a_tick_pass(other)
    (venv / "pyvenv.cfg").unlink()
    os.link(other / "pyvenv.cfg", venv / "pyvenv.cfg")
    assert judged(venv, told) == CAME
    assert judged(other, told) == ""


@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "another user's", "full of lines"])
def test_a_list_that_is_none_is_passed_over(venv: Path, system: Path, kind: str) -> None:
    """What was accepted can't be remembered then, and is accepted all the same."""
    told = machine(system)
    file = Path(told.acceptances)
    if kind == "folder":
        file.mkdir()
    elif kind == "fifo":
        os.mkfifo(file)
    elif kind == "link":
        file.symlink_to(system / "elsewhere")
    elif kind == "another user's":
        if os.geteuid():
            pytest.skip("only root can give a file to another user")
        file.touch()
        os.chown(file, SOMEBODY, SOMEBODY)
    else:
        file.write_bytes(b"\0" * (3 << 20))
    assert judged(venv, told) == ""
    assert not (system / "elsewhere").exists()


def test_the_list_does_not_grow_for_ever(venv: Path, system: Path) -> None:
    """One line an environment; the older half goes when there are too many."""
    told = machine(system)
    assert judged(venv, told) == judged(venv, told) == ""
    file = Path(told.acceptances)
    line = file.read_bytes()
    assert line.count(b"\n") == 1
    assert file.stat().st_mode & 0o077 == 0
    lines = [b"%064d\n" % number for number in range(17_000)]
    file.write_bytes(b"".join(lines))
    assert judged(venv, told) == ""
    assert file.read_bytes() == b"".join([*lines[8500:], line])


# --- one place alone ---


def test_a_script_that_guesses_is_refused(venv: Path, system: Path) -> None:
    """1,200 places fit into one file: an archive would be active wherever it is likely to be."""
    script = venv / "bin" / "activate"
    guesses = [f"VIRTUAL_ENV=/home/user{number}/.venv" for number in range(1200)]
    script.write_text("\n".join([script.read_text(), *guesses]))
    assert judged(venv, machine(system)).endswith("paths are recorded in it as its own")


def test_a_few_guesses_are_refused_as_well(venv: Path, system: Path) -> None:
    """One that is right doesn't excuse another."""
    script = venv / "bin" / "activate"
    script.write_text(f"{script.read_text()}\nVIRTUAL_ENV=/home/other/.venv\n")
    assert judged(venv, machine(system)) == "it was made at '/home/other/.venv'"


OTHERS = {
    "activate": "VIRTUAL_ENV=/other/.venv\n",
    "activate.fish": "set -gx VIRTUAL_ENV '/other/.venv'\n",
    "activate.csh": "setenv VIRTUAL_ENV '/other/.venv'\n",
    "activate.nu": "    let virtual_env = r#'/other/.venv'#\n",
    "pip": "#!/other/.venv/bin/python3\n",
    "pip3.11": "#!/bin/sh\n'''exec' \"/other/.venv/bin/python\" \"$0\" \"$@\"\n' '''\n",
    "../pyvenv.cfg": "command = /usr/bin/python3 -m venv /other/.venv\n",
}


@pytest.mark.parametrize("name", OTHERS)
def test_all_that_is_recorded_is_the_same(venv: Path, system: Path, name: str) -> None:
    """Two places are one too many, wherever they stand."""
    assert judged(venv, machine(system)) == ""
    with (venv / "bin" / name).open("a") as file:
        file.write(OTHERS[name])
    assert judged(venv, machine(system)) == "it was made at '/other/.venv'"


@pytest.mark.parametrize("name", OTHERS)
def test_one_place_is_enough(venv: Path, system: Path, name: str) -> None:
    """A tool may be told which scripts to write."""
    relocatable(venv)
    told = machine(system)
    assert judged(venv, told) == "nothing in it says where it was made"
    with (venv / "bin" / name).open("a") as file:
        file.write(OTHERS[name].replace("/other/.venv", str(venv)))
    assert judged(venv, told) == ""


def test_the_same_place_in_another_spelling(venv: Path, system: Path) -> None:
    """Pip's scripts may have been written by way of a link to the project."""
    (venv.parent.parent / "link").symlink_to("project")
    (venv / "bin" / "pip").write_text(f"#!{venv.parent.parent}/link/.venv/bin/python\n")
    assert judged(venv, machine(system)) == ""


@pytest.mark.parametrize("name", ["a b", "a'b", 'a"b', "a$b", "é", "a;b", "a\\b", "a\nb", "a&b!"])
@pytest.mark.parametrize("tool", ["venv", "uv", "virtualenv"])
def test_any_folder_name(tmp_path: Path, tool: str, name: str) -> None:
    """What the tools write into their scripts for it is read as they mean it."""
    venv = tmp_path / name / ".venv"
    venv.parent.mkdir()
    trees.real_environment(venv, tool)
    assert {*recorded.list_places(str(venv), Evidence({}))} <= {str(venv)}


@pytest.mark.parametrize("place", ["/net/evil/.venv", "//evil/share/.venv", "/afs/evil/.venv"])
def test_a_place_on_a_network_is_not_looked_up(
    venv: Path, system: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A look alone would tell the server who stands here."""
    relocatable(venv)
    (venv / "bin" / "activate").write_text(f"VIRTUAL_ENV='{place}'\n")
    looked: list[str] = []
    real = os.lstat

    def noted(path: str) -> os.stat_result:
        looked.append(str(path))
        return real(path)

    monkeypatch.setattr(os, "lstat", noted)
    found = Environment(str(venv), "3.11", "x", None)
    reason = trust.judge(found, str(venv.parent), Evidence({}), machine(system))
    assert reason == f"it was made at {cite(place)}"
    assert looked
    assert not [path for path in looked if path.startswith(place[:5])]
