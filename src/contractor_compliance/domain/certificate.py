"""Certificates of insurance with their review, and the exemptions that stand in the place of a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import attrs

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.fields import Stated, TupleOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.one_source import OneSource, flag
from contractor_compliance.domain.term import Cancellation, Reinstatement, Term
from contractor_compliance.domain.value import Id, Missing, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["Certificate", "Exemption", "ExemptionKind", "ReviewEvent", "ReviewStatus"]


class ReviewStatus(LabeledCode):
    """Where the review of a certificate stands. Only approved and flagged certificates supply facts.

    Example:
        >>> [status.value for status in ReviewStatus if status.supplies_facts]
        ['approved', 'flagged']
    """

    PENDING = "pending"
    PROCESSING = "processing"
    APPROVED = "approved"
    FLAGGED = "flagged"
    DENIED = "denied"
    ERROR = "error"

    @property
    def supplies_facts(self) -> bool:
        """Whether the evaluator reads what such a certificate says."""
        return self in (ReviewStatus.APPROVED, ReviewStatus.FLAGGED)


@attrs.frozen(kw_only=True)
class ReviewEvent(Value):
    """One step of a review.

    Attributes:
        at: Instant, UTC.
        status: Status it led to.
        by: Id of the member who did it; None = done by a program.
        note: Why.

    Example:
        >>> from datetime import UTC, datetime
        >>> from contractor_compliance.domain import Certificate, ReviewStatus
        >>> approval = ReviewEvent(at=datetime(2026, 1, 5, 15, tzinfo=UTC), status=ReviewStatus.APPROVED, by="member-1")
        >>> Certificate(id="certificate-1", status=ReviewStatus.APPROVED, review=(approval,)).review[-1].by
        'member-1'
    """

    at: datetime
    status: ReviewStatus
    by: Id | None = None
    note: Text | None = None


@attrs.frozen(kw_only=True)
class Certificate(Value):
    """A certificate of liability insurance: information only; it changes no policy and confers no right (rule B1).

    Attributes:
        id: The host's own id; statements refer to it.
        status: Where its review stands.
        completed_on: Date of completion printed on it.
        form: Which form it is, such as `ACORD 25`.
        edition: Edition of the form, such as `2016/03`.
        number: Certificate number printed on it.
        holder: Certificate holder: gives no cover and no notice (domain rule B1.7).
        producer: Producer (agent or broker) named on it.
        received_at: Instant it arrived, UTC.
        sha256: Digest of the file, in hexadecimal.
        review: Steps of the review, oldest first.

    Example:
        >>> from contractor_compliance.domain import ReviewStatus
        >>> certificate = Certificate(id="certificate-1", status=ReviewStatus.PENDING, form="ACORD 25")
        >>> certificate.status.supplies_facts
        False
    """

    id: Id
    status: ReviewStatus
    completed_on: date | None = None
    form: Text | None = None
    edition: Text | None = None
    number: Text | None = None
    holder: Text | None = None
    producer: Text | None = None
    received_at: datetime | None = None
    sha256: Text | None = None
    review: tuple[ReviewEvent, ...] = field(default=(), converter=TupleOf[ReviewEvent])

    def _faults(self) -> Iterator[Fault]:
        for index, (before, event) in enumerate(zip(self.review, self.review[1:], strict=False), start=1):
            if event.at < before.at:
                yield Fault(
                    f"$.review[{index}].at",
                    str(event.at),
                    f"is before the step before it, {before.at}",
                )
        if self.review and self.review[-1].status is not self.status:
            yield Fault(
                "$.status",
                self.status.value,
                f"differs from the last step, {self.review[-1].status.value}",
            )


class ExemptionKind(LabeledCode):
    """What kind of paper stands in the place of a workers' compensation policy.

    Example:
        >>> [kind.value for kind in ExemptionKind if kind.covers_employees]
        ['self_insurance', 'extraterritorial']
    """

    OWNER_EXEMPTION = "owner_exemption"
    ATTESTATION = "attestation"
    REGISTER_EXEMPTION = "register_exemption"
    SELF_INSURANCE = "self_insurance"
    EXTRATERRITORIAL = "extraterritorial"
    NON_SUBSCRIBER_AGREEMENT = "non_subscriber_agreement"
    SOLE_PROPRIETOR_DECLARATION = "sole_proprietor_declaration"

    @property
    def covers_employees(self) -> bool:
        """Whether it also answers for employees; the others only say that an owner needs no cover."""
        return self in (ExemptionKind.SELF_INSURANCE, ExemptionKind.EXTRATERRITORIAL)


@attrs.frozen(kw_only=True)
class Exemption(Value):
    """A paper that a requirement may accept for a state instead of a policy (domain rules B6.4 to B6.10).

    An owner's exemption (state certificate, attestation such as CE-200, register entry) says that the owner need not
    be covered. Self-insurance and extraterritorial certificates cover employees too. A non-subscriber agreement
    (Texas DWC-83, DWC-85) waives benefits and insures nobody.

    A sole proprietor's declaration is the contractor's own word, so the level `declared` is enough for it where a
    requirement lists it. It is good for an individual only, never for a company, if it was signed on or before the
    first day of the work, and never where the law demands cover (domain rule B14.17). It insures nobody either.

    Attributes:
        id: The host's own id.
        kind: What kind of paper it is.
        state: The state that it is good for.
        number: Its number.
        signed_on: Day on which it was signed, where that matters: a declaration signed later proves nothing.
        people: Ids or names of the people it exempts; empty = every owner.
        license_classes: License classes it is limited to, as the board writes them; empty = no limit.
        terms: Statements of its validity.
        cancellations: Revocations.
        reinstatements: Reinstatements.

    Example:
        >>> from contractor_compliance.domain import State
        >>> from contractor_compliance.testing import factories
        >>> exemption = factories.exemption(state=State.AL, people=("person-1",))
        >>> exemption.kind.label, exemption.kind.covers_employees
        ("owner's exemption", False)
    """

    id: Id
    kind: ExemptionKind
    state: State
    number: Text | None = None
    signed_on: date | Missing = field(default=Missing.ABSENT, converter=Stated[date])
    people: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    license_classes: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    terms: tuple[Term, ...] = field(default=(), converter=TupleOf[Term])
    cancellations: tuple[Cancellation, ...] = field(default=(), converter=TupleOf[Cancellation])
    reinstatements: tuple[Reinstatement, ...] = field(default=(), converter=TupleOf[Reinstatement])

    @classmethod
    def from_source(
        cls,
        evidence: Evidence,
        *,
        id: str,  # noqa: A002  # as the field is called
        kind: ExemptionKind,
        state: State,
        number: str | None = None,
        signed_on: date | Missing | None = None,
        people: Iterable[str] = (),
        license_classes: Iterable[str] = (),
        effective: date | Missing | None = None,
        expiration: date | Missing | None = None,
        continuous: bool = False,
    ) -> Exemption:
        """Return an exemption whose validity one source states.

        Args:
            evidence: Where its days were read.
            id: The host's own id.
            kind: What kind of document it is.
            state: The state that it is good for.
            number: Its number.
            signed_on: Day on which it was signed; None = not stated.
            people: Ids or names of the people it exempts; empty = every owner.
            license_classes: License classes it is limited to; empty = no limit.
            effective: First day on which it is good; None = not stated.
            expiration: The day on which it ends; None = not stated.
            continuous: Whether it is good until revoked; a blank expiration alone never means it.

        Raises:
            InvalidValueError: With every fault; its path names the argument.

        Example:
            >>> from datetime import date
            >>> from contractor_compliance.domain import Evidence, EvidenceLevel, Exemption, ExemptionKind, State
            >>> exemption = Exemption.from_source(
            ...     Evidence(level=EvidenceLevel.CONFIRMED, observed_on=date(2026, 1, 5), document="register_entry"),
            ...     id="exemption-1",
            ...     kind=ExemptionKind.REGISTER_EXEMPTION,
            ...     state=State.CA,
            ...     effective=date(2025, 7, 1),
            ...     continuous=True,
            ... )
            >>> exemption.terms[0].continuous, exemption.terms[0].evidence.document
            (True, 'register_entry')
        """
        source = OneSource("Exemption", evidence)
        terms = source.statement("terms", Term, effective=effective, expiration=expiration, continuous=flag(continuous))
        return source.build(
            cls,
            id=id,
            kind=kind,
            state=state,
            number=number,
            signed_on=signed_on,
            people=people,
            license_classes=license_classes,
            terms=terms,
        )
