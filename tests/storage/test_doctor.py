"""`doctor` names each setting that endangers records, and the command line says what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text

from contractor_compliance.storage.sql import Diagnostic, Risk, check_schema, create_schema, doctor, make_engine
from contractor_compliance.storage.sql.__main__ import main


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


def engine_with(path: Path, *pragmas: str) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    return engine


def found(engine: Engine) -> dict[str, Diagnostic]:
    try:
        return {advice.setting: advice for advice in doctor(engine)}
    finally:
        engine.dispose()


SOUND = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")


def test_the_settings_of_our_own_engine_are_sound(path: Path) -> None:
    assert {} == found(make_engine(f"sqlite:///{path}"))


@pytest.mark.parametrize(
    ("pragma", "setting", "risk"),
    [
        ("synchronous=NORMAL", "synchronous", Risk.LOSS),
        ("synchronous=OFF", "synchronous", Risk.LOSS),
        ("foreign_keys=OFF", "foreign_keys", Risk.GUARD),
        ("busy_timeout=0", "busy_timeout", Risk.GUARD),
        ("journal_mode=OFF", "journal_mode", Risk.LOSS),
        ("journal_mode=MEMORY", "journal_mode", Risk.LOSS),
        ("journal_mode=TRUNCATE", "journal_mode", Risk.GUARD),
    ],
)
def test_a_setting_of_sqlite_that_endangers_records_is_named(path: Path, pragma: str, setting: str, risk: Risk) -> None:
    diagnostics = found(engine_with(path, *SOUND, pragma))

    assert {setting: risk} == {name: diagnostic.risk for name, diagnostic in diagnostics.items()}


def test_a_deleted_journal_needs_more_than_full(path: Path) -> None:
    full = found(engine_with(path, "journal_mode=DELETE", "synchronous=FULL", *SOUND[2:]))
    extra = found(engine_with(path, "journal_mode=DELETE", "synchronous=EXTRA", *SOUND[2:]))

    assert Risk.LOSS is full["synchronous"].risk
    assert {"journal_mode"} == set(extra)


def test_a_diagnostic_says_what_to_do(path: Path) -> None:
    (diagnostic,) = found(engine_with(path, *SOUND, "synchronous=NORMAL")).values()

    assert (
        "loss: synchronous = NORMAL: acknowledged commits are lost when the power fails; set PRAGMA synchronous=FULL "
        "on every connection"
    ) == str(diagnostic)


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    engine = make_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.mark.server
def test_a_superuser_of_postgresql_is_named(postgres: Engine) -> None:
    assert [("role", "superuser")] == [(advice.setting, advice.value) for advice in doctor(postgres)]


@pytest.mark.server
def test_a_plain_user_of_postgresql_is_not_named(postgres: Engine) -> None:
    with postgres.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS cc_plain"))
        connection.execute(text("CREATE ROLE cc_plain"))
        connection.execute(text("SET LOCAL ROLE cc_plain"))
        diagnostics = doctor(connection)
        connection.execute(text("RESET ROLE"))
        connection.execute(text("DROP ROLE cc_plain"))

    assert () == diagnostics


@pytest.mark.server
def test_asynchronous_commits_of_postgresql_are_named(postgres: Engine) -> None:
    with postgres.begin() as connection:
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        settings = {advice.setting: advice.risk for advice in doctor(connection)}

    assert Risk.LOSS is settings["synchronous_commit"]


# The command line


def test_the_command_create_makes_the_tables_and_check_finds_them(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main(["create", f"sqlite:///{path}"])
    assert 0 == main(["check", f"sqlite:///{path}"])
    assert 2 == capsys.readouterr().out.count("The tables are those of this release: version 1.")


def test_the_command_upgrade_makes_the_tables(path: Path) -> None:
    assert 0 == main(["upgrade", f"sqlite:///{path}"])
    engine = make_engine(f"sqlite:///{path}")
    check_schema(engine)
    engine.dispose()


def test_the_prefix_of_the_command_line_is_honored(path: Path) -> None:
    assert 0 == main(["--prefix", "x_", "create", f"sqlite:///{path}"])
    assert 1 == main(["check", f"sqlite:///{path}"])


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_looking_at_a_file_that_is_not_there_makes_none(
    path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == main([command, f"sqlite:///{path}"])
    assert "There is no file" in capsys.readouterr().err
    assert not path.exists()


def test_making_tables_twice_is_an_error_on_stderr(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["create", f"sqlite:///{path}"])

    assert 1 == main(["create", f"sqlite:///{path}"])
    assert "tables of ours already" in capsys.readouterr().err


def test_doctor_says_that_nothing_is_wrong(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = make_engine(f"sqlite:///{path}")
    create_schema(engine)
    engine.dispose()

    assert 0 == main(["doctor", f"sqlite:///{path}"])
    assert "No setting puts the records at risk.\n" == capsys.readouterr().out


def test_sql_prints_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["--schema", "compliance", "sql", "postgresql"])
    assert "CREATE TABLE compliance.cc_head (" in capsys.readouterr().out


def test_a_bad_url_is_an_error_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == main(["check", "mysql://somewhere/else"])
    assert "No store of ours uses 'mysql'" in capsys.readouterr().err
