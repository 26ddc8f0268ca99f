"""Records saved and read back, beside the same rows handled by the driver alone.

    python bench/bench_storage.py [--contractors N] [--postgresql URL] [--flat]

The peer gets the very rows that the store wrote, into the same tables with the same indexes, in transactions of the
same size: `executemany` of sqlite3, COPY of psycopg. For reading, its rows are fetched and nothing is made of them; the
store makes validated dossiers. With --flat the store alone is filled, and single reads, pages and commits are timed as
it grows.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import attrs
from measure import print_table, times
from sqlalchemy import Engine, text

from contractor_compliance.domain import State
from contractor_compliance.storage import Changes, Query, Store, put
from contractor_compliance.storage.sql import SqlStore, build_tables, create_schema, make_engine
from contractor_compliance.testing.companies import invented_company

SEED = 7
BATCH = 1000
TABLES = build_tables()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--contractors", type=int, default=5_000, help="how many are saved (default: 5000)")
    parser.add_argument("--postgresql", metavar="URL", help="an empty database to measure as well")
    parser.add_argument("--flat", action="store_true", help="time the store alone while it grows")
    options, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        engines = [make_engine(f"sqlite:///{Path(folder) / 'records.db'}")]
        if options.postgresql:
            engines.append(make_engine(options.postgresql))
        for engine in engines:
            create_schema(engine)
            (flat if options.flat else beside_raw)(engine, options.contractors, Path(folder))
            engine.dispose()


def beside_raw(engine: Engine, contractors: int, folder: Path) -> None:
    """Time the store, and then the driver alone with the rows that the store wrote."""
    company = invented_company(contractors=contractors, seed=SEED)
    store = SqlStore(engine).for_company(company.company.id)
    saving = saved(store, company.commits(batch=BATCH))
    ids = [f"{dossier.contractor.id}" for dossier in (company.contractor(index) for index in range(contractors))]
    batches = [ids[start : start + BATCH] for start in range(0, contractors, BATCH)]
    reading = timed(lambda: [store.dossiers(batch) for batch in batches])
    rows_by_table = {table.name: rows_of(engine, table.name) for table in TABLES.all}
    policies, rows = len(rows_by_table["cc_policy_history"]), sum(map(len, rows_by_table.values()))
    raw_saving, raw_reading = (
        raw_postgresql(engine, rows_by_table) if engine.name == "postgresql" else raw_sqlite(rows_by_table, folder)
    )
    print_table(
        f"{engine.name}: {contractors:,} contractors, {policies:,} policies, {rows:,} rows",
        ("", "store, s", "driver, s", "ratio", "us a contractor"),
        [
            row("saved", saving, raw_saving, contractors),
            row("read into dossiers", reading, raw_reading, contractors),
        ],
    )


def row(name: str, store: float, raw: float, contractors: int) -> tuple[str, ...]:
    return name, f"{store:.1f}", f"{raw:.1f}", times(store / raw), f"{store / contractors * 1e6:.0f}"


def saved(store: Store, commits: Iterator[Changes]) -> float:
    """Return the seconds that commits take, without those in which they are made up."""
    total = 0.0
    for changes in commits:
        start = perf_counter()
        store.commit(changes)
        total += perf_counter() - start
    return total


def timed(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def rows_of(engine: Engine, table: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(record) for record in connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608  # our names


def raw_sqlite(rows_by_table: dict[str, list[tuple[Any, ...]]], folder: Path) -> tuple[float, float]:
    """Return the seconds that sqlite3 takes for the same rows: to insert them, and to fetch those of dossiers."""
    path = folder / "raw.db"
    engine = make_engine(f"sqlite:///{path}")
    create_schema(engine)
    engine.dispose()
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("DELETE FROM cc_schema")

    batches = list(in_batches(rows_by_table))

    def insert() -> None:
        for batch in batches:
            connection.execute("BEGIN IMMEDIATE")
            for name, rows in batch:
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608  # our names
            connection.execute("COMMIT")

    def fetch() -> None:
        for name in read_tables():
            for _ in connection.execute(f"SELECT * FROM {name}"):  # noqa: S608  # our names
                pass

    result = timed(insert), timed(fetch)
    connection.close()
    return result


def raw_postgresql(engine: Engine, rows_by_table: dict[str, list[tuple[Any, ...]]]) -> tuple[float, float]:
    """Return the seconds that psycopg takes for the same rows, by COPY, in a schema of their own."""
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA raw"))
        create_schema(connection, build_tables(schema="raw"))
        connection.execute(text("DELETE FROM raw.cc_schema"))
    with engine.connect() as pooled:
        connection_: Any = pooled.connection.driver_connection
        batches = list(in_batches(rows_by_table))

        def insert() -> None:
            for batch in batches:
                for name, rows in batch:
                    with connection_.cursor() as cursor, cursor.copy(f"COPY raw.{name} FROM STDIN") as copy:
                        for record in rows:
                            copy.write_row(record)
                connection_.commit()

        def fetch() -> None:
            for name in read_tables():
                with connection_.cursor() as cursor:
                    for _ in cursor.execute(f"SELECT * FROM raw.{name}"):  # noqa: S608  # our names
                        pass

        return timed(insert), timed(fetch)


def in_batches(rows_by_table: dict[str, list[tuple[Any, ...]]]) -> Iterator[list[tuple[str, list[tuple[Any, ...]]]]]:
    """Yield the rows in transactions of the size that the store commits, parents before children."""
    owners = {row[1]: place // BATCH for place, row in enumerate(rows_by_table["cc_contractor"])}
    batches: list[dict[str, list[tuple[Any, ...]]]] = [{} for _ in range(max(owners.values(), default=0) + 1)]
    for table in TABLES.all:
        # The second column of what belongs to a contractor is the contractor.
        is_owned = "contractor_id" in table.c or table.name.startswith("cc_contractor")
        for record in rows_by_table[table.name]:
            batches[owners[record[1]] if is_owned else 0].setdefault(table.name, []).append(record)
    for batch in batches:
        yield list(batch.items())


def read_tables() -> list[str]:
    """Return the tables that dossiers are made of."""
    return [table.name for table in TABLES.histories.values()]


# As it grows


def flat(engine: Engine, contractors: int, _folder: Path) -> None:
    """Time single reads, bulk reads, pages and commits at sizes that double."""
    company = invented_company(contractors=contractors, seed=SEED)
    store = SqlStore(engine).for_company(company.company.id)
    rows = []
    stops = [size for size in (10_000, 50_000, 200_000, 1_000_000) if size < contractors] + [contractors]
    written, spent, since = 0, 0.0, 0
    for changes in company.commits(batch=BATCH):
        start = perf_counter()
        store.commit(changes)
        spent += perf_counter() - start
        added = sum(put_.key.kind.value == "contractor" for put_ in changes.puts)
        written, since = written + added, since + added
        if stops and written >= stops[0] and since:
            stops.pop(0)
            rows.append((f"{written:,}", f"{spent / since * 1e6:.0f}", *sample(store, company, written)))
            spent, since = 0.0, 0
    head = (
        "contractors",
        "save, us each",
        "dossiers(1), us",
        "dossiers(1000), us each",
        "page(50), us",
        "count, ms",
        "commit, us",
    )
    print_table(f"{engine.name}: as the store grows", head, rows)


def sample(store: Store, company: Any, written: int) -> tuple[str, ...]:
    chosen = [company.contractor(index * written // 1000).contractor.id for index in range(1000)]
    query = Query(home_states=frozenset({State.TX}))
    single = timed(lambda: [store.dossiers([contractor_id]) for contractor_id in chosen[:200]]) / 200
    bulk = timed(lambda: store.dossiers(chosen)) / 1000
    page = timed(lambda: [store.page(query, 50) for _ in range(50)]) / 50
    count = timed(lambda: store.count(query))
    commit = timed(lambda: touch(store, chosen[:50], written)) / 50
    return f"{single * 1e6:.0f}", f"{bulk * 1e6:.0f}", f"{page * 1e6:.0f}", f"{count * 1e3:.1f}", f"{commit * 1e6:.0f}"


def touch(store: Store, contractor_ids: list[str], written: int) -> None:
    """Change contractors one by one, as a use case does: read, decide, commit."""
    for contractor_id in contractor_ids:
        (record,) = store.dossiers([contractor_id])
        assert record is not None
        renamed = attrs.evolve(record.dossier.contractor, phone=f"555-01{written % 100:02}")
        key = f"touch {contractor_id} at {written}"
        store.commit(
            Changes(
                actor="bench", action="touch", key=key, fingerprint=key, puts=(put(renamed),), expects=record.expects
            )
        )


if __name__ == "__main__":
    main()
