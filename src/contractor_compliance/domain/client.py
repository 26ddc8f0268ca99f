"""The hiring entity: the party at which, or for which, the contractor's work is done."""

from __future__ import annotations

import attrs

from contractor_compliance.domain.fields import TupleOf, field
from contractor_compliance.domain.geography import Address
from contractor_compliance.domain.value import Id, Text, Value

__all__ = ["Client"]


@attrs.frozen(kw_only=True)
class Client(Value):
    """A hiring entity that assignments are done for.

    Attributes:
        id: The host's own id.
        name: Legal name: what an additional insured endorsement must name.
        aliases: Other spellings of the legal name that a person has accepted.
        address: Mailing address.

    Example:
        >>> from contractor_compliance.domain import match_party
        >>> client = Client(id="client-1", name="Sample Steel Inc", aliases=("Sample Steel Incorporated of Alabama",))
        >>> match_party("SAMPLE STEEL, INC.", (client.name, *client.aliases)).value
        'match'
    """

    id: Id
    name: Text
    aliases: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    address: Address | None = None
