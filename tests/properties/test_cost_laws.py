"""The work of an answer grows with the facts, not with their square: steps are counted, never seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, timedelta
from types import FrameType
from typing import Any

import pytest

from contractor_compliance.domain import (
    NEVER_WAIVABLE,
    Dossier,
    Endorsement,
    EndorsementKind,
    InsuredCapacity,
    Participant,
    ReasonCode,
    RuleBook,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.testing import factories as make

DAY = date(2026, 6, 1)
FIRST = date(2026, 1, 1)
#: How often the steps may double when the facts do. Sorting adds a little to a straight line.
MOST = 2.5


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


def numbered(size: int) -> Dossier:
    return make.dossier(*(make.gl_policy(id=f"policy-{index}", number=f"GL {index:06}") for index in range(size)))


def of_one_number(size: int) -> Dossier:
    return make.dossier(*(make.gl_policy(id=f"policy-{index}", number="GL 778899") for index in range(size)))


def terms(size: int) -> Dossier:
    stated = tuple(make.term(after(index), after(365 + index)) for index in range(size))
    return make.dossier(make.gl_policy(terms=stated))


def limits(size: int) -> Dossier:
    return make.dossier(make.gl_policy(limits=make.gl_policy().limits * size))


def insureds(size: int) -> Dossier:
    stated = tuple(make.insured(f"Sample Rigging {index} LLC") for index in range(size))
    return make.dossier(make.gl_policy(insured=stated))


def aliases(size: int) -> Dossier:
    names = tuple(f"Rigging of Sample {index} LLC" for index in range(size))
    return make.dossier(make.gl_policy(), contractor=make.contractor(aliases=names))


def notices(size: int) -> Dossier:
    cancelled = tuple(make.cancellation(after(5 * index + 10)) for index in range(size))
    reinstated = tuple(make.reinstatement(after(5 * index + 12)) for index in range(size))
    return make.dossier(make.gl_policy(cancellations=cancelled, reinstatements=reinstated))


def endorsements(size: int) -> Dossier:
    kind = EndorsementKind.ADDITIONAL_INSURED_ONGOING
    stated = tuple(
        Endorsement(kind=kind, form="CG 20 10", edition="04 13", parties=(f"Sample {index} Inc",), evidence=evidence)
        for index in range(size)
        for evidence in (make.evidence(),)
    )
    return make.dossier(make.gl_policy(endorsements=stated))


def participants(size: int) -> Dossier:
    entries = tuple(Participant(name=f"Sample Rigging {index} LLC", effective=FIRST) for index in range(size))
    master = make.insured("Sample Staffing Inc", participants=entries)
    return make.dossier(make.gl_policy(insured_as=InsuredCapacity.PARTICIPANT, insured=(master,)))


def assignments(size: int) -> Dossier:
    work = tuple(
        make.assignment(id=f"assignment-{index}", start=after(index % 300), end=after(index % 300))
        for index in range(size)
    )
    return make.dossier(make.gl_policy(), *work)


def waivers(size: int) -> Dossier:
    first = 60  # the assignment's first day
    granted = (
        make.waiver(REQUIREMENT.id, id=f"waiver-{day}", effective=after(day), expires=after(day + 5))
        for day in range(first, first + size)
    )
    return make.dossier(*granted)


REQUIREMENT = make.gl_requirement(
    endorsements=(make.endorsement_rule(),), waivable=frozenset(ReasonCode) - NEVER_WAIVABLE
)
BOOK = make.rulebook(REQUIREMENT, make.umbrella_requirement())
GROWING = (
    *(numbered, of_one_number, terms, limits, insureds, aliases, notices),
    *(endorsements, participants, assignments, waivers),
)


def steps_of(call: Callable[[], object]) -> int:
    """Return how many functions, of Python and of C, a call enters."""
    count = 0

    def enter(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(enter)
    try:
        call()
    finally:
        sys.setprofile(None)
    return count


def steps(dossier: Dossier, book: RuleBook = BOOK, *, window: bool = True) -> int:
    return steps_of(lambda: evaluate(dossier, book, as_of=DAY, window=window))


@pytest.mark.parametrize("grown", GROWING, ids=lambda grown: grown.__name__)
def test_twice_the_facts_take_little_more_than_twice_the_steps(grown: Callable[[int], Dossier]) -> None:
    evaluate(grown(3), BOOK, as_of=DAY)  # what is remembered is not counted
    few, many = steps(grown(40)), steps(grown(80))

    assert many <= MOST * few, f"{few:,} steps for 40, {many:,} for 80"


def test_steps_that_grow_with_the_square_are_seen() -> None:
    def square(size: int) -> int:
        return steps_of(lambda: [len((row, column)) for row in range(size) for column in range(size)])

    assert square(80) > MOST * square(40)
