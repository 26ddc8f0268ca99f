"""The stored timelines: replaced in place, by contractor and generation, so that a listing is an index look-up.

A row is of the generations from `since_generation` to the one before `until_generation`. A contractor of whom nothing
was written in a generation has in it the rows of the latest one before, without a copy of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, Table, and_, delete, func, or_, select, update

from contractor_compliance.results import InsuranceStatus, StandingRow, Verdict
from contractor_compliance.storage.changes import Key, Kind, StandingUpdate
from contractor_compliance.storage.sql.bulk import among, insert_rows
from contractor_compliance.storage.sql.records import standing_row
from contractor_compliance.storage.sql.tables import Tables

__all__ = ["replace_standings"]


def replace_standings(
    connection: Connection,
    tables: Tables,
    company_id: str,
    updates: Sequence[StandingUpdate],
    versions: Mapping[Key, int],
    generation: int,
) -> None:
    """Put timelines in the place of those of the same contractors and generations.

    Args:
        connection: The connection; in a transaction that holds the company's lock.
        tables: Our tables; the contractors of the commit are written already.
        company_id: The company.
        updates: The timelines.
        versions: The versions of the contractors before the commit: who is not among them has no rows yet.
        generation: The generation that pages read from this commit on; rows that ended by then are deleted.
    """
    table = tables.standings
    names = _sort_names(connection, tables, company_id, updates) if updates else {}
    for since in sorted({each.generation for each in updates}):
        batch = [each for each in updates if each.generation == since]
        # Of a contractor that is new, the same commit may have written the rows of an earlier generation just now.
        written = {each.contractor_id for each in updates if each.generation < since}
        ids = [
            each.contractor_id
            for each in batch
            if Key(Kind.CONTRACTOR, each.contractor_id) in versions or each.contractor_id in written
        ]
        following = _make_room(connection, table, company_id, ids, since, generation) if ids else {}
        rows = [
            standing_row(company_id, row, since, following.get(each.contractor_id), names[each.contractor_id])
            for each in batch
            for row in each.rows or (_nothing(each.contractor_id),)
        ]
        insert_rows(connection, table, rows)


def _sort_names(
    connection: Connection, tables: Tables, company_id: str, updates: Sequence[StandingUpdate]
) -> dict[str, str]:
    columns = tables.histories[Kind.CONTRACTOR].c
    wanted = among(connection.dialect.name, columns.id, {each.contractor_id for each in updates})
    current = (columns.company_id == company_id, columns.superseded_at.is_(None), wanted)
    return dict(connection.execute(select(columns.id, columns.sort_name).where(*current)).all())


def _make_room(
    connection: Connection, table: Table, company_id: str, ids: Sequence[str], since: int, generation: int
) -> dict[str, int]:
    """End the rows before a generation, delete its own and those that nobody reads; return the next ones after it."""
    columns = table.c
    own = and_(columns.company_id == company_id, among(connection.dialect.name, columns.contractor_id, ids))
    connection.execute(
        update(table)
        .where(own, columns.since_generation < since)
        .where(or_(columns.until_generation.is_(None), columns.until_generation > since))
        .values(until_generation=since)
    )
    connection.execute(
        delete(table).where(own, or_(columns.since_generation == since, columns.until_generation <= generation))
    )
    later = (
        select(columns.contractor_id, func.min(columns.since_generation))
        .where(own, columns.since_generation > since)
        .group_by(columns.contractor_id)
    )
    return dict(connection.execute(later).all())


def _nothing(contractor_id: str) -> StandingRow:
    """Return the row that says that a contractor has no rows in a generation: it holds no day."""
    return StandingRow(
        contractor_id=contractor_id,
        start=date.min,
        end=date.min,
        verdict=Verdict.NOT_REQUIRED,
        insurance_status=InsuranceStatus.NOT_REQUIRED,
        worst_requirement=None,
        reasons=(),
        rulebook_id="",
        rulebook_version=0,
    )
