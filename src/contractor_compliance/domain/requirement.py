"""What a company asks for: a closed union of requirements.

"Policy" always means an insurance policy; the rules are requirements, kept in a rule book.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import attrs

from contractor_compliance.domain.assignment import PartyRole
from contractor_compliance.domain.carrier import CarrierStatus, FinancialStrength
from contractor_compliance.domain.certificate import ExemptionKind
from contractor_compliance.domain.company import Payer
from contractor_compliance.domain.contractor import EntityType
from contractor_compliance.domain.endorsement import Edition, EndorsementKind
from contractor_compliance.domain.evidence import EvidenceLevel, EvidenceRule
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.limits import AggregateBasis, MinimumLimit, limit_kinds
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.policy import Trigger
from contractor_compliance.domain.reason import NEVER_WAIVABLE, ReasonCode
from contractor_compliance.domain.value import AtLeast, AtMost, Id, Text, Value, repeated
from contractor_compliance.errors import Fault

__all__ = [
    "AllOf",
    "AnyOf",
    "CarrierRule",
    "CombinedLimitRequirement",
    "CoverageRequirement",
    "Custom",
    "EndorsementRule",
    "ExcludedWorkerRule",
    "ExemptionRequirement",
    "OccupationalAccidentRequirement",
    "Reference",
    "Requirement",
    "RequirementHeader",
    "UmbrellaRequirement",
    "requirement_key",
]


class ExcludedWorkerRule(LabeledCode):
    """What to make of a policy that excludes the owner who does the work (domain rule B6.11).

    Example:
        >>> from contractor_compliance.testing import factories
        >>> factories.wc_requirement(excluded_worker=ExcludedWorkerRule.FLAG).excluded_worker.label
        'flag'
    """

    ACCEPT = "accept"
    FLAG = "flag"
    REJECT = "reject"


@attrs.frozen(kw_only=True)
class Reference(Value):
    """Where a requirement comes from.

    Attributes:
        citation: Statute, rule or contract clause: `RCW 18.27.050`.
        url: Address where it can be read.
        as_of: Day on which it was read.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import factories
        >>> reference = Reference(citation="RCW 18.27.050", as_of=date(2026, 11, 1))
        >>> factories.gl_requirement(reference=reference, statutory=True).reference.citation
        'RCW 18.27.050'
    """

    citation: Text
    url: Text | None = None
    as_of: date | None = None


@attrs.frozen(kw_only=True)
class EndorsementRule(Value):
    """An endorsement that must be there.

    Attributes:
        kind: What it must do.
        parties: Roles that it must serve; each must be named, or reached by a blanket form and a written contract.
        accepts_blanket: Whether a blanket form will do.
        forms: Form numbers that will do; none = any.
        edition_not_before: Earliest edition that will do: `04 13` (domain rule B4.1).
        notice_days: Days of notice that it must give, for a notice of cancellation.
        at_least: Weakest level of evidence that counts, where it differs from the requirement's.

    Example:
        >>> from contractor_compliance.domain import EndorsementKind, PartyRole
        >>> from contractor_compliance.testing import factories
        >>> client = frozenset({PartyRole.CLIENT})
        >>> kind = EndorsementKind.ADDITIONAL_INSURED_ONGOING
        >>> rule = EndorsementRule(kind=kind, parties=client, accepts_blanket=False)
        >>> factories.gl_requirement(endorsements=(rule,)).endorsements[0].accepts_blanket
        False
    """

    kind: EndorsementKind
    parties: frozenset[PartyRole] = frozenset()
    accepts_blanket: bool = True
    forms: frozenset[Text] = frozenset()
    edition_not_before: Edition | None = None
    notice_days: Annotated[int, AtLeast(1)] | None = None
    at_least: EvidenceLevel | None = None


@attrs.frozen(kw_only=True)
class CarrierRule(Value):
    """What the insurer must be (domain rules B5.3 to B5.5).

    Attributes:
        strength_at_least: Lowest financial strength that satisfies. With a size, both must be met.
        size_at_least: Lowest financial size category, 1 to 15.
        statuses: Statuses that satisfy; none = any.
        exempt_unrated_funds: State funds and self-insurers, which are not rated, are spared the rating.

    Example:
        >>> from contractor_compliance.domain import FinancialStrength
        >>> from contractor_compliance.testing import factories
        >>> rule = CarrierRule(strength_at_least=FinancialStrength.A_MINUS, size_at_least=7)
        >>> rating = factories.carrier().ratings[-1]
        >>> rating.strength.place <= rule.strength_at_least.place and rating.size >= rule.size_at_least
        True
    """

    strength_at_least: FinancialStrength | None = None
    size_at_least: Annotated[int, AtLeast(1), AtMost(15)] | None = None
    statuses: frozenset[CarrierStatus] = frozenset()
    exempt_unrated_funds: bool = True


@attrs.frozen(kw_only=True)
class RequirementHeader(Value):
    """What every requirement has.

    Attributes:
        id: Id, unique in the rule book with the version.
        version: Counts up; a version never changes.
        key: What a later set overrides it by; default: the kind of requirement and the line.
        title: Name for people; default: the line.
        payer: Who pays for program cover of the line by default.
        waivable: Reasons for which a waiver may be granted; expired, cancelled and gap never are.
        effective: First day it is valid; None = no beginning.
        until: The day after its last; None = no end.
        reference: The law or contract that it comes from.
        statutory: A set that replaces earlier ones keeps it.
        states: States of work it is for; none = all. Elsewhere it is not applicable.
        entity_types: Legal forms of contractors it is for; none = all.
        tail_years: Years after the assignment's end for which it is judged (domain rule B3.10).

    Example:
        >>> from contractor_compliance.domain import ReasonCode
        >>> header = RequirementHeader(id="gl", waivable=frozenset({ReasonCode.LIMIT_TOO_LOW}))
        >>> header.version, header.statutory, header.tail_years
        (1, False, None)
    """

    id: Id
    version: Annotated[int, AtLeast(1)] = 1
    key: Id | None = None
    title: Text | None = None
    payer: Payer | None = None
    waivable: frozenset[ReasonCode] = frozenset()
    effective: date | None = None
    until: date | None = None
    reference: Reference | None = None
    statutory: bool = False
    states: frozenset[State] = frozenset()
    entity_types: frozenset[EntityType] = frozenset()
    tail_years: Annotated[int, AtLeast(1)] | None = None

    def _faults(self) -> Iterator[Fault]:
        for code in sorted(self.waivable & NEVER_WAIVABLE, key=lambda reason: reason.value):
            yield Fault(
                "$.waivable",
                code.value,
                "is never waivable: cover that has run out stays run out (B8.3)",
            )
        if self.effective is not None and self.until is not None and self.until <= self.effective:
            yield Fault("$.until", str(self.until), f"must be after the first day, {self.effective}")


@attrs.frozen(kw_only=True)
class CoverageRequirement(RequirementHeader):
    """One line of insurance that must be carried, by one primary policy that satisfies all of it.

    Attributes:
        line: The line.
        limits: Limits that must be carried.
        aggregate_bases: What the general aggregate may apply to; none = anything.
        triggers: Triggers that satisfy; none = any. With claims-made, the retroactive date must reach back to the
            start of the assignment.
        retention_at_most: Largest deductible or retention, in cents.
        endorsements: Endorsements that must be there.
        carrier: What the insurer must be.
        top_up: Layers that may make up a limit that the primary lacks: umbrella, excess, both or neither.
        evidence: What evidence counts.
        excluded_worker: Workers' compensation: what to make of a policy that excludes the person who does the work.
        accepts: Workers' compensation: exemptions that satisfy a state in the place of a policy.
        new_york_unlimited: Employers' liability: New York in 3.A satisfies any limit for work there (rule B6.1).

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.domain import LimitKind, Line, MinimumLimit, cents
        >>> from contractor_compliance.testing import factories
        >>> minimum = MinimumLimit(limit=LimitKind.EACH_OCCURRENCE, cents=cents("1,000,000"))
        >>> rulebook = factories.rulebook(CoverageRequirement(id="gl", line=Line.GL, limits=(minimum,)))
        >>> evaluate(factories.dossier(factories.gl_policy()), rulebook, as_of=date(2026, 6, 1)).verdict
        <Verdict.COMPLIANT: 'compliant'>
    """

    line: Line
    limits: tuple[MinimumLimit, ...] = ()
    aggregate_bases: frozenset[AggregateBasis] = frozenset()
    triggers: frozenset[Trigger] = frozenset()
    retention_at_most: Cents | None = None
    endorsements: tuple[EndorsementRule, ...] = ()
    carrier: CarrierRule | None = None
    top_up: frozenset[Line] = frozenset()
    evidence: EvidenceRule = EvidenceRule()
    excluded_worker: ExcludedWorkerRule = ExcludedWorkerRule.REJECT
    accepts: frozenset[ExemptionKind] = frozenset()
    new_york_unlimited: bool = True

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        if self.line.is_layer:
            yield Fault("$.line", self.line, "ask for layers with an umbrella requirement")
        allowed = limit_kinds(self.line)
        for index, minimum in enumerate(self.limits):
            if minimum.limit not in allowed:
                names = ", ".join(sorted(kind.value for kind in allowed)) or "none: the statute sets its benefit"
                yield Fault(
                    f"$.limits[{index}].limit",
                    minimum.limit.value,
                    f"{self.line.label} has no such limit; it has {names}",
                )
        yield from repeated(self.limits, "limits", lambda minimum: minimum.limit)
        for index, rule in enumerate(self.endorsements):
            if rule.kind.is_additional_insured and self.line in (
                Line.WC,
                Line.EL,
                Line.SURETY_BOND,
            ):
                yield Fault(
                    f"$.endorsements[{index}].kind",
                    rule.kind.value,
                    f"{self.line.label} cannot add an insured (B1.1); ask for a waiver of subrogation or drop it",
                )
        if self.top_up and self.line in (Line.WC, Line.SURETY_BOND):
            yield Fault(
                "$.top_up",
                ", ".join(sorted(self.top_up)),
                f"no layer tops up {self.line.label} (B2.7)",
            )
        yield from _not_layers("top_up", self.top_up)
        if self.accepts and self.line != Line.WC:
            yield Fault(
                "$.accepts",
                self.line,
                "only workers' compensation has exemptions that stand in its place",
            )


@attrs.frozen(kw_only=True)
class UmbrellaRequirement(RequirementHeader):
    """Umbrella or excess cover that must be carried, by layers alone (domain rules B2.3 to B2.6).

    Attributes:
        occurrence: Amount each occurrence, in cents.
        aggregate: Aggregate, in cents; None = not asked for.
        over: Lines that it must sit on; each must be scheduled or followed.
        layers: What counts: umbrella, excess, or both.
        double_use: Let a layer that tops up a line count here in full as well; normally the whole tower must reach
            both amounts together (domain rule B2.4).
        evidence: What evidence counts.

    Example:
        >>> from contractor_compliance.domain import Line, cents
        >>> lines = frozenset({Line.GL, Line.AUTO})
        >>> requirement = UmbrellaRequirement(id="umbrella", occurrence=cents("5,000,000"), over=lines)
        >>> sorted(line.label for line in requirement.layers)
        ['excess', 'umbrella']
    """

    occurrence: Cents
    aggregate: Cents | None = None
    over: frozenset[Line] = frozenset({Line.GL})
    layers: frozenset[Line] = frozenset({Line.UMBRELLA, Line.EXCESS})
    double_use: bool = False
    evidence: EvidenceRule = EvidenceRule()

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        yield from _not_layers("layers", self.layers)
        yield from _not_over("over", self.over)
        if not self.over:
            yield Fault("$.over", "none", "name at least one line that it must sit on")
        if not self.layers:
            yield Fault("$.layers", "none", "accept umbrella, excess or both")


@attrs.frozen(kw_only=True)
class CombinedLimitRequirement(RequirementHeader):
    """A primary line and the layers over it, counted together (domain rule B2.4).

    Attributes:
        line: The primary line.
        occurrence: Primary and layers together, each occurrence (accident, claim), in cents.
        aggregate: Primary and layers together, aggregate, in cents; None = not asked for.
        layers: What counts on top: umbrella, excess, or both.
        evidence: What evidence counts.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.domain import Line, cents
        >>> from contractor_compliance.testing import factories
        >>> requirement = CombinedLimitRequirement(id="tower", line=Line.GL, occurrence=cents("6,000,000"))
        >>> dossier = factories.dossier(factories.gl_policy(), factories.umbrella_policy())
        >>> evaluate(dossier, factories.rulebook(requirement), as_of=date(2026, 6, 1)).verdict
        <Verdict.COMPLIANT: 'compliant'>
    """

    line: Line
    occurrence: Cents
    aggregate: Cents | None = None
    layers: frozenset[Line] = frozenset({Line.UMBRELLA, Line.EXCESS})
    evidence: EvidenceRule = EvidenceRule()

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        yield from _not_layers("layers", self.layers)
        yield from _not_over("line", frozenset({self.line}))


@attrs.frozen(kw_only=True)
class ExemptionRequirement(RequirementHeader):
    """A paper in the place of workers' compensation, good for each state of work; a member of an `AnyOf`.

    Attributes:
        kinds: Kinds of paper that satisfy.
        evidence: What evidence counts.

    Example:
        >>> from contractor_compliance.domain import ExemptionKind
        >>> from contractor_compliance.testing import factories
        >>> exemption = ExemptionRequirement(id="exempt", kinds=frozenset({ExemptionKind.OWNER_EXEMPTION}))
        >>> [member.id for member in factories.any_of(factories.wc_requirement(id="wc"), exemption).members]
        ['wc', 'exempt']
    """

    kinds: frozenset[ExemptionKind]
    evidence: EvidenceRule = EvidenceRule()

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        if not self.kinds:
            yield Fault("$.kinds", "none", "name at least one kind of exemption that satisfies")


@attrs.frozen(kw_only=True)
class OccupationalAccidentRequirement(RequirementHeader):
    """Occupational accident cover, accepted as an alternative to workers' compensation (domain rule B6.12).

    It is not workers' compensation: it satisfies only where the law does not demand workers' compensation of the
    person who does the work.

    Attributes:
        limits: Limits that must be carried.
        evidence: What evidence counts.

    Example:
        >>> from contractor_compliance.domain import LimitKind, MinimumLimit, cents, requirement_key
        >>> minimum = MinimumLimit(limit=LimitKind.EACH_CLAIM, cents=cents("1,000,000"))
        >>> requirement_key(OccupationalAccidentRequirement(id="accident", limits=(minimum,)))
        'occupational_accident'
    """

    limits: tuple[MinimumLimit, ...] = ()
    evidence: EvidenceRule = EvidenceRule()

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        allowed = limit_kinds(Line.OCCUPATIONAL_ACCIDENT)
        for index, minimum in enumerate(self.limits):
            if minimum.limit not in allowed:
                yield Fault(
                    f"$.limits[{index}].limit",
                    minimum.limit.value,
                    "occupational accident has no such limit",
                )
        yield from repeated(self.limits, "limits", lambda minimum: minimum.limit)


@attrs.frozen(kw_only=True)
class Custom(RequirementHeader):
    """A check that the host supplies by name; without it the answer is unknown.

    Attributes:
        name: Name of the function in the mapping given to `evaluate`.
        line: Line that it speaks of, if any.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing import factories
        >>> rulebook = factories.rulebook(Custom(id="drug-test", name="drug_test"))
        >>> evaluate(factories.dossier(), rulebook, as_of=date(2026, 6, 1)).verdict  # no function was supplied
        <Verdict.UNDETERMINED: 'undetermined'>
    """

    name: Id
    line: Line | None = None


@attrs.frozen(kw_only=True)
class AllOf(RequirementHeader):
    """Every member must be met; the answer of a day is the worst member's.

    Attributes:
        members: The members; ids unique among them.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing import factories
        >>> both = AllOf(id="people", members=(factories.wc_requirement(), factories.el_requirement()))
        >>> evaluate(factories.dossier(), factories.rulebook(both), as_of=date(2026, 6, 1)).verdict
        <Verdict.NON_COMPLIANT: 'non_compliant'>
    """

    members: tuple[Requirement, ...]

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        yield from _member_faults(self.members)


@attrs.frozen(kw_only=True)
class AnyOf(RequirementHeader):
    """One member must be met; the answer of a day is the best member's.

    Attributes:
        members: The members; ids unique among them.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing import factories
        >>> either = AnyOf(id="people", members=(factories.auto_requirement(), factories.gl_requirement()))
        >>> dossier = factories.dossier(factories.gl_policy())
        >>> evaluate(dossier, factories.rulebook(either), as_of=date(2026, 6, 1)).verdict
        <Verdict.COMPLIANT: 'compliant'>
    """

    members: tuple[Requirement, ...]

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        yield from _member_faults(self.members)


#: The closed union of requirements.
Requirement = (
    CoverageRequirement
    | UmbrellaRequirement
    | CombinedLimitRequirement
    | ExemptionRequirement
    | OccupationalAccidentRequirement
    | Custom
    | AnyOf
    | AllOf
)


def requirement_key(requirement: Requirement) -> str:
    """Return what a later set overrides the requirement by: its key, else its kind with its line or its id.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> requirement_key(factories.gl_requirement()), requirement_key(factories.custom_requirement("drug_test"))
        ('coverage:general_liability', 'custom:drug_test')
    """
    if requirement.key is not None:
        return requirement.key
    match requirement:
        case CoverageRequirement() | CombinedLimitRequirement():
            return f"{_KEYS[type(requirement)]}:{requirement.line}"
        case UmbrellaRequirement() | ExemptionRequirement() | OccupationalAccidentRequirement():
            return _KEYS[type(requirement)]
        case Custom():
            return f"custom:{requirement.name}"
        case AnyOf() | AllOf():
            return f"{_KEYS[type(requirement)]}:{requirement.id}"


_KEYS: dict[type, str] = {
    CoverageRequirement: "coverage",
    CombinedLimitRequirement: "combined",
    UmbrellaRequirement: "umbrella",
    ExemptionRequirement: "exemption",
    OccupationalAccidentRequirement: "occupational_accident",
    AnyOf: "any_of",
    AllOf: "all_of",
}


def _not_layers(field: str, lines: frozenset[Line]) -> Iterator[Fault]:
    for line in sorted(lines):
        if not line.is_layer:
            yield Fault(f"$.{field}", line, "must be umbrella or excess")


def _not_over(field: str, lines: frozenset[Line]) -> Iterator[Fault]:
    for line in sorted(lines):
        if line.is_layer or line in (Line.WC, Line.SURETY_BOND):
            yield Fault(
                f"$.{field}",
                line,
                "no umbrella sits on it; for employers' liability name that line (B2.7)",
            )


def _member_faults(members: tuple[Requirement, ...]) -> Iterator[Fault]:
    if not members:
        yield Fault("$.members", "()", "must have at least one member")
    yield from repeated(members, "members", lambda member: member.id)
    for index, member in enumerate(members):
        if member.tail_years is not None:
            yield Fault(
                f"$.members[{index}].tail_years",
                str(member.tail_years),
                "set it on the outermost requirement",
            )
