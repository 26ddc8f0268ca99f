"""Whatever call of the driver fails, and however: an exception of ours, nothing half, and one effect of a retry."""

from __future__ import annotations

import itertools
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import apsw
import attrs
import psycopg
import pytest
from sqlalchemy import QueuePool, event, make_url

from contractor_compliance.errors import (
    CommitUnknownError,
    StorageError,
    StoreBusyError,
    StoreFailedError,
    UnavailableError,
)
from contractor_compliance.storage import Changes, Key, Kind, Query, Receipt, Store, open_store
from contractor_compliance.storage.sql import SqlStore, make_engine
from contractor_compliance.testing import FrozenClock
from tests import tiers
from tests.storage.databases import DATABASES, Database, empty_database, postgres_database, sqlite_database
from tests.storage.driver import CALLS, Watched, cut, watch
from tests.storage.judge import fingerprint, problems
from tests.storage.postgres import PostgresServer
from tests.storage.processes import alone
from tests.storage.workload import CASES, UseCase, case, folder, prepare

pytestmark = tiers.sized

#: What a fault means does not hang on what is written: not all use cases need meet all kinds of it each day.
SOME = CASES if tiers.DEEP else tuple(map(case, tiers.size(tests=("correct",), stress=("found", "correct"))))
#: A server takes its time.
MOST = CASES if tiers.DEEP else tuple(map(case, ("found", "enlist", "correct", "remove", "stand", "spread")))
#: The use cases that meet the usual kind of fault, on each database.
ALL, ALL_ON_SERVER = tiers.size(tests=(SOME, SOME), stress=(CASES, MOST))


# What can go wrong.


@attrs.frozen
class Trouble:
    """One way in which a call fails.

    Attributes:
        strike: Takes the connection of the driver (None: there is none yet) and raises, or spoils the call to come.
        means: What the caller receives; for a COMMIT, see `of_commit`.
        of_commit: What the caller receives if it is a COMMIT that fails, before or after it was done.
        moments: When it may happen.
        calls: To which calls of the driver.
    """

    strike: Callable[[Any], object]
    means: type[StorageError]
    of_commit: dict[str, type[StorageError]]
    moments: tuple[str, ...] = ("before",)
    calls: tuple[str, ...] = CALLS


def _sqlite_error(code: int | None, *, ends_transaction: bool = False) -> Callable[[Any], object]:
    def strike(connection: Any) -> None:
        if ends_transaction and connection is not None:
            sqlite3.Connection.rollback(
                connection
            )  # as SQLite does by itself: https://sqlite.org/lang_transaction.html
        error = sqlite3.OperationalError("made up by the test")
        if code is not None:
            error.sqlite_errorcode, error.sqlite_errorname = code, f"CODE_{code}"
        raise error

    return strike


def _lost(connection: Any) -> None:
    if connection is not None:
        cut(connection)
    raise psycopg.OperationalError("server closed the connection unexpectedly")


def _refused(sqlstate: str) -> Callable[[Any], object]:
    def strike(connection: Any) -> None:
        raise psycopg.errors.lookup(sqlstate)("made up by the test")

    return strike


def _shut_down(connection: Any) -> None:
    if connection is not None:
        cut(connection)
    raise psycopg.errors.AdminShutdown("terminating connection due to administrator command")


def _terminate(connection: Any) -> None:
    """Have the server itself end a session; returns when it has."""
    if connection is None:
        return
    pid = connection.info.backend_pid
    with psycopg.connect(connection.info.dsn, autocommit=True) as other:
        assert (True,) == other.execute("SELECT pg_terminate_backend(%s)", (pid,)).fetchone()
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
            time.sleep(0.001)


