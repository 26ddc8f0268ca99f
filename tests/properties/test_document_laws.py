"""Binders, placeholder numbers, evidence of property, leasing firms: what proves less never makes an answer better."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    Cancellation,
    Dossier,
    Evidence,
    EvidenceLevel,
    EvidenceRule,
    InsuredCapacity,
    Participant,
    Policy,
    Reinstatement,
    RuleBook,
    Term,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.evaluation.facts.in_force import in_force, in_force_with_binder
from contractor_compliance.results import Outcome
from contractor_compliance.testing import factories as make
from tests.properties.walks import Place, rebuilt, underlying
from tests.properties.worlds import CHECKS, anything, days

GOOD = {Outcome.PASS, Outcome.PASS_WITH_DEPENDENCY}
FIRST = date(2026, 1, 1)
DAYS = tuple(FIRST + timedelta(days=offset) for offset in range(-3, 25))
DRAWN = st.integers(0, 14).map(lambda offset: FIRST + timedelta(days=offset))
LEVELS = st.sampled_from(EvidenceLevel)


@st.composite
def terms(draw: st.DrawFn) -> Term:
    start = draw(DRAWN)
    return make.term(start, start + timedelta(days=draw(st.integers(1, 14))))


def notices(cls: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    one = st.builds(cls, effective=DRAWN, issued_on=DRAWN, evidence=st.just(make.evidence()))
    return st.lists(one, max_size=2).map(tuple)


@given(terms(), notices(Cancellation), notices(Reinstatement))
def test_a_binder_is_certain_on_the_days_of_its_own_term_and_never_known_to_have_ended_for_good(
    binder: Term, cancelled: tuple[Cancellation, ...], reinstated: tuple[Reinstatement, ...]
) -> None:
    bound = in_force_with_binder((), (binder,), cancelled, reinstated)
    as_policy = in_force((binder,), cancelled, reinstated)

    assert bound.certain == as_policy.certain == bound.bound
    for day in DAYS:
        if day in as_policy.possible:
            assert day in bound.possible
        if not cancelled and not reinstated and binder.effective <= day:
            assert day in bound.possible


@given(terms(), terms(), notices(Cancellation), notices(Reinstatement))
def test_a_policy_and_its_binder_are_in_force_on_the_days_of_either(
    policy: Term, binder: Term, cancelled: tuple[Cancellation, ...], reinstated: tuple[Reinstatement, ...]
) -> None:
    both = in_force_with_binder((policy,), (binder,), cancelled, reinstated)
    one, other = (in_force((term,), cancelled, reinstated) for term in (policy, binder))

    assert both.certain == one.certain | other.certain
    assert both.possible == one.possible | other.possible


def first_policy_only(dossier: Dossier) -> Dossier:
    """Leave one policy, so that its number says nothing of which policy it is."""
    return attrs.evolve(dossier, policies=dossier.policies[:1], waivers=())


def answers(dossier: Dossier, book: RuleBook, day: date) -> dict[Place, Outcome]:
    return underlying(evaluate(dossier, book, as_of=day, window=False, custom=CHECKS))


def with_number(dossier: Dossier, number: str | None) -> Dossier:
    policies = tuple(make.identified(policy, number=number) for policy in dossier.policies)
    return attrs.evolve(dossier, policies=policies)


@given(anything(), days())
def test_a_placeholder_never_makes_an_outcome_better_than_a_number(case: tuple[Dossier, RuleBook], day: date) -> None:
    dossier, book = first_policy_only(case[0]), case[1]
    numbered, unnumbered = (answers(with_number(dossier, number), book, day) for number in ("GL 778899", "TBD"))

    assert not {place for place in numbered if unnumbered[place].rank > numbered[place].rank}


@given(anything(), days())
def test_a_term_that_turns_out_a_binders_never_makes_an_outcome_pass(case: tuple[Dossier, RuleBook], day: date) -> None:
    dossier, book = first_policy_only(case[0]), case[1]
    unnumbered = with_number(dossier, None).policies
    policies = tuple(attrs.evolve(policy, terms=tuple(map(as_binder, policy.terms))) for policy in unnumbered)
    bound = attrs.evolve(dossier, policies=policies)
    plain = answers(with_number(dossier, "GL 778899"), book, day)

    for place, outcome in answers(bound, book, day).items():
        assert outcome not in GOOD or plain[place].rank >= outcome.rank


def as_binder(term: Term) -> Term:
    return attrs.evolve(term, evidence=attrs.evolve(term.evidence, document="acord_75"))


def on_property_form(value: Any) -> Any:
    return attrs.evolve(value, document="acord_28", certificate_id=None) if isinstance(value, Evidence) else value


def from_source(policy: Policy, level: EvidenceLevel) -> Policy:
    """Return a policy with everything stated by one source of a level."""
    source = make.evidence(level)
    stated: Policy = rebuilt(policy, lambda value: source if isinstance(value, Evidence) else value)
    return stated


@given(LEVELS, LEVELS, st.sampled_from((make.gl_policy, make.wc_policy, make.auto_policy, make.umbrella_policy)))
@example(EvidenceLevel.PLATFORM, EvidenceLevel.PLATFORM, make.umbrella_policy)
def test_evidence_of_property_never_proves_liability_on_any_level(
    level: EvidenceLevel, asked: EvidenceLevel, of: Any
) -> None:
    policy = from_source(of(), level)
    rule = EvidenceRule(at_least=asked)
    requirement = (
        make.umbrella_requirement(evidence=rule)
        if policy.line.is_layer
        else make.requirement(policy.line, evidence=rule)
    )
    # The level asked for holds for the policy beneath as well (domain rule B14.3).
    beneath = (from_source(make.gl_policy(), EvidenceLevel.PLATFORM),) if policy.line.is_layer else ()

    def outcome(policy: Policy) -> Outcome:
        dossier = make.dossier(policy, *beneath)
        report = evaluate(dossier, make.rulebook(requirement), as_of=date(2026, 6, 15), window=False)
        return report.finding(requirement.id).outcome

    assert (outcome(policy) in GOOD) is (level.rank >= asked.rank)
    assert outcome(rebuilt(policy, on_property_form)) is Outcome.FAIL


ENTRIES = st.builds(
    Participant,
    name=st.sampled_from(("Pat Sample", "SAMPLE, PAT", "Pat M. Sample", "Kim Worker")),
    effective=st.sampled_from((date(2026, 1, 1), date(2026, 7, 1))),
    until=st.sampled_from((None, date(2026, 12, 1))),
)
ROSTERS = st.lists(
    st.tuples(st.lists(ENTRIES, max_size=2).map(tuple), LEVELS, st.sampled_from((date(2026, 1, 5), date(2026, 3, 5)))),
    max_size=2,
)
_Rosters = list[tuple[tuple[Participant, ...], EvidenceLevel, date]]


@given(LEVELS, ROSTERS, st.sampled_from(InsuredCapacity))
def test_a_leasing_firms_policy_covers_an_owner_only_by_a_roster_of_the_level_asked(
    asked: EvidenceLevel, rosters: _Rosters, capacity: InsuredCapacity
) -> None:
    lists = tuple(
        make.insured(None, leased_workers=entries, evidence=make.evidence(level, observed_on=observed))
        for entries, level, observed in rosters
    )
    best = make.evidence(EvidenceLevel.PLATFORM)
    policy = from_source(make.wc_policy(), EvidenceLevel.PLATFORM)
    named = make.insured("Sample PEO Inc L/C/F Sample Rigging LLC", evidence=best)
    leased = attrs.evolve(policy, insured_as=capacity, insured=(named, *lists))
    requirement = make.wc_requirement(evidence=EvidenceRule(at_least=asked))
    day = date(2026, 6, 15)
    report = evaluate(make.dossier(leased), make.rulebook(requirement), as_of=day, window=False)

    if report.finding(requirement.id).outcome in GOOD:
        assert any(
            level.rank >= asked.rank and entry.effective <= day and entry.name in ("Pat Sample", "SAMPLE, PAT")
            for entries, level, _ in rosters
            for entry in entries
        )
