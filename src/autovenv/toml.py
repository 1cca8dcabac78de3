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
    position = _skip(text, 0)
    while position < len(text):
        if text[position] == "[":
            table, position = _read_header(text, position, root)
        else:
            position = _read_pair(text, position, table, 0)
        position = _find_line_end(text, position)
        position = _skip(text, position)


def _skip(text: str, position: int) -> int:
    """Return where the next thing begins that is neither blank nor comment."""
    while position < len(text):
        if text[position] in _BLANK:
            position += 1
        elif text[position] == "#":
            position = _read_line(text, position)
        else:
            break
    return position


def _skip_spaces(text: str, position: int) -> int:
    while text[position : position + 1] in (" ", "\t"):
        position += 1
    return position


def _read_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _find_line_end(text: str, position: int) -> int:
    position = _skip_spaces(text, position)
    if text[position : position + 1] == "#":
        position = _read_line(text, position)
    if text[position : position + 1] not in ("\n", ""):
        raise ValueError(position)
    return position


def _expect(text: str, position: int, word: str) -> int:
    if not text.startswith(word, position):
        raise ValueError(position)
    return position + len(word)


def _read_header(
    text: str, position: int, root: dict[str, object]
) -> tuple[dict[str, object], int]:
    """Return the table that `[key]` or `[[key]]` opens."""
    array = text.startswith("[[", position)
    keys, position = _read_keys(text, position + 1 + array)
    position = _expect(text, position, "]]" if array else "]")
    table = _descend(root, keys[:-1])
    if not array:
        return _descend(table, keys[-1:]), position
    tables = table.setdefault(keys[-1], [])
    if not isinstance(tables, list):
        raise ValueError(position)
    opened: dict[str, object] = {}
    tables.append(opened)
    return opened, position


def _descend(table: dict[str, object], keys: list[str]) -> dict[str, object]:
    for key in keys:
        inner = table.setdefault(key, {})
        if isinstance(inner, list) and inner:
            inner = inner[-1]
        if not isinstance(inner, dict):
            raise ValueError(key)
        table = inner
    return table


def _read_pair(text: str, position: int, table: dict[str, object], depth: int) -> int:
    keys, position = _read_keys(text, position)
    position = _skip_spaces(text, _expect(text, position, "="))
    table = _descend(table, keys[:-1])
    if keys[-1] in table:
        raise ValueError(position)
    table[keys[-1]], position = _read_value(text, position, depth)
    return position


def _read_keys(text: str, position: int) -> tuple[list[str], int]:
    """Return the parts of a dotted key, and where what follows it and its blanks begins."""
    keys = []
    while True:
        position = _skip_spaces(text, position)
        key, position = _read_key(text, position)
        keys.append(key)
        position = _skip_spaces(text, position)
        if text[position : position + 1] != ".":
            return keys, position
        position += 1


def _read_key(text: str, position: int) -> tuple[str, int]:
    quote = text[position : position + 1]
    if quote == '"':
        return _read_basic(text, position + 1)
    if quote == "'":
        return _read_literal(text, position + 1)
    end = position
    while text[end : end + 1] in _BARE:
        end += 1
    if end == position:
        raise ValueError(position)
    return text[position:end], end


def _read_value(text: str, position: int, depth: int) -> tuple[object, int]:
    first = text[position : position + 1]
    if first == '"':
        return (
            _read_long_basic(text, position + 3)
            if text.startswith('"""', position)
            else _read_basic(text, position + 1)
        )
    if first == "'":
        return (
            _read_long_literal(text, position + 3)
            if text.startswith("'''", position)
            else _read_literal(text, position + 1)
        )
    if first == "[":
        return _read_array(text, position + 1, depth + 1)
    if first == "{":
        return _read_inline_table(text, position + 1, depth + 1)
    end = position
    while end < len(text) and text[end] not in _SCALAR_ENDS:
        end += 1
    word = text[position:end].strip()
    if not word:
        raise ValueError(position)
    return {"true": True, "false": False}.get(word), end


def _read_array(text: str, position: int, depth: int) -> tuple[list[object], int]:
    items: list[object] = []
    if depth > NESTING_LIMIT:
        raise ValueError(position)
    while True:
        position = _skip(text, position)
        if text[position : position + 1] == "]":
            return items, position + 1
        item, position = _read_value(text, position, depth)
        items.append(item)
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position += 1
        elif text[position : position + 1] != "]":
            raise ValueError(position)


def _read_inline_table(text: str, position: int, depth: int) -> tuple[dict[str, object], int]:
    table: dict[str, object] = {}
    if depth > NESTING_LIMIT:
        raise ValueError(position)
    while True:
        position = _skip(text, position)
        if text[position : position + 1] == "}":
            return table, position + 1
        position = _skip(text, _read_pair(text, position, table, depth))
        if text[position : position + 1] == ",":
            position += 1
        elif text[position : position + 1] != "}":
            raise ValueError(position)


def _quote(text: str, position: int, quote: str) -> int:
    """Return where the next quote is on this line.

    The line's end isn't looked for first: of a line with many strings it is far from each.
    """
    end = text.find(quote, position)
    if end < 0 or text.find("\n", position, end) >= 0:
        raise ValueError(position)
    return end


def _read_literal(text: str, position: int) -> tuple[str, int]:
    end = _quote(text, position, "'")
    return text[position:end], end + 1


def _read_basic(text: str, position: int) -> tuple[str, int]:
    parts = []
    end = position - 1
    while True:
        if end < position:  # with many escapes in front of it, it isn't looked for at each
            end = _quote(text, position, '"')
        escape = text.find("\\", position, end)
        if escape < 0:
            parts.append(text[position:end])
            return "".join(parts), end + 1
        character, after = _read_escaped(text, escape + 1)
        parts += text[position:escape], character
        position = after


def _read_long_literal(text: str, position: int) -> tuple[str, int]:
    position += text.startswith("\n", position)
    end = text.find("'''", position)
    if end < 0:
        raise ValueError(position)
    end = _find_last_quotes(text, end, "'")
    return text[position:end], end + 3


def _read_long_basic(text: str, position: int) -> tuple[str, int]:
    position += text.startswith("\n", position)
    parts = []
    end = position - 1
    while True:
        if end < position:
            end = text.find('"""', position)
        if end < 0:
            raise ValueError(position)
        escape = text.find("\\", position, end)
        if escape < 0:
            end = _find_last_quotes(text, end, '"')
            parts.append(text[position:end])
            return "".join(parts), end + 3
        parts.append(text[position:escape])
        position = _skip_spaces(text, escape + 1)
        if text[position : position + 1] == "\n":
            while text[position : position + 1] and text[position] in _BLANK:
                position += 1
        else:
            character, position = _read_escaped(text, escape + 1)
            parts.append(character)


def _find_last_quotes(text: str, end: int, quote: str) -> int:
    """Return where the closing quotes begin: up to two more may stand in front of them."""
    more = 0
    while more < 2 and text[end + 3 + more : end + 4 + more] == quote:
        more += 1
    return end + more


def _read_escaped(text: str, position: int) -> tuple[str, int]:
    """Return what the escape at `at`, behind its backslash, stands for."""
    letter = text[position : position + 1]
    if letter in _ESCAPES:
        return _ESCAPES[letter], position + 1
    length = {"u": 4, "U": 8}.get(letter, 0)
    digits = text[position + 1 : position + 1 + length]
    if not length or len(digits) < length or not digits.isalnum():
        raise ValueError(position)
    code = int(digits, 16)
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        raise ValueError(position)
    return chr(code), position + 1 + length
