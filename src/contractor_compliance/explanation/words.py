"""The words of reports and timelines, without any markup: the one source of text, Markdown and HTML."""

from __future__ import annotations

from datetime import date, timedelta

import attrs

from contractor_compliance.display import Tone
from contractor_compliance.domain.assignment import AssignmentStatus
from contractor_compliance.domain.interval import Interval
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.results.aspects import aspect_labels, compared_words
from contractor_compliance.results.finding import Check, Displaced, Finding
from contractor_compliance.results.outcome import InsuranceStatus, Outcome, Verdict
from contractor_compliance.results.reasons import reason_phrase
from contractor_compliance.results.report import AssignmentReport, ComplianceReport, Gap, PolicyStatus, Window
from contractor_compliance.results.timeline import Step, Timeline

__all__ = [
    "INSURANCE_TONES",
    "STEP_HEADER",
    "TONES",
    "VERDICT_TONES",
    "Note",
    "assignment_words",
    "check_row",
    "days_words",
    "displaced_words",
    "evidence_words",
    "facts",
    "gap_row",
    "is_spare",
    "notes",
    "outcome_words",
    "policy_row",
    "range_of",
    "reasons_words",
    "sentence",
    "step_days",
    "step_row",
    "timeline_title",
    "waived_but_failing",
    "window_words",
]

TONES = {
    Outcome.FAIL: Tone.BAD,
    Outcome.UNKNOWN: Tone.UNKNOWN,
    Outcome.WAIVED: Tone.WAIVED,
    Outcome.PASS_WITH_DEPENDENCY: Tone.DEPENDS,
    Outcome.PASS: Tone.GOOD,
    Outcome.NOT_APPLICABLE: Tone.IDLE,
}
VERDICT_TONES = {
    Verdict.NON_COMPLIANT: Tone.BAD,
    Verdict.UNDETERMINED: Tone.UNKNOWN,
    Verdict.COMPLIANT_WITH_EXCEPTIONS: Tone.WAIVED,
    Verdict.COMPLIANT: Tone.GOOD,
    Verdict.NOT_REQUIRED: Tone.IDLE,
}
INSURANCE_TONES = {
    InsuranceStatus.INSURED: Tone.GOOD,
    InsuranceStatus.PARTLY_INSURED: Tone.BAD,
    InsuranceStatus.UNINSURED: Tone.BAD,
    InsuranceStatus.UNDETERMINED: Tone.UNKNOWN,
    InsuranceStatus.NOT_REQUIRED: Tone.IDLE,
}
_SENTENCES = {
    Verdict.NON_COMPLIANT: "Required coverage is not carried, or falls short.",
    Verdict.UNDETERMINED: "What is on file does not settle whether required coverage is carried: not compliant yet.",
    Verdict.COMPLIANT_WITH_EXCEPTIONS: "The required coverage is carried, except where a waiver stands in.",
    Verdict.COMPLIANT: "All the required coverage is carried.",
    Verdict.NOT_REQUIRED: "No coverage is required.",
}
_ONE_DAY = timedelta(days=1)
NOT_EXAMINED = "Not examined: no requirement asked about these"


@attrs.frozen
class Note:
    """One thing to state about a report or a finding: a label and the text that belongs to it."""

    label: str
    text: str


# Days.


def days_words(days: Interval) -> str:
    """Return a run of days with its last day included: `2026-03-01 to 2026-03-14 (14 days)`."""
    if days.end is None:
        return "all days" if days.start is None else f"from {days.start} on"
    last = days.end - _ONE_DAY
    if days.start is None:
        return f"up to {last}"
    if days.start == last:
        return f"{last} (1 day)"
    return f"{days.start} to {last} ({days.days} days)"


def _when(days: Interval, day: date) -> str:
    if day in days:
        return "now"
    return "past" if days.end is not None and days.end <= day else "to come"


def _count(days: int, noun: str = "day") -> str:
    return f"{days} {noun}" if days == 1 else f"{days} {noun}s"


# The report.


def contractor_words(result: ComplianceReport | Timeline) -> str:
    """Return the contractor's name and id: `Sample Rigging LLC (contractor-1)`."""
    return f"{result.contractor_name} ({result.contractor_id})" if result.contractor_name else result.contractor_id


def sentence(report: ComplianceReport) -> str:
    """Return the verdict of a report in one sentence."""
    return _SENTENCES[report.verdict]


