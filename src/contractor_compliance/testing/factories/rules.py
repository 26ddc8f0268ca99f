"""Sample requirements, rule books and waivers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contractor_compliance.domain import (
    AllOf,
    AnyOf,
    CombinedLimitRequirement,
    CoverageRequirement,
    Custom,
    EndorsementKind,
    EndorsementRule,
    ExemptionKind,
    ExemptionRequirement,
    LimitKind,
    Line,
    MinimumLimit,
    OccupationalAccidentRequirement,
    PartyRole,
    ReasonCode,
    Requirement,
    RequirementSet,
    RuleBook,
    SetLevel,
    UmbrellaRequirement,
    Waiver,
    WaiverState,
)
from contractor_compliance.testing.factories.constants import MILLION, TERM_END, TERM_START

__all__ = [
    "all_of",
    "any_of",
    "auto_requirement",
    "bond_requirement",
    "combined_requirement",
    "custom_requirement",
    "el_requirement",
    "endorsement_rule",
    "exemption_requirement",
    "gl_requirement",
    "minimum_limits",
    "occupational_accident_requirement",
    "requirement",
    "requirement_set",
    "rulebook",
    "umbrella_requirement",
    "waiver",
    "wc_requirement",
]


def minimum_limits(amounts: Mapping[LimitKind, int]) -> tuple[MinimumLimit, ...]:
    """Return the limits that a requirement asks for: `minimum_limits({LimitKind.EACH_CLAIM: MILLION})`."""
    return tuple(MinimumLimit(limit=kind, cents=amount) for kind, amount in amounts.items())


def endorsement_rule(
    kind: EndorsementKind = EndorsementKind.ADDITIONAL_INSURED_ONGOING, **changes: Any
) -> EndorsementRule:
    """Return a rule that an endorsement must be there; default: the company as additional insured."""
    return EndorsementRule(**{"kind": kind, "parties": frozenset({PartyRole.COMPANY}), **changes})


def requirement(
    line: Line = Line.GL,
    *,
    limits: Mapping[LimitKind, int] | tuple[MinimumLimit, ...] = (),
    **changes: Any,
) -> CoverageRequirement:
    """Return a requirement that one line be carried, `requirement-<line>`.

    Args:
        line: The line.
        limits: Limits that must be carried: amounts by kind, or `MinimumLimit` values; default: none.
        **changes: Any other field of `CoverageRequirement`.
    """
    minimums = limits if isinstance(limits, tuple) else minimum_limits(limits)
    return CoverageRequirement(**{"id": f"requirement-{line}", "line": line, "limits": minimums, **changes})


def gl_requirement(**changes: Any) -> CoverageRequirement:
    """Return general liability of 1 million each occurrence and 2 million in the aggregate."""
    asked = {LimitKind.EACH_OCCURRENCE: MILLION, LimitKind.GENERAL_AGGREGATE: 2 * MILLION}
    return requirement(Line.GL, **{"limits": asked, **changes})


def wc_requirement(**changes: Any) -> CoverageRequirement:
    """Return workers' compensation: by statute, so with no limits."""
    return requirement(Line.WC, **changes)


