"""The tables: what the typed columns hold of each value, and what the database itself refuses."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from sqlalchemy import Connection, Index, Table, UniqueConstraint, insert, literal, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.schema import Constraint

from contractor_compliance.domain import EvidenceLevel, LimitKind, Limits, Missing, Subject, Term, Value
from contractor_compliance.serialization import read_record
from contractor_compliance.storage import MAX_ID_LENGTH, VALUES, Key, Kind, Query, Record, Store, key_of
from contractor_compliance.storage.sql import SqlStore, Tables, build_tables, bulk
from contractor_compliance.storage.sql.columns import COLUMNS
from contractor_compliance.storage.sql.records import record_row
from contractor_compliance.storage.sql.tables import default_tables
from contractor_compliance.storage.sql.types import Instant
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract import steps
from contractor_compliance.testing.contract.steps import COMPANY, commit, current, listed, row, settle
from contractor_compliance.testing.strategies import values
from tests.storage.databases import DATABASES, Database, empty_database

TABLES = default_tables()
#: All that have a company; the version of the tables is nobody's.
COMPANY_TABLES = [table for table in TABLES.all if table is not TABLES.version]
each_table = pytest.mark.parametrize("table", COMPANY_TABLES, ids=lambda table: table.name)


@attrs.define
class Kept:
    """A connection in a transaction that is never committed, and what was inserted through it.

    Attributes:
        connection: The connection.
        identities: The aggregates that have an identity.
        version: The version given last.
    """

    connection: Connection
    identities: set[tuple[Kind, str]] = attrs.field(factory=set)
    version: int = 0

    def row_of(self, value: Value, *, copied: bool = False) -> Any:
        """Insert the row of a value among others of its key, by whichever way, and return what the database has."""
        key = key_of(value, "contractor-1" if VALUES_TO_KIND[type(value)].is_fact else None)
        self._identify(key.aggregate)
        for name, kind in (("client_id", Kind.CLIENT), ("job_code_id", Kind.JOB_CODE)):
            if key.kind is Kind.ASSIGNMENT and getattr(value, name) is not None:
                self._identify(Key(kind, getattr(value, name)))
        self.version += 1
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.version)
        record = Record(key, self.version, start, start + timedelta(seconds=1), value)
        table = TABLES.histories[key.kind]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bulk, "_COPY_FROM", 1 if copied else 1000)
            bulk.insert_rows(self.connection, table, [record_row(COMPANY, record)])
        conditions = [table.c.id == key.id, table.c.version == self.version]
        return self.connection.execute(select(table).where(*conditions)).one()

    def _identify(self, key: Key) -> None:
        if (key.kind, key.id) not in self.identities:
            self.identities.add((key.kind, key.id))
            bulk.insert_rows(self.connection, TABLES.identities[key.kind], [(COMPANY, key.id, 1)])


VALUES_TO_KIND = {cls: kind for kind, cls in VALUES.items()}


@pytest.fixture(params=DATABASES, scope="module")
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("columns")
    with empty_database(request.param, request, folder) as database, database.engine.connect() as connection:
        head = {"company_id": COMPANY, "sequence": 0, "seal": "", "generation": 0}
        connection.execute(TABLES.head.insert(), head)
        yield Kept(connection)


# What the columns hold


@pytest.mark.parametrize("way", ["inserted", "copied"])
@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_every_value_is_kept_in_its_columns_and_read_back_equal(kept: Kept, kind: Kind, way: str) -> None:
    cls = VALUES[kind]

    @settings(max_examples=min(40, settings().max_examples) if way == "inserted" else 10)
    @given(values(cls))
    def check(value: Value) -> None:
        stored = kept.row_of(value, copied=way == "copied")

        assert value == read_record(stored.document, cls, stored.format)
        assert {column.name: column.read(value) for column in COLUMNS[kind]} == {
            column.name: getattr(stored, column.name) for column in COLUMNS[kind]
        }

    check()


def limits(level: EvidenceLevel, day: int, **amounts: Any) -> Limits:
    return Limits(evidence=make.evidence(level, observed_on=date(2026, 1, day)), **amounts)


def test_the_limits_are_those_of_the_strongest_source(kept: Kept) -> None:
    stored = kept.row_of(
        make.gl_policy(
            limits=(
                limits(EvidenceLevel.CERTIFICATE, 9, each_occurrence=1),
                limits(EvidenceLevel.CONFIRMED, 2, each_occurrence=2),
                limits(EvidenceLevel.COPY, 5, each_occurrence=3),
            )
        )
    )

    assert 2 == stored.each_occurrence_cents


def test_the_limits_are_those_of_the_latest_of_the_strongest_sources(kept: Kept) -> None:
    stored = kept.row_of(
        make.gl_policy(
            limits=(
                limits(EvidenceLevel.COPY, 2, each_occurrence=1),
                limits(EvidenceLevel.COPY, 5, each_occurrence=2),
                limits(EvidenceLevel.COPY, 4, each_occurrence=3),
            )
        )
    )

    assert 2 == stored.each_occurrence_cents


def test_the_limits_are_those_of_the_first_of_sources_as_strong_and_as_late(kept: Kept) -> None:
    both = (limits(EvidenceLevel.COPY, 2, each_occurrence=1), limits(EvidenceLevel.COPY, 2, each_occurrence=2))

    assert 1 == kept.row_of(make.gl_policy(limits=both)).each_occurrence_cents


def test_a_limit_that_the_strongest_source_leaves_open_is_not_filled_in_from_another(kept: Kept) -> None:
    stored = kept.row_of(
        make.gl_policy(
            limits=(
                limits(EvidenceLevel.COPY, 2, each_occurrence=1),
                limits(EvidenceLevel.CERTIFICATE, 5, general_aggregate=2),
            )
        )
    )

    assert (1, None) == (stored.each_occurrence_cents, stored.general_aggregate_cents)


def test_the_period_is_that_of_the_strongest_and_then_latest_source(kept: Kept) -> None:
    def term(level: EvidenceLevel, day: int, year: int) -> Term:
        evidence = make.evidence(level, observed_on=date(2026, 1, day))
        return make.term(date(year, 1, 1), date(year + 1, 1, 1), evidence=evidence)

    statements = (
        term(EvidenceLevel.CERTIFICATE, 9, 2020),
        term(EvidenceLevel.COPY, 2, 2021),
        term(EvidenceLevel.COPY, 3, 2022),
    )
    stored = kept.row_of(make.exemption(terms=statements))

    assert (date(2022, 1, 1), date(2023, 1, 1), False, "") == (
        stored.effective,
        stored.expiration,
        stored.continuous,
        stored.unreadable,
    )


def test_an_unreadable_fact_is_null_and_listed_as_unreadable(kept: Kept) -> None:
    stated = limits(
        EvidenceLevel.COPY, 1, each_occurrence=Missing.UNREADABLE, medical_expense=Missing.UNREADABLE, aggregate=5
    )
    stored = kept.row_of(make.gl_policy(limits=stated, term=make.term(date(2026, 1, 1), Missing.UNREADABLE)))

    assert (None, None, 5, None, "expiration,each_occurrence_cents,medical_expense_cents") == (
        stored.each_occurrence_cents,
        stored.medical_expense_cents,
        stored.aggregate_cents,
        stored.expiration,
        stored.unreadable,
    )


def test_a_fact_that_no_source_states_is_null_and_not_listed_as_unreadable(kept: Kept) -> None:
    stored = kept.row_of(make.gl_policy(limits=limits(EvidenceLevel.COPY, 1), terms=()))

    assert ({None}, None, "") == (
        {getattr(stored, f"{kind.value}_cents") for kind in LimitKind},
        stored.effective,
        stored.unreadable,
    )


def test_a_policy_without_any_statement_has_empty_columns(kept: Kept) -> None:
    stored = kept.row_of(make.gl_policy(limits=(), terms=(), carrier_name=None, carrier_naic=None, number=None))

    assert (None, None, None, None, False, "") == (
        stored.each_occurrence_cents,
        stored.carrier_key,
        stored.number,
        stored.effective,
        stored.continuous,
        stored.unreadable,
    )


def test_a_limit_of_zero_is_stored_as_zero_and_an_unstated_one_as_null(kept: Kept) -> None:
    stored = kept.row_of(make.gl_policy(limits=limits(EvidenceLevel.COPY, 1, medical_expense=0)))

    assert (0, None) == (stored.medical_expense_cents, stored.each_occurrence_cents)


def test_a_shared_limit_stands_in_both_columns(kept: Kept) -> None:
    stated = limits(EvidenceLevel.COPY, 1, general_aggregate=7, products_in_general_aggregate=True)

    assert 7 == kept.row_of(make.gl_policy(limits=stated)).products_completed_operations_aggregate_cents


@pytest.mark.parametrize(
    ("cents", "column"),
    [(2**63 - 2, 2**63 - 2), (2**63 - 1, 2**63 - 1), (2**63, 2**63 - 1), (10**30, 2**63 - 1)],
)
def test_a_number_beyond_the_column_is_the_largest_in_it_and_itself_in_the_document(
    kept: Kept, cents: int, column: int
) -> None:
    policy = make.gl_policy(limits=limits(EvidenceLevel.COPY, 1, each_occurrence=cents))
    stored = kept.row_of(policy)

    assert (column, policy) == (stored.each_occurrence_cents, read_record(stored.document, type(policy), stored.format))


def test_a_version_of_a_rule_book_beyond_the_column_is_the_largest_in_it(kept: Kept) -> None:
    assert 2**63 - 1 == kept.row_of(make.rulebook(version=10**30)).rulebook_version


INSTANTS = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    datetime(987, 6, 5, 4, 3, 2, 10, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 7, 1, 12, tzinfo=UTC),
    datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
]


@pytest.mark.parametrize("instant", INSTANTS, ids=lambda instant: instant.isoformat())
def test_an_instant_is_exact_to_the_microsecond(kept: Kept, instant: datetime) -> None:
    stored = kept.row_of(make.certificate(received_at=instant)).received_at

    assert (instant, UTC) == (stored, stored.tzinfo)


def test_instants_sort_as_time_goes(kept: Kept) -> None:
    histories = TABLES.histories[Kind.CERTIFICATE]
    shuffled = random.Random(7).sample(INSTANTS, len(INSTANTS))
    first = kept.version
    for instant in shuffled:
        kept.row_of(make.certificate(received_at=instant))
    ordered = select(histories.c.received_at).where(histories.c.version > first).order_by(histories.c.received_at)

    assert INSTANTS == list(kept.connection.execute(ordered).scalars())


def test_an_instant_of_another_zone_is_the_same_instant(kept: Kept) -> None:
    away = datetime.fromisoformat("2026-07-01T01:30:00.000007+05:30")

    assert datetime(2026, 6, 30, 20, 0, 0, 7, tzinfo=UTC) == kept.connection.scalar(select(literal(away, Instant)))


def test_a_naive_instant_is_refused(kept: Kept) -> None:
    naive = datetime(2026, 7, 1)  # noqa: DTZ001  # what is tested

    with pytest.raises(StatementError, match="naive"):
        kept.connection.scalar(select(literal(naive, Instant)))


def test_an_insurer_has_the_same_key_on_policies_as_on_its_own_record(kept: Kept) -> None:
    policy = kept.row_of(make.gl_policy(carrier_name="SAMPLE  mutual insurance company, the"))
    carrier = kept.row_of(make.carrier(name="Sample Mutual Insurance Company, The"))

    assert (policy.carrier_key, 64) == (carrier.carrier_key, len(carrier.carrier_key))


def test_subjects_whose_parts_run_together_have_different_keys(kept: Kept) -> None:
    keys = {
        kept.row_of(make.member(subject=Subject(issuer=issuer, subject=subject))).subject_key
        for issuer, subject in (("ab", "c"), ("a", "bc"), ("1a", "b"), ("a", "b"))
    }

    assert 4 == len(keys)


# What the database refuses


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with empty_database(request.param, request, tmp_path) as database:
        yield database


@pytest.fixture
def store(database: Database) -> Store:
    return SqlStore(database.engine, clock=FrozenClock()).for_company(COMPANY)


@pytest.fixture(params=DATABASES, scope="module")
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with a row in every table, in which nothing is changed for good."""
    with empty_database(request.param, request, tmp_path_factory.mktemp("full")) as database:
        store = SqlStore(database.engine, clock=FrozenClock()).for_company(COMPANY)
        settle(store, standings=[steps.update(row())])
        commit(store, make.gl_policy(), make.certificate(), make.exemption(), make.enrollment(), make.waiver())
        commit(store, make.member(), make.role(), make.rulebook(), make.rate_card())
        yield database


