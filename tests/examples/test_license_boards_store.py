"""The registers in a store: the same verdicts, what a later extract changes, and what was known before it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from sqlalchemy import text

from contractor_compliance.domain import Assignment, CarrierStatus, Missing, Policy
from contractor_compliance.storage import MAX_ID_LENGTH, Key, Kind, Record, Store, open_store
from contractor_compliance.storage.sql import create_schema, make_engine
from contractor_compliance.testing import FrozenClock
from tests import tiers
from tests.examples.test_license_boards import (
    CCB,
    CSLB,
    EXAMPLE,
    EXEMPT,
    LNI,
    NO_WC,
    OCTOBER,
    SHIPPED,
    extract,
    program,
)

__all__ = ["program"]

FIRST = datetime(2026, 7, 1, 12, tzinfo=UTC)
STORES = ("sqlite", "memory", pytest.param("postgresql", marks=(pytest.mark.server, tiers.sampled(3, of="postgresql"))))
NO_BOND = dict.fromkeys(("cbSurety", "cbEffective", "cbCancellation", "cbAmount"), "")
IN_MAY = {"lastUpdate": "05/03/2021"}
BONDED = CSLB | EXEMPT


@attrs.frozen
class Run:
    """What came of one run."""

    status: int
    out: str
    err: str
    answers: dict[str, Any]

    @property
    def table(self) -> list[str]:
        """The lines of the table, without what is printed before and after it."""
        lines = self.out.splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith("id "))
        return lines[start : lines.index("", start)]

    @property
    def verdicts(self) -> dict[str, str]:
        return {own_id: answer["verdict"] for own_id, answer in self.answers.items()}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(FIRST)


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'licenses.db'}"


@pytest.fixture
def run(program, tmp_path, capsys, clock) -> Callable[..., Run]:
    """Run the program with words of the command line; the clock moves on a day with each run."""

    def run(*words: object) -> Run:
        answers = tmp_path / "answers.json"
        answers.unlink(missing_ok=True)
        capsys.readouterr()
        status = program.main([*map(str, words), "--json", str(answers)], clock=clock)
        clock.advance(days=1)
        told = capsys.readouterr()
        judged = json.loads(answers.read_text()) if answers.exists() else []
        return Run(status, told.out, told.err, {answer["id"]: answer for answer in judged})

    return run


@pytest.fixture
def save(run, url, tmp_path) -> Callable[..., Run]:
    """Save an extract with some rows."""

    def save(*rows: dict[str, str], options: tuple[str, ...] = ()) -> Run:
        path = tmp_path / "extract.csv"
        path.write_text(extract(*rows))
        return run("--store", url, *options, path)

    return save


@pytest.fixture
def asked(run, url) -> Callable[..., Run]:
    """Ask what is on file, without a file."""
    return lambda *words: run("--store", url, *words)


@pytest.fixture
def kept(url):
    """Give the records of a register."""
    opened = []

    def kept(register: str = "cslb") -> Store:
        opened.append(open_store(url))
        return opened[-1].for_company(f"hiring-company-{register}")

    yield kept
    for store in opened:
        store.close()


def facts(store: Store, license_id: str, kind: Kind = Kind.POLICY) -> list[tuple[Record, ...]]:
    """Return the histories of a license's facts of one kind, in the order of their ids."""
    (stored,) = store.dossiers([license_id])
    assert stored is not None
    values = stored.dossier.policies if kind is Kind.POLICY else stored.dossier.exemptions
    return list(store.history([Key(kind, value.id, license_id) for value in values]))


def later(changes: dict[str, dict[str, str] | None], *more: dict[str, str]) -> str:
    """Return the shipped Californian extract with rows changed (None: left out), and rows added."""
    with SHIPPED["ca_cslb_2020"].open(newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row | (changes.get(row["id"]) or {}) for row in rows if changes.get(row["id"], {}) is not None]
    return extract(*kept, *(dict.fromkeys(rows[0], "") | row for row in more))


