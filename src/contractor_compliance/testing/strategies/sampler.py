"""From annotations to strategies.

A field's annotation is the one description of what it may hold, so a strategy for a class without rules between its
fields is a walk over its annotations. Classes with such rules have functions of their own, in `facts`, `rules` and
`files`; fields whose text must come from a pool have theirs in `FIELDS`.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Annotated, Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance.domain import AtLeast, AtMost, Line, Missing, State, TaxId, Value, field_types
from contractor_compliance.testing.strategies import pools

__all__ = ["Maker", "Sampler", "few", "numbered", "record", "seldom", "some_of", "usually"]

T = TypeVar("T")

_NO_NAMES: SearchStrategy[list[str]] = st.builds(list)
_NONE: Mapping[str, SearchStrategy[Any]] = {}

#: One step of a length, or of a distance, that makes days coincide.
_STRIDES = (0, 1, -1, 30, -30, 365, -365)
#: How long before the middle day a year has begun that is running on it.
_BEGUN = (0, 1, 180, 30, 363)
_LENGTHS = (365, 366, 364, 180, 30, 1)
_MIDNIGHT = time(tzinfo=UTC)
# Room on both sides, so that a year before or after a sample is a day still.
_FIRST = date.min.toordinal() + 400
_LAST = date.max.toordinal() - 400


def seldom(rare: SearchStrategy[Any], common: SearchStrategy[Any], *, once_in: int = 5) -> SearchStrategy[Any]:
    """Return `common`, and `rare` once in so many times; it shrinks towards `common`."""
    # Not `one_of`, which flattens what it is given and so would lose the odds.
    return st.sampled_from((common,) * (once_in - 1) + (rare,)).flatmap(_itself)


def _itself(chosen: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return chosen


def usually(value: Any, *others: Any, once_in: int = 5) -> SearchStrategy[Any]:
    """Return `value`, and one of `others` once in so many times."""
    return st.sampled_from((value,) * ((once_in - 1) * len(others)) + others)


def few(items: SearchStrategy[T], most: int = 2) -> SearchStrategy[tuple[T, ...]]:
    """Return tuples of up to `most` items."""
    return st.lists(items, max_size=most).map(tuple)


def record(parts: Mapping[str, SearchStrategy[Any]]) -> SearchStrategy[dict[str, Any]]:
    """Return dictionaries with these keys, in this order: `fixed_dictionaries` would spend draws on the order."""
    return some_of(parts, {})


def some_of(
    always: Mapping[str, SearchStrategy[Any]], others: Mapping[str, SearchStrategy[Any]]
) -> SearchStrategy[dict[str, Any]]:
    """Return dictionaries with all keys of `always` and a few of `others`; each may be among them."""
    # Made once: to build a strategy costs more than to draw from it.
    names = st.lists(st.sampled_from(tuple(others)), max_size=3) if others else _NO_NAMES

    @st.composite
    def parts(draw: DrawFn) -> dict[str, Any]:
        drawn = {name: draw(each) for name, each in always.items()}
        return drawn | {name: draw(others[name]) for name in draw(names)}

    return parts()


def numbered(items: SearchStrategy[Any], prefix: str, *, least: int = 0, most: int = 2) -> SearchStrategy[Any]:
    """Return tuples of values whose ids count up from `<prefix>-1`, and so are never repeated."""
    return st.lists(items, min_size=least, max_size=most).map(
        lambda found: tuple(attrs.evolve(each, id=f"{prefix}-{place}") for place, each in enumerate(found, start=1))
    )


@attrs.frozen(eq=False)
class Sampler:
    """Strategies for values whose days cluster around one day.

    Attributes:
        around: That day.
        spread: How many days before and after it samples reach.
        makers: Functions for the classes that have rules between their fields.
        fields: Functions for single fields, by class and name, or by name alone.
    """

    around: date
    spread: int
    makers: Mapping[type, Maker]
    fields: Mapping[tuple[type | None, str], Maker]
    _made: dict[object, SearchStrategy[Any]] = attrs.field(factory=dict, init=False, repr=False)

    def of(self, cls: type[T]) -> SearchStrategy[T]:
        """Return the strategy for a class."""
        maker = self.makers.get(cls)
        return self.once(cls, lambda: maker(self) if maker else self.derive(cls))

    def once(self, key: object, make: Callable[[], SearchStrategy[Any]]) -> SearchStrategy[Any]:
        """Return what `make` returned the first time that `key` was asked for: strategies are costly to build."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def derive(
        self, cls: type[T], odd: Mapping[str, SearchStrategy[Any]] = _NONE, **given: SearchStrategy[Any]
    ) -> SearchStrategy[T]:
        """Return the strategy that the annotations of `cls` describe.

        Fields without a default are always drawn; of the others only a few, whichever they are: it keeps samples
        readable, and cheap.

        Args:
            cls: The class.
            odd: Strategies for fields with a default, in the place of what the annotation says.
            **given: Strategies for fields that are always drawn.
        """
        return self.parts(cls, odd=odd, **given).map(lambda parts: cls(**parts))

    def parts(
        self,
        cls: type,
        *skipped: str,
        odd: Mapping[str, SearchStrategy[Any]] = _NONE,
        **given: SearchStrategy[Any],
    ) -> SearchStrategy[dict[str, Any]]:
        """Return the fields of such values, without those that the caller works out."""
        hints = {name: hint for name, hint in field_types(cls).items() if name not in skipped}
        if unknown := {*given, *odd} - hints.keys():
            raise TypeError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
        needed = {field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING}
        always = {
            name: given[name] if name in given else self.field(cls, name, hint)
            for name, hint in hints.items()
            if name in given or (name in needed and name not in odd)
        }
        others = {
            name: odd[name] if name in odd else self.field(cls, name, hint)
            for name, hint in hints.items()
            if name not in always
        }
        return some_of(always, others)

    def field(self, cls: type, name: str, hint: Any) -> SearchStrategy[Any]:
        """Return the strategy for one field, when it is not None; absent is drawn here, whatever says the rest."""
        maker = self.fields.get((cls, name)) or self.fields.get((None, name))
        return self._hinted(hint, maker(self) if maker else None)

    def days(self) -> SearchStrategy[date]:
        """Return days: often the middle one, or a month or a year from it, so that records meet."""
        return self.once("days", lambda: self._offsets().map(self._day))

    def _offsets(self) -> SearchStrategy[int]:
        strides = [stride for stride in _STRIDES if abs(stride) <= self.spread]
        return st.one_of(st.sampled_from(strides), st.integers(-self.spread, self.spread))

    def _day(self, offset: int) -> date:
        return self.shifted(self.around, offset)

    def shifted(self, day: date, by: int) -> date:
        """Return the day so many days later, kept a little within what a date can hold."""
        return date.fromordinal(max(_FIRST, min(day.toordinal() + by, _LAST)))

    def instants(self) -> SearchStrategy[datetime]:
        """Return instants in UTC, often at the turn of a day."""

        def make() -> SearchStrategy[datetime]:
            seconds = st.one_of(st.just(0), st.integers(0, 86_399))
            return st.builds(
                lambda day, second: datetime.combine(day, _MIDNIGHT) + timedelta(seconds=second), self.days(), seconds
            )

        return self.once("instants", make)

    def spans(self) -> SearchStrategy[tuple[date, date]]:
        """Return pairs of days, the second after the first: most often a year that runs on the middle day."""

        def make() -> SearchStrategy[tuple[date, date]]:
            most = 2 * self.spread + 1
            lengths = [length for length in _LENGTHS if length <= most]
            begun = [-offset for offset in _BEGUN if offset <= self.spread]
            starts = st.one_of(st.sampled_from(begun), st.integers(-min(self.spread, _BEGUN[-1]), 0))
            running = st.tuples(starts, st.sampled_from(lengths[:3]))
            any_span = st.tuples(self._offsets(), st.one_of(st.sampled_from(lengths), st.integers(1, most)))
            return seldom(any_span, running, once_in=3).map(self._span)

        return self.once("spans", make)

    def _span(self, drawn: tuple[int, int]) -> tuple[date, date]:
        start = self._day(drawn[0])
        return start, max(self.shifted(start, drawn[1]), start + timedelta(days=1))

    def open_spans(self) -> SearchStrategy[tuple[date | None, date | None]]:
        """Return spans, most of them without a beginning and an end."""

        def make() -> SearchStrategy[tuple[date | None, date | None]]:
            start_only = self.days().map(lambda day: (day, None))
            end_only = self.days().map(lambda day: (None, day))
            return seldom(st.one_of(start_only, end_only, self.spans()), st.just((None, None)), once_in=4)

        return self.once("open_spans", make)

    def _hinted(self, hint: Any, inner: SearchStrategy[Any] | None) -> SearchStrategy[Any]:
        """Return the strategy for a hint; `inner` stands for what is neither None nor missing."""
        origin = typing.get_origin(hint)
        members = typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self._union(members, inner)
        if inner is not None:
            return inner
        if origin is Annotated:
            return self._constrained(members[0], members[1:])
        return self._plain(hint)

    def _union(self, members: tuple[Any, ...], inner: SearchStrategy[Any] | None) -> SearchStrategy[Any]:
        rest = [member for member in members if member not in (type(None), None, Missing)]
        sound = st.one_of([self._hinted(member, None) for member in rest]) if inner is None else inner
        return seldom(st.sampled_from(Missing), sound) if Missing in members else sound

    def _constrained(self, hint: Any, constraints: tuple[Any, ...]) -> SearchStrategy[Any]:
        if hint is int:
            low = max((each.bound for each in constraints if isinstance(each, AtLeast)), default=None)
            high = min((each.bound for each in constraints if isinstance(each, AtMost)), default=None)
            if low == 0 and high is None:
                return self.money()
            return st.integers(low, high if high is not None else (low or 0) + 3)
        if hint is str:
            return self.text()
        return self._hinted(hint, None)

    def _plain(self, hint: Any) -> SearchStrategy[Any]:
        origin = typing.get_origin(hint)
        if origin is tuple:
            return few(self._hinted(typing.get_args(hint)[0], None))
        if origin is frozenset:
            return st.frozensets(self._hinted(typing.get_args(hint)[0], None), max_size=2)
        simple: dict[Any, Callable[[], SearchStrategy[Any]]] = {
            bool: st.booleans,
            date: self.days,
            datetime: self.instants,
            Line: lambda: st.sampled_from(pools.LINES),
            State: lambda: st.sampled_from(pools.STATES),
            TaxId: lambda: st.sampled_from(pools.TAX_IDS),
        }
        if hint in simple:
            return simple[hint]()
        if issubclass(hint, Value):
            return st.deferred(lambda: self.of(hint))
        if issubclass(hint, Enum):
            return st.sampled_from(hint)
        raise TypeError(f"no strategy is known for {hint!r}")

    def money(self) -> SearchStrategy[int]:
        """Return amounts in cents: usual ones, and now and then any."""
        return self.once("money", lambda: seldom(st.integers(0, 2**63 - 1), st.sampled_from(pools.AMOUNTS)))

    def text(self) -> SearchStrategy[str]:
        """Return text for people: seldom of any characters, never blank."""
        alphabet = st.characters(categories=("L", "N", "P", "S"))
        return self.once(
            "text", lambda: seldom(st.text(alphabet, min_size=1, max_size=12), st.sampled_from(pools.TITLES), once_in=8)
        )


Maker = Callable[[Sampler], SearchStrategy[Any]]
