"""PowerShell's execution policy: each scope, value and edition, the stores, and what is advised."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import unix
from autovenv.policy import advice, zone
from autovenv.policy.advice import Advice, Profile, advise
from autovenv.policy.scopes import (
    CONFIG_NAME,
    GROUP_KEY,
    GROUP_KEY_7,
    GROUP_SCOPES,
    LOCAL_KEY,
    LOCAL_SCOPES,
    LOCAL_SETTING,
    MACHINE_ENVIRONMENT_KEY,
    PREFERENCE,
    PRODUCT_KEY,
    REDIRECTED,
    SETTING,
    USER_ENVIRONMENT_KEY,
    Edition,
    Hive,
    Policy,
    Reading,
    Scope,
    UnreadableError,
    find_effective,
    parse,
    read,
)
from autovenv.policy.stores import SHIPPED, WindowsStore, parse_config, read_profile
from drivers import SHELLS

DEFINED = [policy for policy in Policy if policy is not Policy.UNDEFINED]
PROFILE = Profile(r"C:\Users\me\Documents\PowerShell\Microsoft.PowerShell_profile.ps1")
EACH_EDITION = pytest.mark.parametrize("edition", Edition)


@dataclass
class Stores:
    """A store of a few dicts; a config that is a string is one that can't be read."""

    values: dict[tuple[Hive, str, str], str | int] = field(default_factory=dict)
    configs: dict[Hive, dict[str, object] | str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def read_registry(self, hive: Hive, key: str, name: str) -> str | int | None:
        """Return the value."""
        return self.values.get((hive, key, name))

    def read_config(self, hive: Hive) -> Mapping[str, object]:
        """Return the file's table."""
        config = self.configs.get(hive, {})
        if isinstance(config, str):
            raise UnreadableError(config)
        return config

    def find_config_path(self, hive: Hive) -> str:
        """Return a path that names the hive."""
        return rf"{hive}.json"

    def read_variable(self, name: str) -> str:
        """Return the variable."""
        return self.variables.get(name, "")

    def put(self, edition: Edition, scope: Scope, policy: Policy) -> None:
        """Set a policy as the edition's own Set-ExecutionPolicy, or group policy's editor, does."""
        if policy is Policy.UNDEFINED:
            return
        if scope is Scope.PROCESS:
            self.variables[PREFERENCE] = policy
        elif scope in GROUP_SCOPES:
            key = GROUP_KEY_7 if edition is Edition.POWERSHELL else GROUP_KEY
            self.group(GROUP_SCOPES[scope], key, policy)
        elif edition is Edition.POWERSHELL:
            self.configs[LOCAL_SCOPES[scope]] = {LOCAL_SETTING: str(policy)}
        else:
            self.values[LOCAL_SCOPES[scope], LOCAL_KEY, SETTING] = str(policy)

    def group(self, hive: Hive, key: str, policy: Policy) -> None:
        """Set a group policy."""
        self.values[hive, key, "EnableScripts"] = 0 if policy is Policy.RESTRICTED else 1
        if policy is not Policy.RESTRICTED:
            self.values[hive, key, SETTING] = str(policy)


def server(stores: Stores) -> Stores:
    """Make it a server's."""
    stores.values[Hive.MACHINE, PRODUCT_KEY, "ProductType"] = "ServerNT"
    return stores


def letters(given: list[Advice]) -> str:
    """Return the advices' letters."""
    return "".join(each.letter for each in given)


# --- the scopes ---


@EACH_EDITION
@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("policy", DEFINED)
def test_a_policy_is_read_where_it_is_kept(edition: Edition, scope: Scope, policy: Policy) -> None:
    """One scope alone: it is read, and it alone is defined and effective."""
    stores = Stores()
    stores.put(edition, scope, policy)
    reading = read(edition, stores)
    assert {s: reading.get_policy(s) for s in Scope} == {
        s: policy if s is scope else Policy.UNDEFINED for s in Scope
    }
    assert find_effective(reading).policy is policy
    assert find_effective(reading).scope is scope
    assert find_effective(reading).place


@EACH_EDITION
@pytest.mark.parametrize("pair", list(itertools.combinations(Scope, 2)), ids=" ".join)
@pytest.mark.parametrize("higher", Policy)
@pytest.mark.parametrize("lower", Policy)
def test_the_higher_of_two_scopes_wins(
    edition: Edition, pair: tuple[Scope, Scope], higher: Policy, lower: Policy
) -> None:
    """Every pair of scope and value: group policy, then the process, the user, the machine."""
    stores = Stores()
    for scope, policy in zip(pair, (higher, lower), strict=True):
        stores.put(edition, scope, policy)
    reading = read(edition, stores)
    set_ones = [(s, p) for s, p in zip(pair, (higher, lower), strict=True) if p in DEFINED]
    fresh_ones = [(s, p) for s, p in set_ones if s is not Scope.PROCESS]
    for found, fresh in ((set_ones, False), (fresh_ones, True)):
        counts = find_effective(reading, fresh=fresh)
        expected = found[0] if found else (None, Policy.RESTRICTED)
        assert (counts.scope, counts.policy) == expected
        is_group = counts.scope in (Scope.MACHINE_POLICY, Scope.USER_POLICY)
        assert counts.is_changeable is not is_group


@EACH_EDITION
@pytest.mark.parametrize("values", list(itertools.product(Policy, repeat=3)))
def test_three_scopes(edition: Edition, values: tuple[Policy, Policy, Policy]) -> None:
    """Group policy, the process and the user in all values: the process is left out when fresh."""
    stores = Stores()
    scopes = (Scope.USER_POLICY, Scope.PROCESS, Scope.CURRENT_USER)
    for scope, policy in zip(scopes, values, strict=True):
        stores.put(edition, scope, policy)
    reading = read(edition, stores)
    group, process, user = values
    for fresh in (False, True):
        ordered = [group, user] if fresh else [group, process, user]
        expected = next((p for p in ordered if p in DEFINED), Policy.RESTRICTED)
        assert find_effective(reading, fresh=fresh).policy is expected


@pytest.mark.parametrize(
    ("edition", "product", "policy"),
    [
        (Edition.WINDOWS_POWERSHELL, "WinNT", Policy.RESTRICTED),
        (Edition.WINDOWS_POWERSHELL, "ServerNT", Policy.REMOTE_SIGNED),
        (Edition.WINDOWS_POWERSHELL, "LanmanNT", Policy.REMOTE_SIGNED),
        (Edition.POWERSHELL, "WinNT", Policy.RESTRICTED),
        (Edition.POWERSHELL, "ServerNT", Policy.RESTRICTED),
    ],
)
def test_the_default(edition: Edition, product: str, policy: Policy) -> None:
    """Where no scope is defined: by edition, and for 5.1 by the kind of Windows."""
    stores = Stores({(Hive.MACHINE, PRODUCT_KEY, "ProductType"): product})
    counts = find_effective(read(edition, stores))
    assert (counts.policy, counts.scope) == (policy, None)
    assert counts.is_changeable


def test_what_powershell_7_comes_with() -> None:
    """Its own package sets the machine's scope, on clients too."""
    counts = find_effective(read(Edition.POWERSHELL, Stores(configs={Hive.MACHINE: dict(SHIPPED)})))
    assert (counts.policy, counts.scope) == (Policy.REMOTE_SIGNED, Scope.LOCAL_MACHINE)


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("remotesigned", Policy.REMOTE_SIGNED),
        ("BYPASS", Policy.BYPASS),
        ("Undefined", Policy.RESTRICTED),
        ("Default", Policy.RESTRICTED),
        ("nonsense", Policy.RESTRICTED),
    ],
)
def test_names_of_policies(text: str, policy: Policy) -> None:
    """In any case; what PowerShell doesn't know is Restricted to it."""
    assert parse(text) is policy


