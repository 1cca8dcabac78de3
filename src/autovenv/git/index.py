"""Read the entries of a git index: bytes in, names out; it opens no file.

The format is git's gitformat-index(5), versions 2 to 4, for SHA-1 and SHA-256.
"""

from __future__ import annotations

# A submodule, in an entry: the highest four bits of its mode that are in use.
GITLINK = 0xE

HASH_SIZES = (20, 32)  # bytes: SHA-1, SHA-256; an index doesn't say which
HEADER = 12  # bytes: signature, version, number of entries
TIMES_TO_SIZE = 40  # bytes: an entry up to its object's hash, which the flags and the name follow
SMALLEST = 64  # bytes of an entry: there can't be more of them than that allows
MODE = 26  # where in an entry the byte is whose upper half is the kind
EXTENDED = 0x40  # in the first byte of the flags: two bytes more follow them
UNKNOWN_EXTENDED = 0x9F  # but skip-worktree and intent-to-add; the second byte is unused
LONG_NAME = 0xFFF  # as the name's length: this or more, up to a NUL

# An entry: its name, what it stands for, its number within the index.
Entry = tuple[bytes, int, int]


class Contents:
    """What `parse` found.

    `entries` are those in the range that was asked for; `count` is how many there are in all;
    `nameless` has a byte for each without a name: what it stands for. `link` is the extension that
    makes it a split index, or empty; `checksum` closes the file.
    """

    __slots__ = ("checksum", "count", "entries", "link", "nameless")

    def __init__(
        self, entries: list[Entry], count: int, nameless: bytearray, link: bytes, checksum: bytes
    ) -> None:
        self.entries = entries
        self.count = count
        self.nameless = nameless
        self.link = link
        self.checksum = checksum


def parse(data: bytes, low: bytes, high: bytes) -> Contents | None:
    """Return what the index `data` holds from the name `low` to before `high`, None if damaged.

    An extension that must be understood and isn't makes it damaged, too.
    """
    version = int.from_bytes(data[4:8])
    count = int.from_bytes(data[8:HEADER])
    if data[:4] != b"DIRC" or version not in (2, 3, 4) or count * SMALLEST > len(data):
        return None
    walk = _walk_compressed if version == 4 else _walk_padded
    for hash_size in HASH_SIZES:
        end = len(data) - hash_size
        try:
            known = _find_recorded_end(data, end, hash_size)
            entries, nameless, position = walk(data, hash_size, low, high, known)
            link = _find_link(data, position, end)
        except (IndexError, ValueError):
            continue  # cut off, or the other hash
        return Contents(entries, count, nameless, link, data[end:])
    return None


def _walk_padded(
    data: bytes, hash_size: int, low: bytes, high: bytes, known: int
) -> tuple[list[Entry], bytearray, int]:
    """Step through versions 2 and 3; return the entries, the nameless ones, the end.

    They are sorted: where their end is `known` (else 0), what comes after `high` isn't looked at.
    """
    entries: list[Entry] = []
    nameless = bytearray()
    position = HEADER
    to_flags = TIMES_TO_SIZE + hash_size
    for number in range(int.from_bytes(data[8:HEADER])):
        flags = data[position + to_flags]
        start = position + to_flags + 2
        length = (flags & 0xF) << 8 | data[start - 1]
        if flags & EXTENDED:
            _check_extended(data, start)
            start += 2
        if not length:
            _add_nameless(nameless, number, data[position + MODE])
        elif length == LONG_NAME:
            length = data.index(b"\0", start) - start
        name = data[start : start + length]
        if data[start + length]:
            raise ValueError  # to git the name goes on
        if name >= low:
            if name < high:
                if data.index(b"\0", start) != start + length:
                    raise ValueError
                entries.append((name, data[position + MODE] >> 4, number))
            elif known:
                return entries, nameless, known
        # Filled up with one to eight NULs, so that entries lie eight by eight.
        position += (start - position + length + 8) & ~7
    return entries, nameless, position


def _walk_compressed(
    data: bytes, hash_size: int, low: bytes, high: bytes, known: int
) -> tuple[list[Entry], bytearray, int]:
    """Do the same for version 4: how many bytes to take off the name before, and what to add.

    Of each name only as much is kept as tells on which side of `high` it is: names that grow
    from entry to entry would else take time and room by the square of the file's size.
    """
    entries: list[Entry] = []
    nameless = bytearray()
    position = HEADER
    to_flags = TIMES_TO_SIZE + hash_size
    kept = len(high) + 1
    name, length = b"", 0
    for number in range(int.from_bytes(data[8:HEADER])):
        entry = position
        flags = data[entry + to_flags]
        position = entry + to_flags + 2
        stated = (flags & 0xF) << 8 | data[position - 1]
        if flags & EXTENDED:
            _check_extended(data, position)
            position += 2
        taken = data[position]
        position += 1
        if taken > 0x7F:
            taken, position = _read_varint(data, position - 1)
        common = length - taken
        end = data.index(b"\0", position)
        length = common + end - position
        if common < 0 or stated != (length if length < LONG_NAME else LONG_NAME):
            raise ValueError
        if common < kept:
            name = (name[:common] + data[position:end])[:kept]
        position = end + 1
        if not length:
            _add_nameless(nameless, number, data[entry + MODE])
        if name >= low:
            if name < high:
                entries.append((name, data[entry + MODE] >> 4, number))
            elif known:
                return entries, nameless, known
    return entries, nameless, position


