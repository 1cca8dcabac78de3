"""Where Poetry keeps a project's environment (poetry 2.5: utils/env/env_manager.py, config/)."""

from __future__ import annotations

import os
from stat import S_ISDIR, S_ISREG

from autovenv import toml
from autovenv.find import environments, places, reach
from autovenv.find.tools.project import Place, Project, canonicalize, sanitize, shorten
from autovenv.hashes import compute_sha256
from autovenv.verdict import SEVERAL, Problem, Remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence

UNWANTED = ' $`!*@"\\\r\n\t'  # EnvManager.generate_env_name
CACHE = "{cache-dir}"


def locate(project: Project) -> Place | None:
    """Return where Poetry's environment for the project is, None where that is not central.

    What `poetry env use` picked is in envs.toml. Else Poetry takes the version of the python on
    PATH; that is looked at only where there are several, since a single one is what `poetry run`
    would use.
    """
    if _read_flag(project, "create") is False or _is_in_project(project):
        return None
    root, named_by = _find_root(project)
    base = make_name(project)
    minors = [
        name.removeprefix(f"{base}-py")
        for name in project.evidence.list_names(root)
        if name.startswith(f"{base}-py")
    ]
    if not minors:
        return None
    minor = _pick(project, root, base, minors)
    if not minor:
        return Place(f"{root}/{base}", problem=_make_undecided(project, f"{root}/{base}", minors))
    return Place(f"{root}/{base}-py{minor}", named_by)


def _make_undecided(project: Project, path: str, minors: list[str]) -> Problem:
    minors = sorted(minors, key=lambda minor: [int(n) for n in minor.split(".") if n.isdecimal()])
    message = f"Poetry has one for each of Python {', '.join(minors)}"
    choose = Remedy(["poetry", "env", "use", minors[-1]], "to choose one of them", project.folder)
    return Problem(SEVERAL, path, message, [choose])


def make_name(project: Project) -> str:
    """Return the name and the hash that all the project's environments share."""
    name = toml.read_text(project.pyproject, "project", "name") or toml.read_text(
        project.pyproject, "tool", "poetry", "name"
    )
    # A byte that isn't UTF-8 is left out of what is hashed (poetry's _compat.encode).
    hashed = compute_sha256(os.path.normcase(project.real).encode("utf-8", "ignore"))
    return f"{sanitize(canonicalize(name or 'non-package-mode'), UNWANTED)}-{shorten(hashed)}"


def _pick(project: Project, root: str, base: str, minors: list[str]) -> str:
    """Return the one of `minors` that Poetry would take, "" where that can't be told."""
    envs = toml.parse(project.evidence.read(f"{root}/envs.toml") or "")
    minor = toml.read_text(envs, base, "minor").strip()
    if minor in minors:
        return minor
    if len(minors) == 1:
        return minors[0]
    minor = "" if _read_flag(project, "use-poetry-python") else _find_minor_on_path(project)
    minor = minor or _find_own_minor(project.evidence)
    return minor if minor in minors else ""


def _is_in_project(project: Project) -> bool:
    """Tell whether Poetry uses the project's own `.venv`: there is one, and it isn't forbidden."""
    if _read_flag(project, "in-project") is False:
        return False
    status = project.evidence.get_status(project.find_file(".venv"))
    return status is not None and S_ISDIR(status.st_mode)


def _find_root(project: Project) -> tuple[str, str]:
    """Return the folder of all environments, and the project's file that names it, or ""."""
    path, named_by = _read_setting(project, "POETRY_VIRTUALENVS_PATH", "virtualenvs", "path")
    path = path or f"{CACHE}/virtualenvs"
    if CACHE in path:
        cache, cache_named_by = _read_setting(project, "POETRY_CACHE_DIR", "cache-dir")
        path = path.replace(CACHE, cache or places.find_cache("pypoetry", project.evidence))
        named_by = named_by or cache_named_by
    path = places.expand(path, project.evidence)
    path = os.path.normpath(os.path.join(project.real, path))
    if named_by and reach.is_remote(path, project.folder):
        return f"{places.find_cache('pypoetry', project.evidence)}/virtualenvs", ""
    return path, named_by


