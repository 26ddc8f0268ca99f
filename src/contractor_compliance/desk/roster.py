"""Use cases of listing contractors, and of showing one contractor on one screen (M2, M4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import attrs

from contractor_compliance.desk.context import RequestContext, compiled_rulebook, report_on
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
    PayBasis,
    State,
    day_after,
    format_cents,
)
from contractor_compliance.errors import NotOnFileError
from contractor_compliance.evaluation import CompiledRuleBook
from contractor_compliance.explanation import explain
from contractor_compliance.explanation.words import INSURANCE_TONES, VERDICT_TONES
from contractor_compliance.results import ComplianceReport, InsuranceStatus, StandingRow, Verdict
from contractor_compliance.storage import Kind, Order, PageItem, Query

__all__ = ["Job", "Profile", "Roster", "RosterEntry", "RosterUseCases"]


@attrs.frozen
class Job:
    """A job of a contractor on a day.

    Attributes:
        assignment_id: The assignment.
        title: The title of the assignment, else that of its job code.
        description: The job code's description.
        client_id: The client.
        work_states: Codes of the states of work.

    Example:
        >>> from contractor_compliance.testing import sample_desk
        >>> [(job.assignment_id, job.title) for job in sample_desk().roster().entries[0].jobs]
        [('assignment-1', 'Rigging of stage equipment')]
    """

    assignment_id: str
    title: str | None
    description: str | None
    client_id: str | None
    work_states: tuple[str, ...]


@attrs.frozen
class RosterEntry:
    """One contractor in the roster.

    Attributes:
        contractor_id: The contractor.
        name: Legal name.
        opt_in: State of the enrollment that changed last; not invited if there is none.
        step: The page of the application that was reached.
        jobs: The jobs of the day.
        required: The titles of what the day's jobs require.
        verdict: Verdict of the day; None = no standing is stored.
        insurance_status: Presence of coverage on the day.
        worst: The worst finding, in words; empty = nothing is wrong.
        next_change: The day on which the standing changes; None = never, as far as is known.

    Example:
        >>> from contractor_compliance.testing import sample_desk
        >>> (entry,) = sample_desk().roster().entries
        >>> entry.name, entry.verdict.value, str(entry.next_change)
        ('Sample Rigging LLC', 'compliant', '2026-10-01')
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
    """One page of the roster, which a notebook shows as a table.

    Attributes:
        day: The day that the page is about.
        entries: The contractors of the page.
        cursor: The start of the next page; None = this is the last page.

    Example:
        >>> from contractor_compliance.testing import sample_desk
        >>> roster = sample_desk().roster()
        >>> len(roster.entries), roster.cursor
        (1, None)
    """

    day: date
    entries: tuple[RosterEntry, ...]
    cursor: str | None

    def _repr_html_(self) -> str:
        return self.html()

    def html(self) -> str:
        """Return the page as an HTML fragment in which every text is escaped."""
        head = ("Contractor", "Opt-in", "Jobs", "Required", "Insurance", "Verdict", "Worst finding", "Next change")
        rows = [
            (
                entry.name,
                entry.opt_in.label,
                ", ".join(job.title or job.assignment_id for job in entry.jobs),
                ", ".join(entry.required),
                *_chips(entry),
                entry.worst,
                entry.next_change or "",
            )
            for entry in self.entries
        ]
        return fragment(html_table(head, rows, caption=f"Contractors on {self.day}"), label="Contractors")


@attrs.frozen
class Profile:
    """Everything about one contractor on one screen, with the tax id masked.

    Attributes:
        day: The day that the profile is about.
        dossier: What is on file.
        report: The report of the day.

    Example:
        >>> from contractor_compliance.testing import sample_desk
        >>> profile = sample_desk().profile("contractor-1")
        >>> profile.dossier.contractor.legal_name, profile.report.verdict.value
        ('Sample Rigging LLC', 'compliant')
    """

    day: date
    dossier: Dossier
    report: ComplianceReport

    def _repr_html_(self) -> str:
        return self.html()

    def html(self) -> str:
        """Return the profile as an HTML fragment in which every text is escaped and the tax id is masked."""
        dossier, contractor = self.dossier, self.dossier.contractor
        facts = [
            ("Id", contractor.id),
            ("Legal form", contractor.entity_type.label),
            ("Tax id", str(contractor.tax_id) if contractor.tax_id else "not on file"),
            ("Home state", contractor.home_state.value if contractor.home_state else "not on file"),
            ("E-mail", contractor.email or "not on file"),
            ("Opt-in", _latest_opt_in(dossier.enrollments)[0].label),
        ]
        work = [
            (
                assignment.title or assignment.job_code_id or assignment.id,
                assignment.status_on(self.day).label,
                assignment.start,
                assignment.end or "open",
                ", ".join(sorted(state.value for state in assignment.work_states)),
                _pay(assignment, self.day),
            )
            for assignment in dossier.assignments
        ]
        waivers = [
            (waiver.id, waiver.state.label, waiver.reason, waiver.effective, waiver.expires)
            for waiver in dossier.waivers
        ]
        parts: list[object] = [
            tag("h2", contractor.legal_name),
            html_table(("", ""), facts),
            html_table(("Job", "Status", "First day", "Last day", "States", "Pay"), work, caption="Assignments"),
        ]
        if waivers:
            parts.append(html_table(("Waiver", "State", "Reason", "From", "Until"), waivers, caption="Waivers"))
        return fragment(*parts, label=contractor.legal_name) + explain(self.report, as_="html")


