"""Sources that contradict each other: the answer is never better, nor worse, than each of them alone allows."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from contractor_compliance.domain import Dossier, Evidence, InsuredCapacity, RuleBook
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Outcome
from contractor_compliance.testing import factories as make
from tests.properties.borders import CLAIMS_MADE_OR_NOT, LAYER_OVER_WHAT_IS_NOT_STATED
from tests.properties.walks import Place, rebuilt, underlying, with_policy
from tests.properties.worlds import CHECKS, MIDDLE, anything, days

_MORE = settings(max_examples=settings.default.max_examples * 3)
#: Which of several, counted round.
_WHICH = st.integers(0, 11)
_GOOD = {Outcome.PASS, Outcome.PASS_WITH_DEPENDENCY}
#: Facts of a policy of which each statement speaks as a whole.
_FIELDS = ("limits", "triggers", "underlying_schedules", "insured", "states", "exclusions", "terms")


def _level(value: Any) -> Any:
    """Return the value with all its evidence of one day and one level, so that no source outweighs another."""
    same = make.evidence()
    return rebuilt(value, lambda leaf: same if isinstance(leaf, Evidence) else leaf)


def _named(dossier: Dossier) -> Dossier:
    policies = tuple(attrs.evolve(policy, insured_as=InsuredCapacity.NAMED_INSURED) for policy in dossier.policies)
    return attrs.evolve(dossier, policies=policies)


@given(anything(), anything(), days(), st.sampled_from(_FIELDS), _WHICH, _WHICH, _WHICH)
@example(CLAIMS_MADE_OR_NOT, CLAIMS_MADE_OR_NOT, MIDDLE, "triggers", 0, 0, 1)
@_MORE
def test_a_pass_or_a_failure_on_contradicting_sources_is_the_outcome_on_each_source(
    case: tuple[Dossier, RuleBook],
    other: tuple[Dossier, RuleBook],
    day: date,
    field: str,
    which: int,
    first_told: int,
    second_told: int,
) -> None:
    """A schedule of participants is no contradiction: each source may list some of them."""
    dossier, book = _named(_level(case[0])), case[1]
    stated = [place for place, policy in enumerate(dossier.policies) if getattr(policy, field)]
    pool = [
        statement
        for policy in (*dossier.policies, *_named(_level(other[0])).policies)
        for statement in getattr(policy, field)
    ]
    assume(stated)
    place = stated[which % len(stated)]
    candidates = getattr(dossier.policies[place], field)
    one, two = candidates[first_told % len(candidates)], pool[second_told % len(pool)]

    def answers(*statements: Any) -> dict[Place, Outcome]:
        changed = attrs.evolve(dossier.policies[place], **{field: statements})
        return underlying(evaluate(with_policy(dossier, place, changed), book, as_of=day, window=False, custom=CHECKS))

    both, first, second = answers(one, two), answers(one), answers(two)
    for requirement, outcome in both.items():
        outcomes = {first[requirement], second[requirement]}
        if outcome in _GOOD:
            assert Outcome.FAIL not in outcomes, requirement
        if outcome is Outcome.FAIL:
            assert not outcomes & _GOOD, requirement


@given(anything(), days(), st.sampled_from(_FIELDS))
def test_a_second_source_that_says_the_same_changes_no_answer(
    case: tuple[Dossier, RuleBook], day: date, field: str
) -> None:
    dossier, book = case
    told = tuple(attrs.evolve(policy, **{field: getattr(policy, field) * 2}) for policy in dossier.policies)
    again = attrs.evolve(dossier, policies=told)
    before, after = (
        underlying(evaluate(one, book, as_of=day, window=False, custom=CHECKS)) for one in (dossier, again)
    )
    assert before == after


@given(anything(), days(), st.sampled_from(_FIELDS), _WHICH)
@example(LAYER_OVER_WHAT_IS_NOT_STATED, MIDDLE, "limits", 0)
@_MORE
def test_a_fact_that_no_source_states_never_turns_a_pass_into_a_failure(
    case: tuple[Dossier, RuleBook], day: date, field: str, which: int
) -> None:
    """Where a fact is missing the answer is unknown. Endorsements are apart: a whole list may say they are missing."""
    dossier, book = case
    assume(dossier.policies)
    place = which % len(dossier.policies)
    silent = with_policy(dossier, place, attrs.evolve(dossier.policies[place], **{field: ()}))
    before, after = (
        underlying(evaluate(one, book, as_of=day, window=False, custom=CHECKS)) for one in (dossier, silent)
    )
    for requirement, outcome in after.items():
        if outcome is Outcome.FAIL:
            assert before[requirement] not in _GOOD, requirement
