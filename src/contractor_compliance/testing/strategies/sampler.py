"""From annotations to strategies.

A field's annotation is the one description of what it may hold, so a strategy for a class without rules between its
fields is a walk over its annotations. Classes with such rules have a maker of their own, in `records`, `facts`,
`rules`, `books` and `whole`; fields whose values must come from a pool have theirs in `pools.CHOICES`.
"""

from __future__ import annotations

import functools
import operator
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Annotated, Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance.domain import AtLeast, AtMost, Missing, Value, field_types
from contractor_compliance.domain.calendar import PythonCalendar
from contractor_compliance.testing.strategies import pools

__all__ = ["Maker", "OpenSpan", "Sampler", "Span", "built", "few", "merged", "record", "seldom", "usually"]

T = TypeVar("T")
Span = tuple[date, date]
OpenSpan = tuple[date | None, date | None]

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
    return st.sampled_from((common,) * (once_in - 1) + (rare,)).flatmap(lambda chosen: chosen)


def usually(value: Any, *others: Any, once_in: int = 5) -> SearchStrategy[Any]:
    """Return `value`, and one of `others` once in so many times."""
    return st.sampled_from((value,) * ((once_in - 1) * len(others)) + others)


def few(items: SearchStrategy[T], most: int = 2) -> SearchStrategy[tuple[T, ...]]:
    """Return tuples of up to `most` items."""
    return st.lists(items, max_size=most).map(tuple)


def record(
    always: Mapping[str, SearchStrategy[Any]], others: Mapping[str, SearchStrategy[Any]] = _NONE
) -> SearchStrategy[dict[str, Any]]:
    """Return dictionaries with all keys of `always` and a few of `others`; each may be among them."""
    # Made once: to build a strategy costs more than to draw from it.
    names = st.lists(st.sampled_from(tuple(others)), max_size=3) if others else st.builds(list)

    # Not `fixed_dictionaries`, which spends draws on the order of the keys.
    @st.composite
    def fields(draw: DrawFn) -> dict[str, Any]:
        drawn = {name: draw(strategy) for name, strategy in always.items()}
        return drawn | {name: draw(others[name]) for name in draw(names)}

    return fields()


def merged(*parts: SearchStrategy[dict[str, Any]]) -> SearchStrategy[dict[str, Any]]:
    """Return dictionaries with what each part draws, a later part in the place of an earlier."""
    return st.builds(lambda *drawn: functools.reduce(operator.or_, drawn), *parts)


def built(cls: type[T], *parts: SearchStrategy[dict[str, Any]]) -> SearchStrategy[T]:
    """Return values of a class from the fields that the parts draw."""
    return st.builds(lambda *drawn: cls(**functools.reduce(operator.or_, drawn)), *parts)


