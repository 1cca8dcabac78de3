"""The parsers, given what a stranger, another user or a damaged disk can hand them.

AUTOVENV_FUZZ multiplies the number of examples: docs/testing.md has the commands and what came of
them. A failure is printed with a line that repeats it, and is kept below .hypothesis.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_FACTOR = float(os.environ.get("AUTOVENV_FUZZ") or 1)


def examples(count: int) -> settings:
    """Return settings for `count` examples, as many times as AUTOVENV_FUZZ says.

    Unless there are to be more, they are the same each time: no change fails for another's reason.
    """
    return settings(
        derandomize=_FACTOR <= 1,
        max_examples=max(1, round(count * _FACTOR)),
        print_blob=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
