"""Endorsements and exclusions: one more denial never helps, and weak evidence in favor never makes anything pass."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    CoverageRequirement,
    Dossier,
    Endorsement,
    EndorsementBasis,
    EndorsementKind,
    EndorsementList,
    EndorsementRule,
    Evidence,
    EvidenceLevel,
    ExclusionKind,
    ExclusionRule,
    PolicyExclusion,
    RuleBook,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Outcome
from contractor_compliance.testing import factories as make
from tests.properties.walks import Place, underlying
from tests.properties.worlds import CHECKS, anything, days

KIND = EndorsementKind.ADDITIONAL_INSURED_ONGOING
GOOD = {Outcome.PASS, Outcome.PASS_WITH_DEPENDENCY}
DAY = date(2026, 6, 15)
LEVELS = st.sampled_from(EvidenceLevel)
SEEN = st.sampled_from([date(2026, 1, 10) + timedelta(days=30 * month) for month in range(4)])
SOURCES = st.builds(Evidence, level=LEVELS, observed_on=SEEN)
LINES = st.sampled_from(
    (
        ("Sample Staffing Inc",),
        ("Other Co",),
        ("Any person or organization where required by written contract",),
        ("Sample Staffing Inc, its successors and assigns", "Other Co"),
    )
)
SCHEDULED = st.builds(
    Endorsement,
    kind=st.just(KIND),
    form=st.sampled_from((None, "CG 20 10", "CG 20 10 04 13", "CG 20 26")),
    parties=LINES,
    evidence=SOURCES,
)
BLANKET = st.builds(
    Endorsement,
    kind=st.just(KIND),
    form=st.sampled_from((None, "CG 20 33", "CG 20 38 12 19")),
    basis=st.just(EndorsementBasis.BLANKET),
    evidence=SOURCES,
)
AFFIRMED = st.one_of(SCHEDULED, BLANKET)
DENIED = st.builds(
    Endorsement,
    kind=st.just(KIND),
    present=st.just(False),
    form=st.sampled_from((None, "CG 20 10", "CG 20 33")),
    evidence=SOURCES,
)
STATEMENTS = st.lists(st.one_of(AFFIRMED, DENIED), max_size=4).map(tuple)
EXCLUDED = st.builds(
    PolicyExclusion,
    kind=st.just(ExclusionKind.HEIGHT),
    present=st.booleans(),
    form=st.sampled_from((None, None, "X 1")),
    evidence=SOURCES,
)
EXCLUSIONS = st.lists(EXCLUDED, max_size=4).map(tuple)
RULES = st.builds(EndorsementRule, kind=st.just(KIND), at_least=LEVELS)
FORBIDDEN = st.builds(ExclusionRule, kind=st.just(ExclusionKind.HEIGHT), silence_passes=st.booleans(), at_least=LEVELS)


def outcome(requirement: CoverageRequirement, **statements: Any) -> Outcome:
    dossier = make.dossier(make.gl_policy(**statements))
    return evaluate(dossier, make.rulebook(requirement), as_of=DAY, window=False).assignments[0].findings[0].outcome


def endorsed(rule: EndorsementRule, statements: tuple[Endorsement, ...]) -> Outcome:
    return outcome(make.gl_requirement(limits={}, endorsements=(rule,)), endorsements=statements)


def excluded(rule: ExclusionRule, statements: tuple[PolicyExclusion, ...], **more: Any) -> Outcome:
    return outcome(make.gl_requirement(limits={}, forbidden_exclusions=(rule,)), policy_exclusions=statements, **more)


@given(RULES, STATEMENTS, DENIED)
def test_one_more_denial_of_an_endorsement_never_makes_the_outcome_better(
    rule: EndorsementRule, statements: tuple[Endorsement, ...], denial: Endorsement
) -> None:
    assert endorsed(rule, (*statements, denial)).rank <= endorsed(rule, statements).rank


REMOVED = make.endorsement(KIND, present=False, evidence=make.evidence(EvidenceLevel.DECLARED, observed_on=DAY))
SEEN_BEFORE = make.endorsement(KIND, parties=("Sample Staffing Inc",))


@given(st.sampled_from(EvidenceLevel), STATEMENTS, AFFIRMED)
@example(
    EvidenceLevel.CONFIRMED,
    (SEEN_BEFORE, REMOVED),
    attrs.evolve(SEEN_BEFORE, evidence=make.evidence(EvidenceLevel.COPY, observed_on=DAY)),
)
def test_an_affirmation_below_the_level_asked_never_makes_an_endorsement_pass(
    asked: EvidenceLevel, statements: tuple[Endorsement, ...], weak: Endorsement
) -> None:
    if weak.evidence.level.rank >= asked.rank:
        return
    rule = EndorsementRule(kind=KIND, at_least=asked)

    if endorsed(rule, statements) not in GOOD:
        assert endorsed(rule, (*statements, weak)) not in GOOD


@given(RULES, st.lists(AFFIRMED, min_size=1, max_size=3).map(tuple), LEVELS)
def test_a_denial_later_than_every_affirmation_fails_on_any_level(
    rule: EndorsementRule, affirmed: tuple[Endorsement, ...], level: EvidenceLevel
) -> None:
    last = max(endorsement.evidence.observed_on for endorsement in affirmed)
    denial = make.endorsement(KIND, present=False, evidence=make.evidence(level, observed_on=last + timedelta(days=1)))

    assert endorsed(rule, (*affirmed, denial)) is Outcome.FAIL


@given(FORBIDDEN, EXCLUSIONS, SOURCES)
def test_one_more_sighting_of_an_exclusion_never_makes_the_outcome_better(
    rule: ExclusionRule, statements: tuple[PolicyExclusion, ...], source: Evidence
) -> None:
    seen = PolicyExclusion(kind=ExclusionKind.HEIGHT, evidence=source)

    assert excluded(rule, (*statements, seen)).rank <= excluded(rule, statements).rank


@given(st.sampled_from(EvidenceLevel), EXCLUSIONS, SOURCES)
def test_a_word_below_the_level_asked_never_rules_an_exclusion_out(
    asked: EvidenceLevel, statements: tuple[PolicyExclusion, ...], source: Evidence
) -> None:
    if source.level.rank >= asked.rank:
        return
    rule = ExclusionRule(kind=ExclusionKind.HEIGHT, at_least=asked)
    word = PolicyExclusion(kind=ExclusionKind.HEIGHT, present=False, evidence=source)

    if excluded(rule, statements) not in GOOD:
        assert excluded(rule, (*statements, word)) not in GOOD
        assert excluded(rule, statements, endorsement_lists=(EndorsementList(evidence=source),)) not in GOOD


@given(FORBIDDEN, EXCLUSIONS)
def test_letting_silence_pass_never_makes_an_outcome_worse_and_mends_no_failure(
    rule: ExclusionRule, statements: tuple[PolicyExclusion, ...]
) -> None:
    strict, lenient = (excluded(attrs.evolve(rule, silence_passes=passes), statements) for passes in (False, True))

    assert lenient.rank >= strict.rank
    assert (lenient is Outcome.FAIL) is (strict is Outcome.FAIL)


@given(anything(), days(), st.data())
def test_one_more_denial_anywhere_never_makes_an_outcome_better(
    case: tuple[Dossier, RuleBook], day: date, data: st.DataObject
) -> None:
    dossier, book = case
    kind = data.draw(st.sampled_from(EndorsementKind))
    denial = make.endorsement(kind, present=False, evidence=make.evidence(data.draw(LEVELS), observed_on=day))
    poorer = attrs.evolve(
        dossier,
        policies=tuple(
            attrs.evolve(policy, endorsements=(*policy.endorsements, denial)) for policy in dossier.policies
        ),
    )

    def answers(facts: Dossier) -> dict[Place, Outcome]:
        return underlying(evaluate(facts, book, as_of=day, window=False, custom=CHECKS))

    before, after = answers(dossier), answers(poorer)
    assert not {place for place in before if after[place].rank > before[place].rank}
