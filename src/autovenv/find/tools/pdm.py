"""Which environment pdm uses for a project (pdm 2.29: project/core.py, cli/commands/venv/)."""

from __future__ import annotations

import os

from autovenv import toml
from autovenv.find import places, reach
from autovenv.find.environments import BIN, PYTHON
from autovenv.find.tools.project import Place, Project, shorten
from autovenv.hashes import compute_md5
from autovenv.verdict import SEVERAL, Problem, Remedy

CHOICE = ".pdm-python"


def locate(project: Project) -> Place | None:
    """Return where pdm's environment for the project is, None where it uses none.

    First comes the interpreter that was chosen. pdm checks that its version is one that the
    project allows, and of several central environments takes the first such: not done here.
    """
    interpreter, named_by = _read_chosen(project)
    prefix = os.path.dirname(os.path.dirname(interpreter))
    if interpreter and project.evidence.get_status(interpreter):
        return Place(prefix, named_by) if _is_environment(project, prefix) else None
    found = _find_associated(project)
    if found is None and interpreter and _is_environment(project, prefix):
        return Place(prefix, named_by)  # its interpreter is gone, and the user is to hear of it
    return found


def find_preferred(project: Project) -> Place | None:
    """Return the environment of the interpreter that was chosen, whatever is in the project."""
    interpreter, named_by = _read_chosen(project)
    prefix = os.path.dirname(os.path.dirname(interpreter))
    if (
        interpreter
        and project.evidence.get_status(interpreter)
        and _is_environment(project, prefix)
    ):
        return Place(prefix, named_by)
    return None


def make_prefix(project: Project) -> str:
    """Return what the names of all the project's central environments begin with."""
    try:
        hashed = shorten(compute_md5(project.real.replace("\\", "/").encode("utf-8")))
    except UnicodeEncodeError:
        return ""  # pdm itself fails
    return f"{os.path.basename(project.real)}-{hashed}-"


def _read_chosen(project: Project) -> tuple[str, str]:
    """Return the interpreter that pdm was told to use, and the project's file that names it."""
    variable = project.evidence.read_variable("PDM_PYTHON")
    path = variable or (project.evidence.read(project.find_file(CHOICE)) or "").strip()
    if not os.path.isabs(path) or "\0" in path:
        return "", ""
    if not variable and reach.is_remote(path, project.folder):
        return "", ""
    return path, "" if variable else project.find_file(CHOICE)


def _is_environment(project: Project, prefix: str) -> bool:
    evidence = project.evidence
    return any(evidence.get_status(f"{prefix}/{name}") for name in ("pyvenv.cfg", "conda-meta"))


def _find_associated(project: Project) -> Place | None:
    """Return the environment that pdm would take up again: one called env, else a central one."""
    folder = project.find_file("env")
    if project.evidence.get_status(os.path.join(folder, BIN, PYTHON)):
        return Place(folder)
    prefix = make_prefix(project)
    root, named_by = _find_root(project)
    names = [n for n in project.evidence.list_names(root) if prefix and n.startswith(prefix)]
    if len(names) > 1:
        several = ", ".join(sorted(name.removeprefix(prefix) for name in names))
        path = f"{root}/{prefix[:-1]}"
        remedy = Remedy(["pdm", "use"], "to choose one", project.folder)
        problem = Problem(SEVERAL, path, f"pdm has several here ({several})", [remedy])
        return Place(path, problem=problem)
    return Place(f"{root}/{names[0]}", named_by) if names else None


def _find_root(project: Project) -> tuple[str, str]:
    """Return the folder of central environments, and the project's file that names it, or ""."""
    evidence = project.evidence
    path = toml.read_text(project.read_table("pdm.toml"), "venv", "location")
    if reach.is_remote(os.path.join(project.real, path), project.folder):
        path = ""
    named_by = project.find_file("pdm.toml") if path else ""
    if not path:
        path = toml.read_text(_read_config(project), "venv", "location")
    path = path or f"{places.find_data('pdm', evidence, author=True)}/venvs"
    path = places.expand(path, evidence)
    return os.path.normpath(os.path.join(project.real, path)), named_by


def _read_config(project: Project) -> dict[str, object]:
    evidence = project.evidence
    path = evidence.read_variable("PDM_CONFIG_FILE") or (
        f"{places.find_config('pdm', evidence, author=True)}/config.toml"
    )
    return project.read_settings(os.path.join(project.real, path))
