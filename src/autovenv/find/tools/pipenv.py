"""Where pipenv keeps a project's environment (pipenv 2026.10: utils/venv_locator.py)."""

from __future__ import annotations

import os
from stat import S_ISREG

from autovenv import toml
from autovenv.checks import VARIABLES
from autovenv.find import places
from autovenv.find.tools.project import Place, Project, sanitize, shorten
from autovenv.hashes import compute_sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence

UNWANTED = ' &$`!*@"()[]\\\r\n\t'  # VenvLocator._sanitize
FALSE = ("0", "false", "no", "off")  # utils/constants.py
TRUE = ("1", "true", "yes", "on")


class Settings:
    """What pipenv reads of the environment: the project's `.env` comes before the shell's.

    That is pypa/pipenv 1107. `dotenv` is the path of that file, "" where none is read; `own` is
    what it sets.
    """

    __slots__ = ("dotenv", "evidence", "own")

    def __init__(self, evidence: Evidence, dotenv: str = "") -> None:
        self.evidence = evidence
        self.dotenv = dotenv
        text = evidence.read(dotenv) if dotenv else None
        self.own: dict[str, str] = {}
        if text:
            from autovenv.find.tools import dotenv as dotenvs

            self.own = dotenvs.parse(text, self._read_from_shell)

    def read_variable(self, name: str) -> str:
        """Return the value of a variable, "" where it is unset."""
        return self.own[name] if name in self.own else self.evidence.read_variable(name)

    def _read_from_shell(self, name: str) -> str | None:
        """Return what `${NAME}` is in the file: any variable, so that no record can name it."""
        if name in VARIABLES:
            self.evidence.read_variable(name)
        else:
            self.evidence.is_storable = False
        return self.evidence.environ.get(name)


def locate(project: Project) -> Place | None:
    """Return where pipenv's environment for the project is, None where there is no Pipfile.

    The depth to which pipenv looks for a Pipfile (PIPENV_MAX_DEPTH, PIPENV_NO_INHERIT) doesn't
    count in the Pipfile's own folder. The `.project` file in an environment isn't asked: the
    hash in its name is of the very path that stands there.
    """
    pipfile = _find_pipfile(project)
    status = project.evidence.get_status(pipfile)
    if status is None or not S_ISREG(status.st_mode):
        return None
    folder = os.path.dirname(pipfile)
    settings = Settings(project.evidence, _find_dotenv(project, folder))
    if _is_in_project(project, pipfile, settings):
        return Place(f"{folder}/.venv")
    name = make_name(pipfile, settings)
    if not name:
        return None
    is_path = "WORKON_HOME" in settings.own or "XDG_DATA_HOME" in settings.own
    is_path = is_path or ("/" in name and "PIPENV_CUSTOM_VENV_NAME" in settings.own)
    path = os.path.normpath(os.path.join(find_workon_home(project, settings), name))
    return Place(path, settings.dotenv if is_path else "")


def _find_dotenv(project: Project, folder: str) -> str:
    """Return the path of the file whose variables pipenv takes, "" for none."""
    evidence = project.evidence
    is_off = evidence.read_variable("PIPENV_DONT_LOAD_ENV").lower()
    if is_off and is_off not in FALSE:
        return ""
    if evidence.read_variable("PYTHON_DOTENV_DISABLED").casefold() in (
        "1",
        "true",
        "t",
        "yes",
        "y",
    ):
        return ""
    location = evidence.read_variable("PIPENV_DOTENV_LOCATION")
    return os.path.join(project.real, location) if location else f"{folder}/.env"


def make_name(pipfile: str, settings: Settings) -> str:
    """Return the environment's name, "" where pipenv itself fails: a path that isn't UTF-8."""
    custom = settings.read_variable("PIPENV_CUSTOM_VENV_NAME")
    if custom and custom.lower() not in FALSE:
        return custom
    try:
        hashed = shorten(compute_sha256(pipfile.encode("utf-8"))[:6])
    except UnicodeEncodeError:
        return ""
    python = settings.read_variable("PIPENV_PYTHON")
    suffix = f"-{os.path.basename(python) if os.path.isabs(python) else python}" if python else ""
    return f"{sanitize(os.path.basename(os.path.dirname(pipfile)), UNWANTED)}-{hashed}{suffix}"


def find_workon_home(project: Project, settings: Settings) -> str:
    """Return the folder of all environments."""
    evidence = project.evidence
    path = settings.read_variable("WORKON_HOME")
    if not path and places.PLATFORM == "win32":
        path = f"{places.find_home(evidence)}/.virtualenvs"
    elif not path:
        path = places.find_pew_environments(settings.read_variable("XDG_DATA_HOME"), evidence)
    path = places.expand_variables(path, evidence)
    return os.path.normpath(os.path.join(project.real, path))


def _find_pipfile(project: Project) -> str:
    """Return the Pipfile's path as pipenv sees it when it is started in the project's folder."""
    named = project.evidence.read_variable("PIPENV_PIPFILE")
    return os.path.normpath(os.path.join(project.real, named or "Pipfile"))


def _is_in_project(project: Project, pipfile: str, settings: Settings) -> bool:
    """Tell whether `.venv` is asked for; one that is merely there gives way to a central one."""
    for variable, meaning in (
        ("PIPENV_VENV_IN_PROJECT", True),
        ("PIPENV_NO_VENV_IN_PROJECT", False),
    ):
        value = settings.read_variable(variable).lower()
        if value in TRUE:
            return meaning
        if value in FALSE:
            return not meaning
    table = toml.parse(project.evidence.read(pipfile) or "")
    return bool(toml.look_up(table, "pipenv", "venv_in_project"))
