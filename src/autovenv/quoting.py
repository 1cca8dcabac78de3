"""A text as one word of each shell, and a command as a line that can be pasted."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Beside letters and digits, what stands for itself in every shell, and what does so but at the
# start of a word.
_BARE = frozenset("/._-+")
_BARE_WITHIN = frozenset("@:")

# PowerShell ends a quoted text at each of these, too.
_POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"


def posix(text: str) -> str:
    """Return `text` as one word of bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def fish(text: str) -> str:
    """Return `text` as one word of fish, where a backslash and a quote are escaped in quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def powershell(text: str) -> str:
    """Return `text` as an expression of PowerShell that is ASCII: 5.1 reads by the code page."""
    pieces = []
    for character in text:
        if character.isascii():
            pieces.append("''" if character == "'" else character)
        else:
            units = character.encode("utf-16-be", "surrogatepass")
            codes = [units[i : i + 2].hex() for i in range(0, len(units), 2)]
            pieces.append("'" + "".join(f" + [char]0x{code}" for code in codes) + " + '")
    quoted = "'" + "".join(pieces) + "'"
    return quoted if text.isascii() else f"({quoted})"


def _typed_in_powershell(text: str) -> str:
    """Return `text` as a word that is typed in PowerShell: as it is, but for the quotes."""
    return "'" + "".join(c * 2 if c in _POWERSHELL_QUOTES else c for c in text) + "'"


# By the shell that asks.
SHELLS: dict[str, Callable[[str], str]] = {
    "bash": posix,
    "zsh": posix,
    "fish": fish,
    "powershell": _typed_in_powershell,
}


def command(words: Sequence[str], shell: str) -> tuple[str, bool]:
    """Return the command as a line to be typed in `shell`, and whether it is right in all shells.

    `shell` is bash, zsh, fish or powershell. The line is empty where a word holds what can't be
    shown as it is, control characters for one: nobody could paste it and have what they saw.
    """
    from autovenv import text as texts  # a hook is filled in without it

    if any(map(texts.is_deceptive, words)):
        return "", True
    line, is_portable = [], True
    for number, word in enumerate(words):
        quoted = portable(word)
        if quoted != word and number == 0:
            # PowerShell takes a quoted first word for a text, and calls it by `&` alone.
            is_portable = False
            quoted = SHELLS[shell](word)
            line += ["&", quoted] if shell == "powershell" else [quoted]
            continue
        is_portable = is_portable and bool(quoted)
        line.append(quoted or SHELLS[shell](word))
    return " ".join(line), is_portable


def writing(word: str, file: str, shell: str) -> str:
    """Return the command by which `shell` makes `word` a file's content, "" as in `command`."""
    if shell == "powershell":
        return command(["Set-Content", file, word], shell)[0]
    echoed, named = (command(["echo", each], shell)[0] for each in (word, file))
    return f"{echoed} > {named.removeprefix('echo ')}" if echoed and named else ""


def portable(word: str) -> str:
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
