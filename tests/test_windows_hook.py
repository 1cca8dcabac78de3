"""The hook in PowerShell for Windows, with Windows' Python beside it: both under Wine."""

from __future__ import annotations

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

DOCUMENTS = "users/*/Documents"
CONFIG = "powershell.config.json"
POLICY = r"HKLM\Software\Policies\Microsoft\PowerShellCore"


@pytest.fixture(scope="module")
def projects() -> str:
    r"""Two projects, C:\hook\p and C:\hook\c é, with environments by Windows' own venv."""
    folder = wine.DRIVE / "hook"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("p", "c é"):
        (folder / name).mkdir(parents=True)
        made = wine.run(wine.PYTHON, "-m", "venv", "--without-pip", rf"C:\hook\{name}\.venv")
        assert made.returncode == 0, made.stderr
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
        assert (after["path"], after["errors"]) == (before["path"], before["errors"])


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


def documents() -> Path:
    """Return the user's folder Documents."""
    [found] = (path for path in wine.DRIVE.glob(DOCUMENTS) if path.parent.name != "Public")
    return found


def advised() -> list[str]:
    """Return the commands that doctor gives for PowerShell 7's policy."""
    found = json.loads(wine.run(wine.AUTOVENV, "doctor", "--json").stdout)["findings"]
    return [one["command"] for one in found if "PowerShell 7" in one["what"]]


def test_restricted_by_the_user(installed: str) -> None:
    """The profile doesn't load; what doctor says, typed, is what helps."""
    config = documents() / "PowerShell" / CONFIG
    config.write_text('{"Microsoft.PowerShell:ExecutionPolicy":"Restricted"}')
    try:
        assert advised() == [SET_POLICY]
        with wine.Console() as console:
            assert not console.type("")["hook"]
            console.type(SET_POLICY)
        with wine.Console() as console:
            assert console.type("")["hook"]
        assert advised() == []
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
