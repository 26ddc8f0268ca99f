"""The judgment of one contractor on one day: a report with a finding for every requirement that binds."""

from __future__ import annotations

from datetime import date

from contractor_compliance.domain.assignment import Assignment, AssignmentStatus
from contractor_compliance.domain.calendar import as_day
from contractor_compliance.domain.company import Payer
from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import AllOf, AnyOf, Requirement
from contractor_compliance.domain.rulebook import RuleBook
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.evaluation.checks.context import CustomChecks
from contractor_compliance.evaluation.facts.dossier import DossierFacts
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.kinds.judge import ask
from contractor_compliance.evaluation.kinds.result import RequirementResult, unique
from contractor_compliance.evaluation.over_time.insurance_status import insurance_status
from contractor_compliance.evaluation.over_time.sweep import Judged, Sweep
from contractor_compliance.evaluation.over_time.window import AssignmentDays, build_window
from contractor_compliance.evaluation.rules.compiled import (
    Binding,
    CompiledRuleBook,
    compile_rulebook,
)
from contractor_compliance.evaluation.rules.law import SHIPPED_LAW, LawTables
from contractor_compliance.results.finding import Finding
from contractor_compliance.results.not_examined import NotExamined, topics_not_examined
from contractor_compliance.results.outcome import Outcome, PayerOrigin, Validity, Verdict
from contractor_compliance.results.report import AssignmentReport, ComplianceReport, PolicyStatus, Window

__all__ = ["evaluate", "open_sweep"]

_NO_CHECKS: CustomChecks = {}
_ORDER = {
    status: place
    for place, status in enumerate(
        (AssignmentStatus.ACTIVE, AssignmentStatus.UPCOMING, AssignmentStatus.ENDED, AssignmentStatus.CANCELLED)
    )
}


def evaluate(
    dossier: Dossier,
    rulebook: RuleBook | CompiledRuleBook,
    *,
    as_of: date,
    window: bool = True,
    custom: CustomChecks = _NO_CHECKS,
    law: LawTables = SHIPPED_LAW,
) -> ComplianceReport:
    """Judge one contractor on one day.

    The answer depends on the arguments alone: no clock, no store. To judge as things were known at an instant, pass
    the dossier and the rule book as they were known then.

    Args:
        dossier: All that is known of the contractor.
        rulebook: The requirements; pass `compile_rulebook(rulebook)` to judge many contractors by one rule book.
        as_of: The day judged.
        window: Also look at all the days of each assignment, and find the next change. The verdict needs neither.
        custom: The host's own checks, by name.
        law: Tables of law; see `contractor_compliance.evaluation.rules.law`.

    Returns:
        The verdict, with a finding for every requirement that binds, passing ones included.

    Raises:
        InvalidValueError: If `as_of` is no day: an instant is none.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import factories as make
        >>> report = evaluate(make.dossier(), make.rulebook(make.gl_requirement()), as_of=date(2026, 6, 1))
        >>> report.verdict.value, report.all_findings()[0].reasons[0].value
        ('non_compliant', 'missing')
    """
    as_of = _day(as_of)
    sweep = Sweep(dossier, _compiled(rulebook), custom=custom, law=law)
    if window:
        sweep.prepare()
    assignments = _assignment_reports(sweep, as_of, window=window)
    contractor_findings = tuple(_finding(judged, None, sweep) for judged in sweep.judged(None, as_of))
    waived = _waived(assignments, contractor_findings) if dossier.waivers else []
    verdict = sweep.contractor_verdict(as_of)
    return ComplianceReport(
        contractor_id=dossier.contractor.id,
        as_of=as_of,
        rulebook_id=sweep.compiled.rulebook_id,
        rulebook_version=sweep.compiled.rulebook_version,
        verdict=verdict,
        insurance_status=insurance_status(sweep, as_of),
        assignments=assignments,
        findings=contractor_findings,
        policies=tuple(_status(policy, as_of, sweep.facts) for policy in sweep.facts.policies),
        waivers_used=unique(finding.waiver_id for finding in waived if finding.waiver_id is not None),
        waived_but_failing=unique(finding.requirement_id for finding in waived if finding.underlying is Outcome.FAIL),
        first_uncovered_day=_first_uncovered_day(assignments),
        next_change=_next_change(sweep, as_of, verdict) if window else None,
        contractor_name=dossier.contractor.legal_name,
        not_examined=_not_examined(sweep, assignments, as_of),
    )


def open_sweep(
    dossier: Dossier,
    rulebook: RuleBook | CompiledRuleBook,
    *,
    custom: CustomChecks = _NO_CHECKS,
    law: LawTables = SHIPPED_LAW,
) -> Sweep:
    """Make a dossier and a rule book ready to be asked about any number of days."""
    return Sweep(dossier, _compiled(rulebook), custom=custom, law=law).prepare()


