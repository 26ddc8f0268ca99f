"""What a case may expect: how it is read off a report, and which texts it may be written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs

from contractor_compliance.domain import ReasonCode
from contractor_compliance.errors import Fault
from contractor_compliance.results import ComplianceReport, Finding, InsuranceStatus, Outcome, Validity, Verdict
from contractor_compliance.serialization.faults import did_you_mean, shown, step

__all__ = ["READINGS", "Reading", "canonical", "expectation_faults", "unknown_key"]

#: Yields what is wrong with an expected value that stands at a path.
Shape: TypeAlias = Callable[[Any, str], Iterator[Fault]]


@attrs.frozen
class Reading:
    """One key that a case may expect.

    Attributes:
        read: How it is read off a report.
        shape: What an expected value may be.
        by_requirement: The value is a table whose keys are requirements.
    """

    read: Callable[[ComplianceReport], Any]
    shape: Shape
    by_requirement: bool = False


# How a report is put in the words of the cases.


def _said(outcome: Outcome, reasons: Iterable[ReasonCode]) -> str:
    """`fail: expired`, reasons in alphabetical order."""
    words = ", ".join(sorted(reason.value for reason in reasons))
    return f"{outcome.value}: {words}" if words else str(outcome.value)


def _findings(read: Callable[[Finding], Any], report: ComplianceReport) -> dict[str, Any]:
    """Read something of every finding, by requirement; with the assignment's name where assignments differ."""
    findings = [
        (assignment.assignment_id, finding) for assignment in report.assignments for finding in assignment.findings
    ]
    findings += [("contractor", finding) for finding in report.findings]
    wide = len({owner for owner, _ in findings}) > 1
    return {
        f"{owner}/{finding.requirement_id}" if wide else finding.requirement_id: read(finding)
        for owner, finding in findings
    }


def _windows(read: Callable[[Any], Any]) -> Callable[[ComplianceReport], list[str]]:
    return lambda report: [
        str(value)
        for assignment in report.assignments
        if assignment.window is not None
        for value in read(assignment.window)
    ]


def _span(days: Any) -> str:
    return f"{days.start or ''}..{days.end or ''}"


def _payer(finding: Finding) -> str:
    origin = finding.payer_origin.value if finding.payer_origin else ""
    return f"{finding.payer.value} by {origin}" if finding.payer else origin


# What may be expected.


def _one_of(codes: Iterable[Enum], *more: str) -> Shape:
    options = (*(str(code.value) for code in codes), *more)

    def shape(value: Any, path: str) -> Iterator[Fault]:
        if value not in options:
            yield Fault(path, shown(value), f"must be one of {', '.join(options)}{_hint(value, options)}")

    return shape


def _hint(value: Any, options: Iterable[str]) -> str:
    return did_you_mean(value, options) if isinstance(value, str) else ""


_OUTCOME = _one_of(Outcome)
_REASON = _one_of(ReasonCode)


def _outcome_with_reasons(value: Any, path: str) -> Iterator[Fault]:
    """`pass`, or `fail: expired, limit_too_low`."""
    outcome, colon, reasons = value.partition(": ") if isinstance(value, str) else (value, "", "")
    yield from _OUTCOME(outcome, path)
    for reason in reasons.split(", ") if colon else ():
        # Of many reason codes the nearest says more than the whole list.
        for fault in _REASON(reason, path):
            hint = _hint(reason, [code.value for code in ReasonCode])
            yield attrs.evolve(fault, problem=f"is no reason code{hint or '; ReasonCode lists them'}")


