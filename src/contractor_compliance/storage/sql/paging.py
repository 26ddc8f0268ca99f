"""The statements of pages: one for each page, so that all of the page is of one instant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from enum import Enum
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Select, Table, and_, exists, func, not_, null, or_, select, tuple_
from sqlalchemy.sql.expression import FromClause

from contractor_compliance.domain import EnrollmentState
from contractor_compliance.domain.names import normal_name
from contractor_compliance.errors import CursorError
from contractor_compliance.storage.answers import PageItem
from contractor_compliance.storage.changes import Key, Kind
from contractor_compliance.storage.cursor import NO_CHANGE, Place
from contractor_compliance.storage.query import Order, Query
from contractor_compliance.storage.search import email_key, search_words
from contractor_compliance.storage.sql.columns import carrier_key, subject_key
from contractor_compliance.storage.sql.records import standing_of
from contractor_compliance.storage.sql.tables import Tables

__all__ = ["count_statement", "page_item", "page_statement"]

#: The columns of a standing in a page, in the order in which `standing_of` reads them.
_STANDING = (
    *("first_day", "end_day", "verdict", "insurance_status", "worst_requirement"),
    *("reasons", "rulebook_id", "rulebook_version"),
)
_AFTER_ALL = chr(0x10FFFF)


def page_statement(tables: Tables, company_id: str, query: Query, limit: int, after: Place | None) -> Select[Any]:
    """Return the statement of one page: the items that a query finds after a place, in its order."""
    source = _source(tables, company_id, query, _driver(query))
    history, standing = tables.histories[query.kind].c, source.standing
    row = [standing.c[name] for name in _STANDING] if standing is not None else [null() for _ in _STANDING]
    columns = (history.id, history.version, history.name, *row)
    statement = select(*columns).select_from(source.tables).where(*source.conditions)
    if after is not None:
        statement = statement.where(_after(query, source, after))
    return statement.order_by(*_order(query, source)).limit(limit)


def count_statement(tables: Tables, company_id: str, query: Query) -> Select[Any]:
    """Return the statement that counts the items of a query."""
    driver = _Driver.STANDING if query.asks_about_standing else _Driver.CONTRACTOR
    source = _source(tables, company_id, query, driver)
    return select(func.count()).select_from(source.tables).where(*source.conditions)


def page_item(query: Query, row: Any) -> PageItem:
    """Return the item of a row of a page."""
    id_, version, name, *standing = row
    return PageItem(Key(query.kind, id_), version, name, standing_of(id_, standing))


@attrs.frozen
class _Source:
    """The tables and conditions of a query.

    Attributes:
        tables: The tables, joined.
        conditions: The conditions of the rows.
        standing: The table of standings, if it takes part.
        name: The column that names are ordered by.
        id: The column that ids are ordered by.
    """

    tables: FromClause
    conditions: list[ColumnElement[bool]]
    standing: FromClause | None
    name: ColumnElement[str]
    id: ColumnElement[str]


def _source(tables: Tables, company_id: str, query: Query, driver: _Driver) -> _Source:
    history = tables.histories[query.kind]
    columns = history.c
    conditions = [columns.company_id == company_id, columns.superseded_at.is_(None)]
    if query.subject is not None:
        conditions.append(columns.subject_key == subject_key(query.subject))
    if query.kind is not Kind.CONTRACTOR:
        if query.insurers:
            conditions.append(_is_one_of(query, columns.naic, columns.carrier_key))
        return _Source(history, conditions, None, columns.sort_name, columns.id)
    conditions += _has_name(tables, company_id, query)
    if query.insurers:
        conditions.append(_has_insurer(tables, company_id, query))
    conditions += _has_enrollment(tables, company_id, query)
    source: FromClause = history
    name: ColumnElement[str] = columns.sort_name
    id_: ColumnElement[str] = columns.id
    if driver is _Driver.WORK:
        work = tables.work
        source = work.join(history, columns.id == work.c.contractor_id)
        conditions += [*_has_work(work.c, company_id, query), not_(_has_earlier_row(work, company_id, query))]
        name, id_ = work.c.sort_name, work.c.contractor_id
    elif query.asks_about_work:
        work_columns = tables.work.c
        conditions.append(
            columns.id.in_(select(work_columns.contractor_id).where(*_has_work(work_columns, company_id, query)))
        )
    if query.on is None:
        return _Source(source, conditions, None, name, id_)
    standing = tables.standings
    if driver is _Driver.STANDING:
        source = standing.join(history, columns.id == standing.c.contractor_id)
        conditions += [*_holds_day(tables, company_id, None, query.on)]
        name, id_ = standing.c.sort_name, standing.c.contractor_id
    else:
        source = source.join(standing, and_(*_holds_day(tables, company_id, id_, query.on)), isouter=True)
    return _Source(source, [*conditions, *_has_standing(standing, query)], standing, name, id_)


class _Driver(Enum):
    """The table whose index gives the order of a page, so that the database stops when the page is full."""

    CONTRACTOR = "contractor"
    WORK = "work"
    STANDING = "standing"


def _driver(query: Query) -> _Driver:
    if query.order is Order.NEXT_CHANGE and query.changes_by is not None:
        return _Driver.STANDING
    if query.order is not Order.NAME:
        return _Driver.CONTRACTOR
    if query.asks_about_work:
        return _Driver.WORK
    # For several codes an index does not give the order of names, and most contractors have one of the codes.
    if len(query.verdicts) == 1 or len(query.insurance) == 1 or query.changes_by is not None:
        return _Driver.STANDING
    return _Driver.CONTRACTOR


def _has_name(tables: Tables, company_id: str, query: Query) -> Iterable[ColumnElement[bool]]:
    columns = tables.histories[Kind.CONTRACTOR].c
    if query.home_states:
        yield columns.home_state.in_(_codes(query.home_states))
    if query.email is not None:
        yield columns.email_key == email_key(query.email)
    for begin in search_words(query.text or ""):
        words = tables.words.c
        # No word contains the last of all characters, so the words that begin so lie between the two.
        begins = (words.company_id == company_id, words.word >= begin, words.word < begin + _AFTER_ALL)
        yield columns.id.in_(select(words.contractor_id).where(*begins))


def _has_work(work: Any, company_id: str, query: Query) -> Iterable[ColumnElement[bool]]:
    yield work.company_id == company_id
    if query.on is not None:
        yield work.first_day <= query.on
        yield work.last_day >= query.on
    for column, codes in (
        (work.state, _codes(query.work_states)),
        (work.job_code_id, sorted(query.job_code_ids)),
        (work.client_id, sorted(query.client_ids)),
    ):
        if codes:
            yield _is_among(column, codes)


def _has_earlier_row(work: Table, company_id: str, query: Query) -> ColumnElement[bool]:
    """Return the condition that an earlier row of the same contractor's work is found too."""
    other = work.alias()
    return exists().where(
        other.c.contractor_id == work.c.contractor_id,
        tuple_(other.c.assignment_id, other.c.state) < tuple_(work.c.assignment_id, work.c.state),
        *_has_work(other.c, company_id, query),
    )


