"""Standings: worked out from dossiers as they will be, and written ahead in pages that nobody sees yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

import attrs

from contractor_compliance.desk.context import DeskConfig, RequestContext, committed, compiled_rulebook, enter
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.domain import RuleBook, Subject
from contractor_compliance.errors import ConflictError, NotAllowedError
from contractor_compliance.evaluation import standing
from contractor_compliance.storage import Changes, Expectation, Key, Put, StandingUpdate, put, text_hash

__all__ = ["PAGE", "ROLLOUT_ACTIONS", "TRIES", "Rollout", "joined", "standings"]

#: So many contractors are worked out in one commit.
PAGE = 200
#: What is based on what others keep changing is worked out anew this many times.
TRIES = 20
#: The steps that write ahead: what they are about changes with a later one.
ROLLOUT_ACTIONS = frozenset({"announce_change", "announce_rulebook", "prepare_standings"})


def standings(
    config: DeskConfig, unit: UnitOfWork, contractor_ids: Iterable[str], books: Iterable[tuple[RuleBook, int]]
) -> tuple[StandingUpdate, ...]:
    """Return the standings of contractors as a draft leaves them, by each rule book."""
    found = []
    by = tuple(books)
    for contractor_id in contractor_ids:
        dossier = unit.after(contractor_id)
        for book, generation in by:
            rows = standing(dossier, compiled_rulebook(book), custom=config.custom, law=config.law)
            found.append(StandingUpdate(contractor_id, rows, generation))
    return tuple(found)


def joined(versions: Iterable[Mapping[Key, int]]) -> dict[Key, int]:
    """Return the versions that several decisions were based on.

    Raises:
        ConflictError: If something was changed between one and another.
    """
    found: dict[Key, int] = {}
    for each in versions:
        for key, version in each.items():
            if found.setdefault(key, version) != version:
                raise ConflictError((f"{key}: it was changed while it was read",))
    return found


@attrs.frozen(kw_only=True)
class Rollout:
    """What writes the standings of the next generation; whoever changes a contractor meanwhile writes both.

    Attributes:
        setting: What the desk works with.
        subject: Who acts.
        permission: What he must be allowed to do, at each step.
        key: The request's idempotency key, of which each step's is made.
        draft: Holds what is shared by contractors as it will be.
        is_under_way: Whether what is prepared is still announced.
    """

    config: DeskConfig
    subject: Subject
    permission: str
    key: str
    unit: UnitOfWork
    is_under_way: Callable[[RequestContext], bool]

    def announce(self, action: str, context: RequestContext, *values: RuleBook) -> None:
        """Note what is being prepared, so that from now on every change writes the standings of both generations."""
        self._commit(action, context, context.versions, puts=tuple(map(put, values)))

    def write(self, contractor_ids: list[str]) -> None:
        """Write the standings of a page of contractors.

        Raises:
            AccessDeniedError: If the member was removed meanwhile, or may not any more.
            NotAllowedError: If what is prepared was finished, or withdrawn, by another member.
            ConflictError: If others keep changing its contractors.
        """
        for attempt in range(TRIES):
            try:
                self._write(contractor_ids)
                break
            except ConflictError:
                if attempt == TRIES - 1:
                    raise

    def _write(self, contractor_ids: list[str]) -> None:
        context = enter(self.config, self.subject, self.permission)
        if not self.is_under_way(context):
            if self.config.store.receipt(self.key) is not None:
                return  # the same request was made twice at once, and the other one is done: it has the answer
            raise NotAllowedError("What was being prepared was finished, or withdrawn, by another member meanwhile.")
        units = self.unit.of_others(contractor_ids)
        updates = [
            update
            for contractor_id, unit in units.items()
            for update in standings(self.config, unit, (contractor_id,), context.books[1:])
        ]
        # A change of what is announced, or its end, makes this page worthless; and whoever was removed meanwhile writes
        # nothing more.
        versions = joined([*(each.versions for each in units.values()), context.versions])
        self._commit("prepare_standings", context, versions, updates=tuple(updates))

    def _commit(
        self,
        action: str,
        context: RequestContext,
        versions: Mapping[Key, int],
        *,
        puts: tuple[Put, ...] = (),
        updates: tuple[StandingUpdate, ...] = (),
    ) -> None:
        # The same contractors in the same versions: there is nothing to do a second time.
        told = json.dumps(
            [action, self.key, context.generation, *sorted((str(each), version) for each, version in versions.items())]
        )
        changes = Changes(
            actor=context.member.id,
            action=action,
            key=text_hash(told),
            fingerprint=text_hash(told),
            puts=puts,
            standings=updates,
            expects=tuple(Expectation(key, version) for key, version in versions.items()),
            seal=self.config.seal,
        )
        committed(self.config, changes)
