"""Finds the environment that a project's tool keeps for it elsewhere than in `.venv` or `venv`.

What is found agrees with what the tool itself says (`poetry env info`, `pipenv --venv`, `hatch env
find`, ...) without running it: that takes it a quarter of a second and more. A tool's module is
imported only where that tool may have to do with the project.
"""

from __future__ import annotations

import os

from autovenv import paths, toml
from autovenv.find import environments
from autovenv.find.environments import Environment
from autovenv.find.tools.project import Project
from autovenv.verdict import SETTINGS_GONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from autovenv.evidence import Evidence
    from autovenv.find.tools.project import Place

# The markers of a project whose environment may be elsewhere.
MARKERS = ("pyproject.toml", "Pipfile", ".pdm-python")

# The marker without which a tool has chosen nothing.
_MARKER = {"pdm": ".pdm-python", "uv": "pyproject.toml"}

# How a build backend's name begins where the tool wrote it.
_BACKENDS = {"poetry": "poetry.", "pdm": "pdm.", "hatch": "hatchling."}


def find(folder: str, names: list[str], evidence: Evidence) -> Environment | None:
    """Return the environment that a tool uses for the project in `folder`, None where none does.

    `names` are the markers that were seen there. A broken environment is returned with what is
    broken about it, and so is a choice between several that only the user can make. `source` is
    the project's file in which its very path is written; without one it was found by the project's
    name and path in a folder of the user's.
    """
    project = Project(folder, names, evidence)
    for tool in _tools(project):
        place = load(tool).locate(project)
        found = _at(place, tool, evidence) if place else None
        if found is not None:
            return found
    return None


def find_preferred(
    folder: str, names: list[str], evidence: Evidence
) -> tuple[bool, Environment | None]:
    """Tell whether another environment than the `.venv` in `folder` was chosen; return that one.

    It may not be there yet: the `.venv` isn't the one that the tool uses, all the same.
    """
    from autovenv.find.tools import pdm, uv

    project = Project(folder, names, evidence)
    own = [f"{folder}/{name}" for name in (".venv", "venv")]
    for tool, choose in (("pdm", pdm.preferred), ("uv", uv.preferred)):
        place = choose(project) if _MARKER[tool] in names else None
        if place is None:
            continue
        if place.path in own or os.path.realpath(place.path) in map(os.path.realpath, own):
            return False, None
        return True, _at(place, tool, evidence)
    return False, None


def _at(place: Place, tool: str, evidence: Evidence) -> Environment | None:
    """Return the environment in a place of a tool's.

    A prefix without pyvenv.cfg that isn't conda's is a system's, as where uv was told to install
    into /usr/local.
    """
    if place.problem:
        return Environment(paths.native(place.path), "", "", place.problem)
    environment = environments.examine(place.path, evidence)
    if environment is None:
        return None
    if environment.problem and environment.problem.reason == SETTINGS_GONE:
        return None
    environment.source, environment.tool = place.named_by, tool
    return environment


def _tools(project: Project) -> list[str]:
    """Return the tools to be asked, in this order: a choice that was made, then signs of a tool.

    Poetry and hatch leave no sign where they are used for the environment alone, but what they
    made for the project bears its path's hash.
    """
    tools = []
    if ".pdm-python" in project.names:
        tools.append("pdm")
    if "Pipfile" in project.names:
        tools.append("pipenv")
    if "pyproject.toml" in project.names:
        tools += [tool for tool in ("poetry", "pdm", "uv", "hatch") if _signed(project, tool)]
        tools += ["poetry", "hatch"]
    return list(dict.fromkeys(tools))


def _signed(project: Project, tool: str) -> bool:
    """Tell whether pyproject.toml says that the tool has to do with the project.

    uv always may: it takes any project that is in a workspace or for which a variable is set.
    """
    if tool == "uv" or toml.look_up(project.pyproject, "tool", tool) is not None:
        return True
    backend = toml.text(project.pyproject, "build-system", "build-backend")
    return backend.startswith(_BACKENDS[tool])


def load(tool: str) -> ModuleType:
    """Return the module of a tool: its `locate(project)`, and its commands INSTALL and CLEAR."""
    module: ModuleType = __import__(f"{__name__}.{tool}", fromlist=["locate"])
    return module
