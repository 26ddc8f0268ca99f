"""A process that is killed at any statement leaves nothing half done and loses nothing, and another goes on."""

from __future__ import annotations

import functools
import gc
import itertools
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import psycopg
import pytest
from sqlalchemy import Engine, event, make_url

from contractor_compliance.errors import CommitUnknownError, UnavailableError
from contractor_compliance.storage import Key, Kind, Receipt
from contractor_compliance.storage.sql import SqlStore, build_tables, create_schema, make_engine
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as f
from contractor_compliance.testing.contract.steps import changes
from tests import tiers
from tests.storage.databases import postgres_database, sqlite_database
from tests.storage.driver import Watched, watch
from tests.storage.judge import fingerprint, fingerprint_of_file, problems
from tests.storage.postgres import OwnServer, PostgresServer
from tests.storage.processes import Child, alone, die, together
from tests.storage.workload import Act, answers, expected, folder, script

pytestmark = tiers.sized

#: In how many files at the same time; and one boundary of so many is one where a process is killed.
FILES, FILE_SAMPLE = tiers.size(tests=(1, 12), stress=(2, 2))
#: The same on a server.
SERVER_SAMPLE = tiers.size(tests=12, stress=1)
#: One of so many of those, where the same kind of act was done before.
RARELY = tiers.size(tests=8, stress=8, deep=1)
#: At least so many kills of processes are made with these numbers.
FILE_KILLS, PROCESS_KILLS = tiers.size(tests=20, stress=350), tiers.size(tests=20, stress=200)
#: How often a server is killed, unless that takes too long; how often then too; and how many seconds are too long.
SERVER_KILLS, FEWEST_KILLS, PATIENCE = tiers.size(tests=(3, 3, 30), stress=(20, 5, 30), deep=(200, 50, 600))

Spoil: TypeAlias = Callable[[Engine], object]


@attrs.define
class Outcome:
    """What became of a script whose process was killed again and again.

    Attributes:
        killed: What the process was doing each time.
        committed: How many times the commit was there, though nobody had received its receipt.
        faults: What was not as it should be, as sentences.
        ended_alike: Whether the end is what the store in memory comes to.
    """

    killed: list[str] = attrs.field(factory=list)
    committed: int = 0
    faults: list[str] = attrs.field(factory=list)
    ended_alike: bool = False


