"""Names at the border of a rule: every spelling of a legal form, letters, near misses, insurers, leasing firms."""

from __future__ import annotations

from itertools import product

import pytest

from contractor_compliance.domain import InsurerMatch, NameMatch, match_insured, match_insurer, normal_name
from contractor_compliance.domain.names.insurers import insurer_name
from contractor_compliance.domain.names.leasing import read_leasing
from contractor_compliance.domain.names.legal_forms import agrees, may_be_one_form, split_form
from contractor_compliance.domain.names.letters import base_letters, fold, words_of
from contractor_compliance.domain.names.name_match import best_match
from contractor_compliance.domain.names.nearness import is_near, is_near_word, within
from contractor_compliance.domain.names.people import compare_people, read_person
from contractor_compliance.domain.names.reading import read_box
from contractor_compliance.testing import factories as make

SPELLINGS = {
    "llc": "LLC|L.L.C.|L L C|Limited Liability Company|Limited Liability Co.|Ltd. Liability Company|Ltd Liability Co",
    "pllc": "PLLC|P.L.L.C.|P L L C|Professional Limited Liability Company|Professional Limited Liability Co"
    "|Professional LLC",
    "lc": "LC|L.C.",
    "inc": "Inc.|Incorporated",
    "corp": "Corp.|Corporation",
    "co": "Co.|Company",
    "ltd": "Ltd.|Limited",
    "pc": "PC|P.C.|Professional Corporation|Professional Corp.",
    "pa": "PA|P.A.|Professional Association",
    "lp": "LP|L.P.|Limited Partnership|Ltd. Partnership",
    "llp": "LLP|L.L.P.|L L P|Limited Liability Partnership",
    "pllp": "PLLP|Professional Limited Liability Partnership",
    "lllp": "LLLP|Limited Liability Limited Partnership",
}
NEAR_FORMS = {
    *(("inc", "corp"), ("inc", "co"), ("inc", "ltd"), ("corp", "co"), ("corp", "ltd"), ("llc", "co")),
    *(("llc", "ltd"), ("llc", "lc"), ("lp", "ltd"), ("co", "ltd"), ("lc", "co"), ("lc", "ltd")),
}
DESCRIBED = {
    "corporation": {"inc", "corp", "co", "ltd", "pc", "pa"},
    "limited liability company": {"llc", "pllc", "lc", "ltd", "co"},
    "llc": {"llc", "pllc", "lc", "ltd", "co"},
    "limited partnership": {"lp", "lllp", "ltd"},
    "partnership": set(),
    "joint venture": set(),
}


@pytest.mark.parametrize(
    ("spelling", "form"), [(spelling, form) for form, texts in SPELLINGS.items() for spelling in texts.split("|")]
)
def test_every_spelling_of_a_legal_form_is_read(spelling: str, form: str) -> None:
    assert normal_name(f"Sample Rigging {spelling}") == f"sample rigging {form}"
    assert split_form(words_of(fold(f"Sample Rigging {spelling}"))) == (("sample", "rigging"), (form,))


@pytest.mark.parametrize(("form", "other"), list(product(SPELLINGS, SPELLINGS)))
def test_two_legal_forms_are_one_or_may_be_or_are_two(form: str, other: str) -> None:
    expected = form == other or bool({(form, other), (other, form)} & NEAR_FORMS)

    assert may_be_one_form((form,), (other,)) is expected


def test_the_word_company_before_a_legal_form_says_nothing_of_it() -> None:
    assert may_be_one_form(("co", "inc"), ("inc",)) is True
    assert may_be_one_form(("co", "inc"), ("llc",)) is False


@pytest.mark.parametrize(("described", "form"), list(product(DESCRIBED, SPELLINGS)))
def test_a_description_agrees_with_the_legal_forms_of_its_kind(described: str, form: str) -> None:
    assert agrees((form,), described) is (form in DESCRIBED[described])


def test_the_last_of_two_legal_forms_is_the_one_described() -> None:
    assert agrees(("llc", "inc"), "corporation")
    assert not agrees(("inc", "llc"), "corporation")
    assert not agrees((), "corporation")
    assert agrees((), None)


def test_a_name_may_end_in_two_legal_forms() -> None:
    assert split_form(("sample", "co", "inc")) == (("sample",), ("co", "inc"))


