"""Single cases on the border between outcomes, tried on every run besides what chance comes up with."""

from __future__ import annotations

from datetime import date, timedelta

from contractor_compliance.domain import (
    CarrierRule,
    Dossier,
    Endorsement,
    EndorsementBasis,
    EndorsementKind,
    Evidence,
    EvidenceLevel,
    EvidenceRule,
    ExclusionKind,
    ExclusionRule,
    FinancialStrength,
    Industry,
    LimitKind,
    Line,
    PolicyExclusion,
    PolicyIdentification,
    ReasonCode,
    RequirementSet,
    RuleBook,
    SetLevel,
    State,
    Trigger,
    TriggerTerms,
    UnderlyingLimit,
    UnderlyingSchedule,
)
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.factories import MILLION, TERM_START

__all__ = [
    "ALIASES",
    "CANCELLED_ON_ANOTHER_RECORD",
    "CARRIERS_OF_ONE_NAME",
    "CERTIFICATE_OF_LESS_THAN_THE_TERM",
    "CLAIMS_MADE_OR_NOT",
    "EVIDENCE_OF_TWO_FAULTS",
    "FLAT_AFTER_ARRIVAL",
    "FLORIDA_EXEMPTION",
    "LATE_AND_EXPIRED",
    "LAYER_OVER_WHAT_IS_NOT_STATED",
    "MISSING_AND_UNKNOWN",
    "TWO_DENIALS_OF_AN_ENDORSEMENT",
    "TWO_RECORDS_OF_A_LAYER",
    "TWO_SCHEDULES",
    "TWO_SOURCES_OF_AN_EXCLUSION",
    "TWO_TEXTS_FOR_A_NUMBER",
    "WAIVED_IN_ONE_SET_THAT_MAY_BIND",
]

_Case = tuple[Dossier, RuleBook]
_MISSING = frozenset({ReasonCode.MISSING})
_LAST_YEAR = date(2025, 1, 1)


# Order.

#: The name printed is near one accepted name and another legal form of the next.
ALIASES: _Case = (
    make.dossier(
        make.gl_policy(insured=(make.insured("Rig Partners Inc"),)),
        contractor=make.contractor(aliases=("Rig Partners", "Rig Partners Corp")),
    ),
    make.rulebook(make.gl_requirement()),
)
#: An insurer found by name, and two of that name.
CARRIERS_OF_ONE_NAME: _Case = (
    make.dossier(make.gl_policy(carrier_naic=None), make.carrier(), make.carrier(naic="99955", ratings=())),
    make.rulebook(make.gl_requirement(carrier=CarrierRule(strength_at_least=FinancialStrength.A_MINUS))),
)
_ONGOING = EndorsementKind.ADDITIONAL_INSURED_ONGOING
#: Neither schedule names the party.
TWO_SCHEDULES: _Case = (
    make.dossier(
        make.gl_policy(
            endorsements=tuple(
                make.endorsement(_ONGOING, basis=EndorsementBasis.SCHEDULED, parties=(name,))
                for name in ("Nobody We Know LLC", "Quite Another LLC")
            )
        )
    ),
    make.rulebook(make.gl_requirement(endorsements=(make.endorsement_rule(_ONGOING),))),
)
#: One statement of the term is stale, the other is on a paper that is not accepted.
EVIDENCE_OF_TWO_FAULTS: _Case = (
    make.dossier(
        make.gl_policy(
            terms=tuple(
                make.term(evidence=make.evidence(EvidenceLevel.CERTIFICATE, document=document, observed_on=_LAST_YEAR))
                for document in ("acord_25", "c_105_2")
            )
        )
    ),
    make.rulebook(make.gl_requirement(evidence=EvidenceRule(documents=frozenset({"acord_25"}), fresh_for_days=30))),
)

_LATER = date(2026, 1, 5)
_CONFIRMED = EvidenceRule(at_least=EvidenceLevel.CONFIRMED)
_COPY, _DECLARED = (make.evidence(level, observed_on=_LATER) for level in (EvidenceLevel.COPY, EvidenceLevel.DECLARED))


