"""What a check looked at and what it compared, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from contractor_compliance.domain.assignment import PartyRole
from contractor_compliance.domain.autos import AutoKind
from contractor_compliance.domain.carrier import CarrierStatus
from contractor_compliance.domain.endorsement import EndorsementKind
from contractor_compliance.domain.exclusion import ExclusionKind
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.limits import AggregateBasis, LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.money import format_cents
from contractor_compliance.domain.policy import Trigger

__all__ = ["aspect_labels", "compared_words"]

_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "aggregate_basis": "aggregate basis",
        "autos": "covered autos",
        "carrier": "carrier",
        "combined": "primary and layers combined",
        "custom": "company's own check",
        "endorsement": "endorsement",
        "exclusion": "exclusion",
        "exemption": "exemption",
        "insured": "named insured",
        "legal_form": "legal form",
        "limit": "limit",
        "occurrence": "each occurrence",
        "policy": "identity of the policy",
        "rating": "rating",
        "retention": "deductible or retention",
        "retroactive_date": "retroactive date",
        "scope": "scope",
        "signed": "day of signature",
        "size": "size",
        "state": "state",
        "status": "status",
        "tail": "tail",
        "term": "policy period",
        "trigger": "trigger",
        "underlying": "underlying",
        "worker": "worker",
        **{str(line): line.label for line in Line.known()},
        **{code.value: code.label for codes in (LimitKind, EndorsementKind, PartyRole, AutoKind) for code in codes},
    }
)
#: The aspects that compare codes, not amounts or free text.
_CODES: Mapping[str, type[LabeledCode]] = MappingProxyType(
    {"aggregate_basis": AggregateBasis, "carrier.status": CarrierStatus, "trigger": Trigger}
)


def aspect_labels(aspect: str) -> tuple[str, ...]:
    """Return the titles of the steps of an aspect: of `limit.each_occurrence`, `limit` and `each occurrence`.

    A step that has no title, such as a state, stands for itself.
    """
    if aspect.startswith("exclusion."):
        # Some lines of insurance have the same codes.
        return "exclusion", ExclusionKind(aspect.removeprefix("exclusion.")).label
    return tuple(
        Line(step).label if step.startswith("other:") else _LABELS.get(step, step) for step in aspect.split(".")
    )


def compared_words(aspect: str, compared: str | int | None, default: str = "") -> str:
    """Return what was compared under an aspect: amounts in dollars, codes by their titles, and other text as it is.

    Args:
        aspect: What the check looked at.
        compared: What was required, or what was found; None = nothing.
        default: What to return for nothing.
    """
    if compared is None:
        return default
    if isinstance(compared, int):
        return format_cents(compared)
    titles = {code.value: code.label for code in _CODES.get(aspect, ())}
    return " or ".join(titles.get(code, code) for code in compared.split(" or "))
