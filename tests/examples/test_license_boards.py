"""The registers as they are: what each quirk of their rows means, and what the shipped rows come to."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "license_boards"
SHIPPED = {
    name: EXAMPLE / "data" / f"{name}_deid.csv" for name in ("ca_cslb_2020", "or_ccb_2026", "wa_lni_insurance_2017")
}
ROOFER = "C-39"

CSLB = {
    "id": "CA-1",
    "lastUpdate": "11/10/2020",
    "businessType": "Corporation",
    "state": "CA",
    "primaryStatus": "CLEAR",
    "secondaryStatus": "",
    "classifications": "B",
    "wcCoverageType": "Workers' Compensation Insurance",
    "wcInsurer": "NORGUARD INSURANCE COMPANY",
    "wcEffective": "04/25/2020",
    "wcExpiration": "04/25/2021",
    "wcCancellation": "",
    "wcSuspend": "",
    "cbSurety": "HUDSON INSURANCE COMPANY",
    "cbEffective": "10/03/2016",
    "cbCancellation": "",
    "cbAmount": "15000",
    "wbAmount": "",
}
EXEMPT = {"wcCoverageType": "Exempt", "wcInsurer": "", "wcEffective": "01/31/2019", "wcExpiration": ""}
NO_WC = dict.fromkeys(("wcCoverageType", "wcInsurer", "wcEffective", "wcExpiration"), "")
CCB = {
    "id": "OR-1",
    "license_type": "RGC",
    "bond_company": "WESTERN SURETY COMPANY",
    "bond_amount": "25000",
    "bond_exp_date": "06/08/2027",
    "ins_company": "STATE NATIONAL INS CO INC",
    "ins_amount": "1000000",
    "ins_exp_date": "03/04/2027",
    "state": "OR",
    "exempt_text": "Nonexempt",
    "endorsement_text": "Residential General Contractor",
}
NO_COVER = dict.fromkeys(
    ("bond_company", "bond_amount", "bond_exp_date", "ins_company", "ins_amount", "ins_exp_date"), ""
)
LNI = {
    "id": "WA-1",
    "licensestatusdesc": "ACTIVE",
    "insurancecompany": "Truck Ins Exchange",
    "insuranceamt": "1000000",
    "effectivedate": "2017-01-02T00:00:00",
    "expirationdate": "2018-01-02T00:00:00",
    "canceldate": "",
}

Answers = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def program() -> ModuleType:
    sys.path.insert(0, str(EXAMPLE))
    try:
        spec = importlib.util.spec_from_file_location("license_boards_run", EXAMPLE / "run.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(EXAMPLE))
    return module


def extract(*rows: dict[str, str], end: str = "\n") -> str:
    """Write rows as the registers do."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def judge(program, tmp_path):
    """Judge an extract; return the exit status and the answers by id."""

    def judge(content: str | bytes, *options: str) -> tuple[int, Answers]:
        path = tmp_path / "extract.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        status = program.main([*options, "--json", str(tmp_path / "answers.json"), str(path)])
        return status, {load["id"]: load for load in json.loads((tmp_path / "answers.json").read_text())}

    return judge


@pytest.fixture
def judge_row(judge):
    """Judge the one license of some rows; return its answer."""

    def judge_row(*rows: dict[str, str], options: tuple[str, ...] = ()) -> dict[str, Any]:
        _, answers = judge(extract(*rows), *options)
        (answer,) = answers.values()
        return answer

    return judge_row


@pytest.fixture(scope="module")
def shipped(program, tmp_path_factory) -> Answers:
    path = tmp_path_factory.mktemp("answers") / "answers.json"

    assert program.main(["--json", str(path)]) == 0

    return {load["id"]: load for load in json.loads(path.read_text())}


def outcome_of(answer: dict[str, Any], requirement: str) -> str:
    return next(finding["outcome"] for finding in answer["findings"] if finding["requirement"] == requirement)


# --- the shipped rows, each read by eye ---


def test_every_shipped_license_is_judged(shipped):
    assert Counter(answer["register"] for answer in shipped.values()) == {
        "California CSLB": 58,
        "Oregon CCB": 7,
        "Washington L&I": 7,
    }


