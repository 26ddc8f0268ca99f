"""Opens stores by URL: those that ship, and those that other distributions announce as entry points."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from contractor_compliance.errors import StoreURLError
from contractor_compliance.storage.memory import MemoryStore
from contractor_compliance.storage.port import Clock, UnboundStore, utc_now

__all__ = ["GROUP", "open_store"]

#: The group of entry points under which a distribution announces a store. The name of an entry point is the scheme of
#: the URLs. Its object is a function of the URL, with a keyword argument `clock`, that returns an `UnboundStore`.
GROUP = "contractor_compliance.stores"

_SHIPPED = ("memory", "postgresql", "sqlite")


def open_store(url: str, *, clock: Clock = utc_now) -> UnboundStore:
    """Open the store at a URL.

    It creates no tables. It refuses a database without them, and the message shows how to create them.

    Args:
        url: `memory://`, `sqlite:///file.db`, `postgresql://user@host/database`, or `<scheme>://...` of a store that
            is installed. A driver may be named: `postgresql+psycopg://...`.
        clock: Returns the present time; the default is the clock of the machine.

    Raises:
        StoreURLError: If no store has the scheme, or its store cannot read the URL.
        MissingExtraError: If the store needs a package that is not installed; the message names the extra.
        SchemaError: If the tables are missing, too old or too new.
        UnavailableError: If the database cannot be reached.

    Example:
        >>> store = open_store("memory://")
        >>> store.for_company("company-1").head().sequence
        0
        >>> store.close()
    """
    scheme, separator, rest = url.partition("://")
    name = scheme.partition("+")[0]
    if not separator or not name:
        # The URL is not repeated, because it may hold a password.
        raise StoreURLError(
            f"This is no URL of a store, for it has no scheme: write one like sqlite:///file.db. {_schemes()}"
        )
    if name == "memory":
        if rest or scheme != name:
            raise StoreURLError("A store in memory has no address and no driver: write memory:// and nothing else.")
        return MemoryStore(clock=clock)
    if name in _SHIPPED:
        # Imported late, because SQLAlchemy takes long to import and not every store needs it.
        sql: Any = importlib.import_module("contractor_compliance.storage.sql")
        opened: UnboundStore = sql.open_url(url, clock=clock)
        return opened
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    if not points:
        raise StoreURLError(
            f"No store has the scheme {name!r}: install its package, or use another scheme. {_schemes()}"
        )
    return _load_opener(points, name)(url, clock=clock)


def _load_opener(points: list[EntryPoint], name: str) -> Callable[..., UnboundStore]:
    if len({point.value for point in points}) > 1:
        places = ", ".join(sorted(f"{point.value} of {point.dist.name if point.dist else '?'}" for point in points))
        raise StoreURLError(f"More than one installed package has a store {name!r}: {places}. Remove all but one.")
    opener: Callable[..., UnboundStore] = points[0].load()
    return opener


def _schemes() -> str:
    announced = {point.name for point in entry_points(group=GROUP)}
    return f"Known schemes: {', '.join(sorted({*_SHIPPED, *announced}))}."
