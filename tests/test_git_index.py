"""What is said to be tracked is what the real git says, for each form that an index can have.

What git refuses counts as tracked, and nothing raises.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trees
import unix
from autovenv.git import index, repositories
from autovenv.git.repositories import tracked

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is missing")

posix = unix.alone("Windows has no such names or files")

ENVIRON = {
    "PATH": os.environ["PATH"],
    "HOME": "/nowhere",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}
ALWAYS = ("-c", "protocol.file.allow=always", "-c", "splitIndex.maxPercentChange=100")

FILE, LINK, SUBMODULE, GONE = b"100644", b"120000", b"160000", b"0"


class Repository:
    """A repository that the real git made."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        self.index = root / ".git" / "index"
        self.hash_length = 64 if "--object-format=sha256" in options else 40
        if not root.exists():
            root.mkdir(parents=True)
            self.git("init", "-q", "-b", "main", *options)

    def run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run git at the top, and return what came of it."""
        return subprocess.run(
            ["git", *ALWAYS, *arguments],
            cwd=self.root,
            env=ENVIRON,
            input=given,
            capture_output=True,
        )

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run git, which succeeds, and return what it wrote."""
        done = self.run(*arguments, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, *names: str, text: str = "") -> None:
        """Write the files `names`."""
        for name in names:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text or name)

    def commit(self, *names: str, text: str = "") -> None:
        """Write the files `names` and commit them."""
        self.write(*names, text=text)
        self.git("add", "-f", *names)
        self.git("commit", "-qm", "x")

    def enter(self, entries: Mapping[bytes, bytes], *options: str, config: str = "a.b=c") -> None:
        """Put entries (name: mode) into the index, without files; mode 0 takes one out."""
        text = b"".join(
            mode + b" " + (b"1" if int(mode) else b"0") * self.hash_length + b"\t" + name + b"\0"
            for name, mode in entries.items()
        )
        self.git("-c", config, "update-index", *options, "-z", "--index-info", given=text)

    def entries(self, *options: str) -> list[tuple[bytes, bytes]]:
        """Return mode and name of each entry, as git lists them."""
        lines = self.git("ls-files", "-z", "-s", *options).split(b"\0")[:-1]
        return [(line[:6], line.partition(b"\t")[2]) for line in lines]

    def says(self, name: bytes) -> bool:
        """Tell whether `name` is said to be tracked, for a reason that is sure."""
        reason, _ = tracked(os.path.join(self.root, os.fsdecode(name)))
        assert reason in ("", f"the git repository {self.root} tracks it")
        return bool(reason)

    def agrees(self, *more: bytes, options: tuple[str, ...] = ()) -> None:
        """Check each name, each folder, and what lies beside them, against git's list."""
        entries = self.entries(*options)
        asked = set(more)
        for _, name in entries:
            parts = name.rstrip(b"/").split(b"/") if len(name) < 1000 else []
            for length in range(1, len(parts) + 1):
                path = b"/".join(parts[:length])
                asked |= {path, path + b"/x", path + b"-", path + b"0", path[:-1] + b"\x01"}
        for path in asked:
            assert self.says(path) == covered(path, entries), path


def covered(path: bytes, entries: list[tuple[bytes, bytes]]) -> bool:
    """Tell whether one of the entries is for `path`, something below it, or a folder of it."""
    return any(
        name == path
        or name.startswith(path + b"/")
        or (mode == SUBMODULE and path.startswith(name + b"/"))
        or (name.endswith(b"/") and (path + b"/").startswith(name))
        for mode, name in entries
    )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository in which nothing was added yet."""
    return Repository(tmp_path / "project")


@pytest.fixture(scope="module", params=["sha1", "sha256"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository that the examples of a test use one after the other."""
    folder = tmp_path_factory.mktemp(request.param)
    return Repository(folder / "project", f"--object-format={request.param}")


ODD = [b"\n", b"\xff\xfe", b"\xc3\xa9", b"V", b" ", b"\x01"] if os.name == "posix" else [b"V"]
PARTS = st.sampled_from([b".venv", b"venv", b"a", b"a-", b"a.b", b"a0", b"0", b"link", *ODD])
NAMES = st.lists(PARTS, min_size=1, max_size=4).map(b"/".join)
LONG = st.integers(4080, 4110).map(lambda length: b"a/" + b"l" * (length - 2))
SETS = st.sets(NAMES, max_size=12)
KINDS = st.sampled_from([FILE, LINK, SUBMODULE])
FEW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


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
    _, files = tracked(str(shared.root / ".venv"))
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


DOUBT = "nobody can tell whether git tracks it: "


