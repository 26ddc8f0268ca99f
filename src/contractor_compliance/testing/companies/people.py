"""One invented contractor: who it is, where it lives, and the work it does."""

from __future__ import annotations

from datetime import date

import attrs

from contractor_compliance.domain import (
    Assignment,
    Contractor,
    EntityType,
    License,
    Line,
    Missing,
    Party,
    PartyRole,
    PayBasis,
    Payer,
    PayerChoice,
    PayRate,
    Person,
    PersonRole,
    State,
    TaxId,
    WrittenContract,
    zones_of,
)
from contractor_compliance.testing.companies.book import UMBRELLA_CLIENTS
from contractor_compliance.testing.companies.chance import Chance, spread
from contractor_compliance.testing.companies.office import JOBS, Office, Trade
from contractor_compliance.testing.companies.words import HOME_STATES, company_name, firm_name, person_name

__all__ = ["SOLE", "contractor_of", "tax_id_of", "trade_of", "work_of"]

SOLE = frozenset({EntityType.INDIVIDUAL, EntityType.SOLE_PROPRIETOR})
_TRADES = spread(
    (Trade.CONSTRUCTION, 22),
    (Trade.HAULING, 14),
    (Trade.EVENTS, 34),
    (Trade.PROFESSIONAL, 16),
    (Trade.SOFTWARE, 9),
    (Trade.DESK, 5),
)
_FORMS = spread(
    (EntityType.INDIVIDUAL, 22),
    (EntityType.SOLE_PROPRIETOR, 20),
    (EntityType.LLC, 40),
    (EntityType.CORPORATION, 13),
    (EntityType.PARTNERSHIP, 4),
    (EntityType.OTHER, 1),
)
_HOW_MANY = spread((0, 5), (1, 62), (2, 23), (3, 8), (4, 2))
_WHEN = spread(("active", 46), ("open", 18), ("past", 19), ("upcoming", 9), ("cancelled", 4), ("held", 4))
#: Basis, least and most of a pay rate in cents.
_PAY = spread(
    ((PayBasis.HOUR, 1_800, 14_000), 70),
    ((PayBasis.DAY, 20_000, 90_000), 12),
    ((PayBasis.WEEK, 90_000, 400_000), 4),
    ((PayBasis.MONTH, 300_000, 1_200_000), 3),
    ((PayBasis.UNIT, 300, 9_000), 6),
    ((PayBasis.FLAT, 50_000, 2_500_000), 5),
)
_NEIGHBOURS = (State.AL, State.CA, State.FL, State.GA, State.NY, State.OH, State.TN, State.TX, State.WA)
_TAX_STEP = 7_919  # shares no factor with a million, so that no two of a million contractors have one number


def trade_of(chance: Chance) -> Trade:
    """Draw the kind of work that a contractor does."""
    return chance.pick(_TRADES)


def tax_id_of(index: int) -> TaxId:
    """Return the tax id of a contractor: it begins with 000, as no SSN, ITIN or EIN does."""
    return TaxId(f"000{index * _TAX_STEP % 1_000_000:06}")


def contractor_of(chance: Chance, index: int, trade: Trade, office: Office) -> Contractor:
    """Draw a contractor without its work and its cover."""
    form = chance.pick(_FORMS)
    state = chance.pick(HOME_STATES)
    owner = person_name(chance)
    works_alone = form in SOLE
    firm = firm_name(chance) if not works_alone or chance.happens(30) else None
    many_zones = len(zones_of(state)) > 1
    return Contractor(
        id=f"contractor-{index:07}",
        legal_name=owner if works_alone else company_name(chance, form, firm),
        entity_type=form,
        aliases=(f"{owner}, Contractor",) if works_alone and chance.happens(5) else (),
        trade_names=(firm,) if firm and (works_alone or chance.happens(10)) else (),
        tax_id=tax_id_of(index) if chance.happens(90) else None,
        home_address=None if chance.happens(1.5) else chance.pick(office.addresses[state]),
        mailing_address=chance.pick(office.addresses[state]) if chance.happens(8) else None,
        zone=chance.pick(zones_of(state)) if many_zones and chance.happens(60) else None,
        # Now and then a few contractors share the address of one bookkeeper.
        email=f"office-{index // 50}@example.com" if chance.happens(3) else f"contractor-{index:07}@example.com",
        phone=f"+1 555 555 01{chance.below(100):02}" if chance.happens(80) else None,
        people=_people(chance, form, owner),
        has_employees=chance.pick(_EMPLOYEES),
        licenses=_licenses(chance, trade, state, office),
        payers=(PayerChoice(line=Line.GL, payer=chance.pick(tuple(Payer))),) if chance.happens(4) else (),
    )


_EMPLOYEES: tuple[bool | Missing, ...] = spread((False, 72), (True, 22), (Missing.ABSENT, 5), (Missing.UNREADABLE, 1))
_SHARES = {1: (100,), 2: (60, 40), 3: (50, 42, 8)}


def _people(chance: Chance, form: EntityType, owner: str) -> tuple[Person, ...]:
    if form in SOLE:
        owners = 1
    else:
        owners = chance.pick((1, 1, 1, 2, 3)) if form is not EntityType.PARTNERSHIP else chance.between(2, 3)
    known = not chance.happens(10)
    people = [
        Person(
            id=f"person-{place}",
            name=owner if place == 1 else person_name(chance),
            ownership_percent=share if known else Missing.ABSENT,
        )
        for place, share in enumerate(_SHARES[owners], start=1)
    ]
    if chance.happens(12):
        people.append(Person(id=f"person-{owners + 1}", name=person_name(chance), role=PersonRole.EMPLOYEE))
    return tuple(people)


