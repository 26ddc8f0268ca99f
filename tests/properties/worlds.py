"""Dossiers with rule books that nearly pass: sound samples with a few things changed, so that every outcome occurs.

The strategies of the package reach further afield; these stay close to the border between outcomes, where laws break.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance.domain import (
    NEVER_WAIVABLE,
    AggregateBasis,
    Assignment,
    AutoKind,
    CarrierRule,
    CarrierStatus,
    Certificate,
    Contractor,
    CoveredAutos,
    Dossier,
    EndorsementBasis,
    EndorsementKind,
    EndorsementList,
    EndorsementRule,
    EntityType,
    EvidenceLevel,
    EvidenceRule,
    ExcludedWorkerRule,
    ExclusionKind,
    ExclusionRule,
    Exclusions,
    Exemption,
    ExemptionKind,
    FinancialStrength,
    Industry,
    InsuredCapacity,
    License,
    LimitKind,
    Line,
    MinimumLimit,
    Missing,
    OwnedAutos,
    Participant,
    Party,
    PartyRole,
    PersonRole,
    Policy,
    PolicyExclusion,
    ReasonCode,
    Reinstatement,
    Requirement,
    RequirementSet,
    ReviewStatus,
    RuleBook,
    SetLevel,
    SetMode,
    State,
    StateList,
    StateListKind,
    StateNotice,
    StatesCovered,
    Term,
    Trigger,
    TriggerTerms,
    UnderlyingLimit,
    UnderlyingSchedule,
    Waiver,
    WaiverKind,
    WaiverState,
    WrittenContract,
)
from contractor_compliance.domain import Cancellation as Notice
from contractor_compliance.evaluation import CustomAnswer, CustomCheck
from contractor_compliance.results import Outcome
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.factories import CONTRACTOR_NAME, MILLION, TERM_END, TERM_START, WORK_END, WORK_START
from contractor_compliance.testing.strategies import cases

__all__ = ["CHECKS", "DAYS", "MIDDLE", "anything", "days", "disputed", "lenient", "worlds"]

#: A day in the middle of the sample term and of the sample assignment.
MIDDLE = date(2026, 6, 15)
_DAY = timedelta(days=1)
#: Days that matter to the samples, with their neighbors.
DAYS = tuple(
    edge + timedelta(days=offset)
    for edge in (MIDDLE, WORK_START, WORK_END, TERM_START, TERM_END)
    for offset in (0, -1, 1, 31, -31)
)
_DAYS = st.sampled_from(DAYS)


def days() -> SearchStrategy[date]:
    """Return days that matter to the samples, the middle one first, and now and then any day near them."""
    return st.one_of(_DAYS, _DAYS, st.dates(date(2025, 6, 1), date(2027, 12, 1)))


@functools.cache
def _weighed(usual: tuple[Any, ...], odd: tuple[Any, ...], *, once_in: int) -> SearchStrategy[Any]:
    """Return one of `odd` once in so many times, else one of `usual`; it shrinks towards the first usual one."""

    def make(once_in: int) -> SearchStrategy[Any]:
        # Each usual value in so many copies that all of them together outweigh the odd ones as asked.
        times = max(1, round(len(odd) * (once_in - 1) / len(usual)))
        return st.sampled_from(tuple(usual) * times + tuple(odd))

    strategy = make(once_in)
    _QUIET[strategy] = make(_QUIETER * once_in)
    return strategy


#: By how much odd values are rarer in a quiet world: with all of them at once hardly anything would ever pass.
_QUIETER = 15
_QUIET: dict[SearchStrategy[Any], SearchStrategy[Any]] = {}


def _quiet(draw: DrawFn) -> DrawFn:
    """Return a draw that takes the quiet form of a strategy where there is one."""

    def quietly(strategy: SearchStrategy[Any]) -> Any:
        return draw(_QUIET.get(strategy, strategy))

    return quietly  # type: ignore[return-value]


# Evidence.

_CERTIFIED: Mapping[str, Any] = {"level": EvidenceLevel.CERTIFICATE, "document": "acord_25"}
_EVIDENCE = _weighed(
    (make.evidence(), make.evidence(certificate_id="certificate-1", **_CERTIFIED)),
    (
        make.evidence(EvidenceLevel.DECLARED),
        make.evidence(EvidenceLevel.COPY, observed_on=MIDDLE),
        make.evidence(observed_on=MIDDLE + _DAY),
        # Seen only after the sample term was over.
        make.evidence(observed_on=TERM_END + timedelta(days=40)),
        make.evidence(observed_on=date(2024, 11, 1), document="c_105_2"),
        make.evidence(EvidenceLevel.COPY, document="acord_75"),
        make.evidence(EvidenceLevel.COPY, document="acord_28"),
        make.evidence(certificate_id="certificate-2", **_CERTIFIED),
        make.evidence(certificate_id="certificate-3", observed_on=date(2024, 12, 1), **_CERTIFIED),
    ),
    once_in=4,
)


def _certificates(draw: DrawFn) -> tuple[Certificate, ...]:
    return (
        make.certificate(),
        make.certificate(
            id="certificate-2", status=draw(st.sampled_from((ReviewStatus.PENDING, ReviewStatus.FLAGGED)))
        ),
        make.certificate(id="certificate-3", completed_on=date(2024, 12, 1)),
    )


# Terms and notices.

_ENDLESS = Missing.ABSENT
_SPANS = _weighed(
    ((TERM_START, TERM_END),),
    (
        (TERM_START, MIDDLE),
        (MIDDLE, MIDDLE + timedelta(days=365)),
        (date(2025, 1, 1), TERM_START),
        (TERM_END, date(2028, 1, 1)),
        (WORK_START + _DAY, WORK_END),
        (TERM_START, _ENDLESS),
        (Missing.ABSENT, TERM_END),
        (Missing.ABSENT, _ENDLESS),
    ),
    once_in=3,
)
_ONCE_IN_6 = _weighed((False,), (True,), once_in=6)
_ONCE_IN_3 = _weighed((False,), (True,), once_in=3)
_ONCE_IN_16 = _weighed((False,), (True,), once_in=16)
_HALF = st.booleans()
_MOSTLY = st.sampled_from((True, True, True, False))


_OVER = (
    make.term(date(2025, 1, 1), TERM_START, evidence=make.evidence(observed_on=date(2026, 5, 1))),
    make.term(date(2025, 1, 1), WORK_START, evidence=make.evidence(observed_on=date(2025, 1, 1))),
)


def _term(draw: DrawFn) -> Term:
    if draw(_ONCE_IN_6):
        return draw(st.sampled_from(_OVER))  # type: ignore[no-any-return]
    effective, expiration = draw(_SPANS)
    continuous = expiration is _ENDLESS and draw(_HALF)
    return Term(effective=effective, expiration=expiration, continuous=continuous, evidence=draw(_EVIDENCE))


_ISSUED = _weighed((MIDDLE - timedelta(days=10), MIDDLE, WORK_START, WORK_END), (Missing.ABSENT,), once_in=8)
_EFFECTIVE = _weighed((MIDDLE, WORK_START, MIDDLE + _DAY, WORK_END, TERM_START), (Missing.ABSENT,), once_in=8)


def _notices(draw: DrawFn) -> dict[str, tuple[Any, ...]]:
    def notice(cls: Any) -> Any:
        return cls(effective=draw(_EFFECTIVE), issued_on=draw(_ISSUED), evidence=draw(_EVIDENCE))

    cancelled, reinstated = draw(st.sampled_from(((1, 0), (1, 1), (2, 1), (0, 1), (1, 2), (2, 2))))
    return {
        "cancellations": tuple(notice(Notice) for _ in range(cancelled)),
        "reinstatements": tuple(notice(Reinstatement) for _ in range(reinstated)),
    }


# Policies.

_NAMES = _weighed(
    (CONTRACTOR_NAME,),
    (
        "SAMPLE RIGGING, L.L.C.",
        "Sample Rigging Inc",
        "Sample Riging LLC",
        "Rig It",
        "Pat Sample",
        "Another Insured LLC",
        "Rig Partners Inc",
        f"{CONTRACTOR_NAME} dba Rig It",
        f"Sample PEO Inc L/C/F {CONTRACTOR_NAME}",
        None,
    ),
    once_in=4,
)
_SCALES = _weighed((2, 1), (0, 4), once_in=4)
_AMOUNTS = st.sampled_from((MILLION, 2 * MILLION, MILLION // 2, 0, 5 * MILLION, MILLION - 1))
_GENERAL = {
    LimitKind.EACH_OCCURRENCE: 1,
    LimitKind.GENERAL_AGGREGATE: 2,
    LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE: 2,
}
_EMPLOYERS = {
    LimitKind.EL_EACH_ACCIDENT: 1,
    LimitKind.EL_DISEASE_EACH_EMPLOYEE: 1,
    LimitKind.EL_DISEASE_POLICY_LIMIT: 1,
}
_LAYER = {LimitKind.EACH_OCCURRENCE: 5, LimitKind.AGGREGATE: 5}
_CLAIM = {LimitKind.EACH_CLAIM: 1, LimitKind.AGGREGATE: 2}
#: What a policy of each line states, in half millions; requirements ask for as much in millions or half of it.
_STATED: dict[Line, dict[LimitKind, int]] = {
    Line.GL: _GENERAL,
    Line.WC: _EMPLOYERS,
    Line.EL: _EMPLOYERS,
    Line.STOP_GAP: _EMPLOYERS,
    Line.AUTO: {LimitKind.COMBINED_SINGLE_LIMIT: 1},
    Line.PERSONAL_AUTO: {LimitKind.COMBINED_SINGLE_LIMIT: 1},
    Line.UMBRELLA: _LAYER,
    Line.EXCESS: _LAYER,
    Line.SURETY_BOND: {LimitKind.PENAL_SUM: 1},
}


def _limits(draw: DrawFn, line: Line) -> Any:
    scale = draw(_SCALES) * MILLION // 2
    amounts: dict[LimitKind, Any] = {kind: times * scale for kind, times in _STATED.get(line, _CLAIM).items()}
    if draw(_ONCE_IN_6):
        amounts[draw(st.sampled_from(tuple(amounts)))] = draw(st.one_of(_AMOUNTS, st.just(Missing.UNREADABLE)))
    extra: dict[str, Any] = {}
    if line == Line.GL and draw(_ONCE_IN_3):
        extra["aggregate_basis"] = draw(st.sampled_from(AggregateBasis))
    if draw(_ONCE_IN_6):
        extra["retention"] = draw(_AMOUNTS)
    return make.limits(amounts, evidence=draw(_EVIDENCE), **extra)


def _trigger(draw: DrawFn) -> TriggerTerms:
    kind = draw(_weighed(("occurrence",), ("claims", "prior", "late", "silent"), once_in=4))
    parts: dict[str, Any] = {
        "occurrence": {"trigger": Trigger.OCCURRENCE},
        "claims": {"trigger": Trigger.CLAIMS_MADE, "retroactive_date": TERM_START},
        "prior": {"trigger": Trigger.CLAIMS_MADE, "full_prior_acts": True},
        "late": {"trigger": Trigger.CLAIMS_MADE, "retroactive_date": MIDDLE},
        "silent": {"trigger": Trigger.CLAIMS_MADE},
    }[kind]
    if kind != "occurrence" and draw(_HALF):
        parts = {**parts, "extended_reporting_until": TERM_END + timedelta(days=100)}
    return TriggerTerms(**parts, evidence=draw(_EVIDENCE))


_SCHEDULES = _weighed(
    (("Sample Staffing Inc", "Sample Mills Corp"),),
    (("Sample Staffing Inc",), ("Sample Mills Corporation",), ("Nobody We Know LLC",), ("Sample Staffing LLC",), ()),
    once_in=3,
)
_FORMS = st.sampled_from(
    (None, None, None, "CG 20 10", "CG 20 33", "CG 20 38", "CG 20 01", "CG 25 03", "CG 24 04", "CG 21 39")
)


_BASES = _weighed((EndorsementBasis.SCHEDULED, EndorsementBasis.BLANKET), (Missing.ABSENT,), once_in=4)


def _endorsement(draw: DrawFn, kinds: Sequence[EndorsementKind]) -> Any:
    kind = draw(st.sampled_from(tuple(kinds) or (EndorsementKind.OTHER,)))
    basis = draw(_BASES)
    return make.endorsement(
        kind,
        present=not draw(_ONCE_IN_6),
        form=draw(_FORMS),
        edition=draw(st.sampled_from(("04 13", None, "07 04", "11 85"))),
        basis=basis,
        parties=draw(_SCHEDULES) if basis is not EndorsementBasis.BLANKET else (),
        notice_days=draw(st.sampled_from((30, 10, Missing.ABSENT))),
        evidence=draw(_EVIDENCE),
    )


#: Few kinds, so that what is stated meets what is forbidden.
_EXCLUDED = (ExclusionKind.HEIGHT, ExclusionKind.CONTRACTUAL_LIABILITY)


def _policy_exclusion(draw: DrawFn) -> PolicyExclusion:
    return PolicyExclusion(
        kind=draw(st.sampled_from(_EXCLUDED)),
        present=draw(_ONCE_IN_3),
        form=draw(st.sampled_from((None, None, "CG 21 39"))),
        evidence=draw(_EVIDENCE),
    )


_BOXES = _weighed(
    (frozenset({AutoKind.OWNED, AutoKind.HIRED, AutoKind.NON_OWNED}), frozenset({AutoKind.HIRED, AutoKind.NON_OWNED})),
    (
        frozenset({AutoKind.ANY}),
        frozenset({AutoKind.OWNED}),
        frozenset({AutoKind.SCHEDULED, AutoKind.HIRED, AutoKind.NON_OWNED}),
        frozenset({AutoKind.NON_OWNED}),
    ),
    once_in=2,
)


def _covered_autos(draw: DrawFn) -> CoveredAutos:
    return CoveredAutos(kinds=draw(_BOXES), evidence=draw(_EVIDENCE))


def _owned_autos(draw: DrawFn) -> OwnedAutos:
    return OwnedAutos(any_owned=draw(_ONCE_IN_3), evidence=draw(_EVIDENCE))


def _insured(draw: DrawFn, *, scheduled: bool) -> Any:
    entries: tuple[Participant, ...] = ()
    if scheduled:
        entries = tuple(
            Participant(name=draw(_NAMES) or CONTRACTOR_NAME, effective=start, until=until)
            for start, until in draw(
                st.sampled_from(
                    (
                        ((TERM_START, None),),
                        ((TERM_START, MIDDLE), (MIDDLE + _DAY, None)),
                        ((MIDDLE, None), (TERM_START, None), (TERM_START, None)),
                        (),
                    )
                )
            )
        )
    reported = (Participant(name="Pat Sample", effective=TERM_START, until=draw(st.sampled_from((None, MIDDLE)))),)
    roster = reported if draw(_ONCE_IN_3) else ()
    return make.insured(draw(_NAMES), participants=entries, leased_workers=roster, evidence=draw(_EVIDENCE))


_HOW_OFTEN_TOLD = _weighed((1,), (2, 2, 3, 0), once_in=4)


def _one_or_more(draw: DrawFn, statement: Any) -> tuple[Any, ...]:
    return tuple(statement() for _ in range(draw(_HOW_OFTEN_TOLD)))


def _states(draw: DrawFn) -> StatesCovered:
    listed = StateList(states=frozenset({State.AL, State.CA}))
    home = StateList(states=frozenset({State.CA}))
    broad = StateList(kind=StateListKind.ALL_EXCEPT, states=frozenset({State.OH, State.WA}))
    notices = (StateNotice(state=State.AL, given_on=draw(_DAYS)),) if draw(_ONCE_IN_6) else ()
    return StatesCovered(
        item_3a=draw(_weighed((listed,), (home, broad, Missing.ABSENT), once_in=3)),
        item_3c=draw(_weighed((Missing.ABSENT, broad), (listed, home), once_in=3)),
        notices=notices,
        evidence=draw(_EVIDENCE),
    )


_EXCLUSIONS = _weighed(
    (Exclusions(any_excluded=False, evidence=make.evidence()),),
    (
        Exclusions(any_excluded=True, evidence=make.evidence()),
        Exclusions(any_excluded=True, excluded=("Pat Sample",), evidence=make.evidence()),
        Exclusions(any_excluded=True, excluded=("person-2",), evidence=make.evidence()),
        Exclusions(included=("person-1",), evidence=make.evidence()),
        Exclusions(if_any=True, evidence=make.evidence()),
        Exclusions(evidence=make.evidence()),
    ),
    once_in=3,
)


def _exclusions(draw: DrawFn) -> Exclusions:
    return attrs.evolve(draw(_EXCLUSIONS), evidence=draw(_EVIDENCE))


def _layer(draw: DrawFn) -> UnderlyingSchedule:
    least = draw(_weighed((MILLION // 2, MILLION), (0, 2 * MILLION, 6 * MILLION, Missing.ABSENT), once_in=4))
    rows = tuple(UnderlyingLimit(line=line, occurrence=least) for line in (Line.GL, Line.AUTO, Line.EL))
    schedule = draw(_weighed((rows,), (rows[1:], (), Missing.ABSENT), once_in=4))
    return UnderlyingSchedule(
        schedule=schedule, follows_form_over=rows[:1] if draw(_ONCE_IN_6) else (), evidence=draw(_EVIDENCE)
    )


_SCHEDULED = st.sampled_from((InsuredCapacity.PARTICIPANT, InsuredCapacity.LEASED_WORKER))


def _policy(draw: DrawFn, line: Line, place: int, kinds: Sequence[EndorsementKind]) -> Policy:
    scheduled = draw(_ONCE_IN_6)
    parts: dict[str, Any] = {
        "id": f"policy-{place}",
        # Two records may tell of one policy.
        "number": draw(_weighed((f"SAMPLE-{place}",), ("SAMPLE-1", "TBD", "1", None), once_in=4)),
        "insured_as": draw(_SCHEDULED) if scheduled else InsuredCapacity.NAMED_INSURED,
        "insured": _one_or_more(draw, lambda: _insured(draw, scheduled=scheduled)),
        "terms": _one_or_more(draw, lambda: _term(draw)),
        "limits": _one_or_more(draw, lambda: _limits(draw, line)),
        "triggers": _one_or_more(draw, lambda: _trigger(draw)),
    }
    if draw(_ONCE_IN_3):
        parts |= _notices(draw)
    if draw(_HALF):
        parts["endorsements"] = tuple(_endorsement(draw, kinds) for _ in range(draw(st.sampled_from((1, 2, 3)))))
    if draw(_ONCE_IN_6):
        parts["endorsement_lists"] = (EndorsementList(evidence=make.evidence()),)
    if draw(_ONCE_IN_3):
        parts["policy_exclusions"] = tuple(_policy_exclusion(draw) for _ in range(draw(st.sampled_from((1, 2)))))
    if line in (Line.WC, Line.EL):
        parts["states"] = _one_or_more(draw, lambda: _states(draw))
        parts["exclusions"] = _one_or_more(draw, lambda: _exclusions(draw))
    if line in (Line.AUTO, Line.PERSONAL_AUTO):
        parts["covered_autos"] = _one_or_more(draw, lambda: _covered_autos(draw))
    if line.is_layer:
        parts["underlying_schedules"] = _one_or_more(draw, lambda: _layer(draw))
    if draw(_ONCE_IN_6):
        parts["assignment_id"] = draw(st.sampled_from(("assignment-1", "assignment-2")))
    if draw(_ONCE_IN_6):
        parts |= draw(st.sampled_from(({"carrier_naic": None}, {"carrier_naic": "99902"}, {"carrier_naic": "00000"})))
    return make.policy(line, **parts)


# The contractor and the work.


def _contractor(draw: DrawFn) -> Contractor:
    second = draw(_weighed((PersonRole.EMPLOYEE,), (PersonRole.OWNER,), once_in=4))
    people = (make.person(), make.person(id="person-2", name="Kim Sample", role=second))
    return make.contractor(
        entity_type=draw(_weighed((EntityType.LLC,), (EntityType.SOLE_PROPRIETOR, EntityType.CORPORATION), once_in=3)),
        has_employees=draw(_weighed((False,), (True, Missing.ABSENT), once_in=2)),
        people=people,
        aliases=draw(st.sampled_from(((), ("Rig Partners", "Rig Partners Corp")))),
        trade_names=("Rig It",),
        owned_autos=_one_or_more(draw, lambda: _owned_autos(draw)) if draw(_HALF) else (),
        licenses=(License(state=State.CA, number="1", classes=("C-39",)),) if draw(_ONCE_IN_6) else (),
    )


_STATES = _weighed(
    (frozenset({State.AL}),),
    (
        frozenset({State.CA}),
        frozenset({State.AL, State.CA}),
        frozenset({State.NY}),
        frozenset({State.OH}),
        frozenset({State.FL}),
        frozenset({State.TX}),
        frozenset({State.KS}),
        frozenset({State.MO}),
        frozenset(),
    ),
    once_in=3,
)


_PARTIES_OF_THE_WORK = (
    Party(role=PartyRole.OWNER, name="Sample Estates LLC"),
    Party(role=PartyRole.OWNER, name="Sample Holdings LLC"),
)


def _assignment(draw: DrawFn, place: int) -> Assignment:
    start = draw(_weighed((WORK_START,), (TERM_START, MIDDLE, date(2025, 10, 1), MIDDLE + _DAY), once_in=4))
    end = draw(_weighed((WORK_END, None), (MIDDLE, TERM_END + timedelta(days=60), WORK_START), once_in=3))
    contracts = (
        WrittenContract(with_party=PartyRole.COMPANY, signed_on=date(2026, 2, 2)),
        WrittenContract(
            with_party=PartyRole.CLIENT, signed_on=MIDDLE, additional_insureds=frozenset({PartyRole.OWNER})
        ),
    )
    return make.assignment(
        id=f"assignment-{place}",
        start=start,
        end=None if end is None else max(start, end),
        cancelled_on=start if draw(_ONCE_IN_16) else None,
        on_hold=draw(_ONCE_IN_16),
        client_id=draw(_weighed(("client-1",), (None,), once_in=6)),
        work_states=draw(_STATES),
        remote=draw(_ONCE_IN_6),
        worker=draw(_weighed(("person-1",), ("person-2", Missing.ABSENT), once_in=3)),
        contracts=contracts[: draw(st.sampled_from((2, 1, 0)))],
        parties=_PARTIES_OF_THE_WORK[: draw(st.sampled_from((0, 1, 2)))],
    )


def _exemption(draw: DrawFn, place: int) -> Exemption:
    kind = draw(st.sampled_from((ExemptionKind.OWNER_EXEMPTION, *ExemptionKind)))
    notices = _notices(draw) if draw(_ONCE_IN_6) else {}
    return make.exemption(
        id=f"exemption-{place}",
        kind=kind,
        state=draw(_weighed((State.AL,), (State.CA, State.FL, State.TX, State.OH), once_in=3)),
        signed_on=draw(_weighed((WORK_START,), (MIDDLE, Missing.ABSENT), once_in=3)),
        people=draw(_weighed(((),), (("Pat Sample",), ("person-2",)), once_in=4)),
        terms=_one_or_more(draw, lambda: _term(draw)),
        **notices,
    )


# What is asked for.

_RULES = _weighed(
    (EvidenceRule(),),
    (
        EvidenceRule(at_least=EvidenceLevel.DECLARED),
        EvidenceRule(at_least=EvidenceLevel.COPY),
        EvidenceRule(at_least=EvidenceLevel.PLATFORM),
        EvidenceRule(documents=frozenset({"acord_25"})),
        EvidenceRule(fresh_for_days=190),
        EvidenceRule(refuse_prior_term=True),
        EvidenceRule(documents=frozenset({"acord_25", "c_105_2"}), fresh_for_days=300),
    ),
    once_in=3,
)
_WAIVABLE = st.sampled_from(
    (
        frozenset(),
        frozenset({ReasonCode.MISSING, ReasonCode.LIMIT_TOO_LOW, ReasonCode.ENDORSEMENT_UNPROVEN}),
        frozenset(ReasonCode) - {ReasonCode.EXPIRED, ReasonCode.CANCELLED, ReasonCode.GAP},
    )
)
_KINDS: dict[Line, tuple[EndorsementKind, ...]] = {
    Line.GL: (
        EndorsementKind.ADDITIONAL_INSURED_ONGOING,
        EndorsementKind.PRIMARY_NON_CONTRIBUTORY,
        EndorsementKind.WAIVER_OF_SUBROGATION,
        EndorsementKind.PER_PROJECT_AGGREGATE,
        EndorsementKind.STOP_GAP,
        EndorsementKind.HIRED_AUTOS,
        EndorsementKind.NON_OWNED_AUTOS,
    ),
    Line.WC: (
        EndorsementKind.WAIVER_OF_SUBROGATION,
        EndorsementKind.ALTERNATE_EMPLOYER,
        EndorsementKind.STOP_GAP,
    ),
}
_PARTIES = _weighed(
    (frozenset({PartyRole.COMPANY}), frozenset({PartyRole.COMPANY, PartyRole.CLIENT})),
    (frozenset({PartyRole.OWNER}),),
    once_in=4,
)


def _header(draw: DrawFn) -> dict[str, Any]:
    parts: dict[str, Any] = {"waivable": draw(_WAIVABLE)}
    if draw(_ONCE_IN_6):
        parts |= draw(
            st.sampled_from(
                (
                    {"states": frozenset({State.AL, State.NY})},
                    {"entity_types": frozenset({EntityType.LLC})},
                    {"statutory": True},
                    {"effective": MIDDLE},
                    {"until": MIDDLE},
                )
            )
        )
    return parts


def _tail(draw: DrawFn) -> dict[str, Any]:
    return {"tail_years": draw(st.sampled_from((1, 3)))} if draw(_ONCE_IN_6) else {}


def _asked(draw: DrawFn, line: Line) -> tuple[MinimumLimit, ...]:
    table = {} if line == Line.WC else _STATED.get(line, _CLAIM)
    scale = draw(_weighed((1, 2), (3,), once_in=4)) * MILLION // 2
    kinds = list(table)[: draw(st.sampled_from((1, 2, 3)))]
    return tuple(MinimumLimit(limit=kind, cents=table[kind] * scale) for kind in kinds)


def _endorsement_rule(draw: DrawFn, line: Line) -> EndorsementRule:
    parts: dict[str, Any] = {}
    if draw(_ONCE_IN_3):
        parts = draw(
            st.sampled_from(
                (
                    {"accepts_blanket": False},
                    {"edition_not_before": "04 13"},
                    {"forms": frozenset({"CG2010", "CG2038"})},
                    {"notice_days": 30},
                    {"at_least": EvidenceLevel.COPY},
                )
            )
        )
    kind = draw(st.sampled_from(_KINDS[line][:4]))
    return make.endorsement_rule(kind, parties=draw(_PARTIES), **parts)


_CARRIER_RULES = st.sampled_from(
    (
        CarrierRule(strength_at_least=FinancialStrength.A_MINUS, size_at_least=7),
        CarrierRule(strength_at_least=FinancialStrength.A_PLUS),
        CarrierRule(size_at_least=12),
        CarrierRule(statuses=frozenset({CarrierStatus.ADMITTED})),
        CarrierRule(statuses=frozenset({CarrierStatus.STATE_FUND})),
    )
)


_FORBIDDEN = tuple(
    ExclusionRule(kind=kind, silence_passes=passes, at_least=level)
    for kind in _EXCLUDED
    for passes, level in ((True, None), (False, None), (False, EvidenceLevel.COPY))
)


_ASKED_AUTOS = st.sampled_from(
    (
        frozenset({AutoKind.OWNED, AutoKind.HIRED, AutoKind.NON_OWNED}),
        frozenset({AutoKind.HIRED, AutoKind.NON_OWNED}),
        frozenset({AutoKind.SCHEDULED}),
        frozenset({AutoKind.ANY}),
    )
)


def _autos(draw: DrawFn) -> dict[str, Any]:
    """Return what an auto requirement may ask of the autos that are covered."""
    kinds = draw(_ASKED_AUTOS)
    return {
        "autos": kinds,
        "scheduled_answers_owned": AutoKind.OWNED in kinds and draw(_ONCE_IN_6),
        "accepts_personal_auto": draw(_ONCE_IN_6),
    }


def _coverage(draw: DrawFn, line: Line, **changes: Any) -> Any:
    parts: dict[str, Any] = {"limits": _asked(draw, line), "evidence": draw(_RULES), **_header(draw)}
    if line not in (Line.WC, Line.SURETY_BOND) and draw(_MOSTLY):
        parts["top_up"] = frozenset({Line.UMBRELLA, Line.EXCESS})
        parts["presume_umbrella_schedule"] = draw(_ONCE_IN_3)
    if line == Line.AUTO and draw(_HALF):
        parts |= _autos(draw)
    if line in _KINDS and draw(_ONCE_IN_3):
        parts["endorsements"] = tuple(_endorsement_rule(draw, line) for _ in range(draw(st.sampled_from((1, 2)))))
    if draw(_ONCE_IN_6):
        parts["forbidden_exclusions"] = (draw(st.sampled_from(_FORBIDDEN)),)
    if draw(_ONCE_IN_6):
        parts["carrier"] = draw(_CARRIER_RULES)
    if line == Line.WC:
        parts["excluded_worker"] = draw(st.sampled_from(ExcludedWorkerRule))
        if draw(_ONCE_IN_3):
            parts["accepts"] = frozenset(
                {
                    ExemptionKind.OWNER_EXEMPTION,
                    ExemptionKind.ATTESTATION,
                    ExemptionKind.SOLE_PROPRIETOR_DECLARATION,
                }
            )
    if line == Line.GL and draw(_ONCE_IN_3):
        parts |= draw(
            st.sampled_from(
                (
                    {"aggregate_bases": frozenset({AggregateBasis.PER_PROJECT})},
                    {"triggers": frozenset({Trigger.OCCURRENCE})},
                    {"retention_at_most": MILLION // 2},
                )
            )
        )
    return make.requirement(line, **{**parts, **changes})


def _umbrella(draw: DrawFn, **changes: Any) -> Any:
    parts: dict[str, Any] = {
        "occurrence": draw(st.sampled_from((MILLION, 5 * MILLION, 9 * MILLION // 2))),
        "aggregate": draw(st.sampled_from((None, MILLION, 5 * MILLION))),
        "over": draw(st.sampled_from((frozenset({Line.GL}), frozenset({Line.GL, Line.AUTO}), frozenset({Line.EL})))),
        "double_use": draw(_ONCE_IN_6),
        "presume_umbrella_schedule": draw(_ONCE_IN_3),
        "evidence": draw(_RULES),
        **_header(draw),
    }
    if Line.EL not in parts["over"] and draw(_ONCE_IN_6):
        parts["additional_insured"] = (make.endorsement_rule(parties=draw(_PARTIES)),)
    return make.umbrella_requirement(**{**parts, **changes})


def _combined(draw: DrawFn, **changes: Any) -> Any:
    parts: dict[str, Any] = {
        "occurrence": draw(st.sampled_from((2 * MILLION, 5 * MILLION, MILLION))),
        "aggregate": draw(st.sampled_from((None, 5 * MILLION))),
        "presume_umbrella_schedule": draw(_ONCE_IN_3),
        "evidence": draw(_RULES),
        **_header(draw),
    }
    return make.combined_requirement(draw(_weighed((Line.GL,), (Line.EL,), once_in=3)), **{**parts, **changes})


def _exempt(draw: DrawFn, **changes: Any) -> Any:
    kinds = draw(st.sampled_from(((), (ExemptionKind.OWNER_EXEMPTION, ExemptionKind.NON_SUBSCRIBER_AGREEMENT))))
    return make.exemption_requirement(*kinds, **{"evidence": draw(_RULES), **_header(draw), **changes})


def _accident(draw: DrawFn, **changes: Any) -> Any:
    return make.occupational_accident_requirement(**{"evidence": draw(_RULES), **_header(draw), **changes})


def _any_of(draw: DrawFn, **changes: Any) -> Any:
    workers = _coverage(draw, Line.WC, id="member-1")
    instead = _exempt(draw, id="member-2") if draw(_HALF) else _accident(draw, id="member-2")
    return make.any_of(workers, instead, **{**_header(draw), **changes})


def _all_of(draw: DrawFn, **changes: Any) -> Any:
    second = draw(st.sampled_from((Line.AUTO, Line.PROFESSIONAL)))
    members = (_coverage(draw, Line.GL, id="member-3"), _coverage(draw, second, id="member-4"))
    return make.all_of(*members, **{**_header(draw), **changes})


def _custom(draw: DrawFn, **changes: Any) -> Any:
    name = draw(st.sampled_from(("background_check", "seasonal", "not supplied")))
    return make.custom_requirement(name, **{**_header(draw), **changes})


def _of_line(line: Line) -> Any:
    return lambda draw, **changes: _coverage(draw, line, **changes)


#: Requirements by id; each id has a key of its own.
_SLOTS: dict[str, Any] = {
    "gl": _of_line(Line.GL),
    "wc": _of_line(Line.WC),
    "el": _of_line(Line.EL),
    "auto": _of_line(Line.AUTO),
    "umbrella": _umbrella,
    "any": _any_of,
    "all": _all_of,
    "tower": _combined,
    "professional": _of_line(Line.PROFESSIONAL),
    "bond": _of_line(Line.SURETY_BOND),
    "custom": _custom,
    "exempt": _exempt,
    "accident": _accident,
}
_MENUS = st.sampled_from(
    (
        ("gl",),
        ("wc",),
        ("gl", "umbrella"),
        ("gl", "auto", "umbrella", "tower"),
        ("el", "umbrella"),
        ("any",),
        ("all",),
        ("any", "all"),
        ("wc", "el"),
        ("exempt", "accident"),
        ("custom", "bond"),
        ("professional",),
        ("gl", "wc", "custom"),
    )
)


def _book(draw: DrawFn) -> RuleBook:
    def written(name: str, version: int) -> Requirement:
        return _SLOTS[name](draw, id=name, key=f"slot:{name}", version=version, **_tail(draw))  # type: ignore[no-any-return]

    sets = [make.requirement_set(*(written(name, 1) for name in draw(_MENUS)))]
    if draw(_ONCE_IN_3):
        level, applies_to = draw(
            st.sampled_from(
                (
                    (SetLevel.JOB_CODE, "RIG-1"),
                    (SetLevel.CLIENT, "client-1"),
                    (SetLevel.CONTRACTOR, "contractor-1"),
                )
            )
        )
        sets.append(
            RequirementSet(
                id="attached",
                level=level,
                applies_to=frozenset({applies_to}),
                mode=draw(_weighed((SetMode.EXTEND,), (SetMode.REPLACE,), once_in=3)),
                requirements=tuple(written(name, 2) for name in draw(_MENUS)[:2]),
                effective=draw(st.sampled_from((None, MIDDLE, WORK_START))),
                for_contracts_from=draw(_weighed((None,), (date(2026, 2, 2), MIDDLE), once_in=4)),
                always=level is SetLevel.CONTRACTOR and draw(_HALF),
            )
        )
    return make.rulebook(*sets)


def _lines_of(requirement: Any) -> tuple[Line, ...]:
    if hasattr(requirement, "members"):
        return tuple(line for member in requirement.members for line in _lines_of(member))
    name = type(requirement).__name__
    if name == "UmbrellaRequirement":
        return (Line.UMBRELLA, *sorted(requirement.over))
    if name == "CombinedLimitRequirement":
        return (requirement.line, Line.UMBRELLA)
    if name == "CoverageRequirement":
        beside = (Line.GL,) if requirement.autos else ()
        return (requirement.line, *beside, *((Line.UMBRELLA,) if requirement.top_up else ()))
    return (Line.OCCUPATIONAL_ACCIDENT,) if name == "OccupationalAccidentRequirement" else ()


_HOW_MANY = _weighed((1,), (2, 0), once_in=3)


def _policies(draw: DrawFn, book: RuleBook) -> tuple[Policy, ...]:
    asked = [line for set_ in book.sets for requirement in set_.requirements for line in _lines_of(requirement)]
    policies: list[Policy] = []
    for line in dict.fromkeys(asked):
        lines = {
            Line.AUTO: (Line.AUTO, Line.AUTO, Line.PERSONAL_AUTO),
            Line.EL: (Line.WC, Line.EL, Line.STOP_GAP),
            Line.UMBRELLA: (Line.UMBRELLA, Line.EXCESS),
        }
        for _ in range(draw(_HOW_MANY)):
            chosen = draw(st.sampled_from(lines.get(line, (line,))))
            policies.append(_policy(draw, chosen, len(policies) + 1, _KINDS.get(chosen, ())))
    return tuple(policies)


def _waiver(draw: DrawFn, place: int, book: RuleBook, policies: Sequence[Policy]) -> Waiver:
    named = [requirement.id for set_ in book.sets for requirement in set_.requirements]
    kind = draw(_weighed((WaiverKind.WAIVE,), tuple(WaiverKind), once_in=2))
    if kind in (WaiverKind.REDUCE, WaiverKind.SUBSTITUTE):
        named += ["member-1", "member-3"]
    parts: dict[str, Any] = {
        WaiverKind.WAIVE: {},
        WaiverKind.REDUCE: {"reduced": (MinimumLimit(limit=LimitKind.EACH_OCCURRENCE, cents=1),)},
        WaiverKind.SUBSTITUTE: {"evidence": EvidenceRule(at_least=EvidenceLevel.DECLARED)},
        WaiverKind.CONDITIONAL: {"until_document": "c_105_2"},
    }[kind]
    if kind is not WaiverKind.REDUCE and draw(_ONCE_IN_6):
        parts |= {"requirement_id": None, "line": draw(st.sampled_from((Line.GL, Line.WC, Line.AUTO)))}
    state = draw(_weighed((WaiverState.GRANTED,), (WaiverState.REQUESTED, WaiverState.REVOKED), once_in=4))
    codes = draw(_weighed((frozenset(),), (frozenset({ReasonCode.MISSING}),), once_in=3))
    common: dict[str, Any] = {
        "id": f"waiver-{place}",
        "requirement_id": draw(st.sampled_from(named or ["gl"])),
        "kind": kind,
        "state": state,
        "reason_codes": codes,
        "effective": draw(_weighed((TERM_START,), (MIDDLE,), once_in=3)),
        "expires": draw(_weighed((TERM_END + timedelta(days=365),), (WORK_END,), once_in=3)),
        "revoked_on": MIDDLE if state is WaiverState.REVOKED else None,
        "policy_id": draw(st.sampled_from([None, None, None, *(policy.id for policy in policies)])),
    }
    return make.waiver(**{**common, **parts})


@st.composite
def worlds(draw: DrawFn) -> tuple[Dossier, RuleBook]:
    """Return a sound sample of each kind with a few things changed, and a rule book that asks for nearly as much."""
    if draw(_HALF):
        draw = _quiet(draw)
    book = _book(draw)
    policies = _policies(draw, book)
    assignments = tuple(_assignment(draw, place) for place in (1, 2)[: draw(st.sampled_from((1, 1, 2)))])
    assignment_ids = {assignment.id for assignment in assignments}
    policies = tuple(
        policy if policy.assignment_id in assignment_ids else attrs.evolve(policy, assignment_id=None)
        for policy in policies
    )
    asks_for_papers = any(name in ("any", "exempt", "accident", "wc") for name in _ids(book))
    exemptions = draw(st.sampled_from((1, 2, 0))) if asks_for_papers else 0
    rated = make.carrier(
        status=draw(_weighed((CarrierStatus.ADMITTED,), (CarrierStatus.STATE_FUND, Missing.ABSENT), once_in=4))
    )
    # Of the same name, with another number.
    other = attrs.evolve(rated, naic="99902", ratings=(), status=CarrierStatus.SURPLUS_LINES, fund_state=None)
    industry = draw(st.sampled_from((Industry.OTHER, Industry.CONSTRUCTION, None)))
    return (
        make.dossier(
            contractor=_contractor(draw),
            assignments=assignments,
            job_codes=(make.job_code(industry=industry),),
            policies=policies,
            carriers=(rated, other) if draw(_HALF) else (rated,),
            certificates=_certificates(draw),
            exemptions=tuple(_exemption(draw, place) for place in range(1, exemptions + 1)),
            waivers=tuple(
                _waiver(draw, place, book, policies) for place in range(1, 1 + draw(st.sampled_from((1, 2, 0))))
            ),
        ),
        book,
    )


def _ids(book: RuleBook) -> set[str]:
    return {requirement.id for set_ in book.sets for requirement in set_.requirements}


_SOURCES = (worlds(),) * 7 + (cases(),)


def anything() -> SearchStrategy[tuple[Dossier, RuleBook]]:
    """Return worlds, and now and then what the package's own strategies come up with."""
    # Not `one_of`, which would lose the odds.
    return st.sampled_from(_SOURCES).flatmap(lambda source: source)