def _day(as_of: date) -> date:
    """Return the day as a plain date, or raise: an instant is no day."""
    day = as_day(as_of)
    if day is None:
        raise InvalidValueError("evaluate", (Fault("as_of", repr(as_of), "must be a date: an instant is no day"),))
    return day


def _compiled(rulebook: RuleBook | CompiledRuleBook) -> CompiledRuleBook:
    """Return the rule book compiled, if it is not yet."""
    return rulebook if isinstance(rulebook, CompiledRuleBook) else compile_rulebook(rulebook)


def _waived(reports: tuple[AssignmentReport, ...], findings: tuple[Finding, ...]) -> list[Finding]:
    """Return the findings that a waiver carries: those of the assignments first, then the contractor's own."""
    of_assignments = (finding for report in reports for finding in report.findings)
    return [finding for finding in (*of_assignments, *findings) if finding.waiver_id is not None]


def _first_uncovered_day(reports: tuple[AssignmentReport, ...]) -> date | None:
    """Return the first day, from the day judged on, on which an active assignment is uncovered."""
    windows = (report.window for report in reports if report.status is AssignmentStatus.ACTIVE and report.window)
    return min((window.first_uncovered_day for window in windows if window.first_uncovered_day), default=None)


def _not_examined(sweep: Sweep, reports: tuple[AssignmentReport, ...], day: date) -> tuple[NotExamined, ...]:
    """Return what nothing that was judged asked about."""
    judged_on = {report.assignment_id: report.judged_on for report in reports if report.findings}
    examined = {
        sweep.resolution(assignment, judged_on[assignment.id]).examined
        for assignment in sweep.dossier.assignments
        if assignment.id in judged_on
    }
    return topics_not_examined({*examined, sweep.resolution(None, day).examined})


def _next_change(sweep: Sweep, day: date, verdict: Verdict) -> date | None:
    for start, _ in sweep.stretches(day, None):
        if sweep.contractor_verdict(start) is not verdict:
            return start
    return None


def _assignment_reports(sweep: Sweep, day: date, *, window: bool) -> tuple[AssignmentReport, ...]:
    """Return the reports of all assignments, those that are active first."""
    reports = [_assignment_report(sweep, assignment, day, window=window) for assignment in sweep.dossier.assignments]
    return tuple(sorted(reports, key=lambda report: (_ORDER[report.status], report.assignment_id)))


def _assignment_report(sweep: Sweep, assignment: Assignment, day: date, *, window: bool) -> AssignmentReport:
    status = assignment.status_on(day)
    judged_on = assignment.start if status is AssignmentStatus.UPCOMING else day
    judged = _judged(sweep, assignment, status, judged_on)
    days = _assignment_days(sweep, assignment, status, day) if window else None
    verdict = sweep.verdict(assignment, judged_on) if judged else Verdict.NOT_REQUIRED
    client, job_code = sweep.facts.client_of(assignment), sweep.facts.job_code_of(assignment)
    return AssignmentReport(
        assignment_id=assignment.id,
        status=status,
        judged_on=judged_on,
        verdict=verdict,
        findings=_findings(judged, assignment, sweep, judged_on, days),
        displaced=sweep.resolution(assignment, judged_on).displaced if judged else (),
        window=days.window if days else None,
        next_change=days.next_verdict(judged_on, verdict) if days and judged else None,
        start=assignment.start,
        end=assignment.end,
        client_name=client.name if client else None,
        job_title=job_code.title if job_code else None,
    )


def _judged(sweep: Sweep, assignment: Assignment, status: AssignmentStatus, day: date) -> tuple[Judged, ...]:
    """Judge what binds on the day; nothing is judged of work that was called off, or that ended without a tail."""
    if status is AssignmentStatus.CANCELLED:
        return ()
    if status is AssignmentStatus.ENDED and not sweep.is_judged(assignment, day):
        return ()
    return sweep.judged(assignment, day)


def _assignment_days(sweep: Sweep, assignment: Assignment, status: AssignmentStatus, day: date) -> AssignmentDays:
    """Return the assignment's days with what was judged on each; work that was called off has none."""
    if status is AssignmentStatus.CANCELLED:
        return AssignmentDays([], Window())
    return build_window(sweep, assignment, day)


def _findings(
    judged: tuple[Judged, ...], assignment: Assignment, sweep: Sweep, day: date, days: AssignmentDays | None
) -> tuple[Finding, ...]:
    """Return a finding for each requirement judged; with the days of the work, how long its outcome holds."""
    if days is None:
        return tuple(_finding(judgment, assignment, sweep) for judgment in judged)
    return tuple(_finding(judgment, assignment, sweep, days.holds_until(judgment, day)) for judgment in judged)


