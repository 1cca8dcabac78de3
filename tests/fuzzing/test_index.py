"""git's files, damaged: no path that was tracked gets lost unless git itself says so."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import unix
from autovenv.git import index
from autovenv.git.repositories import find_tracked
from fuzzing import costs, examples, mutations
from test_git_index_damaged import grown
from tracking import FILE, GONE, LINK, Repository, covered

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is missing")

NAMES = {b".venv/bin/python", b".venv/pyvenv.cfg", b"a/b", b"c", b"out/x", b"zz", b"zz-/y"}
UNKNOWN = [b"q", b"venv"]
WORDS = [
    b"DIRC",
    b"link",
    b"sdir",
    b"TREE",
    b"EOIE",
    b"\x81\xa4",
    b".venv",
    b"DIRC\0\0\0\2",
    b"DIRC\0\0\0\3\0\0\0\7",
    b"DIRC\0\0\0\4\0\0\0\7",
    b"link\0\0\0\0",
    b"link\0\0\0\x14",
    b"sdir\0\0\0\0",
    b"TREE\0\0\0\0",
    b"TREE\x7f\xff\xff\xff",
    b"EOIE\0\0\0\x18\0\0\0\x0c",
    b"wxyz\0\0\0\0",
    b".venv/",
    b"\x41\xed",
    b"\x0f\xff",
    b"\x40\0",
    b"\xff" * 9 + b"\x7f",
]


@dataclass(frozen=True)
class Original:
    """An index that git made: what is tracked in it, and the repository that it belongs to."""

    name: str
    repository: Repository
    content: bytes
    paths: list[bytes]


def plain(repository: Repository) -> None:
    """Leave the index as it is."""


def noted(repository: Repository) -> None:
    """Let it say where its entries end."""
    repository.git("-c", "index.recordEndOfIndexEntries=true", "add", "-f", ".")


def extended(repository: Repository) -> None:
    """Give an entry more flags than version 2 has."""
    repository.git("update-index", "--skip-worktree", "a/b")


def split(repository: Repository) -> None:
    """Divide it, with shared entries that are gone, replaced and joined by others."""
    repository.git("update-index", "--split-index")
    repository.enter({b"a/b": GONE, b"c": LINK, b"d/e": FILE})


def sparse(repository: Repository) -> None:
    """Make a folder one entry."""
    repository.git("sparse-checkout", "init", "--cone", "--sparse-index")
    repository.git("sparse-checkout", "set", ".venv")


FORMS: list[Callable[[Repository], None]] = [plain, noted, extended, split, sparse]


@functools.cache
def originals() -> list[Original]:
    """Return each form of an index in two versions and with both hashes."""
    made = []
    for hash_name in ("sha1", "sha256"):
        for version in ("2", "4"):
            for form in FORMS:
                folder = Path(tempfile.mkdtemp(dir=_home().name))
                repository = Repository(folder / "project", f"--object-format={hash_name}")
                repository.commit(*map(os.fsdecode, sorted(NAMES)))
                repository.git("update-index", f"--index-version={version}")
                form(repository)
                listed = repository.git("ls-files", "-z").split(b"\0")[:-1]
                assert {b".venv/bin/python", b".venv/pyvenv.cfg"} < set(listed)
                name = f"{form.__name__} {version} {hash_name}"
                content = repository.index.read_bytes()
                made.append(Original(name, repository, content, [b".venv", *listed]))
    return made


@functools.cache
def _home() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def says(repository: Repository, path: bytes) -> str:
    """Return why `path` counts as tracked, or ""."""
    return find_tracked(os.path.join(repository.root, os.fsdecode(path)))[0]


def check(repository: Repository, content: bytes, paths: list[bytes], is_sorted: bool) -> None:
    """Hold what isn't said to be tracked to what git reads in this index: all, if it refuses it."""
    repository.index.write_bytes(content)
    free = [path for path in (*paths, *UNKNOWN) if not says(repository, path)]
    if not free:
        return
    # What a sparse index stands for isn't looked up: the trees beside it may be damaged, too.
    done = repository.run("ls-files", "-z", "--sparse")
    listed = done.stdout.split(b"\0")[:-1]
    if is_sorted and (done.returncode or listed != sorted(listed)):
        return  # where their end is noted, the search ends at the sorted place
    for path in free:
        assert not done.returncode, (path, done.stderr)
        assert not covered(path, [(FILE, name) for name in listed]), path