def _ongoing(evidence: Evidence, *, present: bool) -> Endorsement:
    basis = EndorsementBasis.BLANKET
    return make.endorsement(_ONGOING, present=present, form=None, edition=None, basis=basis, evidence=evidence)


#: An endorsement on a copy that is no proof yet; one source as good denies it, and a weaker one does.
TWO_DENIALS_OF_AN_ENDORSEMENT: _Case = (
    make.dossier(
        make.gl_policy(
            endorsements=(
                _ongoing(_COPY, present=False),
                _ongoing(_COPY, present=True),
                _ongoing(_DECLARED, present=False),
            )
        )
    ),
    make.rulebook(make.gl_requirement(endorsements=(make.endorsement_rule(_ONGOING),), evidence=_CONFIRMED)),
)
#: An exclusion that a copy and the contractor's own word show, in the same words, and another copy denies.
TWO_SOURCES_OF_AN_EXCLUSION: _Case = (
    make.dossier(
        make.gl_policy(
            policy_exclusions=tuple(
                PolicyExclusion(kind=ExclusionKind.HEIGHT, present=present, evidence=evidence)
                for present, evidence in ((True, _COPY), (False, _COPY), (True, _DECLARED))
            )
        )
    ),
    make.rulebook(
        make.gl_requirement(forbidden_exclusions=(ExclusionRule(kind=ExclusionKind.HEIGHT),), evidence=_CONFIRMED)
    ),
)
#: Two texts that stand in the place of a policy number.
TWO_TEXTS_FOR_A_NUMBER: _Case = (
    make.dossier(
        make.gl_policy(
            identifications=tuple(
                PolicyIdentification(number=text, carrier_naic="99901", evidence=make.evidence())
                for text in ("TBD", "Pending")
            )
        )
    ),
    make.rulebook(make.gl_requirement()),
)

# Over time.

#: Two exemptions that may be one, of which the earlier was cancelled in the term of the later.
CANCELLED_ON_ANOTHER_RECORD: _Case = (
    make.dossier(
        make.assignment(),
        make.exemption(id="numbered", number="EX-2026"),
        make.exemption(
            id="unnumbered",
            number=None,
            terms=(make.term(_LAST_YEAR, TERM_START),),
            cancellations=(make.cancellation(date(2026, 6, 1), issued_on=date(2026, 5, 20)),),
        ),
    ),
    make.rulebook(make.exemption_requirement()),
)

_SHOWN = make.evidence(EvidenceLevel.CERTIFICATE, document="acord_25", certificate_id="certificate-1")
#: What a certificate shows of primary and umbrella, for less than the term that a copy of each states.
_OF_CERTIFICATE = {
    "terms": (
        make.term(TERM_START, date(2026, 7, 1), evidence=_SHOWN),
        make.term(evidence=make.evidence(EvidenceLevel.COPY)),
    ),
    "insured": (make.insured(evidence=_SHOWN),),
}
#: An umbrella whose schedule may be presumed while the one certificate that shows it with its primary runs.
CERTIFICATE_OF_LESS_THAN_THE_TERM: _Case = (
    make.dossier(
        make.certificate(),
        make.gl_policy(
            limits=make.limits(
                {
                    LimitKind.EACH_OCCURRENCE: MILLION,
                    LimitKind.GENERAL_AGGREGATE: 2 * MILLION,
                    LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE: 2 * MILLION,
                },
                evidence=_SHOWN,
            ),
            **_OF_CERTIFICATE,
        ),
        make.umbrella_policy(
            limits=make.limits(
                {LimitKind.EACH_OCCURRENCE: 5 * MILLION, LimitKind.AGGREGATE: 5 * MILLION}, evidence=_SHOWN
            ),
            underlying_schedules=(),
            **_OF_CERTIFICATE,
        ),
    ),
    make.rulebook(
        make.umbrella_requirement(
            occurrence=5 * MILLION,
            presume_umbrella_schedule=True,
            evidence=EvidenceRule(at_least=EvidenceLevel.CERTIFICATE),
        )
    ),
)

# Waivers for missing cover.