def _finding(judged: Judged, assignment: Assignment | None, sweep: Sweep, holds_until: date | None = None) -> Finding:
    binding, result = judged.binding, judged.result
    requirement = binding.requirement
    payer, origin = _payer(binding, result, assignment, sweep)
    return Finding(
        requirement_id=requirement.id,
        requirement_version=requirement.version,
        title=binding.title,
        line=binding.line,
        required=binding.ask,
        outcome=judged.outcome,
        underlying=result.outcome,
        reasons=result.reasons,
        checks=result.checks,
        policies=result.policies,
        depends_on=result.depends_on,
        waiver_id=judged.waiver.id if judged.waiver else None,
        set_id=binding.set_id,
        level=binding.level,
        payer=payer,
        payer_origin=origin,
        statutory=requirement.statutory,
        holds_until=holds_until,
        members=_members(requirement, result),
    )


def _members(requirement: Requirement, result: RequirementResult) -> tuple[Finding, ...]:
    # Out of its scope a group has no answers of members: nothing was asked of them.
    if not isinstance(requirement, AnyOf | AllOf) or not result.members:
        return ()
    findings = []
    for member, member_result in zip(requirement.members, result.members, strict=True):
        line = member.subject_line
        findings.append(
            Finding(
                requirement_id=member.id,
                requirement_version=member.version,
                title=member.title or (line.label if line else member.id),
                line=line,
                required=ask(member),
                outcome=member_result.outcome,
                underlying=member_result.outcome,
                reasons=member_result.reasons,
                checks=member_result.checks,
                policies=member_result.policies,
                depends_on=member_result.depends_on,
                statutory=member.statutory,
                members=_members(member, member_result),
            )
        )
    return tuple(findings)


def _payer(
    binding: Binding, result: RequirementResult, assignment: Assignment | None, sweep: Sweep
) -> tuple[Payer | None, PayerOrigin | None]:
    """Return who pays for program cover: by the assignment, else the contractor, the requirement, the company."""
    line = binding.line
    if line is None:
        return None, None
    if _rests_on_own_policies(result, sweep.facts):
        return None, PayerOrigin.OWN
    chosen = (
        (assignment.payers if assignment else (), PayerOrigin.ASSIGNMENT),
        (sweep.dossier.contractor.payers, PayerOrigin.CONTRACTOR),
    )
    for choices, origin in chosen:
        for choice in choices:
            if choice.line == line:
                return choice.payer, origin
    if binding.requirement.payer is not None:
        return binding.requirement.payer, PayerOrigin.REQUIREMENT
    return sweep.dossier.company.settings.payer, PayerOrigin.COMPANY


def _rests_on_own_policies(result: RequirementResult, facts: DossierFacts) -> bool:
    """Return whether policies are used, and none of them was bought through the company's program."""
    by_id = facts.by_id
    used = [by_id[policy_id].is_program for policy_id in result.policies if policy_id in by_id]
    return bool(used) and not any(used)


_VALIDITIES = {
    ReasonCode.GAP: Validity.LAPSED,
    ReasonCode.EXPIRED: Validity.LAPSED,
    ReasonCode.CANCELLED: Validity.CANCELLED,
    ReasonCode.NOT_YET_EFFECTIVE: Validity.NOT_YET_EFFECTIVE,
}


def _status(policy: PolicyFacts, day: date, facts: DossierFacts) -> PolicyStatus:
    validity, until = _validity(policy, day, facts.dossier)
    number, carrier_name = policy.printed
    return PolicyStatus(
        policy.id,
        policy.line,
        validity,
        until,
        records=tuple(record.id for record in policy.records) if len(policy.records) > 1 else (policy.id,),
        may_be_one_with=facts.may_be_one.get(policy.id, ()),
        number=number,
        carrier_name=carrier_name,
        awaits_number=policy.awaits_number,
    )


def _validity(policy: PolicyFacts, day: date, dossier: Dossier) -> tuple[Validity, date | None]:
    reason = policy.in_force.absence(day)
    if reason is not None:
        return _VALIDITIES.get(reason, Validity.UNKNOWN), None
    end = policy.in_force.certain.end_of_run(day)
    if end is None:
        return Validity.ACTIVE, None
    if end in policy.in_force.cut:
        return Validity.CANCELLING, end
    soon = (end - day).days <= dossier.company.settings.expiring_within_days
    return Validity.EXPIRING if soon else Validity.ACTIVE, end
