"""The period of a policy or exemption, and the notices that end it early or bring it back, as sources state them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.fields import Stated, field
from contractor_compliance.domain.value import Missing, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["Cancellation", "Reinstatement", "Term"]


@attrs.frozen(kw_only=True)
class Term(Value):
    """The policy period as one source states it.

    Attributes:
        effective: First day in force.
        expiration: The day on which it ends: not in force on that day (domain rule B3.2).
        continuous: In force until cancelled, as a surety bond, a state-fund account or a register's exemption is
            (rule B3.13). Whoever records it says so; a blank expiration alone never means it.
        evidence: Where this was read.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.testing import factories
        >>> term = Term(effective=date(2026, 1, 1), continuous=True, evidence=factories.evidence())
        >>> term.expiration
        <Missing.ABSENT: 'absent'>
    """

    effective: date | Missing = field(default=Missing.ABSENT, converter=Stated[date])
    expiration: date | Missing = field(default=Missing.ABSENT, converter=Stated[date])
    continuous: bool = False
    evidence: Evidence

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.expiration, Missing):
            return
        if self.continuous:
            yield Fault(
                "$.expiration",
                str(self.expiration),
                "a continuous term has none; record the end as a cancellation",
            )
        if not isinstance(self.effective, Missing) and self.expiration <= self.effective:
            yield Fault(
                "$.expiration",
                str(self.expiration),
                f"must be after the effective date, {self.effective}",
            )


@attrs.frozen(kw_only=True)
class Cancellation(Value):
    """A notice that ends the policy early (domain rules B3.6, B3.9).

    Attributes:
        effective: First day without cover, as the notice states it. On the policy's own first day: flat, no cover.
        issued_on: Day of the notice; notices work in this order.
        statutory_end: Last day on which a state may still hold the insurer liable, if someone worked it out
            (rule B3.7). A note for a loss-day report; it never counts as cover.
        reason: Why, as the notice says.
        evidence: Where this was read.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing import factories
        >>> days = {"effective": date(2026, 5, 4), "issued_on": date(2026, 4, 24)}
        >>> policy = factories.gl_policy(cancellations=(Cancellation(**days, evidence=factories.evidence()),))
        >>> evaluate(factories.dossier(policy), factories.rulebook(), as_of=date(2026, 5, 4)).policies[0].validity.value
        'cancelled'
    """

    effective: date | Missing = field(default=Missing.ABSENT, converter=Stated[date])
    issued_on: date | Missing = field(default=Missing.ABSENT, converter=Stated[date])
    statutory_end: date | None = None
    reason: Text | None = None
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Reinstatement(Value):
    """A notice that brings a cancelled policy back (domain rules B3.8, B3.9).

    It lifts the cancellations issued before it, or on its own day, from its own effective date. At or before the
    cancellation's date it rescinds it; later, the days between stay uncovered for good.

    Attributes:
        effective: First day of cover again.
        issued_on: Day of the notice.
        evidence: Where this was read.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.evaluation import standing
        >>> from contractor_compliance.testing import factories
        >>> day, cancellation = date(2026, 5, 18), factories.cancellation(date(2026, 5, 4))
        >>> notice = Reinstatement(effective=day, issued_on=day, evidence=factories.evidence())
        >>> policy = factories.gl_policy(cancellations=(cancellation,), reinstatements=(notice,))
        >>> rows = standing(factories.dossier(policy), factories.rulebook(factories.gl_requirement()))
        >>> [row.verdict.value for row in rows]
        ['not_required', 'compliant', 'non_compliant', 'compliant', 'not_required']
    """

    effective: date | Missing = field(default=Missing.ABSENT, converter=Stated[date])
    issued_on: date | Missing = field(default=Missing.ABSENT, converter=Stated[date])
    evidence: Evidence