def _is_among(column: ColumnElement[str], codes: list[str]) -> ColumnElement[bool]:
    # With one code an index keeps the order of names.
    return column == codes[0] if len(codes) == 1 else column.in_(codes)


def _has_insurer(tables: Tables, company_id: str, query: Query) -> ColumnElement[bool]:
    named = tables.insurers.c
    return exists().where(
        named.company_id == company_id,
        named.contractor_id == tables.histories[Kind.CONTRACTOR].c.id,
        _is_one_of(query, named.insurer, named.insurer),
    )


def _is_one_of(query: Query, naic: ColumnElement[str], key: ColumnElement[str]) -> ColumnElement[bool]:
    keys = sorted(carrier_key(normal_name(insurer)) for insurer in query.insurers)
    return or_(naic.in_(sorted(query.insurers)), key.in_(keys))


def _has_enrollment(tables: Tables, company_id: str, query: Query) -> Iterable[ColumnElement[bool]]:
    enrollment = tables.histories[Kind.ENROLLMENT].c
    is_current = and_(
        enrollment.company_id == company_id,
        enrollment.contractor_id == tables.histories[Kind.CONTRACTOR].c.id,
        enrollment.superseded_at.is_(None),
    )
    if query.opt_in:
        has_state: ColumnElement[bool] = exists().where(is_current, enrollment.state.in_(_codes(query.opt_in)))
        if EnrollmentState.NOT_INVITED in query.opt_in:
            has_state = or_(has_state, not_(exists().where(is_current)))
        yield has_state
    if query.steps:
        yield exists().where(is_current, enrollment.step.in_(_codes(query.steps)))


