"""The paths that an environment records as its own: read as data from scripts and settings.

An archive that guesses where it will be unpacked has but one guess: all of them must agree.
"""

from __future__ import annotations

import os

from autovenv import reading
from autovenv.find import environments, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from autovenv.evidence import Evidence

# How a line begins that records the path; what follows is a word of that script's language.
_SCRIPTS = {
    "activate.csh": ("setenv VIRTUAL_ENV ",),
    "activate.fish": ("set -gx VIRTUAL_ENV ",),
    "activate.nu": ("let virtual_env = ", "const virtual_env = "),
}

_HEAD = 16 * 1024  # bytes of a script; the tools' own are shorter
_PIPS = 4  # scripts of pip's that are read


def list_places(path: str, evidence: Evidence) -> list[str]:
    """Return the absolute paths that the environment at `path` records, each once, in any spelling.

    There may be more than environments.RECORDED: that is for the caller to judge. The files beside
    `activate` aren't noted: `bin` is, and what changes in them later was made here.
    """
    folder = os.path.join(path, environments.BIN)
    activate = evidence.read(os.path.join(folder, "activate")) or ""
    found = dict.fromkeys(environments.read_places(activate, path))
    if "\n" in path:
        return [*found]  # no other file is read by more than a line
    for name in sorted(evidence.list_names(folder)):
        if name in _SCRIPTS:
            found.update(
                dict.fromkeys(_find_in_script(_read_head(os.path.join(folder, name)), name, path))
            )
    pips = [name for name in sorted(evidence.list_names(folder)) if name.startswith("pip")]
    for name in pips[:_PIPS]:
        found.update(dict.fromkeys(_find_in_launcher(_read_head(os.path.join(folder, name)), path)))
    settings = environments.parse_settings(evidence.read(f"{path}/pyvenv.cfg")) or {}
    found.update(dict.fromkeys(_find_in_command(settings.get("command", ""))))
    return [place for place in found if os.path.isabs(place) and "\0" not in place]


def _read_head(path: str) -> str:
    """Return how a script begins, "" for a link, a folder or what can't be read."""
    content = reading.read(path, _HEAD, follows=False) or b""
    return content.decode("utf-8", "surrogateescape")


def _find_in_script(text: str, name: str, path: str) -> Iterator[str]:
    read = words.list_nu_readings if name == "activate.nu" else words.list_readings
    for start in _SCRIPTS[name]:
        before, *rests = text.split(start)
        for rest in rests:
            if not before.rpartition("\n")[2].strip():  # it begins a line
                found = read(rest.partition("\n")[0].rstrip(), path)
                yield from [path] if path in found else found[:1]
            before = rest


def _find_in_launcher(text: str, path: str) -> Iterator[str]:
    """Yield the environment of the interpreter in the first line, or in the second behind sh's."""
    first, _, rest = text.partition("\n")
    programs = [first.removeprefix("#!").strip()]
    if programs == ["/bin/sh"]:
        word = rest.partition("\n")[0].removeprefix("'''exec' ").removesuffix(' "$0" "$@"')
        programs = words.list_readings(word, path)
    for program in programs[:1] if first.startswith("#!") else ():
        if os.path.basename(os.path.dirname(program)) == environments.BIN:
            yield os.path.dirname(os.path.dirname(program))


def _find_in_command(command: str) -> Iterator[str]:
    """Yield the path at the end of the command that made it (venv from 3.11 on, virtualenv).

    Nothing in it is quoted, so that with options in front of it nobody can tell where it begins.
    """
    for module in (" -m venv /", " -m virtualenv /"):
        _, found, rest = command.partition(module)
        if found:
            yield f"/{rest}"
