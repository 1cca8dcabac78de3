"""What a screen shows after what a console wrote: as much of a terminal as ConPTY uses.

Windows' console hands out no stream of what a program wrote: it keeps a screen, and writes what
makes another terminal's screen look like it (cursor moves, erased parts of lines, repainted lines,
and what a program wrote itself where that is the shortest). So a test can't look at the bytes; it
looks at the rows that they make. ECMA-48 and Microsoft's "Console Virtual Terminal Sequences" name
the sequences.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# A control sequence, a string for the terminal (its title, say) up to BEL or ST, another escape.
_SEQUENCE = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
)
# What takes a cell a character, and is most of what is written.
_PLAIN = re.compile("[ -~]+")

# What may be the beginning of one, at the end of what has come so far.
_BEGUN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)\Z")

# The answer to "what are you?": a VT102. A new console waits for it as long as three seconds.
_A_TERMINAL = "\x1b[?6c"

# What a terminal is asked (where its cursor is, what it is called, what it can do), and what it is
# told beside what it shows: modes, a protocol for its keys, the cursor's shape, where a prompt and
# a command's output begin (OSC 133), which folder that is (OSC 7). xterm's "Control Sequences",
# kitty's "Comprehensive keyboard handling" and fish's "Terminal Compatibility" name them.
_TALK = re.compile(
    rb"\x1b\[\?[0-9;]*[hl]|\x1b[=>]"
    rb"|\x1b\[(?:[0-9?]*n|[>=]?[0-9]*c|>[0-9]*q|\?[0-9;]*\$p|>[0-9;]*m)"
    rb"|\x1b\[[<=>?][0-9;]*u|\x1b\[[0-9]* q"
    rb"|\x1b\](?:(?:7|133);[^\x07\x1b]*|1[0-2];\?)(?:\x07|\x1b\\)|\x1bP\+q[^\x1b]*\x1b\\"
)
_TALK_BEGUN = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[\]P][^\x07\x1b]*\x1b?|[ -/]*)\Z")

_TAB = 8


def split_shown(written: bytes) -> tuple[bytes, bytes]:
    """Return what of `written` is meant for the eye, and a sequence that isn't all there yet."""
    begun = _TALK_BEGUN.search(written)
    end = begun.start() if begun else len(written)
    return _TALK.sub(b"", written[:end]), written[end:]


