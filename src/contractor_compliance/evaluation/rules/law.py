"""Dated tables of law and custom that the evaluator consults. Data, never constants in code.

Each row names its source and the day on which it was read; a row of mere custom says that it has none ([U]). Where no
row is about owners that the policy does not mention, the answer is unknown, not a guess; the other tables say where the
usual rule does not hold, so that no row means that it does. Pass other tables to `evaluate(..., law=...)` to hold them
constant, or to add rows that you can source.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from functools import cached_property

import attrs

from contractor_compliance.domain.certificate import ExemptionKind
from contractor_compliance.domain.contractor import EntityType
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.job_code import Industry
from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line

__all__ = [
    "SHIPPED_LAW",
    "ExemptionLimit",
    "LawTables",
    "MandatoryCover",
    "MonopolisticState",
    "OwnerDefault",
    "OwnerRule",
    "UnenforceableWaiver",
    "UnlimitedLiability",
    "UsualAttachment",
]

_READ = date(2026, 11, 1)


@attrs.frozen(kw_only=True)
class _Row:
    effective: date | None = None
    until: date | None = None
    source: str
    as_of: date = _READ

    def holds_on(self, day: date) -> bool:
        """Return whether the row is law on `day`."""
        return (self.effective is None or self.effective <= day) and (self.until is None or day < self.until)


@attrs.frozen(kw_only=True)
class MonopolisticState(_Row):
    """A state whose own fund alone writes workers' compensation (domain rule B6.4).

    `industry` names the one in which that is certain; of others it is not known. None means every industry.
    """

    state: State
    industry: Industry | None = None


@attrs.frozen(kw_only=True)
class UnenforceableWaiver(_Row):
    """A state in which a workers' compensation waiver of subrogation does not apply (domain rule B4.4)."""

    state: State
    industry: Industry | None = None


@attrs.frozen(kw_only=True)
class MandatoryCover(_Row):
    """License classes for which workers' compensation is required even without employees (domain rule B6.8).

    `license_class` None means every class of the state.
    """

    state: State
    license_class: str | None = None


@attrs.frozen(kw_only=True)
class ExemptionLimit(_Row):
    """The conditions under which a state grants an owner's exemption (domain rules B6.5, B6.7)."""

    state: State
    kinds: frozenset[ExemptionKind]
    entity_types: frozenset[EntityType] = frozenset()
    industry: Industry | None = None
    available: bool
    min_ownership: int | None = None
    max_persons: int | None = None
    validity_years: int | None = None


class OwnerDefault(Enum):
    """The state's rule for owners that the policy does not mention."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


@attrs.frozen(kw_only=True)
class OwnerRule(_Row):
    """The treatment of owners of one legal form that the policy does not mention, in one state (domain rule B6.6)."""

    state: State
    entity_type: EntityType
    default: OwnerDefault
    may_elect_in: bool
    may_elect_out: bool


@attrs.frozen(kw_only=True)
class UnlimitedLiability(_Row):
    """A state where employers' liability has no limit towards employees under its law (domain rule B6.1)."""

    state: State


@attrs.frozen(kw_only=True)
class UsualAttachment(_Row):
    """The limits beneath an umbrella that insurers usually ask for, by line (domain rule B14.16). Custom, not law.

    `occurrence` and `aggregate` are the attachment point, in cents; `limits` are all that the primary must reach.
    """

    line: Line
    limits: tuple[tuple[LimitKind, int], ...]
    occurrence: int
    aggregate: int | None = None


