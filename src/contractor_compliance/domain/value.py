"""What every domain value shares: its annotations are its promises, and all its faults are reported together.

A field's annotation is the one description of what it may hold. Building a value checks it against its annotations;
the JSON Schema and the test strategies are walks over the same annotations.
"""

from __future__ import annotations

import functools
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any

import attrs

from contractor_compliance.domain.calendar import PythonCalendar, plain_day
from contractor_compliance.domain.conversion import MOST_ENTRIES, collection_fault, conversion
from contractor_compliance.errors import Fault, InvalidValueError

__all__ = [
    "AtLeast",
    "AtMost",
    "Id",
    "Matches",
    "Missing",
    "NotBlank",
    "Sensitive",
    "Text",
    "Value",
    "field_types",
    "repeated",
]


#: How long a text may be, in characters.
LONGEST_TEXT = 10_000


class Missing(Enum):
    """Why a fact has no value. Blank is not zero (domain rule B1.4).

    Example:
        >>> from contractor_compliance.domain import LimitKind
        >>> from contractor_compliance.testing import factories
        >>> factories.limits({LimitKind.EACH_OCCURRENCE: Missing.UNREADABLE}).stated(LimitKind.EACH_OCCURRENCE)
        <Missing.UNREADABLE: 'unreadable'>
    """

    ABSENT = "absent"
    UNREADABLE = "unreadable"


@attrs.frozen
class AtLeast:
    """Constraint: an integer not below `bound`.

    Example:
        >>> AtLeast(1).fault(0), AtLeast(1).fault(1)
        ('must be 1 or more', None)
    """

    bound: int

    def fault(self, value: int) -> str | None:
        """Say what is wrong with `value`, or None."""
        return None if value >= self.bound else f"must be {self.bound} or more"


@attrs.frozen
class AtMost:
    """Constraint: an integer not above `bound`.

    Example:
        >>> AtMost(15).fault(16), AtMost(15).fault(15)
        ('must be 15 or less', None)
    """

    bound: int

    def fault(self, value: int) -> str | None:
        """Say what is wrong with `value`, or None."""
        return None if value <= self.bound else f"must be {self.bound} or less"


@attrs.frozen
class NotBlank:
    """Constraint: text with something in it, not too long, that a database and a document can hold.

    Attributes:
        longest: How many characters are taken; None = any number.

    Example:
        >>> NotBlank().fault("  "), NotBlank().fault("gl")
        ('must not be blank; leave the field out if it is not known', None)
    """

    longest: int | None = LONGEST_TEXT

    def fault(self, value: str) -> str | None:
        """Say what is wrong with `value`, or None."""
        if not value.isascii() and not _is_text(value):
            return "holds half of a character (a lone surrogate); decode the source as UTF-8"
        if "\0" in value:
            return "holds a NUL character; remove it"
        if self.longest is not None and len(value) > self.longest:
            return f"has {len(value):,} characters, and at most {self.longest:,} are taken; keep the document elsewhere"
        return None if value and not value.isspace() else "must not be blank; leave the field out if it is not known"


@attrs.frozen
class Matches:
    """Constraint: text that matches `pattern` from end to end; `fix` says how it should look.

    Example:
        >>> naic = Matches("[0-9]{5}", "must be the five digits of a NAIC company number")
        >>> naic.fault("123"), naic.fault("99901")
        ('must be the five digits of a NAIC company number', None)
    """

    pattern: str
    fix: str

    def fault(self, value: str) -> str | None:
        """Say what is wrong with `value`, or None."""
        # ASCII: `\d` means 0 to 9, as in the JSON Schema, and not every digit of every script.
        return None if re.fullmatch(self.pattern, value, re.ASCII) else self.fix


@attrs.frozen
class Sensitive:
    """Marker: the value never shows in an error message.

    Example:
        >>> from contractor_compliance.domain import Contractor, field_types
        >>> field_types(Contractor)["tax_id"].__metadata__
        (Sensitive(),)
    """

    def fault(self, _value: object) -> str | None:
        """Never find a fault: this is a marker only."""
        return None


#: An identifier given by the host: any text that is not blank. Compared exactly, never case-folded.
Id = Annotated[str, NotBlank()]
#: Text for people, not blank.
Text = Annotated[str, NotBlank()]

# Python refuses to write out numbers of thousands of digits; nobody could read them either.
_LONG = 256
_Check = Callable[[Any], Iterator[tuple[str, str]]]
_IsSound = Callable[[Any], bool]
_Convert = Callable[[Any], Any]


