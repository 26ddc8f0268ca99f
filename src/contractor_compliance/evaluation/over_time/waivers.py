"""Waivers and the results that they carry. A waiver changes no fact: the underlying outcome stays (rule B8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import attrs

from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements.groups import AnyOf, Requirement, RequirementGroup
from contractor_compliance.domain.waiver import Waiver, WaiverKind, WaiverState
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.resolved import evidence_of
from contractor_compliance.evaluation.kinds.result import RequirementResult
from contractor_compliance.evaluation.over_time.day_index import DayIndex
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["acting_waiver", "waiver_days", "waivers_by_day"]

Retest = Callable[[Requirement], RequirementResult]


def waivers_by_day(dossier: Dossier) -> DayIndex[Waiver]:
    """Return the waivers of a dossier by the days for which they were granted, in the order of their ids."""
    ordered = sorted(dossier.waivers, key=lambda waiver: waiver.id)
    return DayIndex((waiver.effective, waiver.expires, waiver) for waiver in ordered)


def acting_waiver(
    waivers: tuple[Waiver, ...],
    requirement: Requirement,
    result: RequirementResult,
    context: CheckContext,
    retest: Retest,
) -> Waiver | None:
    """Return the waiver that carries a failed or unknown requirement on the day, or None.

    Of several the first by id acts. A waiver over a pass is unused.

    Args:
        waivers: The waivers of the day, by id.
        requirement: The requirement.
        result: Its result by the facts.
        context: The facts, work, day and law.
        retest: Judges the requirement with other limits or evidence.
    """
    if result.outcome not in (Outcome.FAIL, Outcome.UNKNOWN):
        return None
    for waiver in waivers:
        if (
            _in_effect(waiver, context)
            and _in_scope(waiver, requirement, result, context)
            and _carries(waiver, requirement, result, retest)
        ):
            return waiver
    return None


def _in_effect(waiver: Waiver, context: CheckContext) -> bool:
    day = context.day
    granted = waiver.state is WaiverState.GRANTED or (
        waiver.state is WaiverState.REVOKED and waiver.revoked_on is not None and day < waiver.revoked_on
    )
    if not granted or not waiver.effective <= day < waiver.expires:
        return False
    if waiver.policy_id is not None:
        # It depends on that policy, so it ends with it.
        policy = context.facts.by_id.get(waiver.policy_id)
        if policy is None or day not in policy.in_force.certain:
            return False
    arrived = _arrived(waiver, context.facts.dossier)
    return arrived is None or day < arrived


def _arrived(waiver: Waiver, dossier: Dossier) -> date | None:
    """Return the first day since the waiver began on which its document was observed, and not refused in review."""
    if waiver.until_document is None:
        return None
    refused = {certificate.id for certificate in dossier.certificates if not certificate.status.supplies_facts}
    days = [
        evidence.observed_on
        for record in (dossier.contractor, *dossier.policies, *dossier.exemptions)
        for evidence in evidence_of(record)
        if evidence.document == waiver.until_document
        and evidence.observed_on >= waiver.effective
        and evidence.certificate_id not in refused
    ]
    return min(days, default=None)


def _in_scope(waiver: Waiver, requirement: Requirement, result: RequirementResult, context: CheckContext) -> bool:
    if waiver.assignment_id is not None and waiver.assignment_id != context.work.id:
        return False
    if waiver.certificate_id is not None and not _rests_on(waiver.certificate_id, result, context):
        return False
    if waiver.line is not None:
        return _speaks_of(waiver.line, requirement, result)
    if waiver.requirement_id == requirement.id:
        return True
    # Members may be reduced or satisfied by other evidence; only a whole requirement can be waived.
    return waiver.kind in (WaiverKind.REDUCE, WaiverKind.SUBSTITUTE) and any(
        member.id == waiver.requirement_id for member in requirement.walk()
    )


def _speaks_of(line: Line, requirement: Requirement, result: RequirementResult) -> bool:
    """Return whether a waiver of the line reaches all that stands in the way of this requirement."""
    if not isinstance(requirement, RequirementGroup):
        return requirement.subject_line == line
    members = zip(requirement.members, result.members, strict=True) if result.members else ()
    if isinstance(requirement, AnyOf):
        return any(_speaks_of(line, member, member_result) for member, member_result in members)
    return all(
        _speaks_of(line, member, member_result)
        for member, member_result in members
        if member_result.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
    )


def _rests_on(certificate_id: str, result: RequirementResult, context: CheckContext) -> bool:
    return any(
        evidence.certificate_id == certificate_id
        for policy in context.facts.policies
        if policy.id in result.policies
        for record in policy.records
        for evidence in evidence_of(record)
    )


def _carries(waiver: Waiver, requirement: Requirement, result: RequirementResult, retest: Retest) -> bool:
    if not _waivable(waiver, requirement, result):
        return False
    match waiver.kind:
        case WaiverKind.WAIVE | WaiverKind.CONDITIONAL:
            return True
        case WaiverKind.REDUCE | WaiverKind.SUBSTITUTE:
            return retest(_relaxed(requirement, waiver)).outcome.rank > Outcome.UNKNOWN.rank


def _waivable(waiver: Waiver, requirement: Requirement, result: RequirementResult) -> bool:
    allowed = requirement.waivable
    if waiver.reason_codes:
        allowed = allowed & waiver.reason_codes
    return all(check.reason in allowed or _still_missing(check, result, allowed) for check in result.blocking)


def _still_missing(check: Check, result: RequirementResult, allowed: frozenset[ReasonCode]) -> bool:
    """A waiver for missing cover survives the arrival of a policy that had already run out (domain rule B8.3)."""
    return (
        check.reason in (ReasonCode.EXPIRED, ReasonCode.CANCELLED)
        and check.policy_id in result.late
        and ReasonCode.MISSING in allowed
    )


def _relaxed(requirement: Requirement, waiver: Waiver) -> Requirement:
    """Return the requirement with the waiver's reduced limits or other evidence in the place of its own."""
    is_named = waiver.requirement_id == requirement.id or (
        waiver.line is not None and requirement.subject_line == waiver.line
    )
    if is_named:
        return requirement.relaxed(limits=waiver.reduced, evidence=waiver.evidence)
    if isinstance(requirement, RequirementGroup):
        return attrs.evolve(requirement, members=tuple(_relaxed(member, waiver) for member in requirement.members))
    return requirement


def waiver_days(dossier: Dossier) -> set[date]:
    """Return every day on which some waiver may begin or cease to act, apart from the policies that it depends on."""
    days: set[date] = set()
    for waiver in dossier.waivers:
        days |= {waiver.effective, waiver.expires}
        if waiver.revoked_on is not None:
            days.add(waiver.revoked_on)
        arrived = _arrived(waiver, dossier)
        if arrived is not None:
            days.add(arrived)
    return days