def _read_setting(project: Project, variable: str, *keys: str) -> tuple[str, str]:
    """Return a setting from the variable, poetry.toml or config.toml, and the project's file."""
    value = project.evidence.read_variable(variable)
    if value:
        return value, ""
    local = toml.read_text(project.read_table("poetry.toml"), *keys)
    if local:
        return local, project.find_file("poetry.toml")
    return toml.read_text(_read_config(project), *keys), ""


def _read_flag(project: Project, name: str) -> bool | None:
    variable = "POETRY_VIRTUALENVS_" + name.upper().replace("-", "_")
    value = project.evidence.read_variable(variable)
    if value:
        return value.lower() in ("true", "1")
    for table in (project.read_table("poetry.toml"), _read_config(project)):
        found = toml.look_up(table, "virtualenvs", name)
        if isinstance(found, bool):
            return found
    return None


def _read_config(project: Project) -> dict[str, object]:
    folder = project.evidence.read_variable("POETRY_CONFIG_DIR") or places.find_config(
        "pypoetry", project.evidence, roaming=True
    )
    return project.read_settings(f"{folder}/config.toml")


def _find_minor_on_path(project: Project) -> str:
    """Return X.Y of the python that is first on PATH, "" where its name doesn't tell."""
    evidence = project.evidence
    python = "python.exe" if os.name == "nt" else "python"
    for folder in evidence.read_variable("PATH").split(os.pathsep):
        path = os.path.join(folder, python)
        status = evidence.get_status(path) if os.path.isabs(folder) else None
        if status is None or not S_ISREG(status.st_mode) or not os.access(path, os.X_OK):
            continue
        if folder == f"{_find_pyenv_root(evidence)}/shims":
            return _cut_minor(_find_pyenv_version(project))
        return _cut_minor(os.path.basename(reach.resolve(path)).removeprefix("python"))
    return ""


def _find_own_minor(evidence: Evidence) -> str:
    """Return X.Y of the Python that Poetry itself runs on, "" where that can't be told.

    It takes that one where there is no `python` on PATH: on Debian there is `python3` alone
    (python-poetry/poetry 4416).
    """
    for folder in evidence.read_variable("PATH").split(os.pathsep):
        path = os.path.join(folder, "poetry")
        script = (evidence.read(path) or "") if os.path.isabs(folder) else ""
        if not script.startswith("#!"):
            continue
        interpreter = script[2:].partition("\n")[0].strip().partition(" ")[0]
        prefix = os.path.dirname(os.path.dirname(interpreter))
        settings = environments.parse_settings(evidence.read(f"{prefix}/pyvenv.cfg")) or {}
        version = settings.get("version") or settings.get("version_info") or ""
        name = os.path.basename(os.path.realpath(interpreter))
        return _cut_minor(version) or _cut_minor(name.removeprefix("python"))
    return ""


def _find_pyenv_root(evidence: Evidence) -> str:
    return evidence.read_variable("PYENV_ROOT") or f"{places.find_home(evidence)}/.pyenv"


def _find_pyenv_version(project: Project) -> str:
    """Return what pyenv's shim would run: PYENV_VERSION, the nearest file, the global one."""
    evidence = project.evidence
    chosen = evidence.read_variable("PYENV_VERSION")
    if chosen:
        return chosen.split(":")[0]
    here = project.folder
    while here and not os.path.exists(f"{here}/.python-version"):
        here = here.rpartition("/")[0]  # a marker: where none is seen, the record itself says so
    path = f"{here}/.python-version" if here else f"{_find_pyenv_root(evidence)}/version"
    words = (evidence.read(path) or "").split()
    return words[0] if words else ""


def _cut_minor(version: str) -> str:
    """Return X.Y of a version, "" of what is none."""
    parts = version.split(".")[:2]
    return ".".join(parts) if len(parts) == 2 and all(map(str.isdecimal, parts)) else ""
