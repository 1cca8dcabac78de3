"""PowerShell's execution policy, as `install` and `doctor` speak of it, there and elsewhere."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
from click.testing import CliRunner, Result

from autovenv import cli
from autovenv.cli import examinations, policy
from autovenv.cli import hook as hooks
from autovenv.cli.case import Remark
from autovenv.policy.scopes import (
    GROUP_KEY,
    LOCAL_KEY,
    PREFERENCE,
    SETTING,
    Edition,
    Hive,
    UnreadableError,
)
from autovenv.policy.stores import FOLDERS, SHIPPED, WindowsStore
from doctoring import PROFILE, doctor, environ, make_home, posix, said
from drivers import SHELLS

home = pytest.fixture(make_home)

# --- PowerShell's policy, on other systems ---


@posix
def test_elsewhere_a_word_is_enough(home: Path, require: Callable[[str], None]) -> None:
    """Where pwsh is installed doctor says that there is no policy; else nothing."""
    assert said(examinations.examine_policy, home) == []
    require("pwsh")
    program = SHELLS["pwsh"].program()
    assert program is not None
    (home / "pwsh").symlink_to(program)
    [word] = said(examinations.examine_policy, home, PATH=str(home))
    assert word == Remark("policy", "PowerShell has no execution policy on this system")


@posix
def test_elsewhere_there_is_nothing_to_set(home: Path) -> None:
    """--set-policy is one line, and 2."""
    done = doctor(home, "--set-policy")
    assert done.exit_code == 2
    assert "no execution policy on this system" in done.stderr


# --- PowerShell's policy, on what looks like Windows ---


class Windows:
    """A computer with both PowerShells, whose registry is a dict."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.documents = root / "OneDrive" / "Documents"
        self.values: dict[tuple[Hive, str, str], str | int] = {}
        self.is_7_readable = self.is_policy_settable = True
        self.commands: list[tuple[str, ...]] = []

    def profile(self, edition: Edition) -> Path:
        """Return the edition's profile."""
        return self.documents / FOLDERS[edition] / PROFILE

    def set(self, policy: str, key: str = LOCAL_KEY) -> None:
        """Set 5.1's policy for the user, or with GROUP_KEY by group policy."""
        self.values[Hive.USER, key, SETTING] = policy
        self.values[Hive.USER, key, "EnableScripts"] = 1


@pytest.fixture
def windows(home: Path, monkeypatch: pytest.MonkeyPatch) -> Windows:
    """Return a Windows, where the process's platform, stores and Documents say so."""
    made = Windows(home)

    def registry(_: object, hive: Hive, key: str, name: str) -> str | int | None:
        return made.values.get((hive, key, name))

    def config(_: object, hive: Hive) -> dict[str, str]:
        if not made.is_7_readable:
            raise UnreadableError("powershell.config.json isn't what PowerShell reads")
        return SHIPPED if hive is Hive.MACHINE else {}

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        made.commands.append(tuple(command))
        if made.is_policy_settable:
            made.set("RemoteSigned")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(policy, "has_policies", lambda: True)
    monkeypatch.setattr(platformdirs, "user_documents_dir", lambda: str(made.documents))
    monkeypatch.setattr(WindowsStore, "read_registry", registry)
    monkeypatch.setattr(WindowsStore, "read_config", config)
    monkeypatch.setattr(WindowsStore, "find_config_path", lambda _, hive: f"{hive}.json")
    monkeypatch.setattr(WindowsStore, "find_program", lambda _, edition: f"{edition}.exe")
    monkeypatch.setattr(subprocess, "run", run)
    (home / "autovenv.exe").touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(home / "autovenv.exe"), "install"])
    return made


def run(windows: Windows, *arguments: str, answer: str = "", **variables: str) -> Result:
    """Run a command there."""
    cleared = dict.fromkeys(os.environ)
    given = {**environ(windows.root, **variables), "USERPROFILE": str(windows.root)}
    return CliRunner().invoke(cli.main, arguments, input=answer, env={**cleared, **given})


def test_install_writes_both_profiles(windows: Windows) -> None:
    """In the Documents that Windows names, in ASCII, once; uninstall takes all of it away."""
    windows.set("RemoteSigned")
    done = run(windows, "install", "--shell", "powershell")
    assert (done.exit_code, done.stderr) == (0, "")
    for edition in Edition:
        text = windows.profile(edition).read_bytes()
        assert text.startswith(b"#region autovenv")
        assert text.isascii()
        assert text.count(b"hook powershell") == 1
    assert "nothing to do" in run(windows, "install", "--shell", "powershell").stdout
    assert run(windows, "uninstall").exit_code == 0
    assert not windows.documents.exists()