def halve(engine: Engine) -> None:
    """Let an adapter commit in the middle of a transaction, to see that the test would see it."""

    @event.listens_for(engine, "after_cursor_execute")
    def executed(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "INTO cc_contractor_history" in statement:
            cursor.connection.execute("COMMIT")
            cursor.connection.execute("BEGIN")


def kill_everywhere(url: str, sample: int, part: int, *, spoil: Spoil | None = None, most: int = 1000) -> Outcome:
    """Run the script once in peace, and once in processes that are killed.

    Args:
        url: Of a database with our tables and nothing in them.
        sample: One boundary of so many is one where a process is killed.
        part: Which of them.
        spoil: Makes the adapter a bad one.
        most: How many acts of the script are done.
    """
    engine = make_engine(url)
    if spoil is not None:
        spoil(engine)
    watched, clock = watch(engine), FrozenClock()
    store = SqlStore(engine, clock=clock)
    engine.connect().close()  # the first connection of an engine asks more than the later ones
    outcome = Outcome()
    acts = script()[:most]
    peace = [_in_peace(url, store, watched, act, clock, outcome) for act in acts]
    before = _empty(url, engine)
    met: set[str] = set()
    gc.freeze()
    for act, (calls, result, after) in zip(acts, peace, strict=True):
        kept = _keep(url)
        # What was done before, with another number or by another company, is done by the same statements.
        rarely = RARELY if act.kind in met else 1
        met.add(act.kind)
        for boundary in _boundaries(calls, sample * rarely, part + len(act.name), restored=kept is not None):

            def work(tell: Callable[[object], None], boundary: int | None = boundary, act: Act = act) -> None:
                watched.hook = _killer(boundary, tell)
                tell(act.run(store, clock))

            reports, code = Child(work).end()
            state = _state(url)
            place = f"{act.company_id} {act.name}, {reports[0] if code else 'whole'}"
            if state not in (before, after):
                outcome.faults.append(f"{place}: half done")
            if boundary is None:
                if (code, reports, state) != (0, [result], after):
                    outcome.faults.append(f"{place}: lost, or another answer")
                continue
            if (code, reports) != (-signal.SIGKILL, [calls[boundary]]):
                outcome.faults.append(f"{place}: went another way")
            outcome.killed.append(str(reports[0]))
            outcome.committed += state == after != before
            if state != before and kept is not None:
                kept()
        before = after
    outcome.faults += problems(engine)
    outcome.ended_alike = tuple(answers(store)) == expected()
    engine.dispose()
    return outcome


def _in_peace(
    url: str, store: SqlStore, watched: Watched, act: Act, clock: FrozenClock, outcome: Outcome
) -> tuple[list[str], Any, str]:
    """Do an act, and return the calls of its driver, its answer, and the state in which it leaves the database."""
    engine = store._shared.bind
    assert isinstance(engine, Engine)
    engine.dispose()  # a process that is forked finds no connection either
    calls: list[str] = []
    watched.hook = lambda call, moment, connection: calls.append(f"{moment} {call}")
    result = act.run(store, clock)
    watched.hook = lambda call, moment, connection: None
    outcome.faults += problems(engine)
    return calls, result, _state(url)


def _killer(boundary: int | None, tell: Callable[[object], None]) -> Callable[..., None]:
    passed = itertools.count()

    def hook(call: str, moment: str, connection: object) -> None:
        if next(passed) == boundary:
            tell(f"{moment} {call}")
            die()

    return hook


def _boundaries(calls: Sequence[str], sample: int, offset: int, *, restored: bool) -> Iterator[int | None]:
    """Yield where the process of an act is killed: at some calls of its driver, and last at none.

    What is fetched was computed with the statement, or is read in between two of them: no boundary. And nothing happens
    between the end of one call and the beginning of the next, so that one of the two will do.
    """
    chosen = 0
    for boundary, call in enumerate(calls):
        if call.endswith(" fetch") or (call.startswith("after") and call != "after commit" and not tiers.DEEP):
            continue
        chosen += 1
        if (chosen + offset) % sample == 0 or call.endswith(" commit"):
            yield boundary
        if call == "after commit" and not restored:
            break  # from now on it would be a repeated request
    yield None


def _state(url: str) -> str:
    if url.startswith("sqlite"):
        return fingerprint_of_file(url)
    with psycopg.connect(_dsn(url), autocommit=True) as connection:
        return fingerprint(connection)


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _empty(url: str, engine: Engine) -> str:
    """Delete all rows, leave no connection open, and return the state."""
    tables = build_tables()
    with engine.begin() as connection:
        for table in reversed(tables.all):
            if table is not tables.version:
                connection.execute(table.delete())
    engine.dispose()
    return _state(url)


def _keep(url: str) -> Callable[[], None] | None:
    """Return what puts a file back as it is now; None for a database that is no file."""
    if not url.startswith("sqlite"):
        return None
    file = Path(make_url(url).database or "")
    content = file.read_bytes()  # all of it: who closed last carried the log over

    def put_back() -> None:
        for suffix in ("-wal", "-shm"):
            file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)
        file.write_bytes(content)

    return put_back


def test_a_process_killed_at_any_statement_leaves_the_commit_whole_or_undone_in_a_file() -> None:
    with ExitStack() as stack:
        databases = [stack.enter_context(sqlite_database(stack.enter_context(folder()))) for _ in range(FILES)]
        outcomes = together(
            [
                functools.partial(alone, kill_everywhere, database.url, FILE_SAMPLE, part)
                for part, database in enumerate(databases)
            ]
        )

    assert [([], True)] * FILES == [(outcome.faults, outcome.ended_alike) for outcome in outcomes]
    # Not too few, or the driver is no longer asked as it was when this was written.
    assert sum(len(outcome.killed) for outcome in outcomes) > FILE_KILLS
    # Each commit whose receipt nobody had received was found in each file.
    assert all(outcome.committed >= len(script()) for outcome in outcomes)


