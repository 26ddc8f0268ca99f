"""Any requirement on one day: its scope, its kind, its members. Waivers come after, in `over_time.waivers`."""

from __future__ import annotations

import attrs

from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements.groups import AnyOf, Requirement, RequirementGroup
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.kinds.kind import Examined, Presence, any_present
from contractor_compliance.evaluation.kinds.registry import EVALUATED_KINDS
from contractor_compliance.evaluation.kinds.result import (
    RequirementResult,
    earliest_change,
    put_in_doubt,
    result_of,
    worst_of,
)
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["ask", "asks_for_cover", "examined_by", "if_it_binds", "judge", "presence_of"]


def judge(requirement: Requirement, context: CheckContext) -> RequirementResult:
    """Return the result of one requirement on one day, by the facts alone."""
    scope = _scope(requirement, context)
    if scope is not None:
        return scope
    if isinstance(requirement, RequirementGroup):
        result = _roll_up(requirement, context)
    else:
        result = EVALUATED_KINDS[type(requirement)].judge(requirement, context)
    if requirement.entity_types and context.form_is_unstated(requirement):
        return if_it_binds(result, "the contractor's legal form")
    return result


def if_it_binds(result: RequirementResult, field: str) -> RequirementResult:
    """Return the result of a requirement that binds under some readings only: a pass, else unknown (B14.9).

    Args:
        result: The result if it binds.
        field: What is not stated and decides, in words.
    """
    if result.outcome.rank > Outcome.UNKNOWN.rank:
        return result
    doubt = Check(aspect="scope", outcome=Outcome.UNKNOWN, reason=ReasonCode.SCOPE_UNSTATED, required=field)
    return put_in_doubt(result, doubt)


def ask(requirement: Requirement) -> str:
    """Return what a requirement asks for, in words: `general liability with each occurrence $1,000,000`."""
    if isinstance(requirement, RequirementGroup):
        members = map(ask, requirement.members)
        return f"one of: {'; '.join(members)}" if isinstance(requirement, AnyOf) else "; and ".join(members)
    return EVALUATED_KINDS[type(requirement)].sentence(requirement)


def examined_by(requirement: Requirement) -> Examined:
    """Return what a requirement asks about; a group asks what its members ask."""
    if isinstance(requirement, RequirementGroup):
        return Examined().union(*map(examined_by, requirement.members))
    return EVALUATED_KINDS[type(requirement)].examines(requirement)


def asks_for_cover(requirement: Requirement) -> bool:
    """Return whether a requirement asks for insurance, or for a proof in its place."""
    if isinstance(requirement, RequirementGroup):
        return any(asks_for_cover(member) for member in requirement.members)
    return EVALUATED_KINDS[type(requirement)].presence is not None


def presence_of(requirement: Requirement, context: CheckContext) -> Presence:
    """Return whether there is cover of the kind that a requirement asks for, adequate or not."""
    if isinstance(requirement, RequirementGroup):
        presences = [presence_of(member, context) for member in requirement.members if asks_for_cover(member)]
        if isinstance(requirement, AnyOf):
            return any_present(presences)
        return False if False in presences else None if None in presences else True
    presence = EVALUATED_KINDS[type(requirement)].presence
    return True if presence is None else presence(requirement, context)


def _scope(requirement: Requirement, context: CheckContext) -> RequirementResult | None:
    """Answer not applicable outside the requirement's scope, unknown where the state of work decides it."""
    match context.applies(requirement):
        case True:
            return None
        case False:
            return result_of((Check(aspect="scope", outcome=Outcome.NOT_APPLICABLE),))
        case _:
            return result_of((Check(aspect="state", outcome=Outcome.UNKNOWN, reason=ReasonCode.WORK_STATE_UNKNOWN),))


def _roll_up(group: RequirementGroup, context: CheckContext) -> RequirementResult:
    """Join the results of the members: members outside their scope drop out, and of alternatives the best counts."""
    results = tuple(judge(member, context) for member in group.members)
    is_any = isinstance(group, AnyOf)
    rolled = RequirementResult(
        Outcome.NOT_APPLICABLE, next_change=earliest_change(results), members=results, alternatives=is_any
    )
    counted = [result for result in results if result.outcome is not Outcome.NOT_APPLICABLE]
    if not counted:
        return rolled
    deciding = _best(counted) if is_any else counted
    outcome = min(deciding, key=lambda result: result.outcome.rank).outcome
    # Of alternatives that will do, the first is used.
    joined = worst_of(deciding[:1] if is_any and outcome.rank > Outcome.UNKNOWN.rank else deciding)
    return attrs.evolve(
        rolled,
        outcome=outcome,
        policies=joined.policies,
        depends_on=joined.depends_on,
        late=frozenset().union(*(result.late for result in deciding)),
    )


def _best(results: list[RequirementResult]) -> list[RequirementResult]:
    """Return the results that have the best outcome."""
    best = max(result.outcome.rank for result in results)
    return [result for result in results if result.outcome.rank == best]