CODES = [
    *((kind, column.name) for kind, columns in COLUMNS.items() for column in columns if column.codes),
    *((None, name) for name in ("verdict", "insurance_status")),
]


@pytest.mark.parametrize(("kind", "column"), CODES, ids=lambda param: getattr(param, "value", param) or "standing")
def test_an_unknown_code_in_a_column_is_refused(full: Database, kind: Kind | None, column: str) -> None:
    table = TABLES.standings if kind is None else TABLES.histories[kind]
    with full.engine.connect() as connection, pytest.raises(IntegrityError, match=f"{table.name}_{column}_ck"):
        connection.execute(update(table).values({column: "no such code"}))


FOREIGN_KEYS = [
    (foreign_key_constraint.table, foreign_key_constraint.columns.keys()[-1])
    for table in COMPANY_TABLES
    # A set, and each process of a parallel run must find the same order.
    for foreign_key_constraint in sorted(table.foreign_key_constraints, key=lambda constraint: str(constraint.name))
]


@pytest.mark.parametrize(("table", "column"), FOREIGN_KEYS, ids=lambda param: getattr(param, "name", param))
def test_a_row_that_refers_to_a_missing_row_is_refused(full: Database, table: Table, column: str) -> None:
    # A row that nothing else is wrong with: it is another version, another commit, and has ended.
    other = {"version": 99, "superseded_at": datetime.max.replace(tzinfo=UTC), "sequence": 99, "key": "another"}
    with full.engine.connect() as connection:
        present = dict(connection.execute(select(table)).mappings().first() or {})
        changed = {name: value for name, value in other.items() if name in present}
        with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
            connection.execute(insert(table).values({**present, **changed, column: "nobody"}))


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_a_second_current_row_is_refused(full: Database, kind: Kind) -> None:
    table = TABLES.histories[kind]
    with full.engine.connect() as connection:
        present = connection.execute(select(table).where(table.c.superseded_at.is_(None))).mappings().first()
        assert present is not None
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            connection.execute(insert(table).values({**present, "version": 99}))


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_a_row_does_not_end_before_it_begins(full: Database, kind: Kind) -> None:
    table = TABLES.histories[kind]
    with full.engine.connect() as connection, pytest.raises(IntegrityError, match="order_ck"):
        connection.execute(update(table).values(superseded_at=table.c.recorded_at))