@EACH_EDITION
@pytest.mark.parametrize("hive", Hive)
def test_a_lasting_variable(edition: Edition, hive: Hive) -> None:
    """A variable of the user's or the machine's makes the Process scope of a new console."""
    key = USER_ENVIRONMENT_KEY if hive is Hive.USER else MACHINE_ENVIRONMENT_KEY
    stores = Stores({(hive, key, PREFERENCE): "Restricted"})
    stores.put(edition, Scope.CURRENT_USER, Policy.REMOTE_SIGNED)
    reading = read(edition, stores)
    assert find_effective(reading).policy is Policy.REMOTE_SIGNED
    assert find_effective(reading, fresh=True).scope is Scope.PROCESS
    given = advise(reading, PROFILE)
    assert letters(given) == "AE"
    assert "SetEnvironmentVariable" in given[0].command
    assert ("'User'" if hive is Hive.USER else "'Machine'") in given[0].command


# --- group policy ---


@pytest.mark.parametrize("hive", Hive)
@pytest.mark.parametrize(
    ("enabled", "value", "expected_51", "expected_7"),
    [
        (0, None, Policy.RESTRICTED, Policy.RESTRICTED),
        (0, "Bypass", Policy.RESTRICTED, Policy.RESTRICTED),
        (1, "AllSigned", Policy.ALL_SIGNED, Policy.ALL_SIGNED),
        (1, "nonsense", Policy.RESTRICTED, Policy.RESTRICTED),
        (1, None, Policy.UNDEFINED, Policy.UNDEFINED),
        (1, "", Policy.UNDEFINED, Policy.UNDEFINED),
        (None, "AllSigned", Policy.UNDEFINED, Policy.UNDEFINED),
        (2, "AllSigned", Policy.UNDEFINED, Policy.UNDEFINED),
        # A number that somebody stored as text: 5.1 takes it, 7 doesn't.
        ("0", None, Policy.RESTRICTED, Policy.UNDEFINED),
        ("1", "AllSigned", Policy.ALL_SIGNED, Policy.UNDEFINED),
    ],
)
def test_group_policy(
    hive: Hive, enabled: object, value: str | None, expected_51: Policy, expected_7: Policy
) -> None:
    """Without EnableScripts a policy says nothing; each edition has a key of its own."""
    scope = {Hive.MACHINE: Scope.MACHINE_POLICY, Hive.USER: Scope.USER_POLICY}[hive]
    expected = {Edition.WINDOWS_POWERSHELL: expected_51, Edition.POWERSHELL: expected_7}
    keys = {Edition.WINDOWS_POWERSHELL: GROUP_KEY, Edition.POWERSHELL: GROUP_KEY_7}
    for edition, other in itertools.permutations(Edition):
        stores = Stores()
        for name, content in (("EnableScripts", enabled), (SETTING, value)):
            if isinstance(content, str | int):
                stores.values[hive, keys[edition], name] = content
        assert read(edition, stores).get_policy(scope) is expected[edition]
        assert read(other, stores).get_policy(scope) is Policy.UNDEFINED


