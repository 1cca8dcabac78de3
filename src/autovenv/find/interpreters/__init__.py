"""From a pin to what is installed under it; installs nothing and runs no interpreter.

Each manager is asked in turn, by the names that it gives to versions: pyenv, whose file
.python-version is, then uv, mise and asdf. Forms that only uv has are looked for among the others'
versions next, and last come Homebrew, python.org's framework, the registry and PATH.
"""

from __future__ import annotations

import os

from autovenv.find import versions
from autovenv.find.interpreters import managers
from autovenv.find.interpreters.found import Interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment

__all__ = ["Interpreter", "find"]


def find(
    pin: str, evidence: Evidence, first: Sequence[str] = ()
) -> Interpreter | Environment | None:
    """Return what is installed under `pin`: an interpreter, a virtualenv of pyenv's, or None.

    `first` are the managers that are asked before all others.
    """
    if os.path.isabs(pin):
        from autovenv.find.interpreters import system

        return system.find_at(pin, evidence)
    found = None
    for manager in (*first, managers.PYENV):
        found = found or managers.find_named(manager, pin, evidence)
    request = versions.parse(pin)
    if found is None and request is not None:
        found = managers.find_kept_by_uv(request, evidence)
    for manager in (managers.MISE, managers.ASDF):
        found = found or managers.find_named(manager, pin, evidence)
    if found is not None or request is None:
        return found
    for manager in (managers.PYENV, managers.MISE, managers.ASDF):
        found = found or managers.find_requested(manager, request, evidence)
    if found is None:
        from autovenv.find.interpreters import system

        found = system.find(request, evidence)
    return found
