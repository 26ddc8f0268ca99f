"""Every requirement that binds is in the report once, and verdicts are nothing but the roll-up of findings."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import date
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    AllOf,
    AnyOf,
    Assignment,
    AssignmentStatus,
    Dossier,
    Interval,
    Requirement,
    RequirementSet,
    RuleBook,
    SetLevel,
    SetMode,
)
from contractor_compliance.evaluation import compile_rulebook, evaluate, timeline
from contractor_compliance.results import ComplianceReport, Finding, Outcome, Verdict
from contractor_compliance.testing import factories as make
from tests.properties.walks import placed
from tests.properties.worlds import CHECKS, anything, days

# What binds, by a second reading of the rules, in the plainest way.


def _covers(first: date | None, until: date | None, day: date) -> bool:
    return (first is None or first <= day) and (until is None or day < until)


def _names(set_: RequirementSet, dossier: Dossier, assignment: Assignment | None) -> bool:
    ids = {
        SetLevel.CONTRACTOR: dossier.contractor.id,
        SetLevel.JOB_CODE: assignment.job_code_id if assignment else None,
        SetLevel.CLIENT: assignment.client_id if assignment else None,
    }
    if assignment is None:
        return set_.always and ids[SetLevel.CONTRACTOR] in set_.applies_to
    return set_.level is SetLevel.DEFAULT or ids[set_.level] in set_.applies_to


def _binding(dossier: Dossier, book: RuleBook, assignment: Assignment | None, day: date) -> Counter[tuple[str, int]]:
    contracted = assignment.contract_date if assignment else day
    bound: list[Requirement] = []
    applying = [
        set_
        for set_ in book.sets
        if _names(set_, dossier, assignment)
        and _covers(set_.effective, set_.until, day)
        and (set_.for_contracts_from is None or set_.for_contracts_from <= contracted)
    ]
    levels = list(SetLevel)
    # Of two sets at one level the one for later contracts comes later; no other two apply on one day.
    for applying_set in sorted(applying, key=lambda one: (levels.index(one.level), one.for_contracts_from or date.min)):
        if applying_set.mode is SetMode.REPLACE:
            bound = [one for one in bound if one.statutory]
        for requirement in applying_set.requirements:
            if _covers(requirement.effective, requirement.until, day):
                key = requirement.override_key
                bound = [one for one in bound if one.override_key != key or one.statutory]
                bound.append(requirement)
    return Counter((bound_requirement.id, bound_requirement.version) for bound_requirement in bound)


def _found(findings: tuple[Finding, ...]) -> Counter[tuple[str, int]]:
    return Counter((finding.requirement_id, finding.requirement_version) for finding in findings)


@given(anything(), days())
def test_every_requirement_that_binds_is_in_the_report_exactly_once(case: tuple[Dossier, RuleBook], day: date) -> None:
    dossier, book = case
    report = evaluate(dossier, book, as_of=day, window=False, custom=CHECKS)
    assert {assignment.assignment_id for assignment in report.assignments} == {
        assignment.id for assignment in dossier.assignments
    }
    assignments = {assignment.id: assignment for assignment in dossier.assignments}
    tails = {
        (requirement.id, requirement.version): requirement.tail_years
        for one in book.sets
        for requirement in one.requirements
    }
    for judged in report.assignments:
        assignment = assignments[judged.assignment_id]
        if judged.status is AssignmentStatus.CANCELLED:
            assert judged.findings == ()
            continue
        assert judged.judged_on == (assignment.start if judged.status is AssignmentStatus.UPCOMING else day)
        binding = _binding(dossier, book, assignment, judged.judged_on)
        if judged.status is AssignmentStatus.ENDED:
            findings = _found(judged.findings)
            assert findings <= binding
            assert all(tails[key] is not None for key in findings)
        else:
            assert _found(judged.findings) == binding
    assert _found(report.findings) == _binding(dossier, book, None, day)


# Roll-ups.


def _roll_up(outcomes: list[Outcome]) -> Verdict:
    """Roll outcomes up as domain rule B11.1 has it."""
    counted = [outcome for outcome in outcomes if outcome is not Outcome.NOT_APPLICABLE]
    if not counted:
        return Verdict.NOT_REQUIRED
    if Outcome.FAIL in counted:
        return Verdict.NON_COMPLIANT
    if Outcome.UNKNOWN in counted:
        return Verdict.UNDETERMINED
    return Verdict.COMPLIANT_WITH_EXCEPTIONS if Outcome.WAIVED in counted else Verdict.COMPLIANT


_WORST_FIRST = [
    Verdict.NON_COMPLIANT,
    Verdict.UNDETERMINED,
    Verdict.COMPLIANT_WITH_EXCEPTIONS,
    Verdict.COMPLIANT,
    Verdict.NOT_REQUIRED,
]


@given(anything(), days())
def test_the_verdict_of_an_assignment_is_the_roll_up_of_its_findings(case: tuple[Dossier, RuleBook], day: date) -> None:
    for assignment in evaluate(*case, as_of=day, custom=CHECKS).assignments:
        assert assignment.verdict is _roll_up([finding.outcome for finding in assignment.findings])


@given(anything(), days())
def test_the_verdict_of_a_contractor_is_the_worst_over_what_is_judged_on_the_day(
    case: tuple[Dossier, RuleBook], day: date
) -> None:
    """Active assignments, the tails of ended ones, and what is always judged; upcoming ones are shown apart."""
    report = evaluate(*case, as_of=day, custom=CHECKS)
    shown_apart = (AssignmentStatus.UPCOMING, AssignmentStatus.CANCELLED)
    verdicts = [assignment.verdict for assignment in report.assignments if assignment.status not in shown_apart]
    verdicts.append(_roll_up([finding.outcome for finding in report.findings]))
    assert report.verdict is min(verdicts, key=_WORST_FIRST.index)


@given(anything(), days())
def test_any_of_is_its_best_member_and_all_of_its_worst(case: tuple[Dossier, RuleBook], day: date) -> None:
    dossier, book = case
    requirements = {
        (requirement.id, requirement.version): requirement for one in book.sets for requirement in one.requirements
    }
    for _, finding in placed(evaluate(dossier, book, as_of=day, window=False, custom=CHECKS)):
        top = requirements[finding.requirement_id, finding.requirement_version]
        _assert_rolled(top, finding)


def _assert_rolled(requirement: Requirement, finding: Finding) -> None:
    if not isinstance(requirement, AnyOf | AllOf) or not finding.members:
        return
    outcomes = [member.outcome for member in finding.members]
    counted = [outcome for outcome in outcomes if outcome is not Outcome.NOT_APPLICABLE]
    order = list(Outcome)
    best_or_worst = max if isinstance(requirement, AnyOf) else min
    expected = best_or_worst(counted, key=order.index) if counted else Outcome.NOT_APPLICABLE
    assert finding.underlying is expected
    for member, member_finding in zip(requirement.members, finding.members, strict=True):
        _assert_rolled(member, member_finding)


@given(anything(), days())
def test_only_a_group_outside_its_scope_shows_no_members(case: tuple[Dossier, RuleBook], day: date) -> None:
    dossier, book = case
    requirements = {
        (requirement.id, requirement.version): requirement for one in book.sets for requirement in one.requirements
    }
    for _, finding in placed(evaluate(dossier, book, as_of=day, window=False, custom=CHECKS)):
        requirement = requirements[finding.requirement_id, finding.requirement_version]
        if isinstance(requirement, AnyOf | AllOf) and not finding.members:
            assert requirement.states or requirement.entity_types or requirement.effective or requirement.until
            assert finding.underlying in (Outcome.NOT_APPLICABLE, Outcome.UNKNOWN)


# Presence.


@given(anything(), days(), st.data())
def test_insurance_status_looks_at_presence_alone(
    case: tuple[Dossier, RuleBook], day: date, data: st.DataObject
) -> None:
    dossier, book = case
    emptied = (
        "identifications",
        "limits",
        "endorsements",
        "insured",
        "triggers",
        "underlying_schedules",
        "states",
        "exclusions",
    )
    chosen = data.draw(st.sets(st.sampled_from(emptied), min_size=1))
    poorer = attrs.evolve(
        dossier,
        policies=tuple(attrs.evolve(policy, **dict.fromkeys(chosen, ())) for policy in dossier.policies),
        carriers=(),
        waivers=(),
        contractor=attrs.evolve(dossier.contractor, legal_name="Quite Another LLC", aliases=()),
    )
    before = evaluate(dossier, book, as_of=day, window=False)
    assert evaluate(poorer, book, as_of=day, window=False).insurance_status is before.insurance_status


# Purity.


@given(anything(), days())
def test_evaluate_changes_nothing_and_says_the_same_again(case: tuple[Dossier, RuleBook], day: date) -> None:
    kept = copy.deepcopy(case)
    reports = [evaluate(*case, as_of=day, custom=CHECKS) for _ in range(2)]
    assert reports[0] == reports[1]
    assert case == kept
    assert evaluate(*kept, as_of=day, custom=CHECKS) == reports[0]


@given(st.lists(anything(), min_size=2, max_size=3), days())
def test_a_plan_used_for_many_contractors_says_what_a_fresh_one_says(
    several: list[tuple[Dossier, RuleBook]], day: date
) -> None:
    plans = [compile_rulebook(book) for _, book in several]
    for _ in range(2):
        for (_, book), plan in zip(several, plans, strict=True):
            for dossier, _ in several:
                again = evaluate(dossier, plan, as_of=day, custom=CHECKS)
                assert again == evaluate(dossier, book, as_of=day, custom=CHECKS)
                assert timeline(dossier, plan, over=Interval(day, None)) == timeline(
                    dossier, book, over=Interval(day, None)
                )


@given(anything(), days())
def test_an_assignment_is_judged_the_same_whatever_else_the_contractor_does(
    case: tuple[Dossier, RuleBook], day: date
) -> None:
    """Only work in a state that goes on when a policy begins is looked at across assignments (domain rule B6.3)."""
    dossier, book = case
    quiet = attrs.evolve(
        dossier,
        policies=tuple(
            attrs.evolve(policy, states=tuple(attrs.evolve(one, item_3c=_NONE_STATED) for one in policy.states))
            for policy in dossier.policies
        ),
    )
    whole = _assignments(evaluate(quiet, book, as_of=day, custom=CHECKS))
    for assignment in quiet.assignments:
        bound_to_others = [policy.assignment_id not in (None, assignment.id) for policy in quiet.policies]
        if any(bound_to_others):
            continue
        alone = attrs.evolve(
            quiet,
            assignments=(assignment,),
            waivers=tuple(waiver for waiver in quiet.waivers if waiver.assignment_id in (None, assignment.id)),
        )
        assert _assignments(evaluate(alone, book, as_of=day, custom=CHECKS))[assignment.id] == whole[assignment.id]


_NONE_STATED = make.wc_policy().states[0].item_3c


def _assignments(report: ComplianceReport) -> dict[str, Any]:
    return {assignment.assignment_id: assignment for assignment in report.assignments}
