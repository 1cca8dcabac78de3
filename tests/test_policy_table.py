"""What PowerShell 7.6 made of 131 combinations of its stores, and that we make the same of them.

`policy-powershell-7.6.tsv` is a fact: each line was set up for PowerShell 7.6.9 for Windows, which
was then asked for its scopes by the function behind Get-ExecutionPolicy.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from autovenv.policy.advice import loads
from autovenv.policy.scopes import (
    CONFIG_NAME,
    GROUP_KEY,
    GROUP_KEY_7,
    PREFERENCE,
    Edition,
    Scope,
    UnreadableError,
    find_effective,
    read,
)
from autovenv.policy.stores import WindowsStore
from policies import Winreg, make_winreg

winreg = pytest.fixture(make_winreg)

FILE = Path(__file__).parent / "policy-powershell-7.6.tsv"
NO_START = "no-start"  # PowerShell ended at once, with an error

KEYS = (("HKLM", GROUP_KEY_7), ("HKCU", GROUP_KEY_7), ("HKLM", GROUP_KEY), ("HKCU", GROUP_KEY))


def rows() -> list[dict[str, str]]:
    """Return the table's lines by the names in its head."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def values(text: str, winreg: Winreg) -> dict[str, tuple[object, int]]:
    """Return a key's values from NAME=type:content, divided by blanks that a NAME= follows."""
    kinds = {"sz": winreg.REG_SZ, "expand": winreg.REG_EXPAND_SZ, "dword": winreg.REG_DWORD}
    found: dict[str, tuple[object, int]] = {}
    for part in re.split(r" (?=\w+=\w+:)", text):
        name, _, content = part.partition("=")
        kind, _, content = content.partition(":")
        if kind == "dword":
            found[name] = int(content), winreg.REG_DWORD
        else:
            found[name] = content, kinds.get(kind, winreg.REG_BINARY)
    return found


def set_up(row: dict[str, str], winreg: Winreg, root: Path) -> WindowsStore:
    """Put what the row says into a registry, two files and the environment; return their reader."""
    columns = list(row)
    for (hive, key), column in zip(KEYS, columns[:4], strict=True):
        if row[column] not in ("-", ""):
            place = winreg.HKEY_LOCAL_MACHINE if hive == "HKLM" else winreg.HKEY_CURRENT_USER
            winreg.keys[place, key] = values(row[column], winreg)
    home, documents = root / "7", root / "Documents"
    (documents / "PowerShell").mkdir(parents=True)
    home.mkdir()
    (home / "pwsh.exe").touch()
    (home / "System.Management.Automation.dll").touch()
    for folder, column in ((documents / "PowerShell", columns[6]), (home, columns[7])):
        if row[column] != "-":
            text = row[column].replace("\\n", "\n")
            (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    # A flag comes before the variable, as it does for a process that PowerShell starts.
    words = row["flags"].split()
    preference = words[1] if words[1:] else row[PREFERENCE]
    environ = {"PATH": str(home)}
    if preference != "-":
        environ[PREFERENCE.upper()] = preference
    return WindowsStore(environ, str(documents))


# A wrong flag ends PowerShell as well, but no store says so.
STORES = [row for row in rows() if "Nonsense" not in row["flags"]]


@pytest.mark.parametrize("row", STORES, ids=lambda row: " ".join(list(row.values())[:8]))
def test_the_table(row: dict[str, str], winreg: Winreg, tmp_path: Path) -> None:
    """Each scope says what PowerShell says, and a local script runs where it ran."""
    reading = read(Edition.POWERSHELL, set_up(row, winreg, tmp_path))
    if row[Scope.MACHINE_POLICY] == NO_START:
        with pytest.raises(UnreadableError):
            find_effective(reading)
        return
    assert not reading.unreadable
    said = {scope: row[scope] for scope in Scope}
    assert {scope: str(reading.get_policy(scope)) for scope in Scope} == said
    assert loads(find_effective(reading).policy) is (row["an unsigned local script"] == "ran")


def test_the_table_is_whole() -> None:
    """All 131 lines are there."""
    assert len(rows()) == 131
