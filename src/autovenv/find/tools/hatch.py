"""Where hatch keeps a project's default environment (hatch 1.18: env/virtual.py, cli/)."""

from __future__ import annotations

import os

from autovenv import toml
from autovenv.find import places, reach
from autovenv.find.tools.project import Place, Project, canonicalize, shorten
from autovenv.hashes import compute_sha256


def locate(project: Project) -> Place | None:
    """Return where hatch's default environment is.

    Not followed: settings that a matrix or an override of the environment makes.
    """
    hashed = make_identity(project.real)
    if not hashed:
        return None
    default, file = _read_default_environment(project)
    chosen = project.evidence.read_variable("HATCH_ENV_TYPE_VIRTUAL_PATH")
    named = toml.read_text(default, "path")
    if chosen or named:
        path = os.path.normpath(os.path.join(project.real, chosen or named))
        if not chosen and reach.is_remote(path, project.folder):
            return None
        return Place(path, "" if chosen else file)
    name = canonicalize(
        toml.read_text(project.pyproject, "project", "name") or _name_folder(project)
    )
    kind = toml.read_text(default, "type") or "virtual"
    if not kind.replace("-", "").replace("_", "").isalnum():
        return None  # a plugin's name is one word: it doesn't lead out of the root
    root = _find_root(project, kind)
    flat = f"{places.find_home(project.evidence)}/.virtualenvs"
    if os.path.normcase(root) == os.path.normcase(flat) or _is_within(root, project.real):
        return Place(f"{root}/{name}")
    return Place(f"{root}/{name}/{hashed}/{name}")


def make_identity(root: str) -> str:
    """Return the hash that stands for a project's folder, "" for one whose path isn't UTF-8."""
    path = root.casefold() if places.PLATFORM in ("win32", "darwin") else root
    try:
        return shorten(compute_sha256(path.encode("utf-8")))
    except UnicodeEncodeError:
        return ""


def _read_default_environment(project: Project) -> tuple[object, str]:
    """Return the settings of the environment `default`, and the project's file that has them.

    hatch.toml's tables take the place of those below [tool.hatch].
    """
    own = project.read_table("hatch.toml")
    if "envs" in own:
        return toml.look_up(own, "envs", "default"), project.find_file("hatch.toml")
    settings = toml.look_up(project.pyproject, "tool", "hatch", "envs", "default")
    return settings, project.find_file("pyproject.toml")


def _name_folder(project: Project) -> str:
    return os.path.basename(project.real)


def _find_root(project: Project, kind: str) -> str:
    """Return the folder of all environments of the type `kind`, which a plugin may have added."""
    evidence = project.evidence
    config = _read_config(project)
    path = toml.read_text(config, "dirs", "env", kind)
    if not path:
        data = evidence.read_variable("HATCH_DATA_DIR") or toml.read_text(config, "dirs", "data")
        path = f"{data or places.find_data('hatch', evidence)}/env/{kind}"
    path = places.expand_variables(path, evidence)
    return os.path.normpath(os.path.join(project.real, path))


def _read_config(project: Project) -> dict[str, object]:
    evidence = project.evidence
    path = evidence.read_variable("HATCH_CONFIG")
    if path:
        return project.read_settings(os.path.join(project.real, path))
    return project.read_settings(f"{places.find_config('hatch', evidence)}/config.toml")


def _is_within(path: str, folder: str) -> bool:
    path, folder = os.path.normcase(reach.resolve(path)), os.path.normcase(folder)
    return path.startswith(f"{folder.rstrip(os.sep)}{os.sep}")
