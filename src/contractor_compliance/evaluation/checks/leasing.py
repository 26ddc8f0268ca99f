"""Policies of a leasing firm (PEO): whether the contractor is a client, and the worker reported (domain rule B14.21).

A coordinated policy names the client beside the firm, "as labor contractor for". A master policy names the firm alone,
and reaches the clients by the alternate employer endorsement. Either covers only the workers reported to the firm.
"""

from __future__ import annotations

import attrs

from contractor_compliance.domain.contractor import PersonRole
from contractor_compliance.domain.endorsement import EndorsementKind
from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.name_matching import match_person
from contractor_compliance.domain.names import NameMatch
from contractor_compliance.domain.policy import Participant
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.endorsements import endorsement_for
from contractor_compliance.evaluation.checks.participants import listed_check, participant_check
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["leased_insured_check", "reported_check"]


def leased_insured_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Is the contractor a client of the firm that the policy reaches, or, being an individual, in its schedule?"""
    contractor = context.facts.dossier.contractor
    match, name, support = policy.insured_match
    if match is NameMatch.MATCH:
        return context.proven("insured", support, rule, policy, contractor.legal_name, name)
    listed = participant_check(policy, rule, context)
    if listed.outcome is Outcome.FAIL or contractor.is_individual:
        return listed
    is_listed = listed.outcome is Outcome.PASS
    names = (contractor.legal_name, *contractor.aliases)
    outcome, reason, actual = endorsement_for(
        policy, EndorsementKind.ALTERNATE_EMPLOYER, names, rule, context, is_listed=is_listed
    )
    if outcome is Outcome.PASS:
        return attrs.evolve(listed, outcome=Outcome.PASS, reason=None, actual=actual or listed.actual)
    return attrs.evolve(
        listed,
        outcome=outcome,
        reason=reason,
        required=f"{EndorsementKind.ALTERNATE_EMPLOYER.label} for {contractor.legal_name}",
        actual=actual,
    )


def reported_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check | None:
    """Was the person who does the work reported to the firm? None where nothing puts it in doubt: an employee."""
    work = context.work
    worker = work.worker
    fails = Check(
        aspect="worker",
        outcome=Outcome.FAIL,
        reason=ReasonCode.WORKER_NOT_REPORTED,
        required=worker.name if worker else "the person who does the work",
        policy_id=policy.id,
    )
    rosters = _rosters(policy, context)
    if not rosters:
        # Employees are reported as a rule; owners, casual labor and subcontractors are not.
        return None if work.worker_role is PersonRole.EMPLOYEE else attrs.evolve(fails, outcome=Outcome.UNKNOWN)
    if worker is None:
        return attrs.evolve(fails, outcome=Outcome.UNKNOWN)
    near = ReasonCode.WORKER_UNKNOWN
    return listed_check(policy, rosters, lambda name: match_person(name, worker), rule, context, fails=fails, near=near)


def _rosters(policy: PolicyFacts, context: CheckContext) -> list[tuple[tuple[Participant, ...], Evidence]]:
    """Return the lists of workers on file; where the contractor is an individual, the schedule is one of them."""
    is_individual = context.facts.dossier.contractor.is_individual
    lists = (
        (insured.leased_workers + (insured.participants if is_individual else ()), insured.evidence)
        for insured in policy.insured
    )
    return [(entries, evidence) for entries, evidence in lists if entries]
