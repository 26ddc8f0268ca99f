"""The commit of a use case with every standing that depends on it, whatever other members commit meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import attrs

from contractor_compliance.desk import staging
from contractor_compliance.desk.context import DeskConfig, RequestContext, commit_changes, pending_rollout, rollout_key
from contractor_compliance.desk.staging import (
    MAX_ATTEMPTS,
    ROLLOUT_ACTIONS,
    Rollout,
    evaluate_standings,
    merge_versions,
)
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.domain import Subject
from contractor_compliance.errors import ConflictError, NotAllowedError
from contractor_compliance.storage import Changes, Expectation, Key, Kind, Receipt, StandingUpdate

__all__ = ["PendingCommit", "plain_json"]

#: The most contractors whose standings are written in the commit itself; those of more are staged.
MAX_IN_ONE_COMMIT = 200
#: The number of audit entries that are read at once.
_AUDIT_PAGE_SIZE = 1000


@attrs.frozen
class _AffectedContractor:
    """The new standings of an affected contractor, and the versions that they depend on."""

    updates: tuple[StandingUpdate, ...]
    versions: dict[Key, int]


@attrs.define(kw_only=True)
class PendingCommit:
    """One use case on its way into the store.

    Most use cases change one contractor, and everything that they depend on has a version: they take one commit, which
    raises a `ConflictError` if a version has changed. A change of what contractors share affects every contractor that
    names it at the time of the commit, and those are found by a query. So the commit expects the sequence at which the
    query was made, and is tried again with the contractors that were changed since. If many are affected, their
    standings are staged as the next generation, in pages that no listing reads, and the last commit switches the
    generation.

    Attributes:
        config: The configuration of the desk.
        subject: The identity of the acting member.
        action: The use case.
        key: Idempotency key.
        fingerprint: Digest of the request.
        unit: The changes.
        context: The context of the request, in which the changes were decided.
        about: Id of the value that the changes are about.
    """

    config: DeskConfig
    subject: Subject
    action: str
    key: str
    fingerprint: str
    unit: UnitOfWork
    context: RequestContext
    about: str
    _affected: dict[str, _AffectedContractor] = attrs.field(factory=dict, init=False)
    _staged_ids: list[str] = attrs.field(factory=list, init=False)

    def record(self) -> Receipt:
        """Record the changes.

        Raises:
            ConflictError: If what they were decided by has changed, or others keep changing the affected contractors.
            NotAllowedError: If they affect many contractors while another change of many is being prepared.
        """
        unit = self.unit
        if any(key.kind is Kind.CARRIER for key in unit.puts):
            # A policy that names an insurer by name alone depends on no version of it. Every commit depends on the
            # record of the rollout, so that is written anew.
            company_id = self.context.company.id
            unit.puts[rollout_key(company_id)] = pending_rollout(company_id, self.context.rollout)
        if not (unit.affected_queries or unit.checks):
            return self._commit()
        sequence, outdated = self._sequence(), unit.affected_contractor_ids()
        for _ in range(MAX_ATTEMPTS):
            # A rollout that was begun is finished as one: no rows of a staged generation must be left behind.
            was_begun = self.context.rollout == self._rollout_name and unit.switch_to is None
            if len(outdated) > MAX_IN_ONE_COMMIT or was_begun:
                self._stage([*dict.fromkeys((*self._affected, *outdated))])
                self._affected = {}
                sequence, outdated = self._changed_since(sequence)
                continue
            for check in unit.checks:
                check()
            try:
                self._evaluate(outdated)
                return self._commit(expects_sequence=sequence)
            except ConflictError:
                before, versions = sequence, dict(unit.versions)
                if self._is_outdated():
                    raise
                sequence, outdated = self._changed_since(before)
                outdated = [*dict.fromkeys((*outdated, *self._outdated_ids()))]
                # The transaction of a host may not see what others have committed: then the host has to begin anew.
                if sequence == before and not outdated and unit.versions == versions:
                    raise
        raise ConflictError(("the affected contractors: other members keep changing them",))

    # The affected contractors

    def _sequence(self) -> int:
        return self.config.store.head().sequence

    def _changed_since(self, sequence: int) -> tuple[int, list[str]]:
        """Return the present sequence, and the contractors whose standings were written since an earlier one."""
        changed: dict[str, None] = {}
        while entries := self.config.store.audit(sequence, _AUDIT_PAGE_SIZE):
            for entry in entries:
                sequence = entry.sequence
                if entry.action in ROLLOUT_ACTIONS:
                    continue
                ids = _rewritten_ids(entry.detail)
                if ids is None:
                    # Another program made the commit, or its detail was erased: any contractor may have changed.
                    ids = [*self.unit.affected_contractor_ids(), *self._affected, *self._staged_ids]
                changed |= dict.fromkeys(ids)
        return sequence, list(changed)

    def _evaluate(self, contractor_ids: list[str]) -> None:
        """Evaluate the standings of affected contractors, again if they were evaluated before."""
        books = self.context.books[1:] if self.unit.switch_to is not None else self.context.books
        for contractor_id, unit in self.unit.units_for(contractor_ids).items():
            updates = evaluate_standings(self.config, unit, (contractor_id,), books)
            self._affected[contractor_id] = _AffectedContractor(updates, unit.versions)

    def _is_outdated(self) -> bool:
        """Return whether something that the decision depends on has changed."""
        unit, key = self.unit, rollout_key(self.context.company.id)
        versions = self._current_versions(unit.versions)
        if not unit.contractor_ids and self._announced_rollout() == self.context.rollout:
            # An insurer was changed meanwhile: the decision does not depend on it, and the contractors that it affects
            # are evaluated again.
            unit.versions[key] = versions[key]
        return unit.versions != versions

    def _announced_rollout(self) -> str | None:
        """Return the rollout that is announced now, if there is one."""
        (record,) = self.config.store.get([rollout_key(self.context.company.id)])
        return None if record is None else record.value.title

    def _outdated_ids(self) -> list[str]:
        """Return the affected contractors whose standings depend on something that has changed."""
        current = self._current_versions({key for item in self._affected.values() for key in item.versions})
        return [
            contractor_id
            for contractor_id, item in self._affected.items()
            if any(current[key] != version for key, version in item.versions.items())
        ]

    def _current_versions(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Return the present versions of keys; 0 = there is no record."""
        listed = list(keys)
        records = self.config.store.get(listed) if listed else ()
        return {key: 0 if record is None else record.version for key, record in zip(listed, records, strict=True)}

    # A rollout

    @property
    def _rollout_name(self) -> str:
        """The name under which this change is announced while it is prepared."""
        return f"{self.action} {self.about} {self.fingerprint[:16]}"

    def _stage(self, contractor_ids: list[str]) -> None:
        """Stage the standings of many contractors, to which the last commit switches."""
        name = self._rollout_name
        rollout = Rollout(
            config=self.config,
            subject=self.subject,
            permission=self.action,
            key=self.key,
            unit=self.unit,
            is_under_way=lambda context: context.rollout == name,
        )
        key = rollout_key(self.context.company.id)
        if self.unit.switch_to is None:
            self._announce(rollout, name, key)
            self.unit.puts[key] = pending_rollout(self.context.company.id, None)
            self.unit.switch_to = self.context.generation + 1
        for start in range(0, len(contractor_ids), staging.PAGE_SIZE):
            rollout.stage(contractor_ids[start : start + staging.PAGE_SIZE])
        self._staged_ids += contractor_ids

    def _announce(self, rollout: Rollout, name: str, key: Key) -> None:
        if self.context.pending is not None:
            raise NotAllowedError(
                "A rule book is being published, and this change affects many contractors: publish the rule book again "
                "to finish that, or withdraw it with withdraw_publication."
            )
        if self.context.rollout not in (None, name):
            raise NotAllowedError(
                f"Another change of many contractors is being prepared ({self.context.rollout_title}): make that "
                "change again to finish it, or withdraw it with withdraw_publication."
            )
        if self.context.rollout is None:
            rollout.announce("announce_change", self.context, pending_rollout(self.context.company.id, name))
            self.unit.versions[key] += 1
            self.context = attrs.evolve(self.context, rollout=name)

    # The commit

    def _commit(self, expects_sequence: int | None = None) -> Receipt:
        unit = self.unit
        changed_ids = unit.contractor_ids
        updates = evaluate_standings(self.config, unit, changed_ids, self.context.books)
        others = {id_: item for id_, item in self._affected.items() if id_ not in changed_ids}
        versions = merge_versions([unit.versions, *(item.versions for item in others.values())])
        detail = {
            "id": self.about,
            "changed": sorted(map(str, (*unit.puts, *unit.removes))),
            "standings": sorted({*changed_ids, *others}),
            **unit.detail,
        }
        changes = Changes(
            actor=self.context.member.id,
            action=self.action,
            key=self.key,
            fingerprint=self.fingerprint,
            response=plain_json(unit.result),
            detail=plain_json(detail),
            puts=unit.puts_to_commit(),
            removes=tuple(unit.removes),
            expects=tuple(Expectation(key, version) for key, version in versions.items()),
            expects_sequence=expects_sequence,
            standings=(*updates, *(update for item in others.values() for update in item.updates)),
            switch_to=unit.switch_to,
            seal=self.config.seal,
        )
        return commit_changes(self.config, changes)


def plain_json(value: Any) -> str:
    """Return plain values as JSON text, the same text for equal values."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _rewritten_ids(detail: str | None) -> list[str] | None:
    """Return the contractors whose standings a commit has written, by its audit detail; None = it does not say."""
    try:
        ids = json.loads(detail or "")["standings"]
    except (ValueError, TypeError, KeyError):
        return None
    return ids if isinstance(ids, list) and all(isinstance(id_, str) for id_ in ids) else None
