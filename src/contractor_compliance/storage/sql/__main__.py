"""`python -m contractor_compliance.storage.sql`: create, upgrade and examine the tables from a command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from contractor_compliance.errors import ContractorComplianceError
from contractor_compliance.storage.sql.doctor import Risk, doctor
from contractor_compliance.storage.sql.migrations import upgrade, upgrade_sql
from contractor_compliance.storage.sql.opening import check_file, make_engine
from contractor_compliance.storage.sql.schema import check_schema, create_schema
from contractor_compliance.storage.sql.tables import SCHEMA_VERSION, Tables, build_tables

_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0, or 1 if something is wrong with the database."""
    options = _parser().parse_args(arguments)
    try:
        tables = build_tables(schema=options.schema, prefix=options.prefix)
        if options.command == "sql":
            print(upgrade_sql(options.dialect, tables))  # noqa: T201  # a command line
            return 0
        return _with_database(options.command, options.url, tables)
    except ContractorComplianceError as error:
        print(error, file=sys.stderr)  # noqa: T201  # a command line
        return _FAILED


def _with_database(command: str, url: str, tables: Tables) -> int:
    if command in ("check", "doctor"):
        check_file(url)
    engine = make_engine(url)
    try:
        if command == "doctor":
            diagnostics = doctor(engine)
            print(*diagnostics or ("No setting puts the records at risk.",), sep="\n")  # noqa: T201  # a command line
            return _FAILED if any(diagnostic.risk is Risk.LOSS for diagnostic in diagnostics) else 0
        if command == "create":
            create_schema(engine, tables)
        elif command == "upgrade":
            upgrade(engine, tables)
        check_schema(engine, tables)
    finally:
        engine.dispose()
    print(f"The tables are those of this release: version {SCHEMA_VERSION}.")  # noqa: T201  # a command line
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m contractor_compliance.storage.sql", description=__doc__)
    parser.add_argument("--schema", help="the schema that the tables are in")
    parser.add_argument("--prefix", default="cc_", help="the prefix of their names (default: cc_)")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, description in (
        ("create", "create the tables in a database without them"),
        ("upgrade", "run the migrations; needs the extra `migrations`"),
        ("check", "check that the tables are those of this release"),
        ("doctor", "list the settings that put the records at risk"),
    ):
        commands.add_parser(name, help=description).add_argument("url", help="sqlite:///file.db or postgresql://...")
    sql = commands.add_parser("sql", help="print the SQL that creates the tables; needs the extra `migrations`")
    sql.add_argument("dialect", choices=("postgresql", "sqlite"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
