"""Workers' compensation by state of work, and who of the people at work it covers (domain rules B6.3, B6.4, B6.11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial

import attrs

from contractor_compliance.domain.carrier import CarrierStatus
from contractor_compliance.domain.contractor import Person, PersonRole
from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.name_matching import match_person
from contractor_compliance.domain.names.name_match import NameMatch, best_match
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import ExcludedWorkerRule
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.leasing import reported_check
from contractor_compliance.evaluation.facts.dossier import evidence_fault
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.facts.resolved import UNSTATED, ResolvedFact, resolve_fact, strongest
from contractor_compliance.evaluation.rules.law import OwnerDefault
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["state_check", "worker_check"]

#: Standard wording: work under way in a 3.C state when the policy begins is covered if the insurer is notified in time.
_NOTICE = timedelta(days=30)


def state_check(
    policy: PolicyFacts, state: State, rule: EvidenceRule, context: CheckContext, *, presume_home: bool = False
) -> Check:
    """Does the policy cover work in the state?

    Args:
        policy: The policy.
        state: The state of work.
        rule: What evidence counts.
        context: The facts, work, day and law.
        presume_home: Whether the home state of the named insured is presumed to be in 3.A (domain rule B14.16).
    """
    aspect = f"state.{state.value}"
    monopolistic = context.law.is_monopolistic(state, context.work.industry, context.day)
    if monopolistic is not False:
        check = _fund_check(aspect, policy, state, rule, context)
        if monopolistic is None and check.outcome is Outcome.FAIL:
            check = attrs.evolve(check, outcome=Outcome.UNKNOWN)
        return check
    listed = resolve_fact(policy.states, "item_3a")
    in_3a = {state in value for value in listed.values}
    if in_3a == {True}:
        return context.proven(aspect, listed.support, rule, policy, state.value, "3.A")
    check = _beyond_3a(aspect, policy, state, in_3a, rule, context)
    is_silent = not in_3a and not resolve_fact(policy.states, "item_3c").values and not _has_illegible_list(policy)
    if presume_home and is_silent:
        return _presumed(aspect, policy, state, rule, context) or check
    return check


def _beyond_3a(
    aspect: str, policy: PolicyFacts, state: State, in_3a: set[bool], rule: EvidenceRule, context: CheckContext
) -> Check:
    """Does the policy cover work in a state that is not certainly in 3.A?

    Args:
        aspect: What is looked at, for the check.
        policy: The policy.
        state: The state of work.
        in_3a: What the best sources say of 3.A: whether it is there; nothing = no list, both = they contradict.
        rule: What evidence counts.
        context: The facts, work, day and law.
    """
    others = resolve_fact(policy.states, "item_3c")
    in_3c = {state in value for value in others.values}
    check = partial(Check, aspect=aspect, required=state.value, policy_id=policy.id)
    if True in in_3a or len(in_3c) == 2:
        return check(outcome=Outcome.UNKNOWN, reason=ReasonCode.FACTS_CONFLICT)
    if in_3c == {True}:
        if not in_3a:
            return check(outcome=Outcome.UNKNOWN, reason=ReasonCode.STATES_UNKNOWN, actual="3.C, 3.A unknown")
        return _other_states_check(aspect, policy, state, others, rule, context)
    if not in_3a or not in_3c:
        # Without both lists it is not known that the state is in neither.
        return check(outcome=Outcome.UNKNOWN, reason=ReasonCode.STATES_UNKNOWN)
    return check(outcome=Outcome.FAIL, reason=ReasonCode.STATE_NOT_COVERED, actual="neither 3.A nor 3.C")


def _presumed(
    aspect: str, policy: PolicyFacts, state: State, rule: EvidenceRule, context: CheckContext
) -> Check | None:
    """Presume that the state is in 3.A: where it is that of the named insured's mailing address, and none is listed."""
    resolved = ResolvedFact(
        *strongest(
            (insured.state, insured.evidence)
            for insured in policy.insured
            if insured.state is not None and policy.may_name_insured(insured)
        )
    )
    if resolved.value is not state:
        return None
    proven = context.proven(aspect, resolved.support, rule, policy, state.value, "mailing address")
    if proven.outcome is not Outcome.PASS:
        return proven
    return attrs.evolve(proven, outcome=Outcome.PASS_WITH_DEPENDENCY, reason=ReasonCode.PRESUMED_IN_3A)


