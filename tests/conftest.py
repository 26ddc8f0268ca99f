"""A PostgreSQL server for whichever tests need one; each worker of pytest-xdist has its own, and no second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.storage.postgres import NoServerError, OwnServer, PostgresServer, excuse, find_server, start_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server that all tests of a worker share; one that the environment names is not stopped."""
    try:
        server = find_server()
    except NoServerError as error:
        excuse(error)
    with server:
        yield server


@pytest.fixture
def own_postgres_server() -> Iterator[OwnServer]:
    """A server with its data on the disk that belongs to one test, which may kill it."""
    try:
        server = start_server(on_disk=True)
    except NoServerError as error:
        excuse(error)
    with server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database that belongs to one test."""
    name = postgres_server.create_database(empty=True)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)
