"""The hook in PowerShell for Windows, with Windows' Python beside it: both under Wine."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import wine
from autovenv.policy.advice import BY_HAND, SET_POLICY

pytestmark = [
    pytest.mark.skipif(not wine.FOLDER, reason="AUTOVENV_WINDOWS names no Wine (tools/windows)"),
    pytest.mark.xdist_group("wine"),
]

LONG = "a-long-name-" * 11
DEEP = rf"C:\hook\p\{LONG}\{LONG}"  # more than 260 characters
DOCUMENTS = "users/*/Documents"
CONFIG = "powershell.config.json"
USER_POLICY = r"HKCU\Software\Policies\Microsoft\PowerShellCore"
POLICY = r"HKLM\Software\Policies\Microsoft\PowerShellCore"


@pytest.fixture(scope="module")
def projects() -> str:
    r"""Two projects, C:\hook\p and C:\hook\c é, with environments by Windows' own venv."""
    folder = wine.DRIVE / "hook"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(wine.DRIVE / "drive-r" / "p", ignore_errors=True)
    for name in (r"C:\hook\p", r"C:\hook\c é", r"R:\p"):
        made = wine.run(wine.PYTHON, "-m", "venv", "--without-pip", rf"{name}\.venv")
        assert made.returncode == 0, made.stderr
    (folder / "p" / LONG / LONG).mkdir(parents=True)
    return r"C:\hook"


@pytest.fixture
def installed(projects: str) -> Iterator[str]:
    """The hook in $PROFILE, as `install` puts it there; taken away afterwards."""
    done = wine.run(wine.AUTOVENV, "install", "--shell", "powershell")
    assert "the hook is" in done.stdout
    yield projects
    wine.run(wine.AUTOVENV, "uninstall")


def test_going(installed: str) -> None:
    """Entering, leaving and switching in each way that a folder is named there."""
    p, c = rf"{installed}\p\.venv", rf"{installed}\c é\.venv"
    with wine.Console() as console:
        before = console.type("")
        assert before["hook"]
        assert before["environment"] is None
        for line, folder, environment in (
            (rf"cd {installed}\p", rf"{installed}\p", p),
            ("cd ..", installed, None),
            (rf"cd {installed.upper()}\P".replace("C:", "c:"), rf"{installed}\p", p),
            (f"cd '{installed}/c é'".replace("\\", "/"), rf"{installed}\c é", c),
            (rf"cd {installed}\p", rf"{installed}\p", p),
            ("cd HKCU:", "HKCU:\\", p),
            (rf"cd {installed}\p", rf"{installed}\p", p),
            (rf"Push-Location '{installed}\c é'", rf"{installed}\c é", c),
            ("Pop-Location", rf"{installed}\p", p),
            (rf"cd {DEEP}", DEEP, p),
            ("cd \\gone\\share", DEEP, p),
            (r"cd R:\p", r"R:\p", r"R:\p\.venv"),
            (rf"cd {installed}\p", rf"{installed}\p", p),
            (rf"$null = New-PSDrive own FileSystem {installed}; cd own:\P", r"own:\p", p),
            (rf"cd {installed}\p; deactivate", rf"{installed}\p", None),
            ("cd ..", installed, None),
            ("cd p", rf"{installed}\p", p),
            ("autovenv off", rf"{installed}\p", None),
            ("autovenv on", rf"{installed}\p", p),
            ("cd Z:\\", "Z:\\", None),
        ):
            found = console.go(line)
            said = (found["folder"].lower(), found["environment"])
            assert said == (folder.lower(), environment), line
            if environment:
                assert found["path"] == rf"{environment}\Scripts;{before['path']}"
                assert found["python"] == rf"{environment}\Scripts\python.exe"
        after = console.type("")
        assert after["path"] == before["path"]
        assert after["errors"] == before["errors"] + 1  # the server that isn't there


def test_constrained_language(installed: str) -> None:
    """From the start, and from later on: the prompt switches."""
    p = rf"{installed}\p\.venv"
    with wine.Console(__PSLockdownPolicy="4") as console:
        console.type(rf"cd {installed}\p")
        assert console.go("")["environment"] == p
        assert console.type("cd ..")["environment"] is None
    with wine.Console() as console:
        console.type("$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'")
        console.type(rf"cd {installed}\p")
        assert console.go("")["environment"] == p
        console.type("cd ..")
        assert console.type("")["environment"] is None


