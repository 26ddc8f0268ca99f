"""A check that the host supplies by name."""

from __future__ import annotations

from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import (
    Custom,
)
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.kinds.kind import (
    RequirementKind,
)
from contractor_compliance.evaluation.kinds.result import RequirementResult, result_of
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["CUSTOM"]


def _judge(requirement: Custom, context: CheckContext) -> RequirementResult:
    function = context.custom.get(requirement.name)
    if function is None:
        check = Check(
            aspect="custom",
            outcome=Outcome.UNKNOWN,
            reason=ReasonCode.CUSTOM_CHECK_ABSENT,
            required=requirement.title or requirement.name,
        )
        return result_of((check,))
    answer = function(context.facts.dossier, context.work.assignment, context.day)
    is_met = answer.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)
    result = result_of(
        (
            Check(
                aspect="custom",
                outcome=answer.outcome,
                reason=None if is_met else ReasonCode.CUSTOM,
                required=answer.required,
                actual=answer.actual,
            ),
        )
    )
    result.next_change = answer.next_change
    return result


def _sentence(requirement: Custom) -> str:
    return requirement.title or requirement.name


#: A check that the host supplies; it asks for no cover.
CUSTOM = RequirementKind(judge=_judge, sentence=_sentence, presence=None)