def test_two_commits_of_one_instant_are_refused(full: Database) -> None:
    with full.engine.connect() as connection:
        entry = dict(connection.execute(select(TABLES.audit)).mappings().first() or {})
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            connection.execute(insert(TABLES.audit).values({**entry, "sequence": 99, "key": "another"}))


def test_a_subject_of_two_members_is_refused(full: Database) -> None:
    histories, identities = TABLES.histories[Kind.MEMBER], TABLES.identities[Kind.MEMBER]
    with full.engine.connect() as connection:
        present = dict(connection.execute(select(histories)).mappings().first() or {})
        connection.execute(insert(identities).values(company_id=COMPANY, id="member-2", version=1))
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            connection.execute(insert(histories).values({**present, "id": "member-2"}))


# What is read


def test_standings_of_different_generations_in_one_commit_end_no_others(store: Store) -> None:
    settle(store)
    commit(store, make.contractor(id="contractor-2"), standings=[steps.update(row("contractor-2"))])
    commit(store, standings=[steps.update(row()), steps.update(generation=1, of="contractor-2")], switch_to=1)
    page = store.page(Query(on=make.WORK_START), 10)

    assert [("contractor-1", True), ("contractor-2", False)] == [
        (item.key.id, item.standing is not None) for item in page.items
    ]


