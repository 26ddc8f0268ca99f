"""The converter: how each type stands in a document, and what is refused there.

cattrs generates the function of each class from its annotations and collects the errors of all fields; the hooks here
make every type strict, because the library's own are lenient by design (`int("5")`, a text as a sequence).
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable
from enum import Enum
from typing import Any, Literal

import attrs
from cattrs import Converter, IterableValidationError
from cattrs.errors import IterableValidationNote
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from contractor_compliance.domain import (
    Line,
    Missing,
    Requirement,
    TaxId,
)
from contractor_compliance.domain.calendar import PythonCalendar
from contractor_compliance.domain.requirements.groups import KINDS
from contractor_compliance.errors import Fault
from contractor_compliance.results.finding import Finding
from contractor_compliance.serialization.faults import MOST_FAULTS, READ_ERRORS, RefusedError, did_you_mean, name_of
from contractor_compliance.serialization.scalars import SCALARS, write_instant

__all__ = [
    "DERIVED",
    "UNREADABLE",
    "UNREADABLE_TEXT",
    "TaxIds",
    "bare",
    "is_union",
    "make_converter",
    "shared_converter",
]

#: Whether tax ids are written as `***-**-1234` or with all digits.
TaxIds = Literal["masked", "clear"]

#: Properties that are written for the reader of a document and worded again when it is read.
DERIVED: dict[type, tuple[str, ...]] = {Finding: ("actual", "remedy")}
#: What stands for a fact that could not be read; for a text, which may say anything, an object.
UNREADABLE = "unreadable"
UNREADABLE_TEXT = {"missing": "unreadable"}

_FEW = 20

_Read = Callable[[Any, Any], Any]
_Write = Callable[[Any], Any]


def make_converter(*, tax_ids: TaxIds = "masked") -> Converter:
    """Return a new converter between the library's values and plain ones (objects, arrays, text, numbers).

    Its errors are those of cattrs; `from_dict` and `loads` turn them into `DocumentError`.

    Example:
        >>> from contractor_compliance.domain import Contractor, TaxId
        >>> from contractor_compliance.testing import factories
        >>> converter = make_converter(tax_ids="clear")
        >>> plain = converter.unstructure(factories.contractor(tax_id=TaxId("784400101")))
        >>> plain["tax_id"], converter.structure(plain, Contractor).legal_name
        ('784400101', 'Sample Rigging LLC')
    """
    converter = Converter(forbid_extra_keys=True, omit_if_default=True, detailed_validation=True)
    for cls, read in SCALARS.items():
        converter.register_structure_hook(cls, read)
    converter.register_unstructure_hook(Line, str)
    converter.register_unstructure_hook(PythonCalendar.DATE, PythonCalendar.DATE.isoformat)
    converter.register_unstructure_hook(PythonCalendar.DATETIME, write_instant)
    converter.register_unstructure_hook(TaxId, _in_clear if tax_ids == "clear" else str)
    for predicate, read_factory, write_factory in (
        (attrs.has, _class_reader, _class_writer),
        (_is_enum, _enum_reader, _enum_writer),
        (_is_tuple, _tuple_reader, _tuple_writer),
        (_is_frozenset, _set_reader, _set_writer),
        (is_union, _union_reader, _union_writer),
    ):
        converter.register_structure_hook_factory(predicate, read_factory)
        converter.register_unstructure_hook_factory(predicate, write_factory)
    return converter


@functools.cache
def shared_converter(tax_ids: TaxIds) -> Converter:
    """Return the converter of this package: the same one each time, because it generates its functions once."""
    return make_converter(tax_ids=tax_ids)


def _in_clear(tax_id: TaxId) -> str:
    # With its hyphens, which say whether it is an EIN.
    return tax_id.reveal(hyphens=True)


def bare(hint: Any) -> Any:
    """Return an annotation without its constraints."""
    return typing.get_args(hint)[0] if typing.get_origin(hint) is typing.Annotated else hint


def is_union(hint: Any) -> bool:
    """Whether an annotation is a union."""
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _is_tuple(hint: Any) -> bool:
    return typing.get_origin(hint) is tuple


def _is_frozenset(hint: Any) -> bool:
    return typing.get_origin(hint) is frozenset


def _reader(converter: Converter, hint: Any) -> _Read:
    try:
        return converter.get_structure_hook(bare(hint))
    except RecursionError:  # cattrs says so when a class holds itself; the hook is there once it is needed
        return converter.structure


def _writer(converter: Converter, hint: Any) -> _Write:
    try:
        return converter.get_unstructure_hook(bare(hint))
    except RecursionError:  # as above
        return converter.unstructure


# Codes


def _enum_reader(cls: type[Enum], _: Converter) -> _Read:
    members: dict[Any, Enum] = {member.value: member for member in cls}
    choices = ", ".join(members) if len(members) <= _FEW else f"the codes of {cls.__name__}"

    def read(value: Any, _: Any) -> Enum:
        if type(value) is not str:
            raise RefusedError.value(value, f"must be one of {choices}, not {name_of(value)}")
        try:
            return members[value]
        except KeyError:
            problem = f"must be one of {choices}{did_you_mean(value, members)}"
        raise RefusedError.value(value, problem)

    return read


def _enum_writer(_: type[Enum], __: Converter) -> _Write:
    return lambda member: member.value


# Classes


def _class_reader(cls: type, converter: Converter) -> _Read:
    attrs.resolve_types(cls)
    read_fields: _Read = make_dict_structure_fn(cls, converter)
    derived = DERIVED.get(cls, ())

    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise RefusedError.value(
                value, f"must be an object with the fields of {cls.__name__}, not {name_of(value)}"
            )
        if derived:
            value = _without_derived(value, derived)
        return read_fields(value, cls)

    return read


def _without_derived(value: dict[str, Any], derived: tuple[str, ...]) -> dict[str, Any]:
    for name in derived:
        worded = value.get(name)
        if not isinstance(worded, str | None):
            problem = f"must be text, not {name_of(worded)}; it may be left out"
            raise RefusedError.value(worded, problem, path=f"$.{name}")
    return {key: item for key, item in value.items() if key not in derived}


def _class_writer(cls: type, converter: Converter) -> _Write:
    attrs.resolve_types(cls)
    write_fields: _Write = make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True)
    derived = DERIVED.get(cls, ())
    if not derived:
        return write_fields

    def write(value: Any) -> dict[str, Any]:
        plain = write_fields(value)
        # Beside the facts they word, not below the findings of members.
        members = plain.pop("members", None)
        plain.update((name, text) for name in derived if (text := getattr(value, name)) is not None)
        return plain if members is None else {**plain, "members": members}

    return write


# Collections


def _items(value: Any, hint: Any, item: Any, read: _Read) -> list[Any]:
    if type(value) is not list:
        raise RefusedError.value(value, f"must be an array, not {name_of(value)}")
    items = []
    errors: list[Exception] = []
    for index, element in enumerate(value):
        try:
            items.append(read(element, item))
        except READ_ERRORS as error:
            error.add_note(IterableValidationNote(f"item {index}", index, item))
            errors.append(error)
            if len(errors) > MOST_FAULTS:
                break  # nobody will hear of more
    if errors:
        raise IterableValidationError("array", errors, hint)
    return items


def _tuple_reader(hint: Any, converter: Converter) -> _Read:
    item = typing.get_args(hint)[0]
    read_item = _reader(converter, item)
    return lambda value, _: tuple(_items(value, hint, item, read_item))


def _tuple_writer(hint: Any, converter: Converter) -> _Write:
    write_item = _writer(converter, typing.get_args(hint)[0])
    return lambda value: [write_item(element) for element in value]


def _set_reader(hint: Any, converter: Converter) -> _Read:
    item = typing.get_args(hint)[0]
    read_item = _reader(converter, item)

    def read(value: Any, _: Any) -> frozenset[Any]:
        items = _items(value, hint, item, read_item)
        made = frozenset(items)
        if len(made) != len(items):
            first = {item: index for index, item in reversed(list(enumerate(items)))}
            repeats = [index for index, item in enumerate(items) if first[item] != index]
            raise RefusedError(
                *(Fault(f"$[{i}]", f"item {i}", f"repeats item {first[items[i]]}; keep one of them") for i in repeats)
            )
        return made

    return read


def _set_writer(hint: Any, converter: Converter) -> _Write:
    write_item = _writer(converter, typing.get_args(hint)[0])
    return lambda value: sorted([write_item(element) for element in value])


# Unions: of requirements, and of one type with null and with Missing


def _union_reader(hint: Any, converter: Converter) -> _Read:
    if hint == Requirement:
        return _requirement_reader(converter)
    members = typing.get_args(hint)
    read = _member_reader([member for member in members if member not in (Missing, type(None))], converter)
    if Missing not in members:
        return lambda value, to: None if value is None else read(value, to)
    unreadable = _unreadable(members)

    def read_or_missing(value: Any, to: Any) -> Any:
        if value is None:
            return Missing.ABSENT
        if value == unreadable:
            return Missing.UNREADABLE
        try:
            return read(value, to)
        except RefusedError:
            if not isinstance(value, str) or not (hint := did_you_mean(value, [UNREADABLE])):
                raise
        raise RefusedError.value(value, f"stands for nothing{hint}")

    return read_or_missing


def _member_reader(members: list[Any], converter: Converter) -> _Read:
    if len(members) == 1:
        hint = members[0]
        read_one = _reader(converter, hint)
        return lambda value, _: read_one(value, hint)
    # Types that JSON itself tells apart.
    readers = {bare(member): _reader(converter, member) for member in members}
    name = " or ".join(_JSON_NAMES[reader] for reader in readers)

    def read_any(value: Any, to: Any) -> Any:
        if type(value) not in readers:
            raise RefusedError.value(value, f"must be {name}, not {name_of(value)}")
        return readers[type(value)](value, to)

    return read_any


_JSON_NAMES = {str: "text", int: "an integer"}


def _union_writer(hint: Any, converter: Converter) -> _Write:
    if hint == Requirement:
        return _requirement_writer(converter)
    members = typing.get_args(hint)
    plain = [bare(member) for member in members if member not in (Missing, type(None))]
    write = _writer(converter, plain[0]) if len(plain) == 1 else converter.unstructure
    if Missing not in members:
        return lambda value: None if value is None else write(value)
    special = {Missing.ABSENT: None, Missing.UNREADABLE: _unreadable(members)}
    return lambda value: special[value] if isinstance(value, Missing) else write(value)


def _unreadable(members: tuple[Any, ...]) -> object:
    return UNREADABLE_TEXT if any(bare(member) is str for member in members) else UNREADABLE


def _requirement_reader(converter: Converter) -> _Read:
    kinds = ", ".join(KINDS)

    def read(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise RefusedError.value(value, f"must be an object, a requirement, not {name_of(value)}")
        fields = dict(value)
        kind = fields.pop("kind", None)
        if type(kind) is str and kind in KINDS:
            return converter.structure(fields, KINDS[kind])
        if "kind" not in value:
            raise RefusedError(Fault("$.kind", "nothing", f"is missing; write one of {kinds}"))
        hint = did_you_mean(kind, KINDS) if isinstance(kind, str) else ""
        raise RefusedError.value(kind, f"must be one of {kinds}{hint}", path="$.kind")

    return read


def _requirement_writer(converter: Converter) -> _Write:
    return lambda value: {"kind": value.tag, **converter.unstructure(value)}
