"""Reports and timelines as a fragment of HTML, with the coverage strip. All text is escaped by `display`."""

from __future__ import annotations

from datetime import date, timedelta

from contractor_compliance.display import Html, Lane, Span, Tone, chip, fragment, html_table, strip, tag
from contractor_compliance.domain.assignment import AssignmentStatus
from contractor_compliance.domain.interval import Interval
from contractor_compliance.explanation import words
from contractor_compliance.results.finding import Finding
from contractor_compliance.results.report import AssignmentReport, ComplianceReport, OutcomePeriod
from contractor_compliance.results.timeline import Timeline

__all__ = ["as_html"]

_LEGEND = {tone: outcome.label for outcome, tone in words.TONES.items()}
_FINDINGS = ("Outcome", "Requirement", "Required", "Found")
_CHECKS = ("Compared", "Required", "Found", "Outcome", "Policy")
_GAPS = ("When", "Outcome", "Days", "Requirement", "Why")
_POLICIES = ("Policy", "Number", "Insurer", "Line", "Status", "Last day")
_ONE_DAY = timedelta(days=1)


def as_html(result: ComplianceReport | Timeline) -> str:
    """Return a report or a timeline as a fragment of HTML."""
    return str(_timeline(result) if isinstance(result, Timeline) else _report(result))


# A report.


def _report(report: ComplianceReport) -> Html:
    verdict = chip(words.VERDICT_TONES[report.verdict], report.verdict.label)
    parts = [
        _heading(3, "cc-title", words.contractor_words(report), " on ", report.as_of, " ", verdict),
        tag("div", words.sentence(report)),
        tag("div", *(_fact(note) for note in words.facts(report)), class_="cc-facts"),
        _listing("To ask for, most urgent first", report.remedies()),
        _listing("Failing, and carried by a waiver alone", words.waived_but_failing(report)),
    ]
    parts += [_assignment(assignment, report) for assignment in report.assignments]
    if report.findings:
        title = _heading(4, "cc-head", "Required of the contractor, whatever the assignment")
        parts.append(tag("div", title, _findings(report.findings), class_="cc-part"))
    if report.policies:
        table = html_table(_POLICIES, [words.policy_row(policy) for policy in report.policies])
        parts.append(tag("div", _heading(4, "cc-head", "Policies"), table, class_="cc-part"))
    parts.append(_listing(words.NOT_EXAMINED, words.not_examined(report)))
    return fragment(*parts, label=f"Compliance of {words.contractor_words(report)} on {report.as_of}")


def _heading(level: int, style: str, *children: object) -> Html:
    # Not <h3>: the host's page would style it.
    return tag("div", *children, class_=style, role="heading", aria_level=level)


def _fact(note: words.Note) -> Html:
    return tag("div", tag("div", note.label), tag("div", note.text))


def _listing(title: str, items: tuple[str, ...]) -> Html:
    if not items:
        return Html()
    return tag("div", tag("div", title, class_="cc-sub"), tag("ul", *(tag("li", item) for item in items)))


# One assignment.


def _assignment(assignment: AssignmentReport, report: ComplianceReport) -> Html:
    head = [
        tag("span", "Assignment ", assignment.assignment_id),
        tag("span", words.assignment_words(assignment), class_="cc-soft"),
        chip(words.VERDICT_TONES[assignment.verdict], assignment.verdict.label),
    ]
    body = [tag("div", words.window_words(assignment)), _strip(assignment, report.as_of)]
    if assignment.findings:
        body.append(_findings(assignment.findings))
    body.append(_gaps(assignment, report.as_of))
    displaced = tuple(words.displaced_words(requirement) for requirement in assignment.displaced)
    body.append(_listing("Displaced requirements", displaced))
    if assignment.status in (AssignmentStatus.ACTIVE, AssignmentStatus.UPCOMING):
        return tag("div", _heading(4, "cc-head", *head), *body, class_="cc-part")
    summary = tag("summary", tag("span", *(Html(f"{part} ") for part in head)))
    return tag("div", tag("details", summary, *body), class_="cc-part")


def _gaps(assignment: AssignmentReport, day: date) -> Html:
    window = assignment.window
    if window is None or not window.gaps:
        return Html()
    rows = []
    for gap in window.gaps:
        when, outcome, days, why = words.gap_row(gap, day)
        rows.append((when.replace(" ", "\u00a0"), chip(words.TONES[gap.outcome], outcome), days, gap.title, why))
    return html_table(_GAPS, rows, caption="Days failed or unknown, past and to come")


