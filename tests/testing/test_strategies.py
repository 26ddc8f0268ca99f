"""Samples are valid by construction, reach every field and kind, and interact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption
from hypothesis.strategies import SearchStrategy

from contractor_compliance.domain import (
    AllOf,
    AnyOf,
    Assignment,
    AssignmentStatus,
    Dossier,
    Missing,
    Policy,
    Requirement,
    RuleBook,
    SetLevel,
    SetMode,
    Value,
    Waiver,
)
from contractor_compliance.testing import value_classes
from contractor_compliance.testing.strategies import (
    AROUND,
    cases,
    days,
    dossiers,
    instants,
    interval_sets,
    policies,
    pools,
    requirements,
    rulebooks,
    values,
    waivers,
)
from contractor_compliance.testing.strategies.whole import required_lines

CLASSES = value_classes()
each_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)

#: Hypothesis varies what it drew before, so that many short runs see more than a long one.
ROUND = 12


def sample(strategy: SearchStrategy[Any], *, start: int = 0) -> list[Any]:
    """Return a dozen samples, always the same."""
    drawn: list[Any] = []

    @seed(start)
    @settings(
        max_examples=ROUND,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: Any) -> None:
        drawn.append(value)

    collect()
    return drawn


def samples(strategy: SearchStrategy[Any], *, rounds: int) -> list[Any]:
    return [value for start in range(rounds) for value in sample(strategy, start=start)]


@pytest.fixture(scope="module")
def some_cases() -> list[tuple[Dossier, RuleBook]]:
    return samples(cases(), rounds=10)


@each_class
def test_every_class_has_a_strategy_that_yields_its_values(cls: type[Value]) -> None:
    assert {cls} == {type(value) for value in sample(values(cls))}


@each_class
def test_no_drawn_sample_is_discarded(cls: type[Value]) -> None:
    thrown_away = 0

    @st.composite
    def counted(draw: st.DrawFn) -> Value:
        nonlocal thrown_away
        try:
            return draw(values(cls))
        except UnsatisfiedAssumption:
            thrown_away += 1
            raise

    sample(counted())

    assert 0 == thrown_away


@each_class
def test_every_field_varies_among_drawn_values(cls: type[Value]) -> None:
    seen: dict[str, set[Any]] = {field.name: set() for field in attrs.fields(cls)}
    for start in range(50):
        for value in sample(values(cls), start=start):
            for name, contents in seen.items():
                contents.add(getattr(value, name))
        if all(len(contents) > 1 for contents in seen.values()):
            break

    assert [] == [name for name, contents in seen.items() if len(contents) < 2]


def share(truths: list[bool]) -> float:
    return sum(truths) / len(truths)


def is_in_force(policy: Policy, day: date) -> bool:
    return any(
        not isinstance(term.effective, Missing)
        and term.effective <= day
        and (term.continuous or (not isinstance(term.expiration, Missing) and day < term.expiration))
        for term in policy.terms
    )


def depth(requirement: Requirement) -> int:
    if isinstance(requirement, AnyOf | AllOf):
        return 1 + max(depth(member) for member in requirement.members)
    return 0


def named(assignment: Assignment, level: SetLevel, dossier: Dossier) -> str | None:
    ids = {
        SetLevel.JOB_CODE: assignment.job_code_id,
        SetLevel.CLIENT: assignment.client_id,
        SetLevel.CONTRACTOR: dossier.contractor.id,
    }
    return ids.get(level)


def requirements_of(book: RuleBook) -> list[Requirement]:
    return [requirement for rules in book.sets for requirement in rules.requirements]


def test_drawn_coverage_that_is_required_is_in_force_more_often_than_not(
    some_cases: list[tuple[Dossier, RuleBook]],
) -> None:
    truths = [
        any(policy.line == line and is_in_force(policy, AROUND) for policy in dossier.policies)
        for dossier, book in some_cases
        for line in required_lines(book)
    ]

    assert 0.5 < share(truths) < 0.9


def test_work_is_active_on_the_middle_day_more_often_than_not(some_cases: list[tuple[Dossier, RuleBook]]) -> None:
    truths = [
        any(work.status_on(AROUND) is AssignmentStatus.ACTIVE for work in dossier.assignments)
        for dossier, _ in some_cases
    ]

    assert 0.4 < share(truths) < 0.95


def test_the_insured_is_the_contractor_more_often_than_not(some_cases: list[tuple[Dossier, RuleBook]]) -> None:
    truths = [
        insured.name == dossier.contractor.legal_name
        for dossier, _ in some_cases
        for policy in dossier.policies
        for insured in policy.insured
    ]

    assert 0.6 < share(truths) < 0.98


@pytest.mark.parametrize(
    "level", [SetLevel.JOB_CODE, SetLevel.CLIENT, SetLevel.CONTRACTOR], ids=lambda level: level.value
)
def test_sets_of_every_level_bind_some_assignments(level: SetLevel, some_cases: list[tuple[Dossier, RuleBook]]) -> None:
    truths = [
        any(named(work, level, dossier) in rules.applies_to for rules in book.sets for work in dossier.assignments)
        for dossier, book in some_cases
    ]

    assert share(truths) > 0.1


def test_waivers_name_requirements_of_the_book(some_cases: list[tuple[Dossier, RuleBook]]) -> None:
    truths = [
        waiver.requirement_id in {requirement.id for requirement in requirements_of(book)}
        for dossier, book in some_cases
        for waiver in dossier.waivers
    ]

    assert share(truths) > 0.3


@pytest.mark.parametrize(
    "feature",
    [
        lambda book: any(rules.mode is SetMode.REPLACE for rules in book.sets),
        lambda book: any(rules.for_contracts_from for rules in book.sets),
        lambda book: any(rules.always for rules in book.sets),
        lambda book: any(rules.effective for rules in book.sets),
        lambda book: any(requirement.version > 1 for requirement in requirements_of(book)),
        lambda book: any(requirement.until for requirement in requirements_of(book)),
        lambda book: any(requirement.statutory for requirement in requirements_of(book)),
        lambda book: any(requirement.key for requirement in requirements_of(book)),
        lambda book: any(depth(requirement) == 2 for requirement in requirements_of(book)),
        lambda book: not requirements_of(book),
    ],
    ids=["replace", "contracts", "always", "dated set", "version", "dated", "statutory", "key", "nested", "empty"],
)
def test_each_feature_of_rule_books_occurs_in_some_drawn_cases(
    feature: Callable[[RuleBook], bool], some_cases: list[tuple[Dossier, RuleBook]]
) -> None:
    assert any(feature(book) for _, book in some_cases)


def test_requirements_of_every_kind_are_drawn() -> None:
    assert set(Requirement.__args__) == {type(requirement) for requirement in samples(requirements(), rounds=12)}


def test_groups_hold_groups_at_most_once() -> None:
    assert {0, 1, 2} == {depth(requirement) for requirement in samples(requirements(), rounds=20)}


@given(policies(days=30))
def test_terms_begin_near_the_middle_day(policy: Policy) -> None:
    starts = [term.effective for term in policy.terms if not isinstance(term.effective, Missing)]

    assert all(abs((start - AROUND).days) <= 30 for start in starts)


@given(days(days=10))
def test_days_are_near_the_middle_day(day: date) -> None:
    assert abs((day - AROUND).days) <= 10


@given(instants(days=0))
def test_instants_are_on_the_days(instant: Any) -> None:
    assert AROUND == instant.date()


@pytest.mark.parametrize("around", [date.min, date.max])
def test_the_ends_of_the_calendar_are_drawn(around: date) -> None:
    assert {Dossier} == {type(dossier) for dossier in sample(dossiers(around=around))}


@settings(max_examples=20)
@given(st.data())
def test_policies_may_be_of_one_line(data: st.DataObject) -> None:
    line = data.draw(st.sampled_from(pools.LINES))

    assert line == data.draw(policies(line)).line


@given(rulebooks())
def test_drawn_rule_books_are_rule_books(book: RuleBook) -> None:
    assert RuleBook is type(book)


@given(waivers())
def test_drawn_waivers_are_waivers(waiver: Waiver) -> None:
    assert Waiver is type(waiver)


def test_sets_of_days_have_open_sides_and_holes() -> None:
    shapes = {(len(list(days)) > 1, days.days is None) for days in samples(interval_sets(days=30), rounds=8)}

    assert {(False, False), (False, True), (True, False), (True, True)} == shapes


def test_a_strategy_is_made_once() -> None:
    assert cases() is cases()
