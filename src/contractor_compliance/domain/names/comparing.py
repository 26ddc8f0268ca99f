"""Names printed against names on file: equal, perhaps, or another (domain rules B7.2, B7.3)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import islice

import attrs

from contractor_compliance.domain.names.legal_forms import may_be_one_form
from contractor_compliance.domain.names.name_match import NameMatch, best_match
from contractor_compliance.domain.names.nearness import LONGEST_NEAR, is_near
from contractor_compliance.domain.names.people import PersonName, compare_people
from contractor_compliance.domain.names.reading import MOST_NAMES, NameBox, WrittenName, read_box

__all__ = ["FiledNames", "compare_names"]


@attrs.frozen(eq=False)
class FiledNames:
    """The names by which a contractor or a party is on file, read once for many comparisons.

    Attributes:
        names: The legal name and accepted spellings of it.
        trade_names: Names under which it does business.
        people: Names of the people in it.
        is_individual: Whether it is a human being and no company.
        is_party: Whether it is a party of a schedule: there another legal form asks for a look (domain rule B7.2).
    """

    names: tuple[str, ...]
    trade_names: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    is_individual: bool = False
    is_party: bool = False

    def match(self, printed: NameBox) -> NameMatch:
        """Compare what a box says with the names on file; near misses are looked for only if no name is equal."""
        if any(self._equals(name) for name in printed.names):
            return NameMatch.MATCH
        if (printed.names or printed.doubtful) and printed.whole.words in self._lists:
            return NameMatch.MATCH
        if printed.is_open or printed.has_many or any(name.words in self._trade_words for name in printed.names):
            return NameMatch.REVIEW
        if any(f" {legal} " in f" {name.text} " for name in printed.others for legal in self._legal_texts):
            return NameMatch.REVIEW
        if not printed.names and any(name.words in self._trade_words for name in printed.others):
            return NameMatch.REVIEW
        if (printed.names or printed.others) and printed.whole.words in self._wholes:
            # Equal to the letter, though no legal name is to be read in it.
            return NameMatch.REVIEW
        candidates = (*self._singles, *self._parts)
        compared = (self._compare(name, filed) for name in (*printed.names, *printed.doubtful) for filed in candidates)
        return NameMatch.MISMATCH if best_match(compared) is NameMatch.MISMATCH else NameMatch.REVIEW

    def conflicts(self, printed: NameBox) -> bool:
        """Return whether no name in the box can be the one on file, because one is a person's, or by legal forms."""
        return bool(printed.names) and all(map(self._conflicts, printed.names))

    def _conflicts(self, name: WrittenName) -> bool:
        if self.is_individual:
            return bool(name.form)
        if not name.form:
            return self._is_of_a_person(name)
        forms = [filed.form for filed in self._singles if filed.form]
        return bool(forms) and not any(may_be_one_form(name.form, form) for form in forms)

    def _equals(self, name: WrittenName) -> bool:
        if any(compare_names(name, filed) is NameMatch.MATCH for filed in self._by_words.get(name.words, ())):
            return True
        person = name.person
        return person is not None and any(
            compare_names(name, filed) is NameMatch.MATCH for filed in self._by_person.get(person.words, ())
        )

    def _compare(self, name: WrittenName, filed: WrittenName) -> NameMatch:
        if self.is_individual and name.form and name.words != filed.words:
            # A company is not the individual who may own it.
            return NameMatch.MISMATCH
        if name.core == filed.core and name.form != filed.form:
            if name.form and filed.form:
                near = self.is_party or may_be_one_form(name.form, filed.form)
            else:
                near = not self.is_individual and not self._is_of_a_person(name)
            return NameMatch.REVIEW if near else NameMatch.MISMATCH
        if filed.form and not name.form and self._is_of_a_person(name):
            return NameMatch.MISMATCH
        return compare_names(name, filed)

    def _is_of_a_person(self, name: WrittenName) -> bool:
        person = name.person
        return person is not None and any(
            compare_people(person, owner) is not NameMatch.MISMATCH for owner in self._people
        )

    @cached_property
    def match_of_first(self) -> NameMatch:
        """How the first name on file compares with all of them: most texts repeat it letter by letter."""
        return self.match(read_box(self.names[0]))

    @cached_property
    def _boxes(self) -> tuple[NameBox, ...]:
        return tuple(map(read_box, self.names))

    @cached_property
    def _singles(self) -> tuple[WrittenName, ...]:
        return tuple(box.names[0] for box in self._boxes if len(box.names) == 1)

    @cached_property
    def _parts(self) -> tuple[WrittenName, ...]:
        """Names of a list on file: one of them alone is not the whole list."""
        parts = (name for box in self._boxes if len(box.names) != 1 for name in (*box.names, *box.doubtful))
        return tuple(islice(parts, MOST_NAMES))

    @cached_property
    def _lists(self) -> frozenset[tuple[str, ...]]:
        return frozenset(box.whole.words for box in self._boxes if len(box.names) != 1 and (box.names or box.doubtful))

    @cached_property
    def _wholes(self) -> frozenset[tuple[str, ...]]:
        return frozenset(box.whole.words for box in self._boxes if box.whole.core)

    @cached_property
    def _legal_texts(self) -> frozenset[str]:
        return frozenset(name.text for name in (*self._singles, *self._parts) if name.core)

    @cached_property
    def _by_words(self) -> dict[tuple[str, ...], list[WrittenName]]:
        return _grouped((name.words, name) for name in self._singles)

    @cached_property
    def _by_person(self) -> dict[tuple[str, ...], list[WrittenName]]:
        return _grouped((name.person.words, name) for name in self._singles if name.person)

    @cached_property
    def _trade_words(self) -> frozenset[tuple[str, ...]]:
        traded = [name for box in self._boxes for name in box.others]
        for box in map(read_box, self.trade_names):
            traded += box.names or box.others or box.doubtful
        return frozenset(name.words for name in traded if name.core)

    @cached_property
    def _people(self) -> tuple[PersonName, ...]:
        names = (name.person for box in map(read_box, self.people) for name in box.names)
        return tuple(person for person in names if person is not None)


