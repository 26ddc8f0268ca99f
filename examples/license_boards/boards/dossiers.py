"""Turns what the rows of one license say into the dossier of a contractor with one open assignment."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

import attrs

from boards.entry import Cover, Entry
from boards.register import Register
from contractor_compliance.domain import (
    Address,
    Assignment,
    Cancellation,
    Carrier,
    CarrierStatus,
    Company,
    Contractor,
    Dossier,
    EntityType,
    Evidence,
    EvidenceLevel,
    Exemption,
    Insured,
    InsuredCapacity,
    License,
    Limits,
    Line,
    Missing,
    Participant,
    Person,
    Policy,
    PolicyIdentification,
    StateList,
    StatesCovered,
    Term,
)
from contractor_compliance.domain.names import normal_name

__all__ = ["DOCUMENT", "company", "current", "dossier", "insurers"]

#: What the source of every statement is.
DOCUMENT = "register_entry"
#: The owner who does the work, where the licensee is a sole owner. The extracts carry no names.
_OWNER = "owner"


def current(entries: Sequence[Entry], observed: date) -> list[Entry]:
    """Return the entries of a license that stand, out of all those in the file.

    A register that dates its rows replaces a row when it changes: of several, the newest are the record, and the
    others what it used to say. Rows without a date all stand.
    """
    newest = max(entry.observed or observed for entry in entries)
    return [entry for entry in entries if (entry.observed or observed) == newest]


def company(register: Register) -> Company:
    """Return who asks: whoever is about to hire the licensees of a register.

    There is one for each register. A license number is unique in its register only, and an insurer of surplus lines
    in one state may be admitted in the next: what one register says must not be taken for what another does.
    """
    return Company(id=f"hiring-company-{register.key}", name="The hiring company")


def insurers(entries: Iterable[Entry]) -> dict[str, Carrier]:
    """Return what the rows of an extract say of the insurers, by their normal name."""
    carriers: dict[str, Carrier] = {}
    for cover in (cover for entry in entries for cover in entry.covers if cover.exemption is None):
        carrier = _carrier(cover)
        if carrier is not None:
            name = normal_name(carrier.name)
            # The same insurer may appear with and without the register's mark; the mark is what is known of it.
            if name not in carriers or carrier.status is not Missing.ABSENT:
                carriers[name] = carrier
    return carriers


def dossier(
    register: Register,
    entries: Sequence[Entry],
    carriers: Mapping[str, Carrier],
    *,
    observed: date,
    start: date,
    seen: Mapping[str, date] = {},
) -> Dossier:
    """Return the dossier of one license.

    Args:
        register: The register that the entries come from.
        entries: What its rows say.
        carriers: What is known of the insurers, by their normal name.
        observed: The day on which the file was current, for rows that do not say.
        start: First day of the assignment, which has no end.
        seen: The days on which earlier extracts first saw cover, by its id.
    """
    first = entries[0]
    observed = first.observed or observed
    evidence = Evidence(level=EvidenceLevel.CONFIRMED, observed_on=observed, document=DOCUMENT)
    policies: list[Policy] = []
    exemptions: list[Exemption] = []
    for own_id, cover in _identified(_joined(entries)):
        terms = _terms(cover, evidence, seen.get(own_id, observed))
        if cover.exemption is None:
            policies.append(_policy(own_id, first.id, cover, register, terms))
            continue
        exemptions.append(
            Exemption(
                id=own_id,
                kind=cover.exemption,
                state=register.state,
                terms=terms,
                cancellations=_cancellations(cover, evidence),
            )
        )
    named = {
        normal_name(stated.carrier_name)
        for policy in policies
        for stated in policy.identifications
        if stated.carrier_name is not None
    }
    sole = first.entity_type is EntityType.SOLE_PROPRIETOR
    return Dossier(
        company=company(register),
        contractor=Contractor(
            id=first.id,
            # The rows carry no names: they are about the license, and so is the cover that they state.
            legal_name=first.id,
            entity_type=first.entity_type,
            home_address=Address(state=first.home) if first.home else None,
            people=(Person(id=_OWNER, name=first.id),) if sole else (),
            has_employees=False if all(entry.no_employees for entry in entries) else Missing.ABSENT,
            licenses=(License(state=register.state, number=first.id, classes=_classes(entries)),),
        ),
        assignments=(Assignment(id="work", start=start, work_states=frozenset({register.state})),),
        policies=tuple(policies),
        carriers=tuple(carriers[name] for name in sorted(named)),
        exemptions=tuple(exemptions),
    )


def _identified(covers: Sequence[Cover]) -> Iterator[tuple[str, Cover]]:
    """Yield each cover with an id that it has in every extract: its line, its day, and a digest of what it is."""
    alike = Counter(cover.lasting_identity for cover in covers)
    for cover in covers:
        # Where a file has two that begin alike, the id is made of all that they have.
        identity = cover.lasting_identity if alike[cover.lasting_identity] == 1 else cover.identity
        day = cover.effective if isinstance(cover.effective, date) else f"to {_word(cover.expiration)}"
        digest = hashlib.sha256("\n".join(map(_word, identity)).encode()).hexdigest()
        yield f"{cover.line} {day} {digest[:12]}", cover


def _word(part: object) -> str:
    return str(part.value if isinstance(part, Enum) else part)


def _joined(entries: Sequence[Entry]) -> list[Cover]:
    """Return the cover of all rows, each policy once: registers repeat it in every row of a license."""
    joined: dict[tuple[object, ...], Cover] = {}
    for cover in (cover for entry in entries for cover in entry.covers):
        earlier = joined.setdefault(cover.identity, cover)
        joined[cover.identity] = attrs.evolve(
            earlier,
            surplus_lines=earlier.surplus_lines or cover.surplus_lines,
            # One row may know of a cancellation that another does not; the earliest governs.
            cancelled=min((day for day in (earlier.cancelled, cover.cancelled) if day), default=None),
            ended=earlier.ended or cover.ended,
            limits=earlier.limits | cover.limits,
        )
    return list(joined.values())


def _policy(own_id: str, license_id: str, cover: Cover, register: Register, terms: tuple[Term, ...]) -> Policy:
    evidence = terms[-1].evidence
    insured = Insured(name=license_id, evidence=evidence)
    if cover.insured_as is InsuredCapacity.PARTICIPANT:
        # The policy is the leasing firm's; that the licensee's workers are on it is what the board confirms, from
        # the policy's first day or, where that is not known, from the day on which the board first said so.
        joined = terms[0].evidence.observed_on if isinstance(cover.effective, Missing) else cover.effective
        insured = Insured(participants=(Participant(name=license_id, effective=joined),), evidence=evidence)
    return Policy(
        id=own_id,
        line=cover.line,
        identifications=_identifications(cover, evidence),
        insured_as=cover.insured_as,
        insured=(insured,),
        terms=terms,
        cancellations=_cancellations(cover, evidence),
        limits=_limits(cover, evidence),
        states=_states(register, evidence) if cover.line == Line.WC else (),
    )


def _identifications(cover: Cover, evidence: Evidence) -> tuple[PolicyIdentification, ...]:
    return () if cover.carrier is None else (PolicyIdentification(carrier_name=cover.carrier, evidence=evidence),)


def _states(register: Register, evidence: Evidence) -> tuple[StatesCovered, ...]:
    # The board takes a certificate only from an insurer licensed to write workers' compensation in California, and
    # only as proof of cover for work under California law (Business and Professions Code 7125): what it confirms is
    # that the policy covers the state, as item 3.A does. It says nothing of other states.
    here = StateList(states=frozenset({register.state}))
    return (StatesCovered(item_3a=here, evidence=evidence),)


def _terms(cover: Cover, evidence: Evidence, seen: date) -> tuple[Term, ...]:
    term = Term(
        effective=cover.effective,
        expiration=cover.expiration,
        continuous=cover.continuous,
        evidence=evidence,
    )
    if cover.effective is not Missing.ABSENT or seen == evidence.observed_on:
        return (term,)
    # Cover of which nobody says when it began is known from the day on which it was first seen: that stays beside
    # what was seen last, or each extract would take away the days before it.
    return attrs.evolve(term, evidence=attrs.evolve(evidence, observed_on=seen)), term


def _cancellations(cover: Cover, evidence: Evidence) -> tuple[Cancellation, ...]:
    dated = () if cover.cancelled is None else (Cancellation(effective=cover.cancelled, evidence=evidence),)
    unknown = () if cover.ended is None else (Cancellation(reason=cover.ended, evidence=evidence),)
    return dated + unknown


def _limits(cover: Cover, evidence: Evidence) -> tuple[Limits, ...]:
    if cover.amount is None:
        return ()
    # Each kind of limit is a field of its own name.
    amounts: dict[str, Any] = {kind.value: cover.amount for kind in cover.limits}
    return (Limits(**amounts, evidence=evidence),)


def _carrier(cover: Cover) -> Carrier | None:
    if cover.carrier is None:
        return None
    if cover.surplus_lines:
        return Carrier(name=cover.carrier, status=CarrierStatus.SURPLUS_LINES)
    if cover.state_fund is not None:
        return Carrier(name=cover.carrier, status=CarrierStatus.STATE_FUND, fund_state=cover.state_fund)
    return Carrier(name=cover.carrier)


def _classes(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(class_ for entry in entries for class_ in entry.classes))
