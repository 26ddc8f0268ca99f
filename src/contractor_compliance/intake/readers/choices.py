"""Legal forms, and yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contractor_compliance.domain import EntityType
from contractor_compliance.intake.readers.reading import Reading, nearest, plain_text, read_as, unreadable, words

__all__ = ["ENTITY_TYPE_WORDS", "NO_WORDS", "YES_WORDS", "read_entity_type", "read_yes_no"]

# The boxes of Form W-9 (Rev. March 2024), the endings of names under state law, and the words of license registers.
_FORMS: Final = {
    EntityType.LLC: (
        "llc", "l l c", "limited liability company", "limited liability co", "ltd liability company",
        "ltd liability co",
        "pllc", "professional limited liability company", "single member llc", "smllc", "multi member llc",
        "limited liability company llc", "llc limited liability company",
    ),
    EntityType.CORPORATION: (
        "corp", "corporation", "inc", "incorporated", "c corp", "c corporation", "ccorp", "s corp", "s corporation",
        "scorp",
        "subchapter s corporation", "professional corporation", "pc", "close corporation",
    ),
    EntityType.PARTNERSHIP: (
        "partnership", "general partnership", "gp", "limited partnership", "lp", "llp", "limited liability partnership",
    ),
    EntityType.SOLE_PROPRIETOR: (
        "sole proprietor", "sole proprietorship", "sole prop", "soleprop", "sole owner", "sp", "proprietor",
        "proprietorship",
    ),
    EntityType.INDIVIDUAL: ("individual", "person", "natural person", "indiv"),
    EntityType.OTHER: (
        "other", "trust", "estate", "trust estate", "nonprofit", "non profit", "nonprofit corporation",
        "joint venture", "jv",
        "cooperative", "government", "association",
    ),
}  # fmt: skip
#: Words for each legal form, as `words` writes them.
ENTITY_TYPE_WORDS: Final[Mapping[str, EntityType]] = MappingProxyType(
    {name: form for form, names in _FORMS.items() for name in names} | {words(form.value): form for form in EntityType}
)
_EITHER: Final = MappingProxyType(
    {
        "individual sole proprietor or single member llc": "is one box for an owner and for an LLC; say which it is",
        "llc s corp": "is an LLC that is taxed as a corporation; write LLC",
        "llc c corp": "is an LLC that is taxed as a corporation; write LLC",
        "llc partnership": "is an LLC that is taxed as a partnership; write LLC",
        "dba": "is a trade name and no legal form; write the form of its owner",
        "1099": "is how the contractor is paid and no legal form; write LLC, corporation or the like",
        "w2": "is how a person is paid and no legal form; write individual, LLC or the like",
        "limited": "may be a corporation or a company of another form; write it out",
        "ltd": "may be a corporation or a company of another form; write it out",
    }
)
#: Words for yes; check marks are among them.
YES_WORDS: Final = frozenset(
    {"1", "checked", "t", "true", "x", "y", "yes", "\u2611", "\u2612", "\u2713", "\u2714", "\u2714\ufe0f", "\u2705"}
)
#: Words for no. A blank is no answer, and never no.
NO_WORDS: Final = frozenset({"0", "f", "false", "n", "no", "unchecked", "\u2610"})


def read_entity_type(cell: object) -> Reading[EntityType]:
    """Read the legal form of a contractor: by code, in words, by the ending of names, or a box of Form W-9.

    `Individual/sole proprietor` is a sole proprietor. Boxes and words that leave two forms open, such as
    `LLC - S corp`, `Ltd.` and `DBA`, are faults.

    Example:
        >>> [read_entity_type(text).value.value for text in ("L.L.C.", "S-Corp", "Sole prop.", "Individual")]
        ['llc', 'corporation', 'sole_proprietor', 'individual']
    """
    text: str | Reading[EntityType] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    name = words(text)
    if name in ENTITY_TYPE_WORDS:
        return read_as(ENTITY_TYPE_WORDS[name], cell)
    if name in ("individual sole proprietor", "individual or sole proprietor", "sole proprietor individual"):
        return read_as(EntityType.SOLE_PROPRIETOR, cell, "is one box for both and is read as a sole proprietor")
    if name in _EITHER:
        return unreadable(cell, _EITHER[name])
    near = nearest(name, ENTITY_TYPE_WORDS)
    return unreadable(
        cell,
        f"is not a legal form that is read{near}; write LLC, corporation, partnership, sole proprietor or individual",
    )


def read_yes_no(cell: object) -> Reading[bool]:
    """Read yes or no: `Yes`, `Y`, `X`, `True`, `T`, `1` or a check mark; `No`, `N`, `False`, `F` or `0`.

    A blank, `N/A` and the like are absent and never no.

    Example:
        >>> read_yes_no("X").value, read_yes_no("n").value, read_yes_no("N/A").value.value
        (True, False, 'absent')
    """
    if isinstance(cell, bool):
        return read_as(cell, cell)
    text: str | Reading[bool] = plain_text(cell)
    if isinstance(text, Reading):
        return text
    answer = text.casefold().rstrip(".!")
    if answer in YES_WORDS or answer in NO_WORDS:
        return read_as(answer in YES_WORDS, cell)
    return unreadable(cell, "is neither yes nor no; write Y or N, or leave it blank where it is not known")
