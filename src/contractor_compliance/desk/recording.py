"""How changes are recorded: once, and with all standings that follow, whatever others record meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import attrs

from contractor_compliance.desk import preparing
from contractor_compliance.desk.drafts import Draft
from contractor_compliance.desk.preparing import AHEAD, TRIES, Preparation, standings
from contractor_compliance.desk.scene import Scene, Setting, note_key, note_of, tell
from contractor_compliance.domain import Subject
from contractor_compliance.errors import ConflictError, NotAllowedError
from contractor_compliance.storage import Changes, Expectation, Key, Kind, Receipt, StandingUpdate

__all__ = ["Recording", "plain_json"]

#: The standings of so many are written in the commit itself.
AT_ONCE = 200
#: Audit entries are read in pages of so many.
_ENTRIES = 1000


@attrs.define(kw_only=True)
class Recording:
    """One use case on its way into the store.

    Most change one contractor, and everything that they depend on has a version: one commit, and whoever comes too late
    gets a `ConflictError`. A change of what contractors share concerns all who name it by the time it is recorded, and
    those are found by looking; so its commit expects the head of that look, and is tried again with whoever came
    between. If they are many, their standings are written ahead, in pages that nobody sees, and the last commit
    switches to them.

    Attributes:
        setting: What the desk works with.
        subject: Who acts.
        action: The use case.
        key: Idempotency key.
        fingerprint: Digest of the request.
        draft: The changes.
        scene: What they were decided by.
        about: Id of what they are about.
    """

    setting: Setting
    subject: Subject
    action: str
    key: str
    fingerprint: str
    draft: Draft
    scene: Scene
    about: str
    _updates: dict[str, tuple[StandingUpdate, ...]] = attrs.field(factory=dict, init=False)
    _versions: dict[Key, int] = attrs.field(factory=dict, init=False)

    def record(self) -> Receipt:
        """Record the changes.

        Raises:
            ConflictError: If what they were decided by has changed, or others keep changing whom they concern.
            NotAllowedError: If they concern many contractors, while another change of many is being prepared.
        """
        if not (self.draft.concerned or self.draft.checks):
            return self._commit()
        sequence, late = self._sequence(), self.draft.found_concerned()
        for _ in range(TRIES):
            if len(late) > AT_ONCE:
                self._write_ahead([*dict.fromkeys((*self._updates, *late))])
                self._updates, self._versions = {}, {}
                sequence, late = self._since(sequence)
                continue
            for check in self.draft.checks:
                check()
            self._work_out(late)
            try:
                return self._commit(expects_sequence=sequence)
            except ConflictError:
                before = sequence
                sequence, late = self._since(before)
                # A host's transaction may see nothing of what others have recorded: then it has to begin anew.
                if sequence == before or self._is_outdated():
                    raise
        raise ConflictError(("the contractors that this concerns: others keep changing them",))

    # Whom it concerns

    def _sequence(self) -> int:
        return self.setting.store.head().sequence

    def _since(self, sequence: int) -> tuple[int, list[str]]:
        """Return where the company stands now, and the contractors whose standings were written since a sequence."""
        late: dict[str, None] = {}
        while entries := self.setting.store.audit(sequence, _ENTRIES):
            for entry in entries:
                sequence = entry.sequence
                if entry.action in AHEAD:
                    continue
                ids = _rewritten(entry.detail)
                # Another program recorded it, or its detail was erased: look at everybody once more.
                late |= dict.fromkeys(self.draft.found_concerned() if ids is None else ids)
        return sequence, list(late)

    def _work_out(self, contractor_ids: list[str]) -> None:
        """Work out the standings of those concerned; of those seen before, anew."""
        others = self.draft.of_others()
        others.read(contractor_ids)
        books = self.scene.books[1:] if self.draft.switch_to is not None else self.scene.books
        self._updates |= {each: standings(self.setting, others, (each,), books) for each in contractor_ids}
        if any(self._versions.get(key, version) != version for key, version in _shared(others.versions)):
            # What several of them name was changed meanwhile: those worked out before follow from what it was.
            known = list(self._updates)
            self._updates, self._versions = {}, {}
            self._work_out(known)
        else:
            self._versions |= others.versions

    def _is_outdated(self) -> bool:
        """Whether something that was decided by is not as it was."""
        versions = self.draft.versions
        records = self.setting.store.get(list(versions))
        return [0 if each is None else each.version for each in records] != list(versions.values())

    # When they are many

    def _write_ahead(self, contractor_ids: list[str]) -> None:
        """Write the standings of many in pages that nobody sees, to which the last commit switches."""
        own = f"{self.action} {self.about} {self.fingerprint[:16]}"
        preparation = Preparation(
            setting=self.setting,
            subject=self.subject,
            permission=self.action,
            key=self.key,
            draft=self.draft,
            is_under_way=lambda scene: scene.note == own,
        )
        key = note_key(self.scene.company.id)
        if self.draft.switch_to is None:
            self._announce(preparation, own, key)
            self.draft.puts[key] = note_of(self.scene.company.id, None)
            self.draft.switch_to = self.scene.generation + 1
        for start in range(0, len(contractor_ids), preparing.PAGE):
            preparation.write(contractor_ids[start : start + preparing.PAGE])

    def _announce(self, preparation: Preparation, own: str, key: Key) -> None:
        if self.scene.pending is not None:
            raise NotAllowedError(
                "A rule book is being published, and this concerns many contractors: publish it again to finish it, or "
                "withdraw it with withdraw_publication."
            )
        if self.scene.note not in (None, own):
            raise NotAllowedError(
                f"Another change of many contractors is being prepared ({self.scene.note}): make that one again to "
                "finish it, or withdraw it with withdraw_publication."
            )
        if self.scene.note is None:
            preparation.announce("announce_change", self.scene, note_of(self.scene.company.id, own))
            self.draft.versions[key] += 1
            self.scene = attrs.evolve(self.scene, note=own)

    # The commit

    def _commit(self, expects_sequence: int | None = None) -> Receipt:
        draft = self.draft
        own = standings(self.setting, draft, draft.contractors, self.scene.books)
        others = {each: updates for each, updates in self._updates.items() if each not in draft.contractors}
        versions = self._versions | draft.versions
        detail = {
            "id": self.about,
            "changed": sorted(map(str, (*draft.puts, *draft.removes))),
            "standings": sorted({*draft.contractors, *others}),
            **draft.detail,
        }
        changes = Changes(
            actor=self.scene.member.id,
            action=self.action,
            key=self.key,
            fingerprint=self.fingerprint,
            response=plain_json(draft.answer),
            detail=plain_json(detail),
            puts=draft.changes_of_values(),
            removes=tuple(draft.removes),
            expects=tuple(Expectation(key, version) for key, version in versions.items()),
            expects_sequence=expects_sequence,
            standings=(*own, *(each for updates in others.values() for each in updates)),
            switch_to=draft.switch_to,
            seal=self.setting.seal,
        )
        receipt = self.setting.store.commit(changes)
        tell(self.setting, receipt)
        return receipt


def plain_json(value: Any) -> str:
    """Return plain values as one text, the same for equal ones."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _shared(versions: dict[Key, int]) -> Iterable[tuple[Key, int]]:
    return ((key, version) for key, version in versions.items() if key.kind is not Kind.CONTRACTOR)


def _rewritten(detail: str | None) -> list[str] | None:
    """Return whose standings a commit of the desk has written, by its audit entry; None if that does not tell."""
    try:
        ids = json.loads(detail or "")["standings"]
    except (ValueError, TypeError, KeyError):
        return None
    return ids if isinstance(ids, list) and all(isinstance(each, str) for each in ids) else None
