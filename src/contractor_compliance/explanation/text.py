"""Reports and timelines as plain text and as Markdown: one sequence of blocks, written in two ways."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import attrs

from contractor_compliance.display import escape_markdown, markdown_table, plain, text_table
from contractor_compliance.explanation import words
from contractor_compliance.results.finding import Finding
from contractor_compliance.results.report import AssignmentReport, ComplianceReport
from contractor_compliance.results.timeline import Timeline

__all__ = ["as_markdown", "as_text"]

_GAPS = ("When", "Outcome", "Days", "Requirement", "Why")
_POLICIES = ("Policy", "Number", "Insurer", "Line", "Status", "Last day")
_WIDTH = 100


@attrs.frozen
class _Heading:
    text: str
    level: int


@attrs.frozen
class _Line:
    text: str


@attrs.frozen
class _Pairs:
    pairs: tuple[tuple[str, str], ...]


@attrs.frozen
class _Listing:
    items: tuple[str, ...]


@attrs.frozen
class _Table:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@attrs.frozen
class _Item:
    outcome: str
    name: str
    lines: tuple[tuple[str, str], ...]
    depth: int


_Block = _Heading | _Line | _Pairs | _Listing | _Table | _Item


def as_text(result: ComplianceReport | Timeline) -> str:
    """Return a report or a timeline as plain text."""
    return "\n".join(line for block in _blocks(result) for line in _written(block)).strip() + "\n"


def as_markdown(result: ComplianceReport | Timeline) -> str:
    """Return a report or a timeline as Markdown."""
    return "\n".join(line for block in _blocks(result) for line in _marked(block)).strip() + "\n"


# The blocks, in their order.


def _blocks(result: ComplianceReport | Timeline) -> Iterator[_Block]:
    if isinstance(result, Timeline):
        yield _Heading(words.timeline_title(result), 1)
        yield _Table(words.STEP_HEADER, tuple(words.step_row(step) for step in result.steps))
        return
    yield _Heading(f"{words.contractor_words(result)} on {result.as_of}: {result.verdict.label.upper()}", 1)
    yield _Line(words.sentence(result))
    yield _Pairs(tuple((note.label, note.text) for note in words.facts(result)))
    yield from _listing("To ask for, most urgent first", result.remedies())
    yield from _listing("Failing, and carried by a waiver alone", words.waived_but_failing(result))
    for assignment in result.assignments:
        yield from _assignment(assignment, result)
    if result.findings:
        yield _Heading("Required of the contractor, whatever the assignment", 2)
        for finding in result.findings:
            yield from _finding(finding)
    if result.policies:
        yield _Heading("Policies", 2)
        yield _Table(_POLICIES, tuple(words.policy_row(policy) for policy in result.policies))
    yield from _listing(words.NOT_EXAMINED, words.not_examined(result))


def _assignment(assignment: AssignmentReport, report: ComplianceReport) -> Iterator[_Block]:
    verdict = assignment.verdict.label.upper()
    yield _Heading(f"Assignment {assignment.assignment_id}, {words.assignment_words(assignment)}: {verdict}", 2)
    window = assignment.window
    if window is not None:
        yield _Line(words.window_words(assignment))
    for finding in assignment.findings:
        yield from _finding(finding)
    if window is not None and window.gaps:
        yield _Heading("Days failed or unknown, past and to come", 3)
        rows = []
        for gap in window.gaps:
            when, outcome, days, why = words.gap_row(gap, report.as_of)
            rows.append((when, outcome, days, gap.title, why))
        yield _Table(_GAPS, tuple(rows))
    displaced = tuple(words.displaced_words(requirement) for requirement in assignment.displaced)
    yield from _listing("Displaced requirements", displaced)


def _finding(finding: Finding, depth: int = 0, within: Finding | None = None) -> Iterator[_Block]:
    lines = [("Required", finding.required)]
    if not finding.members:
        lines.append(("Found", finding.actual))
    lines += [(note.label, note.text) for note in words.notes(finding, within)]
    name = f"{finding.title} ({finding.requirement_id}, version {finding.requirement_version})"
    yield _Item(words.outcome_words(finding, upper=True), name, tuple(lines), depth)
    for member in finding.members:
        yield from _finding(member, depth + 1, finding)


def _listing(title: str, items: tuple[str, ...]) -> Iterator[_Block]:
    if items:
        yield _Heading(title, 3)
        yield _Listing(items)


# The two ways of writing it.


def _written(block: _Block) -> Iterator[str]:
    match block:
        case _Heading(title, level):
            line = plain(title)
            yield from ["", line, "=" * len(line)] if level == 1 else ["", line, "-" * len(line)][: 4 - level + 1]
        case _Line(line):
            yield from _wrapped(line, "")
        case _Pairs(pairs):
            yield ""
            widest = max(len(label) for label, _ in pairs)
            for label, value in pairs:
                yield from _wrapped(f"{label:<{widest}}  {plain(value)}", "", " " * (widest + 2))
        case _Listing(items):
            for item in items:
                yield from _wrapped(f"- {plain(item)}", "", "  ")
        case _Table(header, rows):
            yield text_table(header, rows)
        case _Item(outcome, name, lines, depth):
            indent = "    " * depth
            if depth == 0:
                yield ""
            yield from _wrapped(f"{outcome}: {plain(name)}", indent, indent + "  ")
            for label, value in lines:
                yield from _wrapped(f"{label + ':':<15}{plain(value)}", f"{indent}    ", f"{indent}{' ' * 19}")


def _wrapped(line: str, indent: str, following: str = "") -> list[str]:
    return textwrap.wrap(
        plain(line), _WIDTH, initial_indent=indent, subsequent_indent=following, break_on_hyphens=False
    )


def _marked(block: _Block) -> Iterator[str]:
    match block:
        case _Heading(title, level):
            yield from ["", f"{'#' * (level + 2)} {escape_markdown(title)}", ""]
        case _Line(line):
            yield from [escape_markdown(line), ""]
        case _Pairs(pairs):
            yield from (f"- {escape_markdown(label)}: {escape_markdown(value)}" for label, value in pairs)
        case _Listing(items):
            yield from (f"- {escape_markdown(item)}" for item in items)
        case _Table(header, rows):
            yield markdown_table(header, rows)
        case _Item(outcome, name, lines, depth):
            indent = "  " * depth
            yield f"{indent}- **{escape_markdown(outcome)}** {escape_markdown(name)}"
            yield from (f"{indent}  - {escape_markdown(label)}: {escape_markdown(value)}" for label, value in lines)
