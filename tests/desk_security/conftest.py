"""Two companies that are alike, in memory, on SQLite and on PostgreSQL; nothing that a test does to them stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contractor_compliance.storage import MemoryStore
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.testing import FrozenClock
from tests import tiers
from tests.desk_security.calls import COMPANIES, NOW, Kept, KeptInMemory, KeptInSql, build
from tests.storage.databases import Database, postgres_database, sqlite_database
from tests.storage.postgres import PostgresServer

#: Who may do what is tried in memory: that the stores are alike is the contract's affair.
DATABASES = (
    pytest.param("sqlite", marks=tiers.sampled(10, of="sqlite")),
    pytest.param("postgresql", marks=(pytest.mark.server, tiers.sampled(10, of="postgresql"))),
)


@pytest.fixture(scope="session")
def in_memory() -> KeptInMemory:
    """The two companies in memory."""
    store = MemoryStore(clock=FrozenClock(NOW))
    for prefix in COMPANIES:
        build(store, prefix, FrozenClock(NOW))
    return KeptInMemory(store)


def furnished(database: Database) -> KeptInSql:
    """Return a database with the two companies: one for all tests, of which none changes it for good."""
    clock = FrozenClock(NOW)
    # All in one transaction: the databases then wait for their disk once.
    with database.engine.begin() as connection:
        for prefix in COMPANIES:
            build(SqlStore(connection, clock=clock), prefix, clock)
    return KeptInSql(database, clock)


@pytest.fixture(scope="session")
def sqlite_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptInSql]:
    """The two companies on SQLite."""
    with sqlite_database(tmp_path_factory.mktemp("desks")) as database:
        yield furnished(database)


@pytest.fixture(scope="session")
def postgresql_world(postgres_server: PostgresServer) -> Iterator[KeptInSql]:
    """The two companies on PostgreSQL."""
    with postgres_database(postgres_server) as database:
        yield furnished(database)


@pytest.fixture(scope="module", params=DATABASES)
def in_sql(request: pytest.FixtureRequest) -> KeptInSql:
    """The two companies in a database."""
    kept: KeptInSql = request.getfixturevalue(f"{request.param}_world")
    return kept


@pytest.fixture(scope="module", params=["memory", *DATABASES])
def kept(request: pytest.FixtureRequest) -> Kept:
    """The two companies in each store that ships."""
    kept: Kept = request.getfixturevalue("in_memory" if request.param == "memory" else f"{request.param}_world")
    return kept
