"""What a constructor takes in the place of the form in which a value is stored.

Any iterable stands for the tuple or frozenset that is stored, and None for a fact that is not stated. Nothing else is
converted: a text is no collection of its letters, and a mapping may mean its keys, its values or both.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, ItemsView, Iterable, KeysView, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from itertools import islice
from typing import Annotated, Any

__all__: list[str] = []

#: How many entries a tuple or a set may have. A rate card of every state and occupation has fewer.
MOST_ENTRIES = 100_000

_TEXTS = (str, bytes, bytearray, memoryview)


def conversion(hint: Any, absent: Enum) -> Callable[[Any], Any]:
    """Return what brings a value into the form in which a field is stored.

    It returns the same object where there is nothing to convert, or where it does not know how to; the check of the
    field then says what is wrong.

    Args:
        hint: The annotation of the field.
        absent: What is stored for a fact that is not stated.

    Example:
        >>> from contractor_compliance.domain import Missing
        >>> conversion(tuple[str, ...], Missing.ABSENT)(["gl", "wc"])
        ('gl', 'wc')
        >>> conversion(int | Missing, Missing.ABSENT)(None)
        <Missing.ABSENT: 'absent'>
    """
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is Annotated:
        return conversion(arguments[0], absent)
    if origin is tuple:
        return _to_tuple
    if origin is frozenset:
        return _to_frozenset
    if origin not in (typing.Union, types.UnionType):
        return _unchanged
    if type(absent) not in arguments:
        return _unchanged
    origins: list[Any] = [typing.get_origin(argument) for argument in arguments]
    convert = _to_tuple if tuple in origins else _to_frozenset if frozenset in origins else _unchanged
    return lambda value: absent if value is None else convert(value)


def entries_of(value: object) -> tuple[Any, ...] | None:
    """Return the entries of an iterable in its order; None for what is no iterable, or has no order to go by.

    A set of texts is sorted. Any other set is not taken, because a tuple of it would differ from run to run. Of an
    iterable without a length no more is read than shows that it is too long.

    Example:
        >>> entries_of({"wc", "gl"}), entries_of("gl"), entries_of({1, 2})
        (('gl', 'wc'), None, None)
    """
    if isinstance(value, (*_TEXTS, Mapping)) or not isinstance(value, Iterable):
        return None
    if _is_unordered(value):
        return tuple(sorted(value)) if all(isinstance(entry, str) for entry in value) else None
    return _read(value)


def collection_fault(value: object, entries: str, *, ordered: bool = True) -> str:
    """Say why a value is not taken for a collection of `entries`, and what to pass.

    Example:
        >>> collection_fault("AL", "State")
        'must be a list, or another iterable, of State, not str; put it in brackets'
    """
    problem = f"must be a list, or another iterable, of {entries}, not {type(value).__name__}"
    if isinstance(value, Mapping):
        return f"{problem}; pass its .keys() or its .values()"
    if isinstance(value, _TEXTS):
        return f"{problem}; put it in brackets"
    if ordered and _is_unordered(value):
        return f"{problem}, which has no order of its own; pass a list"
    return f"{problem}; leave it out if there are none" if value is None else problem


def _unchanged(value: Any) -> Any:
    return value


def _to_tuple(value: Any) -> Any:
    if type(value) is tuple:
        return value
    entries = entries_of(value)
    return value if entries is None else entries


def _to_frozenset(value: Any) -> Any:
    if type(value) is frozenset:
        return value
    if isinstance(value, (*_TEXTS, Mapping)) or not isinstance(value, Iterable):
        return value
    entries = _read(value)
    try:
        return frozenset(entries)
    except TypeError:
        return entries  # one of them cannot be hashed, and so is none of ours; the check says which


def _read(value: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(value if hasattr(value, "__len__") else islice(value, MOST_ENTRIES + 1))


def _is_unordered(value: object) -> typing.TypeGuard[AbstractSet[Any]]:
    # The keys of a dict stand in the order in which they were added.
    return isinstance(value, AbstractSet) and not isinstance(value, KeysView | ItemsView)
