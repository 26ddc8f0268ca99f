"""One line of insurance, carried by one primary policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

import attrs

from contractor_compliance.domain.assignment import PartyRole
from contractor_compliance.domain.carrier import CarrierStatus, FinancialStrength
from contractor_compliance.domain.certificate import ExemptionKind
from contractor_compliance.domain.endorsement import Edition, EndorsementKind
from contractor_compliance.domain.evidence import EvidenceLevel, EvidenceRule
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.limits import AggregateBasis, MinimumLimit, limit_kinds
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.policy import Trigger
from contractor_compliance.domain.requirements.header import RequirementHeader, check_layers, reduced_limits
from contractor_compliance.domain.value import AtLeast, AtMost, Text, Value, repeated
from contractor_compliance.errors import Fault

__all__ = ["CarrierRule", "CoverageRequirement", "EndorsementRule", "ExcludedWorkerRule"]


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

    tag: ClassVar[str] = "coverage"

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
        yield from check_layers("top_up", self.top_up)
        if self.accepts and self.line != Line.WC:
            yield Fault(
                "$.accepts",
                self.line,
                "only workers' compensation has exemptions that stand in its place",
            )

    def _key_parts(self) -> tuple[str, ...]:
        return (self.line,)

    @property
    def subject_line(self) -> Line:
        """The line that it asks for."""
        return self.line

    def _reduced(self, limits: tuple[MinimumLimit, ...]) -> Self:
        return attrs.evolve(self, limits=reduced_limits(self.limits, limits))
