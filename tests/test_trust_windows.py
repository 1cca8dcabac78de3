"""Rule 1 on Windows: what is made of what the system says, and, on Windows, what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autovenv.trust import windows

ME, OTHER = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002"
READ = 0x120089

CASES = {
    "my own": (ME, [(ME, 0x1F01FF), ("S-1-5-18", 0x1F01FF)], ""),
    "an administrator's": ("S-1-5-32-544", [("S-1-5-32-544", 0x1F01FF)], ""),
    "others may read": (ME, [("S-1-5-32-545", READ)], ""),
    "whoever made it may write": (ME, [("S-1-3-0", 0x1F01FF)], ""),
    "another's": (OTHER, [(ME, 0x1F01FF)], f"p belongs to another user ({OTHER})"),
    "as in C:": (ME, [("S-1-5-11", 0x1301BF)], "every user of this machine can write to p"),
    "others may add": (ME, [("S-1-1-0", 0x4)], "everybody can write to p"),
    "others may take it": (
        ME,
        [(OTHER, 0x80000)],
        f"another user ({OTHER}) can write to p",
    ),
    "nobody can tell": ("", [], ""),
}


@pytest.mark.parametrize("case", CASES)
def test_owner_and_access_list(monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """The owner is the user or an administrator, and nobody else may write."""
    owner, entries, said = CASES[case]
    monkeypatch.setattr(windows, "find_user", lambda: ME)
    monkeypatch.setattr(windows, "read_security", lambda path: (owner, entries))
    assert windows.find_reason(["p"]) == said


@pytest.mark.skipif(sys.platform != "win32", reason="the system's own answer is Windows'")
def test_the_system_is_asked(tmp_path: Path) -> None:
    """What one has made oneself is one's own, and what Windows is of is trusted."""
    (tmp_path / "file").touch()
    assert windows.find_user().startswith("S-1-5-")
    owner, entries = windows.read_security(str(tmp_path / "file"))
    assert owner in (windows.find_user(), *windows.TRUSTED)
    assert entries
    assert windows.read_security(str(tmp_path / "nothing")) == ("", [])
