"""A line of a schedule: whether it names a party, alone or beside others (domain rule B14.7)."""

from __future__ import annotations

import re

import attrs

from contractor_compliance.domain.blanket import BlanketReach, blanket_reach, is_nearly_blanket, without_condition
from contractor_compliance.domain.name_matching import match_party
from contractor_compliance.domain.names import NameMatch, normal_name

__all__ = ["ScheduleMatch", "match_schedule"]


@attrs.frozen
class ScheduleMatch:
    """What a schedule line says of one party.

    Attributes:
        match: Whether it names the party, or may.
        reach: Which parties a blanket sentence reaches; a line that names the party "where required by written
            contract" reaches it under that contract; None = no contract is asked for.
        is_blanket: Whether it is a blanket sentence that names no one.
        text: The line, where it holds more than the party's name.

    Example:
        >>> from contractor_compliance.domain import match_schedule
        >>> line = "Sample Mills Corp where required by written contract"
        >>> compared = match_schedule(line, ("Sample Mills Corp",))
        >>> compared.match.value, compared.reach.value, compared.is_blanket
        ('match', 'contract', False)
    """

    match: NameMatch
    reach: BlanketReach | None = None
    is_blanket: bool = False
    text: str | None = None


_ADDRESS = re.compile(r"\s*,\s*(?:\d+\s+\S|p\.?\s*o\.?\s+box\b).*$", re.IGNORECASE | re.DOTALL)
_STRONG = re.compile(
    r"\s*(?:;|\r?\n|\band\s*/\s*or\b)\s*|\s+and\s+(?=(?:any|all)\s+(?:other\s+)?(?:persons?|organi[sz]ations?|part))",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:not|except|excepting|excluding|excludes?|other\s+than|without|but\s+for)\b", re.IGNORECASE)


def match_schedule(line: str, names: tuple[str, ...]) -> ScheduleMatch:
    """Compare a schedule line with the accepted spellings of a party.

    The line may be the party's name alone, a blanket sentence, or the name with more: successors, affiliates,
    officers, a care-of, an address, other parties. Where the names in it cannot be separated, a person must look.

    Args:
        line: The line as printed.
        names: The party's name and its accepted spellings.

    Example:
        >>> from contractor_compliance.domain.schedule import match_schedule
        >>> match_schedule("Sample Mills Corp, its successors and assigns", ("Sample Mills Corp",)).match
        <NameMatch.MATCH: 'match'>
        >>> match_schedule("Other Co c/o Sample Mills Corp", ("Sample Mills Corp",)).match
        <NameMatch.MISMATCH: 'mismatch'>
    """
    if len(line) > _MAX_LENGTH:
        return ScheduleMatch(NameMatch.REVIEW, text=line)
    if normal_name(line) in {normal_name(name) for name in names} - {""}:
        return ScheduleMatch(NameMatch.MATCH)
    plain = _without_runs(line)
    parts = dict.fromkeys((plain, *_STRONG.split(plain)))
    results = [_one(part, names) for part in parts if part and not part.isspace()]
    order = (NameMatch.MATCH, NameMatch.REVIEW, NameMatch.MISMATCH)
    best = min(results, key=lambda result: (order.index(result.match), result.reach is not None))
    if best.match is NameMatch.MATCH and _NEGATED.search(line):
        best = ScheduleMatch(NameMatch.REVIEW)
    return attrs.evolve(best, text=line)


def _without_runs(line: str) -> str:
    """Return a line in which no space and no mark repeats itself: long runs would keep the expressions busy."""
    spaced = re.sub(r"(?: ?\n)+ ?", "\n", re.sub(r"[^\S\n]+", " ", line)).strip()
    return re.sub(r"([,;(/])(?: ?[,;(/])+", r"\1", spaced)


def _one(part: str, names: tuple[str, ...]) -> ScheduleMatch:
    reach = blanket_reach(part)
    if reach is not None:
        return ScheduleMatch(NameMatch.MATCH, reach, is_blanket=True)
    named = without_condition(part)
    match = match_party(_ADDRESS.sub("", part if named is None else named), names)
    if match is NameMatch.MISMATCH and is_nearly_blanket(part if named is None else named):
        return ScheduleMatch(NameMatch.REVIEW)
    conditional = named is not None and match is NameMatch.MATCH
    return ScheduleMatch(match, BlanketReach.CONTRACT if conditional else None)


#: A longer line is a text rather than a schedule: a person has to look at it.
_MAX_LENGTH = 10_000