@pytest.mark.parametrize(
    ("folded", "words"),
    [
        ("m\u00fcller&sohn", ("m\u00fcller", "and", "sohn")),
        ("m\u00fcller|sohn", ("m\u00fcller", "sohn")),
        ("m\u00fcller<sohn>", ("m\u00fcller", "sohn")),
        ("m\u00fcller #1", ("m\u00fcller", "#1")),
        ("m\u00fcller+sohn", ("m\u00fcller+sohn",)),
        ("m\u00fcller \u0301 sohn", ("m\u00fcller", "sohn")),
    ],
)
def test_words_with_marks_are_parted_as_those_without(folded: str, words: tuple[str, ...]) -> None:
    assert words_of(folded) == words


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        *[("\u00e6ther", "aether"), ("b\u0153uf", "boeuf"), ("\u00f8re", "ore"), ("\u0142ukasz", "lukasz")],
        *[("\u0111uro", "duro"), ("gu\u00f0run", "gudrun"), ("\u00fe\u00f3r", "thor"), ("d\u0131\u015f", "dis")],
    ],
)
def test_ligatures_and_marks_are_left_out_for_near_misses(word: str, plain: str) -> None:
    assert base_letters(word) == plain


def distance(text: str, other: str) -> int:
    """Count letters put in, left out, changed, and neighbors swapped, over the whole table."""
    table = {(place, 0): place for place in range(len(text) + 1)} | {
        (0, place): place for place in range(len(other) + 1)
    }
    for row, column in product(range(1, len(text) + 1), range(1, len(other) + 1)):
        costs = [
            table[row - 1, column] + 1,
            table[row, column - 1] + 1,
            table[row - 1, column - 1] + (text[row - 1] != other[column - 1]),
        ]
        if row > 1 and column > 1 and text[row - 1] == other[column - 2] and text[row - 2] == other[column - 1]:
            costs.append(table[row - 2, column - 2] + 1)
        table[row, column] = min(costs)
    return table[len(text), len(other)]


@pytest.mark.parametrize("most", [1, 2])
def test_a_narrow_band_counts_as_the_whole_table_does(most: int) -> None:
    texts = ["".join(letters) for length in range(5) for letters in product("ab", repeat=length)]

    for text, other in product(texts, texts):
        assert within(text, other, most) is (distance(text, other) <= most), (text, other)


@pytest.mark.parametrize(
    ("name", "joined", "near"),
    [
        (("cobalt", "ridge"), "cobbltridgf", False),  # 11 letters, two of them changed
        (("cobalt", "ridge"), "cobbltridge", True),
        (("cobalt", "ridges"), "cobbltridgfs", True),  # 12 letters
        (("unit", "one"), "unit2", False),
        (("cobalt", "7"), "cobalt8", False),
    ],
)
def test_names_of_a_dozen_letters_may_differ_by_two(name: tuple[str, ...], joined: str, *, near: bool) -> None:
    assert is_near(name, (joined,)) is near


@pytest.mark.parametrize(
    ("name", "other", "match"),
    [
        ("Cobalt Ridge", "Coballt Plain", InsurerMatch.UNCLEAR),
        ("Tw Zephyr Insurance", "Tall Willow Mutual", InsurerMatch.DIFFERENT),
        ("TWM", "Tall Willow Mutual", InsurerMatch.UNCLEAR),
        ("Cobalt " * 41, "Willow", InsurerMatch.UNCLEAR),
        ("Cobalt Ridge", "Willow", InsurerMatch.DIFFERENT),
    ],
)
def test_insurers_without_numbers_are_two_where_their_names_share_nothing(
    name: str, other: str, match: InsurerMatch
) -> None:
    assert match_insurer(None, name, None, other) is match
    assert match_insurer(None, other, None, name) is match


def test_the_name_of_an_insurer_is_read_where_others_are_mentioned_beside_it() -> None:
    assert insurer_name("Cobalt Ridge Insurance Company et al").startswith("cobalt ridge")
    assert insurer_name("Cobalt Ridge\nMutual Group") == "cobalt ridge mutual group"
    assert not insurer_name("TBD")


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("Sample PEO Inc L/C/F Sample Rigging LLC", ("Sample PEO Inc", "Sample Rigging LLC")),
        ("L/C/F Sample Rigging LLC", None),
        ("Sample PEO Inc L/C/F", None),
        ("Sample PEO Inc", None),
    ],
)
def test_a_leasing_text_names_a_firm_and_a_client(text: str, parted: tuple[str, str] | None) -> None:
    assert read_leasing(text) == parted


def test_a_text_of_more_than_500_letters_names_no_leasing_firm() -> None:
    text = "Sample PEO Inc L/C/F ".ljust(500, "x")

    assert read_leasing(text) is not None
    assert read_leasing(text + "x") is None


