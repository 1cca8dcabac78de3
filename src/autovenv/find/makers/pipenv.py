"""Where pipenv keeps a project's environment (pipenv 2026.10: utils/venv_locator.py)."""

from __future__ import annotations

import os
from stat import S_ISREG

from autovenv.find.makers import places, toml
from autovenv.find.makers.project import Place, Project, sanitized, short
from autovenv.hashes import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence

UNWANTED = ' &$`!*@"()[]\\\r\n\t'  # VenvLocator._sanitize
FALSE = ("0", "false", "no", "off")  # utils/constants.py
TRUE = ("1", "true", "yes", "on")


def locate(project: Project) -> Place | None:
    """Return where pipenv's environment for the project is, None where there is no Pipfile.

    The depth to which pipenv looks for a Pipfile (PIPENV_MAX_DEPTH, PIPENV_NO_INHERIT) doesn't
    count in the Pipfile's own folder. The `.project` file in an environment isn't asked: the
    hash in its name is of the very path that stands there.
    """
    pipfile = _pipfile(project)
    status = project.evidence.status(pipfile)
    if status is None or not S_ISREG(status.st_mode):
        return None
    folder = os.path.dirname(pipfile)
    if _in_project(project, pipfile):
        return Place(f"{folder}/.venv")
    name = environment_name(pipfile, project.evidence)
    return Place(f"{workon_home(project)}/{name}") if name else None


def environment_name(pipfile: str, evidence: Evidence) -> str:
    """Return the environment's name, "" where pipenv itself fails: a path that isn't UTF-8."""
    custom = evidence.variable("PIPENV_CUSTOM_VENV_NAME")
    if custom and custom.lower() not in FALSE:
        return custom
    try:
        hashed = short(sha256(pipfile.encode("utf-8"))[:6])
    except UnicodeEncodeError:
        return ""
    python = evidence.variable("PIPENV_PYTHON")
    suffix = f"-{os.path.basename(python) if os.path.isabs(python) else python}" if python else ""
    return f"{sanitized(os.path.basename(os.path.dirname(pipfile)), UNWANTED)}-{hashed}{suffix}"


def workon_home(project: Project) -> str:
    """Return the folder of all environments."""
    evidence = project.evidence
    path = evidence.variable("WORKON_HOME")
    if not path and places.PLATFORM == "win32":
        path = f"{places.home(evidence)}/.virtualenvs"
    elif not path:
        data = evidence.variable("XDG_DATA_HOME") or f"{places.home(evidence)}/.local/share"
        path = f"{data}/virtualenvs"
    path = places.with_variables(path, evidence)
    return os.path.normpath(os.path.join(project.real, path))


def _pipfile(project: Project) -> str:
    """Return the Pipfile's path as pipenv sees it when it is started in the project's folder."""
    named = project.evidence.variable("PIPENV_PIPFILE")
    return os.path.normpath(os.path.join(project.real, named or "Pipfile"))


def _in_project(project: Project, pipfile: str) -> bool:
    """Tell whether `.venv` is asked for; one that is merely there gives way to a central one."""
    for variable, meaning in (
        ("PIPENV_VENV_IN_PROJECT", True),
        ("PIPENV_NO_VENV_IN_PROJECT", False),
    ):
        value = project.evidence.variable(variable).lower()
        if value in TRUE:
            return meaning
        if value in FALSE:
            return not meaning
    settings = toml.parse(project.evidence.read(pipfile) or "")
    return bool(toml.look_up(settings, "pipenv", "venv_in_project"))
