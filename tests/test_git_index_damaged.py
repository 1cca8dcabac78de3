"""What git refuses counts as tracked, and nothing raises: damaged indexes, and what is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trees
import unix
from autovenv.git import index, repositories
from autovenv.git.repositories import find_tracked
from tracking import (
    DOUBT,
    FEW,
    FILE,
    GONE,
    LINK,
    SUBMODULE,
    Repository,
    covered,
    doubted,
    make_repository,
    posix,
)

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is missing")

repository = pytest.fixture(make_repository)

# --- what is damaged, or is no index ---


@FEW
@given(data=st.binary(max_size=300), version=st.sampled_from([2, 3, 4]), count=st.integers(0, 4))
def test_any_bytes_are_taken(repository: Repository, data: bytes, version: int, count: int) -> None:
    """As an index, and behind its head; what isn't one counts as tracked."""
    repository.index.write_bytes(data)
    reason = find_tracked(str(repository.root / ".venv"))[0]
    assert reason or not repository.run("ls-files").returncode
    head = b"DIRC" + version.to_bytes(4, "big") + count.to_bytes(4, "big")
    repository.index.write_bytes(head + data)
    find_tracked(str(repository.root / ".venv"))


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, list[bytes]]:
    """A repository, and contents for its index: each version, split, with extensions."""
    repository = Repository(tmp_path_factory.mktemp("indexes") / "project")
    repository.commit(".venv/x", "a/b", "c", "zz", "zz-/y")
    contents = []
    for version in ("2", "4"):
        repository.git("update-index", f"--index-version={version}")
        repository.git("update-index", "--no-split-index", "--force-write-index")
        contents.append(repository.index.read_bytes())
        repository.git("-c", "index.recordEndOfIndexEntries=true", "add", "-f", ".")
        repository.git("update-index", "--split-index")
        repository.enter({b"a/b": GONE, b"c": LINK, b"d/e": FILE})
        contents.append(repository.index.read_bytes())
        repository.git("reset", "-q", "--hard")
    repository.git("update-index", "--no-split-index", "--skip-worktree", "a/b")
    contents.append(repository.index.read_bytes())
    return repository, contents


@settings(FEW, max_examples=150)
@given(
    which=st.integers(0, 4),
    edits=st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=4)), min_size=1, max_size=3),
    cut=st.integers(0, 40) | st.just(0),
)
def test_a_damaged_index_is_never_less_than_git_says(
    indexes: tuple[Repository, list[bytes]],
    which: int,
    edits: list[tuple[int, bytes]],
    cut: int,
) -> None:
    """What git refuses counts as tracked; what it lists is found, if it lists it in order."""
    repository, contents = indexes
    data = bytearray(contents[which])
    for place, content in edits:
        place %= len(data)
        data[place : place + len(content)] = content
    repository.index.write_bytes(data[: len(data) - cut])
    done = repository.run("ls-files", "-z")
    asked = [b".venv", b"a", b"c", b"zz", b"q", b"d"]
    listed = done.stdout.split(b"\0")[:-1]
    if listed != sorted(listed):
        return
    for path in asked:
        reason = find_tracked(os.path.join(repository.root, os.fsdecode(path)))[0]
        if done.returncode or covered(path, [(FILE, name) for name in listed]):
            assert reason, path


def test_a_name_that_isnt_as_long_as_it_says_counts_as_tracked(repository: Repository) -> None:
    """To git it ends at its first NUL."""
    repository.enter({b".venv/x": FILE})
    data = repository.index.read_bytes()
    for other in (data.replace(b".venv/x", b".venv\0x"), data.replace(b"\7.venv/x", b"\6.venv/x")):
        repository.index.write_bytes(other)
        assert doubted(repository.root / ".venv")
    repository.index.write_bytes(data.replace(b"\7.venv/x", b"\4.venv/x"))
    assert doubted(repository.root / ".venv")  # `.ven` isn't what is asked about


@pytest.mark.parametrize("name", [b"wxyz", b"Wxyz", b"link", b"\0\0\0\0"])
def test_an_extension_that_must_be_known_counts_as_tracked(
    repository: Repository, name: bytes
) -> None:
    """Formats to come will say with it that entries aren't what they look like."""
    repository.enter({b"a": FILE})
    data = repository.index.read_bytes()
    repository.index.write_bytes(data[:-20] + name + bytes(4) + data[-20:])
    assert bool(repository.run("ls-files").returncode) == (name != b"Wxyz")
    assert doubted(repository.root / ".venv") == (name != b"Wxyz")