def _strip(assignment: AssignmentReport, day: date) -> Html:
    window = assignment.window
    if window is None or not window.periods:
        return Html()
    why = {(gap.requirement_id, gap.outcome, gap.days): words.reasons_words(gap.reasons) for gap in window.gaps}
    by_requirement: dict[str, list[OutcomePeriod]] = {finding.requirement_id: [] for finding in assignment.findings}
    for run in window.periods:
        by_requirement.setdefault(run.requirement_id, []).append(run)
    lanes = []
    for runs in filter(None, by_requirement.values()):
        spans = tuple(_span(run, why.get((run.requirement_id, run.outcome, run.days), "")) for run in runs)
        lanes.append(Lane(runs[-1].title, spans))
    if len(lanes) > 1:
        lanes.insert(
            0, Lane("All requirements", tuple(_span(run, "") for run in _worst_of(window.periods)), strong=True)
        )
    end = assignment.end + _ONE_DAY if assignment.end is not None and assignment.end < date.max else None
    return strip(
        lanes,
        label=f"Coverage over the days of assignment {assignment.assignment_id}",
        start=assignment.start,
        end=end,
        mark=day,
        mark_label=f"judged {day}",
        legend=_LEGEND,
    )


def _span(run: OutcomePeriod, why: str) -> Span:
    outcome = run.outcome.label
    detail = f"{run.title}: {outcome}, {words.days_words(run.days)}" + (f": {why}" if why else "")
    return Span(run.days.start, run.days.end, words.TONES[run.outcome], outcome, detail)


def _worst_of(runs: tuple[OutcomePeriod, ...]) -> list[OutcomePeriod]:
    """Return the worst outcome over all requirements, as runs."""
    turns = sorted({run.days.start or date.min for run in runs} | {run.days.end for run in runs if run.days.end})
    worst: list[OutcomePeriod] = []
    for start, end in zip(turns, [*turns[1:], None], strict=True):
        outcome = min(
            (run.outcome for run in runs if start in run.days), key=lambda outcome: outcome.rank, default=None
        )
        if outcome is None:
            continue
        joins = bool(worst) and worst[-1].outcome is outcome and worst[-1].days.end == start
        first = worst.pop().days.start if joins else start
        worst.append(OutcomePeriod("", "all requirements", outcome, Interval(first, end)))
    return worst


# Findings.


def _findings(findings: tuple[Finding, ...]) -> Html:
    return html_table(_FINDINGS, [row for finding in findings for row in _rows(finding)])


def _rows(finding: Finding, depth: int = 0, within: Finding | None = None) -> list[tuple[object, ...]]:
    spare = within is not None and words.is_spare(finding, within)
    row = (
        chip(Tone.IDLE if spare else words.TONES[finding.outcome], words.outcome_words(finding)),
        _named(finding, depth),
        finding.required,
        _found(finding, within),
    )
    return [row, *(below for member in finding.members for below in _rows(member, depth + 1, finding))]


def _named(finding: Finding, depth: int) -> Html:
    texts = {note.label: note.text for note in words.notes(finding)}
    small = [tag("div", tag("code", finding.requirement_id), " version ", finding.requirement_version)]
    small += [tag("div", f"{label} ", texts[label]) for label in ("Bound by", "Paid by") if label in texts]
    named = tag("div", tag("div", tag("b", finding.title)), tag("div", *small, class_="cc-soft cc-small"))
    for _ in range(depth):
        named = tag("div", named, class_="cc-member")
    return named


def _found(finding: Finding, within: Finding | None) -> Html:
    parts = [tag("div", "See the members below." if finding.members else finding.actual)]
    for note in words.notes(finding, within):
        if note.label == "Ask":
            parts.append(tag("div", "Ask: ", note.text, class_="cc-ask"))
        elif note.label not in ("Bound by", "Paid by"):
            parts.append(tag("div", f"{note.label}: ", note.text, class_="cc-small cc-soft"))
    if finding.checks:
        count = f"{len(finding.checks)} comparison" + ("s" if len(finding.checks) > 1 else "")
        table = html_table(_CHECKS, [words.check_row(check) for check in finding.checks])
        parts.append(tag("details", tag("summary", count), table, class_="cc-small"))
    return tag("div", *parts)


# A timeline.


def _timeline(timeline: Timeline) -> Html:
    title = _heading(3, "cc-title", words.timeline_title(timeline))
    label = f"Compliance of {words.contractor_words(timeline)} over time"
    if not timeline.steps:
        return fragment(title, label=label)
    verdicts, presence = [], []
    for step in timeline.steps:
        days = words.step_days(step)
        when = words.days_words(days)
        verdict, insured = step.verdict.label, step.insurance_status.label
        why = f": {words.reasons_words(step.reasons)}" if step.reasons else ""
        verdicts.append(
            Span(days.start, days.end, words.VERDICT_TONES[step.verdict], verdict, f"{verdict}, {when}{why}")
        )
        presence.append(
            Span(days.start, days.end, words.INSURANCE_TONES[step.insurance_status], insured, f"{insured}, {when}")
        )
    over = words.range_of(timeline)
    picture = strip(
        [Lane("Verdict", tuple(verdicts)), Lane("Insurance status", tuple(presence))],
        label=label,
        start=over.start,
        end=over.end,
    )
    rows = [
        (days, chip(words.VERDICT_TONES[step.verdict], verdict), *rest)
        for step in timeline.steps
        for days, verdict, *rest in [words.step_row(step)]
    ]
    return fragment(title, picture, html_table(words.STEP_HEADER, rows), label=label)