def test_one_line(installed: str) -> None:
    """`cd p; python` runs the project's Python."""
    with wine.Console() as console:
        console.go(rf"cd {installed}\p")  # it is known from now on
        code = "import sys; open('C:/hook/ran', 'w').write(sys.prefix)"
        console.type(rf'cd \; cd {installed}\p; python -c "{code}"')
    assert (wine.DRIVE / "hook" / "ran").read_text() == rf"{installed}\p\.venv"


def test_uninstall(installed: str) -> None:
    """A new shell has the hook, and after `uninstall` another hasn't."""
    assert [*wine.DRIVE.glob(f"{DOCUMENTS}/PowerShell/*_profile.ps1")]
    assert wine.run(wine.AUTOVENV, "uninstall").returncode == 0
    assert not [*wine.DRIVE.glob(f"{DOCUMENTS}/*/*_profile.ps1")]
    with wine.Console() as console:
        assert not console.type(rf"cd {installed}\p")["hook"]


def test_documents_that_were_moved_back(projects: str) -> None:
    """OneDrive translates the folder's name: `uninstall` knows where `install` put the hook."""
    found = "users/*/OneDrive/Dokumente/*/*_profile.ps1"
    move(r"%USERPROFILE%\OneDrive\Dokumente")
    try:
        wine.run(wine.AUTOVENV, "install", "--shell", "powershell")
        assert len([*wine.DRIVE.glob(found)]) == 2
    finally:
        move(r"%USERPROFILE%\Documents")
    assert wine.run(wine.AUTOVENV, "uninstall").returncode == 0
    assert not [*wine.DRIVE.glob(found)]


def move(place: str) -> None:
    """Let the user's folder Documents be another, as OneDrive does."""
    key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    words = (key, "/v", "Personal", "/t", "REG_EXPAND_SZ", "/d", place, "/f")
    assert wine.run("reg", "add", *words).returncode == 0


def documents() -> Path:
    """Return the user's folder Documents."""
    [found] = (path for path in wine.DRIVE.glob(DOCUMENTS) if path.parent.name != "Public")
    return found


def advised() -> list[str]:
    """Return the commands that doctor gives for PowerShell 7's policy."""
    found = json.loads(wine.run(wine.AUTOVENV, "doctor", "--json").stdout)["findings"]
    return [one["command"] for one in found if "PowerShell 7" in one["what"]]


@contextlib.contextmanager
def machine_says(policy: str) -> Iterator[None]:
    """Let the machine's powershell.config.json, in $PSHOME, say that."""
    file = wine.DRIVE / "Program Files" / "PowerShell" / "7" / CONFIG
    before = file.read_bytes()
    file.write_text(f'{{"Microsoft.PowerShell:ExecutionPolicy":"{policy}"}}')
    try:
        yield
    finally:
        file.write_bytes(before)


@contextlib.contextmanager
def registry_says(key: str, name: str, kind: str, value: str) -> Iterator[None]:
    """Let the registry say that."""
    wine.run("reg", "add", key, "/v", name, "/t", kind, "/d", value, "/f")
    try:
        yield
    finally:
        wine.run("reg", "delete", key, "/v", name, "/f")


def test_restricted_for_the_machine(installed: str) -> None:
    """The user's own word goes before it, and helps."""
    try:
        with machine_says("Restricted"):
            helped_by(SET_POLICY)
    finally:
        (documents() / "PowerShell" / CONFIG).unlink(missing_ok=True)


def test_restricted_by_a_lasting_variable(installed: str) -> None:
    """What Set-ExecutionPolicy writes comes after it: the variable goes."""
    name = "PSExecutionPolicyPreference"
    with registry_says(r"HKCU\Environment", name, "REG_SZ", "Restricted"):
        helped_by(f"[Environment]::SetEnvironmentVariable('{name}', $null, 'User')")


def helped_by(command: str) -> None:
    """The profile doesn't load, doctor says `command`, and once it is typed, the next one does."""
    assert advised() == [command]
    with wine.Console() as console:
        assert not console.type("")["hook"]
        console.type(command)
    with wine.Console() as console:
        assert console.type("")["hook"]
    assert advised() == []


def test_restricted_by_the_users_group_policy(installed: str) -> None:
    """As by the machine's, and so is a shell that was started with -ExecutionPolicy."""
    with registry_says(USER_POLICY, "EnableScripts", "REG_DWORD", "0"):
        assert advised() == [BY_HAND]
        with wine.Console() as console:
            assert not console.type("")["hook"]
    with wine.Console("-ExecutionPolicy", "Restricted") as console:
        assert not console.type("")["hook"]
        console.type(r"$env:PATH += ';C:\Python312\Scripts'")
        assert console.type(BY_HAND)["hook"]


