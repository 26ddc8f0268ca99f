"""The input of a check: the facts, the assignment, the day, the law."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

import attrs

from contractor_compliance.domain.assignment import Assignment
from contractor_compliance.domain.contractor import EntityType
from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.requirements import CoverageRequirement, RequirementHeader
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.evaluation.facts.assignment import AssignmentContext
from contractor_compliance.evaluation.facts.dossier import DossierFacts, evidence_fault
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.rules.law import LawTables
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["CheckContext", "CustomAnswer", "CustomCheck", "CustomChecks"]


@attrs.frozen(kw_only=True)
class CustomAnswer:
    """The answer of a host's own check.

    Attributes:
        outcome: The answer on the day asked about.
        next_change: The day on which the answer may next differ; None = it never will.
        required: What was asked for, in words.
        actual: What was found, in words.

    Raises:
        InvalidValueError: If the outcome is waived: only a waiver on file waives.

    Example:
        >>> from contractor_compliance.results import Outcome
        >>> CustomAnswer(outcome=Outcome.FAIL, required="drug test", actual="none on file").outcome.value
        'fail'
    """

    outcome: Outcome
    next_change: date | None = None
    required: str | None = None
    actual: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.outcome is Outcome.WAIVED:
            fault = Fault("$.outcome", "waived", "is not for a check to say; put a waiver into the dossier")
            raise InvalidValueError("CustomAnswer", (fault,))


#: A host's own check: a pure function of the dossier, the assignment (None = the contractor alone) and the day.
CustomCheck = Callable[[Dossier, Assignment | None, date], CustomAnswer]
#: The host's own checks by the names that `Custom` requirements use.
CustomChecks = Mapping[str, CustomCheck]


@attrs.define(eq=False)
class CheckContext:
    """The facts, assignment, day and law that a check is given.

    Attributes:
        facts: The dossier made ready.
        work: The assignment, or the contractor alone.
        day: The day judged.
        law: Tables of law.
        lines: The coverage requirements that bind beside the one judged: they decide double use of layers.
        custom: The host's own checks, by name.
    """

    facts: DossierFacts
    work: AssignmentContext
    day: date
    law: LawTables
    lines: tuple[CoverageRequirement, ...] = ()
    custom: CustomChecks = MappingProxyType({})

    def applies(self, requirement: RequirementHeader) -> bool | None:
        """Return whether the requirement is for such work on the day; None where the state of work decides and is open.

        Its scope is its days, the states of work and the legal forms of contractors. A legal form that is not stated
        may be one of them: `form_is_unstated` tells.
        """
        if (requirement.effective is not None and self.day < requirement.effective) or (
            requirement.until is not None and requirement.until <= self.day
        ):
            return False
        forms = requirement.entity_types
        if forms and self._form not in forms and not self.form_is_unstated(requirement):
            return False
        if not requirement.states or self.work.states & requirement.states:
            return True
        return False if self.work.states else None

    @property
    def _form(self) -> EntityType:
        return self.facts.dossier.contractor.entity_type

    def form_is_unstated(self, requirement: RequirementHeader) -> bool:
        """Return whether the requirement is for certain legal forms, and that of the contractor is not stated (B14.9).

        `EntityType.OTHER` is what stands where nobody stated the form.
        """
        forms = requirement.entity_types
        return bool(forms) and self._form is EntityType.OTHER and EntityType.OTHER not in forms

    def proven(
        self,
        aspect: str,
        support: tuple[Evidence, ...],
        rule: EvidenceRule,
        policy: PolicyFacts,
        required: str | int | None = None,
        actual: str | int | None = None,
    ) -> Check:
        """Return a pass if the evidence is good enough, else an unknown that says what is wrong with it."""
        fault = evidence_fault(support, rule, self.day, self.facts, policy)
        if fault is None:
            return Check(aspect=aspect, outcome=Outcome.PASS, required=required, actual=actual, policy_id=policy.id)
        best = max(support, key=lambda evidence: evidence.level.rank, default=None)
        return Check(
            aspect=aspect,
            outcome=Outcome.UNKNOWN,
            reason=fault,
            required=required,
            actual=actual,
            policy_id=policy.id,
            evidence_level=best.level if best else None,
        )
