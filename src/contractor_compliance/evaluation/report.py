"""What an evaluation answers with: outcomes, findings, verdicts. Plain values, every evaluated requirement included.

Findings keep what was compared in figures; the sentences (`actual`, `remedy`) are worded when read.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

import attrs

from contractor_compliance.domain.assignment import AssignmentStatus
from contractor_compliance.domain.company import Payer
from contractor_compliance.domain.evidence import Rung
from contractor_compliance.domain.interval import Interval
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.rulebook import SetLevel
from contractor_compliance.evaluation import wording

__all__ = [
    "AssignmentReport",
    "Check",
    "ComplianceReport",
    "Displaced",
    "Finding",
    "Gap",
    "InsuranceStatus",
    "Outcome",
    "PayerOrigin",
    "PolicyStanding",
    "Run",
    "Validity",
    "Verdict",
    "Window",
    "verdict_of",
]


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


@attrs.frozen
class Check:
    """One comparison within a finding.

    Attributes:
        aspect: What was looked at: `term`, `limit.each_occurrence`, `state.CA`, `endorsement.waiver_of_subrogation`.
        outcome: Its answer.
        reason: Why it is not a plain pass; None for a pass.
        required: What was asked for; amounts in cents.
        actual: What was found; amounts in cents; None = nothing.
        policy_id: The policy or exemption looked at, if one was.
        rung: The weakest rung of evidence that the answer rests on, if it rests on evidence.
    """

    aspect: str
    outcome: Outcome
    reason: ReasonCode | None = None
    required: str | int | None = None
    actual: str | int | None = None
    policy_id: str | None = None
    rung: Rung | None = None


@attrs.frozen
class Finding:
    """What came of one requirement on one day.

    Attributes:
        requirement_id: The requirement.
        requirement_version: Its version.
        title: Its name for people.
        line: The line it speaks of, if it speaks of one.
        required: What it asks for, in words.
        outcome: The answer, waivers considered.
        underlying: The answer of the facts alone; differs only if a waiver acted.
        reasons: Why it is not a plain pass, worst first.
        checks: What was compared, member findings apart.
        policies: Policies and exemptions that the answer uses.
        leans_on: What a pass with dependency leans on: policy ids, or `3.C` and the state.
        waiver_id: The waiver that acted.
        set_id: The requirement set that binds it.
        level: The level of that set.
        payer: Who pays for programme cover of its line; None for own policies and for requirements of no line.
        payer_origin: Where that came from.
        statutory: Whether the law, not the company, asks for it.
        holds_until: First day on which the outcome gets worse, if it is known to; only with the window.
        members: Findings of the members of an `AnyOf` or `AllOf`.
    """

    requirement_id: str
    requirement_version: int
    title: str
    line: Line | None
    required: str
    outcome: Outcome
    underlying: Outcome
    reasons: tuple[ReasonCode, ...] = ()
    checks: tuple[Check, ...] = ()
    policies: tuple[str, ...] = ()
    leans_on: tuple[str, ...] = ()
    waiver_id: str | None = None
    set_id: str | None = None
    level: SetLevel | None = None
    payer: Payer | None = None
    payer_origin: PayerOrigin | None = None
    statutory: bool = False
    holds_until: date | None = None
    members: tuple[Finding, ...] = ()

    @property
    def actual(self) -> str:
        """What was found, in words."""
        return wording.actual(self)

    @property
    def remedy(self) -> str | None:
        """The sentence to send to the broker; None where nothing is to be asked."""
        return wording.remedy(self)


@attrs.frozen
class Displaced:
    """A requirement that would bind but for a later set.

    Attributes:
        requirement_id: The requirement displaced.
        requirement_version: Its version.
        set_id: The set it stands in.
        by_set_id: The set that displaced it.
        by_requirement_id: The requirement that overrode it; None if its whole set was replaced.
    """

    requirement_id: str
    requirement_version: int
    set_id: str
    by_set_id: str
    by_requirement_id: str | None = None


@attrs.frozen
class Gap:
    """A run of days within an assignment on which a requirement was or will be failed or unknown: never erased.

    Attributes:
        requirement_id: The requirement.
        title: Its name for people.
        line: Its line, if it has one.
        outcome: Fail or unknown.
        reasons: Why, over the whole run, worst first. The first is `gap` where cover stood before and after.
        days: The run of days.
    """

    requirement_id: str
    title: str
    line: Line | None
    outcome: Outcome
    reasons: tuple[ReasonCode, ...]
    days: Interval


@attrs.frozen
class Run:
    """A run of days within an assignment on which one requirement had one outcome, waivers considered.

    Attributes:
        requirement_id: The requirement.
        title: Its name for people.
        outcome: Its outcome on each of the days.
        days: The run of days.
    """

    requirement_id: str
    title: str
    outcome: Outcome
    days: Interval


@attrs.frozen
class Window:
    """All the calendar days of an assignment at once.

    Attributes:
        uncovered: Runs of days whose verdict is non-compliant.
        unknown: Runs of days whose verdict is undetermined.
        first_uncovered_day: Start of the uncovered run that holds the day judged (cut at the assignment's start), else
            the first uncovered day after it, else None.
        first_unknown_day: The same for unknown days.
        gaps: The runs of each requirement, in order of time.
        runs: Every run of every requirement, passing ones too, in order of time. On a day without a run the
            requirement did not bind.
    """

    uncovered: tuple[Interval, ...] = ()
    unknown: tuple[Interval, ...] = ()
    first_uncovered_day: date | None = None
    first_unknown_day: date | None = None
    gaps: tuple[Gap, ...] = ()
    runs: tuple[Run, ...] = ()


@attrs.frozen
class AssignmentReport:
    """What came of one assignment.

    Attributes:
        assignment_id: The assignment.
        status: Upcoming, active, ended or cancelled on the day judged.
        judged_on: The day its findings are of: the start for an upcoming assignment, else the day asked for.
        verdict: Its verdict on that day. An ended assignment is judged while the tail of a requirement lasts; after
            that, as a cancelled one, it is not required and keeps its window.
        findings: One for each requirement that binds, worst first.
        displaced: Requirements that a later set displaced.
        window: All its days; None where the window was not asked for.
        next_change: First of its days after the day judged on which its verdict changes; None = no such day, or the
            window was not asked for.
        start: First worked day.
        end: Last worked day; None = open.
    """

    assignment_id: str
    status: AssignmentStatus
    judged_on: date
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    displaced: tuple[Displaced, ...] = ()
    window: Window | None = None
    next_change: date | None = None
    start: date | None = None
    end: date | None = None

    @property
    def worst_finding(self) -> Finding | None:
        """The finding that decides the verdict."""
        return self.findings[0] if self.findings else None


@attrs.frozen
class PolicyStanding:
    """Where a policy's term stands on the day judged.

    Attributes:
        policy_id: The policy.
        line: Its line.
        validity: Active, expiring, cancelling, lapsed, cancelled, not yet effective or unknown.
        until: The day on which the run of cover that holds the day ends, if it does.
    """

    policy_id: str
    line: Line
    validity: Validity
    until: date | None = None


@attrs.frozen
class ComplianceReport:
    """The answer for one contractor on one day, with its reasons.

    Attributes:
        contractor_id: The contractor.
        as_of: The day judged.
        rulebook_id: The rule book.
        rulebook_version: Its version.
        verdict: Worst over the active assignments, the tails of ended ones, and the contractor's own always-judged
            requirements.
        insurance_status: Presence of cover over the lines that active assignments require.
        assignments: One for each assignment: active ones first, then upcoming, ended, cancelled.
        findings: Requirements attached to the contractor that are judged without an assignment.
        policies: Where each policy's term stands.
        waivers_used: Ids of the waivers that acted.
        waived_but_failing: Ids of requirements whose facts fail and which only a waiver carries (rule B8.6).
        first_uncovered_day: Earliest over active assignments; None = none, or the window was not asked for.
        next_change: First day after `as_of` on which the contractor's verdict changes; None = never, or not asked for.
    """

    contractor_id: str
    as_of: date
    rulebook_id: str
    rulebook_version: int
    verdict: Verdict
    insurance_status: InsuranceStatus
    assignments: tuple[AssignmentReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    policies: tuple[PolicyStanding, ...] = ()
    waivers_used: tuple[str, ...] = ()
    waived_but_failing: tuple[str, ...] = ()
    first_uncovered_day: date | None = None
    next_change: date | None = None

    def all_findings(self) -> tuple[Finding, ...]:
        """Return every finding, worst first: of active assignments, the contractor's own sets, then the others."""
        # An ended assignment has findings only while its tail is judged, and then they count.
        counted = (AssignmentStatus.ACTIVE, AssignmentStatus.ENDED)
        judged = [each for each in self.assignments if each.status in counted]
        others = [each for each in self.assignments if each.status not in counted]
        return tuple(
            finding
            for group in ((*(each.findings for each in judged), self.findings), tuple(each.findings for each in others))
            for finding in sorted((item for found in group for item in found), key=lambda item: item.outcome.rank)
        )

    @property
    def worst_finding(self) -> Finding | None:
        """The finding that decides the verdict; None where nothing is judged."""
        found = self.all_findings()
        return found[0] if found else None

    def remedies(self) -> tuple[str, ...]:
        """Return the sentences to send to the broker, most urgent first, each once."""
        return tuple(dict.fromkeys(each.remedy for each in self.all_findings() if each.remedy is not None))

    def _repr_html_(self) -> str:
        from contractor_compliance.evaluation.explain import explain

        return explain(self, as_="html")

    def _repr_markdown_(self) -> str:
        from contractor_compliance.evaluation.explain import explain

        return explain(self, as_="markdown")
