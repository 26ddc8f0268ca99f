"""A store between a desk and its own, which loses answers, or lets something happen just before a commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from contractor_compliance.desk import ComplianceDesk
from contractor_compliance.errors import CommitUnknownError, UnavailableError
from contractor_compliance.storage import Changes, Receipt, Store
from tests.desk.world import World

__all__ = ["MOMENTS", "Faulty", "through"]

#: An answer is lost before the commit, so that nothing was done, or after it, so that it was.
MOMENTS = ("before", "after")


@attrs.define
class Faulty:
    """Passes everything on to a store, but for what it is told to do to commits.

    Attributes:
        inner: The store.
        fails_at: Number of the commit, from 1, whose answer is lost; 0 = none.
        moment: `before` it or `after` it.
        meanwhile: Is called once, just before the first commit.
        commits: How many commits were asked for.
    """

    inner: Store
    fails_at: int = 0
    moment: str = "before"
    meanwhile: Callable[[], object] | None = None
    commits: int = 0

    def commit(self, changes: Changes) -> Receipt:
        """Commit, or pretend that it went wrong."""
        self.commits += 1
        if self.meanwhile is not None:
            first, self.meanwhile = self.meanwhile, None
            first()
        if self.commits != self.fails_at:
            return self.inner.commit(changes)
        if self.moment == "after":
            self.inner.commit(changes)
            raise CommitUnknownError(changes.key)
        raise UnavailableError("The database went away.")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def through(world: World, store: Any) -> World:
    """Return a company as it is seen by a desk that works through another store."""
    setting = attrs.asdict(world.desk._setting, recurse=False)
    desk = ComplianceDesk(store, clock=setting["clock"], ids=setting["ids"])
    return attrs.evolve(world, desk=desk)
