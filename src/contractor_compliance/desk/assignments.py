"""Use cases of assignments, with the check before one is saved and the company's gate (M4)."""

from __future__ import annotations

from datetime import date

import attrs

from contractor_compliance.desk.access import check_access
from contractor_compliance.desk.context import RequestContext, judge_assignment
from contractor_compliance.desk.unit_of_work import UnitOfWork, check_reason
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import Assignment, AssignmentGate, Client, Dossier, JobCode, JobCodeStatus, PayRate
from contractor_compliance.errors import GateError, NotAllowedError, NotOnFileError
from contractor_compliance.results import AssignmentReport, Verdict
from contractor_compliance.storage import Key, Kind

__all__ = ["AssignmentUseCases", "Preview"]


@attrs.frozen
class Preview:
    """The check of an assignment before it is saved.

    Attributes:
        report: The report of the assignment on its first day: what binds, why, and what is missing.
        gate_decision: What `add_assignment` would do: `saved`, `saved_on_hold` or `refused`.
        flags: What is worth a second look.

    Example:
        >>> from contractor_compliance.testing import factories, sample_desk
        >>> preview = sample_desk().preview_assignment("contractor-1", factories.assignment(id="assignment-2"))
        >>> preview.gate_decision, preview.remedies
        ('saved', ())
    """

    report: AssignmentReport
    gate_decision: str
    flags: tuple[str, ...]

    @property
    def remedies(self) -> tuple[str, ...]:
        """The sentences that say what to ask the broker for."""
        return tuple(dict.fromkeys(finding.remedy for finding in self.report.findings if finding.remedy))


