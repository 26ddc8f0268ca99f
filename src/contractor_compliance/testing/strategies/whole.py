"""Strategies for dossiers, and for dossiers with a rule book that binds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance import domain
from contractor_compliance.domain import Assignment, Contractor, Dossier, Line, Missing, Policy, RuleBook, Waiver
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.facts import policies_of
from contractor_compliance.testing.strategies.rules import leaves
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, usually

__all__ = ["WHOLE_MAKERS", "cases_of", "required_lines"]

T = TypeVar("T", bound=domain.Value)

_REFERENCES = ("assignment_id", "policy_id", "certificate_id")
_CONTRACTORS = st.sampled_from(pools.CONTRACTORS)
_AT_LEAST = usually(1, 0, once_in=8)
_MOSTLY = usually(True, False, once_in=8)  # noqa: FBT003
_OFTEN = st.booleans()
_SELDOM = usually(False, True)  # noqa: FBT003
_LINES = st.lists(st.sampled_from(pools.LINES), max_size=3)
#: Days between the end of a policy and its renewal, if there is one.
_GAPS = usually(None, 0, 1, -1, once_in=4)


@attrs.define
class _Filer:
    """Puts one dossier together, so that every reference resolves.

    Attributes:
        draw: Draws from a strategy.
        sampler: Where strategies come from.
    """

    draw: DrawFn
    sampler: Sampler

    def dossier(self, lines: Sequence[Line], requirement_ids: Sequence[str] = ()) -> Dossier:
        """Draw a dossier with policies of some lines, most often one of each, and a few others.

        Args:
            lines: The lines.
            requirement_ids: Ids of requirements that most of its waivers name.
        """
        contractor = attrs.evolve(self._one(Contractor), id=self.draw(_CONTRACTORS))
        assignments = self._numbered(Assignment, least=self.draw(_AT_LEAST))
        workers = {assignment.worker for assignment in assignments} - {person.id for person in contractor.people}
        policies = self._policies(contractor, lines, assignments)
        exemptions = self._numbered(domain.Exemption) if self.draw(_OFTEN) else ()
        certificates = self._called(domain.Certificate, _certificate_ids([contractor, *policies, *exemptions]))
        carriers = self.draw(self.sampler.once(_carriers))
        return Dossier(
            company=attrs.evolve(self._one(domain.Company), id="company-1"),
            contractor=attrs.evolve(contractor, people=contractor.people + self._called(domain.Person, workers)),
            clients=self._called(domain.Client, (assignment.client_id for assignment in assignments)),
            job_codes=self._called(domain.JobCode, (assignment.job_code_id for assignment in assignments), field="id"),
            assignments=assignments,
            policies=policies,
            carriers=tuple({carrier.naic or carrier.name: carrier for carrier in carriers}.values()),
            certificates=certificates,
            exemptions=exemptions,
            enrollments=self._numbered(domain.Enrollment) if self.draw(_SELDOM) else (),
            waivers=self._waivers(requirement_ids, (*assignments, *policies, *certificates)),
        )

    def _one(self, cls: type[T]) -> T:
        return self.draw(self.sampler.of(cls))

    def _numbered(self, cls: type[T], *, least: int = 1) -> tuple[T, ...]:
        """Draw one or two values, or none if `least` is 0, with ids that count up."""
        drawn: tuple[T, ...] = self.draw(self.sampler.once(Sampler.numbered, cls, least))
        return drawn

    def _called(self, cls: type[Any], ids: Iterable[Any], *, field: str = "id") -> tuple[Any, ...]:
        """Draw one value for each id that is given."""
        given = sorted({value_id for value_id in ids if isinstance(value_id, str)})
        return tuple(attrs.evolve(self._one(cls), **{field: value_id}) for value_id in given)

    def _policies(
        self, contractor: Contractor, lines: Sequence[Line], assignments: Sequence[Assignment]
    ) -> tuple[Policy, ...]:
        policies: list[Policy] = []
        for line in lines:
            if len(policies) < 6 and self.draw(_MOSTLY):
                policies += self._term_by_term(contractor, self.draw(self.sampler.once(policies_of, line)))
        if self.draw(_SELDOM):
            policies.append(self._one(Policy))
        assignment_ids = {assignment.id for assignment in assignments}
        return tuple(
            attrs.evolve(
                policy,
                id=f"policy-{place}",
                assignment_id=policy.assignment_id if policy.assignment_id in assignment_ids else None,
            )
            for place, policy in enumerate(policies, start=1)
        )

    def _term_by_term(self, contractor: Contractor, policy: Policy) -> Iterator[Policy]:
        """Yield a policy, most often in the contractor's own name, and now and then its renewal."""
        if self.draw(_MOSTLY):
            insured = (attrs.evolve(statement, name=contractor.legal_name) for statement in policy.insured)
            policy = attrs.evolve(policy, insured=tuple(insured))
        yield policy
        gap = self.draw(_GAPS)
        ends = [term.expiration for term in policy.terms]
        if gap is not None and ends and not isinstance(ends[0], Missing):
            start = self.sampler.shifted(ends[0], gap)
            end = start + timedelta(days=365)
            renewed = domain.Term(effective=start, expiration=end, evidence=policy.terms[0].evidence)
            yield attrs.evolve(policy, terms=(renewed,), cancellations=(), reinstatements=())

    def _waivers(self, requirement_ids: Sequence[str], records: Iterable[Any]) -> tuple[Waiver, ...]:
        """Draw waivers that name records of the dossier alone, and most often requirements of the book."""
        ids = {record.id for record in records}
        waivers: list[Waiver] = []
        for waiver in self._numbered(Waiver) if self.draw(_OFTEN) else ():
            changes: dict[str, Any] = {name: None for name in _REFERENCES if getattr(waiver, name) not in ids}
            if waiver.requirement_id and requirement_ids and self.draw(_MOSTLY):
                changes["requirement_id"] = self.draw(st.sampled_from(requirement_ids))
            waivers.append(attrs.evolve(waiver, **changes))
        return tuple(waivers)


