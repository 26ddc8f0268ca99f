"""How we know a fact: its evidence level, the document, the day it was observed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import attrs

from contractor_compliance.domain.fields import SetOf, field
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import AtLeast, Id, Matches, Value
from contractor_compliance.errors import Fault

__all__ = ["DocumentCode", "Evidence", "EvidenceLevel", "EvidenceRule"]

#: What a document is, in lower case with underscores: `acord_25`, `c_105_2`, `ce_200`, `register_entry`.
DocumentCode = Annotated[
    str,
    Matches(r"[a-z0-9]+(_[a-z0-9]+)*", "must be lower case words joined by underscores: acord_25"),
]


class EvidenceLevel(LabeledCode):
    """How strong a source is, weakest first (domain rule B4.3).

    Example:
        >>> EvidenceLevel.CERTIFICATE.rank < EvidenceLevel.COPY.rank < EvidenceLevel.CONFIRMED.rank
        True
    """

    DECLARED = "declared"
    CERTIFICATE = "certificate"
    DESCRIPTION = "description"
    COPY = "copy"
    CONFIRMED = "confirmed"
    PLATFORM = "platform"

    #: Position from weak to strong: 0 for what the contractor declared, 5 for what the platform issued.
    rank: int


for _rank, _level in enumerate(EvidenceLevel):
    _level.rank = _rank


@attrs.frozen(kw_only=True)
class Evidence(Value):
    """Where one group of facts was read.

    Attributes:
        level: How strong the source is: declared by the contractor; on a certificate; in a certificate's description
            of operations; a copy of the endorsement or policy; confirmed by the insurer, its agent or a state
            register; issued through the platform.
        observed_on: Day on which the source said so.
        document: What the source is, if it matters: some requirements accept only certain forms (rule B6.9). A term
            read from a binder (`acord_75`, `binder`) is that of the binder, and what comes after it is not known
            (rule B14.20). Evidence of property insurance (`acord_24`, `acord_27`, `acord_28`) states nothing of
            liability, and an `acord_101` belongs to its certificate (rule B14.23).
        certificate_id: The certificate in the dossier that it was read from, if it was.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import EvidenceLevel, Term
        >>> read = Evidence(level=EvidenceLevel.CERTIFICATE, observed_on=date(2026, 1, 5), document="acord_25")
        >>> Term(effective=date(2026, 1, 1), expiration=date(2027, 1, 1), evidence=read).evidence.level.rank
        1
    """

    level: EvidenceLevel
    observed_on: date
    document: DocumentCode | None = None
    certificate_id: Id | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.document != "acord_101":
            return
        if self.certificate_id is None:
            yield Fault("$.certificate_id", "nothing", "an ACORD 101 belongs to its certificate; name it here (B14.23)")
        if self.level.rank > EvidenceLevel.DESCRIPTION.rank:
            yield Fault(
                "$.level",
                self.level.value,
                "an ACORD 101 carries on a certificate's remarks; its level is description at most (B14.23)",
            )


@attrs.frozen(kw_only=True)
class EvidenceRule(Value):
    """What evidence a requirement accepts.

    Attributes:
        at_least: Weakest evidence level that counts.
        documents: Documents that count; none named = any.
        fresh_for_days: Evidence observed more than this many days before the day judged no longer counts.
        number_due_days: How many days from a policy's effective date a text such as TBD will do in the place of its
            number. Until then a pass depends on the number, and from then on it is unknown (domain rule B14.20). Sixty
            days are common practice; no source sets them. A binder will do to its own expiration.
        refuse_prior_term: A certificate completed a full term before the policy's own term began is stale
            (domain rule B1.6).

    Example:
        >>> from contractor_compliance.domain import EvidenceLevel
        >>> from contractor_compliance.testing import factories
        >>> rule = EvidenceRule(at_least=EvidenceLevel.COPY, fresh_for_days=90)
        >>> factories.gl_requirement(evidence=rule).evidence.at_least.value
        'copy'
    """

    at_least: EvidenceLevel = EvidenceLevel.CERTIFICATE
    documents: frozenset[DocumentCode] = field(default=frozenset(), converter=SetOf[DocumentCode])
    fresh_for_days: Annotated[int, AtLeast(1)] | None = None
    refuse_prior_term: bool = False
    number_due_days: Annotated[int, AtLeast(1)] = 60