@pytest.mark.parametrize("flag", [0, 1, 2])
def test_powershell_7_may_be_sent_to_windows_powershells_policy(flag: int) -> None:
    """UseWindowsPowerShellPolicySetting holds for its own half, the machine's or the user's."""
    stores = Stores({(Hive.MACHINE, GROUP_KEY_7, REDIRECTED): flag})
    stores.group(Hive.MACHINE, GROUP_KEY, Policy.ALL_SIGNED)
    stores.group(Hive.MACHINE, GROUP_KEY_7, Policy.BYPASS)
    stores.group(Hive.USER, GROUP_KEY, Policy.ALL_SIGNED)
    reading = read(Edition.POWERSHELL, stores)
    expected = Policy.ALL_SIGNED if flag else Policy.BYPASS
    assert reading.get_policy(Scope.MACHINE_POLICY) is expected
    assert reading.get_policy(Scope.USER_POLICY) is Policy.UNDEFINED
    assert (GROUP_KEY_7 in find_effective(reading).place) is not bool(flag)


@pytest.mark.parametrize(
    ("execution", "policy"),
    [
        ({"EnableScripts": True, "ExecutionPolicy": "AllSigned"}, Policy.ALL_SIGNED),
        ({"enablescripts": "True", "executionpolicy": "AllSigned"}, Policy.ALL_SIGNED),
        ({"EnableScripts": False, "ExecutionPolicy": "AllSigned"}, Policy.RESTRICTED),
        ({"ExecutionPolicy": "AllSigned"}, Policy.UNDEFINED),
        ({"EnableScripts": True, "ExecutionPolicy": None}, Policy.UNDEFINED),
        ("nonsense", Policy.UNDEFINED),
    ],
)
def test_powershell_7s_file_stands_in_for_group_policy(execution: object, policy: Policy) -> None:
    """What the registry doesn't set, the section PowerShellPolicies may."""
    stores = Stores(configs={Hive.MACHINE: {"PowerShellPolicies": {"ScriptExecution": execution}}})
    assert read(Edition.POWERSHELL, stores).get_policy(Scope.MACHINE_POLICY) is policy
    assert (
        read(Edition.WINDOWS_POWERSHELL, stores).get_policy(Scope.MACHINE_POLICY)
        is Policy.UNDEFINED
    )
    # One value in the registry is enough that the file isn't asked.
    stores.values[Hive.MACHINE, GROUP_KEY_7, SETTING] = "Bypass"
    assert read(Edition.POWERSHELL, stores).get_policy(Scope.MACHINE_POLICY) is Policy.UNDEFINED


