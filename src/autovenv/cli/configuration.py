"""config.toml, read strictly: what is wrong with it, and on which line.

The shells' question reads it leniently: what it can't use is as if it weren't there, and the rest
of autovenv works as without it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping

from autovenv.evidence import Evidence
from autovenv.find.makers import places

NAME = "config.toml"

# Each table with its keys. All of them are lists of folders.
KNOWN = {"trust": ("folders",)}


def path(environ: Mapping[str, str]) -> str:
    """Return where the user's config.toml lies, which need not be there."""
    return f"{places.config('autovenv', Evidence(environ))}/{NAME}"


def problems(text: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the file's text: the line, and what was expected there."""
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        yield f"it is no TOML: {error}"
        return
    for table, keys in content.items():
        if table not in KNOWN:
            yield f"{_line(text, table)}{table!r} isn't known; there is [{'], ['.join(KNOWN)}]"
        elif not isinstance(keys, dict):
            yield f"{_line(text, table)}a table was expected: [{table}]"
        else:
            for key, value in keys.items():
                if key not in KNOWN[table]:
                    known = ", ".join(KNOWN[table])
                    yield f"{_line(text, key)}{key!r} isn't known in [{table}]; there is {known}"
                else:
                    yield from _folders(f"{_line(text, key)}{key}", value, environ)


def _folders(key: str, value: object, environ: Mapping[str, str]) -> Iterator[str]:
    expected = 'a list of folders was expected, as in ["~/team"]'
    if not isinstance(value, list) or not all(isinstance(folder, str) for folder in value):
        yield f"{key}: {expected}"
        return
    for folder in value:
        if not os.path.isabs(places.expanded(folder, Evidence(environ))):
            yield f"{key}: {folder!r} is no absolute path, nor one that begins with ~"


def _line(text: str, name: str) -> str:
    """Return where `name` stands first as a key or a table, "" where it is written otherwise."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[?\s*[\"']?(\w+\.)?{re.escape(name)}\b", line):
            return f"line {number}: "
    return ""
