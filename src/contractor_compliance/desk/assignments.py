"""The work of contractors, with the check before an assignment is saved, and the gate that it meets (M4)."""

from __future__ import annotations

from datetime import date

import attrs

from contractor_compliance.desk.context import RequestContext, judged
from contractor_compliance.desk.unit_of_work import UnitOfWork, check_reason
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import Assignment, AssignmentGate, Client, Dossier, JobCode, JobCodeStatus, PayRate
from contractor_compliance.errors import AccessDeniedError, GateError, NotAllowedError, NotOnFileError
from contractor_compliance.results import AssignmentReport, Verdict
from contractor_compliance.storage import Key, Kind

__all__ = ["AssignmentUseCases", "Preview"]


@attrs.frozen
class Preview:
    """What an assignment would come to, before it is saved.

    Attributes:
        report: The assignment judged on its first day: what binds, why, and what is missing.
        gate_decision: What `add_assignment` would do: `saved`, `saved_on_hold` or `refused`.
        flags: What is worth a second look.
    """

    report: AssignmentReport
    gate_decision: str
    flags: tuple[str, ...]

    @property
    def remedies(self) -> tuple[str, ...]:
        """What to ask the broker for."""
        return tuple(dict.fromkeys(each.remedy for each in self.report.findings if each.remedy))


