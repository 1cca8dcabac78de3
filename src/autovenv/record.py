"""The record: its fields in their order, and how they go through the pipe (the protocol).

Fields, each ended by NUL in the store and by a newline on the pipe:

    format · sightings · VIRTUAL_ENV · folder for PATH · label · note · generation of the stamps ·
    checks, in pairs of how and what · `end`

The checks are what a shell compares before it believes the record again; it needn't know why:

    own path            the path belongs to the user who asks
    shell name          the record is valid in this shell alone: its note is quoted for it
    visit               fails where one comes from elsewhere, so that each visit asks again
    standing            what is above counts where a record is taken from the store, what is below
                        at each prompt, too
    NUMBER path         the path has exactly the modification time of the stamp with that number
    target path         the path of the check before it still leads there
    absent path         nothing can be reached there
    variable NAME=value, or NAME- where it is unset; PATH is compared without our entry
    folder path         the record is valid in this folder alone
    again               never valid: the next prompt asks again

A shell takes a kind of check that it doesn't know for one that fails.
"""

from __future__ import annotations

import os

from autovenv.paths import FORMAT as FORMAT
from autovenv.verdict import NONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autovenv.evidence import Evidence
    from autovenv.verdict import Verdict

FIRST_FORMAT = "1"
END = "end"

# What stands in the place of a generation where nothing was stored.
LATER = "later"  # the next prompt asks again
NEVER = "never"  # there is no store for it: it is valid where one stands

OWN, SHELL, VISIT, STANDING = "own", "shell", "visit", "standing"
TARGET, ABSENT, VARIABLE = "target", "absent", "variable"
FOLDER, AGAIN = "folder", "again"

# Variables that nobody sets where they stand: each that a prompt compares costs it 20 µs.
CONSTANT = ("SUDO_UID", "AUTOVENV_IGNORE", "AUTOVENV_LABEL", "AUTOVENV_NOTES", "AUTOVENV_SWITCH")


class Record:
    """A record taken apart: what is to be active, and its checks as pairs of how and what."""

    __slots__ = ("checks", "environment", "folder", "generation", "label", "note", "sightings")

    def __init__(self, fields: list[str]) -> None:
        """Take apart the fields of one; raise ValueError where they are none of this format's."""
        checks, end = fields[7:-1], fields[-1:]
        if fields[:1] != [FORMAT] or end != [END] or len(checks) % 2:
            raise ValueError(f"no record of format {FORMAT}: {fields}")
        self.sightings, self.environment, self.folder = fields[1:4]
        self.label, self.note, self.generation = fields[4:7]
        self.checks = list(zip(checks[::2], checks[1::2], strict=True))


def fields(
    sightings: str, verdict: Verdict, generation: str, evidence: Evidence, folder: str
) -> list[str]:
    """Return the record's fields in order.

    `generation` names the stamps in the store, or is LATER or NEVER; `folder` is the one that was
    asked about.
    """
    head = [verdict.environment, verdict.folder, verdict.label, verdict.note, generation]
    checks = _checks(verdict, generation, evidence, folder)
    return [FORMAT, sightings, *head, *(text for check in checks for text in check), END]


def _checks(
    verdict: Verdict, generation: str, evidence: Evidence, folder: str
) -> Iterator[tuple[str, str]]:
    if generation == LATER:
        yield AGAIN, ""
        return
    if generation == NEVER:
        yield FOLDER, folder
        return
    if verdict.shell:
        yield SHELL, verdict.shell
    for path in evidence.own:
        yield OWN, path
    if evidence.visit or (verdict.kind == NONE and verdict.note):
        yield VISIT, ""  # what was wrong may have been fixed meanwhile, what was allowed replaced
    entering = [path for path, status in evidence.entering.items() if status]
    yield from _timed(entering, len(evidence.paths))
    for path, status in evidence.entering.items():
        if status is None:
            yield ABSENT, path
    yield from _variables(evidence, on_entering=True)
    yield STANDING, ""
    yield from _variables(evidence, on_entering=False)
    yield from _timed(evidence.paths, 0)
    for path in evidence.absent:
        yield ABSENT, path


def _variables(evidence: Evidence, on_entering: bool) -> Iterator[tuple[str, str]]:
    for name, value in evidence.variables.items():
        if (name in CONSTANT) is on_entering:
            yield VARIABLE, f"{name}-" if value is None else f"{name}={value}"


def _timed(paths: Iterable[str], first: int) -> Iterator[tuple[str, str]]:
    for number, path in enumerate(paths, first):
        yield str(number), path
        resolved = _target(path)
        if resolved:
            yield TARGET, resolved


def _target(path: str) -> str:
    """Return what `path` fully resolves to, or "" where a link is nowhere in it."""
    if os.name == "nt" and not _has_link(path):
        return ""  # there, one place has many spellings
    from autovenv.find import reach

    resolved = reach.resolve(path)
    return "" if resolved == path else resolved


def _has_link(path: str) -> bool:
    parent = os.path.dirname(path)
    return os.path.islink(path) or (parent != path and _has_link(parent))


def first_format(sightings: str, verdict: Verdict) -> list[str]:
    """Return the answer to a shell that still has the hook of format 1.

    With no checks, it is valid where that shell stands: what it knows is in a store of its own.
    """
    head = [
        FIRST_FORMAT,
        sightings,
        verdict.kind,
        verdict.environment,
        verdict.folder,
        verdict.label,
    ]
    return [*head, verdict.note, NEVER, "0", "0", "0", "0", END]


def stored(record: list[str]) -> bytes:
    """Return the record as the store has it."""
    return encoded("".join(f"{field}\0" for field in record))


def piped(record: list[str]) -> bytes:
    r"""Return the record as lines: a backslash becomes `\s`, a newline `\n`.

    With these two, a shell can undo one after the other in that order without taking the first's
    output for the second's input.
    """
    escaped = (field.replace("\\", "\\s").replace("\n", "\\n") for field in record)
    return encoded("".join(f"{field}\n" for field in escaped))


def encoded(text: str) -> bytes:
    """Return `text` as bytes; a path's bytes that aren't UTF-8 come back as they were."""
    return text.encode("utf-8", "surrogateescape")
