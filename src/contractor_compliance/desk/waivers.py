"""Use cases of waivers: requested by one member, decided by another, for a reason and a time (domain rules B8)."""

from __future__ import annotations

from datetime import date

import attrs

from contractor_compliance.desk.context import RequestContext, compiled_rulebook
from contractor_compliance.desk.unit_of_work import UnitOfWork, check_reason
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import (
    Dossier,
    IntervalSet,
    Line,
    Missing,
    ReasonCode,
    Requirement,
    Waiver,
    WaiverKind,
    WaiverState,
)
from contractor_compliance.errors import NotAllowedError, NotOnFileError
from contractor_compliance.evaluation import evaluate
from contractor_compliance.evaluation.facts.resolved import evidence_of
from contractor_compliance.results import Finding, Outcome
from contractor_compliance.storage import Order, Query

__all__ = ["WaiverUseCases"]

_BATCH = 500


class WaiverUseCases(UseCases):
    """Use cases of waivers: request, grant, reject, revoke and list."""

    def request_waiver(self, contractor_id: str, waiver: Waiver, *, key: str | None = None) -> CommandResult:
        """Request a waiver; the member and the time of the request are set here, whatever the waiver says.

        Args:
            contractor_id: The contractor.
            waiver: The waiver, with a requirement or a line, a reason and an end.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor, or the rule book has no such requirement.
            NotAllowedError: If the requirement does not allow a waiver for these reasons, or the id is taken.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().request_waiver("contractor-1", factories.waiver("wc", id="waiver-2")).id
            'waiver-2'
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            dossier = unit.dossier(contractor_id)
            _check_new(dossier, waiver.id)
            requested = attrs.evolve(
                waiver,
                state=WaiverState.REQUESTED,
                requested_by=context.member.id,
                requested_at=context.now,
                decided_by=None,
                decided_at=None,
                revoked_on=None,
            )
            _check_waivable(context, requested)
            unit.put(requested, contractor_id)
            unit.detail["reason"] = requested.reason
            return requested.id

        return self._execute("request_waiver", key, (contractor_id, waiver), decide)

    def accept_certificate_failure(
        self,
        contractor_id: str,
        certificate_id: str,
        requirement_id: str,
        *,
        reason: str,
        expires: date,
        waiver_id: str | None = None,
        key: str | None = None,
    ) -> CommandResult:
        """Request a waiver of the requirement that a certificate fails.

        There is no other way to accept a failure. The waiver expires no later than the policies of the requirement's
        line about which the certificate states something.

        Args:
            contractor_id: The contractor.
            certificate_id: The certificate.
            requirement_id: The requirement that the certificate fails.
            reason: Why the failure is acceptable, for the audit.
            expires: The day on which the waiver ends.
            waiver_id: Id of the waiver; None = a new one.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor, certificate or requirement.
            NotAllowedError: If no reason is given, or the waiver would outlive the policy.

        Example:
            >>> from datetime import date
            >>> from contractor_compliance.testing import sample_desk
            >>> decision = {"reason": "The client insures the site.", "expires": date(2026, 12, 1), "waiver_id": "w-2"}
            >>> sample_desk().accept_certificate_failure("contractor-1", "certificate-1", "gl", **decision).id
            'w-2'
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            check_reason(reason, "Accepting a failure needs a reason.")
            dossier = unit.dossier(contractor_id)
            if all(certificate.id != certificate_id for certificate in dossier.certificates):
                raise NotOnFileError(f"There is no certificate {certificate_id!r} of this contractor.")
            waiver = Waiver(
                id=self._config.ids() if waiver_id is None else waiver_id,
                kind=WaiverKind.WAIVE,
                state=WaiverState.REQUESTED,
                reason=reason,
                requirement_id=requirement_id,
                certificate_id=certificate_id,
                effective=context.today,
                expires=expires,
                requested_by=context.member.id,
                requested_at=context.now,
            )
            _check_new(dossier, waiver.id)
            _check_waivable(context, waiver)
            ends = _policy_ends(dossier, certificate_id, _lines_of(context, requirement_id))
            if ends and expires > min(ends):
                raise NotAllowedError(f"The policy ends on {min(ends)}: the waiver cannot expire later, on {expires}.")
            unit.put(waiver, contractor_id)
            unit.detail["reason"] = reason
            return waiver.id

        request = (contractor_id, certificate_id, requirement_id, reason, expires, waiver_id)
        return self._execute("accept_certificate_failure", key, request, decide)

    def grant_waiver(self, contractor_id: str, waiver_id: str, *, key: str | None = None) -> CommandResult:
        """Grant a waiver that was requested, for the reasons that may be waived today.

        A waiver that was requested without reason codes is granted for those that the rule book lists as waivable
        now; where it reaches several requirements, for those that all of them list. A later rule book narrows this,
        but never widens it.

        Args:
            contractor_id: The contractor.
            waiver_id: The waiver.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or waiver.
            NotAllowedError: If the waiver was decided already or has expired, or if the member requested it and the
                company's settings ask for a separate approver, or if it names no reason and the requirements that it
                reaches have none in common.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.grant_waiver("contractor-1", "waiver-1")
            >>> [waiver.state.value for waiver in desk.profile("contractor-1").dossier.waivers]
            ['granted']
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            waiver = _requested(unit, contractor_id, waiver_id)
            if context.company.settings.separate_approver and waiver.requested_by == context.member.id:
                raise NotAllowedError("You requested this waiver: another member decides (company setting).")
            if waiver.expires <= context.today:
                raise NotAllowedError(f"The waiver expired on {waiver.expires}; request another one.")
            _check_waivable(context, waiver)
            granted = attrs.evolve(waiver, reason_codes=waiver.reason_codes or _waivable_today(context, waiver))
            unit.put(_decided(granted, context, WaiverState.GRANTED), contractor_id)
            return waiver_id

        return self._execute("grant_waiver", key, (contractor_id, waiver_id), decide)

    def reject_waiver(
        self, contractor_id: str, waiver_id: str, *, reason: str, key: str | None = None
    ) -> CommandResult:
        """Reject a waiver that was requested.

        Args:
            contractor_id: The contractor.
            waiver_id: The waiver.
            reason: Why, for the audit.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or waiver.
            NotAllowedError: If the waiver was decided already, or no reason is given.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.reject_waiver("contractor-1", "waiver-1", reason="The coverage can be bought.")
            >>> [waiver.state.value for waiver in desk.profile("contractor-1").dossier.waivers]
            ['rejected']
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            check_reason(reason, "A rejection needs a reason.")
            waiver = _requested(unit, contractor_id, waiver_id)
            unit.put(_decided(waiver, context, WaiverState.REJECTED), contractor_id)
            unit.detail["reason"] = reason
            return waiver_id

        return self._execute("reject_waiver", key, (contractor_id, waiver_id, reason), decide)

    def revoke_waiver(
        self, contractor_id: str, waiver_id: str, *, reason: str, key: str | None = None
    ) -> CommandResult:
        """Revoke a granted waiver from today on; the days before stay waived.

        Args:
            contractor_id: The contractor.
            waiver_id: The waiver.
            reason: Why, for the audit.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or waiver.
            NotAllowedError: If the waiver is not granted, or no reason is given.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> granted = desk.grant_waiver("contractor-1", "waiver-1")
            >>> desk.revoke_waiver("contractor-1", granted.id, reason="The client's program ended.").id
            'waiver-1'
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            check_reason(reason, "A revocation needs a reason.")
            waiver = _waiver(unit, contractor_id, waiver_id)
            if waiver.state is not WaiverState.GRANTED:
                raise NotAllowedError(f"The waiver is {waiver.state.label}; only granted ones can be revoked.")
            unit.put(_decided(waiver, context, WaiverState.REVOKED), contractor_id)
            unit.detail["reason"] = reason
            return waiver_id

        return self._execute("revoke_waiver", key, (contractor_id, waiver_id, reason), decide)

    def waived_but_failing(self) -> tuple[tuple[str, Finding], ...]:
        """Return the findings that would fail today without a waiver, each with its contractor's id, ordered by id.

        Raises:
            AccessDeniedError: If the member may not see contractors.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> sample_desk().waived_but_failing()  # the sample contractor passes without a waiver
            ()
        """
        context = self._enter("waived_but_failing")
        compiled = compiled_rulebook(context.rulebook)
        findings: list[tuple[str, Finding]] = []
        cursor = None
        while True:
            page = self._store.page(Query(order=Order.ID), _BATCH, cursor)
            for record in self._store.dossiers([item.key.id for item in page.items]):
                # Without a granted waiver nothing is waived, and most contractors have none.
                if record is None or not any(waiver.state is WaiverState.GRANTED for waiver in record.dossier.waivers):
                    continue
                report = evaluate(
                    record.dossier,
                    compiled,
                    as_of=context.today,
                    window=False,
                    custom=self._config.custom,
                    law=self._config.law,
                )
                findings += [
                    (record.contractor_id, finding)
                    for finding in report.all_findings()
                    if finding.waiver_id is not None and finding.underlying is Outcome.FAIL
                ]
            if (cursor := page.cursor) is None:
                return tuple(findings)


def _waiver(unit: UnitOfWork, contractor_id: str, waiver_id: str) -> Waiver:
    for waiver in unit.dossier(contractor_id).waivers:
        if waiver.id == waiver_id:
            return waiver
    raise NotOnFileError(f"There is no waiver {waiver_id!r} of this contractor.")


def _requested(unit: UnitOfWork, contractor_id: str, waiver_id: str) -> Waiver:
    waiver = _waiver(unit, contractor_id, waiver_id)
    if waiver.state is not WaiverState.REQUESTED:
        raise NotAllowedError(f"The waiver is {waiver.state.label}; only a requested one can be decided.")
    return waiver


def _decided(waiver: Waiver, context: RequestContext, state: WaiverState) -> Waiver:
    if context.now < waiver.requested_at:
        raise NotAllowedError(f"The clock is earlier than the request, at {waiver.requested_at}.")
    revoked_on = context.today if state is WaiverState.REVOKED else None
    return attrs.evolve(
        waiver, state=state, decided_by=context.member.id, decided_at=context.now, revoked_on=revoked_on
    )


def _check_new(dossier: Dossier, waiver_id: str) -> None:
    if any(waiver.id == waiver_id for waiver in dossier.waivers):
        raise NotAllowedError(f"The contractor has a waiver {waiver_id!r} already.")


def _check_waivable(context: RequestContext, waiver: Waiver) -> None:
    """Refuse a waiver that would never act: of a requirement that is not in the rule book, or cannot be waived."""
    name = repr(waiver.requirement_id) if waiver.line is None else str(waiver.line.label)
    requirements = _requirements(context)
    matching = [requirement for requirement in requirements if _may_act_on(waiver, requirement)]
    if not matching:
        if any(member.id == waiver.requirement_id for requirement in requirements for member in requirement.walk()):
            raise NotAllowedError(f"{name} is a member of another requirement; waive that requirement as a whole.")
        raise NotOnFileError(f"There is no requirement {name} in the company's rule book.")
    allowed: frozenset[ReasonCode] = frozenset().union(*(requirement.waivable for requirement in matching))
    beyond = sorted(reason.label for reason in waiver.reason_codes - allowed)
    if beyond or not allowed:
        reasons = f" for these reasons: {', '.join(beyond)}" if beyond else ""
        raise NotAllowedError(f"The requirement {name} cannot be waived{reasons}.")


def _waivable_today(context: RequestContext, waiver: Waiver) -> frozenset[ReasonCode]:
    """Return the reasons that all requirements list which the waiver may act on while it lasts."""
    days = IntervalSet.of(waiver.effective, waiver.expires)
    lists = {
        requirement.waivable
        for group in context.rulebook.sets
        for requirement in group.requirements
        if requirement.waivable
        and _may_act_on(waiver, requirement)
        and days & group.days & IntervalSet.of(requirement.effective, requirement.until)
    }
    codes: frozenset[ReasonCode] = frozenset.intersection(*lists) if lists else frozenset()
    if not codes:
        raise NotAllowedError(
            "The requirements that this waiver reaches have no waivable reason in common, or none on its days; "
            "request it for the reasons that are meant."
        )
    return codes


def _requirements(context: RequestContext) -> list[Requirement]:
    return [requirement for group in context.rulebook.sets for requirement in group.requirements]


def _may_act_on(waiver: Waiver, requirement: Requirement) -> bool:
    """Return whether a waiver may act on a requirement of a set; of its members only by reducing or substituting."""
    if waiver.line is not None:
        return any(member.subject_line == waiver.line for member in requirement.walk())
    parts = requirement.walk() if waiver.kind in (WaiverKind.REDUCE, WaiverKind.SUBSTITUTE) else (requirement,)
    return any(part.id == waiver.requirement_id for part in parts)


def _policy_ends(dossier: Dossier, certificate_id: str, lines: set[Line | None]) -> list[date]:
    """Return the days on which the policies of a certificate end: those of the lines, or all if none is of them."""
    stated = [
        policy
        for policy in dossier.policies
        if any(evidence.certificate_id == certificate_id for evidence in evidence_of(policy))
    ]
    policies = [policy for policy in stated if policy.line in lines] or stated
    return [term.expiration for policy in policies for term in policy.terms if not isinstance(term.expiration, Missing)]


def _lines_of(context: RequestContext, requirement_id: str) -> set[Line | None]:
    """Return the lines of a requirement and its members."""
    requirements = (requirement for requirement in _requirements(context) if requirement.id == requirement_id)
    return {member.subject_line for requirement in requirements for member in requirement.walk()}