class Value:
    """Base of all domain values: frozen, slotted, checked when built.

    Where a tuple or frozenset is stored, the constructor takes any iterable: a list, a set, a generator, the keys of a
    dict. Where a fact may be `Missing`, it takes None for a fact that is not stated. A text or a mapping is no
    collection. A set in the place of a tuple is sorted if it holds texts, and refused otherwise: it has no order.

    Raises:
        InvalidValueError: From the constructor, with every fault of the value.

    Example:
        >>> from contractor_compliance.domain import Client
        >>> Client(id="", name=17)
        Traceback (most recent call last):
        contractor_compliance.errors.InvalidValueError: Client is not valid:
          $.id = '': must not be blank; leave the field out if it is not known
          $.name = 17: must be str, not int
        >>> Client(id="client-1", name="Sample Mills Corp", aliases=["Sample Mills"]).aliases
        ('Sample Mills',)
    """

    __slots__ = ()

    def __attrs_post_init__(self) -> None:
        cls: Any = type(self)
        faults: list[Fault] = []
        for name, is_sound, convert, check in _checks(cls):
            given = getattr(self, name)
            if is_sound(given):
                continue
            stored = convert(given)
            plain = _with_plain_dates(stored)
            if is_sound(plain):
                stored = plain
            # Also what is at fault: an iterator can be read only once.
            object.__setattr__(self, name, stored)
            for path, problem in check(stored):
                faults.append(Fault(f"$.{name}{path}", _shown(cls, name, stored, path), problem))
        # Cross-field rules read the fields, so they wait until each field is sound in itself.
        all_faults = tuple(faults or self._faults())
        if all_faults:
            raise InvalidValueError(cls.__name__, all_faults)

    def _faults(self) -> Iterator[Fault]:
        """Yield what is wrong between fields that are each sound in themselves."""
        return iter(())


def field_types(cls: type) -> dict[str, Any]:
    """Return the annotations of a value class, field by field, with their constraints (`Annotated`) kept.

    Example:
        >>> from contractor_compliance.domain import PayRate
        >>> field_types(PayRate)["cents"].__metadata__
        (AtLeast(bound=0),)
    """
    hints = _hints(cls)
    return {field.name: hints[field.name] for field in attrs.fields(cls)}


def repeated(items: Iterable[Any], field: str, key: Callable[[Any], object]) -> Iterator[Fault]:
    """Yield a fault for each item whose key an earlier item of the same field has.

    Example:
        >>> [str(fault) for fault in repeated(("gl", "wc", "gl"), "lines", lambda line: line)]
        ["$.lines[2] = 'gl': repeats lines[0]; keep one of them"]
    """
    seen: dict[object, int] = {}
    for index, item in enumerate(items):
        first = seen.setdefault(key(item), index)
        if first != index:
            yield Fault(
                f"$.{field}[{index}]",
                repr(key(item)),
                f"repeats {field}[{first}]; keep one of them",
            )


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    # While a test freezes the clock, the modules name other classes than Python's own.
    calendar = {"date": PythonCalendar.DATE, "datetime": PythonCalendar.DATETIME}
    return typing.get_type_hints(cls, localns=calendar, include_extras=True)


@functools.cache
def _checks(cls: Any) -> tuple[tuple[str, _IsSound, _Convert, _Check], ...]:
    return tuple(
        (name, _is_sound(hint), conversion(hint, Missing.ABSENT), _check(hint))
        for name, hint in field_types(cls).items()
    )


def _is_sound(hint: Any) -> _IsSound:
    """Return what tells quickly, of most values, that there is nothing wrong; the check tells of the rest what is."""
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is Annotated:
        return _is_sound_annotated(arguments[0], arguments[1:])
    if origin in (typing.Union, types.UnionType):
        plain = frozenset(_class_of(argument) for argument in arguments if _is_plain(argument))
        others = {_class_of(argument): _is_sound(argument) for argument in arguments if not _is_plain(argument)}

        def is_sound_member(value: Any) -> bool:
            if type(value) in plain:
                return True
            other = others.get(type(value))
            return other is not None and other(value)

        return is_sound_member
    if origin in (tuple, frozenset):
        item = _is_sound(arguments[0])
        return lambda value: (
            type(value) is origin and (not value or (len(value) <= MOST_ENTRIES and all(map(item, value))))
        )
    if hint is PythonCalendar.DATETIME:
        return lambda value: type(value) is hint and value.tzinfo is UTC
    expected = type(None) if hint is None else hint
    return lambda value: type(value) is expected


def _is_plain(hint: Any) -> bool:
    """Whether every instance of an annotation's class is sound."""
    return typing.get_origin(hint) is None and hint is not PythonCalendar.DATETIME


def _is_sound_annotated(hint: Any, constraints: tuple[Any, ...]) -> _IsSound:
    base = _is_sound(hint)
    faults = tuple(constraint.fault for constraint in constraints if not isinstance(constraint, Sensitive))
    if len(faults) == 1:
        (fault,) = faults
        return lambda value: base(value) and fault(value) is None
    return lambda value: base(value) and all(fault(value) is None for fault in faults)