# --- the same verdicts ---


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize("book", [(), ("--rulebook", EXAMPLE / "rulebooks" / "hiring_company.json")])
def test_what_is_read_back_from_a_store_is_judged_as_the_files_are(run, request, url, kind, book):
    address = {"sqlite": lambda: url, "memory": lambda: "memory://"}.get(
        kind, lambda: request.getfixturevalue("postgres_url")
    )()

    alone, stored = run(*book), run("--store", address, *book)

    assert (0, 72) == (stored.status, len(stored.answers))
    assert alone.table == stored.table
    assert alone.answers == stored.answers


@tiers.sampled(4)
@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("day", ["2010-01-01", "2017-08-13", "2020-12-10", "2023-01-01", "2026-09-10", "2029-01-01"])
def test_any_day_is_judged_as_without_a_store(run, url, name, day):
    run("--store", url, SHIPPED[name])

    alone, stored = run("--as-of", day, SHIPPED[name]), run("--store", url, "--as-of", day)

    assert alone.table == stored.table


def test_without_files_what_is_on_file_is_judged(save, asked):
    save(CSLB, CSLB | NO_WC | {"id": "CA-2"})

    answered = asked()

    assert {"CA-1": "compliant", "CA-2": "non_compliant"} == answered.verdicts
    assert "licenses on file at 2026-07-01T12:00:00Z: 2" in answered.out
    assert (None, []) == (answered.answers["CA-1"]["file"], answered.answers["CA-1"]["lines"])


def test_without_files_an_empty_store_gets_the_shipped_extracts(asked):
    assert 72 == len(asked().answers) == len(asked().answers)


def test_the_tables_are_made_once_and_it_is_said(save):
    made = "The database had no tables of ours; they were made."

    assert [True, False] == [made in save(CSLB).out, made in save(CSLB).out]


def test_one_license_number_of_two_registers_is_two_contractors(run, save, url, tmp_path):
    (tmp_path / "ccb.csv").write_text(extract(CCB | {"id": "CA-1"}))
    save(CSLB)
    run("--store", url, *OCTOBER, tmp_path / "ccb.csv")

    assert 2 == run("--store", url).out.count("CA-1  ")


def test_the_work_is_not_written_again_for_each_day_that_is_judged(save, kept):
    for day in ("2020-11-10", "2021-06-01", "2019-01-01"):
        save(CSLB, options=("--as-of", day))
    (history,) = kept().history([Key(Kind.ASSIGNMENT, "work", "CA-1")])

    assert [date(2020, 11, 10)] == [record.value.start for record in history if isinstance(record.value, Assignment)]


def test_insurers_of_one_name_are_one_however_they_are_spelt(save, kept):
    other = {"id": "OR-2", "ins_company": "SL - State National Ins Co, Inc.", "bond_company": "Western Surety Co"}
    save(CCB, options=OCTOBER)
    save(CCB | other, options=("--observed", "2026-11-01"))
    (stored,) = kept("ccb").dossiers(["OR-1"])
    assert stored is not None

    assert {CCB["ins_company"]: CarrierStatus.SURPLUS_LINES, CCB["bond_company"]: Missing.ABSENT} == {
        carrier.name: carrier.status for carrier in stored.dossier.carriers
    }


# --- twice ---


def test_the_same_file_has_one_effect(save, kept):
    first, second = save(CSLB), save(CSLB)

    assert "Saved\n" in first.out
    assert "extract.csv: licenses new: 1, changed: 0, as before: 0 (commit 1 at 2026-07-01T12:00:00Z)" in first.out
    assert "extract.csv: nothing new; saved before: licenses new: 1" in second.out
    assert first.table == second.table
    assert 1 == kept().head().sequence


def test_what_did_not_change_is_not_written_again(save, kept):
    save(CSLB, CSLB | {"id": "CA-2"})
    second = save(CSLB, CSLB | IN_MAY | {"id": "CA-2", "wcExpiration": "04/25/2022"})

    assert "licenses new: 0, changed: 1, as before: 1 (commit 2 at" in second.out
    assert [1, 1] == [len(fact) for fact in facts(kept(), "CA-1")]
    assert [2, 2] == [len(fact) for fact in facts(kept(), "CA-2")]


