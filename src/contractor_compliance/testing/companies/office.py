"""The records that an invented company has once: itself, its clients, insurers, members and negotiated rates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from itertools import product
from typing import Any

import attrs

from contractor_compliance import domain
from contractor_compliance.domain import Carrier, Client, EndorsementKind, LimitKind, Line, Missing, RateCard, State
from contractor_compliance.evaluation import CompiledRuleBook, compile_rulebook
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.companies.draws import WORDS, Chance, address, person_name, shares

__all__ = ["ACTOR", "FUND_STATES", "GL_CLIENTS", "JOBS", "LAYER_CLIENTS", "UMBRELLA_CLIENTS", "Office"]

#: The member who brings the records in.
ACTOR = "member-01"
#: States in which only the state's own fund writes workers' compensation.
FUND_STATES = (State.ND, State.OH, State.PR, State.VI, State.WA, State.WY)
_CLIENT_TRADES = ("Mills", "Foods", "Arena", "Hotels", "Clinics", "Logistics", "Homes", "Media", "Markets", "Power")
_ROLES = {
    "owner": ("change_settings", "grant_waiver", "manage_members", "read"),
    "compliance": ("add_contractor", "change_rulebook", "grant_waiver", "read", "review"),
    "recruiter": ("add_assignment", "add_contractor", "read", "request_waiver"),
    "reader": ("read",),
}
_MEMBER_STATES = shares(domain.MemberState, "active 9, invited 1, suspended 1, removed 1")
#: Financial strength and size of the insurers, two of each, the better first.
_RATINGS = tuple(
    (domain.FinancialStrength(strength), size)
    for strength, size in (("A+", 15), ("A", 12), ("A", 9), ("A-", 8), ("A-", 7), ("B+", 6), ("NR", Missing.ABSENT))
)
_TITLES = {
    "construction": "Framing of houses, Roofing, Electrical installation, Plumbing, Painting, Tree work",
    "desk": "Answering of surveys from home",
    "events": "Rigging of stages, Set-up of exhibitions, Catering at events, Cleaning after events",
    "hauling": "Delivery of parcels, Haulage of equipment, Moving of households",
    "professional": "Bookkeeping, Translation, Graphic design, Appraisal of machines, Typing from dictation",
    "software": "Development of software, Testing of software, Care of servers",
}
_LICENSE_CLASSES = {"C-110": "C-39", "C-120": "C-10", "C-130": "C-36", "C-140": "C-33", "C-150": "D-49"}
_STATUSES = {"P-130": domain.JobCodeStatus.PROPOSED, "P-140": domain.JobCodeStatus.RETIRED}


def _job_code(trade: str, place: int, title: str) -> domain.JobCode:
    code = f"{trade[0].upper()}-1{place}0"
    return domain.JobCode(
        id=code,
        title=title,
        status=_STATUSES.get(code, domain.JobCodeStatus.APPROVED),
        industry=domain.Industry.CONSTRUCTION if trade == "construction" else domain.Industry.OTHER,
        license_classes=(_LICENSE_CLASSES[code],) if code in _LICENSE_CLASSES else (),
        class_codes=(domain.ClassCode(scheme="Invented Bureau", code=f"9{ord(code[0])}{place}"),),
    )


#: The job codes of each trade, whose work is insured alike: C-100, C-110 and so on in construction.
JOBS = {
    trade: tuple(_job_code(trade, place, title) for place, title in enumerate(titles.split(", ")))
    for trade, titles in _TITLES.items()
}
#: Clients whose work needs layers over general liability, counted apart or together with it.
UMBRELLA_CLIENTS, _TOWER_CLIENTS = frozenset({"client-09", "client-24"}), frozenset({"client-12"})
LAYER_CLIENTS = UMBRELLA_CLIENTS | _TOWER_CLIENTS
#: Clients that want copies of endorsements, and one that asks for little.
_STRICT_CLIENTS, _LIGHT_CLIENTS = frozenset({"client-06", "client-17"}), frozenset({"client-20"})
#: Clients that ask every contractor for general liability.
GL_CLIENTS = LAYER_CLIENTS | _STRICT_CLIENTS | _LIGHT_CLIENTS
#: Contractors who must be insured even while they do no work.
_WATCHED = frozenset(f"contractor-{index:07}" for index in range(3))

_WAIVABLE = frozenset(domain.ReasonCode) - domain.NEVER_WAIVABLE
_RATED = domain.CarrierRule(strength_at_least=domain.FinancialStrength.A_MINUS, size_at_least=7)
_UMBRELLA = frozenset({Line.UMBRELLA})
_BOTH = frozenset({domain.PartyRole.COMPANY, domain.PartyRole.CLIENT})
_COPY = domain.EvidenceLevel.COPY
_COPIES = (
    make.endorsement_rule(parties=_BOTH, edition_not_before="04 13"),
    make.endorsement_rule(EndorsementKind.ADDITIONAL_INSURED_COMPLETED, parties=_BOTH, at_least=_COPY),
    domain.EndorsementRule(kind=EndorsementKind.PRIMARY_NON_CONTRIBUTORY),
    domain.EndorsementRule(kind=EndorsementKind.WAIVER_OF_SUBROGATION),
)


def _general(amount: int, version: int, **changes: Any) -> domain.CoverageRequirement:
    usual = {"version": version, "payer": domain.Payer.CONTRACTOR, "carrier": _RATED, "top_up": _UMBRELLA}
    limits = {LimitKind.EACH_OCCURRENCE: amount, LimitKind.GENERAL_AGGREGATE: 2 * amount}
    return make.gl_requirement(limits=limits, waivable=_WAIVABLE, **{**usual, **changes})


_EXEMPTIONS = map(domain.ExemptionKind, ("owner_exemption", "attestation", "register_exemption"))
#: Workers' compensation with employers' liability, or what may stand in its place.
_WORKERS = make.any_of(
    make.all_of(
        make.wc_requirement(excluded_worker=domain.ExcludedWorkerRule.FLAG, carrier=_RATED),
        make.el_requirement(top_up=_UMBRELLA),
    ),
    make.exemption_requirement(*_EXEMPTIONS, evidence=domain.EvidenceRule(at_least=_COPY)),
    make.occupational_accident_requirement(limits=make.minimum_limits({LimitKind.EACH_CLAIM: make.MILLION // 2})),
    title="Workers' compensation",
    payer=domain.Payer.ORGANIZATION,
    waivable=_WAIVABLE,
)
_BOND = make.bond_requirement(
    states=frozenset({State.WA}), statutory=True, reference=domain.Reference(citation="Invented code, section 27")
)
_CLAIM = {LimitKind.EACH_CLAIM: make.MILLION}
_PROFESSIONAL = make.requirement(
    Line.PROFESSIONAL, limits=_CLAIM, retention_at_most=make.MILLION // 40, tail_years=1, waivable=_WAIVABLE
)
_CYBER = make.requirement(
    Line.CYBER, limits=_CLAIM, evidence=domain.EvidenceRule(fresh_for_days=500), waivable=_WAIVABLE
)
_LAYERS = make.umbrella_requirement(occurrence=2 * make.MILLION, aggregate=2 * make.MILLION, waivable=_WAIVABLE)
_TOWER = make.combined_requirement(occurrence=3 * make.MILLION, aggregate=4 * make.MILLION, waivable=_WAIVABLE)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Office:
    """What the contractors of an invented company share, made from the seed and the day when it is first asked for."""

    seed: int
    today: date

    @cached_property
    def company(self) -> domain.Company:
        """The company with its settings."""
        chance = Chance(self.seed, "company")
        gate = chance.pick(tuple(domain.AssignmentGate))
        return domain.Company(
            id=f"invented-{self.seed}",
            name=f"Invented {chance.pick(WORDS)} Staffing Inc",
            zone=chance.pick(("America/New_York", "America/Chicago", "America/Los_Angeles")),
            settings=domain.CompanySettings(gate=gate, allow_shared_email=True, expiring_within_days=45),
        )

    @cached_property
    def clients(self) -> tuple[Client, ...]:
        """Its clients, in the order of their ids."""
        chance, clients = Chance(self.seed, "clients"), []
        for number in range(1, 41):
            name = f"{chance.pick(WORDS)} {chance.pick(_CLIENT_TRADES)} {chance.pick(('Inc', 'LLC', 'LP'))}"
            place = address(chance.pick(tuple(State)), chance.below(6))
            clients.append(Client(id=f"client-{number:02}", name=name, aliases=(name.upper(),), address=place))
        return tuple(clients)

    @cached_property
    def job_codes(self) -> tuple[domain.JobCode, ...]:
        """Its job codes, in the order of their codes; one is proposed only and one retired."""
        return tuple(job for jobs in JOBS.values() for job in jobs)

    @cached_property
    def carriers(self) -> tuple[Carrier, ...]:
        """The insurers that it knows: fourteen by number, the better first, and then the states' funds."""
        chance, carriers, year = Chance(self.seed, "carriers"), [], self.today.year
        marked_down = domain.CarrierRating(strength=domain.FinancialStrength.B, size=7, effective=date(year, 4, 1))
        for number, (strength, size) in enumerate(rating for rating in _RATINGS for _ in range(2)):
            name = f"{chance.pick(WORDS)} {chance.pick(('Mutual', 'Casualty', 'Fire', 'Indemnity'))} Company"
            rating = domain.CarrierRating(strength=strength, size=size, effective=date(year - 6, 1, 1))
            ratings = (rating, marked_down) if number == 9 else (rating,)
            status = domain.CarrierStatus.SURPLUS_LINES if number in (7, 12) else domain.CarrierStatus.ADMITTED
            carriers.append(Carrier(name=name, naic=f"999{number + 10}", status=status, ratings=ratings))
        for state in FUND_STATES:
            name = f"Invented {state.value} State Insurance Fund"
            carriers.append(Carrier(name=name, status=domain.CarrierStatus.STATE_FUND, fund_state=state))
        return tuple(carriers)

    @cached_property
    def roles(self) -> tuple[domain.Role, ...]:
        """Its roles."""
        return tuple(
            make.role(id=f"role-{name}", title=name.capitalize(), permissions=frozenset(permissions))
            for name, permissions in _ROLES.items()
        )

    @cached_property
    def members(self) -> tuple[domain.Member, ...]:
        """Its members, in every state; none of those invited has signed in."""
        chance, members = Chance(self.seed, "members"), []
        for number, state in enumerate(_MEMBER_STATES, start=1):
            subject = domain.Subject(issuer="https://id.example.com", subject=f"subject-{number:02}")
            member = make.member(
                id=f"member-{number:02}",
                name=person_name(chance),
                state=state,
                subject=subject if state is not domain.MemberState.INVITED else None,
                email=f"member-{number:02}@example.com",
                roles=frozenset({self.roles[min(number // 3, 3)].id, "role-reader"}),
            )
            members.append(member)
        return tuple(members)

    @cached_property
    def rulebook(self) -> domain.RuleBook:
        """What it requires."""
        return _rule_book(self.today)

    @cached_property
    def plan(self) -> CompiledRuleBook:
        """The rule book, compiled."""
        return compile_rulebook(self.rulebook)

    @cached_property
    def rate_cards(self) -> tuple[RateCard, ...]:
        """What it has negotiated: workers' compensation, except where only a state's fund writes it, and GL."""
        return (
            self._rate_card(Line.WC, domain.RateBasis.PER_100_PAY, 4_000, 180_000),
            self._rate_card(Line.GL, domain.RateBasis.PER_1000_PAY, 20_000, 400_000),
        )

    def _rate_card(self, line: Line, basis: domain.RateBasis, least: int, most: int) -> RateCard:
        chance, this_year = Chance(self.seed, "rates", line), date(self.today.year, 1, 1)
        since, source = date(this_year.year - 1, 1, 1), f"Invented quote of {this_year.year - 1}"
        usual = make.rate(basis=basis, scheme="Invented Bureau", effective=since, until=None, source=source)
        rates = []
        for job, state in product(self.job_codes, State):
            if line == Line.GL or state not in FUND_STATES:
                micros, until = 100 * chance.between(least, most), this_year if chance.happens(10) else None
                rate = attrs.evolve(usual, micros=micros, class_code=job.class_codes[0].code, until=until)
                rates.append(domain.CardRate(job_code_id=job.id, line=line, state=state, rate=rate))
        return RateCard(id=f"rate-card-{line}", title=f"Negotiated rates, {line.label}", rates=tuple(rates))

    def dossier(self, records: Mapping[str, tuple[Any, ...]]) -> domain.Dossier:
        """Return the dossier of a contractor and its facts, with the shared records that they name in order."""
        named = {name for work in records["assignments"] for name in (work.client_id, work.job_code_id)}
        named |= {
            name
            for policy in records["policies"]
            for stated in policy.identifications
            for name in (stated.carrier_naic, stated.carrier_name)
        }
        return domain.Dossier(
            company=self.company,
            clients=tuple(client for client in self.clients if client.id in named),
            job_codes=tuple(job for job in self.job_codes if job.id in named),
            carriers=tuple(carrier for carrier in self.carriers if named & {carrier.naic or "", carrier.name}),
            **{**records, "contractor": records["contractor"][0]},
        )


def _rule_book(today: date) -> domain.RuleBook:
    """Return the rule book: more is asked for since the beginning of last year, and by some clients of this year."""
    raised, this_year = date(today.year - 1, 1, 1), date(today.year, 1, 1)
    strict = _general(make.MILLION, 3, endorsements=_COPIES, triggers=frozenset({domain.Trigger.OCCURRENCE}))
    light = _general(make.MILLION * 3 // 10, 4, carrier=None, top_up=frozenset())
    watched = _general(make.MILLION, 1, id="requirement-watched", key="watched")
    return make.rulebook(
        make.requirement_set(_general(make.MILLION // 2, 1), id="default-before", until=raised),
        make.requirement_set(_general(make.MILLION, 2, endorsements=(make.endorsement_rule(),)), effective=raised),
        _for_jobs("construction", _WORKERS, _BOND),
        _for_jobs("hauling", make.auto_requirement(top_up=_UMBRELLA, waivable=_WAIVABLE), _WORKERS),
        _for_jobs("professional", _PROFESSIONAL, mode=domain.SetMode.REPLACE),
        _for_jobs("software", _PROFESSIONAL, _CYBER, mode=domain.SetMode.REPLACE),
        _for_jobs("desk", mode=domain.SetMode.REPLACE),
        _for_clients(UMBRELLA_CLIENTS, _LAYERS),
        _for_clients(_TOWER_CLIENTS, _TOWER),
        _for_clients(_STRICT_CLIENTS, strict, for_contracts_from=this_year),
        _for_clients(_LIGHT_CLIENTS, light, mode=domain.SetMode.REPLACE),
        make.requirement_set(watched, id="watched", level=domain.SetLevel.CONTRACTOR, applies_to=_WATCHED, always=True),
        id="rulebook-invented",
        title="Invented requirements",
    )


def _for_jobs(trade: str, *requirements: domain.Requirement, **changes: Any) -> domain.RequirementSet:
    codes = frozenset(job.id for job in JOBS[trade])
    return make.requirement_set(*requirements, id=trade, level=domain.SetLevel.JOB_CODE, applies_to=codes, **changes)


def _for_clients(ids: frozenset[str], requirement: domain.Requirement, **changes: Any) -> domain.RequirementSet:
    return make.requirement_set(requirement, id=min(ids), level=domain.SetLevel.CLIENT, applies_to=ids, **changes)
