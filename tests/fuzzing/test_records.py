"""What goes through a pipe to the shells, and into an rc file and out again: nothing gets lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autovenv import block, hook, rcfile, record
from autovenv.shells import HASH_MARKS, REGION_MARKS, Marks
from drivers import SHELLS
from fuzzing import examples, mutations
from test_rcfile import LINE, MARKS, _has_block, _inserted

# --- the pipe ---

# What prints the fields that a shell takes in, as the store has them: each ended by NUL.
_TAKE = """
__autovenv_take_nothing() { :; }
__autovenv_value() { return 1; }
__autovenv_take_head() { :; }
__autovenv_take() { printf '%s\\0' "${__autovenv_fields[@]}"; }
__autovenv_ask
"""
SHOWN = {
    "bash": _TAKE,
    "zsh": f"setopt no_multibyte\n{_TAKE}",
    "fish": "function __autovenv_take; printf '%s\\0' $__autovenv_fields; end\n"
    "function __autovenv_take_nothing; end\n__autovenv_ask",
    "powershell": """
function __autovenv_exists($path) { $true }
function __autovenv_value_of($name) { }
function __autovenv_hold { }
function __autovenv_take($fields) { $global:taken = $fields; $true }
__autovenv_ask
$shown = [Text.Encoding]::UTF8.GetBytes($global:taken -join "`0")
$output = [Console]::OpenStandardOutput()
$output.Write($shown, 0, $shown.Length)
$output.Flush()
""",
}
OPTIONS = {
    "bash": ["--norc", "--noprofile"],
    "zsh": ["-f"],
    "fish": ["--no-config"],
    "pwsh": ["-NoProfile", "-NonInteractive"],
}


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return the part of a hook that asks, with a helper that gives the record in a file."""
    helper = tmp_path_factory.mktemp("helper") / "helper"
    helper.write_text('#!/bin/sh\nexec cat "$THE_RECORD"\n')
    helper.chmod(0o755)

    def part(name: str) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "executable", str(helper))
            body = hook.write_body(name)
        begin, end = body.index("# --- ask: "), body.index("# --- switch: ")
        return body[begin:end] + SHOWN[name]

    return part


PIECES = [
    "\\",
    "\\n",
    "\\s",
    "n",
    "s",
    "\n",
    "\r",
    "\t",
    " ",
    "'",
    '"',
    "$HOME",
    "`x`",
    "*",
    "-n",
    "end",
    "1",
    "%s",
    "\x1b[m",
    "é",
    "\u2028",
    "\x85",
    "\uf600",
    "\ufeff",
    "\U0001f40d",
]
BYTES = ["\udcff", "\udcc3", "\udcf0\udc9f", "\udced\udca0\udc80"]


def fields(pieces: list[str]) -> st.SearchStrategy[list[str]]:
    """Return a strategy of what may stand between the first field and the last."""
    field = st.lists(st.sampled_from(pieces), max_size=5).map("".join)
    return st.lists(field, min_size=8, max_size=60)


