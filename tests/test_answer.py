"""The record: what is kept, when, and how it looks on the pipe and on disk."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unix
from autovenv import checks, record, replacing, store
from autovenv import verdict as verdicts
from autovenv.evidence import Evidence
from autovenv.text import clean
from autovenv.verdict import Verdict
from trees import WINDOWS

ANY_TEXT = st.binary().map(lambda content: content.decode("utf-8", "surrogateescape"))


def aged(path: Path) -> Path:
    """Return `path` once the second of its last change is over, as the store asks for."""
    while time.time_ns() - store.TICK < over(path):
        time.sleep(0)
    return path


def over(path: Path) -> int:
    """Return when the second of the path's last change is over, in nanoseconds."""
    # On Windows that is of its making: when it was made, its folder's time tells.
    changed = path.parent.stat().st_mtime_ns if WINDOWS else path.stat().st_ctime_ns
    return (changed // 1_000_000_000 + 1) * 1_000_000_000


def place(answers: Path, project: Path) -> Path:
    """Return the folder of a project's answer: at its own path, `C:/p` at /C/p."""
    path = project.as_posix()
    return Path(f"{answers}/{path.replace(':', '', 1)}" if WINDOWS else f"{answers}{path}")


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """A file that an answer is made from, old enough for the store."""
    path = tmp_path / "project" / ".venv"
    path.parent.mkdir()
    path.write_text("elsewhere\n")
    os.utime(path, ns=(1_500_000_000_123_456_789, 1_500_000_000_123_456_789))
    return aged(path)


def keep(answers: Path, marker: Path, *, again: bool = False, is_storable: bool = True) -> str:
    """Keep a verdict that was made from `marker`."""
    evidence = Evidence({"HOME": "/home/me"})
    evidence.again, evidence.is_storable = again, is_storable
    evidence.read_variable("HOME")
    evidence.read_variable("WORKON_HOME")
    evidence.get_status(str(marker))
    evidence.get_status(f"{marker}/not there")
    evidence.note_entering(str(marker.parent))
    folder = marker.parent.as_posix()
    sightings = f"{marker}\n"
    return store.keep(str(answers), folder, sightings, Verdict(verdicts.NONE), evidence)[0]


def stored(answers: Path, marker: Path) -> list[bytes]:
    """Return the fields of the record in the store."""
    kept = place(answers, marker.parent) / store.RECORD_NAME
    return kept.read_bytes().split(b"\0")


def test_the_record_is_under_the_projects_own_path(tmp_path: Path, marker: Path) -> None:
    """All fields in order, each ended by NUL, with what the answer was made from."""
    generation = keep(tmp_path / "answers", marker)
    fields = [field.decode() for field in stored(tmp_path / "answers", marker)]
    assert fields[:7] == ["3", f"{marker}\n", "", "", "", "", generation]
    common = "".join(f"{name}={'/home/me' * (name == 'HOME')}\n" for name in checks.COMMON)
    made = [
        *[(checks.OWN, "")] * 3,
        *[(checks.TIME, str(marker.parent)), (checks.TIME, ""), (checks.TIME, "")],
        *[(checks.ABSENT, "")] * 12,
        (checks.STANDING, ""),
        *[(checks.TIME, "")] * 3,
        *[(checks.TIME, str(marker)), (checks.TARGET, str(marker))],
        *[(checks.ABSENT, str(marker / "not there")), (checks.ABSENT, "")],
        (checks.COMMON_ONES, common),
        *[(checks.NAMES, "WORKON_HOME"), (checks.VALUES, "WORKON_HOME-\n")],
    ]
    assert record.Record(fields[:-1]).checks == made
    assert fields[7] == " ".join([*checks.USUAL, checks.NAMES, checks.VALUES])
    stamps = {path.name for path in place(tmp_path / "answers", marker.parent).iterdir()}
    assert stamps == {store.RECORD_NAME, *(f"{store.STAMP_NAME}{generation}-{n}" for n in (1, 7))}


def test_a_stamp_has_the_time_of_what_it_stands_for(tmp_path: Path, marker: Path) -> None:
    """To the nanosecond: shells compare for equality."""
    generation = keep(tmp_path / "answers", marker)
    folder = place(tmp_path / "answers", marker.parent)
    for number, path in ((7, marker), (1, marker.parent)):
        stamp = folder / f"{store.STAMP_NAME}{generation}-{number}"
        assert stamp.stat().st_mtime_ns == path.stat().st_mtime_ns


def test_a_new_generation_takes_the_old_ones_stamps_away(tmp_path: Path, marker: Path) -> None:
    """The folder holds one record and its stamps, whatever was left there by a crash."""
    keep(tmp_path / "answers", marker)
    folder = place(tmp_path / "answers", marker.parent)
    (folder / f"{store.STAMP_NAME}left").touch()
    generation = keep(tmp_path / "answers", marker)
    assert sorted(os.listdir(folder)) == [
        store.RECORD_NAME,
        f"{store.STAMP_NAME}{generation}-1",
        f"{store.STAMP_NAME}{generation}-7",
    ]


@unix.alone("a time that can't be set is one of making")
def test_nothing_is_kept_before_the_second_is_over(tmp_path: Path) -> None:
    """A second change within it could not be seen by a shell that compares whole seconds."""
    young = tmp_path / ".venv"
    young.write_text("elsewhere\n")
    os.utime(young, (1, 1))  # what counts is when the inode was changed: this can't be set
    assert keep(tmp_path / "answers", young) == record.LATER
    assert not (tmp_path / "answers").exists()


def test_a_second_is_over_a_tick_later(
    marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was changed as the second began may bear a time from the one before."""
    end = over(marker)
    monkeypatch.setattr(time, "time_ns", lambda: end + 5_000_000)
    assert keep(tmp_path / "answers", marker) == record.LATER
    monkeypatch.setattr(time, "time_ns", lambda: end + store.TICK)
    assert len(keep(tmp_path / "answers", marker)) == 16


@unix.alone("rights are modes")
def test_what_was_kept_is_no_longer_believed_then(tmp_path: Path, marker: Path) -> None:
    """A chmod leaves the times: the shells would go back to the record from before it.

    It is emptied, not removed: a shell may be between looking for it and opening it.
    """
    keep(tmp_path / "answers", marker)
    marker.chmod(0o600)
    assert keep(tmp_path / "answers", marker) == record.LATER
    assert stored(tmp_path / "answers", marker) == [b""]
    assert os.listdir(place(tmp_path / "answers", marker.parent)) == [store.RECORD_NAME]


def test_what_was_kept_ends_with_an_answer_that_is_not(tmp_path: Path, marker: Path) -> None:
    """Whatever keeps that one out: a shell would go back to the record from before it."""
    answers = tmp_path / "answers"
    for again, is_storable in ((True, True), (False, False), (True, False)):
        assert len(keep(answers, marker)) == 16
        expected = record.LATER if again else record.NEVER
        assert keep(answers, marker, again=again, is_storable=is_storable) == expected
        assert stored(answers, marker) == [b""]
        assert os.listdir(place(answers, marker.parent)) == [store.RECORD_NAME]


def test_what_was_kept_ends_where_the_next_cannot_be_written(
    tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full lets a record go."""
    answers = tmp_path / "answers"
    assert len(keep(answers, marker)) == 16
    with monkeypatch.context() as patch:
        patch.setattr(store, "_write", fail)
        assert keep(answers, marker) == record.NEVER
    assert os.listdir(place(answers, marker.parent)) == []


def test_a_stamp_that_another_removes_first_is_no_error(
    tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who forgets a record takes no lock: what is kept beside that is kept."""
    answers = tmp_path / "answers"
    names = os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: [f"{store.STAMP_NAME}gone", *names(path)])
    assert len(keep(answers, marker)) == 16


def fail(path: str, generation: str, content: bytes) -> None:
    """Fail as on a disk that is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_record_that_cannot_be_emptied_is_no_error(tmp_path: Path, marker: Path) -> None:
    """A folder in its place stays, and nothing is left beside it."""
    kept = place(tmp_path / "answers", marker.parent) / store.RECORD_NAME
    (kept / "a folder").mkdir(parents=True)
    store._forget(str(tmp_path / "answers"), str(kept.parent))
    assert os.listdir(kept.parent) == [store.RECORD_NAME]


def test_a_record_that_a_full_disk_does_not_let_empty_is_removed(
    tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That takes no room; what is left must not be believed."""
    keep(tmp_path / "answers", marker)
    monkeypatch.setattr(store, "_write", fail)
    folder = place(tmp_path / "answers", marker.parent)
    store._forget(str(tmp_path / "answers"), str(folder))
    assert os.listdir(folder) == []


@unix.alone("nothing is locked there")
def test_nothing_is_kept_beside_somebody_who_is_writing(tmp_path: Path, marker: Path) -> None:
    """Theirs will do, and is left alone."""
    generation = keep(tmp_path / "answers", marker)
    before = sorted(os.listdir(f"{tmp_path}/answers{marker.parent}"))
    lock = replacing.lock(f"{tmp_path}/answers{marker.parent}", waits=False)
    try:
        assert keep(tmp_path / "answers", marker) == record.LATER
    finally:
        replacing.unlock(lock)
    assert sorted(os.listdir(f"{tmp_path}/answers{marker.parent}")) == before
    assert stored(tmp_path / "answers", marker)[6] == generation.encode()


def test_a_file_from_the_future_is_kept(tmp_path: Path, marker: Path) -> None:
    """A modification time of 2038 is as good as any: equality is the test."""
    os.utime(marker, (2**31, 2**31))
    assert len(keep(tmp_path / "answers", aged(marker))) == 16


def test_a_change_while_it_was_decided_is_not_kept(
    tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Times are taken before anything is read, and compared again before storing."""
    real_age = store._compute_age

    def slow(status: os.stat_result, now: int) -> int:
        os.utime(marker, (7, 7))
        return real_age(status, now)

    monkeypatch.setattr(store, "_compute_age", slow)
    assert keep(tmp_path / "answers", marker) == record.LATER


NOWHERE = ["X:/answers", ""] if WINDOWS else ["/proc/nowhere", "/dev/null", ""]


@pytest.mark.parametrize("root", NOWHERE)
def test_a_store_that_cannot_be_written_is_no_error(root: str, marker: Path) -> None:
    """The answer comes through the pipe, and nobody is told."""
    evidence = Evidence({})
    evidence.get_status(str(marker))
    kept = store.keep(root, str(marker.parent), f"{marker}\n", Verdict(verdicts.NONE), evidence)
    assert kept == (record.NEVER, [])


def test_a_path_that_is_too_long_is_no_error(tmp_path: Path, marker: Path) -> None:
    """A store's path can be too long where the project's own is just short enough."""
    evidence = Evidence({})
    evidence.get_status(str(marker))
    kept = store.keep(
        str(tmp_path), "/" + "x/" * 2100, f"{marker}\n", Verdict(verdicts.NONE), evidence
    )
    assert kept == (record.NEVER, [])


@pytest.mark.parametrize("name", [".autovenv-stamp-x", ".autovenv-answer", ".AutoVenv-stamp-x/in"])
def test_a_folder_that_is_called_like_the_stores_own_has_no_record(
    tmp_path: Path, marker: Path, name: str
) -> None:
    """Its answers would lie where those of the project around it have theirs."""
    inner = marker.parent / name / ".venv"
    inner.parent.mkdir(parents=True)
    aged(marker.rename(inner))
    answers = tmp_path / "answers"
    assert keep(answers, inner) == record.NEVER
    assert not answers.exists()


@unix.only_root
def test_somebody_elses_store_is_not_written(tmp_path: Path, marker: Path) -> None:
    """After `sudo -E` the home is another user's: root's files must not lie in it."""
    answers = tmp_path / "answers"
    answers.mkdir()
    unix.give(answers, 12345, 12345)
    assert keep(answers, marker) == record.NEVER
    assert not (Path(f"{answers}{marker.parent}") / store.RECORD_NAME).exists()


@unix.alone("rights are modes")
def test_the_store_is_the_users_alone(tmp_path: Path, marker: Path) -> None:
    """What one works on is nobody else's business: 0700."""
    before = os.umask(0o077)  # as the helper sets it
    try:
        keep(tmp_path / "answers", marker)
    finally:
        os.umask(before)
    assert (tmp_path / "answers").stat().st_mode & 0o777 == 0o700


@given(st.lists(ANY_TEXT))
def test_the_pipe_gives_back_what_went_in(fields: list[str]) -> None:
    """A field is a line, and undoing the two escapes one after the other gives it back."""
    lines = record.encode_for_pipe(fields).decode("utf-8", "surrogateescape").split("\n")
    assert lines.pop() == ""
    undone = [line.replace("\\n", "\n").replace("\\s", "\\") for line in lines]
    assert undone == fields


@given(ANY_TEXT)
def test_what_is_shown_cannot_deceive(text: str) -> None:
    """No control character, no mark that turns text round, no byte that isn't UTF-8."""
    shown = clean(text, 40)
    assert len(shown) <= 40
    shown.encode("utf-8")
    assert not any(c in shown for c in "\n\r\t\x1b\u202e\u2066\u200b\x9b")


def test_what_is_shown_is_cut_with_a_sign() -> None:
    """A label as long as a screen is cut, and shows that it was."""
    assert clean("x" * 100, 10) == "xxxxxxx..."
    assert clean("x" * 10, 10) == "xxxxxxxxxx"
