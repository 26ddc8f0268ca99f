"""Records that are one policy, or may be: one more record never improves an answer (domain rules B14.1 to B14.3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from contractor_compliance.domain import Dossier, EvidenceLevel, Policy, RuleBook
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Outcome
from contractor_compliance.testing import factories as make
from tests.properties.walks import Place, numbered, underlying, with_policy
from tests.properties.worlds import CHECKS, anything, days

_WHICH = st.integers(0, 11)
_BAD = {Outcome.FAIL, Outcome.UNKNOWN}
_RESPELLED = {
    "blanks": " ".join,
    "hyphens": lambda number: "-".join(number.replace("-", "")),
    "small letters": lambda number: f"  {number.lower()}",
}
_UNCLEAR: dict[str, Any] = {
    "no number": {"number": None},
    "placeholder": {"number": "TBD"},
    "short number": {"number": "12"},
    "no insurer": {"carrier_name": None, "carrier_naic": None},
    "another insurer": {"carrier_name": "Sample Group", "carrier_naic": "99909"},
}


def outcomes(dossier: Dossier, book: RuleBook, day: date) -> dict[Place, Outcome]:
    return underlying(evaluate(dossier, book, as_of=day, window=False, custom=CHECKS))


def with_record(dossier: Dossier, record: Policy) -> Dossier:
    return attrs.evolve(dossier, policies=(*dossier.policies, record))


@given(anything(), days(), _WHICH, st.sampled_from(sorted(_RESPELLED)))
def test_a_policy_filed_twice_under_any_spelling_of_its_number_changes_nothing(
    case: tuple[Dossier, RuleBook], day: date, which: int, spelling: str
) -> None:
    dossier, book = numbered(case[0]), case[1]
    assume(dossier.policies)
    policy = dossier.policies[which % len(dossier.policies)]
    again = attrs.evolve(
        make.identified(policy, number=_RESPELLED[spelling](policy.identifications[0].number or "")), id="again"
    )

    assert outcomes(dossier, book, day) == outcomes(with_record(dossier, again), book, day)


@given(anything(), days(), _WHICH, st.sampled_from(sorted(_UNCLEAR)))
def test_a_second_record_that_may_be_the_same_policy_improves_nothing(
    case: tuple[Dossier, RuleBook], day: date, which: int, unclear: str
) -> None:
    dossier, book = numbered(case[0]), case[1]
    assume(dossier.policies)
    policy = dossier.policies[which % len(dossier.policies)]
    before = outcomes(dossier, book, day)
    after = outcomes(
        with_record(dossier, attrs.evolve(make.identified(policy, **_UNCLEAR[unclear]), id="again")), book, day
    )

    for place, outcome in after.items():
        if before[place] in _BAD:
            assert outcome in _BAD, place


@given(anything(), days(), _WHICH, st.integers(-30, 400), st.sampled_from(EvidenceLevel))
def test_a_cancellation_on_any_evidence_improves_nothing(
    case: tuple[Dossier, RuleBook], day: date, which: int, later: int, level: EvidenceLevel
) -> None:
    dossier, book = numbered(case[0]), case[1]
    assume(dossier.policies)
    place = which % len(dossier.policies)
    policy = dossier.policies[place]
    assume(not policy.reinstatements)
    effective = date.fromordinal(date(2026, 1, 1).toordinal() + later)
    notice = attrs.evolve(make.cancellation(effective), evidence=make.evidence(level))
    changed = with_policy(dossier, place, attrs.evolve(policy, cancellations=(*policy.cancellations, notice)))
    before, after = outcomes(dossier, book, day), outcomes(changed, book, day)

    for requirement, outcome in after.items():
        if before[requirement] in _BAD:
            assert outcome in _BAD, requirement


@given(anything(), days(), _WHICH, st.integers(0, 400))
def test_a_reinstatement_below_the_level_asked_for_turns_nothing_into_a_pass(
    case: tuple[Dossier, RuleBook], day: date, which: int, later: int
) -> None:
    dossier, book = numbered(case[0]), case[1]
    assume(dossier.policies)
    place = which % len(dossier.policies)
    policy = dossier.policies[place]
    effective = date.fromordinal(date(2026, 1, 1).toordinal() + later)
    notice = attrs.evolve(make.reinstatement(effective), evidence=make.evidence(EvidenceLevel.DECLARED))
    changed = with_policy(dossier, place, attrs.evolve(policy, reinstatements=(*policy.reinstatements, notice)))
    before, after = outcomes(dossier, book, day), outcomes(changed, book, day)
    needs_more = {
        member.id
        for group in book.sets
        for requirement in group.requirements
        for member in requirement.walk()
        if getattr(getattr(member, "evidence", None), "at_least", EvidenceLevel.DECLARED) is not EvidenceLevel.DECLARED
    }

    for requirement, outcome in after.items():
        if before[requirement] in _BAD and requirement[1] in needs_more:
            assert outcome in _BAD, requirement
