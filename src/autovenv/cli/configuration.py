"""The settings, read strictly: what is wrong with config.toml, on which line, and with a variable.

The shells' question reads it leniently: what it can't use is as if it weren't there, and the rest
of autovenv works as without it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping

from autovenv import settings
from autovenv.evidence import Evidence
from autovenv.find import markers, places

NAME = "config.toml"

FOLDERS, NAMES, SWITCH, FORM = "folders", "names", "on or off", "on, off or a form"
LISTS = (FOLDERS, NAMES)

# Each setting that there is: table and key, what it takes, and the variable that comes before it.
KNOWN = {
    ("trust", "folders"): (FOLDERS, "AUTOVENV_TRUST"),
    settings.IGNORED[:2]: (FOLDERS, settings.IGNORED[2]),
    settings.NOTES[:2]: (SWITCH, settings.NOTES[2]),
    settings.SWITCH[:2]: (FORM, settings.SWITCH[2]),
    settings.LABEL[:2]: (FORM, settings.LABEL[2]),
    settings.NAMES[:2]: (NAMES, settings.NAMES[2]),
}
TABLES = tuple(dict.fromkeys(table for table, _ in KNOWN))

# What stands at the begin of a line: a key with its dots, or a table's header.
_KEY = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?\Z")
_ASSIGNED = re.compile(rf"\s*({_DOTTED})\s*=")


def find_problems(text: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the file's text: the line, and what was expected there."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # not all are TOMLDecodeErrors: a long number
        yield f"it is no TOML: {error}"
        return
    for table, keys in content.items():
        if table not in TABLES:
            known = "], [".join(TABLES)
            yield f"{_find_line(text, table)}{table!r} isn't known; there is [{known}]"
        elif not isinstance(keys, dict):
            yield f"{_find_line(text, table)}a table was expected: [{table}]"
        else:
            for key, value in keys.items():
                line = _find_line(text, table, key)
                if (table, key) not in KNOWN:
                    known = ", ".join(name for section, name in KNOWN if section == table)
                    yield f"{line}{key!r} isn't known in [{table}]; there is {known}"
                else:
                    for problem in check_value(KNOWN[table, key][0], value, environ):
                        yield f"{line}{key}: {problem}"


def find_variables_problems(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the settings' variables: the name, and what was expected."""
    for kind, variable in KNOWN.values():
        value: object = environ.get(variable, "")
        if not isinstance(value, str) or not value:
            continue
        if kind in LISTS:
            value = [word for word in value.split(os.pathsep) if word]
        else:
            value = parse_word(value)
        for problem in check_value(kind, value, environ):
            yield f"{variable}: {problem}"


def parse_word(word: str) -> bool | str:
    """Return what a word means as a setting that isn't a list: on or off, or a form."""
    if word.lower() in (*settings.ON, *settings.OFF):
        return word.lower() in settings.ON
    return word


def check_value(kind: str, value: object, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the value of a setting of that kind."""
    if kind == FOLDERS:
        yield from _check_folders(value, environ)
    elif kind == NAMES:
        yield from _check_names(value)
    elif kind == SWITCH and not isinstance(value, bool):
        yield "true or false was expected"
    elif kind == FORM and not isinstance(value, bool | str):
        yield 'true, false or a form was expected, as in "{name} {version}"'
    elif kind == FORM and isinstance(value, str):
        for field in re.findall(r"\{[^}]*\}?", value):
            if field not in settings.FIELDS:
                yield f"{field} isn't known in a form; there is {', '.join(settings.FIELDS)}"


def _check_folders(value: object, environ: Mapping[str, str]) -> Iterator[str]:
    expected = 'a list of folders was expected, as in ["~/team"]'
    if not isinstance(value, list) or not all(isinstance(folder, str) for folder in value):
        yield expected
        return
    for folder in value:
        if not os.path.isabs(places.expand(folder, Evidence(environ))):
            yield f"{folder!r} is no absolute path, nor one that begins with ~"


def _check_names(value: object) -> Iterator[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        yield 'a list of names was expected, as in ["env"]'
        return
    for name in value:
        if not markers.is_plain(name):
            signs = "letters of ASCII, digits, `.`, `_`, `+` and `-`"
            ends = "no `-` first, no `.` last, none of Windows' devices"
            yield f"{name!r} is no plain name: up to {markers.NAME_LENGTH} {signs}; {ends}"
        elif name in markers.MARKERS and name not in markers.ENVIRONMENTS:
            yield f"{name!r} is looked for anyway, and says something else"
    if len(set(value) - set(markers.ENVIRONMENTS)) > markers.NAMES_LIMIT:
        yield f"more than {markers.NAMES_LIMIT} names: each is looked for in every folder"


def _find_line(text: str, *names: str) -> str:
    """Return where the table, or the key in it, stands first; "" where it is written otherwise."""
    section: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        header, assigned = _HEADER.match(line), _ASSIGNED.match(line)
        if header:
            path = section = _split_key(header[1])
        elif assigned:
            path = section + _split_key(assigned[1])
        else:
            continue
        # A key that is less than what is looked for has the rest in braces.
        if path[: len(names)] == [*names] or (assigned and path == [*names[: len(path)]]):
            return f"line {number}: "
    return ""


def _split_key(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_KEY, dotted)]
