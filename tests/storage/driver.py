"""Every call that an engine makes of its driver, so that a test may stand in the way before it and after it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from sqlalchemy import Engine, event

__all__ = ["CALLS", "Hook", "Watched", "cut", "watch"]

#: The calls that are watched. A statement's rows are fetched, of many rows of a statement COPY is one call.
CALLS = ("connect", "execute", "executemany", "copy", "fetch", "commit", "rollback")

#: Receives each call, whether it is `before` or `after` it, and on which connection of the driver (None: there is none
#: yet). What it raises comes out of the call.
Hook: TypeAlias = Callable[[str, str, Any], None]


class Watched:
    """An engine whose calls are watched.

    Attributes:
        hook: Receives each call; may be changed at any time.
    """

    def __init__(self) -> None:
        self.hook: Hook = lambda call, moment, connection: None

    def call(self, name: str, connection: Any, real: Callable[[], Any]) -> Any:
        """Do what a call does, between what the hook does."""
        self.hook(name, "before", connection)
        result = real()
        self.hook(name, "after", connection)
        return result


def watch(engine: Engine) -> Watched:
    """Watch the connections that an engine opens from now on."""
    watched = Watched()
    connect = (_sqlite if engine.dialect.name == "sqlite" else _postgresql)(watched)

    @event.listens_for(engine, "do_connect")
    def opened(dialect: object, record: object, arguments: list[Any], options: dict[str, Any]) -> Any:
        watched.hook("connect", "before", None)
        connection = connect(*arguments, **options)
        try:
            watched.hook("connect", "after", connection)
        except BaseException:
            connection.close()
            raise
        return connection

    return watched


def cut(connection: Any) -> None:
    """End a connection to a server without a word, as when the network is gone."""
    connection.pgconn.finish()


def _sqlite(watched: Watched) -> Callable[..., sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, *args: Any) -> Any:
            return watched.call("execute", self.connection, lambda: super(Cursor, self).execute(*args))

        def executemany(self, *args: Any) -> Any:
            return watched.call("executemany", self.connection, lambda: super(Cursor, self).executemany(*args))

        def fetchone(self) -> Any:
            return watched.call("fetch", self.connection, super().fetchone)

        def fetchmany(self, *args: Any) -> Any:
            return watched.call("fetch", self.connection, lambda: super(Cursor, self).fetchmany(*args))

        def fetchall(self) -> Any:
            return watched.call("fetch", self.connection, super().fetchall)

    class Connection(sqlite3.Connection):
        def cursor(self, *args: Any) -> Any:
            return super().cursor(Cursor)

        def commit(self) -> None:
            watched.call("commit", self, super().commit)

        def rollback(self) -> None:
            watched.call("rollback", self, super().rollback)

    return lambda *args, **options: sqlite3.connect(*args, factory=Connection, **options)


def _postgresql(watched: Watched) -> Callable[..., Any]:
    import psycopg

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, *args: Any, **options: Any) -> Any:
            return watched.call("execute", self.connection, lambda: super(Cursor, self).execute(*args, **options))

        def executemany(self, *args: Any, **options: Any) -> Any:
            return watched.call(
                "executemany", self.connection, lambda: super(Cursor, self).executemany(*args, **options)
            )

        @contextmanager
        def copy(self, *args: Any, **options: Any) -> Iterator[Any]:
            watched.hook("copy", "before", self.connection)
            with super().copy(*args, **options) as copy:
                yield copy
            watched.hook("copy", "after", self.connection)

        def fetchone(self) -> Any:
            return watched.call("fetch", self.connection, super().fetchone)

        def fetchmany(self, size: int = 0) -> Any:
            return watched.call("fetch", self.connection, lambda: super(Cursor, self).fetchmany(size))

        def fetchall(self) -> Any:
            return watched.call("fetch", self.connection, super().fetchall)

    class Connection(psycopg.Connection[Any]):
        def commit(self) -> None:
            watched.call("commit", self, super().commit)

        def rollback(self) -> None:
            watched.call("rollback", self, super().rollback)

    return lambda *args, **options: Connection.connect(*args, cursor_factory=Cursor, **options)
