"""Why something is as it is, as `status --json` and `doctor --json` print it."""

from __future__ import annotations

from autovenv.text import NOTE_LIMIT, clean
from autovenv.verdict import Problem


def fields(problem: Problem | None) -> dict[str, object]:
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
