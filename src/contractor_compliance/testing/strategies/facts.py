"""Strategies for policies, their statements, certificates and exemptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contractor_compliance.domain import (
    AggregateBasis,
    Cancellation,
    Carrier,
    CarrierRating,
    CarrierStatus,
    Certificate,
    Endorsement,
    EndorsementBasis,
    Evidence,
    EvidenceLevel,
    EvidenceRule,
    Exclusions,
    Exemption,
    FinancialStrength,
    Insured,
    Limits,
    Line,
    Missing,
    Participant,
    Policy,
    Reinstatement,
    ReviewEvent,
    ReviewStatus,
    State,
    StateList,
    StateListKind,
    StatesCovered,
    Term,
    Trigger,
    TriggerTerms,
    UnderlyingLimit,
    UnderlyingSchedule,
)
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, few, record, seldom, usually

__all__ = ["FACT_MAKERS", "policies_of"]

_ABSENT = st.just(Missing.ABSENT)
_GONE = st.sampled_from(Missing)
_NOTHING: SearchStrategy[tuple[Any, ...]] = st.just(())
_NO = st.just(False)  # noqa: FBT003
_YES = st.just(True)  # noqa: FBT003


def _stated(statements: SearchStrategy[Any], *, unusual: int = 10) -> SearchStrategy[tuple[Any, ...]]:
    """Return one statement, now and then none or several."""
    return seldom(few(statements), statements.map(lambda one: (one,)), once_in=unusual)


def _evidence(sampler: Sampler) -> SearchStrategy[Evidence]:
    usual = [
        Evidence(level=level, observed_on=sampler.shifted(sampler.around, offset))
        for level in (EvidenceLevel.CONFIRMED, EvidenceLevel.COPY, EvidenceLevel.CERTIFICATE)
        for offset in (-200, -30, 0)
    ]
    return seldom(sampler.derive(Evidence), st.sampled_from(usual), once_in=4)


def _evidence_rule(sampler: Sampler) -> SearchStrategy[EvidenceRule]:
    usual = (EvidenceRule(), EvidenceRule(at_least=EvidenceLevel.DECLARED), EvidenceRule(at_least=EvidenceLevel.COPY))
    return seldom(sampler.derive(EvidenceRule), st.sampled_from(usual))


def _limits_of(sampler: Sampler, line: Line) -> SearchStrategy[Limits]:
    """Return what a policy of `line` usually states, now and then with one amount changed or left out."""

    def build(thousands: int, odd: dict[str, Any], basis: Any, retention: Any, evidence: Evidence) -> Limits:
        amounts: dict[str, Any] = {**pools.table(line, thousands), **odd}
        return Limits(**amounts, aggregate_basis=basis, retention=retention, evidence=evidence)

    shared: dict[str, Any] = {
        "products_completed_operations_aggregate": Missing.ABSENT,
        "products_in_general_aggregate": True,
    }
    odd_amount = st.dictionaries(
        st.sampled_from(sorted(pools.table(line))), st.one_of(sampler.money(), _GONE), min_size=1, max_size=1
    )
    return st.builds(
        build,
        usually(1_000, 500, 5_000),
        seldom(st.one_of(odd_amount, st.just(shared)), st.just({}), once_in=4),
        usually(Missing.ABSENT, *AggregateBasis, once_in=3),
        usually(Missing.ABSENT, *pools.AMOUNTS),
        sampler.of(Evidence),
    )


def _limits(sampler: Sampler) -> SearchStrategy[Limits]:
    shared = sampler.derive(Limits, products_in_general_aggregate=_YES, products_completed_operations_aggregate=_GONE)
    return st.one_of(sampler.derive(Limits, products_in_general_aggregate=_NO), shared)


def _term(sampler: Sampler) -> SearchStrategy[Term]:
    def fixed(span: tuple[date, date], evidence: Evidence) -> Term:
        return Term(effective=span[0], expiration=span[1], evidence=evidence)

    days = sampler.days()
    continuous = sampler.derive(Term, effective=st.one_of(days, _GONE), expiration=_GONE, continuous=_YES)
    no_end = sampler.derive(Term, effective=st.one_of(days, _GONE), expiration=_GONE, continuous=_NO)
    no_start = sampler.derive(Term, effective=_GONE, expiration=days, continuous=_NO)
    whole = st.builds(fixed, sampler.spans(), sampler.of(Evidence))
    return seldom(st.one_of(continuous, no_end, no_start), whole, once_in=8)


def _trigger_terms(sampler: Sampler) -> SearchStrategy[TriggerTerms]:
    occurrence = sampler.derive(
        TriggerTerms,
        trigger=st.just(Trigger.OCCURRENCE),
        retroactive_date=_GONE,
        full_prior_acts=_NO,
        extended_reporting_until=st.none(),
    )
    claims = st.one_of(st.just(Trigger.CLAIMS_MADE), _GONE)
    since = sampler.derive(TriggerTerms, trigger=claims, full_prior_acts=_NO)
    full = sampler.derive(TriggerTerms, trigger=claims, retroactive_date=_GONE, full_prior_acts=_YES)
    return seldom(st.one_of(since, full), occurrence, once_in=4)


def _endorsement(sampler: Sampler) -> SearchStrategy[Endorsement]:
    blanket = st.just(EndorsementBasis.BLANKET)
    scheduled = st.one_of(st.just(EndorsementBasis.SCHEDULED), _GONE)
    return st.one_of(
        sampler.derive(Endorsement, basis=blanket, parties=_NOTHING),
        sampler.derive(Endorsement, basis=scheduled, parties=few(st.sampled_from(pools.NAMES))),
    )


def _states_covered(sampler: Sampler) -> SearchStrategy[StatesCovered]:
    home = StateList(states=frozenset({pools.STATES[0]}))
    return sampler.derive(
        StatesCovered, item_3a=seldom(st.one_of(sampler.of(StateList), _GONE), st.just(home), once_in=3)
    )


def _state_list(sampler: Sampler) -> SearchStrategy[StateList]:
    kinds = usually(StateListKind.LISTED, StateListKind.ALL_EXCEPT, once_in=4)
    return sampler.derive(
        StateList, kind=kinds, states=st.frozensets(st.sampled_from(pools.STATES), min_size=1, max_size=3)
    )


def _exclusions(sampler: Sampler) -> SearchStrategy[Exclusions]:
    def build(who: dict[str, bool], asked: Any, if_any: Any, evidence: Evidence) -> Exclusions:
        excluded = tuple(name for name, out in who.items() if out)
        return Exclusions(
            any_excluded=Missing.ABSENT if excluded and asked is False else asked,
            excluded=excluded,
            included=tuple(name for name, out in who.items() if not out),
            if_any=if_any,
            evidence=evidence,
        )

    names = st.sampled_from((*pools.PEOPLE, "John Smith"))
    return st.builds(
        build,
        seldom(st.dictionaries(names, st.booleans(), max_size=2), st.just({}), once_in=3),
        usually(False, True, *Missing, once_in=3),  # noqa: FBT003
        usually(False, True, once_in=8),  # noqa: FBT003
        sampler.of(Evidence),
    )


def _participant(sampler: Sampler) -> SearchStrategy[Participant]:
    def build(name: str, span: tuple[date, date], *, ends: bool) -> Participant:
        return Participant(name=name, effective=span[0], until=span[1] if ends else None)

    return st.builds(build, st.sampled_from(pools.NAMES), sampler.spans(), ends=st.booleans())


def _insured(sampler: Sampler) -> SearchStrategy[Insured]:
    return sampler.derive(
        Insured,
        odd={"participants": few(sampler.of(Participant))},
        name=usually(pools.NAMES[0], None, *pools.NAMES[1:], once_in=2),
    )


def _layer(sampler: Sampler) -> SearchStrategy[UnderlyingSchedule]:
    attachment = 100_000_000
    usual = tuple(
        UnderlyingLimit(line=line, occurrence=attachment, aggregate=attachment)
        for line in (Line.GL, Line.AUTO, Line.EL)
    )
    schedules = st.one_of(few(sampler.of(UnderlyingLimit)), _GONE)
    return sampler.derive(UnderlyingSchedule, schedule=seldom(schedules, st.just(usual), once_in=3))


def _underlying(sampler: Sampler) -> SearchStrategy[UnderlyingLimit]:
    return sampler.derive(UnderlyingLimit, line=st.sampled_from((Line.GL, Line.AUTO, Line.EL, Line.PROFESSIONAL)))


def _carrier(sampler: Sampler) -> SearchStrategy[Carrier]:
    def build(known: tuple[str, str | None], status: Any, fund: State | None, rated: dict[date, Any]) -> Carrier:
        return Carrier(
            name=known[0],
            naic=known[1],
            status=status,
            fund_state=fund if status is CarrierStatus.STATE_FUND else None,
            ratings=tuple(CarrierRating(effective=day, **rated[day]) for day in sorted(rated)),
        )

    ratings = record(
        {
            "strength": usually(FinancialStrength.A, *FinancialStrength),
            "size": usually(10, 1, 7, 15, *Missing),
        }
    )
    return st.builds(
        build,
        st.sampled_from(pools.CARRIERS),
        usually(CarrierStatus.ADMITTED, *CarrierStatus, *Missing, once_in=3),
        st.sampled_from((None, State.OH, State.WA, State.TX)),
        st.dictionaries(sampler.days(), ratings, max_size=2),
    )


def policies_of(sampler: Sampler, line: Line) -> SearchStrategy[Policy]:
    """Return policies of one line."""

    def make() -> SearchStrategy[Policy]:
        usual = {
            "line": st.just(line),
            "insured": _stated(sampler.of(Insured)),
            "terms": _stated(sampler.of(Term)),
            "limits": _stated(_limits_of(sampler, line)),
        }
        if line in (Line.WC, Line.EL):
            usual |= {
                "states": _stated(sampler.of(StatesCovered)),
                "exclusions": _stated(sampler.of(Exclusions)),
            }
        if line.is_layer:
            usual |= {"underlying_schedules": _stated(sampler.of(UnderlyingSchedule))}
        odd = {
            "program": _YES,
            "cancellations": few(sampler.of(Cancellation)),
            "reinstatements": few(sampler.of(Reinstatement)),
            "triggers": _stated(sampler.of(TriggerTerms)),
            "endorsements": few(sampler.of(Endorsement), 3),
        }
        rest = sampler.parts(Policy, *usual, "underlying_schedules", "states", "exclusions", odd=odd)
        return st.builds(lambda parts, more: Policy(**parts, **more), record(usual), rest)

    return sampler.once(("policies", line), make)


def _policy(sampler: Sampler) -> SearchStrategy[Policy]:
    return st.sampled_from(pools.LINES).flatmap(lambda line: policies_of(sampler, line))


def _certificate(sampler: Sampler) -> SearchStrategy[Certificate]:
    def build(loose: Certificate, steps: list[ReviewEvent]) -> Certificate:
        review = tuple(sorted(steps, key=lambda step: step.at))
        return attrs.evolve(loose, review=review, status=review[-1].status if review else loose.status)

    usual = usually(ReviewStatus.APPROVED, *ReviewStatus, once_in=3)
    loose = sampler.derive(Certificate, odd={"form": st.just("ACORD 25"), "review": _NOTHING}, status=usual)
    return st.builds(build, loose, st.lists(sampler.derive(ReviewEvent, status=usual), max_size=2))


def _exemption(sampler: Sampler) -> SearchStrategy[Exemption]:
    odd = {
        "cancellations": few(sampler.of(Cancellation)),
        "reinstatements": few(sampler.of(Reinstatement)),
    }
    return sampler.derive(Exemption, odd=odd, terms=_stated(sampler.of(Term)))


FACT_MAKERS: Mapping[type[Any], Maker] = {
    Carrier: _carrier,
    Certificate: _certificate,
    Endorsement: _endorsement,
    Evidence: _evidence,
    EvidenceRule: _evidence_rule,
    Exclusions: _exclusions,
    Exemption: _exemption,
    Insured: _insured,
    UnderlyingSchedule: _layer,
    Limits: _limits,
    Participant: _participant,
    Policy: _policy,
    StateList: _state_list,
    StatesCovered: _states_covered,
    Term: _term,
    TriggerTerms: _trigger_terms,
    UnderlyingLimit: _underlying,
}