class AssignmentUseCases(UseCases):
    """Use cases of assignments: check, add, change, end and cancel."""

    def preview_assignment(self, contractor_id: str, assignment: Assignment) -> Preview:
        """Check an assignment on its first day as if it were saved, and save nothing.

        Args:
            contractor_id: The contractor.
            assignment: The assignment.

        Raises:
            AccessDeniedError: If the member may not add assignments.
            NotOnFileError: If there is no such contractor, client or job code.
            NotAllowedError: If the job code is not approved.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> preview = sample_desk().preview_assignment("contractor-1", factories.assignment(id="assignment-2"))
            >>> preview.report.verdict.value, preview.gate_decision
            ('compliant', 'saved')
        """
        context = self._enter("preview_assignment")
        unit = UnitOfWork(self._store, context.company, versions=dict(context.versions))
        report = self._check(unit, context, contractor_id, assignment)
        return Preview(report, _gate_decision(context, report), _flags(context, assignment))

    def add_assignment(
        self, contractor_id: str, assignment: Assignment, *, override_reason: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Add an assignment after its check; if the check does not pass, the company's gate decides.

        Args:
            contractor_id: The contractor.
            assignment: The assignment.
            override_reason: Save it whatever the check says, for this reason; needs the permission `override_gate`.
                The override is audited, and changes no verdict.
            key: Idempotency key.

        Returns:
            The result with the verdict of the first day, and the flags `on_hold`, `overridden` and
            `starts_before_entry`.

        Raises:
            AccessDeniedError: If the member may not, or may not override.
            NotOnFileError: If there is no such contractor, client or job code.
            NotAllowedError: If the id is taken, the job code is not approved, or the assignment is already cancelled.
            GateError: If the check does not pass and the company's gate blocks.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> result = sample_desk().add_assignment("contractor-1", factories.assignment(id="assignment-2"))
            >>> result.verdict, result.flags
            ('compliant', ('starts_before_entry',))
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            if any(other.id == assignment.id for other in unit.dossier(contractor_id).assignments):
                raise NotAllowedError(f"The contractor has an assignment {assignment.id!r} already.")
            _check_not_cancelled(assignment)
            report = self._check(unit, context, contractor_id, assignment)
            flags = list(_flags(context, assignment))
            match _gate_decision(context, report):
                case "saved":
                    pass
                case _ if override_reason is not None:
                    _override(unit, context, override_reason)
                    flags.append("overridden")
                case "saved_on_hold":
                    flags.append("on_hold")
                    unit.put(attrs.evolve(assignment, on_hold=True), contractor_id)
                case _:
                    raise GateError(assignment.id, report.verdict)
            unit.result |= {"flags": flags, "verdict": report.verdict.value}
            unit.detail["verdict"] = report.verdict.value
            return assignment.id

        request = (contractor_id, assignment, override_reason)
        return self._execute("add_assignment", key, request, decide)

    def release_assignment(
        self, contractor_id: str, assignment_id: str, *, override_reason: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Release an assignment that was saved on hold, once its check passes.

        Args:
            contractor_id: The contractor.
            assignment_id: The assignment.
            override_reason: As for `add_assignment`.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not, or may not override.
            NotOnFileError: If there is no such contractor or assignment.
            NotAllowedError: If the assignment is not on hold.
            GateError: If the check does not pass.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> desk = sample_desk()
            >>> held = desk.add_assignment("contractor-1", factories.assignment(id="assignment-2", on_hold=True))
            >>> desk.release_assignment("contractor-1", held.id).verdict
            'compliant'
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment_id)
            if not before.on_hold:
                raise NotAllowedError(f"Assignment {assignment_id!r} is not on hold.")
            released = attrs.evolve(before, on_hold=False)
            unit.put(released, contractor_id)
            report = judge_assignment(
                self._config, unit.dossier_after(contractor_id), context, assignment_id, context.next_day(released)
            )
            if not report.verdict.may_work:
                if override_reason is None:
                    raise GateError(assignment_id, report.verdict)
                _override(unit, context, override_reason)
            unit.result["verdict"] = report.verdict.value
            return assignment_id

        request = (contractor_id, assignment_id, override_reason)
        return self._execute("release_assignment", key, request, decide)

    def change_assignment(
        self, contractor_id: str, assignment: Assignment, *, override_reason: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Change the days, states, worker, contracts or payers of an assignment, but not its pay, job code or hold.

        If the assignment passes without the change and fails with it, the company's gate decides. The check is of
        today, or of the first day if that is later. Work that has begun cannot be put on hold, so a gate that holds
        refuses it.

        Args:
            contractor_id: The contractor.
            assignment: The assignment as it will be.
            override_reason: As for `add_assignment`.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not, or may not override.
            NotOnFileError: If there is no such contractor, assignment or client.
            NotAllowedError: If it would change the pay or the job code, release it or cancel it.
            GateError: If the gate refuses it.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().change_assignment("contractor-1", factories.assignment(title="Rigging aloft")).verdict
            'compliant'
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment.id)
            if (before.pay_rates, before.job_code_id) != (assignment.pay_rates, assignment.job_code_id):
                raise NotAllowedError("Change the pay with adjust_pay, and the job code with change_job_code.")
            if (before.on_hold, before.cancelled_on) != (assignment.on_hold, assignment.cancelled_on):
                # Otherwise the gate would be passed by: a release needs a check that passes, or an override.
                raise NotAllowedError("Release it with release_assignment, and cancel it with cancel_assignment.")
            _check_client(unit, assignment)
            self._change(unit, context, contractor_id, before, assignment, override_reason)
            return assignment.id

        request = (contractor_id, assignment, override_reason)
        return self._execute("change_assignment", key, request, decide)

    def change_job_code(
        self,
        contractor_id: str,
        assignment_id: str,
        job_code_id: str,
        *,
        override_reason: str | None = None,
        key: str | None = None,
    ) -> CommandResult:
        """Link an assignment to another job code; if that makes it fail, the gate decides as in `change_assignment`.

        Args:
            contractor_id: The contractor.
            assignment_id: The assignment.
            job_code_id: The job code, which must be approved.
            override_reason: As for `add_assignment`.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not, or may not override.
            NotOnFileError: If there is no such contractor, assignment or job code.
            NotAllowedError: If the job code is not approved.
            GateError: If the gate refuses it.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> desk = sample_desk()
            >>> job_code = desk.add_job_code(factories.job_code(id="RIG-2"))
            >>> desk.change_job_code("contractor-1", "assignment-1", job_code.id).verdict
            'compliant'
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment_id)
            _check_job_code(unit, job_code_id)
            after = attrs.evolve(before, job_code_id=job_code_id)
            self._change(unit, context, contractor_id, before, after, override_reason)
            return assignment_id

        request = (contractor_id, assignment_id, job_code_id, override_reason)
        return self._execute("change_job_code", key, request, decide)

    def adjust_pay(
        self, contractor_id: str, assignment_id: str, rate: PayRate, *, key: str | None = None
    ) -> CommandResult:
        """Change the pay of an assignment from a day on; earlier rates stay on record.

        Args:
            contractor_id: The contractor.
            assignment_id: The assignment.
            rate: The new rate, with the day from which it counts.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or assignment.
            NotAllowedError: If there is a rate from that day on, or from a later day on, already.

        Example:
            >>> from datetime import date
            >>> from contractor_compliance.domain import PayBasis, PayRate
            >>> from contractor_compliance.testing import sample_desk
            >>> rate = PayRate(effective=date(2026, 7, 1), cents=5_000, basis=PayBasis.HOUR)
            >>> sample_desk().adjust_pay("contractor-1", "assignment-1", rate).id
            'assignment-1'
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment_id)
            last = before.pay_rates[-1].effective if before.pay_rates else None
            if last is not None and rate.effective <= last:
                raise NotAllowedError(f"There is a rate from {last} on already; let the new one begin later.")
            unit.put(attrs.evolve(before, pay_rates=(*before.pay_rates, rate)), contractor_id)
            return assignment_id

        return self._execute("adjust_pay", key, (contractor_id, assignment_id, rate), decide)

    def end_assignment(
        self, contractor_id: str, assignment_id: str, last_day: date, *, key: str | None = None
    ) -> CommandResult:
        """Set the last worked day of an assignment.

        Args:
            contractor_id: The contractor.
            assignment_id: The assignment.
            last_day: The last worked day.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or assignment.
            NotAllowedError: If the day is before the first day (cancel the assignment instead), or if the assignment is
                cancelled.

        Example:
            >>> from datetime import date
            >>> from contractor_compliance.testing import sample_desk
            >>> sample_desk().end_assignment("contractor-1", "assignment-1", date(2026, 7, 31)).id
            'assignment-1'
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment_id)
            _check_not_cancelled(before)
            if last_day < before.start:
                raise NotAllowedError(f"It begins on {before.start}, after {last_day}: cancel it instead.")
            unit.put(attrs.evolve(before, end=last_day), contractor_id)
            return assignment_id

        return self._execute("end_assignment", key, (contractor_id, assignment_id, last_day), decide)

    def cancel_assignment(self, contractor_id: str, assignment_id: str, *, key: str | None = None) -> CommandResult:
        """Cancel an assignment that has not begun, or that is on hold.

        Args:
            contractor_id: The contractor.
            assignment_id: The assignment.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or assignment.
            NotAllowedError: If the assignment has begun (end it instead), or is cancelled already.

        Example:
            >>> from datetime import date
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> desk = sample_desk()
            >>> later = factories.assignment(id="assignment-2", start=date(2026, 8, 3), contracts=(), pay_rates=())
            >>> desk.cancel_assignment("contractor-1", desk.add_assignment("contractor-1", later).id).id
            'assignment-2'
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment_id)
            _check_not_cancelled(before)
            if before.start <= context.today and not before.on_hold:
                raise NotAllowedError(f"Assignment {assignment_id!r} began on {before.start}: end it instead.")
            unit.put(attrs.evolve(before, cancelled_on=min(context.today, before.start)), contractor_id)
            return assignment_id

        return self._execute("cancel_assignment", key, (contractor_id, assignment_id), decide)

    def _check(
        self, unit: UnitOfWork, context: RequestContext, contractor_id: str, assignment: Assignment
    ) -> AssignmentReport:
        unit.dossier(contractor_id)
        _check_client(unit, assignment)
        if assignment.job_code_id is not None:
            _check_job_code(unit, assignment.job_code_id)
        unit.put(assignment, contractor_id)
        return judge_assignment(
            self._config, unit.dossier_after(contractor_id), context, assignment.id, assignment.start
        )

    def _change(
        self,
        unit: UnitOfWork,
        context: RequestContext,
        contractor_id: str,
        before: Assignment,
        after: Assignment,
        override_reason: str | None,
    ) -> None:
        """Put a changed assignment; if it fails now and did not before, the gate decides."""
        dossier = unit.dossier(contractor_id)
        unit.put(after, contractor_id)
        if before.on_hold or before.cancelled_on is not None:
            return  # an assignment on hold is checked when it is released, and a cancelled one never
        report = judge_assignment(
            self._config, unit.dossier_after(contractor_id), context, after.id, context.next_day(after)
        )
        unit.result["verdict"] = unit.detail["verdict"] = report.verdict.value
        gate = context.company.settings.gate
        if gate is AssignmentGate.WARN or not _fails(report):
            return
        if _fails(judge_assignment(self._config, dossier, context, before.id, context.next_day(before))):
            return
        if override_reason is not None:
            _override(unit, context, override_reason)
            unit.result["flags"] = ["overridden"]
        elif gate is AssignmentGate.HOLD and after.start > context.today:
            unit.put(attrs.evolve(after, on_hold=True), contractor_id)
            unit.result["flags"] = ["on_hold"]
        else:
            raise GateError(after.id, report.verdict)


