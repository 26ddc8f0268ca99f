"""Pages: each is one statement, so that all of it is of one moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, null, or_, select
from sqlalchemy.sql.expression import FromClause

from contractor_compliance.domain import EnrolmentState
from contractor_compliance.errors import CursorError
from contractor_compliance.evaluation.names import normal_name
from contractor_compliance.storage.answers import Listed
from contractor_compliance.storage.changes import Key, Kind
from contractor_compliance.storage.cursor import NO_CHANGE, Place
from contractor_compliance.storage.query import Order, Query
from contractor_compliance.storage.search import email_key, search_words
from contractor_compliance.storage.sql.columns import carrier_key, subject_key
from contractor_compliance.storage.sql.records import standing_of
from contractor_compliance.storage.sql.tables import Tables

__all__ = ["counting", "listed", "listing"]

#: The columns of a standing that a listing tells, in the order in which `standing_of` reads them.
_STANDING = (
    *("first_day", "end_day", "verdict", "insurance_status", "worst_requirement"),
    *("reasons", "rulebook_id", "rulebook_version"),
)
_AFTER_ALL = chr(0x10FFFF)


def listing(tables: Tables, company_id: str, query: Query, limit: int, after: Place | None) -> Select[Any]:
    """Return the statement of one page: what a query finds, in its order, from after a place."""
    columns = tables.histories[query.kind].c
    source, conditions, standing = _source(tables, company_id, query)
    told = [standing.c[name] for name in _STANDING] if standing is not None else [null() for _ in _STANDING]
    statement = select(columns.id, columns.version, columns.name, *told).select_from(source).where(*conditions)
    if after is not None:
        statement = statement.where(_after(query, columns, standing, after))
    return statement.order_by(*_order(query, columns, standing)).limit(limit)


def counting(tables: Tables, company_id: str, query: Query) -> Select[Any]:
    """Return the statement that counts what a query finds."""
    source, conditions, _ = _source(tables, company_id, query)
    return select(func.count()).select_from(source).where(*conditions)


def listed(query: Query, row: Any) -> Listed:
    """Return the item that a row of a listing tells."""
    id_, version, name, *standing = row
    return Listed(Key(query.kind, id_), version, name, standing_of(id_, standing))


def _source(
    tables: Tables, company_id: str, query: Query
) -> tuple[FromClause, list[ColumnElement[bool]], FromClause | None]:
    """Return what is listed from, the conditions that it must meet, and the table of standings if it takes part."""
    history = tables.histories[query.kind]
    columns = history.c
    conditions = [columns.company_id == company_id, columns.superseded_at.is_(None)]
    if query.subject is not None:
        conditions.append(columns.subject_key == subject_key(query.subject))
    if query.kind is not Kind.CONTRACTOR:
        if query.insurers:
            conditions.append(_is_one_of(query, columns.naic, columns.carrier_key))
        return history, conditions, None
    conditions += _called(tables, company_id, query)
    if query.asks_about_work:
        conditions.append(_works(tables, company_id, query))
    if query.insurers:
        conditions.append(_is_insured_by(tables, company_id, query))
    conditions += _has_enrolled(tables, company_id, query)
    if query.on is None:
        return history, conditions, None
    standing = tables.standings
    joined = history.outerjoin(standing, _of_the_day(tables, company_id, columns.id, query.on))
    return joined, [*conditions, *_stands(standing, query)], standing


def _called(tables: Tables, company_id: str, query: Query) -> Iterable[ColumnElement[bool]]:
    columns = tables.histories[Kind.CONTRACTOR].c
    if query.home_states:
        yield columns.home_state.in_(_codes(query.home_states))
    if query.email is not None:
        yield columns.email_key == email_key(query.email)
    for begin in search_words(query.text or ""):
        words = tables.words.c
        yield exists().where(
            words.company_id == company_id,
            words.contractor_id == columns.id,
            # No word goes on with the last of all characters: those that begin so lie between the two.
            words.word >= begin,
            words.word < begin + _AFTER_ALL,
        )


def _works(tables: Tables, company_id: str, query: Query) -> ColumnElement[bool]:
    work = tables.work.c
    conditions = [work.company_id == company_id, work.contractor_id == tables.histories[Kind.CONTRACTOR].c.id]
    if query.on is not None:
        conditions += [work.first_day <= query.on, work.last_day >= query.on]
    for column, wanted in (
        (work.state, _codes(query.work_states)),
        (work.job_code, sorted(query.job_codes)),
        (work.client_id, sorted(query.client_ids)),
    ):
        if wanted:
            conditions.append(column.in_(wanted))
    return exists().where(*conditions)


def _is_insured_by(tables: Tables, company_id: str, query: Query) -> ColumnElement[bool]:
    policy = tables.histories[Kind.POLICY].c
    return exists().where(
        policy.company_id == company_id,
        policy.contractor_id == tables.histories[Kind.CONTRACTOR].c.id,
        policy.superseded_at.is_(None),
        _is_one_of(query, policy.carrier_naic, policy.carrier_key),
    )


def _is_one_of(query: Query, naic: ColumnElement[str], key: ColumnElement[str]) -> ColumnElement[bool]:
    keys = sorted(carrier_key(normal_name(each)) for each in query.insurers)
    return or_(naic.in_(sorted(query.insurers)), key.in_(keys))


def _has_enrolled(tables: Tables, company_id: str, query: Query) -> Iterable[ColumnElement[bool]]:
    enrolment = tables.histories[Kind.ENROLMENT].c
    own = and_(
        enrolment.company_id == company_id,
        enrolment.contractor_id == tables.histories[Kind.CONTRACTOR].c.id,
        enrolment.superseded_at.is_(None),
    )
    if query.opt_in:
        found: ColumnElement[bool] = exists().where(own, enrolment.state.in_(_codes(query.opt_in)))
        if EnrolmentState.NOT_INVITED in query.opt_in:
            found = or_(found, not_(exists().where(own)))
        yield found
    if query.steps:
        yield exists().where(own, enrolment.step.in_(_codes(query.steps)))


def _of_the_day(tables: Tables, company_id: str, contractor_id: ColumnElement[str], day: date) -> ColumnElement[bool]:
    """Return the condition that a row of a standing holds the day, in the generation that is read now."""
    standing, head = tables.standings.c, tables.head.c
    generation = select(head.generation).where(head.company_id == company_id).scalar_subquery()
    return and_(
        standing.company_id == company_id,
        standing.contractor_id == contractor_id,
        standing.first_day <= day,
        or_(standing.end_day.is_(None), standing.end_day > day),
        standing.since_generation <= generation,
        or_(standing.until_generation.is_(None), standing.until_generation > generation),
    )


def _stands(standing: FromClause, query: Query) -> Iterable[ColumnElement[bool]]:
    if query.verdicts:
        yield standing.c.verdict.in_(_codes(query.verdicts))
    if query.insurance:
        yield standing.c.insurance_status.in_(_codes(query.insurance))
    if query.changes_by is not None:
        yield standing.c.end_day <= query.changes_by


def _order(query: Query, columns: Any, standing: FromClause | None) -> tuple[ColumnElement[Any], ...]:
    match query.order:
        case Order.NAME:
            return columns.sort_name, columns.id
        case Order.ID:
            return (columns.id,)
        case Order.NEXT_CHANGE:
            end = _end_of(standing)
            return end.is_(None), end, columns.id


def _after(query: Query, columns: Any, standing: FromClause | None, place: Place) -> ColumnElement[bool]:
    """Return the condition that something comes after a place, in the order of `_order`."""
    match query.order:
        case Order.NAME:
            return _later(columns.sort_name, place.sort, columns.id, place.id)
        case Order.ID:
            later: ColumnElement[bool] = columns.id > place.id
            return later
        case Order.NEXT_CHANGE:
            end = _end_of(standing)
            if place.sort == NO_CHANGE:
                return and_(end.is_(None), columns.id > place.id)
            return or_(end.is_(None), _later(end, _day(place.sort), columns.id, place.id))


def _later(first: ColumnElement[Any], value: Any, second: ColumnElement[Any], other: Any) -> ColumnElement[bool]:
    # The first condition alone lets an index begin at the place.
    return and_(first >= value, or_(first > value, second > other))


def _end_of(standing: FromClause | None) -> ColumnElement[Any]:
    return false() if standing is None else standing.c.end_day


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CursorError from None


def _codes(codes: Collection[Enum]) -> list[str]:
    return sorted(each.value for each in codes)
