"""Presumptions are switches: off, nothing that only they read matters; on, they answer what was open (rule B14.16)."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from contractor_compliance.domain import (
    CombinedLimitRequirement,
    CoverageRequirement,
    Dossier,
    Evidence,
    EvidenceLevel,
    Insured,
    LimitKind,
    Line,
    Missing,
    Policy,
    RuleBook,
    Trigger,
    TriggerTerms,
    UmbrellaRequirement,
    UnderlyingLimit,
    UnderlyingSchedule,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Outcome
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.factories import MILLION
from tests.properties.walks import Place, rebuilt, underlying
from tests.properties.worlds import CHECKS, DAYS, anything, days

#: The outcomes that each outcome may become when a presumption is switched on.
MAY_BECOME = {
    Outcome.UNKNOWN: {Outcome.UNKNOWN, Outcome.PASS_WITH_DEPENDENCY},
    **{outcome: {outcome} for outcome in Outcome if outcome is not Outcome.UNKNOWN},
}
CERTIFICATES = tuple(make.certificate(id=f"certificate-{place}") for place in (1, 2))
_ON_ONE = Evidence(level=EvidenceLevel.CERTIFICATE, observed_on=date(2026, 1, 10), certificate_id="certificate-1")
_USUAL = {
    Line.GL: make.usual_limits(Line.GL),
    Line.AUTO: make.usual_limits(Line.AUTO),
    Line.WC: make.usual_limits(Line.WC),
    Line.UMBRELLA: make.usual_limits(Line.UMBRELLA),
    Line.EXCESS: make.usual_limits(Line.EXCESS),
}
_SHOWN = st.sampled_from((True,) * 11 + (False,))


def _source(draw: DrawFn) -> Evidence:
    if draw(_SHOWN):
        return _ON_ONE
    return draw(
        st.sampled_from(
            (
                attrs.evolve(_ON_ONE, certificate_id="certificate-2"),
                attrs.evolve(_ON_ONE, certificate_id=None),
                make.evidence(EvidenceLevel.DECLARED),
                make.evidence(),
            )
        )
    )


def _policy(draw: DrawFn, line: Line) -> Policy:
    amounts: dict[LimitKind, Any] = dict(_USUAL[line])
    if not draw(_SHOWN):
        amounts[draw(st.sampled_from(sorted(amounts, key=lambda kind: kind.value)))] = draw(
            st.sampled_from((MILLION // 2, MILLION - 1, Missing.ABSENT, 3 * MILLION))
        )
    name = "Sample Rigging LLC" if draw(_SHOWN) else draw(st.sampled_from(("Sample Rigging, L.L.C.", "Other Co", None)))
    trigger = Trigger.OCCURRENCE if draw(_SHOWN) else draw(st.sampled_from((Trigger.CLAIMS_MADE, Missing.ABSENT)))
    triggers = (TriggerTerms(trigger=trigger, evidence=_source(draw)),)
    start, end = (make.TERM_START, make.TERM_END)
    if not draw(_SHOWN):
        start, end = draw(st.sampled_from(((date(2025, 1, 1), date(2026, 6, 15)), (date(2026, 6, 15), make.TERM_END))))
    return make.policy(
        line,
        id=str(line),
        number=f"SAMPLE {line}",
        insured=(make.insured(name, evidence=_source(draw)),),
        terms=(make.term(start, end, evidence=_source(draw)),),
        limits=(make.limits(amounts, evidence=_source(draw)),),
        triggers=() if line in (Line.AUTO, Line.WC) else triggers,
    )


@st.composite
def shown_together(draw: DrawFn) -> tuple[Dossier, RuleBook]:
    """Return a primary and an umbrella, most often on one certificate, and what is asked of them; all switches off."""
    primary, line = draw(st.sampled_from(((Line.GL, Line.GL), (Line.AUTO, Line.AUTO), (Line.WC, Line.EL))))
    above = draw(st.sampled_from((Line.UMBRELLA, Line.UMBRELLA, Line.UMBRELLA, Line.EXCESS)))
    amount = draw(st.sampled_from((3 * MILLION, 5 * MILLION, 6 * MILLION, 7 * MILLION)))
    kind = {Line.GL: LimitKind.EACH_OCCURRENCE, Line.AUTO: LimitKind.COMBINED_SINGLE_LIMIT}.get(
        line, LimitKind.EL_EACH_ACCIDENT
    )
    layers = frozenset({Line.UMBRELLA, Line.EXCESS})
    requirement = draw(
        st.sampled_from(
            (
                make.requirement(line, limits={kind: amount}, top_up=layers),
                make.umbrella_requirement(occurrence=amount, over=frozenset({line})),
                make.combined_requirement(line, occurrence=amount),
            )
        )
    )
    policies = (_policy(draw, primary), _policy(draw, above))
    return make.dossier(*policies, certificates=CERTIFICATES), make.rulebook(requirement)


def _switched(book: RuleBook, *, on: bool) -> RuleBook:
    """Return the rule book with every presumption that a requirement may have switched on, or all off."""

    def switch(leaf: Any) -> Any:
        if isinstance(leaf, CoverageRequirement):
            return attrs.evolve(
                leaf,
                presume_home_state_in_3a=on and leaf.line in (Line.WC, Line.EL),
                presume_umbrella_schedule=on and Line.UMBRELLA in leaf.top_up,
            )
        if isinstance(leaf, UmbrellaRequirement | CombinedLimitRequirement):
            return attrs.evolve(leaf, presume_umbrella_schedule=on and Line.UMBRELLA in leaf.layers)
        return leaf

    switched: RuleBook = rebuilt(book, switch)
    return switched


def _answers(dossier: Dossier, book: RuleBook, day: date) -> dict[Place, Outcome]:
    return underlying(evaluate(dossier, book, as_of=day, window=False, custom=CHECKS))


def _assert_only_what_was_open_changes(dossier: Dossier, book: RuleBook, day: date) -> None:
    off, on = (_answers(dossier, _switched(book, on=on), day) for on in (False, True))

    changed = {place: (off[place], on[place]) for place in off if on[place] not in MAY_BECOME[off[place]]}
    assert not changed


@given(shown_together(), st.sampled_from(DAYS))
def test_switching_presumptions_on_changes_only_what_was_open_of_policies_shown_together(
    case: tuple[Dossier, RuleBook], day: date
) -> None:
    _assert_only_what_was_open_changes(*case, day)


@given(anything(), days())
def test_switching_presumptions_on_changes_only_what_was_open(case: tuple[Dossier, RuleBook], day: date) -> None:
    # A waiver may excuse a requirement for one reason and not for another: the facts alone are compared.
    _assert_only_what_was_open_changes(attrs.evolve(case[0], waivers=()), case[1], day)


def _apart(dossier: Dossier) -> Dossier:
    """Return the dossier with a certificate of its own for each policy, and no state beside a named insured."""

    def parted(policy: Policy, place: int) -> Policy:
        def change(leaf: Any) -> Any:
            if isinstance(leaf, Evidence) and leaf.certificate_id is not None:
                return attrs.evolve(leaf, certificate_id=f"{leaf.certificate_id} of {place}")
            return attrs.evolve(leaf, state=None) if isinstance(leaf, Insured) else leaf

        changed: Policy = rebuilt(policy, change)
        return changed

    return attrs.evolve(
        dossier,
        policies=tuple(parted(policy, place) for place, policy in enumerate(dossier.policies)),
        certificates=(
            *dossier.certificates,
            *(
                attrs.evolve(certificate, id=f"{certificate.id} of {place}")
                for certificate in dossier.certificates
                for place in range(len(dossier.policies))
            ),
        ),
        waivers=(),
    )


@given(st.one_of(anything(), shown_together()), days())
def test_with_presumptions_off_it_does_not_matter_which_certificate_shows_what(
    case: tuple[Dossier, RuleBook], day: date
) -> None:
    dossier, book = attrs.evolve(case[0], waivers=()), _switched(case[1], on=False)

    assert _answers(_apart(dossier), book, day) == _answers(dossier, book, day)


_ROWS = st.sampled_from(
    (
        UnderlyingSchedule(schedule=(), evidence=make.evidence(EvidenceLevel.DECLARED)),
        UnderlyingSchedule(schedule=Missing.UNREADABLE, evidence=make.evidence()),
        UnderlyingSchedule(
            schedule=(UnderlyingLimit(line=Line.PROFESSIONAL, occurrence=MILLION),), evidence=make.evidence()
        ),
        UnderlyingSchedule(
            follows_form_over=(UnderlyingLimit(line=Line.PROFESSIONAL, occurrence=MILLION),), evidence=make.evidence()
        ),
    )
)


@given(shown_together(), st.sampled_from(DAYS), _ROWS)
def test_a_source_that_states_what_the_umbrella_sits_on_ends_the_presumption(
    case: tuple[Dossier, RuleBook], day: date, stated: UnderlyingSchedule
) -> None:
    primary, umbrella = case[0].policies
    dossier = attrs.evolve(case[0], policies=(primary, attrs.evolve(umbrella, underlying_schedules=(stated,))))

    assert _answers(dossier, _switched(case[1], on=True), day) == _answers(dossier, _switched(case[1], on=False), day)