def test_the_board_acts_against_exactly_those_californians_who_are_not_compliant(shipped):
    failing = {own_id for own_id, answer in shipped.items() if answer["verdict"] == "non_compliant"}
    acted_against = {own_id for own_id, answer in shipped.items() if any("Susp" in note for note in answer["notes"])}

    assert failing == {"CA-0056", "CA-0060", "CA-0062", "CA-0119"} == acted_against


def test_the_other_shipped_licenses_are_compliant_or_in_doubt_for_one_of_two_reasons(shipped):
    assert Counter(answer["verdict"] for answer in shipped.values()) == {
        "compliant": 59,
        "undetermined": 9,
        "non_compliant": 4,
    }
    in_doubt = [answer["reasons"] for answer in shipped.values() if answer["verdict"] == "undetermined"]
    assert Counter(map(tuple, in_doubt)) == {
        ("worker_unknown",): 8,  # sole owners: a policy that names no owner may cover none
        ("endorsement_unproven", "worker_not_reported"): 1,  # a leasing firm's policy
    }


@pytest.mark.parametrize(
    ("own_id", "reason"),
    [
        ("CA-0056", "cancelled"),  # own policy cancelled 2019-03-18, before its end of 2019-08-06
        ("CA-0060", "cancelled"),  # bond cancelled 2019-11-08
        ("CA-0062", "cancelled"),  # leasing firm's policy cancelled 2020-04-07, before its end of 2020-12-01
        ("CA-0119", "cancelled"),  # bond cancelled 2020-05-16
    ],
)
def test_what_was_cancelled_before_the_judged_day_leaves_it_uncovered(shipped, own_id, reason):
    answer = shipped[own_id]

    assert answer["first_uncovered_day"] == "2020-11-20"
    assert answer["next_change"] is None
    assert reason in answer["reasons"]
    assert answer["remedies"]


@pytest.mark.parametrize(
    ("own_id", "verdict", "day"),
    [
        ("CA-0024", "undetermined", "2020-12-10"),  # bond
        ("CA-0036", "compliant", "2020-12-09"),  # bond
        ("CA-0118", "compliant", "2020-12-16"),  # bond
    ],
)
def test_a_cancellation_dated_after_the_extract_bites_on_its_day(shipped, own_id, verdict, day):
    assert shipped[own_id]["verdict"] == verdict
    assert shipped[own_id]["next_change"] == shipped[own_id]["first_uncovered_day"] == day


def test_a_policy_ends_the_license_on_its_expiration(shipped):
    assert shipped["CA-0051"]["next_change"] == "2020-11-27"
    assert shipped["OR-0007"]["next_change"] == "2026-08-20"
    assert shipped["WA-0008"]["next_change"] == "2017-08-13"


def test_the_larger_bond_of_2023_ends_every_smaller_one(shipped):
    # C10, exempt, bond of $15,000: nothing else of it changes before.
    assert shipped["CA-0007"]["next_change"] == "2023-01-01"


def test_an_oregon_license_in_several_rows_is_one_contractor_with_one_policy(shipped):
    amounts = [finding["amounts"] for finding in shipped["OR-0005"]["findings"]]

    assert shipped["OR-0005"]["lines"] == [3, 4]
    assert amounts[0] == [
        "general liability: each occurrence $1,000,000",
        "general liability: general aggregate $1,000,000",
        "general liability: combined single limit $1,000,000",
    ]


def test_each_file_is_judged_on_its_own_day(shipped):
    assert {answer["register"]: answer["as_of"] for answer in shipped.values()} == {
        "California CSLB": "2020-11-20",
        "Oregon CCB": "2026-08-01",
        "Washington L&I": "2017-06-30",
    }


# --- California ---


def test_a_policy_in_force_with_a_bond_complies(judge_row):
    assert judge_row(CSLB)["verdict"] == "compliant"


def test_a_license_with_nothing_on_record_is_missing_its_cover(judge_row):
    answer = judge_row(CSLB | NO_WC)

    assert answer["verdict"] == "non_compliant"
    assert "missing" in answer["reasons"]


def test_an_exemption_without_an_end_lasts_until_the_law_ends_it(judge_row):
    answer = judge_row(CSLB | EXEMPT | {"cbAmount": "25000"})

    assert answer["verdict"] == "compliant"
    assert answer["next_change"] == "2028-01-01"