_BOTH = ("before", "after")
_ON_SERVER = tuple(call for call in CALLS if call != "fetch")  # the rows have come with the answer
TROUBLES: dict[str, dict[str, Trouble]] = {
    "sqlite": {
        # The driver knows nothing: while SQLite says that the transaction is open, it was not committed.
        "nameless": Trouble(
            *(_sqlite_error(None), UnavailableError, {"before": UnavailableError, "after": CommitUnknownError}, _BOTH)
        ),
        "busy": Trouble(_sqlite_error(sqlite3.SQLITE_BUSY), StoreBusyError, {"before": StoreBusyError}),
        "full": Trouble(
            _sqlite_error(sqlite3.SQLITE_FULL, ends_transaction=True), StoreFailedError, {"before": StoreFailedError}
        ),
        # A log whose sync failed may be read again after a crash, with the commit in it.
        "broken": Trouble(
            _sqlite_error(sqlite3.SQLITE_IOERR | 4 << 8, ends_transaction=True),
            UnavailableError,
            {"before": CommitUnknownError, "after": CommitUnknownError},
            _BOTH,
        ),
    },
    "postgresql": {
        "lost": Trouble(
            _lost, UnavailableError, dict.fromkeys(_BOTH, CommitUnknownError), moments=_BOTH, calls=_ON_SERVER
        ),
        "serialization": Trouble(_refused("40001"), StoreBusyError, {"before": StoreBusyError}, calls=_ON_SERVER),
        "deadlock": Trouble(_refused("40P01"), StoreBusyError, {"before": StoreBusyError}, calls=_ON_SERVER),
        "locked": Trouble(_refused("55P03"), StoreBusyError, {"before": StoreBusyError}, calls=_ON_SERVER),
        "full": Trouble(_refused("53100"), StoreFailedError, {"before": StoreFailedError}, calls=_ON_SERVER),
        "shut_down": Trouble(_shut_down, UnavailableError, {"before": CommitUnknownError}, calls=_ON_SERVER),
        "terminated": Trouble(_terminate, UnavailableError, {"before": CommitUnknownError}, calls=_ON_SERVER[1:]),
    },
}
#: The kinds that every use case meets every day.
USUAL = ("nameless", "lost")


# A store in which calls fail.


class Faulty:
    """A store in which the n-th call of the driver fails."""

    def __init__(self, database: Database) -> None:
        self.engine = database.ours()
        self.watched: Watched = watch(self.engine)
        self.clock = FrozenClock()
        self.store = SqlStore(self.engine, clock=self.clock)
        self.dialect = database.dialect
        self.numbers = itertools.count(2)
        self._witness = _witness(database)
        prepare(self.store.for_company("company-1"))

    def state(self) -> object:
        """Return what changes with each commit of another connection; no other may hold a lock on a file."""
        if self.dialect == "sqlite":
            self._witness.execute("BEGIN IMMEDIATE")
            self._witness.execute("ROLLBACK")
            return self._witness.execute("PRAGMA data_version").fetchone()
        return self.rows()

    def rows(self) -> str:
        """Return a digest of all rows."""
        return fingerprint(self._witness)

    def close(self) -> None:
        self._witness.close()

    def begin(self, use_case: UseCase) -> tuple[Store, Changes]:
        """Return the changes that a use case commits next, and the handle that it commits them with."""
        number = next(self.numbers)
        store = self.store.for_company(f"company-{number}" if use_case.founds else "company-1")
        if use_case.needs is not None:
            store.commit(case(use_case.needs).make(store, number))
        self.clock.advance(seconds=1)
        return store, use_case.make(store, number)

    def attempt(self, work: Callable[[], Any], trouble: Trouble, moment: str, nth: int) -> tuple[str | None, Any]:
        """Do something while the n-th call fails; return which call that was, and the answer or the exception.

        What is not an exception of ours comes through.
        """
        struck: list[str] = []
        passed = itertools.count(1)

        def hook(call: str, when: str, connection: Any) -> None:
            if when == moment and call in trouble.calls and not struck and next(passed) == nth:
                struck.append(call)
                trouble.strike(connection)

        self.watched.hook = hook
        try:
            answer = work()
        except StorageError as error:
            answer = error
        finally:
            self.watched.hook = lambda call, when, connection: None
        return (struck[0] if struck else None), answer


