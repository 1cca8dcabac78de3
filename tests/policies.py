"""A store of policies for tests: one of a few dicts, and a registry that is none."""

from __future__ import annotations

import os
import re
import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from autovenv.policy.advice import Advice, Profile
from autovenv.policy.scopes import (
    GROUP_KEY,
    GROUP_KEY_7,
    GROUP_SCOPES,
    LOCAL_KEY,
    LOCAL_SCOPES,
    LOCAL_SETTING,
    PREFERENCE,
    PRODUCT_KEY,
    SETTING,
    Edition,
    Hive,
    Policy,
    Scope,
    UnreadableError,
)

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
    """Return the letters of the advice."""
    return "".join(each.letter for each in given)


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


def make_winreg(monkeypatch: pytest.MonkeyPatch) -> Winreg:
    """Return a stand-in for the registry, on what looks like Windows."""
    stand_in = Winreg()
    monkeypatch.setitem(sys.modules, "winreg", stand_in)
    monkeypatch.setattr(sys, "platform", "win32")
    return stand_in
