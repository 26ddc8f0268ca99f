"""Names of people: either order, middle names, titles, Jr and Sr (domain rule B14.8)."""

from __future__ import annotations

import attrs

from contractor_compliance.domain.names.letters import base_letters, words_of
from contractor_compliance.domain.names.name_match import NameMatch
from contractor_compliance.domain.names.nearness import LONGEST_NEAR, is_near_word, within

__all__ = ["PersonName", "compare_people", "read_person"]

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "rev", "hon"})
# After a comma only: some are surnames too.
_CREDENTIALS = frozenset({"esq", "pe", "md", "dds", "cpa", "phd", "rn", "ra", "ceo", "president", "owner", "trustee"})
_GENERATIONS = {
    "jr": "jr",
    "junior": "jr",
    "sr": "sr",
    "senior": "sr",
    "ii": "ii",
    "2nd": "ii",
    "iii": "iii",
    "3rd": "iii",
    "iv": "iv",
    "4th": "iv",
}
# Words that make another thing of a person's name.
_OF_THE_DEAD_OR_OWNED = frozenset({"estate", "trust"})
# Short forms of given names that are not beginnings of them, from usage in the United States; a person looks in any
# case, so that a missing row costs a question less and a row too many costs one more.
_SHORT_FORMS = tuple(
    frozenset(names.split())
    for names in (
        "robert bob bobby rob",
        "william bill billy will liam",
        "richard dick rick rich",
        "james jim jimmy jamie",
        "john jack johnny jon",
        "elizabeth betty liz beth eliza lisa",
        "margaret peggy maggie meg",
        "jose pepe",
        "francisco pancho paco frank",
        "edward ed ted ned",
        "theodore ted",
        "charles chuck charlie",
        "henry hank harry",
        "michael mike mick",
        "joseph joe",
        "thomas tom thos tommy",
        "anthony tony",
        "katherine catherine kate kathy cathy",
        "mary molly polly",
        "alexander alex sasha",
        "lawrence larry",
        "gerald jerry",
        "ignacio nacho",
        "jesus chuy",
        "guadalupe lupe",
        "stephen steven steve",
        "patricia pat patty trish",
        "patrick pat paddy",
        "sarah sally",
        "dorothy dot dolly",
        "susan sue",
        "rebecca becky",
        "harold hal",
        "walter walt",
        "andrew drew andy",
    )
)
# A person's name has few words; of more it is the name of something else.
_MOST_WORDS = 8


@attrs.frozen
class PersonName:
    """A person's name, given names first.

    Attributes:
        words: Given names, then surname, as far as the text shows which is which.
        titles: Titles and credentials.
        generation: Jr, Sr, II and so on in one spelling.
        is_inverted: Whether a comma shows that the surname stood first.
    """

    words: tuple[str, ...]
    titles: frozenset[str]
    generation: str | None
    is_inverted: bool


def read_person(folded: str) -> PersonName | None:
    """Read a folded text as a person's name; None where it cannot be one.

    Example:
        >>> read_person("doe, john jr").words
        ('john', 'doe')
    """
    if len(folded) > LONGEST_NEAR:
        return None
    titles: set[str] = set()
    generation = None
    pieces: list[tuple[str, ...]] = []
    for text in folded.split(","):
        words = list(words_of(text))
        if words and all(word in _CREDENTIALS for word in words):
            # A name may be one of these words, but not in front.
            if not pieces:
                return None
            titles.update(words)
            continue
        while words and words[0] in _TITLES:
            titles.add(words.pop(0))
        if words and words[-1] in _GENERATIONS and (pieces or len(words) > 1):
            generation = _GENERATIONS[words.pop()]
        if words:
            pieces.append(tuple(words))
    if not 1 <= len(pieces) <= 2 or sum(map(len, pieces)) > _MOST_WORDS:
        return None
    words_in_order = pieces[0] if len(pieces) == 1 else pieces[1] + pieces[0]
    return PersonName(words_in_order, frozenset(titles), generation, len(pieces) == 2)


def compare_people(name: PersonName, other: PersonName) -> NameMatch:
    """Compare two names of people: equal in either order, perhaps one person, or two.

    Example:
        >>> compare_people(read_person("doe, jane m"), read_person("jane m doe"))
        <NameMatch.MATCH: 'match'>
        >>> compare_people(read_person("john doe"), read_person("john a doe"))
        <NameMatch.REVIEW: 'review'>
    """
    if name.generation and other.generation and name.generation != other.generation:
        return NameMatch.MISMATCH
    if name.words == other.words:
        same = name.generation == other.generation and name.titles == other.titles
        return NameMatch.MATCH if same else NameMatch.REVIEW
    if (_OF_THE_DEAD_OR_OWNED & set(name.words)) != (_OF_THE_DEAD_OR_OWNED & set(other.words)):
        return NameMatch.MISMATCH
    return NameMatch.REVIEW if _may_be_one(name.words, other.words) else NameMatch.MISMATCH


def _may_be_one(words: tuple[str, ...], other: tuple[str, ...]) -> bool:
    one, two = (tuple(map(base_letters, some)) for some in (words, other))
    joined, other_joined = "".join(one), "".join(two)
    if joined == other_joined or sorted(one) == sorted(two) or within(joined, other_joined, 1):
        return True
    short, long = sorted((one, two), key=len)
    orders = [long]
    if len(long) > 1:
        # Written surname first without a comma.
        orders += [long[-1:] + long[:-1], long[1:] + long[:1]]
    return any(_is_part(short, order) for order in orders)


def _is_part(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Return whether each word of `short` stands for one of `long`, in their order."""
    rest = iter(long)
    return all(any(_may_be_one_word(word, full) for full in rest) for word in short)


def _may_be_one_word(word: str, other: str) -> bool:
    if word == other:
        return True
    if min(len(word), len(other)) == 1:
        return word[0] == other[0]
    return is_near_word(word, other) or any(word in names and other in names for names in _SHORT_FORMS)