def test_an_exemption_with_an_end_ends_then(judge_row):
    answer = judge_row(CSLB | EXEMPT | {"wcExpiration": "11/15/2020"}, options=("--as-of", "2020-11-16"))

    assert answer["verdict"] == "non_compliant"
    assert "expired" in answer["reasons"]


def test_an_exemption_without_any_day_is_known_from_the_day_it_was_seen(judge_row):
    row = CSLB | EXEMPT | {"wcEffective": ""}

    assert judge_row(row)["verdict"] == "compliant"
    assert judge_row(row, options=("--as-of", "2020-11-09"))["verdict"] == "undetermined"


@pytest.mark.parametrize("spelling", [ROOFER, "C39", "B| C39", "B| C-39", "C-39 / B"])
def test_a_roofer_is_never_exempt(judge_row, spelling):
    answer = judge_row(CSLB | EXEMPT | {"classifications": spelling})

    assert answer["verdict"] == "non_compliant"
    assert "exemption_not_available" in answer["reasons"]


@pytest.mark.parametrize("class_", ["C8", "C-8", "C20", "B| C22", "D49", "C27| D-49"])
def test_four_classes_lose_the_exemption_in_2023(judge_row, class_):
    row = CSLB | EXEMPT | {"classifications": class_, "cbAmount": "25000"}

    assert judge_row(row, options=("--as-of", "2022-12-31"))["next_change"] == "2023-01-01"
    assert judge_row(row, options=("--as-of", "2023-01-01"))["verdict"] == "non_compliant"


def test_an_exemption_of_a_license_without_classes_proves_nothing(judge_row):
    answer = judge_row(CSLB | EXEMPT | {"classifications": ""})

    assert answer["verdict"] == "undetermined"
    assert answer["notes"] == ["exempt, but the classes of the license are blank: not known whether they may be"]


def test_the_policy_of_a_leasing_firm_proves_nothing_without_its_endorsement_and_roster(judge_row):
    row = CSLB | {"wcCoverageType": "Leasing Firm, Temp Agency, etc"}

    assert judge_row(row)["verdict"] == "undetermined"
    assert judge_row(row)["reasons"] == ["endorsement_unproven", "worker_not_reported"]
    assert judge_row(row | {"wcCancellation": "04/26/2020"})["reasons"][0] == "cancelled"


def test_a_self_insurer_complies(judge_row):
    assert judge_row(CSLB | NO_WC | {"wcCoverageType": "Self-Insured"})["verdict"] == "compliant"


@pytest.mark.parametrize("kind", ["", "Something New"])
def test_cover_of_a_kind_that_nobody_knows_is_unknown(judge_row, kind):
    assert judge_row(CSLB | {"wcCoverageType": kind})["verdict"] == "undetermined"


def test_a_policy_that_the_board_says_is_not_current_is_judged_by_its_days(judge_row):
    row = CSLB | {"wcCoverageType": "License does not have current W/C"}

    assert judge_row(row | {"wcCancellation": "08/01/2020"})["reasons"][0] == "cancelled"
    assert judge_row(row | {"wcExpiration": "08/01/2020"})["reasons"][0] == "expired"
    assert judge_row(row | NO_WC | {"wcCoverageType": row["wcCoverageType"]})["verdict"] == "non_compliant"


def test_a_policy_that_the_board_says_is_not_current_though_its_days_are_is_unknown(judge_row):
    row = CSLB | {"wcCoverageType": "License does not have current W/C"}
    answer = judge_row(row)

    assert answer["verdict"] == "undetermined"
    assert judge_row(row | {"wcCancellation": "12/01/2020"})["next_change"] == "2020-12-01"
    assert answer["notes"] == ["the board says that there is no cover, but gives no day on which it ended"]


def test_a_policy_without_an_end_is_not_taken_to_last(judge_row):
    assert judge_row(CSLB | {"wcExpiration": ""})["verdict"] == "undetermined"


def test_a_policy_without_a_beginning_is_known_from_the_day_it_was_seen(judge_row):
    row = CSLB | {"wcEffective": ""}

    assert judge_row(row)["verdict"] == "compliant"
    assert judge_row(row, options=("--as-of", "2020-11-09"))["verdict"] == "undetermined"