class RosterUseCases(UseCases):
    """Use cases of listing and showing contractors."""

    def roster(  # noqa: PLR0913  # one for each filter of the list
        self,
        *,
        day: date | None = None,
        work_states: Iterable[State] = (),
        home_states: Iterable[State] = (),
        job_code_ids: Iterable[str] = (),
        client_ids: Iterable[str] = (),
        insurance_status: Iterable[InsuranceStatus] = (),
        verdict: Iterable[Verdict] = (),
        opt_in: Iterable[EnrollmentState] = (),
        expiring_within: int | None = None,
        text: str | None = None,
        order: Order = Order.NAME,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Roster:
        """Return a page of contractors with their standings on a day.

        The standings are stored with every commit that they depend on, so the list is never stale.

        Args:
            day: The day; None = today in the company's zone.
            work_states: Only contractors with a job in one of these states.
            home_states: Only contractors whose home or seat is in one of these states.
            job_code_ids: Only contractors with an assignment of one of these job codes.
            client_ids: Only contractors with a job for one of these clients.
            insurance_status: Only contractors with one of these insurance statuses.
            verdict: Only contractors with one of these verdicts.
            opt_in: Only contractors with one of these states of the opt-in.
            expiring_within: Only contractors whose standing changes within this number of days.
            text: Only contractors whose name has words that begin with these words.
            order: By name, id, or next change.
            limit: The most contractors on the page.
            cursor: The cursor of the page before; None = the first page.

        Raises:
            AccessDeniedError: If the member may not see contractors.
            CursorError: If the cursor is of another list.

        Example:
            >>> from contractor_compliance.domain import State
            >>> from contractor_compliance.testing import sample_desk
            >>> roster = sample_desk().roster(work_states=[State.AL], text="rigging")
            >>> [(entry.contractor_id, entry.verdict.value) for entry in roster.entries]
            [('contractor-1', 'compliant')]
        """
        context = self._enter("roster")
        on = context.today if day is None else day
        query = Query(
            on=on,
            work_states=frozenset(work_states),
            home_states=frozenset(home_states),
            job_code_ids=frozenset(job_code_ids),
            client_ids=frozenset(client_ids),
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
        """Return the number of contractors for each value of each filter of the roster, where there are any.

        The contractors are counted once for each value, so this takes longer than a page of the roster.

        Args:
            day: The day; None = today in the company's zone.

        Returns:
            Counts by the name of the filter, then by the code or id of the value.

        Raises:
            AccessDeniedError: If the member may not see contractors.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> facets = sample_desk().facets()
            >>> facets["verdict"], facets["work_state"]
            ({'compliant': 1}, {'AL': 1})
        """
        context = self._enter("facets")
        on = context.today if day is None else day
        unit = UnitOfWork(self._store, context.company)
        job_code_ids, client_ids = (unit.ids_of(Query(kind=kind)) for kind in (Kind.JOB_CODE, Kind.CLIENT))
        queries = {
            "verdict": {verdict.value: Query(on=on, verdicts=frozenset({verdict})) for verdict in Verdict},
            "insurance_status": {
                status.value: Query(on=on, insurance=frozenset({status})) for status in InsuranceStatus
            },
            "opt_in": {state.value: Query(on=on, opt_in=frozenset({state})) for state in EnrollmentState},
            "home_state": {state.value: Query(on=on, home_states=frozenset({state})) for state in State},
            "work_state": {state.value: Query(on=on, work_states=frozenset({state})) for state in State},
            "job_code": {id_: Query(on=on, job_code_ids=frozenset({id_})) for id_ in job_code_ids},
            "client": {id_: Query(on=on, client_ids=frozenset({id_})) for id_ in client_ids},
        }
        facets: dict[str, dict[str, int]] = {name: {} for name in queries}
        for name, by_code in queries.items():
            for code, query in by_code.items():
                if count := self._store.count(query):
                    facets[name][code] = count
        return facets

    def profile(self, contractor_id: str, *, day: date | None = None) -> Profile:
        """Return everything about one contractor: the dossier and the report of a day.

        The dossier has tax ids only for members who may see them, and they are masked when shown.

        Args:
            contractor_id: The contractor.
            day: The day; None = today in the company's zone.

        Raises:
            AccessDeniedError: If the member may not see contractors.
            NotOnFileError: If there is no such contractor.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> sample_desk().profile("contractor-1").report.verdict.value
            'compliant'
        """
        context = self._enter("profile")
        on = context.today if day is None else day
        (record,) = self._store.dossiers([contractor_id])
        if record is None:
            raise NotOnFileError(f"There is no contractor {contractor_id!r} in this company.")
        # Evaluated with the tax ids, by which insureds are matched: the report is the same for every member, and
        # shows none.
        report = report_on(self._config, record.dossier, context, on)
        dossier = record.dossier if context.may("see_tax_ids") else _without_tax_ids(record.dossier)
        return Profile(on, dossier, report)

    def _entries(self, items: Iterable[PageItem], context: RequestContext, day: date) -> Iterator[RosterEntry]:
        listed = tuple(items)
        compiled = compiled_rulebook(context.rulebook)
        for item, record in zip(listed, self._store.dossiers([item.key.id for item in listed]), strict=True):
            if record is not None:
                yield _entry(item, record.dossier, compiled, day)


def _without_tax_ids(dossier: Dossier) -> Dossier:
    """Return a dossier without any tax id, for members who may not see them."""
    contractor = attrs.evolve(dossier.contractor, tax_id=None)
    policies = tuple(
        attrs.evolve(policy, insured=tuple(attrs.evolve(insured, tax_id=None) for insured in policy.insured))
        for policy in dossier.policies
    )
    return attrs.evolve(dossier, contractor=contractor, policies=policies)


def _entry(item: PageItem, dossier: Dossier, compiled: CompiledRuleBook, day: date) -> RosterEntry:
    active = [assignment for assignment in dossier.assignments if assignment.status_on(day) is AssignmentStatus.ACTIVE]
    bindings = [
        binding
        for assignment in active
        for binding in compiled.resolve(assignment, dossier.contractor.id, day).bindings
    ]
    titles = {binding.requirement.id: binding.title for binding in bindings}
    opt_in, step = _latest_opt_in(dossier.enrollments)
    standing = item.standing
    return RosterEntry(
        contractor_id=dossier.contractor.id,
        name=dossier.contractor.legal_name,
        opt_in=opt_in,
        step=step,
        jobs=tuple(_job(assignment, dossier.job_codes) for assignment in active),
        required=tuple(dict.fromkeys(binding.title for binding in bindings)),
        verdict=standing.verdict if standing else None,
        insurance_status=standing.insurance_status if standing else None,
        worst=_worst(standing, titles) if standing else "",
        next_change=standing.end if standing else None,
    )


def _chips(entry: RosterEntry) -> tuple[object, object]:
    """Return the insurance status and the verdict as HTML chips."""
    status, verdict = entry.insurance_status, entry.verdict
    return (
        "" if status is None else chip(INSURANCE_TONES[status], status.label),
        "" if verdict is None else chip(VERDICT_TONES[verdict], verdict.label),
    )


def _worst(standing: StandingRow, titles: dict[str, str]) -> str:
    if not standing.reasons or standing.worst_requirement is None:
        return ""
    title = titles.get(standing.worst_requirement, standing.worst_requirement)
    return f"{title}: {standing.reasons[0].label}"


def _job(assignment: Assignment, job_codes: Iterable[JobCode]) -> Job:
    job_code = next((job_code for job_code in job_codes if job_code.id == assignment.job_code_id), None)
    return Job(
        assignment_id=assignment.id,
        title=assignment.title or (job_code.title if job_code else None),
        description=job_code.description if job_code else None,
        client_id=assignment.client_id,
        work_states=tuple(sorted(state.value for state in assignment.work_states)),
    )


def _latest_opt_in(enrollments: Iterable[Enrollment]) -> tuple[EnrollmentState, ApplicationStep | None]:
    begun = [enrollment for enrollment in enrollments if enrollment.events]
    if not begun:
        return EnrollmentState.NOT_INVITED, None
    last = max(begun, key=lambda enrollment: enrollment.events[-1].at)
    return last.state, last.step


def _pay(assignment: Assignment, day: date) -> str:
    rate = assignment.pay_rate_on(day)
    if rate is None:
        return ""
    basis = rate.basis.label if rate.basis is PayBasis.FLAT else f"per {rate.basis.label}"
    return f"{format_cents(rate.cents)} {basis}"
