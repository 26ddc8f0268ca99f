"""The power failures themselves: they do no harm to sound settings, and are not too gentle to find bad ones."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import apsw
import pytest
from sqlalchemy import create_engine, event, text

from tests.storage.power import (
    Acknowledged,
    Closed,
    Entry,
    Image,
    Outcome,
    Statement,
    Trace,
    Verdict,
    Write,
    crash,
    record_trace,
    replay,
)

#: Each transaction adds rows to `entry` and counts them in `head`; `number` tells the commits.
SCHEMA = (
    "CREATE TABLE entry (number INTEGER NOT NULL, part INTEGER NOT NULL, body TEXT, PRIMARY KEY (number, part))",
    "CREATE TABLE head (number INTEGER NOT NULL, parts INTEGER NOT NULL)",
    "INSERT INTO head VALUES (0, 0)",
)
SEED = 20_260_615


def settings(journal: str, synchronous: str) -> tuple[str, ...]:
    # Few pages, so that checkpoints and a second round of the write-ahead log fall into the trace.
    return f"PRAGMA journal_mode = {journal}", f"PRAGMA synchronous = {synchronous}", "PRAGMA wal_autocheckpoint = 40"


def workload(journal: str, synchronous: str, *, commits: int = 60, between: tuple[str, ...] = ()) -> Trace:
    """Two connections which commit in turn, in transactions of one row and of many.

    Args:
        between: what else they run after `entry` is written, and before `head` is.
    """
    draw = random.Random(1)
    trace = Trace()

    def run(*statements: str, connection: int = 0) -> None:
        trace.steps.extend(Statement(statement, connection) for statement in statements)

    run(*settings(journal, synchronous), "BEGIN IMMEDIATE", *SCHEMA, "COMMIT")
    run(*settings(journal, synchronous), connection=1)
    for number in range(1, commits + 1):
        parts = draw.choice((1, 1, 2, 9))
        bodies = ["".join(draw.choices("abcdefgh", k=draw.choice((20, 300, 6000)))) for _ in range(parts)]
        run(
            "BEGIN IMMEDIATE",
            *(f"INSERT INTO entry VALUES ({number}, {part}, '{body}')" for part, body in enumerate(bodies)),  # noqa: S608 - a trace holds its values
            *between,
            f"UPDATE head SET number = {number}, parts = parts + {parts}",  # noqa: S608 - same
            "COMMIT",
            connection=number % 2,
        )
        trace.acknowledge()
    return trace


def judge(image: Image) -> Verdict:
    """Say whether `head` agrees with `entry`, and whether each acknowledged number is there."""
    tables = {name for (name,) in image.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables:
        return Verdict.LOST if image.acknowledged else Verdict.SOUND
    heads = image.connection.execute("SELECT number, parts FROM head").fetchall()
    numbers, parts = image.connection.execute("SELECT count(DISTINCT number), count(*) FROM entry").fetchone()
    if heads != [(numbers, parts)]:
        return Verdict.HALF
    return Verdict.SOUND if numbers >= image.acknowledged else Verdict.LOST


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory, where the system has one: a thousand images are many files."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made below it has a name of its own
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def outcome(folder: Path, trace: Trace, *, images: int = 300, seed: int = SEED) -> Outcome:
    original = folder / "original"
    original.mkdir()
    try:
        result = crash(replay(trace, original), folder / "image", judge, images=images, seed=seed)
    finally:
        shutil.rmtree(original)
    print(result)  # noqa: T201 - a failure is shown with the seed that repeats it
    return result


@pytest.mark.parametrize(("journal", "synchronous"), [("WAL", "FULL"), ("WAL", "EXTRA"), ("DELETE", "EXTRA")])
def test_synced_commits_survive_every_failure(folder: Path, journal: str, synchronous: str) -> None:
    assert (0, 0, 0) == outcome(folder, workload(journal, synchronous)).counts


def test_images_of_a_sound_database_are_damaged_more_than_a_hundred_times(folder: Path) -> None:
    assert outcome(folder, workload("WAL", "FULL")).damaged > 100


def test_the_recorded_run_includes_checkpoints_of_the_log_into_the_database(folder: Path) -> None:
    done = replay(workload("WAL", "FULL"), folder)

    log = {step.file for step in done.events if isinstance(step, Entry) and step.name == "crash.db-wal"}
    written = [step.file in log for step in done.events if isinstance(step, Write)]
    assert written.count(False) > 100
    # The database is made, and then written to between one log and the next.
    assert sum(pair == (False, True) for pair in pairwise(written)) > 3


def test_a_log_that_is_not_synced_loses_acknowledged_commits_and_nothing_else(folder: Path) -> None:
    result = outcome(folder, workload("WAL", "NORMAL"))

    assert (0, 0) == (result.corrupt, result.half)
    assert result.lost > 100


def test_a_journal_that_is_not_synced_ruins_the_database(folder: Path) -> None:
    result = outcome(folder, workload("DELETE", "OFF"))

    assert result.corrupt + result.half > 100


def test_a_transaction_in_two_pieces_is_seen_as_half(folder: Path) -> None:
    result = outcome(folder, workload("WAL", "FULL", between=("COMMIT", "BEGIN IMMEDIATE")))

    assert (0, 0) == (result.corrupt, result.lost)
    assert result.half > 20


def test_a_deletion_of_the_journal_that_comes_undone_takes_the_commit_back(folder: Path) -> None:
    # SQLite says so: only EXTRA syncs the folder after the journal is deleted.
    result = outcome(folder, workload("DELETE", "FULL"))

    assert (0, 0) == (result.corrupt, result.half)
    assert result.lost > 0


def test_the_same_seed_gives_the_same_images(folder: Path) -> None:
    once = outcome(folder, workload("DELETE", "OFF"), images=60)

    assert once == outcome(folder, workload("DELETE", "OFF"), images=60)


def test_another_seed_gives_other_images(folder: Path) -> None:
    once = outcome(folder, workload("DELETE", "OFF"), images=60)

    assert once.examples != outcome(folder, workload("DELETE", "OFF"), images=60, seed=SEED + 1).examples


def test_the_same_trace_always_writes_the_same_bytes(folder: Path) -> None:
    first, second = folder / "first", folder / "second"
    first.mkdir()
    second.mkdir()

    assert replay(workload("WAL", "FULL"), first).events == replay(workload("WAL", "FULL"), second).events


def test_a_replay_says_what_its_connections_were_set_to(folder: Path) -> None:
    assert (("wal", 2), ("wal", 2)) == replay(workload("WAL", "FULL"), folder).settings


def test_a_closed_connection_is_closed_in_the_replay(folder: Path) -> None:
    trace = workload("WAL", "FULL", commits=3)
    trace.steps += [Closed(0), Closed(1)]

    *_, last = replay(trace, folder).events

    assert Entry("crash.db-wal", None) == last  # whoever leaves last deletes the log


def test_a_replay_that_went_another_way_is_refused(folder: Path) -> None:
    trace = workload("WAL", "FULL", commits=3)
    trace.steps.append(Statement("DELETE FROM entry"))

    with pytest.raises(ValueError, match="already half"):
        outcome(folder, trace, images=0)


def test_a_mistake_of_the_judge_is_not_taken_for_damage(folder: Path) -> None:
    (folder / "original").mkdir()
    done = replay(workload("WAL", "FULL", commits=3), folder / "original")

    with pytest.raises(sqlite3.OperationalError, match="no such table: heads"):
        crash(done, folder / "image", lambda image: image.connection.execute("SELECT * FROM heads"), images=0, seed=1)


def test_a_statement_that_fails_stops_a_replay_unless_it_is_tolerated(folder: Path) -> None:
    (folder / "strict").mkdir()
    (folder / "tolerant").mkdir()
    trace = workload("WAL", "FULL", commits=3)
    trace.steps += [Statement("BEGIN"), Statement("INSERT INTO entry VALUES (1, 0, 'again')"), Statement("ROLLBACK")]

    with pytest.raises(apsw.ConstraintError):
        replay(trace, folder / "strict")
    assert 3 == replay(trace, folder / "tolerant", tolerate=(apsw.ConstraintError,)).acknowledged


def test_each_statement_of_a_connection_is_recorded_with_its_values(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "live.db", isolation_level=None)) as connection:
        trace = record_trace(connection)
        connection.execute("CREATE TABLE facts (a, b, c)")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO facts VALUES (?, ?, ?)", ("O'Example", None, b"\x00\xff"))
        connection.commit()
        trace.acknowledge()

    assert [
        Statement("CREATE TABLE facts (a, b, c)"),
        Statement("BEGIN IMMEDIATE"),
        Statement("INSERT INTO facts VALUES ('O''Example', NULL, x'00ff')"),
        Statement("COMMIT"),
        Acknowledged(),
    ] == trace.steps


def test_the_connections_of_an_engine_are_recorded_from_their_settings_to_their_end(tmp_path: Path) -> None:
    trace = Trace()
    engine = create_engine(f"sqlite:///{tmp_path / 'live.db'}")

    @event.listens_for(engine, "connect")
    def settle(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA synchronous = EXTRA")

    trace.listen(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE facts (number)"))
        connection.execute(text("INSERT INTO facts VALUES (:number)"), {"number": 1})
    trace.acknowledge()
    engine.dispose()

    assert Statement("PRAGMA synchronous = EXTRA") in trace.steps
    assert [Statement("COMMIT"), Acknowledged(), Closed()] == trace.steps[-3:]
    (tmp_path / "replay").mkdir()
    done = replay(trace, tmp_path / "replay")
    assert (1, (("delete", 3),)) == (done.acknowledged, done.settings)


def test_a_recording_with_a_trigger_is_refused_for_sqlite_repeats_its_statements(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "live.db", isolation_level=None)) as connection:
        trace = record_trace(connection)
        connection.execute("CREATE TABLE facts (number)")
        connection.execute("CREATE TRIGGER copied AFTER INSERT ON facts BEGIN SELECT 1; END")
        connection.execute("INSERT INTO facts VALUES (1)")

    (tmp_path / "replay").mkdir()
    with pytest.raises(ValueError, match="copied"):
        replay(trace, tmp_path / "replay")
