"""The cover of one invented contractor: which lines it carries, term after term, with lapses and late renewals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from contractor_compliance.domain import (
    Assignment,
    Carrier,
    Certificate,
    Contractor,
    Enrollment,
    EnrollmentState,
    Evidence,
    EvidenceLevel,
    InsuredCapacity,
    Line,
    Policy,
    State,
)
from contractor_compliance.testing.companies.book import LIGHT_CLIENTS, STRICT_CLIENTS, TOWER_CLIENTS, UMBRELLA_CLIENTS
from contractor_compliance.testing.companies.chance import Chance, spread
from contractor_compliance.testing.companies.office import Office, Trade
from contractor_compliance.testing.companies.papers import certificate_of
from contractor_compliance.testing.companies.statements import (
    endorsements_of,
    exclusions_of,
    insured_of,
    layers_of,
    limits_of,
    notices_of,
    states_of,
    terms_of,
    triggers_of,
)

__all__ = ["Cover", "anniversary"]

#: How the facts of one year were learnt.
_SOURCES = spread(("certificate", 80), ("confirmed", 10), ("copy", 6), ("declared", 4))
_LINES: dict[Trade, tuple[Line, ...]] = {
    Trade.CONSTRUCTION: (Line.GL, Line.WC),
    Trade.HAULING: (Line.GL, Line.AUTO, Line.WC),
    Trade.EVENTS: (Line.GL,),
    Trade.PROFESSIONAL: (Line.PROFESSIONAL,),
    Trade.SOFTWARE: (Line.PROFESSIONAL, Line.CYBER),
    Trade.DESK: (),
}
#: The requirement that misses cover of a line.
_REQUIREMENTS = {
    Line.GL: "gl",
    Line.WC: "workers",
    Line.AUTO: "auto",
    Line.PROFESSIONAL: "professional",
    Line.CYBER: "cyber",
    Line.UMBRELLA: "umbrella",
}
_PREFIXES = {line: "".join(word[0] for word in line.label.split()).upper() for line in Line.known()}
_LAYERED = frozenset({*TOWER_CLIENTS, *UMBRELLA_CLIENTS})
_ASKING_FOR_GL = _LAYERED | {*STRICT_CLIENTS, *LIGHT_CLIENTS}
_WITHOUT_GL = frozenset(trade for trade, lines in _LINES.items() if Line.GL not in lines)
_MOST_TERMS = 4
#: States whose owners often work under an exemption.
EXEMPTING = (State.CA, State.FL)


def anniversary(day: date) -> date:
    """Return the same day of the next year; the 28th for February 29."""
    return date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


@attrs.define
class Cover:
    """Writes the policies of one contractor, and the certificates that tell of them.

    Attributes:
        chance: Where draws come from.
        index: Number of the contractor.
        trade: Kind of work.
        contractor: The contractor.
        assignments: Its work.
        enrollment: Its opt-in to program cover, if it has one.
        office: What the company has once.
        policies: What was written.
        certificates: What tells of it.
        wanting: Ids of requirements that, as far as was drawn, some cover does not meet.
        is_exempt: Whether an exemption is to stand in the place of workers' compensation.
    """

    chance: Chance
    index: int
    trade: Trade
    contractor: Contractor
    assignments: tuple[Assignment, ...]
    enrollment: Enrollment | None
    office: Office
    policies: list[Policy] = attrs.field(factory=list)
    certificates: list[Certificate] = attrs.field(factory=list)
    wanting: list[str] = attrs.field(factory=list)
    is_exempt: bool = False
    _years: list[Evidence] = attrs.field(factory=list)
    _states: frozenset[State] = frozenset()
    _parties: tuple[str, ...] = ()

    def write(self) -> None:
        """Draw the lines, and the terms of each."""
        chance, today = self.chance, self.office.today
        self._states = frozenset(state for each in self.assignments for state in each.work_states) or frozenset(
            {self.contractor.home_state or State.TX}
        )
        clients = self.office.clients_of(self.assignments)
        self._parties = (self.office.company.name, *(each.name for each in clients[:1]))
        first = min((each.start for each in self.assignments), default=today)
        # Most buy before the work begins, a few after.
        bought = first.toordinal() - chance.low(300) if chance.happens(95) else first.toordinal() + chance.below(30)
        start = date.fromordinal(min(bought, today.toordinal() + 20))
        start = start.replace(day=min(start.day, 28))
        lines = list(self._lines({each.id for each in clients}))
        takes_part = self.enrollment is not None and self.enrollment.state is EnrollmentState.COMPLETED
        for line in lines:
            if line == Line.GL and takes_part and chance.happens(60):
                self._take_part(line)
            elif chance.happens(94):
                self._buy(line, start if chance.happens(70) else self._apart(start))
            else:
                self._miss(line)
        if takes_part and not lines:
            self._take_part(Line.OCCUPATIONAL_ACCIDENT)

    def _lines(self, clients: set[str]) -> Iterator[Line]:
        chance = self.chance
        for line in _LINES[self.trade]:
            if line == Line.WC and self._goes_without():
                self.is_exempt = True
                if chance.happens(35):
                    yield Line.OCCUPATIONAL_ACCIDENT
            else:
                yield line
                # Where a state's fund writes workers' compensation, employers' liability has to be bought apart.
                if line == Line.WC and self._states & self.office.funds.keys() and chance.happens(85):
                    yield Line.STOP_GAP
        if self.trade is Trade.EVENTS and chance.happens(10):
            yield Line.WC
        if self.trade is Trade.CONSTRUCTION:
            if chance.happens(15):
                yield Line.AUTO
            if State.WA in self._states:
                yield Line.SURETY_BOND
        if self.trade in _WITHOUT_GL and (clients & _ASKING_FOR_GL or chance.happens(5)):
            yield Line.GL
        if clients & _LAYERED or chance.happens(1):
            yield Line.UMBRELLA
            if chance.happens(10):
                yield Line.EXCESS

    def _goes_without(self) -> bool:
        if self.contractor.has_employees is True:
            return False
        exempting = self.contractor.home_state in EXEMPTING
        return self.chance.happens(45 if exempting else 8)

    def _apart(self, start: date) -> date:
        moved = date.fromordinal(start.toordinal() - self.chance.below(120))
        return moved.replace(day=min(moved.day, 28))

    def _miss(self, line: Line) -> None:
        if line in _REQUIREMENTS:
            self.wanting.append(_REQUIREMENTS[line])

    def _buy(self, line: Line, start: date) -> None:
        """Write a policy for each term, renewed in time, late or not at all."""
        chance, today = self.chance, self.office.today
        carrier = self._carrier(line)
        if line == Line.SURETY_BOND:
            self._policy(line, start, anniversary(start), 0, carrier)
            return
        for year in range(_MOST_TERMS):
            end = anniversary(start)
            self._policy(line, start, end, year, carrier)
            if end > today and not ((end - today).days < 45 and chance.happens(25)):
                return
            how = chance.below(100)
            if how < 4:
                self._miss(line)
                return
            start = end if how < 92 else date.fromordinal(end.toordinal() + chance.between(1, 45))
            start = start.replace(day=min(start.day, 28)) if how >= 92 else start
            if start > today and how >= 92:
                return
            if chance.happens(8):
                carrier = self._carrier(line)

    def _carrier(self, line: Line) -> Carrier | None:
        if line == Line.WC:
            for state in sorted(self._states & self.office.funds.keys(), key=lambda each: each.value):
                return self.office.funds[state]
        return None if self.chance.happens(1.5) else self.chance.pick(self.office.market)

    def _policy(self, line: Line, start: date, end: date, year: int, carrier: Carrier | None) -> None:
        chance, evidence = self.chance, self._learnt(year, start)
        number = len(self.policies) + 1
        cancellations, reinstatements = notices_of(chance, start, end, self.office.today)
        limits = limits_of(chance, line, evidence)
        leases = line == Line.WC and chance.happens(2)
        self.policies.append(
            Policy(
                id=f"policy-{self.index:07}-{number:02}",
                line=line,
                number=f"{_PREFIXES[line]}-{self.index:07}-{number:02}" if chance.happens(96) else None,
                carrier_name=carrier.name if carrier else "Unlisted Lloyds of Somewhere",
                carrier_naic=carrier.naic if carrier and chance.happens(90) else None,
                insured_as=InsuredCapacity.LEASED_WORKER if leases else InsuredCapacity.NAMED_INSURED,
                assignment_id=self.assignments[0].id if self.assignments and chance.happens(1.5) else None,
                insured=insured_of(
                    chance, self.contractor, start, evidence, "Invented Leasing Company" if leases else None
                ),
                terms=terms_of(chance, line, start, end, evidence),
                cancellations=cancellations,
                reinstatements=reinstatements,
                limits=limits,
                triggers=triggers_of(chance, line, start, evidence),
                endorsements=endorsements_of(chance, line, self._parties, evidence),
                endorsements_complete=evidence if line == Line.GL and chance.happens(3) else None,
                states=states_of(chance, self._states, start, evidence) if line == Line.WC else (),
                exclusions=exclusions_of(chance, self.contractor, evidence) if line == Line.WC else (),
                underlying_schedules=layers_of(chance, line, evidence),
            )
        )

    def _take_part(self, line: Line) -> None:
        """Write the contractor into a master policy of the company's program."""
        assert self.enrollment is not None
        joined = self.enrollment.events[-1].at.date()
        start = date(joined.year, 1, 1)
        evidence = Evidence(level=EvidenceLevel.PLATFORM, observed_on=joined, document="enrollment")
        carrier = self.office.market[0]
        self.policies.append(
            Policy(
                id=f"policy-{self.index:07}-{len(self.policies) + 1:02}",
                line=line,
                number=f"MASTER-{line}-{start.year}",
                carrier_name=carrier.name,
                carrier_naic=carrier.naic,
                insured_as=InsuredCapacity.PARTICIPANT,
                program=True,
                insured=insured_of(self.chance, self.contractor, joined, evidence, self.office.company.name),
                terms=terms_of(self.chance, line, start, date(start.year + 1, 1, 1), evidence),
                limits=limits_of(self.chance, line, evidence),
                triggers=triggers_of(self.chance, line, start, evidence),
                endorsements=endorsements_of(self.chance, line, self._parties, evidence),
            )
        )

    def _learnt(self, year: int, start: date) -> Evidence:
        """Return where the facts of a year were read: most often on one certificate for all lines."""
        if year < len(self._years):
            return self._years[year]
        today = self.office.today
        told = date.fromordinal(min(start.toordinal() - self.chance.between(-5, 25), today.toordinal()))
        source = self.chance.pick(_SOURCES)
        if source == "certificate":
            name = f"certificate-{self.index:07}-{len(self.certificates) + 1:02}"
            is_last = (today - told).days < 300
            self.certificates.append(certificate_of(self.chance, name, told, self.office, is_last=is_last))
            evidence = Evidence(
                level=EvidenceLevel.CERTIFICATE, observed_on=told, document="acord_25", certificate_id=name
            )
        else:
            level, document = _OTHERWISE[source]
            evidence = Evidence(level=level, observed_on=told, document=document)
        self._years.append(evidence)
        return evidence


_OTHERWISE = {
    "confirmed": (EvidenceLevel.CONFIRMED, "letter_of_insurer"),
    "copy": (EvidenceLevel.COPY, "policy"),
    "declared": (EvidenceLevel.DECLARED, None),
}
