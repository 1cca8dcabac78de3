"""A plugin for pytest: of the table, only the rows that AUTOVENV_ROWS names, in that order.

AUTOVENV_ROWS is JSON: the rows' names, and the shells to run them in, each with a store of answers.
"""

from __future__ import annotations

import json
import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what is wanted."""
    names, shells = json.loads(os.environ["AUTOVENV_ROWS"])
    order = {name: number for number, name in enumerate(names)}
    kept = []
    for item in items:
        case = getattr(item, "callspec", None) and item.callspec.params.get("case")
        if case and case.mode == "stored" and case.shell in shells and case.scenario.name in order:
            kept.append((order[case.scenario.name], item))
    items[:] = [item for _, item in sorted(kept, key=lambda pair: pair[0])]