def doubted(path: Path | str) -> bool:
    """Tell whether `path` counts as tracked because nobody can tell."""
    return tracked(str(path))[0].startswith(DOUBT)


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
    """With threads, version 4 begins anew with the whole name at each block."""
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
    assert tracked(str(repository.root / ".venv")) == ("", [str(repository.index)])
    around = repository.root.parent
    reason, files = tracked(str(around / "elsewhere" / ".venv"))
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
        reason, files = tracked(str(place / ".venv"))
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
    assert not tracked(str(submodule.root / ".venv"))[0]
    assert tracked(str(submodule.root))[0]
    assert repository.says(b"deep")
    repository.git("submodule", "-q", "deinit", "-f", "deep/sub")
    assert repository.says(b"deep/sub")
    assert repository.says(b"deep/sub/.venv")


def test_all_repositories_around_a_path_count(repository: Repository) -> None:
    """An outer one may have checked out what lies in an inner one that was made since."""
    repository.commit("inner/.venv/x", "inner/y")
    Repository(repository.root / "inner2")
    subprocess.run(["git", "init", "-q"], cwd=repository.root / "inner", env=ENVIRON, check=True)
    assert repository.says(b"inner/.venv")
    assert not repository.says(b"inner/venv")
    assert not repository.says(b"inner2/.venv")


def test_a_clone_in_the_place_of_an_environment_is_tracked(repository: Repository) -> None:
    """The path itself may be the top of a repository; one without an entry is one's own."""
    environment = Repository(repository.root / ".venv")
    assert not tracked(str(environment.root))[0]
    environment.write("pyvenv.cfg")
    environment.git("add", "pyvenv.cfg")
    assert tracked(str(environment.root))[0] == f"the git repository {environment.root} tracks it"


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
        assert tracked(str(path))[0], path
    free = [repository.root / "other", repository.root / "tracked" / ".venv", outside / ".venv"]
    free.append(tmp_path / "above" / "venv")
    for path in free:
        assert not tracked(str(path))[0], path


@posix
def test_what_was_moved_and_linked_in_its_place_is_tracked(
    repository: Repository, tmp_path: Path
) -> None:
    """A folder that git checked out, put on another disk, with a link where it was."""
    repository.commit("data/.venv/x")
    (repository.root / "data").rename(tmp_path / "disk")
    (repository.root / "data").symlink_to(tmp_path / "disk")
    assert repository.says(b"data/.venv")
    assert not tracked(str(tmp_path / "disk" / ".venv"))[0]


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


@FEW
@given(data=st.binary(max_size=300), version=st.sampled_from([2, 3, 4]), count=st.integers(0, 4))
def test_any_bytes_are_taken(repository: Repository, data: bytes, version: int, count: int) -> None:
    """As an index, and behind its head; what isn't one counts as tracked."""
    repository.index.write_bytes(data)
    reason = tracked(str(repository.root / ".venv"))[0]
    assert reason or not repository.run("ls-files").returncode
    head = b"DIRC" + version.to_bytes(4, "big") + count.to_bytes(4, "big")
    repository.index.write_bytes(head + data)
    tracked(str(repository.root / ".venv"))


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
        reason = tracked(os.path.join(repository.root, os.fsdecode(path)))[0]
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
    tracked(str(repository.root / "x" / ".venv"))


@pytest.mark.parametrize("named", ["../project/.git", "{root}/.git/\r\n\n", "../project/./.git\n"])
def test_a_git_file_may_be_relative(repository: Repository, named: str) -> None:
    """To the folder where it lies; its end of line is cut off."""
    repository.commit("x/a")
    other = repository.root.parent / "other"
    other.mkdir()
    (other / ".git").write_bytes(f"gitdir: {named.format(root=repository.root)}".encode())
    assert tracked(str(other / "x"))[0] == f"the git repository {other} tracks it"
    assert not tracked(str(other / "y"))[0]


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
        script += "print(repositories.tracked(sys.argv[1])[0])"
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
    tracked(path)


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
    assert bool(tracked(str(repository.root / ".venv"))[0]) is not is_recorded


@pytest.mark.parametrize("wanted", ["a/b/.venv", "a/b", "sub/x/.venv", "z", "a/b/.venvs", "n0"])
def test_a_large_index_is_searched_as_a_whole(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    """What the search says is what a step for each entry says."""
    names = {b"a/b/.venv/pyvenv.cfg": FILE, b"n0/x": FILE, b"sub": SUBMODULE}
    repository.enter(names)
    stepped = tracked(str(repository.root / wanted))[0]
    monkeypatch.setattr(repositories, "LARGE", 0)
    assert tracked(str(repository.root / wanted))[0] == stepped
    assert bool(stepped) is (wanted not in ("z", "a/b/.venvs"))
