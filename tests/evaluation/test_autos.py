"""What a check of covered autos shows, and what a presumed schedule shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import (
    AutoKind,
    CoveredAutos,
    Evidence,
    EvidenceLevel,
    EvidenceRule,
    Interval,
    LimitKind,
    Line,
    OwnedAutos,
    Policy,
    Term,
    Trigger,
    TriggerTerms,
    cents,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.evaluation import SHIPPED_LAW, LawTables, evaluate, timeline
from contractor_compliance.results import Check, Finding, Outcome
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.factories import MILLION

DAY = date(2026, 6, 1)
HIRED_AND_NON_OWNED = frozenset({AutoKind.HIRED, AutoKind.NON_OWNED})
CERTIFIED = Evidence(level=EvidenceLevel.CERTIFICATE, observed_on=date(2026, 1, 10), certificate_id="certificate-1")


def finding(requirement: Any, *policies: Policy, law: LawTables = SHIPPED_LAW, **records: Any) -> Finding:
    dossier = make.dossier(*policies, certificates=(make.certificate(),), **records)
    report = evaluate(dossier, make.rulebook(requirement), as_of=DAY, window=False, law=law)
    return report.assignments[0].findings[0]


def check(judged: Finding, aspect: str) -> Check:
    return next(compared for compared in judged.checks if compared.aspect == aspect)


def hired_auto(evidence: Evidence | None = None) -> Policy:
    covered = CoveredAutos(kinds=HIRED_AND_NON_OWNED, evidence=evidence or make.evidence())
    return make.auto_policy(covered_autos=(covered,))


ALL_AUTOS = make.auto_requirement(
    autos=HIRED_AND_NON_OWNED | {AutoKind.OWNED}, evidence=EvidenceRule(at_least=EvidenceLevel.DECLARED)
)


@pytest.mark.parametrize("level", EvidenceLevel)
def test_the_level_of_the_statement_that_no_autos_are_owned_is_shown(level: EvidenceLevel) -> None:
    owned = (OwnedAutos(any_owned=False, evidence=make.evidence(level)),)

    shown = check(finding(ALL_AUTOS, hired_auto(), contractor=make.contractor(owned_autos=owned)), "autos.owned")

    assert shown.outcome is Outcome.PASS
    assert shown.evidence_level is level
    assert shown.actual == f"no autos are owned ({level.label})"


def test_a_check_of_covered_autos_shows_what_the_policy_covers() -> None:
    shown = check(finding(ALL_AUTOS, hired_auto()), "autos.owned")

    assert (shown.required, shown.actual) == ("owned autos", "hired autos, non-owned autos")


def test_the_word_that_none_is_owned_grows_stale_on_its_own_day() -> None:
    seen = Evidence(level=EvidenceLevel.CONFIRMED, observed_on=date(2026, 3, 1))
    fresh = Evidence(level=EvidenceLevel.CONFIRMED, observed_on=date(2026, 5, 20))
    requirement = attrs.evolve(ALL_AUTOS, limits=(), evidence=EvidenceRule(fresh_for_days=120))
    policy = attrs.evolve(
        hired_auto(fresh),
        terms=(Term(effective=make.TERM_START, expiration=make.TERM_END, evidence=fresh),),
        insured=(make.insured(evidence=fresh),),
    )
    dossier = make.dossier(
        policy, contractor=make.contractor(owned_autos=(OwnedAutos(any_owned=False, evidence=seen),))
    )

    steps = timeline(dossier, make.rulebook(requirement), over=Interval(date(2026, 6, 1), date(2026, 7, 31))).steps

    assert [(step.start, step.verdict.value) for step in steps] == [
        (date(2026, 6, 1), "compliant"),
        (date(2026, 3, 1) + timedelta(days=121), "undetermined"),
    ]


def test_a_statement_of_owned_autos_must_name_a_certificate_of_the_dossier() -> None:
    owned = OwnedAutos(any_owned=False, evidence=attrs.evolve(CERTIFIED, certificate_id="nowhere"))

    with pytest.raises(InvalidValueError, match=r"owned_autos\[0\]\.evidence\.certificate_id = 'nowhere'"):
        make.dossier(contractor=make.contractor(owned_autos=(owned,)))


def shown_on_one_certificate() -> tuple[Policy, Policy]:
    occurrence = (TriggerTerms(trigger=Trigger.OCCURRENCE, evidence=CERTIFIED),)
    parts: dict[str, Any] = {
        "insured": (make.insured(evidence=CERTIFIED),),
        "terms": (Term(effective=make.TERM_START, expiration=make.TERM_END, evidence=CERTIFIED),),
        "triggers": occurrence,
    }
    primary = make.policy(Line.GL, limits=make.limits(make.usual_limits(Line.GL), evidence=CERTIFIED), **parts)
    umbrella = make.policy(
        Line.UMBRELLA, limits=make.limits(make.usual_limits(Line.UMBRELLA), evidence=CERTIFIED), **parts
    )
    return primary, umbrella


TOPPED_UP = make.gl_requirement(
    limits={LimitKind.EACH_OCCURRENCE: 6 * MILLION}, top_up=frozenset({Line.UMBRELLA}), presume_umbrella_schedule=True
)


def test_a_presumed_schedule_is_shown_with_its_amounts_and_its_certificate() -> None:
    primary, umbrella = shown_on_one_certificate()

    judged = finding(TOPPED_UP, primary, umbrella)
    shown = check(judged, "underlying.general_liability")

    assert judged.outcome is Outcome.PASS_WITH_DEPENDENCY
    assert shown.required == f"general liability on the schedule of {umbrella.id}"
    assert shown.actual == "presumed at $1,000,000 / $2,000,000: certificate-1 shows both"
    assert judged.depends_on == (umbrella.id, f"presumed: general liability on the schedule of {umbrella.id}")
    assert judged.remedy == "To end the presumption, please send the umbrella's schedule of underlying insurance."


def test_without_a_row_of_usual_attachments_nothing_is_presumed() -> None:
    judged = finding(TOPPED_UP, *shown_on_one_certificate(), law=attrs.evolve(SHIPPED_LAW, usual_attachments=()))

    assert judged.outcome is Outcome.UNKNOWN


def test_a_row_of_usual_attachments_counts_on_its_own_days() -> None:
    (row, *others) = SHIPPED_LAW.usual_attachments
    later = attrs.evolve(SHIPPED_LAW, usual_attachments=(attrs.evolve(row, effective=date(2026, 7, 1)), *others))
    dossier = make.dossier(*shown_on_one_certificate(), certificates=(make.certificate(),))
    summer = Interval(date(2026, 6, 1), date(2026, 8, 1))

    steps = timeline(dossier, make.rulebook(TOPPED_UP), over=summer, law=later).steps

    assert [(step.start, step.verdict.value) for step in steps] == [
        (date(2026, 6, 1), "undetermined"),
        (date(2026, 7, 1), "compliant"),
    ]


def test_every_line_with_usual_attachments_is_reached_by_the_limits_named() -> None:
    reached = {row.line: {kind.value: amount for kind, amount in row.limits} for row in SHIPPED_LAW.usual_attachments}

    assert reached == {
        Line.GL: {
            "each_occurrence": cents("1,000,000"),
            "general_aggregate": cents("2,000,000"),
            "products_completed_operations_aggregate": cents("2,000,000"),
        },
        Line.AUTO: {"combined_single_limit": cents("1,000,000")},
        Line.EL: dict.fromkeys(
            ("el_each_accident", "el_disease_each_employee", "el_disease_policy_limit"), cents("500,000")
        ),
    }