@pytest.mark.server
def test_a_process_killed_at_any_statement_leaves_the_commit_whole_or_undone_on_a_server(
    postgres_server: PostgresServer,
) -> None:
    with postgres_database(postgres_server) as database:
        outcome = alone(kill_everywhere, database.url, SERVER_SAMPLE, 0)

    assert ([], True) == (outcome.faults, outcome.ended_alike)
    assert len(outcome.killed) >= PROCESS_KILLS
    assert outcome.committed >= len(script())


def test_an_adapter_that_commits_in_two_pieces_is_caught() -> None:
    with folder() as place, sqlite_database(place) as database:
        outcome = alone(kill_everywhere, database.url, 10, 0, spoil=halve, most=2)

    assert any(fault.endswith("half done") for fault in outcome.faults)


class Writer:
    """Changes its own contractor again and again, whatever happens to the server, until it is stopped.

    Attributes:
        acknowledged: The receipts that it was given.
        errors: The error that it received instead, each time.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.store = SqlStore(engine).for_company("company-1")
        self.name = name
        self.acknowledged: list[Receipt] = []
        self.errors: Counter[str] = Counter()
        self.stopped = False

    def run(self) -> None:
        while not self.stopped:
            number = len(self.acknowledged) + 1
            request = changes(
                self.store,
                f.contractor(id=self.name, legal_name=f"Sample Rigging {number}"),
                f.gl_policy(number=f"{number}"),
                of=self.name,
                key=f"{self.name} {number}",
                expects={Key(Kind.CONTRACTOR, self.name): number - 1},
            )
            while len(self.acknowledged) < number:
                try:
                    self.acknowledged.append(self.store.commit(request))
                except (CommitUnknownError, UnavailableError) as error:
                    self.errors[type(error).__name__] += 1
                    time.sleep(0.05)


@pytest.mark.server
def test_a_server_that_is_killed_under_its_writers_loses_nothing(own_postgres_server: OwnServer) -> None:
    if sys.platform == "linux":
        # After a crash the server syncs a thousand files one by one, or with this all of them at once.
        with own_postgres_server.connect() as connection:
            connection.execute("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs'")
    engine = make_engine(own_postgres_server.url(own_postgres_server.create_database()))
    create_schema(engine)
    store = SqlStore(engine).for_company("company-1")
    store.commit(changes(store, f.company()))
    writers = [Writer(engine, f"contractor-{number}") for number in (1, 2)]
    pause = random.Random(20_260_701)
    kills, deadline = 0, time.monotonic() + PATIENCE
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(writer.run) for writer in writers]
        try:
            for _ in range(SERVER_KILLS):
                if kills >= FEWEST_KILLS and time.monotonic() > deadline:
                    break  # a busy disk lets a server start in seconds only
                kills += 1
                time.sleep(pause.uniform(0.02, 0.15))
                own_postgres_server.kill()
                acknowledged = [receipt for writer in writers for receipt in writer.acknowledged[-20:]]
                own_postgres_server.start()
                assert [] == [commit_ for commit_ in acknowledged if store.receipt(commit_.key) != _first(commit_)]
        finally:
            for writer in writers:
                writer.stopped = True
        for future in running:
            future.result()

    for writer in writers:
        assert [] == [receipt for receipt in writer.acknowledged if store.receipt(receipt.key) != _first(receipt)]
    print(kills, [(len(writer.acknowledged), writer.errors) for writer in writers])  # noqa: T201 - figures for whoever asks
    assert store.head().sequence == 1 + sum(len(writer.acknowledged) for writer in writers)
    for writer in writers:
        (record,) = store.dossiers([writer.name])
        assert record is not None
        done = len(writer.acknowledged)
        assert (f"Sample Rigging {done}", f"{done}") == (
            record.dossier.contractor.legal_name,
            record.dossier.policies[0].identifications[0].number,
        )
    assert [] == problems(engine)
    assert sum(writer.errors.total() for writer in writers) >= kills
    engine.dispose()


def _first(receipt: Receipt) -> Receipt:
    return attrs.evolve(receipt, repeated=False)