def _has_illegible_list(policy: PolicyFacts) -> bool:
    """Return whether a source lists states that could not be read: they may leave the state out."""
    return any(Missing.UNREADABLE in (statement.item_3a, statement.item_3c) for statement in policy.states)


def _fund_check(aspect: str, policy: PolicyFacts, state: State, rule: EvidenceRule, context: CheckContext) -> Check:
    carrier = policy.carrier
    if carrier is None or isinstance(carrier.status, Missing):
        return Check(
            aspect=aspect,
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.CARRIER_UNKNOWN,
            required=f"{state.value} state fund",
            policy_id=policy.id,
        )
    if carrier.status is not CarrierStatus.STATE_FUND:
        outcome, reason = Outcome.FAIL, ReasonCode.STATE_FUND_REQUIRED
    elif carrier.fund_state is None:
        outcome, reason = Outcome.UNKNOWN, ReasonCode.CARRIER_UNKNOWN
    elif carrier.fund_state is not state:
        outcome, reason = Outcome.FAIL, ReasonCode.STATE_FUND_REQUIRED
    else:
        return context.proven(aspect, policy.insurer[1], rule, policy, f"{state.value} state fund", carrier.name)
    return Check(
        aspect=aspect,
        outcome=outcome,
        reason=reason,
        required=f"{state.value} state fund",
        actual=carrier.name,
        policy_id=policy.id,
    )


def _other_states_check(
    aspect: str, policy: PolicyFacts, state: State, others: ResolvedFact, rule: EvidenceRule, context: CheckContext
) -> Check:
    """3.C covers work that began there after the term did; work already going on needs notice (domain rule B6.3)."""
    effective = policy.effective
    if effective is None:
        return Check(
            aspect=aspect,
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.TERM_UNKNOWN,
            required=state.value,
            actual="3.C",
            policy_id=policy.id,
        )
    notices = _notices(policy, state)
    in_time = tuple(evidence for given_on, evidence in notices if (given_on - effective) <= _NOTICE)
    if in_time:
        notified = context.proven(aspect, in_time, rule, policy, state.value, "3.C, insurer notified")
        if notified.outcome is Outcome.PASS:
            return context.proven(aspect, others.support, rule, policy, state.value, notified.actual)
        if _working_there(state, effective, context) is not False:
            return notified
    working = _working_there(state, effective, context)
    if working is not False:
        where = "work there was" if working else "work in a state not stated was"
        return Check(
            aspect=aspect,
            outcome=Outcome.FAIL if working else Outcome.UNKNOWN,
            reason=ReasonCode.STATE_NOT_COVERED if working else ReasonCode.WORK_STATE_UNKNOWN,
            required=state.value,
            actual=f"3.C, but {where} going on when the policy began on {effective}",
            policy_id=policy.id,
        )
    proven = context.proven(aspect, others.support, rule, policy, state.value, "3.C")
    if proven.outcome is not Outcome.PASS or _notified(policy, state, rule, context):
        return proven
    return Check(
        aspect=aspect,
        outcome=Outcome.PASS_WITH_DEPENDENCY,
        reason=ReasonCode.NOTICE_TO_INSURER,
        required=state.value,
        actual="3.C",
        policy_id=policy.id,
    )


def _notices(policy: PolicyFacts, state: State) -> Iterator[tuple[date, Evidence]]:
    """Yield the day of each notice to the insurer of work in the state, and the evidence."""
    for statement in policy.states:
        for notice in statement.notices:
            if notice.state is state:
                yield notice.given_on, statement.evidence


def _notified(policy: PolicyFacts, state: State, rule: EvidenceRule, context: CheckContext) -> bool:
    """Return whether the insurer was notified of the work by the day, on evidence as good as is asked for."""
    notified = tuple(evidence for given_on, evidence in _notices(policy, state) if given_on <= context.day)
    return bool(notified) and evidence_fault(notified, rule, context.day, context.facts, policy) is None


