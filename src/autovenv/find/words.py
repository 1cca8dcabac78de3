r"""Reads the words in which tools record a path in their activate scripts, as data.

Nothing is evaluated: a word that is computed has no reading. The forms are those of CPython's venv
(Lib/venv/__init__.py and its scripts, 3.3 to 3.15), of virtualenv 20 to 21 (its activation/) and of
uv (crates/uv-virtualenv): bare, in either kind of quotes with or without escapes, and since
virtualenv 21.15.10 what isn't ASCII as `"$(… \printf '%b' '\0303\0251')"`.
"""

from __future__ import annotations

# Beside letters and digits, what a word can hold outside of quotes without a meaning of its own.
_BARE = frozenset("/._-+@:,=%^~{}")

_PRINTF = "\\printf '%b' '"


def list_readings(word: str, expected: str) -> list[str]:
    """Return what a word of sh, csh or fish can stand for, none for one that is computed.

    venv and virtualenv before 20.26 put a path into quotes without escaping anything: what stands
    between a word's outer quotes is a reading, too; where the shell would compute something in it,
    only if it is the path that is `expected`.
    """
    joined = _join(word, escapes=False)
    found = [] if joined is None else [joined]
    if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        between = word[1:-1]
        escaped = _join(word, escapes=True)
        found += [] if escaped is None else [escaped]
        if between == expected or not ("$(" in between or "`" in between):
            found.append(between)
    return list(dict.fromkeys(found))


def list_nu_readings(word: str, expected: str) -> list[str]:
    """Return what a word of nushell stands for: raw in virtualenv's script, as sh's in uv's."""
    marks = word[1:].partition("'")[0]
    if word.startswith("r#") and set(marks) == {"#"}:
        begin, end = f"r{marks}'", f"'{marks}"
        is_whole = word.startswith(begin) and word.endswith(end)
        return [word[len(begin) : -len(end)]] if is_whole else []
    return list_readings(word, expected)


def _join(word: str, *, escapes: bool) -> str | None:
    """Return what the pieces of a word are together, None where one of them is computed.

    `escapes`: a backslash in single quotes escapes, as it does in fish.
    """
    pieces = []
    position = 0
    while position < len(word):
        piece, after = _read_piece(word, position, escapes)
        if after <= position:
            return None
        pieces.append(piece)
        position = after
    # csh's script divides what isn't ASCII between its bytes (pypa/virtualenv 2338).
    content = "".join(pieces).encode("utf-8", "surrogateescape")
    return content.decode("utf-8", "surrogateescape")


def _read_piece(word: str, position: int, escapes: bool) -> tuple[str, int]:
    """Return the piece that begins at `at`, and where the next one does: 0 if it is none."""
    if word.startswith('"$(', position):
        return _read_printed(word, position)
    if word[position] in "'\"":
        return _read_quoted(word, position, escapes or word[position] == '"')
    if word[position] == "\\" and position + 1 < len(word):
        return word[position + 1], position + 2
    if word[position].isalnum() or word[position] in _BARE or not word[position].isascii():
        return word[position], position + 1
    return "", 0


def _read_quoted(word: str, position: int, escapes: bool) -> tuple[str, int]:
    quote = word[position]
    characters: list[str] = []
    position += 1
    while position < len(word):
        character = word[position]
        if character == quote:
            return "".join(characters), position + 1
        if character in "$`" and quote == '"':
            return "", 0
        if (
            character == "\\"
            and escapes
            and word[position + 1 : position + 2] in ("\\", quote, "$", "`")
        ):
            position += 1
            character = word[position]
        characters.append(character)
        position += 1
    return "", 0


def _read_printed(word: str, position: int) -> tuple[str, int]:
    r"""Return what `"$(… \printf '%b' '\0303\0251')"` prints."""
    end = word.find("')\"", position)
    command, found, octal = word[position:end].partition(_PRINTF)
    numbers = octal.split("\\0")[1:]
    if end < 0 or not found or "'" in command or octal != "".join(f"\\0{n}" for n in numbers):
        return "", 0
    try:
        printed = bytes(int(number, 8) for number in numbers)
    except ValueError:
        return "", 0
    return printed.decode("utf-8", "surrogateescape"), end + 3
