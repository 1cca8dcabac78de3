"""The commands that fix what is wrong with an environment, as the tool that made it would.

The only place where a command is built that could destroy something: nothing is made again over a
folder that holds what isn't an environment's.
"""

from __future__ import annotations

import os

from autovenv import verdict
from autovenv.find import environments
from autovenv.verdict import Problem, Remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence

PYTHON = "py" if os.name == "nt" else "python3"

# What is fixed where an environment is made again in its place.
_REMADE = (
    verdict.INTERPRETER_GONE,
    verdict.MOVED,
    verdict.INTERRUPTED,
    verdict.SETTINGS_GONE,
)


def with_remedies(problem: Problem, evidence: Evidence) -> Problem:
    """Return the problem of an environment with the commands that fix it."""
    return Problem(problem.reason, problem.path, problem.message, _remedies(problem, evidence))


def _remedies(problem: Problem, evidence: Evidence) -> list[Remedy]:
    if problem.reason not in _REMADE:
        return []
    settings = environments.settings_in(evidence.read(f"{problem.path}/pyvenv.cfg"))
    maker = ["uv", "venv"] if settings and "uv" in settings else [PYTHON, "-m", "venv"]
    words = [*maker, "--clear", problem.path]
    return [Remedy(words, "to make it again", is_repeatable=False)]