@pytest.mark.parametrize(
    ("day", "amount", "verdict"),
    [
        ("2015-12-31", "12500", "compliant"),
        ("2016-01-01", "12500", "non_compliant"),
        ("2016-01-01", "15000", "compliant"),
        ("2022-12-31", "15000", "compliant"),
        ("2023-01-01", "15000", "non_compliant"),
        ("2023-01-01", "24999.99", "non_compliant"),
        ("2023-01-01", "$25,000", "compliant"),
        ("2023-01-01", "", "undetermined"),
    ],
)
def test_the_bond_must_have_the_amount_of_its_day(judge_row, day, amount, verdict):
    row = CSLB | {"wcEffective": "01/01/2014", "wcExpiration": "01/01/2024", "cbEffective": "", "cbAmount": amount}
    row |= {"lastUpdate": "01/01/2015"}

    assert judge_row(row, options=("--as-of", day))["verdict"] == verdict


def test_a_bond_without_a_cancellation_runs_on(judge_row):
    row = CSLB | {"wcExpiration": "01/01/2022"}

    assert outcome_of(judge_row(row, options=("--as-of", "2021-06-01")), "contractors-bond") == "pass"


def test_bonds_of_other_kinds_stand_in_for_nothing(judge_row):
    answer = judge_row(CSLB | {"cbSurety": "", "cbEffective": "", "cbAmount": "", "wbAmount": "100000"})

    assert answer["verdict"] == "non_compliant"
    assert answer["notes"] == ["bond of LLC workers not judged"]


def test_a_suspension_is_noted_and_not_judged(judge_row):
    answer = judge_row(CSLB | {"wcSuspend": "11/01/2020", "secondaryStatus": "Renewal Recived"})

    assert answer["verdict"] == "compliant"
    assert answer["notes"] == [
        "the board's status is CLEAR, Renewal Recived",
        "the board suspended the license for want of workers' compensation on 2020-11-01",
    ]


def test_the_newest_row_of_a_californian_license_is_its_record(judge_row):
    newer = CSLB | NO_WC | {"lastUpdate": "11/12/2020"}
    answer = judge_row(CSLB, newer)

    assert answer["verdict"] == "non_compliant"
    assert answer["lines"] == [2, 3]
    assert answer["notes"] == ["line 2 is what the register said before"]


def test_equally_new_rows_of_a_californian_license_count_together(judge_row):
    before = CSLB | {"wcEffective": "04/25/2019", "wcExpiration": "04/25/2020"}

    assert judge_row(before, CSLB)["verdict"] == "compliant"


# --- Oregon ---

OCTOBER = ("--observed", "2026-10-01")


def test_oregon_cover_is_known_from_the_day_of_the_listing(judge_row):
    answer = judge_row(CCB, options=OCTOBER)

    assert answer["verdict"] == "compliant"
    assert answer["next_change"] == "2027-03-04"
    assert judge_row(CCB, options=(*OCTOBER, "--as-of", "2026-09-30"))["verdict"] == "undetermined"


def test_insurance_repeated_in_the_rows_of_a_license_is_one_policy(judge_row):
    other = CCB | {
        "license_type": "RSC",
        "bond_amount": "20000",
        "endorsement_text": "Residential Specialty Contractor",
    }
    answer = judge_row(CCB, other, CCB, options=OCTOBER)

    assert answer["lines"] == [2, 3, 4]
    assert answer["findings"][0]["amounts"] == [
        "general liability: each occurrence $1,000,000",
        "general liability: combined single limit $1,000,000",
    ]


def test_a_row_without_insurance_takes_nothing_from_the_others(judge_row):
    lead = CCB | NO_COVER | {"license_type": "LBPR", "endorsement_text": "Lead Based Paint Renovation Contractor"}

    assert judge_row(lead, CCB, options=OCTOBER)["verdict"] == "compliant"
    assert judge_row(lead, options=OCTOBER)["reasons"] == ["missing"]


@pytest.mark.parametrize("mark", ["SL - ", "SL-", "SL -"])
def test_the_mark_of_surplus_lines_is_the_insurers_status_and_not_its_name(program, mark, tmp_path):
    path = tmp_path / "extract.csv"
    path.write_text(extract(CCB | {"ins_company": f"{mark}SCOTTSDALE INS CO"}))
    read = program.read_extract(path)
    dossier = read.dossier(read.records[0], observed=date(2026, 10, 1), start=date(2026, 10, 1))

    (carrier,) = [carrier for carrier in dossier.carriers if carrier.name == "SCOTTSDALE INS CO"]
    assert carrier.status.value == "surplus_lines"


