"""What the user doesn't want to be active: the opt-out files, and the folders that are ignored."""

from __future__ import annotations

import os

from autovenv import paths
from autovenv.find import markers
from autovenv.verdict import OPTED_OUT, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from autovenv.evidence import Evidence
    from autovenv.find.markers import Marked


def apply(
    found: list[Marked], ignored: Sequence[str], evidence: Evidence
) -> tuple[list[Marked], Problem | None]:
    """Return the markers that count, and why none does, or None.

    An opt-out is valid for its folder and all below. It may name markers, a line each: then these
    alone don't count there.
    """
    ignoring = _find_ignoring(found, ignored)
    if ignoring:
        message = "the setting ignore.folders names it"
        return [], Problem(OPTED_OUT, paths.make_native(ignoring), message)
    named: set[str] = set()
    counting: list[Marked] = []
    for marked in reversed(found):
        if markers.OPT_OUT in marked.names:
            path = paths.make_native(f"{marked.folder}/{markers.OPT_OUT}")
            only = read_names(path, evidence)
            if not only:
                return [], Problem(OPTED_OUT, path, "nothing is active here and below")
            named |= only
        names = [name for name in marked.names if name not in named]
        counting.insert(0, markers.Marked(marked.folder, names))
    return counting, None


def read_names(path: str, evidence: Evidence) -> set[str]:
    """Return the markers that an opt-out names, none where it is for all.

    What isn't understood is for all: whoever opts out isn't to be surprised.
    """
    lines = (evidence.read(path) or "").split("\n")
    words = {line.strip() for line in lines if line.strip() and not line.strip().startswith("#")}
    return words if words <= set(markers.list_with(evidence.names)) else set()


def _find_ignoring(found: list[Marked], ignored: Sequence[str]) -> str:
    """Return the ignored folder that the nearest marker is in, "" where it is in none."""
    if not found:
        return ""
    place = os.path.normcase(f"{found[0].folder}/")
    for folder in ignored:
        if place.startswith(os.path.normcase(f"{markers.trim(folder)}/")):
            return folder
    return ""
