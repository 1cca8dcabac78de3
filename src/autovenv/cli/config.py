"""`autovenv config`: shows and changes the settings in config.toml, whose comments stay."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping

import click
import tomlkit
from tomlkit.exceptions import TOMLKitError

from autovenv import ask, paths, rcfile, settings
from autovenv.cli import Failure, Misuse, configuration
from autovenv.cli.complete import make_completer
from autovenv.cli.configuration import FOLDERS, KNOWN, LISTS
from autovenv.text import NOTE_LIMIT, clean

NAMES = {f"{table}.{key}": (table, key) for table, key in KNOWN}

_DEFAULTS = {
    settings.NOTES[:2]: "true",
    settings.SWITCH[:2]: "false",
    settings.LABEL[:2]: f'"{settings.NAME_FORM}"',
}


@click.command()
@click.argument("name", metavar="[SETTING]", required=False, shell_complete=make_completer(NAMES))
@click.argument("values", metavar="[VALUE]...", nargs=-1)
@click.option("--add", "is_added", is_flag=True, help="Add VALUE to a list.")
@click.option("--remove", "is_removed", is_flag=True, help="Remove VALUE from a list.")
@click.option("--unset", "is_unset", is_flag=True, help="Go back to the default.")
def config(
    name: str | None, values: tuple[str, ...], is_added: bool, is_removed: bool, is_unset: bool
) -> None:
    r"""Show the settings, or change one.

    \b
    autovenv config
    autovenv config prompt.label '{name} {version}'
    autovenv config --add ignore.folders ~/mnt
    """
    environ = ask.remove_own_entry(os.environ)
    if sum((is_added, is_removed, is_unset)) > 1 or (is_unset and values):
        raise Misuse("--add, --remove and --unset exclude each other")
    if name is None:
        if is_added or is_removed or is_unset:
            raise Misuse("a SETTING is missing")
        click.echo("\n".join(_list_settings(environ)))
        return
    if name not in NAMES:
        raise Misuse(_describe_unknown(name))
    if not values and not is_unset:
        if is_added or is_removed:
            raise Misuse("a VALUE is missing")
        content = _parse_leniently(_read_text(paths.find_config_file(environ))[0])
        click.echo(_find_value(NAMES[name], environ, content)[0])
        return
    way = "add" if is_added else "remove" if is_removed else "unset" if is_unset else "set"
    change(name, values, environ, way)
    table, key = NAMES[name]
    variable = KNOWN[table, key][1]
    if environ.get(variable):
        click.echo(f"autovenv: {variable} is set in this shell, and comes before it", err=True)
    elif (table, key) == settings.NAMES[:2]:
        click.echo("autovenv: this counts in new shells; those that are open go on", err=True)


def change(name: str, values: tuple[str, ...], environ: Mapping[str, str], way: str) -> None:
    """Write a setting: `way` is set, add, remove or unset; raise Misuse or Failure."""
    path = paths.find_config_file(environ)
    document = _read(path, environ)
    table, key = NAMES[name]
    kind = KNOWN[table, key][0]
    before = document.get(table, {}).get(key)
    if way in ("add", "remove"):
        if kind not in LISTS:
            raise Misuse(f"{name} is no list")
        words = _list_words(kind, values)
        kept = [word for word in before or [] if word not in (*values, *words)]
        value: object = kept + words if way == "add" else kept
    elif way == "set":
        value = _parse_value(name, kind, values)
    else:
        value = None
    for problem in configuration.check_value(kind, value, environ) if value is not None else ():
        raise Misuse(clean(f"{name}: {problem}", NOTE_LIMIT))
    if value is None:
        document.get(table, {}).pop(key, None)
    else:
        document.setdefault(table, tomlkit.table())[key] = value
    try:
        rcfile.write(path, tomlkit.dumps(document).encode())
    except OSError as error:
        raise Failure(f"can't write {path} ({rcfile.describe(error)})") from None


def read_folders(name: str, environ: Mapping[str, str]) -> list[str]:
    """Return the folders that config.toml has under a setting; raise Failure."""
    table, key = NAMES[name]
    return list(_read(paths.find_config_file(environ), environ).get(table, {}).get(key, []))


def _read(path: str, environ: Mapping[str, str]) -> tomlkit.TOMLDocument:
    """Return the file, empty where none is; raise Failure where something in it is wrong."""
    try:
        text = (rcfile.read(path) or b"").decode()
        for problem in configuration.find_problems(text, environ):
            raise Failure(clean(f"{path}: {problem}; nothing was changed", NOTE_LIMIT))
        return tomlkit.parse(text)
    except (OSError, ValueError, TOMLKitError) as error:
        raise Failure(clean(f"can't read {path} ({rcfile.describe(error)})", NOTE_LIMIT)) from None


def _parse_value(name: str, kind: str, values: tuple[str, ...]) -> object:
    if kind in LISTS:
        return _list_words(kind, values)
    if len(values) > 1:
        raise Misuse(f"{name} takes one VALUE")
    return configuration.parse_word(values[0])


def _list_words(kind: str, values: tuple[str, ...]) -> list[str]:
    """Return the values of a list as they are to be in the file: folders are absolute."""
    if kind != FOLDERS:
        return list(dict.fromkeys(values))
    return [word if word.startswith("~") else os.path.abspath(word) for word in values]


def _describe_unknown(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, 1, 0.4)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(NAMES)}"
    return clean(f"{name} is no setting: {hint}", NOTE_LIMIT)


def _list_settings(environ: Mapping[str, str]) -> list[str]:
    """Return a line for each setting, and one for each thing that is wrong with them."""
    path = paths.find_config_file(environ)
    text, error = _read_text(path)
    content = _parse_leniently(text)
    lines = []
    for name, setting in NAMES.items():
        value, whence = _find_value(setting, environ, content)
        lines.append(clean(f"{name} = {value}  ({whence})", NOTE_LIMIT))
    if error:
        return [*lines, clean(f"{path}: can't be read ({error})", NOTE_LIMIT)]
    wrong = [f"{path}: {problem}" for problem in configuration.find_problems(text, environ)]
    wrong += configuration.find_variables_problems(environ)
    return [*lines, *(clean(line, NOTE_LIMIT) for line in wrong or [f"file: {path}"])]


def _read_text(path: str) -> tuple[str, str]:
    """Return the file's text, and why it can't be read, one of them empty."""
    try:
        return (rcfile.read(path) or b"").decode(), ""
    except (OSError, ValueError) as error:
        return "", rcfile.describe(error)


def _parse_leniently(text: str) -> Mapping[str, object]:
    """Return what the text of config.toml says, nothing where it is no TOML."""
    try:
        return tomlkit.parse(text).unwrap()
    except (ValueError, TOMLKitError):
        return {}


def _find_value(
    setting: tuple[str, str], environ: Mapping[str, str], content: Mapping[str, object]
) -> tuple[str, str]:
    """Return the setting's value as config.toml would have it, and where it comes from."""
    kind, variable = KNOWN[setting]
    if environ.get(variable):
        words = tuple(environ[variable].split(os.pathsep)) if kind in LISTS else ()
        value = _parse_value("", kind, words or (environ[variable],))
        return tomlkit.item(value).as_string(), variable
    table = content.get(setting[0])
    found = table.get(setting[1]) if isinstance(table, dict) else None
    if found is None:
        return _DEFAULTS.get(setting, "[]"), "default"
    return tomlkit.item(found).as_string(), configuration.NAME
