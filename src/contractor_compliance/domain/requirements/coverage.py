"""One line of insurance, carried by one primary policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

import attrs

from contractor_compliance.domain.assignment import PartyRole
from contractor_compliance.domain.autos import AutoKind
from contractor_compliance.domain.carrier import CarrierStatus, FinancialStrength
from contractor_compliance.domain.certificate import ExemptionKind
from contractor_compliance.domain.endorsement import Edition, EndorsementKind
from contractor_compliance.domain.evidence import EvidenceLevel, EvidenceRule
from contractor_compliance.domain.exclusion import ExclusionKind
from contractor_compliance.domain.fields import SetOf, TupleOf, field
from contractor_compliance.domain.form_number import read_form
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.limits import AggregateBasis, MinimumLimit, limit_kinds
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.policy import Trigger
from contractor_compliance.domain.requirements.header import (
    RequirementHeader,
    check_layers,
    check_presumed,
    reduced_limits,
)
from contractor_compliance.domain.value import AtLeast, AtMost, Text, Value, repeated
from contractor_compliance.errors import Fault

__all__ = ["CarrierRule", "CoverageRequirement", "EndorsementRule", "ExcludedWorkerRule", "ExclusionRule"]


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
class EndorsementRule(Value):
    """An endorsement that must be there, for the parties that it must serve (domain rule B14.7).

    Attributes:
        kind: What it must do.
        parties: Roles that it must serve; each must be named, or reached by a blanket form and a written contract. The
            company, unless said otherwise. A kind that serves parties (additional insured, primary and
            non-contributory, waiver of subrogation, notice of cancellation, alternate employer) is refused without
            one. An aggregate for each project or location and stop gap serve no party: their parties are not asked
            for. Of `other` the empty set says that it serves nobody in particular.
        accepts_blanket: Whether a blanket form, or a blanket sentence in a schedule, will do.
        forms: Form numbers that will do; none = any. A number alone is satisfied by each of its editions, a number
            with an edition (`CG 20 10 11 85`) by that one.
        edition_not_before: Earliest edition that will do: `04 13` (domain rule B4.1).
        notice_days: Days of notice that it must give, for a notice of cancellation. What a certificate says of notice
            never does: it takes a copy of the endorsement or better (domain rule B14.22).
        accepts_covenant: For a notice of cancellation: whether the contractor's own promise of notice, in its written
            contract with the party, will do in the place of an endorsement.
        at_least: Weakest level of evidence that counts, where it differs from the requirement's.

    Example:
        >>> from contractor_compliance.domain import EndorsementKind, EndorsementRule
        >>> rule = EndorsementRule(kind=EndorsementKind.WAIVER_OF_SUBROGATION)
        >>> [role.value for role in rule.parties]
        ['company']
    """

    kind: EndorsementKind
    parties: frozenset[PartyRole] = field(default=frozenset({PartyRole.COMPANY}), converter=SetOf[PartyRole])
    accepts_blanket: bool = True
    forms: frozenset[Text] = field(default=frozenset(), converter=SetOf[Text])
    edition_not_before: Edition | None = None
    notice_days: Annotated[int, AtLeast(1)] | None = None
    accepts_covenant: bool = False
    at_least: EvidenceLevel | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        object.__setattr__(self, "forms", frozenset(map(_spelled, self.forms)))

    @property
    def parties_served(self) -> frozenset[PartyRole]:
        """The roles that are asked for: none where the kind serves no party."""
        if self.kind.serves_party or self.kind is EndorsementKind.OTHER:
            return self.parties
        return frozenset()

    def _faults(self) -> Iterator[Fault]:
        if not self.parties and self.kind.serves_party:
            yield Fault(
                "$.parties",
                "none",
                f"would accept anybody's {self.kind.label}; name the parties to serve: company, client or owner",
            )
        if self.accepts_covenant and self.kind is not EndorsementKind.NOTICE_OF_CANCELLATION:
            yield Fault("$.accepts_covenant", "True", "only a notice of cancellation may be promised by the contractor")
        for index, form in enumerate(sorted(self.forms)):
            if not read_form(form).is_readable:
                yield Fault(
                    f"$.forms[{index}]",
                    repr(form),
                    "has digits after the number that are no month and year; write CG 20 10 04 13",
                )


def _spelled(form: str) -> str:
    """Return a form number, with its edition where it has one, in one spelling."""
    parted = read_form(form)
    return parted.number if parted.edition is None else f"{parted.number} {parted.edition}"


@attrs.frozen(kw_only=True)
class ExclusionRule(Value):
    """An exclusion or limitation that the policy must not carry (domain rule B14.11).

    A policy that carries it fails, on any level of evidence. A statement that it does not, or the whole list of its
    endorsements without it, passes at the level asked. Where nobody says anything it is unknown.

    Attributes:
        kind: The exclusion.
        silence_passes: Pass where no source mentions it; the finding says that the pass depends on that.
        at_least: Weakest level of evidence that rules it out, where it differs from the requirement's.

    Example:
        >>> from contractor_compliance.domain import ExclusionKind, ExclusionRule
        >>> rule = ExclusionRule(kind=ExclusionKind.RESIDENTIAL, silence_passes=True)
        >>> rule.kind.label
        'residential work'
    """

    kind: ExclusionKind
    silence_passes: bool = False
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
    statuses: frozenset[CarrierStatus] = field(default=frozenset(), converter=SetOf[CarrierStatus])
    exempt_unrated_funds: bool = True


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
        retention_silence_passes: Pass where no source states a retention; the finding says that the pass depends on
            that. Off, it is unknown (domain rule B14.24).
        endorsements: Endorsements that must be there.
        forbidden_exclusions: Exclusions and limitations that the policy must not carry.
        autos: Automobile liability: the autos that must be covered; none = not asked for. A policy that states `any`
            covers all. `owned` is void where the contractor is proven to own no auto. Hired and non-owned autos may
            be endorsed on general liability, and then share its limits (domain rule B14.10).
        scheduled_answers_owned: Let a policy that covers scheduled autos satisfy `owned`.
        accepts_personal_auto: Let a personal auto policy satisfy.
        carrier: What the insurer must be.
        top_up: Layers that may make up a limit that the primary lacks: umbrella, excess, both or neither.
        evidence: What evidence counts.
        excluded_worker: Workers' compensation: what to make of a policy that excludes the person who does the work.
        accepts: Workers' compensation: exemptions that satisfy a state in the place of a policy.
        new_york_unlimited: Employers' liability: New York in 3.A satisfies any limit for work there (rule B6.1).
        presume_home_state_in_3a: Workers' compensation and employers' liability: presume that the state of the named
            insured's mailing address is listed in 3.A, where no source lists states. A certificate has no field for
            3.A. The pass depends on the presumption, and a document that lists the states ends it (rule B14.16).
        presume_umbrella_schedule: Presume that an umbrella schedules the primary policy that one certificate shows
            beside it, at the usual attachments. A certificate has no field for the schedule. The pass depends on the
            presumption, and a document that states what the umbrella sits on ends it (rule B14.16).

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

    tag: ClassVar[str] = "coverage"

    line: Line
    limits: tuple[MinimumLimit, ...] = field(default=(), converter=TupleOf[MinimumLimit])
    aggregate_bases: frozenset[AggregateBasis] = field(default=frozenset(), converter=SetOf[AggregateBasis])
    triggers: frozenset[Trigger] = field(default=frozenset(), converter=SetOf[Trigger])
    retention_at_most: Cents | None = None
    retention_silence_passes: bool = False
    endorsements: tuple[EndorsementRule, ...] = field(default=(), converter=TupleOf[EndorsementRule])
    forbidden_exclusions: tuple[ExclusionRule, ...] = field(default=(), converter=TupleOf[ExclusionRule])
    autos: frozenset[AutoKind] = field(default=frozenset(), converter=SetOf[AutoKind])
    scheduled_answers_owned: bool = False
    accepts_personal_auto: bool = False
    carrier: CarrierRule | None = None
    top_up: frozenset[Line] = field(default=frozenset(), converter=SetOf[Line])
    evidence: EvidenceRule = EvidenceRule()
    excluded_worker: ExcludedWorkerRule = ExcludedWorkerRule.REJECT
    accepts: frozenset[ExemptionKind] = field(default=frozenset(), converter=SetOf[ExemptionKind])
    new_york_unlimited: bool = True
    presume_home_state_in_3a: bool = False
    presume_umbrella_schedule: bool = False

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
        yield from repeated(self.forbidden_exclusions, "forbidden_exclusions", lambda rule: rule.kind.value)
        if self.top_up and self.line in (Line.WC, Line.SURETY_BOND):
            yield Fault(
                "$.top_up",
                ", ".join(sorted(self.top_up)),
                f"no layer tops up {self.line.label} (B2.7)",
            )
        yield from check_layers("top_up", self.top_up)
        if self.retention_silence_passes and self.retention_at_most is None:
            yield Fault("$.retention_silence_passes", "True", "no largest retention is set; drop it")
        if self.presume_home_state_in_3a and self.line not in (Line.WC, Line.EL):
            yield Fault("$.presume_home_state_in_3a", "True", f"{self.line.label} has no Item 3.A; leave it out")
        if self.presume_umbrella_schedule:
            yield from check_presumed("top_up", self.top_up)
        yield from self._auto_faults()
        if self.accepts and self.line != Line.WC:
            yield Fault(
                "$.accepts",
                self.line,
                "only workers' compensation has exemptions that stand in its place",
            )

    def _auto_faults(self) -> Iterator[Fault]:
        if self.autos and self.line not in (Line.AUTO, Line.PERSONAL_AUTO):
            yield Fault("$.autos", self.line, "only auto insurance covers autos; leave it out")
        if self.scheduled_answers_owned and AutoKind.OWNED not in self.autos:
            yield Fault("$.scheduled_answers_owned", "True", "owned autos are not asked for; leave it out")
        if self.accepts_personal_auto and self.line != Line.AUTO:
            yield Fault("$.accepts_personal_auto", self.line, "stands in the place of automobile liability alone")

    def _key_parts(self) -> tuple[str, ...]:
        return (self.line,)

    @property
    def subject_line(self) -> Line:
        """The line that it asks for."""
        return self.line

    def _reduced(self, limits: tuple[MinimumLimit, ...]) -> Self:
        return attrs.evolve(self, limits=reduced_limits(self.limits, limits))
