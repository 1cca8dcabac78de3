"""The walk from a folder upward that notes every marker: the same walk as the shells'."""

from __future__ import annotations

import os

from autovenv import paths, toolbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

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
# built into every hook, with the user's own names for environments in it (`list_with`). A project's
# markers are in the rows of the tools.
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

# How many names of their own a user may have for environments, and how long one may be: the shells
# look for each in every folder, and the store's folder is called by all of them.
NAMES_LIMIT, NAME_LENGTH = 5, 40

# What is one plain word to every shell, and a file's name on every system.
_PLAIN = frozenset("+-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_PORTS = (f"{port}{number}" for port in ("com", "lpt") for number in range(10))
_DEVICES = ("aux", "con", "nul", "prn", *_PORTS)


def is_plain(name: str) -> bool:
    """Tell whether an environment of that name can be looked for."""
    is_word = 0 < len(name) <= NAME_LENGTH and _PLAIN.issuperset(name)
    if not is_word or name[0] == "-" or name[-1] == ".":  # Windows drops a dot at the end
        return False
    return name.partition(".")[0].lower() not in _DEVICES  # these are in each folder there


# What a shell says beside its names where it sees links, and doesn't follow them: no plain name.
LINKS = "@"


def choose_names(wanted: Iterable[object]) -> tuple[str, ...]:
    """Return those that are looked for of the names that a user wants for environments.

    Each of them is plain, no marker anyway, and there once; the first NAMES_LIMIT count.
    """
    names = [name for name in wanted if isinstance(name, str)]
    names = [name for name in names if is_plain(name) and name not in KINDS]
    return tuple(dict.fromkeys(names))[:NAMES_LIMIT]


def list_with(names: Iterable[str]) -> tuple[str, ...]:
    """Return all that is looked for, with the user's own names behind `.venv` and `venv`."""
    behind = MARKERS.index(ENVIRONMENTS[-1]) + 1
    return (*MARKERS[:behind], *names, *MARKERS[behind:])


def list_environments(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names under which an environment is looked for, with the user's own."""
    return (*ENVIRONMENTS, *names)


def find_kind(name: str) -> str:
    """Return the kind of a marker that a walk found: what is in no list is a name of the user's."""
    return KINDS.get(name, Kind.ENVIRONMENT)


def has_environment(names: Iterable[str]) -> bool:
    """Tell whether one of a folder's markers is, or leads to, an environment."""
    return any(find_kind(name) == Kind.ENVIRONMENT for name in names)


class Marked:
    """A folder that holds markers: its path, and their names, in the order in which they count.

    The root is the empty string, as in the shells: `folder + "/" + name` is then always a marker's
    path. `links` are those names of which the walk didn't find out where they lead.
    """

    __slots__ = ("folder", "links", "names")

    def __init__(self, folder: str, names: list[str], links: Iterable[str] = ()) -> None:
        self.folder = folder
        self.names = names
        self.links = links

    def list_paths(self) -> list[str]:
        """Return the markers' paths."""
        return [f"{self.folder}/{name}" for name in self.names]


def walk(
    folder: str, home: str, names: Iterable[str] = (), *, sees_links: bool | None = None
) -> list[Marked]:
    """Return the folders at or above `folder` that hold markers, nearest first.

    `names` are the user's own for environments, in their order. The walk ends at `home` where that
    is on the way: looking above it can take seconds where homes are mounted on demand. `home` may
    be a link to a folder on the way. With `sees_links` a link is a marker, wherever it leads: it
    isn't followed. None is for whether this machine has hosts that one could lead to.
    """
    found = []
    if sees_links is None:
        sees_links = paths.has_hosts()
    is_there = os.path.lexists if sees_links else os.path.exists
    looked_for = list_with(names)
    here = trim(folder)
    root = os.path.splitdrive(here)[0]  # above a share, a look-up would ask the network for a host
    ends = [os.path.normcase(end) for end in (root, _find_top(here, trim(home)))]
    while True:
        there = [name for name in looked_for if is_there(f"{here}/{name}")]
        if there:
            links = [name for name in there if sees_links and os.path.islink(f"{here}/{name}")]
            found.append(Marked(here, there, links))
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


def write_sightings(found: list[Marked]) -> str:
    """Return the paths of all markers, each ended by a newline, as the shells build the text."""
    return "".join(f"{path}\n" for marked in found for path in marked.list_paths())


def trim(folder: str) -> str:
    r"""Return a folder as the walk writes it: `/` alone, none at its end, no `\\?\` before it."""
    if os.name == "nt":
        folder = folder.replace("\\", "/")
        if folder.startswith("//?/"):
            folder = f"//{folder[8:]}" if folder[4:8].upper() == "UNC/" else folder[4:]
    return folder.removesuffix("/")
