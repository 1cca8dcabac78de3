"""What doctor examines, and the three kinds of words that an examination has for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autovenv import ask, caller, paths, settings
from autovenv.cli import folder
from autovenv.evidence import Evidence
from autovenv.find import markers
from autovenv.verdict import Problem, Verdict


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: what, why it matters, the command that fixes it, how to check.

    `command` is empty where the user has to do it by hand: `check` says what. `problem` is what the
    decision gave as its reason, where the finding is about that. `fix` is a command that `--fix`
    may offer, since it destroys nothing, in the words of a list; it is run in `place`.
    """

    topic: str
    what: str
    why: str
    command: str
    check: str
    problem: Problem | None = None
    fix: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class Unknown:
    """Something that can't be told, and why not."""

    topic: str
    what: str


@dataclass(frozen=True)
class Remark:
    """Something that is worth knowing and isn't wrong."""

    topic: str
    what: str


Result = Finding | Unknown | Remark


@dataclass(frozen=True)
class Case:
    """Where doctor or status was called: the variables, the folder, the markers, the verdict."""

    environ: Mapping[str, str]
    folder: str
    found: list[markers.Marked]
    evidence: Evidence
    verdict: Verdict

    @classmethod
    def make(cls, environ: Mapping[str, str]) -> Case:
        """Return the case of the folder in PWD; where that is a lie, of the process's folder."""
        here, names = folder.find_current(environ), find_names(environ)
        found = markers.walk(here, paths.find_home(environ), names)
        evidence = Evidence(ask.remove_own_entry(environ), names=names)
        verdict = ask.decide(found, evidence, caller.name_asking(environ))
        return cls(environ, here, found, evidence, verdict)


def find_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the user's own names for environments that count in the shell that calls.

    One with the hook goes on with those that it was started with.
    """
    hook = caller.read_hook(environ)
    return markers.choose_names(hook[2:]) if hook else settings.find_names(environ)
