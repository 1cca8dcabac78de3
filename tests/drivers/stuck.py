"""How long a terminal is waited for, and what is said when that was in vain."""

from __future__ import annotations

# Only a test that fails anyway waits as long as this.
DEADLINE = 60.0


class StuckError(AssertionError):
    """What was waited for did not come; the message holds all that the terminal showed."""
