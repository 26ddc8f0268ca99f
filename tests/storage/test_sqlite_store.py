"""The store on SQLite keeps every promise of the port, and answers like the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from contractor_compliance.errors import UnreadableError
from contractor_compliance.storage import Capability, Key, MemoryStore, UnboundStore, open_store
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.testing import FrozenClock, StoreContract, StoreHistory
from contractor_compliance.testing.companies import invented_company
from contractor_compliance.testing.contract.steps import COMPANY, settle
from tests import tiers
from tests.storage.databases import Database, answers_of, damage, sqlite_database


@tiers.sampled(2)
class TestSqliteStore(StoreContract):
    capabilities = frozenset({Capability.PERSISTENT, Capability.SHARED})
    contract_version = 1

    @pytest.fixture
    def database(self, tmp_path: Path) -> Iterator[Database]:
        with sqlite_database(tmp_path) as database:
            self.opened = database
            yield database

    @pytest.fixture
    def unbound(self, clock: FrozenClock, database: Database) -> UnboundStore:
        return SqlStore(database.engine, clock=clock)

    def reopen(self, unbound: UnboundStore, clock: FrozenClock) -> UnboundStore:
        return open_store(self.opened.url, clock=clock)

    def damage(self, unbound: UnboundStore, company_id: str, key: Key) -> None:
        damage(self.opened.engine, company_id, key)


class SqliteHistory(StoreHistory):
    @contextmanager
    def open_store(self, clock: FrozenClock) -> Iterator[UnboundStore]:
        with TemporaryDirectory() as folder, sqlite_database(Path(folder)) as database:
            yield SqlStore(database.engine, clock=clock)


TestSqliteHistory = tiers.history(SqliteHistory, tests=10, stress=50, steps=15)


def test_an_invented_company_is_answered_about_as_in_memory(tmp_path: Path) -> None:
    invented, clock = invented_company(contractors=60), FrozenClock()
    with sqlite_database(tmp_path) as database:
        unbound = (MemoryStore(clock=clock), SqlStore(database.engine, clock=clock))
        stores = [store.for_company(invented.company.id) for store in unbound]
        instants = []
        for changes in (*invented.commits(25, standings=True), *invented.corrections(5, standings=True)):
            instants.append(clock.advance(hours=1))
            assert 1 == len({store.commit(changes) for store in stores})
        memory, sql = (answers_of(store, 60, instants[::4]) for store in stores)
        for expected, actual in zip(memory, sql, strict=True):
            assert expected == actual


@pytest.mark.parametrize(
    "instant", ["yesterday", "2026-07-01", "2026-07-01T12:00:00.000000", "2026-07-01T12:00:00.000000+01:00"]
)
def test_an_instant_damaged_by_hand_raises_an_error_of_the_library(tmp_path: Path, instant: str) -> None:
    with sqlite_database(tmp_path) as database:
        store = SqlStore(database.engine, clock=FrozenClock()).for_company(COMPANY)
        settle(store)
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE cc_audit SET recorded_at = :instant"), {"instant": instant})

        with pytest.raises(UnreadableError, match=f"{instant[:10]}.* is no instant in UTC"):
            store.audit(0, 10)
