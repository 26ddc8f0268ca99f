"""What identifies a policy: its number and its insurer, as one source prints them."""

from __future__ import annotations

import attrs

from contractor_compliance.domain.carrier import NaicNumber
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.value import Text, Value

__all__ = ["PolicyIdentification"]


@attrs.frozen(kw_only=True)
class PolicyIdentification(Value):
    """The number and the insurer of a policy as one source states them (domain rule B14.2).

    A source may state one of the two and leave the other out. They are weighed apart: the number that the strongest
    evidence states counts, and so does the insurer, its NAIC number and name together.

    Attributes:
        number: Policy number as printed. "TBD" and the like are no number.
        carrier_name: Insurer as printed.
        carrier_naic: The insurer's NAIC number.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.domain import Line, Policy
        >>> from contractor_compliance.testing import factories
        >>> printed = PolicyIdentification(number="GL-1001", carrier_naic="99901", evidence=factories.evidence())
        >>> Policy(id="policy-1", line=Line.GL, identifications=(printed,)).identifications[0].number
        'GL-1001'
    """

    number: Text | None = None
    carrier_name: Text | None = None
    carrier_naic: NaicNumber | None = None
    evidence: Evidence