def test_an_aggregate_is_not_an_amount_each_occurrence(judge_row):
    ours = (*OCTOBER, "--rulebook", str(EXAMPLE / "rulebooks" / "hiring_company.json"))
    commercial = CCB | {"license_type": "CGC2", "endorsement_text": "Commercial General Contractor Level 2"}

    assert judge_row(CCB, options=ours)["verdict"] == "compliant"
    assert judge_row(commercial, options=ours)["verdict"] == "undetermined"
    assert judge_row(commercial, options=OCTOBER)["verdict"] == "compliant"


@pytest.mark.parametrize("missing", ["bond_exp_date", "ins_exp_date"])
def test_oregon_cover_without_an_end_is_unknown(judge_row, missing):
    assert judge_row(CCB | {missing: ""}, options=OCTOBER)["verdict"] == "undetermined"


def test_the_workers_compensation_status_of_oregon_is_noted(judge_row):
    assert judge_row(CCB | {"exempt_text": "Exempt"}, options=OCTOBER)["notes"] == [
        "workers' compensation: Exempt; not judged"
    ]


# --- Washington ---

JUNE = ("--observed", "2017-06-30")


def test_washington_insurance_is_judged_by_its_single_limit(judge_row):
    assert judge_row(LNI, options=JUNE)["verdict"] == "compliant"
    assert judge_row(LNI | {"insuranceamt": "250000"}, options=JUNE)["verdict"] == "compliant"
    assert judge_row(LNI | {"insuranceamt": "249999"}, options=JUNE)["reasons"] == ["limit_too_low"]
    assert judge_row(LNI | {"insuranceamt": ""}, options=JUNE)["reasons"] == ["limit_not_stated"]


def test_a_washington_cancellation_ends_the_policy(judge_row):
    cancelled = LNI | {"canceldate": "2017-06-30T00:00:00.000"}

    assert judge_row(cancelled, options=JUNE)["reasons"] == ["cancelled"]
    assert judge_row(cancelled, options=(*JUNE, "--as-of", "2017-06-29"))["next_change"] == "2017-06-30"


def test_a_renewal_in_a_row_of_its_own_continues_the_cover(judge_row):
    renewal = LNI | {"effectivedate": "2018-01-02T00:00:00", "expirationdate": "2019-01-02T00:00:00"}

    assert judge_row(renewal, LNI, options=JUNE)["next_change"] == "2019-01-02"


def test_a_cancellation_in_one_of_two_rows_of_a_policy_counts(judge_row):
    assert judge_row(LNI, LNI | {"canceldate": "2017-05-01T00:00:00"}, options=JUNE)["reasons"] == ["cancelled"]


def test_a_name_that_the_register_cuts_is_noted(judge_row):
    cut = "INTERNATIONAL INSURANCE COMPAN"

    assert judge_row(LNI | {"insurancecompany": cut}, options=JUNE)["notes"] == [
        f"the insurer's name may be cut short: {cut}"
    ]


def test_a_time_of_day_that_is_not_midnight_is_refused(judge, capsys):
    status, answers = judge(extract(LNI | {"canceldate": "2017-06-30T12:00:00"}), *JUNE)

    assert (status, answers) == (1, {})
    assert "line 2: canceldate is '2017-06-30T12:00:00'; it must be a day" in capsys.readouterr().err


# --- files as they come ---