@pytest.mark.parametrize("number", range(4))
@examples(150)
@given(data=st.data())
def test_a_damaged_index_hides_nothing(number: int, data: st.DataObject) -> None:
    """What was tracked still is, unless git reads the damaged index otherwise, without an error."""
    original = data.draw(st.sampled_from(originals()[number * 5 : number * 5 + 5]))
    others = [other.content for other in originals()]
    edits = mutations.damaged([original.content], [*WORDS, *others])
    content = data.draw(edits)
    check(original.repository, content, original.paths, b"EOIE" in content)


@examples(100)
@given(data=st.data())
def test_a_damaged_shared_index_hides_nothing(data: st.DataObject) -> None:
    """The same for the other half of a split index."""
    original = data.draw(st.sampled_from([o for o in originals() if "split" in o.name]))
    (file,) = original.repository.index.parent.glob("sharedindex.*")
    content = file.read_bytes()
    hash_size = original.repository.hash_length // 2
    damaged = data.draw(mutations.damaged([content[:-hash_size]], WORDS))
    # By its end it is the one that is asked for, or another.
    damaged += content[-hash_size:-1] + data.draw(st.sampled_from([content[-1:], b"x"]))
    try:
        file.write_bytes(damaged)
        check(original.repository, original.content, original.paths, b"EOIE" in damaged)
    finally:
        file.write_bytes(content)


@unix.alone("Windows has no such names")
@examples(100)
@given(data=st.data())
def test_a_damaged_index_has_what_git_lists(data: st.DataObject) -> None:
    """Damage can make names, too: what git lists is said to be tracked."""
    original = data.draw(st.sampled_from([o for o in originals() if "sparse" not in o.name]))
    content = data.draw(mutations.damaged([original.content], [*WORDS, b"/", b"q"]))
    original.repository.index.write_bytes(content)
    listed = original.repository.run("ls-files", "-z").stdout.split(b"\0")[:-1]
    # Some are no paths: what has such a part can't be looked for.
    none = {b"", b".", b".."}
    paths = [name for name in listed if len(name) < 1000 and none.isdisjoint(name.split(b"/"))]
    check(original.repository, content, paths, b"EOIE" in content)


def number(value: int, size: int = 4) -> bytes:
    """Return a number as an index has it."""
    return value.to_bytes(size, "big")


COUNTS = st.sampled_from([0, 1, 2, 7, 2**31, 2**32 - 1])


