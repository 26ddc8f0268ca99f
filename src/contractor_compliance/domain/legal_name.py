"""Whether two names mean the same legal person. Close is never a match: it asks for a person to look (rule B7)."""

from __future__ import annotations

import functools
import re
from enum import Enum

from contractor_compliance.domain.contractor import Contractor, EntityType, TaxId

__all__ = ["NameMatch", "match_insured", "match_party", "normal_name"]


class NameMatch(Enum):
    """How a printed name compares with the one required.

    Example:
        >>> from contractor_compliance.domain import match_insured
        >>> from contractor_compliance.testing import factories
        >>> contractor = factories.contractor(legal_name="Sample Rigging LLC", trade_names=("Sample Aloft",))
        >>> names = ("SAMPLE RIGGING, L.L.C.", "Sample Aloft", "Other Inc")
        >>> [match_insured(name, None, contractor).value for name in names]
        ['match', 'review', 'mismatch']
    """

    MATCH = "match"
    REVIEW = "review"
    MISMATCH = "mismatch"


_DBA = re.compile(r"\s(?:d/?b/?a|doing business as|t/a|trading as)[:.]?\s", re.IGNORECASE)
_DROPPED = re.compile(r"[.,'\u2019\"()]")
_SEPARATOR = re.compile(r"[^\w&]+")
_WORDS = {
    "incorporated": "inc",
    "corporation": "corp",
    "company": "co",
    "limited": "ltd",
    "&": "and",
    "l.l.c": "llc",
}
_SUFFIXES = frozenset({"llc", "inc", "corp", "co", "ltd", "lp", "llp", "pllc", "pc", "pllp"})
_SOLE = frozenset({EntityType.INDIVIDUAL, EntityType.SOLE_PROPRIETOR})
# Below this share of equal letters two names are not worth a person's look.
_CLOSE = 0.8


@functools.lru_cache(maxsize=4096)  # insurers and parties are the same few names again and again
def normal_name(name: str) -> str:
    """Return a legal name without case, punctuation and spelling variants of its legal form."""
    text = _DROPPED.sub("", name.casefold()).replace("limited liability company", "llc").replace("&", " & ")
    return " ".join(_WORDS.get(word, word) for word in _SEPARATOR.split(text) if word)


def match_insured(printed: str | None, tax_id: TaxId | None, contractor: Contractor) -> NameMatch:
    """Compare a named insured with the contractor, in the order of domain rule B7.2.

    Equal tax ids match. Else the legal name before any "dba" must equal the contractor's legal name or an accepted
    spelling of it. A trade name alone, or a name that is merely close, asks for review.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> contractor = factories.contractor(legal_name="Sample Rigging LLC")
        >>> match_insured("Sample Rigging LLC dba Sample Aloft", None, contractor).value
        'match'
        >>> match_insured("Sample Rigging Inc", None, contractor).value  # another legal form is another legal person
        'mismatch'
    """
    both_tax_ids = tax_id is not None and contractor.tax_id is not None
    if both_tax_ids and tax_id == contractor.tax_id:
        return NameMatch.MATCH
    if printed is None:
        return NameMatch.REVIEW
    if printed == contractor.legal_name and not both_tax_ids:
        return NameMatch.MATCH
    # A "dba" names no one: whoever stands before it is insured (domain rule B7.1).
    legal = normal_name(_DBA.split(f"{printed} ", maxsplit=1)[0])
    accepted = [normal_name(name) for name in (contractor.legal_name, *contractor.aliases)]
    if legal in accepted:
        # Equal names with unequal tax ids contradict each other: a person has to look.
        return NameMatch.REVIEW if both_tax_ids else NameMatch.MATCH
    trade_names = {normal_name(name) for name in contractor.trade_names}
    if legal in trade_names:
        return NameMatch.REVIEW
    return _nearest(legal, accepted, contractor)


def match_party(printed: str, names: tuple[str, ...]) -> NameMatch:
    """Compare a name in a schedule with the accepted spellings of a party.

    Example:
        >>> names = ("Sample Steel Inc",)
        >>> match_party("SAMPLE STEEL, INCORPORATED", names).value, match_party("Sample Steel", names).value
        ('match', 'review')
    """
    legal = normal_name(printed)
    accepted = [normal_name(name) for name in names]
    if legal in accepted:
        return NameMatch.MATCH
    close = any(_core(legal) == _core(name) or _similar(legal, name) for name in accepted)
    return NameMatch.REVIEW if close else NameMatch.MISMATCH


def _nearest(legal: str, accepted: list[str], contractor: Contractor) -> NameMatch:
    core, form = _split(legal)
    people = {normal_name(person.name) for person in contractor.people}
    alike = [own_form for own_core, own_form in map(_split, accepted) if own_core == core]
    if alike:
        # Another legal form is another legal person; an individual is not the company that the individual owns either.
        individual = contractor.entity_type in _SOLE or core in people
        unsaid = not form or "" in alike
        return NameMatch.REVIEW if unsaid and not individual else NameMatch.MISMATCH
    return NameMatch.REVIEW if any(_similar(legal, name) for name in accepted) else NameMatch.MISMATCH


def _split(name: str) -> tuple[str, str]:
    words = name.split()
    end = len(words)
    while end > 1 and words[end - 1] in _SUFFIXES:
        end -= 1
    return " ".join(words[:end]), " ".join(words[end:])


def _core(name: str) -> str:
    return _split(name)[0]


def _similar(one: str, other: str) -> bool:
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, one, other)
    return matcher.quick_ratio() >= _CLOSE and matcher.ratio() >= _CLOSE