def test_the_same_statement_with_newer_evidence_stands_and_the_older_is_kept(run, save, url, kept, tmp_path):
    for day in ("2026-10-01", "2026-11-01"):
        save(CCB, options=("--observed", day))
    (policy, _) = facts(kept("ccb"), "OR-1")

    assert [date(2026, 10, 1), date(2026, 11, 1)] == [record.value.limits[-1].evidence.observed_on for record in policy]


# --- a later extract ---


@pytest.fixture
def two_extracts(run, url, tmp_path) -> tuple[Run, Run]:
    """The shipped Californian extract, and one of May 2021 in which five licenses differ."""
    path = tmp_path / "later.csv"
    path.write_text(
        later(
            {
                "CA-0005": None,
                "CA-0006": IN_MAY | {"wcCancellation": "03/01/2021"},
                "CA-0008": IN_MAY | {"wcExpiration": "04/25/2022"},
                "CA-0056": IN_MAY
                | {name: CSLB[name] for name in NO_WC}
                | {"wcExpiration": "01/01/2022", "wcCancellation": ""},
            },
            CSLB | IN_MAY | {"id": "CA-9999", "cbAmount": "12500"},
        )
    )
    return run("--store", url, SHIPPED["ca_cslb_2020"]), run("--store", url, path)


def test_a_later_extract_changes_the_verdicts(two_extracts, asked):
    now = asked("--as-of", "2021-05-03").verdicts

    assert "non_compliant" == now["CA-0006"]  # a cancellation appeared
    assert "undetermined" == now["CA-0008"]  # the expiration moved; the policy says nothing of the sole owner
    assert "undetermined" == now["CA-0056"]  # a new policy, that says nothing of the sole owner
    assert "non_compliant" == now["CA-9999"]  # a new license, with too small a bond


def test_what_was_known_before_it_is_answered_as_before(two_extracts, asked):
    first, second = two_extracts
    then = asked("--known-at", "2026-07-01T12:00:00Z")

    assert first.table != second.table
    assert first.table == then.table
    assert first.verdicts == then.verdicts


def test_an_instant_before_the_later_extract_is_answered_as_before(two_extracts, asked):
    assert two_extracts[0].table == asked("--known-at", "2026-07-02T05:59:59.999999-06:00").table
    assert two_extracts[0].table != asked("--known-at", "2026-07-02T06:00:00-06:00").table


def test_a_day_is_answered_as_at_its_end_in_utc(two_extracts, asked):
    assert two_extracts[0].table == asked("--known-at", "2026-07-01").table
    assert two_extracts[0].table != asked("--known-at", "2026-07-02").table


def test_history_holds_the_version_before_and_the_one_after(two_extracts, kept):
    histories = facts(kept(), "CA-0008")
    (history,) = [history for history in histories if history[0].value.line == "workers_compensation"]

    assert [date(2021, 4, 25), date(2022, 4, 25)] == [record.value.terms[0].expiration for record in history]
    assert history[0].superseded_at == history[1].recorded_at
    assert [1, 2] == [record.version for record in history]


def test_a_license_that_an_extract_does_not_list_is_told(two_extracts, asked):
    answered = asked()

    assert (
        "licenses new: 1, changed: 3, as before: 54; on file but not listed: CA-0005 (commit 2" in two_extracts[1].out
    )
    assert "CA-0005" not in two_extracts[1].answers
    assert ["not listed on 2021-05-03"] == answered.answers["CA-0005"]["notes"]


# --- licenses that are no longer listed ---


@pytest.mark.parametrize(
    ("day", "verdict"),
    [("2020-11-20", "compliant"), ("2020-11-21", "undetermined"), ("2021-05-03", "undetermined")],
)
def test_a_license_that_is_no_longer_listed_is_in_doubt_since_it_was(two_extracts, asked, day, verdict):
    # Its row is of 2020-11-10, and was in the file of 2020-11-20.
    assert verdict == asked("--as-of", day).verdicts["CA-0005"]


