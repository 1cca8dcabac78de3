"""Thin readers of Windows' own stores: registry, powershell.config.json, environment, marks."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from autovenv import block
from autovenv.policy import zone
from autovenv.policy.advice import Profile
from autovenv.policy.scopes import CONFIG_NAME, LOCAL_SETTING, Edition, Hive, UnreadableError

CONFIG_LIMIT = 1024 * 1024  # bytes
FOLDERS = {Edition.WINDOWS_POWERSHELL: "WindowsPowerShell", Edition.POWERSHELL: "PowerShell"}
APP_PATH_KEY = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\pwsh.exe"

# What the packages of PowerShell 7 bring, and the Store's can't be changed.
SHIPPED = {LOCAL_SETTING: "RemoteSigned"}

# A string, a comment of a line, another comment: each matches wherever it begins, closed or not, so
# that nothing is looked through more than once.
_STRING = r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))'
LITERALS = re.compile(_STRING + r"|//[^\n]*|/\*(?:.*?\*/|(.*))", re.DOTALL)
_WITH_COMMAS = re.compile(_STRING + r"|,(?=\s*[}\]])", re.DOTALL)


@dataclass(frozen=True)
class WindowsStore:
    """The stores of this computer, for the user's folder Documents.

    `environ` has upper-case names, as os.environ on Windows.
    """

    environ: Mapping[str, str]
    documents: str

    def read_registry(self, hive: Hive, key: str, name: str) -> str | int | None:
        """Return a value of the 64-bit view: a 32-bit Python would see Wow6432Node."""
        if sys.platform != "win32":
            return None
        import winreg

        root = winreg.HKEY_LOCAL_MACHINE if hive is Hive.MACHINE else winreg.HKEY_CURRENT_USER
        try:
            with winreg.OpenKey(root, key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened:
                value, kind = winreg.QueryValueEx(opened, name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnreadableError(rf"can't read {hive}\{key} ({error.strerror})") from None
        if kind == winreg.REG_EXPAND_SZ:
            return winreg.ExpandEnvironmentStrings(value)
        return cast("str | int", value) if kind in (winreg.REG_SZ, winreg.REG_DWORD) else None

    def read_config(self, hive: Hive) -> Mapping[str, object]:
        """Return what the file holds; the Store's package has what it was shipped with.

        Raises UnreadableError where PowerShell wouldn't start either, or the file can't be read.
        """
        path = self.find_config_path(hive)
        if hive is Hive.MACHINE and _is_store_package(os.path.dirname(path)):
            return SHIPPED
        try:
            with open(path, "rb") as file:
                data = file.read(CONFIG_LIMIT + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UnreadableError(f"can't read {path} ({error.strerror})") from None
        try:
            return parse_config(data)
        except ValueError as error:
            if hive is Hive.USER:
                return {}  # PowerShell warns of it, and goes on without; the machine's ends it
            raise UnreadableError(f"{path} isn't what PowerShell reads: {error}") from None

    def find_config_path(self, hive: Hive) -> str:
        """Return the file in $PSHOME, or the one beside the user's profile."""
        if hive is Hive.USER:
            return os.path.join(self.documents, FOLDERS[Edition.POWERSHELL], CONFIG_NAME)
        program = self.find_program(Edition.POWERSHELL)
        home = os.path.dirname(program)
        if _is_store_package(home) or _is_pshome(home):
            return os.path.join(home, CONFIG_NAME)
        raise UnreadableError(f"can't tell where the PowerShell that {program} starts is installed")

    def read_variable(self, name: str) -> str:
        """Return a variable of the environment that was given."""
        return self.environ.get(name.upper(), "")

    def find_program(self, edition: Edition) -> str:
        """Return the path of the edition's program, "" where it isn't installed."""
        if edition is Edition.WINDOWS_POWERSHELL:
            root = self.read_variable("SYSTEMROOT") or r"C:\Windows"
            # A 32-bit process has its own System32, and Sysnative is the way out of it.
            for system in ("Sysnative", "System32"):
                path = os.path.join(root, system, "WindowsPowerShell", "v1.0", "powershell.exe")
                if os.path.isfile(path):
                    return path
            return ""
        return next((p for p in self._list_candidates() if os.path.lexists(p)), "")

    def _list_candidates(self) -> list[str]:
        folders = [f.strip('"') for f in self.read_variable("PATH").split(os.pathsep) if f]
        found = [_follow_shim(os.path.join(folder, "pwsh.exe")) for folder in folders]
        registered = self.read_registry(Hive.MACHINE, APP_PATH_KEY, "")
        if isinstance(registered, str):
            found.append(registered.strip('"'))
        programs = self.read_variable("PROGRAMW6432") or self.read_variable("PROGRAMFILES")
        if programs:
            found.append(os.path.join(programs, "PowerShell", "7", "pwsh.exe"))
        return found


def parse_config(data: bytes) -> dict[str, object]:
    """Return the object in a powershell.config.json; raise ValueError.

    Its reader, Json.NET, takes a byte order mark, comments and a comma at the end.
    """
    if len(data) > CONFIG_LIMIT:
        raise ValueError("it is too long")
    encoding = "utf-16" if data[:2] in block.UTF16_MARKS else "utf-8-sig"
    text = LITERALS.sub(_drop_comment, data.decode(encoding, "replace"))
    text = _WITH_COMMAS.sub(lambda found: found[1] or "", text)
    if not text.strip():
        return {}
    try:
        table: Any = json.loads(text, strict=False)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if table is None:
        return {}
    if not isinstance(table, dict):
        raise ValueError("it holds no object")
    return table


def _drop_comment(found: re.Match[str]) -> str:
    if found[2] is not None:
        raise ValueError("a comment in it has no end")
    return found[1] or " "


def read_profile(path: str) -> Profile:
    """Return what matters of the profile at `path`; what can't be read has no mark."""
    try:
        with open(path + zone.STREAM, encoding="utf-8", errors="replace") as stream:
            mark = stream.read(CONFIG_LIMIT)
    except (OSError, ValueError):
        mark = ""
    try:
        with open(path, "rb") as file:
            content = file.read(CONFIG_LIMIT).replace(b"\0", b"")  # also as UTF-16
    except (OSError, ValueError):
        content = b""
    return Profile(
        path, zone.is_marked(mark), zone.is_on_internet(path), block.SIGNATURE in content
    )


def _is_store_package(folder: str) -> bool:
    return os.path.basename(folder).lower() == "windowsapps"


def _is_pshome(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "System.Management.Automation.dll"))


def _follow_shim(program: str) -> str:
    """Return what scoop's shim starts: the text file beside it has `path = "..."`."""
    try:
        with open(program.removesuffix(".exe") + ".shim", encoding="utf-8-sig") as shim:
            found = re.search(r'^path\s*=\s*"?([^"\n]+)', shim.read(4096), re.MULTILINE)
    except (OSError, ValueError):
        return program
    return found[1].strip() if found else program
