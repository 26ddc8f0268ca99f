"""More cover, more proof or a milder demand never makes an answer worse; fewer facts in favor never make it better."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import assume, example, given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    Dossier,
    EndorsementRule,
    EvidenceLevel,
    EvidenceRule,
    LimitKind,
    Missing,
    Policy,
    RuleBook,
    State,
    StateNotice,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Outcome
from contractor_compliance.testing import factories as make
from tests.properties.borders import FLORIDA_EXEMPTION, TWO_RECORDS_OF_A_LAYER
from tests.properties.walks import Place, numbered, rebuilt, rungs_changed, underlying, with_policy
from tests.properties.worlds import CHECKS, MIDDLE, anything, days

_LADDER = tuple(EvidenceLevel)
#: Which of several, counted round.
_WHICH = st.integers(0, 11)


def _answers(dossier: Dossier, book: RuleBook, day: date) -> dict[Place, Outcome]:
    return underlying(evaluate(dossier, book, as_of=day, window=False, custom=CHECKS))


def _assert_none_worse(before: Mapping[Place, Outcome], after: Mapping[Place, Outcome]) -> None:
    worse = {place: (before[place], after[place]) for place in before if after[place].rank < before[place].rank}
    assert not worse


# Raising and adding.


def _raised(policy: Policy, kind: LimitKind, by: int) -> Policy:
    """Return the policy with one limit raised by as much in each statement that gives it.

    In each: raised in one alone, two statements that agreed would contradict each other.
    """
    limits = tuple(
        limit
        if isinstance(amount := getattr(limit, kind.value), Missing)
        else attrs.evolve(limit, **{kind.value: amount + by})
        for limit in policy.limits
    )
    return attrs.evolve(policy, limits=limits)


@given(anything(), days(), _WHICH, st.sampled_from((1, 50_000_000, 400_000_000)))
@example(TWO_RECORDS_OF_A_LAYER, MIDDLE, 0, 100_000_000)
def test_raising_a_stated_limit_never_makes_an_outcome_worse(
    case: tuple[Dossier, RuleBook], day: date, which: int, by: int
) -> None:
    dossier, book = case
    stated = [
        (place, limit_kind)
        for place, policy in enumerate(dossier.policies)
        for limit_kind in LimitKind
        if any(not isinstance(getattr(limits, limit_kind.value), Missing) for limits in policy.limits)
    ]
    assume(stated)
    place, kind = stated[which % len(stated)]
    richer = with_policy(dossier, place, _raised(dossier.policies[place], kind, by))
    _assert_none_worse(_answers(dossier, book, day), _answers(richer, book, day))


@given(anything(), days(), st.sampled_from(LimitKind))
def test_raising_every_stated_limit_never_makes_an_outcome_worse(
    case: tuple[Dossier, RuleBook], day: date, kind: LimitKind
) -> None:
    dossier, book = case
    richer = attrs.evolve(dossier, policies=tuple(_raised(policy, kind, 10**8) for policy in dossier.policies))
    _assert_none_worse(_answers(dossier, book, day), _answers(richer, book, day))


@given(anything(), days(), st.booleans(), st.data())
def test_a_second_policy_like_one_on_file_never_makes_an_outcome_worse(
    case: tuple[Dossier, RuleBook], day: date, same_number: bool, data: st.DataObject
) -> None:
    dossier, book = case
    assume(dossier.policies)
    policy = data.draw(st.sampled_from(dossier.policies))
    renamed = data.draw(st.sampled_from(("a copy", "z copy")))
    # With the same number it is one policy stated twice; with another it is one more.
    copy = attrs.evolve(policy if same_number else make.identified(policy, number="another number"), id=renamed)
    richer = attrs.evolve(dossier, policies=(*dossier.policies, copy))
    _assert_none_worse(_answers(dossier, book, day), _answers(richer, book, day))


@given(anything(), days(), st.data())
def test_one_more_sound_policy_never_makes_an_outcome_worse(
    case: tuple[Dossier, RuleBook], day: date, data: st.DataObject
) -> None:
    dossier, book = numbered(case[0]), case[1]
    sound = data.draw(
        st.sampled_from((make.gl_policy, make.wc_policy, make.auto_policy, make.umbrella_policy, make.bond))
    )
    more = sound(id="one more", number="one more", term=(day - timedelta(days=30), day + timedelta(days=30)))
    more = attrs.evolve(more, insured=(make.insured(dossier.contractor.legal_name),))
    richer = attrs.evolve(dossier, policies=(*dossier.policies, more))
    _assert_none_worse(_answers(dossier, book, day), _answers(richer, book, day))


# Taking away.


@given(anything(), days(), st.data())
def test_taking_away_a_policy_never_makes_an_outcome_better(
    case: tuple[Dossier, RuleBook], day: date, data: st.DataObject
) -> None:
    dossier, book = numbered(case[0]), case[1]
    assume(dossier.policies)
    place = data.draw(st.integers(0, len(dossier.policies) - 1))
    poorer = with_policy(dossier, place, None)
    _assert_none_worse(_answers(poorer, book, day), _answers(dossier, book, day))


@given(anything(), days(), st.data())
def test_taking_away_an_exemption_never_makes_an_outcome_better(
    case: tuple[Dossier, RuleBook], day: date, data: st.DataObject
) -> None:
    # A record that may be of the same exemption could carry its revocation: each has a number of its own (B14.2).
    dossier, book = numbered(case[0]), case[1]
    assume(dossier.exemptions)
    gone = data.draw(st.sampled_from(dossier.exemptions))
    poorer = attrs.evolve(dossier, exemptions=tuple(exemption for exemption in dossier.exemptions if exemption != gone))
    _assert_none_worse(_answers(poorer, book, day), _answers(dossier, book, day))


@given(anything(), days(), st.data())
def test_taking_away_an_endorsement_that_serves_never_makes_an_outcome_better(
    case: tuple[Dossier, RuleBook], day: date, data: st.DataObject
) -> None:
    """An endorsement serves a requirement if, alone on its policy, it leaves the answer as good as with none there.

    One that is on file and does not serve is no favor: what no source mentions is unknown, and what a source shows
    to miss (a schedule without the party, a blanket form without a written contract, an old edition, too short a
    notice, a form that another requirement cannot use) fails. A statement that the policy lacks it is no favor
    either.
    """
    dossier, book = case
    endorsed = [
        (place, index) for place, policy in enumerate(dossier.policies) for index in range(len(policy.endorsements))
    ]
    assume(endorsed)
    place, index = data.draw(st.sampled_from(endorsed))
    policy = dossier.policies[place]

    def answers(*endorsements: Any) -> dict[Place, Outcome]:
        changed = attrs.evolve(policy, endorsements=endorsements)
        return _answers(with_policy(dossier, place, changed), book, day)

    this = policy.endorsements[index]
    none, alone = answers(), answers(this)
    rest = answers(*policy.endorsements[:index], *policy.endorsements[index + 1 :])
    serves = {serve for serve in none if alone[serve].rank >= none[serve].rank}
    full = answers(*policy.endorsements)
    _assert_none_worse(*({serve: outcomes[serve] for serve in serves} for outcomes in (rest, full)))


def _are_of_one_term(dossier: Dossier, *, cancelled: date, restored: date) -> bool:
    """Return whether each term that may hold the day of a reinstatement holds that of the cancellation as well.

    All terms on file count: records may be of one policy, and sources may contradict each other.
    """
    terms = [term for policy in dossier.policies for term in policy.terms]
    return not any(
        (isinstance(term.effective, date) and cancelled < term.effective <= restored)
        or (isinstance(term.expiration, date) and restored < term.expiration <= cancelled)
        for term in terms
    )


#: A reinstatement on file that does not say when it was issued; a dated one beside it may be another.
_UNDATED_REINSTATEMENT: tuple[Dossier, RuleBook] = (
    make.dossier(
        make.gl_policy(
            cancellations=(make.cancellation(date(2026, 6, 1), issued_on=date(2026, 6, 10)),),
            reinstatements=(make.reinstatement(date(2026, 5, 1), issued_on=Missing.ABSENT),),
        )
    ),
    make.rulebook(make.gl_requirement()),
)


@given(anything(), days(), days(), days(), days(), days(), _WHICH)
@example(_UNDATED_REINSTATEMENT, MIDDLE, date(2026, 6, 1), date(2026, 6, 5), date(2026, 6, 8), date(2026, 5, 1), 0)
def test_taking_away_a_reinstatement_that_answers_a_cancellation_never_makes_an_outcome_better(
    case: tuple[Dossier, RuleBook],
    day: date,
    first: date,
    second: date,
    cancelled: date,
    restored: date,
    which: int,
) -> None:
    """A reinstatement answers a cancellation of the same term that is on file and was issued no later than itself.

    Any other is no favor: it tells of a cancellation that is not on file, and so puts the days before it in doubt
    (domain rule B3.9). A notice acts only on the term that holds its effective date (domain rule B14.2), so that a
    cancellation of last year's term, or from the day on which the term runs out, is not on file for this term.
    """
    dossier, book = case
    assume(dossier.policies)
    place = which % len(dossier.policies)
    assume(_are_of_one_term(dossier, cancelled=cancelled, restored=restored))
    policy = dossier.policies[place]
    notice = make.cancellation(cancelled, issued_on=min(first, second))
    answer = make.reinstatement(restored, issued_on=max(first, second))
    poorer = attrs.evolve(policy, cancellations=(*policy.cancellations, notice))
    richer = attrs.evolve(poorer, reinstatements=(*poorer.reinstatements, answer))
    _assert_none_worse(
        *(_answers(with_policy(dossier, place, version), book, day) for version in (poorer, richer)),
    )


@given(anything(), days(), st.data())
def test_taking_away_a_written_contract_never_makes_an_outcome_better(
    case: tuple[Dossier, RuleBook], day: date, data: st.DataObject
) -> None:
    """A written contract is a favor to every requirement that binds without it as well."""
    dossier, book = case
    signed = [assignment for assignment in dossier.assignments if assignment.contracts]
    assume(signed)
    assignment = data.draw(st.sampled_from(signed))
    gone = data.draw(st.integers(0, len(assignment.contracts) - 1))
    kept = tuple(contract for place, contract in enumerate(assignment.contracts) if place != gone)
    poorer = attrs.evolve(
        dossier,
        assignments=tuple(
            attrs.evolve(placed, contracts=kept) if placed is assignment else placed for placed in dossier.assignments
        ),
    )
    before, after = _answers(poorer, book, day), _answers(dossier, book, day)
    _assert_none_worse({place: before[place] for place in before if place in after}, after)


@given(anything(), days(), st.sampled_from((State.AL, State.CA)), days(), st.data())
def test_taking_away_notice_to_the_insurer_never_makes_an_outcome_better(
    case: tuple[Dossier, RuleBook], day: date, state: State, given_on: date, data: st.DataObject
) -> None:
    dossier, book = case
    listing = [(place, index) for place, policy in enumerate(dossier.policies) for index in range(len(policy.states))]
    assume(listing)
    place, index = data.draw(st.sampled_from(listing))
    policy = dossier.policies[place]
    told = attrs.evolve(policy.states[index], notices=(StateNotice(state=state, given_on=given_on),))
    silent = attrs.evolve(told, notices=())
    answers = (
        _answers(
            with_policy(
                dossier,
                place,
                attrs.evolve(policy, states=(*policy.states[:index], states, *policy.states[index + 1 :])),
            ),
            book,
            day,
        )
        for states in (silent, told)
    )
    _assert_none_worse(*answers)


_HOLDERS = st.sampled_from(("policies", "exemptions"))


@given(anything(), days(), _HOLDERS, _WHICH, days(), days(), days(), st.booleans())
@example(FLORIDA_EXEMPTION, MIDDLE, "exemptions", 0, date(2025, 2, 1), date(2025, 3, 1), date(2025, 3, 10), True)
def test_a_lapse_never_makes_an_outcome_better(
    case: tuple[Dossier, RuleBook],
    day: date,
    field: str,
    which: int,
    told: date,
    one: date,
    other: date,
    restored: bool,
) -> None:
    """A cancellation with the reinstatement that answers it, on a record that had no notice.

    On one that had, a cancellation may answer the question that a lone reinstatement leaves open (domain rule B3.9).
    """
    dossier, book = case
    records = list(getattr(dossier, field))
    assume(records)
    place = which % len(records)
    records[place] = attrs.evolve(records[place], cancellations=(), reinstatements=())
    steady = attrs.evolve(dossier, **{field: tuple(records)})
    records[place] = attrs.evolve(
        records[place],
        cancellations=(make.cancellation(min(one, other), issued_on=told),),
        reinstatements=(make.reinstatement(max(one, other), issued_on=told),) if restored else (),
    )
    lapsed = attrs.evolve(dossier, **{field: tuple(records)})
    _assert_none_worse(_answers(lapsed, book, day), _answers(steady, book, day))


# Evidence.


def _climbed(by: int) -> Any:
    return lambda level: _LADDER[level.rank + by]


@given(anything(), days(), st.integers(1, 3))
def test_raising_the_level_of_all_evidence_alike_never_makes_an_outcome_worse(
    case: tuple[Dossier, RuleBook], day: date, by: int
) -> None:
    dossier, book = case
    # First down to the foot of the ladder, in the same order, so that there is room to climb.
    lower = {
        level: _LADDER[place] for place, level in enumerate(sorted(_levels(dossier), key=lambda level: level.rank))
    }
    assume(len(lower) + by <= len(_LADDER))
    low = rungs_changed(dossier, lower.__getitem__)
    high = rungs_changed(low, _climbed(by))
    before, after = _answers(low, book, day), _answers(high, book, day)
    _assert_none_worse(before, after)
    # What fails by its value fails on any level, and nothing else fails.
    assert {place for place in before if before[place] is Outcome.FAIL} == {
        place for place in after if after[place] is Outcome.FAIL
    }


def _levels(dossier: Dossier) -> set[EvidenceLevel]:
    levels: set[EvidenceLevel] = set()

    def note(leaf: Any) -> Any:
        if isinstance(leaf, EvidenceLevel):
            levels.add(leaf)
        return leaf

    rebuilt(dossier, note)
    return levels


def _asking(book: RuleBook, level: EvidenceLevel) -> RuleBook:
    def lowered(leaf: Any) -> Any:
        if isinstance(leaf, EvidenceRule) or (isinstance(leaf, EndorsementRule) and leaf.at_least is not None):
            return attrs.evolve(leaf, at_least=level)
        return leaf

    made: RuleBook = rebuilt(book, lowered)
    return made


@given(anything(), days())
def test_a_lower_evidence_level_asked_for_never_makes_an_outcome_worse_and_never_turns_a_failure(
    case: tuple[Dossier, RuleBook], day: date
) -> None:
    dossier, book = case
    answers = [_answers(dossier, _asking(book, level), day) for level in reversed(_LADDER)]
    for before, after in itertools.pairwise(answers):
        _assert_none_worse(before, after)
    failures = [{place for place, outcome in answer.items() if outcome is Outcome.FAIL} for answer in answers]
    assert all(failure == failures[0] for failure in failures)
