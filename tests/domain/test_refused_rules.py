"""What requirements, rule books, waivers and dossiers are refused: each row names one fault and its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contractor_compliance.domain import (
    AllOf,
    AnyOf,
    AutoKind,
    CarrierRule,
    CombinedLimitRequirement,
    EndorsementKind,
    EndorsementRule,
    EvidenceRule,
    ExemptionKind,
    ExemptionRequirement,
    LimitKind,
    Line,
    MinimumLimit,
    ReasonCode,
    RequirementSet,
    SetLevel,
    UmbrellaRequirement,
    Waiver,
    WaiverKind,
    WaiverState,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make

DAY = date(2026, 7, 1)
EVE = DAY - timedelta(days=1)
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
BEFORE_NOON = NOON - timedelta(seconds=1)
GL = make.gl_requirement()
OCCURRENCE = MinimumLimit(limit=LimitKind.EACH_OCCURRENCE, cents=1)
CLAIM = MinimumLimit(limit=LimitKind.EACH_CLAIM, cents=1)
SOME_CLIENT = {"level": SetLevel.CLIENT, "applies_to": frozenset({"client-1"})}
ENDORSED = make.endorsement_rule()


def default(name: str = "default-2", **changes: Any) -> RequirementSet:
    return RequirementSet(**{"id": name, **changes})


#: claim -> (the attempt, path of the fault, words of the fix)
REQUIREMENTS: dict[str, tuple[Callable[[], Any], str, str]] = {
    "an expired policy as waivable": (
        lambda: make.gl_requirement(waivable=frozenset({ReasonCode.EXPIRED, ReasonCode.MISSING})),
        "$.waivable",
        "is never waivable",
    ),
    "a cancelled policy as waivable": (
        lambda: make.gl_requirement(waivable=frozenset({ReasonCode.CANCELLED})),
        "$.waivable",
        "cover that has run out stays run out",
    ),
    "a gap as waivable": (
        lambda: make.any_of(waivable=frozenset({ReasonCode.GAP})),
        "$.waivable",
        "is never waivable",
    ),
    "a requirement that ends on its first day": (
        lambda: make.custom_requirement(effective=DAY, until=DAY),
        "$.until",
        "must be after the first day, 2026-07-01",
    ),
    "version zero": (lambda: make.gl_requirement(version=0), "$.version", "must be 1 or more"),
    "a tail of no years": (lambda: make.gl_requirement(tail_years=0), "$.tail_years", "must be 1 or more"),
    "coverage of a layer": (
        lambda: make.requirement(Line.UMBRELLA),
        "$.line",
        "ask for layers with an umbrella requirement",
    ),
    "a limit that the line does not have": (
        lambda: make.requirement(Line.AUTO, limits=(OCCURRENCE,)),
        "$.limits[0].limit",
        "automobile liability has no such limit; it has bodily_injury_per_accident",
    ),
    "an amount of workers' compensation": (
        lambda: make.wc_requirement(limits=(OCCURRENCE,)),
        "$.limits[0].limit",
        "none: the statute sets its benefit",
    ),
    "one limit twice": (
        lambda: make.gl_requirement(limits=(OCCURRENCE, OCCURRENCE)),
        "$.limits[1]",
        "repeats limits[0]",
    ),
    "an additional insured on workers' compensation": (
        lambda: make.wc_requirement(endorsements=(ENDORSED,)),
        "$.endorsements[0].kind",
        "cannot add an insured (B1.1)",
    ),
    "an additional insured on employers' liability": (
        lambda: make.el_requirement(endorsements=(ENDORSED,)),
        "$.endorsements[0].kind",
        "cannot add an insured (B1.1)",
    ),
    "an additional insured on a bond": (
        lambda: make.bond_requirement(endorsements=(ENDORSED,)),
        "$.endorsements[0].kind",
        "cannot add an insured (B1.1)",
    ),
    "workers' compensation topped up": (
        lambda: make.wc_requirement(top_up=frozenset({Line.UMBRELLA})),
        "$.top_up",
        "no layer tops up workers' compensation (B2.7)",
    ),
    "a bond topped up": (
        lambda: make.bond_requirement(top_up=frozenset({Line.EXCESS})),
        "$.top_up",
        "no layer tops up surety bond (B2.7)",
    ),
    "a primary line as top-up": (
        lambda: make.gl_requirement(top_up=frozenset({Line.AUTO})),
        "$.top_up",
        "must be umbrella or excess",
    ),
    "autos of general liability": (
        lambda: make.gl_requirement(autos=frozenset({AutoKind.HIRED})),
        "$.autos",
        "only auto insurance covers autos",
    ),
    "scheduled autos in the place of owned ones that are not asked for": (
        lambda: make.auto_requirement(autos=frozenset({AutoKind.HIRED}), scheduled_answers_owned=True),
        "$.scheduled_answers_owned",
        "owned autos are not asked for",
    ),
    "personal auto in the place of general liability": (
        lambda: make.gl_requirement(accepts_personal_auto=True),
        "$.accepts_personal_auto",
        "stands in the place of automobile liability alone",
    ),
    "a presumed schedule where nothing is topped up": (
        lambda: make.gl_requirement(presume_umbrella_schedule=True),
        "$.presume_umbrella_schedule",
        "no umbrella counts; name it in top_up",
    ),
    "a presumed schedule of excess alone": (
        lambda: make.umbrella_requirement(layers=frozenset({Line.EXCESS}), presume_umbrella_schedule=True),
        "$.presume_umbrella_schedule",
        "no umbrella counts; name it in layers",
    ),
    "a presumed schedule where no layer counts": (
        lambda: make.combined_requirement(layers=frozenset(), presume_umbrella_schedule=True),
        "$.presume_umbrella_schedule",
        "no umbrella counts; name it in layers",
    ),
    "an exemption in the place of general liability": (
        lambda: make.gl_requirement(accepts=frozenset({ExemptionKind.SELF_INSURANCE})),
        "$.accepts",
        "only workers' compensation has exemptions",
    ),
    "an umbrella over nothing": (
        lambda: UmbrellaRequirement(id="u", occurrence=1, over=frozenset()),
        "$.over",
        "name at least one line",
    ),
    "an umbrella over workers' compensation": (
        lambda: UmbrellaRequirement(id="u", occurrence=1, over=frozenset({Line.WC})),
        "$.over",
        "for employers' liability name that line (B2.7)",
    ),
    "an umbrella over an umbrella": (
        lambda: UmbrellaRequirement(id="u", occurrence=1, over=frozenset({Line.UMBRELLA})),
        "$.over",
        "no umbrella sits on it",
    ),
    "an umbrella of no layers": (
        lambda: UmbrellaRequirement(id="u", occurrence=1, layers=frozenset()),
        "$.layers",
        "accept umbrella, excess or both",
    ),
    "a primary line as a layer": (
        lambda: UmbrellaRequirement(id="u", occurrence=1, layers=frozenset({Line.GL})),
        "$.layers",
        "must be umbrella or excess",
    ),
    "a tower on a bond": (
        lambda: CombinedLimitRequirement(id="c", line=Line.SURETY_BOND, occurrence=1),
        "$.line",
        "no umbrella sits on it",
    ),
    "a primary line on top of a tower": (
        lambda: make.combined_requirement(layers=frozenset({Line.AUTO})),
        "$.layers",
        "must be umbrella or excess",
    ),
    "an exemption of no kind": (
        lambda: ExemptionRequirement(id="e", kinds=frozenset()),
        "$.kinds",
        "name at least one kind of exemption",
    ),
    "an occurrence limit of a bond from occupational accident": (
        lambda: make.occupational_accident_requirement(limits=(MinimumLimit(limit=LimitKind.PENAL_SUM, cents=1),)),
        "$.limits[0].limit",
        "occupational accident has no such limit",
    ),
    "one limit of occupational accident twice": (
        lambda: make.occupational_accident_requirement(limits=(CLAIM, CLAIM)),
        "$.limits[1]",
        "repeats limits[0]",
    ),
    "any of nothing": (lambda: AnyOf(id="a", members=()), "$.members", "must have at least one member"),
    "all of nothing": (lambda: AllOf(id="a", members=()), "$.members", "must have at least one member"),
    "two members with one id": (
        lambda: make.all_of(GL, make.auto_requirement(id=GL.id)),
        "$.members[1]",
        "repeats members[0]",
    ),
    "a member with a tail of its own": (
        lambda: make.any_of(GL, make.auto_requirement(tail_years=2)),
        "$.members[1].tail_years",
        "set it on the outermost requirement",
    ),
    "a carrier of size zero": (lambda: CarrierRule(size_at_least=0), "$.size_at_least", "must be 1 or more"),
    "an earliest edition of month thirteen": (
        lambda: EndorsementRule(kind=EndorsementKind.OTHER, edition_not_before="13 04"),
        "$.edition_not_before",
        "must be month and year: 04 13",
    ),
}

SETS: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a set that ends on its first day": (
        lambda: make.requirement_set(effective=DAY, until=DAY),
        "$.until",
        "must be after the first day, 2026-07-01",
    ),
    "a default set for one client": (
        lambda: make.requirement_set(applies_to=frozenset({"client-1"})),
        "$.applies_to",
        "a default set applies to all; leave it empty",
    ),
    "a client's set for no client": (
        lambda: make.requirement_set(level=SetLevel.CLIENT),
        "$.applies_to",
        "name the client ids that the set applies to",
    ),
    "a client's set judged without an assignment": (
        lambda: make.requirement_set(**SOME_CLIENT, always=True),
        "$.always",
        "only a set at contractor level",
    ),
    "one key twice on the same days": (
        lambda: make.requirement_set(GL, make.gl_requirement(id="other")),
        "$.requirements[1].key",
        "is valid on the same days as requirements[0], which has the same key; end one first",
    ),
    "one key twice on a single common day": (
        lambda: make.requirement_set(
            make.gl_requirement(until=DAY), make.auto_requirement(key="coverage:general_liability", effective=EVE)
        ),
        "$.requirements[1].key",
        "is valid on the same days as requirements[0]",
    ),
    "a rule book without a default set": (
        lambda: make.rulebook(sets=()),
        "$.sets",
        "no default set applies on these days to every contract; add one, empty if nothing is required",
    ),
    "a rule book whose default sets leave out a day": (
        lambda: make.rulebook(default("default-1", until=EVE), default(effective=DAY)),
        "$.sets",
        "no default set applies on these days",
    ),
    "a rule book whose only default set spares earlier contracts": (
        lambda: make.rulebook(default(for_contracts_from=DAY)),
        "$.sets",
        "no default set applies on these days to every contract",
    ),
    "two default sets on one day": (
        lambda: make.rulebook(default("default-1", until=DAY), default(effective=EVE)),
        "$.sets[1]",
        "applies to the same as sets[0] on the same days; end one first or join them",
    ),
    "two sets of one client on one day": (
        lambda: make.rulebook(GL, default("one", **SOME_CLIENT), default("two", **SOME_CLIENT)),
        "$.sets[2]",
        "applies to the same as sets[1] on the same days",
    ),
    "two sets with one id": (
        lambda: make.rulebook(default("default-1", until=DAY), default("default-1", effective=DAY)),
        "$.sets[1]",
        "repeats sets[0]",
    ),
    "one version of a requirement with two contents": (
        lambda: make.rulebook(GL, default("one", **SOME_CLIENT, requirements=(make.gl_requirement(limits=()),))),
        "$.sets[1].requirements[0].version",
        "stands at sets[0].requirements[0] with other content; a version never changes",
    ),
}

WAIVERS: dict[str, tuple[Callable[[], Waiver], str, str]] = {
    "a waiver of nothing": (lambda: make.waiver(None), "$.requirement_id", "either a requirement or a whole line"),
    "a waiver of a requirement and a line": (
        lambda: make.waiver(line=Line.GL),
        "$.requirement_id",
        "name either a requirement or a whole line",
    ),
    "a waiver that expires on its first day": (
        lambda: make.waiver(effective=DAY, expires=DAY),
        "$.expires",
        "must be after the first day, 2026-07-01",
    ),
    "a waiver of expired cover": (
        lambda: make.waiver(reason_codes=frozenset({ReasonCode.EXPIRED})),
        "$.reason_codes",
        "is never waivable",
    ),
    "a granted waiver that nobody granted": (
        lambda: make.waiver(decided_by=None),
        "$.decided_by",
        "names who decided it and when",
    ),
    "a rejected waiver without the instant": (
        lambda: make.waiver(state=WaiverState.REJECTED, decided_at=None),
        "$.decided_by",
        "names who decided it and when",
    ),
    "a revoked waiver without its day": (
        lambda: make.waiver(state=WaiverState.REVOKED),
        "$.revoked_on",
        "belongs to a revoked waiver, and to no other",
    ),
    "a granted waiver with a day of revocation": (
        lambda: make.waiver(revoked_on=DAY),
        "$.revoked_on",
        "belongs to a revoked waiver, and to no other",
    ),
    "a decision before the request": (
        lambda: make.waiver(requested_at=NOON, decided_at=BEFORE_NOON),
        "$.decided_at",
        "is before the request at 2026-07-01 12:00:00+00:00",
    ),
    "one reduced limit twice": (
        lambda: make.waiver(kind=WaiverKind.REDUCE, reduced=(CLAIM, CLAIM)),
        "$.reduced[1]",
        "repeats reduced[0]",
    ),
    "a reduction without limits": (
        lambda: make.waiver(kind=WaiverKind.REDUCE),
        "$.reduced",
        "a waiver of kind reduce needs this field",
    ),
    "a plain waiver with reduced limits": (
        lambda: make.waiver(reduced=(CLAIM,)),
        "$.reduced",
        "a waiver of kind waive does not have this field",
    ),
    "a substitution without an evidence rule": (
        lambda: make.waiver(kind=WaiverKind.SUBSTITUTE),
        "$.evidence",
        "a waiver of kind substitute needs this field",
    ),
    "a plain waiver with an evidence rule": (
        lambda: make.waiver(evidence=EvidenceRule()),
        "$.evidence",
        "a waiver of kind waive does not have this field",
    ),
    "a conditional waiver without its document": (
        lambda: make.waiver(kind=WaiverKind.CONDITIONAL),
        "$.until_document",
        "a waiver of kind conditional needs this field",
    ),
    "a plain waiver until a document": (
        lambda: make.waiver(until_document="acord_25"),
        "$.until_document",
        "a waiver of kind waive does not have this field",
    ),
}

REFUSED = {**REQUIREMENTS, **SETS, **WAIVERS}


@pytest.mark.parametrize(("attempt", "path", "fix"), REFUSED.values(), ids=REFUSED.keys())
def test_a_rule_that_contradicts_itself_is_refused_with_its_path_and_fix(
    attempt: Callable[[], Any], path: str, fix: str
) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        attempt()

    assert [path] == [fault.path for fault in refusal.value.faults]
    assert fix in refusal.value.faults[0].problem
