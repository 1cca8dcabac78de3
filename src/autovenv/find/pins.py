"""What a .python-version file pins, as pyenv reads it and as uv does; looks for no interpreter.

pyenv's reading is defined by its libexec/pyenv-version-file-read and pyenv-version-name.
"""

from __future__ import annotations

import os
from stat import S_ISREG

from autovenv import paths
from autovenv.evidence import READ_LIMIT
from autovenv.find import versions
from autovenv.text import cite
from autovenv.verdict import PIN_UNUSABLE, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from autovenv.evidence import Evidence

# pyenv's word for no pin, and uv's for any Python at all.
_NOTHING = ("system", "any", "default")


class Pin:
    """What is pinned: `text` as it is written, or "" for nothing, and `path`, what says so.

    `problem` is what is wrong with it, or None; `managers` are those whose own file it is in, and
    which are asked first.
    """

    __slots__ = ("managers", "path", "problem", "text")

    def __init__(self, text: str, path: str, problem: Problem | None = None) -> None:
        self.text = text
        self.path = path
        self.problem = problem
        self.managers: tuple[str, ...] = ()


def look(path: str, evidence: Evidence) -> Pin | None:
    """Return what the file pins, None where it is no regular file (both tools pass that over).

    The first line that holds anything decides; `#` starts a comment. Where a line has several
    words and isn't a request of uv's as a whole, the first counts: it is the one that pyenv's
    `python` is.
    """
    path = paths.make_native(path)
    status = evidence.get_status(path)
    if status is None or not S_ISREG(status.st_mode):
        return None
    if status.st_size > READ_LIMIT:
        return _make_unusable(path, "it is too long to be a pin")
    text = evidence.read(path)
    if text is None:
        return _make_unusable(path, "it can't be read")
    if text[:2] in ("\udcff\udcfe", "\udcfe\udcff"):
        return _make_unusable(path, "it is UTF-16; save it as UTF-8")
    if "\0" in text:
        return _make_unusable(path, "it is not a text file")
    return parse_text(text, path)


def _make_unusable(path: str, message: str) -> Pin:
    return Pin("", path, Problem(PIN_UNUSABLE, path, message))


def parse_text(text: str, path: str) -> Pin:
    """Return what `text` pins; words that lead out of the versions are passed over."""
    refused = ""
    for word in _split_words(text):
        if not _leads_out(word):
            return Pin("" if word.lower() in _NOTHING else word, path)
        refused = refused or word
    if refused:
        return _make_unusable(path, f"it pins nothing but a path: {cite(refused)}")
    return Pin("", path)


def _split_words(text: str) -> Iterator[str]:
    """Yield what is named, in order: words, whole lines that uv takes, parts divided by `:`."""
    for line in text.split("\n"):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        request = " ".join(words).partition(" #")[0]
        if os.path.isabs(words[0]):
            yield words[0]
        elif versions.parse(request) or not versions.SPECIFIER.isdisjoint(words[0]):
            # A range that isn't understood mustn't become one without its other half.
            yield request
        else:
            yield from filter(None, words[0].split(":"))


def _leads_out(word: str) -> bool:
    """Tell whether a name could lead out of a folder of versions; X/envs/name doesn't."""
    parts = word.replace("\\", "/").split("/") if os.name == "nt" else word.split("/")
    if "." in parts or ".." in parts:
        return True
    if len(parts) == 1 or os.path.isabs(word):
        return False
    return len(parts) != 3 or parts[1] != "envs" or "" in parts
