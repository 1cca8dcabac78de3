"""Windows' own stores: the registry, powershell.config.json, and what PowerShell itself says."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import unix
from autovenv.policy.advice import Profile
from autovenv.policy.scopes import (
    CONFIG_NAME,
    LOCAL_SETTING,
    PREFERENCE,
    Edition,
    Hive,
    Policy,
    Reading,
    Scope,
    UnreadableError,
    find_effective,
    read,
)
from autovenv.policy.stores import WindowsStore, parse_config, read_profile
from drivers import SHELLS
from policies import EACH_EDITION, Stores, Winreg, make_winreg

winreg = pytest.fixture(make_winreg)


# --- powershell.config.json ---


@pytest.mark.parametrize(
    "data",
    [
        b'{"Microsoft.PowerShell:ExecutionPolicy": "RemoteSigned"}',
        b'\xef\xbb\xbf{"Microsoft.PowerShell:ExecutionPolicy": "RemoteSigned"}',
        '\ufeff{"Microsoft.PowerShell:ExecutionPolicy": "RemoteSigned"}'.encode("utf-16-le"),
        b'// mine\r\n{"a": "http://b", /* x */ "Microsoft.PowerShell:ExecutionPolicy":\r\n'
        b'"RemoteSigned", // end\r\n}',
        b'{"MICROSOFT.POWERSHELL:executionpolicy": "remotesigned"}',
        b'{"a": "\\"//", "b": ",}", "Microsoft.PowerShell:ExecutionPolicy": "RemoteSigned"}',
        b'{"Microsoft.PowerShell:ExecutionPolicy": "Bypass",'
        b' "Microsoft.PowerShell:ExecutionPolicy": "RemoteSigned"}',
    ],
)
def test_what_the_file_may_look_like(data: bytes) -> None:
    """A byte order mark, comments, a last comma, any case of the key; the last of two counts."""
    stores = Stores(configs={Hive.USER: parse_config(data)})
    assert read(Edition.POWERSHELL, stores).get_policy(Scope.CURRENT_USER) is Policy.REMOTE_SIGNED


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xef\xbb\xbf", b"// nothing", b"null", b"{}"])
def test_an_empty_file_says_nothing(data: bytes) -> None:
    """PowerShell takes it for one without settings."""
    assert parse_config(data) == {}


@pytest.mark.parametrize(
    "data",
    [
        b'{"Microsoft.PowerShell:ExecutionPolicy": "RemoteSigned"',
        b"[]",
        b'"RemoteSigned"',
        b"\x00\x01\xff",
        b"{/* unended",
        b"{} /*/",
        b'{"a": ' + b"[" * 100_000,
        b" " * (1024 * 1024 + 1),
    ],
)
def test_a_broken_file_is_no_answer(data: bytes) -> None:
    """It is an error with a reason, never a policy."""
    with pytest.raises(ValueError, match=r"."):
        parse_config(data)


@pytest.mark.parametrize("value", [None, [], {}, ""])
def test_a_policy_that_is_no_text_is_undefined(value: object) -> None:
    """Of other types nothing is made up."""
    stores = Stores(configs={Hive.USER: {LOCAL_SETTING: value}})
    assert read(Edition.POWERSHELL, stores).get_policy(Scope.CURRENT_USER) is Policy.UNDEFINED


@pytest.mark.parametrize("value", [1, 1.5, True])
def test_a_policy_that_becomes_a_text_is_unknown(value: object) -> None:
    """PowerShell's reader makes a text of a number and of a truth, and knows no such policy."""
    stores = Stores(configs={Hive.USER: {LOCAL_SETTING: value}})
    assert read(Edition.POWERSHELL, stores).get_policy(Scope.CURRENT_USER) is Policy.RESTRICTED


# --- the real stores ---


def test_values_of_the_registry(winreg: Winreg) -> None:
    """Text and numbers are read, other types and what isn't there are None, a refusal is said."""
    store = WindowsStore({}, "D")
    winreg.keys[winreg.HKEY_CURRENT_USER, "K"] = {
        "text": ("a", winreg.REG_SZ),
        "number": (1, winreg.REG_DWORD),
        "bytes": (b"a", winreg.REG_BINARY),
    }
    winreg.refused.add("Secret")
    assert store.read_registry(Hive.USER, "K", "text") == "a"
    assert store.read_registry(Hive.USER, "K", "number") == 1
    assert store.read_registry(Hive.USER, "K", "bytes") is None
    assert store.read_registry(Hive.USER, "K", "absent") is None
    assert store.read_registry(Hive.MACHINE, "K", "text") is None
    with pytest.raises(UnreadableError, match=r"HKLM\\Secret \(Access is denied\)"):
        store.read_registry(Hive.MACHINE, "Secret", "x")


@pytest.fixture
def installed(tmp_path: Path, winreg: Winreg) -> WindowsStore:
    """Return the store of a machine where PowerShell 7 is on PATH."""
    assert winreg.keys == {}
    home = tmp_path / "pwsh 7"
    home.mkdir()
    (home / "pwsh.exe").touch()
    (home / "System.Management.Automation.dll").touch()
    return WindowsStore({"PATH": str(home)}, str(tmp_path / "Documents"))


