"""What type checkers see of the public names. Checked by mypy, never executed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_type

import attrs
from hypothesis.strategies import SearchStrategy

import contractor_compliance
from contractor_compliance import (
    ComplianceReport,
    ContractorComplianceError,
    DocumentError,
    Dossier,
    Fault,
    Finding,
    InvalidValueError,
    Outcome,
    RuleBook,
    Timeline,
    Verdict,
    as_rows,
    compile_rulebook,
    dumps,
    evaluate,
    explain,
    loads,
    timeline,
)
from contractor_compliance.domain import (
    AnyOf,
    Assignment,
    Contractor,
    CoverageRequirement,
    EndorsementKind,
    Evidence,
    EvidenceLevel,
    Exemption,
    ExemptionKind,
    Interval,
    IntervalSet,
    LimitKind,
    Limits,
    Line,
    MinimumLimit,
    Missing,
    Policy,
    Requirement,
    RequirementSet,
    State,
    StateList,
    TaxId,
    Term,
    UnderlyingLimit,
    UnderlyingSchedule,
    Waiver,
    cents,
    civil_date,
    day_after,
    dollars,
    instant_of,
    limit_kinds,
    parse_date,
    zone_of,
)
from contractor_compliance.errors import MissingExtraError
from contractor_compliance.evaluation import (
    SHIPPED_LAW,
    CompiledRuleBook,
    CustomAnswer,
    CustomCheck,
    LawTables,
    standing,
)
from contractor_compliance.results import AssignmentReport, Check, Gap, InsuranceStatus, StandingRow, Step, Window
from contractor_compliance.serialization import from_dict, json_schema, to_dict
from contractor_compliance.testing import FrozenClock, factories, load_cases, run_cases, strategies
from contractor_compliance.testing.cases import Case, CaseResult, CaseResults


def the_root(dossier: Dossier, rulebook: RuleBook, day: date) -> None:
    assert_type(contractor_compliance.__version__, Any)
    assert_type(compile_rulebook(rulebook), CompiledRuleBook)
    assert_type(evaluate(dossier, rulebook, as_of=day), ComplianceReport)
    assert_type(evaluate(dossier, compile_rulebook(rulebook), as_of=day, window=False), ComplianceReport)
    assert_type(timeline(dossier, rulebook, over=Interval(day)), Timeline)
    assert_type(standing(dossier, rulebook), tuple[StandingRow, ...])
    assert_type(explain(evaluate(dossier, rulebook, as_of=day), as_="html"), str)
    assert_type(as_rows(evaluate(dossier, rulebook, as_of=day)), tuple[dict[str, str | int | bool | date | None], ...])
    evaluate(dossier, rulebook, day)  # type: ignore[call-arg]  # the day is named
    evaluate(dossier, rulebook, as_of="2026-01-01")  # type: ignore[arg-type]


def a_report(report: ComplianceReport) -> None:
    assert_type(report.verdict, Verdict)
    assert_type(report.verdict.is_compliant, bool)
    assert_type(report.verdict.may_work, bool)
    assert_type(report.insurance_status, InsuranceStatus)
    assert_type(report.assignments, tuple[AssignmentReport, ...])
    assert_type(report.assignments[0].window, Window | None)
    assert_type(report.all_findings(), tuple[Finding, ...])
    assert_type(report.worst_finding, Finding | None)
    assert_type(report.remedies(), tuple[str, ...])
    assert_type(report.next_change, date | None)


def a_finding(finding: Finding, window: Window) -> None:
    assert_type(finding.outcome, Outcome)
    assert_type(finding.line, Line | None)
    assert_type(finding.checks, tuple[Check, ...])
    assert_type(finding.actual, str)
    assert_type(finding.remedy, str | None)
    assert_type(finding.members, tuple[Finding, ...])
    assert_type(window.gaps, tuple[Gap, ...])
    assert_type(window.gaps[0].days, Interval)


def a_timeline(steps: Timeline, day: date) -> None:
    assert_type(steps.on(day), Step)
    assert_type(steps.next_change(day), date | None)
    assert_type(steps.steps, tuple[Step, ...])


def values(evidence: Evidence, day: date) -> None:
    assert_type(Term(effective=day, evidence=evidence).effective, date | Missing)
    assert_type(Limits(each_occurrence=1, evidence=evidence).each_occurrence, int | Missing)
    assert_type(Line.GL, Line)
    assert_type(limit_kinds(Line.GL), frozenset[LimitKind])
    assert_type(EvidenceLevel.COPY.rank, int)
    assert_type(TaxId("78-4400101").reveal(), str)
    Term(day, evidence=evidence)  # type: ignore[call-arg]  # values are built by keyword
    Evidence(level="copy", observed_on=day)  # type: ignore[arg-type]


def collections_are_taken_from_any_iterable(
    dossier: Dossier, contractor: Contractor, rows: Iterator[Policy], day: date, evidence: Evidence
) -> None:
    built = Dossier(company=dossier.company, contractor=contractor, policies=[*dossier.policies], clients=())
    assert_type(built.policies, tuple[Policy, ...])
    Dossier(company=dossier.company, contractor=contractor, policies=rows)
    Dossier(company=dossier.company, contractor=contractor, policies=(policy for policy in rows))
    attrs.evolve(dossier, policies=[*rows])
    assignment = Assignment(id="assignment-1", start=day, work_states={State.AL}, worker=None)
    assert_type(assignment.work_states, frozenset[State])
    Assignment(id="assignment-1", start=day, work_states={State.AL: "Alabama"}.keys())
    rule = CoverageRequirement(id="gl", line=Line.GL, limits=[MinimumLimit(limit=LimitKind.AGGREGATE, cents=1)])
    RuleBook(id="rulebook-1", sets=[RequirementSet(id="everyone", requirements=[rule, AnyOf(id="b", members=[rule])])])
    Dossier(company=dossier.company, contractor=contractor, policies=[day])  # type: ignore[list-item]
    Dossier(company=dossier.company, contractor=contractor, policies=dossier.contractor)  # type: ignore[arg-type]
    Assignment(id="assignment-1", start=day, work_states={"AL"})  # type: ignore[arg-type]
    Assignment(id="assignment-1", start=day, work_states="AL")  # type: ignore[arg-type]
    # A text is an iterable of texts to a checker; only the constructor refuses it.
    Contractor(id="contractor-1", legal_name="Sample Rigging LLC", aliases="Sample Rigging")


def none_is_taken_for_a_fact_not_stated(evidence: Evidence) -> None:
    assert_type(Term(effective=None, expiration=None, evidence=evidence).expiration, date | Missing)
    assert_type(Limits(each_occurrence=None, evidence=evidence).each_occurrence, int | Missing)
    assert_type(UnderlyingSchedule(schedule=[], evidence=evidence).schedule, tuple[UnderlyingLimit, ...] | Missing)
    UnderlyingSchedule(schedule=None, evidence=evidence)
    Term(effective="2026-01-01", evidence=evidence)  # type: ignore[arg-type]
    Term(effective=None, evidence=None)  # type: ignore[arg-type]


def builders(dossier: Dossier, evidence: Evidence, day: date, policies: list[Policy], policy: Policy) -> None:
    built = Policy.from_source(
        evidence,
        id="gl-1",
        line=Line.GL,
        number="GL-1001",
        effective=day,
        expiration=None,
        limits={LimitKind.EACH_OCCURRENCE: cents("1,000,000")},
        insured="Sample Rigging LLC",
        endorsements=[EndorsementKind.WAIVER_OF_SUBROGATION],
    )
    assert_type(built, Policy)
    assert_type(built.limits, tuple[Limits, ...])
    Policy.from_source(evidence, id="wc-1", line=Line.WC, item_3a=[State.AL], item_3c=StateList(), any_excluded=None)
    kind = ExemptionKind.OWNER_EXEMPTION
    assert_type(Exemption.from_source(evidence, id="e", kind=kind, state=State.AL, effective=day), Exemption)
    assert_type(Dossier.of(dossier.company, dossier.contractor, policies, policy, dossier.waivers), Dossier)
    Policy.from_source(evidence, id="gl-1", line="general_liability")  # type: ignore[arg-type]
    Policy.from_source(evidence, id="gl-1", line=Line.GL, limits={"each_occurrence": 1})  # type: ignore[dict-item]
    Dossier.of(dossier.company, dossier.contractor, dossier.company)  # type: ignore[arg-type]


def a_value_is_frozen(policy: Policy) -> None:
    policy.id = "another"  # type: ignore[misc]


def requirements(requirement: Requirement) -> None:
    assert_type(requirement.override_key, str)
    # The union is closed: handling its members handles every requirement.
    if isinstance(requirement, CoverageRequirement):
        assert_type(requirement.line, Line)
        assert_type(requirement.limits, tuple[MinimumLimit, ...])


def days(day: date, instant: datetime) -> None:
    assert_type(parse_date("2026-01-01"), date)
    assert_type(civil_date(instant, "America/Chicago"), date)
    assert_type(instant_of(day, "America/Chicago"), datetime)
    assert_type(day_after(day), date | None)
    assert_type(zone_of(State.AL), str | None)
    assert_type(IntervalSet.of(day) & IntervalSet.of(None, day), IntervalSet)
    assert_type(IntervalSet.of(day).first_from(day), date | None)


def money() -> None:
    assert_type(cents(Decimal("1.50")), int)
    assert_type(dollars(150), Decimal)
    cents(1.5)  # type: ignore[arg-type]  # floats do not hold cents


def documents(dossier: Dossier) -> None:
    assert_type(dumps(dossier, tax_ids="clear", indent=1), str)
    assert_type(loads("{}", Dossier), Dossier)
    assert_type(loads(b"{}", RuleBook), RuleBook)
    assert_type(to_dict(dossier), dict[str, Any])
    assert_type(from_dict({}, Policy), Policy)
    assert_type(json_schema(Dossier), dict[str, Any])
    dumps(dossier, tax_ids="hidden")  # type: ignore[arg-type]


def a_check(dossier: Dossier, assignment: Assignment | None, day: date) -> CustomAnswer:
    return CustomAnswer(outcome=Outcome.PASS, next_change=day)


def custom_checks_and_law(dossier: Dossier, rulebook: RuleBook, day: date) -> None:
    check: CustomCheck = a_check
    checks: Mapping[str, CustomCheck] = {"mine": check}
    assert_type(SHIPPED_LAW, LawTables)
    assert_type(evaluate(dossier, rulebook, as_of=day, custom=checks, law=SHIPPED_LAW), ComplianceReport)


def errors(error: InvalidValueError | DocumentError, missing: MissingExtraError) -> None:
    assert_type(error.faults, tuple[Fault, ...])
    assert_type(missing.extra, str)
    caught: tuple[ContractorComplianceError, ...] = (error, missing)
    assert_type(caught[0], ContractorComplianceError)


def tests_of_a_host(clock: FrozenClock) -> None:
    assert_type(clock(), datetime)
    assert_type(clock.advance(days=1), datetime)
    assert_type(factories.dossier(), Dossier)
    assert_type(factories.gl_policy(), Policy)
    assert_type(factories.waiver(), Waiver)
    assert_type(strategies.dossiers(), SearchStrategy[Dossier])
    assert_type(strategies.values(Policy), SearchStrategy[Policy])
    assert_type(strategies.cases(), SearchStrategy[tuple[Dossier, RuleBook]])
    assert_type(load_cases("cases.toml"), tuple[Case, ...])
    assert_type(run_cases("cases.toml", lambda case: {"verdict": case.day.isoformat()}), CaseResults)
    assert_type(next(iter(run_cases("cases.toml"))), CaseResult)
