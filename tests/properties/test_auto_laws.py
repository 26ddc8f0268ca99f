"""Covered autos: a model of the boxes, and what more evidence may do to the answer (domain rule B14.10)."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    AutoKind,
    CoverageRequirement,
    CoveredAutos,
    Dossier,
    EndorsementKind,
    Evidence,
    EvidenceLevel,
    EvidenceRule,
    OwnedAutos,
    Policy,
    RuleBook,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Outcome
from contractor_compliance.testing import factories as make
from tests.properties.walks import rebuilt, underlying
from tests.properties.worlds import CHECKS, anything, days

DAY = date(2026, 6, 15)
BOXES = st.frozensets(st.sampled_from(AutoKind), min_size=1)
LEVELS = st.sampled_from(EvidenceLevel)
SOURCES = st.builds(
    Evidence, level=LEVELS, observed_on=st.sampled_from((date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)))
)
COVERED = st.builds(CoveredAutos, kinds=BOXES, evidence=SOURCES)
OWNED = st.builds(OwnedAutos, any_owned=st.booleans(), evidence=SOURCES)
MANY_COVERED = st.lists(COVERED, max_size=3).map(tuple)
MANY_OWNED = st.lists(OWNED, max_size=3).map(tuple)
ENDORSED = st.sets(st.sampled_from((EndorsementKind.HIRED_AUTOS, EndorsementKind.NON_OWNED_AUTOS)))


def _asking(kinds: frozenset[AutoKind], answers: bool, level: EvidenceLevel) -> CoverageRequirement:
    return make.auto_requirement(
        autos=kinds,
        scheduled_answers_owned=answers and AutoKind.OWNED in kinds,
        evidence=EvidenceRule(at_least=level),
    )


REQUIREMENTS = st.builds(_asking, BOXES, st.booleans(), LEVELS)


def outcome(requirement: CoverageRequirement, owned: tuple[OwnedAutos, ...], *policies: Policy) -> Outcome:
    dossier = make.dossier(*policies, contractor=make.contractor(owned_autos=owned))
    return evaluate(dossier, make.rulebook(requirement), as_of=DAY, window=False).assignments[0].findings[0].outcome


def endorsed_gl(kinds: set[EndorsementKind]) -> Policy:
    return make.gl_policy(endorsements=tuple(make.endorsement(kind) for kind in sorted(kinds, key=lambda k: k.value)))


def model(asked: frozenset[AutoKind], ticked: frozenset[AutoKind], *, answers: bool, owns: bool | None) -> Outcome:
    """Return the answer for one policy of one sound source."""
    covered = set(AutoKind) if AutoKind.ANY in ticked else set(ticked)
    covered |= {AutoKind.SCHEDULED} if AutoKind.OWNED in covered else set()
    covered |= {AutoKind.OWNED} if answers and AutoKind.SCHEDULED in covered else set()
    lacking = asked - covered
    if not lacking:
        return Outcome.PASS
    if lacking != {AutoKind.OWNED} or owns is True:
        return Outcome.FAIL
    return Outcome.UNKNOWN if owns is None or AutoKind.SCHEDULED in ticked else Outcome.PASS


@given(BOXES, BOXES, st.booleans(), st.sampled_from((None, True, False)))
def test_the_boxes_of_one_sound_source_answer_as_the_model_says(
    asked: frozenset[AutoKind], ticked: frozenset[AutoKind], switch: bool, owns: bool | None
) -> None:
    answers = switch and AutoKind.OWNED in asked
    requirement = make.auto_requirement(autos=asked, scheduled_answers_owned=answers)
    policy = make.auto_policy(covered_autos=(CoveredAutos(kinds=ticked, evidence=make.evidence()),))
    owned = () if owns is None else (OwnedAutos(any_owned=owns, evidence=make.evidence()),)

    assert outcome(requirement, owned, policy) is model(asked, ticked, answers=answers, owns=owns)


@given(
    REQUIREMENTS, COVERED, MANY_OWNED, st.sampled_from([kind for kind in AutoKind if kind is not AutoKind.SCHEDULED])
)
def test_one_more_box_ticked_never_makes_the_outcome_worse(
    requirement: CoverageRequirement, covered: CoveredAutos, owned: tuple[OwnedAutos, ...], box: AutoKind
) -> None:
    # A box for scheduled autos puts in doubt that none is owned; the model says how.
    more = attrs.evolve(covered, kinds=covered.kinds | {box})

    assert (
        outcome(requirement, owned, make.auto_policy(covered_autos=(more,))).rank
        >= outcome(requirement, owned, make.auto_policy(covered_autos=(covered,))).rank
    )


@given(REQUIREMENTS, MANY_COVERED, MANY_OWNED, SOURCES)
def test_one_more_source_of_an_owned_auto_never_makes_the_outcome_better(
    requirement: CoverageRequirement,
    covered: tuple[CoveredAutos, ...],
    owned: tuple[OwnedAutos, ...],
    source: Evidence,
) -> None:
    policy = make.auto_policy(covered_autos=covered)
    more = (*owned, OwnedAutos(any_owned=True, evidence=source))

    assert outcome(requirement, more, policy).rank <= outcome(requirement, owned, policy).rank


@given(REQUIREMENTS, MANY_COVERED, MANY_OWNED, SOURCES)
def test_one_more_source_that_none_is_owned_never_makes_the_outcome_worse(
    requirement: CoverageRequirement,
    covered: tuple[CoveredAutos, ...],
    owned: tuple[OwnedAutos, ...],
    source: Evidence,
) -> None:
    policy = make.auto_policy(covered_autos=covered)
    more = (*owned, OwnedAutos(any_owned=False, evidence=source))

    assert outcome(requirement, more, policy).rank >= outcome(requirement, owned, policy).rank


@given(REQUIREMENTS, MANY_COVERED, MANY_OWNED, ENDORSED)
def test_general_liability_endorsed_for_autos_never_makes_the_outcome_worse(
    requirement: CoverageRequirement,
    covered: tuple[CoveredAutos, ...],
    owned: tuple[OwnedAutos, ...],
    kinds: set[EndorsementKind],
) -> None:
    policy = make.auto_policy(covered_autos=covered)

    assert outcome(requirement, owned, policy, endorsed_gl(kinds)).rank >= outcome(requirement, owned, policy).rank


@given(BOXES, MANY_COVERED, MANY_OWNED, LEVELS)
def test_evidence_below_the_level_asked_for_never_passes(
    asked: frozenset[AutoKind], covered: tuple[CoveredAutos, ...], owned: tuple[OwnedAutos, ...], level: EvidenceLevel
) -> None:
    requirement = make.auto_requirement(autos=asked, evidence=EvidenceRule(at_least=level))
    sound = make.evidence(EvidenceLevel.PLATFORM)
    policy = rebuilt(
        make.auto_policy(), lambda leaf: attrs.evolve(leaf, level=sound.level) if isinstance(leaf, Evidence) else leaf
    )
    weak = tuple(statement for statement in covered if statement.evidence.level.rank < level.rank)
    weakly = tuple(statement for statement in owned if statement.evidence.level.rank < level.rank)

    assert outcome(requirement, weakly, attrs.evolve(policy, covered_autos=weak)) is not Outcome.PASS


def _no_autos_asked(leaf: Any) -> Any:
    if isinstance(leaf, CoverageRequirement):
        return attrs.evolve(leaf, autos=frozenset(), scheduled_answers_owned=False)
    return leaf


@given(anything(), days())
def test_where_no_autos_are_asked_for_none_of_their_facts_matters(case: tuple[Dossier, RuleBook], day: date) -> None:
    dossier, book = case[0], rebuilt(case[1], _no_autos_asked)
    stripped = attrs.evolve(
        dossier,
        contractor=attrs.evolve(dossier.contractor, owned_autos=()),
        policies=tuple(attrs.evolve(policy, covered_autos=()) for policy in dossier.policies),
        # A document that was seen may end a waiver, whatever it says.
        waivers=(),
    )

    assert underlying(evaluate(stripped, book, as_of=day, window=False, custom=CHECKS)) == underlying(
        evaluate(attrs.evolve(dossier, waivers=()), book, as_of=day, window=False, custom=CHECKS)
    )