class Screen:
    """A screen of `rows` by `columns`, and all that was scrolled out of it.

    Rows are counted from the first that there ever was. `answers` collects what the terminal is to
    say to those that ask it something.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self.answers: list[str] = []
        self._height = rows
        self._width = columns
        self._lines: list[list[str]] = [[]]
        self._top = 0
        self._row = 0
        self._column = 0
        self._saved = (0, 0)
        self._rest = ""

    @property
    def row(self) -> int:
        """The row that the cursor is in."""
        return self._row

    def feed(self, text: str) -> None:
        """Show `text`; a sequence that isn't all there waits for its end."""
        text = self._rest + text
        begun = _BEGUN.search(text)
        self._rest = text[begun.start() :] if begun else ""
        text = text[: begun.start()] if begun else text
        at = 0
        while at < len(text):
            if found := _SEQUENCE.match(text, at):
                self._obey(found["parameters"] or "", found["final"] or "")
                at = found.end()
            elif found := _PLAIN.match(text, at):
                self._write_plain(found[0])
                at = found.end()
            else:
                self._show(text[at])
                at += 1

    def text(self, first: int) -> str:
        """Return the rows from `first` to the cursor, a newline between two.

        The last one ends where the cursor is. What ends another can't be told from what was never
        written: it has no spaces at its end.
        """
        first = min(first, self._row)
        rows = ["".join(line).rstrip(" ") for line in self._lines[first : self._row]]
        last = [*self._lines[self._row], *" " * self._column]
        return "\n".join([*rows, "".join(last[: self._column])])

    def _show(self, character: str) -> None:
        match character:
            case "\r":
                self._column = 0
            case "\n":
                self._go_down()
            case "\b":
                self._column = max(0, self._column - 1)
            case "\t":
                self._column = min(self._width - 1, (self._column // _TAB + 1) * _TAB)
            case _ if character >= " " and character != "\x7f":
                self._write(character)

    def _write_plain(self, text: str) -> None:
        """Write characters of one cell each, a row's rest at once."""
        while text:
            if self._column == self._width:
                self._column = 0
                self._go_down()
            piece = text[: self._width - self._column]
            line = self._lines[self._row]
            line += " " * (self._column - len(line))
            line[self._column : self._column + len(piece)] = piece
            self._column += len(piece)
            text = text[len(piece) :]

    def _write(self, character: str) -> None:
        width = _cells(character)
        line = self._lines[self._row]
        if width == 0:
            if self._column and self._column <= len(line):
                line[self._column - 1] += character
            return
        if self._column + width > self._width:
            self._column = 0
            self._go_down()
            line = self._lines[self._row]
        line += " " * (self._column - len(line))
        # The second cell of a wide character is empty.
        line[self._column : self._column + width] = [character, ""][:width]
        self._column += width

    def _go_down(self) -> None:
        self._row += 1
        self._top = max(self._top, self._row - self._height + 1)
        self._reach()

    def _reach(self) -> None:
        while len(self._lines) <= self._row:
            self._lines.append([])

    def _obey(self, parameters: str, final: str) -> None:
        if final == "c" and parameters in ("", "0"):
            self.answers.append(_A_TERMINAL)
        elif final == "n" and parameters == "6":
            self.answers.append(f"\x1b[{self._row - self._top + 1};{self._column + 1}R")
        elif parameters.startswith(("<", "=", ">", "?")):
            pass  # a terminal's own: `CSI = 5 u` is about its keys, where `CSI u` moves the cursor
        elif final in _MOVES or final in _ERASERS:
            numbers = [int(n) if n.isdecimal() else 0 for n in parameters.split(";")]
            table = _MOVES if final in _MOVES else _ERASERS
            table[final](self, numbers)

    def _go_to(self, row: int, column: int) -> None:
        """Go to a place of the screen, counted from 0; what is outside of it is its edge."""
        self._row = self._top + max(0, min(row, self._height - 1))
        self._column = max(0, min(column, self._width - 1))
        self._reach()

    def _go_by(self, rows: int, columns: int) -> None:
        self._go_to(self._row - self._top + rows, self._column + columns)

    def _erase_in_line(self, numbers: list[int]) -> None:
        line = self._lines[self._row]
        match numbers[0]:
            case 0:
                del line[self._column :]
            case 1:
                end = min(self._column + 1, len(line))
                line[:end] = " " * end
            case 2:
                line.clear()

    def _erase_in_screen(self, numbers: list[int]) -> None:
        kind = numbers[0]
        self._erase_in_line(numbers)
        if kind in (0, 2):
            del self._lines[self._row + 1 :]
        if kind in (1, 2):
            for line in self._lines[self._top : self._row]:
                line.clear()

    def _erase_characters(self, numbers: list[int]) -> None:
        line = self._lines[self._row]
        end = min(self._column + _count(numbers), len(line))
        line[self._column : end] = " " * max(0, end - self._column)

    def _insert_characters(self, numbers: list[int]) -> None:
        line = self._lines[self._row]
        line += " " * (self._column - len(line))
        line[self._column : self._column] = " " * _count(numbers)

    def _delete_characters(self, numbers: list[int]) -> None:
        del self._lines[self._row][self._column : self._column + _count(numbers)]

    def _save(self) -> None:
        self._saved = (self._row - self._top, self._column)

    def _restore(self) -> None:
        self._go_to(*self._saved)


def _cells(character: str) -> int:
    """Return how many cells a character takes."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "FW" else 1


def _count(numbers: list[int]) -> int:
    """Return the first number, where none and 0 mean 1."""
    return max(1, numbers[0])


def _second(numbers: list[int]) -> int:
    return max(1, numbers[1]) if len(numbers) > 1 else 1


_Step = Callable[[Screen, list[int]], None]

_MOVES: dict[str, _Step] = {
    "A": lambda screen, numbers: screen._go_by(-_count(numbers), 0),
    "B": lambda screen, numbers: screen._go_by(_count(numbers), 0),
    "C": lambda screen, numbers: screen._go_by(0, _count(numbers)),
    "D": lambda screen, numbers: screen._go_by(0, -_count(numbers)),
    "G": lambda screen, numbers: screen._go_to(screen._row - screen._top, _count(numbers) - 1),
    "H": lambda screen, numbers: screen._go_to(_count(numbers) - 1, _second(numbers) - 1),
    "d": lambda screen, numbers: screen._go_to(_count(numbers) - 1, screen._column),
    "f": lambda screen, numbers: screen._go_to(_count(numbers) - 1, _second(numbers) - 1),
    "s": lambda screen, numbers: screen._save(),
    "u": lambda screen, numbers: screen._restore(),
}

_ERASERS: dict[str, _Step] = {
    "@": lambda screen, numbers: screen._insert_characters(numbers),
    "J": lambda screen, numbers: screen._erase_in_screen(numbers),
    "K": lambda screen, numbers: screen._erase_in_line(numbers),
    "P": lambda screen, numbers: screen._delete_characters(numbers),
    "X": lambda screen, numbers: screen._erase_characters(numbers),
}