def _working_there(state: State, day: date, context: CheckContext) -> bool | None:
    """Return whether the contractor worked in the state on the day, on whatever assignment; None = not known where."""
    result: bool | None = False
    for assignment in context.facts.dossier.assignments:
        if (
            assignment.cancelled_on is None
            and not assignment.on_hold
            and assignment.start <= day
            and (assignment.end is None or day <= assignment.end)
        ):
            states = context.facts.work_of(assignment).states
            if state in states:
                return True
            result = result if states else None
    return result


def worker_check(
    policy: PolicyFacts, state: State, switch: ExcludedWorkerRule, rule: EvidenceRule, context: CheckContext
) -> Check | None:
    """Does the policy cover the person who does the work? None where nothing puts it in doubt."""
    work = context.work
    names = _names_of(policy, work.worker)
    is_named = bool(names)
    reported = reported_check(policy, rule, context) if policy.is_leased else None
    # A person named in the policy is covered or left out as it says, on the roster or not.
    if reported is not None and not (is_named and reported.reason in (None, ReasonCode.WORKER_NOT_REPORTED)):
        return reported
    if work.worker_role is PersonRole.EMPLOYEE and not is_named:
        return None
    return _included_check(policy, names, state, switch, rule, context)


def _included_check(
    policy: PolicyFacts,
    names: list[_NamedPerson],
    state: State,
    switch: ExcludedWorkerRule,
    rule: EvidenceRule,
    context: CheckContext,
) -> Check | None:
    """Is the person who does the work left out by the policy, or included, by its word or by law?"""
    work = context.work
    excluded, support = _excluded(policy, names, context)
    if rule.documents:
        # The documents accepted prove the cover itself; who is left out of it may be stated elsewhere (B6.9).
        rule = attrs.evolve(rule, documents=frozenset())
    name = work.worker.name if work.worker else "the person who does the work"
    if excluded is True:
        outcome = {
            ExcludedWorkerRule.REJECT: Outcome.FAIL,
            ExcludedWorkerRule.FLAG: Outcome.UNKNOWN,
            ExcludedWorkerRule.ACCEPT: Outcome.PASS_WITH_DEPENDENCY,
        }[switch]
        return Check(
            aspect="worker",
            outcome=outcome,
            reason=ReasonCode.WORKER_EXCLUDED,
            required=name,
            actual="excluded",
            policy_id=policy.id,
        )
    if excluded is False:
        return context.proven("worker", support, rule, policy, name, "covered")
    if not support and work.worker_role is None:
        # Nothing says that an owner does the work: the policy's own people are its employees.
        return None
    if not support and _included_by_law(state, context):
        return Check(
            aspect="worker", outcome=Outcome.PASS, required=name, actual="included by law", policy_id=policy.id
        )
    return Check(
        aspect="worker",
        outcome=Outcome.UNKNOWN,
        reason=ReasonCode.WORKER_UNKNOWN,
        required=name,
        policy_id=policy.id,
    )


def _excluded(
    policy: PolicyFacts, names: list[_NamedPerson], context: CheckContext
) -> tuple[bool | None, tuple[Evidence, ...]]:
    """Return whether the policy excludes the worker (None = not known), and the evidence for it.

    A name that may be the worker's is read both ways; where the readings differ, it is not known (domain rule B14.1).
    """
    if not names:
        return _excluded_if(policy, context, UNSTATED)
    near = [(excluded, evidence) for match, excluded, evidence in names if match is NameMatch.REVIEW]
    result, support = _excluded_if(policy, context, _named(names))
    # Read as the worker's: each near name alone in its kind, and all of them.
    for kinds in ({True}, {False}, {True, False}) if near else ():
        read = [
            (NameMatch.MATCH if match is NameMatch.REVIEW and excluded in kinds else match, excluded, evidence)
            for match, excluded, evidence in names
        ]
        if _excluded_if(policy, context, _named(read))[0] is not result:
            return None, strongest(near)[1]
    return result, support


