"""Rule books to start from, which are suggestions and no law: read them, change them, publish them."""

from __future__ import annotations

from contractor_compliance.domain import (
    CoverageRequirement,
    EndorsementKind,
    EndorsementRule,
    EvidenceLevel,
    EvidenceRule,
    ExemptionKind,
    LimitKind,
    Line,
    MinimumLimit,
    PartyRole,
    ReasonCode,
    Requirement,
    RequirementSet,
    RuleBook,
    UmbrellaRequirement,
    cents,
)

__all__ = ["PRESETS", "preset"]

_WAIVABLE = frozenset(
    {
        ReasonCode.MISSING,
        ReasonCode.LIMIT_TOO_LOW,
        ReasonCode.LIMIT_NOT_STATED,
        ReasonCode.ENDORSEMENT_MISSING,
        ReasonCode.ENDORSEMENT_UNPROVEN,
        ReasonCode.EVIDENCE_TOO_WEAK,
    }
)
_EXEMPT = frozenset({ExemptionKind.OWNER_EXEMPTION, ExemptionKind.ATTESTATION, ExemptionKind.REGISTER_EXEMPTION})


def preset(name: str) -> RuleBook:
    """Return a rule book to start from: `plain`, `construction` or `light_it`; its figures are suggestions, no law.

    Args:
        name: The name of the preset.

    Raises:
        KeyError: If there is no preset of that name.

    Example:
        >>> from contractor_compliance.desk import preset
        >>> [requirement.id for requirement in preset("plain").sets[0].requirements]
        ['gl', 'wc']
    """
    title, requirements = PRESETS[name]
    everyone = RequirementSet(id="everyone", requirements=requirements)
    return RuleBook(id=name, title=f"{title} (preset of contractor-compliance)", sets=(everyone,))


def _gl(occurrence: str, aggregate: str, *endorsements: EndorsementKind) -> CoverageRequirement:
    return CoverageRequirement(
        id="gl",
        line=Line.GL,
        title="General liability",
        limits=(
            MinimumLimit(limit=LimitKind.EACH_OCCURRENCE, cents=cents(occurrence)),
            MinimumLimit(limit=LimitKind.GENERAL_AGGREGATE, cents=cents(aggregate)),
        ),
        endorsements=tuple(_endorsement(kind) for kind in endorsements),
        top_up=frozenset({Line.UMBRELLA, Line.EXCESS}),
        evidence=EvidenceRule(at_least=EvidenceLevel.CERTIFICATE),
        waivable=_WAIVABLE,
    )


def _endorsement(kind: EndorsementKind) -> EndorsementRule:
    if not kind.is_additional_insured:
        return EndorsementRule(kind=kind)
    return EndorsementRule(kind=kind, parties=frozenset({PartyRole.COMPANY, PartyRole.CLIENT}))


def _wc(*, presume_home: bool) -> CoverageRequirement:
    return CoverageRequirement(
        id="wc",
        line=Line.WC,
        title="Workers' compensation",
        accepts=_EXEMPT,
        # A certificate has no field for Item 3.A, so that without the presumption none would ever do (B14.16).
        presume_home_state_in_3a=presume_home,
        waivable=_WAIVABLE,
    )


def _el(amount: str) -> CoverageRequirement:
    kinds = (LimitKind.EL_EACH_ACCIDENT, LimitKind.EL_DISEASE_EACH_EMPLOYEE, LimitKind.EL_DISEASE_POLICY_LIMIT)
    return CoverageRequirement(
        id="el",
        line=Line.EL,
        title="Employers' liability",
        limits=tuple(MinimumLimit(limit=kind, cents=cents(amount)) for kind in kinds),
        top_up=frozenset({Line.UMBRELLA}),
        waivable=_WAIVABLE,
    )


def _professional(amount: str) -> CoverageRequirement:
    return CoverageRequirement(
        id="professional",
        line=Line.PROFESSIONAL,
        title="Professional liability",
        limits=(MinimumLimit(limit=LimitKind.EACH_CLAIM, cents=cents(amount)),),
        waivable=_WAIVABLE,
    )


_UMBRELLA = UmbrellaRequirement(
    id="umbrella",
    title="Umbrella or excess",
    occurrence=cents("4,000,000"),
    aggregate=cents("4,000,000"),
    waivable=_WAIVABLE,
)

#: The presets by name: a title, and the requirements for every contractor.
PRESETS: dict[str, tuple[str, tuple[Requirement, ...]]] = {
    "plain": ("General liability and workers' compensation", (_gl("1,000,000", "2,000,000"), _wc(presume_home=True))),
    "construction": (
        "Construction",
        (
            _gl(
                "1,000,000",
                "2,000,000",
                EndorsementKind.ADDITIONAL_INSURED_ONGOING,
                EndorsementKind.ADDITIONAL_INSURED_COMPLETED,
                EndorsementKind.WAIVER_OF_SUBROGATION,
            ),
            _wc(presume_home=False),
            _el("1,000,000"),
            _UMBRELLA,
        ),
    ),
    "light_it": (
        "Light IT field work",
        (_gl("1,000,000", "2,000,000"), _wc(presume_home=True), _professional("1,000,000")),
    ),
}
