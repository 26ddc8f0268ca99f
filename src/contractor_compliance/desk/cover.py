"""What contractors carry: policies, certificates and their review, notices, exemptions (M4, M8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import attrs

from contractor_compliance.desk.context import RequestContext, reported
from contractor_compliance.desk.unit_of_work import UnitOfWork, check_reason
from contractor_compliance.desk.use_cases import CommandResult, UseCases
from contractor_compliance.domain import (
    Cancellation,
    Certificate,
    Dossier,
    Exemption,
    Policy,
    Reinstatement,
    ReviewEvent,
    ReviewStatus,
)
from contractor_compliance.errors import AccessDeniedError, NotAllowedError, NotOnFileError
from contractor_compliance.evaluation.facts.resolved import evidence_of
from contractor_compliance.results import ComplianceReport
from contractor_compliance.storage import Key

__all__ = ["CoverageUseCases"]

T = TypeVar("T")
H = TypeVar("H", Policy, Exemption)


class CoverageUseCases(UseCases):
    """Use cases of cover. They record facts with their evidence; what follows, the evaluator says."""

    def record_policy(self, contractor_id: str, policy: Policy, *, key: str | None = None) -> CommandResult:
        """Record a policy, or what is now known of one. A renewal is a policy of its own, and disturbs nothing today.

        Notices of cancellation and reinstatement that are on file stay: a lapse never disappears (domain rule B3.9).

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            unit.put(_policy(unit.dossier(contractor_id), policy, context), contractor_id)
            return policy.id

        return self._execute("record_policy", key, (contractor_id, policy), decide)

    def record_exemption(self, contractor_id: str, exemption: Exemption, *, key: str | None = None) -> CommandResult:
        """Record a paper in the place of workers' compensation, or what is now known of one; its notices stay too.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor.
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            unit.put(_with_notices(unit.dossier(contractor_id).exemptions, exemption), contractor_id)
            return exemption.id

        return self._execute("record_exemption", key, (contractor_id, exemption), decide)

    def record_certificate(
        self,
        contractor_id: str,
        certificate: Certificate,
        *,
        policies: Iterable[Policy] = (),
        key: str | None = None,
    ) -> CommandResult:
        """Record a certificate, and what it states of policies. Its facts count once it is approved or flagged.

        What it states is added to what other sources have stated of the same policy; what this certificate had stated
        before, if it is recorded again, is replaced.

        Args:
            contractor_id: The contractor.
            certificate: The certificate.
            policies: Policies with its statements alone: the evidence of each names the certificate.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not; for policies, it must be allowed to record policies too.
            NotOnFileError: If there is no such contractor.
            NotAllowedError: If it comes reviewed already: that is `review_certificate`'s part; or one with its id was;
                or a policy has a statement of another source, or is on file as one of another line.
        """
        stated = tuple(policies)

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            dossier = unit.dossier(contractor_id)
            if certificate.review or certificate.status not in (ReviewStatus.PENDING, ReviewStatus.PROCESSING):
                raise NotAllowedError("A certificate comes in pending or processing; review_certificate decides.")
            if any(each.id == certificate.id and each.review for each in dossier.certificates):
                raise NotAllowedError(f"Certificate {certificate.id!r} was reviewed; another one has an id of its own.")
            unit.put(certificate, contractor_id)
            if stated and not context.may("record_policy"):
                raise AccessDeniedError("You may not record policy in this company.")
            for each in stated:
                if not isinstance(each, Policy):
                    # A certificate among them would escape its review.
                    raise TypeError(f"record_certificate takes policies, not a {type(each).__name__}")
                _check_stated(each, certificate.id)
                added = _added(dossier, _policy(dossier, each, context), certificate.id)
                unit.put(added, contractor_id)
            return certificate.id

        return self._execute("record_certificate", key, (contractor_id, certificate, stated), decide)

    def review_certificate(
        self,
        contractor_id: str,
        certificate_id: str,
        status: ReviewStatus,
        *,
        note: str | None = None,
        key: str | None = None,
    ) -> CommandResult:
        """Record a step of a certificate's review. Nothing is ever denied but by a member, here.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or certificate.
            NotAllowedError: If it is denied without a note, or the clock stands before the last step.
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            dossier = unit.dossier(contractor_id)
            before = _one(dossier.certificates, certificate_id, "certificate")
            if status is ReviewStatus.DENIED:
                check_reason(note or "", "A denial needs a note that says why.")
            if before.review and context.now < before.review[-1].at:
                raise NotAllowedError(f"The clock stands before the last step, at {before.review[-1].at}.")
            step = ReviewEvent(at=context.now, status=status, by=context.member.id, note=note)
            unit.put(attrs.evolve(before, status=status, review=(*before.review, step)), contractor_id)
            return certificate_id

        request = (contractor_id, certificate_id, status, note)
        return self._execute("review_certificate", key, request, decide)

    def preview_review(self, contractor_id: str, certificate_id: str) -> ComplianceReport:
        """Judge today as if a certificate were approved: what comes of each requirement, and why. Nothing is saved.

        Raises:
            AccessDeniedError: If the member may not review certificates.
            NotOnFileError: If there is no such contractor or certificate.
        """
        context = self._enter("review_certificate")
        unit = UnitOfWork(self._store, context.company, versions=dict(context.versions))
        before = _one(unit.dossier(contractor_id).certificates, certificate_id, "certificate")
        step = ReviewEvent(at=context.now, status=ReviewStatus.APPROVED)
        unit.put(attrs.evolve(before, status=ReviewStatus.APPROVED, review=(step,)), contractor_id)
        return reported(self._config, unit.after(contractor_id), context, context.today)

    def record_cancellation(
        self, contractor_id: str, policy_id: str, cancellation: Cancellation, *, key: str | None = None
    ) -> CommandResult:
        """Record a notice of cancellation of a policy.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or policy.
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = _one(unit.dossier(contractor_id).policies, policy_id, "policy")
            unit.put(attrs.evolve(before, cancellations=(*before.cancellations, cancellation)), contractor_id)
            return policy_id

        return self._execute("record_cancellation", key, (contractor_id, policy_id, cancellation), decide)

    def record_reinstatement(
        self, contractor_id: str, policy_id: str, reinstatement: Reinstatement, *, key: str | None = None
    ) -> CommandResult:
        """Record a notice of reinstatement of a policy. Days between it and the cancellation stay uncovered.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or policy.
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = _one(unit.dossier(contractor_id).policies, policy_id, "policy")
            unit.put(attrs.evolve(before, reinstatements=(*before.reinstatements, reinstatement)), contractor_id)
            return policy_id

        return self._execute("record_reinstatement", key, (contractor_id, policy_id, reinstatement), decide)

    def withdraw_fact(self, contractor_id: str, fact: Key, *, reason: str, key: str | None = None) -> CommandResult:
        """Withdraw a fact that was recorded in error; as known before, it stays known.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or fact.
            NotAllowedError: If no reason is given, or it is no fact of the contractor.
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            check_reason(reason, "Withdrawing a fact needs a reason.")
            if fact.contractor_id != contractor_id:
                raise NotAllowedError(f"{fact} is no fact of contractor {contractor_id!r}.")
            unit.dossier(contractor_id)
            if self._store.get([fact])[0] is None:
                raise NotOnFileError(f"There is no {fact} in this company.")
            unit.remove(fact)
            unit.detail["reason"] = reason
            return fact.id

        return self._execute("withdraw_fact", key, (contractor_id, str(fact), reason), decide)


def _policy(dossier: Dossier, policy: Policy, context: RequestContext) -> Policy:
    """Return a policy as it is to be recorded: with what must not get lost of the one on file."""
    kept = _with_notices(dossier.policies, policy)
    if context.may("see_tax_ids"):
        return kept
    # Who may not see them was shown the statements without, and gives them back so.
    on_file = [each for before in dossier.policies if before.id == policy.id for each in before.insured]
    unseen = {attrs.evolve(each, tax_id=None): each for each in on_file}
    return attrs.evolve(kept, insured=tuple(unseen.get(each, each) for each in kept.insured))


def _check_stated(policy: Policy, certificate_id: str) -> None:
    """Refuse statements that would count without the certificate's review."""
    for evidence in evidence_of(policy):
        if evidence.certificate_id != certificate_id:
            raise NotAllowedError(
                f"Policy {policy.id!r} has a statement whose evidence does not name certificate {certificate_id!r}: "
                "record that with record_policy."
            )


