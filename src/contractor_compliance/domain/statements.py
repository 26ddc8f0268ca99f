"""Which fields of a record hold statements: the one list of them, read off the annotations."""

from __future__ import annotations

import functools
import typing
from typing import Any

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.value import field_types

__all__: list[str] = []


@functools.cache
def statement_fields(cls: type) -> tuple[str, ...]:
    """Return the fields of a record that hold statements, each with its evidence, in their order.

    Example:
        >>> from contractor_compliance.domain import Exemption
        >>> statement_fields(Exemption)
        ('terms', 'cancellations', 'reinstatements')
    """
    return tuple(name for name, hint in field_types(cls).items() if _holds_statements(hint))


def _holds_statements(hint: Any) -> bool:
    if typing.get_origin(hint) is not tuple:
        return False
    item = typing.get_args(hint)[0]
    return hasattr(item, "__attrs_attrs__") and field_types(item).get("evidence") is Evidence