@pytest.mark.parametrize(
    "before",
    [
        b"# mine\r\nSet-Alias x y\r\n",
        b"\xef\xbb\xbf# mine \xc3\xa9\n",
        "\ufeff# mine \u00e9\r\n".encode("utf-16-le"),
        b"# ANSI \xe9\r\n# without an end",
        b"",
    ],
)
def test_a_profile_keeps_what_it_is(windows: Windows, before: bytes) -> None:
    """Encoding, byte order mark and line ends stay, and uninstall gives the bytes back."""
    windows.set("RemoteSigned")
    file = windows.profile(Edition.WINDOWS_POWERSHELL)
    file.parent.mkdir(parents=True)
    file.write_bytes(before)
    assert run(windows, "install", "--shell", "powershell").exit_code == 0
    after = file.read_bytes()
    assert after.startswith(before)
    added = after[len(before) :].replace(b"\0", b"")
    assert (b"\r\n" in added) is (b"\r" in before)
    assert added.replace(b"\r\n", b"").count(b"\n") == (
        0 if b"\r" in before else added.count(b"\n")
    )
    assert run(windows, "uninstall").exit_code == 0
    assert file.read_bytes() == before


@pytest.mark.parametrize("place", ["Documents", "OneDrive - Us/Dokumente"])
def test_uninstall_looks_where_documents_was(windows: Windows, place: str) -> None:
    """OneDrive may have taken the folder over, or given it back, since: it translates the name."""
    windows.set("RemoteSigned")
    windows.documents = windows.root / place
    assert run(windows, "install", "--shell", "powershell").exit_code == 0
    assert windows.profile(Edition.POWERSHELL).exists()
    windows.documents = windows.root / "OneDrive" / "Documents"
    assert "gone" in run(windows, "uninstall").stdout
    assert not (windows.root / place).exists()


def test_install_says_that_a_profile_will_not_load(windows: Windows) -> None:
    """Under a client's default 5.1 loads no profile: the line is written, and the advice told."""
    done = run(windows, "install", "--shell", "powershell")
    assert done.exit_code == 0
    assert windows.profile(Edition.WINDOWS_POWERSHELL).exists()
    assert done.stderr.count("Windows PowerShell 5.1 runs no script file") == 1
    assert "\n  run: Set-ExecutionPolicy -ExecutionPolicy RemoteSigned" in done.stderr
    assert "PowerShell 7" not in done.stderr
    assert not windows.commands


def test_other_shells_are_no_shells_of_windows(windows: Windows) -> None:
    """Git Bash sets SHELL: who installs for it is told what is supported, and nothing is done."""
    done = run(windows, "install", "--shell", "bash")
    assert done.exit_code == 2
    assert "not in bash: autovenv install --shell powershell" in done.stderr
    assert not (windows.root / ".bashrc").exists()


@pytest.mark.parametrize("key", [LOCAL_KEY, GROUP_KEY])
def test_under_all_signed_no_profile_is_written(windows: Windows, key: str) -> None:
    """A line voids the signature: 5.1's stays as it is, 7's is written, and the exit says so."""
    windows.set("AllSigned", key)
    done = run(windows, "install", "--shell", "powershell")
    assert done.exit_code == 1
    assert not windows.profile(Edition.WINDOWS_POWERSHELL).exists()
    assert windows.profile(Edition.POWERSHELL).exists()
    assert "Set-AuthenticodeSignature" in done.stderr
    assert "only signed profiles" in done.stderr
    assert ("Group policy keeps" in done.stderr) is (key == GROUP_KEY)


def test_a_marked_profile_is_not_written(windows: Windows) -> None:
    """To replace it would take the mark away behind the user's back."""
    windows.set("RemoteSigned")
    file = windows.profile(Edition.WINDOWS_POWERSHELL)
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    Path(f"{file}:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n")
    done = run(windows, "install", "--shell", "powershell")
    assert done.exit_code == 1
    assert file.read_text() == "mine"
    assert "Unblock-File -LiteralPath" in done.stderr