@pytest.mark.parametrize(
    "file",
    [
        extract({name.upper(): text for name, text in CSLB.items()}),
        extract(dict(reversed(CSLB.items()))),
        extract({"County": "Kern"} | CSLB | {"County2": 'said "yes", twice'}),
        extract(CSLB, end="\r\n"),
        "\ufeff" + extract(CSLB),
        extract({name: f"  {text} " for name, text in CSLB.items()}),
        "\n" + extract(CSLB) + "\n\n",
        extract(CSLB).replace("/2020", "/2020").rstrip("\n"),
        extract(CSLB | {"County": "two\nlines"}),
        extract(CSLB).replace("classifications", "Classifications(s)").replace("wcEffective", "WCEffectiveDate"),
    ],
    ids=[
        *("upper case", "reordered", "more columns", "CRLF", "BOM", "padded", "blank lines", "no last newline"),
        *("line break in a field", "the board's own headings"),
    ],
)
def test_the_same_rows_written_otherwise_mean_the_same(judge, file):
    status, answers = judge(file)

    assert status == 0
    assert [answer["verdict"] for answer in answers.values()] == ["compliant"]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"wcEffective": "02/30/2020"}, "wcEffective is '02/30/2020'; it must be a day"),
        ({"wcEffective": "April 2020"}, "wcEffective is 'April 2020'; it must be a day"),
        ({"wcExpiration": "04/25/2020"}, "wcExpiration, 2020-04-25, is not after wcEffective, 2020-04-25"),
        ({"lastUpdate": "20201110"}, "lastUpdate is '20201110'; it must be a day"),
        ({"cbAmount": "15000-"}, "cbAmount is '15000-'; it must be an amount of dollars"),
        ({"cbAmount": "1e9"}, "cbAmount is '1e9'; it must be an amount of dollars"),
        ({"cbAmount": "\N{FULLWIDTH DIGIT ONE}5000"}, "cbAmount is '\N{FULLWIDTH DIGIT ONE}5000'; it must be"),
        ({"id": " "}, "id is blank; every row must name its license"),
        ({"wcInsurer": "x" * 100_000}, "wcInsurer has 100,000 characters"),
        ({"wcInsurer": "x" * 200_000}, "is no CSV: field larger than field limit"),
        ({"wcInsurer": "NUL\0"}, "wcInsurer holds the character U+0000"),
        ({"id": "\x1b[31mCA-1"}, "id holds the character U+001B"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_row_that_cannot_be_read_is_named_and_the_rest_is_judged(judge, capsys, fault, problem):
    status, answers = judge(extract(CSLB | {"id": "CA-2"}, CSLB | fault, CSLB | {"id": "CA-3"}))

    assert status == 1
    assert list(answers) == ["CA-2", "CA-3"]
    told = capsys.readouterr()
    assert f"extract.csv: line 3: {problem}" in told.err
    assert "licenses: 2, rows that could not be read: 1" in told.out


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"CA-1,too,few", "has 3 fields where the header has"),
        (b'CA-1,"unclosed,' + b"," * 16, "is no CSV: unexpected end of data"),
        (b"CA-1,caf\xe9" + b"," * 16, "holds the byte 0xE9, which is not UTF-8"),
        (b"CA-1" + b"," * 99, "has 100 fields where the header has"),
    ],
    ids=["short", "unclosed quotation mark", "Latin-1", "long"],
)
def test_a_line_that_is_no_record_costs_no_other_line(judge, capsys, line, problem):
    leasing = CSLB | {"id": "CA-4", "wcCoverageType": "Leasing Firm, Temp Agency, etc"}
    head, *rows = extract(CSLB | {"id": "CA-2"}, leasing, CSLB | {"id": "CA-3"}).encode().splitlines()

    status, answers = judge(b"\n".join([head, line, *rows, b""]))

    assert status == 1
    assert list(answers) == ["CA-2", "CA-4", "CA-3"]
    assert f"extract.csv: line 2: {problem}" in capsys.readouterr().err


def test_a_license_with_a_row_that_cannot_be_read_is_not_judged_on_the_others(judge, capsys):
    status, answers = judge(extract(CCB, CCB | {"ins_amount": "?"}, CCB | {"id": "OR-2"}), *OCTOBER)

    assert status == 1
    assert list(answers) == ["OR-2"]
    assert "(license 'OR-1' left out)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,b\n1,2\n", "is no extract that this program knows"),
        (extract({name: text for name, text in CSLB.items() if name != "cbCancellation"}).encode(), "cbCancellation"),
        (extract(CSLB).encode("utf-16"), "line 1: is UTF-16"),
        (b"caf\xe9,b\n", "line 1: holds the byte 0xE9"),
        (extract({"id": "", "ID": "", **CSLB}).encode(), "has the column 'ID' twice"),
        (extract(CSLB | CCB | LNI).encode(), "together; which is it?"),
    ],
    ids=["empty", "blank", "another table", "a column short", "UTF-16", "Latin-1 header", "twice", "two registers"],
)
def test_a_file_that_cannot_be_read_is_refused(program, tmp_path, capsys, content, problem):
    path = tmp_path / "extract.csv"
    path.write_bytes(content)

    assert program.main([str(path), str(SHIPPED["ca_cslb_2020"])]) == 2
    told = capsys.readouterr()
    assert problem in told.err
    assert str(path) in told.err
    assert told.out == ""


