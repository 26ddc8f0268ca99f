"""Migrations: our tables reach this release alone or in a host's chain, whole or not at all, and touch nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Dialect, Engine, Integer, MetaData, String, Table, inspect, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from contractor_compliance.errors import SchemaError, StorageError
from contractor_compliance.storage import Changes, Expectation, key_of, put
from contractor_compliance.storage.sql import (
    SCHEMA_VERSION,
    SqlStore,
    Tables,
    build_tables,
    check_schema,
    create_schema,
    host_include_object,
    make_engine,
    own_include_object,
    upgrade,
    upgrade_sql,
)
from contractor_compliance.storage.sql.tables import HEAD_REVISION
from contractor_compliance.testing import factories as f
from tests import tiers
from tests.storage.databases import DATABASES

SCRIPTS = "contractor_compliance:storage/sql/migrations"
VERSIONS = f"{SCRIPTS}/versions"


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    made = make_engine(url if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    yield made
    made.dispose()


def commit_a_company(engine: Engine, tables: Tables | None = None) -> None:
    company = f.company()
    changes = Changes(
        actor="member-1",
        action="open",
        key="first",
        fingerprint="first",
        puts=(put(company),),
        expects=(Expectation(key_of(company), 0),),
    )
    SqlStore(engine, tables=tables).for_company(company.id).commit(changes)


def names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def differences(engine: Engine, tables: Tables, include: Any) -> list[Any]:
    with engine.connect() as connection:
        options = {"include_object": include, "compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata))


def test_the_newest_revision_is_the_one_that_is_stamped() -> None:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")

    assert (HEAD_REVISION,) == tuple(ScriptDirectory.from_config(config).get_heads())


def test_an_upgrade_of_an_empty_database_makes_the_tables_of_this_release(engine: Engine) -> None:
    upgrade(engine)

    check_schema(engine)
    assert {table.name for table in build_tables().all} | {"cc_alembic_version"} == names(engine)


def test_the_migrations_lead_to_the_tables_that_the_code_describes(engine: Engine) -> None:
    upgrade(engine)

    assert [] == differences(engine, build_tables(), own_include_object())


def test_a_made_schema_is_the_migrated_one(engine: Engine) -> None:
    create_schema(engine)

    made = {name: inspect(engine).get_columns(name) for name in names(engine)}
    with engine.begin() as connection:
        for table in reversed(build_tables().all):
            table.drop(connection)
        connection.execute(text("DROP TABLE cc_alembic_version"))
    upgrade(engine)

    assert repr(sorted(made.items())) == repr(sorted((n, inspect(engine).get_columns(n)) for n in names(engine)))


def test_checks_and_indexes_of_a_made_schema_are_those_of_the_migrated_one(tmp_path: Path) -> None:
    made, migrated = (make_engine(f"sqlite:///{tmp_path / name}.db") for name in ("made", "migrated"))
    create_schema(made)
    upgrade(migrated)

    def ddl(engine: Engine) -> set[str]:
        with engine.connect() as connection:
            statements = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").scalars()
            return set(map(words, statements))

    assert ddl(made) == ddl(migrated)
    made.dispose()
    migrated.dispose()


@pytest.mark.parametrize("schema", [None, "compliance"])
@pytest.mark.parametrize("dialect", [postgresql.dialect(), sqlite.dialect()], ids=lambda dialect: dialect.name)
def test_the_migration_creates_each_table_and_index_as_the_code_describes_it(
    dialect: Dialect, schema: str | None
) -> None:
    tables = build_tables(schema=schema, prefix="ours_")
    described = [CreateTable(table) for table in tables.all] + [
        CreateIndex(index) for table in tables.all for index in table.indexes
    ]

    script = "\n".join(line for line in upgrade_sql(dialect.name, tables).splitlines() if not line.startswith("--"))

    created = {
        words(statement) for statement in script.split(";") if "CREATE" in statement and "alembic" not in statement
    }
    assert {words(str(ddl.compile(dialect=dialect))) for ddl in described} == created


def words(statement: str) -> str:
    # The order of constraints within a table means nothing.
    return " ".join(sorted(statement.replace(",", " ").split()))


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(engine: Engine) -> None:
    create_schema(engine)
    commit_a_company(engine)

    upgrade(engine)

    assert 1 == SqlStore(engine).for_company("company-1").head().sequence


def test_an_upgrade_keeps_the_records(engine: Engine) -> None:
    upgrade(engine)
    commit_a_company(engine)

    upgrade(engine)

    assert f.company() == SqlStore(engine).for_company("company-1").get([key_of(f.company())])[0].value  # type: ignore[union-attr]


def test_tables_are_not_made_over_existing_ones(engine: Engine) -> None:
    create_schema(engine)

    with pytest.raises(SchemaError, match="tables of ours already, of version 1"):
        create_schema(engine)


def test_a_failed_creation_of_the_tables_leaves_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cc_waiver_history (host_column INTEGER)"))

    with pytest.raises(StorageError):
        create_schema(engine)

    assert {"cc_waiver_history"} == names(engine)


def test_a_failed_upgrade_leaves_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cc_waiver_history (host_column INTEGER)"))

    with pytest.raises(StorageError):
        upgrade(engine)

    assert {"cc_waiver_history"} == names(engine)


@pytest.mark.parametrize("version", [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1])
def test_tables_of_another_version_are_refused(engine: Engine, version: int) -> None:
    create_schema(engine)
    with engine.begin() as connection:
        connection.execute(build_tables().version.update().values(version=version))

    with pytest.raises(SchemaError, match=f"of version {version} and this release works with 1") as caught:
        check_schema(engine)
    assert version == caught.value.actual


def test_a_database_without_tables_is_refused(engine: Engine) -> None:
    with pytest.raises(SchemaError, match="no tables of ours") as caught:
        check_schema(engine)
    assert caught.value.actual is None


def test_a_host_rolls_back_an_upgrade_on_its_own_connection(engine: Engine) -> None:
    with engine.connect() as connection:
        upgrade(connection)
        connection.rollback()

    assert set() == names(engine)


def test_the_tables_take_the_prefix_that_the_host_chooses(engine: Engine) -> None:
    tables = build_tables(prefix="ours_")

    upgrade(engine, tables)
    commit_a_company(engine, tables)

    assert {table.name for table in tables.all} | {"ours_alembic_version"} == names(engine)
    assert [] == differences(engine, tables, own_include_object(tables))


@pytest.mark.server
def test_the_tables_go_into_a_schema_of_the_host(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA compliance"))
    tables = build_tables(schema="compliance")

    upgrade(engine, tables)
    commit_a_company(engine, tables)
    check_schema(engine, tables)

    assert set() == names(engine)
    assert "cc_head" in inspect(engine).get_table_names(schema="compliance")
    engine.dispose()


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_the_sql_of_an_upgrade_names_every_table(dialect: str) -> None:
    written = upgrade_sql(dialect)

    assert [] == [table.name for table in build_tables().all if f"CREATE TABLE {table.name} (" not in written]
    assert "INSERT INTO cc_schema (version) VALUES (1)" in written


def test_the_sql_that_is_written_makes_the_tables(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'records.db'}")
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.executescript(upgrade_sql("sqlite"))

    check_schema(engine)
    commit_a_company(engine)
    engine.dispose()


@pytest.mark.server
def test_the_sql_for_postgresql_makes_the_tables(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(upgrade_sql("postgresql"))
        driver.commit()

    check_schema(engine)
    engine.dispose()


# A host with its own chain in the same database

HOST_ENV = """
from alembic import context
from contractor_compliance.storage.sql import host_include_object
settings = context.config.attributes
context.configure(
    connection=settings["connection"],
    target_metadata=settings["metadata"],
    include_object=host_include_object(),
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
"""
HOST_REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "host_1", None, ("host",), None
def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))
def downgrade():
    op.drop_table("orders")
"""
HOST_METADATA = MetaData()
Table("orders", HOST_METADATA, Column("id", Integer, primary_key=True))


class Host:
    """A host application with one table and one Alembic chain, of which ours is a branch."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.engine = engine
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(HOST_ENV)
        (folder / "script.py.mako").write_text("${upgrades}\n${downgrades}")
        (folder / "versions" / "host_1.py").write_text(HOST_REVISION)
        self.config = Config()
        self.config.set_main_option("script_location", str(folder))
        self.config.set_main_option("path_separator", "os")
        self.config.set_main_option("version_locations", os.pathsep.join((str(folder / "versions"), _folder())))
        self.config.attributes["metadata"] = HOST_METADATA

    def run(self, do: Any, *args: str) -> None:
        with self.engine.begin() as connection:
            self.config.attributes["connection"] = connection
            do(self.config, *args)

    def differences(self, metadata: MetaData) -> list[Any]:
        with self.engine.connect() as connection:
            options = {"include_object": host_include_object()}
            return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _folder() -> str:
    import contractor_compliance.storage.sql.migrations as ours

    return str(Path(ours.__path__[0]) / "versions")


def test_the_folder_of_versions_can_be_named_as_a_resource_of_the_package() -> None:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "space")  # a resource has a colon in it
    config.set_main_option("version_locations", VERSIONS)

    assert [HEAD_REVISION] == ScriptDirectory.from_config(config).get_heads()


def test_a_host_upgrades_our_branch_in_its_own_chain(engine: Engine, tmp_path: Path) -> None:
    host = Host(tmp_path / "alembic", engine)

    host.run(command.upgrade, "heads")

    check_schema(engine)
    with engine.connect() as connection:
        revisions = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
        assert {"host_1", HEAD_REVISION} == set(revisions)


def test_the_autogenerate_of_a_host_touches_nothing_of_ours(engine: Engine, tmp_path: Path) -> None:
    host = Host(tmp_path / "alembic", engine)
    host.run(command.upgrade, "host@head")
    create_schema(engine)

    assert [] == host.differences(HOST_METADATA)


def test_the_autogenerate_of_a_host_that_has_our_tables_in_its_metadata_touches_nothing_of_ours(
    engine: Engine, tmp_path: Path
) -> None:
    metadata = MetaData()
    Table("orders", metadata, Column("id", Integer, primary_key=True))
    build_tables(metadata)
    host = Host(tmp_path / "alembic", engine)
    host.run(command.upgrade, "host@head")

    assert [] == host.differences(metadata)


def test_the_autogenerate_of_a_host_still_sees_what_is_the_hosts(engine: Engine, tmp_path: Path) -> None:
    metadata = MetaData()
    Table("orders", metadata, Column("id", Integer, primary_key=True), Column("title", String(20)))
    host = Host(tmp_path / "alembic", engine)
    host.run(command.upgrade, "host@head")
    create_schema(engine)

    ((operation, *_),) = host.differences(metadata)
    assert "add_column" == operation


def test_our_own_comparison_sees_nothing_of_the_hosts(engine: Engine, tmp_path: Path) -> None:
    Host(tmp_path / "alembic", engine).run(command.upgrade, "heads")

    assert [] == differences(engine, build_tables(), own_include_object())


def test_a_host_takes_our_empty_tables_down_again(engine: Engine, tmp_path: Path) -> None:
    host = Host(tmp_path / "alembic", engine)
    host.run(command.upgrade, "heads")

    host.run(command.downgrade, "contractor_compliance@base")

    assert {"orders", "alembic_version"} == names(engine)


def test_tables_with_records_are_not_taken_down(engine: Engine, tmp_path: Path) -> None:
    host = Host(tmp_path / "alembic", engine)
    host.run(command.upgrade, "heads")
    commit_a_company(engine)

    with pytest.raises(StorageError, match="Delete the records first"):
        host.run(command.downgrade, "contractor_compliance@base")

    check_schema(engine)
    assert 1 == SqlStore(engine).for_company("company-1").head().sequence


# Killed in the middle

KILLED = """
import os, signal, sys
from sqlalchemy import event
from contractor_compliance.storage.sql import make_engine, upgrade
engine = make_engine(sys.argv[1])
left = int(sys.argv[2])

@event.listens_for(engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(engine)
"""


def kill_an_upgrade(url: str, after: int) -> int:
    program = [sys.executable, "-c", textwrap.dedent(KILLED), url, str(after)]
    return subprocess.run(program, check=False, capture_output=True, timeout=60).returncode


@tiers.sampled(3)
@pytest.mark.parametrize("after", [3, 20, 50, 65])
def test_an_upgrade_that_was_killed_leaves_nothing_and_can_be_run_again(engine: Engine, after: int) -> None:
    url = engine.url.render_as_string(hide_password=False)
    assert -signal.SIGKILL == kill_an_upgrade(url, after)

    assert set() == names(engine)
    upgrade(engine)
    commit_a_company(engine)


def test_an_upgrade_of_a_filled_database_that_was_killed_keeps_the_records(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'records.db'}")
    upgrade(engine)
    commit_a_company(engine)

    assert -signal.SIGKILL == kill_an_upgrade(str(engine.url), 2)

    assert 1 == SqlStore(engine).for_company("company-1").head().sequence
    engine.dispose()


def test_rows_of_the_host_are_left_alone(engine: Engine) -> None:
    table = Table("orders", MetaData(), Column("id", Integer, primary_key=True))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert().values(id=7))

    upgrade(engine)

    with engine.connect() as connection:
        assert 7 == connection.execute(select(table.c.id)).scalar_one()


def test_nothing_is_made_on_import_or_first_use(engine: Engine) -> None:
    with pytest.raises(SchemaError):
        SqlStore(engine).for_company("company-1").head()

    assert set() == names(engine)


def test_an_upgrade_without_alembic_names_the_extra(tmp_path: Path) -> None:
    program = """
    import sys
    sys.modules["alembic.command"] = None
    from contractor_compliance.errors import MissingExtraError
    from contractor_compliance.storage.sql import make_engine, upgrade
    try:
        upgrade(make_engine("sqlite:///" + sys.argv[1]))
    except MissingExtraError as error:
        print(error.extra)
    """
    arguments = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / "records.db")]
    result = subprocess.run(arguments, check=True, capture_output=True, text=True, timeout=60)

    assert "migrations" == result.stdout.strip()
