"""Desks on a store in memory, on SQLite and on PostgreSQL: each test has a company of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from contractor_compliance.storage import MemoryStore, UnboundStore
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.testing import FrozenClock
from tests import tiers
from tests.desk.world import NOW, World
from tests.storage.databases import Database, empty_database
from tests.storage.postgres import MEMORY

#: What a use case does is tried in memory: that the stores are alike is the contract's affair.
ADAPTERS = (
    "memory",
    pytest.param("sqlite", marks=tiers.sampled(10, of="sqlite")),
    pytest.param("postgresql", marks=(pytest.mark.server, tiers.sampled(10, of="postgresql"))),
)

_numbers = itertools.count(1)


@pytest.fixture(scope="session", params=ADAPTERS)
def database(request: pytest.FixtureRequest) -> Iterator[Database | None]:
    """A database for all tests of the session, or None: keep it in memory."""
    if request.param == "memory":
        yield None
        return
    # What the disk does is tested with the stores; here a file may lie in memory too.
    with (
        TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder,
        empty_database(request.param, request, Path(folder)) as database,
    ):
        yield database


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at eleven in the morning of a day of the sample assignment."""
    return FrozenClock(NOW)


@pytest.fixture
def unbound(database: Database | None, clock: FrozenClock) -> UnboundStore:
    """A store that takes the time from the clock; on a database other companies are there."""
    return MemoryStore(clock=clock) if database is None else SqlStore(database.engine, clock=clock)


@pytest.fixture
def company_id() -> str:
    """The id of a company that no other test has."""
    return f"company-{next(_numbers)}"


@pytest.fixture
def founded(unbound: UnboundStore, clock: FrozenClock, company_id: str) -> World:
    """A company that was just founded."""
    return World.founded(unbound, clock, company_id)


@pytest.fixture
def world(founded: World) -> World:
    """A company with an office and a member of each role that asks for GL and WC; it has no contractor yet."""
    return founded.furnish()


@pytest.fixture
def other(unbound: UnboundStore, clock: FrozenClock, company_id: str) -> World:
    """Another company in the same store."""
    return World.founded(unbound, clock, f"{company_id}-other").furnish()
