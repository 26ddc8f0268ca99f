"""The contractor list, and everything of one contractor on one screen (M2, M4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum

import attrs

from contractor_compliance.desk.context import RequestContext, compiled_rulebook, reported
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.desk.use_cases import UseCases
from contractor_compliance.display import chip, fragment, html_table, tag
from contractor_compliance.domain import (
    ApplicationStep,
    Assignment,
    AssignmentStatus,
    Dossier,
    Enrollment,
    EnrollmentState,
    JobCode,
    State,
    day_after,
    format_cents,
)
from contractor_compliance.errors import NotOnFileError
from contractor_compliance.evaluation import CompiledRuleBook
from contractor_compliance.explanation import explain
from contractor_compliance.explanation.words import INSURANCE_TONES, VERDICT_TONES, VERDICTS
from contractor_compliance.results import ComplianceReport, InsuranceStatus, StandingRow, Verdict
from contractor_compliance.storage import Kind, Order, PageItem, Query

__all__ = ["Job", "Profile", "Roster", "RosterEntry", "RosterUseCases"]


@attrs.frozen
class Job:
    """A job of a contractor on a day.

    Attributes:
        assignment_id: The assignment.
        title: What it is called: its own title, else that of its job code.
        description: The job code's description.
        client_id: The client.
        work_states: Codes of the states of work.
    """

    assignment_id: str
    title: str | None
    description: str | None
    client_id: str | None
    work_states: tuple[str, ...]


@attrs.frozen
class RosterEntry:
    """One line of the roster.

    Attributes:
        contractor_id: The contractor.
        name: Legal name.
        opt_in: State of the enrollment that moved last; not invited if there is none.
        step: The page of the application that it has reached.
        jobs: The jobs of the day.
        required: What the day's jobs require, in words.
        verdict: Verdict of the day; None if no standing is stored.
        insurance_status: Presence of cover on the day.
        worst: The worst finding, in words; empty if nothing is wrong.
        next_change: The day on which the answer changes; None = never, as far as is known.
    """

    contractor_id: str
    name: str
    opt_in: EnrollmentState
    step: ApplicationStep | None
    jobs: tuple[Job, ...]
    required: tuple[str, ...]
    verdict: Verdict | None
    insurance_status: InsuranceStatus | None
    worst: str
    next_change: date | None


@attrs.frozen
class Roster:
    """A page of the roster.

    Attributes:
        day: The day that it is about.
        entries: The contractors of the page.
        cursor: Gives the next page; None = this was the last.
    """

    day: date
    entries: tuple[RosterEntry, ...]
    cursor: str | None

    def _repr_html_(self) -> str:
        return self.html()

    def html(self) -> str:
        """Return the page as a piece of HTML: every text in it is escaped."""
        head = ("Contractor", "Opt-in", "Jobs", "Required", "Insurance", "Verdict", "Worst finding", "Next change")
        rows = [
            (
                each.name,
                _words(each.opt_in),
                ", ".join(job.title or job.assignment_id for job in each.jobs),
                ", ".join(each.required),
                *_chips(each),
                each.worst,
                each.next_change or "",
            )
            for each in self.entries
        ]
        return fragment(html_table(head, rows, caption=f"Contractors on {self.day}"), label="Contractors")


@attrs.frozen
class Profile:
    """Everything of one contractor on one screen. Its tax id is masked.

    Attributes:
        day: The day that it is about.
        dossier: What is on file.
        report: What follows from it on the day.
    """

    day: date
    dossier: Dossier
    report: ComplianceReport

    def _repr_html_(self) -> str:
        return self.html()

    def html(self) -> str:
        """Return the profile as a piece of HTML: every text in it is escaped, and the tax id is masked."""
        dossier, contractor = self.dossier, self.dossier.contractor
        facts = [
            ("Id", contractor.id),
            ("Legal form", _words(contractor.entity_type)),
            ("Tax id", str(contractor.tax_id) if contractor.tax_id else "not on file"),
            ("Home state", contractor.home_state.value if contractor.home_state else "not on file"),
            ("E-mail", contractor.email or "not on file"),
            ("Opt-in", _words(_latest(dossier.enrollments)[0])),
        ]
        work = [
            (
                each.title or each.job_code_id or each.id,
                _words(each.status_on(self.day)),
                each.start,
                each.end or "open",
                ", ".join(sorted(state.value for state in each.work_states)),
                _pay(each, self.day),
            )
            for each in dossier.assignments
        ]
        waivers = [(each.id, _words(each.state), each.reason, each.effective, each.expires) for each in dossier.waivers]
        parts: list[object] = [
            tag("h2", contractor.legal_name),
            html_table(("", ""), facts),
            html_table(("Job", "Status", "First day", "Last day", "States", "Pay"), work, caption="Assignments"),
        ]
        if waivers:
            parts.append(html_table(("Waiver", "State", "Reason", "From", "Until"), waivers, caption="Waivers"))
        return fragment(*parts, label=contractor.legal_name) + explain(self.report, as_="html")


class RosterUseCases(UseCases):
    """Use cases of looking at contractors."""

    def roster(  # noqa: PLR0913  # one for each filter of the list
        self,
        *,
        day: date | None = None,
        work_states: Iterable[State] = (),
        home_states: Iterable[State] = (),
        job_code_ids: Iterable[str] = (),
        clients: Iterable[str] = (),
        insurance_status: Iterable[InsuranceStatus] = (),
        verdict: Iterable[Verdict] = (),
        opt_in: Iterable[EnrollmentState] = (),
        expiring_within: int | None = None,
        text: str | None = None,
        order: Order = Order.NAME,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Roster:
        """Return a page of contractors as they stand on a day, by stored standings: never stale, and by index.

        Args:
            day: The day; none given, today in the company's zone.
            work_states: Only those with a job in one of these states.
            home_states: Only those who live or have their seat in one of these states.
            job_code_ids: Only those with an assignment of one of these job codes.
            clients: Only those with a job for one of these clients.
            insurance_status: Only those whose cover is so present.
            verdict: Only those with one of these verdicts.
            opt_in: Only those whose opt-in stands so.
            expiring_within: Only those whose answer changes within so many days.
            text: Only those with names that have words beginning so.
            order: By name, id, or next change.
            limit: So many at most.
            cursor: Where the page before ended.

        Raises:
            AccessDeniedError: If the member may not see contractors.
            CursorError: If the cursor is of another list.
        """
        context = self._enter("see_contractors")
        on = context.today if day is None else day
        query = Query(
            on=on,
            work_states=frozenset(work_states),
            home_states=frozenset(home_states),
            job_code_ids=frozenset(job_code_ids),
            client_ids=frozenset(clients),
            insurance=frozenset(insurance_status),
            verdicts=frozenset(verdict),
            opt_in=frozenset(opt_in),
            changes_by=None if expiring_within is None else day_after(on, expiring_within - 1) or date.max,
            text=text,
            order=order,
        )
        page = self._store.page(query, limit, cursor)
        return Roster(on, tuple(self._entries(page.items, context, on)), page.cursor)

    def facets(self, *, day: date | None = None) -> dict[str, dict[str, int]]:
        """Return how many contractors each value of a filter finds, of those that find some: by filter, by code.

        It counts once for each value, so it takes longer than a page.

        Raises:
            AccessDeniedError: If the member may not see contractors.
        """
        context = self._enter("see_contractors")
        on = context.today if day is None else day
        unit = UnitOfWork(self._store, context.company)
        job_codes, clients = (unit.ids_of(Query(kind=each)) for each in (Kind.JOB_CODE, Kind.CLIENT))
        queries = {
            "verdict": {each.value: Query(on=on, verdicts=frozenset({each})) for each in Verdict},
            "insurance_status": {each.value: Query(on=on, insurance=frozenset({each})) for each in InsuranceStatus},
            "opt_in": {each.value: Query(on=on, opt_in=frozenset({each})) for each in EnrollmentState},
            "home_state": {each.value: Query(on=on, home_states=frozenset({each})) for each in State},
            "work_state": {each.value: Query(on=on, work_states=frozenset({each})) for each in State},
            "job_code": {each: Query(on=on, job_code_ids=frozenset({each})) for each in job_codes},
            "client": {each: Query(on=on, client_ids=frozenset({each})) for each in clients},
        }
        facets: dict[str, dict[str, int]] = {name: {} for name in queries}
        for name, found in queries.items():
            for code, query in found.items():
                if count := self._store.count(query):
                    facets[name][code] = count
        return facets

    def profile(self, contractor_id: str, *, day: date | None = None) -> Profile:
        """Return everything of one contractor. The tax id is there for those who may see it, and masked when shown.

        Raises:
            AccessDeniedError: If the member may not see contractors.
            NotOnFileError: If there is no such contractor.
        """
        context = self._enter("see_contractors")
        on = context.today if day is None else day
        (record,) = self._store.dossiers([contractor_id])
        if record is None:
            raise NotOnFileError(f"There is no contractor {contractor_id!r} in this company.")
        # Judged with the tax ids, by which insured are matched: the answer is the same whoever asks, and tells none.
        report = reported(self._config, record.dossier, context, on)
        shown = record.dossier if context.may("see_tax_ids") else _without_tax_ids(record.dossier)
        return Profile(on, shown, report)

    def _entries(self, items: Iterable[PageItem], context: RequestContext, day: date) -> Iterator[RosterEntry]:
        listed = tuple(items)
        compiled = compiled_rulebook(context.rulebook)
        for item, record in zip(listed, self._store.dossiers([each.key.id for each in listed]), strict=True):
            if record is not None:
                yield _entry(item, record.dossier, compiled, day)


def _without_tax_ids(dossier: Dossier) -> Dossier:
    """Return a dossier in which no tax id is left, for those who may not see them."""
    contractor = attrs.evolve(dossier.contractor, tax_id=None)
    policies = tuple(
        attrs.evolve(each, insured=tuple(attrs.evolve(insured, tax_id=None) for insured in each.insured))
        for each in dossier.policies
    )
    return attrs.evolve(dossier, contractor=contractor, policies=policies)


def _entry(item: PageItem, dossier: Dossier, compiled: CompiledRuleBook, day: date) -> RosterEntry:
    active = [each for each in dossier.assignments if each.status_on(day) is AssignmentStatus.ACTIVE]
    bindings = [binding for each in active for binding in compiled.resolve(each, dossier.contractor.id, day).bindings]
    titles = {binding.requirement.id: binding.title for binding in bindings}
    opt_in, step = _latest(dossier.enrollments)
    standing = item.standing
    return RosterEntry(
        contractor_id=dossier.contractor.id,
        name=dossier.contractor.legal_name,
        opt_in=opt_in,
        step=step,
        jobs=tuple(_job(each, dossier.job_codes) for each in active),
        required=tuple(dict.fromkeys(binding.title for binding in bindings)),
        verdict=standing.verdict if standing else None,
        insurance_status=standing.insurance_status if standing else None,
        worst=_worst(standing, titles) if standing else "",
        next_change=standing.end if standing else None,
    )


def _chips(entry: RosterEntry) -> tuple[object, object]:
    """Return insurance status and verdict as a page shows them."""
    status, verdict = entry.insurance_status, entry.verdict
    return (
        "" if status is None else chip(INSURANCE_TONES[status], _words(status)),
        "" if verdict is None else chip(VERDICT_TONES[verdict], VERDICTS[verdict]),
    )


def _worst(standing: StandingRow, titles: dict[str, str]) -> str:
    if not standing.reasons or standing.worst_requirement is None:
        return ""
    title = titles.get(standing.worst_requirement, standing.worst_requirement)
    return f"{title}: {standing.reasons[0].value.replace('_', ' ')}"


def _job(assignment: Assignment, job_codes: Iterable[JobCode]) -> Job:
    code = next((each for each in job_codes if each.id == assignment.job_code_id), None)
    return Job(
        assignment_id=assignment.id,
        title=assignment.title or (code.title if code else None),
        description=code.description if code else None,
        client_id=assignment.client_id,
        work_states=tuple(sorted(each.value for each in assignment.work_states)),
    )


def _latest(enrollments: Iterable[Enrollment]) -> tuple[EnrollmentState, ApplicationStep | None]:
    moved = [each for each in enrollments if each.events]
    if not moved:
        return EnrollmentState.NOT_INVITED, None
    last = max(moved, key=lambda each: each.events[-1].at)
    return last.state, last.step


def _pay(assignment: Assignment, day: date) -> str:
    rate = assignment.pay_rate_on(day)
    return "" if rate is None else f"{format_cents(rate.cents)} per {rate.basis.value}"


def _words(code: Enum | None) -> str:
    return "" if code is None else str(code.value).replace("_", " ")
