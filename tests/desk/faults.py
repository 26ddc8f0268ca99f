"""A store between a desk and its own, which loses answers, or lets something happen just before a commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from contractor_compliance.desk import ComplianceDesk
from contractor_compliance.errors import CommitUnknownError, UnavailableError
from contractor_compliance.storage import Changes, Receipt, Store
from tests.desk.world import World

__all__ = ["Faulty", "through"]


@attrs.define
class Faulty:
    """Passes everything on to a store, except for the faults that it is given for commits.

    Attributes:
        inner: The store.
        lost: Whose answer is lost, by the number of the commit from 1: `before` it was done, or `after`.
        meanwhile: Is called once, just before the first commit.
        commits: How many commits were asked for.
    """

    inner: Store
    lost: Mapping[int, str] = attrs.Factory(dict)
    meanwhile: Callable[[], object] | None = None
    commits: int = 0

    def commit(self, changes: Changes) -> Receipt:
        """Commit, or pretend that it went wrong."""
        self.commits += 1
        if self.meanwhile is not None:
            first, self.meanwhile = self.meanwhile, None
            first()
        match self.lost.get(self.commits):
            case "before":
                raise UnavailableError("The database went away.")
            case "after":
                self.inner.commit(changes)
                raise CommitUnknownError(changes.key)
            case _:
                return self.inner.commit(changes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def through(world: World, store: Any) -> World:
    """Return a company as it is seen by a desk that works through another store."""
    setting = world.desk._config
    return attrs.evolve(world, desk=ComplianceDesk(store, clock=setting.clock, ids=setting.ids))
