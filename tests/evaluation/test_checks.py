"""Single checks, whole: aspect, outcome, reason, what was asked for, what was found, on which policy."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import (
    Cancellation,
    CarrierRating,
    CarrierRule,
    Contractor,
    EndorsementBasis,
    EndorsementKind,
    EntityType,
    EvidenceLevel,
    ExemptionKind,
    FinancialStrength,
    Industry,
    InsuredCapacity,
    Interval,
    IntervalSet,
    License,
    LimitKind,
    Line,
    Missing,
    Participant,
    PersonRole,
    ReasonCode,
    Reinstatement,
    SetLevel,
    State,
    StateList,
    StateNotice,
    StatesCovered,
    Trigger,
    TriggerTerms,
    WaiverKind,
)
from contractor_compliance.evaluation import evaluate, timeline
from contractor_compliance.evaluation.facts.in_force import in_force
from contractor_compliance.results import Check, Finding, Outcome
from contractor_compliance.testing import factories as make

DAY = date(2026, 6, 1)
ABSENT = Missing.ABSENT


def _finding(dossier: Any, *requirements: Any, day: date = DAY) -> Finding:
    (report,) = evaluate(dossier, make.rulebook(*requirements), as_of=day).assignments
    return report.findings[0]


def _check(finding: Finding, aspect: str) -> Check:
    (check,) = (check for check in finding.checks if check.aspect == aspect)
    return check


# Carrier.


@pytest.mark.parametrize(
    ("size", "numeral"),
    list(
        enumerate(
            ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"), start=1
        )
    ),
)
def test_a_financial_size_is_shown_in_roman_numerals(size: int, numeral: str) -> None:
    rating = CarrierRating(strength=FinancialStrength.A, size=size, effective=date(2025, 1, 1))
    finding = _finding(
        make.dossier(make.gl_policy(), make.carrier(ratings=(rating,))),
        make.gl_requirement(carrier=CarrierRule(size_at_least=7)),
    )

    enough = size >= 7
    assert _check(finding, "carrier.size") == Check(
        aspect="carrier.size",
        outcome=Outcome.PASS if enough else Outcome.FAIL,
        reason=None if enough else ReasonCode.RATING_TOO_LOW,
        required="VII",
        actual=numeral,
        policy_id="policy-general_liability",
    )


# Schedules of master policies.


def _master(*entries: Participant, level: EvidenceLevel = EvidenceLevel.CONFIRMED) -> Any:
    statement = make.insured("Sample Group Trust", participants=entries, evidence=make.evidence(level))
    return make.dossier(make.gl_policy(insured_as=InsuredCapacity.PARTICIPANT, insured=(statement,)))


def _entry(name: str = "Sample Rigging LLC", start: date = date(2026, 1, 1), until: date | None = None) -> Participant:
    return Participant(name=name, effective=start, until=until)


@pytest.mark.parametrize(
    ("entries", "outcome", "reason", "actual"),
    [
        ((_entry(),), Outcome.PASS, None, "Sample Rigging LLC"),
        ((_entry(start=DAY),), Outcome.PASS, None, "Sample Rigging LLC"),
        ((_entry(until=DAY),), Outcome.FAIL, ReasonCode.NOT_A_PARTICIPANT, None),
        ((_entry(until=DAY), _entry(start=DAY)), Outcome.PASS, None, "Sample Rigging LLC"),
        ((_entry("Quite Another Inc"),), Outcome.FAIL, ReasonCode.NOT_A_PARTICIPANT, None),
        ((_entry("Sample Riggin LLC"),), Outcome.UNKNOWN, ReasonCode.NAMED_INSURED_REVIEW, "Sample Riggin LLC"),
        (
            (_entry("Sample Riggings LLC"), _entry("Sample Riggin LLC")),
            Outcome.UNKNOWN,
            ReasonCode.NAMED_INSURED_REVIEW,
            "Sample Riggin LLC",
        ),
        ((_entry("Sample Riggin LLC"), _entry()), Outcome.PASS, None, "Sample Rigging LLC"),
    ],
)
def test_a_schedule_of_participants_covers_those_listed_on_the_days_listed(
    entries: tuple[Participant, ...], outcome: Outcome, reason: ReasonCode | None, actual: str | None
) -> None:
    check = _check(_finding(_master(*entries), make.gl_requirement()), "insured")

    assert check == Check(
        aspect="insured",
        outcome=outcome,
        reason=reason,
        required="Sample Rigging LLC",
        actual=actual,
        policy_id="policy-general_liability",
    )


def test_a_schedule_on_weak_evidence_is_unproven_even_beside_a_name_that_is_close() -> None:
    finding = _finding(
        _master(_entry(), _entry("Sample Riggin LLC"), level=EvidenceLevel.DECLARED), make.gl_requirement()
    )

    assert _check(finding, "insured").reason is ReasonCode.EVIDENCE_TOO_WEAK


# Occupational accident, where the law may demand workers' compensation.


def _accident(state: State, **contractor: Any) -> Check:
    dossier = make.dossier(
        make.policy(Line.OCCUPATIONAL_ACCIDENT),
        make.assignment(work_states=frozenset({state}), worker=ABSENT),
        contractor=make.contractor(**contractor),
    )
    finding = _finding(dossier, make.occupational_accident_requirement(limits=()))
    return _check(finding, f"state.{state.value}")


@pytest.mark.parametrize(
    ("state", "contractor", "outcome", "reason"),
    [
        (State.MO, {"entity_type": EntityType.SOLE_PROPRIETOR, "people": ()}, Outcome.PASS, None),
        (State.MO, {"entity_type": EntityType.LLC, "people": ()}, Outcome.UNKNOWN, ReasonCode.WORKER_UNKNOWN),
        (
            State.CA,
            {"licenses": (License(state=State.CA, number="1", classes=("C-39",)),)},
            Outcome.FAIL,
            ReasonCode.WORKERS_COMPENSATION_MANDATORY,
        ),
        (
            State.CA,
            {"licenses": (License(state=State.CA, number="1"),)},
            Outcome.UNKNOWN,
            ReasonCode.EXEMPTION_UNPROVEN,
        ),
        (
            State.CA,
            {"licenses": (License(state=State.CA, number="1", classes=("B",)),)},
            Outcome.UNKNOWN,
            ReasonCode.WORKER_UNKNOWN,
        ),
    ],
)
def test_occupational_accident_stands_in_only_where_the_law_permits(
    state: State, contractor: dict[str, Any], outcome: Outcome, reason: ReasonCode | None
) -> None:
    check = _accident(state, has_employees=False, **contractor)

    assert check == Check(
        aspect=f"state.{state.value}", outcome=outcome, reason=reason, required="workers' compensation is not mandatory"
    )


# 3.C.


def _other_state(
    *notices: StateNotice, effective: Any = date(2026, 1, 1), level: EvidenceLevel = EvidenceLevel.CONFIRMED
) -> Check:
    states = StatesCovered(
        item_3a=StateList(states=frozenset({State.AL})),
        item_3c=StateList(states=frozenset({State.GA})),
        notices=notices,
        evidence=make.evidence(level),
    )
    dossier = make.dossier(
        make.wc_policy(states=(states,), terms=(make.term(effective),)),
        make.assignment(work_states=frozenset({State.GA})),
    )
    return _check(_finding(dossier, make.wc_requirement()), "state.GA")


def test_a_3c_state_without_a_known_first_day_of_the_policy_is_unknown() -> None:
    expected = Check(
        aspect="state.GA",
        outcome=Outcome.UNKNOWN,
        reason=ReasonCode.TERM_UNKNOWN,
        required="GA",
        actual="3.C",
        policy_id="policy-workers_compensation",
    )

    assert expected == _other_state(effective=ABSENT)


def test_work_that_began_after_the_policy_depends_on_3c_until_the_insurer_is_notified() -> None:
    told = _other_state(StateNotice(state=State.GA, given_on=DAY))
    untold = _other_state(StateNotice(state=State.GA, given_on=date(2026, 6, 2)))

    assert (told.outcome, told.reason) == (Outcome.PASS, None)
    assert (untold.outcome, untold.reason) == (Outcome.PASS_WITH_DEPENDENCY, ReasonCode.NOTICE_TO_INSURER)


# A waiver of subrogation where an industry decides.


@pytest.mark.parametrize("present", [True, False])
def test_a_waiver_of_subrogation_in_missouri_without_an_industry_passes_if_present_or_is_unknown(
    present: bool,
) -> None:
    kind = EndorsementKind.WAIVER_OF_SUBROGATION
    endorsement = make.endorsement(kind, basis=EndorsementBasis.BLANKET, present=present)
    states = (StatesCovered(item_3a=StateList(states=frozenset({State.MO})), evidence=make.evidence()),)
    dossier = make.dossier(
        make.wc_policy(states=states, endorsements=(endorsement,)),
        make.assignment(work_states=frozenset({State.MO})),
        make.job_code(industry=None),
    )
    finding = _finding(dossier, make.wc_requirement(endorsements=(make.endorsement_rule(kind),)))

    assert _check(finding, "endorsement.waiver_of_subrogation.company") == Check(
        aspect="endorsement.waiver_of_subrogation.company",
        outcome=Outcome.PASS if present else Outcome.UNKNOWN,
        reason=None if present else ReasonCode.NOT_ENFORCEABLE,
        required="waiver of subrogation for Sample Staffing Inc",
        actual=None if present else "not on the policy",
        policy_id="policy-workers_compensation",
    )


# Notices with dates missing.


def _days(*spans: tuple[date | None, date | None]) -> IntervalSet:
    days = IntervalSet()
    for start, end in spans:
        days |= IntervalSet.of(start, end)
    return days


JAN, MAR, APR, MAY, END = (date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1), date(2027, 1, 1))


def _cancelled(effective: Any, issued: Any) -> Cancellation:
    return Cancellation(effective=effective, issued_on=issued, evidence=make.evidence())


def _reinstated(effective: Any, issued: Any) -> Reinstatement:
    return Reinstatement(effective=effective, issued_on=issued, evidence=make.evidence())


@pytest.mark.parametrize(
    ("notices", "certain", "possible"),
    [
        ((_cancelled(ABSENT, MAR),), _days((JAN, MAR)), _days((JAN, END))),
        ((_cancelled(ABSENT, ABSENT),), _days(), _days((JAN, END))),
        ((_cancelled(ABSENT, MAR), _reinstated(APR, APR)), _days((JAN, MAR), (APR, END)), _days((JAN, END))),
        ((_cancelled(MAR, MAR), _reinstated(ABSENT, APR)), _days((JAN, MAR)), _days((JAN, END))),
        (
            (_cancelled(MAR, MAR), _reinstated(ABSENT, APR), _reinstated(MAY, MAY)),
            _days((JAN, MAR), (MAY, END)),
            _days((JAN, END)),
        ),
        ((_reinstated(ABSENT, APR),), _days(), _days((JAN, END))),
        ((_reinstated(APR, APR),), _days((APR, END)), _days((JAN, END))),
        ((_cancelled(MAR, APR), _reinstated(MAY, APR)), _days((JAN, MAR), (MAY, END)), _days((JAN, MAR), (MAY, END))),
        (
            (_cancelled(ABSENT, MAR), _cancelled(ABSENT, APR), _reinstated(MAY, MAR)),
            _days((JAN, MAR)),
            _days((JAN, END)),
        ),
    ],
)
def test_notices_leave_certain_and_possible_what_their_dates_allow(
    notices: tuple[Any, ...], certain: IntervalSet, possible: IntervalSet
) -> None:
    days = in_force(
        (make.term(),),
        tuple(notice for notice in notices if isinstance(notice, Cancellation)),
        tuple(notice for notice in notices if isinstance(notice, Reinstatement)),
    )

    assert (certain, possible) == (days.certain, days.possible)


# Waivers of a line over groups.


@pytest.mark.parametrize(
    ("group", "line", "outcome"),
    [
        (make.any_of, Line.GL, Outcome.WAIVED),
        (make.any_of, Line.CYBER, Outcome.FAIL),
        (make.all_of, Line.GL, Outcome.FAIL),
    ],
)
def test_a_waiver_of_a_line_carries_a_group_only_if_it_reaches_all_that_stands_in_the_way(
    group: Any, line: Line, outcome: Outcome
) -> None:
    book = group(
        make.gl_requirement(id="gl"), make.auto_requirement(id="auto"), waivable=frozenset({ReasonCode.MISSING})
    )
    finding = _finding(make.dossier(make.waiver(None, line=line)), book)

    assert finding.outcome is outcome


def test_a_waiver_of_a_line_carries_all_of_where_the_other_members_are_met() -> None:
    book = make.all_of(
        make.gl_requirement(id="gl"), make.auto_requirement(id="auto"), waivable=frozenset({ReasonCode.MISSING})
    )
    finding = _finding(make.dossier(make.auto_policy(), make.waiver(None, line=Line.GL)), book)

    assert (finding.outcome, finding.underlying) == (Outcome.WAIVED, Outcome.FAIL)


# The contractor alone, whose day is the start that a retroactive date must reach back to.


def test_a_retroactive_date_turns_the_verdict_of_a_contractor_without_work_on_its_own_day() -> None:
    retroactive = date(2026, 6, 1)
    triggers = (TriggerTerms(trigger=Trigger.CLAIMS_MADE, retroactive_date=retroactive, evidence=make.evidence()),)
    dossier = make.dossier(make.policy(Line.PROFESSIONAL, triggers=triggers))
    attached = make.requirement_set(
        make.requirement(Line.PROFESSIONAL),
        id="own",
        level=SetLevel.CONTRACTOR,
        applies_to=frozenset({dossier.contractor.id}),
        always=True,
    )
    dossier = attrs.evolve(dossier, assignments=())
    book = make.rulebook(make.requirement_set(), attached)
    steps = timeline(dossier, book, over=Interval(date(2026, 5, 25), date(2026, 6, 8)))

    for day in (date(2026, 5, 31), retroactive):
        assert steps.on(day).verdict is evaluate(dossier, book, as_of=day).verdict
    assert steps.next_change(date(2026, 5, 25)) == retroactive


def test_a_document_older_than_a_conditional_waiver_does_not_end_it() -> None:
    old = make.evidence(document="c_105_2", observed_on=date(2025, 12, 1))
    dossier = make.dossier(
        make.gl_policy(terms=(make.term(evidence=old),), limits={LimitKind.EACH_OCCURRENCE: 1}),
        make.waiver(
            kind=WaiverKind.CONDITIONAL,
            until_document="c_105_2",
            effective=date(2026, 1, 1),
            reason_codes=frozenset(),
        ),
    )
    requirement = make.gl_requirement(waivable=frozenset({ReasonCode.LIMIT_TOO_LOW, ReasonCode.LIMIT_NOT_STATED}))

    assert _finding(dossier, requirement).outcome is Outcome.WAIVED


# Exemptions: which workers they name, and whether the law lets them stand in.


def _exempt(aspect: str, *records: Any, state: State = State.AL, day: date = DAY, **paper: Any) -> Check:
    people = next((record for record in records if isinstance(record, Contractor)), make.contractor())
    rest = (record for record in records if record is not people)
    dossier = make.dossier(make.exemption(state=state, **paper), *rest, contractor=people)
    places = tuple(attrs.evolve(assignment, work_states=frozenset({state})) for assignment in dossier.assignments)
    kinds = frozenset(ExemptionKind)
    finding = _finding(attrs.evolve(dossier, assignments=places), make.exemption_requirement(*kinds), day=day)
    return _check(finding, aspect)


_SOMEONE = "the person who does the work"
_EMPLOYEE = make.person(id="person-2", name="Kim Sample", role=PersonRole.EMPLOYEE)
_OWNERS = (make.person(), make.person(id="person-3", name="Lee Sample"))


@pytest.mark.parametrize(
    ("people", "worker", "contractor", "expected"),
    [
        (("Pat Sample",), "person-1", {}, (Outcome.PASS, None, "Pat Sample", "Pat Sample")),
        (("person-1", "Lee"), "person-1", {}, (Outcome.PASS, None, "Pat Sample", "Lee, person-1")),
        (
            ("Lee Sample",),
            "person-1",
            {},
            (Outcome.FAIL, ReasonCode.EXEMPTION_NOT_AVAILABLE, "Pat Sample", "Lee Sample"),
        ),
        (
            (),
            "person-2",
            {"people": (make.person(), _EMPLOYEE)},
            (Outcome.FAIL, ReasonCode.EXEMPTION_NOT_AVAILABLE, "Kim Sample", "an employee"),
        ),
        ((), ABSENT, {"has_employees": True}, (Outcome.UNKNOWN, ReasonCode.WORKER_UNKNOWN, _SOMEONE, None)),
        (
            ("Pat Sample",),
            ABSENT,
            {"people": _OWNERS, "has_employees": False},
            (Outcome.UNKNOWN, ReasonCode.WORKER_UNKNOWN, _SOMEONE, None),
        ),
    ],
)
def test_an_owners_exemption_speaks_of_the_owners_it_names(
    people: tuple[str, ...], worker: Any, contractor: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    check = _exempt("worker", make.assignment(worker=worker), make.contractor(**contractor), people=people)

    assert check == Check(
        aspect="worker",
        **dict(zip(("outcome", "reason", "required", "actual"), expected, strict=True)),
        policy_id="exemption-1",
    )


@pytest.mark.parametrize("kind", [ExemptionKind.SELF_INSURANCE, ExemptionKind.EXTRATERRITORIAL])
def test_an_exemption_that_covers_employees_needs_no_owner_at_work(kind: ExemptionKind) -> None:
    finding = _finding(
        make.dossier(
            make.exemption(kind=kind), make.assignment(worker=ABSENT), contractor=make.contractor(has_employees=True)
        ),
        make.exemption_requirement(kind),
    )

    assert finding.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("state", "records", "paper", "outcome", "reason"),
    [
        (State.AL, (), {}, Outcome.PASS, None),
        (
            State.CA,
            (make.contractor(licenses=(License(state=State.CA, number="1", classes=("C-39",)),)),),
            {},
            Outcome.FAIL,
            ReasonCode.EXEMPTION_NOT_AVAILABLE,
        ),
        (
            State.CA,
            (make.contractor(licenses=(License(state=State.CA, number="1"),)),),
            {},
            Outcome.UNKNOWN,
            ReasonCode.EXEMPTION_UNPROVEN,
        ),
        (
            State.AL,
            (),
            {"kind": ExemptionKind.NON_SUBSCRIBER_AGREEMENT},
            Outcome.FAIL,
            ReasonCode.EXEMPTION_NOT_AVAILABLE,
        ),
        (State.TX, (), {"kind": ExemptionKind.NON_SUBSCRIBER_AGREEMENT}, Outcome.PASS, None),
        (State.AL, (make.job_code(license_classes=("C-10",)),), {"license_classes": ("C10",)}, Outcome.PASS, None),
        (
            State.AL,
            (make.job_code(license_classes=("C-10",)),),
            {"license_classes": ("B",)},
            Outcome.FAIL,
            ReasonCode.EXEMPTION_NOT_AVAILABLE,
        ),
        (State.FL, (make.job_code(industry=None),), {}, Outcome.UNKNOWN, ReasonCode.EXEMPTION_UNPROVEN),
        (State.FL, (make.job_code(industry=Industry.OTHER),), {}, Outcome.PASS, None),
    ],
)
def test_an_exemption_stands_in_only_where_the_law_permits(
    state: State, records: tuple[Any, ...], paper: dict[str, Any], outcome: Outcome, reason: ReasonCode | None
) -> None:
    check = _exempt("exemption", *records, state=state, **paper)

    assert check == Check(
        aspect="exemption",
        outcome=outcome,
        reason=reason,
        required=f"exemption available in {state.value}",
        policy_id="exemption-1",
    )


@pytest.mark.parametrize(
    ("day", "outcome", "reason"),
    [
        (date(2026, 1, 1), Outcome.PASS, None),
        (date(2026, 12, 31), Outcome.PASS, None),
        (date(2027, 1, 1), Outcome.FAIL, ReasonCode.EXPIRED),
    ],
)
def test_an_exemption_is_good_from_its_first_day_to_the_day_before_its_last(
    day: date, outcome: Outcome, reason: ReasonCode | None
) -> None:
    work = make.assignment(start=date(2026, 1, 1), end=date(2027, 3, 1))

    assert _exempt("term", work, day=day) == Check(
        aspect="term", outcome=outcome, reason=reason, policy_id="exemption-1"
    )


def test_an_umbrella_over_a_primary_without_stated_limits_is_unknown_where_the_line_may_need_it() -> None:
    dossier = make.dossier(make.gl_policy(limits=()), make.umbrella_policy())
    line = make.gl_requirement(top_up=frozenset({Line.UMBRELLA}))
    (report,) = evaluate(dossier, make.rulebook(line, make.umbrella_requirement()), as_of=DAY).assignments
    (umbrella,) = (finding for finding in report.findings if finding.line == Line.UMBRELLA)

    assert umbrella.outcome is Outcome.UNKNOWN
