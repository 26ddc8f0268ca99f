"""The store on SQLite keeps every promise of the port, and answers like the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contractor_compliance.storage import Capability, Key, UnboundStore, open_store
from contractor_compliance.testing import FrozenClock, StoreContract
from tests.storage.databases import Database, damage, sqlite_database


class TestSqliteStore(StoreContract):
    capabilities = frozenset({Capability.PERSISTENT, Capability.SHARED})
    contract_version = 1

    @pytest.fixture
    def database(self, tmp_path: Path) -> Iterator[Database]:
        with sqlite_database(tmp_path) as database:
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
