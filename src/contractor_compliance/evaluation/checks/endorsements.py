"""Endorsements: present or not, for which party, on what form, on what evidence (domain rules B1.3, B4)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from contractor_compliance.domain.assignment import PartyRole
from contractor_compliance.domain.blanket import BlanketReach
from contractor_compliance.domain.endorsement import Endorsement, EndorsementBasis, EndorsementKind
from contractor_compliance.domain.evidence import Evidence, EvidenceLevel, EvidenceRule
from contractor_compliance.domain.form_number import edition_month, normal_form, read_form
from contractor_compliance.domain.forms import form_of
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.names import NameMatch
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.requirements import EndorsementRule
from contractor_compliance.domain.schedule import match_schedule
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.later_events import standing_of
from contractor_compliance.evaluation.facts.dossier import evidence_fault
from contractor_compliance.evaluation.facts.policy import PolicyFacts, credited_kinds, possible_kinds
from contractor_compliance.evaluation.facts.resolved import strongest
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["endorsement_checks", "endorsement_for", "is_stop_gap"]

_Answer = tuple[Outcome, ReasonCode | None, str | None]
_GOOD: _Answer = (Outcome.PASS, None, None)
_BLANKET = "blanket form"


def endorsement_checks(
    policy: PolicyFacts, rules: tuple[EndorsementRule, ...], evidence: EvidenceRule, context: CheckContext
) -> Iterator[Check]:
    """Check each endorsement asked for, and each party that it must serve.

    An endorsement that no source mentions is unknown: a certificate has no field for most of them (rule B1.3). It is
    missing only where a source says so, or where the whole list of endorsements is on file.
    """
    for rule in rules:
        aspect = f"endorsement.{rule.kind.value}"
        enforceable: bool | None = True
        if policy.line == Line.WC and rule.kind is EndorsementKind.WAIVER_OF_SUBROGATION:
            enforceable = _enforceable(context)
        if enforceable is False:
            yield Check(
                aspect=aspect,
                outcome=Outcome.NOT_APPLICABLE,
                reason=ReasonCode.NOT_ENFORCEABLE,
                required=_label(rule),
                policy_id=policy.id,
            )
            continue
        roles = rule.parties_served
        if not roles:
            yield _check(aspect, _label(rule), _best(policy, rule, None, evidence, context), policy)
        for role in sorted(roles, key=lambda party: party.value):
            for result, required in _for_role(policy, rule, role, evidence, context):
                answer = result if enforceable else _in_doubt(result)
                yield _check(f"{aspect}.{role.value}", required, answer, policy)


def endorsement_for(
    policy: PolicyFacts,
    kind: EndorsementKind,
    names: tuple[str, ...],
    evidence: EvidenceRule,
    context: CheckContext,
    *,
    is_listed: bool,
) -> _Answer:
    """Return whether an endorsement of the kind serves the contractor itself, under one of its names.

    A blanket form, or one whose schedule is not on file, serves the contractor where a list of participants shows that
    it is one (`is_listed`); else whether it does is not known.
    """
    rule = EndorsementRule(kind=kind, accepts_blanket=False)
    named = _best(policy, rule, (PartyRole.COMPANY, names), evidence, context)
    if named[0] is Outcome.PASS:
        return named
    names_others = named[1] is ReasonCode.PARTY_NOT_NAMED and named[2] != _BLANKET
    if not is_listed or names_others:
        # Another endorsement of the kind may serve the contractor, so that a foreign name decides nothing.
        unproven = (Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, named[2])
        return unproven if named[1] is ReasonCode.PARTY_NOT_NAMED else named
    return _best(policy, rule, None, evidence, context)


def _label(rule: EndorsementRule) -> str:
    """Return in words what is required: its kind, its days of notice, its edition."""
    notice = f" with {rule.notice_days} days of notice" if rule.notice_days is not None else ""
    edition = f", edition {rule.edition_not_before} or later" if rule.edition_not_before is not None else ""
    return f"{rule.kind.label}{notice}{edition}"


def _check(aspect: str, required: str, result: _Answer, policy: PolicyFacts) -> Check:
    outcome, reason, actual = result
    return Check(aspect=aspect, outcome=outcome, reason=reason, required=required, actual=actual, policy_id=policy.id)


def is_stop_gap(policy: PolicyFacts) -> bool:
    """Return whether the policy is stop gap, or may carry it by an endorsement that the best evidence affirms."""
    if policy.line == Line.STOP_GAP:
        return True
    stated = [
        endorsement for endorsement in policy.endorsements if EndorsementKind.STOP_GAP in credited_kinds(endorsement)
    ]
    present, _ = strongest((endorsement.present, endorsement.evidence) for endorsement in stated)
    return True in present


def _enforceable(context: CheckContext) -> bool | None:
    """Return whether some state of work enforces a waiver; None where it depends on an industry not known."""
    results = [
        context.law.waiver_is_unenforceable(state, context.work.industry, context.day) for state in context.work.states
    ]
    if not results or False in results:
        return True
    return None if None in results else False


def _in_doubt(result: _Answer) -> _Answer:
    """Keep a pass; where the endorsement does not do, it is unknown whether the law lets it be required."""
    return result if result[0] is Outcome.PASS else (Outcome.UNKNOWN, ReasonCode.NOT_ENFORCEABLE, result[2])


def _for_role(
    policy: PolicyFacts, rule: EndorsementRule, role: PartyRole, evidence: EvidenceRule, context: CheckContext
) -> Iterator[tuple[_Answer, str]]:
    parties = context.work.parties.get(role, ())
    if not parties:
        label = f"{_label(rule)} for the {role.value}"
        yield (Outcome.UNKNOWN, ReasonCode.PARTY_UNKNOWN, None), label
    for names in sorted(parties):
        result = _best(policy, rule, (role, names), evidence, context)
        if result[0] is Outcome.PASS and rule.kind is EndorsementKind.PRIMARY_NON_CONTRIBUTORY:
            # It serves only a party that is an additional insured already (B4).
            insured = EndorsementRule(kind=EndorsementKind.ADDITIONAL_INSURED_ONGOING, at_least=rule.at_least)
            result = _best(policy, insured, (role, names), evidence, context)
        if result[0] is not Outcome.PASS and rule.accepts_covenant and _promises_notice(rule, role, context):
            result = (Outcome.PASS, None, "the contractor's covenant in its written contract")
        yield result, f"{_label(rule)} for {names[0]}"


def _promises_notice(rule: EndorsementRule, role: PartyRole, context: CheckContext) -> bool:
    """Return whether the contractor itself promises the party enough notice, in a contract signed by the day."""
    assignment = context.work.assignment
    return any(
        contract.with_party is role
        and contract.signed_on <= context.day
        and contract.notice_of_cancellation_days is not None
        and contract.notice_of_cancellation_days >= (rule.notice_days or 0)
        for contract in (assignment.contracts if assignment else ())
    )


def _best(
    policy: PolicyFacts,
    rule: EndorsementRule,
    party: tuple[PartyRole, tuple[str, ...]] | None,
    evidence: EvidenceRule,
    context: CheckContext,
) -> _Answer:
    """Return the best answer that any one statement gives, unless a statement that it is not there stands.

    Each denial is weighed against the statements that it may speak of (domain rule B14.3). The one that leaves least
    counts, so that one more denial never makes the answer better.
    """
    needed = _needed(evidence, rule)
    present = _present(policy, rule.kind)
    results = [_one(endorsement, rule, party, needed, policy, context) for endorsement in present]
    disputes: list[tuple[_Answer, list[Endorsement]]] = []
    for denial in _denials(policy, rule.kind):
        concerned = _concerned(denial, present)
        if present and not concerned:
            continue
        disputed = _disputed(denial, concerned, needed, policy, context)
        if disputed is None:
            continue
        disputes.append((disputed, concerned))
    if disputes and not present:
        return min((disputed for disputed, _ in disputes), key=_severity)
    if disputes:
        # The statements that no denial speaks of are as good as they were.
        results = [
            _left_of(result, endorsement, disputes) for endorsement, result in zip(present, results, strict=True)
        ]
    return _best_answer(results) if results else _unmentioned(policy)


def _present(policy: PolicyFacts, kind: EndorsementKind) -> list[Endorsement]:
    """Return the statements that an endorsement is on the policy which may be of the kind."""
    return [
        endorsement
        for endorsement in policy.endorsements
        if endorsement.present and kind in possible_kinds(endorsement)
    ]


def _denials(policy: PolicyFacts, kind: EndorsementKind) -> Iterator[Endorsement]:
    """Yield the statements that such an endorsement is not on the policy."""
    for endorsement in policy.endorsements:
        if not endorsement.present and kind in possible_kinds(endorsement) | {endorsement.kind}:
            yield endorsement


def _disputed(
    denial: Endorsement,
    concerned: list[Endorsement],
    needed: EvidenceRule,
    policy: PolicyFacts,
    context: CheckContext,
) -> _Answer | None:
    """Return what a denial leaves of the endorsements that it concerns; None if it is outweighed."""

    def fault_of(source: Evidence) -> ReasonCode | None:
        return evidence_fault((source,), needed, context.day, context.facts, policy)

    favorable = (endorsement.evidence for endorsement in concerned)
    outcome, reason = standing_of(denial.evidence, favorable, fault_of, ReasonCode.ENDORSEMENT_MISSING)
    if outcome is Outcome.PASS:
        return None
    return outcome, reason, "not on the policy" if outcome is Outcome.FAIL else None


def _unmentioned(policy: PolicyFacts) -> _Answer:
    """Answer for an endorsement of which no statement speaks."""
    if policy.lists_all_endorsements:
        return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, "not in the policy's list of endorsements"
    return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, None


def _best_answer(answers: list[_Answer]) -> _Answer:
    """Return the best answer: a plain pass first, then the one that names its reason."""
    return max(answers, key=lambda answer: (answer[0].rank, answer[1].value if answer[1] else "", answer[2] or ""))


def _concerned(denial: Endorsement, present: list[Endorsement]) -> list[Endorsement]:
    """Return the statements that a denial may speak of."""
    return [endorsement for endorsement in present if _may_be_one(denial, endorsement)]


def _left_of(result: _Answer, endorsement: Endorsement, disputes: list[tuple[_Answer, list[Endorsement]]]) -> _Answer:
    """Return what denials leave of the answer that a statement gives."""
    answers = [disputed for disputed, concerned in disputes if endorsement in concerned]
    worst = min(answers, key=_severity, default=result)
    return min(worst, result, key=lambda answer: answer[0].rank)


def _severity(answer: _Answer) -> tuple[int, str]:
    """Order answers, the worst first; ties are broken by the reason, never by the order of the statements."""
    return answer[0].rank, answer[1].value if answer[1] else ""


def _may_be_one(denial: Endorsement, endorsement: Endorsement) -> bool:
    """Return whether two statements may speak of one endorsement: not if they name different forms."""
    if denial.form is None or endorsement.form is None:
        return True
    one, other = read_form(denial.form), read_form(endorsement.form)
    names = [{normal_form(name) for name in form.mentions or (form.number,)} for form in (one, other)]
    return not names[0].isdisjoint(names[1])


def _needed(evidence: EvidenceRule, rule: EndorsementRule) -> EvidenceRule:
    """Return the evidence that a rule asks for; notice is never proven by what a certificate says (rule B14.22)."""
    level = rule.at_least or evidence.at_least
    if rule.kind is EndorsementKind.NOTICE_OF_CANCELLATION and level.rank < EvidenceLevel.COPY.rank:
        level = EvidenceLevel.COPY
    return evidence if level is evidence.at_least else attrs.evolve(evidence, at_least=level)


def _one(
    endorsement: Endorsement,
    rule: EndorsementRule,
    party: tuple[PartyRole, tuple[str, ...]] | None,
    needed: EvidenceRule,
    policy: PolicyFacts,
    context: CheckContext,
) -> _Answer:
    """Judge one statement: its form, its parties, its notice, then its evidence. The worst answer counts."""
    results = [_form(endorsement, rule), _notice(endorsement, rule)]
    if rule.kind not in credited_kinds(endorsement):
        shown = f"{endorsement.form}: not every edition, or not every form named, does this"
        results.append((Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, shown))
    named: _Answer = _GOOD
    if party is not None:
        named = _party(endorsement, rule, *party, context)
        results.append(named)
    worst = min(results, key=lambda result: result[0].rank)
    if worst[0] is Outcome.FAIL:
        return worst
    fault = evidence_fault((endorsement.evidence,), needed, context.day, context.facts, policy)
    if fault is not None:
        # Better proof is needed in any case, and may show what this one leaves open.
        return Outcome.UNKNOWN, fault, endorsement.evidence.level.value
    return worst if worst[0] is Outcome.UNKNOWN else (Outcome.PASS, None, named[2])


def _form(endorsement: Endorsement, rule: EndorsementRule) -> _Answer:
    if rule.forms:
        if endorsement.form is None:
            return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "form not stated"
        result = max((_as_asked(endorsement, form) for form in rule.forms), key=lambda answer: answer[0].rank)
        if result[0] is not Outcome.PASS:
            return result
    if rule.edition_not_before is not None:
        if endorsement.edition is None:
            return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "edition not stated"
        if edition_month(endorsement.edition) < edition_month(rule.edition_not_before):
            return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, f"edition {endorsement.edition}"
    return _GOOD


def _as_asked(endorsement: Endorsement, form: str) -> _Answer:
    """Compare the form of an endorsement with one that will do; a number alone stands for all its editions."""
    asked, stated = read_form(form), read_form(endorsement.form or "")
    if normal_form(stated.number) == normal_form(asked.number):
        if asked.edition in (None, endorsement.edition):
            return _GOOD
        if endorsement.edition is None:
            return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "edition not stated"
        return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, f"edition {endorsement.edition}"
    if normal_form(asked.number) in map(normal_form, stated.mentions):
        return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, endorsement.form
    return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, endorsement.form


def _notice(endorsement: Endorsement, rule: EndorsementRule) -> _Answer:
    if rule.notice_days is None:
        return _GOOD
    if isinstance(endorsement.notice_days, Missing):
        return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "days of notice not stated"
    if endorsement.notice_days < rule.notice_days:
        return Outcome.FAIL, ReasonCode.ENDORSEMENT_MISSING, f"{endorsement.notice_days} days of notice"
    return _GOOD


def _party(
    endorsement: Endorsement, rule: EndorsementRule, role: PartyRole, names: tuple[str, ...], context: CheckContext
) -> _Answer:
    form = form_of(endorsement.form, endorsement.edition)
    basis = form.basis if form and form.basis else endorsement.basis
    # A blanket sentence or the party's name may stand in the schedule of a form that exists both ways.
    if endorsement.parties and (form is None or form.basis is not EndorsementBasis.BLANKET):
        return _scheduled(endorsement, rule, role, names, context)
    if basis is EndorsementBasis.SCHEDULED:
        return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "schedule not on file"
    if basis is EndorsementBasis.BLANKET:
        upstream = bool(form and form.upstream) or _follows(rule)
        return _under_contract(role, upstream=upstream, accepted=rule.accepts_blanket, context=context)
    # Neither blanket nor scheduled is stated, so it is not known which parties it serves.
    return Outcome.UNKNOWN, ReasonCode.ENDORSEMENT_UNPROVEN, "blanket or scheduled is not stated"


def _follows(rule: EndorsementRule) -> bool:
    """Return whether the kind follows the additional insured, who may be upstream."""
    return rule.kind is EndorsementKind.PRIMARY_NON_CONTRIBUTORY


def _scheduled(
    endorsement: Endorsement, rule: EndorsementRule, role: PartyRole, names: tuple[str, ...], context: CheckContext
) -> _Answer:
    """Judge the lines of a schedule: the one that serves the party best counts."""
    listed = ", ".join(sorted(endorsement.parties))
    results: list[_Answer] = []
    for line in endorsement.parties:
        result = match_schedule(line, names)
        if result.match is NameMatch.MISMATCH:
            results.append((Outcome.FAIL, ReasonCode.PARTY_NOT_NAMED, listed))
        elif result.match is NameMatch.REVIEW:
            results.append((Outcome.UNKNOWN, ReasonCode.PARTY_NOT_NAMED, listed))
        elif result.reach is None:
            results.append((Outcome.PASS, None, result.text))
        else:
            upstream = result.reach is BlanketReach.CONTRACT or _follows(rule)
            accepted = rule.accepts_blanket or not result.is_blanket
            outcome, reason, actual = _under_contract(role, upstream=upstream, accepted=accepted, context=context)
            results.append((outcome, reason, actual or result.text))
    return _best_answer(results)


def _under_contract(role: PartyRole, *, upstream: bool, accepted: bool, context: CheckContext) -> _Answer:
    """A blanket form serves a party only under a written contract executed by the day (domain rule B4.2)."""
    if not accepted:
        return Outcome.FAIL, ReasonCode.PARTY_NOT_NAMED, _BLANKET
    assignment = context.work.assignment
    for contract in assignment.contracts if assignment else ():
        if contract.signed_on <= context.day and (
            contract.with_party is role or (upstream and role in contract.additional_insureds)
        ):
            return _GOOD
    return Outcome.FAIL, ReasonCode.NO_WRITTEN_CONTRACT, None
