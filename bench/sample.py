"""One contractor and one rule set, in our terms and as the flat facts that a rule engine takes.

The rule set is what every engine beside ours can say too: general liability in force, each occurrence of at least
1 million, general aggregate of at least 2 million, and the contractor as the named insured; workers' compensation in
force with the state of work in item 3.A; automobile liability in force with a single limit of at least 1 million.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import attrs

from contractor_compliance.domain import Dossier, LimitKind, Limits, Line, Missing, Policy, RuleBook, State, StateList
from contractor_compliance.testing import factories

__all__ = ["DAY", "FAILING", "LINES", "ORDERLY", "Facts", "Variation", "flatten", "rule_book", "variations"]

#: The flat facts of one contractor on one day: text and whole numbers, days as ordinals, amounts in cents.
Facts = dict[str, Any]

DAY = date(2026, 6, 1)
LINES = {Line.GL: "gl", Line.WC: "wc", Line.AUTO: "auto"}
_EXPIRED = (date(2025, 1, 1), date(2026, 1, 1))
_DAYS = (date(2025, 12, 31), factories.TERM_START, DAY, date(2026, 12, 31), factories.TERM_END)


@attrs.frozen
class Variation:
    """One state of the three policies, and the day asked about."""

    gl: str = "good"
    wc: str = "good"
    auto: str = "good"
    day: date = DAY

    def dossier(self) -> Dossier:
        work = factories.assignment(start=date(2025, 6, 1), end=None)
        return factories.dossier(work, *_gl(self.gl), *_wc(self.wc), *_auto(self.auto))


ORDERLY = Variation()
FAILING = Variation("low_occurrence", "wrong_state", "low")


def variations() -> Iterator[Variation]:
    """Yield every combination of what may be wrong with each policy, on days within its term and at its edges."""
    gl = ("good", "missing", "expired", "renewed", "low_occurrence", "low_aggregate", "wrong_name")
    wc = ("good", "missing", "expired", "wrong_state")
    auto = ("good", "missing", "expired", "low")
    for states in product(gl, wc, auto, _DAYS):
        yield Variation(*states)


def rule_book() -> RuleBook:
    return factories.rulebook(
        factories.gl_requirement(), factories.wc_requirement(), factories.auto_requirement(), id="bench"
    )


def _gl(state: str) -> tuple[Policy, ...]:
    occurrence, aggregate = factories.MILLION, 2 * factories.MILLION
    short = {
        "low_occurrence": {LimitKind.EACH_OCCURRENCE: occurrence - 1, LimitKind.GENERAL_AGGREGATE: aggregate},
        "low_aggregate": {LimitKind.EACH_OCCURRENCE: occurrence, LimitKind.GENERAL_AGGREGATE: aggregate - 1},
    }
    match state:
        case "missing":
            return ()
        case "expired":
            return (factories.gl_policy(term=_EXPIRED),)
        case "renewed":
            return (factories.gl_policy(id="policy-before", term=_EXPIRED), factories.gl_policy())
        case "wrong_name":
            return (factories.gl_policy(insured=(factories.insured("Lone Prairie Haulage Inc"),)),)
        case _:
            return (factories.gl_policy(limits=short.get(state)),)


def _wc(state: str) -> tuple[Policy, ...]:
    match state:
        case "missing":
            return ()
        case "expired":
            return (factories.wc_policy(term=_EXPIRED),)
        case "wrong_state":
            good = factories.wc_policy()
            elsewhere = attrs.evolve(
                good.states[0],
                item_3a=StateList(states=frozenset({State.GA, State.TN})),
                item_3c=StateList(states=frozenset({State.FL})),
            )
            return (attrs.evolve(good, states=(elsewhere,)),)
        case _:
            return (factories.wc_policy(),)


def _auto(state: str) -> tuple[Policy, ...]:
    match state:
        case "missing":
            return ()
        case "expired":
            return (factories.auto_policy(term=_EXPIRED),)
        case "low":
            return (factories.auto_policy(limits={LimitKind.COMBINED_SINGLE_LIMIT: factories.MILLION - 1}),)
        case _:
            return (factories.auto_policy(),)


def flatten(dossier: Dossier, day: date) -> Facts:
    """Return what a rule engine is given: the least that a host would have to write to ask one about a dossier.

    It takes the first statement of each fact for granted: it weighs no evidence, and knows no notice of cancellation.
    """
    ordinal = day.toordinal()
    (work,) = dossier.assignments
    (state,) = work.work_states
    facts: Facts = {
        "day": ordinal,
        "contractor": dossier.contractor.legal_name,
        "work_state": state.value,
        "gl": {"effective": 0, "expiration": 0, "each_occurrence": 0, "general_aggregate": 0, "named_insured": ""},
        "wc": {"effective": 0, "expiration": 0, "states_3a": []},
        "auto": {"effective": 0, "expiration": 0, "combined_single_limit": 0},
    }
    for policy in dossier.policies:
        key = LINES.get(policy.line)
        if key is None:
            continue
        held = facts[key]
        if held["effective"] <= ordinal < held["expiration"]:
            continue
        term = policy.terms[0]
        held["effective"] = 0 if isinstance(term.effective, Missing) else term.effective.toordinal()
        held["expiration"] = 0 if isinstance(term.expiration, Missing) else term.expiration.toordinal()
        if key == "gl":
            held["each_occurrence"] = _cents(policy.limits[0], LimitKind.EACH_OCCURRENCE)
            held["general_aggregate"] = _cents(policy.limits[0], LimitKind.GENERAL_AGGREGATE)
            held["named_insured"] = policy.insured[0].name or ""
        elif key == "wc":
            listed = policy.states[0].item_3a
            held["states_3a"] = [] if isinstance(listed, Missing) else [state.value for state in listed.states]
        else:
            held["combined_single_limit"] = _cents(policy.limits[0], LimitKind.COMBINED_SINGLE_LIMIT)
    return facts


def _cents(limits: Limits, kind: LimitKind) -> int:
    amount = limits.stated(kind)
    return 0 if isinstance(amount, Missing) else amount
