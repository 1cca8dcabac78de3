"""The block in an rc file: put in and taken out again, to the byte; and files written whole."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import trees
import unix
from autovenv import block, rcfile
from autovenv.shells import HASH_MARKS, REGION_MARKS, Marks

LINE = b"if command; then autovenv hook; fi"
UTF16 = ("utf-16-le", "utf-16-be")
MARK_LINES = [
    line.encode()
    for marks in (HASH_MARKS, REGION_MARKS)
    for line in (marks.begin, marks.end, "#endregion")
]

# Bytes of every kind, and above all those that the block's own rules are about.
PIECES = st.sampled_from([b"\n", b"\r\n", b"\r", b" ", b"export A=1", b"\0", b"\xff", *MARK_LINES])
CONTENTS = st.one_of(
    st.binary(),
    st.lists(PIECES).map(b"".join),
    st.text().map(lambda text: text.encode("utf-16")),
    st.binary().map(lambda data: b"\xff\xfe" + data),
    st.binary().map(lambda data: b"\xef\xbb\xbf" + data),
)
MARKS = st.sampled_from([HASH_MARKS, REGION_MARKS])


def _inserted(data: bytes | None, marks: Marks, line: bytes = LINE) -> bytes | None:
    """Return the file with the block, or None where it can't be added to."""
    try:
        return block.insert(data, marks, line)
    except ValueError:
        return None


def _has_block(data: bytes, marks: Marks) -> bool:
    """Whether there may be a block already, told without the code under test."""
    ends = [marks.begin.encode(), marks.end.encode()]
    wide = [[mark.decode().encode(encoding) for mark in ends] for encoding in UTF16]
    return any(all(mark in data for mark in encoded) for encoded in (ends, *wide))


@given(CONTENTS, MARKS)
@example(b"", HASH_MARKS)
@example(b"a", HASH_MARKS)
@example(b"a\r", REGION_MARKS)
@example(HASH_MARKS.begin.encode(), HASH_MARKS)
@example(b"\xff\xfe\x00\xd8", REGION_MARKS)  # half a surrogate pair
def test_what_was_put_in_comes_out(data: bytes, marks: Marks) -> None:
    """Any file gets back exactly its bytes."""
    if _has_block(data, marks):
        return
    added = _inserted(data, marks)
    if added is not None:
        assert added != data
        assert block.remove(added, marks) == (data, 0)


@given(CONTENTS, MARKS)
def test_twice_is_once(data: bytes, marks: Marks) -> None:
    """A second insertion changes nothing."""
    added = _inserted(data, marks)
    if added is not None:
        assert _inserted(added, marks) == added


@given(CONTENTS, MARKS)
def test_an_older_block_is_replaced(data: bytes, marks: Marks) -> None:
    """The new line takes the old one's place, and the file still gets its bytes back."""
    if _has_block(data, marks):
        return
    old = _inserted(data, marks, b"the older line: autovenv")
    if old is not None:
        new = _inserted(old, marks)
        assert new == _inserted(data, marks)
        assert block.remove(new or b"", marks) == (data, 0)


def test_a_file_that_did_not_exist_goes_again() -> None:
    """A new file holds the block alone, knows how many folders it took, and is not left empty."""
    added = block.insert(None, HASH_MARKS, LINE, 3)
    assert added.startswith(HASH_MARKS.begin.encode())
    assert block.remove(added, HASH_MARKS) == (None, 3)
    assert block.remove(block.insert(added, HASH_MARKS, b"new line"), HASH_MARKS) == (None, 3)


@pytest.mark.parametrize("digits", [5, 30, 5000])
def test_a_number_of_folders_that_cannot_be_makes_the_file_the_users(digits: int) -> None:
    """So nobody counts down from it; the block goes, and what is left of the file stays."""
    added = block.insert(None, HASH_MARKS, LINE, 3)
    damaged = added.replace(b"folders: 3", b"folders: " + b"9" * digits)
    assert block.remove(damaged, HASH_MARKS) == (b"", 0)


def test_a_second_block_goes() -> None:
    """Of two blocks, as after a careless merge, one is left, and none after uninstalling."""
    once = block.insert(b"a\n", HASH_MARKS, LINE)
    twice = once + once.removeprefix(b"a\n")
    assert block.insert(twice, HASH_MARKS, LINE) == once
    assert block.remove(twice, HASH_MARKS) == (b"a\n", 0)


def test_a_new_file_that_somebody_added_to_stays() -> None:
    """What the user wrote into a file that install made is the user's."""
    added = block.insert(None, HASH_MARKS, LINE, 3)
    assert block.remove(b"mine\n" + added + b"more\n", HASH_MARKS) == (b"mine\nmore\n", 0)


@pytest.mark.parametrize(
    ("before", "added", "after"),
    [
        (b"a\n", b"b\n", b"a\nb\n"),
        (b"a", b"b\n", b"a\nb\n"),
        (b"", b"b\n", b"b\n"),
    ],
)
def test_lines_below_the_block_stay_lines(before: bytes, added: bytes, after: bytes) -> None:
    """What was added below the block never lands on the line above it."""
    assert block.remove(block.insert(before, HASH_MARKS, LINE) + added, HASH_MARKS)[0] == after


@pytest.mark.parametrize("stray", [HASH_MARKS.begin, HASH_MARKS.end])
def test_a_mark_without_its_partner_is_no_block(stray: str) -> None:
    """Lines between a block and a stray mark are the user's."""
    around = f"{stray}\nmine\n".encode(), f"mine\n{stray}\n".encode()
    text = block.insert(around[0], HASH_MARKS, LINE) + around[1]
    assert block.remove(text, HASH_MARKS)[0] == around[0] + around[1]


