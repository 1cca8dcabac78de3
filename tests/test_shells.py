"""Each row in `shells.SHELLS` has its parts: what is forgotten is told by the file's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from autovenv import hook, shells
from autovenv.cli import complete, completions
from drivers import SHELLS as DRIVERS

SHELL = Path(__file__).parents[1] / "shell"


@pytest.mark.parametrize("name", shells.SHELLS)
def test_no_part_of_a_shell_is_forgotten(name: str) -> None:
    """Its files in shell/, its driver, and all of its completions, or none of them."""
    row = shells.SHELLS[name]
    load, tab = (row.template.replace("autovenv.", kind) for kind in ("load.", "complete."))
    forgotten = [
        f"shell/{file}" for file in (row.template, load, row.around) if not _is_there(file)
    ]
    if name not in {shells.ALIASES.get(driver, driver) for driver in DRIVERS}:
        forgotten.append("a driver in tests/drivers/__init__.py")
    if row.completed and not _is_there(tab):
        forgotten.append(f'shell/{tab}, or completed="" in the row')
    if row.completed and name not in {getattr(one, "name", "") for one in vars(complete).values()}:
        forgotten.append("a class in src/autovenv/cli/complete.py")
    assert forgotten == []


def _is_there(file: str) -> bool:
    return (SHELL / file).exists()


def test_a_shell_may_have_no_completions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`install` writes nothing and complains of nothing, and `complete` prints nothing."""
    row = shells.SHELLS["bash"]
    monkeypatch.setattr(row, "completed", "")
    assert completions.write(row, "autovenv", {"HOME": str(tmp_path)}) == []
    assert list(tmp_path.iterdir()) == []
    assert hook.write_completer_alone(row, "autovenv") == ""