#: What other sources may state of any policy, and of one that is of their policy's line.
_OF_ANY_LINE = (
    "identifications",
    "insured",
    "terms",
    "limits",
    "triggers",
    "endorsements",
    "endorsement_lists",
    "policy_exclusions",
    "cancellations",
    "reinstatements",
)
_OF_ITS_LINE = (*_OF_ANY_LINE, "covered_autos", "states", "exclusions", "underlying_schedules")


@st.composite
def disputed(draw: DrawFn) -> tuple[Dossier, RuleBook]:
    """Return worlds in which many sources tell of each policy, often with equal weight and each another thing."""
    dossier, book = draw(worlds())
    others = draw(worlds())[0].policies
    level = draw(_HALF)
    same = make.evidence(
        draw(st.sampled_from((EvidenceLevel.CERTIFICATE, EvidenceLevel.CONFIRMED))), document="acord_25"
    )

    def told(place: int, policy: Policy) -> Policy:
        if not others:
            return policy
        alike = [other for other in others if other.line == policy.line]
        other = (alike or others)[place % len(alike or others)]
        changes: dict[str, Any] = {}
        for name in _OF_ITS_LINE if alike else _OF_ANY_LINE:
            statements = getattr(policy, name) + getattr(other, name)
            changes[name] = (
                tuple(attrs.evolve(statement, evidence=same) for statement in statements) if level else statements
            )
        return attrs.evolve(policy, **changes)

    policies = tuple(told(place, policy) for place, policy in enumerate(dossier.policies))
    return attrs.evolve(dossier, policies=policies), book


