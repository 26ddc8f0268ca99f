"""Whether two names are near enough for a person to look. Near is never equal (domain rule B7.3).

The cost grows with the length of the names, not with its square: distances are counted in a narrow band, and names
beyond `LONGEST_NEAR` letters are near to none.
"""

from __future__ import annotations

from contractor_compliance.domain.names.letters import base_letters

__all__ = ["LONGEST_NEAR", "is_near", "is_near_word", "within", "without_variants"]

#: Names of more letters than this are compared for equality only.
LONGEST_NEAR = 300
_LONG_PREFIX = 20

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
# Words that are written in several ways; each stands for one of them when near misses are looked for.
_VARIANTS = {
    "the": "",
    "and": "",
    "n": "",
    "+": "",
    "no": "number",
    "#": "number",
    **{word: str(number) for number, word in enumerate(_ONES, start=1)},
    **{word: f"{number}{_ENDINGS.get(number, 'th')}" for number, word in enumerate(_ORDINALS, start=1)},
    **{word: str(number) for number, word in enumerate(["ii", "iii", "iv"], start=2)},
}


def without_variants(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a name with numbers, marks and little words in one spelling each."""
    plain: list[str] = []
    for word in words:
        is_number = word[0] == "#" and len(word) > 1
        if is_number:
            plain.append("number")
        letters = base_letters(word[1:] if is_number else word)
        plain.append(_VARIANTS.get(letters, letters))
    return tuple(word for word in plain if word)


def is_near(words: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two names, without their legal forms, may be one name written in two ways.

    Example:
        >>> is_near(("marlow", "brothers", "roofing"), ("marlow", "bros", "roofing"))
        True
        >>> is_near(("tamarack", "construction"), ("tamarack", "contracting"))
        False
    """
    if _size(words) > LONGEST_NEAR or _size(other) > LONGEST_NEAR:
        return False
    one, two = without_variants(words), without_variants(other)
    if not one or not two:
        return False
    joined, other_joined = "".join(one), "".join(two)
    if joined == other_joined:
        return True
    if len(one) == len(two) and (all(map(is_near_word, one, two)) or (len(one) > 1 and sorted(one) == sorted(two))):
        return True
    if not any(map(str.isdigit, joined + other_joined)) and within(
        joined, other_joined, 2 if min(len(joined), len(other_joined)) >= 12 else 1
    ):
        return True
    return _is_cut(" ".join(words), " ".join(other))


def is_near_word(word: str, other: str) -> bool:
    """Return whether two words may be one: abbreviated, of one stem, or a letter or two apart."""
    if word == other:
        return True
    short, long = sorted((word, other), key=len)
    if len(short) < 2 or not (short.isalpha() and long.isalpha()):
        return False
    if short[0] == long[0] and len(short) < len(long) and _is_spread_over(short, long):
        return True
    stem = 0
    for letter, other_letter in zip(short, long, strict=False):
        if letter != other_letter:
            break
        stem += 1
    if stem >= 4 and 2 * stem >= len(long):
        return True
    return within(word, other, 2 if len(short) >= 8 else 1) and len(long) >= 4


def within(text: str, other: str, most: int) -> bool:
    """Return whether at most `most` letters differ: put in, left out, changed, or two neighbors swapped.

    Only cells that may still be within `most` are counted, so the cost is `most` times the length.
    """
    if abs(len(text) - len(other)) > most:
        return False
    beyond = most + 1
    before: dict[int, int] = {}
    row = {column: column for column in range(min(most, len(other)) + 1)}
    for place, letter in enumerate(text, start=1):
        current: dict[int, int] = {}
        for column in range(max(0, place - most), min(len(other), place + most) + 1):
            if column == 0:
                current[0] = place
                continue
            cost = min(
                row.get(column, beyond) + 1,
                current.get(column - 1, beyond) + 1,
                row.get(column - 1, beyond) + (letter != other[column - 1]),
            )
            if place > 1 and column > 1 and letter == other[column - 2] and text[place - 2] == other[column - 1]:
                cost = min(cost, before.get(column - 2, beyond) + 1)
            current[column] = cost
        if min(current.values()) > most:
            return False
        before, row = row, current
    return row.get(len(other), beyond) <= most


def _is_spread_over(short: str, long: str) -> bool:
    """Return whether all letters of `short` stand in `long` in their order, as in mgmt and management."""
    letters = iter(long)
    return all(letter in letters for letter in short)


def _is_cut(name: str, other: str) -> bool:
    """Return whether one of two long names is the beginning of the other, as fields of fixed width leave it."""
    short, long = sorted((name, other), key=len)
    return len(short) >= _LONG_PREFIX and long.startswith(short)


def _size(words: tuple[str, ...]) -> int:
    return sum(map(len, words))
