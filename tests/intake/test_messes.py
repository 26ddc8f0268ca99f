from __future__ import annotations

import copy
import random

import pytest

from contractor_compliance.domain import TaxId
from contractor_compliance.intake import (
    IntakeResult,
    Reading,
    read_day,
    read_entity_type,
    read_identifier,
    read_line,
    read_money,
    read_name,
    read_state,
    read_states,
    read_tax_id,
    read_yes_no,
)
from tests import tiers
from tests.intake.messes import BLANK, FAULT, MESSES, SAME, Mess, clean, read


def places(result: IntakeResult) -> set[tuple[str, int | None, str | None]]:
    return {(fault.table, fault.row, fault.column) for fault in result.faults}


def spoiled(mess: Mess, seed: int) -> tuple[dict, dict, int]:
    """Return clean tables, the same with one cell in another writing, and the row of that cell."""
    tables = clean(seed)
    messy = copy.deepcopy(tables)
    at = random.Random(seed).randrange(len(messy[mess.table]))
    cell = messy[mess.table][at]
    cell[mess.header] = mess.write(cell[mess.header])
    return tables, messy, at + 1


def test_the_clean_tables_are_read_without_fault_or_warning() -> None:
    result = read(clean(1))

    assert (6, (), ()) == (len(result.dossiers), result.faults, result.warnings)
    assert 12 == sum(len(dossier.policies) for dossier in result.dossiers)


def test_there_are_more_than_three_hundred_kinds_of_mess() -> None:
    assert 300 <= len({mess.name for mess in MESSES})


@tiers.sampled(3)
@pytest.mark.parametrize("mess", [mess for mess in MESSES if mess.outcome is SAME], ids=lambda mess: mess.name)
def test_another_writing_of_a_value_gives_the_same_dossiers(mess: Mess) -> None:
    for seed in range(tiers.size(tests=1, stress=4)):
        tables, messy, _ = spoiled(mess, seed)
        result = read(messy)

        assert () == result.faults
        assert read(tables).dossiers == result.dossiers


@tiers.sampled(3)
@pytest.mark.parametrize("mess", [mess for mess in MESSES if mess.outcome is BLANK], ids=lambda mess: mess.name)
def test_a_word_for_a_blank_is_read_as_a_blank_cell(mess: Mess) -> None:
    tables, messy, row = spoiled(mess, 2)
    tables[mess.table][row - 1][mess.header] = ""

    result = read(messy)
    assert () == result.faults
    assert read(tables).dossiers == result.dossiers


@tiers.sampled(3)
@pytest.mark.parametrize("mess", [mess for mess in MESSES if mess.outcome is FAULT], ids=lambda mess: mess.name)
def test_a_spoiled_cell_is_a_fault_at_that_cell_and_nothing_else_changes(mess: Mess) -> None:
    tables, messy, row = spoiled(mess, 3)
    contractor = messy[mess.table][row - 1]["ID"]

    result = read(messy)
    assert (mess.table, row, mess.header) in places(result)
    assert {row} == {fault.row for fault in result.faults}
    others = [dossier for dossier in read(tables).dossiers if dossier.contractor.id != contractor]
    assert others == [dossier for dossier in result.dossiers if dossier.contractor.id != contractor]


def month_first(text: str) -> Reading:
    return read_day(text, day_first=False)


#: Readers with a text whose value is beyond doubt, and with the options under which it is read.
SOURCES = (
    (month_first, ("2026-04-15", "4/15/2026", "04/05/2026", "April 15, 2026", "15-Apr-2026")),
    (read_money, ("1,000,000", "$1,000,000.00", "$2 million", "1 million", "500,000", "USD 3,000,000")),
    (read_line, ("general liability", "workers' compensation", "umbrella", "occupational accident")),
    (read_state, ("Tennessee", "Texas", "North Carolina", "West Virginia", "District of Columbia")),
    (read_states, ("Texas, Oklahoma", "Tennessee and Georgia", "all states except Ohio, Wyoming")),
    (read_entity_type, ("limited liability company", "corporation", "partnership", "sole proprietor")),
    (read_yes_no, ("yes", "no", "true", "false")),
    (read_tax_id, ("78-4400101", "900-70-1234")),
)  # fmt: skip
#: No digits, no point and no letter of a unit (k, m, b): those make another amount or day, not a mess of the same one.
NOISE = " \u00a0\t\n\u200b,;:/-\u2013'\"*?()[]+#&_~^acdefghijlnopqrsuvwxyzACDXYZ\u00e9\ufffd"


def plain(value: object) -> object:
    """Return a value; of a tax id its digits, because one without its hyphens does not say its kind."""
    return value.reveal() if isinstance(value, TaxId) else value


def mutated(text: str, source: random.Random) -> str:
    at = source.randrange(len(text) + 1)
    noise = source.choice(NOISE)
    match source.randrange(6):
        case 0:
            return text[:at] + noise + text[at:]
        case 1:
            return text + noise
        case 2:
            return noise + text
        case 3:
            return text.swapcase()
        case 4 if not text[at : at + 1].isdigit():
            return text[:at] + noise + text[at + 1 :]
        case _:
            return text[:at] + noise * 2 + text[at:]


@tiers.sized
@pytest.mark.parametrize("number", range(len(SOURCES)))
def test_a_mutated_cell_gives_its_value_or_a_fault_and_never_another_value(number: int) -> None:
    reader, texts = SOURCES[number]
    source = random.Random(number)
    wrong = []
    for _ in range(tiers.size(tests=150, stress=1_200, deep=50_000)):
        text = source.choice(texts)
        cell = mutated(text, source)
        reading = reader(cell)
        if reading.is_stated and plain(reading.value) != plain(reader(text).value):
            wrong.append((text, cell, reading.value))

    assert [] == wrong


@pytest.mark.parametrize("reader", [read_name, read_identifier])
def test_a_text_keeps_its_letters_and_digits(reader) -> None:
    source = random.Random(7)
    for _ in range(tiers.size(tests=100, stress=500)):
        text = "".join(source.choice("Sample LLC-0123 &.,") for _ in range(source.randint(1, 30)))
        reading = reader(text)
        if reading.is_stated:
            assert " ".join(text.split()).lstrip("'").strip() == reading.value
