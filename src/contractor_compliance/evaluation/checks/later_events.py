"""Whether an unfavorable statement stands against favorable ones of the same fact (domain rule B14.3).

A later event counts from any level against every earlier statement. Only a favorable statement observed on or after
the event may outweigh it, by its level, then by its day; and it must be as well proven as the requirement asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.results.outcome import Outcome

__all__ = ["Proof", "fault_to_name", "standing_of"]

#: How well a favorable statement is proven: None = as the requirement asks, else what is wrong with it.
Proof = Callable[[Evidence], ReasonCode | None]


def standing_of(
    event: Evidence, favorable: Iterable[Evidence], proof: Proof, stands: ReasonCode
) -> tuple[Outcome, ReasonCode | None]:
    """Return what an unfavorable statement leaves: FAIL where it stands, UNKNOWN where it is disputed, else PASS.

    Args:
        event: Where the unfavorable statement was read.
        favorable: Where the favorable ones were read.
        proof: Says how well one of them is proven.
        stands: The reason where it stands.
    """
    weight = _weight(event)
    later = [evidence for evidence in favorable if evidence.observed_on >= event.observed_on]
    heavier = [evidence for evidence in later if _weight(evidence) > weight]
    faults = {proof(evidence) for evidence in heavier}
    if None in faults:
        return Outcome.PASS, None
    if any(_weight(evidence) == weight for evidence in later):
        return Outcome.UNKNOWN, ReasonCode.FACTS_CONFLICT
    if faults:
        return Outcome.UNKNOWN, fault_to_name(faults)
    return Outcome.FAIL, stands


def fault_to_name(faults: Iterable[ReasonCode | None]) -> ReasonCode:
    """Return the one fault of several that is reported: the first by its code, never by the order of statements."""
    return min((fault for fault in faults if fault), key=lambda fault: fault.value)


def _weight(evidence: Evidence) -> tuple[int, object]:
    return evidence.level.rank, evidence.observed_on