def _holds_day(
    tables: Tables, company_id: str, contractor_id: ColumnElement[str] | None, day: date
) -> Iterable[ColumnElement[bool]]:
    """Yield the conditions that a row of a standing holds the day, in the generation that is read now."""
    standing, head = tables.standings.c, tables.head.c
    generation = select(head.generation).where(head.company_id == company_id).scalar_subquery()
    yield standing.company_id == company_id
    if contractor_id is not None:
        yield standing.contractor_id == contractor_id
    yield standing.first_day <= day
    yield or_(standing.end_day.is_(None), standing.end_day > day)
    yield standing.since_generation <= generation
    yield or_(standing.until_generation.is_(None), standing.until_generation > generation)


def _has_standing(standing: FromClause, query: Query) -> Iterable[ColumnElement[bool]]:
    if query.verdicts:
        yield _is_among(standing.c.verdict, _codes(query.verdicts))
    if query.insurance:
        yield _is_among(standing.c.insurance_status, _codes(query.insurance))
    if query.changes_by is not None:
        # Without the alternative of no end, so that an index begins at the day.
        yield standing.c.end_day > query.on
        yield standing.c.end_day <= query.changes_by


def _order(query: Query, source: _Source) -> tuple[ColumnElement[Any], ...]:
    match query.order:
        case Order.NAME:
            return source.name, source.id
        case Order.ID:
            return (source.id,)
        case Order.NEXT_CHANGE if query.changes_by is not None:
            # All of them have an end, by which the table of standings has an index.
            standing = _standing_of(source)
            return standing.c.end_day, standing.c.contractor_id
        case Order.NEXT_CHANGE:
            end = _standing_of(source).c.end_day
            return end.is_(None), end, source.id


def _after(query: Query, source: _Source, place: Place) -> ColumnElement[bool]:
    """Return the condition that a row comes after a place in the order of the query."""
    match query.order:
        case Order.NAME:
            return _later(source.name, place.sort, source.id, place.id)
        case Order.ID:
            later: ColumnElement[bool] = source.id > place.id
            return later
        case Order.NEXT_CHANGE:
            standing = _standing_of(source)
            end, id_ = standing.c.end_day, standing.c.contractor_id if query.changes_by is not None else source.id
            if place.sort == NO_CHANGE:
                return and_(end.is_(None), id_ > place.id)
            following = _later(end, _day(place.sort), id_, place.id)
            return following if query.changes_by is not None else or_(end.is_(None), following)


def _standing_of(source: _Source) -> FromClause:
    if source.standing is None:
        raise AssertionError("a query in this order has a day")  # its constructor checks that
    return source.standing


def _later(first: ColumnElement[Any], value: Any, second: ColumnElement[Any], other: Any) -> ColumnElement[bool]:
    # The first condition lets an index begin at the place.
    return and_(first >= value, or_(first > value, second > other))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CursorError from None


def _codes(codes: Collection[Enum]) -> list[str]:
    return sorted(code.value for code in codes)
