"""Use cases of looking ahead and back: changes that are due, and the audit of a day (M8)."""

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
    """A contractor whose standing changes soon.

    Attributes:
        contractor_id: The contractor.
        name: Legal name.
        on: The day of the change.
        now: The standing of today.
        then: The standing from that day on.

    Example:
        >>> from datetime import timedelta
        >>> from contractor_compliance.testing import sample_desk
        >>> (change,) = sample_desk().due_changes(timedelta(days=365))
        >>> change.on, change.then.verdict.value, change.gets_worse
        (datetime.date(2026, 10, 1), 'not_required', False)
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
    """The outcome of a day as known then, compared with the outcome as known now (domain rule B9.2).

    A day on which nothing was required counts as covered.

    Example:
        >>> from contractor_compliance.desk import HindsightOutcome
        >>> HindsightOutcome("late_discovery").name
        'LATE_DISCOVERY'
    """

    COVERED = "covered"  # covered as known then, and as known now
    LATE_DISCOVERY = "late_discovery"  # covered as known then, not covered as known now
    LATE_EVIDENCE = "late_evidence"  # not covered as known then, covered as known now
    NOT_COVERED = "not_covered"  # not covered as known then, nor as known now


@attrs.frozen
class Revision:
    """A commit after a day that changed the verdict of that day.

    Attributes:
        at: The time of record.
        what: What was recorded: `policy 'gl-2026' of contractor 'c-1'`.
        before: Verdict of the day as known just before; None = nothing was on file then.
        after: Verdict of the day as known from then on.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import sample_desk
        >>> [revision.after.value for revision in sample_desk().audit_day("contractor-1", date(2026, 5, 4)).revisions]
        ['not_required', 'compliant']
    """

    at: datetime
    what: tuple[str, ...]
    before: Verdict | None
    after: Verdict


@attrs.frozen
class DayAudit:
    """The audit of one day: whether the contractor was covered, as known then and as known now.

    Attributes:
        day: The day.
        hindsight: Which of the four cases it is.
        as_known_then: The report as known at the end of the day; None = nothing was on file.
        as_known_now: The report as known now.
        revisions: What has changed the verdict since, oldest first.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import sample_desk
        >>> audit = sample_desk().audit_day("contractor-1", date(2026, 5, 4))
        >>> audit.as_known_then, audit.hindsight.value
        (None, 'late_evidence')
    """

    day: date
    hindsight: HindsightOutcome
    as_known_then: ComplianceReport | None
    as_known_now: ComplianceReport
    revisions: tuple[Revision, ...]


class AssuranceUseCases(UseCases):
    """Use cases of looking ahead and back."""

    def due_changes(self, within: timedelta) -> tuple[DueChange, ...]:
        """Return the contractors whose standing changes within a span of days from today, soonest first.

        Args:
            within: The span, of whole days.

        Raises:
            AccessDeniedError: If the member may not see contractors.

        Example:
            >>> from datetime import timedelta
            >>> from contractor_compliance.testing import sample_desk
            >>> [(change.contractor_id, str(change.on)) for change in sample_desk().due_changes(timedelta(days=365))]
            [('contractor-1', '2026-10-01')]
        """
        context = self._enter("due_changes")
        query = Query(
            on=context.today, changes_by=day_after(context.today, within.days - 1) or date.max, order=Order.NEXT_CHANGE
        )
        changes: list[DueChange] = []
        cursor = None
        while True:
            page = self._store.page(query, _PAGE, cursor)
            next_rows = self._next_rows(page.items, context)
            for item in page.items:
                if item.standing is not None and item.standing.end is not None:
                    then = next_rows.get((item.key.id, item.standing.end))
                    changes.append(DueChange(item.key.id, item.name, item.standing.end, item.standing, then))
            if (cursor := page.cursor) is None:
                return tuple(changes)

    def audit_day(self, contractor_id: str, day: date) -> DayAudit:
        """Report whether a contractor was covered on a day, as known at the end of that day and as known now.

        Each report uses the dossier and the rule book as known at its instant, and the requirements valid on the day.
        For a day to come, both reports are as known now.

        Args:
            contractor_id: The contractor.
            day: The day.

        Raises:
            AccessDeniedError: If the member may not see contractors.
            NotOnFileError: If there is no such contractor.

        Example:
            >>> from datetime import date
            >>> from contractor_compliance.testing import sample_desk
            >>> audit = sample_desk().audit_day("contractor-1", date(2026, 5, 4))
            >>> audit.hindsight.value, audit.as_known_now.verdict.value
            ('late_evidence', 'compliant')
        """
        context = self._enter("audit_day")
        head = self._store.head().recorded_at or context.now
        then = min(end_of_day(day, context.company.zone), head)
        histories = self._histories(contractor_id)
        instants = (then, *_instants_after(histories, then))
        reports = [(at, self._report_as_known(contractor_id, day, at, context)) for at in instants]
        as_known_then, as_known_now = reports[0][1], reports[-1][1]
        if as_known_now is None:
            raise NotOnFileError(f"There is no contractor {contractor_id!r} in this company.")
        revisions = [
            Revision(at, _changes_at(histories, at), before.verdict if before else None, after.verdict)
            for (_, before), (at, after) in pairwise(reports)
            if after is not None and (before is None or before.verdict is not after.verdict)
        ]
        outcome = _hindsight_outcome(as_known_then, as_known_now)
        return DayAudit(day, outcome, as_known_then, as_known_now, tuple(revisions))

    def _report_as_known(
        self, contractor_id: str, day: date, at: datetime, context: RequestContext
    ) -> ComplianceReport | None:
        (content,) = self._store.dossiers([contractor_id], at)
        (record,) = self._store.get([rulebook_key(context.company.id)], at)
        if content is None or record is None:
            return None
        book: RuleBook = record.value
        return evaluate(
            content.dossier, compiled_rulebook(book), as_of=day, custom=self._config.custom, law=self._config.law
        )

    def _histories(self, contractor_id: str) -> tuple[tuple[Record, ...], ...]:
        """Return every version of the contractor, of its facts, of what the facts name, and of the rule book."""
        keys: dict[Key, None] = {Key(Kind.CONTRACTOR, contractor_id): None, rulebook_key(self._store.company_id): None}
        (versions,) = self._store.history([Key(Kind.CONTRACTOR, contractor_id)])
        # A fact that was withdrawn is only in the dossiers of earlier versions; an insurer that came on file after the
        # last version is only in the dossier of today.
        for at in (*(version.recorded_at for version in versions), None):
            (record,) = self._store.dossiers([contractor_id], at)
            if record is not None and isinstance(record.content, Dossier):
                keys |= dict.fromkeys(_keys(record.content))
        return self._store.history(tuple(keys))

    def _next_rows(self, items: Iterable[PageItem], context: RequestContext) -> dict[tuple[str, date], StandingRow]:
        """Return the rows of the standings of the listed contractors, by contractor and first day."""
        compiled, config = compiled_rulebook(context.rulebook), self._config
        return {
            (row.contractor_id, row.start): row
            for record in self._store.dossiers([item.key.id for item in items])
            if record is not None
            for row in standing(record.dossier, compiled, custom=config.custom, law=config.law)
        }


def _instants_after(histories: Iterable[tuple[Record, ...]], after: datetime) -> list[datetime]:
    """Return the instants after a given one at which something was recorded or withdrawn."""
    records = [record for history in histories for record in history]
    instants = {record.recorded_at for record in records}
    instants |= {record.superseded_at for record in records if record.superseded_at is not None}
    return sorted(instant for instant in instants if instant > after)


def _changes_at(histories: Iterable[tuple[Record, ...]], at: datetime) -> tuple[str, ...]:
    """Return what was recorded or withdrawn at an instant; the contractor only if nothing else was."""
    changes = [str(record.key) for history in histories for record in history if record.recorded_at == at]
    changes += [f"{history[-1].key}, withdrawn" for history in histories if history and history[-1].superseded_at == at]
    return tuple(change for change in changes if not change.startswith("contractor ")) or tuple(changes)


def _keys(dossier: Dossier) -> list[Key]:
    shared = (*dossier.clients, *dossier.job_codes, *dossier.carriers)
    facts = (fact for field in FACTS.values() for fact in getattr(dossier, field))
    return [*map(key_of, shared), *(key_of(fact, dossier.contractor.id) for fact in facts)]


def _hindsight_outcome(then: ComplianceReport | None, now: ComplianceReport) -> HindsightOutcome:
    # If nothing was on file then, and nothing is required, nothing was missed.
    was_covered = now.verdict is Verdict.NOT_REQUIRED if then is None else then.verdict.may_work
    if now.verdict.may_work:
        return HindsightOutcome.COVERED if was_covered else HindsightOutcome.LATE_EVIDENCE
    return HindsightOutcome.LATE_DISCOVERY if was_covered else HindsightOutcome.NOT_COVERED