_BOTH = make.all_of(make.gl_requirement(), make.auto_requirement(), waivable=_MISSING)
#: One policy had run out before it arrived; the other was seen in force and then ran out.
LATE_AND_EXPIRED: _Case = (
    make.dossier(
        make.gl_policy(
            terms=(make.term(_LAST_YEAR, TERM_START, evidence=make.evidence(observed_on=date(2026, 5, 1))),)
        ),
        make.auto_policy(
            terms=(make.term(_LAST_YEAR, date(2026, 4, 1), evidence=make.evidence(observed_on=_LAST_YEAR)),)
        ),
        make.waiver("requirement-all"),
    ),
    make.rulebook(_BOTH),
)
#: One member is missing, which is waivable; of the other no source names the insured, which is not.
MISSING_AND_UNKNOWN: _Case = (
    make.dossier(make.gl_policy(insured=()), make.waiver("requirement-all")),
    make.rulebook(_BOTH),
)
#: A policy that arrived before its term, and was cancelled from its first day after that.
FLAT_AFTER_ARRIVAL: _Case = (
    make.dossier(
        make.gl_policy(
            cancellations=(
                make.cancellation(
                    TERM_START,
                    issued_on=TERM_START + timedelta(days=4),
                    evidence=make.evidence(observed_on=TERM_START + timedelta(days=5)),
                ),
            )
        ),
        make.waiver(),
    ),
    make.rulebook(make.gl_requirement(waivable=_MISSING)),
)

#: Nobody says which client it is for: a waiver carries the requirement of all work, and not that of a client.
WAIVED_IN_ONE_SET_THAT_MAY_BIND: _Case = (
    make.dossier(make.assignment(client_id=None), make.waiver(requirement_id="gl")),
    make.rulebook(
        make.requirement_set(make.gl_requirement(id="gl", key="slot:gl", waivable=_MISSING)),
        RequirementSet(
            id="attached",
            level=SetLevel.CLIENT,
            applies_to=frozenset({"client-1"}),
            requirements=(make.gl_requirement(id="gl", key="slot:gl", version=2, waivable=frozenset()),),
        ),
    ),
)

# More and less.


def _layer(name: str, occurrence: int, aggregate: int) -> object:
    stated = {LimitKind.EACH_OCCURRENCE: occurrence * MILLION, LimitKind.AGGREGATE: aggregate * MILLION}
    return make.umbrella_policy(id=name, number="one and the same", limits=stated)


#: Two records of one umbrella that differ in its aggregate.
TWO_RECORDS_OF_A_LAYER: _Case = (
    make.dossier(_layer("a", 5, 5), _layer("b", 5, 10), make.gl_policy()),
    make.rulebook(make.umbrella_requirement(occurrence=5 * MILLION, aggregate=9 * MILLION)),
)
#: An exemption good for two years (domain rule B6.7), in its fourth.
FLORIDA_EXEMPTION: _Case = (
    make.dossier(
        make.assignment(work_states=frozenset({State.FL})),
        make.job_code(industry=Industry.CONSTRUCTION),
        make.exemption(state=State.FL, terms=(make.term(date(2023, 1, 1), date(2027, 1, 1)),)),
    ),
    make.rulebook(make.exemption_requirement()),
)

# What is not known.

_TRIGGERS = (
    TriggerTerms(trigger=Trigger.OCCURRENCE, evidence=make.evidence()),
    TriggerTerms(trigger=Trigger.CLAIMS_MADE, retroactive_date=date(2026, 6, 1), evidence=make.evidence()),
)
#: One source says occurrence; another, as good, says claims-made from after the work began.
CLAIMS_MADE_OR_NOT: _Case = (
    make.dossier(make.gl_policy(triggers=_TRIGGERS)),
    make.rulebook(make.gl_requirement()),
)
#: An umbrella over a primary limit of 1 million; what the primary's is must be read off its statement.
LAYER_OVER_WHAT_IS_NOT_STATED: _Case = (
    make.dossier(
        make.gl_policy(),
        make.umbrella_policy(
            underlying_schedules=(
                UnderlyingSchedule(
                    schedule=(UnderlyingLimit(line=Line.GL, occurrence=MILLION),), evidence=make.evidence()
                ),
            )
        ),
    ),
    make.rulebook(make.umbrella_requirement()),
)
