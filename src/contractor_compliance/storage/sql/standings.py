"""The stored timelines, which are replaced by contractor and generation, so that a list is an index look-up.

A row belongs to the generations from `since_generation` to the one before `until_generation`. A contractor without rows
of a generation has those of the latest earlier one, without a copy of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, Table, and_, delete, func, or_, select

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
    """Replace the timelines of the same contractors and generations.

    Args:
        connection: The connection, in a transaction that holds the company's lock.
        tables: Our tables, in which the contractors of the commit are written already.
        company_id: The company.
        updates: The timelines.
        versions: The versions of the contractors before the commit; a contractor that is not in it has no rows yet.
        generation: The generation that pages read from this commit on; rows that ended by then are deleted.
    """
    table = tables.standings
    names = _sort_names(connection, tables, company_id, updates) if updates else {}
    for since in sorted({update.generation for update in updates}):
        batch = [update for update in updates if update.generation == since]
        # This commit itself may have written rows of an earlier generation for a new contractor.
        written = {update.contractor_id for update in updates if update.generation < since}
        ids = [
            update.contractor_id
            for update in batch
            if Key(Kind.CONTRACTOR, update.contractor_id) in versions or update.contractor_id in written
        ]
        following = _make_room(connection, table, company_id, ids, since, generation) if ids else {}
        rows = [
            standing_row(company_id, row, since, following.get(update.contractor_id), names[update.contractor_id])
            for update in batch
            for row in update.rows or (_empty_row(update.contractor_id),)
        ]
        insert_rows(connection, table, rows)


def _sort_names(
    connection: Connection, tables: Tables, company_id: str, updates: Sequence[StandingUpdate]
) -> dict[str, str]:
    columns = tables.histories[Kind.CONTRACTOR].c
    is_updated = among(connection.dialect.name, columns.id, {update.contractor_id for update in updates})
    conditions = (columns.company_id == company_id, columns.superseded_at.is_(None), is_updated)
    return dict(connection.execute(select(columns.id, columns.sort_name).where(*conditions)).all())


def _make_room(
    connection: Connection, table: Table, company_id: str, ids: Sequence[str], since: int, generation: int
) -> dict[str, int]:
    """End the rows before a generation, delete those of it and those no longer read; return the next generations."""
    columns = table.c
    is_updated = and_(columns.company_id == company_id, among(connection.dialect.name, columns.contractor_id, ids))
    connection.execute(
        table.update()
        .where(is_updated, columns.since_generation < since)
        .where(or_(columns.until_generation.is_(None), columns.until_generation > since))
        .values(until_generation=since)
    )
    connection.execute(
        delete(table).where(is_updated, or_(columns.since_generation == since, columns.until_generation <= generation))
    )
    later = (
        select(columns.contractor_id, func.min(columns.since_generation))
        .where(is_updated, columns.since_generation > since)
        .group_by(columns.contractor_id)
    )
    return dict(connection.execute(later).all())


def _empty_row(contractor_id: str) -> StandingRow:
    """Return the row of a contractor without rows in a generation, which holds no day."""
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
