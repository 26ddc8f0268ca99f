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
from contractor_compliance.evaluation.over_time.window import build_window
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
    day = as_day(as_of)
    if day is None:
        raise InvalidValueError("evaluate", (Fault("as_of", repr(as_of), "must be a date: an instant is no day"),))
    as_of = day
    compiled = rulebook if isinstance(rulebook, CompiledRuleBook) else compile_rulebook(rulebook)
    sweep = Sweep(dossier, compiled, custom=custom, law=law)
    if window:
        sweep.prepare()
    assignments = tuple(
        sorted(
            (_assignment_report(sweep, assignment, as_of, window=window) for assignment in dossier.assignments),
            key=lambda report: (_ORDER[report.status], report.assignment_id),
        )
    )
    contractor_findings = tuple(_finding(judged, None, sweep) for judged in sweep.judged(None, as_of))
    waived: list[Finding] = []
    if dossier.waivers:
        findings = [*(finding for report in assignments for finding in report.findings), *contractor_findings]
        waived = [finding for finding in findings if finding.waiver_id is not None]
    uncovered = [
        report.window.first_uncovered_day
        for report in assignments
        if report.status is AssignmentStatus.ACTIVE and report.window and report.window.first_uncovered_day
    ]
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
        first_uncovered_day=min(uncovered, default=None),
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
    compiled = rulebook if isinstance(rulebook, CompiledRuleBook) else compile_rulebook(rulebook)
    return Sweep(dossier, compiled, custom=custom, law=law).prepare()


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


def _assignment_report(sweep: Sweep, assignment: Assignment, day: date, *, window: bool) -> AssignmentReport:
    status = assignment.status_on(day)
    client = sweep.facts.clients.get(assignment.client_id or "")
    job_code = sweep.facts.job_codes.get(assignment.job_code_id or "")
    if status is AssignmentStatus.CANCELLED:
        return AssignmentReport(
            assignment.id,
            status,
            day,
            Verdict.NOT_REQUIRED,
            window=Window() if window else None,
            start=assignment.start,
            end=assignment.end,
            client_name=client.name if client else None,
            job_title=job_code.title if job_code else None,
        )
    judged_on = assignment.start if status is AssignmentStatus.UPCOMING else day
    judged: tuple[Judged, ...] = ()
    if status is not AssignmentStatus.ENDED or sweep.is_judged(assignment, day):
        judged = sweep.judged(assignment, judged_on)
    days = build_window(sweep, assignment, day) if window else None
    verdict = sweep.verdict(assignment, judged_on) if judged else Verdict.NOT_REQUIRED
    return AssignmentReport(
        assignment_id=assignment.id,
        status=status,
        judged_on=judged_on,
        verdict=verdict,
        findings=tuple(
            _finding(requirement, assignment, sweep, days.holds_until(requirement, judged_on) if days else None)
            for requirement in judged
        ),
        displaced=sweep.resolution(assignment, judged_on).displaced if judged else (),
        window=days.window if days else None,
        next_change=days.next_verdict(judged_on, verdict) if days and judged else None,
        start=assignment.start,
        end=assignment.end,
        client_name=client.name if client else None,
        job_title=job_code.title if job_code else None,
    )


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
    by_id = sweep.facts.by_id
    used = [by_id[policy_id].is_program for policy_id in result.policies if policy_id in by_id]
    if used and not any(used):
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
