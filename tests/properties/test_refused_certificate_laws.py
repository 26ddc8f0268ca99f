"""What a certificate states that is not approved counts for nothing, whatever it states (domain rules B1.6, B14.3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    CarrierRating,
    CarrierRule,
    Dossier,
    EndorsementList,
    EvidenceLevel,
    ExclusionKind,
    ExclusionRule,
    FinancialStrength,
    Line,
    Policy,
    PolicyIdentification,
    ReviewStatus,
    RuleBook,
)
from contractor_compliance.evaluation import evaluate, standing
from contractor_compliance.testing import factories as make
from contractor_compliance.testing import strategies
from tests.properties.worlds import CHECKS, anything, days

_REFUSED = st.sampled_from([status for status in ReviewStatus if not status.supplies_facts])
_CERTIFICATE = "refused-1"


def statements_of(policy: Policy) -> dict[str, tuple[Any, ...]]:
    fields = {name: getattr(policy, name) for name in attrs.fields_dict(Policy)}
    return {name: value for name, value in fields.items() if isinstance(value, tuple)}


@st.composite
def stated(draw: st.DrawFn, line: Line) -> Policy:
    """Draw a policy whose every statement was read from the refused certificate, on whatever level."""
    policy = draw(strategies.policies(line))
    identification = draw(strategies.values(PolicyIdentification))
    policy = attrs.evolve(policy, identifications=(*policy.identifications, identification))
    changes: dict[str, Any] = {
        name: tuple(
            attrs.evolve(statement, evidence=attrs.evolve(statement.evidence, certificate_id=_CERTIFICATE))
            for statement in statements
        )
        for name, statements in statements_of(policy).items()
    }
    return attrs.evolve(policy, id="refused", assignment_id=None, **changes)


def answers(dossier: Dossier, book: RuleBook, day: date) -> tuple[Any, ...]:
    report = evaluate(dossier, book, as_of=day, custom=CHECKS)
    return report.verdict, report.assignments, report.findings, report.policies, standing(dossier, book)


def with_certificate(dossier: Dossier, status: ReviewStatus) -> Dossier:
    certificate = make.certificate(id=_CERTIFICATE, status=status)
    return attrs.evolve(dossier, certificates=(*dossier.certificates, certificate))


@given(anything(), days(), _REFUSED, st.data())
def test_what_a_refused_certificate_adds_to_policies_on_file_changes_nothing(
    case: tuple[Dossier, RuleBook], day: date, status: ReviewStatus, data: st.DataObject
) -> None:
    dossier, book = with_certificate(case[0], status), case[1]
    assume(dossier.policies)
    place = data.draw(st.integers(0, len(dossier.policies) - 1))
    policy = dossier.policies[place]
    # A record whose terms are all refused is not on file; one that states no term is, with its term unknown.
    assume(policy.terms)
    added = statements_of(data.draw(stated(policy.line)))
    first = data.draw(st.booleans())
    merged: dict[str, Any] = {
        name: (*added[name], *statements) if first else (*statements, *added[name])
        for name, statements in statements_of(policy).items()
    }
    policies = (*dossier.policies[:place], attrs.evolve(policy, **merged), *dossier.policies[place + 1 :])

    assert answers(dossier, book, day) == answers(attrs.evolve(dossier, policies=policies), book, day)


@given(anything(), days(), _REFUSED, st.data())
def test_a_policy_that_a_refused_certificate_alone_states_changes_nothing(
    case: tuple[Dossier, RuleBook], day: date, status: ReviewStatus, data: st.DataObject
) -> None:
    dossier, book = with_certificate(case[0], status), case[1]
    lines = sorted({policy.line for policy in dossier.policies}) or [Line.GL]
    policy = data.draw(st.sampled_from(lines).flatmap(stated))
    richer = attrs.evolve(dossier, policies=(*dossier.policies, policy))

    assert answers(dossier, book, day) == answers(richer, book, day)


_NUMBERS = ("UMB 0012345", "UMB 9912345", "TBD", None)
_INSURERS = ("99901", "99902", "99903", None)
_BOOK = make.rulebook(
    make.gl_requirement(
        carrier=CarrierRule(strength_at_least=FinancialStrength.A_MINUS),
        forbidden_exclusions=(ExclusionRule(kind=ExclusionKind.RESIDENTIAL),),
    ),
    make.umbrella_requirement(occurrence=8 * make.MILLION),
)
_LESSER = CarrierRating(strength=FinancialStrength.B, size=10, effective=date(2025, 1, 1))
_CARRIERS = (make.carrier(), make.carrier(naic="99902", name="Lesser Casualty", ratings=(_LESSER,)))
_LEVELS = st.sampled_from((EvidenceLevel.CERTIFICATE, EvidenceLevel.CONFIRMED))


@st.composite
def statements(draw: st.DrawFn, certificate_id: str | None) -> dict[str, tuple[Any, ...]]:
    """Draw what a source says of number, insurer and completeness."""
    observed = date(2025, 12, draw(st.integers(1, 28)))
    read = make.evidence(draw(_LEVELS), observed_on=observed, certificate_id=certificate_id)
    number, naic = draw(st.sampled_from(_NUMBERS)), draw(st.sampled_from(_INSURERS))
    return {
        "identifications": (PolicyIdentification(number=number, carrier_naic=naic, evidence=read),),
        "endorsement_lists": (EndorsementList(is_complete=draw(st.booleans()), evidence=read),),
    }


@given(
    _REFUSED,
    st.lists(statements(None), min_size=3, max_size=3),
    st.lists(statements(_CERTIFICATE), min_size=3, max_size=3),
)
def test_number_insurer_and_completeness_of_a_refused_certificate_change_nothing(
    status: ReviewStatus, proven: list[dict[str, Any]], refused: list[dict[str, Any]]
) -> None:
    samples = (make.gl_policy(), make.umbrella_policy(id="umbrella-1"), make.umbrella_policy(id="umbrella-2"))
    policies = [attrs.evolve(policy, **proof) for policy, proof in zip(samples, proven, strict=True)]
    richer = [
        attrs.evolve(policy, **{name: (*getattr(policy, name), *added[name]) for name in added})
        for policy, added in zip(policies, refused, strict=True)
    ]
    certificate = make.certificate(id=_CERTIFICATE, status=status)
    before, after = (make.dossier(*records, *_CARRIERS, certificate) for records in (policies, richer))

    assert answers(before, _BOOK, date(2026, 6, 1)) == answers(after, _BOOK, date(2026, 6, 1))