@st.composite
def lenient(draw: DrawFn) -> tuple[Dossier, RuleBook]:
    """Return worlds in which much is waivable, and a waiver asks for each requirement or for each line."""
    dossier, book = draw(worlds())
    codes = draw(
        st.sampled_from(
            (
                frozenset({ReasonCode.MISSING}),
                frozenset({ReasonCode.MISSING, ReasonCode.LIMIT_TOO_LOW, ReasonCode.TERM_UNKNOWN}),
                frozenset(ReasonCode) - NEVER_WAIVABLE,
            )
        )
    )
    by_line = draw(_ONCE_IN_3)
    sets = tuple(
        attrs.evolve(set_, requirements=tuple(attrs.evolve(one, waivable=codes) for one in set_.requirements))
        for set_ in book.sets
    )
    if draw(_HALF):
        sets = tuple(attrs.evolve(set_, requirements=_grouped(set_, codes)) for set_ in sets)
    named = [{"requirement_id": name} for name in sorted({one.id for set_ in sets for one in set_.requirements})]
    lines = [{"requirement_id": None, "line": line} for line in (Line.GL, Line.WC, Line.AUTO)]
    waivers = tuple(
        make.waiver(id=f"waiver-{place}", reason_codes=frozenset(), expires=TERM_END + timedelta(days=365), **line)
        for place, line in enumerate(lines if by_line else named)
    )
    return attrs.evolve(dossier, waivers=waivers), attrs.evolve(book, sets=sets)


