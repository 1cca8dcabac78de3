"""From a pinned version or name to what is installed under it."""

from __future__ import annotations

import os

from autovenv.find import environments, pins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment


class Interpreter:
    """An installed Python: `bin` is its folder for PATH, `version` its X.Y.Z."""

    __slots__ = ("bin", "version")

    def __init__(self, folder: str, version: str) -> None:
        self.bin = folder
        self.version = version


def find(pin: str, evidence: Evidence) -> Interpreter | Environment | None:
    """Return what pyenv has installed under `pin`: an interpreter, a virtualenv, or None.

    A version that isn't installed as it stands is a prefix, of which the highest installed one
    counts, as `pyenv latest` has it.
    """
    if os.sep in pin or pin in (".", ".."):
        return None
    versions = f"{_pyenv_root(evidence)}/versions"
    if evidence.status(versions) is None:
        return None
    name = _installed(versions, pin)
    if not name:
        return None
    folder = f"{versions}/{name}"
    if evidence.status(f"{folder}/pyvenv.cfg"):
        return environments.examine(folder, evidence)
    bin_folder = os.path.join(folder, "bin")
    evidence.status(bin_folder)
    if evidence.status(os.path.join(bin_folder, environments.PYTHON)) is None:
        return None
    return Interpreter(bin_folder, name)


def _pyenv_root(evidence: Evidence) -> str:
    return evidence.variable("PYENV_ROOT") or f"{evidence.variable('HOME')}/.pyenv"


def _installed(versions: str, pin: str) -> str:
    try:
        names = os.listdir(versions)
    except OSError:
        return ""
    if pin in names:
        return pin
    candidates = [name for name in names if pins.matches(pin, name) and _numbers(name)]
    return max(candidates, key=_numbers, default="")


def _numbers(version: str) -> tuple[int, ...]:
    """Return a release's numbers for comparing, nothing for 3.13-dev, 3.13.0t or a name."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()