def test_the_longest_ids_fit_every_index(store: Store) -> None:
    chance = random.Random(7)

    def long_id() -> str:
        # Characters of four bytes that do not compress.
        return "".join(chr(chance.randrange(0x20000, 0x2A000)) for _ in range(MAX_ID_LENGTH))

    company, client, job_code, contractor, shared_id = (long_id() for _ in range(5))
    store = SqlStore(store.shared.bind, clock=FrozenClock()).for_company(company)
    commit(
        store,
        make.company(id=company),
        make.client(id=client, name=long_id()),
        make.job_code(id=job_code, title=long_id()),
        make.carrier(name=long_id(), naic=None),
        make.contractor(id=contractor, legal_name=long_id(), email=long_id()),
        make.assignment(id=shared_id, client_id=client, job_code_id=job_code),
        make.gl_policy(id=shared_id, carrier_name=long_id()),
        make.enrollment(id=shared_id),
        make.member(id=shared_id, name=long_id(), subject=Subject(issuer=long_id(), subject=long_id())),
        of=contractor,
        standings=[steps.update(row(contractor))],
        key=long_id() + "x" * 55,
    )

    assert ([contractor], [contractor]) == (
        listed(store, client_ids=frozenset({client}), job_code_ids=frozenset({job_code})),
        listed(store, text=contractor),
    )


