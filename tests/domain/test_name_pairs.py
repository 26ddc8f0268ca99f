"""Pairs of names, insurers and license classes as documents write them, each with its answers (`data/*.toml`)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from contractor_compliance.domain import (
    Contractor,
    EntityType,
    InsurerMatch,
    NameMatch,
    Person,
    PolicyIdentification,
    TaxId,
    license_classes,
    match_insured,
    match_insurer,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make

DATA = Path(__file__).parent / "data"
ANSWERS = {NameMatch.MATCH: "same", NameMatch.REVIEW: "review", NameMatch.MISMATCH: "different"}
ENTITY_TYPES = {"individual": EntityType.INDIVIDUAL, "company": EntityType.OTHER}


def rows(file: str, table: str) -> list[Any]:
    content = tomllib.loads((DATA / file).read_text(encoding="utf-8"))[table]
    return [pytest.param(row, id=row["id"]) for row in content]


def accepted(row: dict[str, Any]) -> set[str]:
    return set(row.get("accept", ())) | {row["answer"]}


def tax_id(row: dict[str, Any], field: str) -> TaxId | None:
    """Return a tax id of the pair; None where there is none or it must be refused."""
    if field not in row:
        return None
    if field in row.get("refused", ()):
        with pytest.raises(InvalidValueError, match="placeholder"):
            TaxId(row[field])
        return None
    return TaxId(row[field])


@pytest.mark.parametrize("pair", rows("name_pairs.toml", "pair"))
def test_a_printed_insured_is_the_contractor_or_not(pair: dict[str, Any]) -> None:
    contractor = Contractor(
        id="c",
        legal_name=pair["legal_name"],
        entity_type=ENTITY_TYPES[pair["kind"]],
        aliases=tuple(pair.get("aliases", ())),
        trade_names=tuple(pair.get("trade_names", ())),
        people=tuple(Person(id=f"p-{name}", name=name) for name in pair.get("people", ())),
        tax_id=tax_id(pair, "tax_id"),
    )

    match = match_insured(pair["printed"], tax_id(pair, "printed_tax_id"), contractor)

    assert ANSWERS[match] in accepted(pair)


@pytest.mark.parametrize("pair", rows("insurer_pairs.toml", "pair"))
def test_two_records_name_one_insurer_or_not(pair: dict[str, Any]) -> None:
    sides = (pair["naic_a"], pair["name_a"]), (pair["naic_b"], pair["name_b"])
    for naic, _ in sides:
        if naic and len(naic) != 5:
            with pytest.raises(InvalidValueError, match="five digits"):
                PolicyIdentification(carrier_naic=naic, evidence=make.evidence())
            return
    (naic, name), (other_naic, other_name) = sides

    match = match_insurer(naic or None, name or None, other_naic or None, other_name or None)

    assert match.value in accepted(pair)
    assert match_insurer(other_naic or None, other_name or None, naic or None, name or None) is match


@pytest.mark.parametrize("row", rows("license_classes.toml", "text"))
def test_a_text_names_license_classes_or_cannot_be_read(row: dict[str, Any]) -> None:
    read = license_classes(row["text"])

    if read is None:
        assert "review" in accepted(row)
    else:
        assert row["answer"] == "classes"
        assert set(row["classes"]) == read


def test_an_insurer_is_the_same_different_or_unclear() -> None:
    assert {"same", "different", "unclear"} == {match.value for match in InsurerMatch}