def test_all_signed(projects: str) -> None:
    """The profile stays as it is, and doctor says how to sign it, which Wine can't."""
    config = documents() / "PowerShell" / CONFIG
    config.parent.mkdir(exist_ok=True)
    config.write_text('{"Microsoft.PowerShell:ExecutionPolicy":"AllSigned"}')
    try:
        done = wine.run(wine.AUTOVENV, "install", "--shell", "powershell")
        assert "PowerShell 7 loads only signed profiles here" in done.stderr
        assert not (config.parent / "Microsoft.PowerShell_profile.ps1").exists()
        [command] = advised()
        assert command.startswith("Set-AuthenticodeSignature -LiteralPath ")
    finally:
        wine.run(wine.AUTOVENV, "uninstall")
        config.unlink()


def test_all_signed_by_others(projects: str) -> None:
    """By the machine's word as by the user's; by group policy the line is typed by hand, too."""
    signing = "Set-AuthenticodeSignature -LiteralPath "
    with machine_says("AllSigned"):
        done = wine.run(wine.AUTOVENV, "install", "--shell", "powershell")
        assert "PowerShell 7 loads only signed profiles here" in done.stderr
        [command] = advised()
        assert command.startswith(signing)
    for key in (POLICY, USER_POLICY):
        with (
            registry_says(key, "EnableScripts", "REG_DWORD", "1"),
            registry_says(key, "ExecutionPolicy", "REG_SZ", "AllSigned"),
        ):
            by_hand, command = advised()
            assert by_hand == BY_HAND
            assert command.startswith(signing)
    assert not [*documents().glob("PowerShell/*_profile.ps1")]
    wine.run(wine.AUTOVENV, "uninstall")


@pytest.mark.parametrize("key", [POLICY, USER_POLICY])
def test_group_policy_goes_before_the_others(installed: str, key: str) -> None:
    """What it lets load is loaded, whatever the user, the variable or -ExecutionPolicy says."""
    config = documents() / "PowerShell" / CONFIG
    config.write_text('{"Microsoft.PowerShell:ExecutionPolicy":"Restricted"}')
    try:
        with (
            registry_says(key, "EnableScripts", "REG_DWORD", "1"),
            registry_says(key, "ExecutionPolicy", "REG_SZ", "RemoteSigned"),
        ):
            assert advised() == []
            with wine.Console("-ExecutionPolicy", "Restricted") as console:
                assert console.type("")["hook"]
    finally:
        config.unlink()


def test_bypass_for_a_session(installed: str) -> None:
    """The profile loads there, and doctor says what a new console would do."""
    config = documents() / "PowerShell" / CONFIG
    config.write_text('{"Microsoft.PowerShell:ExecutionPolicy":"Restricted"}')
    try:
        with wine.Console("-ExecutionPolicy", "Bypass") as console:
            assert console.type("")["hook"]
            console.type(r"autovenv doctor --json > C:\hook\found")
        found = json.loads((wine.DRIVE / "hook" / "found").read_text(encoding="utf-8-sig"))
        commands = [one["command"] for one in found["findings"] if "PowerShell 7" in one["what"]]
        assert SET_POLICY in commands
    finally:
        config.unlink()


def test_restricted_by_the_user(installed: str) -> None:
    """The profile doesn't load; what doctor says, typed, is what helps."""
    config = documents() / "PowerShell" / CONFIG
    config.write_text('{"Microsoft.PowerShell:ExecutionPolicy":"Restricted"}')
    try:
        helped_by(SET_POLICY)
    finally:
        config.unlink()


def test_restricted_by_group_policy(installed: str) -> None:
    """Nothing helps but the line that is typed in each session."""
    wine.run("reg", "add", POLICY, "/v", "EnableScripts", "/t", "REG_DWORD", "/d", "0", "/f")
    try:
        assert advised() == [BY_HAND]
        with wine.Console() as console:
            assert not console.type("")["hook"]
            console.type(r"$env:PATH += ';C:\Python312\Scripts'")
            assert console.type(BY_HAND)["hook"]
            assert console.go(rf"cd {installed}\p")["environment"] == rf"{installed}\p\.venv"
    finally:
        wine.run("reg", "delete", POLICY, "/f")


@pytest.mark.parametrize("policy", ["Bypass", "RemoteSigned", "Unrestricted"])
def test_policies_that_load_a_profile(installed: str, policy: str) -> None:
    """The hook is there, and doctor finds nothing."""
    config = documents() / "PowerShell" / CONFIG
    config.write_text(f'{{"Microsoft.PowerShell:ExecutionPolicy":"{policy}"}}')
    try:
        assert advised() == []
        with wine.Console() as console:
            assert console.type("")["hook"]
    finally:
        config.unlink()
