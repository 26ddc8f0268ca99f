"""Insurance status: is there cover at all, adequate or not, for each line that active work requires?"""

from __future__ import annotations

from datetime import date

from contractor_compliance.domain.assignment import Assignment, AssignmentStatus
from contractor_compliance.domain.certificate import ExemptionKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.requirement import (
    AllOf,
    AnyOf,
    CombinedLimitRequirement,
    CoverageRequirement,
    Custom,
    ExemptionRequirement,
    OccupationalAccidentRequirement,
    Requirement,
    UmbrellaRequirement,
)
from contractor_compliance.evaluation.checks.endorsements import is_stop_gap
from contractor_compliance.evaluation.facts.assignment import AssignmentContext
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.over_time.sweep import Sweep
from contractor_compliance.results.outcome import InsuranceStatus, Outcome

__all__ = ["insurance_status"]

#: Present, absent, not known; None = the requirement asks for no cover.
_Presence = bool | None


def insurance_status(sweep: Sweep, day: date) -> InsuranceStatus:
    """Return whether each line required on the day has a policy, or an accepted proof, in force."""
    presences: list[_Presence] = []
    for assignment in sweep.dossier.assignments:
        if assignment.status_on(day) is AssignmentStatus.ACTIVE:
            presences += _required(sweep, assignment, day)
    presences += _required(sweep, None, day)
    if not presences:
        return InsuranceStatus.NOT_REQUIRED
    if all(presence is True for presence in presences):
        return InsuranceStatus.INSURED
    if True in presences and False in presences:
        return InsuranceStatus.PARTLY_INSURED
    if None in presences:
        return InsuranceStatus.UNDETERMINED
    return InsuranceStatus.UNINSURED


def _required(sweep: Sweep, assignment: Assignment | None, day: date) -> list[_Presence]:
    return [
        _present(sweep, judgment.binding.requirement, assignment, day)
        for judgment in sweep.judged(assignment, day)
        if judgment.result.outcome is not Outcome.NOT_APPLICABLE and _asks_for_cover(judgment.binding.requirement)
    ]


def _asks_for_cover(requirement: Requirement) -> bool:
    if isinstance(requirement, AnyOf | AllOf):
        return any(_asks_for_cover(member) for member in requirement.members)
    return not isinstance(requirement, Custom)


def _present(sweep: Sweep, requirement: Requirement, assignment: Assignment | None, day: date) -> _Presence:
    match requirement:
        case CoverageRequirement() | CombinedLimitRequirement():
            if requirement.line == Line.EL:
                gaps = [policy for policy in sweep.facts.policies if is_stop_gap(policy)]
                present = _any(
                    [
                        _policy(sweep, (Line.WC, Line.EL), assignment, day),
                        _in_force(gaps, sweep.work(assignment), day),
                    ]
                )
            else:
                present = _policy(sweep, (requirement.line,), assignment, day)
            accepts = requirement.accepts if isinstance(requirement, CoverageRequirement) else frozenset()
            return _any([present, _exemption(sweep, accepts, assignment, day)]) if accepts else present
        case UmbrellaRequirement():
            return _policy(sweep, tuple(sorted(requirement.layers)), assignment, day)
        case ExemptionRequirement():
            return _exemption(sweep, requirement.kinds, assignment, day)
        case OccupationalAccidentRequirement():
            return _policy(sweep, (Line.OCCUPATIONAL_ACCIDENT,), assignment, day)
        case Custom():
            return True
        case AnyOf():
            return _any(
                [_present(sweep, member, assignment, day) for member in requirement.members if _asks_for_cover(member)]
            )
        case AllOf():
            members = [
                _present(sweep, member, assignment, day) for member in requirement.members if _asks_for_cover(member)
            ]
            return False if False in members else None if None in members else True


def _any(presences: list[_Presence]) -> _Presence:
    return True if True in presences else None if None in presences else False


def _policy(sweep: Sweep, lines: tuple[Line, ...], assignment: Assignment | None, day: date) -> _Presence:
    policies = [policy for line in lines for policy in sweep.facts.by_line.get(line, ())]
    return _in_force(policies, sweep.work(assignment), day)


def _in_force(policies: list[PolicyFacts], work: AssignmentContext, day: date) -> _Presence:
    present: _Presence = False
    for policy in policies:
        if policy.counts_for(work):
            if day in policy.in_force.certain:
                return True
            if day in policy.in_force.possible:
                present = None
    return present


def _exemption(sweep: Sweep, kinds: frozenset[ExemptionKind], assignment: Assignment | None, day: date) -> _Presence:
    states = sweep.work(assignment).states
    present: _Presence = False
    for exemption in sweep.facts.exemptions:
        if exemption.exemption.kind in kinds and exemption.exemption.state in states:
            if day in exemption.in_force.certain:
                return True
            if day in exemption.in_force.possible:
                present = None
    return present