def _added(dossier: Dossier, policy: Policy, certificate_id: str) -> Policy:
    """Return the policy on file with what a certificate states of it; if there is none, as it is stated."""
    before = next((each for each in dossier.policies if each.id == policy.id), None)
    if before is None:
        return policy
    if before.line != policy.line:
        raise NotAllowedError(
            f"Policy {policy.id!r} is on file as one of {before.line.label}, not {policy.line.label}."
        )
    joined: dict[str, Any] = {}
    for field in attrs.fields_dict(Policy):
        own, stated = getattr(before, field), getattr(policy, field)
        if isinstance(own, tuple):
            others = tuple(each for each in own if each.evidence.certificate_id != certificate_id)
            joined[field] = _joined(others, stated)
        elif field in ("number", "carrier_name", "carrier_naic", "endorsements_complete"):
            joined[field] = own if stated is None else stated
    return attrs.evolve(before, **joined)


def _with_notices(on_file: Iterable[H], value: H) -> H:
    """Return a policy or exemption with the notices of the one on file, then its own."""
    for before in on_file:
        if before.id == value.id:
            return attrs.evolve(
                value,
                cancellations=_joined(before.cancellations, value.cancellations),
                reinstatements=_joined(before.reinstatements, value.reinstatements),
            )
    return value


def _joined(before: tuple[T, ...], after: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*before, *after)))


def _one(items: Iterable[T], id_: str, name: str) -> T:
    for each in items:
        if getattr(each, "id", None) == id_:
            return each
    raise NotOnFileError(f"There is no {name} {id_!r} of this contractor.")