@pytest.mark.parametrize("command", ["install", "doctor"])
@pytest.mark.parametrize("answer", ["", "n\n", "y\n"])
def test_the_policy_is_set_only_after_a_yes(windows: Windows, command: str, answer: str) -> None:
    """`--set-policy` asks; no answer is a no."""
    arguments = [command, "--set-policy"]
    done = run(windows, *arguments, *(["--shell", "pwsh"] * (command == "install")), answer=answer)
    assert "Run `Set-ExecutionPolicy" in done.stderr
    assert len(windows.commands) == (answer == "y\n")
    if windows.commands:
        [(program, *rest)] = windows.commands
        assert program == f"{Edition.WINDOWS_POWERSHELL}.exe"
        assert "-NoProfile" in rest
        assert rest[-1].startswith("Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope Curr")
        assert run(windows, "doctor").exit_code == 0


def test_what_was_set_is_read_again(windows: Windows) -> None:
    """An exit status of 0 says nothing of the policy: the stores do."""
    windows.is_policy_settable = False
    done = run(windows, "doctor", "--set-policy", answer="y\n")
    assert windows.commands
    assert "the policy isn't set: Windows PowerShell 5.1's default still says" in done.stderr
    assert "loads your profile" not in done.stderr


def test_what_runs_the_command(require: Callable[[str], None], tmp_path: Path) -> None:
    """PowerShell itself, which has nothing to say if all went well; else its first line is told.

    On Windows that sets a policy for real, which ends with the process.
    """
    require("pwsh")
    program = SHELLS["pwsh"].path()
    for_now = "Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope Process -Force"
    assert policy._run(program, for_now if os.name == "nt" else "$null = 1") == ""
    assert policy._run(program, "throw 'not permitted'").startswith("the policy isn't set: ")
    assert "not permitted" in policy._run(program, "throw 'not permitted'")
    assert policy._run(program, "exit 3") == "the policy isn't set: it ended with 3"
    gone = str(tmp_path / "gone")
    assert policy._run(gone, "exit 0").startswith(f"can't run {gone} (")


def test_nothing_is_asked_where_it_would_not_help(windows: Windows) -> None:
    """Group policy can't be set by the user, and a policy that is right needn't be."""
    for value, key in (("Restricted", GROUP_KEY), ("RemoteSigned", GROUP_KEY)):
        windows.set(value, key)
        done = run(windows, "install", "--shell", "pwsh", "--set-policy", answer="y\n")
        assert "no execution policy to set" in done.stderr
    assert not windows.commands


def test_doctor_on_windows(windows: Windows) -> None:
    """A finding for 5.1, none for 7; what can't be read is said; F is a remark."""
    done = run(windows, "doctor", "--json", __AUTOVENV_LANGUAGE="ConstrainedLanguage")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [each["topic"] for each in told["findings"]] == ["policy"]
    assert {each["what"][:15] for each in told["remarks"]} == {"This PowerShell"}
    windows.set("RemoteSigned")
    assert run(windows, "doctor").exit_code == 0
    windows.is_7_readable = False
    done = run(windows, "doctor")
    assert done.exit_code == 2
    assert "? PowerShell 7: powershell.config.json isn't" in done.stdout


def test_what_this_session_hides(windows: Windows) -> None:
    """A session that was started with -ExecutionPolicy Bypass looks fine, a new console isn't."""
    done = run(windows, "doctor", **{PREFERENCE: "Bypass"})
    assert done.exit_code == 1
    assert "Here Windows PowerShell 5.1 has the policy Bypass" in done.stdout
    assert "- Here PowerShell 7 has the policy Bypass" in done.stdout


class _Stdout(io.TextIOWrapper):
    """Standard output that says whether it is a terminal."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__(io.BytesIO())
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        """Tell what was asked for."""
        return self.is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("shell", ["powershell", "bash"])
def test_who_looks_at_the_hook_is_advised(
    windows: Windows,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shell: str,
    is_terminal: bool,
) -> None:
    """Once, on stderr, and only if it is a person who reads it: a profile pipes the hook."""
    assert windows.values == {}
    stdout = _Stdout(is_terminal)
    monkeypatch.setattr(sys, "stdout", stdout)
    assert hooks.show(shell) == 0
    told = capsys.readouterr().err
    assert told.count("Set-ExecutionPolicy") == (is_terminal and shell != "bash")
    assert "Set-ExecutionPolicy" not in stdout.buffer.getvalue().decode()  # type: ignore[attr-defined]