def test_a_split_index_that_shares_none_is_read(repository: Repository) -> None:
    """A checksum of zeros stands for that; its bitmaps must be sound all the same."""
    repository.enter({b"a": FILE})
    data = repository.index.read_bytes()
    for bitmaps in (b"", bytes(24), bytes(23), bytes(25), bytes(4) + b"\xff" * 4 + bytes(16)):
        size = (20 + len(bitmaps)).to_bytes(4, "big")
        repository.index.write_bytes(data[:-20] + b"link" + size + bytes(20) + bitmaps + data[-20:])
        refused = bool(repository.run("ls-files").returncode)
        assert refused == (len(bitmaps) not in (0, 24) or b"\xff" in bitmaps)
        assert doubted(repository.root / ".venv") == refused
        assert refused or repository.says(b"a")


def test_a_version_to_come_counts_as_tracked(repository: Repository) -> None:
    """So does one that never was."""
    repository.enter({b"a": FILE})
    data = repository.index.read_bytes()
    for version in (0, 1, 5, 256):
        repository.index.write_bytes(data[:4] + version.to_bytes(4, "big") + data[8:])
        assert doubted(repository.root / ".venv")


def occupy(path: Path) -> dict[str, Callable[[], object]]:
    """Return what else may stand where a file is expected."""
    return {
        "folder": lambda: path.mkdir(),
        "fifo": lambda: unix.make_fifo(path),
        "loop": lambda: path.symlink_to(path.name),
        "device": lambda: path.symlink_to("/dev/zero"),
        "large": lambda: truncated(path, repositories.INDEX_LIMIT + 1),
        "empty": lambda: path.touch(),
    }


def truncated(path: Path, size: int) -> None:
    """Make a file that has a size and takes no room."""
    path.touch()
    os.truncate(path, size)


@posix
@pytest.mark.parametrize("kind", ["folder", "fifo", "loop", "device", "large", "empty"])
def test_what_isnt_an_index_counts_as_tracked(repository: Repository, kind: str) -> None:
    """And nobody waits for it."""
    repository.enter({b"a": FILE})
    repository.index.unlink()
    occupy(repository.index)[kind]()
    assert doubted(repository.root / ".venv")


@posix
@pytest.mark.parametrize("kind", ["fifo", "loop", "device", "large", "empty"])
def test_what_isnt_a_git_file_counts_as_tracked(tmp_path: Path, kind: str) -> None:
    """So git gives up there."""
    occupy(tmp_path / ".git")[kind]()
    assert doubted(tmp_path / ".venv")
    assert doubted(tmp_path / "below" / ".venv")


@posix
@pytest.mark.parametrize("kind", ["folder", "fifo", "loop", "device", "large", "empty"])
def test_what_isnt_a_config_says_nothing(repository: Repository, kind: str) -> None:
    """Only case hangs on it."""
    repository.enter({b"a": FILE})
    (repository.root / ".git" / "config").unlink()
    occupy(repository.root / ".git" / "config")[kind]()
    assert not repository.says(b"A")
    assert repository.says(b"a")


@pytest.mark.parametrize(
    "content",
    [b"gitdir: ", b"gitdir: \n", b"gitdir: gone\n", b"gitdir:x\n", b"x", b"\n", b"gitdir: .\0x\n"],
)
def test_a_git_file_that_leads_nowhere_counts_as_tracked(tmp_path: Path, content: bytes) -> None:
    """A worktree whose repository isn't at hand: git can't tell either."""
    (tmp_path / ".git").write_bytes(content)
    assert doubted(tmp_path / ".venv")


@given(content=st.binary(max_size=40), prefix=st.sampled_from([b"", b"gitdir: ", b"gitdir: ."]))
@FEW
def test_any_git_file_is_taken(repository: Repository, content: bytes, prefix: bytes) -> None:
    """Whatever it holds: a verdict comes out."""
    (repository.root / "x").mkdir(exist_ok=True)
    (repository.root / "x" / ".git").write_bytes(prefix + content)
    find_tracked(str(repository.root / "x" / ".venv"))


@pytest.mark.parametrize("named", ["../project/.git", "{root}/.git/\r\n\n", "../project/./.git\n"])
def test_a_git_file_may_be_relative(repository: Repository, named: str) -> None:
    """To the folder where it is; its end of line is cut off."""
    repository.commit("x/a")
    other = repository.root.parent / "other"
    other.mkdir()
    (other / ".git").write_bytes(f"gitdir: {named.format(root=repository.root)}".encode())
    assert find_tracked(str(other / "x"))[0] == f"the git repository {other} tracks it"
    assert not find_tracked(str(other / "y"))[0]


