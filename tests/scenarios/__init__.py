"""What every shell must do, as data: one table, whose rows lie in rooms by what they are about.

`language` has the words of a row, `shared` what several rooms have in common.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.faults import FAULTS
from scenarios.going import COMING_AND_GOING
from scenarios.helper import THE_HELPER
from scenarios.hostile import HOSTILE
from scenarios.labels import LABELS
from scenarios.language import Scenario
from scenarios.markers import MARKERS
from scenarios.names import NAMES
from scenarios.nested import SHELLS_IN_SHELLS
from scenarios.options import USER_OPTIONS
from scenarios.own import THE_USERS_OWN
from scenarios.stale import STALE, STORES

SCENARIOS: Sequence[Scenario] = [
    *COMING_AND_GOING,
    *MARKERS,
    *NAMES,
    *STALE,
    *STORES,
    *LABELS,
    *THE_USERS_OWN,
    *SHELLS_IN_SHELLS,
    *THE_HELPER,
    *FAULTS,
    *HOSTILE,
    *USER_OPTIONS,
]
