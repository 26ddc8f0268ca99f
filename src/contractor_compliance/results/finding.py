"""The result of one requirement: the comparisons made, the outcome, and its sentences.

A finding keeps what was compared in figures; the sentences (`actual`, `remedy`) are worded when they are read.
"""

from __future__ import annotations

from datetime import date

import attrs

from contractor_compliance.domain.company import Payer
from contractor_compliance.domain.evidence import EvidenceLevel
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.rulebook import SetLevel
from contractor_compliance.results.aspects import aspect_labels, compared_words
from contractor_compliance.results.outcome import Outcome, PayerOrigin
from contractor_compliance.results.reasons import reason_phrase, remedy_template

__all__ = ["Check", "Displaced", "Finding"]


@attrs.frozen(kw_only=True)
class Check:
    """One comparison within a finding: what was required, what was found, and the outcome.

    Attributes:
        aspect: What was looked at: `term`, `limit.each_occurrence`, `state.CA`, `endorsement.waiver_of_subrogation`.
        outcome: Its outcome.
        reason: Why it is not a plain pass; None for a pass.
        required: What was required; amounts in cents.
        actual: What was found; amounts in cents; None = nothing.
        policy_id: The policy or exemption looked at, if one was.
        evidence_level: The weakest evidence level that the outcome depends on, if it depends on evidence.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> check = report.assignments[0].findings[0].checks[0]
        >>> check.aspect, check.outcome.label
        ('term', 'pass')
    """

    aspect: str
    outcome: Outcome
    reason: ReasonCode | None = None
    required: str | int | None = None
    actual: str | int | None = None
    policy_id: str | None = None
    evidence_level: EvidenceLevel | None = None


@attrs.frozen
class Finding:
    """The result of one requirement on one day: the outcome, the checks behind it, and the sentences for people.

    Attributes:
        requirement_id: The requirement.
        requirement_version: Its version.
        title: Its name for people.
        line: The line of insurance that it is about, if it is about one.
        required: What it asks for, in words.
        outcome: The outcome, waivers considered.
        underlying: The outcome of the facts alone; differs only if a waiver acted.
        reasons: Why it is not a plain pass, worst first.
        checks: What was compared, member findings apart; of a group, what is open about all of its members.
        policies: Policies and exemptions that the outcome uses.
        depends_on: What a pass depends on: policy ids, `3.C` and the state, or a policy number that is to come.
        waiver_id: The waiver that acted.
        set_id: The requirement set that binds it.
        level: The level of that set.
        payer: Who pays for program cover of its line; None for own policies and for requirements of no line.
        payer_origin: Where that came from.
        statutory: Whether the law, not the company, asks for it.
        holds_until: First day on which the outcome gets worse, if it is known to; only with the window.
        members: Findings of the members of an `AnyOf` or `AllOf`.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> finding = report.assignments[0].findings[0]
        >>> finding.title, finding.outcome.label, finding.policies
        ('general liability', 'pass', ('policy-general_liability',))
    """

    requirement_id: str
    requirement_version: int
    title: str
    line: Line | None
    required: str
    outcome: Outcome
    underlying: Outcome
    reasons: tuple[ReasonCode, ...] = ()
    checks: tuple[Check, ...] = ()
    policies: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    waiver_id: str | None = None
    set_id: str | None = None
    level: SetLevel | None = None
    payer: Payer | None = None
    payer_origin: PayerOrigin | None = None
    statutory: bool = False
    holds_until: date | None = None
    members: tuple[Finding, ...] = ()

    @property
    def actual(self) -> str:
        """What was found, in words."""
        return _actual(self)

    @property
    def remedy(self) -> str | None:
        """The sentence to send to the broker; None where there is nothing to ask for."""
        return _remedy(self)


@attrs.frozen
class Displaced:
    """A requirement that a later set displaced: without that set it would bind.

    Attributes:
        requirement_id: The requirement displaced.
        requirement_version: Its version.
        set_id: The set it stands in.
        by_set_id: The set that displaced it.
        by_requirement_id: The requirement that overrode it; None if its whole set was replaced.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> report.assignments[0].displaced
        ()
    """

    requirement_id: str
    requirement_version: int
    set_id: str
    by_set_id: str
    by_requirement_id: str | None = None


def _actual(finding: Finding) -> str:
    """Return what was found, in words."""
    if finding.members:
        open_points = (f"{finding.title} {reason_phrase(check.reason)}" for check in finding.checks if check.reason)
        return "; ".join((*open_points, *(f"{member.title}: {member.actual}" for member in finding.members)))
    subject = finding.line.label if finding.line else finding.title
    parts = [f"{subject} {reason_phrase(reason)}" for reason in finding.reasons]
    parts += [
        f"{_aspect(check)} {compared_words(check.aspect, check.actual)}"
        for check in finding.checks
        if check.actual is not None and check.aspect != "insured"
    ]
    if not parts:
        return f"{subject} in order" if finding.policies else "nothing to check"
    return "; ".join(parts)


def _remedy(finding: Finding) -> str | None:
    """Return the sentence to send to the broker for the first reason of a finding; None where there is none."""
    if finding.waiver_id is not None:
        return None
    # What is open about all members comes before what is wrong with each.
    if finding.members and not finding.checks:
        nearest = min(finding.members, key=lambda member: (-member.outcome.rank, finding.members.index(member)))
        worst = min(finding.members, key=lambda member: member.outcome.rank)
        return (nearest if finding.outcome is nearest.outcome else worst).remedy
    if not finding.reasons:
        return None
    reason = finding.reasons[0]
    check = next((check for check in finding.checks if check.reason is reason), None)
    looked_at = check.aspect if check else ""
    template = remedy_template(reason, looked_at)
    if template is None:
        return None
    subject = finding.line.label if finding.line else finding.title
    return template.format(
        line=subject,
        policy=subject if finding.line == Line.SURETY_BOND else f"{subject} policy",
        ask=finding.required,
        aspect=_aspect(check) if check else "facts",
        required=compared_words(looked_at, check.required if check else None, finding.required),
        actual=compared_words(looked_at, check.actual if check else None, "not stated"),
    )


def _aspect(check: Check) -> str:
    head, *steps = aspect_labels(check.aspect)
    if check.aspect.startswith(("umbrella.", "combined.")):
        return steps[-1]
    return ", ".join(steps) if check.aspect.startswith(("limit.", "endorsement.")) else " ".join((head, *steps))
