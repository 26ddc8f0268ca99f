"""Strategies for dossiers, and for dossiers with a rule book that binds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance.domain import (
    Assignment,
    Carrier,
    Certificate,
    Client,
    CombinedLimitRequirement,
    Company,
    Contractor,
    CoverageRequirement,
    Dossier,
    Enrollment,
    Exemption,
    ExemptionRequirement,
    JobCode,
    Line,
    Missing,
    OccupationalAccidentRequirement,
    Person,
    Policy,
    RuleBook,
    Term,
    UmbrellaRequirement,
    Waiver,
)
from contractor_compliance.testing.strategies import pools
from contractor_compliance.testing.strategies.facts import policies_of
from contractor_compliance.testing.strategies.rules import leaves
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, numbered, usually

__all__ = ["WHOLE_MAKERS", "cases_of", "required_lines"]


@attrs.define
class _Filer:
    """Puts one dossier together, so that every reference resolves.

    Attributes:
        draw: Draws from a strategy.
        sampler: Where strategies come from.
    """

    draw: DrawFn
    sampler: Sampler

    def dossier(self, lines: Sequence[Line], requirements: Sequence[str] = ()) -> Dossier:
        """Draw a dossier with policies of some lines, most often one of each, and a few others.

        Args:
            lines: The lines.
            requirements: Ids of requirements that most of its waivers name.
        """
        draw, of = self.draw, self.sampler.of
        contractor = attrs.evolve(draw(of(Contractor)), id=draw(_CONTRACTORS))
        assignments = draw(self._numbered(Assignment, least=draw(_AT_LEAST)))
        known = [each.id for each in assignments]
        policies = self._policies(contractor, lines, known)
        exemptions = draw(self._numbered(Exemption, least=1)) if draw(_OFTEN) else ()
        certificates = self._certificates([*policies, *exemptions])
        return Dossier(
            company=attrs.evolve(draw(of(Company)), id="company-1"),
            contractor=self._with_workers(contractor, assignments),
            clients=tuple(
                attrs.evolve(draw(of(Client)), id=one) for one in _named(each.client_id for each in assignments)
            ),
            job_codes=tuple(
                attrs.evolve(draw(of(JobCode)), id=one) for one in _named(each.job_code_id for each in assignments)
            ),
            assignments=assignments,
            policies=policies,
            carriers=self._carriers(),
            certificates=certificates,
            exemptions=exemptions,
            enrollments=draw(self._numbered(Enrollment, least=1)) if draw(_SELDOM) else (),
            waivers=self._waivers(requirements, known, policies, certificates),
        )

    def _numbered(self, cls: Any, *, least: int = 0) -> SearchStrategy[Any]:
        def make() -> SearchStrategy[Any]:
            return numbered(self.sampler.of(cls), cls.__name__.lower(), least=least)

        return self.sampler.once(("numbered", cls, least), make)

    def _policies(
        self, contractor: Contractor, lines: Sequence[Line], assignments: Sequence[str]
    ) -> tuple[Policy, ...]:
        found: list[Policy] = []
        for line in lines:
            if len(found) < 6 and self.draw(_MOSTLY):
                found += self._term_by_term(contractor, self.draw(policies_of(self.sampler, line)))
        if self.draw(_SELDOM):
            found.append(self.draw(self.sampler.of(Policy)))
        return tuple(
            attrs.evolve(
                policy,
                id=f"policy-{place}",
                assignment_id=policy.assignment_id if policy.assignment_id in assignments else None,
            )
            for place, policy in enumerate(found, start=1)
        )

    def _term_by_term(self, contractor: Contractor, policy: Policy) -> Iterator[Policy]:
        """Yield a policy, most often in the contractor's own name, and now and then its renewal."""
        if self.draw(_MOSTLY):
            policy = attrs.evolve(
                policy, insured=tuple(attrs.evolve(one, name=contractor.legal_name) for one in policy.insured)
            )
        yield policy
        gap = self.draw(_GAPS)
        ends = [term.expiration for term in policy.terms]
        if gap is not None and ends and not isinstance(ends[0], Missing):
            start = self.sampler.shifted(ends[0], gap)
            end = start + timedelta(days=365)
            renewed = Term(effective=start, expiration=end, evidence=policy.terms[0].evidence)
            yield attrs.evolve(policy, terms=(renewed,), cancellations=(), reinstatements=())

    def _with_workers(self, contractor: Contractor, assignments: Sequence[Assignment]) -> Contractor:
        known = {person.id for person in contractor.people}
        lacking = [one for one in _named(each.worker for each in assignments) if one not in known]
        newcomers = tuple(attrs.evolve(self.draw(self.sampler.of(Person)), id=one) for one in lacking)
        return attrs.evolve(contractor, people=contractor.people + newcomers)

    def _certificates(self, holders: Sequence[Policy | Exemption]) -> tuple[Certificate, ...]:
        return tuple(
            attrs.evolve(self.draw(self.sampler.of(Certificate)), id=one)
            for one in _named(name for holder in holders for name in _certificate_ids(holder))
        )

    def _carriers(self) -> tuple[Carrier, ...]:
        found = self.draw(self.sampler.once("carriers", lambda: st.lists(self.sampler.of(Carrier), max_size=2)))
        return tuple({each.naic or each.name: each for each in found}.values())

    def _waivers(
        self,
        requirements: Sequence[str],
        assignments: Sequence[str],
        policies: Sequence[Policy],
        certificates: Sequence[Certificate],
    ) -> tuple[Waiver, ...]:
        there = {*assignments, *(each.id for each in policies), *(each.id for each in certificates)}
        found: list[Waiver] = []
        for waiver in self.draw(self._numbered(Waiver, least=1) if self.draw(_OFTEN) else _NOTHING):
            changes = {name: None for name in _REFERENCES if getattr(waiver, name) not in there}
            if waiver.requirement_id and requirements and self.draw(_MOSTLY):
                place = self.draw(_PLACES) % len(requirements)
                found.append(attrs.evolve(waiver, requirement_id=requirements[place], **changes))
            else:
                found.append(attrs.evolve(waiver, **changes))
        return tuple(found)


