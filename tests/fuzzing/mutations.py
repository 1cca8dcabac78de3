"""Strategies that damage valid content: most random bytes end at a parser's first check."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

# What tends to be forgotten: ends of lines of every kind, marks of an encoding, signs and digits of
# other scripts, halves of characters, numbers that a count or an int can't take.
ODD = [
    b"\0",
    b"\n",
    b"\r",
    b"\r\n",
    b"\x0b",
    b"\x0c",
    b"\x1c",
    b"\x1e",
    b"\t",
    b" ",
    b"\\",
    b'"',
    b"'",
    b"=",
    b"/",
    b"..",
    b"~",
    b"\x7f",
    b"\xff",
    b"\xc3",
    b"\xc2\x85",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xd9\xa3",
    b"\xc2\xb2",
    b"\xe2\x84\xaa",
    b"\xf0\x9f\x90\x8d",
    b"9" * 5000,
    b"-1",
    b"0x",
    b"\xff\xff\xff\xff",
    b"\x80\0\0\0",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff\xff\xff\xff\xff",
]

# Where: a share of the whole in 1/10,000. Of a wide range of integers hypothesis mostly draws the
# small ones, by which nearly all damage would be at the beginning.
_SHARES = st.builds(lambda high, low: high * 100 + low, st.integers(0, 99), st.integers(0, 99))

# A share, or a word and how far behind its beginning.
Place = int | tuple[bytes, int]

# An edit: where, how many bytes, what with.
Edit = Callable[[bytes, int, int, bytes], bytes]


def _flipped(data: bytes, at: int, length: int, other: bytes) -> bytes:
    if not data:
        return data
    at = min(at, len(data) - 1)
    return data[:at] + bytes([data[at] ^ 1 << length % 8]) + data[at + 1 :]


def _replaced(data: bytes, at: int, length: int, other: bytes) -> bytes:
    return data[:at] + other + data[at + len(other) :]


def _inserted(data: bytes, at: int, length: int, other: bytes) -> bytes:
    return data[:at] + other + data[at:]


def _without(data: bytes, at: int, length: int, other: bytes) -> bytes:
    return data[:at] + data[at + length :]


def _repeated(data: bytes, at: int, length: int, other: bytes) -> bytes:
    return data[:at] + data[at : at + length] * (2 + len(other) % 64) + data[at + length :]


def _moved(data: bytes, at: int, length: int, other: bytes) -> bytes:
    rest = _without(data, at, length, other)
    target = len(rest) - at if at <= len(rest) else 0
    return rest[:target] + data[at : at + length] + rest[target:]


def _cut_off(data: bytes, at: int, length: int, other: bytes) -> bytes:
    return data[: max(0, len(data) - length)]


_EDITS: list[Edit] = [_flipped, _replaced, _inserted, _without, _repeated, _moved, _cut_off]


def damaged(
    sources: Sequence[bytes], words: Sequence[bytes] = (), least: int = 1
) -> st.SearchStrategy[bytes]:
    """Return a strategy of `sources` with from `least` to five edits in them.

    What goes in is one of `words`, which mean something to the parser, something odd, a few bytes,
    or a piece of another of the sources. Half of the damage is done at or behind such a word.
    """
    landmarks = [word for word in words if len(word) > 1 and any(word in s for s in sources)]
    place: st.SearchStrategy[Place] = _SHARES
    if landmarks:
        place |= st.tuples(st.sampled_from(landmarks), st.integers(0, 12))
    pieces = st.sampled_from(sources).flatmap(
        lambda source: st.builds(
            lambda share, length: _piece(source, share, length), _SHARES, st.integers(1, 80)
        )
    )
    other = st.sampled_from([*words, *ODD]) | st.binary(max_size=4) | pieces
    edit = st.tuples(st.sampled_from(_EDITS), place, st.integers(1, 12) | st.integers(1, 400))
    edits = st.lists(st.tuples(edit, other), min_size=least, max_size=5)
    return st.builds(_edited, st.sampled_from(sources), edits)


def _piece(source: bytes, share: int, length: int) -> bytes:
    at = len(source) * share // 10_000
    return source[at : at + length]


def _edited(data: bytes, edits: list[tuple[tuple[Edit, Place, int], bytes]]) -> bytes:
    for (edit, place, length), other in edits:
        if isinstance(place, int):
            at = len(data) * place // 10_000
        else:
            at = max(0, data.find(place[0])) + place[1]
        data = edit(data, at, length, other)
    return data


def heaped(words: Sequence[str], size: int) -> st.SearchStrategy[str]:
    """Return a strategy of texts of about `size` characters: few words, one of them repeated."""
    few = st.lists(st.sampled_from(words), max_size=3).map("".join)
    many = st.lists(st.sampled_from(words), min_size=1, max_size=3).map("".join)
    return st.builds(
        lambda before, piece, after: before + piece * (size // len(piece)) + after, few, many, few
    )
