"""Lists of those covered: the schedule of a master policy, the roster of a leasing firm (domain rules B7.5, B14.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import attrs

from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.name_matching import match_insured
from contractor_compliance.domain.names import NameMatch
from contractor_compliance.domain.policy import Participant
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.results.finding import Check
from contractor_compliance.results.outcome import Outcome

__all__ = ["listed_check", "participant_check"]

#: The entries of one list, and where it was read.
_List = tuple[tuple[Participant, ...], Evidence]


@attrs.frozen
class _Listing:
    """What one list says of a name on a day."""

    name: str
    covers: bool
    has_ended: bool
    evidence: Evidence

    @property
    def strength(self) -> tuple[int, date]:
        return self.evidence.level.rank, self.evidence.observed_on


def participant_check(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> Check:
    """Is the contractor in the schedule of a master or leasing policy on the day?"""
    contractor = context.facts.dossier.contractor
    fails = Check(
        aspect="insured",
        outcome=Outcome.FAIL,
        reason=ReasonCode.NOT_A_PARTICIPANT,
        required=contractor.legal_name,
        policy_id=policy.id,
    )
    lists = [(insured.participants, insured.evidence) for insured in policy.insured if insured.participants]
    if not lists:
        return attrs.evolve(fails, outcome=Outcome.UNKNOWN, reason=ReasonCode.NAMED_INSURED_UNKNOWN)
    near = ReasonCode.NAMED_INSURED_REVIEW
    return listed_check(
        policy, lists, lambda name: match_insured(name, None, contractor), rule, context, fails=fails, near=near
    )


def listed_check(
    policy: PolicyFacts,
    lists: Iterable[_List],
    match: Callable[[str], NameMatch],
    rule: EvidenceRule,
    context: CheckContext,
    *,
    fails: Check,
    near: ReasonCode,
) -> Check:
    """Does a list name someone on the day, by the latest statement of the strongest level (domain rule B14.3)?

    Args:
        policy: The policy that the lists belong to.
        lists: The lists, each with its evidence.
        match: Compares a name in a list with the one looked for.
        rule: What evidence counts.
        context: The day.
        fails: The check where no list names them on the day.
        near: The reason where a name is merely close.
    """
    listings, close = _listings(lists, match, context.day)
    if not listings:
        return fails if close is None else attrs.evolve(fails, outcome=Outcome.UNKNOWN, reason=near, actual=close)
    deciding = _strongest(listings)
    is_covered = {listing.covers for listing in deciding}
    if len(is_covered) == 2:
        return attrs.evolve(fails, outcome=Outcome.UNKNOWN, reason=ReasonCode.FACTS_CONFLICT)
    if is_covered == {False} or _has_ended_since(deciding[0].evidence.observed_on, listings):
        return fails
    covering = tuple(listing.evidence for listing in listings if listing.covers)
    return context.proven(fails.aspect, covering, rule, policy, fails.required, min(item.name for item in deciding))


def _strongest(listings: list[_Listing]) -> list[_Listing]:
    """Return what the latest lists of the strongest level say."""
    best = max(listing.strength for listing in listings)
    return [listing for listing in listings if listing.strength == best]


def _has_ended_since(day: date, listings: list[_Listing]) -> bool:
    """Return whether a list observed after the day shows that the enrollment ended.

    That is an event: it counts from any evidence against all earlier statements.
    """
    return any(listing.has_ended and listing.evidence.observed_on > day for listing in listings)


def _listings(
    lists: Iterable[_List], match: Callable[[str], NameMatch], day: date
) -> tuple[list[_Listing], str | None]:
    """Return what the lists say, and a listed name that is merely close."""
    listings: list[_Listing] = []
    close: str | None = None
    for participants, evidence in lists:
        entries = []
        for entry in participants:
            compared = match(entry.name)
            if compared is NameMatch.MATCH:
                entries.append(entry)
            elif compared is NameMatch.REVIEW and _covers(entry, day):
                close = min(close or entry.name, entry.name)
        if entries:
            listings.append(_listing(entries, evidence, day))
    return listings, close


def _listing(entries: list[Participant], evidence: Evidence, day: date) -> _Listing:
    """Return what one list says by its entries under one name."""
    covers = any(_covers(entry, day) for entry in entries)
    has_ended = not covers and any(entry.until is not None and entry.until <= day for entry in entries)
    return _Listing(min(entry.name for entry in entries), covers, has_ended, evidence)


def _covers(entry: Participant, day: date) -> bool:
    return entry.effective <= day and (entry.until is None or day < entry.until)
