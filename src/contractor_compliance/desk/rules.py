"""The company's own requirements: presets to start from, a look at what a draft would change, publication (M6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import attrs

from contractor_compliance.desk.core import Done, Scene, Uses, compiled, pending_key, tell
from contractor_compliance.desk.drafts import Draft
from contractor_compliance.domain import Dossier, RuleBook
from contractor_compliance.errors import ConflictError, NotAllowedError
from contractor_compliance.evaluation import InsuranceStatus, Plan, Verdict, evaluate, standing
from contractor_compliance.storage import (
    Changes,
    Expectation,
    Key,
    Order,
    Put,
    Query,
    StandingUpdate,
    put,
    text_hash,
)

__all__ = ["Change", "Progress", "RuleUses"]

#: Is told how many contractors are done, of how many.
Progress = Callable[[int, int], None]

_BATCH = 200
#: A page is worked out anew this many times, if others keep changing its contractors.
_TRIES = 20


@attrs.frozen
class Change:
    """One contractor whom a draft of the rule book would judge otherwise today.

    Attributes:
        contractor_id: The contractor.
        before: Verdict and insurance status by the present rule book.
        after: The same by the draft.
    """

    contractor_id: str
    before: tuple[Verdict, InsuranceStatus]
    after: tuple[Verdict, InsuranceStatus]


class RuleUses(Uses):
    """Use cases of requirements."""

    def rulebook(self) -> RuleBook:
        """Return the company's rule book.

        Raises:
            AccessDeniedError: If the member may not see it.
        """
        return self._enter("see_requirements").rulebook

    def preview_rulebook(self, draft: RuleBook, *, progress: Progress | None = None) -> tuple[Change, ...]:
        """Return whom a draft would judge otherwise today, by id. Nothing is saved.

        Raises:
            AccessDeniedError: If the member may not publish rule books.
        """
        scene = self._enter("publish_rulebook")
        plans = (compiled(scene.rulebook), compiled(draft))
        found: list[Change] = []
        for ids in self._batches(progress):
            for record in self._store.dossiers(ids):
                if record is None:
                    continue
                before, after = (self._answer(record.dossier, plan, scene) for plan in plans)
                if before != after:
                    found.append(Change(record.contractor_id, before, after))
        return tuple(found)

    def publish_rulebook(self, draft: RuleBook, *, progress: Progress | None = None, key: str | None = None) -> Done:
        """Publish a rule book as the company's next version.

        Every contractor's standing is worked out first, in pages that nobody sees and that hold no lock for long; then
        one small commit switches to all of it. If it is interrupted, call it again with the same draft: it goes on.

        Args:
            draft: The rule book; id and version are set here.
            progress: Is told how many contractors are done, of how many.
            key: Idempotency key.

        Raises:
            AccessDeniedError: If the member may not.
            NotAllowedError: If another draft is being published, or it is the present one.
        """
        scene = self._enter("publish_rulebook")
        chosen = self._setting.ids() if key is None else key
        if self._store.receipt(chosen) is None:
            wanted = _next(draft, scene)
            self._announce(wanted, scene, chosen)
            self._prepare(wanted, chosen, progress)

        def decide(commit: Draft, then: Scene) -> str:
            if then.pending is None or then.pending != _pending(_next(draft, then)):
                raise NotAllowedError("The rule book was published by another member meanwhile.")
            commit.put(attrs.evolve(then.pending, id=then.company.id))
            commit.switch_to = then.generation + 1
            commit.detail["version"] = then.pending.version
            return then.company.id

        return self._do("publish_rulebook", chosen, (draft,), decide)

    def _announce(self, wanted: RuleBook, scene: Scene, key: str) -> None:
        """Note what is being published, so that from now on every change writes the standings of both."""
        pending = _pending(wanted)
        if scene.pending == pending:
            return
        if scene.pending is not None:
            raise NotAllowedError("Another rule book is being published; publish that one again to finish it first.")
        if attrs.evolve(wanted, version=scene.rulebook.version) == scene.rulebook:
            raise NotAllowedError("This is the rule book that the company has.")
        self._note("announce_rulebook", _step(key, wanted, "announce"), scene, scene.versions, puts=(put(pending),))

    def _prepare(self, wanted: RuleBook, key: str, progress: Progress | None) -> None:
        """Write the standings of every contractor by a rule book that nobody sees yet."""
        for number, ids in enumerate(self._batches(progress)):
            for attempt in range(_TRIES):
                try:
                    self._prepare_page(ids, wanted, _step(key, wanted, f"page {number} try {attempt}"))
                    break
                except ConflictError:
                    if attempt == _TRIES - 1:
                        raise

    def _prepare_page(self, ids: list[str], wanted: RuleBook, key: str) -> None:
        scene = self._enter("publish_rulebook")
        if scene.pending != _pending(wanted):
            raise NotAllowedError("The rule book was published by another member meanwhile.")
        plan = compiled(wanted)
        records = [each for each in self._store.dossiers(ids) if each is not None]
        # A change of what is published, or its end, makes this page worthless; and whoever was removed meanwhile writes
        # nothing more.
        versions = {expected.key: expected.version for each in records for expected in each.expects} | scene.versions
        updates = tuple(
            StandingUpdate(
                each.contractor_id,
                standing(each.dossier, plan, custom=self._setting.custom, law=self._setting.law),
                scene.generation + 1,
            )
            for each in records
        )
        self._note("prepare_standings", key, scene, versions, standings=updates)

    def _note(
        self,
        action: str,
        key: str,
        scene: Scene,
        versions: Mapping[Key, int],
        *,
        puts: tuple[Put, ...] = (),
        standings: tuple[StandingUpdate, ...] = (),
    ) -> None:
        """Commit a step of a publication."""
        changes = Changes(
            actor=scene.member.id,
            action=action,
            key=key,
            fingerprint=self._fingerprint(action, (key,)),
            puts=puts,
            standings=standings,
            expects=tuple(Expectation(each, version) for each, version in versions.items()),
            seal=self._setting.seal,
        )
        tell(self._setting, self._store.commit(changes))

    def _batches(self, progress: Progress | None) -> Iterator[list[str]]:
        """Yield the ids of all contractors in pages, telling before each how far it has come."""
        query = Query(order=Order.ID)
        total = self._store.count(query)
        done, cursor = 0, None
        while True:
            page = self._store.page(query, _BATCH, cursor)
            if page.items:
                yield [each.key.id for each in page.items]
            done += len(page.items)
            if progress is not None:
                progress(done, max(done, total))
            if (cursor := page.cursor) is None:
                return

    def _answer(self, dossier: Dossier, plan: Plan, scene: Scene) -> tuple[Verdict, InsuranceStatus]:
        setting = self._setting
        report = evaluate(dossier, plan, as_of=scene.today, window=False, custom=setting.custom, law=setting.law)
        return report.verdict, report.insurance_status


def _next(draft: RuleBook, scene: Scene) -> RuleBook:
    """Return a draft as the company's next version."""
    return attrs.evolve(draft, id=scene.company.id, version=scene.rulebook.version + 1)


def _pending(wanted: RuleBook) -> RuleBook:
    """Return what is on file while a rule book is being published."""
    return attrs.evolve(wanted, id=pending_key(wanted.id).id)


def _step(key: str, wanted: RuleBook, step: str) -> str:
    """Return the key of a step of a publication; a key may be as long as keys can be."""
    return f"{text_hash(key)} version {wanted.version} {step}"
