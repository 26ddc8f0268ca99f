"""Endorsements: what a policy adds or takes away, for which parties, on which form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import attrs

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import AtLeast, Matches, Missing, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["Edition", "Endorsement", "EndorsementBasis", "EndorsementKind"]

#: Edition of a form as printed, month and year: `04 13`.
Edition = Annotated[str, Matches(r"(0[1-9]|1[0-2]) \d{2}", "must be month and year: 04 13")]


class EndorsementKind(LabeledCode):
    """What an endorsement does. A form number, where given, decides what is credited (domain rule B4).

    Example:
        >>> [kind.value for kind in EndorsementKind if kind.is_additional_insured]
        ['additional_insured_ongoing', 'additional_insured_completed', 'additional_insured_lessor']
    """

    ADDITIONAL_INSURED_ONGOING = "additional_insured_ongoing"
    ADDITIONAL_INSURED_COMPLETED = "additional_insured_completed"
    ADDITIONAL_INSURED_LESSOR = "additional_insured_lessor"
    PRIMARY_NON_CONTRIBUTORY = "primary_non_contributory"
    WAIVER_OF_SUBROGATION = "waiver_of_subrogation"
    PER_PROJECT_AGGREGATE = "per_project_aggregate"
    PER_LOCATION_AGGREGATE = "per_location_aggregate"
    NOTICE_OF_CANCELLATION = "notice_of_cancellation"
    ALTERNATE_EMPLOYER = "alternate_employer"
    STOP_GAP = "stop_gap"
    OTHER = "other"

    @property
    def is_additional_insured(self) -> bool:
        """Whether it adds an insured."""
        return self in _ADDITIONAL_INSURED


_ADDITIONAL_INSURED = frozenset(
    {
        EndorsementKind.ADDITIONAL_INSURED_ONGOING,
        EndorsementKind.ADDITIONAL_INSURED_COMPLETED,
        EndorsementKind.ADDITIONAL_INSURED_LESSOR,
    }
)


class EndorsementBasis(LabeledCode):
    """Blanket (the parties that a written contract requires) or scheduled (those that its schedule names).

    Example:
        >>> from contractor_compliance.domain import form_of
        >>> form_of("CG 20 10").basis, form_of("CG 20 33").basis
        (<EndorsementBasis.SCHEDULED: 'scheduled'>, <EndorsementBasis.BLANKET: 'blanket'>)
    """

    BLANKET = "blanket"
    SCHEDULED = "scheduled"


@attrs.frozen(kw_only=True)
class Endorsement(Value):
    """What one source says of one endorsement.

    Attributes:
        kind: What it does. A certificate's additional insured box says ongoing operations and no more.
        present: False where the source says that the policy does not have it.
        form: Form number, such as `CG 20 10`; decides what is credited where it is known.
        edition: Edition as month and year, `04 13`.
        basis: Blanket or scheduled.
        parties: Names in the schedule.
        notice_days: Days of notice, for a notice of cancellation.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.domain import EndorsementKind
        >>> from contractor_compliance.testing import factories
        >>> waiver = factories.endorsement(EndorsementKind.WAIVER_OF_SUBROGATION, form="CG 24 04", edition="05 09")
        >>> waiver.present, waiver.basis.value
        (True, 'absent')
    """

    kind: EndorsementKind
    present: bool = True
    form: Text | None = None
    edition: Edition | None = None
    basis: EndorsementBasis | Missing = Missing.ABSENT
    parties: tuple[Text, ...] = ()
    notice_days: Annotated[int, AtLeast(0)] | Missing = Missing.ABSENT
    evidence: Evidence

    def _faults(self) -> Iterator[Fault]:
        if self.parties and self.basis is EndorsementBasis.BLANKET:
            yield Fault(
                "$.parties",
                repr(self.parties),
                "a blanket endorsement has no schedule; make it scheduled",
            )
