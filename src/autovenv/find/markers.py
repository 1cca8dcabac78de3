"""The walk from a folder upward that notes every marker: the same walk as the shells'."""

from __future__ import annotations

import os

from autovenv import toolbox

OPT_OUT = ".no-autovenv"
PIN, MISE, TOOL_VERSIONS = ".python-version", "mise.toml", ".tool-versions"


class Kind:
    """What a marker says, and so who reads it (the functions of `ask`)."""

    OPT_OUT = "opt-out"  # optouts: nothing is active here and below
    ENVIRONMENT = "environment"  # environments.look: a folder that is one, a file that leads to one
    LAYOUT = "layout"  # environments.find_of_direnv: a folder with environments in it
    PIN = "pin"  # pins.look for .python-version, files.look for all others
    PROJECT = "project"  # tools.find: a tool may keep an environment for it elsewhere


# What is looked for in a folder, and its kind. An opt-out decides first, then what is or leads to
# an environment (of both kinds, the first here), then a project, then the first pin. The list is
# built into every hook. A project's markers are in the rows of the tools.
KINDS = {
    OPT_OUT: Kind.OPT_OUT,
    ".venv": Kind.ENVIRONMENT,
    "venv": Kind.ENVIRONMENT,
    ".direnv": Kind.LAYOUT,
    PIN: Kind.PIN,
    MISE: Kind.PIN,
    TOOL_VERSIONS: Kind.PIN,
    **dict.fromkeys(toolbox.MARKERS, Kind.PROJECT),
}
MARKERS = tuple(KINDS)


def list_of_kind(kind: str) -> tuple[str, ...]:
    """Return the markers of a kind, in their order."""
    return tuple(name for name in MARKERS if KINDS[name] == kind)


ENVIRONMENTS = list_of_kind(Kind.ENVIRONMENT)
PINS = list_of_kind(Kind.PIN)
PROJECTS = list_of_kind(Kind.PROJECT)


def walk(folder: str, home: str) -> list[tuple[str, list[str]]]:
    """Return the folders at or above `folder` that hold markers, nearest first, with their names.

    The root is the empty string, as in the shells: `folder + "/" + name` is then always the
    marker's path. The walk ends at `home` where that is on the way: looking above it can take
    seconds where homes are mounted on demand. `home` may be a link to a folder on the way.
    """
    found = []
    here = trim(folder)
    root = os.path.splitdrive(here)[0]  # above a share, a look-up would ask the network for a host
    ends = [os.path.normcase(end) for end in (root, _find_top(here, trim(home)))]
    while True:
        names = [name for name in MARKERS if os.path.exists(f"{here}/{name}")]
        if names:
            found.append((here, names))
        if os.path.normcase(here) in ends or "/" not in here:
            return found
        here = here.rpartition("/")[0]


def _find_top(here: str, home: str) -> str:
    """Return the home as it is written in the path `here`, `home` where it isn't on the way."""
    if not home or f"{here}/".startswith(f"{home}/"):
        return home
    folder = here
    while folder:
        try:
            if os.path.samefile(folder, home):
                return folder
        except OSError:
            pass  # a folder that was removed, or may not be looked at
        folder = folder.rpartition("/")[0]
    return home


def write_sightings(found: list[tuple[str, list[str]]]) -> str:
    """Return the paths of all markers, each ended by a newline, as the shells build the text."""
    return "".join(f"{folder}/{name}\n" for folder, names in found for name in names)


def trim(folder: str) -> str:
    r"""Return a folder as the walk writes it: `/` alone, none at its end, no `\\?\` before it."""
    if os.name == "nt":
        folder = folder.replace("\\", "/")
        if folder.startswith("//?/"):
            folder = f"//{folder[8:]}" if folder[4:8].upper() == "UNC/" else folder[4:]
    return folder.removesuffix("/")
