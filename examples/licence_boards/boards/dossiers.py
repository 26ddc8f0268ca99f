"""Turns what the rows of one licence say into the dossier of a contractor with one open assignment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
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
    CoversAs,
    Dossier,
    EntityType,
    Evidence,
    Exemption,
    Insured,
    Licence,
    Limits,
    Line,
    Missing,
    Participant,
    Person,
    Policy,
    Rung,
    StateList,
    StatesCovered,
    Term,
)

__all__ = ["current", "dossier"]

#: Who asks: whoever is about to hire the licensees.
_COMPANY = Company(id="hiring-company", name="The hiring company")
#: The owner who does the work, where the licensee is a sole owner. The extracts carry no names.
_OWNER = "owner"


def current(entries: Sequence[Entry], observed: date) -> list[Entry]:
    """Return the entries of a licence that stand, out of all those in the file.

    A register that dates its rows replaces a row when it changes: of several, the newest are the record, and the
    others what it used to say. Rows without a date all stand.
    """
    newest = max(entry.observed or observed for entry in entries)
    return [entry for entry in entries if (entry.observed or observed) == newest]


def dossier(register: Register, entries: Sequence[Entry], *, observed: date, start: date) -> Dossier:
    """Return the dossier of one licence.

    Args:
        register: The register that the entries come from.
        entries: What its rows say.
        observed: The day on which the file was current, for rows that do not say.
        start: First day of the assignment, which has no end.
    """
    first = entries[0]
    observed = first.observed or observed
    evidence = Evidence(rung=Rung.CONFIRMED, observed_on=observed, document="register_entry")
    policies: list[Policy] = []
    exemptions: list[Exemption] = []
    carriers: dict[str, Carrier] = {}
    for number, cover in enumerate(_joined(entries), start=1):
        own_id = f"{first.id} {cover.line} {number}"
        if cover.exemption is not None:
            exemptions.append(
                Exemption(
                    id=own_id,
                    kind=cover.exemption,
                    state=register.state,
                    terms=_terms(cover, evidence),
                    cancellations=_cancellations(cover, evidence),
                )
            )
            continue
        policies.append(_policy(own_id, first.id, cover, register, evidence))
        carrier = _carrier(cover)
        # The same insurer may appear with and without the register's mark; the mark is what is known of it.
        if carrier is not None and (carrier.name not in carriers or carrier.status is not Missing.ABSENT):
            carriers[carrier.name] = carrier
    sole = first.entity_type is EntityType.SOLE_PROPRIETOR
    return Dossier(
        company=_COMPANY,
        contractor=Contractor(
            id=first.id,
            # The rows carry no names: they are about the licence, and so is the cover that they state.
            legal_name=first.id,
            entity_type=first.entity_type,
            home_address=Address(state=first.home) if first.home else None,
            people=(Person(id=_OWNER, name=first.id),) if sole else (),
            has_employees=False if all(entry.no_employees for entry in entries) else Missing.ABSENT,
            licences=(Licence(state=register.state, number=first.id, classes=_classes(entries)),),
        ),
        assignments=(Assignment(id="work", start=start, work_states=frozenset({register.state})),),
        policies=tuple(policies),
        carriers=tuple(carriers.values()),
        exemptions=tuple(exemptions),
    )


def _joined(entries: Sequence[Entry]) -> list[Cover]:
    """Return the cover of all rows, each policy once: registers repeat it in every row of a licence."""
    joined: dict[tuple[object, ...], Cover] = {}
    for cover in (cover for entry in entries for cover in entry.covers):
        known = joined.setdefault(cover.identity, cover)
        joined[cover.identity] = attrs.evolve(
            known,
            surplus_lines=known.surplus_lines or cover.surplus_lines,
            # One row may know of a cancellation that another does not; the earliest governs.
            cancelled=min((each for each in (known.cancelled, cover.cancelled) if each), default=None),
            ended=known.ended or cover.ended,
            limits=known.limits | cover.limits,
        )
    return list(joined.values())


def _policy(own_id: str, licence: str, cover: Cover, register: Register, evidence: Evidence) -> Policy:
    insured = Insured(name=licence, evidence=evidence)
    if cover.covers_as is CoversAs.LEASED_WORKER:
        # The policy is the leasing firm's; that the licensee's workers are on it is what the board confirms, from
        # the policy's first day or, where that is not known, from the day on which the board said so.
        joined = evidence.observed_on if isinstance(cover.effective, Missing) else cover.effective
        insured = Insured(participants=(Participant(name=licence, effective=joined),), evidence=evidence)
    return Policy(
        id=own_id,
        line=cover.line,
        carrier_name=cover.carrier,
        covers_as=cover.covers_as,
        insured=(insured,),
        terms=_terms(cover, evidence),
        cancellations=_cancellations(cover, evidence),
        limits=_limits(cover, evidence),
        states=_states(register, evidence) if cover.line == Line.WC else (),
    )


def _states(register: Register, evidence: Evidence) -> tuple[StatesCovered, ...]:
    # The board takes a certificate only from an insurer licensed to write workers' compensation in California, and
    # only as proof of cover for work under California law (Business and Professions Code 7125): what it confirms is
    # that the policy covers the state, as item 3.A does. It says nothing of other states.
    here = StateList(states=frozenset({register.state}))
    return (StatesCovered(item_3a=here, evidence=evidence),)


def _terms(cover: Cover, evidence: Evidence) -> tuple[Term, ...]:
    return (
        Term(
            effective=cover.effective,
            expiration=cover.expiration,
            continuous=cover.continuous,
            evidence=evidence,
        ),
    )


def _cancellations(cover: Cover, evidence: Evidence) -> tuple[Cancellation, ...]:
    known = () if cover.cancelled is None else (Cancellation(effective=cover.cancelled, evidence=evidence),)
    unknown = () if cover.ended is None else (Cancellation(reason=cover.ended, evidence=evidence),)
    return known + unknown


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
    return tuple(dict.fromkeys(each for entry in entries for each in entry.classes))
