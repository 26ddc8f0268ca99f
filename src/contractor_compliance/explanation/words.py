"""What a report says, in plain words and without any markup: the one source of every way of writing it."""

from __future__ import annotations

from datetime import date, timedelta

import attrs

from contractor_compliance.display import Tone
from contractor_compliance.domain.assignment import AssignmentStatus
from contractor_compliance.domain.evidence import EvidenceLevel
from contractor_compliance.domain.interval import Interval
from contractor_compliance.domain.money import format_cents
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.results.finding import Check, Displaced, Finding
from contractor_compliance.results.outcome import InsuranceStatus, Outcome, PayerOrigin, Verdict
from contractor_compliance.results.reasons import reason_phrase
from contractor_compliance.results.report import AssignmentReport, ComplianceReport, Gap, PolicyStatus, Window
from contractor_compliance.results.timeline import Step, Timeline

__all__ = [
    "INSURANCE_TONES",
    "OUTCOMES",
    "STEP_HEADER",
    "TONES",
    "VERDICTS",
    "VERDICT_TONES",
    "Note",
    "assignment_words",
    "check_row",
    "code_words",
    "days_words",
    "displaced_words",
    "evidence_words",
    "facts",
    "gap_row",
    "is_spare",
    "notes",
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

#: What to call each outcome.
OUTCOMES = {
    Outcome.FAIL: "fail",
    Outcome.UNKNOWN: "unknown",
    Outcome.WAIVED: "waived",
    Outcome.PASS_WITH_DEPENDENCY: "pass, with a dependency",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "not applicable",
}
TONES = {
    Outcome.FAIL: Tone.BAD,
    Outcome.UNKNOWN: Tone.UNKNOWN,
    Outcome.WAIVED: Tone.WAIVED,
    Outcome.PASS_WITH_DEPENDENCY: Tone.DEPENDS,
    Outcome.PASS: Tone.GOOD,
    Outcome.NOT_APPLICABLE: Tone.IDLE,
}
#: What to call each verdict.
VERDICTS = {
    Verdict.NON_COMPLIANT: "non-compliant",
    Verdict.UNDETERMINED: "undetermined",
    Verdict.COMPLIANT_WITH_EXCEPTIONS: "compliant with exceptions",
    Verdict.COMPLIANT: "compliant",
    Verdict.NOT_REQUIRED: "not required",
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
    Verdict.NON_COMPLIANT: "Cover that is required is not carried, or falls short.",
    Verdict.UNDETERMINED: "What is on file does not settle whether the cover required is carried: not compliant yet.",
    Verdict.COMPLIANT_WITH_EXCEPTIONS: "The cover required is carried, except where a waiver stands in.",
    Verdict.COMPLIANT: "All the cover required is carried.",
    Verdict.NOT_REQUIRED: "No cover is required.",
}
_LEVELS = {
    EvidenceLevel.DECLARED: "the contractor's own word",
    EvidenceLevel.CERTIFICATE: "a certificate",
    EvidenceLevel.DESCRIPTION: "a certificate's description of operations",
    EvidenceLevel.COPY: "a copy of the policy or endorsement",
    EvidenceLevel.CONFIRMED: "the word of the insurer, its agent or a register",
    EvidenceLevel.PLATFORM: "the platform that issued it",
}
_ORIGINS = {
    PayerOrigin.OWN: "contractor (own policy)",
    PayerOrigin.ASSIGNMENT: "chosen for the assignment",
    PayerOrigin.CONTRACTOR: "chosen for the contractor",
    PayerOrigin.REQUIREMENT: "by the requirement",
    PayerOrigin.COMPANY: "the company's default",
}
_ONE_DAY = timedelta(days=1)


@attrs.frozen
class Note:
    """One thing to say of a finding: a label and what stands behind it."""

    label: str
    text: str


# Days.


def days_words(days: Interval) -> str:
    """Say a run of days with its last day included: `2026-03-01 to 2026-03-14 (14 days)`."""
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


def sentence(report: ComplianceReport) -> str:
    """Say the verdict in one sentence."""
    return _SENTENCES[report.verdict]


def facts(report: ComplianceReport) -> tuple[Note, ...]:
    """Return what stands above the details."""
    found = [
        Note("Insurance status", code_words(report.insurance_status.value)),
        Note("First uncovered day", _first_uncovered(report)),
    ]
    if _looked_ahead(report):
        change = f"{report.next_change}, {_ahead(report.next_change, report.as_of)}" if report.next_change else "none"
        found.append(Note("Next change of the verdict", change))
    found.append(Note("Judged by", f"{report.rulebook_id}, version {report.rulebook_version}"))
    return tuple(found)


def _looked_ahead(report: ComplianceReport) -> bool:
    return report.next_change is not None or all(each.window is not None for each in report.assignments)


def _first_uncovered(report: ComplianceReport) -> str:
    day = report.first_uncovered_day
    if day is not None:
        return f"{day}, uncovered since" if day <= report.as_of else f"{day}, {_ahead(day, report.as_of)}"
    active = [each for each in report.assignments if each.status is AssignmentStatus.ACTIVE]
    return "none" if all(each.window is not None for each in active) else "not looked for"


def _ahead(day: date, since: date) -> str:
    return f"in {_count((day - since).days)}"


def waived_but_failing(report: ComplianceReport) -> tuple[str, ...]:
    """Say which requirements fail by the facts and are carried by a waiver alone, each once."""
    return tuple(
        dict.fromkeys(
            f"{finding.title} ({finding.requirement_id}): waiver {finding.waiver_id}"
            for finding in report.all_findings()
            if finding.waiver_id is not None and finding.underlying is Outcome.FAIL
        )
    )


def policy_row(standing: PolicyStatus) -> tuple[str, str, str, str]:
    """Return a policy, its line, where it stands, and its last day."""
    last = str(standing.until - _ONE_DAY) if standing.until is not None else ""
    return standing.policy_id, standing.line.label, code_words(standing.validity.value), last


# A timeline.

STEP_HEADER = ("Days", "Verdict", "Insurance status", "Decided by", "Why")


def timeline_title(answer: Timeline) -> str:
    """Say what a timeline is of."""
    return f"{answer.contractor_id}, {days_words(range_of(answer))}" if answer.steps else answer.contractor_id


def range_of(answer: Timeline) -> Interval:
    """Return the range of days that a timeline with steps is of."""
    return Interval(step_days(answer.steps[0]).start, answer.steps[-1].end)


def step_days(step: Step) -> Interval:
    """Return the days of a step; the first day there is stands for no beginning."""
    return Interval(None if step.start == date.min else step.start, step.end)


def step_row(step: Step) -> tuple[str, str, str, str, str]:
    """Return a step's days, its verdict, the insurance status, the requirement that decides, and why."""
    return (
        days_words(step_days(step)),
        VERDICTS[step.verdict],
        code_words(step.insurance_status.value),
        step.worst_requirement or "",
        reasons_words(step.reasons),
    )


# One assignment.


def assignment_words(report: AssignmentReport) -> str:
    """Say an assignment's state, its days and the day judged: `active, 2026-03-02 to 2026-09-30`."""
    parts = [report.status.value]
    if report.start is not None:
        parts.append(f"{report.start} to {report.end}" if report.end is not None else f"from {report.start} on")
    if report.status is AssignmentStatus.UPCOMING:
        parts.append(f"judged on its first day, {report.judged_on}")
    return ", ".join(parts)


def window_words(report: AssignmentReport) -> str:
    """Say how many of an assignment's days are uncovered and how many unknown; nothing where that was not asked."""
    if report.window is None:
        return ""
    if report.status is AssignmentStatus.CANCELLED:
        return "It was cancelled before it began, and needs no cover."
    return f"Over all its days: {_uncovered(report.window)}."


def _uncovered(window: Window) -> str:
    said = [
        text for text in (_total(window.uncovered, "uncovered"), _total(window.unknown, "unknown")) if text is not None
    ]
    return "; ".join(said) or "no uncovered or unknown day"


def _total(runs: tuple[Interval, ...], word: str) -> str | None:
    if not runs:
        return None
    days = sum(each.days or 0 for each in runs)
    parts = [_count(days)] if days else []
    parts += [days_words(each) for each in runs if each.days is None]
    return f"{' and '.join(parts)} {word}, in {_count(len(runs), 'run')}"


def gap_row(gap: Gap, day: date) -> tuple[str, str, str, str]:
    """Return whether the run is past, now or to come; its outcome, its days, and why."""
    return _when(gap.days, day), OUTCOMES[gap.outcome], days_words(gap.days), reasons_words(gap.reasons)


def displaced_words(displaced: Displaced) -> str:
    """Say what displaced a requirement."""
    if displaced.by_requirement_id is not None:
        how = f"overridden by {displaced.by_requirement_id} of set {displaced.by_set_id}"
    else:
        how = f"replaced by the whole set {displaced.by_set_id}"
    return f"{displaced.requirement_id} (version {displaced.requirement_version}) of set {displaced.set_id}: {how}"


# One finding.


def notes(finding: Finding, within: Finding | None = None) -> tuple[Note, ...]:
    """Return what is to be said of a finding besides what is required and found; nothing that is empty.

    Of a member, only what its requirement (`within`) does not ask for already is asked for.
    """
    spare = within is not None and is_spare(finding, within)
    asked = spare or (within is not None and within.remedy == finding.remedy)
    said = {
        "Reasons": reasons_words(finding.reasons),
        "Waiver": _waiver(finding),
        "Depends on": ", ".join(finding.depends_on),
        "Evidence": evidence_words(finding),
        "Policies": ", ".join(finding.policies),
        "Bound by": _binding(finding),
        "Paid by": _payer(finding),
        "Gets worse on": str(finding.holds_until or ""),
        "Not needed": "another member meets the requirement" if spare else "",
        "Ask": (finding.remedy or "") if not asked else "",
    }
    return tuple(Note(label, text) for label, text in said.items() if text)


def is_spare(member: Finding, within: Finding) -> bool:
    """Return whether a member misses, but its requirement is met without it."""
    return member.outcome.rank <= Outcome.UNKNOWN.rank < within.underlying.rank


def reasons_words(reasons: tuple[ReasonCode, ...]) -> str:
    """Say why, worst first: `gap, limit too low`."""
    return ", ".join(code_words(each.value) for each in reasons)


def _waiver(finding: Finding) -> str:
    if finding.waiver_id is None:
        return ""
    return f"{finding.waiver_id} stands in; by the facts alone: {OUTCOMES[finding.underlying]}"


def evidence_words(finding: Finding) -> str:
    """Say the weakest evidence that the answer is known to rest on; nothing where it was strong enough."""
    levels = [check.evidence_level for check in finding.checks if check.evidence_level is not None]
    return f"no better than {_LEVELS[min(levels, key=lambda level: level.rank)]}" if levels else ""


def _binding(finding: Finding) -> str:
    parts = []
    if finding.set_id is not None:
        level = code_words(finding.level.value) if finding.level is not None else ""
        parts.append(f"{level} set {finding.set_id if finding.set_id != level else ''}".strip())
    if finding.statutory:
        parts.append("a statute")
    return ", ".join(parts)


def _payer(finding: Finding) -> str:
    if finding.payer_origin is None:
        return ""
    origin = _ORIGINS[finding.payer_origin]
    return f"{finding.payer.value} ({origin})" if finding.payer is not None else origin


def check_row(check: Check) -> tuple[str, str, str, str, str]:
    """Return what was compared: aspect, required, found, outcome with its reason, and the policy looked at."""
    reason = f": {reason_phrase(check.reason)}" if check.reason is not None else ""
    return (
        code_words(check.aspect.replace(".", ", ")),
        _amount(check.required),
        _amount(check.actual),
        OUTCOMES[check.outcome] + reason,
        check.policy_id or "",
    )


def _amount(value: str | int | None) -> str:
    return format_cents(value) if isinstance(value, int) else value or ""


def code_words(code: str) -> str:
    """Return a code as words: `partly insured`."""
    return code.replace("_", " ")
