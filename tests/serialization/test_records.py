"""Values as stores keep them: the same back, refused when damaged, and read quickly as the converter reads them."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import Contractor, LimitKind, Policy, RuleBook, TaxId
from contractor_compliance.errors import DocumentError, InvalidValueError
from contractor_compliance.serialization import RECORD_VERSION, read_record, write_record
from contractor_compliance.serialization.converter import shared_converter
from contractor_compliance.serialization.faults import READ_ERRORS, RefusedError
from contractor_compliance.serialization.quick import NotQuickError, quick_reader
from contractor_compliance.storage import VALUES
from contractor_compliance.testing import factories as f
from contractor_compliance.testing.companies import invented_company
from contractor_compliance.testing.strategies import values
from tests.serialization.test_mutations import spoil_tree

STORED: list[Any] = list(VALUES.values())
REFUSALS = (*READ_ERRORS, AttributeError, InvalidValueError, KeyError, NotQuickError, RefusedError, TypeError)


@pytest.mark.parametrize("cls", STORED)
@given(data=st.data())
def test_a_stored_record_comes_back_equal(cls: Any, data: st.DataObject) -> None:
    value = data.draw(values(cls))

    assert value == read_record(write_record(value), cls)


@pytest.mark.parametrize("cls", STORED)
@given(data=st.data())
def test_a_record_read_back_is_written_byte_for_byte_the_same(cls: Any, data: st.DataObject) -> None:
    text = write_record(data.draw(values(cls)))

    assert text == write_record(read_record(text, cls))


@pytest.mark.parametrize("cls", [cls for cls in STORED if cls is not RuleBook])
def test_all_records_but_rule_books_are_read_quickly(cls: Any) -> None:
    assert quick_reader(cls) is not None


def test_rule_books_are_read_by_the_converter() -> None:
    assert quick_reader(RuleBook) is None


@pytest.mark.parametrize("cls", [cls for cls in STORED if cls is not RuleBook])
@given(data=st.data())
def test_the_quick_reader_reads_what_the_converter_reads(cls: Any, data: st.DataObject) -> None:
    tree = json.loads(write_record(data.draw(values(cls))))
    quick = quick_reader(cls)
    assert quick is not None

    assert shared_converter("clear").structure(tree, cls) == quick(tree)


def read_by(read: Any, tree: Any) -> Any:
    try:
        return read(tree)
    except REFUSALS:
        return "refused"


@pytest.mark.parametrize("first", range(0, 4_000, 1_000))
def test_the_quick_reader_takes_no_damaged_record_that_the_converter_refuses(first: int) -> None:
    company = invented_company(contractors=50, seed=3)
    dossiers = [company.contractor(index) for index in range(50)]
    records = [record for dossier in dossiers for record in (dossier.contractor, *dossier.policies, *dossier.waivers)]
    records += [
        record for dossier in dossiers for record in (*dossier.assignments, *dossier.certificates, *dossier.enrollments)
    ]
    accepted = 0
    for seed in range(first, first + 1_000):
        rng = random.Random(seed)
        value = rng.choice(records)
        cls: Any = type(value)
        tree = json.loads(spoil_tree(rng, write_record(value)))
        quick = read_by(quick_reader(cls), tree)
        slow = read_by(lambda tree, cls=cls: shared_converter("clear").structure(tree, cls), tree)
        # What only the converter takes it still gets: the quick way hands over whatever it does not like.
        assert quick in ("refused", slow), (seed, tree)
        accepted += quick != "refused"
    assert accepted > 20, "some spoilt trees are still sound, or this shows nothing"


def test_a_tax_id_is_kept_in_clear() -> None:
    contractor = f.contractor(tax_id=TaxId("900-12-3456"))

    assert "900-12-3456" in write_record(contractor)
    assert contractor == read_record(write_record(contractor), Contractor)


@pytest.mark.parametrize("text", ["900-12-3456", "78-4400101", "784400101"])
def test_a_record_keeps_whether_a_tax_id_is_an_ein(text: str) -> None:
    contractor = f.contractor(tax_id=TaxId(text))

    read = read_record(write_record(contractor), Contractor).tax_id

    assert read is not None
    assert read.is_ein is TaxId(text).is_ein


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{", "$"),
        ("", "$"),
        ("null", "$"),
        ("[]", "$"),
        ('{"id":"x"}', "$.line"),
        ('{"id":"x","line":"umbrela"}', "$.line"),
        ('{"id":"x","line":"umbrella","bogus":1}', "$.bogus"),
        ('{"id":"","line":"umbrella"}', "$.id"),
        (
            '{"id":"x","line":"cyber","limits":[{"evidence":{"level":"copy","observed_on":"2026-02-30"}}]}',
            "$.limits[0]",
        ),
        ("[" * 100_000, "$"),
    ],
)
def test_a_damaged_text_is_refused_with_a_path(text: str, path: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_record(text, Policy)

    assert caught.value.faults[0].path.startswith(path)


def test_a_damaged_text_with_a_tax_id_shows_it_nowhere() -> None:
    text = write_record(f.contractor(tax_id=TaxId("900-12-3456"))).replace('"llc"', '"900-12-3456"')

    with pytest.raises(DocumentError) as caught:
        read_record(text, Contractor)
    assert "900-12-3456" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_text_of_a_later_version_is_refused() -> None:
    with pytest.raises(DocumentError, match="is of a version that this release does not know"):
        read_record(write_record(f.client()), type(f.client()), RECORD_VERSION + 1)


def test_a_number_that_cannot_be_written_is_refused() -> None:
    policy = f.gl_policy(limits={LimitKind.EACH_OCCURRENCE: 10**5000})

    with pytest.raises(DocumentError, match="too many digits"):
        write_record(policy)
