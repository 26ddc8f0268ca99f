"""Judges licenses, and keeps of each report what is printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import attrs

from boards.extract import Extract, Observation
from boards.table import FileError
from contractor_compliance import compile_rulebook, evaluate
from contractor_compliance.domain import Dossier, LimitKind, Missing, Policy, ReasonCode, RuleBook, format_cents
from contractor_compliance.results.finding import Finding
from contractor_compliance.results.outcome import Outcome
from contractor_compliance.results.reasons import reason_phrase

__all__ = ["Case", "Docket", "Judged", "JudgedDay", "cases_of", "judge", "judged_day"]

_MET = (Outcome.PASS, Outcome.NOT_APPLICABLE)


@attrs.frozen
class JudgedDay:
    """The day on which the licenses of a file are judged.

    Attributes:
        day: The day.
        origin: Where it comes from.
        observed: The day on which the file was current.
    """

    day: date
    origin: str
    observed: Observation


@attrs.frozen
class Case:
    """One license that is to be judged.

    Attributes:
        id: The license.
        dossier: What is known of it.
        notes: What the register says besides, and is not judged.
        file: Where it was read; None = in the store.
        lines: Its lines in the file.
    """

    id: str
    dossier: Dossier
    notes: tuple[str, ...] = ()
    file: str | None = None
    lines: tuple[int, ...] = ()


@attrs.frozen
class Docket:
    """The licenses of one register that are judged together.

    Attributes:
        heading: What is printed of them first.
        board: The board that keeps the register.
        book: The rule book.
        day: The day judged.
        cases: The licenses.
    """

    heading: str
    board: str
    book: RuleBook
    day: date
    cases: Iterable[Case]


@attrs.frozen
class Judged:
    """What came of one license; `--json` writes it as it stands.

    Attributes:
        id: The license.
        register: The board that keeps it.
        as_of: The day judged.
        verdict: The verdict on that day.
        reasons: Codes of why it is not plainly compliant, worst first.
        first_uncovered_day: First day, from the day judged on, without the cover that is required.
        next_change: First day after the day judged on which the verdict changes.
        remedies: What to ask the broker for, most urgent first.
        worst: The worst finding in words; None where there is nothing to find.
        worst_kind: The same without what is this license's alone: line and reasons.
        findings: What came of each requirement.
        notes: What the register says besides, and is not judged.
        file: Where the license was read; None = in the store.
        lines: Its lines in the file.
    """

    id: str
    register: str
    as_of: date
    verdict: str
    reasons: list[str]
    first_uncovered_day: date | None
    next_change: date | None
    remedies: list[str]
    worst: str | None
    worst_kind: str | None
    findings: list[dict[str, Any]]
    notes: list[str]
    file: str | None
    lines: list[int]


def judged_day(extract: Extract, as_of: date | None) -> JudgedDay:
    """Return the day on which to judge an extract: `as_of`, else the day on which it was current.

    Raises:
        FileError: If there is neither.
    """
    observed = extract.observation
    if as_of is not None:
        # Who names a day for an undated listing says that the listing speaks of that day.
        return JudgedDay(as_of, "--as-of", observed or Observation(as_of, "taken to be the day judged"))
    if observed is None:
        sidecar = extract.path.with_suffix(".observed.toml").name
        raise FileError(
            f"{extract.path}: does not say on which day it was current, and no clock is asked; give --observed "
            f"YYYY-MM-DD, or write {sidecar} beside it (observed_on = 2026-08-01, according_to = 'who says so'), "
            "or give --as-of YYYY-MM-DD to judge another day"
        )
    return JudgedDay(observed.day, observed.origin, observed)


def cases_of(extract: Extract, day: JudgedDay) -> Iterator[Case]:
    """Yield the licenses of an extract as it tells of them."""
    for record in extract.records:
        dossier = extract.dossier(record, observed=day.observed.day, start=day.day)
        yield Case(record.id, dossier, record.notes, str(extract.path), record.lines)


def judge(docket: Docket) -> Iterator[Judged]:
    """Judge each license of a docket, for work that begins on the day judged."""
    plan = compile_rulebook(docket.book)
    for case in docket.cases:
        work = tuple(attrs.evolve(assignment, start=docket.day) for assignment in case.dossier.assignments)
        dossier = attrs.evolve(case.dossier, assignments=work)
        report = evaluate(dossier, plan, as_of=docket.day)
        findings = [finding for assignment in report.assignments for finding in assignment.findings]
        unmet = [finding for finding in findings if finding.outcome not in _MET]
        yield Judged(
            id=case.id,
            register=docket.board,
            as_of=docket.day,
            verdict=report.verdict.value,
            reasons=list(dict.fromkeys(reason.value for finding in unmet for reason in finding.reasons)),
            first_uncovered_day=report.first_uncovered_day,
            next_change=report.next_change,
            remedies=list(report.remedies()),
            worst=_words(unmet[0]) if unmet else None,
            worst_kind=_kind(unmet[0]) if unmet else None,
            findings=[_plain(finding, dossier) for finding in findings],
            notes=list(case.notes),
            file=case.file,
            lines=list(case.lines),
        )


def _words(finding: Finding) -> str:
    return "; ".join(member.actual for member in _telling(finding))


def _kind(finding: Finding) -> str:
    return "; ".join(
        f"{member.line.label if member.line else member.title} {reason_phrase(reason)}"
        for member in _telling(finding)
        for reason in member.reasons
    )


def _telling(finding: Finding) -> list[Finding]:
    """Return the members of alternatives that tell most: that the others are not on file goes without saying."""
    if not finding.members:
        return [finding]
    on_file = [member for member in finding.members if member.reasons != (ReasonCode.MISSING,)]
    return [inner for member in on_file or finding.members[:1] for inner in _telling(member)]


def _plain(finding: Finding, dossier: Dossier) -> dict[str, Any]:
    return {
        "requirement": finding.requirement_id,
        "version": finding.requirement_version,
        "title": finding.title,
        "outcome": finding.outcome.value,
        "reasons": [reason.value for reason in finding.reasons],
        "required": finding.required,
        "actual": finding.actual,
        "amounts": [
            amount for policy in dossier.policies if policy.id in finding.policies for amount in _amounts(policy)
        ],
    }


def _amounts(policy: Policy) -> Iterator[str]:
    """Yield the amounts that the register states, whether the requirement asks for one or only for cover."""
    for limits in policy.limits:
        for kind in LimitKind:
            cents = limits.stated(kind)
            if not isinstance(cents, Missing):
                yield f"{policy.line.label}: {kind.label} {format_cents(cents)}"