def _carriers(sampler: Sampler) -> SearchStrategy[list[domain.Carrier]]:
    return st.lists(sampler.of(domain.Carrier), max_size=2)


def _certificate_ids(holders: Iterable[Contractor | Policy | domain.Exemption]) -> Iterator[str | None]:
    for value in chain.from_iterable(attrs.astuple(holder, recurse=False) for holder in holders):
        for statement in value if isinstance(value, tuple) else (value,):
            evidence = getattr(statement, "evidence", statement)
            if isinstance(evidence, domain.Evidence):
                yield evidence.certificate_id


def required_lines(book: RuleBook) -> tuple[Line, ...]:
    """Return the lines whose policies may satisfy something in a rule book, each once."""
    requirements = (requirement for rules in book.sets for requirement in rules.requirements)
    lines = (line for requirement in requirements for leaf in leaves(requirement) for line in _lines_of(leaf))
    return tuple(dict.fromkeys(lines))


def _lines_of(leaf: object) -> tuple[Line, ...]:
    match leaf:
        case domain.CoverageRequirement():
            return (Line.WC if leaf.line == Line.EL else leaf.line, *sorted(leaf.top_up))
        case domain.CombinedLimitRequirement():
            return (leaf.line, *sorted(leaf.layers))
        case domain.UmbrellaRequirement():
            return tuple(sorted(leaf.layers))[-1:]
        case domain.OccupationalAccidentRequirement():
            return (Line.OCCUPATIONAL_ACCIDENT,)
        case _:
            return ()


@st.composite
def _dossier(draw: DrawFn, sampler: Sampler) -> Dossier:
    return _Filer(draw, sampler).dossier(draw(_LINES))


@st.composite
def cases_of(draw: DrawFn, sampler: Sampler) -> tuple[Dossier, RuleBook]:
    """Return a dossier with a rule book: policies of the lines that it asks for, waivers of what it requires."""
    book = draw(sampler.of(RuleBook))
    ids = sorted({requirement.id for rules in book.sets for requirement in rules.requirements})
    return _Filer(draw, sampler).dossier(required_lines(book), ids), book


WHOLE_MAKERS: Mapping[type[Any], Maker] = {Dossier: _dossier}