def test_marks_that_lost_their_partners_are_no_block() -> None:
    """A block between two of them goes, and leaves the user's lines there for good."""
    begin, end = HASH_MARKS.begin.encode(), HASH_MARKS.end.encode()
    before = b"%b\nmine\n" % begin
    after = b"mine, too\n%b\n" % end
    text = block.insert(before, HASH_MARKS, LINE) + after
    left = before + after
    assert block.remove(text, HASH_MARKS)[0] == left
    assert block.remove(left, HASH_MARKS)[0] == left
    assert block.remove(block.insert(left, HASH_MARKS, LINE), HASH_MARKS)[0] == left


def test_an_emptied_block_is_one() -> None:
    """Who took out its line alone gets it filled, or the marks taken away."""
    emptied = block.insert(b"a\n", HASH_MARKS, LINE).replace(LINE + b"\n", b"")
    assert block.remove(emptied, HASH_MARKS)[0] == b"a\n"
    assert block.insert(emptied, HASH_MARKS, LINE) == block.insert(b"a\n", HASH_MARKS, LINE)


def test_the_block_is_the_last_thing() -> None:
    """The block follows all that was there."""
    added = block.insert(b"a\nb", HASH_MARKS, LINE)
    assert added == b"a\nb\n# >>> autovenv >>>\n" + LINE + b"\n# <<< autovenv <<<\n"


def test_line_ends_of_a_profile_are_kept() -> None:
    """A profile of CRLF lines gets CRLF lines; a shell that can't read them gets none."""
    assert b"\n" not in block.insert(b"a\r\n", REGION_MARKS, LINE).replace(b"\r\n", b"")
    assert block.insert(b"a\r\n", HASH_MARKS, LINE).count(b"\r\n") == 1


@pytest.mark.parametrize("encoding", UTF16)
def test_a_profile_in_utf16_stays_so(encoding: str) -> None:
    """The block is written in the file's own encoding."""
    data = "\ufeff# päth\r\n".encode(encoding)
    text = block.insert(data, REGION_MARKS, LINE).decode(encoding)
    assert text == f"\ufeff# päth\r\n\r\n#region autovenv\r\n{LINE.decode()}\r\n" + (
        "#endregion autovenv\r\n"
    )


def test_another_region_is_left_alone() -> None:
    """A profile's own regions aren't taken for the end of ours."""
    data = b"#region autovenv\n#region mine\nx\n#endregion\n"
    assert block.remove(data, REGION_MARKS) == (data, 0)


def test_a_signed_profile_is_refused() -> None:
    """A change would make the signature void, so there is none."""
    with pytest.raises(ValueError, match="signed"):
        block.insert(b"x\r\n" + block.SIGNATURE + b"\r\n", REGION_MARKS, LINE)


@pytest.mark.skipif(not trees.can_link(), reason="no link can be made here")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The target is written, and no other file is left beside it."""
    (tmp_path / "dotfiles").mkdir()
    target, link = tmp_path / "dotfiles" / "rc", tmp_path / "rc"
    target.write_bytes(b"old")
    link.symlink_to("dotfiles/rc")
    rcfile.write(str(link), b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert os.listdir(target.parent) == ["rc"]


@unix.alone("rights are modes")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_the_mode_stays(tmp_path: Path, mode: int) -> None:
    """A file that nobody else may read isn't opened to them."""
    file = tmp_path / "rc"
    file.write_bytes(b"old")
    file.chmod(mode)
    rcfile.write(str(file), b"new")
    assert stat.S_IMODE(file.stat().st_mode) == mode


@unix.only_root
def test_the_owner_stays(tmp_path: Path) -> None:
    """Root's change of a user's file leaves it the user's."""
    file = tmp_path / "rc"
    file.write_bytes(b"old")
    unix.give(file, 12345, 23456)
    rcfile.write(str(file), b"new")
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 23456)


def test_a_protected_file_is_not_replaced(tmp_path: Path) -> None:
    """That the folder is writable is no leave to replace a read-only file."""
    file = tmp_path / "rc"
    file.write_bytes(b"old")
    file.chmod(0o444)
    script = "import sys; from autovenv import rcfile; rcfile.write(sys.argv[1], b'new')"
    done = subprocess.run(
        [*unix.mortal(), sys.executable, "-c", script, str(file)],
        env={**trees.system_variables(), "PYTHONPATH": str(trees.SOURCE)},
        capture_output=True,
        text=True,
    )
    assert "\nPermissionError: " in done.stderr
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["rc"]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """Folders that were made for a file go again when it can't be written."""
    with pytest.raises(OSError, match=r"File name too long|\[Errno (2|22)\]"):
        rcfile.write(str(tmp_path / "a" / "b" / ("x" * 300)), b"new")
    assert os.listdir(tmp_path) == []


def test_only_empty_folders_go(tmp_path: Path) -> None:
    """Removing stops where something else is, and at the count."""
    file = tmp_path / "a" / "b" / "c" / "rc"
    assert rcfile.count_missing_folders(str(file)) == 3
    rcfile.write(str(file), b"new")
    (tmp_path / "a" / "mine").touch()
    rcfile.remove(str(file))
    rcfile.remove_folders(str(file), 3)
    assert os.listdir(tmp_path / "a") == ["mine"]


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    """A FIFO is an error, not a wait without end; what isn't there is None."""
    unix.make_fifo(tmp_path / "fifo")
    for name in ("fifo", "."):
        with pytest.raises(OSError, match="Not a file"):
            rcfile.read(str(tmp_path / name))
    assert rcfile.read(str(tmp_path / "nothing")) is None
