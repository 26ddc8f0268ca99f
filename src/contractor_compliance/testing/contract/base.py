"""What every part of the contract stands on: the fixtures, the hooks of an adapter, and what it need not do."""
# ruff: noqa: ARG002  # what is to be overridden names what it is given

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from typing import Any, ClassVar, Protocol

import pytest

from contractor_compliance.storage import Capability, Key, Store, UnboundStore
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.promises import CONTRACT_VERSION, proof_of
from contractor_compliance.testing.contract.steps import COMPANY, found, settle

__all__ = ["Contract", "Elsewhere", "table"]


def table(names: str, rows: Mapping[str, Any]) -> pytest.MarkDecorator:
    """Run a test once for each row of a table, with the title of the row as its id."""
    columns = names.split(", ")
    return pytest.mark.parametrize(columns[0] if len(columns) == 1 else columns, list(rows.values()), ids=list(rows))


class Elsewhere(Protocol):
    """Opens another store on the same data."""

    def __call__(self, *, is_closed: bool) -> UnboundStore:
        """Return it, after the first was closed or beside it."""


class Contract:
    """The fixtures and hooks; the tests are in the classes that build on this one.

    Attributes:
        capabilities: What the store declares to do beyond the promises.
        contract_version: The version of the contract that the adapter was written for. Pin it, and tests that a later
            release adds cannot break the build: they are expected to fail until the pin is raised.
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    contract_version: ClassVar[int] = CONTRACT_VERSION

    @pytest.fixture
    def clock(self) -> FrozenClock:
        """Give the clock that the store must use."""
        return FrozenClock()

    @pytest.fixture
    def unbound(self, clock: FrozenClock) -> Iterator[UnboundStore]:
        """Give a store in which there is nothing, and close it afterwards. Every adapter overrides this."""
        pytest.fail(f"{type(self).__name__} must override the fixture `unbound`: an empty store that uses `clock`")

    @pytest.fixture
    def store(self, unbound: UnboundStore) -> Store:
        """Give the handle of a company that is not there yet."""
        return unbound.for_company(COMPANY)

    @pytest.fixture
    def founded(self, store: Store) -> Store:
        """Give the handle of a company of which nothing but the company itself is recorded."""
        found(store)
        return store

    @pytest.fixture
    def furnished(self, store: Store) -> Store:
        """Give the handle of a company with the sample contractor, its assignment, and all that this names."""
        settle(store)
        return store

    @pytest.fixture
    def other(self, unbound: UnboundStore) -> Store:
        """Give the handle of a second company, which is not there yet."""
        return unbound.for_company("company-2")

    @pytest.fixture
    def elsewhere(self, unbound: UnboundStore, clock: FrozenClock) -> Iterator[Elsewhere]:
        """Give a function that opens another store on the same data; the first is closed before, or used beside it.

        The former needs the capability `PERSISTENT`, the latter `SHARED`.
        """
        with ExitStack() as stack:

            def open_another(*, is_closed: bool) -> UnboundStore:
                self.needs(Capability.PERSISTENT if is_closed else Capability.SHARED)
                if is_closed:
                    unbound.close()
                return stack.enter_context(closing(self.reopen(unbound, clock)))

            yield open_another

    @pytest.fixture(autouse=True)
    def _pin(self, request: pytest.FixtureRequest) -> None:
        """Expect a test to fail that is newer than the adapter, and say so."""
        proof = proof_of(request.function)
        if proof is not None and proof.since > self.contract_version:
            reason = f"since version {proof.since} of the contract; the adapter pins {self.contract_version}"
            request.applymarker(pytest.mark.xfail(reason=reason, strict=False))

    def reopen(self, unbound: UnboundStore, clock: FrozenClock) -> UnboundStore:
        """Return another store on the same data. Override it if the store is `PERSISTENT` or `SHARED`.

        Args:
            unbound: The store that the fixture gave. It may be closed by now; if it is not, both are used at once.
            clock: What the new store must use.
        """
        pytest.xfail("the adapter does not override `reopen`")

    def damage(self, unbound: UnboundStore, company_id: str, key: Key) -> None:
        """Make the stored text of the current version of a value unreadable. Override it to prove promise 23."""
        pytest.xfail("the adapter does not override `damage`")

    def needs(self, capability: Capability) -> None:
        """Expect the test to fail if the adapter does not declare a capability."""
        if capability not in self.capabilities:
            pytest.xfail(f"the adapter does not declare the capability {capability.name}")
