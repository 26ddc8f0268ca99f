"""The store on PostgreSQL keeps every promise of the port, and answers like the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from contractor_compliance.storage import Capability, Key, MemoryStore, UnboundStore, open_store
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.testing import FrozenClock, StoreContract, StoreHistory
from contractor_compliance.testing.companies import invented_company
from tests import tiers
from tests.storage.databases import Database, answers_of, damage, postgres_database
from tests.storage.postgres import PostgresServer

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    with postgres_database(postgres_server) as database:
        yield database


@tiers.sampled(3)
class TestPostgresStore(StoreContract):
    capabilities = frozenset({Capability.PERSISTENT, Capability.SHARED})
    contract_version = 1

    @pytest.fixture
    def unbound(self, clock: FrozenClock, database: Database) -> UnboundStore:
        database.clear()
        self.opened = database
        return SqlStore(database.engine, clock=clock)

    def reopen(self, unbound: UnboundStore, clock: FrozenClock) -> UnboundStore:
        return open_store(self.opened.url, clock=clock)

    def damage(self, unbound: UnboundStore, company_id: str, key: Key) -> None:
        damage(self.opened.engine, company_id, key)


class PostgresHistory(StoreHistory):
    opened: ClassVar[Database]

    def open_store(self, clock: FrozenClock) -> UnboundStore:
        self.opened.clear()
        return SqlStore(self.opened.engine, clock=clock)


@pytest.fixture
def machine_s_database(database: Database) -> None:
    """Tell the machine, which takes no fixtures, where the database is."""
    PostgresHistory.opened = database


TestPostgresHistory = pytest.mark.usefixtures("machine_s_database")(
    tiers.history(PostgresHistory, tests=6, stress=50, steps=15)
)


def test_an_invented_company_is_answered_about_as_in_memory(database: Database) -> None:
    database.clear()
    invented, clock = invented_company(contractors=60), FrozenClock()
    unbound = (MemoryStore(clock=clock), SqlStore(database.engine, clock=clock))
    stores = [store.for_company(invented.company.id) for store in unbound]
    instants = []
    for changes in (*invented.commits(25, standings=True), *invented.corrections(5, standings=True)):
        instants.append(clock.advance(hours=1))
        assert 1 == len({store.commit(changes) for store in stores})
    memory, sql = (answers_of(store, 60, instants[::4]) for store in stores)
    for expected, actual in zip(memory, sql, strict=True):
        assert expected == actual
