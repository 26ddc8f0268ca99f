"""Prints what came of the licenses: a table, and what they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from boards.judging import Judged
from contractor_compliance.results.outcome import Verdict

__all__ = ["summary", "table"]

_HEADINGS = ("id", "register", "verdict", "uncovered from", "next change", "worst finding")
#: An id longer than this is cut, so that one strange row does not spoil the table.
_LONGEST_ID = 24
_LONGEST_FINDING = 160
_MOST_REMEDIES = 10
_MOST_IDS = 3


def table(judged: Sequence[Judged]) -> Iterable[str]:
    """Return the lines of the table."""
    rows = [_HEADINGS, *(_row(verdict) for verdict in judged)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def summary(judged: Sequence[Judged]) -> Iterable[str]:
    """Return the lines about all licenses together."""
    verdicts = Counter(license_.verdict for license_ in judged)
    yield "Verdicts"
    yield from (f"{verdicts[verdict.value]:7}  {verdict.value}" for verdict in Verdict if verdicts[verdict.value])
    yield from _shares(
        "Worst findings", [(license_.worst_kind, license_.id) for license_ in judged if license_.worst_kind]
    )
    remedies = [(remedy, license_.id) for license_ in judged for remedy in license_.remedies]
    yield from _shares("What to ask the broker for", remedies, _MOST_REMEDIES)
    yield from _shares(
        "Noted, not judged", [(note, license_.id) for license_ in judged for note in license_.notes], _MOST_REMEDIES
    )


def _row(judged: Judged) -> tuple[str, ...]:
    return (
        _cut(judged.id, _LONGEST_ID),
        judged.register,
        judged.verdict,
        _day(judged.first_uncovered_day),
        _day(judged.next_change),
        _cut(judged.worst or "", _LONGEST_FINDING),
    )


def _shares(heading: str, told: Sequence[tuple[str | None, str]], most: int | None = None) -> Iterable[str]:
    """Return a heading and, most frequent first, each text for how many ids it stands, and the first of them."""
    if not told:
        return
    ids: dict[str, list[str]] = {}
    for text, own_id in told:
        ids.setdefault(text or "", []).append(own_id)
    order = sorted(ids, key=lambda text: (-len(ids[text]), text))
    yield ""
    yield heading
    for text in order[:most]:
        named = ", ".join(_cut(id_, _LONGEST_ID) for id_ in ids[text][:_MOST_IDS])
        yield f"{len(ids[text]):7}  {text} ({named}{', ...' if len(ids[text]) > _MOST_IDS else ''})"
    if most is not None and len(order) > most:
        yield f"         and {len(order) - most} more"


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