@st.composite
def built(draw: st.DrawFn) -> bytes:
    """Return an index that no git made: any counts, lengths, flags and extensions."""
    version = draw(st.sampled_from([2, 3, 4]))
    hash_size = draw(st.sampled_from([20, 32]))
    entries = []
    for _ in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from([b"", b".venv/x", b"a", b"zz", b"b" * 5000])) * draw(
            st.sampled_from([1, 1, 3])
        )
        flags = min(len(name), 0xFFF) if draw(st.integers(0, 4)) else draw(st.integers(0, 0xFFFF))
        entry = bytes(26) + draw(st.sampled_from([b"\x81\xa4", b"\xe0\0", b"\x40\0"]))
        entry += bytes(12 + hash_size) + number(flags, 2)
        if version == 4:
            entry += draw(st.sampled_from([b"\0", b"\1", b"\x80\0", b"\xff" * 9 + b"\x7f"]))
            entry += name + b"\0"
        else:
            entry += name + bytes(8 - (len(entry) + len(name)) % 8)
        entries.append(entry * draw(st.sampled_from([1, 1, 1, 50])))
    count = draw(COUNTS | st.just(sum(len(entry) // 62 for entry in entries)))
    data = b"DIRC" + number(version) + number(count) + b"".join(entries)
    end = len(data)
    if draw(st.booleans()):
        bitmaps = draw(bitmap()) + draw(bitmap())
        link = b"\1" * hash_size + bitmaps
        data += b"link" + number(draw(st.just(len(link)) | COUNTS)) + link
    for _ in range(draw(st.integers(0, 2))):
        size = draw(COUNTS)
        data += draw(st.sampled_from([b"TREE", b"sdir", b"wxyz"])) + number(size) + bytes(size % 9)
    if draw(st.booleans()):
        noted = draw(st.just(end) | COUNTS)
        data += b"EOIE" + number(4 + hash_size) + number(noted) + bytes(hash_size)
    return data + bytes(hash_size)


@st.composite
def bitmap(draw: st.DrawFn) -> bytes:
    """Return an EWAH bitmap, mostly a bad one: runs and literal words without measure."""
    words = []
    for _ in range(draw(st.integers(0, 4))):
        run = draw(COUNTS)
        literal = draw(st.integers(0, 3) | st.just(2**31 - 1))
        words.append(number(draw(st.integers(0, 1)) | run << 1 | literal << 33, 8))
        words += [draw(st.binary(min_size=8, max_size=8)) for _ in range(literal % 4)]
    size = draw(st.just(len(words)) | COUNTS)
    return number(draw(COUNTS)) + number(size) + b"".join(words) + number(0)


GROWING = grown(400, b".venv/xx")


@examples(600)
@given(content=built() | mutations.damaged([GROWING], WORDS), shared=built())
@example(content=GROWING, shared=GROWING)
def test_an_index_is_read_once(content: bytes, shared: bytes) -> None:
    """Whatever its numbers say: nothing raises, and what is looked at is some times its size."""
    meter = costs.Meter()
    found = index.parse(meter.bytes(content), b".venv", b".venv0")
    assert meter.cost < 12 * (len(content) + 100)
    base = index.parse(shared, b".venv", b".venv0")
    for contents, data in ((found, content), (base, shared)):
        if contents:
            assert sum(len(name) for name, _, _ in contents.entries) <= 2 * len(data)
            assert contents.count <= len(data)  # a bitmap is made of as many bytes
    if found is None or base is None:
        return
    meter = costs.Meter()
    found.link = meter.bytes(found.link)
    entries = index.merge(found, base)
    assert meter.cost < 4 * (len(found.link) + 100)
    assert entries is None or len(entries) <= found.count + base.count


KEYS = [
    b"[core]\n\tignorecase = true\n",
    b"[core] ignorecase\n",
    b'[Core]\r\n\tIgnoreCase = "yes" # always\r\n[user]\n\tname = x\n',
    b"[core]\n\tbare = false\n\tignorecase=1 ; a comment\n",
    b"[core]\n\tignorecase = false\n\tignorecase = on\n",
]
VALUES = [b"ignorecase", b"[core]", b"true", b"false", b"off", b"= ", b"#", b";", b"\\\n", b'"']


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository whose config is replaced; its index has a name."""
    repository = Repository(tmp_path_factory.mktemp("told") / "project")
    repository.enter({b"a": FILE})
    return repository


@examples(150)
@given(content=mutations.damaged(KEYS, VALUES, least=0))
def test_a_damaged_config_that_git_reads(told: Repository, content: bytes) -> None:
    """Where it says to git that case makes no difference, it makes none."""
    (told.root / ".git" / "config").write_bytes(content)
    done = told.run("config", "--local", "--type=bool", "core.ignorecase")
    says_so = done.stdout == b"true\n"
    assert bool(says(told, b"A")) >= says_so


@examples(300)
@given(
    content=mutations.damaged(
        [b"gitdir: ../project/.git\n", b"gitdir: {root}/.git\r\n", b"gitdir: sub/../.git"],
        [b"gitdir: ", b"./", b"../", b"/", b"HEAD"],
        least=0,
    )
)
def test_a_damaged_git_file(told: Repository, content: bytes) -> None:
    """What git finds by it is found; what nobody finds counts as tracked."""
    inner = told.root.parent / "other"
    inner.mkdir(exist_ok=True)
    (told.root / ".git" / "config").write_bytes(b"[core]\n\tbare = false\n")
    (inner / ".git").write_bytes(content.replace(b"{root}", os.fsencode(told.root)))
    other = Repository(inner)
    assert says(other, b"a")
    if not says(other, b".venv"):
        assert other.run("ls-files", "-z").stdout == b"a\0"