def _witness(database: Database) -> Any:
    url = make_url(database.url)
    if database.dialect == "sqlite":
        return sqlite3.connect(url.database or "", isolation_level=None, timeout=0)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(dsn, autocommit=True)


@contextmanager
def faulty(dialect: str, request: pytest.FixtureRequest) -> Iterator[Faulty]:
    with folder() as place, empty_database(dialect, request, place) as database, closing(Faulty(database)) as store:
        yield store


def sweep(store: Faulty, use_case: UseCase, trouble: Trouble, moment: str, *, calls: tuple[str, ...] = CALLS) -> int:
    """Let a use case fail at its first call, at its second, and so on until none fails; return at how many it did.

    Args:
        store: The store.
        use_case: What is committed each time, and committed again after the failure.
        trouble: What happens.
        moment: When.
        calls: Which calls fail.
    """
    trouble = attrs.evolve(trouble, calls=tuple(call for call in trouble.calls if call in calls))
    for nth in itertools.count(1):
        handle, changes = store.begin(use_case)
        sequence, before = handle.head().sequence, store.state()
        store.engine.dispose()  # so that each attempt connects anew
        call, answer = store.attempt(lambda h=handle, c=changes: h.commit(c), trouble, moment, nth)
        between = store.state()
        where = f"{use_case.name}, {moment} call {nth}: {call}"
        if call is None:
            assert isinstance(answer, Receipt), where
            return nth - 1
        if isinstance(answer, Receipt):
            assert between != before, f"{where}: a commit that is not there was answered"
            assert call == "rollback" or trouble.strike is _terminate, f"{where}: was swallowed"
        else:
            told = trouble.of_commit[moment] if call == "commit" else trouble.means
            assert told is type(answer), where
            # Only of a commit that is unknown may something be there.
            assert between == before or told is CommitUnknownError, f"{where}: something was written"
            assert answer.__context__ is None, where
        assert isinstance(store.engine.pool, QueuePool)
        assert store.engine.pool.checkedout() == 0, f"{where}: a connection was not given back"

        again = handle.commit(changes)
        assert again.repeated is (between != before), where
        assert handle.head().sequence == sequence + 1 == again.sequence, where
        assert not again.repeated or between == store.state(), f"{where}: a repeated request wrote something"
    raise AssertionError("no end")


def troubles() -> Iterator[Any]:
    for dialect, named in TROUBLES.items():
        marks = [pytest.mark.server] if dialect == "postgresql" else []
        for name, trouble in named.items():
            for moment in trouble.moments:
                yield pytest.param(dialect, name, moment, marks=marks, id=f"{dialect}-{name}-{moment}")


@tiers.sampled(3)
@pytest.mark.parametrize(("dialect", "name", "moment"), [*troubles()])
def test_a_commit_is_whole_or_undone_and_can_be_repeated_whatever_call_fails(
    request: pytest.FixtureRequest, dialect: str, name: str, moment: str
) -> None:
    # After a call is before the next one, but for the fault that it is given: not all need both each day.
    cases = {("nameless", "before"): ALL, ("lost", "before"): ALL_ON_SERVER}.get((name, moment), SOME)
    with faulty(dialect, request) as store:
        failed = {commit_case.name: sweep(store, commit_case, TROUBLES[dialect][name], moment) for commit_case in cases}

        assert [] == problems(store.engine)
    print(dialect, name, moment, failed)  # noqa: T201 - how many failures that were
    assert min(failed.values()) > 5  # or the driver is no longer asked as it was when this was written


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("dialect", DATABASES)
def test_a_commit_whose_answer_was_lost_has_one_effect(
    request: pytest.FixtureRequest, dialect: str, moment: str
) -> None:
    trouble = TROUBLES[dialect]["broken" if dialect == "sqlite" else "lost"]
    with faulty(dialect, request) as store:
        for commit_case in ALL:
            assert 1 == sweep(store, commit_case, trouble, moment, calls=("commit",)), commit_case.name

        assert [] == problems(store.engine)