def test_a_git_folder_that_is_none_is_passed_over(repository: Repository) -> None:
    """The search goes on above, as git's does: an empty one, a link that leads nowhere."""
    repository.commit("a/.venv/x", "b/y")
    (repository.root / "a" / ".git").mkdir()
    assert repository.says(b"a/.venv")
    assert not repository.says(b"a/venv")
    if os.name == "posix":
        (repository.root / "b" / ".git").symlink_to("nowhere")
        assert not repository.says(b"b/.venv")


@posix
def test_an_index_that_may_not_be_read_counts_as_tracked(repository: Repository) -> None:
    """Of the file, or of the folder that it is in."""

    def said() -> str:
        script = "import sys; from autovenv.git import repositories\n"
        script += "print(repositories.find_tracked(sys.argv[1])[0])"
        return subprocess.run(
            [*unix.mortal(), sys.executable, "-c", script, str(repository.root / ".venv")],
            env={"PYTHONPATH": str(trees.SOURCE)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    repository.enter({b"a": FILE})
    assert said() == "\n"
    repository.index.chmod(0)
    assert said().startswith(DOUBT)
    repository.index.chmod(0o600)
    repository.index.parent.chmod(0)
    assert said().startswith(DOUBT)
    repository.index.parent.chmod(0o700)


@pytest.mark.parametrize(
    "path", ["", "/", "x", "/x\0y/.venv", "/" + "x" * 5000, "/x/../../y", "//"]
)
def test_any_path_is_taken(path: str) -> None:
    """One that can't be is no reason for a traceback."""
    find_tracked(path)


def grown(count: int, added: bytes) -> bytes:
    """Return an index in version 4 each of whose names is longer than the one before."""
    entries = []
    for number in range(1, count + 1):
        flags = min(number * len(added), 0xFFF).to_bytes(2, "big")
        entries.append(bytes(60) + flags + b"\0" + added + b"\0")
    head = b"DIRC" + (4).to_bytes(4, "big") + count.to_bytes(4, "big")
    return head + b"".join(entries) + bytes(20)


def test_names_that_grow_take_no_more_time() -> None:
    """Each of 100,000 names holds all before it: together they would be a terabyte."""
    data = grown(100_000, b"a" * 200)
    contents = index.parse(data, b"a", b"b")
    assert contents
    assert len(contents.entries) == 100_000


def test_a_count_that_cant_be_takes_no_time_or_room() -> None:
    """Four thousand million entries in a hundred bytes."""
    end = b"EOIE" + (24).to_bytes(4, "big") + (12).to_bytes(4, "big") + bytes(20)
    assert index.parse(b"DIRC\0\0\0\2\xff\xff\xff\xff" + end + bytes(20), b"a", b"b") is None


@pytest.mark.parametrize("is_recorded", [True, False])
def test_the_search_ends_at_the_sorted_place(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, is_recorded: bool
) -> None:
    """Where the index says where its entries end, those past the place aren't looked at."""
    monkeypatch.setattr(repositories, "LARGE", 1 << 40)
    names = [b"n%06d" % number for number in range(1000)]
    record = f"index.recordEndOfIndexEntries={str(is_recorded).lower()}"
    repository.enter(dict.fromkeys(names, FILE), config=record)
    entries = repository.index.read_bytes()
    assert names[-1] in entries
    repository.index.write_bytes(entries.replace(names[-1], b".venv/x"))
    assert bool(find_tracked(str(repository.root / ".venv"))[0]) is not is_recorded


@pytest.mark.parametrize("wanted", ["a/b/.venv", "a/b", "sub/x/.venv", "z", "a/b/.venvs", "n0"])
def test_a_large_index_is_searched_as_a_whole(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    """What the search says is what a step for each entry says."""
    names = {b"a/b/.venv/pyvenv.cfg": FILE, b"n0/x": FILE, b"sub": SUBMODULE}
    repository.enter(names)
    stepped = find_tracked(str(repository.root / wanted))[0]
    monkeypatch.setattr(repositories, "LARGE", 0)
    assert find_tracked(str(repository.root / wanted))[0] == stepped
    assert bool(stepped) is (wanted not in ("z", "a/b/.venvs"))