def test_a_license_that_stays_unlisted_is_not_written_again(save, asked, kept):
    save(CSLB, BONDED | {"id": "CA-2"})
    save(CSLB | IN_MAY)
    save(CSLB | {"lastUpdate": "06/03/2021"})

    assert [2] == [len(fact) for fact in facts(kept(), "CA-2")]
    assert "undetermined" == asked().verdicts["CA-2"]


def test_a_license_that_is_listed_again_is_what_the_register_says_now(save, asked):
    save(CSLB, BONDED | {"id": "CA-2"})
    save(CSLB | IN_MAY)
    save(CSLB | {"lastUpdate": "06/03/2021"}, BONDED | {"id": "CA-2"})

    assert ["compliant", "compliant"] == [
        asked("--as-of", day).verdicts["CA-2"] for day in ("2020-11-10", "2021-06-03")
    ]


def test_files_of_one_day_are_parts_of_one_listing(save, asked):
    save(BONDED)
    save(BONDED | IN_MAY)
    save(BONDED | IN_MAY | {"id": "CA-2"})

    assert {"CA-1": "compliant", "CA-2": "compliant"} == asked().verdicts


def test_a_license_with_a_row_that_cannot_be_read_is_not_taken_for_unlisted(save, asked):
    save(CSLB, BONDED | {"id": "CA-2"})
    second = save(CSLB | IN_MAY, BONDED | IN_MAY | {"id": "CA-2", "wcEffective": "?"})

    assert 1 == second.status
    assert "not listed" not in second.out
    assert "compliant" == asked().verdicts["CA-2"]


# --- cover that is no longer listed ---


def verdict_on(asked: Callable[..., Run], day: str) -> tuple[str, list[str]]:
    answer = asked("--as-of", day).answers["CA-1"]
    return answer["verdict"], answer["reasons"]


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        ("2020-11-10", "compliant"),  # the day on which it was last listed
        ("2020-11-11", "undetermined"),
        ("2021-05-02", "undetermined"),
        ("2021-05-03", "non_compliant"),  # the day on which it was missing
        ("2022-05-03", "non_compliant"),
    ],
)
def test_cover_that_is_dropped_is_over_that_day_and_in_doubt_since_it_was_listed(save, asked, day, verdict):
    save(BONDED)
    save(BONDED | NO_BOND | IN_MAY)

    assert verdict == verdict_on(asked, day)[0]


def test_cover_that_is_dropped_is_judged_on_that_day_as_the_extract_alone_is(run, save, tmp_path):
    save(BONDED)
    stored = save(BONDED | NO_BOND | IN_MAY)

    assert run(tmp_path / "extract.csv").verdicts == stored.verdicts == {"CA-1": "non_compliant"}


def test_cover_was_listed_on_the_day_of_the_file_though_its_row_is_older(save, asked):
    dated = BONDED | {"id": "CA-2", "lastUpdate": "11/20/2020"}
    save(BONDED, dated)
    save(BONDED | NO_BOND | IN_MAY, dated)

    assert ["compliant", "undetermined"] == [verdict_on(asked, day)[0] for day in ("2020-11-20", "2020-11-21")]


def test_cover_is_over_on_the_day_of_the_file_if_its_row_tells_no_other_day(save, asked):
    dated = BONDED | {"id": "CA-2"}
    save(BONDED, dated)
    save(BONDED | NO_BOND, dated | IN_MAY)

    assert ["compliant", "undetermined", "non_compliant"] == [
        verdict_on(asked, day)[0] for day in ("2020-11-10", "2021-05-02", "2021-05-03")
    ]


def test_an_exemption_that_an_extract_drops_ends(save, asked):
    save(BONDED)
    save(BONDED | NO_WC | IN_MAY)

    assert ["compliant", "undetermined", "non_compliant"] == [
        verdict_on(asked, day)[0] for day in ("2020-11-10", "2020-11-11", "2021-05-03")
    ]


