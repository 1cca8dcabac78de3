"""The commands that fix what is wrong with an environment, as the tool that made it would.

The only place where a command is built that could destroy something: nothing is made again over a
folder that holds what isn't an environment's, nor over what only a link or a file leads to.
"""

from __future__ import annotations

import os

from autovenv import paths, verdict
from autovenv.find import environments
from autovenv.toolbox import PYPROJECT, TOOLS
from autovenv.verdict import Problem, Remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment

PYTHON = "py" if os.name == "nt" else "python3"
AGAIN, THEN = "to make it again", "then"

# What is fixed where an environment is made again in its place.
_REMADE = (verdict.INTERPRETER_GONE, verdict.MOVED, verdict.INTERRUPTED)

# What venv, virtualenv, uv, pipenv and packages put at the top of an environment: `--clear` takes
# away whatever else is there, unasked (python/cpython 90484, astral-sh/uv 19395). `src`, where pip
# keeps checkouts that may hold somebody's work, counts only while it is empty, as pipenv makes it.
_PARTS = frozenset(("bin", "include", "lib", "lib64", "share", "etc", "man", "scripts", "tcl"))
_PARTS |= {"pyvenv.cfg", ".gitignore", ".lock", "cachedir.tag", ".ds_store", ".project"}


def add_remedies(
    environment: Environment, folder: str, names: list[str], evidence: Evidence
) -> Problem | None:
    """Return the problem of an environment with the commands that fix it.

    `folder` is the one whose markers, `names`, led to it.
    """
    problem = environment.problem
    if problem is None or problem.remedies or problem.reason not in _REMADE:
        return problem
    if not is_replaceable(environment, folder, evidence):
        return problem
    ways = _list_again(environment, problem, folder, names, evidence)
    return Problem(problem.reason, problem.path, problem.message, ways)


def list_for_tracked(environment: Environment) -> list[Remedy]:
    """Return what takes an environment out of a repository that it was committed to, if one did."""
    from autovenv.git import repositories

    folder, name = os.path.split(environment.path)
    if environment.source or not repositories.find_tracking_top(environment.path):
        return []
    words = ["git", "rm", "-r", "--cached", name]
    return [Remedy(words, "if it was committed by mistake (.gitignore is to name it)", folder)]


def list_to_make(program: str, folder: str, names: list[str], evidence: Evidence) -> list[Remedy]:
    """Return the command that makes the environment of a project that has none.

    `program` is the Python that it is to be of, where the project isn't a tool's.
    """
    tool = find_tool(folder, names, evidence)
    if not tool and "pyproject.toml" in names and _is_on_path("uv", evidence):
        tool = "uv"  # `uv init` leaves no sign of itself but the pin
    if tool:
        return [Remedy(TOOLS[tool].install, "to make its environment", folder)]
    words = [program, "-m", "venv", ".venv"]
    return [Remedy(words, "to make an environment with it", folder, is_repeatable=False)]


def find_tool(folder: str, names: list[str], evidence: Evidence) -> str:
    """Return the tool that makes the project's environments, by its signs; "" where it has none.

    A lock file is the surest; a build backend alone, such as hatchling, says nothing of
    environments.
    """
    from autovenv import toml
    from autovenv.find.tools.project import Project

    project = Project(folder, names, evidence)
    if PYPROJECT in names:
        # uv's first: whoever goes over to it may have left the other's behind.
        for tool in (TOOLS["uv"], *TOOLS.values()):
            if tool.lock and evidence.get_status(project.find_file(tool.lock)) is not None:
                return tool.name
        for tool in TOOLS.values():
            if tool.table and toml.look_up(project.pyproject, "tool", *tool.table) is not None:
                return tool.name
    for tool in TOOLS.values():
        if any(marker in names for marker in tool.markers if marker != PYPROJECT):
            return tool.name
    return ""


def is_replaceable(environment: Environment, folder: str, evidence: Evidence) -> bool:
    """Tell whether nothing is lost that isn't an environment's when it is made again."""
    path = environment.path
    is_own_place = environment.tool or os.path.dirname(path) == paths.make_folder(folder)
    if environment.source or not is_own_place or os.path.islink(path):
        return False
    settings = environments.parse_settings(evidence.read(f"{path}/pyvenv.cfg"))
    if not settings or "home" not in settings:
        return False
    names = {name for name in evidence.list_names(path) if name.lower() not in _PARTS}
    if names - {"src"} or evidence.list_names(f"{path}/src"):
        return False
    from autovenv.git import repositories

    return not repositories.find_tracked(path)[0]


def _list_again(
    environment: Environment,
    problem: Problem,
    folder: str,
    names: list[str],
    evidence: Evidence,
) -> list[Remedy]:
    tool = environment.tool or find_tool(folder, names, evidence)
    if not tool:
        return _list_for_plain(environment.path, folder, evidence)
    row = TOOLS[tool]
    if problem.reason == verdict.INTERPRETER_GONE and row.repairs:
        return [Remedy(row.install, AGAIN, folder)]
    clear = Remedy(row.clear, AGAIN, folder, is_repeatable=False)
    return [clear, Remedy(row.install, THEN, folder)]


def _list_for_plain(path: str, folder: str, evidence: Evidence) -> list[Remedy]:
    """Return what makes a plain environment again, and installs its requirements."""
    settings = environments.parse_settings(evidence.read(f"{path}/pyvenv.cfg")) or {}
    by_uv = "uv" in settings and _is_on_path("uv", evidence)
    made_by = ["uv", "venv"] if by_uv else [PYTHON, "-m", "venv"]
    if "virtualenv" in settings and _is_on_path("virtualenv", evidence):
        made_by = ["virtualenv"]
    ways = [Remedy([*made_by, "--clear", path], AGAIN, is_repeatable=False)]
    listed = os.path.join(paths.make_folder(folder), "requirements.txt")
    if evidence.get_status(listed) is not None:
        python = os.path.join(path, environments.BIN, environments.PYTHON)
        installer = ["uv", "pip", "install", "--python"] if by_uv else []
        installer = [*installer, python] if by_uv else [python, "-m", "pip", "install"]
        ways.append(Remedy([*installer, "-r", listed], THEN))
    return ways


def _is_on_path(name: str, evidence: Evidence) -> bool:
    name = f"{name}.exe" if os.name == "nt" else name
    folders = filter(os.path.isabs, evidence.read_variable("PATH").split(os.pathsep))
    return any(os.access(os.path.join(folder, name), os.X_OK) for folder in folders)
