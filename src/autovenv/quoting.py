"""How a text is written as one word of a shell. `shells` has a row for each shell."""

from __future__ import annotations

# Beside letters and digits, what stands for itself in every shell, and what does so but at the
# start of a word.
_BARE = frozenset("/._-+")
_BARE_WITHIN = frozenset("@:")

# PowerShell ends a quoted text at each of these, too.
_POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"


def quote_posix(text: str) -> str:
    """Return `text` as one word of bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def quote_fish(text: str) -> str:
    """Return `text` as one word of fish, where a backslash and a quote are escaped in quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quote_powershell(text: str) -> str:
    """Return `text` as an expression of PowerShell that is ASCII: 5.1 reads by the code page."""
    if text.isascii():  # as the hook's body is, whose 30,000 characters take 2 ms one by one
        return "'" + text.replace("'", "''") + "'"
    pieces = []
    for character in text:
        if character.isascii():
            pieces.append("''" if character == "'" else character)
        else:
            units = character.encode("utf-16-be", "surrogatepass")
            codes = [units[i : i + 2].hex() for i in range(0, len(units), 2)]
            pieces.append("'" + "".join(f" + [char]0x{code}" for code in codes) + " + '")
    return "('" + "".join(pieces) + "')"


def quote_typed_powershell(text: str) -> str:
    """Return `text` as a word that is typed in PowerShell: as it is, but for the quotes."""
    return "'" + "".join(c * 2 if c in _POWERSHELL_QUOTES else c for c in text) + "'"


def quote_portably(word: str) -> str:
    """Return `word` so that each shell reads the same, "" where it can't be written so.

    Bare where every character stands for itself, a leading `~/` too (each shell but PowerShell
    makes the home of it, and autovenv does); else in single quotes, in which a quote or a
    backslash isn't the same everywhere.
    """
    rest = word.removeprefix("~/")
    if rest and is_bare(rest):
        return word
    if word == rest and not any(c in _POWERSHELL_QUOTES or c == "\\" for c in word):
        return f"'{word}'"
    return ""


def is_bare(text: str) -> bool:
    """Tell whether each character of `text` stands for itself in every shell."""
    return text[:1] not in _BARE_WITHIN and all(
        character.isalnum() or character in _BARE or character in _BARE_WITHIN for character in text
    )
