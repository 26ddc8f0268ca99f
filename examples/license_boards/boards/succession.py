"""What an extract changes in what is on file of a license: newer evidence supersedes older, and nothing is wiped out.

The register's own words go into `dossiers.py`. Here is what its silence means: cover that was listed once and is
listed no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from boards.dossiers import DOCUMENT
from boards.stored import SavedExtract
from contractor_compliance.domain import (
    Cancellation,
    Dossier,
    Evidence,
    EvidenceLevel,
    Exemption,
    Line,
    Missing,
    Policy,
    Value,
    day_after,
)
from contractor_compliance.evaluation.facts.in_force import in_force
from contractor_compliance.storage import Record

__all__ = [
    "Days",
    "Held",
    "Succession",
    "first_seen",
    "gone",
    "last_listed",
    "last_seen",
    "succession",
    "unlisted",
]

#: What a licensee holds: a policy, a bond or an exemption.
Held = Policy | Exemption


@attrs.frozen
class Days:
    """The days of which an extract speaks.

    Attributes:
        row: The day on which the rows of the license were current.
        file: The day on which the file was, not before that.
    """

    row: date
    file: date


@attrs.frozen
class Succession:
    """What has to be recorded of one license.

    Attributes:
        values: The contractor and its facts, those that are new or differ from what is on file.
        errors: Facts on file that were recorded in error.
    """

    values: tuple[Value, ...]
    errors: tuple[Held, ...]


def first_seen(dossier: Dossier) -> dict[str, date]:
    """Return the days on which cover on file was first listed, by its id, without what has been missing since."""
    return {cover.id: min(_days_of(cover)) for cover in _held(dossier) if not _missed(cover)}


def last_seen(dossier: Dossier) -> date:
    """Return the latest day of which rows that are on file speak."""
    days = [assignment.start for assignment in dossier.assignments]
    for cover in _held(dossier):
        # A row states what ended; a file that has no row puts cover in doubt.
        ends = (notice for notice in cover.cancellations if not isinstance(notice.effective, Missing))
        days += [*_days_of(cover), *(notice.evidence.observed_on for notice in ends)]
    return max(days)


def last_listed(
    license_id: str, versions: Sequence[Record], extracts: Sequence[SavedExtract], before: date
) -> date | None:
    """Return the last day before `before` on which an extract listed cover of a license; None if none did.

    Args:
        license: The license.
        versions: The versions of the cover.
        extracts: The extracts that were saved.
        before: The day.
    """
    days = (
        extract.observation.day
        for extract in extracts
        if extract.observation.day < before and license_id not in extract.unlisted
        for version in versions
        if version.recorded_at <= extract.recorded_at
        if version.superseded_at is None or extract.recorded_at < version.superseded_at
        if not _missed(version.value)
    )
    return max(days, default=None)


def gone(stored: Dossier, listed: Dossier | None) -> tuple[Held, ...]:
    """Return the cover that is on file and not listed; None = nothing is listed of the license at all."""
    listed_covers = set() if listed is None else {(type(cover), cover.id) for cover in _held(listed)}
    return tuple(cover for cover in _held(stored) if (type(cover), cover.id) not in listed_covers)


def succession(stored: Dossier | None, listed: Dossier, days: Days, lasts: Mapping[Held, date | None]) -> Succession:
    """Return what the rows of a license change.

    What is listed supersedes what is on file under the same id. For cover that no longer is, see `_missing`; but what
    only extracts of the very same day listed was recorded in error.

    Args:
        stored: The license as it is on file; None if it is not.
        listed: The license as the extract has it.
        days: The days of which it speaks, that of the rows not before `last_seen(stored)`.
        lasts: For all that is `gone`, the last day before that of the file on which it was listed, if there is one.
    """
    if stored is None:
        return Succession((listed.contractor, *listed.assignments, *_held(listed)), ())
    covers = {(type(cover), cover.id): cover for cover in _held(stored)}
    missing = ((cover, _missing(cover, listed, days, last)) for cover, last in lasts.items() if last is not None)
    return Succession(
        (
            *(() if stored.contractor == listed.contractor else (listed.contractor,)),
            *(cover for cover in _held(listed) if covers.get((type(cover), cover.id)) != cover),
            *(after for before, after in missing if before != after),
        ),
        tuple(cover for cover, last in lasts.items() if last is None),
    )


def unlisted(day: date, lasts: Mapping[Held, date | None]) -> Succession:
    """Return what it changes that an extract has no row of a license.

    It may be a license that is no longer active, or a row that got lost: nobody says that cover has ended, nor that it
    has not. From the day after it was last listed it is in doubt.

    Args:
        day: The day on which the extract was current.
        lasts: For all the cover of the license, the last day on which it was listed.
    """
    return Succession(
        tuple(
            attrs.evolve(cover, cancellations=(*cover.cancellations, _doubt(last, day)))
            for cover, last in lasts.items()
            if last is not None and not _missed(cover) and _days_from(cover, day) is not None
        ),
        (),
    )


def _missing(held: Held, listed: Dossier, days: Days, last: date) -> Held:
    """Return cover that the rows of its license no longer list, with the consequences.

    An extract holds what was current when it was made. So what ended before is missing as it should be, and stays as it
    was. Else the cover was ended, or replaced, without a cancellation on record: on the day of the rows the register no
    longer stands by it, from the day after it was last listed nobody knows, and the days before are as certain as they
    were. Where what took its place has not begun yet, the days until then are not known either: a row has room for one
    policy, so that cover may still run.
    """
    day = days.row if days.row > last else days.file
    if _days_from(held, day) is None:
        return held
    over = min((max(day, start) for start in _starts(listed, _line(held))), default=day)
    end = Cancellation(effective=over, issued_on=day, reason=_reason(last, day), evidence=_evidence(days.row))
    notices = (cancellation for cancellation in held.cancellations if isinstance(cancellation.issued_on, Missing))
    doubt = (_doubt(last, day),) if (over - last).days > 1 else ()
    return attrs.evolve(held, cancellations=(*notices, *doubt, end))


def _missed(held: Held) -> bool:
    """Return whether cover was found missing: the registers give no cancellation a day of notice, only we do."""
    return any(not isinstance(cancellation.issued_on, Missing) for cancellation in held.cancellations)


def _days_from(held: Held, day: date) -> date | None:
    """Return the first day from `day` on of which cover may still hold; None if it is over."""
    return in_force(held.terms, held.cancellations, held.reinstatements).possible.first_from(day)


def _starts(listed: Dossier, line: Line) -> list[date]:
    """Return the first days of the cover of a line; of cover that does not say, the beginning of time."""
    return [
        date.min if isinstance(term.effective, Missing) else term.effective
        for cover in _held(listed)
        if _line(cover) == line
        for term in cover.terms
    ]


def _doubt(last: date, day: date) -> Cancellation:
    """Return what puts cover in doubt that was last listed on `last` and missing on `day`.

    A cancellation without a day of effect puts the days after its notice in doubt, and nothing that took effect can
    have been noticed while the register still listed the cover.
    """
    return Cancellation(issued_on=day_after(last) or last, reason=_reason(last, day), evidence=_evidence(day))


def _reason(last: date, day: date) -> str:
    return f"the register listed it on {last} and no longer on {day}"


def _evidence(day: date) -> Evidence:
    return Evidence(level=EvidenceLevel.CONFIRMED, observed_on=day, document=DOCUMENT)


def _line(held: Held) -> Line:
    return held.line if isinstance(held, Policy) else Line.WC


def _held(dossier: Dossier) -> tuple[Held, ...]:
    return (*dossier.policies, *dossier.exemptions)


def _days_of(held: Held) -> tuple[date, ...]:
    return tuple(term.evidence.observed_on for term in held.terms)
