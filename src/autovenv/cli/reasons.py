"""Why something is as it is, as `status --json` and `doctor --json` print it."""

from __future__ import annotations

from autovenv import verdict
from autovenv.text import NOTE_LIMIT, clean
from autovenv.verdict import Problem

# What to do where no command is known that helps and destroys nothing.
_BY_HAND = {
    verdict.SETTINGS_GONE: "move it away, then: autovenv create",
    verdict.FOR_WINDOWS: "it works where it was made: move it away, then: autovenv create",
    verdict.FOR_POSIX: "it works where it was made: move it away, then: autovenv create",
    verdict.SEPARATOR: "move the project to a path without that",
    verdict.NAMES_NONE: "write the path of an environment into the file, or remove it",
    verdict.ON_A_NETWORK: "make the environment on this machine",
    verdict.OTHER_VERSION: "make it again with that Python, or pin what it has",
    verdict.NOT_INSTALLED: "install that version, or pin one that is there",
    verdict.NOT_PYTHON: "type that name, or make an environment with it",
    verdict.PIN_ABOVE: "make an environment here, or remove the pin",
    verdict.PIN_UNUSABLE: "write a version into the file, or remove it",
    verdict.OF_ANOTHER_USER: "whoever it belongs to has to change it",
    verdict.TOO_LONG: "try again when the disk answers",
}
_MOVED_AWAY = "move it away and make it again; no command can tell what else is in it"


def advise_by_hand(problem: Problem) -> str:
    """Return what to do about a problem that has no command."""
    return _BY_HAND.get(problem.reason, _MOVED_AWAY)


def list_fields(problem: Problem | None) -> dict[str, object]:
    """Return reason, path, message and remedy, each empty where there is no problem.

    `remedy` is a list of commands, in the order in which they are to be run: each with what it is
    for, its words, the folder to run it in ("" for anywhere), and whether it can be repeated.
    """
    if problem is None:
        return {"reason": "", "path": "", "message": "", "remedy": []}
    return {
        "reason": problem.reason,
        "path": clean(problem.path, NOTE_LIMIT),
        "message": clean(problem.message, NOTE_LIMIT),
        "remedy": [
            {
                "purpose": remedy.purpose,
                "command": [clean(word, NOTE_LIMIT) for word in remedy.words],
                "folder": clean(remedy.folder, NOTE_LIMIT),
                "repeatable": remedy.is_repeatable,
            }
            for remedy in problem.remedies
        ],
    }