def _grouped(set_: RequirementSet, codes: frozenset[ReasonCode]) -> tuple[Requirement, ...]:
    """Return the requirements of a set joined into one that asks for all of them."""
    members = tuple(attrs.evolve(one, tail_years=None) for one in set_.requirements)
    return (make.all_of(*members, id=f"all of {set_.id}", waivable=codes),) if members else ()


# Checks of a host.


def _seasonal(_dossier: Dossier, assignment: Assignment | None, day: date) -> CustomAnswer:
    """Return an answer that turns twice, on days that nothing else names."""
    first, second = date(2026, 5, 5), date(2026, 8, 8)
    if assignment is None:
        return CustomAnswer(outcome=Outcome.NOT_APPLICABLE)
    if day < first:
        return CustomAnswer(outcome=Outcome.PASS, next_change=first)
    if day < second:
        return CustomAnswer(outcome=Outcome.FAIL, next_change=second, required="a season", actual="none")
    return CustomAnswer(outcome=Outcome.PASS_WITH_DEPENDENCY)


def _background(dossier: Dossier, _assignment: Assignment | None, _day: date) -> CustomAnswer:
    has_employees = dossier.contractor.has_employees
    outcome = {False: Outcome.PASS, True: Outcome.FAIL}.get(has_employees, Outcome.UNKNOWN)  # type: ignore[call-overload]
    return CustomAnswer(outcome=outcome, required="a background check", actual=str(has_employees))


#: The checks that a host supplies; `not supplied` it does not.
CHECKS: dict[str, CustomCheck] = {"background_check": _background, "seasonal": _seasonal}
