"""A command as a line that can be pasted into the shell that asks."""

from __future__ import annotations

from autovenv.quoting import quote_portably
from autovenv.text import is_deceptive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def write_command(words: Sequence[str], shell: str) -> tuple[str, bool]:
    """Return the command as a line to be typed in `shell`, and whether it is right in all shells.

    `shell` is a name in `shells.SHELLS`. The line is empty where a word contains what can't be
    shown as it is, control characters for one: nobody could paste it and have what they saw.
    """
    if any(map(is_deceptive, words)):
        return "", True
    line, is_portable = [], True
    for number, word in enumerate(words):
        quoted = quote_portably(word)
        if number == 0 and quoted != word:
            # PowerShell takes a quoted first word for a text.
            quoted = ""
        line.append(quoted or _quote_for(word, shell, is_called=number == 0))
        is_portable = is_portable and bool(quoted)
    return " ".join(line), is_portable


def write_to_file(word: str, file: str, shell: str) -> str:
    """Return the command by which `shell` makes `word` a file's content, "" as above."""
    from autovenv.shells import SHELLS

    if is_deceptive(word) or is_deceptive(file):
        return ""
    names = {"word": word, "file": file}
    quoted = {name: quote_portably(text) or _quote_for(text, shell) for name, text in names.items()}
    return SHELLS[shell].write.format_map(quoted)


def _quote_for(word: str, shell: str, *, is_called: bool = False) -> str:
    """Return the word as that shell alone reads it; a question seldom needs the table for it."""
    from autovenv.shells import SHELLS

    row = SHELLS[shell]
    return (row.call if is_called else "") + row.quote_typed(word)