def test_an_amount_beyond_the_column_is_committed_and_read_back(store: Store) -> None:
    settle(store)
    policy = make.gl_policy(limits=limits(EvidenceLevel.COPY, 1, each_occurrence=10**30))
    commit(store, policy)

    assert policy == current(store, steps.fact_key(Kind.POLICY, policy.id)).value


# The shape of the tables


@each_table
def test_every_key_is_led_by_the_company(table: Table) -> None:
    unique = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    keys = [table.primary_key, *table.indexes, *unique, *table.foreign_key_constraints]

    assert {"company_id"} == {key.columns[0].name for key in keys}


@each_table
def test_foreign_keys_lead_to_the_same_company(table: Table) -> None:
    leading = {
        foreign_key_constraint.elements[0].column.name for foreign_key_constraint in table.foreign_key_constraints
    }

    assert leading <= {"company_id"}


@each_table
def test_every_indexed_text_column_is_compared_code_point_by_code_point(table: Table) -> None:
    unique = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    looked_up = {column for constraint in (table.primary_key, *table.indexes, *unique) for column in constraint.columns}
    dialect = postgresql.dialect()
    texts = {
        column.name: column.type.dialect_impl(dialect).collation
        for column in looked_up
        if hasattr(column.type.dialect_impl(dialect), "collation")
    }

    assert {"C"} == set(texts.values())


def names_of(tables: Tables) -> list[str]:
    """Return the names that share one name space: tables, indexes, and keys, which PostgreSQL keeps by an index."""
    names = []
    for table in tables.all:
        unique = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
        names += [table.name, table.primary_key.name, *(constraint.name for constraint in (*table.indexes, *unique))]
    return [str(name) for name in names]


def test_no_two_tables_indexes_or_keys_have_one_name() -> None:
    names = names_of(TABLES)

    assert len(names) == len(set(names))


@each_table
def test_no_two_constraints_of_a_table_have_one_name(table: Table) -> None:
    names = [constraint.name for constraint in table.constraints]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("prefix", ["cc_", "x", "x" * 20])
def test_every_name_begins_with_the_prefix_and_fits_every_database(prefix: str) -> None:
    tables = build_tables(prefix=prefix)
    names = [*names_of(tables), *(str(constraint.name) for table in tables.all for constraint in table.constraints)]

    assert [] == [name for name in names if not name.startswith(prefix) or len(name) > 63]
    assert len(names_of(tables)) == len(set(names_of(tables)))


@each_table
def test_every_constraint_and_index_of_a_table_has_a_name(table: Table) -> None:
    made: list[Constraint | Index] = [*table.constraints, *table.indexes]

    assert [] == [constraint for constraint in made if not constraint.name]


def test_the_tables_come_after_those_that_they_refer_to() -> None:
    seen: set[str] = set()
    for table in TABLES.all:
        assert {
            foreign_key_constraint.referred_table.name for foreign_key_constraint in table.foreign_key_constraints
        } <= seen
        seen.add(table.name)
