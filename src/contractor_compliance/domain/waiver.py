"""Waivers: exceptions that a named person grants for a reason and a time. They change no fact (domain rule B8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import attrs

from contractor_compliance.domain.evidence import DocumentCode, EvidenceRule
from contractor_compliance.domain.fields import SetOf, TupleOf, field
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.limits import MinimumLimit
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.reason import NEVER_WAIVABLE, ReasonCode
from contractor_compliance.domain.value import Id, Text, Value, repeated
from contractor_compliance.errors import Fault

__all__ = ["Waiver", "WaiverKind", "WaiverState"]


class WaiverKind(LabeledCode):
    """What a waiver does (domain rule B8.5).

    Example:
        >>> from contractor_compliance.domain import LimitKind, MinimumLimit, cents
        >>> from contractor_compliance.testing import factories
        >>> minimum = MinimumLimit(limit=LimitKind.EACH_OCCURRENCE, cents=cents("500,000"))
        >>> factories.waiver(kind=WaiverKind.REDUCE, reduced=(minimum,)).kind.label
        'reduced limits'
    """

    WAIVE = "waive"
    REDUCE = "reduce"
    SUBSTITUTE = "substitute"
    CONDITIONAL = "conditional"


class WaiverState(LabeledCode):
    """Life of a waiver. Its lapse is seen from its dates, so it is no state (domain rule B8.4).

    Example:
        >>> from contractor_compliance.testing import factories
        >>> factories.waiver().state, factories.waiver().decided_by
        (<WaiverState.GRANTED: 'granted'>, 'member-2')
    """

    REQUESTED = "requested"
    GRANTED = "granted"
    REJECTED = "rejected"
    REVOKED = "revoked"


@attrs.frozen(kw_only=True)
class Waiver(Value):
    """One exception.

    A waiver names a requirement by id, or a whole line. It acts on a failure or an unknown whose every reason the
    requirement lists as waivable; the underlying outcome stays in the report.

    Attributes:
        id: The host's own id.
        kind: Waive the requirement; reduce its limits; accept other evidence; waive it until a document arrives.
        state: Requested, granted, rejected or revoked.
        reason: Why, in words.
        reason_codes: The reasons it is granted for; none = each that the requirement lists as waivable on the day
            judged. A waiver that the desk grants always lists them, so that a later rule book does not widen it.
        requirement_id: The requirement; for a reduction or substitution it may be a member of an `AnyOf` or `AllOf`.
        line: The line, where a whole line is waived.
        assignment_id: The one assignment that it is for; None = all.
        policy_id: The policy that it depends on: the waiver ends with it.
        certificate_id: The certificate whose failed rule it accepts.
        effective: First day.
        expires: The day on which it ends.
        revoked_on: Day from which a revoked waiver no longer acts.
        reduced: Reduced limits, tested in the place of the requirement's.
        evidence: Substituted evidence rule, tested in the place of the requirement's.
        until_document: Conditional: the waiver ends on the day a statement from this kind of document is observed.
        requested_by: Id of the member who asked.
        requested_at: Instant, UTC.
        decided_by: Id of the member who granted, rejected or revoked.
        decided_at: Instant, UTC.
        document: Supporting document.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.domain import ReasonCode
        >>> from contractor_compliance.testing import factories
        >>> waiver = factories.waiver(id="waiver-1", requirement_id="gl")
        >>> requirement = factories.gl_requirement(id="gl", waivable=frozenset({ReasonCode.MISSING}))
        >>> report = evaluate(factories.dossier(waiver), factories.rulebook(requirement), as_of=date(2026, 6, 1))
        >>> report.verdict.value, report.waived_but_failing
        ('compliant_with_exceptions', ('gl',))
    """

    id: Id
    kind: WaiverKind = WaiverKind.WAIVE
    state: WaiverState
    reason: Text
    reason_codes: frozenset[ReasonCode] = field(default=frozenset(), converter=SetOf[ReasonCode])
    requirement_id: Id | None = None
    line: Line | None = None
    assignment_id: Id | None = None
    policy_id: Id | None = None
    certificate_id: Id | None = None
    effective: date
    expires: date
    revoked_on: date | None = None
    reduced: tuple[MinimumLimit, ...] = field(default=(), converter=TupleOf[MinimumLimit])
    evidence: EvidenceRule | None = None
    until_document: DocumentCode | None = None
    requested_by: Id
    requested_at: datetime
    decided_by: Id | None = None
    decided_at: datetime | None = None
    document: Text | None = None

    def _faults(self) -> Iterator[Fault]:
        if (self.requirement_id is None) is (self.line is None):
            yield Fault(
                "$.requirement_id",
                repr(self.requirement_id),
                "name either a requirement or a whole line",
            )
        if self.expires <= self.effective:
            yield Fault("$.expires", str(self.expires), f"must be after the first day, {self.effective}")
        for code in sorted(self.reason_codes & NEVER_WAIVABLE, key=lambda reason_code: reason_code.value):
            yield Fault(
                "$.reason_codes",
                code.value,
                "is never waivable: cover that has run out stays run out (B8.3)",
            )
        if self.state is not WaiverState.REQUESTED and (self.decided_by is None or self.decided_at is None):
            yield Fault(
                "$.decided_by",
                repr(self.decided_by),
                "a decided waiver names who decided it and when",
            )
        if (self.state is WaiverState.REVOKED) is (self.revoked_on is None):
            yield Fault("$.revoked_on", str(self.revoked_on), "belongs to a revoked waiver, and to no other")
        if self.decided_at is not None and self.decided_at < self.requested_at:
            yield Fault(
                "$.decided_at",
                str(self.decided_at),
                f"is before the request at {self.requested_at}",
            )
        yield from repeated(self.reduced, "reduced", lambda minimum: minimum.limit)
        for kind, name in _NEEDS.items():
            present = bool(getattr(self, name))
            if present is not (self.kind is kind):
                verb = "needs this field" if self.kind is kind else "does not have this field"
                yield Fault(
                    f"$.{name}",
                    repr(getattr(self, name)),
                    f"a waiver of kind {self.kind.value} {verb}",
                )


_NEEDS = {
    WaiverKind.REDUCE: "reduced",
    WaiverKind.SUBSTITUTE: "evidence",
    WaiverKind.CONDITIONAL: "until_document",
}