def _check(hint: Any) -> _Check:
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:])
    if origin in (typing.Union, types.UnionType):
        return _union(arguments)
    if origin in (tuple, frozenset):
        return _collection(origin, arguments[0])
    if hint is PythonCalendar.DATETIME:
        return _instant
    if hint in (type(None), None):
        return _instance(type(None), "nothing")
    return _instance(hint, _name(hint))


def _annotated(hint: Any, constraints: tuple[Any, ...]) -> _Check:
    base = _check(hint)

    def check(value: Any) -> Iterator[tuple[str, str]]:
        faults = list(base(value))
        if not faults:
            faults = [("", problem) for constraint in constraints if (problem := constraint.fault(value))]
        yield from faults

    return check


def _union(members: tuple[Any, ...]) -> _Check:
    checks = tuple(_check(member) for member in members)
    plain = tuple((_class_of(member), check) for member, check in zip(members, checks, strict=True))
    expected = " or ".join(_name(member) for member in members)

    def check(value: Any) -> Iterator[tuple[str, str]]:
        # The member of the value's own class speaks; a value of no member's class gets one sentence.
        for cls, member in plain:
            if _is(value, cls):
                yield from member(value)
                return
        yield "", f"must be {expected}, not {type(value).__name__}"

    return check


def _collection(cls: Any, item: Any) -> _Check:
    check_item = _check(item)

    def check(value: Any) -> Iterator[tuple[str, str]]:
        if type(value) not in (cls, tuple):  # a tuple in the place of a frozenset has an entry that has no hash
            yield "", collection_fault(value, _name(item), ordered=cls is tuple)
            return
        if len(value) > MOST_ENTRIES:
            yield "", f"has {len(value):,} entries, and at most {MOST_ENTRIES:,} are taken"
            return
        for index, element in enumerate(_in_order(value)):
            for path, problem in check_item(element):
                yield f"[{index}]{path}", problem

    return check


def _instant(value: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(value, datetime):
        yield "", f"must be a datetime, not {type(value).__name__}"
    elif value.tzinfo is not UTC:
        # Another zone that happens to be at offset zero may leave it, and then equal no instant of ours.
        yield "", "must be aware and in UTC; give it a zone, then use .astimezone(timezone.utc)"


def _instance(cls: Any, name: str) -> _Check:
    def check(value: Any) -> Iterator[tuple[str, str]]:
        if not _is(value, cls):
            yield "", f"must be {name}, not {type(value).__name__}"

    return check


def _is(value: Any, cls: Any) -> bool:
    # bool is an int and datetime a date to Python; to us a flag is no amount and an instant is no day.
    if cls is int:
        return type(value) is int
    if cls is PythonCalendar.DATE:
        return isinstance(value, cls) and not isinstance(value, PythonCalendar.DATETIME)
    return isinstance(value, cls)


def _with_plain_dates(value: Any) -> Any:
    """Return a value with subclasses of date and datetime made plain: those of a frozen clock or another library."""
    cls = type(value)
    if cls in (tuple, frozenset):
        items = [_with_plain_dates(item) for item in value]
        is_changed = any(item is not before for item, before in zip(items, value, strict=True))
        return cls(items) if is_changed else value
    if not isinstance(value, date) or cls in (PythonCalendar.DATE, PythonCalendar.DATETIME):
        return value
    if not isinstance(value, datetime):
        return plain_day(value)
    clock = (value.hour, value.minute, value.second, value.microsecond)
    return PythonCalendar.DATETIME(value.year, value.month, value.day, *clock, value.tzinfo, fold=value.fold)


def _class_of(hint: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin is Annotated:
        return _class_of(typing.get_args(hint)[0])
    return origin or (type(None) if hint is None else hint)


def _in_order(items: Any) -> tuple[Any, ...]:
    # A set has no order of its own; faults must not depend on how it was hashed.
    return tuple(sorted(items, key=repr)) if isinstance(items, frozenset) else tuple(items)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _name(hint: Any) -> str:
    cls = _class_of(hint)
    return "nothing" if cls is type(None) else str(getattr(cls, "__name__", cls))


def _shown(cls: type, name: str, value: Any, path: str) -> str:
    if any(isinstance(mark, Sensitive) for mark in getattr(_hints(cls)[name], "__metadata__", ())):
        return "***"
    for index in re.findall(r"\[(\d+)\]", path):
        value = _in_order(value)[int(index)]
    if isinstance(value, int) and value.bit_length() > _LONG:
        return f"a number of {value.bit_length()} bits"
    if isinstance(value, tuple | frozenset) and len(value) > MOST_ENTRIES:
        return f"{len(value):,} entries"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
