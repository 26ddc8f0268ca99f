"""The judge of the other tests finds nothing in sound tables, and each kind of damage in damaged ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from contractor_compliance.storage.sql import SqlStore, make_engine
from contractor_compliance.testing import FrozenClock
from tests.storage.databases import sqlite_database
from tests.storage.judge import fingerprint_of_file, problems
from tests.storage.workload import answers, expected, folder, script

#: What an intruder, or half a commit, may do to the tables.
DAMAGE = {
    "commit_gone": "DELETE FROM cc_audit WHERE sequence = 2 AND company_id = 'company-1'",
    "last_commit_gone": "DELETE FROM cc_audit WHERE sequence = (SELECT max(sequence) FROM cc_audit)",
    "head_left_behind": "UPDATE cc_head SET sequence = sequence - 1",
    "seal_of_the_head": "UPDATE cc_head SET seal = ''",
    "time_of_the_head": "UPDATE cc_head SET recorded_at = '2026-01-01T00:00:00.000000Z'",
    "order_of_time": "UPDATE cc_audit SET recorded_at = '2026-01-01T00:00:00.000000Z' WHERE sequence = 3",
    "actor": "UPDATE cc_audit SET actor = 'intruder' WHERE sequence = 2",
    "detail": "UPDATE cc_audit SET detail = 'another' WHERE sequence = 2",
    "seal": "UPDATE cc_audit SET seal = 'another' WHERE sequence = 2",
    "version_too_high": "UPDATE cc_contractor SET version = version + 1",
    "version_left_behind": "UPDATE cc_client SET version = version - 1",
    "identity_gone": "DELETE FROM cc_role",
    "first_version_gone": "DELETE FROM cc_contractor_history WHERE version = 1",
    "fact_gone": "DELETE FROM cc_assignment_history WHERE superseded_at IS NULL",
    "client_gone": "DELETE FROM cc_client_history WHERE id = 'client-1'",
    "fact_of_a_version_that_is_not": "UPDATE cc_policy_history SET version = 99 WHERE superseded_at IS NULL",
    "fact_of_another_commit": "UPDATE cc_waiver_history SET recorded_at = '2026-07-01T12:00:01.000000Z'",
    "two_current": "UPDATE cc_policy_history SET superseded_at = '2999-01-01T00:00:00.000000Z' "
    "WHERE superseded_at IS NOT NULL",
    "ended_without_a_commit": "UPDATE cc_role_history SET superseded_at = '2999-01-01T00:00:00.000000Z'",
    "column": "UPDATE cc_policy_history SET number = 'another'",
    "document": "UPDATE cc_client_history SET document = replace(document, 'Sample', 'Simple')",
    "word_gone": "DELETE FROM cc_contractor_word WHERE word = 'rigging'",
    "word_too_many": "INSERT INTO cc_contractor_word VALUES ('company-1', 'contractor-1', 'stale')",
    "insurer_gone": "DELETE FROM cc_contractor_insurer WHERE contractor_id = 'contractor-1'",
    "insurer_too_many": "INSERT INTO cc_contractor_insurer VALUES ('company-1', 'contractor-1', 'stale')",
    "work_gone": "DELETE FROM cc_contractor_work WHERE state = 'AL'",
    "work_left_behind": "UPDATE cc_contractor_work SET client_id = 'client-9'",
    "gap_in_a_standing": "UPDATE cc_standing SET end_day = '2025-01-01' WHERE end_day IS NOT NULL",
    "standing_overlaps": "UPDATE cc_standing SET end_day = '2027-01-01' WHERE end_day IS NOT NULL",
    "standing_of_two_generations": "UPDATE cc_standing SET until_generation = NULL",
    "standing_of_another_name": "UPDATE cc_standing SET sort_name = 'stale'",
    "rows_without_a_head": "DELETE FROM cc_head WHERE company_id = 'company-2'",
}


@pytest.fixture(scope="module")
def sound() -> Iterator[bytes]:
    """The content of a file after the script."""
    clock = FrozenClock()
    with folder() as place, sqlite_database(place) as database:
        engine = make_engine(database.url)
        store = SqlStore(engine, clock=clock)
        for act in script():
            act.run(store, clock)
        assert expected() == tuple(answers(store))
        engine.dispose()
        yield Path(make_url(database.url).database or "").read_bytes()


@pytest.fixture
def url(sound: bytes) -> Iterator[str]:
    with folder() as place:
        file = place / "copy.db"
        file.write_bytes(sound)
        yield f"sqlite:///{file}"


def judged(url: str) -> list[str]:
    engine = make_engine(url)
    faults = problems(engine)
    engine.dispose()
    return faults


def test_sound_tables_have_no_problem(url: str) -> None:
    assert [] == judged(url)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=list(DAMAGE))
def test_the_judge_of_a_database_finds_damage(url: str, damage: str) -> None:
    before = fingerprint_of_file(url)
    with closing(sqlite3.connect(make_url(url).database or "")) as connection:
        connection.executescript("PRAGMA ignore_check_constraints = ON; DROP INDEX cc_policy_history_contractor_id_id;")
        assert connection.execute(damage).rowcount > 0
        connection.commit()

    assert judged(url) != []
    assert before != fingerprint_of_file(url)