def facts(report: ComplianceReport) -> tuple[Note, ...]:
    """Return the notes that stand above the details of a report."""
    summary = [
        Note("Insurance status", report.insurance_status.label),
        Note("First uncovered day", _first_uncovered(report)),
    ]
    if _looked_ahead(report):
        change = f"{report.next_change}, {_ahead(report.next_change, report.as_of)}" if report.next_change else "none"
        summary.append(Note("Next change of the verdict", change))
    summary.append(Note("Judged by", f"{report.rulebook_id}, version {report.rulebook_version}"))
    return tuple(summary)


def _looked_ahead(report: ComplianceReport) -> bool:
    return report.next_change is not None or all(assignment.window is not None for assignment in report.assignments)


def _first_uncovered(report: ComplianceReport) -> str:
    day = report.first_uncovered_day
    if day is not None:
        return f"{day}, uncovered since" if day <= report.as_of else f"{day}, {_ahead(day, report.as_of)}"
    active = [assignment for assignment in report.assignments if assignment.status is AssignmentStatus.ACTIVE]
    return "none" if all(assignment.window is not None for assignment in active) else "not looked for"


def _ahead(day: date, since: date) -> str:
    return f"in {_count((day - since).days)}"


def waived_but_failing(report: ComplianceReport) -> tuple[str, ...]:
    """Return the requirements that fail by the facts and are carried by a waiver alone, each once."""
    return tuple(
        dict.fromkeys(
            f"{finding.title} ({finding.requirement_id}): waiver {finding.waiver_id}"
            for finding in report.all_findings()
            if finding.waiver_id is not None and finding.underlying is Outcome.FAIL
        )
    )


def not_examined(report: ComplianceReport) -> tuple[str, ...]:
    """Return what no requirement asked about: `exclusions and limitations: general liability, umbrella`."""
    return tuple(
        ": ".join(filter(None, (entry.topic.label, ", ".join(line.label for line in entry.lines))))
        for entry in report.not_examined
    )


def policy_row(policy: PolicyStatus) -> tuple[str, str, str, str, str, str]:
    """Return a policy's id, its number and insurer as printed, its line, its status, and its last day."""
    last = str(policy.until - _ONE_DAY) if policy.until is not None else ""
    status = [policy.validity.label]
    if policy.awaits_number:
        status.append("its number is still to come")
    if len(policy.records) > 1:
        status.append(f"one policy with {', '.join(policy.records[1:])}")
    if policy.may_be_one_with:
        status.append(f"may be one policy with {', '.join(policy.may_be_one_with)}")
    named = (policy.policy_id, policy.number or "", policy.carrier_name or "")
    return *named, policy.line.label, "; ".join(status), last


# A timeline.

STEP_HEADER = ("Days", "Verdict", "Insurance status", "Decided by", "Why")


def timeline_title(timeline: Timeline) -> str:
    """Return the title of a timeline: its contractor and its days."""
    contractor = contractor_words(timeline)
    return f"{contractor}, {days_words(range_of(timeline))}" if timeline.steps else contractor


def range_of(timeline: Timeline) -> Interval:
    """Return the range of days of a timeline that has steps."""
    return Interval(step_days(timeline.steps[0]).start, timeline.steps[-1].end)


def step_days(step: Step) -> Interval:
    """Return the days of a step; the first day that a date can hold means no beginning."""
    return Interval(None if step.start == date.min else step.start, step.end)


def step_row(step: Step) -> tuple[str, str, str, str, str]:
    """Return a step's days, its verdict, the insurance status, the requirement that decides, and why."""
    return (
        days_words(step_days(step)),
        step.verdict.label,
        step.insurance_status.label,
        step.worst_requirement or "",
        reasons_words(step.reasons),
    )


# One assignment.


def assignment_words(report: AssignmentReport) -> str:
    """Return an assignment's job, client, status, days and the day judged: `active, 2026-03-02 to 2026-09-30`."""
    parts = [report.job_title] if report.job_title else []
    parts += [f"for {report.client_name}"] if report.client_name else []
    parts.append(report.status.label)
    if report.start is not None:
        parts.append(f"{report.start} to {report.end}" if report.end is not None else f"from {report.start} on")
    if report.status is AssignmentStatus.UPCOMING:
        parts.append(f"judged on its first day, {report.judged_on}")
    return ", ".join(parts)


def window_words(report: AssignmentReport) -> str:
    """Return how many of an assignment's days are uncovered and how many unknown; nothing where that was not asked."""
    if report.window is None:
        return ""
    if report.status is AssignmentStatus.CANCELLED:
        return "It was cancelled before it began, and needs no coverage."
    return f"Over all its days: {_uncovered(report.window)}."


def _uncovered(window: Window) -> str:
    totals = (_total(window.uncovered, "uncovered"), _total(window.unknown, "unknown"))
    return "; ".join(total for total in totals if total is not None) or "no uncovered or unknown day"


