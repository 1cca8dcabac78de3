"""The block between two marks, as bytes: put into the text of an rc file and taken out again.

Nothing here touches the file system. What is taken out leaves exactly the bytes that were there
before, and these rules carry what must be known for that:

- A newline of its own goes before the block, so a file that ended without one gets it back so.
- A file that didn't exist begins with the block, and a comment in it says that, and how many
  folders were made for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from autovenv.shells import Marks

FindEnd = Callable[[bytes], int | None]

UTF8_MARK = b"\xef\xbb\xbf"
# Windows PowerShell's own editor and `>` write UTF-16; such a profile must stay so.
UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
SIGNATURE = b"# SIG # Begin signature block"
MADE = "# autovenv made this file (new folders: {}); uninstall takes it away.\n"
# No path has ten thousand folders; a number without an end would be counted down to its end.
MADE_PATTERN = re.compile(rb"^# autovenv made this file \(new folders: (\d{1,4})\)", re.MULTILINE)


class _Span(NamedTuple):
    """Where a block is, and the folders that were made for the file, None if it was there."""

    start: int
    stop: int
    newline: bytes
    folders: int | None


def insert(
    data: bytes | None, marks: Marks, line: bytes, folders: int = 0, find_end: FindEnd | None = None
) -> bytes:
    """Return the file's bytes with one block that holds `line`: an older one's place, or the end.

    `data` is None for a file that doesn't exist, in a place for which `folders` must be made.
    `find_end` returns where in a text the shell stops reading it, None where it doesn't: the block
    goes above that. Raises ValueError, with the reason, for a file that can't be added to.
    """
    if data is None:
        return _render(marks, line, b"\n", folders)
    encoding, text = _decode(data)
    if SIGNATURE in text:
        raise ValueError("it is signed, and a change would void that")
    found = _find_spans(text, marks)
    end = find_end(text) if find_end else None
    if end is not None and found and found[0].start > end and found[0].folders is None:
        for surplus in reversed(found):
            text = _cut_out(text, surplus)
        found = []
    if not found:
        newline = b"\r\n" if marks.crlf and _has_mostly_crlf(text) else b"\n"
        above, below = (text, b"") if end is None else (text[:end], text[end:])
        return _encode(encoding, above + newline + _render(marks, line, newline, None) + below)
    for surplus in reversed(found[1:]):
        text = _cut_out(text, surplus)
    start, stop, newline, made = found[0]
    block = _render(marks, line, newline, made)
    return _encode(encoding, text[:start] + block + text[stop:])


def remove(data: bytes, marks: Marks) -> tuple[bytes | None, int]:
    """Return the file's bytes without the block.

    Where install made the file and nothing else is in it, return None instead of them, and how
    many folders were made for it.
    """
    try:
        encoding, text = _decode(data)
    except ValueError:
        return data, 0  # nothing was put into it
    found = _find_spans(text, marks)
    for span in reversed(found):
        text = _cut_out(text, span)
    folders = [span.folders for span in found if span.folders is not None]
    if folders and not text.removeprefix(UTF8_MARK).strip():
        return None, max(folders)
    return _encode(encoding, text), 0


def read_above(data: bytes, marks: Marks) -> bytes:
    """Return what is above the block as bytes that hold ASCII, all where there is none."""
    try:
        _, text = _decode(data)
    except ValueError:
        return data
    found = _find_spans(text, marks)
    return text[: found[0].start] if found else text


def _render(marks: Marks, line: bytes, newline: bytes, folders: int | None) -> bytes:
    made = "" if folders is None else MADE.format(folders)
    text = f"{marks.begin}\n{made}".encode() + line + f"\n{marks.end}\n".encode()
    return text.replace(b"\n", newline)


def _find_spans(text: bytes, marks: Marks) -> list[_Span]:
    """Return every whole block, in order; a mark without its partner makes none.

    Nor do two that have lost theirs, from between which a block was taken: what stands there is
    the user's, unless it speaks of autovenv.
    """
    found = []
    opened: tuple[int, int, bytes] | None = None
    for match in re.finditer(rb"[^\n]*\n|[^\n]+", text):
        line, start = match[0], match.start()
        if start == 0 and line.startswith(UTF8_MARK):
            line, start = line.removeprefix(UTF8_MARK), len(UTF8_MARK)
        word = line.rstrip()
        if word == marks.begin.encode():
            opened = start, match.end(), b"\r\n" if line.endswith(b"\r\n") else b"\n"
        elif word == marks.end.encode() and opened:
            begin, content_start, newline = opened
            opened = None
            content = text[content_start:start]
            if content.strip() and b"autovenv" not in content:
                continue
            made = MADE_PATTERN.search(content)
            found.append(_Span(begin, match.end(), newline, int(made[1]) if made else None))
    return found


def _cut_out(text: bytes, span: _Span) -> bytes:
    before, after = text[: span.start], text[span.stop :]
    if span.folders is None:
        bare = before.removesuffix(span.newline)
        # What somebody added below the block must not end up on the line above it.
        if not after or not bare or bare.endswith(b"\n"):
            before = bare
    return before + after


def _has_mostly_crlf(text: bytes) -> bool:
    return text.count(b"\r\n") * 2 > text.count(b"\n")


def _decode(data: bytes) -> tuple[str, bytes]:
    """Return the UTF-16 encoding, or an empty string, and the text as bytes that hold ASCII."""
    encoding = UTF16_MARKS.get(data[:2], "")
    if not encoding:
        return "", data
    try:
        return encoding, data.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise ValueError("it begins as UTF-16 but isn't") from None


def _encode(encoding: str, text: bytes) -> bytes:
    if not encoding:
        return text
    return text.decode("utf-8", "surrogatepass").encode(encoding, "surrogatepass")