def check(name: str, text: str, file: Path, fields: list[str]) -> None:
    """Let a shell ask, and compare what it has with what went in."""
    file.write_bytes(record.encode_for_pipe(fields))
    program = SHELLS[name].program()
    assert program
    done = subprocess.run(
        [program, *OPTIONS[name], "-c", text],
        env={**os.environ, "THE_RECORD": str(file), "LC_ALL": "C.UTF-8", "HOME": str(file.parent)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    got = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    assert got == [*fields, ""], done.stderr


# In a UTF-8 locale bash 5.2 itself makes something else of a broken character that a line begins
# with, in front of a backslash, as which a newline is piped, too. No field does: paths begin with a
# slash, variables with a name, and of what is shown such characters are taken.
GARBLED = re.compile("\\A[\udc80-\udcff]+(?=[\\\\\n])")


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
@examples(40)
@given(inner=fields(PIECES + BYTES))
def test_a_shell_gets_what_went_in(
    require: Callable[[str], None],
    asking: Callable[[str], str],
    tmp_path: Path,
    name: str,
    inner: list[str],
) -> None:
    """Byte by byte, by the shell's own function."""
    require(name)
    if name == "bash":
        inner = [GARBLED.sub("", field) for field in inner]
    check(name, asking(name), tmp_path / "record", [record.FORMAT, *inner, record.END])


@examples(4)
@given(inner=fields(PIECES))
def test_powershell_gets_what_went_in(
    require: Callable[[str], None],
    asking: Callable[[str], str],
    tmp_path: Path,
    inner: list[str],
) -> None:
    """As text: what isn't UTF-8 is no path in PowerShell."""
    require("pwsh")
    check("pwsh", asking("powershell"), tmp_path / "record", [record.FORMAT, *inner, record.END])


# --- an rc file ---

MADE = block.MADE.format(3).encode()
RCS = [
    content
    for marks in (HASH_MARKS, REGION_MARKS)
    for content in (
        block.insert(b"export A=1\nalias b=c", marks, LINE),
        block.insert(b"\xef\xbb\xbf# mine\r\n$a = 1\r\n", marks, LINE) + b"# more\r\n",
        block.insert("\ufeff# ä\r\n".encode("utf-16-le"), marks, LINE),
        block.insert(None, marks, LINE, 2),
    )
]
RC_WORDS = [
    line.encode() + end
    for marks in (HASH_MARKS, REGION_MARKS)
    for line in (marks.begin, marks.end)
    for end in (b"\n", b"\r\n", b"")
]
RC_WORDS += [MADE, b"9" * 40, b"# SIG # Begin signature block\n", b"#endregion\n", b"mine\n"]
MANY = block.insert(None, HASH_MARKS, LINE, 2).replace(b"folders: 2", b"folders: " + b"9" * 5000)


def _are_paired(data: bytes, marks: Marks) -> bool:
    """Tell whether each mark has its partner.

    Between two that have lost theirs, a block that goes leaves what looks like another.
    """
    both = [marks.begin.encode(), marks.end.encode()]
    lines = [line.strip(b"\xef\xbb\xbf\xff\xfe \t\r\x0b\x0c") for line in _lines(data)]
    found = [line for line in lines if line in both]
    return found == both * (len(found) // 2)


def _lines(data: bytes) -> list[bytes]:
    return data.replace(b"\0", b"").split(b"\n")


@examples(1200)
@given(data=mutations.damaged(RCS, RC_WORDS), marks=MARKS)
@example(data=MANY, marks=HASH_MARKS)
@example(data=MANY.replace(b"9" * 5000, b"9" * 30), marks=HASH_MARKS)
def test_a_damaged_rc_file_gets_its_bytes_back(data: bytes, marks: Marks) -> None:
    """Whatever is left of blocks in it, uninstalling, installing and uninstalling end there."""
    again = _inserted(data, marks)
    if again is not None and _are_paired(data, marks):
        assert _inserted(again, marks) == again
    left, folders = block.remove(data, marks)
    assert folders < 10_000
    if left is None:
        assert block.MADE_PATTERN.search(data.replace(b"\0", b""))
        return
    added = _inserted(left, marks)
    if added is not None and not _has_block(left, marks):
        assert block.remove(added, marks) == (left, 0)


@examples(60)
@given(
    data=mutations.damaged(RCS, RC_WORDS),
    marks=MARKS,
    made=st.integers(0, 3),
)
def test_on_the_disk(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, marks: Marks, made: int
) -> None:
    """The file and its folders are as they were."""
    folder = tmp_path_factory.mktemp("rc")
    path = folder.joinpath(*"abc"[:made], "rc")
    if made:
        missing = rcfile.count_missing_folders(str(path))
        rcfile.write(str(path), block.insert(None, marks, LINE, missing))
        left, folders = block.remove(rcfile.read(str(path)) or b"", marks)
        assert left is None
        rcfile.remove(str(path))
        rcfile.remove_folders(str(path), folders)
        assert os.listdir(folder) == []
    elif not _has_block(data, marks):
        path.write_bytes(data)
        added = _inserted(data, marks)
        if added is not None:
            rcfile.write(str(path), added)
            rcfile.write(str(path), block.remove(rcfile.read(str(path)) or b"", marks)[0] or b"")
        assert path.read_bytes() == data
