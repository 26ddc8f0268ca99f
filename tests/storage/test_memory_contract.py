"""The memory store keeps the contract, and so does one like it that declares all that a store can do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contractor_compliance.storage import Capability, Key, MemoryStore, UnboundStore
from contractor_compliance.testing import FrozenClock, StoreContract, StoreHistory
from tests import tiers
from tests.storage.liars import damage


class TestMemoryStore(StoreContract):
    contract_version = 1

    @pytest.fixture
    def unbound(self, clock: FrozenClock) -> Iterator[UnboundStore]:
        store = MemoryStore(clock=clock)
        yield store
        store.close()


class KeptMemoryStore(MemoryStore):
    """A memory store whose records outlive it, and are shared with those opened on them."""

    capabilities = frozenset(Capability)

    def again(self, clock: FrozenClock) -> KeptMemoryStore:
        other = KeptMemoryStore(clock=clock)
        other._shared.companies, other._shared.lock = self._shared.companies, self._shared.lock
        return other


@tiers.sampled(5)
class TestKeptMemoryStore(StoreContract):
    capabilities = frozenset(Capability)
    contract_version = 1

    @pytest.fixture
    def unbound(self, clock: FrozenClock) -> Iterator[UnboundStore]:
        store = KeptMemoryStore(clock=clock)
        yield store
        store.close()

    def reopen(self, unbound: KeptMemoryStore, clock: FrozenClock) -> KeptMemoryStore:
        return unbound.again(clock)

    def damage(self, unbound: KeptMemoryStore, company_id: str, key: Key) -> None:
        damage(unbound, company_id, key)


class MemoryHistory(StoreHistory):
    def open_store(self, clock: FrozenClock) -> MemoryStore:
        return MemoryStore(clock=clock)


TestMemoryHistory = tiers.history(MemoryHistory, tests=20, stress=50, steps=15)