def test_cover_that_had_ended_is_missing_as_it_should_be(save, kept):
    save(CSLB)
    save(CSLB | IN_MAY | {"wcEffective": "04/25/2021", "wcExpiration": "04/25/2022"})
    _, before, after = facts(kept(), "CA-1")

    assert (1, date(2021, 4, 25)) == (len(before), before[0].value.terms[0].expiration)
    assert date(2022, 4, 25) == after[0].value.terms[0].expiration


def test_a_renewal_leaves_the_days_of_the_policy_before_it_covered(save, asked):
    save(CSLB)
    save(CSLB | IN_MAY | {"wcEffective": "04/25/2021", "wcExpiration": "04/25/2022"})

    assert {"compliant"} == {
        verdict_on(asked, day)[0] for day in ("2020-11-10", "2021-04-24", "2021-04-25", "2021-05-03")
    }


def test_another_insurer_in_mid_term_takes_over(save, asked):
    save(CSLB)
    save(CSLB | {"lastUpdate": "01/10/2021", "wcInsurer": "ANOTHER INSURER", "wcEffective": "01/01/2021"})

    assert [("compliant", []), ("undetermined", ["term_unknown"]), ("compliant", []), ("compliant", [])] == [
        verdict_on(asked, day) for day in ("2020-11-10", "2020-12-31", "2021-01-01", "2021-01-10")
    ]


def test_until_what_takes_its_place_has_begun_cover_that_is_dropped_may_still_run(save, asked):
    save(CSLB)
    save(CSLB | {"lastUpdate": "04/20/2021", "wcInsurer": "ANOTHER INSURER", "wcEffective": "04/23/2021"})

    assert [("undetermined", ["term_unknown"]), ("undetermined", ["term_unknown"]), ("compliant", [])] == [
        verdict_on(asked, day) for day in ("2021-04-20", "2021-04-22", "2021-04-23")
    ]


def test_cover_that_is_missing_again_is_in_doubt_since_it_was_last_listed(save, asked):
    save(CSLB)
    for day in ("04/20/2021", "04/21/2021"):
        save(CSLB | {"lastUpdate": day, "wcInsurer": "ANOTHER INSURER", "wcEffective": "04/23/2021"})

    assert ["compliant", "undetermined", "undetermined", "compliant"] == [
        verdict_on(asked, day)[0] for day in ("2020-11-10", "2020-11-11", "2021-04-22", "2021-04-23")
    ]


def test_a_third_extract_does_not_move_the_day_on_which_cover_was_missing(save, asked, kept):
    save(BONDED)
    save(BONDED | NO_BOND | IN_MAY)
    save(BONDED | NO_BOND | {"lastUpdate": "06/03/2021"})

    assert "non_compliant" == verdict_on(asked, "2021-05-03")[0]
    assert [2] == [len(fact) for fact in facts(kept(), "CA-1")]


def test_cover_that_is_listed_again_is_what_the_register_says_now(save, asked):
    save(BONDED)
    save(BONDED | NO_BOND | IN_MAY)
    save(BONDED | {"lastUpdate": "06/03/2021"})

    assert {"compliant"} == {verdict_on(asked, day)[0] for day in ("2020-11-11", "2021-05-03", "2021-06-03")}


def test_what_an_extract_of_the_same_day_puts_right_was_recorded_in_error(save, asked, kept):
    save(BONDED)
    save(BONDED | NO_BOND)

    assert ("non_compliant", ["missing"]) == verdict_on(asked, "2020-11-10")
    assert [] == facts(kept(), "CA-1")
    assert "compliant" == asked("--known-at", "2026-07-01").verdicts["CA-1"]


def test_what_an_earlier_extract_listed_is_no_error_of_the_one_that_is_put_right(save, asked):
    for rows in (BONDED, BONDED | IN_MAY, BONDED | IN_MAY | NO_BOND):
        save(rows)

    assert ["compliant", "undetermined", "non_compliant"] == [
        verdict_on(asked, day)[0] for day in ("2020-11-10", "2020-11-11", "2021-05-03")
    ]


