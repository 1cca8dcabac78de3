"""Finds the environment that a project's tool keeps for it elsewhere than in `.venv` or `venv`.

What is found agrees with what the tool itself says (`poetry env info`, `pipenv --venv`, `hatch env
find`, ...) without running it: that takes it a quarter of a second and more. A tool's module is
imported only where that tool may have to do with the project.
"""

from __future__ import annotations

import os

from autovenv import paths, toml, toolbox
from autovenv.find import environments
from autovenv.find.environments import Environment
from autovenv.find.tools.project import Project
from autovenv.toolbox import PYPROJECT, TOOLS, Tool
from autovenv.verdict import SETTINGS_GONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from autovenv.evidence import Evidence
    from autovenv.find.tools.project import Place


def find(folder: str, names: list[str], evidence: Evidence) -> Environment | None:
    """Return the environment that a tool uses for the project in `folder`, None where none does.

    `names` are the markers that were seen there. A broken environment is returned with what is
    broken about it, and so is a choice between several that only the user can make. `source` is
    the project's file in which its very path is written; without one it was found by the project's
    name and path in a folder of the user's.
    """
    project = Project(folder, names, evidence)
    for tool in _list_tools(project):
        place = _load(tool).locate(project)
        found = _examine(place, tool, evidence) if place else None
        if found is not None:
            return found
    return None


def find_preferred(
    folder: str, names: list[str], evidence: Evidence
) -> tuple[bool, Environment | None]:
    """Tell whether another environment than the `.venv` in `folder` was chosen; return that one.

    It may not be there yet: the `.venv` isn't the one that the tool uses, all the same.
    """
    project = Project(folder, names, evidence)
    own = [f"{folder}/{name}" for name in (".venv", "venv")]
    for tool in TOOLS.values():
        if tool.chosen_by is None or tool.chosen_by[0] not in names:
            continue
        place = _load(tool).find_preferred(project)
        if place is None:
            continue
        if place.path in own or os.path.realpath(place.path) in map(os.path.realpath, own):
            return False, None
        return True, _examine(place, tool, evidence)
    return False, None


def _examine(place: Place, tool: Tool, evidence: Evidence) -> Environment | None:
    """Return the environment in a place of a tool's.

    A prefix without pyvenv.cfg that isn't conda's is a system's, as where uv was told to install
    into /usr/local.
    """
    if place.problem:
        return Environment(paths.make_native(place.path), "", "", place.problem)
    environment = environments.examine(place.path, evidence)
    if environment is None:
        return None
    if environment.problem and environment.problem.reason == SETTINGS_GONE:
        return None
    environment.source, environment.tool = place.named_by, tool.name
    return environment


def _list_tools(project: Project) -> list[Tool]:
    """Return the tools to be asked: first those with a marker of their own, then those with signs.

    Poetry and hatch leave no sign where they are used for the environment alone, but what they
    made for the project bears its path's hash.
    """
    names, tools = project.names, TOOLS.values()
    asked = [tool for tool in tools if any(m in names for m in tool.markers if m != PYPROJECT)]
    if PYPROJECT in names:
        by_it = [tool for tool in tools if PYPROJECT in tool.markers]
        asked += [tool for tool in by_it if _is_signed(project, tool)]
        asked += [tool for tool in by_it if tool.turn == toolbox.AFTER_OTHERS]
    return list(dict.fromkeys(asked))


def _is_signed(project: Project, tool: Tool) -> bool:
    """Tell whether pyproject.toml says that the tool has to do with the project."""
    if tool.turn == toolbox.EVERYWHERE:
        return True
    if toml.look_up(project.pyproject, "tool", tool.name) is not None:
        return True
    backend = toml.read_text(project.pyproject, "build-system", "build-backend")
    return bool(tool.backend) and backend.startswith(tool.backend)


def _load(tool: Tool) -> ModuleType:
    """Return the module of a tool: `locate(project)`, and `find_preferred` where it is needed."""
    module: ModuleType = __import__(f"{__name__}.{tool.name}", fromlist=["locate"])
    return module
