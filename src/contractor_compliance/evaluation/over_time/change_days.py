"""The days on which some answer may differ from the day before, by the kind of record that brings them.

One day too many is no fault: the stretch before it is judged once more. One too few would be a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from contractor_compliance.domain.assignment import Assignment
from contractor_compliance.domain.calendar import add_years, day_after
from contractor_compliance.domain.carrier import Carrier
from contractor_compliance.domain.certificate import Exemption
from contractor_compliance.domain.compensation import StatesCovered
from contractor_compliance.domain.dossier import Dossier
from contractor_compliance.domain.evidence import EvidenceRule
from contractor_compliance.domain.policy import Insured, Policy, TriggerTerms
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.facts.dossier import DossierFacts, ExemptionFacts
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.facts.resolved import evidence_of
from contractor_compliance.evaluation.over_time.waivers import waiver_days
from contractor_compliance.evaluation.rules.compiled import CompiledRuleBook
from contractor_compliance.evaluation.rules.law import LawTables

__all__ = ["change_days"]


def change_days(facts: DossierFacts, compiled: CompiledRuleBook, law: LawTables) -> set[date]:
    """Gather every day on which some answer may differ from the day before."""
    dossier = facts.dossier
    readings = (facts,) if facts.if_one is None else (facts, facts.if_one)
    policies = [policy for reading in readings for policy in reading.policies]
    days = set(compiled.turning_days) | law.turning_days() | waiver_days(dossier)
    exemptions = [exemption for reading in readings for exemption in reading.exemptions]
    for cover in (*(policy.days for policy in policies), *(exemption.days for exemption in exemptions)):
        days |= cover.change_days()
    if compiled.presumes_schedules:
        days |= _term_days(policies)
    for record in facts.records:
        days |= _record_days(record)
    for assignment in dossier.assignments:
        days |= _assignment_days(assignment, compiled.tails)
    days |= _signature_days(dossier.exemptions) | _validity_days(exemptions, law)
    days |= _rating_days(dossier.carriers)
    days |= _freshness_days(facts, compiled) | _number_days(policies, facts, compiled)
    return days


def _term_days(policies: Iterable[PolicyFacts]) -> set[date]:
    """Return the ends of terms that several sources state: what one certificate shows runs by its own statement."""
    terms = [term for policy in policies if len(policy.days.terms) > 1 for term in policy.days.terms]
    return {day for term in terms for day in (term.effective, term.expiration) if not isinstance(day, Missing)}


def _record_days(record: Policy) -> set[date]:
    """Return the days that the record of a policy states beside its term and its notices."""
    return _notice_days(record.states) | _list_days(record.insured) | _trigger_days(record.triggers)


def _notice_days(statements: Iterable[StatesCovered]) -> set[date]:
    """Return the days on which the insurer was notified of work in a state of 3.C."""
    return {notice.given_on for statement in statements for notice in statement.notices}


def _list_days(statements: Iterable[Insured]) -> set[date]:
    """Return the days on which entries of a schedule or a roster begin and end."""
    entries = [entry for insured in statements for entry in insured.participants + insured.leased_workers]
    ends = {entry.until for entry in entries if entry.until is not None}
    return {entry.effective for entry in entries} | ends


def _trigger_days(statements: Iterable[TriggerTerms]) -> set[date]:
    """Return the days of extended reporting and of retroactive dates.

    For the contractor alone, the day judged is the day that a retroactive date must reach back to.
    """
    days = {trigger.extended_reporting_until for trigger in statements}
    days |= {trigger.retroactive_date for trigger in statements if not isinstance(trigger.retroactive_date, Missing)}
    return {day for day in days if day is not None}


def _signature_days(exemptions: Iterable[Exemption]) -> set[date]:
    """Return the days on which exemptions were signed."""
    return {exemption.signed_on for exemption in exemptions if not isinstance(exemption.signed_on, Missing)}


def _validity_days(exemptions: Iterable[ExemptionFacts], law: LawTables) -> set[date]:
    """Return the days on which exemptions are as old as the law lets them be."""
    limits = [(row.state, row.validity_years) for row in law.exemption_limits if row.validity_years is not None]
    starts = [
        (exemption.exemption.state, run.start)
        for exemption in exemptions
        for run in exemption.in_force.possible
        if run.start is not None
    ]
    return {add_years(start, years) for state, years in limits for of_state, start in starts if of_state is state}


def _rating_days(carriers: Iterable[Carrier]) -> set[date]:
    """Return the days from which ratings of insurers count."""
    return {rating.effective for carrier in carriers for rating in carrier.ratings}


def _assignment_days(assignment: Assignment, tails: frozenset[int]) -> set[date]:
    """Return the days on which work begins and ends, its contracts are signed and its tails run out."""
    days = {assignment.start, *(contract.signed_on for contract in assignment.contracts)}
    if assignment.end is not None:
        ends = [assignment.end, *(add_years(assignment.end, years) for years in tails)]
        days |= {following for end in ends if (following := day_after(end)) is not None}
    if assignment.cancelled_on is not None:
        days.add(assignment.cancelled_on)
    return days


def _freshness_days(facts: DossierFacts, compiled: CompiledRuleBook) -> set[date]:
    """Return the days on which evidence has become too old for a requirement, or for the evidence of a waiver."""
    dossier = facts.dossier
    ages = (rule.fresh_for_days for rule in _waiver_rules(dossier))
    spans = compiled.freshness.union(age for age in ages if age is not None)
    if not spans:
        return set()
    observed = {
        evidence.observed_on
        for record in (dossier.contractor, *dossier.policies, *dossier.exemptions)
        for evidence in evidence_of(record)
    }
    return {later for day in observed for span in spans if (later := day_after(day, span)) is not None}


def _waiver_rules(dossier: Dossier) -> list[EvidenceRule]:
    """Return the evidence that waivers ask for in the place of a requirement's own."""
    return [waiver.evidence for waiver in dossier.waivers if waiver.evidence is not None]


def _number_days(policies: Iterable[PolicyFacts], facts: DossierFacts, compiled: CompiledRuleBook) -> set[date]:
    """Return the days from which the number of a policy is missed (domain rule B14.20)."""
    awaiting = [policy for policy in policies if policy.awaits_number]
    if not awaiting:
        return set()
    spans = compiled.number_days.union(rule.number_due_days for rule in _waiver_rules(facts.dossier))
    return {due for policy in awaiting for span in spans if (due := policy.number_due(span)) is not None}