def test_cover_without_a_beginning_is_known_from_the_day_on_which_it_was_first_seen(run, save, url):
    for day in ("2026-09-01", "2026-10-01", "2026-11-01"):
        save(CCB, options=("--observed", day))

    assert ["undetermined", "compliant", "compliant"] == [
        run("--store", url, "--as-of", day).verdicts["OR-1"] for day in ("2026-08-31", "2026-09-01", "2026-11-01")
    ]


def test_workers_leased_since_nobody_knows_when_are_known_from_the_day_on_which_they_were_first_seen(save, asked):
    leased = CSLB | {
        "wcCoverageType": "Leasing Firm, Temp Agency, etc",
        "wcEffective": "",
        "wcExpiration": "04/25/2022",
    }
    save(leased)
    save(leased | IN_MAY)

    assert ["non_compliant", "undetermined"] == [verdict_on(asked, day)[0] for day in ("2020-11-09", "2020-11-10")]


def test_a_policy_of_a_list_of_all_that_was_ever_filed_keeps_its_place(run, save, url, kept):
    other = LNI | {"effectivedate": "2016-01-02", "expirationdate": "2017-01-02"}
    save(other, LNI, options=("--observed", "2017-06-30"))
    save(
        LNI, LNI | {"effectivedate": "2018-01-02", "expirationdate": "2019-01-02"}, options=("--observed", "2018-01-05")
    )

    assert [1, 2, 1] == [len(fact) for fact in facts(kept("lni"), "WA-1")]
    assert {"WA-1": "compliant"} == run("--store", url).verdicts


# --- refused ---


def test_an_earlier_extract_is_refused(save, asked, kept):
    save(CSLB | IN_MAY)
    before = asked()
    refused = save(CSLB | {"wcCancellation": "11/01/2020"})

    assert (2, "") == (refused.status, refused.out)
    assert "was current on 2020-11-10, and an extract of 2021-05-03 is on file" in refused.err
    assert "Nothing of it was saved." in refused.err
    assert before.table == asked().table
    assert 1 == kept().head().sequence


def test_a_row_of_a_later_extract_that_is_earlier_than_what_is_on_file_is_refused(save, kept):
    save(CSLB, CSLB | IN_MAY | {"id": "CA-2"})
    refused = save(CSLB | {"lastUpdate": "06/01/2021"}, CSLB | {"id": "CA-2"})

    assert 2 == refused.status
    assert "on file, which was seen later: CA-2 on 2021-05-03 (here on 2020-11-10)" in refused.err
    assert 1 == kept().head().sequence


def test_an_extract_that_was_saved_before_is_not_earlier_than_itself(save):
    first = save(CSLB)
    save(CSLB | IN_MAY)

    assert (0, True) == ((again := save(CSLB)).status, "nothing new; saved before" in again.out)
    assert "(commit 1 at 2026-07-01T12:00:00Z)" in first.out
    assert "(commit 1 at 2026-07-01T12:00:00Z)" in again.out


def test_an_earlier_extract_of_other_licenses_supersedes_nothing(save, asked):
    save(CSLB | IN_MAY)

    assert 0 == save(CSLB | {"id": "CA-2"}).status
    assert {"CA-1", "CA-2"} == asked().answers.keys()


def test_an_extract_that_another_run_overtakes_is_refused(program, save, run, url, tmp_path, monkeypatch, kept):
    save(CSLB)
    (tmp_path / "other.csv").write_text(extract(CSLB | IN_MAY))
    ours = program.save

    def overtaken(store: Store, *words: Any) -> str:
        def commit(changes: Any) -> Any:
            monkeypatch.undo()
            run("--store", url, tmp_path / "other.csv")
            return type(store).commit(store, changes)

        monkeypatch.setattr(store, "commit", commit)
        return ours(store, *words)

    monkeypatch.setattr(program, "save", overtaken)
    refused = save(CSLB | IN_MAY | {"wcExpiration": "04/25/2022"})

    assert 2 == refused.status
    assert "contractor 'CA-1': expected version 1, found version 2" in refused.err
    assert 2 == kept().head().sequence


