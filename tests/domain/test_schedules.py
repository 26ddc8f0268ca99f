"""Schedules: which sentences are blanket, and which lines name a party."""

from __future__ import annotations

from time import perf_counter

import pytest

from contractor_compliance.domain import BlanketReach, blanket_reach, match_schedule
from contractor_compliance.domain.names import NameMatch

COMPANY = ("Sample Staffing Inc",)
CONTRACT = """\
Any person or organization where required by written contract
ANY PERSON OR ORGANIZATION WHERE REQUIRED BY WRITTEN CONTRACT.
As required by written contract
Where required by written contract or agreement
Blanket as required by written contract
Blanket additional insured where required by written contract
All persons or organizations as required by written contract or agreement
Any person(s) or organization(s) when required by a written contract
Any person or organization when you are required by written contract
Any person or organization that you are required to add as an additional insured under a written contract or agreement
Any person or organization whom you are required by a written contract to name as an additional insured
Any person, organization or entity where required by written contract executed prior to loss
Any person or organization if required by an executed written contract
As required by contract
As per written contract
Any person and/or organization as required by written contract with the named insured
Any and all persons or organizations where required by written contract
Any other person or organization where required by written contract, executed prior to a loss
Any party as required by written contract
Any Person or Organization that is required by written contract to be named as additional insured
Waiver of subrogation where required by written contract""".splitlines()
DIRECT = """\
Any person or organization with whom you have agreed in a written contract
Any person or organization for whom you have agreed in a written contract to provide additional insured status
Any person or organization to whom you have agreed in a written contract to waive your right of recovery
Any person or organization whom you have agreed to include as an additional insured under a written contract
Any person or organization for whom you are performing operations when you and such person or organization have agreed \
in writing in a contract or agreement that such person or organization be added as an additional insured on your policy\
""".splitlines()
NEARLY = """\
Any person or organization
Any person or organization where required by written contract with Other Co
Any person or organization where required by oral agreement
Any person or organization except as required by written contract
Any lessor of equipment where required by written contract
Any architect, engineer or surveyor where required by written contract
Any person or organization where required by written contract for the Harbor Project only
Any person or organization not required by written contract
Where permitted by written contract
Any person or organization to whom a certificate has been issued
As per schedule on file
Blanket
Certificate holder as required by written contract
Any owner where required by written contract
Where required by law
Any person or organization where required by written contract, excluding residential work
No person or organization is required by written contract""".splitlines()


@pytest.mark.parametrize("text", CONTRACT)
def test_a_sentence_that_defers_to_the_written_contract_reaches_all_that_the_contract_requires(text: str) -> None:
    assert blanket_reach(text) is BlanketReach.CONTRACT


@pytest.mark.parametrize("text", DIRECT)
def test_a_sentence_that_asks_for_an_agreement_with_the_party_reaches_its_direct_parties(text: str) -> None:
    assert blanket_reach(text) is BlanketReach.DIRECT


@pytest.mark.parametrize("text", NEARLY)
def test_a_sentence_with_a_limit_of_its_own_is_not_blanket_and_is_left_for_a_person(text: str) -> None:
    assert blanket_reach(text) is None
    assert match_schedule(text, COMPANY).match is NameMatch.REVIEW


@pytest.mark.parametrize("name", ["Sample Staffing Inc", "Contract Carriers LLC", "Automatic Doors Inc"])
def test_a_name_is_no_blanket_sentence(name: str) -> None:
    assert blanket_reach(name) is None


@pytest.mark.parametrize(
    "line",
    [
        "SAMPLE STAFFING, INC.",
        "Sample Staffing, Inc., its successors and/or assigns",
        "Sample Staffing Inc ISAOA/ATIMA",
        "Sample Staffing Inc and its affiliates, officers and agents",
        "Sample Staffing Inc c/o Risk Department",
        "Sample Staffing Inc, 100 Main Street, Mobile AL",
        "Sample Mills Corp and Sample Staffing Inc",
        "Sample Mills Corp & Sample Staffing Inc",
        "Sample Mills; Sample Staffing Inc",
        "Sample Mills\nSample Staffing Inc",
        "Sample Mills and/or Sample Staffing Inc",
    ],
)
def test_a_line_that_holds_the_party_and_more_names_it_and_shows_its_text(line: str) -> None:
    result = match_schedule(line, COMPANY)

    assert (result.match, result.reach) == (NameMatch.MATCH, None)
    assert result.text in (None, line)
    assert (result.text is None) is (line == "SAMPLE STAFFING, INC.")


@pytest.mark.parametrize(
    "line",
    [
        "Subsidiaries of Sample Staffing Inc",
        "Sample Staffing Inc / Sample Mills Corp",
        "Sample Mills Corp, Sample Staffing, Inc., and Other Co",
        "Acme and Sample Staffing Inc",
        "Not Sample Staffing Inc",
        "Sample Staffing LLC",
        "Everybody except; Sample Staffing Inc",
    ],
)
def test_an_ambiguous_line_of_a_schedule_needs_a_review(line: str) -> None:
    assert match_schedule(line, COMPANY).match is NameMatch.REVIEW


@pytest.mark.parametrize(
    "line",
    [
        "Other Co",
        "Other Co c/o Sample Staffing Inc",
        "Other Co where required by written contract",
        "Contract Carriers LLC",
    ],
)
def test_a_line_of_a_schedule_that_names_another_party_does_not_name_the_party(line: str) -> None:
    assert match_schedule(line, COMPANY).match is NameMatch.MISMATCH


def test_a_name_under_the_condition_of_a_contract_is_served_under_that_contract() -> None:
    result = match_schedule("Sample Staffing Inc where required by written contract", COMPANY)

    assert (result.match, result.reach, result.is_blanket) == (NameMatch.MATCH, BlanketReach.CONTRACT, False)


def test_a_line_that_names_another_party_and_is_blanket_for_the_rest_is_blanket_for_the_party() -> None:
    line = "Sample Mills Corp and any other person or organization where required by written contract"
    result = match_schedule(line, COMPANY)

    assert (result.match, result.reach, result.is_blanket) == (NameMatch.MATCH, BlanketReach.CONTRACT, True)
    assert match_schedule(line, ("Sample Mills Corp",)).reach is None


@pytest.mark.parametrize(
    "line",
    [
        ", ".join(["Other Co"] * 500),
        *(
            " " * 4000 + "x",
            "," * 4000,
            "(" * 4000,
            "\n" * 4000 + "x",
            "c/o " * 1000,
            "its " * 1500,
            "required by " * 800,
        ),
        "as required by signed " + "signed " * 1000 + "x",
    ],
    ids=["names", "spaces", "commas", "brackets", "breaks", "care of", "its", "required", "signed"],
)
def test_a_long_line_of_a_schedule_is_read_in_no_time(line: str) -> None:
    started = perf_counter()

    assert match_schedule(line, COMPANY).match is not NameMatch.MATCH
    assert perf_counter() - started < 1


def test_a_schedule_line_of_implausible_length_needs_a_review() -> None:
    assert match_schedule("Other Co " * 2000, COMPANY).match is NameMatch.REVIEW