# Reads. The last asks for an instant later than the head, which is noted.
READS: dict[str, Callable[[Store, FrozenClock], Any]] = {
    "receipt": lambda store, clock: store.receipt("enlist-1"),
    "get": lambda store, clock: store.get([Key(Kind.CONTRACTOR, "contractor-1")]),
    "dossiers": lambda store, clock: store.dossiers(["contractor-1"]),
    "history": lambda store, clock: store.history([Key(Kind.CONTRACTOR, "contractor-1")]),
    "page": lambda store, clock: store.page(Query(), 10),
    "count": lambda store, clock: store.count(Query()),
    "head": lambda store, clock: store.head(),
    "audit": lambda store, clock: store.audit(0, 10),
    "known_at": lambda store, clock: store.dossiers(["contractor-1"], clock.advance(seconds=1)),
}


@tiers.sampled(3)
@pytest.mark.parametrize(("dialect", "name", "moment"), [*troubles()])
def test_a_read_gives_the_right_answer_or_an_exception_whatever_call_fails(
    request: pytest.FixtureRequest, dialect: str, name: str, moment: str
) -> None:
    trouble = TROUBLES[dialect][name]
    reads = READS if tiers.DEEP or name in USUAL else {"known_at": READS["known_at"]}
    with faulty(dialect, request) as store:
        handle = store.store.for_company("company-1")
        for what, read in reads.items():
            expected = read(handle, store.clock)
            for nth in itertools.count(1):
                store.engine.dispose()
                call, answer = store.attempt(lambda r=read: r(handle, store.clock), trouble, moment, nth)
                where = f"{what}, {moment} call {nth}: {call}"
                if isinstance(answer, StorageError):
                    # A read that could not be noted is no commit: nobody repeats it with a key.
                    assert trouble.means is type(answer), where
                else:
                    assert expected == answer, where
                assert store.state() is not None, where  # nobody holds a lock
                if call is None:
                    assert nth > 2  # there was at least a statement
                    break
                assert store.engine.pool.checkedout() == 0, where
            assert expected == read(handle, store.clock)


# In the host's transaction.


@pytest.mark.parametrize(
    ("dialect", "name"),
    [("sqlite", "nameless"), pytest.param("postgresql", "deadlock", marks=pytest.mark.server)],
)
def test_the_host_goes_on_without_the_commit_whatever_statement_of_it_fails(
    request: pytest.FixtureRequest, dialect: str, name: str
) -> None:
    trouble = attrs.evolve(TROUBLES[dialect][name], calls=("execute", "executemany", "copy"))
    statements: list[str] = []
    with faulty(dialect, request) as store:
        event.listen(store.engine, "before_cursor_execute", lambda _, cursor, sql, *rest: statements.append(sql))
        for commit_case in CASES if tiers.DEEP else SOME:
            for nth in itertools.count(1):
                handle, changes = store.begin(commit_case)
                before = store.rows()
                with store.engine.connect() as connection:
                    hosted = SqlStore(connection, clock=store.clock, tables=store.store.tables)
                    bound = hosted.for_company(handle.company_id)
                    call, answer = store.attempt(lambda b=bound, c=changes: b.commit(c), trouble, "before", nth)
                    connection.commit()
                where = f"{commit_case.name}, before call {nth}: {call}"
                if call is None:
                    assert nth > 5
                    break
                assert trouble.means is type(answer), where
                if not statements[-1].startswith("RELEASE"):  # never fails but with the whole transaction
                    assert before == store.rows(), f"{where}: something was written"
                assert (before != store.rows()) is handle.commit(changes).repeated, where

        assert [] == problems(store.engine)


# Real failures.


def test_a_full_disk_leaves_nothing_half(store_of_file: Faulty) -> None:
    store = store_of_file
    pages = store._witness.execute("PRAGMA page_count").fetchone()[0]
    limit = [pages]
    event.listen(store.engine, "connect", lambda raw, record: raw.execute(f"PRAGMA max_page_count={limit[0]}"))
    refused = 0
    for _ in range(4):
        handle, changes = store.begin(case("enlist"))
        while True:
            store.engine.dispose()
            before = store.state()
            told = _told(handle, changes)
            if told is Receipt:
                break
            assert (StoreFailedError, before) == (told, store.state())
            refused += 1
            limit[0] += 1

    assert refused >= 3  # each time a page further, until there was room
    assert [] == problems(store.engine)


