"""Requirements, rule books and waivers that are accepted, and the keys by which they override each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    ALWAYS,
    NEVER_WAIVABLE,
    EvidenceRule,
    IntervalSet,
    LimitKind,
    Line,
    MinimumLimit,
    ReasonCode,
    Requirement,
    RequirementSet,
    SetLevel,
    WaiverKind,
    WaiverState,
    overlapping,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.strategies import days

DAY = date(2026, 7, 1)
CLIENT = {"level": SetLevel.CLIENT, "applies_to": frozenset({"client-1"})}

KEYS: dict[str, tuple[Requirement, str]] = {
    "coverage": (make.gl_requirement(), "coverage:general_liability"),
    "umbrella": (make.umbrella_requirement(), "umbrella"),
    "combined": (make.combined_requirement(Line.AUTO), "combined:automobile_liability"),
    "exemption": (make.exemption_requirement(), "exemption"),
    "occupational accident": (make.occupational_accident_requirement(), "occupational_accident"),
    "custom": (make.custom_requirement("drug_test"), "custom:drug_test"),
    "any of": (make.any_of(id="wc"), "any_of:wc"),
    "all of": (make.all_of(id="wc"), "all_of:wc"),
    "a key of its own": (make.gl_requirement(key="mine"), "mine"),
}

ACCEPTED: dict[str, Callable[[], object]] = {
    "one key on days that follow each other": lambda: make.requirement_set(
        make.gl_requirement(until=DAY), make.gl_requirement(version=2, effective=DAY)
    ),
    "default sets that follow each other": lambda: make.rulebook(
        RequirementSet(id="one", until=DAY), RequirementSet(id="two", effective=DAY)
    ),
    "an empty default set": make.rulebook,
    "a second default set for later contracts": lambda: make.rulebook(
        make.requirement_set(), RequirementSet(id="later", for_contracts_from=DAY)
    ),
    "sets of two clients on the same days": lambda: make.rulebook(
        RequirementSet(id="default"),
        RequirementSet(id="one", **CLIENT),
        RequirementSet(id="two", level=SetLevel.CLIENT, applies_to=frozenset({"client-2"})),
    ),
    "one id at two levels": lambda: make.rulebook(
        RequirementSet(id="default"),
        RequirementSet(id="one", **CLIENT),
        RequirementSet(id="two", level=SetLevel.JOB_CODE, applies_to=frozenset({"client-1"})),
    ),
    "two sets of one client for contracts of different days": lambda: make.rulebook(
        RequirementSet(id="default"),
        RequirementSet(id="one", **CLIENT),
        RequirementSet(id="two", **CLIENT, for_contracts_from=DAY),
    ),
    "one version in two sets with the same content": lambda: make.rulebook(
        make.gl_requirement(), RequirementSet(id="one", **CLIENT, requirements=(make.gl_requirement(),))
    ),
    "two versions of one requirement": lambda: make.rulebook(
        make.gl_requirement(),
        RequirementSet(id="one", **CLIENT, requirements=(make.gl_requirement(version=2, limits=()),)),
    ),
    "a contractor's set judged without an assignment": lambda: make.requirement_set(
        level=SetLevel.CONTRACTOR, applies_to=frozenset({"contractor-1"}), always=True
    ),
    "a waiver of a whole line": lambda: make.waiver(None, line=Line.GL),
    "a waiver of an open request": lambda: make.waiver(state=WaiverState.REQUESTED, decided_by=None, decided_at=None),
    "a revoked waiver": lambda: make.waiver(state=WaiverState.REVOKED, revoked_on=DAY),
    "a reduction": lambda: make.waiver(
        kind=WaiverKind.REDUCE, reduced=(MinimumLimit(limit=LimitKind.EACH_CLAIM, cents=0),)
    ),
    "a substitution": lambda: make.waiver(kind=WaiverKind.SUBSTITUTE, evidence=EvidenceRule()),
    "a conditional waiver": lambda: make.waiver(kind=WaiverKind.CONDITIONAL, until_document="acord_25"),
}


@pytest.mark.parametrize(("requirement", "key"), KEYS.values(), ids=KEYS.keys())
def test_a_requirement_is_overridden_by_its_key(requirement: Requirement, key: str) -> None:
    assert key == requirement.override_key


@pytest.mark.parametrize("attempt", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_rules_at_the_edge_of_what_is_sound_are_accepted(attempt: Callable[[], object]) -> None:
    assert attempt() is not None


def test_a_rule_book_reports_all_its_faults_at_once() -> None:
    clash = [RequirementSet(id="same", **CLIENT, until=DAY), RequirementSet(id="same", **CLIENT)]

    with pytest.raises(InvalidValueError) as refusal:
        make.rulebook(sets=tuple(clash))

    assert ["$.sets[1]", "$.sets", "$.sets[1]"] == [fault.path for fault in refusal.value.faults]


def test_a_gap_in_the_default_sets_is_reported_with_its_days() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        make.rulebook(RequirementSet(id="one", until=DAY), RequirementSet(id="two", effective=DAY + timedelta(days=3)))

    assert "2026-07-01 to 2026-07-04" == refusal.value.faults[0].value


def test_a_set_without_dates_is_valid_on_every_day() -> None:
    assert ALWAYS == make.requirement_set().days


def test_cover_that_has_run_out_is_never_waivable() -> None:
    assert {ReasonCode.EXPIRED, ReasonCode.CANCELLED, ReasonCode.GAP} == NEVER_WAIVABLE


spans = st.lists(
    st.tuples(days(days=6), st.integers(1, 5)).map(
        lambda pair: IntervalSet.of(pair[0], pair[0] + timedelta(days=pair[1]))
    ),
    max_size=5,
)


@given(spans)
def test_overlaps_are_found_iff_two_spans_share_a_day(drawn: list[IntervalSet]) -> None:
    expected = any(one & other for one, other in combinations(drawn, 2))

    assert expected is any(overlapping((span, str(place)) for place, span in enumerate(drawn)))


@given(spans)
def test_spans_reported_as_overlapping_overlap(drawn: list[IntervalSet]) -> None:
    pairs = overlapping((span, str(place)) for place, span in enumerate(drawn))

    assert all(drawn[int(one)] & drawn[int(other)] for one, other in pairs)