def test_a_file_that_is_not_there_is_refused(program, tmp_path, capsys):
    assert program.main([str(tmp_path / "none.csv")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_a_header_alone_has_nothing_to_judge(judge, capsys):
    assert judge(extract(CCB).splitlines()[0] + "\n") == (0, {})
    assert "licenses: 0; nothing to judge" in capsys.readouterr().out


# --- the judged day ---


def test_the_judged_day_of_california_is_its_newest_update(judge):
    _, answers = judge(extract(CSLB, CSLB | {"id": "CA-2", "lastUpdate": "11/20/2020"}), "--observed", "2021-01-01")

    assert {answer["as_of"] for answer in answers.values()} == {"2020-11-20"}


def test_a_row_without_an_update_was_seen_on_the_day_of_the_file(judge):
    undated = CSLB | EXEMPT | {"id": "CA-2", "lastUpdate": "", "wcEffective": ""}
    _, answers = judge(extract(CSLB, undated), "--as-of", "2020-11-10")

    assert answers["CA-2"]["verdict"] == "compliant"


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("extract.observed.toml", 'observed_on = 2026-08-01\naccording_to = "the portal"'),
        ("extract.observed.toml", 'observed_on = "2026-08-01"\naccording_to = "the portal"'),
        ("extract.observed.json", '{"observed_on": "2026-08-01", "according_to": "the portal"}'),
    ],
)
def test_a_note_beside_the_file_says_on_which_day_it_was_current(judge_row, tmp_path, capsys, name, note):
    (tmp_path / name).write_text(note)

    assert judge_row(CCB, options=OCTOBER)["as_of"] == "2026-08-01"
    assert f"judged on 2026-08-01 ({name}: the portal)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        ("observed_on = yesterday", "observed.toml:"),
        ("observed_on = 2026-08-01", "according_to"),
        ('observed_on = 2026-08-01T10:00:00\naccording_to = "x"', "must be a day"),
        ('observed_on = "1.8.2026"\naccording_to = "x"', "must be a real day"),
        ('observed_on = 2026-08-01\naccording_to = " "', "must say who"),
        ('observed_on = 2026-08-01\naccording_to = "x"\nday = 1', "and nothing else"),
    ],
)
def test_a_note_that_does_not_say_it_is_refused(program, tmp_path, capsys, note, problem):
    (tmp_path / "extract.csv").write_text(extract(CCB))
    (tmp_path / "extract.observed.toml").write_text(note)

    assert program.main([str(tmp_path / "extract.csv")]) == 2
    assert problem in capsys.readouterr().err


def test_two_notes_are_one_too_many(program, tmp_path, capsys):
    (tmp_path / "extract.csv").write_text(extract(CCB))
    for kind in ("toml", "json"):
        (tmp_path / f"extract.observed.{kind}").write_text("")

    assert program.main([str(tmp_path / "extract.csv")]) == 2
    assert "keep one of them" in capsys.readouterr().err


def test_as_of_goes_before_every_other_day(judge, capsys):
    _, answers = judge(extract(CSLB), "--as-of", "2021-04-25")

    assert answers["CA-1"]["as_of"] == "2021-04-25"
    assert answers["CA-1"]["reasons"] == ["expired", "missing"]
    told = capsys.readouterr().out
    assert "judged on 2021-04-25 (--as-of)" in told
    assert "current on 2020-11-10 (newest date of a row)" in told


