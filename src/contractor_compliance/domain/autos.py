"""Which autos a policy covers, and whether the contractor owns any (domain rule B14.10)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.fields import SetOf, field
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import Text, Value
from contractor_compliance.errors import Fault

__all__ = ["AutoKind", "CoveredAutos", "OwnedAutos"]


class AutoKind(LabeledCode):
    """The autos that a policy covers, by the five boxes of a certificate.

    Example:
        >>> AutoKind("non_owned").label
        'non-owned autos'
    """

    ANY = "any"
    OWNED = "owned"
    SCHEDULED = "scheduled"
    HIRED = "hired"
    NON_OWNED = "non_owned"


@attrs.frozen(kw_only=True)
class CoveredAutos(Value):
    """The autos that a policy covers, as one source states them: the boxes that it ticks, and no others.

    Attributes:
        kinds: The boxes ticked. `any` covers all autos, `owned` covers scheduled ones too; non-owned is not hired.
            A source that ticks no box says nothing of covered autos: leave the statement out.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> covered = CoveredAutos(kinds=frozenset({AutoKind.HIRED, AutoKind.NON_OWNED}), evidence=factories.evidence())
        >>> sorted(kind.label for kind in factories.auto_policy(covered_autos=(covered,)).covered_autos[0].kinds)
        ['hired autos', 'non-owned autos']
    """

    kinds: frozenset[AutoKind] = field(converter=SetOf[AutoKind])
    evidence: Evidence

    def _faults(self) -> Iterator[Fault]:
        if not self.kinds:
            yield Fault("$.kinds", "none", "says nothing of covered autos; leave the statement out")


@attrs.frozen(kw_only=True)
class OwnedAutos(Value):
    """What one source says of whether the contractor owns any auto.

    Where none is owned, a requirement of owned autos is void, so that hired and non-owned autos pass (domain rule
    B14.10).

    Attributes:
        any_owned: Whether the contractor owns an auto. True is evidence of one, and counts on any level.
        description: The auto, or the sentence, as the source has it.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> none = OwnedAutos(any_owned=False, description="no vehicles are owned", evidence=factories.evidence())
        >>> factories.contractor(owned_autos=(none,)).owned_autos[0].any_owned
        False
    """

    any_owned: bool
    description: Text | None = None
    evidence: Evidence
