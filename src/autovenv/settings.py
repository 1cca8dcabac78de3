"""The user's settings that an answer depends on: config.toml, and a variable for each.

Read leniently: what isn't understood is as if it weren't there (cli/configuration.py tells it).
A change of the file is seen on the next entry; so no prompt compares it.
"""

from __future__ import annotations

import os

from autovenv import paths, reading
from autovenv.find import markers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autovenv.evidence import Evidence

LIMIT = 64 * 1024  # bytes

# Each setting: table, key, the variable that comes before it.
NAMES = ("environments", "names", "AUTOVENV_NAMES")
IGNORED = ("ignore", "folders", "AUTOVENV_IGNORE")
NOTES = ("notes", "show", "AUTOVENV_NOTES")
SWITCH = ("notes", "switch", "AUTOVENV_SWITCH")
LABEL = ("prompt", "label", "AUTOVENV_LABEL")

OFF = ("0", "false", "no", "off")
ON = ("1", "true", "yes", "on")

SWITCH_FORM = "activated {path} (Python {version})"
NAME_FORM = "{name}"
FIELDS = ("{name}", "{path}", "{version}")


class Settings:
    """What the user set.

    `ignored` are absolute folders in which nothing is active; `notes` tells whether notes are
    shown, `switch` is the form of the message on entering, "" for none; `label` is the form of what
    the prompt shows, "" for nothing.
    """

    __slots__ = ("ignored", "label", "notes", "switch")

    def __init__(self) -> None:
        self.ignored: list[str] = []
        self.notes = True
        self.switch = ""
        self.label = NAME_FORM


def read(evidence: Evidence) -> Settings:
    """Return the settings of the user who asks; what they are read from is noted."""
    path = _find_file(evidence)
    evidence.note_entering(path)
    table: dict[str, object] = {}
    if evidence.entering[paths.make_native(path)] is not None:
        table = _parse(path)
    found = Settings()
    found.ignored = _list_absolute(_list_values(IGNORED, table, evidence), evidence)
    found.notes = _read_switch(NOTES, table, evidence, default="on") != ""
    found.switch = _read_switch(SWITCH, table, evidence, default="off", form=SWITCH_FORM)
    found.label = _read_switch(LABEL, table, evidence, default="on", form=NAME_FORM)
    return found


def list_trusted(evidence: Evidence) -> list[str]:
    """Return the folders that the user trusts by config.toml; its change counts at each prompt."""
    path = _find_file(evidence)
    status = evidence.get_status(path)
    if status is None or not _is_believed(status):
        return []
    from autovenv import toml

    table = toml.parse(evidence.read(path) or "")
    return _list_absolute(toml.read_strings(table, "trust", "folders"), evidence)


def find_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the user's own names for environments, which are looked for behind `.venv` and `venv`.

    They are built into the hook, so a shell goes on with those that it was started with.
    """
    wanted: object = environ.get(NAMES[2], "").split(os.pathsep)
    if not environ.get(NAMES[2]):
        wanted = _read_from_file(NAMES, _parse(paths.find_config_file(environ)))
    return markers.choose_names(wanted if isinstance(wanted, list) else ())


def fill_in(form: str, name: str, path: str, version: str) -> str:
    """Return a form with what it names in the place of {name}, {path} and {version}."""
    for field, value in zip(FIELDS, (name, path, version or "unknown"), strict=True):
        form = form.replace(field, value)
    return form


def _find_file(evidence: Evidence) -> str:
    """Return the path of config.toml; the variables that it depends on are noted."""
    for name in (paths.HOME, "LOCALAPPDATA" if os.name == "nt" else "XDG_CONFIG_HOME"):
        evidence.read_variable(name)
    return paths.find_config_file(evidence.environ)


def _list_absolute(written: Sequence[str], evidence: Evidence) -> list[str]:
    """Return folders as the shells write them, with the home for `~`; no relative ones."""
    if not written:
        return []  # mostly: the module needn't be loaded
    from autovenv.find import places

    plain = [folder.rstrip("/" + os.sep) or folder for folder in written]
    return list(filter(os.path.isabs, (places.expand(folder, evidence) for folder in plain)))


def _parse(path: str) -> dict[str, object]:
    """Return what config.toml holds, nothing where it isn't believed."""
    content = reading.read(path, LIMIT)
    try:
        is_believed = _is_believed(os.stat(path))
    except OSError:
        is_believed = False
    if content is None or not is_believed:
        return {}
    from autovenv import toml

    return toml.parse(content.decode("utf-8", "surrogateescape"))


def _is_believed(status: os.stat_result) -> bool:
    """Tell whether what has that status is the user's or root's: with another's HOME, it isn't."""
    from autovenv import folders  # a start without config.toml needs none

    return folders.is_own(status) or status.st_uid == 0


def _list_values(
    setting: tuple[str, str, str], table: dict[str, object], evidence: Evidence
) -> list[str]:
    """Return the setting's folders: those of the variable, where it is set, or of the file."""
    from_variable = evidence.read_variable(setting[2])
    if from_variable:
        return [folder for folder in from_variable.split(os.pathsep) if folder]
    found = _read_from_file(setting, table)
    if not isinstance(found, list):
        return []
    return [folder for folder in found if isinstance(folder, str) and "\0" not in folder]


def _read_from_file(setting: tuple[str, str, str], table: dict[str, object]) -> object:
    section = table.get(setting[0])
    return section.get(setting[1]) if isinstance(section, dict) else None


def _read_switch(
    setting: tuple[str, str, str],
    table: dict[str, object],
    evidence: Evidence,
    *,
    default: str,
    form: str = "on",
) -> str:
    """Return the setting's form: "" for off, `form` for on, or one of its own."""
    value = evidence.read_variable(setting[2]) or _read_from_file(setting, table)
    if value is True or value in ON:
        return form
    if value is False or value in OFF:
        return ""
    if isinstance(value, str) and value and form != "on":
        return value
    return form if default == "on" else ""
