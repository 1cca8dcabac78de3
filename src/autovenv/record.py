"""The record: its fields in their order, and how they go through the pipe (the protocol).

Fields, each ended by NUL in the store and by a newline on the pipe:

    format · sightings · VIRTUAL_ENV · folder for PATH · label · note · generation of the stamps ·
    the kinds of the checks, with a blank between · what each of them checks, a field each · `end`

What the kinds mean, is in checks.py.
"""

from __future__ import annotations

import os

from autovenv.checks import (
    ABSENT,
    AGAIN,
    AT_A_PROMPT,
    COMMON,
    COMMON_ONES,
    FOLDER,
    NAMES,
    ON_ENTERING,
    OWN,
    SHELL,
    STANDING,
    TARGET,
    TIME,
    VALUES,
    VISIT,
)
from autovenv.paths import FORMAT as FORMAT
from autovenv.verdict import NONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from autovenv.evidence import Evidence
    from autovenv.verdict import Verdict

FIRST_FORMAT, SECOND_FORMAT = "1", "2"
FORMATS = (FIRST_FORMAT, SECOND_FORMAT, FORMAT)
END = "end"

# What stands in the place of a generation where nothing was stored.
LATER = "later"  # the next prompt asks again
NEVER = "never"  # there is no store for it: it is valid where one stands


class Record:
    """A record taken apart: what is to be active, and its checks as pairs of kind and what."""

    __slots__ = ("checks", "environment", "folder", "generation", "label", "note", "sightings")

    def __init__(self, fields: list[str]) -> None:
        """Take apart the fields of one; raise ValueError where they are none of this format's."""
        kinds = fields[7].split(" ") if len(fields) > 7 else []
        if fields[:1] != [FORMAT] or fields[8 + len(kinds) :] != [END]:
            raise ValueError(f"no record of format {FORMAT}: {fields}")
        self.sightings, self.environment, self.folder = fields[1:4]
        self.label, self.note, self.generation = fields[4:7]
        self.checks = list(zip(kinds, fields[8:-1], strict=True))


def list_fields(
    sightings: str, verdict: Verdict, generation: str, made: list[tuple[str, str]]
) -> list[str]:
    """Return the record's fields in order.

    `generation` names the stamps in the store, or is LATER or NEVER; `made` are the checks, from
    `checks` or `unstored`.
    """
    head = [verdict.environment, verdict.folder, verdict.label, verdict.note, generation]
    kinds = " ".join(kind for kind, _ in made)
    return [FORMAT, sightings, *head, kinds, *(what for _, what in made), END]


def list_unstored_checks(generation: str, folder: str) -> list[tuple[str, str]]:
    """Return the checks of a record that isn't in the store; `folder` was asked about."""
    return [(AGAIN, "")] if generation == LATER else [(FOLDER, folder)]


def list_checks(verdict: Verdict, evidence: Evidence) -> list[tuple[str, str]]:
    """Return what a shell compares before it believes the record: pairs of kind and what."""
    found: list[tuple[str, str]] = []
    if verdict.shell:
        found.append((SHELL, verdict.shell))
    if evidence.visit or (verdict.kind == NONE and verdict.note):
        found.append((VISIT, ""))  # what was wrong may have been fixed meanwhile, or replaced
    found += _fill_up(OWN, evidence.own, ON_ENTERING)
    entering = [path for path, status in evidence.entering.items() if status]
    plain, linked = _separate_links(entering)
    found += _fill_up(TIME, plain, ON_ENTERING) + linked
    missed = [path for path, status in evidence.entering.items() if not status]
    found += _fill_up(ABSENT, missed, ON_ENTERING)
    found.append((STANDING, ""))
    plain, linked = _separate_links(evidence.paths)
    if not linked:
        last = plain.pop() if plain else ""
        linked = [(TIME, last), (TARGET, last)]
    found += _fill_up(TIME, plain, AT_A_PROMPT, less=1) + linked
    found += _fill_up(ABSENT, evidence.absent, AT_A_PROMPT)
    values = (evidence.environ.get(name, "") for name in COMMON)
    found.append((COMMON_ONES, "".join(map("{}={}\n".format, COMMON, values))))
    return found + _list_others(evidence)


def _fill_up(
    kind: str, paths: Collection[str], room: dict[str, int], less: int = 0
) -> list[tuple[str, str]]:
    """Return a check of the kind for each path, and checks of nothing up to the usual number."""
    return [(kind, path) for path in paths] + [(kind, "")] * (room[kind] - less - len(paths))


def _separate_links(paths: Iterable[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the paths without a link in them, and the checks of the others."""
    plain, linked = [], []
    for path in paths:
        resolved = _find_target(path)
        if resolved:
            linked += [(TIME, path), (TARGET, resolved)]
        else:
            plain.append(path)
    return plain, linked


def _list_others(evidence: Evidence) -> list[tuple[str, str]]:
    names = [name for name in evidence.variables if name not in COMMON]
    values = (evidence.variables[name] for name in names)
    texts = ("-" if value is None else f"={value}" for value in values)
    text = "".join(map("{}{}\n".format, names, texts))
    return [(NAMES, " ".join(names)), (VALUES, text)] if names else []


def _find_target(path: str) -> str:
    """Return what `path` fully resolves to, or "" where a link is nowhere in it."""
    if os.name == "nt" and not _has_link(path):
        return ""  # there, one place has many spellings
    from autovenv.find import reach

    resolved = reach.resolve(path)
    return "" if resolved == path else resolved


def _has_link(path: str) -> bool:
    parent = os.path.dirname(path)
    return os.path.islink(path) or (parent != path and _has_link(parent))


def make_earlier(format_: str, sightings: str, verdict: Verdict, folder: str) -> list[str]:
    """Return the answer to a shell that still has a hook of an earlier format.

    It is valid where that shell stands: what that knows is in a store of its own.
    """
    head = [verdict.environment, verdict.folder, verdict.label, verdict.note, NEVER]
    if format_ == FIRST_FORMAT:
        return [format_, sightings, verdict.kind, *head, "0", "0", "0", "0", END]
    return [format_, sightings, *head, FOLDER, folder, END]


def encode_for_store(record: list[str]) -> bytes:
    """Return the record as the store has it."""
    return encode("".join(f"{field}\0" for field in record))


def encode_for_pipe(record: list[str]) -> bytes:
    r"""Return the record as lines: a backslash becomes `\s`, a newline `\n`.

    With these two, a shell can undo one after the other in that order without taking the first's
    output for the second's input.
    """
    escaped = (field.replace("\\", "\\s").replace("\n", "\\n") for field in record)
    return encode("".join(f"{field}\n" for field in escaped))


def encode(text: str) -> bytes:
    """Return `text` as bytes; a path's bytes that aren't UTF-8 come back as they were."""
    return text.encode("utf-8", "surrogateescape")
