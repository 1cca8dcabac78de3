"""What to say of a pin under which nothing is installed: the command that installs it."""

from __future__ import annotations

import os

from autovenv.find import versions
from autovenv.find.interpreters import managers, system
from autovenv.text import cite
from autovenv.verdict import NOT_INSTALLED, Problem, Remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from autovenv.evidence import Evidence
    from autovenv.find.pins import Pin

# What the names of python-build's versions begin with, beside digits.
_STEMS = (
    "activepython",
    "anaconda",
    "cinder",
    "graalpy",
    "ironpython",
    "jython",
    "mambaforge",
    "micropython",
    "miniconda",
    "miniforge",
    "nogil",
    "pypy",
    "pyston",
    "stackless",
)
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+@")


def describe(pin: Pin, evidence: Evidence) -> Problem:
    """Return what is wrong where nothing is installed under the pin's text."""
    message = f"it pins {cite(pin.text)}, which"
    remedies = []
    if os.path.isabs(pin.text):
        message += " no version manager installed and which is not on PATH"
    elif versions.parse(pin.text) is None and not _is_built(pin.text):
        message += " is neither a version nor the name of one that is installed"
    else:
        words = write_command(pin.text, evidence, pin.managers)
        remedies = [Remedy(words, "to install it")] if words else []
        message += " is not installed" + ("" if words else ": pyenv or uv can install it")
    return Problem(NOT_INSTALLED, pin.path, message, remedies)


def write_command(pin: str, evidence: Evidence, first: Sequence[str] = ()) -> list[str]:
    """Return the command that installs what is pinned, by the first manager that is there.

    The order is that in which they are looked at, `first` before all others. What only uv
    understands is uv's, what only python-build has isn't. A pin is a stranger's text: none but
    a version gets into the command.
    """
    request = versions.parse(pin)
    plain = _find_name_for_python_build(pin, request)
    commands = {
        managers.PYENV: ["pyenv", "install", plain] if plain else [],
        managers.UV: ["uv", "python", "install", pin.removeprefix("python-")] if request else [],
        managers.MISE: ["mise", "install", f"python@{plain}"] if plain else [],
        managers.ASDF: ["asdf", "install", "python", _find_name_for_asdf(plain)] if plain else [],
    }
    for manager in (*first, *commands):
        words = commands[manager]
        if words and _is_there(manager, evidence):
            return words
    return []


def _find_name_for_python_build(pin: str, request: versions.Request | None) -> str:
    """Return python-build's name for what is pinned, or its beginning; "" where there is none."""
    if request is None:
        return pin if _is_built(pin) else ""
    if not request.numbers or request.pre != versions.FINAL or any(request.platform):
        return ""
    if request.implementation not in ("", "cpython", "pypy") or request.variant not in ("", "t"):
        return ""
    prefix = "pypy" if request.implementation == "pypy" else ""
    return prefix + ".".join(map(str, request.numbers)) + request.variant


def _is_built(pin: str) -> bool:
    return set(pin) <= _SAFE and (pin.startswith(_STEMS) or versions.parse_built(pin) is not None)


def _find_name_for_asdf(plain: str) -> str:
    """Return a version as asdf takes it: whole, or `latest:` and what it begins with."""
    return plain if plain.count(".") > 1 or not plain[:1].isdigit() else f"latest:{plain}"


def _is_there(manager: str, evidence: Evidence) -> bool:
    """Tell whether the manager is in use: its folder is there, or its program is on PATH."""
    if evidence.get_status(managers.find_root(manager, evidence)) is not None:
        return True
    name = f"{manager}.exe" if os.name == "nt" else manager
    return any(
        os.access(f"{folder}/{name}", os.X_OK) for folder in system.list_path_folders(evidence)
    )
