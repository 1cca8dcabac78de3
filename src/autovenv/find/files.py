"""Pins in the files of asdf and mise: `.tool-versions`, and `[tools] python` in mise.toml.

As asdf (lib/functions/versions.bash) and mise (src/config/config_file/) have them: of several
versions the first counts. What a file says of other tools says nothing here.
"""

from __future__ import annotations

import os
from stat import S_ISREG

from autovenv import paths
from autovenv.find import pins
from autovenv.find.interpreters import managers
from autovenv.find.markers import MISE, TOOL_VERSIONS
from autovenv.find.pins import Pin
from autovenv.text import cite
from autovenv.verdict import PIN_UNUSABLE, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from autovenv.evidence import Evidence

# Who reads a file: it is asked first for what is installed, and its variable comes before the file.
_READERS = {
    TOOL_VERSIONS: (managers.ASDF, managers.MISE),
    MISE: (managers.MISE,),
}
_VARIABLES = {managers.ASDF: "ASDF_PYTHON_VERSION", managers.MISE: "MISE_PYTHON_VERSION"}

_NAMES = ("python", "core:python")

# Where an installation has its interpreter.
_PROGRAM = (paths.PYTHON,) if os.name == "nt" else (paths.BIN, paths.PYTHON)


def look(path: str, evidence: Evidence) -> Pin | None:
    """Return what the file at `path` pins for Python, None where it says nothing of it."""
    path = paths.make_native(path)
    name = os.path.basename(path)
    status = evidence.get_status(path)
    if status is None or not S_ISREG(status.st_mode):
        return None
    text = evidence.read(path)
    if text is None:
        return None  # it may be about other tools alone
    version = _PARSERS[name](text)
    if not version:
        return None
    for manager in _READERS[name]:
        chosen = evidence.read_variable(_VARIABLES[manager]).strip()
        if chosen and evidence.get_status(managers.find_root(manager, evidence)) is not None:
            return _parse_version(chosen.split()[0], _VARIABLES[manager], name)
    return _parse_version(version, path, name)


def _read_tool_versions(text: str) -> str:
    """Return the first version of the first line that is about Python; `#` begins a comment."""
    for line in text.split("\n"):
        words = line.partition("#")[0].split()
        if len(words) > 1 and words[0] in _NAMES:
            return words[1]
    return ""


def _read_mise(text: str) -> str:
    """Return the version in `[tools] python`: a text, a table with one, or a list of either."""
    from autovenv import toml

    tools = toml.look_up(toml.parse(text), "tools")
    for name in _NAMES:
        found = toml.look_up(tools, name)
        if isinstance(found, list):
            found = found[0] if found else None
        if isinstance(found, dict):
            found = found.get("version")
        if isinstance(found, str) and found.strip():
            return found.strip()
    return ""


def _parse_version(version: str, path: str, name: str) -> Pin:
    """Return the pin in the words of `.python-version`, which knows no kinds before a colon."""
    kind, colon, rest = version.partition(":")
    if "{{" in version:
        message = f"it pins {cite(version)}: a template is mise's alone to fill in"
        return Pin("", path, Problem(PIN_UNUSABLE, path, message))
    if version == "latest":
        version = "3"
    elif colon and kind in ("latest", "prefix"):
        version = "3" if rest == "latest" else rest
    elif colon and kind == "ref":
        version = f"ref-{rest}"
    elif colon and kind == "path":
        version = os.path.join(rest, *_PROGRAM) if os.path.isabs(rest) else rest
    pin = pins.parse_text(version, path)
    pin.managers = _READERS[name]
    return pin


# What finds the version in each file's text.
_PARSERS: dict[str, Callable[[str], str]] = {TOOL_VERSIONS: _read_tool_versions, MISE: _read_mise}
