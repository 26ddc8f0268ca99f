"""All that is known of one contractor: what the evaluator reads, and nothing else."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

import attrs

from contractor_compliance.domain.assignment import Assignment
from contractor_compliance.domain.carrier import Carrier
from contractor_compliance.domain.certificate import Certificate, Exemption
from contractor_compliance.domain.client import Client
from contractor_compliance.domain.company import Company
from contractor_compliance.domain.contractor import Contractor
from contractor_compliance.domain.conversion import collection_fault, entries_of
from contractor_compliance.domain.enrollment import Enrollment
from contractor_compliance.domain.fields import TupleOf, field
from contractor_compliance.domain.job_code import JobCode
from contractor_compliance.domain.policy import Policy
from contractor_compliance.domain.statements import statement_fields
from contractor_compliance.domain.value import Value, field_types, repeated
from contractor_compliance.domain.waiver import Waiver
from contractor_compliance.errors import Fault, InvalidValueError

__all__ = ["Dossier"]

#: How many records of policies one contractor may have: each that has no number may be one with each other.
MOST_POLICIES = 2_000

#: What may stand in a dossier beside the company and the contractor.
DossierRecord = Client | JobCode | Assignment | Policy | Carrier | Certificate | Exemption | Enrollment | Waiver


@attrs.frozen(kw_only=True)
class Dossier(Value):
    """One contractor with every record that bears on compliance, as known at one instant.

    The order of the records carries no meaning. References between records must resolve inside the dossier; facts
    may contradict each other, and then the days they concern are unknown. `Dossier.of` sorts records into its fields.

    Attributes:
        company: The company that asks.
        contractor: The contractor.
        clients: The clients of the assignments.
        job_codes: The job codes of the assignments.
        assignments: Engagements, past and future ones included.
        policies: Insurance policies and surety bonds.
        carriers: What is known of the insurers.
        certificates: Certificates that statements refer to.
        exemptions: Documents in the place of workers' compensation.
        enrollments: Opt-in histories.
        waivers: Exceptions, whatever their state.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> dossier = Dossier(company=factories.company(), contractor=factories.contractor())
        >>> len(dossier.policies), dossier.contractor.legal_name
        (0, 'Sample Rigging LLC')
        >>> Dossier(company=dossier.company, contractor=dossier.contractor, assignments=(factories.assignment(),))
        Traceback (most recent call last):
        contractor_compliance.errors.InvalidValueError: Dossier is not valid:
          $.assignments[0].client_id = 'client-1': is not in the dossier; add it to clients
          ...
    """

    company: Company
    contractor: Contractor
    clients: tuple[Client, ...] = field(default=(), converter=TupleOf[Client])
    job_codes: tuple[JobCode, ...] = field(default=(), converter=TupleOf[JobCode])
    assignments: tuple[Assignment, ...] = field(default=(), converter=TupleOf[Assignment])
    policies: tuple[Policy, ...] = field(default=(), converter=TupleOf[Policy])
    carriers: tuple[Carrier, ...] = field(default=(), converter=TupleOf[Carrier])
    certificates: tuple[Certificate, ...] = field(default=(), converter=TupleOf[Certificate])
    exemptions: tuple[Exemption, ...] = field(default=(), converter=TupleOf[Exemption])
    enrollments: tuple[Enrollment, ...] = field(default=(), converter=TupleOf[Enrollment])
    waivers: tuple[Waiver, ...] = field(default=(), converter=TupleOf[Waiver])

    @classmethod
    def of(cls, company: Company, contractor: Contractor, *records: DossierRecord | Iterable[DossierRecord]) -> Dossier:
        """Return a dossier of records in any order; each goes to the field that holds its kind.

        Args:
            company: The company that asks.
            contractor: The contractor.
            *records: Records, and iterables of records; an iterable inside another is refused.

        Raises:
            InvalidValueError: For what is no record, named by its position, and for whatever a dossier refuses.

        Example:
            >>> from contractor_compliance.testing import factories
            >>> policies = [factories.gl_policy(), factories.wc_policy()]
            >>> assignment = factories.assignment(client_id=None, job_code_id=None)
            >>> dossier = Dossier.of(factories.company(), factories.contractor(), assignment, policies)
            >>> len(dossier.assignments), len(dossier.policies)
            (1, 2)
        """
        fields = _fields_of_records()
        sorted_records: dict[str, list[object]] = {name: [] for name in fields.values()}
        faults: list[Fault] = []
        for path, record in _flat(records):
            name = next((name for kind, name in fields.items() if isinstance(record, kind)), None)
            if name is None:
                faults.append(Fault(f"$.{path}", _short(record), _not_a_record(record)))
            else:
                sorted_records[name].append(record)
        if faults:
            raise InvalidValueError(cls.__name__, tuple(faults))
        build: typing.Any = cls
        dossier: Dossier = build(company=company, contractor=contractor, **sorted_records)
        return dossier

    def _faults(self) -> Iterator[Fault]:
        if len(self.policies) > MOST_POLICIES:
            yield Fault(
                "$.policies",
                f"{len(self.policies):,} records",
                f"at most {MOST_POLICIES:,} of one contractor are judged together; leave out terms long past",
            )
        for group in (
            "clients",
            "assignments",
            "policies",
            "certificates",
            "exemptions",
            "enrollments",
            "waivers",
        ):
            yield from repeated(getattr(self, group), group, lambda record: record.id)
        yield from repeated(self.job_codes, "job_codes", lambda job_code: job_code.id)
        yield from repeated(self.carriers, "carriers", lambda carrier: carrier.naic or carrier.name)
        yield from self._dangling()

    def _dangling(self) -> Iterator[Fault]:
        ids: dict[str, set[str]] = {
            "clients": {client.id for client in self.clients},
            "job_codes": {job_code.id for job_code in self.job_codes},
            "assignments": {assignment.id for assignment in self.assignments},
            "policies": {policy.id for policy in self.policies},
            "certificates": {certificate.id for certificate in self.certificates},
            "contractor.people": {person.id for person in self.contractor.people},
        }
        for group, references in _REFERENCES.items():
            for index, record in enumerate(getattr(self, group)):
                for name, target in references:
                    reference = getattr(record, name)
                    # A path is worked out only for what is wrong: a store puts thousands of dossiers together.
                    if isinstance(reference, str) and reference not in ids[target]:
                        yield _unknown(f"$.{group}[{index}].{name}", reference, target)
        holders: list[tuple[str, Contractor | Policy | Exemption]] = [("contractor", self.contractor)]
        holders += ((f"policies[{index}]", policy) for index, policy in enumerate(self.policies))
        holders += ((f"exemptions[{index}]", exemption) for index, exemption in enumerate(self.exemptions))
        for place, holder in holders:
            for path, reference in _certificates_named(holder):
                if reference not in ids["certificates"]:
                    yield _unknown(f"$.{place}.{path}", reference, "certificates")


#: What records refer to, each with where that must be.
_REFERENCES = {
    "assignments": (("client_id", "clients"), ("job_code_id", "job_codes"), ("worker", "contractor.people")),
    "policies": (("assignment_id", "assignments"),),
    "waivers": (("assignment_id", "assignments"), ("policy_id", "policies"), ("certificate_id", "certificates")),
}


def _unknown(path: str, reference: str, target: str) -> Fault:
    return Fault(path, repr(reference), f"is not in the dossier; add it to {target}")


def _certificates_named(holder: Contractor | Policy | Exemption) -> Iterator[tuple[str, str]]:
    """Yield the certificates that statements were read from, each with the path to the statement's reference."""
    cls: typing.Any = type(holder)
    for group in statement_fields(cls):
        for index, statement in enumerate(getattr(holder, group)):
            if (reference := statement.evidence.certificate_id) is not None:
                yield f"{group}[{index}].evidence.certificate_id", reference


def _fields_of_records() -> dict[type, str]:
    """Return the field of each kind of record, in the order of the fields."""
    hints = field_types(Dossier)
    return {typing.get_args(hint)[0]: name for name, hint in hints.items() if typing.get_origin(hint) is tuple}


def _flat(records: tuple[object, ...]) -> Iterator[tuple[str, object]]:
    """Yield each record with its path, those of an iterable one by one."""
    for position, record in enumerate(records):
        entries = None if isinstance(record, Value) else entries_of(record)
        if entries is None:
            yield f"records[{position}]", record
        else:
            yield from ((f"records[{position}][{index}]", entry) for index, entry in enumerate(entries))


def _not_a_record(record: object) -> str:
    kinds = ", ".join(kind.__name__ for kind in _fields_of_records())
    if isinstance(record, Mapping | AbstractSet):
        return collection_fault(record, f"records ({kinds})")
    return f"must be a record of one of these kinds: {kinds}; not {type(record).__name__}"


def _short(record: object) -> str:
    text = repr(record)
    return text if len(text) <= 80 else text[:77] + "..."
