"""Limits of insurance, by name, never by position (domain rule B6.1)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.fields import Stated, field
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import Cents
from contractor_compliance.domain.value import Missing, Value
from contractor_compliance.errors import Fault

__all__ = ["AggregateBasis", "LimitKind", "Limits", "MinimumLimit", "limit_kinds"]


class AggregateBasis(LabeledCode):
    """What the general aggregate applies to: the policy, each project, each location (domain rule B2.8).

    Example:
        >>> AggregateBasis("per_project").label
        'per project'
    """

    PER_POLICY = "per_policy"
    PER_PROJECT = "per_project"
    PER_LOCATION = "per_location"
    OTHER = "other"


class LimitKind(LabeledCode):
    """The name of a limit; each is a field of `Limits`.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> limits = factories.limits({LimitKind.EACH_OCCURRENCE: 1_000_000_00})
        >>> limits.stated(LimitKind.EACH_OCCURRENCE), limits.stated(LimitKind.GENERAL_AGGREGATE)
        (100000000, <Missing.ABSENT: 'absent'>)
    """

    EACH_OCCURRENCE = "each_occurrence"
    DAMAGE_TO_RENTED_PREMISES = "damage_to_rented_premises"
    MEDICAL_EXPENSE = "medical_expense"
    PERSONAL_AND_ADVERTISING_INJURY = "personal_and_advertising_injury"
    GENERAL_AGGREGATE = "general_aggregate"
    PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE = "products_completed_operations_aggregate"
    COMBINED_SINGLE_LIMIT = "combined_single_limit"
    BODILY_INJURY_PER_PERSON = "bodily_injury_per_person"
    BODILY_INJURY_PER_ACCIDENT = "bodily_injury_per_accident"
    PROPERTY_DAMAGE_PER_ACCIDENT = "property_damage_per_accident"
    EL_EACH_ACCIDENT = "el_each_accident"
    EL_DISEASE_EACH_EMPLOYEE = "el_disease_each_employee"
    EL_DISEASE_POLICY_LIMIT = "el_disease_policy_limit"
    EACH_CLAIM = "each_claim"
    AGGREGATE = "aggregate"
    PENAL_SUM = "penal_sum"


_EL = frozenset(
    {
        LimitKind.EL_EACH_ACCIDENT,
        LimitKind.EL_DISEASE_EACH_EMPLOYEE,
        LimitKind.EL_DISEASE_POLICY_LIMIT,
    }
)
_GENERAL = frozenset(
    {
        LimitKind.EACH_OCCURRENCE,
        LimitKind.DAMAGE_TO_RENTED_PREMISES,
        LimitKind.MEDICAL_EXPENSE,
        LimitKind.PERSONAL_AND_ADVERTISING_INJURY,
        LimitKind.GENERAL_AGGREGATE,
        LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE,
    }
)
_AUTO = frozenset(
    {
        LimitKind.COMBINED_SINGLE_LIMIT,
        LimitKind.BODILY_INJURY_PER_PERSON,
        LimitKind.BODILY_INJURY_PER_ACCIDENT,
        LimitKind.PROPERTY_DAMAGE_PER_ACCIDENT,
    }
)
_CLAIM = frozenset({LimitKind.EACH_CLAIM, LimitKind.EACH_OCCURRENCE, LimitKind.AGGREGATE})
_KINDS = {
    Line.GL: _GENERAL | {LimitKind.COMBINED_SINGLE_LIMIT},
    Line.WC: frozenset(),
    Line.EL: _EL,
    Line.STOP_GAP: _EL,
    Line.AUTO: _AUTO,
    Line.PERSONAL_AUTO: _AUTO,
    Line.UMBRELLA: frozenset({LimitKind.EACH_OCCURRENCE, LimitKind.AGGREGATE}),
    Line.EXCESS: frozenset({LimitKind.EACH_OCCURRENCE, LimitKind.AGGREGATE}),
    Line.SURETY_BOND: frozenset({LimitKind.PENAL_SUM}),
}


def limit_kinds(line: Line) -> frozenset[LimitKind]:
    """Return the limits that a requirement on `line` may ask for.

    Workers' compensation has none: its benefit is set by statute (domain rule B6.2); ask for EL limits instead.

    Example:
        >>> from contractor_compliance.domain import Line
        >>> sorted(kind.value for kind in limit_kinds(Line.UMBRELLA)), limit_kinds(Line.WC)
        (['aggregate', 'each_occurrence'], frozenset())
    """
    return _KINDS.get(line, _CLAIM)


@attrs.frozen(kw_only=True)
class MinimumLimit(Value):
    """One limit that must be carried.

    Attributes:
        limit: Which one.
        cents: Smallest amount that satisfies, in US cents; equality satisfies (domain rule B2.1).

    Example:
        >>> from contractor_compliance.domain import LimitKind, cents
        >>> from contractor_compliance.testing import factories
        >>> minimum = MinimumLimit(limit=LimitKind.EACH_OCCURRENCE, cents=cents("1,000,000"))
        >>> factories.gl_requirement(limits=(minimum,)).limits[0].cents
        100000000
    """

    limit: LimitKind
    cents: Cents


@attrs.frozen(kw_only=True)
class Limits(Value):
    """The limits that one source states for a policy, in US cents. Blank is absent, never zero (domain rule B1.4).

    A source that prints EXCLUDED states zero; one that prints INCLUDED for the products aggregate sets
    `products_in_general_aggregate` (domain rule B1.5).

    Attributes:
        each_occurrence: GL, umbrella, excess: each occurrence.
        damage_to_rented_premises: GL: damage to premises rented to you.
        medical_expense: GL: medical expense, any one person.
        personal_and_advertising_injury: GL: personal and advertising injury.
        general_aggregate: GL: general aggregate.
        products_completed_operations_aggregate: GL: products and completed operations aggregate.
        combined_single_limit: Auto (each accident), or a liability policy written with a single limit.
        bodily_injury_per_person: Auto: bodily injury, each person.
        bodily_injury_per_accident: Auto: bodily injury, each accident.
        property_damage_per_accident: Auto: property damage, each accident.
        el_each_accident: Employers' liability, each accident.
        el_disease_each_employee: Employers' liability, disease, each employee.
        el_disease_policy_limit: Employers' liability, disease, policy limit.
        each_claim: Professional, cyber, media and other lines: each claim.
        aggregate: Umbrella, excess, professional and other lines: aggregate.
        penal_sum: Surety bond: the amount of the bond.
        products_in_general_aggregate: Products and completed operations share the general aggregate.
        aggregate_basis: What the general aggregate applies to.
        retention: Deductible or self-insured retention that the insured bears.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.domain import LimitKind, cents, format_cents
        >>> from contractor_compliance.testing import factories
        >>> limits = Limits(general_aggregate=cents("2,000,000"), evidence=factories.evidence())
        >>> format_cents(limits.stated(LimitKind.GENERAL_AGGREGATE)), limits.stated(LimitKind.EACH_OCCURRENCE)
        ('$2,000,000', <Missing.ABSENT: 'absent'>)
    """

    each_occurrence: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    damage_to_rented_premises: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    medical_expense: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    personal_and_advertising_injury: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    general_aggregate: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    products_completed_operations_aggregate: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    combined_single_limit: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    bodily_injury_per_person: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    bodily_injury_per_accident: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    property_damage_per_accident: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    el_each_accident: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    el_disease_each_employee: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    el_disease_policy_limit: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    each_claim: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    aggregate: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    penal_sum: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    products_in_general_aggregate: bool = False
    aggregate_basis: AggregateBasis | Missing = field(default=Missing.ABSENT, converter=Stated[AggregateBasis])
    retention: Cents | Missing = field(default=Missing.ABSENT, converter=Stated[Cents])
    evidence: Evidence

    def _faults(self) -> Iterator[Fault]:
        products = self.products_completed_operations_aggregate
        if self.products_in_general_aggregate and not isinstance(products, Missing):
            yield Fault(
                "$.products_in_general_aggregate",
                "True",
                "contradicts a products aggregate stated beside it; a shared aggregate has no amount of its own",
            )

    def stated(self, kind: LimitKind) -> int | Missing:
        """Return the amount stated for one limit; a shared products aggregate is the general aggregate."""
        if kind is LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE and self.products_in_general_aggregate:
            return self.general_aggregate
        amount: int | Missing = getattr(self, kind.value)
        return amount
