"""The store on PostgreSQL keeps every promise of the port, and answers like the one in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contractor_compliance.storage import Capability, Key, UnboundStore, open_store
from contractor_compliance.testing import FrozenClock, StoreContract
from tests.storage.databases import Database, damage, postgres_database
from tests.storage.postgres import PostgresServer

pytestmark = pytest.mark.server


class TestPostgresStore(StoreContract):
    capabilities = frozenset({Capability.PERSISTENT, Capability.SHARED})
    contract_version = 1

    @pytest.fixture
    def database(self, postgres_server: PostgresServer) -> Iterator[Database]:
        with postgres_database(postgres_server) as database:
            self.opened = database
            yield database

    @pytest.fixture
    def unbound(self, clock: FrozenClock, database: Database) -> Iterator[UnboundStore]:
        store = open_store(database.url, clock=clock)
        yield store
        store.close()

    def reopen(self, unbound: UnboundStore, clock: FrozenClock) -> UnboundStore:
        return open_store(self.opened.url, clock=clock)

    def damage(self, unbound: UnboundStore, company_id: str, key: Key) -> None:
        damage(self.opened.ours(), company_id, key)
