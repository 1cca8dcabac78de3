"""Text and bytes that count what is looked at in them, so that no test has to measure time.

An operation costs as many characters as it goes through: what grows with the square of the size
shows at a few kilobytes, on any machine.
"""

from __future__ import annotations

from typing import Any, SupportsIndex


class Meter:
    """Adds up what the operations cost."""

    def __init__(self) -> None:
        self.cost = 0

    def text(self, content: str) -> CountedText:
        """Return `content` as one whose costs are added up here."""
        counted = CountedText(content)
        counted.meter = self
        return counted

    def bytes(self, content: bytes) -> CountedBytes:
        """Return `content` as one whose costs are added up here."""
        counted = CountedBytes(content)
        counted.meter = self
        return counted

    def _slice(self, length: int, key: SupportsIndex | slice) -> None:
        self.cost += len(range(*key.indices(length))) if isinstance(key, slice) else 1

    def _search(self, length: int, found: int, start: int, end: int | None) -> None:
        end = length if end is None else min(end, length)
        self.cost += 1 + max(0, (found if found >= 0 else end) - start)


class CountedText(str):
    """A str as the scanners use one; what is cut out of it is counted, too."""

    meter: Meter

    def __getitem__(self, key: SupportsIndex | slice[Any, Any, Any]) -> str:
        self.meter._slice(len(self), key)
        piece = super().__getitem__(key)
        return self.meter.text(piece) if len(piece) > 1 else piece

    def find(self, sub: str, start: Any = 0, end: Any = None) -> int:
        """Search as str does."""
        found = super().find(sub, start, end)
        self.meter._search(len(self), found, start, end)
        return found

    def startswith(self, prefix: Any, *place: Any) -> bool:
        """Compare as str does."""
        self.meter.cost += len(prefix)
        return super().startswith(prefix, *place)

    def replace(self, old: str, new: str, count: SupportsIndex = -1) -> CountedText:
        """Replace as str does; the outcome is counted, too."""
        self.meter.cost += len(self)
        return self.meter.text(super().replace(old, new, count))


class CountedBytes(bytes):
    """The same for bytes."""

    meter: Meter

    def __getitem__(self, key: Any) -> Any:
        self.meter._slice(len(self), key)
        return super().__getitem__(key)

    def index(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        """Search as bytes do."""
        found = super().find(sub, start, end)
        self.meter._search(len(self), found, start, end)
        if found < 0:
            raise ValueError
        return found
