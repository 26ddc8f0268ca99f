"""A line of a schedule: whether it names a party, alone or beside others (domain rule B14.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from contractor_compliance.domain.blanket import BlanketReach, blanket_reach, is_nearly_blanket, without_condition
from contractor_compliance.domain.name_matching import match_party
from contractor_compliance.domain.names import NameMatch

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
    """

    match: NameMatch
    reach: BlanketReach | None = None
    is_blanket: bool = False
    text: str | None = None


_SUFFIX = re.compile(
    r"\b(?:l\.?l\.?c|inc(?:orporated)?|corp(?:oration)?|co(?:mpany)?|ltd|limited|l\.?p|l\.?l\.?p|p\.?l\.?l\.?c|p\.?c)\.?$",
    re.IGNORECASE,
)
_CARE_OF = re.compile(r"[\s,;(]+(?:c\s*/\s*o|care\s+of|attn|attention)\b.*$", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"\s*,\s*(?:\d+\s+\S|p\.?\s*o\.?\s+box\b).*$", re.IGNORECASE | re.DOTALL)
_PEOPLE = (
    r"(?:successors?|assigns?|assignees?|affiliates?|affiliated\s+(?:companies|entities)|subsidiar(?:y|ies)|parents?|"
    r"parent\s+compan(?:y|ies)|officers?|directors?|employees?|agents?|volunteers?|members?|partners?|managers?|"
    r"owners?|representatives?|shareholders?|divisions?|trustees?|officials?|elected\s+officials?|lenders?)"
)
_KIN = r"(?:successors?|assigns?|affiliates?|affiliated\s+(?:companies|entities)|subsidiar(?:y|ies))"
_JOIN = r"(?:\s*[,;(/]\s*|\s+(?:and\s*/\s*or|and|or|&)\s+|\s+)"
#: Phrases that add to a name those who belong to it.
_BELONGING = re.compile(
    rf"{_JOIN}(?:(?:and\s*/\s*or|and|or|&)\s+)?"
    rf"(?:(?:any\s+and\s+all|all|any|each)(?:\s+of)?(?:\s+(?:its|their|the))?\s+(?:(?:respective|related|elected)\s+)*{_PEOPLE}"
    rf"|(?:its|their)\s+(?:(?:respective|related|elected)\s+)*{_PEOPLE}"
    rf"|{_KIN}\b|isaoa\b|atima\b|as\s+their\s+interests?\s+may\s+appear|et\s+al\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_STRONG = re.compile(
    r"\s*(?:;|\r?\n|\band\s*/\s*or\b)\s*|\s+and\s+(?=(?:any|all)\s+(?:other\s+)?(?:persons?|organi[sz]ations?|part))",
    re.IGNORECASE,
)
_WEAK = re.compile(r"\s*,\s*(?:and\s+|&\s*)?|\s+and\s+|\s+&\s+|\s+/\s+", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|except|excepting|excluding|excludes?|other\s+than|without|but\s+for)\b", re.IGNORECASE)


def match_schedule(line: str, names: tuple[str, ...]) -> ScheduleMatch:
    """Compare a schedule line with the accepted spellings of a party.

    The line may be the party's name alone, a blanket sentence, or the name with more: successors, affiliates,
    officers, a care-of, an address, other parties. What cannot be told apart asks for a person's look.

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
    if len(line) > _LONGEST:
        return ScheduleMatch(NameMatch.REVIEW, text=line)
    if match_party(line, names) is NameMatch.MATCH:
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
    match = _named(part if named is None else named, names)
    if match is NameMatch.MISMATCH and is_nearly_blanket(part if named is None else named):
        return ScheduleMatch(NameMatch.REVIEW)
    conditional = named is not None and match is NameMatch.MATCH
    return ScheduleMatch(match, BlanketReach.CONTRACT if conditional else None)


def _named(part: str, names: tuple[str, ...]) -> NameMatch:
    plain = _CARE_OF.sub("", part)
    alone = _BELONGING.sub("", plain)
    matches = {match_party(part, names)}
    # What stands after a care-of is an address, so that no name is looked for there.
    for text in dict.fromkeys((plain, alone, _ADDRESS.sub("", plain), _ADDRESS.sub("", alone))):
        if text != part:
            matches.add(match_party(text, names))
        matches.update(_among(text, names))
    for match in (NameMatch.MATCH, NameMatch.REVIEW):
        if match in matches:
            return match
    return NameMatch.MISMATCH


def _among(text: str, names: tuple[str, ...]) -> Iterator[NameMatch]:
    """Yield how the party compares with each run of pieces of a line that lists several names."""
    marks = [(0, 0), *((mark.start(), mark.end()) for mark in _WEAK.finditer(text)), (len(text), len(text))]
    if len(marks) > _MOST:
        return
    longest = 2 * max(map(len, names)) + 20
    for first, (_, start) in enumerate(marks[:-1]):
        for end, after in marks[first + 1 :]:
            run = text[start:end].strip()
            if not run or len(run) > longest or match_party(run, names) is not NameMatch.MATCH:
                continue
            ours = _SUFFIX.search(run) is not None
            before = text[: marks[first][0]].strip()
            rest = text[after:].strip()
            parted = (not before or _SUFFIX.search(before) is not None) and (not rest or _ends_in_suffix(rest))
            yield NameMatch.MATCH if ours and parted else NameMatch.REVIEW


def _ends_in_suffix(rest: str) -> bool:
    """Whether what comes after is another legal name: its first piece, or all of it, ends in a legal form."""
    pieces = _WEAK.split(rest)
    return any(_SUFFIX.search(" ".join(pieces[:count]).strip()) is not None for count in (1, 2, 3))


#: A line of more pieces than this is a text, not a list of names.
_MOST = 24
#: Nobody prints a longer line: a person has to look at it.
_LONGEST = 10_000
