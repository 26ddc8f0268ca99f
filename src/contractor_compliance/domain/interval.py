"""Half-open spans of days, and sets of them with the usual algebra.

A span holds its start and not its end, as an insurance policy does: in force on day d iff `effective <= d < expiration`
(domain rule B3.2).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date

import attrs

from contractor_compliance.domain.calendar import PythonCalendar
from contractor_compliance.domain.value import Value
from contractor_compliance.errors import Fault

__all__ = ["ALWAYS", "NEVER", "Interval", "IntervalSet", "overlapping"]

_FIRST = date.min.toordinal()
# One past the last day that a date can hold, so that a set without an end still holds date.max.
_END = date.max.toordinal() + 1


@attrs.frozen
class Interval(Value):
    """The days from `start` up to and not including `end`.

    Attributes:
        start: First day; None = no beginning.
        end: The day after the last; None = no end.

    Example:
        >>> from datetime import date
        >>> term = Interval(date(2026, 1, 1), date(2027, 1, 1))
        >>> date(2026, 12, 31) in term, date(2027, 1, 1) in term, term.days
        (True, False, 365)
    """

    start: date | None = None
    end: date | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.start is not None and self.end is not None and self.end <= self.start:
            yield Fault("$.end", str(self.end), f"must be after the start, {self.start}")

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    @property
    def days(self) -> int | None:
        """Number of days, or None if a side is open."""
        return None if self.start is None or self.end is None else (self.end - self.start).days


class IntervalSet:
    """A set of days: immutable, normalized (sorted, disjoint, never touching), equal iff the same days.

    Kept as one sorted tuple of boundaries (ordinals): the days before the first are out, and each boundary turns in to
    out or back. A day is in the set iff an odd number of boundaries lie at or before it.

    Example:
        >>> from datetime import date
        >>> year = IntervalSet.of(date(2026, 1, 1), date(2027, 1, 1))
        >>> lapse = IntervalSet.of(date(2026, 5, 4), date(2026, 5, 18))
        >>> year - lapse, (year - lapse).days
        (IntervalSet([2026-01-01..2026-05-04, 2026-05-18..2027-01-01]), 351)
    """

    __slots__ = ("_turns",)

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        self._turns: tuple[int, ...] = ()
        spans = sorted(
            (
                _FIRST if interval.start is None else interval.start.toordinal(),
                _END if interval.end is None else interval.end.toordinal(),
            )
            for interval in intervals
        )
        turns: list[int] = []
        for start, end in spans:
            if turns and start <= turns[-1]:
                turns[-1] = max(turns[-1], end)
            else:
                turns += (start, end)
        self._turns = tuple(turns)

    @classmethod
    def of(cls, start: date | None = None, end: date | None = None) -> IntervalSet:
        """Return the days from `start` up to and not including `end`: empty if there are none."""
        low = _FIRST if start is None else start.toordinal()
        high = _END if end is None else end.toordinal()
        return cls._from_turns((low, high) if low < high else ())

    @classmethod
    def _from_turns(cls, turns: tuple[int, ...]) -> IntervalSet:
        made = cls.__new__(cls)
        made._turns = turns  # noqa: SLF001 - the class's own second constructor
        return made

    def __contains__(self, day: date) -> bool:
        return bisect_right(self._turns, day.toordinal()) & 1 == 1

    def __bool__(self) -> bool:
        return bool(self._turns)

    def __iter__(self) -> Iterator[Interval]:
        for start, end in zip(self._turns[::2], self._turns[1::2], strict=True):
            yield Interval(_day(start, _FIRST), _day(end, _END))

    def __eq__(self, other: object) -> bool:
        return self._turns == other._turns if isinstance(other, IntervalSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._turns)

    def __repr__(self) -> str:
        spans = ", ".join(f"{interval.start or ''}..{interval.end or ''}" for interval in self)
        return f"IntervalSet([{spans}])"

    def __or__(self, other: IntervalSet) -> IntervalSet:
        return self._combine(other, lambda mine, theirs: mine or theirs)

    def __and__(self, other: IntervalSet) -> IntervalSet:
        return self._combine(other, lambda mine, theirs: mine and theirs)

    def __sub__(self, other: IntervalSet) -> IntervalSet:
        return self._combine(other, lambda mine, theirs: mine and not theirs)

    def __invert__(self) -> IntervalSet:
        return ALWAYS - self

    def __le__(self, other: IntervalSet) -> bool:
        return not self - other

    @property
    def days(self) -> int | None:
        """Number of days, or None if the set has no beginning or no end."""
        if self._turns and (self._turns[0] == _FIRST or self._turns[-1] == _END):
            return None
        return sum(self._turns[1::2]) - sum(self._turns[::2])

    def first_from(self, day: date) -> date | None:
        """Return the first day of the set at or after `day`, or None."""
        if day in self:
            return day
        index = bisect_right(self._turns, day.toordinal())
        return PythonCalendar.DATE.fromordinal(self._turns[index]) if index < len(self._turns) else None

    def run_around(self, day: date) -> Interval | None:
        """Return the whole run of consecutive days that holds `day`, or None if `day` is not in the set."""
        index = bisect_right(self._turns, day.toordinal())
        if index & 1 == 0:
            return None
        return Interval(_day(self._turns[index - 1], _FIRST), _day(self._turns[index], _END))

    def end_of_run(self, day: date) -> date | None:
        """Return the day after the run that holds `day`; None if the run has no end, or if `day` is not in the set."""
        index = bisect_right(self._turns, day.toordinal())
        return _day(self._turns[index], _END) if index & 1 else None

    def changes(self) -> Iterator[date]:
        """Yield each day on which membership differs from the day before."""
        for turn in self._turns:
            if _FIRST < turn < _END:
                yield PythonCalendar.DATE.fromordinal(turn)

    def _combine(self, other: IntervalSet, keep: Callable[[bool, bool], bool]) -> IntervalSet:
        mine, theirs = self._turns, other._turns
        turns: list[int] = []
        i = j = 0
        inside = False
        while i < len(mine) or j < len(theirs):
            turn = min(mine[i] if i < len(mine) else _END + 1, theirs[j] if j < len(theirs) else _END + 1)
            i += i < len(mine) and mine[i] == turn
            j += j < len(theirs) and theirs[j] == turn
            if keep(i & 1 == 1, j & 1 == 1) is not inside:
                inside = not inside
                turns.append(turn)
        return IntervalSet._from_turns(tuple(turns))


def overlapping(spans: Iterable[tuple[IntervalSet, str]]) -> Iterator[tuple[str, str]]:
    """Yield the labels of neighbors in time that share a day, earlier first.

    In time, not in the order given; each span must be one run of days. Linear but for the sorting.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import IntervalSet
        >>> first, second = IntervalSet.of(end=date(2026, 7, 1)), IntervalSet.of(date(2026, 6, 1))
        >>> list(overlapping([(second, "second"), (first, "first")]))
        [('first', 'second')]
    """
    ordered = sorted(((span._turns, label) for span, label in spans if span), key=lambda item: item[0])  # noqa: SLF001
    furthest: tuple[int, str] | None = None
    for (start, end), label in ordered:
        if furthest is not None and start < furthest[0]:
            yield furthest[1], label
        if furthest is None or end > furthest[0]:
            furthest = end, label


def _day(ordinal: int, open_side: int) -> date | None:
    return None if ordinal == open_side else PythonCalendar.DATE.fromordinal(ordinal)


#: No day at all.
NEVER = IntervalSet()
#: Every day.
ALWAYS = IntervalSet.of()
