"""The cursor that leads from one page to the next: the place of the last item, and the query that it belongs to."""

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
from contractor_compliance.storage.answers import Listed
from contractor_compliance.storage.changes import text_hash
from contractor_compliance.storage.query import Order, Query
from contractor_compliance.storage.search import sort_key

__all__ = ["NO_CHANGE", "Place", "place_of", "read_cursor", "write_cursor"]

#: The sort text of a standing that never changes: later than every day.
NO_CHANGE = "~"


@attrs.frozen
class Place:
    """Where an item stands in the order of a query; places compare by `sort`, then by `id`.

    Attributes:
        sort: What the order goes by: the sort key of the name, or the day of the next change; empty for an id.
        id: The item's id.
    """

    sort: str
    id: str


def place_of(order: Order, item: Listed) -> Place:
    """Return the place of an item."""
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
        CursorError: If the cursor is of another company or query, or none at all: there is no telling which.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (AttributeError, TypeError, UnicodeError, binascii.Error, ValueError, RecursionError):
        parts = None
    is_ours = isinstance(parts, list) and len(parts) == 3 and all(map(_is_text, parts))
    if not is_ours or parts[0] != _query_hash(company_id, query):
        raise CursorError
    return Place(parts[1], parts[2])


def _is_text(part: object) -> bool:
    # A cursor that was made up may hold what no database takes.
    return isinstance(part, str) and "\0" not in part and part.encode(errors="replace") == part.encode(errors="ignore")


def _query_hash(company_id: str, query: Query) -> str:
    asked = {field.name: _plain(getattr(query, field.name)) for field in attrs.fields(Query)}
    return text_hash(json.dumps([company_id, asked], ensure_ascii=False))[:32]


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(_plain(each) for each in value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Subject):
        return [value.issuer, value.subject]
    return value.isoformat() if isinstance(value, date) else value