class AssignmentUseCases(UseCases):
    """Use cases of assignments."""

    def preview_assignment(self, contractor_id: str, assignment: Assignment) -> Preview:
        """Judge an assignment on its first day as if it were saved, and save nothing.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor, client or job code.
            NotAllowedError: If the job code is not approved.
        """
        context = self._enter("add_assignment")
        unit = UnitOfWork(self._store, context.company, versions=dict(context.versions))
        report = self._check(unit, context, contractor_id, assignment)
        return Preview(report, _consequence(context, report), _flags(context, assignment))

    def add_assignment(
        self, contractor_id: str, assignment: Assignment, *, override_reason: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Add an assignment after its check; what does not pass meets the company's gate.

        Args:
            contractor_id: The contractor.
            assignment: The assignment.
            override_reason: Save it whatever the check says, for this reason; needs the permission `override_gate`.
                It is audited, and changes no verdict.
            key: Idempotency key.

        Returns:
            With the verdict of its first day, and the flags `on_hold`, `overridden` and `starts_before_entry`.

        Raises:
            AccessDeniedError: If the member may not, or may not override.
            NotOnFileError: If there is no such contractor, client or job code.
            NotAllowedError: If the id is taken, the job code is not approved, or it comes cancelled already.
            GateError: If the check does not pass and the company blocks.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            if any(each.id == assignment.id for each in unit.dossier(contractor_id).assignments):
                raise NotAllowedError(f"The contractor has an assignment {assignment.id!r} already.")
            _check_not_cancelled(assignment)
            report = self._check(unit, context, contractor_id, assignment)
            flags = list(_flags(context, assignment))
            match _consequence(context, report):
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
            unit.answer |= {"flags": flags, "verdict": report.verdict.value}
            unit.detail["verdict"] = report.verdict.value
            return assignment.id

        request = (contractor_id, assignment, override_reason)
        return self._execute("add_assignment", key, request, decide)

    def release_assignment(
        self, contractor_id: str, assignment_id: str, *, override_reason: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Release an assignment that was saved on hold, once its check passes.

        Raises:
            AccessDeniedError: If the member may not, or may not override.
            NotOnFileError: If there is no such contractor or assignment.
            NotAllowedError: If it is not on hold.
            GateError: If the check does not pass.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment_id)
            if not before.on_hold:
                raise NotAllowedError(f"Assignment {assignment_id!r} is not on hold.")
            released = attrs.evolve(before, on_hold=False)
            unit.put(released, contractor_id)
            report = judged(self._config, unit.after(contractor_id), context, assignment_id, context.next_day(released))
            if not report.verdict.is_compliant:
                if override_reason is None:
                    raise GateError(assignment_id, report.verdict)
                _override(unit, context, override_reason)
            unit.answer["verdict"] = report.verdict.value
            return assignment_id

        request = (contractor_id, assignment_id, override_reason)
        return self._execute("release_assignment", key, request, decide)

    def change_assignment(
        self, contractor_id: str, assignment: Assignment, *, override_reason: str | None = None, key: str | None = None
    ) -> CommandResult:
        """Change an assignment: its days, states, worker, contracts, who pays; not pay, job code or hold.

        A change that makes an assignment fail which passes today, or on its first day if that is to come, meets the
        company's gate. Work that has begun cannot be held any more, so there a gate that holds refuses.

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
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment.id)
            if (before.pay_rates, before.job_code_id) != (assignment.pay_rates, assignment.job_code_id):
                raise NotAllowedError("Pay is changed with adjust_pay, the job code with change_job_code.")
            if (before.on_hold, before.cancelled_on) != (assignment.on_hold, assignment.cancelled_on):
                # Else the gate would not be asked: releasing needs a check that passes, or an override.
                raise NotAllowedError("It is released with release_assignment, and cancelled with cancel_assignment.")
            _check_client(unit, assignment)
            self._change(unit, context, contractor_id, before, assignment, override_reason)
            return assignment.id

        request = (contractor_id, assignment, override_reason)
        return self._execute("change_assignment", key, request, decide)

    def change_job_code(
        self,
        contractor_id: str,
        assignment_id: str,
        code: str,
        *,
        override_reason: str | None = None,
        key: str | None = None,
    ) -> CommandResult:
        """Link an assignment to another job code; what that makes fail meets the gate, as in `change_assignment`.

        Args:
            contractor_id: The contractor.
            assignment_id: The assignment.
            code: The job code, which must be approved.
            override_reason: As for `add_assignment`.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not, or may not override.
            NotOnFileError: If there is no such contractor, assignment or job code.
            NotAllowedError: If the job code is not approved.
            GateError: If the gate refuses it.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment_id)
            _check_job_code(unit, code)
            self._change(unit, context, contractor_id, before, attrs.evolve(before, job_code_id=code), override_reason)
            return assignment_id

        request = (contractor_id, assignment_id, code, override_reason)
        return self._execute("change_job_code", key, request, decide)

    def adjust_pay(
        self, contractor_id: str, assignment_id: str, rate: PayRate, *, key: str | None = None
    ) -> CommandResult:
        """Change the pay of an assignment from a day on; what was paid before stays on record.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or assignment.
            NotAllowedError: If a rate from that day on, or from a later one, is there already.
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = _assignment(unit, contractor_id, assignment_id)
            last = before.pay_rates[-1].effective if before.pay_rates else None
            if last is not None and rate.effective <= last:
                raise NotAllowedError(f"There is a rate from {last} on; a new one begins later.")
            unit.put(attrs.evolve(before, pay_rates=(*before.pay_rates, rate)), contractor_id)
            return assignment_id

        return self._execute("adjust_pay", key, (contractor_id, assignment_id, rate), decide)

    def end_assignment(
        self, contractor_id: str, assignment_id: str, last_day: date, *, key: str | None = None
    ) -> CommandResult:
        """Set the last worked day of an assignment.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or assignment.
            NotAllowedError: If that is before its first day: cancel it instead; or if it is cancelled.
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
        """Cancel an assignment that has not begun; what is on hold has not.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or assignment.
            NotAllowedError: If it has begun: end it instead; or if it is cancelled.
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
        return judged(self._config, unit.after(contractor_id), context, assignment.id, assignment.start)

    def _change(
        self,
        unit: UnitOfWork,
        context: RequestContext,
        contractor_id: str,
        before: Assignment,
        after: Assignment,
        override_reason: str | None,
    ) -> None:
        """Put a changed assignment; if it fails now and did not before, it meets the gate."""
        dossier = unit.dossier(contractor_id)
        unit.put(after, contractor_id)
        if before.on_hold or before.cancelled_on is not None:
            return  # it is checked when it is released, or never
        report = judged(self._config, unit.after(contractor_id), context, after.id, context.next_day(after))
        unit.answer["verdict"] = unit.detail["verdict"] = report.verdict.value
        gate = context.company.settings.gate
        if gate is AssignmentGate.WARN or not _fails(report):
            return
        if _fails(judged(self._config, dossier, context, before.id, context.next_day(before))):
            return
        if override_reason is not None:
            _override(unit, context, override_reason)
            unit.answer["flags"] = ["overridden"]
        elif gate is AssignmentGate.HOLD and after.start > context.today:
            unit.put(attrs.evolve(after, on_hold=True), contractor_id)
            unit.answer["flags"] = ["on_hold"]
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


def _check_job_code(unit: UnitOfWork, code: str) -> None:
    found = unit.get(JobCode, Key(Kind.JOB_CODE, code))
    if found.status is not JobCodeStatus.APPROVED:
        raise NotAllowedError(f"The job code {code!r} is {found.status.value}; only approved ones may be used.")


def _override(unit: UnitOfWork, context: RequestContext, reason: str) -> None:
    """Note an exception in the audit."""
    if not context.may("override_gate"):
        raise AccessDeniedError("You may not override gate in this company.")
    check_reason(reason, "An override needs a reason.")
    unit.detail["override"] = reason


def _assignment(unit: UnitOfWork, contractor_id: str, assignment_id: str) -> Assignment:
    dossier: Dossier = unit.dossier(contractor_id)
    for each in dossier.assignments:
        if each.id == assignment_id:
            return each
    raise NotOnFileError(f"Contractor {contractor_id!r} has no assignment {assignment_id!r}.")


def _consequence(context: RequestContext, report: AssignmentReport) -> str:
    if not _fails(report):
        return "saved"
    gates = {AssignmentGate.WARN: "saved", AssignmentGate.HOLD: "saved_on_hold", AssignmentGate.BLOCK: "refused"}
    return gates[context.company.settings.gate]


def _flags(context: RequestContext, assignment: Assignment) -> tuple[str, ...]:
    # Cover is never retroactive: days before the entry were not checked when they were worked.
    return ("starts_before_entry",) if assignment.start < context.today else ()
