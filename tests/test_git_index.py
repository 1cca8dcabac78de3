"""What is said to be tracked is what the real git says, for each form that an index can have."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autovenv.git.repositories import find_tracked
from tracking import (
    ENVIRON,
    FEW,
    FILE,
    GONE,
    KINDS,
    LINK,
    LONG,
    NAMES,
    SETS,
    SUBMODULE,
    Repository,
    covered,
    doubted,
    make_repository,
    make_shared,
    posix,
)

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is missing")

repository = pytest.fixture(make_repository)
shared = pytest.fixture(scope="module", params=["sha1", "sha256"])(make_shared)

# --- what git says ---


@pytest.mark.parametrize("version", ["2", "4"])
@FEW
@given(names=SETS, others=SETS, kind=KINDS, long=st.none() | LONG, end=st.booleans())
def test_it_agrees_with_git(
    shared: Repository,
    version: str,
    names: set[bytes],
    others: set[bytes],
    kind: bytes,
    long: bytes | None,
    end: bool,
) -> None:
    """Any names, of files, links and submodules, with and without a note of where they end."""
    shared.index.unlink(missing_ok=True)
    record = f"index.recordEndOfIndexEntries={str(end).lower()}"
    entries = dict.fromkeys(names, FILE) | dict.fromkeys(others, kind)
    if long:
        entries[long] = FILE
    shared.enter(entries, f"--index-version={version}", config=record)
    if entries:
        data = shared.index.read_bytes()
        assert data[7] == int(version)
        assert (b"EOIE" in data) == end
    shared.agrees(*names, *others, b".venv", b"V")


@FEW
@given(
    base=st.sets(NAMES, min_size=1, max_size=12),
    more=SETS,
    picks=st.lists(st.sampled_from([GONE, LINK, SUBMODULE, FILE]), min_size=12, max_size=12),
    version=st.sampled_from(["2", "4"]),
)
def test_a_split_index_agrees_with_git(
    shared: Repository, base: set[bytes], more: set[bytes], picks: list[bytes], version: str
) -> None:
    """Entries of the shared index are deleted, replaced and joined by others."""
    shared.index.unlink(missing_ok=True)
    shared.enter(dict.fromkeys(base, FILE), f"--index-version={version}")
    shared.git("update-index", "--split-index")
    shared.agrees(*base, *more)
    changed = {n: mode for n, mode in zip(sorted(base), picks, strict=False) if mode != FILE}
    shared.enter(changed | dict.fromkeys(more - base, FILE))
    _, files = find_tracked(str(shared.root / ".venv"))
    assert [os.path.basename(file).partition(".")[0] for file in files] == ["index", "sharedindex"]
    shared.agrees(*base, *more)


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("version", ["2", "4"])
def test_a_large_split_index_agrees_with_git(tmp_path: Path, hash_name: str, version: str) -> None:
    """Its bitmaps have runs of like words beside literal ones."""
    repository = Repository(tmp_path / "project", f"--object-format={hash_name}")
    names = [b"%04d" % number for number in range(2000)]
    repository.enter(dict.fromkeys(names, FILE), f"--index-version={version}")
    repository.git("update-index", "--split-index")
    deleted = [*names[200:900], *names[1000:1900:7]]
    replaced = dict.fromkeys([*names[901:980], *names[1001:1900:7]], LINK)
    repository.enter(dict.fromkeys(deleted, GONE) | replaced | {b"0500/x": FILE})
    entries = repository.entries()
    assert len(entries) < 1200
    for name in [*names[190:210], *names[495:505], *names[890:1020], *names[1890:]]:
        assert repository.says(name) == covered(name, entries), name


def test_a_shared_index_that_is_gone_or_another_counts_as_tracked(repository: Repository) -> None:
    """As git does, which reads no index at all then."""
    repository.enter({b"a": FILE})
    repository.git("update-index", "--split-index")
    repository.enter({b"b": FILE})
    (file,) = repository.index.parent.glob("sharedindex.*")
    assert not repository.says(b".venv")
    content = file.read_bytes()
    for other in (None, content[:-1] + bytes([content[-1] ^ 1]), content[:40], b""):
        file.unlink()
        if other is not None:
            file.write_bytes(other)
        assert repository.run("ls-files").returncode
        assert doubted(repository.root / ".venv")
        file.write_bytes(content)


@pytest.mark.parametrize("version", ["2", "4"])
def test_a_sparse_index_agrees_with_git(repository: Repository, version: str) -> None:
    """A folder outside of the cone is one entry: all below it counts, whatever it holds."""
    repository.commit("in/a/.venv/x", "in/b", "out/.venv/x", "out/y", "out-/z", "top", "zz/far/w")
    repository.git("sparse-checkout", "init", "--cone", "--sparse-index")
    repository.git("sparse-checkout", "set", "in/a")
    repository.git("update-index", f"--index-version={version}")
    assert b"sdir" in repository.index.read_bytes()
    assert (b"040000", b"out/") in repository.entries("--sparse")
    repository.agrees(b".venv", b"out/.venv/x", b"zz/q", options=("--sparse",))
    for _, name in repository.entries():
        assert repository.says(name)
    if version == "2":
        data = bytearray(repository.index.read_bytes())
        mode = data.index(b"out/\0") - 38
        assert data[mode : mode + 2] == b"\x40\0"
        data[mode : mode + 2] = b"\x81\xa4"
        repository.index.write_bytes(data)
        assert repository.says(b"out/.venv")  # its name still is a folder's


def test_flags_and_stages_make_no_difference(repository: Repository) -> None:
    """Skip-worktree, assume-unchanged, intent-to-add (version 3), and what isn't merged."""
    repository.commit("a", "b/c", "m/both", "m/theirs")
    repository.git("checkout", "-qb", "other")
    repository.commit("m/both", "m/theirs", text="other")
    repository.git("checkout", "-q", "main")
    repository.commit("m/both", text="main")
    repository.git("rm", "-q", "m/theirs")
    repository.git("commit", "-qm", "x")
    assert repository.run("merge", "other").returncode
    assert repository.run("ls-files", "-u").stdout.count(b"\n") == 5
    repository.agrees()
    repository.write(".venv/pyvenv.cfg")
    assert not repository.says(b".venv")
    repository.git("add", "-N", ".venv/pyvenv.cfg")
    repository.git("update-index", "--skip-worktree", "a")
    repository.git("update-index", "--assume-unchanged", "b/c")
    assert repository.index.read_bytes()[7] == 3
    assert repository.says(b".venv")
    repository.agrees(b"c")
    repository.git("update-index", "--index-version=4")
    repository.agrees(b"c")
    repository.git("rm", "-q", "--cached", ".venv/pyvenv.cfg")
    assert not repository.says(b".venv")


