"""The order in which records are kept, and statements within them, never matters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import attrs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contractor_compliance.domain import Dossier, Interval, RuleBook
from contractor_compliance.evaluation import evaluate, timeline
from contractor_compliance.results import AssignmentReport, ComplianceReport
from tests.properties.borders import (
    ALIASES,
    CARRIERS_OF_ONE_NAME,
    EVIDENCE_OF_TWO_FAULTS,
    TWO_DENIALS_OF_AN_ENDORSEMENT,
    TWO_SCHEDULES,
    TWO_SOURCES_OF_AN_EXCLUSION,
    TWO_TEXTS_FOR_A_NUMBER,
)
from tests.properties.walks import reordered
from tests.properties.worlds import CHECKS, MIDDLE, anything, days, disputed

_MORE = settings(max_examples=settings.default.max_examples * 5)


def _by_requirement(report: ComplianceReport) -> Iterator[Any]:
    """Yield all that a report says, the findings of each place sorted by requirement."""
    lists = {"findings", "displaced", "waivers_used", "waived_but_failing", "assignments", "runs"}
    for part in (
        report,
        *report.assignments,
        *(assignment.window for assignment in report.assignments if assignment.window),
    ):
        parts = {field.name: getattr(part, field.name) for field in attrs.fields(type(part)) if field.name != "window"}
        yield {name: value for name, value in parts.items() if name not in lists}
        for name in lists - {"assignments"}:
            yield name, sorted(map(repr, parts.get(name, ())))
        if isinstance(part, AssignmentReport):
            # Worst first, whatever the order among equals.
            ranks = [finding.outcome.rank for finding in part.findings]
            assert ranks == sorted(ranks)


@given(st.one_of(anything(), disputed()), days(), st.integers(0, 2), st.booleans())
@example(ALIASES, MIDDLE, 1, False)
@example(CARRIERS_OF_ONE_NAME, MIDDLE, 1, False)
@example(TWO_SCHEDULES, MIDDLE, 1, False)
@example(EVIDENCE_OF_TWO_FAULTS, MIDDLE, 1, False)
@example(TWO_DENIALS_OF_AN_ENDORSEMENT, MIDDLE, 1, False)
@example(TWO_SOURCES_OF_AN_EXCLUSION, MIDDLE, 1, False)
@example(TWO_TEXTS_FOR_A_NUMBER, MIDDLE, 1, False)
@_MORE
def test_the_order_of_the_facts_never_matters(
    case: tuple[Dossier, RuleBook], as_of: date, turn: int, flip: bool
) -> None:
    dossier, book = case
    other = reordered(dossier, turn=turn, flip=flip)
    expected = evaluate(dossier, book, as_of=as_of, custom=CHECKS)
    assert list(_by_requirement(evaluate(other, book, as_of=as_of, custom=CHECKS))) == list(_by_requirement(expected))


@given(anything(), days(), st.integers(0, 2), st.booleans())
def test_the_order_of_sets_and_of_requirements_within_them_never_matters(
    case: tuple[Dossier, RuleBook], as_of: date, turn: int, flip: bool
) -> None:
    dossier, book = case
    other = reordered(book, turn=turn, flip=flip)
    expected = evaluate(dossier, book, as_of=as_of, custom=CHECKS)
    assert list(_by_requirement(evaluate(dossier, other, as_of=as_of, custom=CHECKS))) == list(
        _by_requirement(expected)
    )


@given(anything(), st.integers(1, 2), st.booleans())
def test_the_order_of_the_records_never_moves_a_change_of_verdict(
    case: tuple[Dossier, RuleBook], turn: int, flip: bool
) -> None:
    dossier, book = case
    other = timeline(reordered(dossier, turn=turn, flip=flip), book, over=Interval(), custom=CHECKS)
    assert other == timeline(dossier, book, over=Interval(), custom=CHECKS)
