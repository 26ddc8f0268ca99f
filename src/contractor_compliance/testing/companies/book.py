"""The rule book of an invented company: sets of every level, dated versions, groups, layers and a bond by statute."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from contractor_compliance.domain import (
    NEVER_WAIVABLE,
    AllOf,
    AnyOf,
    CarrierRule,
    CombinedLimitRequirement,
    CoverageRequirement,
    EndorsementKind,
    EndorsementRule,
    EvidenceLevel,
    EvidenceRule,
    ExcludedWorkerRule,
    ExemptionKind,
    ExemptionRequirement,
    FinancialStrength,
    LimitKind,
    Line,
    MinimumLimit,
    OccupationalAccidentRequirement,
    PartyRole,
    Payer,
    ReasonCode,
    Reference,
    RequirementSet,
    RuleBook,
    SetLevel,
    SetMode,
    State,
    Trigger,
    UmbrellaRequirement,
)
from contractor_compliance.testing.companies.office import JOBS, Trade

__all__ = ["LIGHT_CLIENTS", "STRICT_CLIENTS", "TOWER_CLIENTS", "UMBRELLA_CLIENTS", "WATCHED", "rule_book"]

#: Clients whose work needs layers over general liability, counted apart or together with it.
UMBRELLA_CLIENTS = ("client-09", "client-24")
TOWER_CLIENTS = ("client-12",)
#: Clients that want copies of endorsements, of those contracted since the beginning of the year.
STRICT_CLIENTS = ("client-06", "client-17")
#: Clients that ask for little.
LIGHT_CLIENTS = ("client-20",)
#: Contractors of whom something is asked even while they do no work.
WATCHED = ("contractor-0000000", "contractor-0000001", "contractor-0000002")

_THOUSAND = 100_000
_MILLION = 1_000 * _THOUSAND
_WAIVABLE = frozenset(code for code in ReasonCode if code not in NEVER_WAIVABLE)
_RATED = CarrierRule(strength_at_least=FinancialStrength.A_MINUS, size_at_least=7)
_EL_LIMITS = (
    LimitKind.EL_EACH_ACCIDENT,
    LimitKind.EL_DISEASE_EACH_EMPLOYEE,
    LimitKind.EL_DISEASE_POLICY_LIMIT,
)
_COMPANY_INSURED = EndorsementRule(
    kind=EndorsementKind.ADDITIONAL_INSURED_ONGOING, parties=frozenset({PartyRole.COMPANY})
)


def rule_book(today: date) -> RuleBook:
    """Return the rule book: more is asked for since the beginning of last year, and by some clients of this year."""
    raised = date(today.year - 1, 1, 1)
    this_year = date(today.year, 1, 1)
    return RuleBook(
        id="rulebook-invented",
        title="Invented requirements",
        sets=(
            RequirementSet(id="default-before", requirements=(_general(500, version=1),), until=raised),
            RequirementSet(
                id="default",
                requirements=(_general(1_000, version=2, endorsements=(_COMPANY_INSURED,)),),
                effective=raised,
            ),
            _for_jobs("construction", (Trade.CONSTRUCTION,), _workers(), _bond()),
            _for_jobs("hauling", (Trade.HAULING,), _auto(), _workers()),
            _for_jobs("professional", (Trade.PROFESSIONAL,), _professional(), mode=SetMode.REPLACE),
            _for_jobs("software", (Trade.SOFTWARE,), _professional(), _cyber(), mode=SetMode.REPLACE),
            _for_jobs("desk", (Trade.DESK,), mode=SetMode.REPLACE),
            _for_clients("umbrella", UMBRELLA_CLIENTS, _umbrella()),
            _for_clients("tower", TOWER_CLIENTS, _tower()),
            _for_clients("strict", STRICT_CLIENTS, _strict(), for_contracts_from=this_year),
            _for_clients("light", LIGHT_CLIENTS, _light(), mode=SetMode.REPLACE),
            RequirementSet(
                id="watched",
                level=SetLevel.CONTRACTOR,
                applies_to=frozenset(WATCHED),
                requirements=(_general(1_000, version=1, id="gl-watched", key="gl-watched"),),
                always=True,
            ),
        ),
    )


def _for_jobs(name: str, trades: Iterable[Trade], *requirements: Any, **changes: Any) -> RequirementSet:
    codes = frozenset(code for trade in trades for code, *_ in JOBS[trade])
    return RequirementSet(
        id=name, level=SetLevel.JOB_CODE, applies_to=codes, requirements=tuple(requirements), **changes
    )


def _for_clients(name: str, ids: tuple[str, ...], *requirements: Any, **changes: Any) -> RequirementSet:
    return RequirementSet(
        id=name, level=SetLevel.CLIENT, applies_to=frozenset(ids), requirements=tuple(requirements), **changes
    )


def _minimum(thousands: int, *kinds: LimitKind) -> tuple[MinimumLimit, ...]:
    return tuple(MinimumLimit(limit=kind, cents=thousands * _THOUSAND) for kind in kinds)


def _general(thousands: int, **changes: Any) -> CoverageRequirement:
    usual: dict[str, Any] = {
        "id": "gl",
        "title": "General liability",
        "payer": Payer.CONTRACTOR,
        "waivable": _WAIVABLE,
        "line": Line.GL,
        "limits": (
            *_minimum(thousands, LimitKind.EACH_OCCURRENCE),
            *_minimum(2 * thousands, LimitKind.GENERAL_AGGREGATE),
        ),
        "carrier": _RATED,
        "top_up": frozenset({Line.UMBRELLA}),
    }
    return CoverageRequirement(**{**usual, **changes})


def _strict() -> CoverageRequirement:
    both = frozenset({PartyRole.COMPANY, PartyRole.CLIENT})
    return _general(
        1_000,
        version=3,
        title="General liability with copies of its endorsements",
        endorsements=(
            EndorsementRule(kind=EndorsementKind.ADDITIONAL_INSURED_ONGOING, parties=both, edition_not_before="04 13"),
            EndorsementRule(
                kind=EndorsementKind.ADDITIONAL_INSURED_COMPLETED, parties=both, at_least=EvidenceLevel.COPY
            ),
            EndorsementRule(kind=EndorsementKind.PRIMARY_NON_CONTRIBUTORY),
            EndorsementRule(kind=EndorsementKind.WAIVER_OF_SUBROGATION),
        ),
        triggers=frozenset({Trigger.OCCURRENCE}),
    )


def _light() -> CoverageRequirement:
    return _general(300, version=4, carrier=None, top_up=frozenset(), title="General liability, small works")


def _workers() -> AnyOf:
    """Return workers' compensation with employers' liability, or what may stand in its place."""
    return AnyOf(
        id="workers",
        key="workers",
        title="Workers' compensation",
        payer=Payer.ORGANIZATION,
        waivable=_WAIVABLE,
        members=(
            AllOf(
                id="workers.insured",
                members=(
                    CoverageRequirement(id="wc", line=Line.WC, excluded_worker=ExcludedWorkerRule.FLAG, carrier=_RATED),
                    CoverageRequirement(
                        id="el", line=Line.EL, limits=_minimum(500, *_EL_LIMITS), top_up=frozenset({Line.UMBRELLA})
                    ),
                ),
            ),
            ExemptionRequirement(
                id="workers.exempt",
                kinds=frozenset(
                    {
                        ExemptionKind.OWNER_EXEMPTION,
                        ExemptionKind.ATTESTATION,
                        ExemptionKind.REGISTER_EXEMPTION,
                        ExemptionKind.SELF_INSURANCE,
                    }
                ),
                evidence=EvidenceRule(at_least=EvidenceLevel.COPY),
            ),
            OccupationalAccidentRequirement(id="workers.accident", limits=_minimum(500, LimitKind.EACH_CLAIM)),
        ),
    )


def _bond() -> CoverageRequirement:
    return CoverageRequirement(
        id="bond",
        title="Contractor's bond",
        line=Line.SURETY_BOND,
        limits=_minimum(12, LimitKind.PENAL_SUM),
        states=frozenset({State.WA}),
        statutory=True,
        reference=Reference(citation="Invented code, section 27"),
    )


def _auto() -> CoverageRequirement:
    return CoverageRequirement(
        id="auto",
        title="Automobile liability",
        waivable=_WAIVABLE,
        line=Line.AUTO,
        limits=_minimum(1_000, LimitKind.COMBINED_SINGLE_LIMIT),
        top_up=frozenset({Line.UMBRELLA, Line.EXCESS}),
    )


def _professional() -> CoverageRequirement:
    return CoverageRequirement(
        id="professional",
        title="Professional liability",
        waivable=_WAIVABLE,
        line=Line.PROFESSIONAL,
        limits=_minimum(1_000, LimitKind.EACH_CLAIM, LimitKind.AGGREGATE),
        retention_at_most=25 * _THOUSAND,
        tail_years=1,
    )


def _cyber() -> CoverageRequirement:
    return CoverageRequirement(
        id="cyber",
        title="Cyber",
        waivable=_WAIVABLE,
        line=Line.CYBER,
        limits=_minimum(1_000, LimitKind.EACH_CLAIM),
        evidence=EvidenceRule(fresh_for_days=500),
    )


def _umbrella() -> UmbrellaRequirement:
    return UmbrellaRequirement(
        id="umbrella",
        title="Umbrella",
        waivable=_WAIVABLE,
        occurrence=2 * _MILLION,
        aggregate=2 * _MILLION,
    )


def _tower() -> CombinedLimitRequirement:
    return CombinedLimitRequirement(
        id="tower",
        title="General liability with its layers",
        waivable=_WAIVABLE,
        line=Line.GL,
        occurrence=3 * _MILLION,
        aggregate=4 * _MILLION,
    )
