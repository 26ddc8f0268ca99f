"""What concerns a day, found without a look at everything: for assignments and waivers, of which there may be many."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Generic, TypeVar

__all__ = ["DayIndex"]

T = TypeVar("T")
#: How many turning days make a block. A day looks at what touches its block, which is little more than its own.
_BLOCK = 32


class DayIndex(Generic[T]):
    """Items by the days that they concern, from the first day up to and not including the last.

    Args:
        spans: The first day of each item, the day after its last (None = no end), and the item.

    Example:
        >>> from datetime import date
        >>> index = DayIndex([(date(2026, 1, 1), date(2026, 3, 1), "first"), (date(2026, 2, 1), None, "second")])
        >>> index.on(date(2026, 2, 15)), index.on(date(2026, 3, 1)), index.on(date(2025, 12, 31))
        (('first', 'second'), ('second',), ())
    """

    def __init__(self, spans: Iterable[tuple[date, date | None, T]]) -> None:
        entries = [(start, end, item) for start, end, item in spans if end is None or start < end]
        self._turns = sorted({day for start, end, _ in entries for day in (start, end) if day is not None})
        self._blocks: dict[int, list[tuple[date, date | None, T]]] = defaultdict(list)
        last = len(self._turns) // _BLOCK
        for entry in entries:
            start, end, _ = entry
            for block in range(self._block_of(start), (last if end is None else self._block_of(end)) + 1):
                self._blocks[block].append(entry)

    def _block_of(self, day: date) -> int:
        return max(bisect_right(self._turns, day) - 1, 0) // _BLOCK

    def on(self, day: date) -> tuple[T, ...]:
        """Return the items that concern the day, in the order in which they were given."""
        block = self._blocks.get(self._block_of(day), ())
        return tuple([item for start, end, item in block if start <= day and (end is None or day < end)])
