"""A policy's number and insurer out of the statements of its sources (domain rules B14.1, B14.2, B14.3).

The number that the strongest evidence states counts, and so does the insurer: its NAIC number and its name belong
together, so that a number is never joined to the name of another insurer.
"""

from __future__ import annotations

import functools
import re

from contractor_compliance.domain.carrier import Carrier
from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.identification import PolicyIdentification
from contractor_compliance.domain.names import normal_name
from contractor_compliance.domain.names.insurers import InsurerMatch, match_insurer
from contractor_compliance.evaluation.facts.resolved import strongest

__all__ = ["Insurer", "carrier_of", "insurers_of", "is_placeholder", "number_key", "numbers_of"]

#: The NAIC number and the name of an insurer, as far as they are stated.
Insurer = tuple[str | None, str | None]
#: Statements that are weighed, in whatever order.
_Statements = tuple[PolicyIdentification, ...]

#: Words that stand in the place of a number that is not known yet, whatever stands beside them: "TBD-GL".
_PENDING = frozenset({"TBD", "TBA", "PENDING"})
#: Words that do so in a text without a digit: "To be determined", "Not yet issued", "See attached".
_IN_WORDS = frozenset(
    (
        *("ADVISED", "ANNOUNCED", "APPLIED", "APPLICATION", "ASSIGNED", "ATTACHED", "AWAITING", "BINDER", "BOUND"),
        *("DETERMINED", "FOLLOW", "ISSUED", "NONE", "QUOTE", "SUBMITTED", "UNASSIGNED", "UNKNOWN", "VARIOUS"),
    )
)
#: Whole texts that do so, without what parts their words.
_PLACEHOLDERS = frozenset({"APPLIEDFOR", "NEWBUSINESS", "NEWPOLICY"})
#: Words that begin the number of another document than the policy. What they number proves neither one policy nor two.
_OTHER_DOCUMENTS = frozenset({"BINDER", "BOUND", "QUOTE", "APPLICATION"})
_SHORTEST_NUMBER = 4
_MARKS = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d")
#: A longer text is no placeholder, and is not remembered.
_REMEMBERED = 60


def number_key(number: str | None) -> str | None:
    """Return a policy number in one spelling, its letters and digits alone; None for one that proves nothing.

    Example:
        >>> number_key("UMB 0012345"), number_key("umb-0012345"), number_key("TBD")
        ('UMB0012345', 'UMB0012345', None)
    """
    if number is None:
        return None
    words = _MARKS.sub(" ", number.casefold().upper()).split()
    key = "".join(words)
    # "0000000" and the like only fill the box.
    if len(key) < _SHORTEST_NUMBER or len(set(key)) == 1 or key in _PLACEHOLDERS or words[0] in _OTHER_DOCUMENTS:
        return None
    stand_in = _PENDING if _DIGIT.search(key) else _PENDING | _IN_WORDS
    return key if stand_in.isdisjoint(words) else None


def is_placeholder(number: str) -> bool:
    """Return whether a text stands in the place of a policy number that is not known yet.

    Example:
        >>> [is_placeholder(text) for text in ("T.B.D.", "Not yet issued", "Binder 12345", "001", "GL 0012345")]
        [True, True, True, True, False]
    """
    return len(number) <= _REMEMBERED and _remembered_placeholder(number)


@functools.lru_cache(maxsize=4096)
def _remembered_placeholder(number: str) -> bool:
    return number_key(number) is None


def numbers_of(statements: _Statements) -> dict[str, str]:
    """Return the numbers that the strongest evidence states, each in one spelling with its text as printed.

    There are several where equally good sources contradict each other: the policy may have any of them.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> numbers_of(factories.gl_policy(number="GL-1001").identifications)
        {'GL1001': 'GL-1001'}
    """
    stated = [(key, statement) for statement in statements if (key := number_key(statement.number)) is not None]
    keys, _ = strongest((key, statement.evidence) for key, statement in stated)
    texts = {key: min(statement.number or "" for other, statement in stated if other == key) for key in keys}
    return dict(sorted(texts.items()))


