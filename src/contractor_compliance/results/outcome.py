"""Outcomes of requirements, verdicts on contractors, and the other scales on which results are given."""

from __future__ import annotations

from contractor_compliance.domain.labels import LabeledCode

__all__ = ["InsuranceStatus", "Outcome", "PayerOrigin", "Validity", "Verdict", "verdict_of"]


class Outcome(LabeledCode):
    """The outcome of one check or requirement on one day, worst first; not applicable drops out of every roll-up.

    Example:
        >>> min([Outcome.PASS, Outcome.UNKNOWN, Outcome.WAIVED], key=lambda outcome: outcome.rank).label
        'unknown'
    """

    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    PASS_WITH_DEPENDENCY = "pass_with_dependency"
    PASS = "pass"
    NOT_APPLICABLE = "not_applicable"

    # Comparisons by identity are the hot path; the rank is a plain attribute for the same reason.
    rank: int


for _rank, _outcome in enumerate(Outcome):
    _outcome.rank = _rank


class Verdict(LabeledCode):
    """The verdict on an assignment or a contractor on one day, worst first.

    Example:
        >>> Verdict.COMPLIANT_WITH_EXCEPTIONS.is_compliant, Verdict.UNDETERMINED.may_work
        (True, False)
        >>> Verdict.NOT_REQUIRED.is_compliant, Verdict.NOT_REQUIRED.may_work
        (False, True)
    """

    NON_COMPLIANT = "non_compliant"
    UNDETERMINED = "undetermined"
    COMPLIANT_WITH_EXCEPTIONS = "compliant_with_exceptions"
    COMPLIANT = "compliant"
    NOT_REQUIRED = "not_required"

    rank: int

    @property
    def is_compliant(self) -> bool:
        """Whether what is required is met, with exceptions or without; where nothing is required nothing is met."""
        return self in (Verdict.COMPLIANT, Verdict.COMPLIANT_WITH_EXCEPTIONS)

    @property
    def may_work(self) -> bool:
        """Whether work may go on: compliant, with exceptions or not, or nothing required (domain rule B14.14)."""
        return self.is_compliant or self is Verdict.NOT_REQUIRED


for _rank, _verdict in enumerate(Verdict):
    _verdict.rank = _rank

_VERDICTS = {
    Outcome.FAIL: Verdict.NON_COMPLIANT,
    Outcome.UNKNOWN: Verdict.UNDETERMINED,
    Outcome.WAIVED: Verdict.COMPLIANT_WITH_EXCEPTIONS,
    Outcome.PASS_WITH_DEPENDENCY: Verdict.COMPLIANT,
    Outcome.PASS: Verdict.COMPLIANT,
    Outcome.NOT_APPLICABLE: Verdict.NOT_REQUIRED,
}


def verdict_of(worst: Outcome) -> Verdict:
    """Return the verdict of an assignment whose worst requirement has this outcome (domain rule B11.1)."""
    return _VERDICTS[worst]


class InsuranceStatus(LabeledCode):
    """Whether coverage is present at all, over the lines that active assignments require.

    Example:
        >>> InsuranceStatus.PARTLY_INSURED.label
        'partly insured'
    """

    INSURED = "insured"
    PARTLY_INSURED = "partly_insured"
    UNINSURED = "uninsured"
    UNDETERMINED = "undetermined"
    NOT_REQUIRED = "not_required"


class Validity(LabeledCode):
    """Where a policy's term stands on a day, apart from whether the policy is adequate and from any review.

    Example:
        >>> Validity("cancelling").label
        'cancellation pending'
    """

    ACTIVE = "active"
    EXPIRING = "expiring"
    CANCELLING = "cancelling"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    UNKNOWN = "unknown"


class PayerOrigin(LabeledCode):
    """Where the choice of the payer came from.

    Example:
        >>> PayerOrigin.COMPANY.label
        "the company's default"
    """

    OWN = "own"
    ASSIGNMENT = "assignment"
    CONTRACTOR = "contractor"
    REQUIREMENT = "requirement"
    COMPANY = "company"