_REFERENCES = ("assignment_id", "policy_id", "certificate_id")
_PLACES = st.integers(0, 11)
_NOTHING: SearchStrategy[tuple[Any, ...]] = st.just(())
_CONTRACTORS = st.sampled_from(pools.CONTRACTORS)
_AT_LEAST = usually(1, 0, once_in=8)
_MOSTLY = usually(True, False, once_in=8)  # noqa: FBT003
_OFTEN = st.booleans()
_SELDOM = usually(False, True)  # noqa: FBT003
#: Days between the end of a policy and its renewal, if there is one.
_GAPS = usually(None, 0, 1, -1, once_in=4)


def _named(ids: Iterator[Any]) -> list[str]:
    """Return the ids that are given, each once, in order."""
    return sorted({one for one in ids if isinstance(one, str)})


def _certificate_ids(holder: Policy | Exemption) -> Iterator[str | None]:
    for field in attrs.fields(type(holder)):
        value = getattr(holder, field.name)
        for statement in value if isinstance(value, tuple) else ():
            if hasattr(statement, "evidence"):
                yield statement.evidence.certificate_id
    complete = getattr(holder, "endorsements_complete", None)
    if complete is not None:
        yield complete.certificate_id


def required_lines(book: RuleBook) -> tuple[Line, ...]:
    """Return the lines whose policies may satisfy something in a rule book, each once."""
    lines: dict[Line, None] = {}
    for each in book.sets:
        for requirement in each.requirements:
            for leaf in leaves(requirement):
                lines.update(dict.fromkeys(_lines_of(leaf)))
    return tuple(lines)


def _lines_of(leaf: object) -> tuple[Line, ...]:
    match leaf:
        case CoverageRequirement():
            return (Line.WC if leaf.line == Line.EL else leaf.line, *sorted(leaf.top_up))
        case CombinedLimitRequirement():
            return (leaf.line, *sorted(leaf.layers))
        case UmbrellaRequirement():
            return tuple(sorted(leaf.layers))[-1:]
        case ExemptionRequirement():
            return ()
        case OccupationalAccidentRequirement():
            return (Line.OCCUPATIONAL_ACCIDENT,)
        case _:
            return ()


def _dossier(sampler: Sampler) -> SearchStrategy[Dossier]:
    lines = st.lists(st.sampled_from(pools.LINES), max_size=3)

    @st.composite
    def dossiers(draw: DrawFn) -> Dossier:
        return _Filer(draw, sampler).dossier(draw(lines))

    return dossiers()


def cases_of(sampler: Sampler) -> SearchStrategy[tuple[Dossier, RuleBook]]:
    """Return dossiers with a rule book: policies of the lines that it asks for, waivers of what it requires."""

    @st.composite
    def cases(draw: DrawFn) -> tuple[Dossier, RuleBook]:
        book = draw(sampler.of(RuleBook))
        ids = sorted({requirement.id for each in book.sets for requirement in each.requirements})
        return _Filer(draw, sampler).dossier(required_lines(book), ids), book

    return cases()


WHOLE_MAKERS: Mapping[type[Any], Maker] = {
    Dossier: _dossier,
}