@attrs.frozen(kw_only=True)
class LawTables:
    """All tables that the evaluator consults.

    Attributes:
        monopolistic: States whose fund alone writes workers' compensation.
        unenforceable_waivers: Where a workers' compensation waiver of subrogation does not apply.
        mandatory_cover: License classes that must carry workers' compensation.
        exemption_limits: Who may hold an exemption.
        owner_rules: What a silent policy means for owners.
        unlimited_liability: Where employers' liability is unlimited.
        usual_attachments: What usually lies beneath an umbrella, for requirements that presume its schedule.
        agreement_states: States that know non-subscriber agreements.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import State
        >>> SHIPPED_LAW.is_monopolistic(State.OH, None, date(2026, 6, 1))
        True
        >>> LawTables().is_monopolistic(State.OH, None, date(2026, 6, 1))
        False
    """

    monopolistic: tuple[MonopolisticState, ...] = ()
    unenforceable_waivers: tuple[UnenforceableWaiver, ...] = ()
    mandatory_cover: tuple[MandatoryCover, ...] = ()
    exemption_limits: tuple[ExemptionLimit, ...] = ()
    owner_rules: tuple[OwnerRule, ...] = ()
    unlimited_liability: tuple[UnlimitedLiability, ...] = ()
    usual_attachments: tuple[UsualAttachment, ...] = ()
    agreement_states: frozenset[State] = frozenset()

    def is_monopolistic(self, state: State, industry: Industry | None, day: date) -> bool | None:
        """Return whether only the state's own fund counts there on `day`; None where that depends on the industry."""
        rows = self._funds.get(state)
        if rows is None:
            return False
        held = [row.industry for row in rows if row.holds_on(day)]
        return None if held and not {None, industry} & {*held} else bool(held)

    @cached_property
    def _funds(self) -> dict[State, tuple[MonopolisticState, ...]]:
        funds: dict[State, tuple[MonopolisticState, ...]] = {}
        for row in self.monopolistic:
            funds[row.state] = (*funds.get(row.state, ()), row)
        return funds

    def waiver_is_unenforceable(self, state: State, industry: Industry | None, day: date) -> bool | None:
        """Return whether a waiver does not apply in `state`; None where it depends on an industry not known."""
        results = {
            None if row.industry is not None and industry is None else row.industry in (None, industry)
            for row in self.unenforceable_waivers
            if row.state is state and row.holds_on(day)
        }
        return True if True in results else None if None in results else False

    def cover_is_mandatory(self, state: State, classes: frozenset[str] | None, day: date) -> bool | None:
        """Return whether a licensee must carry workers' compensation in any case.

        Args:
            state: The state of the license.
            classes: Its classes in one spelling; empty = no license there; None = a license of classes not known.
            day: The day judged.

        Returns:
            None where it depends on classes that are not known.
        """
        rows = [row for row in self.mandatory_cover if row.state is state and row.holds_on(day)]
        if not rows or classes == frozenset():
            return False
        if any(row.license_class is None for row in rows):
            return True
        return None if classes is None else any(row.license_class in classes for row in rows)

    def exemption_limit(
        self, state: State, kind: ExemptionKind, entity_type: EntityType, industry: Industry | None, day: date
    ) -> ExemptionLimit | None:
        """Return the row that limits such an exemption, or None if no row speaks of it."""
        for row in self.exemption_limits:
            if (
                row.state is state
                and kind in row.kinds
                and row.holds_on(day)
                and (not row.entity_types or entity_type in row.entity_types)
                and (row.industry is None or row.industry is industry)
            ):
                return row
        return None

    def exemption_turns_on_industry(
        self, state: State, kind: ExemptionKind, entity_type: EntityType, day: date
    ) -> bool:
        """Return whether some row limits such an exemption in one industry and not in others."""
        return any(
            self.exemption_limit(state, kind, entity_type, industry, day)
            != self.exemption_limit(state, kind, entity_type, None, day)
            for industry in Industry
        )

    def owner_rule(self, state: State, entity_type: EntityType, day: date) -> OwnerRule | None:
        """Return how the state treats owners of that legal form, or None if no sourced row says."""
        for row in self.owner_rules:
            if row.state is state and row.entity_type is entity_type and row.holds_on(day):
                return row
        return None

    def is_unlimited(self, state: State, day: date) -> bool:
        """Return whether employers' liability is unlimited there."""
        return any(row.state is state and row.holds_on(day) for row in self.unlimited_liability)

    def usual_attachment(self, line: Line, day: date) -> UsualAttachment | None:
        """Return what usually lies beneath an umbrella over the line, or None if no row says."""
        return next((row for row in self.usual_attachments if row.line == line and row.holds_on(day)), None)

    def turning_days(self) -> frozenset[date]:
        """Return every day on which some row begins or ends."""
        tables = (
            self.monopolistic,
            self.unenforceable_waivers,
            self.mandatory_cover,
            self.exemption_limits,
            self.owner_rules,
            self.unlimited_liability,
            self.usual_attachments,
        )
        return frozenset(
            day for table in tables for row in table for day in (row.effective, row.until) if day is not None
        )


