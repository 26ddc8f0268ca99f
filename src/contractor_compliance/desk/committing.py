"""How changes are recorded: once, and with all standings that follow, whatever others record meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import attrs

from contractor_compliance.desk import staging
from contractor_compliance.desk.context import DeskConfig, RequestContext, committed, pending_rollout, rollout_key
from contractor_compliance.desk.staging import ROLLOUT_ACTIONS, TRIES, Rollout, joined, standings
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.domain import Subject
from contractor_compliance.errors import ConflictError, NotAllowedError
from contractor_compliance.storage import Changes, Expectation, Key, Kind, Receipt, StandingUpdate

__all__ = ["PendingCommit", "plain_json"]

#: The standings of so many are written in the commit itself.
AT_ONCE = 200
#: Audit entries are read in pages of so many.
_ENTRIES = 1000


@attrs.frozen
class _Worked:
    """The standings of one who is concerned, and the versions that they follow from."""

    updates: tuple[StandingUpdate, ...]
    versions: dict[Key, int]


@attrs.define(kw_only=True)
class PendingCommit:
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

    config: DeskConfig
    subject: Subject
    action: str
    key: str
    fingerprint: str
    unit: UnitOfWork
    context: RequestContext
    about: str
    _others: dict[str, _Worked] = attrs.field(factory=dict, init=False)
    _staged: list[str] = attrs.field(factory=list, init=False)

    def record(self) -> Receipt:
        """Record the changes.

        Raises:
            ConflictError: If what they were decided by has changed, or others keep changing whom they concern.
            NotAllowedError: If they concern many contractors, while another change of many is being prepared.
        """
        unit = self.unit
        if any(key.kind is Kind.CARRIER for key in unit.puts):
            # Who names it by its name alone depends on no version of it. The note is what everybody depends on.
            company_id = self.context.company.id
            unit.puts[rollout_key(company_id)] = pending_rollout(company_id, self.context.rollout)
        if not (unit.concerned or unit.checks):
            return self._commit()
        sequence, late = self._sequence(), unit.affected_contractors()
        for _ in range(TRIES):
            # What was begun so is finished so: rows of a generation that nobody sees must not be left.
            was_begun = self.context.rollout == self._own_note and unit.switch_to is None
            if len(late) > AT_ONCE or was_begun:
                self._stage([*dict.fromkeys((*self._others, *late))])
                self._others = {}
                sequence, late = self._since(sequence)
                continue
            for check in unit.checks:
                check()
            try:
                self._work_out(late)
                return self._commit(expects_sequence=sequence)
            except ConflictError:
                before, versions = sequence, dict(unit.versions)
                if self._is_outdated():
                    raise
                sequence, late = self._since(before)
                late = [*dict.fromkeys((*late, *self._outdated_others()))]
                # A host's transaction may see nothing of what others have recorded: then it has to begin anew.
                if sequence == before and not late and unit.versions == versions:
                    raise
        raise ConflictError(("the contractors that this concerns: others keep changing them",))

    # Whom it concerns

    def _sequence(self) -> int:
        return self.config.store.head().sequence

    def _since(self, sequence: int) -> tuple[int, list[str]]:
        """Return where the company stands now, and the contractors whose standings were written since a sequence."""
        late: dict[str, None] = {}
        while entries := self.config.store.audit(sequence, _ENTRIES):
            for entry in entries:
                sequence = entry.sequence
                if entry.action in ROLLOUT_ACTIONS:
                    continue
                ids = _rewritten(entry.detail)
                if ids is None:
                    # Another program recorded it, or its detail was erased: look at everybody once more.
                    ids = [*self.unit.affected_contractors(), *self._others, *self._staged]
                late |= dict.fromkeys(ids)
        return sequence, list(late)

    def _work_out(self, contractor_ids: list[str]) -> None:
        """Work out the standings of those concerned; of those seen before, anew."""
        books = self.context.books[1:] if self.unit.switch_to is not None else self.context.books
        for contractor_id, unit in self.unit.of_others(contractor_ids).items():
            updates = standings(self.config, unit, (contractor_id,), books)
            self._others[contractor_id] = _Worked(updates, unit.versions)

    def _is_outdated(self) -> bool:
        """Whether something that was decided by is not as it was."""
        unit, key = self.unit, rollout_key(self.context.company.id)
        now = self._now(unit.versions)
        if not unit.contractors and self._note() == self.context.rollout:
            # An insurer was changed meanwhile; nothing was decided by that, and whom it concerns is worked out anew.
            unit.versions[key] = now[key]
        return unit.versions != now

    def _note(self) -> str | None:
        """Return the change of many that is announced now."""
        (record,) = self.config.store.get([rollout_key(self.context.company.id)])
        return None if record is None else record.value.title

    def _outdated_others(self) -> list[str]:
        """Return those concerned of whom something is not as it was when they were worked out."""
        now = self._now({key for each in self._others.values() for key in each.versions})
        return [
            id_ for id_, each in self._others.items() if any(now[key] != each.versions[key] for key in each.versions)
        ]

    def _now(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Return the versions of keys as they are."""
        wanted = list(keys)
        records = self.config.store.get(wanted) if wanted else ()
        return {key: 0 if each is None else each.version for key, each in zip(wanted, records, strict=True)}

    # When they are many

    @property
    def _own_note(self) -> str:
        """What is announced while this is prepared."""
        return f"{self.action} {self.about} {self.fingerprint[:16]}"

    def _stage(self, contractor_ids: list[str]) -> None:
        """Write the standings of many in pages that nobody sees, to which the last commit switches."""
        own = self._own_note
        rollout = Rollout(
            config=self.config,
            subject=self.subject,
            permission=self.action,
            key=self.key,
            unit=self.unit,
            is_under_way=lambda context: context.rollout == own,
        )
        key = rollout_key(self.context.company.id)
        if self.unit.switch_to is None:
            self._announce(rollout, own, key)
            self.unit.puts[key] = pending_rollout(self.context.company.id, None)
            self.unit.switch_to = self.context.generation + 1
        for start in range(0, len(contractor_ids), staging.PAGE):
            rollout.write(contractor_ids[start : start + staging.PAGE])
        self._staged += contractor_ids

    def _announce(self, rollout: Rollout, own: str, key: Key) -> None:
        if self.context.pending is not None:
            raise NotAllowedError(
                "A rule book is being published, and this concerns many contractors: publish it again to finish it, or "
                "withdraw it with withdraw_publication."
            )
        if self.context.rollout not in (None, own):
            raise NotAllowedError(
                f"Another change of many contractors is being prepared ({self.context.rollout}): make that one again "
                "to finish it, or withdraw it with withdraw_publication."
            )
        if self.context.rollout is None:
            rollout.announce("announce_change", self.context, pending_rollout(self.context.company.id, own))
            self.unit.versions[key] += 1
            self.context = attrs.evolve(self.context, rollout=own)

    # The commit

    def _commit(self, expects_sequence: int | None = None) -> Receipt:
        unit = self.unit
        own = standings(self.config, unit, unit.contractors, self.context.books)
        others = {each: worked for each, worked in self._others.items() if each not in unit.contractors}
        versions = joined([unit.versions, *(each.versions for each in others.values())])
        detail = {
            "id": self.about,
            "changed": sorted(map(str, (*unit.puts, *unit.removes))),
            "standings": sorted({*unit.contractors, *others}),
            **unit.detail,
        }
        changes = Changes(
            actor=self.context.member.id,
            action=self.action,
            key=self.key,
            fingerprint=self.fingerprint,
            response=plain_json(unit.answer),
            detail=plain_json(detail),
            puts=unit.changes_of_values(),
            removes=tuple(unit.removes),
            expects=tuple(Expectation(key, version) for key, version in versions.items()),
            expects_sequence=expects_sequence,
            standings=(*own, *(update for each in others.values() for update in each.updates)),
            switch_to=unit.switch_to,
            seal=self.config.seal,
        )
        return committed(self.config, changes)


def plain_json(value: Any) -> str:
    """Return plain values as one text, the same for equal ones."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _rewritten(detail: str | None) -> list[str] | None:
    """Return whose standings a commit of the desk has written, by its audit entry; None if that does not tell."""
    try:
        ids = json.loads(detail or "")["standings"]
    except (ValueError, TypeError, KeyError):
        return None
    return ids if isinstance(ids, list) and all(isinstance(each, str) for each in ids) else None
