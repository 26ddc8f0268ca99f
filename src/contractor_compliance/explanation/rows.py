"""The findings of a report as flat rows, for a table, a data frame or a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from contractor_compliance.explanation.words import evidence_words
from contractor_compliance.results.finding import Finding
from contractor_compliance.results.report import AssignmentReport, ComplianceReport

__all__ = ["as_rows"]

Cell = str | int | bool | date | None


def as_rows(report: ComplianceReport) -> tuple[dict[str, Cell], ...]:
    """Return one flat row for each finding, in the report's order; members follow the finding they belong to.

    Every row has the same keys, and codes stand as they are written in documents. Several codes or ids in one cell are
    joined by `, `; an empty cell is None. `member_of` is the id of the requirement that a member belongs to.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_requirement, rulebook
        >>> report = evaluate(dossier(), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> [(row["line"], row["outcome"], row["reasons"]) for row in as_rows(report)]
        [('general_liability', 'fail', 'missing')]
    """
    rows = [row for assignment in report.assignments for row in _rows(report, assignment, assignment.findings)]
    return (*rows, *_rows(report, None, report.findings))


def _rows(
    report: ComplianceReport,
    assignment: AssignmentReport | None,
    findings: tuple[Finding, ...],
    within: Finding | None = None,
) -> Iterator[dict[str, Cell]]:
    for finding in findings:
        yield {
            "contractor_id": report.contractor_id,
            "contractor_name": report.contractor_name,
            "as_of": report.as_of,
            "assignment_id": assignment.assignment_id if assignment else None,
            "client_name": assignment.client_name if assignment else None,
            "job_title": assignment.job_title if assignment else None,
            "assignment_status": assignment.status.value if assignment else None,
            "judged_on": assignment.judged_on if assignment else report.as_of,
            "requirement_id": finding.requirement_id,
            "requirement_version": finding.requirement_version,
            "member_of": within.requirement_id if within else None,
            "title": finding.title,
            "line": str(finding.line) if finding.line is not None else None,
            "outcome": finding.outcome.value,
            "underlying": finding.underlying.value,
            "reasons": _joined(reason.value for reason in finding.reasons),
            "required": finding.required,
            "actual": finding.actual,
            "policies": _joined(finding.policies),
            "depends_on": _joined(finding.depends_on),
            "evidence": evidence_words(finding) or None,
            "waiver_id": finding.waiver_id,
            "payer": finding.payer.value if finding.payer else None,
            "payer_origin": finding.payer_origin.value if finding.payer_origin else None,
            "set_id": finding.set_id,
            "level": finding.level.value if finding.level else None,
            "statutory": finding.statutory,
            "holds_until": finding.holds_until,
            "remedy": finding.remedy,
        }
        yield from _rows(report, assignment, finding.members, finding)


def _joined(items: tuple[str, ...] | Iterator[str]) -> str | None:
    return ", ".join(items) or None