def test_a_file_that_may_not_grow_leaves_nothing_half(store_of_file: Faulty, file: Database) -> None:
    handle, changes = store_of_file.begin(case("enlist"))
    sequence = handle.head().sequence
    store_of_file.engine.dispose()

    told = alone(commit_with_little_room, file.url, changes)

    assert {"UnavailableError", "CommitUnknownError"} == set(told[:-1])
    assert "Receipt" == told[-1]
    assert [] == problems(store_of_file.engine)
    assert sequence + 1 == handle.commit(changes).sequence == handle.head().sequence


def commit_with_little_room(url: str, changes: Changes) -> list[str]:
    """Commit in a process whose files may have each time one page more, until it gets through; return its answers.

    The log of SQLite is such a file: the system refuses the write in the middle of it.
    """
    import resource  # which Windows has not

    told: list[str] = []
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    while "Receipt" not in told and len(told) < 1000:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096 * len(told), resource.RLIM_INFINITY))
        try:
            with closing(open_store(url)) as store:
                told.append(_told(store.for_company("company-1"), changes).__name__)
        except StorageError as error:
            told.append(type(error).__name__)
    return told


def test_a_connection_that_cannot_be_set_up_is_closed(store_of_file: Faulty) -> None:
    store_of_file.engine.dispose()
    seen: list[Any] = []

    def hook(call: str, moment: str, connection: Any) -> None:
        if call == "execute":
            seen.append(connection)
            raise sqlite3.OperationalError("made up by the test")

    store_of_file.watched.hook = hook
    with pytest.raises(UnavailableError):
        store_of_file.store.for_company("company-1").head()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        seen[0].cursor()


class Unsynced(apsw.VFS):
    """The system's own files, of which none can be synced while `fails` is set."""

    def __init__(self) -> None:
        self.fails = False
        super().__init__("cc-unsynced", base=apsw.vfs_names()[0])

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite calls it so
        outer = self

        class File(apsw.VFSFile):
            def xSync(self, flags: int) -> None:  # noqa: N802 - same
                if outer.fails:
                    raise apsw.IOError
                super().xSync(flags)

        return File(apsw.vfs_names()[0], name, flags)


def test_a_commit_that_sqlite_could_not_sync_may_be_there_after_a_crash() -> None:
    files = Unsynced()
    with folder() as place:
        (place / "crashed").mkdir()
        with closing(apsw.Connection(str(place / "live.db"), vfs="cc-unsynced")) as live:
            live.pragma("journal_mode", "wal")
            live.pragma("synchronous", "full")
            for statement in ("CREATE TABLE entry (number)", "BEGIN IMMEDIATE", "INSERT INTO entry VALUES (1)"):
                live.execute(statement)
            files.fails = True
            with pytest.raises(apsw.IOError):
                live.execute("COMMIT")
            assert not live.in_transaction
            for name in ("live.db", "live.db-wal"):
                shutil.copy(place / name, place / "crashed" / name)
            files.fails = False
        with closing(sqlite3.connect(place / "crashed" / "live.db")) as crashed:
            # Which is why no answer may say that nothing was written.
            assert [(1,)] == crashed.execute("SELECT number FROM entry").fetchall()
    files.unregister()


