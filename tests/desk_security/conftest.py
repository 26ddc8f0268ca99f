"""Two companies that are alike, in memory, on SQLite and on PostgreSQL; nothing that a test does to them stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contractor_compliance.storage import MemoryStore
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.testing import FrozenClock
from tests.desk_security.calls import COMPANIES, NOW, Kept, KeptInMemory, KeptInSql, build
from tests.storage.conftest import postgres_server
from tests.storage.databases import DATABASES, empty_database

__all__ = ["postgres_server"]


@pytest.fixture(scope="session")
def in_memory() -> KeptInMemory:
    """The two companies in memory."""
    store = MemoryStore(clock=FrozenClock(NOW))
    for prefix in COMPANIES:
        build(store, prefix, FrozenClock(NOW))
    return KeptInMemory(store)


@contextmanager
def furnished(dialect: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[KeptInSql]:
    """Give a database with the two companies."""
    clock = FrozenClock(NOW)
    with empty_database(dialect, request, folder) as database:
        # All in one transaction: the databases then wait for their disk once.
        with database.engine.begin() as connection:
            for prefix in COMPANIES:
                build(SqlStore(connection, clock=clock), prefix, clock)
        yield KeptInSql(database, clock)


@pytest.fixture(scope="module", params=DATABASES)
def in_sql(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptInSql]:
    """The two companies in a database."""
    with furnished(request.param, request, tmp_path_factory.mktemp("desks")) as kept:
        yield kept


@pytest.fixture(scope="module", params=["memory", *DATABASES])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """The two companies in each store that ships."""
    if request.param == "memory":
        yield request.getfixturevalue("in_memory")
    else:
        with furnished(request.param, request, tmp_path_factory.mktemp("desks")) as kept:
            yield kept