_IRMI = "https://www.irmi.com/term/insurance-definitions/monopolistic-state-funds"
_WC_WAIVER = "https://publicdocs.santa-ana.org/WebLink/1/doc/146724/Page10.aspx"
_CA_2028 = "https://sites.sandiego.edu/cpil-blog/?p=986"
_FLORIDA = "https://acolite.ai/workers-comp-insurance-contractors/florida/exemption"
_MISSOURI = "https://insurance.mo.gov/consumers/wc/wcfaqs.php"
#: [U]: what underwriters usually ask for; no source that a row could cite.
_PRACTICE = "[U] usual practice of underwriters (domain rule B14.16)"
_OWNER_PAPERS = frozenset(
    {
        ExemptionKind.OWNER_EXEMPTION,
        ExemptionKind.ATTESTATION,
        ExemptionKind.REGISTER_EXEMPTION,
        ExemptionKind.SOLE_PROPRIETOR_DECLARATION,
    }
)

#: The tables as shipped. Rows of B6.6 are few on purpose: only those with a state's own source.
SHIPPED_LAW = LawTables(
    monopolistic=(
        *(MonopolisticState(state=state, source=_IRMI) for state in (State.ND, State.OH, State.WA, State.PR, State.VI)),
        # Compulsory for extra-hazardous work, construction among it; other work may be insured privately.
        MonopolisticState(state=State.WY, industry=Industry.CONSTRUCTION, source=_IRMI),
        # The source gives the years; both markets opened on July 1.
        MonopolisticState(state=State.NV, until=date(1999, 7, 1), source=_IRMI),
        MonopolisticState(state=State.WV, until=date(2008, 7, 1), source=_IRMI),
    ),
    unenforceable_waivers=(
        *(UnenforceableWaiver(state=state, source=_WC_WAIVER) for state in (State.KS, State.KY, State.NH, State.NJ)),
        UnenforceableWaiver(state=State.MO, industry=Industry.CONSTRUCTION, source=_WC_WAIVER),
    ),
    mandatory_cover=(
        MandatoryCover(state=State.CA, license_class="C39", source=_CA_2028),
        *(
            MandatoryCover(state=State.CA, license_class=code, effective=date(2023, 1, 1), source=_CA_2028)
            for code in ("C8", "C20", "C22", "D49")
        ),
        MandatoryCover(state=State.CA, effective=date(2028, 1, 1), source=_CA_2028),
    ),
    exemption_limits=(
        ExemptionLimit(
            state=State.FL,
            kinds=_OWNER_PAPERS,
            entity_types=frozenset({EntityType.INDIVIDUAL, EntityType.SOLE_PROPRIETOR, EntityType.PARTNERSHIP}),
            industry=Industry.CONSTRUCTION,
            available=False,
            source=_FLORIDA,
        ),
        ExemptionLimit(
            state=State.FL,
            kinds=_OWNER_PAPERS,
            entity_types=frozenset({EntityType.LLC, EntityType.CORPORATION}),
            industry=Industry.CONSTRUCTION,
            available=True,
            min_ownership=10,
            max_persons=3,
            validity_years=2,
            source=_FLORIDA,
        ),
    ),
    owner_rules=tuple(
        OwnerRule(
            state=State.MO,
            entity_type=entity_type,
            default=OwnerDefault.EXCLUDED,
            may_elect_in=True,
            may_elect_out=False,
            source=_MISSOURI,
        )
        for entity_type in (EntityType.INDIVIDUAL, EntityType.SOLE_PROPRIETOR, EntityType.PARTNERSHIP)
    ),
    unlimited_liability=(
        UnlimitedLiability(
            state=State.NY, source="https://insurancegeek.typepad.com/ask_tim/2012/05/e_l_unlimited.html"
        ),
    ),
    usual_attachments=(
        UsualAttachment(
            line=Line.GL,
            limits=(
                (LimitKind.EACH_OCCURRENCE, 1_000_000_00),
                (LimitKind.GENERAL_AGGREGATE, 2_000_000_00),
                (LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE, 2_000_000_00),
            ),
            occurrence=1_000_000_00,
            aggregate=2_000_000_00,
            source=_PRACTICE,
        ),
        UsualAttachment(
            line=Line.AUTO,
            limits=((LimitKind.COMBINED_SINGLE_LIMIT, 1_000_000_00),),
            occurrence=1_000_000_00,
            source=_PRACTICE,
        ),
        UsualAttachment(
            line=Line.EL,
            limits=(
                (LimitKind.EL_EACH_ACCIDENT, 500_000_00),
                (LimitKind.EL_DISEASE_EACH_EMPLOYEE, 500_000_00),
                (LimitKind.EL_DISEASE_POLICY_LIMIT, 500_000_00),
            ),
            occurrence=500_000_00,
            aggregate=500_000_00,
            source=_PRACTICE,
        ),
    ),
    agreement_states=frozenset({State.TX}),
)
