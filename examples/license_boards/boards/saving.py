"""Saves an extract: all that it changes in one commit, or nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import attrs

from boards.dossiers import company
from boards.extract import Extract, Record
from boards.stored import SAVED, SavedExtract, bunches, ids_of, saved_extracts, spelt
from boards.succession import Days, Held, Succession, first_seen, gone, last_listed, last_seen, succession, unlisted
from boards.table import FileError
from contractor_compliance.domain import Carrier, Contractor, Dossier, Missing, RuleBook, Value
from contractor_compliance.domain.names import normal_name
from contractor_compliance.storage import (
    Changes,
    DossierRecord,
    Expectation,
    Key,
    Kind,
    Put,
    Receipt,
    Store,
    key_of,
    put,
)

__all__ = ["save"]

_ACTOR = "license_boards"
_MOST_NAMED = 3


@attrs.define
class _Plan:
    """What is to be committed, and the versions that it was decided on."""

    puts: list[Put] = attrs.field(factory=list)
    removes: list[Key] = attrs.field(factory=list)
    expects: dict[Key, int] = attrs.field(factory=dict)
    new: list[str] = attrs.field(factory=list)
    changed: list[str] = attrs.field(factory=list)
    unlisted: tuple[str, ...] = ()

    def add(self, license_id: str, stored: DossierRecord | None, after: Succession) -> None:
        """Plan what changes of a license, which was decided on what was found of it."""
        if not after.values and not after.errors:
            return
        self.puts.extend(put(value, _owner(value, license_id)) for value in after.values)
        self.removes.extend(key_of(error, license_id) for error in after.errors)
        expected = (Expectation(Key(Kind.CONTRACTOR, license_id), 0),) if stored is None else stored.expects
        for expectation in expected:
            self.expects.setdefault(expectation.key, expectation.version)
        (self.new if stored is None else self.changed).append(license_id)

    def commit(self, store: Store, action: str, key: str, *, fingerprint: str, told: str, detail: str) -> Receipt:
        return store.commit(
            Changes(
                actor=_ACTOR,
                action=action,
                key=key,
                fingerprint=fingerprint,
                response=told,
                detail=detail,
                puts=tuple(self.puts),
                removes=tuple(self.removes),
                expects=tuple(Expectation(*expectation) for expectation in self.expects.items()),
            )
        )


def save(store: Store, extract: Extract, book: RuleBook) -> str:
    """Save an extract and the rule book that it is judged by, and say what came of it.

    The same file of the same day has one effect, however often it is saved.

    Args:
        store: The store, of the register's company.
        extract: The extract.
        book: The rule book.

    Raises:
        FileError: If the extract does not say when it was current, or if later ones are on file.
        StorageError: If it could not be saved.
    """
    observation = extract.observation
    if observation is None:
        raise FileError(
            f"{extract.path}: does not say on which day it was current, and what is saved must say it, whatever day is "
            "judged; give --observed YYYY-MM-DD, or write "
            f"{extract.path.with_suffix('.observed.toml').name} beside it. Nothing of it was saved."
        )
    key = f"extract {extract.register.key} {observation.day} {extract.sha256}"
    before = store.receipt(key)
    plan = _Plan()
    _plan_book(plan, store, book)
    if before is not None:
        return f"{extract.path}: {_nothing_new(before)}{_save_book(plan, store, book)}"
    _plan_company(plan, store, extract)
    _plan_licenses(plan, store, extract, observation.day)
    _plan_carriers(plan, store, extract.carriers)
    detail = {
        "file": extract.path.name,
        "observed_on": observation.day.isoformat(),
        "according_to": observation.origin,
        "rulebook": book.id,
        "licenses": len(extract.records),
        "unlisted": list(plan.unlisted),
    }
    receipt = plan.commit(
        store,
        SAVED,
        key,
        fingerprint=extract.sha256,
        told=_told(plan, extract),
        detail=json.dumps(detail, ensure_ascii=False),
    )
    return f"{extract.path}: {_nothing_new(receipt) if receipt.repeated else _committed(receipt)}"


def _committed(receipt: Receipt) -> str:
    return f"{receipt.response} (commit {receipt.sequence} at {spelt(receipt.recorded_at)})"


def _nothing_new(receipt: Receipt) -> str:
    return f"nothing new; saved before: {_committed(receipt)}"


def _told(plan: _Plan, extract: Extract) -> str:
    listed = {record.id for record in extract.records}
    changed = len(listed.intersection(plan.changed))
    same = len(listed) - len(plan.new) - changed
    parts = f"licenses new: {len(plan.new)}, changed: {changed}, as before: {same}"
    return f"{parts}; on file but not listed: {_named(plan.unlisted)}" if plan.unlisted else parts


def _named(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _MOST_NAMED} more" if len(ids) > _MOST_NAMED else ""
    return f"{', '.join(ids[:_MOST_NAMED])}{more}"


def _plan_company(plan: _Plan, store: Store, extract: Extract) -> None:
    asking = company(extract.register)
    (record,) = store.get([key_of(asking)])
    if record is None:
        plan.puts.append(put(asking))
    plan.expects[key_of(asking)] = 0 if record is None else record.version


def _plan_book(plan: _Plan, store: Store, book: RuleBook) -> None:
    (record,) = store.get([key_of(book)])
    plan.expects[key_of(book)] = 0 if record is None else record.version
    if record is None or record.value.version < book.version:
        plan.puts.append(put(book))
    elif record.value != book:
        raise FileError(
            f"rule book {book.id!r} version {book.version}: the store has version {record.value.version} with other "
            "content, and what was judged by it must stay what it was; give yours a higher version"
        )


def _save_book(plan: _Plan, store: Store, book: RuleBook) -> str:
    """Commit a rule book that is new to an extract that is not."""
    if not plan.puts:
        return ""
    name = f"rule book {book.id} version {book.version}"
    receipt = plan.commit(store, "save_rule_book", name, fingerprint=name, told=name, detail="")
    return f"; {_committed(receipt)}"


def _plan_licenses(plan: _Plan, store: Store, extract: Extract, day: date) -> None:
    on_file = set(ids_of(store, Kind.CONTRACTOR))
    listed = {record.id for record in extract.records}
    extracts = saved_extracts(store, None)
    newest = max((extract.observation.day for extract in extracts), default=date.min)
    if day < newest and on_file & listed:
        raise FileError(
            f"{extract.path}: was current on {day}, and an extract of {newest} is on file: what was known later is not "
            "superseded by what was known earlier. Nothing of it was saved."
        )
    late: list[str] = []
    for records in bunches(extract.records):
        late.extend(_plan_listed(plan, store, extract, records, day, extracts))
    if late:
        raise FileError(
            f"{extract.path}: has rows that are earlier than what is on file, which was seen later: "
            f"{_named(tuple(late))}. Nothing of it was saved."
        )
    # Of a license with a row that cannot be read nobody knows what the extract says: that it is there, it does.
    unread = {row.license for row in extract.unread}
    plan.unlisted = tuple(sorted(on_file - listed - unread))
    if day > newest:
        # A file of the same day may be another part of the same listing.
        for ids in bunches(plan.unlisted):
            _plan_unlisted(plan, store, ids, day, extracts)


def _plan_listed(
    plan: _Plan,
    store: Store,
    extract: Extract,
    records: Sequence[Record],
    day: date,
    extracts: Sequence[SavedExtract],
) -> Iterator[str]:
    """Plan what some licenses of an extract change; yield those of which later rows are on file."""
    founds = store.dossiers([record.id for record in records])
    changed: list[tuple[Days, DossierRecord | None, Dossier]] = []
    for record, stored in zip(records, founds, strict=True):
        on_file = None if stored is None else stored.dossier
        seen = record.seen_on(day)
        if on_file is not None and seen < last_seen(on_file):
            yield f"{record.id} on {last_seen(on_file)} (here on {seen})"
            continue
        before = {} if on_file is None else first_seen(on_file)
        dossier = extract.dossier(record, observed=day, start=seen, seen=before)
        changed.append((Days(seen, day), stored, dossier))
    missing = {
        stored.contractor_id: gone(stored.dossier, dossier) for _, stored, dossier in changed if stored is not None
    }
    lasts = _lasts(store, missing, day, extracts)
    for days, stored, dossier in changed:
        on_file = None if stored is None else stored.dossier
        license_id = dossier.contractor.id
        plan.add(license_id, stored, succession(on_file, dossier, days, lasts.get(license_id, {})))


def _plan_unlisted(plan: _Plan, store: Store, ids: Sequence[str], day: date, extracts: Sequence[SavedExtract]) -> None:
    """Plan what it changes that some licenses on file are not in an extract."""
    founds = [stored for stored in store.dossiers(ids) if stored is not None]
    lasts = _lasts(store, {stored.contractor_id: gone(stored.dossier, None) for stored in founds}, day, extracts)
    for stored in founds:
        plan.add(stored.contractor_id, stored, unlisted(day, lasts[stored.contractor_id]))


def _lasts(
    store: Store, missing: Mapping[str, Sequence[Held]], day: date, extracts: Sequence[SavedExtract]
) -> dict[str, dict[Held, date | None]]:
    """Return, for each license and what is missing of it, the last day before `day` on which an extract listed it."""
    held = [(license_id, cover) for license_id, several in missing.items() for cover in several]
    histories = store.history([key_of(cover, license_id) for license_id, cover in held])
    lasts: dict[str, dict[Held, date | None]] = {license_id: {} for license_id in missing}
    for (license_id, cover), versions in zip(held, histories, strict=True):
        lasts[license_id][cover] = last_listed(license_id, versions, extracts, day)
    return lasts


def _owner(value: Value, license_id: str) -> str | None:
    return None if isinstance(value, Contractor) else license_id


def _plan_carriers(plan: _Plan, store: Store, carriers: Mapping[str, Carrier]) -> None:
    """Plan to record the insurers, one for each normal name: of two of one name nobody could say which it is."""
    spellings = {normal_name(name): name for name in ids_of(store, Kind.CARRIER)}
    keys = [Key(Kind.CARRIER, spellings.get(name, carrier.name)) for name, carrier in carriers.items()]
    for key, carrier, record in zip(keys, carriers.values(), store.get(keys), strict=True):
        if record is None:
            plan.puts.append(put(carrier))
        elif carrier.status not in (Missing.ABSENT, record.value.status):
            # A mark that is missing takes nothing back; another one is newer.
            marked = attrs.evolve(record.value, status=carrier.status, fund_state=carrier.fund_state)
            plan.puts.append(put(marked))
        else:
            continue
        plan.expects[key] = 0 if record is None else record.version