def test_a_writer_that_waits_too_long_for_another_gets_store_busy(store_of_file: Faulty, file: Database) -> None:
    handle, changes = store_of_file.begin(case("correct"))
    hasty = SqlStore(file.host(connect_args={"timeout": 0.05}), clock=store_of_file.clock).for_company("company-1")
    with closing(sqlite3.connect(make_url(file.url).database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError):
            hasty.commit(changes)
        other.execute("ROLLBACK")

    assert not handle.commit(changes).repeated


@pytest.fixture
def file() -> Iterator[Database]:
    with folder() as place, sqlite_database(place) as database:
        yield database


@pytest.fixture
def store_of_file(file: Database) -> Iterator[Faulty]:
    with closing(Faulty(file)) as store:
        yield store


@pytest.fixture
def server_database(postgres_server: PostgresServer) -> Iterator[Database]:
    with postgres_database(postgres_server) as database:
        yield database


@pytest.fixture
def store_of_server(server_database: Database) -> Iterator[Faulty]:
    with closing(Faulty(server_database)) as store:
        yield store


def test_a_pool_without_a_free_connection_is_busy(store_of_file: Faulty, file: Database) -> None:
    _, changes = store_of_file.begin(case("correct"))
    small = file.host(pool_size=1, max_overflow=0, pool_timeout=0.05)
    with small.connect(), pytest.raises(StoreBusyError):
        SqlStore(small).for_company("company-1").commit(changes)


@pytest.mark.server
def test_a_writer_that_may_not_wait_for_the_lock_gets_store_busy(
    store_of_server: Faulty, server_database: Database
) -> None:
    handle, changes = store_of_server.begin(case("correct"))
    hasty = server_database.host(connect_args={"options": "-c lock_timeout=50ms"})
    with store_of_server.engine.begin() as other:
        other.exec_driver_sql("SELECT 1 FROM cc_head FOR UPDATE")
        with pytest.raises(StoreBusyError, match="55P03"):
            SqlStore(hasty).for_company("company-1").commit(changes)

    assert not handle.commit(changes).repeated


@pytest.mark.server
def test_a_transaction_that_the_server_cannot_serialize_is_to_be_run_again(
    store_of_server: Faulty, server_database: Database
) -> None:
    handle, changes = store_of_server.begin(case("correct"))
    strict = server_database.host(isolation_level="SERIALIZABLE")
    told: list[type] = []
    waiting = SqlStore(strict).for_company("company-1")
    with store_of_server.engine.begin() as other:
        other.exec_driver_sql("UPDATE cc_head SET seal = seal")
        writer = threading.Thread(target=lambda: told.append(_told(waiting, changes)))
        writer.start()
        _await_lock(store_of_server)
    writer.join()

    assert [StoreBusyError] == told
    assert not handle.commit(changes).repeated


def _told(handle: Store, changes: Changes) -> type:
    try:
        return type(handle.commit(changes))
    except StorageError as error:
        return type(error)


def _await_lock(store: Faulty) -> None:
    """Return when a session of the database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + 30
    while store._witness.execute(waiting).fetchone() == (0,):
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.005)


@pytest.mark.server
def test_connections_that_died_in_the_pool_are_not_noticed(store_of_server: Faulty) -> None:
    handle, changes = store_of_server.begin(case("correct"))
    store_of_server._witness.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    assert not handle.commit(changes).repeated


@pytest.mark.server
def test_a_server_that_is_not_there_is_unavailable(store_of_server: Faulty, server_database: Database) -> None:
    _, changes = store_of_server.begin(case("correct"))
    nowhere = make_url(server_database.url).set(query={"host": "/nowhere"}).render_as_string(hide_password=False)

    with pytest.raises(UnavailableError):
        open_store(nowhere)
    engine = make_engine(nowhere)
    with pytest.raises(UnavailableError):
        SqlStore(engine).for_company("company-1").commit(changes)
    with pytest.raises(UnavailableError):
        SqlStore(engine).for_company("company-1").head()


@pytest.mark.server
def test_no_transaction_is_left_open_on_the_server(store_of_server: Faulty) -> None:
    for nth in (5, 15, 25):
        handle, changes = store_of_server.begin(case("enlist"))
        store_of_server.attempt(
            lambda h=handle, c=changes: h.commit(c), TROUBLES["postgresql"]["deadlock"], "before", nth
        )

    idle = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'"
    assert (0,) == store_of_server._witness.execute(idle).fetchone()