# --- what can't be read ---


def test_a_broken_file_leaves_only_what_hangs_on_it_unknown() -> None:
    """A policy of a higher scope still counts; else it can't be told."""
    stores = Stores(configs={Hive.USER: "broken"})
    reading = read(Edition.POWERSHELL, stores)
    assert set(reading.unreadable) == {Scope.USER_POLICY, Scope.CURRENT_USER}
    with pytest.raises(UnreadableError, match="broken"):
        find_effective(reading)
    with pytest.raises(UnreadableError, match="broken"):
        advise(reading, PROFILE)
    stores.group(Hive.MACHINE, GROUP_KEY_7, Policy.REMOTE_SIGNED)
    assert find_effective(read(Edition.POWERSHELL, stores)).policy is Policy.REMOTE_SIGNED
    assert not read(Edition.WINDOWS_POWERSHELL, stores).unreadable


# --- the advices ---


@EACH_EDITION
@pytest.mark.parametrize("scope", [*Scope, None])
@pytest.mark.parametrize("policy", DEFINED)
def test_which_advice_applies(edition: Edition, scope: Scope | None, policy: Policy) -> None:
    """A where the user can change it, B where group policy has it, C for AllSigned; else none."""
    stores = Stores() if scope is not None else server(Stores())
    if scope is not None:
        stores.put(edition, scope, policy)
    if scope is None:
        expected = "" if edition is Edition.WINDOWS_POWERSHELL else "A"
    elif scope is Scope.PROCESS:
        # A new console has the default again.
        expected = "A" if policy is Policy.RESTRICTED else "AE"
    else:
        is_group = scope in GROUP_SCOPES
        blocked = {Policy.RESTRICTED: "B" if is_group else "A"}
        blocked[Policy.ALL_SIGNED] = "BC" if is_group else "C"
        expected = blocked.get(policy, "")
    assert letters(advise(read(edition, stores), PROFILE)) == expected


@EACH_EDITION
@pytest.mark.parametrize("here", DEFINED)
@pytest.mark.parametrize("new", DEFINED)
def test_another_policy_here_than_in_a_new_console(
    edition: Edition, here: Policy, new: Policy
) -> None:
    """E says so; it is a finding only where one loads the profile and the other doesn't."""
    stores = Stores()
    stores.put(edition, Scope.PROCESS, here)
    stores.put(edition, Scope.CURRENT_USER, new)
    given = [each for each in advise(read(edition, stores), PROFILE) if each.letter == "E"]
    assert bool(given) is (here is not new)
    blocking = (Policy.RESTRICTED, Policy.ALL_SIGNED)
    if given:
        assert given[0].is_needed is ((here in blocking) is not (new in blocking))


@EACH_EDITION
@pytest.mark.parametrize("policy", DEFINED)
@pytest.mark.parametrize("kind", ["marked", "server", "signed"])
def test_a_downloaded_profile(edition: Edition, policy: Policy, kind: str) -> None:
    """D under RemoteSigned, and under Unrestricted, which asks; a signed one loads."""
    stores = Stores()
    stores.put(edition, Scope.CURRENT_USER, policy)
    seen = Profile(PROFILE.path, kind != "server", kind == "server", kind == "signed")
    given = letters(advise(read(edition, stores), seen))
    asks = policy in (Policy.REMOTE_SIGNED, Policy.UNRESTRICTED) and kind != "signed"
    assert ("D" in given) is asks
    assert ("C" in given) is (policy is Policy.ALL_SIGNED and kind != "signed")


def test_constrained_language_mode_is_said_and_is_no_defect() -> None:
    """F: the hook works, at the prompt alone."""
    stores = server(Stores())
    given = advise(read(Edition.WINDOWS_POWERSHELL, stores), PROFILE, is_constrained=True)
    assert [(each.letter, each.is_needed) for each in given] == [("F", False)]


