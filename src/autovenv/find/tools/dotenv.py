r"""Reads a `.env` file as pipenv's python-dotenv does (dotenv/parser.py and variables.py).

What isn't a binding is passed over with the rest of its line, as there. A value may hold `${NAME}`
and `${NAME:-default}`: of what the file said before, else of the shell's environment.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ESCAPES = dict(zip("\\'\"abfnrtv", "\\'\"\a\b\f\n\r\t\v", strict=True))
_DOUBLE, _SINGLE = _ESCAPES, {"\\": "\\", "'": "'"}


class _BindingError(Exception):
    """There is no binding here."""


def parse(text: str, variable: Callable[[str], str | None]) -> dict[str, str]:
    """Return what the file sets. `variable` looks a name up that the file has not set before."""
    found: dict[str, str | None] = {}
    reader = _Reader(text.replace("\r\n", "\n").replace("\r", "\n"))
    while reader.position < len(reader.text):
        try:
            key, value = reader.read_binding()
        except _BindingError:
            reader.skip_line()
            continue
        if key is not None:
            found[key] = None if value is None else _interpolate(value, found, variable)
    return {key: value for key, value in found.items() if value is not None}


def _interpolate(
    value: str, found: dict[str, str | None], variable: Callable[[str], str | None]
) -> str:
    pieces: list[str] = []
    while True:
        before, begin, rest = value.partition("${")
        name, end, after = rest.partition("}")
        bare, dash, default = name.partition(":")
        if not begin or not end:
            return "".join((*pieces, value))
        if dash and not default.startswith("-"):
            pieces += [before, begin]  # no reference, but one may begin within it
            value = rest
            continue
        known = found[bare] or "" if bare in found else variable(bare)
        pieces += [before, default[1:] if known is None else known]
        value = after


class _Reader:
    """Goes through the text; `position` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.position = 0

    def read_binding(self) -> tuple[str | None, str | None]:
        """Return the next key and value, each None where there is none."""
        self._skip_while(lambda character: character.isspace())
        if self.position == len(self.text):
            return None, None
        self._skip_export()
        key, value = self._read_key(), None
        self._skip_blanks()
        if self._peek() == "=":
            self.position += 1
            begin = self.position
            self._skip_blanks()
            value = "" if self.position > begin and self._peek() == "#" else self._read_value()
        begin = self.position
        self._skip_blanks()
        if self._peek() == "#":
            self._skip_while(lambda character: character != "\n")
        elif self.position > begin and self._peek() not in ("", "\n"):
            raise _BindingError
        if self._peek() not in ("", "\n"):
            raise _BindingError
        self.position += 1
        return key, value

    def skip_line(self) -> None:
        """Go to the begin of the next line."""
        self._skip_while(lambda character: character != "\n")
        self.position += 1

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _skip_while(self, fits: Callable[[str], bool]) -> str:
        begin = self.position
        while self.position < len(self.text) and fits(self.text[self.position]):
            self.position += 1
        return self.text[begin : self.position]

    def _skip_blanks(self) -> None:
        self._skip_while(lambda character: character.isspace() and character != "\n")

    def _skip_export(self) -> None:
        begin = self.position
        if self.text.startswith("export", begin):
            self.position += len("export")
            blanks = self._skip_while(lambda character: character.isspace() and character != "\n")
            if not blanks:
                self.position = begin

    def _read_key(self) -> str | None:
        if self._peek() == "#":
            return None
        if self._peek() == "'":
            end = self.text.find("'", self.position + 1)
            key = self.text[self.position + 1 : end]
            if end < 0 or not key:
                raise _BindingError
            self.position = end + 1
            return key
        key = self._skip_while(lambda character: character not in "=#" and not character.isspace())
        if not key:
            raise _BindingError
        return key

    def _read_value(self) -> str:
        if self._peek() == "'":
            return self._read_quoted(_SINGLE)
        if self._peek() == '"':
            return self._read_quoted(_DOUBLE)
        line = self._skip_while(lambda character: character != "\n")
        for number, character in enumerate(line):
            if character == "#" and number and line[number - 1].isspace():
                return line[:number].rstrip()
        return line.rstrip()

    def _read_quoted(self, escapes: dict[str, str]) -> str:
        quote, position = self._peek(), self.position + 1
        characters: list[str] = []
        while position < len(self.text):
            character = self.text[position]
            if character == quote:
                self.position = position + 1
                return "".join(characters)
            if character == "\\":
                following = self.text[position + 1 : position + 2]
                characters.append(escapes.get(following, character + following))
                position += 2
            else:
                characters.append(character)
                position += 1
        raise _BindingError
