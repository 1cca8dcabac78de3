"""A repository that the real git made, and what an index of it can hold."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import unix
from autovenv.git.repositories import find_tracked

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
        reason, _ = find_tracked(os.path.join(self.root, os.fsdecode(name)))
        assert reason in ("", f"the git repository {self.root} tracks it")
        return bool(reason)

    def agrees(self, *more: bytes, options: tuple[str, ...] = ()) -> None:
        """Check each name, each folder, and what is beside them, against git's list."""
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


def make_repository(tmp_path: Path) -> Repository:
    """A repository in which nothing was added yet."""
    return Repository(tmp_path / "project")


def make_shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Repository:
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


DOUBT = "nobody can tell whether git tracks it: "


def doubted(path: Path | str) -> bool:
    """Tell whether `path` counts as tracked because nobody can tell."""
    return find_tracked(str(path))[0].startswith(DOUBT)
