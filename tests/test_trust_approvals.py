"""What the user allowed or denied: for which environment that holds, how long, and who is asked."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from autovenv import ask, paths
from autovenv import verdict as verdicts
from autovenv.checks import VARIABLES
from autovenv.evidence import Evidence
from autovenv.find import markers
from autovenv.trust import approvals
from autovenv.trust import machine as machines
from test_trust_tracked import git
from trees import BIN, WINDOWS, can_link, shown, user
from trusting import NOBODY_ELSE, environment, relocatable
from unix import alone, give, only_root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home."""
    return tmp_path.resolve()


@pytest.fixture
def venv(home: Path) -> Path:
    """An environment that nobody can tell where it was made: it isn't active without asking."""
    return relocatable(environment(home / "project" / ".venv"))


def decided(folder: Path, home: Path, **environ: str) -> tuple[verdicts.Verdict, Evidence]:
    """Decide as the helper does for a shell whose HOME is `home`."""
    evidence = Evidence(user(home) | environ)
    verdict = ask.decide(markers.walk(str(folder), str(home)), evidence)
    assert set(evidence.variables) <= set(VARIABLES), "a shell would take the record for void"
    return verdict, evidence


def note(folder: Path, home: Path, **environ: str) -> str:
    """Return what is said of the environment, "" where it is active."""
    verdict, _ = decided(folder, home, **environ)
    assert (verdict.kind == verdicts.ENVIRONMENT) is (verdict.note == "")
    return verdict.note


def machine(home: Path) -> machines.Machine:
    """Return the machine for a shell whose HOME is `home`."""
    return machines.find_machine(user(home))


def allow(path: Path, home: Path) -> None:
    """Do what `autovenv allow` does."""
    end = os.path.realpath(path)
    approvals.keep(end, approvals.make_approval(end), machine(home))


def test_the_note_says_how_to_allow_it(home: Path) -> None:
    """Which, why, and on a line of its own the command; quoted where the path needs it."""
    path = environment(home / "the project" / ".venv")
    (path / BIN / "ls").touch()
    assert note(path.parent, home) == (
        f"not activating '{shown('~/the project/.venv')}': its {BIN} has a program called ls\n"
        f"  if you trust it:  autovenv allow '{path}'"
    )


def test_allowed_holds_for_this_very_environment(venv: Path, home: Path) -> None:
    """By whichever path it is found, and as long as what it is bound to is as it was."""
    assert note(venv.parent, home) != ""
    allow(venv, home)
    assert note(venv.parent, home) == ""
    if can_link():
        (home / "link").symlink_to("project", target_is_directory=True)
        assert note(home / "link", home) == ""
    other = environment(home / "other" / ".venv")
    (other / BIN / "ls").touch()
    assert note(other.parent, home) != ""


def replaced(venv: Path) -> None:
    """Put another in its place."""
    venv.rename(venv.parent / "old")
    environment(venv)
    (venv / BIN / "ls").touch()


def rewritten(venv: Path) -> None:
    """Write pyvenv.cfg again, with the old one's time."""
    old = (venv / "pyvenv.cfg").stat()
    (venv / "pyvenv.cfg").rename(venv / "old")
    (venv / "pyvenv.cfg").write_text((venv / "old").read_text())
    os.utime(venv / "pyvenv.cfg", ns=(old.st_mtime_ns, old.st_mtime_ns))


def touched(venv: Path) -> None:
    """Change pyvenv.cfg in place."""
    os.utime(venv / "pyvenv.cfg", ns=(1, 1))


@pytest.mark.parametrize("change", [replaced, rewritten, touched])
def test_another_in_its_place_asks_again(
    venv: Path, home: Path, change: Callable[[Path], None]
) -> None:
    """It is bound to the folder's inode, and to the inode and time of pyvenv.cfg."""
    if change is touched and WINDOWS:
        pytest.skip("there, a file's second time is when it was made")
    allow(venv, home)
    assert note(venv.parent, home) == ""
    change(venv)
    assert note(venv.parent, home) != ""


@only_root
def test_another_owner_asks_again(venv: Path, home: Path) -> None:
    """It is bound to the folder's owner."""
    allow(venv, home)
    give(venv, NOBODY_ELSE)
    assert note(venv.parent, home) != ""


def test_device_numbers_bind_nothing(venv: Path) -> None:
    """They change between boots."""
    record = approvals.make_approval(str(venv))
    status = venv.stat()
    assert record[:4] == ["allow", str(venv), str(status.st_uid), str(status.st_ino)]
    assert len(record) == 7


def pulled(venv: Path) -> None:
    """Change a program, keeping its size and time."""
    path = venv / BIN / "pip"
    before = path.stat()
    path.write_text("other")
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


def added(venv: Path) -> None:
    """Add a program."""
    (venv / BIN / "more-of-it").touch()


def relinked(venv: Path) -> None:
    """Let the interpreter be another."""
    (venv / BIN / "python3").unlink()
    (venv / BIN / "python3").symlink_to("/usr/bin/true")


