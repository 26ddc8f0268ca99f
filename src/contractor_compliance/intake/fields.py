"""The fields that a column of a table may be read into."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import attrs

from contractor_compliance.domain import LimitKind

__all__ = ["FIELDS", "Field", "Kind", "Reader"]

#: Which reader reads a field.
Reader: TypeAlias = Literal[
    "day", "email", "entity_type", "identifier", "line", "money", "name", "state", "states", "tax_id", "yes_no"
]
#: What a field belongs to.
Kind: TypeAlias = Literal["contractor", "assignment", "policy"]


@attrs.frozen
class Field:
    """A field that a column may be read into.

    Attributes:
        name: Its name, such as `policy.expiration`; the first part says what it belongs to.
        reader: The reader of its cells, without `read_`.
        meaning: What it is.

    Example:
        >>> from contractor_compliance.intake import FIELDS
        >>> FIELDS["policy.expiration"].reader, FIELDS["policy.expiration"].kind
        ('day', 'policy')
    """

    name: str
    reader: Reader
    meaning: str

    @property
    def kind(self) -> str:
        """What it belongs to: contractor, assignment or policy."""
        return self.name.partition(".")[0]


_ROWS: Final[tuple[tuple[str, Reader, str], ...]] = (
    ("contractor.id", "identifier", "the host's own id of the contractor, by which rows are joined"),
    ("contractor.legal_name", "name", "legal name"),
    ("contractor.first_name", "name", "first name; with the last name it makes the legal name of a person"),
    ("contractor.last_name", "name", "last name"),
    ("contractor.trade_name", "name", "name under which it does business"),
    ("contractor.entity_type", "entity_type", "legal form"),
    ("contractor.tax_id", "tax_id", "EIN, SSN or ITIN"),
    ("contractor.state", "state", "state of the residence or seat"),
    ("contractor.city", "name", "city of the residence or seat; it needs a state"),
    ("contractor.email", "email", "e-mail address for reminders"),
    ("contractor.phone", "identifier", "telephone number"),
    ("contractor.has_employees", "yes_no", "whether it has employees besides its owners"),
    ("assignment.id", "identifier", "the host's own id of the assignment"),
    ("assignment.title", "name", "what the work is called"),
    ("assignment.client", "name", "legal name of the client"),
    ("assignment.start", "day", "first worked day"),
    ("assignment.end", "day", "last worked day; blank is open"),
    ("assignment.states", "states", "states in which the work is done"),
    ("assignment.remote", "yes_no", "whether the work is done from home"),
    ("assignment.purchase_order", "identifier", "the client's order number"),
    ("policy.id", "identifier", "the host's own id of the record of the policy"),
    ("policy.line", "line", "line of insurance"),
    ("policy.number", "identifier", "policy number"),
    ("policy.carrier", "name", "insurer"),
    ("policy.naic", "identifier", "NAIC number of the insurer, five digits"),
    ("policy.insured", "name", "named insured"),
    ("policy.effective", "day", "first day in force"),
    ("policy.expiration", "day", "day on which it ends"),
    ("policy.cancelled", "day", "first day without cover, after a cancellation"),
    ("policy.observed_on", "day", "day on which the source said so, such as the date of the certificate"),
    ("policy.status", "identifier", "the table's own word; one that says cancelled, without a day, gives a warning"),
    ("policy.states", "states", "workers' compensation: states of Item 3.A"),
    ("policy.other_states", "states", "workers' compensation: states of Item 3.C"),
    ("policy.limit", "money", "the one limit of its line: occurrence, combined single limit, each claim, bond"),
    ("policy.aggregate", "money", "the one aggregate of its line"),
    ("policy.retention", "money", "deductible or self-insured retention"),
    *((f"policy.limits.{kind.value}", "money", f"limit: {kind.label}") for kind in LimitKind),
)
#: Every field, by name.
FIELDS: Final[Mapping[str, Field]] = MappingProxyType({row[0]: Field(*row) for row in _ROWS})
