"""Stores by URL: the ones that ship, and those that other distributions announce as entry points."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from contractor_compliance.errors import StoreURLError
from contractor_compliance.storage.memory import MemoryStore
from contractor_compliance.storage.port import Clock, UnboundStore, utc_now

__all__ = ["GROUP", "open_store"]

#: The group of entry points under which a distribution announces a store. The name is the scheme of its URLs; the
#: object is a function of the URL, with a keyword argument `clock`, that returns an `UnboundStore`.
GROUP = "contractor_compliance.stores"

_OWN = ("memory", "postgresql", "sqlite")


def open_store(url: str, *, clock: Clock = utc_now) -> UnboundStore:
    """Open the store at a URL.

    Nothing is created: a database without our tables is refused, with the way to make them.

    Args:
        url: `memory://`, `sqlite:///file.db`, `postgresql://user@host/database`, or `<scheme>://...` of a store that
            is installed. A driver may be named: `postgresql+psycopg://...`.
        clock: Says what time it is.

    Raises:
        StoreURLError: If no store has the scheme, or the URL is not one of its own.
        MissingExtraError: If the store needs a package that is not installed; the message names the extra.
        SchemaError: If the tables are missing, too old or too new.
        UnavailableError: If the database cannot be reached.
    """
    scheme, separator, rest = url.partition("://")
    name = scheme.partition("+")[0]
    if not separator or not name:
        raise StoreURLError(f"This is no URL of a store; write one like sqlite:///compliance.db. {_known()}")
    if name == "memory":
        if rest or scheme != name:
            raise StoreURLError("A store in memory has no address; write memory:// and nothing after it.")
        return MemoryStore(clock=clock)
    if name in _OWN:
        # Late: SQLAlchemy takes long to import, and not every store needs it.
        sql: Any = importlib.import_module("contractor_compliance.storage.sql")
        opened: UnboundStore = sql.open_url(url, clock=clock)
        return opened
    found = [each for each in entry_points(group=GROUP) if each.name == name]
    if not found:
        raise StoreURLError(f"No store has the scheme {name!r}. {_known()}")
    return _announced(found, name)(url, clock=clock)


def _announced(found: list[EntryPoint], name: str) -> Callable[..., UnboundStore]:
    if len({each.value for each in found}) > 1:
        places = ", ".join(sorted(f"{each.value} of {each.dist.name if each.dist else '?'}" for each in found))
        raise StoreURLError(f"More than one installed package has a store {name!r}: {places}. Remove all but one.")
    opener: Callable[..., UnboundStore] = found[0].load()
    return opener


def _known() -> str:
    others = {each.name for each in entry_points(group=GROUP)}
    return f"Known schemes: {', '.join(sorted({*_OWN, *others}))}."
