"""Standings: evaluated from dossiers as they will be, and staged as the next generation, which no listing reads yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

import attrs

from contractor_compliance.desk.context import DeskConfig, RequestContext, commit_changes, compiled_rulebook, enter
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.domain import RuleBook, Subject
from contractor_compliance.errors import ConflictError, NotAllowedError
from contractor_compliance.evaluation import standing
from contractor_compliance.storage import Changes, Expectation, Key, Put, StandingUpdate, put, text_hash

__all__ = ["MAX_ATTEMPTS", "PAGE_SIZE", "ROLLOUT_ACTIONS", "Rollout", "evaluate_standings", "merge_versions"]

#: The most contractors whose standings one commit stages.
PAGE_SIZE = 200
#: The number of times that a step is tried while other members keep changing what it depends on.
MAX_ATTEMPTS = 20
#: The actions of commits that only prepare a rollout: the change itself is in a later commit.
ROLLOUT_ACTIONS = frozenset({"announce_change", "announce_rulebook", "prepare_standings"})


def evaluate_standings(
    config: DeskConfig, unit: UnitOfWork, contractor_ids: Iterable[str], books: Iterable[tuple[RuleBook, int]]
) -> tuple[StandingUpdate, ...]:
    """Return the standings of contractors as a unit of work leaves them, by each rule book."""
    updates = []
    books = tuple(books)
    for contractor_id in contractor_ids:
        dossier = unit.dossier_after(contractor_id)
        for book, generation in books:
            rows = standing(dossier, compiled_rulebook(book), custom=config.custom, law=config.law)
            updates.append(StandingUpdate(contractor_id, rows, generation))
    return tuple(updates)


def merge_versions(several: Iterable[Mapping[Key, int]]) -> dict[Key, int]:
    """Return the versions that several decisions depend on, as one mapping.

    Raises:
        ConflictError: If something was changed between one decision and another.
    """
    merged: dict[Key, int] = {}
    for versions in several:
        for key, version in versions.items():
            if merged.setdefault(key, version) != version:
                raise ConflictError((f"{key}: it was changed while it was read",))
    return merged


@attrs.frozen(kw_only=True)
class Rollout:
    """A change of many contractors that is prepared in steps, each a commit of its own.

    The steps stage the standings of the next generation. As long as the rollout is announced, every other commit that
    changes a contractor writes the standings of both generations.

    Attributes:
        config: The configuration of the desk.
        subject: The identity of the acting member.
        permission: The permission that the member needs at each step.
        key: The request's idempotency key, from which the key of each step is made.
        unit: Holds what contractors share as it will be.
        is_under_way: Returns whether the rollout is still announced.
    """

    config: DeskConfig
    subject: Subject
    permission: str
    key: str
    unit: UnitOfWork
    is_under_way: Callable[[RequestContext], bool]

    def announce(self, action: str, context: RequestContext, *values: RuleBook) -> None:
        """Announce the rollout, so that from now on every change writes the standings of both generations."""
        self._commit(action, context, context.versions, puts=tuple(map(put, values)))

    def stage(self, contractor_ids: list[str]) -> None:
        """Stage the standings of a page of contractors.

        Raises:
            AccessDeniedError: If the member was removed meanwhile, or has lost the permission.
            NotAllowedError: If the rollout was finished or withdrawn by another member.
            ConflictError: If other members keep changing the contractors.
        """
        for attempt in range(MAX_ATTEMPTS):
            try:
                self._stage(contractor_ids)
                break
            except ConflictError:
                if attempt == MAX_ATTEMPTS - 1:
                    raise

    def _stage(self, contractor_ids: list[str]) -> None:
        context = enter(self.config, self.subject, self.permission)
        if not self.is_under_way(context):
            if self.config.store.receipt(self.key) is not None:
                return  # the same request was made twice at once, and the other one is done: it has the result
            raise NotAllowedError("What was being prepared was finished, or withdrawn, by another member meanwhile.")
        units = self.unit.units_for(contractor_ids)
        updates = [
            update
            for contractor_id, unit in units.items()
            for update in evaluate_standings(self.config, unit, (contractor_id,), context.books[1:])
        ]
        # If the announced rollout changed or ended, this page is worthless; and a member who was removed meanwhile must
        # write nothing more.
        versions = merge_versions([*(unit.versions for unit in units.values()), context.versions])
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
        # For the same contractors in the same versions, the key is the same: the step is not done a second time.
        identity = text_hash(
            json.dumps(
                [
                    action,
                    self.key,
                    context.generation,
                    *sorted((str(key), version) for key, version in versions.items()),
                ]
            )
        )
        changes = Changes(
            actor=context.member.id,
            action=action,
            key=identity,
            fingerprint=identity,
            puts=puts,
            standings=updates,
            expects=tuple(Expectation(key, version) for key, version in versions.items()),
            seal=self.config.seal,
        )
        commit_changes(self.config, changes)
