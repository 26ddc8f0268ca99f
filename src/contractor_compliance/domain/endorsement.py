"""Endorsements: what a policy adds or takes away, for which parties, on which form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import attrs

from contractor_compliance.domain.blanket import blanket_reach
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.fields import Stated, TupleOf, field
from contractor_compliance.domain.form_number import Edition, edition_fault, read_form
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import AtLeast, Missing, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["Edition", "Endorsement", "EndorsementBasis", "EndorsementKind", "EndorsementList"]


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
    HIRED_AUTOS = "hired_autos"
    NON_OWNED_AUTOS = "non_owned_autos"
    OTHER = "other"

    @property
    def is_additional_insured(self) -> bool:
        """Whether it adds an insured."""
        return self in _ADDITIONAL_INSURED

    @property
    def serves_party(self) -> bool:
        """Whether it does something for a party, who must then be named or reached by a blanket form.

        An aggregate for each project or location, stop gap, and hired or non-owned autos change the policy for
        everybody. What `other` does is not known: it serves a party where the rule names one.

        Example:
            >>> from contractor_compliance.domain import EndorsementKind
            >>> EndorsementKind.WAIVER_OF_SUBROGATION.serves_party, EndorsementKind.STOP_GAP.serves_party
            (True, False)
        """
        return self not in _SERVES_NO_PARTY


_ADDITIONAL_INSURED = frozenset(
    {
        EndorsementKind.ADDITIONAL_INSURED_ONGOING,
        EndorsementKind.ADDITIONAL_INSURED_COMPLETED,
        EndorsementKind.ADDITIONAL_INSURED_LESSOR,
    }
)
_SERVES_NO_PARTY = frozenset(
    {
        EndorsementKind.PER_PROJECT_AGGREGATE,
        EndorsementKind.PER_LOCATION_AGGREGATE,
        EndorsementKind.STOP_GAP,
        EndorsementKind.HIRED_AUTOS,
        EndorsementKind.NON_OWNED_AUTOS,
        EndorsementKind.OTHER,
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
        form: Form number, such as `CG 20 10`; decides what is credited where it is known. An edition printed with it
            is parted from it: `CG2010 (04/13)` becomes form `CG 20 10` and edition `04 13` (domain rule B14.7).
        edition: Edition as month and year, `04 13`; another than the one printed with the form number is refused.
        basis: Blanket or scheduled.
        parties: Lines of the schedule as printed. A line may be a blanket sentence, such as "any person or
            organization where required by written contract".
        notice_days: Days of notice, for a notice of cancellation.
        evidence: Where this was read.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import Endorsement, EndorsementKind, Evidence, EvidenceLevel
        >>> copy = Evidence(level=EvidenceLevel.COPY, observed_on=date(2026, 1, 5))
        >>> ongoing = EndorsementKind.ADDITIONAL_INSURED_ONGOING
        >>> endorsement = Endorsement(kind=ongoing, form="CG2010 (04/13)", evidence=copy)
        >>> endorsement.form, endorsement.edition
        ('CG 20 10', '04 13')
    """

    kind: EndorsementKind
    present: bool = True
    form: Text | None = None
    edition: Edition | None = None
    basis: EndorsementBasis | Missing = field(default=Missing.ABSENT, converter=Stated[EndorsementBasis])
    parties: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    notice_days: Annotated[int, AtLeast(0)] | Missing = field(
        default=Missing.ABSENT, converter=Stated[Annotated[int, AtLeast(0)]]
    )
    evidence: Evidence

    def __attrs_post_init__(self) -> None:
        part_edition(self)
        super().__attrs_post_init__()

    def _faults(self) -> Iterator[Fault]:
        if self.form is not None:
            yield from edition_fault(self.form, self.edition, "$.form")
        scheduled = [line for line in self.parties if blanket_reach(line) is None]
        if scheduled and self.basis is EndorsementBasis.BLANKET:
            yield Fault(
                "$.parties",
                repr(self.parties),
                "a blanket endorsement has no schedule; make it scheduled",
            )


@attrs.frozen(kw_only=True)
class EndorsementList(Value):
    """What one source says of the list of a policy's endorsements: whether it is the whole list.

    Attributes:
        is_complete: Whether the policy has no endorsement or exclusion but those on file.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> whole = EndorsementList(evidence=factories.evidence())
        >>> factories.gl_policy(endorsement_lists=(whole,)).endorsement_lists[0].is_complete
        True
    """

    is_complete: bool = True
    evidence: Evidence


def part_edition(statement: Value) -> None:
    """Part the edition from the form number of a statement that is being built; a contradiction stays to be refused."""
    form, edition = statement.form, statement.edition  # type: ignore[attr-defined]
    if not isinstance(form, str):
        return
    parted = read_form(form)
    if parted.number == form or not (parted.edition is None or edition in (None, parted.edition)):
        return
    object.__setattr__(statement, "form", parted.number)
    if edition is None:
        object.__setattr__(statement, "edition", parted.edition)
