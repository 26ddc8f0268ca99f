"""The steps of every use case: check access, read, decide, commit."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import attrs

from contractor_compliance.desk.access import check_changes, permission_of
from contractor_compliance.desk.committing import PendingCommit, plain_json
from contractor_compliance.desk.context import DeskConfig, RequestContext, enter, find_releasable, publish_anchor
from contractor_compliance.desk.unit_of_work import UnitOfWork
from contractor_compliance.domain import Subject
from contractor_compliance.errors import KeyReusedError
from contractor_compliance.serialization import TaxIds, to_dict
from contractor_compliance.storage import Changes, Receipt, text_hash
from contractor_compliance.storage import rules as store_rules

__all__ = ["CommandResult", "UseCases"]


@attrs.frozen(kw_only=True)
class CommandResult:
    """The result of a use case that changed something.

    Attributes:
        id: Id of the value that the use case is about.
        flags: What is worth a second look, such as `starts_before_entry` or `on_hold`.
        verdict: Code of the verdict of the check, if there was one.
        releasable: The contractor's assignments on hold whose check passes by now; see `release_assignment`.
        invitation: The secret that the invited person presents: send it to that person alone. It is in no list and in
            no audit entry.
        sequence: Number of the commit.
        recorded_at: Time of record of the commit, UTC.
        repeated: Whether this is the result of an earlier request with the same key, and nothing was done again.

    Example:
        >>> from contractor_compliance.testing import factories, sample_desk
        >>> desk = sample_desk()
        >>> first, second = (desk.put_client(factories.client(), key="request-1") for _ in range(2))
        >>> first.repeated, second.repeated, first.sequence == second.sequence
        (False, True, True)
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
    """The steps that all use cases share; the use cases themselves are in the subclasses.

    Args:
        config: The configuration of the desk.
        subject: The identity of the acting member, whose permission is read anew with each use case, so that a removal
            takes effect at once.
    """

    def __init__(self, config: DeskConfig, subject: Subject) -> None:
        self._config = config
        self._store = config.store
        self._subject = subject

    @property
    def subject(self) -> Subject:
        """The identity of the acting member."""
        return self._subject

    def _enter(self, use_case: str) -> RequestContext:
        """Return the context of a request for a use case, if the member has its permission; see `enter`."""
        return enter(self._config, self._subject, permission_of(use_case))

    def _execute(
        self,
        action: str,
        key: str | None,
        request: tuple[Any, ...],
        decide: Callable[[UnitOfWork, RequestContext], str],
    ) -> CommandResult:
        """Carry out a use case in one commit, with its access check, standings, audit entry and result.

        Args:
            action: The use case, which is a permission too.
            key: Idempotency key; None = the request is not repeated.
            request: The arguments, which distinguish a repeated request from another one with the same key.
            decide: Collects the changes and returns the id of the value that they are about.
        """
        context = self._enter(action)
        key = self._config.ids() if key is None else key
        fingerprint, private = self._fingerprints(action, request)
        earlier = self._store.receipt(key)
        if earlier is not None:
            repeated = Changes(actor=context.member.id, action=action, key=key, fingerprint=fingerprint)
            receipt = store_rules.repeat_receipt(earlier, repeated)
            publish_anchor(self._config, receipt)
            return _result_of(receipt, private)
        unit = UnitOfWork(self._store, context.company, versions=dict(context.versions))
        about = decide(unit, context)
        check_changes(action, (*unit.puts, *unit.removes))
        unit.result |= {"id": about, "private": private}
        with_holds = [id_ for id_ in unit.contractor_ids if unit.has_assignments_on_hold(id_)]
        dossiers = [unit.dossier_after(contractor_id) for contractor_id in with_holds]
        if releasable := [id_ for dossier in dossiers for id_ in find_releasable(self._config, dossier, context)]:
            unit.result["releasable"] = releasable
        commit = PendingCommit(
            config=self._config,
            subject=self._subject,
            action=action,
            key=key,
            fingerprint=fingerprint,
            unit=unit,
            context=context,
            about=about,
        )
        return _result_of(commit.record(), private)

    def _fingerprints(self, action: str, request: tuple[Any, ...]) -> tuple[str, str]:
        """Return two digests of a request: with masked tax ids, and with clear ones.

        The first one is in the audit, whose readers could otherwise try tax ids until one gives the digest that they
        see. The second one is kept with the result, which they do not see.
        """
        return self._fingerprint(action, request, "masked"), self._fingerprint(action, request, "clear")

    def _fingerprint(self, action: str, request: tuple[Any, ...], tax_ids: TaxIds = "masked") -> str:
        arguments = [_plain(argument, tax_ids) for argument in request]
        return text_hash(plain_json([action, self._subject.issuer, self._subject.subject, arguments]))


def _result_of(receipt: Receipt, private: str) -> CommandResult:
    """Return the result that a receipt holds.

    Raises:
        KeyReusedError: If the receipt is for another request that differs only in a tax id.
    """
    result = json.loads(receipt.response)
    if result["private"] != private:
        raise KeyReusedError(receipt.key)
    return CommandResult(
        id=result["id"],
        flags=tuple(result.get("flags", ())),
        verdict=result.get("verdict"),
        releasable=tuple(result.get("releasable", ())),
        invitation=result.get("invitation"),
        sequence=receipt.sequence,
        recorded_at=receipt.recorded_at,
        repeated=receipt.repeated,
    )


def _plain(value: Any, tax_ids: TaxIds) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item, tax_ids) for item in value]
    if isinstance(value, frozenset):
        return sorted(_plain(item, tax_ids) for item in value)
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return to_dict(value, tax_ids=tax_ids) if attrs.has(type(value)) else str(getattr(value, "value", value))
