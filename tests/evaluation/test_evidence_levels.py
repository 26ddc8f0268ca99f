"""Every favorable fact needs the evidence that is asked for, wherever it stands (domain rule B14.3).

The fields are found by looking at every domain value that holds its evidence. A field is either favorable, and then
a scenario case shows that the weaker statement leaves the answer unknown, or it harms, and then it says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import (
    Contractor,
    Dossier,
    Evidence,
    EvidenceLevel,
    Policy,
    ReasonCode,
    Value,
    field_types,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import Outcome
from contractor_compliance.testing import value_classes
from tests.evaluation.conftest import all_cases

#: What the cases ask for, and what the weaker statement has.
ASKED, WEAKER = EvidenceLevel.COPY, EvidenceLevel.CERTIFICATE

#: The case in which the field, by class and name, stands on weaker evidence than is asked for.
CASES: Mapping[tuple[str, str], str] = {
    ("Term", "effective"): "weak-term",
    ("Term", "expiration"): "weak-term",
    ("Term", "continuous"): "weak-continuous-term",
    ("Reinstatement", "effective"): "weak-reinstatement",
    ("Reinstatement", "issued_on"): "weak-reinstatement",
    ("PolicyIdentification", "carrier_naic"): "weak-insurer-by-number",
    ("PolicyIdentification", "carrier_name"): "weak-insurer-by-name",
    ("Insured", "name"): "weak-insured-name",
    ("Insured", "tax_id"): "weak-insured-tax-id",
    ("Insured", "state"): "weak-home-state",
    ("Insured", "participants"): "weak-participant",
    ("Insured", "leased_workers"): "weak-roster",
    ("Limits", "each_occurrence"): "weak-gl-limits",
    ("Limits", "damage_to_rented_premises"): "weak-gl-limits",
    ("Limits", "medical_expense"): "weak-gl-limits",
    ("Limits", "personal_and_advertising_injury"): "weak-gl-limits",
    ("Limits", "general_aggregate"): "weak-gl-limits",
    ("Limits", "products_completed_operations_aggregate"): "weak-gl-limits",
    ("Limits", "products_in_general_aggregate"): "weak-products-in-aggregate",
    ("Limits", "combined_single_limit"): "weak-auto-limit",
    ("Limits", "bodily_injury_per_person"): "weak-split-limits",
    ("Limits", "bodily_injury_per_accident"): "weak-split-limits",
    ("Limits", "property_damage_per_accident"): "weak-split-limits",
    ("Limits", "el_each_accident"): "weak-el-limits",
    ("Limits", "el_disease_each_employee"): "weak-el-limits",
    ("Limits", "el_disease_policy_limit"): "weak-el-limits",
    ("Limits", "each_claim"): "weak-claim-limits",
    ("Limits", "aggregate"): "weak-claim-limits",
    ("Limits", "penal_sum"): "weak-penal-sum",
    ("Limits", "aggregate_basis"): "weak-aggregate-basis",
    ("Limits", "retention"): "weak-retention",
    ("TriggerTerms", "trigger"): "weak-trigger",
    ("TriggerTerms", "retroactive_date"): "weak-retroactive-date",
    ("TriggerTerms", "full_prior_acts"): "weak-full-prior-acts",
    ("TriggerTerms", "extended_reporting_until"): "weak-extended-reporting",
    ("Endorsement", "kind"): "weak-endorsement",
    ("Endorsement", "form"): "weak-endorsement",
    ("Endorsement", "edition"): "weak-endorsement",
    ("Endorsement", "basis"): "weak-endorsement",
    ("Endorsement", "parties"): "weak-endorsement",
    ("Endorsement", "notice_days"): "weak-notice-days",
    ("EndorsementList", "is_complete"): "weak-whole-list",
    ("PolicyExclusion", "kind"): "weak-exclusion-absent",
    ("PolicyExclusion", "present"): "weak-exclusion-absent",
    ("CoveredAutos", "kinds"): "weak-covered-autos",
    ("OwnedAutos", "any_owned"): "weak-none-owned",
    ("StatesCovered", "item_3a"): "weak-item-3a",
    ("StatesCovered", "item_3c"): "weak-item-3c",
    ("StatesCovered", "notices"): "weak-notice-to-insurer",
    ("Exclusions", "any_excluded"): "weak-none-excluded",
    ("Exclusions", "included"): "weak-owner-included",
    ("Exclusions", "excluded"): "weak-another-excluded",
    ("UnderlyingSchedule", "schedule"): "weak-schedule",
    ("UnderlyingSchedule", "follows_form_over"): "weak-follows-form",
}
_EVENT = "a cancellation is an event that counts on any evidence"
_NARROWS = "narrows what the statement says, and helps nobody"
#: The fields that help nobody, and why.
HARMFUL: Mapping[tuple[str, str], str] = {
    ("Cancellation", "effective"): _EVENT,
    ("Cancellation", "issued_on"): _EVENT,
    ("Cancellation", "statutory_end"): "a note for a loss-day report, which never counts as cover",
    ("Cancellation", "reason"): "words for people",
    ("Endorsement", "present"): "says, where it is not the usual value, that the policy has no such endorsement",
    ("OwnedAutos", "description"): "words for people",
    ("Exclusions", "if_any"): "says that the policy covers no owner",
    ("PolicyIdentification", "number"): "tells records apart; what each of them shows needs evidence of its own",
    ("PolicyExclusion", "title"): "words for people",
    ("PolicyExclusion", "form"): _NARROWS,
    ("PolicyExclusion", "edition"): _NARROWS,
}
#: Fields whose usual value is the one that helps.
USUALLY_FAVORABLE = frozenset({("EndorsementList", "is_complete")})
#: Fields of a statement that mean something only beside its other fields.
JOINED = frozenset({("Limits", "products_in_general_aggregate")})
#: What the answer says where an umbrella's schedule is too weakly proven: that it is not known what lies beneath.
_WEAK = {"UnderlyingSchedule": ReasonCode.LAYER_UNKNOWN}


def facts(classes: Iterable[type[Value]]) -> set[tuple[str, str]]:
    """Return every field, by class and name, of the values that hold their evidence."""
    return {
        (cls.__name__, name)
        for cls in classes
        if field_types(cls).get("evidence") is Evidence
        for name in field_types(cls)
        if name != "evidence"
    }


def bare_facts(classes: Iterable[type[Value]]) -> set[tuple[str, str]]:
    """Return every field that is evidence itself, under another name than a statement's."""
    return {(cls.__name__, name) for cls in classes for name in field_types(cls) if _is_evidence(cls, name)}