def _total(runs: tuple[Interval, ...], word: str) -> str | None:
    if not runs:
        return None
    days = sum(run.days or 0 for run in runs)
    parts = [_count(days)] if days else []
    parts += [days_words(run) for run in runs if run.days is None]
    return f"{' and '.join(parts)} {word}, in {_count(len(runs), 'run')}"


def gap_row(gap: Gap, day: date) -> tuple[str, str, str, str]:
    """Return whether a gap is past, now or to come; its outcome, its days, and why."""
    return _when(gap.days, day), gap.outcome.label, days_words(gap.days), reasons_words(gap.reasons)


def displaced_words(displaced: Displaced) -> str:
    """Return which requirement was displaced, and by what."""
    if displaced.by_requirement_id is not None:
        how = f"overridden by {displaced.by_requirement_id} of set {displaced.by_set_id}"
    else:
        how = f"replaced by the whole set {displaced.by_set_id}"
    return f"{displaced.requirement_id} (version {displaced.requirement_version}) of set {displaced.set_id}: {how}"


# One finding.


def notes(finding: Finding, within: Finding | None = None) -> tuple[Note, ...]:
    """Return the notes of a finding besides what is required and found; none is empty.

    A member asks only for what its requirement (`within`) does not ask for already.
    """
    spare = within is not None and is_spare(finding, within)
    asked = spare or (within is not None and within.remedy == finding.remedy)
    texts = {
        "Reasons": reasons_words(finding.reasons),
        "Waiver": _waiver(finding),
        "Depends on": "" if finding.outcome is Outcome.PASS_WITH_DEPENDENCY else ", ".join(finding.depends_on),
        "Evidence": evidence_words(finding),
        "Policies": ", ".join(finding.policies),
        "Bound by": _binding(finding),
        "Paid by": _payer(finding),
        "Gets worse on": str(finding.holds_until or ""),
        "Not needed": "another member meets the requirement" if spare else "",
        "Ask": (finding.remedy or "") if not asked else "",
    }
    return tuple(Note(label, text) for label, text in texts.items() if text)


def outcome_words(finding: Finding, *, upper: bool = False) -> str:
    """Return the outcome of a finding with what it depends on: `pass, depends on 3.C GA`.

    Args:
        finding: The finding.
        upper: Write the outcome itself in capitals, and what it depends on as it is.
    """
    if finding.outcome is not Outcome.PASS_WITH_DEPENDENCY or not finding.depends_on:
        return finding.outcome.label.upper() if upper else finding.outcome.label
    return f"{'PASS, DEPENDS ON' if upper else 'pass, depends on'} {', '.join(finding.depends_on)}"


def is_spare(member: Finding, within: Finding) -> bool:
    """Return whether a member is not met, but its requirement is met without it."""
    return member.outcome.rank <= Outcome.UNKNOWN.rank < within.underlying.rank


def reasons_words(reasons: tuple[ReasonCode, ...]) -> str:
    """Return the titles of reasons, worst first: `gap in coverage, limit too low`."""
    return ", ".join(reason.label for reason in reasons)


def _waiver(finding: Finding) -> str:
    if finding.waiver_id is None:
        return ""
    return f"{finding.waiver_id} stands in; by the facts alone: {finding.underlying.label}"


def evidence_words(finding: Finding) -> str:
    """Return the weakest evidence that the outcome is known to depend on; nothing where it was strong enough."""
    levels = [check.evidence_level for check in finding.checks if check.evidence_level is not None]
    return f"weakest: {min(levels, key=lambda level: level.rank).label}" if levels else ""


def _binding(finding: Finding) -> str:
    parts = []
    if finding.set_id is not None:
        level = finding.level.label if finding.level is not None else ""
        parts.append(f"{level} set {finding.set_id if finding.set_id != level else ''}".strip())
    if finding.statutory:
        parts.append("a statute")
    return ", ".join(parts)


def _payer(finding: Finding) -> str:
    if finding.payer_origin is None:
        return ""
    origin = finding.payer_origin.label
    return f"{finding.payer.label} ({origin})" if finding.payer is not None else origin


def check_row(check: Check) -> tuple[str, str, str, str, str]:
    """Return what a check compared: aspect, required, found, outcome with its reason, and the policy looked at."""
    reason = f": {reason_phrase(check.reason)}" if check.reason is not None else ""
    return (
        ", ".join(aspect_labels(check.aspect)),
        compared_words(check.aspect, check.required),
        compared_words(check.aspect, check.actual),
        check.outcome.label + reason,
        check.policy_id or "",
    )
