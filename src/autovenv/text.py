"""Text towards people: nothing in it fools a terminal or a reader, and it is cut to length."""

from __future__ import annotations

LABEL_LIMIT = 60  # characters
NOTE_LIMIT = 500  # characters of a line
CITED_LIMIT = 60  # characters


def clean(text: str, limit: int) -> str:
    """Return `text` without what a terminal or a reader could be fooled with, cut to `limit`.

    Control characters, marks that turn or hide text, and bytes that aren't UTF-8 become `?`.
    """
    shown = "".join("?" if _is_deceptive(character) else character for character in text)
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def cite(text: str) -> str:
    """Return a project's own words in quotes, on one line, cut to CITED_LIMIT.

    A pin, a recorded path, a name: whoever wrote them must not be able to speak in our voice, nor
    to begin a line of their own by blanks that the terminal wraps.
    """
    return f"'{clean(' '.join(text.split()), CITED_LIMIT)}'"


def is_deceptive(text: str) -> bool:
    """Tell whether `clean` would change a character of `text`: it can't be shown as it is."""
    return any(map(_is_deceptive, text))


def _is_deceptive(character: str) -> bool:
    code = ord(character)
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or code in (0xAD, 0x61C, 0x180E, 0xFEFF)
        or 0x200B <= code <= 0x200F
        or 0x2028 <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or 0xD800 <= code <= 0xDFFF
        or 0xFFF9 <= code <= 0xFFFB
        or code >= 0xE0000
    )