def _fails(report: AssignmentReport) -> bool:
    return report.verdict in (Verdict.NON_COMPLIANT, Verdict.UNDETERMINED)


def _check_not_cancelled(assignment: Assignment) -> None:
    if assignment.cancelled_on is not None:
        raise NotAllowedError(f"Assignment {assignment.id!r} was cancelled on {assignment.cancelled_on}; add another.")


def _check_client(unit: UnitOfWork, assignment: Assignment) -> None:
    if assignment.client_id is not None:
        unit.get(Client, Key(Kind.CLIENT, assignment.client_id))


def _check_job_code(unit: UnitOfWork, job_code_id: str) -> None:
    job_code = unit.get(JobCode, Key(Kind.JOB_CODE, job_code_id))
    if job_code.status is not JobCodeStatus.APPROVED:
        raise NotAllowedError(
            f"The job code {job_code_id!r} is {job_code.status.label}; only approved ones may be used."
        )


def _override(unit: UnitOfWork, context: RequestContext, reason: str) -> None:
    """Record an override of the gate in the audit entry."""
    check_access(context.member, context.roles, "override_gate")
    check_reason(reason, "An override needs a reason.")
    unit.detail["override"] = reason


def _assignment(unit: UnitOfWork, contractor_id: str, assignment_id: str) -> Assignment:
    dossier: Dossier = unit.dossier(contractor_id)
    for assignment in dossier.assignments:
        if assignment.id == assignment_id:
            return assignment
    raise NotOnFileError(f"Contractor {contractor_id!r} has no assignment {assignment_id!r}.")


def _gate_decision(context: RequestContext, report: AssignmentReport) -> str:
    if not _fails(report):
        return "saved"
    gates = {AssignmentGate.WARN: "saved", AssignmentGate.HOLD: "saved_on_hold", AssignmentGate.BLOCK: "refused"}
    return gates[context.company.settings.gate]


def _flags(context: RequestContext, assignment: Assignment) -> tuple[str, ...]:
    # Coverage is never retroactive: the days before the entry were not checked when they were worked.
    return ("starts_before_entry",) if assignment.start < context.today else ()
