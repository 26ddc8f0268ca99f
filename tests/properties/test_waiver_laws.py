"""A waiver changes no fact: it stands beside what it carries, and never carries cover that has run out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contractor_compliance.domain import (
    NEVER_WAIVABLE,
    AllOf,
    AnyOf,
    Dossier,
    ReasonCode,
    Requirement,
    RuleBook,
    WaiverKind,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Finding, Outcome, Verdict
from tests.properties.borders import (
    FLAT_AFTER_ARRIVAL,
    LATE_AND_EXPIRED,
    MISSING_AND_UNKNOWN,
    WAIVED_IN_ONE_SET_THAT_MAY_BIND,
)
from tests.properties.walks import placed
from tests.properties.worlds import CHECKS, MIDDLE, anything, days, lenient

_CASES = st.one_of(lenient(), anything())
_MORE = settings(max_examples=settings.default.max_examples * 3)


@given(_CASES, days())
@example(WAIVED_IN_ONE_SET_THAT_MAY_BIND, MIDDLE)
@_MORE
def test_no_waiver_changes_the_answer_of_the_facts(case: tuple[Dossier, RuleBook], day: date) -> None:
    """Beside a waived finding there may be one more: of a set that may bring the same requirement (B14.9)."""
    dossier, book = case
    reports = [evaluate(one, book, as_of=day, custom=CHECKS) for one in (dossier, attrs.evolve(dossier, waivers=()))]
    with_them, without = (
        {
            (place, finding.requirement_id, finding.set_id): (
                finding.underlying,
                finding.reasons,
                finding.checks,
                finding.policies,
                finding.depends_on,
                finding.members,
            )
            for place, finding in placed(report)
        }
        for report in reports
    )
    assert {place: with_them.get(place) for place in without} == without
    waived = {
        (place, finding.requirement_id) for place, finding in placed(reports[0]) if finding.outcome is Outcome.WAIVED
    }
    assert {(place, requirement) for place, requirement, _ in with_them.keys() - without.keys()} <= waived


@given(_CASES, days())
@_MORE
def test_a_waiver_turns_only_failures_and_unknowns_and_is_named_where_it_does(
    case: tuple[Dossier, RuleBook], day: date
) -> None:
    report = evaluate(*case, as_of=day, custom=CHECKS)
    granted = {waiver.id for waiver in case[0].waivers}
    for _, finding in placed(report):
        if finding.outcome is finding.underlying:
            assert finding.waiver_id is None
        else:
            assert finding.outcome is Outcome.WAIVED
            assert finding.underlying in (Outcome.FAIL, Outcome.UNKNOWN)
            assert finding.waiver_id in granted
    waived = [finding for _, finding in placed(report) if finding.outcome is Outcome.WAIVED]
    assert set(report.waivers_used) == {waived_finding.waiver_id for waived_finding in waived}
    assert set(report.waived_but_failing) == {
        waived_finding.requirement_id for waived_finding in waived if waived_finding.underlying is Outcome.FAIL
    }


def _requirements(book: RuleBook) -> dict[tuple[str, int], Requirement]:
    return {(requirement.id, requirement.version): requirement for one in book.sets for requirement in one.requirements}


def _flaws(finding: Finding, requirement: Requirement) -> Iterator[Finding]:
    """Yield the findings without members that keep a finding from passing: in an `AnyOf` those nearest to it."""
    if not finding.members:
        yield finding
    for member, part in zip(finding.members, requirement.parts, strict=False):
        is_nearest = not isinstance(requirement, AnyOf) or member.underlying is finding.underlying
        if member.underlying in (Outcome.FAIL, Outcome.UNKNOWN) and is_nearest:
            yield from _flaws(member, part)  # type: ignore[arg-type]  # the parts of a group are requirements


def _is_late(dossier: Dossier, policy_id: str) -> bool:
    """Return whether a policy had already run out when the best usable statement of its end arrived."""
    policy = next(policy for policy in dossier.policies if policy.id == policy_id)
    refused = {certificate.id for certificate in dossier.certificates if not certificate.status.supplies_facts}
    usable = [term for term in policy.terms if term.evidence.certificate_id not in refused]
    stated = [term for term in usable if isinstance(term.expiration, date)]
    notices = [
        cancellation for cancellation in policy.cancellations if cancellation.evidence.certificate_id not in refused
    ]
    # Without an end of its own a policy ends with its cancellation.
    told = stated or usable
    if not told:
        return False
    best = max(told, key=lambda term: (term.evidence.level.rank, term.evidence.observed_on))
    ends = [end for end in (best.expiration, *(notice.effective for notice in notices)) if isinstance(end, date)]
    return bool(ends) and min(ends) <= best.evidence.observed_on


@given(_CASES, days())
@example(LATE_AND_EXPIRED, MIDDLE)
@example(FLAT_AFTER_ARRIVAL, MIDDLE)
@_MORE
def test_expired_coverage_is_never_waived_unless_it_expired_before_it_arrived(
    case: tuple[Dossier, RuleBook], day: date
) -> None:
    dossier, book = case
    requirements = _requirements(book)
    for _, finding in placed(evaluate(dossier, book, as_of=day, window=False, custom=CHECKS)):
        if finding.outcome is not Outcome.WAIVED:
            continue
        requirement = requirements[finding.requirement_id, finding.requirement_version]
        if isinstance(requirement, AnyOf):
            continue  # the member that came nearest decides, and the others may have run out
        for flaw in _flaws(finding, requirement):
            gone = NEVER_WAIVABLE.intersection(flaw.reasons)
            if not gone:
                continue
            assert ReasonCode.GAP not in gone
            assert ReasonCode.MISSING in requirement.waivable
            for check in flaw.checks:
                if check.reason in gone:
                    assert check.policy_id is not None, check
                    assert _is_late(dossier, check.policy_id), check


@given(_CASES, days())
@example(MISSING_AND_UNKNOWN, MIDDLE)
@_MORE
def test_nothing_is_waived_but_what_the_requirement_lists_as_waivable(
    case: tuple[Dossier, RuleBook], day: date
) -> None:
    """Of a group whose members must all be met, each flawed member must be waivable; of the others, the best one."""
    dossier, book = case
    requirements = _requirements(book)
    waivers = {waiver.id: waiver for waiver in dossier.waivers}
    for _, finding in placed(evaluate(dossier, book, as_of=day, window=False, custom=CHECKS)):
        if finding.outcome is not Outcome.WAIVED:
            continue
        requirement = requirements[finding.requirement_id, finding.requirement_version]
        waiver = waivers[finding.waiver_id or ""]
        allowed = requirement.waivable
        if waiver.reason_codes:
            allowed &= waiver.reason_codes
        if ReasonCode.MISSING in allowed:
            allowed |= {ReasonCode.EXPIRED, ReasonCode.CANCELLED}  # of late arrivals, as the law above has it
        flaws = list(_flaws(finding, requirement)) if isinstance(requirement, AllOf) else [finding]
        for flaw in flaws:
            assert set(flaw.reasons) <= allowed


@given(_CASES, days())
@_MORE
def test_a_waiver_of_a_line_carries_nothing_of_another_line(case: tuple[Dossier, RuleBook], day: date) -> None:
    dossier, book = case
    waivers = {waiver.id: waiver for waiver in dossier.waivers}
    for _, finding in placed(evaluate(dossier, book, as_of=day, window=False, custom=CHECKS)):
        waiver = waivers.get(finding.waiver_id or "")
        if waiver is None or waiver.line is None or waiver.kind is WaiverKind.SUBSTITUTE:
            continue
        requirement = _requirements(book)[finding.requirement_id, finding.requirement_version]
        # A choice is excused by a waiver of any line that it offers, wherever the choice stands.
        if not any(isinstance(member, AnyOf) for member in requirement.walk()):
            assert {flaw.line for flaw in _flaws(finding, requirement)} == {waiver.line}


@given(_CASES, days())
@_MORE
def test_a_waived_verdict_never_reads_as_plain_compliance(case: tuple[Dossier, RuleBook], day: date) -> None:
    report = evaluate(*case, as_of=day, window=False, custom=CHECKS)
    for assignment in report.assignments:
        if any(finding.outcome is Outcome.WAIVED for finding in assignment.findings):
            assert assignment.verdict.rank <= Verdict.COMPLIANT_WITH_EXCEPTIONS.rank
