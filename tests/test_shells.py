"""Each row in `shells.SHELLS` has its parts: what is forgotten is told by the file's name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autovenv import hook, shells, startup
from autovenv.cli import completions
from drivers import SHELLS as DRIVERS

SHELL = Path(__file__).parents[1] / "shell"


@pytest.mark.parametrize("name", shells.SHELLS)
def test_no_part_of_a_shell_is_forgotten(name: str) -> None:
    """Its files in shell/, its driver, and all of its completions, or none of them."""
    row = shells.SHELLS[name]
    load, tab = (row.template.replace("autovenv.", kind) for kind in ("load.", "complete."))
    forgotten = [f"shell/{file}" for file in (row.template, load, row.frame) if not _is_there(file)]
    if name not in {shells.ALIASES.get(driver, driver) for driver in DRIVERS}:
        forgotten.append("a driver in tests/drivers/__init__.py")
    if name not in startup.FINDERS:
        forgotten.append("what finds its files in src/autovenv/startup.py")
    if row.tab and not _is_there(tab):
        forgotten.append(f"shell/{tab}, or tab=None in the row")
    assert forgotten == []


@pytest.mark.parametrize("name", shells.SHELLS)
def test_the_signs_are_expressions(name: str) -> None:
    """They compile, and have the groups that `Signs` promises."""
    signs = shells.SHELLS[name].signs
    groups = {
        field: re.compile(getattr(signs, field)).groups
        for field in ("alias", "function", "prefix", "ends")
    }
    assert groups == {"alias": 1, "function": 0, "prefix": 0, "ends": groups["ends"]}
    assert groups["ends"] <= 1
    assert [re.compile(sign).pattern for sign in signs.undoes.values()] == [*signs.undoes.values()]


def _is_there(file: str) -> bool:
    return (SHELL / file).exists()


def test_what_the_core_asks_of_a_half_is_listed() -> None:
    """The list at its head names what it calls and doesn't have, and each half has all of it."""
    core = (SHELL / "autovenv.sh").read_text()
    head, code = core.split("__autovenv_version=", 1)
    listed = re.findall(r"^#   (__autovenv_\w+)", head, re.MULTILINE)
    halves = [(SHELL / f"autovenv.{name}").read_text() for name in ("bash", "zsh")]
    in_all = set.intersection(*({*_DEFINED.findall(half)} for half in halves))
    code = re.sub(r"(^|\s)#.*", "", code)
    called = {*_CALLED.findall(code)} - {*_DEFINED.findall(code)}
    assert sorted(listed) == sorted(called & in_all) == sorted(called)


# In bash's and zsh's files: a function, and a word that isn't a variable's, as after a `$` or
# before a `=`, or behind `for`.
_DEFINED = re.compile(r"^(__autovenv_\w+)\(\)", re.MULTILINE)
_CALLED = re.compile(r"(?<!for )(?<![\w${#!\"])(__autovenv_[a-z_]+)(?![\w=+\[])")


def test_a_shell_may_have_no_completions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`install` writes nothing and complains of nothing, and `complete` prints nothing."""
    row = shells.SHELLS["bash"]
    monkeypatch.setattr(row, "tab", None)
    assert completions.write(row, "autovenv", {"HOME": str(tmp_path)}) == []
    assert list(tmp_path.iterdir()) == []
    assert hook.write_completer_alone(row, "autovenv") == ""
