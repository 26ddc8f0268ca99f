"""Whether two names mean the same legal person. Close is never a match: it asks for a person to look (rule B7)."""

from __future__ import annotations

import re

from contractor_compliance.domain.contractor import Contractor, Person, TaxId
from contractor_compliance.domain.names.comparing import FiledNames, compare_names
from contractor_compliance.domain.names.letters import fold
from contractor_compliance.domain.names.name_match import NameMatch, best_match
from contractor_compliance.domain.names.reading import NameBox, WrittenName, read_box

__all__ = ["match_insured", "match_party", "match_person"]

_PIECES = re.compile(r"[,;:()/\n]| - |(?<!\w)(?:and|&)(?!\w)")
# Words in place of the names of people who are left out of a policy or put in, or that point to another page: they may
# mean anybody.
_ROLE_WORDS = """
all any each every owner owners officer officers member members partner partners proprietor proprietors principal
principals manager managers director directors executive insured president of the and corporate company sole or
both two three husband wife spouse spouses are is excluded excl exclusion exclusions included other others none na
see refer to per as on in by with file attached listed named below above schedule remarks endorsement form policy page
notes description operations acord 101 unknown various tbd yes not a for
"""
_ANYBODY = frozenset(_ROLE_WORDS.split())


def match_insured(printed: str | None, tax_id: TaxId | None, contractor: Contractor) -> NameMatch:
    """Compare a named insured with the contractor, in the order of domain rule B7.2.

    Equal EINs match, except between a person and a company or between two legal forms. Equal social security numbers
    prove the owner only, and an EIN cannot be compared with one. Else the legal name before any "dba" must equal the
    contractor's legal name or an accepted spelling of it; of several names in one box one must. A trade name alone, a
    name that is merely close, or a text that can be read in two ways asks for review.

    Example:
        >>> contractor = Contractor(id="c", legal_name="Sample Rigging LLC")
        >>> match_insured("Sample Holdings Inc; SAMPLE RIGGING, L.L.C. dba Stage Hands", None, contractor)
        <NameMatch.MATCH: 'match'>
        >>> match_insured("Sample Riging LLC", None, contractor)
        <NameMatch.REVIEW: 'review'>
    """
    same_number = tax_id.is_same_number(contractor.tax_id) if tax_id and contractor.tax_id else None
    filed = contractor.names_on_file
    if printed == contractor.legal_name and same_number is None:
        return filed.match_of_first
    box = read_box(printed) if printed is not None else None
    match = filed.match(box) if box else NameMatch.REVIEW
    if same_number is None:
        return match
    if not same_number:
        # Equal names with unequal tax ids contradict each other: a person has to look.
        return NameMatch.REVIEW if match is NameMatch.MATCH else match
    if match is NameMatch.MATCH or _number_proves(tax_id, contractor, box):
        return NameMatch.MATCH
    return NameMatch.REVIEW


def _number_proves(tax_id: TaxId | None, contractor: Contractor, box: NameBox | None) -> bool:
    """Return whether an equal number shows that the insured is the contractor, whatever the name."""
    is_ein = True in (tax_id and tax_id.is_ein, contractor.tax_id and contractor.tax_id.is_ein)
    if not is_ein and not contractor.is_individual:
        return False
    return box is None or not contractor.names_on_file.conflicts(box)


def match_party(printed: str, names: tuple[str, ...]) -> NameMatch:
    """Compare a name in a schedule with the accepted spellings of a party.

    Example:
        >>> match_party("Sample Mills Corp., its officers, agents and employees", ("Sample Mills Corporation",))
        <NameMatch.MATCH: 'match'>
    """
    return FiledNames(names, is_party=True).match(read_box(printed))


def match_person(text: str, person: Person) -> NameMatch:
    """Compare a document's id or name of a person with a person on file.

    Equal in either order is a match. A middle name, initial, title or Jr on one side only, a short form or a near
    spelling asks for review, and so does a text that names nobody in particular ("all officers"). No favorable guess
    (domain rule B14.1): a mismatch is clearly another.

    Example:
        >>> person = Person(id="p-1", name="John A. Doe")
        >>> [match_person(text, person).value for text in ("DOE, JOHN A", "John Doe", "Mary Roe")]
        ['match', 'review', 'mismatch']
    """
    if text == person.id:
        return NameMatch.MATCH
    box = read_box(text)
    filed = WrittenName.of(fold(person.name))
    if box.is_open or box.has_many or not (box.names or box.doubtful or box.others) or not filed.core:
        return NameMatch.REVIEW
    if any(_ANYBODY.issuperset(name.core) for name in box.names):
        return NameMatch.REVIEW
    match = best_match(compare_names(name, filed) for name in box.names)
    if match is NameMatch.MATCH:
        return match
    # A list of people in one text, or a person with an office.
    pieces = (WrittenName.of(piece) for piece in _PIECES.split(fold(text)) if " " in piece.strip())
    doubtful = (*box.doubtful, *box.others, *(name for name in box.names if not name.form), *pieces)
    near = match is NameMatch.REVIEW or any(_may_name(name, filed) for name in doubtful)
    return NameMatch.REVIEW if near else NameMatch.MISMATCH


def _may_name(name: WrittenName, filed: WrittenName) -> bool:
    return compare_names(name, filed) is not NameMatch.MISMATCH or f" {filed.text} " in f" {name.text} "