def test_the_strongest_of_several_answers_counts() -> None:
    assert best_match([NameMatch.REVIEW, NameMatch.MATCH, NameMatch.MISMATCH]) is NameMatch.MATCH
    assert best_match([NameMatch.MISMATCH, NameMatch.REVIEW, NameMatch.MISMATCH]) is NameMatch.REVIEW
    assert best_match([]) is NameMatch.MISMATCH


def test_a_text_that_goes_on_to_others_is_left_for_a_person() -> None:
    assert match_insured("Other Builders Inc et al", None, make.contractor()) is NameMatch.REVIEW
    assert match_insured("Other Builders Inc", None, make.contractor()) is NameMatch.MISMATCH


@pytest.mark.parametrize(
    ("word", "other", "near"),
    [
        ("abcdefgh", "abxdexgh", True),
        ("abcdefg", "xbcxefg", False),
        ("stemming", "stemsxyz", True),
        ("stem", "stemxyzuv", True),
        ("stemaa", "stembbbbb", False),
    ],
)
def test_words_are_near_by_letters_or_by_their_stem(word: str, other: str, *, near: bool) -> None:
    assert is_near_word(word, other) is near


GIVEN_NAMES = """robert bob bobby rob|william bill billy will liam|richard dick rick rich|james jim jimmy jamie
|john jack johnny jon|elizabeth betty liz beth eliza lisa|margaret peggy maggie meg|jose pepe
|francisco pancho paco frank|edward ed ted ned|theodore ted|charles chuck charlie|henry hank harry|michael mike mick
|joseph joe|thomas tom thos tommy|anthony tony|katherine catherine kate kathy cathy|mary molly polly
|alexander alex sasha|lawrence larry|gerald jerry|ignacio nacho|jesus chuy|guadalupe lupe|stephen steven steve
|patricia pat patty trish|patrick pat paddy|sarah sally|dorothy dot dolly|susan sue|rebecca becky|harold hal
|walter walt|andrew drew andy"""


@pytest.mark.parametrize("names", GIVEN_NAMES.split("|"))
def test_a_short_form_of_a_given_name_is_left_for_a_person(names: str) -> None:
    full, *short_forms = names.split()

    for short in short_forms:
        one, other = read_person(f"{full} sample"), read_person(f"{short} sample")
        assert one is not None
        assert other is not None
        assert compare_people(one, other) is NameMatch.REVIEW, (full, short)


@pytest.mark.parametrize(
    "credential", ["esq", "pe", "md", "dds", "cpa", "phd", "rn", "ra", "ceo", "president", "owner", "trustee"]
)
def test_a_credential_after_a_comma_is_no_name(credential: str) -> None:
    person = read_person(f"pat sample, {credential}")

    assert person is not None
    assert (person.words, person.titles) == (("pat", "sample"), {credential})


def test_a_text_of_three_parts_is_no_person_and_a_number_alone_no_generation() -> None:
    alone = read_person("ii")

    assert read_person("doe, john, pat") is None
    assert alone is not None
    assert (alone.words, alone.generation) == (("ii",), None)


@pytest.mark.parametrize(
    ("name", "other"),
    [("pat l sample", "sample pat lee"), ("sample pat lee", "pat l sample"), ("patsampl", "pat sample")],
)
def test_names_in_either_order_with_initials_are_left_for_a_person(name: str, other: str) -> None:
    one, two = read_person(name), read_person(other)

    assert one is not None
    assert two is not None
    assert compare_people(one, two) is NameMatch.REVIEW


@pytest.mark.parametrize(
    ("text", "names", "doubtful"),
    [
        ("Sample Rigging LLC\n12 Main Street\nAnother Line", ["sample rigging llc"], []),
        ("Sample Rigging LLC c/o Agency\nPat Other", ["sample rigging llc"], []),
        ("c/o Sample Agency Inc", [], []),
        ("Sample Rigging LLC, 12 Main Street", [], ["sample rigging llc"]),
        ("Smith and Jones Inc and Sample Rigging LLC", ["smith and jones inc", "sample rigging llc"], []),
        ("Sample Rigging LLC, its affiliates Inc", ["sample rigging llc"], []),
    ],
)
def test_an_address_in_a_box_names_nobody(text: str, names: list[str], doubtful: list[str]) -> None:
    box = read_box(text)

    assert [name.text for name in box.names] == names
    assert [name.text for name in box.doubtful] == doubtful