def el_requirement(**changes: Any) -> CoverageRequirement:
    """Return employers' liability of 500,000 dollars in each of its three limits."""
    kinds = (
        LimitKind.EL_EACH_ACCIDENT,
        LimitKind.EL_DISEASE_EACH_EMPLOYEE,
        LimitKind.EL_DISEASE_POLICY_LIMIT,
    )
    return requirement(Line.EL, **{"limits": dict.fromkeys(kinds, MILLION // 2), **changes})


def auto_requirement(**changes: Any) -> CoverageRequirement:
    """Return automobile liability with a combined single limit of 1 million."""
    return requirement(Line.AUTO, **{"limits": {LimitKind.COMBINED_SINGLE_LIMIT: MILLION}, **changes})


def bond_requirement(**changes: Any) -> CoverageRequirement:
    """Return a surety bond of 25,000 dollars."""
    return requirement(Line.SURETY_BOND, **{"limits": {LimitKind.PENAL_SUM: 2_500_000}, **changes})


def umbrella_requirement(**changes: Any) -> UmbrellaRequirement:
    """Return umbrella or excess cover of 5 million over general liability."""
    return UmbrellaRequirement(**{"id": "requirement-umbrella", "occurrence": 5 * MILLION, **changes})


def combined_requirement(line: Line = Line.GL, **changes: Any) -> CombinedLimitRequirement:
    """Return 5 million each occurrence of a line and the layers over it together."""
    usual = {"id": f"requirement-combined-{line}", "line": line, "occurrence": 5 * MILLION}
    return CombinedLimitRequirement(**{**usual, **changes})


def exemption_requirement(*kinds: ExemptionKind, **changes: Any) -> ExemptionRequirement:
    """Return a requirement that an exemption satisfies; default: an owner's."""
    usual = {"id": "requirement-exemption", "kinds": frozenset(kinds or (ExemptionKind.OWNER_EXEMPTION,))}
    return ExemptionRequirement(**{**usual, **changes})


def occupational_accident_requirement(**changes: Any) -> OccupationalAccidentRequirement:
    """Return occupational accident cover of 1 million each claim."""
    usual = {
        "id": "requirement-occupational_accident",
        "limits": minimum_limits({LimitKind.EACH_CLAIM: MILLION}),
    }
    return OccupationalAccidentRequirement(**{**usual, **changes})


def custom_requirement(name: str = "background_check", **changes: Any) -> Custom:
    """Return a check that the host supplies by name."""
    return Custom(**{"id": f"requirement-{name}", "name": name, **changes})


def any_of(*members: Requirement, **changes: Any) -> AnyOf:
    """Return a requirement that one of `members` meets; default: workers' compensation or an exemption."""
    return AnyOf(
        **{
            "id": "requirement-any",
            "members": members or (wc_requirement(), exemption_requirement()),
            **changes,
        }
    )


def all_of(*members: Requirement, **changes: Any) -> AllOf:
    """Return a requirement that all of `members` meet; default: workers' compensation and employers' liability."""
    return AllOf(
        **{
            "id": "requirement-all",
            "members": members or (wc_requirement(), el_requirement()),
            **changes,
        }
    )


def requirement_set(*requirements: Requirement, **changes: Any) -> RequirementSet:
    """Return a default set, `default`, of `requirements`, valid on every day."""
    return RequirementSet(**{"id": "default", "requirements": requirements, **changes})


def rulebook(*rules: Requirement | RequirementSet, **changes: Any) -> RuleBook:
    """Return a rule book: loose requirements make up its default set, and whole sets stand after it.

    The default set is left out if there is no loose requirement and one of the sets is a default set itself.
    """
    sets = tuple(rule for rule in rules if isinstance(rule, RequirementSet))
    loose = tuple(rule for rule in rules if not isinstance(rule, RequirementSet))
    if loose or not any(each.level is SetLevel.DEFAULT for each in sets):
        sets = (requirement_set(*loose), *sets)
    return RuleBook(**{"id": "rulebook-1", "sets": sets, **changes})


def waiver(requirement_id: str | None = "requirement-general_liability", **changes: Any) -> Waiver:
    """Return a waiver of a requirement, granted for the year 2026 because the cover is missing."""
    usual = {
        "id": "waiver-1",
        "state": WaiverState.GRANTED,
        "reason": "The client carries the risk under its own program.",
        "reason_codes": frozenset({ReasonCode.MISSING}),
        "requirement_id": requirement_id,
        "effective": TERM_START,
        "expires": TERM_END,
        "requested_by": "member-1",
        "requested_at": datetime(2025, 12, 15, 15, tzinfo=UTC),
        "decided_by": "member-2",
        "decided_at": datetime(2025, 12, 16, 15, tzinfo=UTC),
    }
    return Waiver(**{**usual, **changes})
