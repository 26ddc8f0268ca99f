"""What every use case goes through: who asks and whether he may, read, decide, commit."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import attrs

from contractor_compliance.desk.access import check_changes
from contractor_compliance.desk.committing import PendingCommit, plain_json
from contractor_compliance.desk.context import DeskConfig, RequestContext, enter, publish_anchor, releasable
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.domain import Subject
from contractor_compliance.errors import KeyReusedError
from contractor_compliance.serialization import TaxIds, to_dict
from contractor_compliance.storage import Changes, Receipt, text_hash
from contractor_compliance.storage import rules as store_rules

__all__ = ["CommandResult", "UseCases"]


@attrs.frozen(kw_only=True)
class CommandResult:
    """What came of a use case that changed something.

    Attributes:
        id: Id of what it was about.
        flags: What is worth a second look, such as `starts_before_entry` or `on_hold`.
        verdict: Code of the verdict that a check came to, if there was one.
        releasable: Assignments on hold of the contractor whose check passes by now: `release_assignment` lets them go.
        invitation: What an invited member arrives with: give it to nobody else; it is in no list and in no audit entry.
        sequence: Number of the commit.
        recorded_at: Its time of record, UTC.
        repeated: Whether this answers a repeated request, for which nothing was done again.
    """

    id: str
    flags: tuple[str, ...] = ()
    verdict: str | None = None
    releasable: tuple[str, ...] = ()
    invitation: str | None = attrs.field(default=None, repr=False)
    sequence: int
    recorded_at: datetime
    repeated: bool = False


class UseCases:
    """The desk as one member has it; the use cases are in the classes that build on this one.

    Args:
        setting: What the desk works with.
        subject: Who acts. Whether he may is looked up anew with each use case, so that a removal works at once.
    """

    def __init__(self, config: DeskConfig, subject: Subject) -> None:
        self._config = config
        self._store = config.store
        self._subject = subject

    @property
    def subject(self) -> Subject:
        """Who acts."""
        return self._subject

    # Who asks

    def _enter(self, permission: str) -> RequestContext:
        """Return the scene of a use case, or refuse it; see `enter`."""
        return enter(self._config, self._subject, permission)

    # What he does

    def _execute(
        self,
        action: str,
        key: str | None,
        request: tuple[Any, ...],
        decide: Callable[[UnitOfWork, RequestContext], str],
    ) -> CommandResult:
        """Carry out a use case: in one commit, with access, standings, audit entry and answer.

        Args:
            action: The use case, which is its permission too.
            key: Idempotency key; none given, the request is one of its own.
            request: What was asked, for telling a repeated request from another with the same key.
            decide: Collects the changes and returns the id of what they are about.
        """
        context = self._enter(action)
        chosen = self._config.ids() if key is None else key
        fingerprint, private = self._fingerprints(action, request)
        known = self._store.receipt(chosen)
        if known is not None:
            repeated = Changes(actor=context.member.id, action=action, key=chosen, fingerprint=fingerprint)
            receipt = store_rules.repeat_receipt(known, repeated)
            publish_anchor(self._config, receipt)
            return _done(receipt, private)
        unit = UnitOfWork(self._store, context.company, versions=dict(context.versions))
        about = decide(unit, context)
        check_changes(action, (*unit.puts, *unit.removes))
        unit.answer |= {"id": about, "private": private}
        held = [each for each in unit.contractors if unit.holds(each)]
        if free := [id_ for each in held for id_ in releasable(self._config, unit.after(each), context)]:
            unit.answer["releasable"] = free
        commit = PendingCommit(
            config=self._config,
            subject=self._subject,
            action=action,
            key=chosen,
            fingerprint=fingerprint,
            unit=unit,
            context=context,
            about=about,
        )
        return _done(commit.record(), private)

    def _fingerprints(self, action: str, request: tuple[Any, ...]) -> tuple[str, str]:
        """Return two digests of a request: with masked tax ids, and with clear ones.

        The first stands in the audit, whose readers could try tax ids until one gives the digest they see. The other
        is kept with the answer, of which they see nothing.
        """
        return self._fingerprint(action, request, "masked"), self._fingerprint(action, request, "clear")

    def _fingerprint(self, action: str, request: tuple[Any, ...], tax_ids: TaxIds = "masked") -> str:
        asked = [_plain(each, tax_ids) for each in request]
        return text_hash(plain_json([action, self._subject.issuer, self._subject.subject, asked]))


def _done(receipt: Receipt, private: str) -> CommandResult:
    """Return the answer that a receipt holds.

    Raises:
        KeyReusedError: If it was for another request, in which only a tax id was different.
    """
    answer = json.loads(receipt.response)
    if answer["private"] != private:
        raise KeyReusedError(receipt.key)
    return CommandResult(
        id=answer["id"],
        flags=tuple(answer.get("flags", ())),
        verdict=answer.get("verdict"),
        releasable=tuple(answer.get("releasable", ())),
        invitation=answer.get("invitation"),
        sequence=receipt.sequence,
        recorded_at=receipt.recorded_at,
        repeated=receipt.repeated,
    )


def _plain(value: Any, tax_ids: TaxIds) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(each, tax_ids) for each in value]
    if isinstance(value, frozenset):
        return sorted(_plain(each, tax_ids) for each in value)
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return to_dict(value, tax_ids=tax_ids) if attrs.has(type(value)) else str(getattr(value, "value", value))
