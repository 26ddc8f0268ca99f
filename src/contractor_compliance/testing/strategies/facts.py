"""Strategies for policies and exemptions, and for the statements and evidence that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contractor_compliance import domain
from contractor_compliance.domain import Evidence, EvidenceLevel, EvidenceRule, Line, Missing
from contractor_compliance.testing.factories import MILLION
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, built, few, record, seldom, usually

__all__ = ["FACT_MAKERS", "policies_of"]

_MISSING = st.sampled_from(Missing)
_NO = st.just(False)  # noqa: FBT003
_YES = st.just(True)  # noqa: FBT003
#: What a source states that prints INCLUDED for the products aggregate.
_INCLUDED: dict[str, Any] = {
    "products_in_general_aggregate": _YES,
    "products_completed_operations_aggregate": _MISSING,
}
_NAMES = usually(pools.NAMES[0], None, *pools.NAMES[1:], once_in=2)
_STATES = st.frozensets(st.sampled_from(pools.STATES), min_size=1, max_size=3)
_LIST_KINDS = usually(domain.StateListKind.LISTED, domain.StateListKind.ALL_EXCEPT, once_in=4)
_BENEATH = st.sampled_from((Line.GL, Line.AUTO, Line.EL, Line.PROFESSIONAL))


def _stated(statements: SearchStrategy[Any]) -> SearchStrategy[tuple[Any, ...]]:
    """Return one statement, now and then none or several."""
    return seldom(few(statements), statements.map(lambda statement: (statement,)), once_in=10)


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


def _limits(sampler: Sampler) -> SearchStrategy[domain.Limits]:
    apart = sampler.derive(domain.Limits, "products_in_general_aggregate")
    return st.one_of(apart, sampler.derive(domain.Limits, **_INCLUDED))


def _limits_of(sampler: Sampler, line: Line) -> SearchStrategy[domain.Limits]:
    """Return what a policy of `line` usually states, now and then with one amount changed or left out."""
    usual = [
        {kind.value: cents for kind, cents in pools.usual_limits(line, unit).items()}
        for unit in (MILLION, MILLION // 2, 5 * MILLION)
    ]
    amounts = st.one_of(sampler.money, _MISSING)
    odd = st.dictionaries(st.sampled_from(sorted(usual[0])), amounts, min_size=1, max_size=1)
    rest = {
        "aggregate_basis": usually(Missing.ABSENT, *domain.AggregateBasis, once_in=3),
        "retention": usually(Missing.ABSENT, *pools.AMOUNTS),
        "evidence": sampler.of(Evidence),
    }
    changes = seldom(st.one_of(odd, record(_INCLUDED)), st.just({}), once_in=4)
    return built(domain.Limits, usually(*usual), changes, record(rest))


def _term(sampler: Sampler) -> SearchStrategy[domain.Term]:
    starts = st.one_of(sampler.days, _MISSING)
    unusual = (
        sampler.derive(domain.Term, effective=starts, expiration=_MISSING, continuous=_YES),
        sampler.derive(domain.Term, effective=starts, expiration=_MISSING, continuous=_NO),
        sampler.derive(domain.Term, effective=_MISSING, expiration=sampler.days, continuous=_NO),
    )
    fixed = sampler.spanned(domain.Term, ("effective", "expiration"), sampler.spans, "continuous")
    return seldom(st.one_of(unusual), fixed, once_in=8)


def _trigger_terms(sampler: Sampler) -> SearchStrategy[domain.TriggerTerms]:
    occurrence = sampler.derive(
        domain.TriggerTerms,
        *("full_prior_acts", "extended_reporting_until"),
        trigger=st.just(domain.Trigger.OCCURRENCE),
        retroactive_date=_MISSING,
    )
    claims = st.one_of(st.just(domain.Trigger.CLAIMS_MADE), _MISSING)
    since = sampler.derive(domain.TriggerTerms, "full_prior_acts", trigger=claims)
    full = sampler.derive(domain.TriggerTerms, trigger=claims, retroactive_date=_MISSING, full_prior_acts=_YES)
    return seldom(st.one_of(since, full), occurrence, once_in=4)


def _endorsement(sampler: Sampler) -> SearchStrategy[domain.Endorsement]:
    blanket = st.just(domain.EndorsementBasis.BLANKET)
    scheduled = st.one_of(st.just(domain.EndorsementBasis.SCHEDULED), _MISSING)
    return st.one_of(
        sampler.derive(domain.Endorsement, "parties", basis=blanket),
        sampler.derive(domain.Endorsement, basis=scheduled, parties=few(st.sampled_from(pools.NAMES))),
    )


def _states_covered(sampler: Sampler) -> SearchStrategy[domain.StatesCovered]:
    home = st.just(domain.StateList(states=frozenset({pools.STATES[0]})))
    listed = seldom(st.one_of(sampler.of(domain.StateList), _MISSING), home, once_in=3)
    return sampler.derive(domain.StatesCovered, item_3a=listed)


def _exclusions(sampler: Sampler) -> SearchStrategy[domain.Exclusions]:
    def build(is_excluded: dict[str, bool], parts: dict[str, Any]) -> domain.Exclusions:
        excluded = tuple(name for name in is_excluded if is_excluded[name])
        included = tuple(name for name in is_excluded if not is_excluded[name])
        if excluded and parts["any_excluded"] is False:
            parts = {**parts, "any_excluded": Missing.ABSENT}
        return domain.Exclusions(**parts, excluded=excluded, included=included)

    people = st.sampled_from((*pools.PEOPLE, "John Smith"))
    parts = sampler.parts(
        domain.Exclusions,
        *("excluded", "included"),
        any_excluded=usually(False, True, *Missing, once_in=3),  # noqa: FBT003
        if_any=usually(False, True, once_in=8),  # noqa: FBT003
    )
    return st.builds(build, seldom(st.dictionaries(people, st.booleans(), max_size=2), st.just({}), once_in=3), parts)


def _layer(sampler: Sampler) -> SearchStrategy[domain.UnderlyingSchedule]:
    usual = tuple(
        domain.UnderlyingLimit(line=line, occurrence=MILLION, aggregate=MILLION)
        for line in (Line.GL, Line.AUTO, Line.EL)
    )
    unusual = st.one_of(few(sampler.of(domain.UnderlyingLimit)), _MISSING)
    return sampler.derive(domain.UnderlyingSchedule, schedule=seldom(unusual, st.just(usual), once_in=3))


def policies_of(sampler: Sampler, line: Line) -> SearchStrategy[domain.Policy]:
    """Return policies of one line."""
    given: dict[str, SearchStrategy[Any]] = {
        "identifications": _stated(sampler.of(domain.PolicyIdentification)),
        "insured": _stated(sampler.of(domain.Insured)),
        "terms": _stated(sampler.of(domain.Term)),
        "limits": _stated(_limits_of(sampler, line)),
    }
    if line in (Line.WC, Line.EL):
        given["states"] = _stated(sampler.of(domain.StatesCovered))
        given["exclusions"] = _stated(sampler.of(domain.Exclusions))
    if line in (Line.AUTO, Line.PERSONAL_AUTO):
        given["covered_autos"] = _stated(sampler.of(domain.CoveredAutos))
    if line.is_layer:
        given["underlying_schedules"] = _stated(sampler.of(domain.UnderlyingSchedule))
    odd = {
        "triggers": _stated(sampler.of(domain.TriggerTerms)),
        "endorsements": few(sampler.of(domain.Endorsement), 3),
        "endorsement_lists": few(sampler.of(domain.EndorsementList)),
        "policy_exclusions": few(sampler.of(domain.PolicyExclusion)),
    }
    unfit = {"states", "exclusions", "underlying_schedules", "covered_autos"} - given.keys()
    return sampler.derive(domain.Policy, *unfit, odd=odd, line=st.just(line), **given)


def _policy(sampler: Sampler) -> SearchStrategy[domain.Policy]:
    return st.sampled_from(pools.LINES).flatmap(lambda line: sampler.once(policies_of, line))


def _covered_autos(sampler: Sampler) -> SearchStrategy[domain.CoveredAutos]:
    kinds = st.frozensets(st.sampled_from(domain.AutoKind), min_size=1, max_size=3)
    return sampler.derive(domain.CoveredAutos, kinds=kinds)


FACT_MAKERS: Mapping[type[Any], Maker] = {
    domain.CoveredAutos: _covered_autos,
    domain.Endorsement: _endorsement,
    domain.Evidence: _evidence,
    domain.EvidenceRule: _evidence_rule,
    domain.Exclusions: _exclusions,
    domain.Exemption: lambda sampler: sampler.derive(domain.Exemption, terms=_stated(sampler.of(domain.Term))),
    domain.Insured: lambda sampler: sampler.derive(domain.Insured, name=_NAMES),
    domain.UnderlyingSchedule: _layer,
    domain.Limits: _limits,
    domain.Participant: lambda sampler: sampler.spanned(
        domain.Participant, ("effective", "until"), sampler.begun_spans
    ),
    domain.Policy: _policy,
    domain.StateList: lambda sampler: sampler.derive(domain.StateList, kind=_LIST_KINDS, states=_STATES),
    domain.StatesCovered: _states_covered,
    domain.Term: _term,
    domain.TriggerTerms: _trigger_terms,
    domain.UnderlyingLimit: lambda sampler: sampler.derive(domain.UnderlyingLimit, line=_BENEATH),
}