def compare_names(name: WrittenName, filed: WrittenName) -> NameMatch:
    """Compare one name with another, without regard to what kind of person bears it.

    Example:
        >>> from contractor_compliance.domain.names.letters import fold
        >>> name, other = (WrittenName.of(fold(text)) for text in ("Sample Rigging LLC", "Sample Riging L.L.C."))
        >>> compare_names(name, other)
        <NameMatch.REVIEW: 'review'>
    """
    if not name.core or not filed.core:
        return NameMatch.MISMATCH
    person, other = name.person, filed.person
    if name.words == filed.words:
        # "Thomas, Allen" and "Thomas Allen" have the same words and may be two people.
        doubtful = person and other and person.is_inverted != other.is_inverted
        return NameMatch.REVIEW if doubtful else NameMatch.MATCH
    if person and other:
        match = compare_people(person, other)
        if match is not NameMatch.MISMATCH:
            return match
        if person.generation or other.generation or name.core == filed.core:
            return match
    if not may_be_one_form(name.form, filed.form) and name.form and filed.form:
        return NameMatch.REVIEW if _holds(name, filed) or _holds(filed, name) else NameMatch.MISMATCH
    if name.core == filed.core or is_near(name.core, filed.core):
        return NameMatch.REVIEW
    if _holds(name, filed) or _holds(filed, name) or _is_one_of_a_couple(name, filed):
        return NameMatch.REVIEW
    return NameMatch.MISMATCH


def _holds(name: WrittenName, other: WrittenName) -> bool:
    """Return whether a company's full name stands within a longer text."""
    return bool(other.form) and f" {other.text} " in f" {name.text} "


def _is_one_of_a_couple(name: WrittenName, other: WrittenName) -> bool:
    """Return whether the other's words all stand in a text such as "John and Jane Doe"."""
    if name.form or "and" not in name.core or other.person is None or len(name.text) > LONGEST_NEAR:
        return False
    words = iter(name.core)
    return len(other.core) > 1 and all(word in words for word in other.core)


def _grouped(
    pairs: Iterable[tuple[tuple[str, ...], WrittenName]],
) -> dict[tuple[str, ...], list[WrittenName]]:
    groups: dict[tuple[str, ...], list[WrittenName]] = {}
    for key, name in pairs:
        groups.setdefault(key, []).append(name)
    return groups
