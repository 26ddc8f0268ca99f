"""A dossier is closed: what a record refers to is in it, and no id stands twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contractor_compliance.domain import (
    Dossier,
    EndorsementKind,
    EndorsementList,
    Evidence,
    EvidenceLevel,
    Exclusions,
    StatesCovered,
    TriggerTerms,
    UnderlyingSchedule,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make

LOST = make.evidence(certificate_id="lost")

DANGLING: dict[str, tuple[Callable[[], Dossier], str, str]] = {
    "an assignment for an unknown client": (
        lambda: make.dossier(clients=()),
        "$.assignments[0].client_id",
        "clients",
    ),
    "an assignment under an unknown job code": (
        lambda: make.dossier(job_codes=()),
        "$.assignments[0].job_code_id",
        "job_codes",
    ),
    "an assignment by an unknown worker": (
        lambda: make.dossier(make.assignment(worker="stranger")),
        "$.assignments[0].worker",
        "contractor.people",
    ),
    "a policy for an unknown assignment": (
        lambda: make.dossier(make.gl_policy(assignment_id="lost")),
        "$.policies[0].assignment_id",
        "assignments",
    ),
    "a waiver for an unknown assignment": (
        lambda: make.dossier(make.waiver(assignment_id="lost")),
        "$.waivers[0].assignment_id",
        "assignments",
    ),
    "a waiver that depends on an unknown policy": (
        lambda: make.dossier(make.waiver(policy_id="lost")),
        "$.waivers[0].policy_id",
        "policies",
    ),
    "a waiver of an unknown certificate": (
        lambda: make.dossier(make.waiver(certificate_id="lost")),
        "$.waivers[0].certificate_id",
        "certificates",
    ),
    "an exemption read from an unknown certificate": (
        lambda: make.dossier(make.exemption(terms=(make.term(evidence=LOST),))),
        "$.exemptions[0].terms[0].evidence.certificate_id",
        "certificates",
    ),
    "a complete list of endorsements read from an unknown certificate": (
        lambda: make.dossier(make.gl_policy(endorsement_lists=(EndorsementList(evidence=LOST),))),
        "$.policies[0].endorsement_lists[0].evidence.certificate_id",
        "certificates",
    ),
}

STATEMENTS: dict[str, Any] = {
    "insured": make.insured(evidence=LOST),
    "terms": make.term(evidence=LOST),
    "cancellations": make.cancellation(make.TERM_END, evidence=LOST),
    "reinstatements": make.reinstatement(make.TERM_END, evidence=LOST),
    "limits": make.limits({}, evidence=LOST),
    "triggers": TriggerTerms(evidence=LOST),
    "endorsements": make.endorsement(EndorsementKind.OTHER, evidence=LOST),
    "states": StatesCovered(evidence=LOST),
    "exclusions": Exclusions(evidence=LOST),
}

REPEATED: dict[str, tuple[Any, str]] = {
    "client": (make.client(), "clients"),
    "job code": (make.job_code(), "job_codes"),
    "assignment": (make.assignment(), "assignments"),
    "policy": (make.gl_policy(), "policies"),
    "carrier": (make.carrier(name="Another name, same number"), "carriers"),
    "carrier without a number": (make.carrier(naic=None), "carriers"),
    "certificate": (make.certificate(), "certificates"),
    "exemption": (make.exemption(), "exemptions"),
    "enrollment": (make.enrollment(), "enrollments"),
    "waiver": (make.waiver(), "waivers"),
}


@pytest.mark.parametrize(("attempt", "path", "field"), DANGLING.values(), ids=DANGLING.keys())
def test_a_reference_that_does_not_resolve_in_the_dossier_is_refused(
    attempt: Callable[[], Dossier], path: str, field: str
) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        attempt()

    assert [(path, f"is not in the dossier; add it to {field}")] == [
        (fault.path, fault.problem) for fault in refusal.value.faults
    ]


@pytest.mark.parametrize("field", STATEMENTS)
def test_a_dossier_refuses_a_statement_read_from_an_unknown_certificate(field: str) -> None:
    policy = make.wc_policy(**{field: (STATEMENTS[field],)})

    with pytest.raises(InvalidValueError) as refusal:
        make.dossier(policy)

    assert [f"$.policies[0].{field}[0].evidence.certificate_id"] == [fault.path for fault in refusal.value.faults]


def test_a_dossier_refuses_an_underlying_schedule_read_from_an_unknown_certificate() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        make.dossier(make.umbrella_policy(underlying_schedules=(UnderlyingSchedule(evidence=LOST),)))

    assert ["$.policies[0].underlying_schedules[0].evidence.certificate_id"] == [
        fault.path for fault in refusal.value.faults
    ]


@pytest.mark.parametrize(("record", "field"), REPEATED.values(), ids=REPEATED.keys())
def test_a_dossier_refuses_the_same_id_twice(record: Any, field: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        make.dossier(record, record)

    assert [(f"$.{field}[1]", f"repeats {field}[0]; keep one of them")] == [
        (fault.path, fault.problem) for fault in refusal.value.faults
    ]


def test_statements_may_refer_to_a_certificate_in_the_dossier() -> None:
    read = Evidence(level=EvidenceLevel.CERTIFICATE, observed_on=make.OBSERVED_ON, certificate_id="certificate-1")

    dossier = make.dossier(make.certificate(), make.gl_policy(term=make.term(evidence=read)))

    assert "certificate-1" == dossier.policies[0].terms[0].evidence.certificate_id


def test_facts_may_contradict_each_other() -> None:
    terms = (make.term(), make.term(make.TERM_START.replace(month=2)))

    assert terms == make.dossier(make.gl_policy(terms=terms)).policies[0].terms


def test_a_dossier_of_nothing_but_a_contractor_is_sound() -> None:
    dossier = Dossier(company=make.company(), contractor=make.contractor())

    assert () == dossier.assignments


def test_every_fault_of_a_dossier_is_reported_at_once() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        make.dossier(clients=(), job_codes=())

    assert ["$.assignments[0].client_id", "$.assignments[0].job_code_id"] == [
        fault.path for fault in refusal.value.faults
    ]
