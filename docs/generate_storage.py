"""Writes `reference/store_promises.md` and `reference/tables.md`: the promises of a store, the columns of the tables.

Run it after a change to the port, the contract or the tables: `python docs/generate_storage.py`. A test fails until it
has run.
"""
# ruff: noqa: INP001  # a program, no package

from __future__ import annotations

import inspect
import re
from pathlib import Path

from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.dialects import postgresql

from contractor_compliance.storage import Capability, Store
from contractor_compliance.storage.sql import build_tables
from contractor_compliance.testing import CONTRACT_VERSION, StoreContract
from contractor_compliance.testing.contract.promises import promises_of

FOLDER = Path(__file__).parent / "reference"

_PROMISE = re.compile(r"^(\d+)\.\s+(.*)$")
_SECTIONS = ("Committing", "Reading", "Always")


def promises_page() -> str:
    """Return the page of promises."""
    proofs = promises_of(StoreContract)
    capabilities = " and ".join(f"`{capability.value}`" for capability in Capability)
    lines = [
        "# What a store promises",
        "",
        "<!--- Written by docs/generate_storage.py; change that, or the docstring of `Store`. -->",
        "",
        f"Every store keeps these promises. The tests of version {CONTRACT_VERSION} of the contract prove them:",
        "the last column of each table gives their number.",
        "[Write a store](../how-to/write_a_store.md) says how to run them.",
        f"Beyond them a store may have capabilities, which it declares: {capabilities}.",
        "The store in memory has neither; SQLite and PostgreSQL have both.",
    ]
    for section, promises in _promises().items():
        lines += ["", f"## {section}", "", "| | Promise | Tests |", "| --- | --- | --- |"]
        lines += [f"| {number} | {_cell(text)} | {len(proofs.get(number, ()))} |" for number, text in promises]
    return "\n".join(lines) + "\n"


def tables_page() -> str:
    """Return the page of tables."""
    tables = build_tables()
    lines = [
        "# Tables",
        "",
        "<!--- Written by docs/generate_storage.py; change that, or the tables. -->",
        "",
        "Our tables with the default prefix, in the types of PostgreSQL.",
        "SQLite keeps days as text `YYYY-MM-DD`, instants as text in UTC with microseconds, and flags as 0 and 1.",
        "[Storage](../explanation/storage.md) says what documents, versions and generations are.",
        "Read them as you like, but write to them only through a store: else it cannot keep its promises.",
    ]
    for table in sorted(tables.all, key=lambda table: table.name):
        lines += ["", f"## `{table.name}`", "", "| Column | Type | |", "| --- | --- | --- |"]
        lines += [f"| `{column.name}` | {_type(column)} | {_notes(table, column)} |" for column in table.columns]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return every page by its path."""
    return {FOLDER / "store_promises.md": promises_page(), FOLDER / "tables.md": tables_page()}


def _promises() -> dict[str, list[tuple[int, str]]]:
    promises: dict[str, list[tuple[int, str]]] = {}
    section = ""
    for line in inspect.cleandoc(Store.__doc__ or "").partition("Example:")[0].splitlines():
        if line in _SECTIONS:
            section = line
        elif match := _PROMISE.match(line):
            promises.setdefault(section, []).append((int(match[1]), match[2]))
        elif section and line.startswith("    "):
            number, text = promises[section].pop()
            promises[section].append((number, f"{text} {line.strip()}"))
    return promises


def _type(column: Column[object]) -> str:
    return column.type.compile(postgresql.dialect()).replace(' COLLATE "C"', "").lower()


def _notes(table: Table, column: Column[object]) -> str:
    notes = ["key"] if column.primary_key else []
    if column.name != "company_id" or table.name == "cc_audit":
        notes += [f"refers to `{key.column.table.name}`" for key in column.foreign_keys]
    for check in table.constraints:
        if isinstance(check, CheckConstraint) and str(check.sqltext).startswith(f"{column.name} IN "):
            codes = re.findall(r"'([^']*)'", str(check.sqltext))
            notes.append("a state" if "AL" in codes else ", ".join(f"`{code}`" for code in codes))
    return "; ".join(notes)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
