"""Contractors and their opt-in (M4)."""

from __future__ import annotations

import attrs

from contractor_compliance.desk.context import RequestContext
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import (
    ApplicationStep,
    Contractor,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    Line,
    State,
)
from contractor_compliance.errors import NotAllowedError
from contractor_compliance.storage import Key, Kind, Query

__all__ = ["ContractorUseCases"]


class ContractorUseCases(UseCases):
    """Use cases of contractors."""

    def add_contractor(self, contractor: Contractor, *, key: str | None = None) -> CommandResult:
        """Add a contractor under the host's own id; the same one again is the same one, and nothing is merged.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If the id is another contractor's, or the e-mail is and the company does not allow that.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = unit.find(Contractor, Key(Kind.CONTRACTOR, contractor.id))
            if before is not None and before != contractor:
                raise NotAllowedError(
                    f"There is a contractor {contractor.id!r} with other facts; change it with update_contractor."
                )
            _check_email(unit, context, contractor, before)
            unit.put(contractor)
            return contractor.id

        return self._execute("add_contractor", key, (contractor,), decide)

    def update_contractor(self, contractor: Contractor, *, key: str | None = None) -> CommandResult:
        """Change a contractor. A tax id that the member may not see stays, unless another is given.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If it is not there.
            NotAllowedError: If the e-mail is another contractor's and the company does not allow that.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = unit.dossier(contractor.id).contractor
            _check_email(unit, context, contractor, before)
            # Who may not see the tax id was shown none, and gives none back.
            unseen = contractor.tax_id is None and not context.may("see_tax_ids")
            unit.put(attrs.evolve(contractor, tax_id=before.tax_id) if unseen else contractor)
            return contractor.id

        return self._execute("update_contractor", key, (contractor,), decide)

    def record_opt_in(
        self,
        contractor_id: str,
        state: EnrollmentState,
        *,
        step: ApplicationStep | None = None,
        note: str | None = None,
        lines: frozenset[Line] = frozenset(),
        work_state: State | None = None,
        enrollment_id: str = "program",
        key: str | None = None,
    ) -> CommandResult:
        """Record a step of a contractor's opt-in, now; the first one opens its enrollment.

        Lines and state of work that are given take the place of those before: an application names them, an
        invitation need not.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor.
            NotAllowedError: If the clock is before the step before.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            dossier = unit.dossier(contractor_id)
            before = next((each for each in dossier.enrollments if each.id == enrollment_id), None)
            enrollment = before or Enrollment(id=enrollment_id)
            if enrollment.events and context.now < enrollment.events[-1].at:
                raise NotAllowedError(f"The clock stands before the last step, at {enrollment.events[-1].at}.")
            event = EnrollmentEvent(at=context.now, state=state, step=step, note=note)
            moved = attrs.evolve(
                enrollment,
                lines=lines or enrollment.lines,
                work_state=work_state or enrollment.work_state,
                events=(*enrollment.events, event),
            )
            unit.put(moved, contractor_id)
            return contractor_id

        request = (contractor_id, state, step, note, lines, work_state, enrollment_id)
        return self._execute("record_opt_in", key, request, decide)


def _check_email(unit: UnitOfWork, context: RequestContext, contractor: Contractor, before: Contractor | None) -> None:
    """Refuse an e-mail address that another contractor has, or gets before this is recorded."""
    if contractor.email is None or context.company.settings.allow_shared_email:
        return
    if before is not None and before.email == contractor.email:
        return

    def check() -> None:
        others = [each for each in unit.ids_of(Query(email=contractor.email)) if each != contractor.id]
        if others:
            raise NotAllowedError(
                f"Contractor {others[0]!r} has this e-mail address; give another, or allow shared ones in the settings."
            )

    unit.checks.append(check)
