"""Documents: the library's values as versioned JSON text, and back."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from contractor_compliance.errors import Fault
from contractor_compliance.serialization.converter import TaxIds, shared_converter
from contractor_compliance.serialization.faults import READ_ERRORS, document_error, faults_in
from contractor_compliance.serialization.formats import format_of, upgraded
from contractor_compliance.serialization.parsing import check_tree, parse

__all__ = ["dumps", "from_dict", "loads", "to_dict"]

T = TypeVar("T")


def loads(text: str | bytes, kind: type[T]) -> T:
    """Return the value that a JSON document holds.

    Args:
        text: The document; bytes are UTF-8.
        kind: `Dossier`, `RuleBook`, `ComplianceReport` or `ColumnMapping`.

    Raises:
        DocumentError: With every fault of the document (the first hundred), each with its path.

    Example:
        >>> from contractor_compliance.domain import RuleBook
        >>> from contractor_compliance.serialization import dumps
        >>> from contractor_compliance.testing import factories
        >>> text = dumps(factories.rulebook(factories.gl_requirement()))
        >>> loads(text, RuleBook) == factories.rulebook(factories.gl_requirement())
        True
    """
    format_ = format_of(kind)
    tree = parse(text, f"{format_.kind} document")
    return _read(upgraded(tree, format_), kind, f"{format_.kind} document")


def dumps(value: object, *, tax_ids: TaxIds = "masked", indent: int | None = None) -> str:
    """Return a value as a JSON document, the same text for equal values.

    Args:
        value: A `Dossier`, `RuleBook`, `ComplianceReport` or `ColumnMapping`.
        tax_ids: Masked ones cannot be read back: `loads` refuses them. The caller answers for where clear ones go.
        indent: Spaces of each level; None for one line.

    Raises:
        DocumentError: For a value of another class, or one that no document can hold.

    Example:
        >>> from contractor_compliance.domain import TaxId
        >>> from contractor_compliance.testing import factories
        >>> dumps(factories.dossier())[:46]
        '{"format":"contractor-compliance/dossier/1","c'
        >>> dossier = factories.dossier(contractor=factories.contractor(tax_id=TaxId("784400101")))
        >>> "***-**-0101" in dumps(dossier), "784400101" in dumps(dossier, tax_ids="clear")
        (True, True)
    """
    format_ = format_of(type(value))
    subject = f"{format_.kind} document"
    tree = {"format": format_.name, **_write(value, tax_ids, subject)}
    try:
        return json.dumps(
            tree,
            ensure_ascii=False,
            allow_nan=False,
            indent=indent,
            separators=(",", ":") if indent is None else None,
        )
    except ValueError as error:
        problem = str(error)  # an integer of more digits than Python writes
    raise document_error(subject, [Fault("$", "not shown", f"cannot be written: {problem}")])


def to_dict(value: object, *, tax_ids: TaxIds = "masked") -> dict[str, Any]:
    """Return any of the library's values as plain ones: dicts, lists, text, integers, booleans and None.

    It has the shape of a document, without the `format` key: to keep a value, use `dumps`.

    Raises:
        DocumentError: For one that no document can hold.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import Interval
        >>> to_dict(Interval(date(2026, 1, 1), date(2027, 1, 1)))
        {'start': '2026-01-01', 'end': '2027-01-01'}
    """
    return _write(value, tax_ids, type(value).__name__)


def from_dict(tree: object, cls: type[T]) -> T:
    """Return a value from plain ones, as `to_dict(value, tax_ids="clear")` gives them.

    Raises:
        DocumentError: With every fault (the first hundred), each with its path.

    Example:
        >>> from contractor_compliance.domain import Interval
        >>> from_dict({"start": "2026-01-01", "end": "2027-01-01"}, Interval).days
        365
    """
    check_tree(tree, cls.__name__)
    return _read(tree, cls, cls.__name__)


def _read(tree: object, cls: type[T], subject: str) -> T:
    try:
        return shared_converter("clear").structure(tree, cls)
    except READ_ERRORS as error:
        refusal = document_error(subject, faults_in(error))
    # Raised here and not above: no traceback then carries the values, of which one may be a tax id.
    raise refusal


def _write(value: object, tax_ids: TaxIds, subject: str) -> dict[str, Any]:
    try:
        tree: dict[str, Any] = shared_converter(tax_ids).unstructure(value)
    except RecursionError:
        tree = {}
        problem = Fault("$", type(value).__name__, "is nested too deeply to be written")
    else:
        check_tree(tree, subject)
        return tree
    raise document_error(subject, [problem])