def _text(value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(path, shown(value), "must be text")


def _day(value: Any, path: str) -> Iterator[Fault]:
    if value != "none" and type(value) is not date:
        yield Fault(path, shown(value), 'must be a day, such as 2026-07-01, or "none"')


def _like(pattern: str, words: str) -> Shape:
    def shape(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield Fault(path, shown(value), f"must be written like {words}")

    return shape


def _list_of(shape: Shape) -> Shape:
    def shape_of_list(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, list | tuple):
            yield Fault(path, shown(value), "must be an array")
            return
        for index, item in enumerate(value):
            yield from shape(item, path + step(index))

    return shape_of_list


def _table_of(shape: Shape) -> Shape:
    def shape_of_table(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield Fault(path, shown(value), "must be a table")
            return
        for key, item in value.items():
            yield from shape(item, path + step(key))

    return shape_of_table


_DAY_PATTERN = r"\d{4}-\d{2}-\d{2}"
_SPANS = _list_of(_like(rf"(?:{_DAY_PATTERN})?\.\.(?:{_DAY_PATTERN})?", "2026-07-01..2026-10-01"))
_VERDICTS = "|".join(verdict.value for verdict in Verdict)


def _each(read: Callable[[Finding], Any], shape: Shape, *, only: bool = False) -> Reading:
    """Return the reading of something of every finding, or of those alone that have it."""

    def reading(report: ComplianceReport) -> dict[str, Any]:
        values = _findings(read, report)
        return {name: value for name, value in values.items() if value} if only else values

    return Reading(reading, _table_of(shape), by_requirement=True)


#: What a case may expect, in the order of the page of the format.
READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "verdict": Reading(lambda report: report.verdict.value, _one_of(Verdict)),
        "insurance_status": Reading(lambda report: report.insurance_status.value, _one_of(InsuranceStatus)),
        "outcomes": _each(lambda finding: _said(finding.outcome, finding.reasons), _outcome_with_reasons),
        "first_reasons": _each(
            lambda finding: finding.reasons[0].value if finding.reasons else None, _REASON, only=True
        ),
        "underlying": _each(lambda finding: finding.underlying.value, _OUTCOME),
        "members": _each(
            lambda finding: [_said(member.outcome, member.reasons) for member in finding.members],
            _list_of(_outcome_with_reasons),
            only=True,
        ),
        "depends_on": _each(lambda finding: list(finding.depends_on), _list_of(_text), only=True),
        "policies": _each(lambda finding: list(finding.policies), _list_of(_text), only=True),
        "waivers": _each(lambda finding: finding.waiver_id, _text, only=True),
        "payers": _each(_payer, _text, only=True),
        "sets": _each(lambda finding: finding.set_id, _text),
        "holds_until": _each(lambda finding: finding.holds_until, _day, only=True),
        "waivers_used": Reading(lambda report: list(report.waivers_used), _list_of(_text)),
        "waived_but_failing": Reading(lambda report: list(report.waived_but_failing), _list_of(_text)),
        "first_uncovered_day": Reading(lambda report: report.first_uncovered_day or "none", _day),
        "next_change": Reading(lambda report: report.next_change or "none", _day),
        "validity": Reading(
            lambda report: {policy.policy_id: policy.validity.value for policy in report.policies},
            _table_of(_one_of(Validity)),
        ),
        "awaiting_number": Reading(
            lambda report: [policy.policy_id for policy in report.policies if policy.awaits_number], _list_of(_text)
        ),
        "assignments": Reading(
            lambda report: {
                assignment.assignment_id: f"{assignment.status.value} on {assignment.judged_on}: "
                f"{assignment.verdict.value}"
                for assignment in report.assignments
            },
            _table_of(_like(rf"\w+ on {_DAY_PATTERN}: (?:{_VERDICTS})", "active on 2026-06-01: compliant")),
        ),
        "uncovered": Reading(_windows(lambda window: map(_span, window.uncovered)), _SPANS),
        "unknown": Reading(_windows(lambda window: map(_span, window.unknown)), _SPANS),
        "gaps": Reading(
            _windows(
                lambda window: (
                    f"{gap.requirement_id} {_span(gap.days)} {_said(gap.outcome, gap.reasons)}" for gap in window.gaps
                )
            ),
            _list_of(_text),
        ),
        "displaced": Reading(
            lambda report: [
                f"{displaced.requirement_id} v{displaced.requirement_version} of {displaced.set_id} "
                f"by {displaced.by_set_id}"
                for assignment in report.assignments
                for displaced in assignment.displaced
            ],
            _list_of(_text),
        ),
    }
)


def canonical(value: Any) -> Any:
    """Return an expected or answered value in the one form in which two are compared.

    Days are text, arrays are lists, and the reasons of `fail: b, a` stand in alphabetical order.
    """
    if isinstance(value, Mapping):
        return {key: canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and ": " in value:
        head, _, tail = value.partition(": ")
        return f"{head}: {', '.join(sorted(tail.split(', ')))}"
    return value


def unknown_key(key: str, path: str, keys: Iterable[str], owner: str) -> Fault:
    """Return the fault of a key that is none of `keys`, with the nearest of them."""
    keys = sorted(keys)
    hint = did_you_mean(str(key), keys) or f"; it has {', '.join(keys)}"
    return Fault(path + step(key), "not shown", f"{owner} has no such key{hint}")


def expectation_faults(expect: Any, requirements: set[str], owners: set[str]) -> Iterator[Fault]:
    """Yield what is wrong with the expectations of a case.

    Args:
        expect: The expectations.
        requirements: The ids of the requirements of its rule book.
        owners: The ids of its assignments.
    """
    path = "$.expect"
    if not isinstance(expect, Mapping):
        yield Fault(path, shown(expect), "must be a table")
        return
    for key in ("verdict", "outcomes"):
        if key not in expect:
            yield Fault(path, "not shown", f"expect lacks {key}; a case states verdict and outcomes")
    names = requirements | {f"{owner}/{name}" for owner in (*owners, "contractor") for name in requirements}
    for key, value in expect.items():
        reading = READINGS.get(key)
        if reading is None:
            yield unknown_key(key, path, READINGS, "expect")
            continue
        yield from reading.shape(value, path + step(key))
        if reading.by_requirement and isinstance(value, Mapping):
            for name in sorted(set(value) - names):
                yield unknown_key(name, path + step(key), requirements, "the rule book of the case")