def executable(venv: Path) -> None:
    """Make a program of what was none."""
    (venv / BIN / "pip").chmod(0o755)


def configured(venv: Path) -> None:
    """Change pyvenv.cfg, keeping its time."""
    before = (venv / "pyvenv.cfg").stat()
    with (venv / "pyvenv.cfg").open("a") as file:
        file.write("include-system-site-packages = true\n")
    os.utime(venv / "pyvenv.cfg", ns=(before.st_mtime_ns, before.st_mtime_ns))


CHANGES = [pulled, added, relinked, executable, configured]


@pytest.mark.parametrize("is_tracked", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_what_was_allowed_asks_again(
    venv: Path, home: Path, change: Callable[[Path], None], is_tracked: bool
) -> None:
    """It is bound to the contents of pyvenv.cfg and `bin`, whether a repository tracks them."""
    if change is relinked and not can_link():
        pytest.skip("no link can be made here")
    if change is executable and WINDOWS:
        pytest.skip("there, a name's ending makes a program")
    (venv / BIN / "pip").write_text("first")
    if is_tracked:
        git(venv.parent, "init", "-q")
        git(venv.parent, "add", "-f", f".venv/{BIN}")
    allow(venv, home)
    assert note(venv.parent, home) == ""
    change(venv)
    assert "it has changed since you allowed it, and" in note(venv.parent, home)


@pytest.mark.skipif(not can_link(), reason="no link can be made here")
def test_what_a_link_leads_to_is_bound(venv: Path, home: Path) -> None:
    """A program in `bin` may be a link to one that a pull changes."""
    script = venv.parent / "script"
    script.write_text("first")
    (venv / BIN / "script").symlink_to(script)
    allow(venv, home)
    assert note(venv.parent, home) == ""
    script.write_text("other")
    assert "it has changed since you allowed it" in note(venv.parent, home)


def test_times_alone_ask_nothing(venv: Path, home: Path) -> None:
    """Programs that are the same in all but their times are the same."""
    (venv / BIN / "pip").write_text("first")
    allow(venv, home)
    (venv / BIN / "pip").write_text("first")
    (venv / BIN / "__pycache__").mkdir()
    assert note(venv.parent, home) == ""


@alone("GNU tar is run")
def test_an_archive_in_the_place_of_what_was_allowed_asks_again(venv: Path, home: Path) -> None:
    """All times that can be set are the same, and all of pyvenv.cfg and `bin`."""
    for number in (1, 2):
        (venv / "lib" / "module.py").write_text(f"version {number}\n")
        command = ["tar", "-cf", f"v{number}.tar", "--sort=name", "--mtime=@1700000000", ".venv"]
        subprocess.run(command, cwd=venv.parent, check=True)
    for number in (1, 2):
        shutil.rmtree(venv)
        subprocess.run(["tar", "-xf", f"v{number}.tar"], cwd=venv.parent, check=True)
        if number == 1:
            allow(venv, home)
        assert (note(venv.parent, home) == "") is (number == 1)


def test_what_is_active_by_allow_alone_is_asked_on_each_visit(venv: Path, home: Path) -> None:
    """No stored answer says so: what was allowed may have been replaced meanwhile."""
    allow(venv, home)
    _, evidence = decided(venv.parent, home)
    assert evidence.visit
    _, evidence = decided(environment(home / "other" / ".venv").parent, home)
    assert not evidence.visit


def test_denied_is_not_active_and_nothing_is_said(home: Path) -> None:
    """The user's word comes before the rules; another in its place is denied as well."""
    path = environment(home / "project" / ".venv")
    assert note(path.parent, home) == ""
    approvals.keep(str(path), approvals.make_denial(str(path)), machine(home))
    for number in range(2):
        verdict, evidence = decided(path.parent, home)
        assert (verdict.kind, verdict.note, verdict.environment) == ("none", "", "")
        assert machine(home).approvals in evidence.paths
        path.rename(path.parent / f"old-{number}")
        environment(path)
    verdict, _ = decided(path.parent, home, AUTOVENV_TRUST=str(home))
    assert verdict.kind == "none"
    allow(path, home)
    assert note(path.parent, home) == ""


@alone("rights are modes")
def test_the_list_is_for_the_user_alone(venv: Path, home: Path) -> None:
    """It is written whole, with no right for anybody else, and nothing is left beside it."""
    before = os.umask(0)
    try:
        allow(venv, home)
    finally:
        os.umask(before)
    file = Path(machine(home).approvals)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert os.listdir(file.parent) == [file.name]


@alone("a name holds any bytes")
def test_any_path_can_be_allowed(home: Path) -> None:
    """Newlines, and bytes that aren't UTF-8."""
    folder = os.fsdecode(os.fsencode(home) + b"/a\nb\xff")
    path = environment(Path(folder) / ".venv")
    other = environment(home / "project" / ".venv")
    for each in (path, other):
        (each / BIN / "ls").touch()
        allow(each, home)
    allow(path, home)
    assert len(approvals.list_records(machine(home))) == 2
    assert note(path.parent, home) == note(other.parent, home) == ""


def test_a_list_that_went_through_an_editor_is_whole(venv: Path, home: Path) -> None:
    """It puts a newline at the end: without the list, what was denied would be active."""
    allow(venv, home)
    kept = Path(machine(home).approvals)
    kept.write_bytes(kept.read_bytes() + b"\n")
    assert note(venv.parent, home) == ""
    end = os.path.realpath(home / "other")
    approvals.keep(end, approvals.make_denial(end), machine(home))
    assert len(approvals.list_records(machine(home))) == 2
    kept.write_bytes(b"\n")
    approvals.keep(end, approvals.make_denial(end), machine(home))
    assert len(approvals.list_records(machine(home))) == 1


@pytest.mark.parametrize("content", [b"", b"allow", b"allow\0/p\0", b"\xff" * 100, b"\0" * 8])
def test_a_damaged_list_allows_nothing(venv: Path, home: Path, content: bytes) -> None:
    """Whatever it holds, there is an answer."""
    allow(venv, home)
    kept = Path(machine(home).approvals)
    kept.write_bytes(content)
    assert note(venv.parent, home) != ""
    if not content:
        return
    with pytest.raises(OSError, match="damaged"):
        approvals.keep(str(venv), None, machine(home))
    assert kept.read_bytes() == content


@only_root
def test_a_list_of_somebody_elses_is_not_believed(venv: Path, home: Path) -> None:
    """As after `sudo -E`: neither read nor written."""
    allow(venv, home)
    give(Path(machine(home).approvals), NOBODY_ELSE)
    assert note(venv.parent, home) != ""
    give(Path(machine(home).state), NOBODY_ELSE)
    with pytest.raises(PermissionError):
        allow(venv, home)


def test_what_allows_it_is_seen_at_the_next_prompt(venv: Path, home: Path) -> None:
    """A refusal doesn't hold once there is a list, or a trusted folder."""
    verdict, evidence = decided(venv.parent, home)
    assert verdict.kind == "none"
    assert evidence.variables["AUTOVENV_TRUST"] is None
    assert paths.find_config_file(user(home)) in evidence.absent
    assert evidence.is_valid()
    allow(venv, home)
    assert not evidence.is_valid()


TRUSTED = ["{home}", "{home}/project", "/nowhere{sep}{home}/project/.venv"]
TRUSTED += ["/nowhere{sep}{home}/link"] if can_link() else []
UNTRUSTED = ["", "{sep}", "project", "{home}/proj", "{home}/project/.venv/bin", "/nowhere"]


@pytest.mark.parametrize("value", [*TRUSTED, *UNTRUSTED])
def test_trusted_folders_by_variable(venv: Path, home: Path, value: str) -> None:
    """AUTOVENV_TRUST holds for all below its folders, and what it allowed is never stored."""
    if can_link():
        (home / "link").symlink_to("project", target_is_directory=True)
    folders = value.format(home=home, sep=os.pathsep)
    verdict, evidence = decided(venv.parent, home, AUTOVENV_TRUST=folders)
    is_trusted = value in TRUSTED
    assert (verdict.kind == "environment", evidence.is_storable) == (is_trusted, not is_trusted)


def test_what_the_rules_accept_is_stored_whatever_the_variable_says(home: Path) -> None:
    """The variable is asked only where it is needed."""
    path = environment(home / "project" / ".venv")
    _, evidence = decided(path.parent, home, AUTOVENV_TRUST=str(home))
    assert evidence.is_storable
    assert "AUTOVENV_TRUST" not in evidence.variables


def test_trusted_folders_by_config(venv: Path, home: Path) -> None:
    """The same for good; a `~` is the home."""
    config = Path(paths.find_config_file(user(home)))
    config.parent.mkdir(parents=True)
    for text, active in (
        ('[trust]\nfolders = ["~/project"]\n', True),
        (f"[trust]\nfolders = ['/x', '{home}']\n", True),
        ('[trust]\nfolders = ["project"]\n', False),
        ('[trust]\nfolders = "~"\n', False),
        ("nonsense", False),
    ):
        config.write_text(text)
        verdict, evidence = decided(venv.parent, home)
        assert (verdict.kind == "environment") is active
        assert evidence.is_storable
        assert str(config) in evidence.paths


@only_root
def test_a_config_of_somebody_elses_is_not_believed(venv: Path, home: Path) -> None:
    """As with HOME of another user: their folders aren't the user's word."""
    config = home / ".config" / "autovenv" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[trust]\nfolders = ["{home}"]\n')
    assert decided(venv.parent, home)[0].kind == "environment"
    give(config, NOBODY_ELSE)
    assert decided(venv.parent, home)[0].kind == "none"