def test_two_extracts_of_one_register_are_saved_oldest_first(run, url, tmp_path, kept):
    new, old = tmp_path / "new.csv", tmp_path / "old.csv"
    new.write_text(extract(CSLB | IN_MAY))
    old.write_text(extract(CSLB))

    assert 0 == run("--store", url, new, old).status
    assert 2 == kept().head().sequence


def test_an_extract_of_no_day_is_not_saved_for_the_day_that_is_judged(save, kept):
    refused = save(LNI, options=("--as-of", "2017-06-30"))

    assert (2, "does not say on which day it was current, and what is saved must say it" in refused.err) == (
        refused.status,
        True,
    )
    assert 0 == kept("lni").head().sequence


def test_an_extract_is_saved_whole_or_not_at_all(save, kept):
    refused = save(CSLB, CSLB | {"id": "C" * (MAX_ID_LENGTH + 1)})

    assert (2, True) == (refused.status, f"an id that is stored has at most {MAX_ID_LENGTH}" in refused.err)
    assert 0 == kept().head().sequence


def test_what_was_saved_before_a_refusal_is_told(run, save, url, tmp_path):
    save(CSLB | IN_MAY)
    (tmp_path / "ccb.observed.toml").write_text('observed_on = 2026-10-01\naccording_to = "us"')
    (tmp_path / "lni.observed.toml").write_text('observed_on = 2017-06-30\naccording_to = "us"')
    (tmp_path / "ccb.csv").write_text(extract(CCB))
    (tmp_path / "lni.csv").write_text(extract(LNI))
    run("--store", url, tmp_path / "lni.csv")
    (tmp_path / "lni.csv").write_text(extract(LNI | {"insuranceamt": "2"}))
    (tmp_path / "lni.observed.toml").write_text('observed_on = 2017-06-29\naccording_to = "us"')

    refused = run("--store", url, tmp_path / "lni.csv", tmp_path / "ccb.csv")

    assert 2 == refused.status
    assert f"Saved before that: {tmp_path / 'ccb.csv'}: licenses new: 1" in refused.err


# --- rule books ---


@pytest.fixture
def book(tmp_path) -> Callable[..., Path]:
    """Write a rule book that asks for a bond of so many cents."""

    def book(version: int, cents: int) -> Path:
        line = {"kind": "coverage", "id": "bond", "version": version, "line": "surety_bond"}
        sets = [{"id": "ours", "requirements": [line | {"limits": [{"limit": "penal_sum", "cents": cents}]}]}]
        path = tmp_path / "book.json"
        document = {"format": "contractor-compliance/rulebook/1", "id": "ours", "version": version, "sets": sets}
        path.write_text(json.dumps(document))
        return path

    return book


def test_what_is_on_file_is_judged_by_the_rule_book_that_it_was_saved_with(save, asked, book):
    save(CSLB, options=("--rulebook", str(book(1, 1_500_000))))
    book(1, 9_000_000)

    assert "by ours version 1" in asked().out
    assert {"CA-1": "compliant"} == asked().verdicts


def test_of_two_extracts_of_one_day_the_one_saved_last_says_which_rule_book(save, asked, book):
    save(CSLB)
    save(CSLB, CSLB | {"id": "CA-2"}, options=("--rulebook", str(book(1, 1_500_000))))

    assert "by ours version 1" in asked().out


def test_a_new_version_of_a_rule_book_is_saved_beside_an_extract_that_is_not_new(save, asked, book):
    save(CSLB, options=("--rulebook", str(book(1, 1_500_000))))
    second = save(CSLB, options=("--rulebook", str(book(2, 2_500_000))))

    assert "as before: 0 (commit 1 at 2026-07-01T12:00:00Z); rule book ours version 2 (commit 2 at" in second.out
    assert {"CA-1": "non_compliant"} == second.verdicts == asked().verdicts
    assert {"CA-1": "compliant"} == asked("--known-at", "2026-07-01").verdicts


def test_a_rule_book_with_other_content_and_no_higher_version_is_refused(save, book, kept):
    save(CSLB, options=("--rulebook", str(book(2, 1_500_000))))
    for version in (1, 2):
        refused = save(CSLB | IN_MAY, options=("--rulebook", str(book(version, 1_600_000))))

        assert 2 == refused.status
        assert "the store has version 2 with other content" in refused.err
    assert 1 == kept().head().sequence


