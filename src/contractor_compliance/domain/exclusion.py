"""Exclusions and limitations that a policy carries by name: what it does not cover (domain rule B14.11)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from contractor_compliance.domain.endorsement import part_edition
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.form_number import Edition, edition_fault
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import Text, Value
from contractor_compliance.errors import Fault

__all__ = ["ExclusionKind", "PolicyExclusion"]


class ExclusionKind(LabeledCode):
    """What an exclusion or limitation takes away, by the names that contracts use for it.

    Example:
        >>> from contractor_compliance.domain import ExclusionKind
        >>> ExclusionKind.ACTION_OVER.label
        'action over (injury to employees of contractors)'
    """

    RESIDENTIAL = "residential"
    SUBCONTRACTORS_WARRANTY = "subcontractors_warranty"
    ACTION_OVER = "action_over"
    HEIGHT = "height"
    DESIGNATED_OPERATIONS = "designated_operations"
    CONTRACTUAL_LIABILITY = "contractual_liability"
    CLASSIFICATION = "classification"
    WRAP_UP = "wrap_up"
    SUBCONTRACTED_WORK = "subcontracted_work"
    PRIOR_WORK = "prior_work"
    ABUSE_OR_MOLESTATION = "abuse_or_molestation"
    INJURY_TO_WORKERS = "injury_to_workers"
    CYBER = "cyber"
    PROFESSIONAL = "professional"
    ASSAULT = "assault"


@attrs.frozen(kw_only=True)
class PolicyExclusion(Value):
    """What one source says of one exclusion or limitation of a policy.

    An answer on a New York ACORD 855 addendum is evidence "in the description" only: the addendum belongs to the
    certificate and is not the policy.

    Attributes:
        kind: What it takes away.
        present: False where the source says that the policy does not have it.
        title: Its title as the policy prints it.
        form: Form number, such as `CG 21 39`. A source that says that this one form is absent proves nothing of
            other forms: leave the number out where the policy has no such exclusion at all.
        edition: Edition as month and year; parted from the form number where it is printed with it, and
            refused where it contradicts that.
        evidence: Where this was read.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import Evidence, EvidenceLevel, ExclusionKind, PolicyExclusion
        >>> copy = Evidence(level=EvidenceLevel.COPY, observed_on=date(2026, 1, 5))
        >>> PolicyExclusion(kind=ExclusionKind.CONTRACTUAL_LIABILITY, form="CG 21 39 10 93", evidence=copy).edition
        '10 93'
    """

    kind: ExclusionKind
    present: bool = True
    title: Text | None = None
    form: Text | None = None
    edition: Edition | None = None
    evidence: Evidence

    def __attrs_post_init__(self) -> None:
        part_edition(self)
        super().__attrs_post_init__()

    def _faults(self) -> Iterator[Fault]:
        if self.form is not None:
            yield from edition_fault(self.form, self.edition, "$.form")
