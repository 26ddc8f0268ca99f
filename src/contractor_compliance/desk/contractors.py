"""Use cases of contractors and their opt-in (M4)."""

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
    """Use cases of contractors and their opt-in."""

    def add_contractor(self, contractor: Contractor, *, key: str | None = None) -> CommandResult:
        """Add a contractor under the host's own id.

        Adding the same contractor again changes nothing, and two contractors are never merged.

        Args:
            contractor: The contractor.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If another contractor has the id, or has the e-mail address and the company does not allow
                that.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().add_contractor(factories.contractor(id="contractor-2")).id
            'contractor-2'
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
        """Replace what is on file of a contractor.

        A tax id that the member may not see stays, unless another is given.

        Args:
            contractor: The contractor as it will be.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor.
            NotAllowedError: If another contractor has the e-mail address and the company does not allow that.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.update_contractor(factories.contractor(trade_names=("Sample Aloft",)))
            >>> desk.profile("contractor-1").dossier.contractor.trade_names
            ('Sample Aloft',)
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = unit.dossier(contractor.id).contractor
            _check_email(unit, context, contractor, before)
            # A member who may not see the tax id received none, and passes none back.
            hidden = contractor.tax_id is None and not context.may("see_tax_ids")
            unit.put(attrs.evolve(contractor, tax_id=before.tax_id) if hidden else contractor)
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
        """Record a step of a contractor's opt-in, as of now; the first step opens the enrollment.

        Args:
            contractor_id: The contractor.
            state: The state of the enrollment from now on.
            step: The page of the application that was reached.
            note: A remark on the step.
            lines: The lines of insurance applied for; empty = as before.
            work_state: The state of work applied for; None = as before.
            enrollment_id: The enrollment.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor.
            NotAllowedError: If the clock is earlier than the last step.

        Example:
            >>> from contractor_compliance.domain import EnrollmentState
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.record_opt_in("contractor-1", EnrollmentState.INVITED)
            >>> [enrollment.state.value for enrollment in desk.profile("contractor-1").dossier.enrollments]
            ['invited']
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            dossier = unit.dossier(contractor_id)
            before = next((item for item in dossier.enrollments if item.id == enrollment_id), None)
            enrollment = before or Enrollment(id=enrollment_id)
            if enrollment.events and context.now < enrollment.events[-1].at:
                raise NotAllowedError(
                    f"The clock is earlier than the last step, which was at {enrollment.events[-1].at}."
                )
            event = EnrollmentEvent(at=context.now, state=state, step=step, note=note)
            updated = attrs.evolve(
                enrollment,
                lines=lines or enrollment.lines,
                work_state=work_state or enrollment.work_state,
                events=(*enrollment.events, event),
            )
            unit.put(updated, contractor_id)
            return contractor_id

        request = (contractor_id, state, step, note, lines, work_state, enrollment_id)
        return self._execute("record_opt_in", key, request, decide)


def _check_email(unit: UnitOfWork, context: RequestContext, contractor: Contractor, before: Contractor | None) -> None:
    """Refuse an e-mail address that another contractor has, or gets before the commit."""
    if contractor.email is None or context.company.settings.allow_shared_email:
        return
    if before is not None and before.email == contractor.email:
        return

    def check() -> None:
        others = [id_ for id_ in unit.ids_of(Query(email=contractor.email)) if id_ != contractor.id]
        if others:
            raise NotAllowedError(
                f"Contractor {others[0]!r} has this e-mail address; give another, or allow shared ones in the settings."
            )

    unit.checks.append(check)