def _excluded_if(
    policy: PolicyFacts, context: CheckContext, named: ResolvedFact
) -> tuple[bool | None, tuple[Evidence, ...]]:
    work = context.work
    if named.values:
        if named.value is False and _is_answered_yes_since(policy, named.support):
            return (True if context.facts.sole_owner else None), named.support
        return named.value, named.support
    ghost = _if_any(policy)
    if True in ghost.values:
        sure = ghost.value is True and work.worker_role is PersonRole.OWNER
        return (True if sure else None), ghost.support
    any_excluded = _resolved(
        (exclusion.any_excluded, exclusion.evidence)
        for exclusion in policy.exclusions
        if not isinstance(exclusion.any_excluded, Missing)
    )
    if any_excluded.value is False:
        return False, any_excluded.support
    if any_excluded.value is True and work.worker_role is PersonRole.OWNER:
        return _excludes_owner(policy, any_excluded, context)
    return None, any_excluded.support


def _if_any(policy: PolicyFacts) -> ResolvedFact:
    """Return whether it is a ghost policy, issued with no payroll: it covers nobody who owns the contractor."""
    if not any(exclusion.if_any for exclusion in policy.exclusions):
        return UNSTATED
    return _resolved(
        (exclusion.if_any, exclusion.evidence)
        for exclusion in policy.exclusions
        if exclusion.if_any or exclusion.any_excluded is False
    )


def _excludes_owner(
    policy: PolicyFacts, any_excluded: ResolvedFact, context: CheckContext
) -> tuple[bool | None, tuple[Evidence, ...]]:
    """Return whether the owner who does the work is one of those left out (None = not known), and the evidence."""
    others = tuple(exclusion.evidence for exclusion in policy.exclusions if exclusion.excluded)
    if context.facts.sole_owner:
        # The name of a person who is not on file may be the owner's other name.
        return (None if others else True), any_excluded.support
    # Those excluded are named, and this owner is not among them: as well proven as their names are.
    if context.work.worker is not None and others:
        return False, others
    return None, any_excluded.support


_NamedPerson = tuple[NameMatch, bool, Evidence]


def _names_of(policy: PolicyFacts, worker: Person | None) -> list[_NamedPerson]:
    """Return each name that is or may be the worker's: how it compares, whether it is excluded, the evidence."""
    if worker is None:
        return []
    return [
        (match, excluded, exclusion.evidence)
        for exclusion in policy.exclusions
        for excluded, names in ((True, exclusion.excluded), (False, exclusion.included))
        for match in (best_match(match_person(name, worker) for name in names),)
        if match is not NameMatch.MISMATCH
    ]


def _named(names: list[_NamedPerson]) -> ResolvedFact:
    """Resolve what the statements say of this person by name: True = excluded, False = included."""
    stated = [(excluded, evidence) for match, excluded, evidence in names if match is NameMatch.MATCH]
    return _resolved(stated) if stated else UNSTATED


def _resolved(stated: Iterable[tuple[bool, Evidence]]) -> ResolvedFact:
    """Resolve statements of an exclusion (True = excluded): it counts from any level against every earlier denial."""
    statements = tuple(stated)
    last = max((evidence.observed_on for excluded, evidence in statements if excluded), default=date.min)
    return ResolvedFact(
        *strongest(
            (excluded, evidence) for excluded, evidence in statements if excluded or evidence.observed_on >= last
        )
    )


def _is_answered_yes_since(policy: PolicyFacts, included: tuple[Evidence, ...]) -> bool:
    """Return whether a later source says that some owner is excluded, and none says that it is another."""
    if any(exclusion.excluded for exclusion in policy.exclusions):
        return False
    last = max(evidence.observed_on for evidence in included)
    return any(
        exclusion.any_excluded is True and not exclusion.included and exclusion.evidence.observed_on > last
        for exclusion in policy.exclusions
    )


def _included_by_law(state: State, context: CheckContext) -> bool:
    row = context.law.owner_rule(state, context.facts.dossier.contractor.entity_type, context.day)
    return row is not None and row.default is OwnerDefault.INCLUDED
