"""Whether two records name one insurer (domain rule B14.2)."""

from __future__ import annotations

from enum import Enum

from contractor_compliance.domain.names.letters import base_letters
from contractor_compliance.domain.names.nearness import is_near_word
from contractor_compliance.domain.names.reading import WrittenName, normal_name, read_box

__all__ = ["InsurerMatch", "insurer_name", "match_insurer"]

# Words that many insurers bear, with their usual short forms: alone they tell no insurer from another.
_COMMON_WORDS = """
insurance ins insur assurance assur casualty cas indemnity indem ind ins surety sur bonding mutual mut fire marine
property prop life liability company co companies inc corp corporation ltd llc group grp exchange exch association
assoc assn underwriters underwriter syndicate syndicates certain fund pool reciprocal rrg specialty spec general gen
national natl american america amer am us usa united first second the of and a at for in no number p c f m sl
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_MOST_INITIALS = 8
# No insurer's name has more words; what has more is a list, or no name.
_MOST_WORDS = 40


class InsurerMatch(Enum):
    """Whether two records name one insurer.

    Example:
        >>> from contractor_compliance.domain import match_insurer
        >>> match_insurer("99901", "Cobalt Ridge Insurance Company", "99902", "Sample Mutual Insurance Company")
        <InsurerMatch.DIFFERENT: 'different'>
    """

    SAME = "same"
    DIFFERENT = "different"
    UNCLEAR = "unclear"


def match_insurer(naic: str | None, name: str | None, other_naic: str | None, other_name: str | None) -> InsurerMatch:
    """Compare the insurers of two records.

    Equal NAIC numbers are one insurer. Unequal numbers are two, unless the names are equal: then one of the numbers
    is wrong. With a number missing equal names are one insurer, names that share nothing but common words are two, and
    anything between (abbreviations, groups, names that are cut) is unclear. Blank on both sides is the same, blank or
    "TBD" on one side is unclear.

    Example:
        >>> match_insurer("99901", "Cobalt Ridge Insurance Company", None, "COBALT RIDGE INSURANCE CO.")
        <InsurerMatch.SAME: 'same'>
        >>> match_insurer(None, "Cobalt Ridge Insurance Company", None, "Cobalt Ridge Insurance Group")
        <InsurerMatch.UNCLEAR: 'unclear'>
    """
    if naic and naic == other_naic:
        return InsurerMatch.SAME
    if not any((naic, name, other_naic, other_name)):
        return InsurerMatch.SAME
    insurer, other = insurer_name(name), insurer_name(other_name)
    equal = bool(insurer) and insurer == other
    if naic and other_naic:
        return InsurerMatch.UNCLEAR if equal else InsurerMatch.DIFFERENT
    if equal:
        return InsurerMatch.SAME
    if not insurer or not other:
        return InsurerMatch.UNCLEAR
    return InsurerMatch.DIFFERENT if _share_nothing(insurer.split(), other.split()) else InsurerMatch.UNCLEAR


def insurer_name(name: str | None) -> str:
    """Return the normal form of an insurer's name; empty where none is stated ("TBD", "see attached")."""
    if name is None:
        return ""
    box = read_box(name)
    return "" if box.is_open and not box.names else normal_name(name)


def _share_nothing(words: list[str], other: list[str]) -> bool:
    one, two = (
        {base_letters(word) for word in some if word not in _COMMON and not word.isdigit()} for some in (words, other)
    )
    if not one or not two or not one.isdisjoint(two) or max(len(words), len(other)) > _MOST_WORDS:
        return False
    if _are_initials(words, other) or _are_initials(other, words):
        return False
    return not any(is_near_word(word, other_word) for word in one for other_word in two)


def _are_initials(words: list[str], other: list[str]) -> bool:
    """Return whether a name is made of the initials of another, with or without its little words."""
    core = WrittenName.of(" ".join(words)).core
    if len(core) != 1 or not 2 <= len(core[0]) <= _MOST_INITIALS:
        return False
    spellings = ("".join(word[0] for word in other), "".join(word[0] for word in other if word not in {"and", "of"}))
    return any(spelling.startswith(core[0]) for spelling in spellings)