def test_another_rule_book_judges_what_is_on_file_and_is_not_saved(save, asked, book, kept):
    save(CSLB)

    assert {"CA-1": "non_compliant"} == asked("--rulebook", book(1, 9_000_000)).verdicts
    assert 1 == kept().head().sequence


# --- wrong usage, and stores that cannot be used ---


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--known-at", "2026-07-01"), "name it with --store"),
        (("--store", "memory://", "--known-at", "2026-07-01", "file.csv"), "give no FILE"),
        (("--store", "memory://", "--known-at", "2026-07-01T12:00:00"), "must be an instant with its zone"),
        (("--store", "memory://", "--known-at", "yesterday"), "must be an instant with its zone"),
    ],
)
def test_wrong_usage_is_told(program, capsys, words, problem):
    with pytest.raises(SystemExit) as stop:
        program.main(words)

    assert 2 == stop.value.code
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("licenses.db", "no URL of a store"),
        ("nosuchstore://here", "No store has the scheme 'nosuchstore'"),
        ("memory://somewhere", "memory://"),
        ("sqlite://", "use memory://, or name a file"),
        ("sqlite:////no/such/folder/licenses.db", "cannot be opened"),
        pytest.param("postgresql://nobody:secret@127.0.0.1:1/none", "cannot be reached", marks=pytest.mark.server),
    ],
)
def test_a_store_that_cannot_be_opened_is_told(run, tmp_path, url, problem):
    (tmp_path / "extract.csv").write_text(extract(CSLB))
    refused = run("--store", url, tmp_path / "extract.csv")

    assert (2, "") == (refused.status, refused.out)
    assert problem in refused.err
    assert "secret" not in refused.err


def test_a_file_that_is_no_database_is_left_alone(run, tmp_path):
    (tmp_path / "notes.txt").write_text("no database, and longer than the header of one " * 9)
    refused = run("--store", f"sqlite:///{tmp_path / 'notes.txt'}", SHIPPED["ca_cslb_2020"])

    assert (2, True) == (refused.status, "no SQLite database" in refused.err)
    assert (tmp_path / "notes.txt").read_text().startswith("no database")


def test_tables_of_another_release_are_left_alone(run, url):
    engine = make_engine(url)
    create_schema(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE cc_schema SET version = 999"))
    engine.dispose()

    refused = run("--store", url, SHIPPED["ca_cslb_2020"])

    assert (2, "") == (refused.status, refused.out)
    assert "The tables are of version 999" in refused.err


def test_a_file_that_cannot_be_read_makes_no_database(run, url, tmp_path):
    assert 2 == run("--store", url, tmp_path / "none.csv").status
    assert not (tmp_path / "licenses.db").exists()


def test_asking_what_was_known_makes_no_database(asked, tmp_path):
    assert 2 == asked("--known-at", "2026-07-01").status
    assert not (tmp_path / "licenses.db").exists()


def test_before_anything_was_saved_nothing_was_on_file(save, asked):
    save(CSLB)
    refused = asked("--known-at", "2026-06-30")

    assert (2, "Nothing was on file at 2026-06-30T23:59:59.999999Z.\n") == (refused.status, refused.err)


def test_what_will_be_known_is_not_told(save, asked):
    save(CSLB)
    refused = asked("--known-at", "2027-01-01")

    assert (2, True) == (refused.status, "lies in the future" in refused.err)
    assert "" == refused.out


def test_what_was_saved_is_a_policy_with_the_evidence_of_its_register(save, kept):
    save(CSLB)
    values = [fact[-1].value for fact in facts(kept(), "CA-1")]

    assert [Policy, Policy] == [type(value) for value in values]
    assert {("confirmed", "register_entry", date(2020, 11, 10))} == {
        (value.terms[0].evidence.level.value, value.terms[0].evidence.document, value.terms[0].evidence.observed_on)
        for value in values
    }
