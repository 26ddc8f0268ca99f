"""What type checkers see of the fields of a value: its constructor takes more than it stores.

A checker reads what a field takes from its converter: `TupleOf[Policy]` says that any iterable of policies is taken,
and `Stated[date]` that None is, beside a day. When the library runs there is no converter. The constructor checks each
field once, and converts only what it finds in another form (`Value.__attrs_post_init__`), so that values which are
already in the stored form are built as fast as if nothing else were taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from contractor_compliance.domain.value import Missing

__all__: list[str] = []

if TYPE_CHECKING:
    from collections.abc import Iterable

    from attrs import field as field  # noqa: PLC0414  # checkers know converters of this name alone

    _T = TypeVar("_T")

    class TupleOf(tuple[_T, ...]):
        """Stored as a tuple; any iterable is taken."""

        __slots__ = ()

        def __new__(cls, entries: Iterable[_T], /) -> TupleOf[_T]: ...

    class SetOf(frozenset[_T]):
        """Stored as a frozenset; any iterable is taken."""

        __slots__ = ()

        def __new__(cls, entries: Iterable[_T], /) -> SetOf[_T]: ...

    class Stated(Generic[_T]):
        """Stored as a value or as `Missing`; None is taken for a fact that is not stated."""

        def __new__(cls, value: _T | Missing | None, /) -> _T | Missing: ...  # type: ignore[misc]

    class StatedTupleOf(Generic[_T]):
        """Stored as a tuple or as `Missing`; any iterable is taken, and None for one that is not stated."""

        def __new__(  # type: ignore[misc]
            cls, entries: Iterable[_T] | Missing | None, /
        ) -> tuple[_T, ...] | Missing: ...

else:

    def field(*, default: Any = attrs.NOTHING, converter: Any) -> Any:  # noqa: ARG001  # checkers read it
        """Return a plain field: what it takes is converted by the constructor of the value."""
        return attrs.field(default=default)

    class TupleOf:
        """A subscript and nothing else."""

        def __class_getitem__(cls, entry: object) -> None:
            """Return no converter."""

    SetOf = Stated = StatedTupleOf = TupleOf