def _licenses(chance: Chance, trade: Trade, state: State, office: Office) -> tuple[License, ...]:
    if trade is not Trade.CONSTRUCTION or not chance.happens(40):
        return ()
    _, _, license_class, _ = chance.pick(JOBS[trade])
    start = _day(office.today, -chance.between(30, 900))
    return (
        License(
            state=state,
            number=f"{state.value}-{chance.below(1_000_000):06}",
            classes=(license_class,) if license_class and chance.happens(90) else (),
            effective=start,
            expiration=_day(start, 730) if chance.happens(85) else None,
        ),
    )


def work_of(chance: Chance, index: int, trade: Trade, contractor: Contractor, office: Office) -> tuple[Assignment, ...]:
    """Draw the assignments of a contractor, in the order of their ids."""
    return tuple(
        _assignment(chance, f"assignment-{index:07}-{number}", trade, contractor, office)
        for number in range(1, chance.pick(_HOW_MANY) + 1)
    )


def _assignment(chance: Chance, name: str, trade: Trade, contractor: Contractor, office: Office) -> Assignment:
    when = chance.pick(_WHEN)
    start, end = _days(chance, when, office.today)
    if chance.happens(3):
        trade = chance.pick(tuple(Trade))
    code, title, *_ = chance.pick(JOBS[trade])
    remote = trade in _REMOTE and chance.happens(70)
    client_id = None if chance.happens(2) else chance.pick(office.busy_clients).id
    basis, least, most = chance.pick(_PAY)
    return Assignment(
        id=name,
        start=start,
        end=end,
        cancelled_on=_day(min(start, office.today), -chance.below(20)) if when == "cancelled" else None,
        on_hold=when == "held",
        client_id=client_id,
        job_code_id=None if chance.happens(1.5) else code,
        title=title if chance.happens(70) else None,
        work_states=frozenset() if remote or chance.happens(1) else _states(chance, contractor),
        remote=remote,
        worker=_worker(chance, contractor),
        contracts=_contracts(chance, start),
        parties=(_OWNER,) if client_id in UMBRELLA_CLIENTS and chance.happens(50) else (),
        pay_rates=_pay_rates(chance, start, basis, chance.between(least, most), office.today),
        payers=(PayerChoice(line=Line.WC, payer=Payer.ORGANIZATION),) if chance.happens(3) else (),
        purchase_order=f"PO-{chance.below(100_000):05}" if chance.happens(30) else None,
    )


_REMOTE = frozenset({Trade.PROFESSIONAL, Trade.SOFTWARE, Trade.DESK})
_OWNER = Party(role=PartyRole.OWNER, name="Invented Estates Holding LP")


def _days(chance: Chance, when: str, today: date) -> tuple[date, date | None]:
    match when:
        case "past":
            start = _day(today, -chance.between(150, 640))
            return start, _day(start, chance.between(5, 140))
        case "upcoming" | "cancelled":
            start = _day(today, chance.between(1, 90))
            return start, _day(start, chance.between(10, 250)) if chance.happens(80) else None
        case "open":
            return _day(today, -chance.low(640)), None
        case _:
            start = _day(today, -chance.low(380))
            return start, _day(today, chance.below(240))


def _states(chance: Chance, contractor: Contractor) -> frozenset[State]:
    home = contractor.home_state or State.TX
    if chance.happens(86):
        return frozenset({home})
    return frozenset({chance.pick(_NEIGHBOURS)} if chance.happens(40) else {home, chance.pick(_NEIGHBOURS)})


def _worker(chance: Chance, contractor: Contractor) -> str | Missing:
    if chance.happens(88):
        return contractor.people[0].id
    return Missing.ABSENT if chance.happens(50) else chance.pick(contractor.people).id


def _contracts(chance: Chance, start: date) -> tuple[WrittenContract, ...]:
    if chance.happens(3):
        return ()
    both = chance.happens(70)
    own = WrittenContract(
        with_party=PartyRole.COMPANY,
        # A few are signed only after work has begun.
        signed_on=_day(start, chance.between(1, 20) if chance.happens(4) else -chance.below(30)),
        additional_insureds=_CLIENT_TOO if both else _NOBODY,
        reference=f"MSA-{start.year}" if chance.happens(40) else None,
    )
    if not chance.happens(6):
        return (own,)
    return own, WrittenContract(with_party=PartyRole.CLIENT, signed_on=_day(start, -chance.below(20)))


_CLIENT_TOO = frozenset({PartyRole.CLIENT})
_NOBODY: frozenset[PartyRole] = frozenset()


def _pay_rates(chance: Chance, start: date, basis: PayBasis, cents: int, today: date) -> tuple[PayRate, ...]:
    if chance.happens(4):
        return ()
    first = PayRate(effective=start, cents=cents, basis=basis)
    if basis is PayBasis.FLAT or not chance.happens(25):
        return (first,)
    later = _day(start, chance.between(60, 300))
    if later > today:
        return (first,)
    return first, attrs.evolve(first, effective=later, cents=cents * chance.between(102, 112) // 100)


def _day(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)
