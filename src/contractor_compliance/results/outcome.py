"""Outcomes of requirements, verdicts of contractors, and the other scales on which an answer is given."""

from __future__ import annotations

from enum import Enum

__all__ = ["InsuranceStatus", "Outcome", "PayerOrigin", "Validity", "Verdict", "verdict_of"]


class Outcome(Enum):
    """Answer of one check or requirement on one day, worst first; not applicable drops out of every roll-up."""

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


class Verdict(Enum):
    """Answer for an assignment or a contractor on one day, worst first."""

    NON_COMPLIANT = "non_compliant"
    UNDETERMINED = "undetermined"
    COMPLIANT_WITH_EXCEPTIONS = "compliant_with_exceptions"
    COMPLIANT = "compliant"
    NOT_REQUIRED = "not_required"

    rank: int

    @property
    def is_compliant(self) -> bool:
        """Whether work may go on: compliant, with exceptions or not, or nothing is required. Undetermined is not."""
        return self not in (Verdict.NON_COMPLIANT, Verdict.UNDETERMINED)


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


class InsuranceStatus(Enum):
    """Presence of cover alone, over the lines that active assignments require."""

    INSURED = "insured"
    PARTLY_INSURED = "partly_insured"
    UNINSURED = "uninsured"
    UNDETERMINED = "undetermined"
    NOT_REQUIRED = "not_required"


class Validity(Enum):
    """Where a policy's term stands on a day. Apart from whether the policy is adequate, and from any review."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    CANCELLING = "cancelling"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    UNKNOWN = "unknown"


class PayerOrigin(Enum):
    """Where the answer to "who pays" came from."""

    OWN = "own"
    ASSIGNMENT = "assignment"
    CONTRACTOR = "contractor"
    REQUIREMENT = "requirement"
    COMPANY = "company"
