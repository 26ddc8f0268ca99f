"""A timeline is what `evaluate` says on each of its days; a window is what it says on each day of an assignment."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import attrs
from hypothesis import example, given, settings

from contractor_compliance.domain import AssignmentStatus, Dossier, Interval, RuleBook
from contractor_compliance.evaluation import compile_rulebook, evaluate, standing, timeline
from contractor_compliance.results import ComplianceReport, Verdict
from tests.properties.borders import CANCELLED_ON_ANOTHER_RECORD, CERTIFICATE_OF_LESS_THAN_THE_TERM
from tests.properties.walks import days_in
from tests.properties.worlds import CHECKS, anything, days

_DAY = timedelta(days=1)
_HALF = settings(max_examples=max(1, settings.default.max_examples // 2))
_SPAN = 120


class _Daily:
    """Answers day by day, each asked for apart, with nothing kept between them but the plan."""

    def __init__(self, case: tuple[Dossier, RuleBook]) -> None:
        self.dossier, book = case
        self.plan = compile_rulebook(book)
        self._known: dict[date, ComplianceReport] = {}

    def on(self, day: date) -> ComplianceReport:
        if day not in self._known:
            self._known[day] = evaluate(self.dossier, self.plan, as_of=day, window=False, custom=CHECKS)
        return self._known[day]

    def verdict_of(self, assignment: str, day: date) -> Verdict:
        reports = {assignment.assignment_id: assignment for assignment in self.on(day).assignments}
        assert reports[assignment].status is AssignmentStatus.ACTIVE
        return reports[assignment].verdict


def _turns(case: tuple[Dossier, RuleBook]) -> list[date]:
    """Return the days that the records name, with the days before and after them."""
    named = {day for record in case for day in days_in(record)}
    return sorted({day + timedelta(days=offset) for day in named for offset in (-1, 0, 1)})


@given(anything(), days())
@example(CANCELLED_ON_ANOTHER_RECORD, date(2026, 5, 1))
@example(CERTIFICATE_OF_LESS_THAN_THE_TERM, date(2026, 6, 1))
@_HALF
def test_a_timeline_says_of_each_day_what_evaluate_says_of_it(case: tuple[Dossier, RuleBook], start: date) -> None:
    daily = _Daily(case)
    end = start + timedelta(days=_SPAN)
    steps = timeline(case[0], daily.plan, over=Interval(start, end), custom=CHECKS)
    assert steps.steps[0].start == start
    assert steps.steps[-1].end == end
    for offset in range(_SPAN):
        day = start + timedelta(days=offset)
        step, report = steps.on(day), daily.on(day)
        assert (step.verdict, step.insurance_status) == (report.verdict, report.insurance_status), day


@given(anything())
@_HALF
def test_the_standing_says_of_each_day_that_the_records_name_what_evaluate_says_of_it(
    case: tuple[Dossier, RuleBook],
) -> None:
    daily = _Daily(case)
    rows = standing(case[0], daily.plan, custom=CHECKS)
    assert rows[0].start == date.min
    assert rows[-1].end is None
    assert all(before.end == after.start for before, after in itertools.pairwise(rows))
    turns = _turns(case) + [row.start + timedelta(days=offset) for row in rows[1:] for offset in (-1, 0)]
    for day in sorted(set(turns)):
        row = next(row for row in rows if row.start <= day and (row.end is None or day < row.end))
        report = daily.on(day)
        assert (row.verdict, row.insurance_status) == (report.verdict, report.insurance_status), day


@given(anything())
@_HALF
def test_the_standing_is_the_timeline_of_all_days(case: tuple[Dossier, RuleBook]) -> None:
    rows = standing(*case, custom=CHECKS)
    steps = timeline(*case, over=Interval(), custom=CHECKS).steps
    assert [attrs.astuple(row)[1:7] for row in rows] == [attrs.astuple(step) for step in steps]
    assert {(row.rulebook_id, row.rulebook_version) for row in rows} == {(case[1].id, case[1].version)}


@given(anything(), days())
@_HALF
def test_a_step_names_the_requirement_that_decides_and_its_reasons(case: tuple[Dossier, RuleBook], day: date) -> None:
    step = timeline(*case, over=Interval(), custom=CHECKS).on(day)
    alone = timeline(*case, over=Interval(day, day + _DAY), custom=CHECKS).on(day)
    assert attrs.evolve(step, start=day, end=day + _DAY) == alone
    report = evaluate(*case, as_of=day, window=False, custom=CHECKS)
    judged = [assignment for assignment in report.assignments if assignment.status is not AssignmentStatus.UPCOMING]
    findings = [finding for judged_assignment in judged for finding in judged_assignment.findings] + list(
        report.findings
    )
    if step.worst_requirement is None:
        assert step.verdict is Verdict.NOT_REQUIRED
    else:
        assert (step.worst_requirement, step.reasons) in [
            (finding.requirement_id, finding.reasons) for finding in findings
        ]


@given(anything(), days())
@_HALF
def test_the_next_change_is_the_first_later_day_with_another_verdict(
    case: tuple[Dossier, RuleBook], as_of: date
) -> None:
    daily = _Daily(case)
    report = evaluate(case[0], daily.plan, as_of=as_of, custom=CHECKS)
    assert timeline(*case, over=Interval(), custom=CHECKS).next_change(as_of) == report.next_change
    near = [as_of + timedelta(days=offset) for offset in range(1, _SPAN // 2)]
    change = report.next_change
    for day in sorted({*near, *(day for day in _turns(case) if day > as_of)}):
        if change is None or day < change:
            assert daily.on(day).verdict is report.verdict, day
    if change is not None:
        assert daily.on(change).verdict is not report.verdict


@given(anything(), days())
@_HALF
def test_a_window_is_what_evaluate_says_of_each_day_of_the_assignment(
    case: tuple[Dossier, RuleBook], as_of: date
) -> None:
    daily = _Daily(case)
    report = evaluate(case[0], daily.plan, as_of=as_of, custom=CHECKS)
    released = {
        assignment.id: assignment
        for assignment in case[0].assignments
        if not assignment.on_hold and assignment.cancelled_on is None
    }
    for judged in report.assignments:
        assignment = released.get(judged.assignment_id)
        if assignment is None or judged.window is None:
            continue
        turns = {assignment.start, *(day for day in _turns(case) if day >= assignment.start)}
        turns |= {as_of + timedelta(days=offset) for offset in range(-15, 15)}
        worked = [
            day
            for day in sorted(turns)
            if assignment.start <= day and (assignment.end is None or day <= assignment.end)
        ]
        for day in worked:
            verdict = daily.verdict_of(assignment.id, day)
            assert any(day in run for run in judged.window.uncovered) is (verdict is Verdict.NON_COMPLIANT), day
            assert any(day in run for run in judged.window.unknown) is (verdict is Verdict.UNDETERMINED), day
        for run in (*judged.window.uncovered, *judged.window.unknown):
            assert run.start is not None
            assert run.start >= assignment.start
            assert assignment.end is None or (run.end is not None and run.end <= assignment.end + _DAY)


@given(anything(), days())
def test_the_first_uncovered_day_starts_the_run_that_holds_the_day_or_else_the_next_run(
    case: tuple[Dossier, RuleBook], as_of: date
) -> None:
    report = evaluate(*case, as_of=as_of, custom=CHECKS)
    for judged in report.assignments:
        assert judged.window is not None
        for runs, first in (
            (judged.window.uncovered, judged.window.first_uncovered_day),
            (judged.window.unknown, judged.window.first_unknown_day),
        ):
            starts = [run.start for run in runs if run.end is None or as_of < run.end]
            assert first == (starts[0] if starts else None)
    active = [assignment for assignment in report.assignments if assignment.status is AssignmentStatus.ACTIVE]
    firsts = [
        judged.window.first_uncovered_day for judged in active if judged.window and judged.window.first_uncovered_day
    ]
    assert report.first_uncovered_day == min(firsts, default=None)


@given(anything(), days())
@_HALF
def test_a_finding_holds_until_the_first_later_day_of_the_assignment_on_which_it_is_worse(
    case: tuple[Dossier, RuleBook], as_of: date
) -> None:
    daily = _Daily(case)
    report = evaluate(case[0], daily.plan, as_of=as_of, custom=CHECKS)
    for judged in report.assignments:
        if judged.status is not AssignmentStatus.ACTIVE:
            continue
        for finding in judged.findings:
            if finding.holds_until is None:
                continue
            before, then = (
                {
                    finding.requirement_id: finding.outcome.rank
                    for report in daily.on(day).assignments
                    if report.assignment_id == judged.assignment_id
                    for finding in report.findings
                }
                for day in (finding.holds_until - _DAY, finding.holds_until)
            )
            assert then[finding.requirement_id] < finding.outcome.rank
            assert before.get(finding.requirement_id, finding.outcome.rank) >= finding.outcome.rank
