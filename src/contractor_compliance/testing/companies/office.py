"""What an invented company has once: itself, clients, job codes, insurers, members and negotiated rates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum

import attrs

from contractor_compliance.domain import (
    Address,
    Assignment,
    AssignmentGate,
    CardRate,
    Carrier,
    CarrierRating,
    CarrierStatus,
    ClassCode,
    Client,
    Company,
    CompanySettings,
    FinancialStrength,
    Industry,
    JobCode,
    JobCodeStatus,
    Line,
    Member,
    MemberState,
    Missing,
    Policy,
    Rate,
    RateBasis,
    RateCard,
    RateType,
    Role,
    State,
    Subject,
)
from contractor_compliance.testing.companies.chance import Chance
from contractor_compliance.testing.companies.words import addresses, company_name, person_name, word

__all__ = ["ACTOR", "FUND_STATES", "JOBS", "Office", "Trade", "open_office", "rate_cards"]


class Trade(Enum):
    """Kinds of work that are insured alike."""

    CONSTRUCTION = "construction"
    HAULING = "hauling"
    EVENTS = "events"
    PROFESSIONAL = "professional"
    SOFTWARE = "software"
    DESK = "desk"


#: Code, title, license class and SOC code of each job code, by trade. `P-900` is proposed and `P-901` retired.
JOBS: dict[Trade, tuple[tuple[str, str, str | None, str | None], ...]] = {
    Trade.CONSTRUCTION: (
        ("C-100", "Framing of houses", None, "47-2031"),
        ("C-110", "Roofing", "C-39", "47-2181"),
        ("C-120", "Electrical installation", "C-10", "47-2111"),
        ("C-130", "Plumbing", "C-36", "47-2152"),
        ("C-140", "Painting of buildings", "C-33", "47-2141"),
        ("C-150", "Tree work", "D-49", None),
    ),
    Trade.HAULING: (
        ("H-200", "Delivery of parcels", None, "43-5021"),
        ("H-210", "Haulage of equipment", None, None),
        ("H-220", "Moving of households", None, None),
    ),
    Trade.EVENTS: (
        ("E-300", "Rigging of stages", None, None),
        ("E-310", "Set-up of exhibitions", None, None),
        ("E-320", "Catering at events", None, None),
        ("E-330", "Cleaning after events", None, None),
    ),
    Trade.PROFESSIONAL: (
        ("P-400", "Bookkeeping", None, "43-3031"),
        ("P-410", "Translation of contracts", None, "27-3091"),
        ("P-420", "Graphic design", None, "27-1024"),
        ("P-900", "Appraisal of machines", None, None),
        ("P-901", "Typing from dictation", None, None),
    ),
    Trade.SOFTWARE: (
        ("S-500", "Development of software", None, "15-1252"),
        ("S-510", "Testing of software", None, None),
        ("S-520", "Care of servers", None, None),
    ),
    Trade.DESK: (("D-600", "Answering of surveys from home", None, None),),
}
_STATUSES = {"P-900": JobCodeStatus.PROPOSED, "P-901": JobCodeStatus.RETIRED}
#: States in which only the state's own fund writes workers' compensation.
FUND_STATES = (State.ND, State.OH, State.PR, State.VI, State.WA, State.WY)
_CLIENTS = 40
_AGENCIES = 25
#: The member who brings the records in.
ACTOR = "member-01"
_ISSUER = "https://id.example.com"
_ROLES = (
    ("role-owner", "Owner", ("change_settings", "grant_waiver", "manage_members", "read")),
    ("role-compliance", "Compliance", ("add_contractor", "change_rulebook", "grant_waiver", "read", "review")),
    ("role-recruiter", "Recruiter", ("add_assignment", "add_contractor", "read", "request_waiver")),
    ("role-reader", "Reader", ("read",)),
)
_STANDING = (
    (FinancialStrength.A_PLUS, 15),
    (FinancialStrength.A, 12),
    (FinancialStrength.A, 9),
    (FinancialStrength.A_MINUS, 8),
    (FinancialStrength.A_MINUS, 7),
    (FinancialStrength.B_PLUS, 6),
    (FinancialStrength.NOT_RATED, None),
)


@attrs.frozen(eq=False)
class Office:
    """What the contractors of an invented company share.

    Attributes:
        seed: The seed.
        today: The day around which days cluster.
        company: The company.
        clients: Its clients, in the order of their ids.
        busy_clients: The same, each as often as it has work.
        job_codes: Its job codes, in the order of their codes.
        carriers: Insurers, in the order of their numbers or names.
        market: Insurers of which a contractor buys; the better ones stand more often.
        funds: The fund of each state that has one.
        agencies: Names of agencies that complete certificates.
        addresses: Addresses by state.
        roles: Roles.
        members: Members.
    """

    seed: int
    today: date
    company: Company
    clients: tuple[Client, ...]
    busy_clients: tuple[Client, ...]
    job_codes: tuple[JobCode, ...]
    carriers: tuple[Carrier, ...]
    market: tuple[Carrier, ...]
    funds: dict[State, Carrier]
    agencies: tuple[str, ...]
    addresses: dict[State, tuple[Address, ...]]
    roles: tuple[Role, ...]
    members: tuple[Member, ...]

    _clients: dict[str, Client] = attrs.field(init=False)
    _job_codes: dict[str, JobCode] = attrs.field(init=False)
    _numbers: dict[str, Carrier] = attrs.field(init=False)
    _names: dict[str, Carrier] = attrs.field(init=False)

    @_clients.default
    def _clients_by_id(self) -> dict[str, Client]:
        return {each.id: each for each in self.clients}

    @_job_codes.default
    def _job_codes_by_code(self) -> dict[str, JobCode]:
        return {job_code.id: job_code for job_code in self.job_codes}

    @_numbers.default
    def _carriers_by_number(self) -> dict[str, Carrier]:
        return {each.naic: each for each in self.carriers if each.naic is not None}

    @_names.default
    def _carriers_by_name(self) -> dict[str, Carrier]:
        return {each.name: each for each in self.carriers}

    def clients_of(self, assignments: Iterable[Assignment]) -> tuple[Client, ...]:
        """Return the clients that assignments name, in the order of their ids."""
        named = sorted({each.client_id for each in assignments if each.client_id is not None})
        return tuple(self._clients[each] for each in named)

    def job_codes_of(self, assignments: Iterable[Assignment]) -> tuple[JobCode, ...]:
        """Return the job codes that assignments name, in the order of their codes."""
        named = sorted({each.job_code_id for each in assignments if each.job_code_id is not None})
        return tuple(self._job_codes[each] for each in named)

    def carriers_of(self, policies: Iterable[Policy]) -> tuple[Carrier, ...]:
        """Return the insurers that policies name by number or by their very name, in the order a store lists them."""
        found: dict[str, Carrier] = {}
        for each in policies:
            for carrier in (self._numbers.get(each.carrier_naic or ""), self._names.get(each.carrier_name or "")):
                if carrier is not None:
                    found[carrier.naic or carrier.name] = carrier
        return tuple(found[each] for each in sorted(found))


def open_office(seed: int, today: date) -> Office:
    """Return the company-wide records that belong to a seed."""
    chance = Chance(f"{seed}/office")
    company = Company(
        id=f"invented-{seed}",
        name=f"Invented {word(chance)} Staffing Inc",
        aliases=(f"Invented Staffing {seed}",),
        zone=chance.pick(("America/New_York", "America/Chicago", "America/Los_Angeles")),
        settings=CompanySettings(
            gate=chance.pick(tuple(AssignmentGate)), allow_shared_email=True, expiring_within_days=45
        ),
    )
    places = addresses(chance)
    clients = tuple(_client(chance, number, places) for number in range(1, _CLIENTS + 1))
    market = _market(chance, today)
    funds = {state: _fund(state) for state in FUND_STATES}
    # A client with a low number has much work, one with a high number little.
    busy = tuple(client for place, client in enumerate(clients) for _ in range(_CLIENTS - place))
    return Office(
        seed=seed,
        today=today,
        company=company,
        clients=clients,
        busy_clients=busy,
        job_codes=tuple(sorted(_job_codes(), key=lambda job_code: job_code.id)),
        carriers=tuple(sorted((*market, *funds.values()), key=lambda each: each.naic or each.name)),
        # The last ones are marked down, lowly rated or not rated at all: few buy of them.
        market=tuple(carrier for place, carrier in enumerate(market) for _ in range(60 if place < 9 else 6)),
        funds=funds,
        agencies=tuple(f"{word(chance)} Insurance Agency LLC" for _ in range(_AGENCIES)),
        addresses=places,
        roles=tuple(
            Role(id=name, title=title, permissions=frozenset(permissions)) for name, title, permissions in _ROLES
        ),
        members=tuple(_members(chance)),
    )


def _client(chance: Chance, number: int, places: dict[State, tuple[Address, ...]]) -> Client:
    name = company_name(chance)
    return Client(
        id=f"client-{number:02}",
        name=name,
        aliases=(name.upper(),) if chance.happens(20) else (),
        address=chance.pick(places[chance.pick((State.AL, State.CA, State.GA, State.NY, State.TX))]),
    )


def _job_codes() -> Iterable[JobCode]:
    for trade, jobs in JOBS.items():
        for code, title, license_class, soc_code in jobs:
            yield JobCode(
                id=code,
                title=title,
                description=f"{title}, as the contractor sees fit and with the contractor's own tools.",
                status=_STATUSES.get(code, JobCodeStatus.APPROVED),
                industry=Industry.CONSTRUCTION if trade is Trade.CONSTRUCTION else Industry.OTHER,
                license_classes=(license_class,) if license_class else (),
                soc_code=soc_code,
                class_codes=(ClassCode(scheme="Invented Bureau", code=f"9{code[2:]}"),),
            )


def _market(chance: Chance, today: date) -> tuple[Carrier, ...]:
    found = []
    for number in range(14):
        strength, size = _STANDING[0 if number == 0 else min(number // 2, len(_STANDING) - 1)]
        rated = CarrierRating(
            strength=strength, size=Missing.ABSENT if size is None else size, effective=date(today.year - 6, 1, 1)
        )
        # One insurer is marked down in the course of the year.
        later = CarrierRating(strength=FinancialStrength.B, size=7, effective=date(today.year, 4, 1))
        status = CarrierStatus.SURPLUS_LINES if number in (7, 12) else CarrierStatus.ADMITTED
        found.append(
            Carrier(
                name=f"{word(chance)} {chance.pick(('Mutual', 'Casualty', 'Fire', 'Indemnity'))} Company",
                naic=f"999{number + 10}",
                status=Missing.ABSENT if number == 13 else status,
                ratings=(rated, later) if number == 9 else (rated,),
            )
        )
    return tuple(found)


def _fund(state: State) -> Carrier:
    return Carrier(
        name=f"Invented {state.value} State Insurance Fund", status=CarrierStatus.STATE_FUND, fund_state=state
    )


def _members(chance: Chance) -> Iterable[Member]:
    states = (MemberState.ACTIVE,) * 9 + (MemberState.INVITED, MemberState.SUSPENDED, MemberState.REMOVED)
    for number, state in enumerate(states, start=1):
        role = _ROLES[min((number - 1) // 2, len(_ROLES) - 1)][0]
        yield Member(
            id=f"member-{number:02}",
            name=person_name(chance),
            state=state,
            subject=None if state is MemberState.INVITED else Subject(issuer=_ISSUER, subject=f"subject-{number:02}"),
            email=f"member-{number:02}@example.com",
            roles=frozenset({role, "role-reader"}) if number % 3 == 0 else frozenset({role}),
        )


def rate_cards(office: Office) -> tuple[RateCard, ...]:
    """Return what the company has negotiated: workers' compensation by state of work, GL by home state.

    Workers' compensation has no rate where only a state's fund writes it. One rate in four was raised this year.
    """
    return (
        _rate_card(office, "rate-card-wc", Line.WC, RateBasis.PER_100_PAY, 400_000, 18_000_000),
        _rate_card(office, "rate-card-gl", Line.GL, RateBasis.PER_1000_PAY, 2_000_000, 40_000_000),
    )


def _rate_card(office: Office, name: str, line: Line, basis: RateBasis, least: int, most: int) -> RateCard:
    chance = Chance(f"{office.seed}/{name}")
    turn = date(office.today.year, 1, 1)
    before = date(office.today.year - 1, 1, 1)
    rates: list[CardRate] = []
    for job in office.job_codes:
        usual = chance.between(least, most)
        for state in State:
            if line == Line.WC and state in FUND_STATES:
                continue
            micros = usual * chance.between(60, 160) // 100 // 100 * 100
            raised = chance.happens(25)
            for effective, until, amount in (
                ((before, turn, micros), (turn, None, micros * 107 // 100)) if raised else ((before, None, micros),)
            ):
                rate = Rate(
                    micros=amount,
                    type=RateType.NET,
                    basis=basis,
                    scheme=job.class_codes[0].scheme,
                    class_code=job.class_codes[0].code,
                    effective=effective,
                    until=until,
                    source=f"Invented quote of {effective.year}",
                )
                rates.append(CardRate(job_code_id=job.id, line=line, state=state, rate=rate))
    return RateCard(id=name, title=f"Negotiated rates, {line.label}", rates=tuple(rates))