@attrs.frozen(eq=False, slots=False)
class Sampler:
    """Strategies for values whose days cluster around one day.

    Attributes:
        around: That day.
        spread: How many days before and after it samples reach.
        makers: Functions for the classes that have rules between their fields.
    """

    around: date
    spread: int
    makers: Mapping[type, Maker]
    _made: dict[object, SearchStrategy[Any]] = attrs.field(factory=dict, init=False, repr=False)

    def of(self, cls: type[T]) -> SearchStrategy[T]:
        """Return the strategy for a class."""
        return self.once(self.makers[cls]) if cls in self.makers else self.once(Sampler.derive, cls)

    def once(self, make: Callable[..., SearchStrategy[Any]], *arguments: object) -> SearchStrategy[Any]:
        """Return `make(self, *arguments)`, from the second time on as it was made: strategies are costly to build."""
        key = (make, *arguments)
        if key not in self._made:
            self._made[key] = make(self, *arguments)
        return self._made[key]

    def derive(
        self, cls: type[T], *skipped: str, odd: Mapping[str, SearchStrategy[Any]] = _NONE, **given: SearchStrategy[Any]
    ) -> SearchStrategy[T]:
        """Return the strategy that the annotations of `cls` describe.

        Fields without a default are always drawn; of the others only a few, whichever they are: it keeps samples
        readable, and cheap.

        Args:
            cls: The class.
            skipped: Fields that keep their default.
            odd: Strategies for fields with a default, in the place of what the annotation says.
            **given: Strategies for fields that are always drawn.
        """
        return self.parts(cls, *skipped, odd=odd, **given).map(lambda fields: cls(**fields))

    def spanned(
        self, cls: type[T], ends: tuple[str, str], spans: SearchStrategy[Any], *skipped: str, **given: Any
    ) -> SearchStrategy[T]:
        """Return such values with two days, the fields `ends`, that are drawn as a pair."""
        days = spans.map(lambda span: dict(zip(ends, span, strict=True)))
        return built(cls, self.parts(cls, *ends, *skipped, **given), days)

    def numbered(self, cls: type[Any], least: int = 0) -> SearchStrategy[tuple[Any, ...]]:
        """Return up to two such values whose ids count up, as `person-1`, and so are never repeated."""
        prefix = cls.__name__.lower()
        return st.lists(self.of(cls), min_size=least, max_size=2).map(
            lambda values: tuple(
                attrs.evolve(value, id=f"{prefix}-{place}") for place, value in enumerate(values, start=1)
            )
        )

    def parts(
        self, cls: type, *skipped: str, odd: Mapping[str, SearchStrategy[Any]] = _NONE, **given: SearchStrategy[Any]
    ) -> SearchStrategy[dict[str, Any]]:
        """Return the fields of such values, without those that the caller works out."""
        hints = {name: hint for name, hint in field_types(cls).items() if name not in skipped}
        if unknown := {*given, *odd} - hints.keys():
            raise TypeError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
        needed = {field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING}
        replaced = {**odd, **given}
        strategies = {
            name: replaced[name] if name in replaced else self._field(cls, name, hint) for name, hint in hints.items()
        }
        always = {name for name in strategies if name in given or (name in needed and name not in odd)}
        return record(
            {name: strategy for name, strategy in strategies.items() if name in always},
            {name: strategy for name, strategy in strategies.items() if name not in always},
        )

    def _field(self, cls: type, name: str, hint: Any) -> SearchStrategy[Any]:
        """Return the strategy for one field, when it is not None."""
        return self._hinted(hint, pools.CHOICES.get((cls, name)) or pools.CHOICES.get(name))

    @functools.cached_property
    def days(self) -> SearchStrategy[date]:
        """Days: often the middle one, or a month or a year from it, so that records meet."""
        return self._offsets.map(self._day)

    @functools.cached_property
    def instants(self) -> SearchStrategy[datetime]:
        """Instants in UTC, often at the turn of a day."""
        seconds = st.one_of(st.just(0), st.integers(0, 86_399))
        return st.builds(
            lambda day, second: datetime.combine(day, _MIDNIGHT) + timedelta(seconds=second), self.days, seconds
        )

    @functools.cached_property
    def spans(self) -> SearchStrategy[Span]:
        """Pairs of days, the second after the first: most often a year that runs on the middle day."""
        most = 2 * self.spread + 1
        lengths = [length for length in _LENGTHS if length <= most]
        begun = [-offset for offset in _BEGUN if offset <= self.spread]
        starts = st.one_of(st.sampled_from(begun), st.integers(-min(self.spread, _BEGUN[-1]), 0))
        running = st.tuples(starts, st.sampled_from(lengths[:3]))
        any_span = st.tuples(self._offsets, st.one_of(st.sampled_from(lengths), st.integers(1, most)))
        return seldom(any_span, running, once_in=3).map(self._span)

    @functools.cached_property
    def begun_spans(self) -> SearchStrategy[tuple[date, date | None]]:
        """Spans, half of them without an end."""
        return st.one_of(self.spans, self.spans.map(lambda span: (span[0], None)))

    @functools.cached_property
    def open_spans(self) -> SearchStrategy[OpenSpan]:
        """Spans, most of them without a beginning and an end."""
        start_only = self.days.map(lambda day: (day, None))
        end_only = self.days.map(lambda day: (None, day))
        return seldom(st.one_of(start_only, end_only, self.spans), st.just((None, None)), once_in=4)

    @functools.cached_property
    def money(self) -> SearchStrategy[int]:
        """Amounts in cents: usual ones, and now and then any."""
        return seldom(st.integers(0, 2**63 - 1), st.sampled_from(pools.AMOUNTS))

    @functools.cached_property
    def text(self) -> SearchStrategy[str]:
        """Text for people: seldom of any characters, never blank."""
        characters = st.characters(categories=("L", "N", "P", "S"))
        return seldom(st.text(characters, min_size=1, max_size=12), st.sampled_from(pools.TITLES), once_in=8)

    @functools.cached_property
    def _offsets(self) -> SearchStrategy[int]:
        strides = [stride for stride in _STRIDES if abs(stride) <= self.spread]
        return st.one_of(st.sampled_from(strides), st.integers(-self.spread, self.spread))

    def _day(self, offset: int) -> date:
        return self.shifted(self.around, offset)

    def _span(self, drawn: tuple[int, int]) -> Span:
        start = self._day(drawn[0])
        return start, max(self.shifted(start, drawn[1]), start + timedelta(days=1))

    def shifted(self, day: date, by: int) -> date:
        """Return the day so many days later, kept a little within what a date can hold."""
        return date.fromordinal(max(_FIRST, min(day.toordinal() + by, _LAST)))

    def _hinted(self, hint: Any, choices: tuple[Any, ...] | None = None) -> SearchStrategy[Any]:
        """Return the strategy for an annotation; `choices` are what its values, or their items, are drawn from."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            members = [member for member in arguments if member not in (type(None), None, Missing)]
            sound = st.one_of([self._hinted(member, choices) for member in members])
            return seldom(st.sampled_from(Missing), sound) if Missing in arguments else sound
        if origin is tuple:
            return few(self._hinted(arguments[0], choices))
        if origin is frozenset:
            return st.frozensets(self._hinted(arguments[0], choices), max_size=2)
        if choices:
            return st.sampled_from(choices)
        if origin is Annotated:
            return self._number(arguments[1:]) if arguments[0] is int else self._hinted(arguments[0])
        return self._plain(hint)

    def _number(self, constraints: tuple[Any, ...]) -> SearchStrategy[int]:
        low = max((constraint.bound for constraint in constraints if isinstance(constraint, AtLeast)), default=0)
        high = min((constraint.bound for constraint in constraints if isinstance(constraint, AtMost)), default=None)
        if low == 0 and high is None:
            return self.money
        return st.integers(low, low + 3 if high is None else high)

    def _plain(self, hint: Any) -> SearchStrategy[Any]:
        simple = {
            bool: st.booleans(),
            PythonCalendar.DATE: self.days,
            PythonCalendar.DATETIME: self.instants,
            str: self.text,
        }
        if hint in simple:
            return simple[hint]
        if hint in pools.CHOICES:
            return st.sampled_from(pools.CHOICES[hint])
        if issubclass(hint, Enum):
            return st.sampled_from(hint)
        if issubclass(hint, Value):
            return st.deferred(lambda: self.of(hint))
        raise TypeError(f"no strategy is known for {hint!r}")


Maker = Callable[[Sampler], SearchStrategy[Any]]
