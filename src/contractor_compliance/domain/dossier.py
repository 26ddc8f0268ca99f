"""All that is known of one contractor: what the evaluator reads, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from contractor_compliance.domain.assignment import Assignment
from contractor_compliance.domain.carrier import Carrier
from contractor_compliance.domain.certificate import Certificate, Exemption
from contractor_compliance.domain.client import Client
from contractor_compliance.domain.company import Company
from contractor_compliance.domain.contractor import Contractor
from contractor_compliance.domain.enrolment import Enrolment
from contractor_compliance.domain.job_code import JobCode
from contractor_compliance.domain.policy import Policy
from contractor_compliance.domain.value import Value, repeated
from contractor_compliance.domain.waiver import Waiver
from contractor_compliance.errors import Fault

__all__ = ["Dossier"]


@attrs.frozen(kw_only=True)
class Dossier(Value):
    """One contractor with every record that bears on compliance, as known at one instant.

    The order of the records carries no meaning. References between records must resolve inside the dossier; facts
    may contradict each other, and then the days they concern are unknown.

    Attributes:
        company: The company that asks.
        contractor: The contractor.
        clients: The clients of the assignments.
        job_codes: The job codes of the assignments.
        assignments: Engagements, past and future ones included.
        policies: Insurance policies and surety bonds.
        carriers: What is known of the insurers.
        certificates: Certificates that statements refer to.
        exemptions: Papers in the place of workers' compensation.
        enrolments: Opt-in histories.
        waivers: Exceptions, whatever their state.
    """

    company: Company
    contractor: Contractor
    clients: tuple[Client, ...] = ()
    job_codes: tuple[JobCode, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    policies: tuple[Policy, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    def _faults(self) -> Iterator[Fault]:
        for field in (
            "clients",
            "assignments",
            "policies",
            "certificates",
            "exemptions",
            "enrolments",
            "waivers",
        ):
            yield from repeated(getattr(self, field), field, lambda each: each.id)
        yield from repeated(self.job_codes, "job_codes", lambda each: each.code)
        yield from repeated(self.carriers, "carriers", lambda each: each.naic or each.name)
        yield from self._dangling()

    def _dangling(self) -> Iterator[Fault]:
        clients = {each.id for each in self.clients}
        job_codes = {each.code for each in self.job_codes}
        assignments = {each.id for each in self.assignments}
        policies = {each.id for each in self.policies}
        certificates = {each.id for each in self.certificates}
        people = {each.id for each in self.contractor.people}
        for index, assignment in enumerate(self.assignments):
            path = f"$.assignments[{index}]"
            yield from _unknown(f"{path}.client_id", assignment.client_id, clients, "clients")
            yield from _unknown(f"{path}.job_code", assignment.job_code, job_codes, "job_codes")
            yield from _unknown(f"{path}.worker", assignment.worker, people, "contractor.people")
        for index, policy in enumerate(self.policies):
            path = f"$.policies[{index}]"
            yield from _unknown(f"{path}.assignment_id", policy.assignment_id, assignments, "assignments")
            yield from _unknown_evidence(path, policy, certificates)
            if policy.endorsements_complete is not None:
                reference = policy.endorsements_complete.certificate_id
                yield from _unknown(
                    f"{path}.endorsements_complete.certificate_id", reference, certificates, "certificates"
                )
        for index, exemption in enumerate(self.exemptions):
            yield from _unknown_evidence(f"$.exemptions[{index}]", exemption, certificates)
        for index, waiver in enumerate(self.waivers):
            path = f"$.waivers[{index}]"
            yield from _unknown(f"{path}.assignment_id", waiver.assignment_id, assignments, "assignments")
            yield from _unknown(f"{path}.policy_id", waiver.policy_id, policies, "policies")
            yield from _unknown(f"{path}.certificate_id", waiver.certificate_id, certificates, "certificates")


#: The fields that hold statements, each with its evidence.
_STATEMENTS = (
    "insured",
    "terms",
    "cancellations",
    "reinstatements",
    "limits",
    "triggers",
    "endorsements",
    "states",
    "exclusions",
    "layers",
)


def _unknown(path: str, reference: object, known: set[str], field: str) -> Iterator[Fault]:
    if isinstance(reference, str) and reference not in known:
        yield Fault(path, repr(reference), f"is not in the dossier; add it to {field}")


def _unknown_evidence(path: str, holder: Any, certificates: set[str]) -> Iterator[Fault]:
    for field in _STATEMENTS:
        for index, statement in enumerate(getattr(holder, field, ())):
            reference = statement.evidence.certificate_id
            yield from _unknown(
                f"{path}.{field}[{index}].evidence.certificate_id",
                reference,
                certificates,
                "certificates",
            )