def test_without_any_day_the_error_names_the_ways_to_give_one(program, tmp_path, capsys):
    (tmp_path / "extract.csv").write_text(extract(LNI))

    assert program.main([str(tmp_path / "extract.csv")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    for way in ("--observed", "extract.observed.toml", "--as-of"):
        assert way in told.err


def test_an_undated_file_is_taken_to_be_of_the_day_asked_for(judge_row):
    answer = judge_row(CCB, options=("--as-of", "2026-09-09"))

    assert (answer["as_of"], answer["verdict"]) == ("2026-09-09", "compliant")


@pytest.mark.parametrize("option", ["--as-of", "--observed"])
def test_a_day_that_is_none_is_wrong_usage(program, capsys, option):
    with pytest.raises(SystemExit) as stop:
        program.main([option, "2026-02-30"])

    assert stop.value.code == 2
    assert "'2026-02-30' must be a real day" in capsys.readouterr().err


# --- rule books and answers ---


def test_a_hiring_company_judges_by_its_own_book(program, tmp_path):
    path = tmp_path / "answers.json"
    book = EXAMPLE / "rulebooks" / "hiring_company.json"

    assert program.main(["--rulebook", str(book), "--json", str(path)]) == 0
    answers = json.loads(path.read_text())
    assert {answer["register"]: Counter() for answer in answers}.keys() == {
        "California CSLB",
        "Oregon CCB",
        "Washington L&I",
    }
    # The Californian register does not hold general liability; OR-0007 states an aggregate and no occurrence.
    assert Counter((answer["register"], answer["verdict"]) for answer in answers) == {
        ("California CSLB", "non_compliant"): 58,
        ("Oregon CCB", "compliant"): 6,
        ("Oregon CCB", "undetermined"): 1,
        ("Washington L&I", "compliant"): 7,
    }


@pytest.mark.parametrize("content", [None, "{", "{}", '{"format": "contractor-compliance/dossier/1"}', "\xff"])
def test_a_rule_book_that_cannot_be_read_is_refused(program, tmp_path, capsys, content):
    path = tmp_path / "book.json"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))

    assert program.main(["--rulebook", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_answers_that_cannot_be_written_are_an_error(program, tmp_path, capsys):
    assert program.main(["--json", str(tmp_path / "none" / "answers.json")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_answers_never_overwrite_what_was_read(program, tmp_path):
    path = tmp_path / "extract.csv"
    path.write_text(extract(CSLB))

    with pytest.raises(SystemExit) as stop:
        program.main(["--json", str(path), str(path)])

    assert stop.value.code == 2
    assert path.read_text() == extract(CSLB)


def test_an_answer_is_one_object_with_the_promised_keys(judge):
    _, answers = judge(extract(CSLB | NO_WC))

    assert list(answers["CA-1"])[:8] == [
        *("id", "register", "as_of", "verdict", "reasons"),
        *("first_uncovered_day", "next_change", "remedies"),
    ]


def test_what_is_printed_tells_each_license_and_then_all_of_them(judge, capsys):
    judge(extract(CSLB, CSLB | NO_WC | {"id": "CA-2"}, CSLB | NO_WC | {"id": "CA-3"}))

    told = capsys.readouterr().out.splitlines()
    assert [cell.strip() for cell in told[3].split("  ") if cell.strip()] == [
        *("id", "register", "verdict", "uncovered from", "next change", "worst finding"),
    ]
    assert told[4].startswith("CA-1  California CSLB  compliant ")
    assert told[5].startswith("CA-2  California CSLB  non_compliant  2020-11-10")
    assert told[told.index("Verdicts") + 1 :][:2] == ["      2  non_compliant", "      1  compliant"]
    assert told[told.index("Worst findings") + 1].endswith("workers' compensation is not on file (CA-2, CA-3)")
    assert told[told.index("What to ask the broker for") + 1].endswith("(CA-2, CA-3)")


def test_the_program_runs_on_its_own(tmp_path):
    (tmp_path / "one.csv").write_text(extract(CSLB))
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}

    done = subprocess.run(
        [sys.executable, str(EXAMPLE / "run.py"), str(tmp_path / "one.csv")],
        capture_output=True,
        check=False,
        cwd=EXAMPLE.parents[1],
        env=environment,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "one.csv: California CSLB, licenses: 1" in done.stdout
    assert "judged on 2020-11-10 (newest date of a row) by cslb version 1" in done.stdout


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_extracts_hold_no_names(name):
    header = SHIPPED[name].read_text().splitlines()[0].casefold()

    assert not {"businessname", "business_name", "full_name", "phone", "address", "city"} & set(header.split(","))
