"""Reads TOML as far as it takes to find a tool's settings: tomllib costs two starts of Python.

What is read is TOML 1.0 (https://toml.io/en/v1.0.0); what is not told apart is numbers and dates,
which no tool's setting here is.
"""

from __future__ import annotations

NESTING_LIMIT = 40  # arrays and inline tables within one another

_BLANK = " \t\n\r"
_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_SCALAR_ENDS = frozenset(",]}#\n")
_ESCAPES = {
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "f": "\f",
    "r": "\r",
    '"': '"',
    "\\": "\\",
}


def parse(text: str) -> dict[str, object]:
    """Return the document's tables as nested dicts, as tomllib does; a number or a date is None.

    Nothing is raised: where `text` is no TOML, what stands before the first error is returned. The
    tool itself refuses such a file, and says so.
    """
    root: dict[str, object] = {}
    try:
        _read_document(text.replace("\r\n", "\n"), root)
    except ValueError:
        return root
    return root


def look_up(table: object, *keys: str) -> object:
    """Return what is in `table` under the dotted key, None where there is nothing."""
    for key in keys:
        if not isinstance(table, dict):
            return None
        table = table.get(key)
    return table


def read_text(table: object, *keys: str) -> str:
    """Return the string in `table` under the dotted key, "" where there is none.

    One with a NUL is none: no path holds it, and in a record it would end a field.
    """
    found = look_up(table, *keys)
    return found if isinstance(found, str) and "\0" not in found else ""


def read_strings(table: object, *keys: str) -> list[str]:
    """Return the strings of the array in `table` under the dotted key."""
    found = look_up(table, *keys)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def _read_document(text: str, root: dict[str, object]) -> None:
    table = root
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "[":
            table, at = _read_header(text, at, root)
        else:
            at = _read_pair(text, at, table, 0)
        at = _find_line_end(text, at)
        at = _skip(text, at)


def _skip(text: str, at: int) -> int:
    """Return where the next thing begins that is neither blank nor comment."""
    while at < len(text):
        if text[at] in _BLANK:
            at += 1
        elif text[at] == "#":
            at = _read_line(text, at)
        else:
            break
    return at