def insurers_of(statements: _Statements) -> tuple[frozenset[Insurer], tuple[Evidence, ...]]:
    """Return the insurers that the strongest evidence states, with all evidence that agrees; none where none is stated.

    There are several where equally good sources do not clearly name one insurer: the policy may be of any of them.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> insurers, evidence = insurers_of(factories.gl_policy(carrier_name=None).identifications)
        >>> insurers, len(evidence)
        (frozenset({('99901', None)}), 1)
    """
    stated = [
        ((statement.carrier_naic, statement.carrier_name), statement.evidence)
        for statement in statements
        if statement.carrier_naic is not None or statement.carrier_name is not None
    ]
    if len(stated) < 2:
        return frozenset(insurer for insurer, _ in stated), tuple(evidence for _, evidence in stated)
    insurers = _distinct(strongest(stated)[0])
    support = tuple(evidence for insurer, evidence in stated if any(_are_one(insurer, other) for other in insurers))
    return frozenset(insurers), support


def carrier_of(statements: _Statements, carriers: tuple[Carrier, ...]) -> tuple[Carrier | None, tuple[Evidence, ...]]:
    """Return the record of the insurer with the evidence for it; none where it is not on file, or sources disagree.

    Where the strongest evidence prints a name alone under which no insurer is on file, the NAIC number that weaker
    evidence states beside the same name finds it, on the level of that evidence.
    """
    insurers, support = insurers_of(statements)
    if not insurers:
        return None, ()
    carrier = _one_carrier(insurers, carriers)
    if carrier is not None or len(insurers) > 1:
        return carrier, support
    (insurer,) = insurers
    if insurer[0] is not None:
        return None, support
    weaker = [
        statement
        for statement in statements
        if statement.carrier_naic is not None and _are_one((statement.carrier_naic, statement.carrier_name), insurer)
    ]
    naics, support = strongest((statement.carrier_naic, statement.evidence) for statement in weaker)
    return (_find((naics[0], insurer[1]), carriers) if len(naics) == 1 else None), support


def _one_carrier(insurers: frozenset[Insurer], carriers: tuple[Carrier, ...]) -> Carrier | None:
    """Return the one record that all of the insurers stated are, by number or by name."""
    by_insurer = {insurer: _find(insurer, carriers) for insurer in insurers}
    on_file = {carrier for carrier in by_insurer.values() if carrier is not None}
    if len(on_file) != 1:
        return None
    (carrier,) = on_file
    are_one = all(
        record is not None or _are_one(insurer, (carrier.naic, carrier.name)) for insurer, record in by_insurer.items()
    )
    return carrier if are_one else None


def _find(insurer: Insurer, carriers: tuple[Carrier, ...]) -> Carrier | None:
    """Find an insurer by NAIC number, then by name (domain rule B5.3)."""
    naic, name = insurer
    for carrier in carriers:
        if naic is not None and carrier.naic == naic:
            return carrier
    # A text such as "---" names no insurer.
    normal = normal_name(name) if name is not None else ""
    if not normal:
        return None
    # A name cannot overrule two different numbers.
    named = [carrier for carrier in carriers if None in (carrier.naic, naic) and normal_name(carrier.name) == normal]
    # Two insurers have this name: the policy does not show which of them it is from.
    return named[0] if len(named) == 1 else None


def _distinct(insurers: tuple[Insurer, ...]) -> tuple[Insurer, ...]:
    """Return the insurers without those that are another of them, the fullest first."""
    distinct: list[Insurer] = []
    for insurer in sorted(insurers, key=lambda stated: (stated[0] is None, stated[1] is None, *map(str, stated))):
        if not any(_are_one(insurer, other) for other in distinct):
            distinct.append(insurer)
    return tuple(distinct)


def _are_one(insurer: Insurer, other: Insurer) -> bool:
    return insurer == other or match_insurer(*insurer, *other) is InsurerMatch.SAME
