"""Use cases of coverage: policies, certificates and their review, notices, exemptions (M4, M8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import attrs

from contractor_compliance.desk.access import check_access
from contractor_compliance.desk.context import RequestContext, report_on
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
from contractor_compliance.errors import NotAllowedError, NotOnFileError
from contractor_compliance.evaluation.facts.resolved import evidence_of
from contractor_compliance.results import ComplianceReport
from contractor_compliance.storage import Key

__all__ = ["CoverageUseCases"]

T = TypeVar("T")
H = TypeVar("H", Policy, Exemption)


class CoverageUseCases(UseCases):
    """Use cases of coverage, which record facts with their evidence and leave the verdict to the evaluator."""

    def record_policy(self, contractor_id: str, policy: Policy, *, key: str | None = None) -> CommandResult:
        """Record a policy, or replace what is on file of one.

        A renewal is a policy of its own. Notices of cancellation and reinstatement that are on file stay: a lapse never
        disappears (domain rule B3.9).

        Args:
            contractor_id: The contractor.
            policy: The policy as it is now known.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().record_policy("contractor-1", factories.umbrella_policy()).id
            'policy-umbrella'
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            unit.put(_with_kept_facts(unit.dossier(contractor_id), policy, context), contractor_id)
            return policy.id

        return self._execute("record_policy", key, (contractor_id, policy), decide)

    def record_exemption(self, contractor_id: str, exemption: Exemption, *, key: str | None = None) -> CommandResult:
        """Record an exemption from workers' compensation, or replace what is on file of one; its notices stay.

        Args:
            contractor_id: The contractor.
            exemption: The exemption as it is now known.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor.

        Example:
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> sample_desk().record_exemption("contractor-1", factories.exemption()).id
            'exemption-1'
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
        """Record a certificate and what it states about policies, which counts once it is approved or flagged.

        Its statements are added to those of other sources about the same policy. If the certificate is recorded again,
        its earlier statements are replaced.

        Args:
            contractor_id: The contractor.
            certificate: The certificate, pending or processing.
            policies: The policies, with nothing but what the certificate states: the evidence of each statement names
                the certificate.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not; with `policies`, that includes recording policies.
            NotOnFileError: If there is no such contractor.
            NotAllowedError: If the certificate has a review already (see `review_certificate`), or one with its id has;
                if a policy has a statement of another source or none at all, or is on file as a policy of another
                line.

        Example:
            >>> from contractor_compliance.domain import ReviewStatus
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> certificate = factories.certificate(id="certificate-2", status=ReviewStatus.PENDING)
            >>> stated = factories.as_stated(factories.auto_policy(), certificate.id)
            >>> sample_desk().record_certificate("contractor-1", certificate, policies=[stated]).id
            'certificate-2'
        """
        stated_policies = tuple(policies)

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            dossier = unit.dossier(contractor_id)
            if certificate.review or certificate.status not in (ReviewStatus.PENDING, ReviewStatus.PROCESSING):
                raise NotAllowedError("Record a certificate as pending or processing; decide with review_certificate.")
            if any(other.id == certificate.id and other.review for other in dossier.certificates):
                raise NotAllowedError(
                    f"Certificate {certificate.id!r} was reviewed; another one needs an id of its own."
                )
            unit.put(certificate, contractor_id)
            if stated_policies:
                check_access(context.member, context.roles, "record_policy")
            for policy in stated_policies:
                if not isinstance(policy, Policy):
                    # A certificate among the policies would escape its review.
                    raise TypeError(f"record_certificate takes policies, not a {type(policy).__name__}")
                _check_stated(policy, certificate.id)
                merged = _merge_statements(dossier, _with_kept_facts(dossier, policy, context), certificate.id)
                unit.put(merged, contractor_id)
            return certificate.id

        return self._execute("record_certificate", key, (contractor_id, certificate, stated_policies), decide)

    def review_certificate(
        self,
        contractor_id: str,
        certificate_id: str,
        status: ReviewStatus,
        *,
        note: str | None = None,
        key: str | None = None,
    ) -> CommandResult:
        """Record a step of a certificate's review; only a member denies a certificate, with this call.

        Args:
            contractor_id: The contractor.
            certificate_id: The certificate.
            status: The status from now on.
            note: A remark on the step; a denial needs one.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or certificate.
            NotAllowedError: If a denial has no note, or the clock is earlier than the last step.

        Example:
            >>> from contractor_compliance.domain import ReviewStatus
            >>> from contractor_compliance.testing import sample_desk
            >>> desk = sample_desk()
            >>> _ = desk.review_certificate("contractor-1", "certificate-1", ReviewStatus.APPROVED)
            >>> [certificate.status.value for certificate in desk.profile("contractor-1").dossier.certificates]
            ['approved']
        """

        def decide(unit: UnitOfWork, context: RequestContext) -> str:
            dossier = unit.dossier(contractor_id)
            before = _item_of(dossier.certificates, certificate_id, "certificate")
            if status is ReviewStatus.DENIED:
                check_reason(note or "", "A denial needs a note that says why.")
            if before.review and context.now < before.review[-1].at:
                raise NotAllowedError(f"The clock is earlier than the last step, at {before.review[-1].at}.")
            step = ReviewEvent(at=context.now, status=status, by=context.member.id, note=note)
            unit.put(attrs.evolve(before, status=status, review=(*before.review, step)), contractor_id)
            return certificate_id

        request = (contractor_id, certificate_id, status, note)
        return self._execute("review_certificate", key, request, decide)

    def preview_review(self, contractor_id: str, certificate_id: str) -> ComplianceReport:
        """Report on a contractor today as if a certificate were approved, and save nothing.

        Args:
            contractor_id: The contractor.
            certificate_id: The certificate.

        Raises:
            AccessDeniedError: If the member may not review certificates.
            NotOnFileError: If there is no such contractor or certificate.

        Example:
            >>> from contractor_compliance.testing import sample_desk
            >>> sample_desk().preview_review("contractor-1", "certificate-1").verdict.value
            'compliant'
        """
        context = self._enter("preview_review")
        unit = UnitOfWork(self._store, context.company, versions=dict(context.versions))
        before = _item_of(unit.dossier(contractor_id).certificates, certificate_id, "certificate")
        step = ReviewEvent(at=context.now, status=ReviewStatus.APPROVED)
        unit.put(attrs.evolve(before, status=ReviewStatus.APPROVED, review=(step,)), contractor_id)
        return report_on(self._config, unit.dossier_after(contractor_id), context, context.today)

    def record_cancellation(
        self, contractor_id: str, policy_id: str, cancellation: Cancellation, *, key: str | None = None
    ) -> CommandResult:
        """Record a notice of cancellation of a policy.

        Args:
            contractor_id: The contractor.
            policy_id: The policy.
            cancellation: The notice.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or policy.

        Example:
            >>> from datetime import date
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> notice = factories.cancellation(date(2026, 7, 1))
            >>> sample_desk().record_cancellation("contractor-1", "policy-general_liability", notice).id
            'policy-general_liability'
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = _item_of(unit.dossier(contractor_id).policies, policy_id, "policy")
            unit.put(attrs.evolve(before, cancellations=(*before.cancellations, cancellation)), contractor_id)
            return policy_id

        return self._execute("record_cancellation", key, (contractor_id, policy_id, cancellation), decide)

    def record_reinstatement(
        self, contractor_id: str, policy_id: str, reinstatement: Reinstatement, *, key: str | None = None
    ) -> CommandResult:
        """Record a notice of reinstatement of a policy; the days between cancellation and reinstatement stay uncovered.

        Args:
            contractor_id: The contractor.
            policy_id: The policy.
            reinstatement: The notice.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or policy.

        Example:
            >>> from datetime import date
            >>> from contractor_compliance.testing import factories, sample_desk
            >>> notice = factories.reinstatement(date(2026, 7, 15))
            >>> sample_desk().record_reinstatement("contractor-1", "policy-general_liability", notice).id
            'policy-general_liability'
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            before = _item_of(unit.dossier(contractor_id).policies, policy_id, "policy")
            unit.put(attrs.evolve(before, reinstatements=(*before.reinstatements, reinstatement)), contractor_id)
            return policy_id

        return self._execute("record_reinstatement", key, (contractor_id, policy_id, reinstatement), decide)

    def withdraw_fact(self, contractor_id: str, fact_key: Key, *, reason: str, key: str | None = None) -> CommandResult:
        """Withdraw a fact that was recorded in error; what was known before stays in the history.

        Args:
            contractor_id: The contractor.
            fact_key: The key of the fact: its kind, its id and the contractor's id.
            reason: Why, for the audit.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotOnFileError: If there is no such contractor or fact.
            NotAllowedError: If no reason is given, or the fact is not one of the contractor.

        Example:
            >>> from contractor_compliance.storage import Key, Kind
            >>> from contractor_compliance.testing import sample_desk
            >>> fact = Key(Kind.POLICY, "policy-general_liability", "contractor-1")
            >>> sample_desk().withdraw_fact("contractor-1", fact, reason="It insures another company.").id
            'policy-general_liability'
        """

        def decide(unit: UnitOfWork, _: RequestContext) -> str:
            check_reason(reason, "Withdrawing a fact needs a reason.")
            if fact_key.contractor_id != contractor_id:
                raise NotAllowedError(f"{fact_key} is not a fact of contractor {contractor_id!r}.")
            unit.dossier(contractor_id)
            if self._store.get([fact_key])[0] is None:
                raise NotOnFileError(f"There is no {fact_key} in this company.")
            unit.remove(fact_key)
            unit.detail["reason"] = reason
            return fact_key.id

        return self._execute("withdraw_fact", key, (contractor_id, str(fact_key), reason), decide)


def _with_kept_facts(dossier: Dossier, policy: Policy, context: RequestContext) -> Policy:
    """Return a policy with what must not get lost of the one on file: its notices, and tax ids that were hidden."""
    with_notices = _with_notices(dossier.policies, policy)
    if context.may("see_tax_ids"):
        return with_notices
    # A member who may not see tax ids received the statements without them, and passes them back without.
    on_file = [insured for before in dossier.policies if before.id == policy.id for insured in before.insured]
    hidden = {attrs.evolve(insured, tax_id=None): insured for insured in on_file}
    return attrs.evolve(with_notices, insured=tuple(hidden.get(insured, insured) for insured in with_notices.insured))


def _check_stated(policy: Policy, certificate_id: str) -> None:
    """Refuse what would count without a review of the certificate: other statements, and a policy without any."""
    evidences = tuple(evidence_of(policy))
    if not evidences:
        raise NotAllowedError(f"The certificate states nothing of policy {policy.id!r}: give it a statement.")
    for evidence in evidences:
        if evidence.certificate_id != certificate_id:
            raise NotAllowedError(
                f"Policy {policy.id!r} has a statement whose evidence does not name certificate {certificate_id!r}: "
                "record that statement with record_policy."
            )


def _merge_statements(dossier: Dossier, policy: Policy, certificate_id: str) -> Policy:
    """Return the policy on file with a certificate's statements in it; without a policy on file, the stated one."""
    before = next((other for other in dossier.policies if other.id == policy.id), None)
    if before is None:
        return policy
    if before.line != policy.line:
        raise NotAllowedError(
            f"Policy {policy.id!r} is on file as one of {before.line.label}, not {policy.line.label}."
        )
    merged: dict[str, Any] = {}
    for field in attrs.fields_dict(Policy):
        on_file, stated = getattr(before, field), getattr(policy, field)
        if isinstance(on_file, tuple):
            others = tuple(item for item in on_file if item.evidence.certificate_id != certificate_id)
            merged[field] = _union(others, stated)
    return attrs.evolve(before, **merged)


def _with_notices(on_file: Iterable[H], value: H) -> H:
    """Return a policy or exemption with the notices of the one on file before its own."""
    for before in on_file:
        if before.id == value.id:
            return attrs.evolve(
                value,
                cancellations=_union(before.cancellations, value.cancellations),
                reinstatements=_union(before.reinstatements, value.reinstatements),
            )
    return value


def _union(before: tuple[T, ...], after: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*before, *after)))


def _item_of(items: Iterable[T], id_: str, name: str) -> T:
    for item in items:
        if getattr(item, "id", None) == id_:
            return item
    raise NotOnFileError(f"There is no {name} {id_!r} of this contractor.")