def _skip_spaces(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t"):
        at += 1
    return at


def _read_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _find_line_end(text: str, at: int) -> int:
    at = _skip_spaces(text, at)
    if text[at : at + 1] == "#":
        at = _read_line(text, at)
    if text[at : at + 1] not in ("\n", ""):
        raise ValueError(at)
    return at


def _expect(text: str, at: int, word: str) -> int:
    if not text.startswith(word, at):
        raise ValueError(at)
    return at + len(word)


def _read_header(text: str, at: int, root: dict[str, object]) -> tuple[dict[str, object], int]:
    """Return the table that `[key]` or `[[key]]` opens."""
    array = text.startswith("[[", at)
    keys, at = _read_keys(text, at + 1 + array)
    at = _expect(text, at, "]]" if array else "]")
    table = _descend(root, keys[:-1])
    if not array:
        return _descend(table, keys[-1:]), at
    tables = table.setdefault(keys[-1], [])
    if not isinstance(tables, list):
        raise ValueError(at)
    opened: dict[str, object] = {}
    tables.append(opened)
    return opened, at


def _descend(table: dict[str, object], keys: list[str]) -> dict[str, object]:
    for key in keys:
        inner = table.setdefault(key, {})
        if isinstance(inner, list) and inner:
            inner = inner[-1]
        if not isinstance(inner, dict):
            raise ValueError(key)
        table = inner
    return table


def _read_pair(text: str, at: int, table: dict[str, object], depth: int) -> int:
    keys, at = _read_keys(text, at)
    at = _skip_spaces(text, _expect(text, at, "="))
    table = _descend(table, keys[:-1])
    if keys[-1] in table:
        raise ValueError(at)
    table[keys[-1]], at = _read_value(text, at, depth)
    return at


def _read_keys(text: str, at: int) -> tuple[list[str], int]:
    """Return the parts of a dotted key, and where what follows it and its blanks begins."""
    keys = []
    while True:
        at = _skip_spaces(text, at)
        key, at = _read_key(text, at)
        keys.append(key)
        at = _skip_spaces(text, at)
        if text[at : at + 1] != ".":
            return keys, at
        at += 1


def _read_key(text: str, at: int) -> tuple[str, int]:
    quote = text[at : at + 1]
    if quote == '"':
        return _read_basic(text, at + 1)
    if quote == "'":
        return _read_literal(text, at + 1)
    end = at
    while text[end : end + 1] in _BARE:
        end += 1
    if end == at:
        raise ValueError(at)
    return text[at:end], end


def _read_value(text: str, at: int, depth: int) -> tuple[object, int]:
    first = text[at : at + 1]
    if first == '"':
        return (
            _read_long_basic(text, at + 3)
            if text.startswith('"""', at)
            else _read_basic(text, at + 1)
        )
    if first == "'":
        return (
            _read_long_literal(text, at + 3)
            if text.startswith("'''", at)
            else _read_literal(text, at + 1)
        )
    if first == "[":
        return _read_array(text, at + 1, depth + 1)
    if first == "{":
        return _read_inline_table(text, at + 1, depth + 1)
    end = at
    while end < len(text) and text[end] not in _SCALAR_ENDS:
        end += 1
    word = text[at:end].strip()
    if not word:
        raise ValueError(at)
    return {"true": True, "false": False}.get(word), end


def _read_array(text: str, at: int, depth: int) -> tuple[list[object], int]:
    items: list[object] = []
    if depth > NESTING_LIMIT:
        raise ValueError(at)
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return items, at + 1
        item, at = _read_value(text, at, depth)
        items.append(item)
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != "]":
            raise ValueError(at)


def _read_inline_table(text: str, at: int, depth: int) -> tuple[dict[str, object], int]:
    table: dict[str, object] = {}
    if depth > NESTING_LIMIT:
        raise ValueError(at)
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return table, at + 1
        at = _skip(text, _read_pair(text, at, table, depth))
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != "}":
            raise ValueError(at)


def _quote(text: str, at: int, quote: str) -> int:
    """Return where the next quote is on this line.

    The line's end isn't looked for first: of a line with many strings it is far from each.
    """
    end = text.find(quote, at)
    if end < 0 or text.find("\n", at, end) >= 0:
        raise ValueError(at)
    return end


def _read_literal(text: str, at: int) -> tuple[str, int]:
    end = _quote(text, at, "'")
    return text[at:end], end + 1


def _read_basic(text: str, at: int) -> tuple[str, int]:
    parts = []
    end = at - 1
    while True:
        if end < at:  # with many escapes in front of it, it isn't looked for at each
            end = _quote(text, at, '"')
        escape = text.find("\\", at, end)
        if escape < 0:
            parts.append(text[at:end])
            return "".join(parts), end + 1
        character, after = _read_escaped(text, escape + 1)
        parts += text[at:escape], character
        at = after


def _read_long_literal(text: str, at: int) -> tuple[str, int]:
    at += text.startswith("\n", at)
    end = text.find("'''", at)
    if end < 0:
        raise ValueError(at)
    end = _find_last_quotes(text, end, "'")
    return text[at:end], end + 3


def _read_long_basic(text: str, at: int) -> tuple[str, int]:
    at += text.startswith("\n", at)
    parts = []
    end = at - 1
    while True:
        if end < at:
            end = text.find('"""', at)
        if end < 0:
            raise ValueError(at)
        escape = text.find("\\", at, end)
        if escape < 0:
            end = _find_last_quotes(text, end, '"')
            parts.append(text[at:end])
            return "".join(parts), end + 3
        parts.append(text[at:escape])
        at = _skip_spaces(text, escape + 1)
        if text[at : at + 1] == "\n":
            while text[at : at + 1] and text[at] in _BLANK:
                at += 1
        else:
            character, at = _read_escaped(text, escape + 1)
            parts.append(character)


def _find_last_quotes(text: str, end: int, quote: str) -> int:
    """Return where the closing quotes begin: up to two more may stand in front of them."""
    more = 0
    while more < 2 and text[end + 3 + more : end + 4 + more] == quote:
        more += 1
    return end + more


def _read_escaped(text: str, at: int) -> tuple[str, int]:
    """Return what the escape at `at`, behind its backslash, stands for."""
    letter = text[at : at + 1]
    if letter in _ESCAPES:
        return _ESCAPES[letter], at + 1
    length = {"u": 4, "U": 8}.get(letter, 0)
    digits = text[at + 1 : at + 1 + length]
    if not length or len(digits) < length or not digits.isalnum():
        raise ValueError(at)
    code = int(digits, 16)
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        raise ValueError(at)
    return chr(code), at + 1 + length