def test_both_files_of_powershell_7(installed: WindowsStore, tmp_path: Path) -> None:
    """The machine's is in $PSHOME, the user's beside the profile; neither need exist."""
    assert read(Edition.POWERSHELL, installed) == Reading(Edition.POWERSHELL, {}, Policy.RESTRICTED)
    machine = json.dumps({LOCAL_SETTING: "RemoteSigned"})
    (tmp_path / "pwsh 7" / CONFIG_NAME).write_text(machine)
    folder = tmp_path / "Documents" / "PowerShell"
    folder.mkdir(parents=True)
    (folder / CONFIG_NAME).write_text(json.dumps({LOCAL_SETTING: "Bypass"}), encoding="utf-8-sig")
    reading = read(Edition.POWERSHELL, installed)
    assert reading.get_policy(Scope.LOCAL_MACHINE) is Policy.REMOTE_SIGNED
    assert reading.get_policy(Scope.CURRENT_USER) is Policy.BYPASS
    assert find_effective(reading).place == str(folder / CONFIG_NAME)


def test_a_file_that_is_broken_is_named(installed: WindowsStore, tmp_path: Path) -> None:
    """So that the user can fix it; PowerShell 7 itself doesn't start with it."""
    file = tmp_path / "pwsh 7" / CONFIG_NAME
    file.write_text("{")
    with pytest.raises(UnreadableError) as caught:
        find_effective(read(Edition.POWERSHELL, installed))
    assert str(file) in str(caught.value)
    file.unlink()
    file.mkdir()
    with pytest.raises(UnreadableError) as caught:
        find_effective(read(Edition.POWERSHELL, installed))
    assert str(file) in str(caught.value)


def test_where_powershell_7_is_installed(winreg: Winreg, tmp_path: Path) -> None:
    """PATH, scoop's shim, the registry, Program Files; the Store's package is what it came as."""
    real = tmp_path / "scoop" / "apps" / "pwsh.exe"
    real.parent.mkdir(parents=True)
    real.touch()
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "pwsh.exe").touch()
    (shims / "pwsh.shim").write_text(f'path = "{real}"\n')
    alias = tmp_path / "WindowsApps"
    alias.mkdir()
    (alias / "pwsh.exe").touch()
    program = tmp_path / "Programs" / "PowerShell" / "7" / "pwsh.exe"
    program.parent.mkdir(parents=True)
    program.touch()

    def found(**variables: str) -> str:
        return WindowsStore(variables, "").find_program(Edition.POWERSHELL)

    assert found() == ""
    assert found(PATH=str(shims)) == str(real)
    assert found(PROGRAMFILES=str(tmp_path / "Programs")) == str(program)
    key = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\pwsh.exe"
    winreg.keys[winreg.HKEY_LOCAL_MACHINE, key] = {"": (str(program), winreg.REG_SZ)}
    assert found() == str(program)
    store = WindowsStore({"PATH": str(alias)}, str(tmp_path))
    assert find_effective(read(Edition.POWERSHELL, store)).policy is Policy.REMOTE_SIGNED
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "pwsh.exe").touch()
    odd = WindowsStore({"PATH": str(tmp_path / "odd")}, str(tmp_path))
    with pytest.raises(UnreadableError, match="can't tell where"):
        find_effective(read(Edition.POWERSHELL, odd))


def test_what_is_seen_of_a_profile(tmp_path: Path) -> None:
    """Its mark and its signature; a file that isn't there has neither."""
    path = tmp_path / "p.ps1"
    assert read_profile(str(path)) == Profile(str(path))
    path.write_bytes("# SIG # Begin signature block\r\n".encode("utf-16"))
    stream = Path(f"{path}:Zone.Identifier")  # on Windows it is a stream of that file
    stream.write_text("[ZoneTransfer]\nZoneId=3\n")
    assert read_profile(str(path)) == Profile(str(path), is_marked=True, is_signed=True)


# --- what PowerShell itself says ---

LIST = 'Get-ExecutionPolicy -List | ForEach-Object { "$($_.Scope)=$($_.ExecutionPolicy)" }'


def powershell_says(program: str, command: str) -> dict[str, str]:
    """Return the lines NAME=VALUE that a new console prints."""
    dropped = ("PSMODULEPATH", "PSEXECUTIONPOLICYPREFERENCE")
    done = subprocess.run(
        [program, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", command],
        env={name: value for name, value in os.environ.items() if name.upper() not in dropped},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    # One that has no console may print a traceback of .NET's.
    words = filter(re.compile(r"\w+=\w+").fullmatch, done.stdout.split())
    return dict(word.split("=") for word in words)


@EACH_EDITION
@pytest.mark.skipif(os.name != "nt", reason="execution policies are Windows' alone")
def test_powershell_says_the_same(edition: Edition) -> None:
    """Get-ExecutionPolicy -List agrees scope by scope with what is read without it."""
    import platformdirs

    environ = {name.upper(): value for name, value in os.environ.items() if name != PREFERENCE}
    environ.pop(PREFERENCE.upper(), None)
    store = WindowsStore(environ, platformdirs.user_documents_dir())
    program = store.find_program(edition)
    if not program:
        pytest.skip(f"{edition} is missing")
    if powershell_says(program, '"probe=works"') != {"probe": "works"}:
        pytest.skip(
            "this PowerShell writes nothing into a pipe: Wine's stub, or one without a console"
        )
    reading = read(edition, store)
    assert not reading.unreadable
    said = powershell_says(program, LIST)
    assert said == {str(scope): str(reading.get_policy(scope)) for scope in Scope}
    counts = powershell_says(program, '"effective=$(Get-ExecutionPolicy)"')
    assert counts == {"effective": str(find_effective(reading, fresh=True).policy)}


@unix.alone("what holds on other systems")
def test_elsewhere_powershell_has_none(require: Callable[[str], None]) -> None:
    """It says Unrestricted for each scope, and here nothing is read."""
    require("pwsh")
    program = SHELLS["pwsh"].program()
    assert program is not None
    assert set(powershell_says(program, LIST).values()) == {"Unrestricted"}
