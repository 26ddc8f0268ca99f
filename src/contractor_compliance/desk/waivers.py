"""Waivers: asked for by one member, decided by another, for a reason and a time (domain rules B8)."""

from __future__ import annotations

from datetime import date

import attrs

from contractor_compliance.desk.context import RequestContext, compiled_rulebook
from contractor_compliance.desk.unit_of_work import UnitOfWork, check_reason
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import (
    Dossier,
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
from contractor_compliance.evaluation.rules.compiled import requirement_line, walk
from contractor_compliance.results import Finding, Outcome
from contractor_compliance.storage import Order, Query

__all__ = ["WaiverUseCases"]

_BATCH = 500


class WaiverUseCases(UseCases):
    """Use cases of waivers."""

    def request_waiver(self, contractor_id: str, waiver: Waiver, *, key: str | None = None) -> CommandResult:
        """Ask for a waiver. Who asks and when is set here, whatever the waiver says.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor, or the rule book has no such requirement.
            NotAllowedError: If it names reasons that the requirement does not let anybody waive, or its id is taken.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            dossier = unit.dossier(contractor_id)
            _check_new(dossier, waiver.id)
            asked = attrs.evolve(
                waiver,
                state=WaiverState.REQUESTED,
                requested_by=context.member.id,
                requested_at=context.now,
                decided_by=None,
                decided_at=None,
                revoked_on=None,
            )
            _check_waivable(context, asked)
            unit.put(asked, contractor_id)
            unit.detail["reason"] = asked.reason
            return asked.id

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
        """Ask that a requirement which a certificate fails be accepted: a waiver of just that, until it expires.

        There is no other way to accept a failure. It expires no later than the policies of the requirement's line that
        the certificate tells of.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor, certificate or requirement.
            NotAllowedError: If no reason is given, or it would outlive the policy.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            check_reason(reason, "Accepting a failure needs a reason.")
            dossier = unit.dossier(contractor_id)
            if all(each.id != certificate_id for each in dossier.certificates):
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
            ends = _ends(dossier, certificate_id, _lines(context, requirement_id))
            if ends and expires > min(ends):
                raise NotAllowedError(f"The policy ends on {min(ends)}: the waiver cannot expire later, on {expires}.")
            unit.put(waiver, contractor_id)
            unit.detail["reason"] = reason
            return waiver.id

        request = (contractor_id, certificate_id, requirement_id, reason, expires, waiver_id)
        return self._execute("accept_certificate_failure", key, request, decide)

    def grant_waiver(self, contractor_id: str, waiver_id: str, *, key: str | None = None) -> CommandResult:
        """Grant a waiver that was asked for.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or waiver.
            NotAllowedError: If it was decided or has expired, or the member asked himself and the company wants two.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            waiver = _requested(unit, contractor_id, waiver_id)
            if context.company.settings.separate_approver and waiver.requested_by == context.member.id:
                raise NotAllowedError("You asked for this waiver: another member decides (company setting).")
            if waiver.expires <= context.today:
                raise NotAllowedError(f"It expired on {waiver.expires}; ask for another.")
            _check_waivable(context, waiver)
            unit.put(_decided(waiver, context, WaiverState.GRANTED), contractor_id)
            return waiver_id

        return self._execute("grant_waiver", key, (contractor_id, waiver_id), decide)

    def reject_waiver(
        self, contractor_id: str, waiver_id: str, *, reason: str, key: str | None = None
    ) -> CommandResult:
        """Reject a waiver that was asked for.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or waiver.
            NotAllowedError: If it was decided, or no reason is given.
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
        """Revoke a granted waiver from today on; the days before keep it.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or waiver.
            NotAllowedError: If it is not granted, or no reason is given.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            check_reason(reason, "Revoking needs a reason.")
            waiver = _waiver(unit, contractor_id, waiver_id)
            if waiver.state is not WaiverState.GRANTED:
                raise NotAllowedError(f"The waiver is {waiver.state.value}; only granted ones are revoked.")
            unit.put(_decided(waiver, context, WaiverState.REVOKED), contractor_id)
            unit.detail["reason"] = reason
            return waiver_id

        return self._execute("revoke_waiver", key, (contractor_id, waiver_id, reason), decide)

    def waived_but_failing(self) -> tuple[tuple[str, Finding], ...]:
        """Return what would fail today but for a waiver: contractors by id, each with the finding.

        Raises:
            AccessDeniedError: If the member may not see contractors.
        """
        context = self._enter("see_contractors")
        compiled = compiled_rulebook(context.rulebook)
        found: list[tuple[str, Finding]] = []
        cursor = None
        while True:
            page = self._store.page(Query(order=Order.ID), _BATCH, cursor)
            for record in self._store.dossiers([each.key.id for each in page.items]):
                # Without a granted waiver nothing is waived, and most contractors have none.
                if record is None or not any(w.state is WaiverState.GRANTED for w in record.dossier.waivers):
                    continue
                report = evaluate(
                    record.dossier,
                    compiled,
                    as_of=context.today,
                    window=False,
                    custom=self._config.custom,
                    law=self._config.law,
                )
                found += [
                    (record.contractor_id, each)
                    for each in report.all_findings()
                    if each.waiver_id is not None and each.underlying is Outcome.FAIL
                ]
            if (cursor := page.cursor) is None:
                return tuple(found)


def _waiver(unit: UnitOfWork, contractor_id: str, waiver_id: str) -> Waiver:
    for each in unit.dossier(contractor_id).waivers:
        if each.id == waiver_id:
            return each
    raise NotOnFileError(f"There is no waiver {waiver_id!r} of this contractor.")


def _requested(unit: UnitOfWork, contractor_id: str, waiver_id: str) -> Waiver:
    waiver = _waiver(unit, contractor_id, waiver_id)
    if waiver.state is not WaiverState.REQUESTED:
        raise NotAllowedError(f"The waiver is {waiver.state.value}; only what was asked for is decided.")
    return waiver


def _decided(waiver: Waiver, context: RequestContext, state: WaiverState) -> Waiver:
    if context.now < waiver.requested_at:
        raise NotAllowedError(f"The clock stands before the request, at {waiver.requested_at}.")
    revoked_on = context.today if state is WaiverState.REVOKED else None
    return attrs.evolve(
        waiver, state=state, decided_by=context.member.id, decided_at=context.now, revoked_on=revoked_on
    )


def _check_new(dossier: Dossier, waiver_id: str) -> None:
    if any(each.id == waiver_id for each in dossier.waivers):
        raise NotAllowedError(f"The contractor has a waiver {waiver_id!r} already.")


def _check_waivable(context: RequestContext, waiver: Waiver) -> None:
    """Refuse a waiver of what the rule book does not know, or lets nobody waive: it would never act."""
    named = repr(waiver.requirement_id) if waiver.line is None else str(waiver.line.label)
    tops = [top for each in context.rulebook.sets for top in each.requirements]
    reached = [top for top in tops if _reaches(waiver, top)]
    if not reached:
        if any(member.id == waiver.requirement_id for top in tops for member in walk(top)):
            raise NotAllowedError(f"{named} is a member of another requirement; only that as a whole is waived.")
        raise NotOnFileError(f"There is no requirement {named} in the company's rule book.")
    allowed: frozenset[ReasonCode] = frozenset().union(*(each.waivable for each in reached))
    beyond = sorted(each.value for each in waiver.reason_codes - allowed)
    if beyond or not allowed:
        told = ", ".join(beyond) or "anything"
        raise NotAllowedError(f"The requirement {named} does not let anybody waive {told}.")


def _reaches(waiver: Waiver, top: Requirement) -> bool:
    """Whether a waiver may act on a requirement of a set; a member may only be reduced, or proven otherwise."""
    if waiver.line is not None:
        return any(requirement_line(member) == waiver.line for member in walk(top))
    parts = walk(top) if waiver.kind in (WaiverKind.REDUCE, WaiverKind.SUBSTITUTE) else (top,)
    return any(part.id == waiver.requirement_id for part in parts)


def _ends(dossier: Dossier, certificate_id: str, lines: set[Line | None]) -> list[date]:
    """Return the days on which the policies end that a certificate tells of; of these lines, if there are such."""
    told = [
        each
        for each in dossier.policies
        if any(evidence.certificate_id == certificate_id for evidence in evidence_of(each))
    ]
    concerned = [each for each in told if each.line in lines] or told
    return [term.expiration for each in concerned for term in each.terms if not isinstance(term.expiration, Missing)]


def _lines(context: RequestContext, requirement_id: str) -> set[Line | None]:
    """Return the lines that a requirement and its members speak of."""
    tops = (top for each in context.rulebook.sets for top in each.requirements if top.id == requirement_id)
    return {requirement_line(member) for top in tops for member in walk(top)}
