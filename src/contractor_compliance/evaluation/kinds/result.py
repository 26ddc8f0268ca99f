"""The result of one requirement, or of one candidate for it, and how results are rolled up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

import attrs

from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = [
    "RequirementResult",
    "best_of",
    "earliest_change",
    "or_presumed",
    "put_in_doubt",
    "result_of",
    "unique",
    "worst_of",
]

_T = TypeVar("_T")


@attrs.define
class RequirementResult:
    """The result of one requirement on one day, or of one candidate policy for it.

    Attributes:
        outcome: The worst of its checks.
        checks: What was compared; of a group only what is open about all of its members.
        policies: Ids of the policies and exemptions used.
        depends_on: Layers, or Item 3.C, that a pass with dependency depends on.
        late: Ids of policies that had already expired when they arrived: a waiver for missing cover outlives them.
        next_change: Earliest day on which a host's own check may change its answer.
        members: Answers of the members of an `AnyOf` or `AllOf`.
        alternatives: Whether one of the members is enough.
    """

    outcome: Outcome
    checks: tuple[Check, ...] = ()
    policies: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    late: frozenset[str] = frozenset()
    next_change: date | None = None
    members: tuple[RequirementResult, ...] = ()
    alternatives: bool = False

    @property
    def blocking(self) -> tuple[Check, ...]:
        """The checks that fail or are unknown and stand in the way: those that a waiver must be allowed to excuse."""
        of_members = (
            check
            for member in self.members
            if member.outcome is self.outcome or not self.alternatives
            for check in member.blocking
        )
        return (*(check for check in self.checks if check.outcome in (Outcome.FAIL, Outcome.UNKNOWN)), *of_members)

    @property
    def reasons(self) -> tuple[ReasonCode, ...]:
        """Reasons of the checks that are not a plain pass, worst outcome first."""
        if self.members:
            return self._reasons_of_members()
        if self.outcome is Outcome.PASS:
            return ()
        flawed = [check for check in self.checks if check.reason is not None]
        if len(flawed) > 1:
            flawed.sort(key=lambda check: check.outcome.rank)
        return unique(check.reason for check in flawed if check.reason is not None)

    def _reasons_of_members(self) -> tuple[ReasonCode, ...]:
        """Return what is open about all members, then the reasons of those whose answer the roll-up took."""
        of_all = (check.reason for check in self.checks if check.reason is not None)
        deciding = (member for member in self.members if member.outcome is self.outcome)
        return unique((*of_all, *(reason for member in deciding for reason in member.reasons)))


def result_of(
    checks: Iterable[Check], policies: tuple[str, ...] = (), depends_on: tuple[str, ...] = ()
) -> RequirementResult:
    """Roll checks up: the worst counts, and not applicable drops out."""
    compared = tuple(checks)
    worst = Outcome.NOT_APPLICABLE
    for check in compared:
        if check.outcome.rank < worst.rank:
            worst = check.outcome
    return RequirementResult(worst, compared, policies, depends_on)


def best_of(results: list[RequirementResult]) -> RequirementResult:
    """Return the best answer; among equals one that found something, then the fewest faults, then the first."""
    if len(results) == 1:
        return results[0]
    return max(
        enumerate(results),
        key=lambda item: (
            item[1].outcome.rank,
            bool(item[1].policies),
            -sum(check.outcome in (Outcome.FAIL, Outcome.UNKNOWN) for check in item[1].checks),
            -item[0],
        ),
    )[1]


def worst_of(results: list[RequirementResult]) -> RequirementResult:
    """Join answers that must all hold: the worst outcome, every check, every policy."""
    if len(results) == 1:
        return results[0]
    joined = result_of(check for result in results for check in result.checks)
    joined.policies = unique(policy for result in results for policy in result.policies)
    joined.depends_on = unique(name for result in results for name in result.depends_on)
    joined.late = frozenset().union(*(result.late for result in results))
    return joined


def or_presumed(by_facts: RequirementResult, presume: Callable[[], RequirementResult]) -> RequirementResult:
    """Return a result, or where it leaves the answer open the pass that a presumption gives, if it does.

    Only what is open may be presumed: neither a pass nor a failure changes (domain rule B14.16).

    Args:
        by_facts: The result without any presumption.
        presume: Judges once more, with the presumption.
    """
    if by_facts.outcome is not Outcome.UNKNOWN:
        return by_facts
    presumed = presume()
    return presumed if presumed.outcome is Outcome.PASS_WITH_DEPENDENCY else by_facts


def earliest_change(results: Iterable[RequirementResult]) -> date | None:
    """Return the first day on which a host's own check may change one of the results."""
    return min((result.next_change for result in results if result.next_change is not None), default=None)


def put_in_doubt(result: RequirementResult, doubt: Check, policies: tuple[str, ...] = ()) -> RequirementResult:
    """Return a result that holds under one reading of the facts only: unknown, for the reason that `doubt` gives.

    What fails under that reading is unknown too; it still has to be excused by a waiver.

    Args:
        result: The result under the worse reading.
        doubt: The unknown check that says what the readings differ in.
        policies: Ids of further policies that the other reading uses.
    """
    opened = _opened(result)
    return attrs.evolve(
        opened,
        outcome=Outcome.UNKNOWN,
        checks=(doubt, *opened.checks),
        policies=unique((*result.policies, *policies)),
        depends_on=(),
    )


def _opened(result: RequirementResult) -> RequirementResult:
    """Return a result in which what fails is unknown, members included."""
    return attrs.evolve(
        result,
        outcome=Outcome.UNKNOWN if result.outcome is Outcome.FAIL else result.outcome,
        checks=tuple(
            attrs.evolve(check, outcome=Outcome.UNKNOWN) if check.outcome is Outcome.FAIL else check
            for check in result.checks
        ),
        members=tuple(map(_opened, result.members)),
    )


def unique(items: Iterable[_T]) -> tuple[_T, ...]:
    """Return each item once, in the order in which they came."""
    return tuple(dict.fromkeys(items))
