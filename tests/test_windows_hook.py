"""The hook in PowerShell for Windows, with Windows' Python beside it: both under Wine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

import wine

pytestmark = [
    pytest.mark.skipif(not wine.FOLDER, reason="AUTOVENV_WINDOWS names no Wine (tools/windows)"),
    pytest.mark.xdist_group("wine"),
]

LONG = "a-long-name-" * 11
DEEP = rf"C:\hook\p\{LONG}\{LONG}"  # more than 260 characters
SHARE = r"\\localhost\c$"
DOCUMENTS = "users/*/Documents"


@pytest.fixture(scope="module")
def projects() -> str:
    r"""Two projects, C:\hook\p and C:\hook\c é, with environments by Windows' own venv."""
    folder = wine.DRIVE / "hook"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("p", ".venv"):
        shutil.rmtree(wine.DRIVE / "drive-r" / name, ignore_errors=True)
    places = [rf"{name}\.venv" for name in (r"C:\hook\p", r"C:\hook\c é", r"R:\p", "R:")]
    make_environments(*places)
    (folder / "p" / LONG / LONG).mkdir(parents=True)
    return r"C:\hook"


def make_environments(*places: str) -> None:
    """Let Windows' own venv make environments, all in one run of it."""
    made = wine.run(wine.PYTHON, "-m", "venv", "--without-pip", *places)
    assert made.returncode == 0, made.stderr


@pytest.fixture
def installed(projects: str) -> Iterator[str]:
    """The hook in $PROFILE, as `install` puts it there; taken away afterwards."""
    done = wine.run(wine.AUTOVENV, "install", "--shell", "powershell")
    assert "the hook is" in done.stdout
    yield projects
    wine.run(wine.AUTOVENV, "uninstall")


def test_going(installed: str) -> None:
    r"""Entering, leaving and switching in each way that a folder is named there.

    Drive letters (C:, c:, R:, Z:), `\`, `/`, another case, Push-Location, a share, one that isn't
    there, HKCU:, a PSDrive, a blank, an é, and more than 260 characters.
    """
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
            ("cd \\\\gone\\share\\p", DEEP, p),
            (rf"cd {SHARE}\hook\P".replace("\\", "/"), rf"{SHARE}\hook\P", f"{SHARE}{p[2:]}"),
            (rf"cd {SHARE}\hook", rf"{SHARE}\hook", None),
            (rf"cd '{SHARE}\hook\c é'", rf"{SHARE}\hook\c é", f"{SHARE}{c[2:]}"),
            (r"cd R:\p", r"R:\p", r"R:\p\.venv"),
            ("cd r:\\", "R:\\", r"R:\.venv"),
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
            # On a share, a path is the provider's.
            said = (found["folder"].rpartition("::")[2].lower(), found["environment"])
            assert said == (folder.lower(), environment), line
            if environment:
                assert found["path"] == rf"{environment}\Scripts;{before['path']}"
                assert found["python"] == rf"{environment}\Scripts\python.exe"
        after = console.type("")
        assert after["path"] == before["path"]
        assert after["errors"] == before["errors"] + 1  # the server that isn't there


def test_the_walk_ends_at_the_home(installed: str) -> None:
    r"""C:\.venv, which every user of a machine may make, isn't looked for from the home.

    From elsewhere it is found, so that the test can fail.
    """
    try:
        with wine.Console() as console:
            before = console.type("")["path"]  # at C:\, where it isn't yet
            make_environments(r"C:\.venv")
            for line, environment in (
                (r"cd $env:USERPROFILE\Documents", None),
                (rf"cd {installed}", r"C:\.venv"),
                ("cd $env:USERPROFILE", None),
                (rf"cd {installed}\p", rf"{installed}\p\.venv"),
            ):
                found = console.go(line)
                assert found["environment"] == environment, line
                entry = rf"{environment}\Scripts;" if environment else ""
                assert found["path"] == f"{entry}{before}", line
    finally:
        shutil.rmtree(wine.DRIVE / ".venv", ignore_errors=True)


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