def test_each_advice_is_whole() -> None:
    """What and why are a sentence each; the command is one line, and a path in it is one word."""
    seen = Profile("C:\\it's mine\\\u00e9.ps1", True, False)
    given: dict[str, Advice] = {}
    for edition, scope, policy in itertools.product(Edition, Scope, DEFINED):
        stores = Stores()
        stores.put(edition, scope, policy)
        for each in advise(read(edition, stores), seen, is_constrained=True):
            given[each.letter] = each
            assert each.what.endswith(".")
            assert each.why.endswith(".")
            assert each.command
            assert each.check
            assert "\n" not in each.what + each.why + each.command + each.check
            assert each.command.isascii()
    assert sorted(given) == list("ABCDEF")
    assert given["A"].command == advice.SET_POLICY
    assert given["B"].command == advice.BY_HAND
    assert "it''s mine" in given["D"].command


# --- the mark of what was downloaded ---


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("[ZoneTransfer]\r\nZoneId=3\r\nReferrerUrl=https://e.org\r\n", True),
        ("[ZoneTransfer]\nZoneId = 4", True),
        ("[ZoneTransfer]\r\nHostUrl=x\r\nzoneid=3", True),
        ("[ZoneTransfer]\r\nZoneId=2", False),
        ("[ZoneTransfer]\r\nZoneId=0", False),
        ("ZoneId=3", False),
        ("", False),
        ("[ZoneTransfer]\r\nZoneId=", False),
        ("[ZoneTransfer]\r\nZoneId=+3", True),
        ("[ZoneTransfer]\r\nZoneId=0002 ", False),
        ("[ZoneTransfer]\r\nZoneId=-3", False),
        ("[ZoneTransfer]\r\nZoneId=2\r\nZoneId=3", False),
        ("[ZoneTransfer]\r\nZoneId=" + "9" * 5000, True),
    ],
)
def test_the_mark(stream: str, expected: bool) -> None:
    """Internet and Untrusted are remote; what holds no zone says nothing."""
    assert zone.is_marked(stream) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"C:\Users\me\Documents\p.ps1", False),
        (r"\\server\home\p.ps1", False),
        (r"\\server.corp.example\home\p.ps1", True),
        ("//server.corp.example/home/p.ps1", True),
        (r"\\10.0.0.1\home\p.ps1", True),
        (r"\\127.0.0.1\c$\p.ps1", False),
        (r"\\localhost\c$\p.ps1", False),
        (r"\\wsl$\Debian\home\p.ps1", False),
        (r"\\wsl.localhost\Debian\home\p.ps1", True),
        (r"\\?\C:\with.dot\p.ps1", False),
        (r"\\?\UNC\server.corp.example\home\p.ps1", True),
        (r"\\server\with.dot\p.ps1", False),
    ],
)
def test_servers_that_count_as_internet(path: str, expected: bool) -> None:
    """A dot in the server's name, or a number."""
    assert zone.is_on_internet(path) is expected


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


class Winreg(types.ModuleType):
    """A stand-in for winreg: keys as (root, path), with values as (content, type)."""

    HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER = 1, 2
    KEY_READ, KEY_WOW64_64KEY = 0x20019, 0x100
    REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD = 1, 2, 3, 4

    def __init__(self) -> None:
        super().__init__("winreg")
        self.keys: dict[tuple[int, str], dict[str, tuple[object, int]]] = {}
        self.refused: set[str] = set()

    def OpenKey(self, root: int, path: str, reserved: int, access: int) -> Any:  # noqa: N802
        """Open a key; the 64-bit view must have been asked for."""
        assert access == self.KEY_READ | self.KEY_WOW64_64KEY
        assert reserved == 0
        if path in self.refused:
            raise PermissionError(13, "Access is denied")
        if (root, path) not in self.keys:
            raise FileNotFoundError(2, "no such key")
        return _Opened(self.keys[root, path])

    def QueryValueEx(self, opened: Any, name: str) -> tuple[object, int]:  # noqa: N802
        """Return the value and its type."""
        if name not in opened.values:
            raise FileNotFoundError(2, "no such value")
        value: tuple[object, int] = opened.values[name]
        return value

    def ExpandEnvironmentStrings(self, text: str) -> str:  # noqa: N802
        """Return the text with the values of the variables that are set."""
        return re.sub("%([^%]*)%", lambda found: os.environ.get(found[1], found[0]), text)


@dataclass
class _Opened:
    values: dict[str, tuple[object, int]]

    def __enter__(self) -> _Opened:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def winreg(monkeypatch: pytest.MonkeyPatch) -> Winreg:
    """Return a stand-in for the registry, on what looks like Windows."""
    stand_in = Winreg()
    monkeypatch.setitem(sys.modules, "winreg", stand_in)
    monkeypatch.setattr(sys, "platform", "win32")
    return stand_in


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