def _is_evidence(cls: type[Value], name: str) -> bool:
    hint = field_types(cls)[name]
    return name != "evidence" and (hint is Evidence or Evidence in getattr(hint, "__args__", ()))


def unregistered(classes: Iterable[type[Value]]) -> set[tuple[str, str]]:
    """Return the fields for which no case is listed, and no reason why there is none."""
    classes = tuple(classes)
    return (facts(classes) | bare_facts(classes)) - set(CASES) - set(HARMFUL)


def statements(record: Policy | Contractor) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the fields of a record that hold statements."""
    for field in attrs.fields(type(record)):
        value = getattr(record, field.name)
        if isinstance(value, tuple) and all(hasattr(part, "evidence") for part in value):
            yield field.name, value


def at_level(statement: Any, level: EvidenceLevel) -> Any:
    return attrs.evolve(statement, evidence=attrs.evolve(statement.evidence, level=level))


def states_field(statement: Any, name: str) -> bool:
    default = getattr(attrs.fields(type(statement)), name).default
    return (type(statement).__name__, name) in USUALLY_FAVORABLE or bool(getattr(statement, name) != default)


def weakened(dossier: Dossier, cls: str, name: str | None) -> Dossier:
    """Return the dossier with all statements of a class as well proven as asked, but for the one field named."""
    records = []
    for record in (dossier.contractor, *dossier.policies):
        changes: dict[str, Any] = {}
        for field, values in statements(record):
            changes[field] = tuple(part for value in values for part in _parts(value, cls, name))
        records.append(attrs.evolve(record, **changes))
    return attrs.evolve(dossier, contractor=records[0], policies=tuple(records[1:]))


def _parts(statement: Any, cls: str, name: str | None) -> tuple[Any, ...]:
    if type(statement).__name__ != cls or statement.evidence.level is not WEAKER:
        return (statement,)
    if name is None or not states_field(statement, name):
        return (at_level(statement, ASKED),)
    if cls != "Limits" or (cls, name) in JOINED:
        return (statement,)
    default = getattr(attrs.fields(type(statement)), name).default
    alone = type(statement)(**{name: getattr(statement, name)}, evidence=statement.evidence)
    return at_level(attrs.evolve(statement, **{name: default}), ASKED), alone


def test_every_fact_with_evidence_has_a_case_or_helps_nobody() -> None:
    classes = value_classes()

    assert set() == unregistered(classes)
    assert facts(classes) | bare_facts(classes) == set(CASES) | set(HARMFUL)
    assert set() == set(CASES) & set(HARMFUL)


@attrs.frozen(kw_only=True)
class Bonding(Value):
    """A new kind of statement, without a case."""

    surety: str | None = None
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Folder(Value):
    """A new value with evidence of its own, under another name."""

    is_whole: Evidence | None = None


@pytest.mark.parametrize(("cls", "field"), [(Bonding, ("Bonding", "surety")), (Folder, ("Folder", "is_whole"))])
def test_a_new_fact_without_a_case_is_missed(cls: type[Value], field: tuple[str, str]) -> None:
    assert {field} == unregistered((*value_classes(), cls))


@pytest.mark.parametrize(("cls", "name"), sorted(CASES))
def test_the_weaker_statement_leaves_the_answer_unknown_and_the_one_asked_for_does_not(cls: str, name: str) -> None:
    (case,) = (case for case in all_cases() if case.id == CASES[cls, name])
    too_weak = _WEAK.get(cls, ReasonCode.EVIDENCE_TOO_WEAK)

    def answer(dossier: Dossier) -> tuple[Outcome, tuple[ReasonCode, ...]]:
        (finding,) = evaluate(dossier, case.rulebook, as_of=case.day).assignments[0].findings
        return finding.outcome, finding.reasons

    stated = [
        value
        for record in (case.dossier.contractor, *case.dossier.policies)
        for _, values in statements(record)
        for value in values
        if type(value).__name__ == cls and states_field(value, name) and value.evidence.level is WEAKER
    ]
    assert stated, "the case states no such field on weaker evidence"
    assert (Outcome.UNKNOWN, (too_weak,)) == answer(weakened(case.dossier, cls, name))
    assert answer(weakened(case.dossier, cls, None))[0] in (Outcome.PASS, Outcome.PASS_WITH_DEPENDENCY)
