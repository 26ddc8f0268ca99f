"""The cursor between two pages: the place of the last item, and a digest of the query that it belongs to."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date
from enum import Enum
from typing import Any

import attrs

from contractor_compliance.domain import Subject
from contractor_compliance.errors import CursorError
from contractor_compliance.storage.answers import PageItem
from contractor_compliance.storage.changes import text_hash
from contractor_compliance.storage.query import Order, Query
from contractor_compliance.storage.search import sort_key

__all__ = ["NO_CHANGE", "Place", "place_of", "read_cursor", "write_cursor"]

#: The sort text of a standing that never changes, which is later than every day.
NO_CHANGE = "~"


@attrs.frozen
class Place:
    """The place of an item in the order of a query; places compare by `sort`, then by `id`.

    Attributes:
        sort: The sort key of the name, or the day of the next change; empty in the order of ids.
        id: The id of the item.
    """

    sort: str
    id: str


def place_of(order: Order, item: PageItem) -> Place:
    """Return the place of an item in an order."""
    match order:
        case Order.NAME:
            return Place(sort_key(item.name), item.key.id)
        case Order.ID:
            return Place("", item.key.id)
        case Order.NEXT_CHANGE:
            end = item.standing.end if item.standing else None
            return Place(end.isoformat() if end else NO_CHANGE, item.key.id)


def write_cursor(company_id: str, query: Query, place: Place) -> str:
    """Return the cursor that continues a query of a company after a place."""
    text = json.dumps([_query_hash(company_id, query), place.sort, place.id], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(company_id: str, query: Query, cursor: str) -> Place:
    """Return the place after which a query of a company continues.

    Raises:
        CursorError: If the cursor is of another company or query, or not a cursor; the message does not say which.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (AttributeError, TypeError, UnicodeError, binascii.Error, ValueError, RecursionError):
        parts = None
    is_place = isinstance(parts, list) and len(parts) == 3 and all(map(_is_storable, parts))
    if not is_place or parts[0] != _query_hash(company_id, query):
        raise CursorError
    return Place(parts[1], parts[2])


def _is_storable(part: object) -> bool:
    # A forged cursor may have characters that no database takes.
    return isinstance(part, str) and "\0" not in part and part.encode(errors="replace") == part.encode(errors="ignore")


def _query_hash(company_id: str, query: Query) -> str:
    filters = {field.name: _to_json(getattr(query, field.name)) for field in attrs.fields(Query)}
    return text_hash(json.dumps([company_id, filters], ensure_ascii=False))[:32]


def _to_json(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(map(_to_json, value))
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Subject):
        return [value.issuer, value.subject]
    return value.isoformat() if isinstance(value, date) else value
