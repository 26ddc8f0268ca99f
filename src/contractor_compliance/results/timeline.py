"""The verdict as a step function of the day, and the standing: the same steps as rows to store."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import attrs

from contractor_compliance.display import render
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.results.outcome import InsuranceStatus, Verdict

__all__ = ["StandingRow", "Step", "Timeline"]


@attrs.frozen
class Step:
    """A run of days with one verdict and one insurance status.

    Attributes:
        start: First day.
        end: The day after the last; None = for ever.
        verdict: The contractor's verdict on each of the days.
        insurance_status: Presence of cover on each of the days.
        worst_requirement: Id of the requirement that decides the verdict; None where nothing is judged.
        reasons: Its reasons, worst first.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import timeline
        >>> from contractor_compliance.domain import Interval
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> steps = timeline(dossier(gl_policy()), rulebook(gl_requirement()), over=Interval(date(2026, 6, 1)))
        >>> [(step.start.isoformat(), step.verdict.label) for step in steps.steps]
        [('2026-06-01', 'compliant'), ('2026-10-01', 'not required')]
    """

    start: date
    end: date | None
    verdict: Verdict
    insurance_status: InsuranceStatus
    worst_requirement: str | None = None
    reasons: tuple[ReasonCode, ...] = ()


@attrs.frozen
class Timeline:
    """The verdict on one contractor over a range of days, as steps.

    Attributes:
        contractor_id: The contractor.
        steps: Runs of days without gap or overlap, in order of time.
        contractor_name: The contractor's legal name.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import timeline
        >>> from contractor_compliance.domain import Interval
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> steps = timeline(dossier(gl_policy()), rulebook(gl_requirement()), over=Interval(date(2026, 6, 1)))
        >>> steps.on(date(2026, 6, 15)).verdict.label, steps.next_change(date(2026, 6, 15)).isoformat()
        ('compliant', '2026-10-01')
    """

    contractor_id: str
    steps: tuple[Step, ...]
    contractor_name: str | None = None

    def on(self, day: date) -> Step:
        """Return the step that holds the day.

        Raises:
            KeyError: If the day lies outside the range that was asked for.
        """
        for step in self.steps:
            if step.start <= day and (step.end is None or day < step.end):
                return step
        raise KeyError(day)

    def next_change(self, day: date) -> date | None:
        """Return the first day after `day` on which the verdict changes, within the range."""
        for before, after in pairwise(self.steps):
            if after.start > day and after.verdict is not before.verdict:
                return after.start
        return None

    def _repr_html_(self) -> str:
        return render(self, as_="html")

    def _repr_markdown_(self) -> str:
        return render(self, as_="markdown")


@attrs.frozen
class StandingRow:
    """One row of a stored timeline: a listing picks the row that holds its day, so it is never stale.

    Attributes:
        contractor_id: The contractor.
        start: First day.
        end: The day after the last; None = for ever.
        verdict: Verdict on each of the days.
        insurance_status: Presence of cover on each of the days.
        worst_requirement: Id of the requirement that decides the verdict, if one does.
        reasons: Its reasons, worst first.
        rulebook_id: The rule book judged by.
        rulebook_version: Its version.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.evaluation import standing
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> rows = standing(dossier(gl_policy()), rulebook(gl_requirement()))
        >>> [row.verdict.label for row in rows if row.start <= date(2026, 6, 15) < (row.end or date.max)]
        ['compliant']
    """

    contractor_id: str
    start: date
    end: date | None
    verdict: Verdict
    insurance_status: InsuranceStatus
    worst_requirement: str | None
    reasons: tuple[ReasonCode, ...]
    rulebook_id: str
    rulebook_version: int
