"""Plain values into domain values, quickly: one function for each class, made from the annotations of its fields.

It accepts what the converter accepts and makes the same of it, but checks each field once, where the converter checks
it and the constructor again. Whatever it does not like it leaves to the converter, which says what is wrong.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any

import attrs

from contractor_compliance.domain import Evidence, Line, Missing, TaxId, Value, field_types, parse_date
from contractor_compliance.domain.calendar import PythonCalendar
from contractor_compliance.serialization.converter import UNREADABLE, UNREADABLE_TEXT
from contractor_compliance.serialization.scalars import SCALARS

__all__ = ["NotQuickError", "quick_reader"]

_Read = Callable[[Any], Any]

#: Statements of thousands of contractors are of the same days and from the same evidence.
_REMEMBERED = 8192


class NotQuickError(Exception):
    """Something that this way does not read; it never leaves this package."""


@functools.cache
def quick_reader(cls: Any) -> _Read | None:
    """Return what reads plain values into a class, or None if a field of it can only be read by the converter.

    The function raises some exception for whatever is not exactly as it should be.
    """
    try:
        return _class_reader(cls)
    except NotQuickError:
        return None


def _class_reader(cls: Any) -> _Read:
    if not issubclass(cls, Value):
        raise NotQuickError
    hints = field_types(cls)
    plan = []
    for field in attrs.fields(cls):
        if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]  # a class, which its stub hides
            raise NotQuickError
        # The slot itself, because a frozen value takes no assignment.
        plan.append((field.name, getattr(cls, field.name).__set__, _reader(hints[field.name]), field.default))
    faults = None if cls._faults is Value._faults else cls._faults  # noqa: SLF001  # what its constructor asks too
    absent, new = object(), cls.__new__

    def read(tree: Any) -> Any:
        made = new(cls)
        given = 0
        get = tree.get
        for name, put, read_field, default in plan:
            value = get(name, absent)
            if value is not absent:
                given += 1
                put(made, read_field(value))
            elif default is not attrs.NOTHING:
                put(made, default)
            else:
                raise NotQuickError
        if given != len(tree) or (faults is not None and any(True for _ in faults(made))):
            raise NotQuickError
        return made

    return _remembering(read) if cls is Evidence else read


def _remembering(read: _Read) -> _Read:
    read_items = functools.lru_cache(_REMEMBERED)(lambda items: read(dict(items)))
    return lambda tree: read_items(tuple(tree.items()))


def _reader(hint: Any) -> _Read:
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is Annotated:
        return _constrained(_reader(arguments[0]), arguments[1:])
    if origin in (typing.Union, types.UnionType):
        return _union_reader(arguments)
    if origin is tuple:
        return _tuple_reader(_reader(arguments[0]))
    if origin is frozenset:
        return _set_reader(_reader(arguments[0]))
    return _plain_reader(hint)


def _plain_reader(cls: Any) -> _Read:
    if cls in (str, int, bool):
        return _exactly(cls)
    if cls is PythonCalendar.DATE:
        return functools.lru_cache(_REMEMBERED)(parse_date)
    if cls is Line:
        return functools.lru_cache(_REMEMBERED)(Line)
    if cls in (PythonCalendar.DATETIME, TaxId):
        read = SCALARS[cls]
        return lambda value: read(value, cls)
    if isinstance(cls, type) and issubclass(cls, Enum):
        return {member.value: member for member in cls}.__getitem__
    return _class_reader(cls)


def _exactly(cls: type) -> _Read:
    def read(value: Any) -> Any:
        if type(value) is not cls:
            raise NotQuickError
        return value

    return read


def _constrained(read: _Read, constraints: tuple[Any, ...]) -> _Read:
    faults = tuple(constraint.fault for constraint in constraints)

    def read_sound(value: Any) -> Any:
        made = read(value)
        for fault in faults:
            if fault(made) is not None:
                raise NotQuickError
        return made

    return read_sound


def _tuple_reader(read: _Read) -> _Read:
    def read_all(value: Any) -> Any:
        if type(value) is not list:
            raise NotQuickError
        return tuple(map(read, value))

    return read_all


def _set_reader(read: _Read) -> _Read:
    def read_all(value: Any) -> Any:
        if type(value) is not list:
            raise NotQuickError
        made = frozenset(map(read, value))
        if len(made) != len(value):
            raise NotQuickError
        return made

    return read_all


def _union_reader(members: tuple[Any, ...]) -> _Read:
    alternatives = [member for member in members if member not in (Missing, type(None))]
    if len(alternatives) != 1:
        raise NotQuickError
    read = _reader(alternatives[0])
    if Missing not in members:
        return lambda value: None if value is None else read(value)
    bare = typing.get_args(alternatives[0])[0] if typing.get_origin(alternatives[0]) is Annotated else alternatives[0]
    unreadable = UNREADABLE_TEXT if bare is str else UNREADABLE

    def read_or_missing(value: Any) -> Any:
        if value is None:
            return Missing.ABSENT
        return Missing.UNREADABLE if value == unreadable else read(value)

    return read_or_missing
