"""Finds the environment that a project's tool keeps for it elsewhere than in `.venv` or `venv`.

What is found agrees with what the tool itself says (`poetry env info`, `pipenv --venv`, `hatch env
find`, ...) without running it: that takes it a quarter of a second and more. A tool's module is
imported only where that tool may have to do with the project.
"""

from __future__ import annotations

import os

from autovenv import paths
from autovenv.find import environments
from autovenv.find.environments import Environment
from autovenv.find.makers import toml
from autovenv.find.makers.project import Project
from autovenv.verdict import SETTINGS_GONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.find.makers.project import Place

# The markers of a project whose environment may lie elsewhere.
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
    for maker in _makers(project):
        place = _locate(maker, project)
        found = _at(place, maker, evidence) if place else None
        if found is not None:
            return found
    return None


def find_preferred(
    folder: str, names: list[str], evidence: Evidence
) -> tuple[bool, Environment | None]:
    """Tell whether another environment than the `.venv` in `folder` was chosen; return that one.

    It may not be there yet: the `.venv` isn't the one that the tool uses, all the same.
    """
    from autovenv.find.makers import pdm, uv

    project = Project(folder, names, evidence)
    own = [f"{folder}/{name}" for name in (".venv", "venv")]
    for maker, choose in (("pdm", pdm.preferred), ("uv", uv.preferred)):
        place = choose(project) if _MARKER[maker] in names else None
        if place is None:
            continue
        if place.path in own or os.path.realpath(place.path) in map(os.path.realpath, own):
            return False, None
        return True, _at(place, maker, evidence)
    return False, None


def _at(place: Place, maker: str, evidence: Evidence) -> Environment | None:
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
    environment.source, environment.maker = place.named_by, maker
    return environment


def _makers(project: Project) -> list[str]:
    """Return the tools to be asked, in this order: a choice that was made, then signs of a tool.

    Poetry and hatch leave no sign where they are used for the environment alone, but what they
    made for the project bears its path's hash.
    """
    makers = []
    if ".pdm-python" in project.names:
        makers.append("pdm")
    if "Pipfile" in project.names:
        makers.append("pipenv")
    if "pyproject.toml" in project.names:
        makers += [maker for maker in ("poetry", "pdm", "uv", "hatch") if _signed(project, maker)]
        makers += ["poetry", "hatch"]
    return list(dict.fromkeys(makers))


def _signed(project: Project, maker: str) -> bool:
    """Tell whether pyproject.toml says that the tool has to do with the project.

    uv always may: it takes any project that is in a workspace or for which a variable is set.
    """
    if maker == "uv" or toml.look_up(project.pyproject, "tool", maker) is not None:
        return True
    backend = toml.text(project.pyproject, "build-system", "build-backend")
    return backend.startswith(_BACKENDS[maker])


def _locate(maker: str, project: Project) -> Place | None:
    if maker == "poetry":
        from autovenv.find.makers import poetry

        return poetry.locate(project)
    if maker == "pipenv":
        from autovenv.find.makers import pipenv

        return pipenv.locate(project)
    if maker == "hatch":
        from autovenv.find.makers import hatch

        return hatch.locate(project)
    if maker == "pdm":
        from autovenv.find.makers import pdm

        return pdm.locate(project)
    from autovenv.find.makers import uv

    return uv.locate(project)