def _check_extended(data: bytes, position: int) -> None:
    if data[position] & UNKNOWN_EXTENDED or data[position + 1]:
        raise ValueError


def _add_nameless(nameless: bytearray, number: int, mode: int) -> None:
    if len(nameless) != number:
        raise ValueError  # they are the first ones
    nameless.append(mode >> 4)


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    """Read a number, seven bits a byte; return it and where it ends. git's varint.c."""
    value = data[position] & 0x7F
    while data[position] > 0x7F:
        position += 1
        value = (value + 1 << 7) + (data[position] & 0x7F)
        if value > len(data):
            raise ValueError
    return value, position + 1


def _find_recorded_end(data: bytes, end: int, hash_size: int) -> int:
    """Return where the entries end, if the last extension before `end` says so, else 0."""
    start = end - 8 - 4 - hash_size
    size = (4 + hash_size).to_bytes(4, "big")
    if start < HEADER or data[start : start + 8] != b"EOIE" + size:
        return 0
    return int.from_bytes(data[start + 8 : start + 12])


def _find_link(data: bytes, position: int, end: int) -> bytes:
    """Go through the extensions; return the one that makes the index a split one, or nothing.

    Raise ValueError where they don't fill the place up to `end`, or one must be understood (its
    name doesn't begin with a capital) that isn't.
    """
    link = b""
    while position < end:
        name = data[position : position + 4]
        size = int.from_bytes(data[position + 4 : position + 8])
        content = position + 8
        position = content + size
        if name == b"link":
            link = data[content:position]
            if len(link) < len(data) - end:
                raise ValueError  # it begins with the shared index's checksum
        elif not b"A" <= name[:1] <= b"Z" and name != b"sdir":
            raise ValueError
    if position != end or position < HEADER:
        raise ValueError
    return link


def merge(split: Contents, shared: Contents) -> list[Entry] | None:
    """Return the entries of a split index and of the one that it shares, None if damaged.

    The extension has two bitmaps over the shared entries: those that are deleted, and those that
    are replaced, in order, by the split index's entries without a name.
    """
    own = [entry for entry in split.entries if entry[0]]
    position = len(split.checksum)
    if len(split.link) == position:
        return own + shared.entries
    try:
        deleted, position = _read_bitmap(split.link, position, shared.count)
        replaced, position = _read_bitmap(split.link, position, shared.count)
    except IndexError:
        return None
    both = int.from_bytes(deleted) & int.from_bytes(replaced)
    if both or position != len(split.link) or replaced.count(1) != len(split.nameless):
        return None
    before = start = 0
    for name, kind, number in shared.entries:
        if replaced[number]:
            before += replaced.count(1, start, number)
            start = number
            kind = split.nameless[before]
        if not deleted[number]:
            own.append((name, kind, number))
    return own


def _read_bitmap(data: bytes, position: int, size: int) -> tuple[bytearray, int]:
    """Read a bitmap of at most `size` bits, in EWAH's form; return a byte a bit, and where it ends.

    A word tells of what bit a run is (bit 0), how many words long it is (bits 1 to 32), and how
    many words follow as they are (the rest). Raise IndexError where it is cut off or too long.
    """
    bits = bytearray(size)
    end = position + 8 + 8 * int.from_bytes(data[position + 4 : position + 8])
    if end + 4 > len(data):
        raise IndexError
    position += 8
    bit = 0
    while position < end:
        word = int.from_bytes(data[position : position + 8])
        run = (word >> 1 & 0xFFFFFFFF) * 64
        if word & 1:
            if bit + run > size:
                raise IndexError
            bits[bit : bit + run] = b"\1" * run
        bit += run
        literal = position + 8
        position = literal + 8 * (word >> 33)
        if position > end:
            raise IndexError
        for start in range(literal, position, 8):
            _set(bits, bit, int.from_bytes(data[start : start + 8]))
            bit += 64
    return bits, end + 4


def _set(bits: bytearray, first: int, word: int) -> None:
    while word:
        lowest = word & -word
        bits[first + lowest.bit_length() - 1] = 1
        word -= lowest
