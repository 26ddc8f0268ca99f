"""The schedule of an umbrella, presumed from one certificate that shows it beside its primary (domain rule B14.16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import attrs

from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import format_cents
from contractor_compliance.domain.names import NameMatch, normal_name
from contractor_compliance.domain.policy import Insured
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.term import Term
from contractor_compliance.domain.underlying import UnderlyingLimit
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.dossier import evidence_fault
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.rules.law import UsualAttachment
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["PresumedSchedule", "presumed_schedule", "presumption_checks", "presumptions"]

#: The policies that carry a line as a certificate shows it: employers' liability stands in the row of workers'
#: compensation. Autos endorsed on general liability stand in no row of their own.
_PRIMARIES = {Line.GL: (Line.GL,), Line.AUTO: (Line.AUTO,), Line.EL: (Line.WC, Line.EL)}


@attrs.frozen
class PresumedSchedule:
    """A row of an umbrella's schedule that no source states.

    Attributes:
        umbrella: Id of the umbrella.
        row: The row as it is presumed.
        certificate_id: The certificate that shows the umbrella and the primary.
    """

    umbrella: str
    row: UnderlyingLimit
    certificate_id: str


def presumed_schedule(
    umbrella: PolicyFacts, line: Line, primary: PolicyFacts, rule: EvidenceRule, context: CheckContext
) -> PresumedSchedule | None:
    """Return the row over `line` that may be presumed, or None where something does not bear it out.

    One certificate shows both policies in force for one insured, on evidence as good as is asked for; the primary
    reaches the usual attachments; and no source, on any level, states what the umbrella sits on. That the triggers
    agree is for the caller to see.
    """
    if umbrella.line != Line.UMBRELLA or primary.line not in _PRIMARIES.get(line, ()) or _states_underlying(umbrella):
        return None
    usual = context.law.usual_attachment(line, context.day)
    if usual is None or not _reaches(primary, usual, rule, context):
        return None
    if not all(_covers_in_own_name(policy, context) for policy in (umbrella, primary)):
        return None
    for certificate_id in sorted(_certificates(umbrella) & _certificates(primary)):
        if _shows_one_insured(certificate_id, umbrella, primary, rule, context):
            return PresumedSchedule(umbrella.id, _usual_row(usual), certificate_id)
    return None


def _usual_row(usual: UsualAttachment) -> UnderlyingLimit:
    """Return the row of a schedule that asks for the usual attachments."""
    aggregate = Missing.ABSENT if usual.aggregate is None else usual.aggregate
    return UnderlyingLimit(line=usual.line, occurrence=usual.occurrence, aggregate=aggregate)


def presumption_checks(presumed: Iterable[PresumedSchedule]) -> Iterator[Check]:
    """Yield a check for each presumption that a pass rests on: it names and shows what is presumed."""
    for schedule in dict.fromkeys(presumed):
        row = schedule.row
        amounts = (row.occurrence, row.aggregate)
        shown = " / ".join(format_cents(cents) for cents in amounts if not isinstance(cents, Missing))
        yield Check(
            aspect=f"underlying.{row.line}",
            outcome=Outcome.PASS_WITH_DEPENDENCY,
            reason=ReasonCode.PRESUMED_SCHEDULE,
            required=f"{row.line.label} on the schedule of {schedule.umbrella}",
            actual=f"presumed at {shown}: {schedule.certificate_id} shows both",
            policy_id=schedule.umbrella,
        )


def presumptions(checks: Iterable[Check]) -> tuple[str, ...]:
    """Return what passes depend on where the schedule of an umbrella is presumed."""
    return tuple(f"presumed: {check.required}" for check in checks if check.reason is ReasonCode.PRESUMED_SCHEDULE)


def _states_underlying(umbrella: PolicyFacts) -> bool:
    """Return whether a source states what the umbrella sits on, or has a schedule that could not be read."""
    return any(
        statement.schedule is not Missing.ABSENT or statement.follows_form_over
        for statement in umbrella.underlying_schedules
    )


def _reaches(primary: PolicyFacts, usual: UsualAttachment, rule: EvidenceRule, context: CheckContext) -> bool:
    for kind, cents in usual.limits:
        amount = primary.amount_for(usual.line, kind)
        if not amount.values or min(amount.values) < cents:
            return False
        if evidence_fault(amount.support, rule, context.day, context.facts, primary) is not None:
            return False
    return True


def _covers_in_own_name(policy: PolicyFacts, context: CheckContext) -> bool:
    """Return whether the policy is certainly in force on the day with the contractor as its named insured."""
    return (
        not policy.is_scheduled_cover
        and context.day in policy.in_force.certain
        and policy.insured_match[0] is NameMatch.MATCH
    )


def _certificates(policy: PolicyFacts) -> set[str]:
    """Return the certificates that show the policy's term."""
    return {term.evidence.certificate_id for term in policy.days.terms if term.evidence.certificate_id is not None}


def _shows_one_insured(
    certificate_id: str, umbrella: PolicyFacts, primary: PolicyFacts, rule: EvidenceRule, context: CheckContext
) -> bool:
    """Return whether the certificate shows term, limits and insured of both policies, and one insured."""
    names: set[str] = set()
    for policy in (umbrella, primary):
        insured = [statement for statement in policy.insured if statement.evidence.certificate_id == certificate_id]
        names |= {normal_name(statement.name or "") for statement in insured}
        if not _shows(certificate_id, policy, insured, rule, context):
            return False
    return len(names) == 1 and "" not in names


def _shows(
    certificate_id: str, policy: PolicyFacts, insured: list[Insured], rule: EvidenceRule, context: CheckContext
) -> bool:
    """Return whether the certificate shows a term that runs, the limits and the insured, well enough."""
    running = [term for term in policy.days.terms if _runs_on(term, context.day)]
    return all(
        evidence_fault(_of_certificate(statements, certificate_id), rule, context.day, context.facts, policy) is None
        for statements in (running, policy.limits, insured)
    )


def _runs_on(term: Term, day: date) -> bool:
    """Return whether the source of the term says that the policy runs on the day."""
    if isinstance(term.effective, Missing) or day < term.effective:
        return False
    return term.continuous or (not isinstance(term.expiration, Missing) and day < term.expiration)


def _of_certificate(statements: Iterable[Any], certificate_id: str) -> tuple[Evidence, ...]:
    return tuple(statement.evidence for statement in statements if statement.evidence.certificate_id == certificate_id)