def test_extensions_make_no_difference(repository: Repository) -> None:
    """The untracked cache, resolved conflicts, offsets for threads: none is an entry."""
    repository.commit(".venv/x", "link", "TREE/EOIE")
    repository.git("config", "index.threads", "4")
    repository.git("update-index", "--untracked-cache", "--force-write-index")
    repository.git("status")
    data = repository.index.read_bytes()
    assert all(name in data for name in (b"EOIE", b"UNTR", b"TREE"))
    repository.agrees(b"venv")
    repository.git("read-tree", "--empty")
    repository.agrees(b".venv", b"link")


@pytest.mark.parametrize("threads", ["1", "4"])
def test_what_is_written_in_blocks_is_read(repository: Repository, threads: str) -> None:
    """With threads, version 4 begins again with the whole name at each block."""
    names = [b"d%02d/f%05d" % (number // 500, number) for number in range(25_000)]
    entries = dict.fromkeys(names, FILE)
    repository.enter(entries, "--index-version=4", config=f"index.threads={threads}")
    assert (b"IEOT" in repository.index.read_bytes()) == (threads == "4")
    for name in (*names[::2499], names[-1]):
        assert repository.says(name)
        assert not repository.says(name + b"0")
    assert not repository.says(b".venv")


def test_a_fresh_repository_tracks_nothing(repository: Repository) -> None:
    """It has no index yet: that it appears is what the answer hangs on, elsewhere a repository."""
    assert find_tracked(str(repository.root / ".venv")) == ("", [str(repository.index)])
    around = repository.root.parent
    reason, files = find_tracked(str(around / "elsewhere" / ".venv"))
    assert (reason, files[0]) == ("", str(around / ".git"))


def test_a_worktree_has_an_index_of_its_own(repository: Repository, tmp_path: Path) -> None:
    """Also one within the other's files; `core.ignorecase` is the common one's."""
    repository.commit("a")
    for place in (tmp_path / "beside", repository.root / "within"):
        repository.git("worktree", "add", "-q", "--detach", str(place))
        worktree = Repository(place)
        worktree.agrees(b".venv")
        worktree.write(".venv/x")
        worktree.git("add", "-f", ".venv/x")
        worktree.agrees(b"x")
        assert not repository.says(b".venv")
        reason, files = find_tracked(str(place / ".venv"))
        assert reason
        index_file = repository.root / ".git" / "worktrees" / place.name / "index"
        assert files == [str(place / ".git"), str(index_file)]
        assert not worktree.says(b"A")
        repository.git("config", "core.ignorecase", "true")
        assert worktree.says(b"A")
        repository.git("config", "core.ignorecase", "false")


def test_a_submodule_decides_for_its_own_files(repository: Repository, tmp_path: Path) -> None:
    """The outer repository knows where it stands, no more; that counts where it isn't at hand."""
    inner = Repository(tmp_path / "inner")
    inner.commit("lib/.venv/x")
    repository.git("submodule", "add", "-q", str(inner.root), "deep/sub")
    submodule = Repository(repository.root / "deep" / "sub")
    submodule.agrees(b".venv", b"lib/venv")
    assert not find_tracked(str(submodule.root / ".venv"))[0]
    assert find_tracked(str(submodule.root))[0]
    assert repository.says(b"deep")
    repository.git("submodule", "-q", "deinit", "-f", "deep/sub")
    assert repository.says(b"deep/sub")
    assert repository.says(b"deep/sub/.venv")


def test_all_repositories_around_a_path_count(repository: Repository) -> None:
    """An outer one may have checked out what is in an inner one that was made since."""
    repository.commit("inner/.venv/x", "inner/y")
    Repository(repository.root / "inner2")
    subprocess.run(["git", "init", "-q"], cwd=repository.root / "inner", env=ENVIRON, check=True)
    assert repository.says(b"inner/.venv")
    assert not repository.says(b"inner/venv")
    assert not repository.says(b"inner2/.venv")


def test_a_clone_in_the_place_of_an_environment_is_tracked(repository: Repository) -> None:
    """The path itself may be the top of a repository; one without an entry is one's own."""
    environment = Repository(repository.root / ".venv")
    assert not find_tracked(str(environment.root))[0]
    environment.write("pyvenv.cfg")
    environment.git("add", "pyvenv.cfg")
    assert (
        find_tracked(str(environment.root))[0] == f"the git repository {environment.root} tracks it"
    )


@posix
def test_links_are_judged_where_they_lie_and_lead(repository: Repository, tmp_path: Path) -> None:
    """A tracked link, one that leads there, one that leads into a repository; not one above."""
    repository.commit("real/.venv/x", "real/y")
    outside = tmp_path / "outside"
    outside.mkdir()
    (repository.root / "tracked").symlink_to(outside)
    (repository.root / "own").symlink_to("tracked")
    (repository.root / "other").symlink_to(outside)
    repository.git("add", "tracked")
    (tmp_path / "into").symlink_to(repository.root / "real" / ".venv")
    (tmp_path / "above").symlink_to(repository.root / "real")
    said = [repository.root / "tracked", repository.root / "own", tmp_path / "into"]
    said.append(tmp_path / "above" / ".venv")
    for path in said:
        assert find_tracked(str(path))[0], path
    free = [repository.root / "other", repository.root / "tracked" / ".venv", outside / ".venv"]
    free.append(tmp_path / "above" / "venv")
    for path in free:
        assert not find_tracked(str(path))[0], path


@posix
def test_what_was_moved_and_linked_in_its_place_is_tracked(
    repository: Repository, tmp_path: Path
) -> None:
    """A folder that git checked out, put on another disk, with a link where it was."""
    repository.commit("data/.venv/x")
    (repository.root / "data").rename(tmp_path / "disk")
    (repository.root / "data").symlink_to(tmp_path / "disk")
    assert repository.says(b"data/.venv")
    assert not find_tracked(str(tmp_path / "disk" / ".venv"))[0]


def test_the_walk_ends_at_another_file_system(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As git's does, but for what is mounted on the path itself."""
    repository.commit("mounted/deep/.venv/x", "mounted/y")
    mounted = str(repository.root / "mounted")
    lstat = os.lstat

    def elsewhere(path: str) -> os.stat_result:
        status = lstat(path)
        if not str(path).startswith(mounted):
            return status
        return os.stat_result([*status[:2], status.st_dev + 1, *status[3:10]])

    monkeypatch.setattr(os, "lstat", elsewhere)
    assert not repository.says(b"mounted/deep/.venv")
    assert repository.says(b"mounted")


def test_case_makes_no_difference_where_git_is_told_so(repository: Repository) -> None:
    """core.ignorecase, as git sets it itself where the file system is so."""
    repository.commit("Sub/.VENV/x", "a", "ZZ/b")
    names = [b"sub/.venv", b"SUB", b"sub/.venv/X", b"zz/B", b"A"]
    others = [b"sub/venv", b"sub/.ven", b".venv", b"sub/.venv/xx"]
    config = repository.root / ".git" / "config"
    for text in (
        "[core] ignorecase=false\n",
        "[core]\nignorecase = 0\n[other]\nignorecasex = true\n# ignorecase = true\n",
        "[core]\nxignorecase = true\n",
    ):
        config.write_text(text)
        assert [name for name in names if repository.says(name)] == [], text
    for text in (
        "[core]\n\tIgnoreCase = true\n",
        "[Core] ignorecase = Yes # always\n",
        '[core]\nignorecase = "on"\n',
        "[core]\nignorecase\n",
        "[core]\nignorecase=1",
        "[core]\nignorecase =\rtrue\n",
        '[a "= ignorecase"] [core] ignorecase = 1 # [core] ignorecase = 0\n',
    ):
        config.write_text(text)
        assert [name for name in names if not repository.says(name)] == [], text
        assert [name for name in others if repository.says(name)] == [], text


@FEW
@given(names=SETS, asked=SETS, end=st.booleans())
def test_case_folds_for_any_names(
    shared: Repository, names: set[bytes], asked: set[bytes], end: bool
) -> None:
    """As git's own comparison does: ASCII letters alone."""
    shared.index.unlink(missing_ok=True)
    record = f"index.recordEndOfIndexEntries={str(end).lower()}"
    shared.enter(dict.fromkeys(names, FILE), config=record)
    shared.git("config", "core.ignorecase", "true")
    try:
        folded = [(mode, name.lower()) for mode, name in shared.entries()]
        for path in {name.swapcase() for name in names} | asked:
            assert shared.says(path) == covered(path.lower(), folded), path
    finally:
        shared.git("config", "core.ignorecase", "false")


@posix
def test_case_makes_no_difference_where_the_file_system_says_so(repository: Repository) -> None:
    """Told from what is there: the other case leads to the same, too (here by a link)."""
    repository.commit("sub/.VENV/x", "a")
    (repository.root / "sub" / ".venv").mkdir()
    assert not repository.says(b"sub/.venv")
    (repository.root / "sub" / ".venv").rmdir()
    (repository.root / "sub" / ".venv").symlink_to(".VENV")
    assert repository.says(b"sub/.venv")
    assert not repository.says(b"A")
