"""May a link in a project be followed to a network? Judged by the link alone, before it is.

A look tells a server who is in the project, and can take minutes. So the rules of docs/trust.md are
asked of the link itself: it is the user's, was made here, and no repository tracks it.
"""

from __future__ import annotations

import os

from autovenv import users
from autovenv.trust import owners
from autovenv.trust.born import TOLERANCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.trust.machine import Machine


def find_reason(link: str, evidence: Evidence, machine: Machine) -> str:
    """Return why the link isn't followed, or ""."""
    try:
        status = os.lstat(link)
    except (OSError, ValueError):
        return "it can't be read"
    own = (machine.uid, 0, *machine.list_other_selves(evidence))
    if status.st_uid not in own:
        return f"it belongs to {users.get_name(status.st_uid)}"
    folder = os.path.dirname(link)
    fault = owners.find_reason([folder], owners.Steps(), machine, evidence, is_stored=False)
    if fault:
        return fault
    if abs(status.st_mtime_ns - status.st_ctime_ns) > TOLERANCE:
        return "it is older than its arrival here: unpacked or copied?"
    from autovenv.git import repositories

    return repositories.find_reason(link, repositories.Looks(frozenset(own)), evidence)
