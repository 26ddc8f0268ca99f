"""Databases as earlier releases wrote them are migrated and answer as they did then. They are never edited.

`python -m tests.golden` writes the one of today's tables, as long as no release has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from sqlalchemy import Boolean, Date, DateTime, Engine, MetaData, Table, create_engine

from contractor_compliance.domain import EnrollmentState, State
from contractor_compliance.results import Verdict
from contractor_compliance.storage import Changes, Key, Kind, Order, Query, Store, put
from contractor_compliance.storage.sql import SqlStore, build_tables, check_schema, create_schema, make_engine, upgrade
from contractor_compliance.storage.sql.migrations import upgrade_to
from contractor_compliance.storage.sql.tables import SCHEMA_VERSION
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing.companies import invented_company
from contractor_compliance.testing.history import as_bytes
from tests.golden.lines import write_lines

GOLDEN = Path(__file__).parents[1] / "golden" / "stores"
VERSIONS = sorted(path.name for path in GOLDEN.iterdir()) if GOLDEN.exists() else []
#: The versions of the tables that a release had; what it wrote stays as it was written.
RELEASED: frozenset[int] = frozenset()
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
TODAY = date(2026, 7, 1)


def answers(store: Store) -> dict[str, Any]:
    """Ask a store what a host asks, of now and of the past."""
    ids = [item.key.id for item in store.page(Query(order=Order.ID), 1000).items]
    head = store.head()
    asked: dict[str, object] = {
        "head": head,
        "audit": store.audit(0, 1000),
        "dossiers": store.dossiers(ids),
        "by name": store.page(Query(on=TODAY), 50),
        "non-compliant": store.page(Query(on=TODAY, verdicts=frozenset({Verdict.NON_COMPLIANT})), 50),
        "next change": store.page(Query(on=TODAY, order=Order.NEXT_CHANGE), 50),
        "in the larger states": store.count(
            Query(on=TODAY, work_states=frozenset({State.CA, State.TX, State.NY, State.FL}))
        ),
        "not invited": store.count(Query(opt_in=frozenset({EnrollmentState.NOT_INVITED}))),
        "histories": store.history([Key(Kind.CONTRACTOR, id_) for id_ in ids]),
        **{
            f"as known after commit {entry.sequence}": store.dossiers(ids[:10], entry.recorded_at)
            for entry in store.audit(0, 1000)
        },
    }
    return {name: json.loads(as_bytes(answer)) for name, answer in asked.items()}


def write() -> None:
    """Record a database of today's tables, as rows, and its answers, unless a release had these tables."""
    if SCHEMA_VERSION in RELEASED:
        return
    folder = GOLDEN / str(SCHEMA_VERSION)
    folder.mkdir(parents=True, exist_ok=True)
    clock = FrozenClock(NOW)
    company = invented_company(contractors=25, seed=20261124)
    with TemporaryDirectory() as place:
        url = f"sqlite:///{place}/records.db"
        engine, raw = make_engine(url), create_engine(url)
        create_schema(engine)
        store = SqlStore(engine, clock=clock).for_company(company.company.id)
        for changes in (*company.commits(batch=10, standings=True), *company.corrections(batch=10, standings=True)):
            store.commit(changes)
            clock.advance(timedelta(hours=1, microseconds=1))
        with raw.connect() as connection:
            rows = {
                table.name: [list(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table.name}")]  # noqa: S608  # our names
                for table in build_tables().all
            }
        told = {"company": company.company.id, "revision": "cc_0001", "rows": rows}
        write_lines(folder / "rows.json", told, levels=3)
        write_lines(folder / "answers.json", answers(store), levels=5)
        raw.dispose()
        engine.dispose()


def load(engine: Engine, golden: dict[str, Any]) -> None:
    """Make the tables as they were then, and put the rows into them."""
    upgrade_to(engine, golden["revision"])
    metadata = MetaData()
    with engine.begin() as connection:
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            rows = golden["rows"].get(table.name, [])
            if table.name.endswith("_schema"):
                continue  # the migration has written it
            if rows:
                names = [column.name for column in table.columns]
                typed = [{n: as_type(v, table, n) for n, v in zip(names, row, strict=True)} for row in rows]
                connection.execute(table.insert(), typed)


def as_type(value: Any, table: Table, name: str) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, Boolean):
        return bool(value)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    sqlite = f"sqlite:///{tmp_path / 'records.db'}"
    made = make_engine(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    yield made
    made.dispose()


def test_every_version_of_the_tables_has_a_recorded_database() -> None:
    assert [str(number) for number in range(1, SCHEMA_VERSION + 1)] == VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_database_of_an_earlier_release_answers_as_it_did(version: str, engine: Engine) -> None:
    golden = json.loads((GOLDEN / version / "rows.json").read_text(encoding="utf-8"))
    expected = json.loads((GOLDEN / version / "answers.json").read_text(encoding="utf-8"))
    load(engine, golden)

    upgrade(engine)

    check_schema(engine)
    actual = answers(SqlStore(engine, clock=FrozenClock(NOW)).for_company(golden["company"]))
    assert expected == actual


@pytest.mark.parametrize("version", VERSIONS)
def test_a_database_of_an_earlier_release_can_be_written_to(version: str, engine: Engine) -> None:
    golden = json.loads((GOLDEN / version / "rows.json").read_text(encoding="utf-8"))
    load(engine, golden)
    upgrade(engine)
    store = SqlStore(engine).for_company(golden["company"])
    (first,) = store.page(Query(order=Order.ID), 1).items
    (record,) = store.dossiers([first.key.id])
    assert record is not None
    head = store.head()

    receipt = store.commit(
        Changes(
            actor="member-1",
            action="rename",
            key="after the upgrade",
            fingerprint="1",
            puts=(put(attrs.evolve(record.dossier.contractor, legal_name="Another Sample LLC")),),
            expects=record.expects,
        )
    )

    assert head.sequence + 1 == receipt.sequence
    assert 1 == store.count(Query(text="another sample"))
