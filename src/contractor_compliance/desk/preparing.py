"""Standings: worked out from dossiers as they will be, and written ahead in pages that nobody sees yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

import attrs

from contractor_compliance.desk.drafts import Draft
from contractor_compliance.desk.scene import Scene, Setting, committed, compiled, enter
from contractor_compliance.domain import RuleBook, Subject
from contractor_compliance.errors import ConflictError, NotAllowedError
from contractor_compliance.evaluation import standing
from contractor_compliance.storage import Changes, Expectation, Key, Put, StandingUpdate, put, text_hash

__all__ = ["AHEAD", "PAGE", "TRIES", "Preparation", "joined", "standings"]

#: So many contractors are worked out in one commit.
PAGE = 200
#: What is based on what others keep changing is worked out anew this many times.
TRIES = 20
#: The steps that write ahead: what they are about changes with a later one.
AHEAD = frozenset({"announce_change", "announce_rulebook", "prepare_standings"})


def standings(
    setting: Setting, draft: Draft, contractor_ids: Iterable[str], books: Iterable[tuple[RuleBook, int]]
) -> tuple[StandingUpdate, ...]:
    """Return the standings of contractors as a draft leaves them, by each rule book."""
    found = []
    by = tuple(books)
    for contractor_id in contractor_ids:
        dossier = draft.after(contractor_id)
        for book, generation in by:
            rows = standing(dossier, compiled(book), custom=setting.custom, law=setting.law)
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
class Preparation:
    """What writes the standings of the next generation; whoever changes a contractor meanwhile writes both.

    Attributes:
        setting: What the desk works with.
        subject: Who acts.
        permission: What he must be allowed to do, at each step.
        key: The request's idempotency key, of which each step's is made.
        draft: Holds what is shared by contractors as it will be.
        is_under_way: Whether what is prepared is still announced.
    """

    setting: Setting
    subject: Subject
    permission: str
    key: str
    draft: Draft
    is_under_way: Callable[[Scene], bool]

    def announce(self, action: str, scene: Scene, *values: RuleBook) -> None:
        """Note what is being prepared, so that from now on every change writes the standings of both generations."""
        self._commit(action, scene, scene.versions, puts=tuple(map(put, values)))

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
        scene = enter(self.setting, self.subject, self.permission)
        if not self.is_under_way(scene):
            if self.setting.store.receipt(self.key) is not None:
                return  # the same request was made twice at once, and the other one is done: it has the answer
            raise NotAllowedError("What was being prepared was finished, or withdrawn, by another member meanwhile.")
        drafts = self.draft.of_others(contractor_ids)
        updates = [
            update
            for contractor_id, draft in drafts.items()
            for update in standings(self.setting, draft, (contractor_id,), scene.books[1:])
        ]
        # A change of what is announced, or its end, makes this page worthless; and whoever was removed meanwhile writes
        # nothing more.
        versions = joined([*(each.versions for each in drafts.values()), scene.versions])
        self._commit("prepare_standings", scene, versions, updates=tuple(updates))

    def _commit(
        self,
        action: str,
        scene: Scene,
        versions: Mapping[Key, int],
        *,
        puts: tuple[Put, ...] = (),
        updates: tuple[StandingUpdate, ...] = (),
    ) -> None:
        # The same contractors in the same versions: there is nothing to do a second time.
        told = json.dumps(
            [action, self.key, scene.generation, *sorted((str(each), version) for each, version in versions.items())]
        )
        changes = Changes(
            actor=scene.member.id,
            action=action,
            key=text_hash(told),
            fingerprint=text_hash(told),
            puts=puts,
            standings=updates,
            expects=tuple(Expectation(key, version) for key, version in versions.items()),
            seal=self.setting.seal,
        )
        committed(self.setting, changes)
