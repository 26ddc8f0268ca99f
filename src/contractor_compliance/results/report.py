"""The report on one contractor on one day. Plain values, every evaluated requirement included."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import attrs

from contractor_compliance.display import render
from contractor_compliance.domain.assignment import AssignmentStatus
from contractor_compliance.domain.interval import Interval
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.results.finding import Displaced, Finding
from contractor_compliance.results.not_examined import NotExamined
from contractor_compliance.results.outcome import InsuranceStatus, Outcome, Validity, Verdict

__all__ = [
    "AssignmentReport",
    "ComplianceReport",
    "Gap",
    "OutcomePeriod",
    "PolicyStatus",
    "Window",
]


_T = TypeVar("_T")


@attrs.frozen
class Gap:
    """A run of days within an assignment on which a requirement was or will be failed or unknown; it is never erased.

    Attributes:
        requirement_id: The requirement.
        title: Its name for people.
        line: Its line, if it has one.
        outcome: Fail or unknown.
        reasons: Why, over the whole run, worst first. The first is `gap` where cover stood before and after.
        days: The run of days.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> report.assignments[0].window.gaps
        ()
    """

    requirement_id: str
    title: str
    line: Line | None
    outcome: Outcome
    reasons: tuple[ReasonCode, ...]
    days: Interval


@attrs.frozen
class OutcomePeriod:
    """A run of days within an assignment on which one requirement had one outcome, waivers considered.

    Attributes:
        requirement_id: The requirement.
        title: Its name for people.
        outcome: Its outcome on each of the days.
        days: The run of days.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> [(period.outcome.label, period.days.days) for period in report.assignments[0].window.periods]
        [('pass', 213)]
    """

    requirement_id: str
    title: str
    outcome: Outcome
    days: Interval


@attrs.frozen
class Window:
    """The outcomes of an assignment on all its calendar days at once.

    Attributes:
        uncovered: Runs of days whose verdict is non-compliant.
        unknown: Runs of days whose verdict is undetermined.
        first_uncovered_day: Start of the uncovered run that holds the day judged (cut at the assignment's start), else
            the first uncovered day after it, else None.
        first_unknown_day: The same for unknown days.
        gaps: The runs of each requirement, in order of time.
        periods: The outcome periods of every requirement, passing ones too, in order of time. On a day without a
            period the requirement did not bind.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> report.assignments[0].window.first_uncovered_day is None
        True
    """

    uncovered: tuple[Interval, ...] = ()
    unknown: tuple[Interval, ...] = ()
    first_uncovered_day: date | None = None
    first_unknown_day: date | None = None
    gaps: tuple[Gap, ...] = ()
    periods: tuple[OutcomePeriod, ...] = ()


@attrs.frozen
class AssignmentReport:
    """The result of one assignment: its verdict, its findings and its window.

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
        client_name: Name of the client, where one is on file.
        job_title: Title of the job code, where one is on file.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> [(assignment.assignment_id, assignment.verdict.label) for assignment in report.assignments]
        [('assignment-1', 'compliant')]
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
    client_name: str | None = None
    job_title: str | None = None

    @property
    def worst_finding(self) -> Finding | None:
        """The finding that decides the verdict."""
        return self.findings[0] if self.findings else None

    def finding(self, requirement_id: str) -> Finding:
        """Return the finding of one requirement; the worst, where it binds in two versions.

        Raises:
            InvalidValueError: If no such requirement binds.
        """
        by_id = {finding.requirement_id: finding for finding in reversed(self.findings)}
        return _looked_up(by_id, requirement_id, "finding")


@attrs.frozen
class PolicyStatus:
    """Where one policy's term stands on the day judged.

    Attributes:
        policy_id: The policy.
        line: Its line.
        validity: Active, expiring, cancelling, lapsed, cancelled, not yet effective or unknown.
        until: The day on which the run of cover that holds the day ends, if it does.
        records: Ids of the records that were taken as this one policy, `policy_id` first (domain rule B14.2).
        may_be_one_with: Ids of other records that may describe the same policy: number or insurer leave it open.
        number: Its number as printed; several where sources contradict each other.
        carrier_name: Its insurer as printed, likewise.
        awaits_number: Whether a binder, or a text such as TBD, stands in the place of its number: a person should ask
            for the number (domain rule B14.20). Whether a requirement still counts it is said by the finding.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> [(policy.policy_id, policy.validity.label) for policy in report.policies]
        [('policy-general_liability', 'active')]
    """

    policy_id: str
    line: Line
    validity: Validity
    until: date | None = None
    records: tuple[str, ...] = ()
    may_be_one_with: tuple[str, ...] = ()
    number: str | None = None
    carrier_name: str | None = None
    awaits_number: bool = False


@attrs.frozen
class ComplianceReport:
    """The compliance of one contractor on one day, with its reasons.

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
        contractor_name: The contractor's legal name.
        not_examined: What no requirement judged asked about, of the lines judged: no verdict says anything of it.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> report.verdict.label, report.insurance_status.label
        ('compliant', 'insured')
    """

    contractor_id: str
    as_of: date
    rulebook_id: str
    rulebook_version: int
    verdict: Verdict
    insurance_status: InsuranceStatus
    assignments: tuple[AssignmentReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    policies: tuple[PolicyStatus, ...] = ()
    waivers_used: tuple[str, ...] = ()
    waived_but_failing: tuple[str, ...] = ()
    first_uncovered_day: date | None = None
    next_change: date | None = None
    contractor_name: str | None = None
    not_examined: tuple[NotExamined, ...] = ()

    def assignment(self, assignment_id: str) -> AssignmentReport:
        """Return the report of one assignment.

        Raises:
            InvalidValueError: If the report has no such assignment.
        """
        by_id = {report.assignment_id: report for report in self.assignments}
        return _looked_up(by_id, assignment_id, "assignment")

    def finding(self, requirement_id: str) -> Finding:
        """Return the finding of one requirement; the worst, where several assignments have one.

        Raises:
            InvalidValueError: If no such requirement was judged.
        """
        by_id = {finding.requirement_id: finding for finding in reversed(self.all_findings())}
        return _looked_up(by_id, requirement_id, "finding")

    def policy(self, policy_id: str) -> PolicyStatus:
        """Return where a policy stands, by the id of any record of it.

        Raises:
            InvalidValueError: If no such policy is on file.
        """
        by_id = {record: policy for policy in self.policies for record in (policy.policy_id, *policy.records)}
        return _looked_up(by_id, policy_id, "policy")

    def all_findings(self) -> tuple[Finding, ...]:
        """Return every finding, worst first: of active assignments, the contractor's own sets, then the others."""
        # An ended assignment has findings only while its tail is judged, and then they count.
        counted = (AssignmentStatus.ACTIVE, AssignmentStatus.ENDED)
        judged = [assignment for assignment in self.assignments if assignment.status in counted]
        others = [assignment for assignment in self.assignments if assignment.status not in counted]
        groups = (
            (*(finding for assignment in judged for finding in assignment.findings), *self.findings),
            (finding for assignment in others for finding in assignment.findings),
        )
        return tuple(finding for group in groups for finding in sorted(group, key=lambda item: item.outcome.rank))

    @property
    def worst_finding(self) -> Finding | None:
        """The finding that decides the verdict; None where nothing is judged."""
        return next(iter(self.all_findings()), None)

    def remedies(self) -> tuple[str, ...]:
        """Return the sentences to send to the broker, most urgent first, each once."""
        return tuple(dict.fromkeys(finding.remedy for finding in self.all_findings() if finding.remedy is not None))

    def _repr_html_(self) -> str:
        return render(self, as_="html")

    def _repr_markdown_(self) -> str:
        return render(self, as_="markdown")


def _looked_up(values: Mapping[str, _T], name: str, kind: str) -> _T:
    if name not in values:
        listed = ", ".join(sorted(values)) or "none"
        raise InvalidValueError(
            "ComplianceReport", (Fault(f"{kind} id", repr(name), f"is not in the report; it has {listed}"),)
        )
    return values[name]
