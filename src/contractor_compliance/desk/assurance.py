"""Who will lapse and when; and whether somebody was covered on a day, and what was known then (M8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import pairwise

import attrs

from contractor_compliance.desk.context import RequestContext, compiled_rulebook, rulebook_key
from contractor_compliance.desk.use_cases import UseCases
from contractor_compliance.domain import Dossier, RuleBook, day_after, end_of_day
from contractor_compliance.errors import NotOnFileError
from contractor_compliance.evaluation import evaluate, standing
from contractor_compliance.results import ComplianceReport, StandingRow, Verdict
from contractor_compliance.storage import FACTS, Key, Kind, Order, PageItem, Query, Record, key_of

__all__ = ["AssuranceUseCases", "DayAudit", "DueChange", "HindsightOutcome", "Revision"]

_PAGE = 500


@attrs.frozen
class DueChange:
    """A contractor whose answer changes soon.

    Attributes:
        contractor_id: The contractor.
        name: Legal name.
        on: The day of the change.
        now: The standing of today.
        then: The standing from that day on.
    """

    contractor_id: str
    name: str
    on: date
    now: StandingRow
    then: StandingRow | None

    @property
    def gets_worse(self) -> bool:
        """Whether the verdict is worse from then on."""
        return self.then is not None and self.then.verdict.rank < self.now.verdict.rank


class HindsightOutcome(Enum):
    """What was believed on a day, and what is known of it now (domain rule B9.2).

    A day on which nothing was required counts as covered.
    """

    COVERED = "covered"  # believed covered, and was
    LATE_DISCOVERY = "late_discovery"  # believed covered, and was not
    LATE_EVIDENCE = "late_evidence"  # not believed covered, and was
    NOT_COVERED = "not_covered"  # not believed covered, and was not


@attrs.frozen
class Revision:
    """Something recorded after the day that changed the answer about it.

    Attributes:
        at: When it was recorded.
        what: What was recorded: `policy 'gl-2026' of contractor 'c-1'`.
        before: Verdict of the day as known just before; None = nothing was on file then.
        after: Verdict of the day as known from then on.
    """

    at: datetime
    what: tuple[str, ...]
    before: Verdict | None
    after: Verdict


@attrs.frozen
class DayAudit:
    """Was he covered on the day, and how did we know then?

    Attributes:
        day: The day.
        hindsight: Which of the four cases it is.
        as_known_then: The report as known at the end of the day; None = nothing was on file.
        as_known_now: The report as known now.
        revisions: What changed the answer since, oldest first.
    """

    day: date
    hindsight: HindsightOutcome
    as_known_then: ComplianceReport | None
    as_known_now: ComplianceReport
    revisions: tuple[Revision, ...]


class AssuranceUseCases(UseCases):
    """Use cases of looking ahead, and back."""

    def due_changes(self, within: timedelta) -> tuple[DueChange, ...]:
        """Return whose answer changes within a span of days from today, soonest first.

        Raises:
            AccessDeniedError: If the member may not see contractors.
        """
        context = self._enter("see_contractors")
        query = Query(
            on=context.today, changes_by=day_after(context.today, within.days - 1) or date.max, order=Order.NEXT_CHANGE
        )
        found: list[DueChange] = []
        cursor = None
        while True:
            page = self._store.page(query, _PAGE, cursor)
            following = self._following(page.items, context)
            for item in page.items:
                if item.standing is not None and item.standing.end is not None:
                    then = following.get((item.key.id, item.standing.end))
                    found.append(DueChange(item.key.id, item.name, item.standing.end, item.standing, then))
            if (cursor := page.cursor) is None:
                return tuple(found)

    def audit_day(self, contractor_id: str, day: date) -> DayAudit:
        """Say whether a contractor was covered on a day: as was believed then, and as is known now.

        Dossier and rule book are both taken as they were known; the day is judged by the requirements valid on it. Of a
        day to come, both are as known now.

        Raises:
            AccessDeniedError: If the member may not see contractors.
            NotOnFileError: If there is no such contractor.
        """
        context = self._enter("see_contractors")
        head = self._store.head().recorded_at or context.now
        then = min(end_of_day(day, context.company.zone), head)
        histories = self._histories(contractor_id)
        reports = [(at, self._report(contractor_id, day, at, context)) for at in (then, *_instants(histories, then))]
        believed, now = reports[0][1], reports[-1][1]
        if now is None:
            raise NotOnFileError(f"There is no contractor {contractor_id!r} in this company.")
        learned = [
            Revision(at, _recorded(histories, at), before.verdict if before else None, after.verdict)
            for (_, before), (at, after) in pairwise(reports)
            if after is not None and (before is None or before.verdict is not after.verdict)
        ]
        return DayAudit(day, _cell(believed, now), believed, now, tuple(learned))

    def _report(self, contractor_id: str, day: date, at: datetime, context: RequestContext) -> ComplianceReport | None:
        (known,) = self._store.dossiers([contractor_id], at)
        (record,) = self._store.get([rulebook_key(context.company.id)], at)
        if known is None or record is None:
            return None
        book: RuleBook = record.value
        return evaluate(
            known.dossier, compiled_rulebook(book), as_of=day, custom=self._config.custom, law=self._config.law
        )

    def _histories(self, contractor_id: str) -> tuple[tuple[Record, ...], ...]:
        """Return every version of what bears on a contractor: itself, its facts, what they name, the rule book."""
        keys: dict[Key, None] = {Key(Kind.CONTRACTOR, contractor_id): None, rulebook_key(self._store.company_id): None}
        (own,) = self._store.history([Key(Kind.CONTRACTOR, contractor_id)])
        # A fact that was removed is in no dossier of today, but in those of the versions before; an insurer that came
        # on file after the last of them is in that of today alone.
        for at in (*(version.recorded_at for version in own), None):
            (record,) = self._store.dossiers([contractor_id], at)
            if record is not None and isinstance(record.content, Dossier):
                keys |= dict.fromkeys(_keys(record.content))
        return self._store.history(tuple(keys))

    def _following(self, items: Iterable[PageItem], context: RequestContext) -> dict[tuple[str, date], StandingRow]:
        """Return the rows of the standings of those listed, by contractor and first day."""
        compiled, config = compiled_rulebook(context.rulebook), self._config
        return {
            (row.contractor_id, row.start): row
            for record in self._store.dossiers([each.key.id for each in items])
            if record is not None
            for row in standing(record.dossier, compiled, custom=config.custom, law=config.law)
        }


def _instants(histories: Iterable[tuple[Record, ...]], after: datetime) -> list[datetime]:
    """Return the instants after one at which something was recorded or withdrawn."""
    found = {each.recorded_at for history in histories for each in history}
    found |= {each.superseded_at for history in histories for each in history if each.superseded_at is not None}
    return sorted(each for each in found if each > after)


def _recorded(histories: Iterable[tuple[Record, ...]], at: datetime) -> tuple[str, ...]:
    """Return what was recorded, or withdrawn, at an instant; the contractor only if nothing else was."""
    found = [str(each.key) for history in histories for each in history if each.recorded_at == at]
    found += [f"{history[-1].key}, withdrawn" for history in histories if history and history[-1].superseded_at == at]
    return tuple(each for each in found if not each.startswith("contractor ")) or tuple(found)


def _keys(dossier: Dossier) -> list[Key]:
    shared = (*dossier.clients, *dossier.job_codes, *dossier.carriers)
    facts = (each for field in FACTS.values() for each in getattr(dossier, field))
    return [*map(key_of, shared), *(key_of(each, dossier.contractor.id) for each in facts)]


def _cell(believed: ComplianceReport | None, now: ComplianceReport) -> HindsightOutcome:
    # Of a day for which nothing was on file, and nothing is required, nothing was missed.
    then_covered = now.verdict is Verdict.NOT_REQUIRED if believed is None else believed.verdict.is_compliant
    if now.verdict.is_compliant:
        return HindsightOutcome.COVERED if then_covered else HindsightOutcome.LATE_EVIDENCE
    return HindsightOutcome.LATE_DISCOVERY if then_covered else HindsightOutcome.NOT_COVERED
