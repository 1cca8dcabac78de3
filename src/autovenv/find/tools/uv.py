"""Which environment uv uses for a project (uv 0.13: crates/uv-workspace/src/workspace.rs)."""

from __future__ import annotations

import os

from autovenv import paths, toml
from autovenv.find import environments, markers
from autovenv.find.tools.project import Place, Project

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Fits = Callable[[str, str, list[int]], bool]

# What comparing a workspace's globs with a folder may take, in comparisons: at most 0.1 s. Fifty
# globs take some thousands; more than this is a stranger's doing, and the folder is no member.
STEPS = 50_000

# Whoever has a container's environment beside the host's `.venv` sets it (astral-sh/uv 11454).
VARIABLE = "UV_PROJECT_ENVIRONMENT"


def locate(project: Project) -> Place | None:
    """Return where uv's environment is: the workspace's `.venv`, or what the variable says.

    None where that is the `.venv` in the project's own folder, or uv doesn't manage it.
    """
    if toml.look_up(project.pyproject, "tool", "uv", "managed") is False:
        return None
    root = find_workspace(project)
    named = project.evidence.read_variable(VARIABLE)
    if not named and root in (project.folder, project.real):
        return None
    return Place(os.path.normpath(os.path.join(root or "/", named or ".venv")))


def find_preferred(project: Project) -> Place | None:
    """Return where the variable says that uv's environment is, whatever is in the project.

    None where the variable isn't set, or nothing says that the project is uv's: in a container it
    may be set for all.
    """
    place = locate(project) if project.evidence.read_variable(VARIABLE) else None
    return place if place and _is_uvs(project, place) else None


def _is_uvs(project: Project, place: Place) -> bool:
    """Tell whether uv has to do with it: by its table, its lock file, or what it made there."""
    evidence = project.evidence
    if toml.look_up(project.pyproject, "tool", "uv") is not None:
        return True
    if evidence.get_status(f"{find_workspace(project)}/uv.lock") is not None:
        return True
    settings = environments.parse_settings(evidence.read(f"{place.path}/pyvenv.cfg"))
    return settings is not None and "uv" in settings


def find_workspace(project: Project) -> str:
    """Return the folder of the workspace that the project is in, its own where it is in none.

    The nearest pyproject.toml above decides, above the folder without links, where uv stands.
    Whether there is one needs no noting where that is the way that the shell walks, too: it is a
    marker there, and a record holds for just the markers that were seen.
    """
    is_linked = os.path.normcase(project.real) != os.path.normcase(project.folder)
    own = markers.trim(project.real) if is_linked else project.folder
    if toml.look_up(project.pyproject, "tool", "uv", "workspace") is not None:
        return own
    if toml.look_up(project.pyproject, "project") is None:
        return own
    home = markers.trim(project.evidence.read_variable(paths.HOME))
    tops = ("", home, os.path.realpath(home or "/"), os.path.splitdrive(own)[0])
    ends = {os.path.normcase(top) for top in tops}
    above = own
    while os.path.normcase(above) not in ends:
        above = above.rpartition("/")[0]
        file = f"{above}/pyproject.toml"
        if project.evidence.get_status(file) is not None if is_linked else os.path.isfile(file):
            return above if _has_member(above, own, project) else own
    return own


def _has_member(root: str, folder: str, project: Project) -> bool:
    settings = toml.parse(project.evidence.read(f"{root}/pyproject.toml") or "")
    table = toml.look_up(settings, "tool", "uv", "workspace")
    parts = folder[len(root) + 1 :].split("/")
    members, excluded = toml.read_strings(table, "members"), toml.read_strings(table, "exclude")
    steps = [STEPS]
    is_member = _is_listed(parts, members, steps) and not _is_listed(parts, excluded, steps)
    return is_member and steps[0] > 0


def _is_listed(parts: list[str], patterns: list[str], steps: list[int]) -> bool:
    for pattern in patterns:
        steps[0] -= len(pattern)
        if steps[0] <= 0:
            return False
        names = [part for part in pattern.split("/") if part not in ("", ".")]
        if _fits(parts, names, "**", _does_name_fit, steps):
            return True
    return False


def _fits(
    items: Sequence[str], pattern: list[str], any_number: str, fits: Fits, steps: list[int]
) -> bool:
    """Tell whether the items match the pattern, in which `any_number` stands for any of them.

    The last such place alone is ever tried again. `steps` has how many comparisons are left; where
    none is, nothing matches.
    """
    item = part = tried = 0
    last = -1
    while item < len(items):
        steps[0] -= 1
        if steps[0] <= 0:
            return False
        if part < len(pattern) and pattern[part] == any_number:
            last, tried = part, item
            part += 1
        elif part < len(pattern) and fits(items[item], pattern[part], steps):
            item += 1
            part += 1
        elif last >= 0:
            tried += 1
            item, part = tried, last + 1
        else:
            return False
    return all(rest == any_number for rest in pattern[part:])


def _does_name_fit(name: str, pattern: str, steps: list[int]) -> bool:
    """Tell whether a name matches a glob with `*`, `?`, `[a-z]` and `[!a-z]`."""
    tokens = []
    position = 0
    last = pattern.rfind("]")
    while position < len(pattern):
        end = (
            pattern.find("]", position + 2)
            if pattern[position] == "[" and position + 2 <= last
            else -1
        )
        tokens.append(pattern[position : max(end, position) + 1])
        position += len(tokens[-1])
    steps[0] -= len(pattern)
    return _fits(name, tokens, "*", _does_character_fit, steps)


def _does_character_fit(character: str, token: str, steps: list[int]) -> bool:
    steps[0] -= len(token)
    if len(token) == 1:
        return token in ("?", character)
    wanted = token[1] != "!"
    position, end = 1 if wanted else 2, len(token) - 1
    while end - position > 2 and token[position + 1] == "-":
        if token[position] <= character <= token[position + 2]:
            return wanted
        position += 3
    return (character in token[position:end]) is wanted
