"""Legal forms as names end in them, each in its usual spellings."""

from __future__ import annotations

import re

__all__ = ["FORMS", "agrees", "may_be_one_form", "split_form", "without_description"]

# Spellings that filing offices read as one designator. 2 CCR 21001(c) (California), the entity-name rules of other
# states follow it: https://regulations.justia.com/states/california/title-2/division-7/chapter-8-5/section-21001
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "llc": (
        "llc",
        "l l c",
        "limited liability company",
        "limited liability co",
        "ltd liability company",
        "ltd liability co",
    ),
    "pllc": (
        "pllc",
        "p l l c",
        "professional limited liability company",
        "professional limited liability co",
        "professional llc",
    ),
    "lc": ("lc",),
    "inc": ("inc", "incorporated"),
    "corp": ("corp", "corporation"),
    "co": ("co", "company"),
    "ltd": ("ltd", "limited"),
    "pc": ("pc", "professional corporation", "professional corp"),
    "pa": ("pa", "professional association"),
    "lp": ("lp", "limited partnership", "ltd partnership"),
    "llp": ("llp", "l l p", "limited liability partnership"),
    "pllp": ("pllp", "professional limited liability partnership"),
    "lllp": ("lllp", "limited liability limited partnership"),
}
_BY_WORDS = {tuple(spelling.split()): form for form, spellings in _SPELLINGS.items() for spelling in spellings}
_LONGEST = max(map(len, _BY_WORDS))
_LAST_WORDS = frozenset(words[-1] for words in _BY_WORDS)
#: The legal forms, each as a name in its normal form ends in it.
FORMS = frozenset(_SPELLINGS)

# Designators that more than one kind of company may bear, or that people take for each other: a person must look.
_MAY_BE_ONE = frozenset(
    frozenset(pair)
    for pair in (
        ("inc", "corp"),
        ("inc", "co"),
        ("inc", "ltd"),
        ("corp", "co"),
        ("corp", "ltd"),
        ("llc", "co"),
        ("llc", "ltd"),
        ("llc", "lc"),
        ("lp", "ltd"),
        ("co", "ltd"),
        ("lc", "co"),
        ("lc", "ltd"),
    )
)

_DESCRIPTION = re.compile(
    r",? (?:an individual|individually|(?:an? )?sole proprietor(?:ship)?|"
    r"an? (?:\w+ ){0,3}?(?P<kind>corporation|limited liability company|llc|limited partnership|"
    r"partnership|joint venture))(?: and)?[ ,.]{0,3}$"
)
_DESCRIBED = {
    "corporation": frozenset({"inc", "corp", "co", "ltd", "pc", "pa"}),
    "limited liability company": frozenset({"llc", "pllc", "lc", "ltd", "co"}),
    "llc": frozenset({"llc", "pllc", "lc", "ltd", "co"}),
    "limited partnership": frozenset({"lp", "lllp", "ltd"}),
}


def split_form(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words before the legal form of a name, and the form in one spelling (`("co", "inc")`).

    Example:
        >>> split_form(("sample", "rigging", "limited", "liability", "company"))
        (('sample', 'rigging'), ('llc',))
    """
    end, forms = len(words), []
    while end and words[end - 1] in _LAST_WORDS:
        for length in range(min(_LONGEST, end), 0, -1):
            form = _BY_WORDS.get(words[end - length : end])
            if form is not None:
                forms.append(form)
                end -= length
                break
        else:
            break
    return words[:end], tuple(reversed(forms))


def may_be_one_form(form: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two legal forms are equal, or may be, so that a person must look."""
    if form == other:
        return True
    # "Co Inc" and "Inc" differ by a word that says nothing of the form.
    plain, other_plain = ({word for word in words if word != "co"} or {"co"} for words in (form, other))
    if plain == other_plain:
        return True
    return len(plain) == len(other_plain) == 1 and frozenset(plain | other_plain) in _MAY_BE_ONE


def without_description(folded: str) -> tuple[str, str | None]:
    """Cut "an individual" or "a California corporation" off a name; return what it says of the form, if it says it.

    Example:
        >>> without_description("bramble electric inc, a nevada corporation")
        ('bramble electric inc', 'corporation')
    """
    described = _DESCRIPTION.search(folded[-120:])
    if described is None:
        return folded, None
    return folded[: max(len(folded) - 120, 0) + described.start()], described["kind"]


def agrees(form: tuple[str, ...], described: str | None) -> bool:
    """Return whether a name has a legal form of the kind that its description says."""
    if described is None:
        return True
    return described in _DESCRIBED and bool(form) and form[-1] in _DESCRIBED[described]
