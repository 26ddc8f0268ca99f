"""Laws of the comparison of names: what never changes an answer, what always does, and what it costs."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    Contractor,
    EntityType,
    NameMatch,
    Person,
    match_insured,
    match_insurer,
    match_party,
    match_person,
    normal_name,
)
from contractor_compliance.domain.names.nearness import LONGEST_NEAR, within
from contractor_compliance.domain.names.reading import LONGEST_BOX, MOST_NAMES

# Letters that have one upper and one lower case, so that writing in capitals loses nothing.
LETTERS = "abcdefghijklmnopqrstuvwxyz\u00e9\u00fc\u00f1\u00f8\u1ec5\u03b1\u03b4\u0436\u0439"
#: Words that mean something in a name, or might: they are no part of the names drawn here.
TELLING_WORDS = """
and or dba ta oa aka fka nka an a the its any all see per for of no n co llc lc inc corp ltd pc pa lp llp pllc pllp lllp
jr sr junior senior ii iii iv v mr mrs ms miss dr prof rev hon esq cpa dds phd ceo attn others trust estate trustee pe
md ra rn isaoa atima etal tbd tba na none owner owners member members manager president company limited various pending
unknown formerly
"""
TELLING = frozenset(TELLING_WORDS.split())
WORDS = st.text(LETTERS, min_size=3, max_size=9).filter(lambda word: word not in TELLING)
FORMS = st.sampled_from(["", " LLC", " Inc", " Corp", " LP"])
NAMES = st.builds(lambda words, form: " ".join(words).title() + form, st.lists(WORDS, min_size=1, max_size=4), FORMS)
KINDS = st.sampled_from([EntityType.INDIVIDUAL, EntityType.LLC, EntityType.OTHER])
WIDE = {ord(letter): chr(ord(letter) + 0xFEE0) for letter in map(chr, range(0x21, 0x7F))}
WRITTEN: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "composed": lambda name: unicodedata.normalize("NFC", name),
    "full width": lambda name: name.translate(WIDE),
    "blanks": lambda name: f"  {name.replace(' ', '   ')}\t",
    "no-break blanks": lambda name: name.replace(" ", "\u00a0"),
    "a full stop": lambda name: f"{name}.",
}


def contractor(name: str, kind: EntityType = EntityType.OTHER, **fields: Any) -> Contractor:
    return Contractor(id="c", legal_name=name, entity_type=kind, **fields)


@given(NAMES, KINDS)
def test_a_name_matches_itself(name: str, kind: EntityType) -> None:
    assert match_insured(name, None, contractor(name, kind)) is NameMatch.MATCH
    assert match_party(name, (name,)) is NameMatch.MATCH
    assert match_person(name, Person(id="p", name=name)) is NameMatch.MATCH


@given(st.text(max_size=30).filter(lambda text: bool(text.strip()) and "\0" not in text))
def test_a_text_that_names_nothing_matches_nothing(text: str) -> None:
    assume(not normal_name(text))

    assert match_insured(text, None, contractor("Sample Rigging LLC")) is not NameMatch.MATCH
    assert match_insured(text, None, contractor(text)) is not NameMatch.MATCH
    assert match_party(text, (text,)) is not NameMatch.MATCH


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN.keys())
@given(name=NAMES, kind=KINDS)
def test_a_name_matches_in_whatever_way_it_is_written(write: Callable[[str], str], name: str, kind: EntityType) -> None:
    assert normal_name(write(name)) == normal_name(name)
    assert match_insured(write(name), None, contractor(name, kind)) is NameMatch.MATCH
    assert match_insured(name, None, contractor(write(name), kind)) is NameMatch.MATCH
    assert match_person(write(name), Person(id="p", name=name)) is NameMatch.MATCH


@given(NAMES, NAMES)
def test_two_parties_compare_alike_either_way(name: str, other: str) -> None:
    assert match_party(name, (other,)) is match_party(other, (name,))


@given(NAMES, st.data())
def test_two_parties_that_are_near_compare_alike_either_way(name: str, data: st.DataObject) -> None:
    other = one_letter_changed(name, data)

    assert match_party(name, (other,)) is match_party(other, (name,))


@given(NAMES, KINDS, st.data())
def test_one_changed_letter_makes_another_name(name: str, kind: EntityType, data: st.DataObject) -> None:
    other = one_letter_changed(name, data)

    assert match_insured(other, None, contractor(name, kind)) is not NameMatch.MATCH
    assert match_party(other, (name,)) is not NameMatch.MATCH
    assert match_person(other, Person(id="p", name=name)) is not NameMatch.MATCH
    assert match_insurer(None, other, None, name).value != "same"


def one_letter_changed(name: str, data: st.DataObject) -> str:
    """Return the name with one letter of its own words, not of its legal form, changed."""
    end = len(name.removesuffix(" LLC").removesuffix(" Inc").removesuffix(" Corp").removesuffix(" LP"))
    place = data.draw(st.sampled_from([index for index in range(end) if name[index] != " "]))
    letter = data.draw(st.sampled_from([letter for letter in LETTERS if letter != name[place].lower()]))
    return f"{name[:place]}{letter}{name[place + 1 :]}"


@given(NAMES, st.lists(NAMES, max_size=3), NAMES)
def test_one_more_accepted_spelling_takes_no_match_away(name: str, aliases: list[str], added: str) -> None:
    before = contractor(name, aliases=tuple(aliases))
    after = attrs.evolve(before, aliases=(*aliases, added))

    assert match_insured(name, None, after) is NameMatch.MATCH
    assert match_insured(added, None, after) is NameMatch.MATCH


@given(NAMES, st.lists(NAMES, min_size=1, max_size=4), st.sampled_from(["; ", ";", " and/or "]), st.randoms())
def test_any_name_of_a_list_is_insured(name: str, others: list[str], parting: str, random: Any) -> None:
    listed = [name, *others]
    random.shuffle(listed)

    assert match_insured(parting.join(listed), None, contractor(name)) is NameMatch.MATCH


@given(NAMES, NAMES, st.sampled_from(["dba", "d/b/a", "D.B.A.", "doing business as", "T/A", "(DBA"]))
def test_a_trade_name_alone_names_no_contractor(name: str, trade: str, starts: str) -> None:
    assume(normal_name(name) != normal_name(trade))
    printed = f"{name} {starts} {trade}"

    assert match_insured(printed, None, contractor(name)) is NameMatch.MATCH
    assert match_insured(printed, None, contractor(trade)) is not NameMatch.MATCH
    assert match_insured(name, None, contractor(printed)) is NameMatch.MATCH


@given(WORDS, WORDS)
def test_a_person_may_be_written_surname_first(given_name: str, surname: str) -> None:
    assume(given_name != surname)
    person = Person(id="p", name=f"{given_name} {surname}")

    assert match_person(f"{surname}, {given_name}".upper(), person) is NameMatch.MATCH
    assert match_person(f"{given_name} Q {surname}", person) is NameMatch.REVIEW
    assert match_person(f"{given_name} {surname} Jr", person) is NameMatch.REVIEW
    assert match_person(f"{surname} {given_name}", person) is NameMatch.REVIEW


def test_letters_that_look_alike_in_two_scripts_are_two_letters() -> None:
    for latin, other in zip("aceopxyi", "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456", strict=True):
        name, printed = f"S{latin}mple Rigging LLC", f"S{other}mple Rigging LLC"
        assert match_insured(printed, None, contractor(name)) is not NameMatch.MATCH


@pytest.mark.parametrize("most", [0, 1, 2])
@given(one=st.text("abc", max_size=7), two=st.text("abc", max_size=7))
def test_the_distance_in_a_band_is_the_distance(one: str, two: str, most: int) -> None:
    assert within(one, two, most) is (distance(one, two) <= most)


def distance(one: str, two: str) -> int:
    """Return the whole distance, counted without a band."""
    rows = [list(range(len(two) + 1))]
    for place, letter in enumerate(one, start=1):
        rows.append([place])
        for column, other in enumerate(two, start=1):
            cost = min(rows[-2][column] + 1, rows[-1][column - 1] + 1, rows[-2][column - 1] + (letter != other))
            if place > 1 and column > 1 and letter == two[column - 2] and one[place - 2] == other:
                cost = min(cost, rows[-3][column - 2] + 1)
            rows[-1].append(cost)
    return rows[-1][-1]


# Cost, counted in lines of our code that run and not in seconds.


def steps(work: Callable[[], object]) -> int:
    """Return how many lines of the comparison of names run."""
    count = 0

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal count
        if "/domain/name" not in frame.f_code.co_filename.replace("\\", "/"):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


GROWING: dict[str, Callable[[int], tuple[str, str]]] = {
    "one long word": lambda size: ("a" * size, "a" * (size - 1) + "b"),
    "words": lambda size: (" ".join(["word"] * (size // 5)), " ".join(["wort"] * (size // 5))),
    "joined by and": lambda size: (" and ".join(["word"] * (size // 9)), "word and wort"),
    "listed": lambda size: ("; ".join(["Word LLC"] * (size // 10)), "Other Builders Inc"),
    "lines": lambda size: ("word\n" * (size // 5), "Other Builders Inc"),
    "letters with marks": lambda size: ("e\u0301" * (size // 2), "Other Builders Inc"),
}


@pytest.mark.parametrize("texts", GROWING.values(), ids=GROWING.keys())
def test_the_steps_grow_no_faster_than_the_names(texts: Callable[[int], tuple[str, str]]) -> None:
    def cost(size: int) -> int:
        printed, name = texts(size)
        return steps(lambda: match_insured(printed, None, contractor(name)))

    small, large = cost(2_000), cost(8_000)

    assert large <= 5 * small + 500


def test_the_steps_are_bounded_by_the_names_on_both_sides() -> None:
    def cost(count: int) -> int:
        owner = contractor(
            "Sample LLC", aliases=tuple(f"Alias Number{count}{place} Works LLC" for place in range(100, 100 + count))
        )
        return steps(lambda: match_insured("Alais Numbers Wroks Inc", None, owner))

    assert cost(200) <= 5 * cost(50)


def test_a_name_beyond_the_cap_is_near_to_none_and_equal_to_itself() -> None:
    long = "x" * (LONGEST_NEAR + 1) + " LLC"

    assert match_insured(long, None, contractor(long)) is NameMatch.MATCH
    assert match_insured(long[1:].upper(), None, contractor(long[1:])) is NameMatch.MATCH
    assert match_insured("y" + long[1:], None, contractor(long)) is NameMatch.MISMATCH
    assert match_insured("y" + long[2:], None, contractor(long[1:])) is NameMatch.REVIEW


def test_a_text_of_very_many_names_asks_for_a_look_unless_one_is_equal() -> None:
    others = "; ".join(f"Builders Number{place} Inc" for place in range(MOST_NAMES + 1))

    assert match_insured(others, None, contractor("Sample Rigging LLC")) is NameMatch.REVIEW
    assert match_insured(f"{others}; Sample Rigging LLC", None, contractor("Sample Rigging LLC")) is NameMatch.MATCH


def test_a_text_beyond_the_cap_is_compared_as_a_whole() -> None:
    long = "; ".join(["Sample Rigging LLC"] * (LONGEST_BOX // 18))

    assert match_insured(long, None, contractor("Sample Rigging LLC")) is NameMatch.REVIEW
    assert match_insured(long.upper(), None, contractor(long)) is NameMatch.MATCH
