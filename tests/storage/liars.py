"""Stores that break one promise each: the contract must find every one of them out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from contractor_compliance.domain import Assignment, Value
from contractor_compliance.errors import ConflictError, ContractorComplianceError, CursorError, StorageError
from contractor_compliance.results import StandingRow
from contractor_compliance.storage import (
    AuditEntry,
    Changes,
    DossierRecord,
    Expectation,
    Head,
    Key,
    Kind,
    MemoryStore,
    Order,
    Page,
    PageItem,
    Query,
    Receipt,
    Record,
    Unreadable,
    rules,
)
from contractor_compliance.storage.matching import matches
from contractor_compliance.storage.memory import BoundMemoryStore, _Company

__all__ = ["LIARS", "Liar", "damage"]

TICK = timedelta(microseconds=1)


class Lie(BoundMemoryStore):
    """A handle that breaks a promise."""


class Liar(MemoryStore):
    """A store whose handles break a promise."""

    handle: type[BoundMemoryStore] = Lie
    breaks = 0

    def for_company(self, company_id: str) -> BoundMemoryStore:
        return self.handle(self._shared, rules.check_company_id(company_id))


#: Every liar by the name of its lie.
LIARS: dict[str, type[Liar]] = {}


def lie(promise: int) -> Callable[[type[BoundMemoryStore]], type[BoundMemoryStore]]:
    """Make a store of a handle that breaks a promise."""

    def make(handle: type[BoundMemoryStore]) -> type[BoundMemoryStore]:
        LIARS[handle.__name__] = type(handle.__name__, (Liar,), {"handle": handle, "breaks": promise})
        return handle

    return make


def damage(store: MemoryStore, company_id: str, key: Key) -> None:
    """Make the current version of a value unreadable, in a store that has nothing that could be."""
    history = store._shared.companies[company_id].histories[key]
    history[-1] = attrs.evolve(history[-1], content=Unreadable(key, "is not what was written"))


# Commits


@lie(7)
class LostUpdate(Lie):
    """Takes every decision as if it had been made on what is there now."""

    def commit(self, changes: Changes) -> Receipt:
        records = [self._company.current(expectation.key) for expectation in changes.expects]
        versions = [0 if record is None else record.version for record in records]
        now = tuple(Expectation(expectation.key, n) for expectation, n in zip(changes.expects, versions, strict=True))
        return super().commit(attrs.evolve(changes, expects=now))


@lie(7)
class OnlyWhatIsTouched(Lie):
    """Compares no version of what a decision only read."""

    def commit(self, changes: Changes) -> Receipt:
        used = {*changes.touched} | {Key(Kind.CONTRACTOR, standing.contractor_id) for standing in changes.standings}
        return super().commit(attrs.evolve(changes, expects=tuple(e for e in changes.expects if e.key in used)))


@lie(7)
class HeadNotCompared(Lie):
    """Takes a decision whatever was recorded since, if the versions fit."""

    def commit(self, changes: Changes) -> Receipt:
        return super().commit(attrs.evolve(changes, expects_sequence=None))


@lie(7)
class FirstConflictOnly(Lie):
    """Names the first conflict and stops looking."""

    def commit(self, changes: Changes) -> Receipt:
        try:
            return super().commit(changes)
        except ConflictError as error:
            raise ConflictError(error.conflicts[:1]) from None


@lie(1)
class HalfCommit(Lie):
    """Leaves the first value of a commit that failed."""

    def commit(self, changes: Changes) -> Receipt:
        try:
            return super().commit(changes)
        except BaseException:
            company = self._company
            if changes.puts and company.head.sequence and changes.key not in company.receipts:
                first = changes.puts[0]
                now = company.head.recorded_at
                assert now is not None
                left = Record(first.key, 99, now, None, first.value)
                company.histories.setdefault(first.key, []).append(left)
            raise


@lie(10)
class HeadBeforeSeal(Lie):
    """Counts a commit before it is sealed, so that one which fails leaves a gap."""

    def commit(self, changes: Changes) -> Receipt:
        company = self._company
        is_repeated = changes.key in company.receipts
        try:
            return super().commit(changes)
        except Exception:
            if company.head.sequence and not is_repeated:
                company.head = attrs.evolve(company.head, sequence=company.head.sequence + 1)
            raise


@lie(33)
class SwallowedConflict(Lie):
    """Answers a conflict with a receipt."""

    def commit(self, changes: Changes) -> Receipt:
        try:
            return super().commit(changes)
        except ConflictError:
            head = self._company.head
            return Receipt(changes.key, changes.fingerprint, head.sequence + 1, self.shared.clock(), changes.response)


@lie(4)
class IgnoredKey(Lie):
    """Looks no key up: what is sent twice is done twice."""

    def commit(self, changes: Changes) -> Receipt:
        self._company.receipts.pop(changes.key, None)
        return super().commit(changes)


@lie(5)
class ReusedKey(Lie):
    """Answers whoever knows the key."""

    def commit(self, changes: Changes) -> Receipt:
        before = self._company.receipts.get(changes.key)
        return super().commit(attrs.evolve(changes, fingerprint=before.fingerprint) if before else changes)


@lie(6)
class BurntKey(Lie):
    """Takes a key once it was tried."""

    def commit(self, changes: Changes) -> Receipt:
        try:
            return super().commit(changes)
        except ContractorComplianceError:
            company = self._company
            if company.head.recorded_at is not None:
                burnt = Receipt(changes.key, changes.fingerprint, company.head.sequence, company.head.recorded_at, "")
                company.receipts.setdefault(changes.key, burnt)
            raise


@lie(4)
class UnmarkedRepetition(Lie):
    """Does not say that a receipt is given again."""

    def commit(self, changes: Changes) -> Receipt:
        return attrs.evolve(super().commit(changes), repeated=False)


@lie(11)
class SealedTwice(Lie):
    """Calls the seal once to try it, and once more."""

    def commit(self, changes: Changes) -> Receipt:
        def seal(previous: str, sequence: int, recorded_at: datetime, payload: str) -> str:
            changes.seal(previous, sequence, recorded_at, payload)
            return changes.seal(previous, sequence, recorded_at, payload)

        return super().commit(attrs.evolve(changes, seal=seal))


@lie(11)
class SealFailureHidden(Lie):
    """Raises an error of its own for what the seal raised."""

    def commit(self, changes: Changes) -> Receipt:
        try:
            return super().commit(changes)
        except ContractorComplianceError:
            raise
        except Exception as error:
            raise StorageError("something went wrong") from error


@lie(3)
class CompanyAssumed(Lie):
    """Does not ask whether the company is there."""

    def commit(self, changes: Changes) -> Receipt:
        if not self._company.head.sequence:
            company = self.shared.companies.setdefault(self.company_id, _Company())
            company.head = Head(0, None, "", 0)
            check, rules.check_company = rules.check_company, lambda *_, **__: None
            try:
                return super().commit(changes)
            finally:
                rules.check_company = check
        return super().commit(changes)


@lie(12)
class DanglingFacts(Lie):
    """Does not ask whether what a fact refers to is there."""

    def _check_contractors(self, changes: Changes, records: dict[Key, Record]) -> None:
        pass


@lie(13)
class SubjectTwice(Lie):
    """Lets a subject be two members."""

    def commit(self, changes: Changes) -> Receipt:
        check, rules.check_subjects = rules.check_subjects, lambda *_: None
        try:
            return super().commit(changes)
        finally:
            rules.check_subjects = check


@lie(24)
class RemovalDeletesHistory(Lie):
    """Deletes what is removed."""

    def commit(self, changes: Changes) -> Receipt:
        receipt = super().commit(changes)
        for key in () if receipt.repeated else changes.removes:
            del self._company.histories[key]
        return receipt


@lie(8)
class ContractorUntouched(Lie):
    """Gives a fact a version of its own, and its contractor none for it."""

    def commit(self, changes: Changes) -> Receipt:
        receipt = super().commit(changes)
        put = {put_.key for put_ in changes.puts}
        for key in () if receipt.repeated else changes.touched:
            history = self._company.histories.get(key, [])
            if key not in put and len(history) > 1:
                history.pop()
                history[-1] = attrs.evolve(history[-1], superseded_at=None)
        return receipt


# Time


@lie(9)
class TruncatedMicroseconds(Lie):
    """Records in whole milliseconds."""

    def commit(self, changes: Changes) -> Receipt:
        clock = self.shared.clock
        self.shared.clock = lambda: clock().replace(microsecond=clock().microsecond // 1000 * 1000)
        try:
            return super().commit(changes)
        finally:
            self.shared.clock = clock


@lie(9)
class ClockAlone(Lie):
    """Believes the clock, even when it was put back."""

    def commit(self, changes: Changes) -> Receipt:
        following, rules.next_instant = rules.next_instant, lambda clock, _head, _asked: clock
        try:
            return super().commit(changes)
        finally:
            rules.next_instant = following


@lie(19)
class ForgottenQuestions(Lie):
    """Forgets which instants were asked about."""

    def commit(self, changes: Changes) -> Receipt:
        self._company.asked_until = None
        return super().commit(changes)


@lie(17)
class ExcludedInstant(Lie):
    """Does not know what was recorded at the very instant."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        return super().get(keys, known_at - TICK if known_at else None)

    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        return super().dossiers(contractor_ids, known_at - TICK if known_at else None)


@lie(17)
class AlwaysNow(Lie):
    """Answers what was known with what is known."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        super().get(keys, known_at)
        return super().get(keys)

    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        super().dossiers(contractor_ids, known_at)
        return super().dossiers(contractor_ids)


@lie(17)
class HalfNow(Lie):
    """Reads the facts of a dossier as known, and what they name as it is now."""

    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        answers = super().dossiers(contractor_ids, known_at)
        return tuple(map(self._freshened, answers)) if known_at else answers

    def _freshened(self, answer: DossierRecord | None) -> DossierRecord | None:
        if answer is None or isinstance(answer.content, tuple):
            return answer
        keys = [Key(Kind.CLIENT, client.id) for client in answer.content.clients]
        clients = tuple(record.value for key in keys if (record := self._company.current(key)) is not None)
        return attrs.evolve(answer, content=attrs.evolve(answer.content, clients=clients))


@lie(18)
class Prophecy(Lie):
    """Answers about the future with the present."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        latest = max(self.shared.clock(), self._company.head.recorded_at or self.shared.clock())
        return super().get(keys, min(known_at, latest) if known_at and known_at.tzinfo else known_at)


@lie(17)
class Hindsight(Lie):
    """Tells with what was known that it was superseded later."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        records = super().get(keys, known_at)
        return tuple(
            next(
                history for history in self._company.histories[record.key] if history.recorded_at == record.recorded_at
            )
            if record is not None
            else None
            for record in records
        )


# Reads


@lie(2)
class StaleRead(Lie):
    """Remembers what it has read."""

    def __init__(self, shared: Any, company_id: str) -> None:
        super().__init__(shared, company_id)
        self.read: dict[Key, Record | None] = {}

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        fresh = super().get(keys, known_at)
        if known_at is not None:
            return fresh
        return tuple(self.read.setdefault(key, record) for key, record in zip(keys, fresh, strict=True))


@lie(15)
class OnceEach(Lie):
    """Answers once what is asked twice."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        return super().get(list(dict.fromkeys(keys)), known_at)


@lie(16)
class MissingIsAnError(Lie):
    """Raises where there is nothing."""

    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        answers = super().dossiers(contractor_ids, known_at)
        if None in answers:
            raise StorageError("There is no such contractor.")
        return answers


@lie(20)
class TornRead(Lie):
    """Reads one value after the other, and lets others write in between."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        records: list[Record | None] = []
        for key in keys:
            records += super().get([key], known_at)
            if threading.active_count() > 1:
                time.sleep(0.0005)
        return tuple(records)


@lie(21)
class NumberedInsurersOnly(Lie):
    """Finds an insurer by its number, and by no name."""

    def dossiers(
        self, contractor_ids: Sequence[str], known_at: datetime | None = None
    ) -> tuple[DossierRecord | None, ...]:
        return tuple(map(self._numbered, super().dossiers(contractor_ids, known_at)))

    def _numbered(self, answer: DossierRecord | None) -> DossierRecord | None:
        if answer is None or isinstance(answer.content, tuple):
            return answer
        numbers = {stated.carrier_naic for policy in answer.content.policies for stated in policy.identifications} - {
            None
        }
        carriers = tuple(carrier for carrier in answer.content.carriers if carrier.naic in numbers)
        return attrs.evolve(answer, content=attrs.evolve(answer.content, carriers=carriers))


@lie(23)
class DamageHidden(Lie):
    """Keeps silent about what it cannot read."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        answers = super().get(keys, known_at)
        return tuple(None if record and isinstance(record.content, Unreadable) else record for record in answers)


@lie(29)
class ForgottenResponse(Lie):
    """Does not keep what the use case answered."""

    def receipt(self, key: str) -> Receipt | None:
        receipt = super().receipt(key)
        return attrs.evolve(receipt, response="") if receipt is not None else None


@lie(31)
class LiveHistory(Lie):
    """Gives away the list in which it keeps the versions."""

    def history(self, keys: Sequence[Key]) -> tuple[tuple[Record, ...], ...]:
        super().history(keys)
        return tuple(self._company.histories.get(key, ()) for key in keys)  # type: ignore[misc]  # that is the lie


@lie(31)
class LaterKeys(Lie):
    """Looks the keys up when the answer is looked at."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        super().get(keys, known_at)
        return LateAnswer(keys, lambda now: super(LaterKeys, self).get(now, known_at))  # type: ignore[return-value]  # that is the lie


class LateAnswer(Sequence[Any]):
    """Stands for an answer until it is looked at."""

    def __init__(self, keys: Sequence[Key], read: Callable[[Sequence[Key]], Sequence[Any]]) -> None:
        self._keys = keys
        self._read = read

    def __len__(self) -> int:
        return len(self._read(self._keys))

    def __getitem__(self, place: Any) -> Any:
        return self._read(self._keys)[place]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == other

    __hash__ = None  # type: ignore[assignment]  # it changes


@lie(22)
class FoldedIds(Lie):
    """Takes ids that differ by case for one."""

    def get(self, keys: Sequence[Key], known_at: datetime | None = None) -> tuple[Record | None, ...]:
        spellings = {(key.kind, key.id.casefold(), key.contractor_id): key for key in self._company.histories}
        return super().get(
            [spellings.get((key.kind, key.id.casefold(), key.contractor_id), key) for key in keys], known_at
        )


@lie(22)
class ValueTrimmed(Lie):
    """Strips what it is given to keep."""

    def commit(self, changes: Changes) -> Receipt:
        puts = tuple(attrs.evolve(put_, value=_trimmed(put_.value)) for put_ in changes.puts)
        return super().commit(attrs.evolve(changes, puts=puts))


def _trimmed(value: Value) -> Value:
    name = getattr(value, "name", None)
    return attrs.evolve(value, name=name.strip()) if isinstance(name, str) else value


@lie(28)
class RetouchedActor(Lie):
    """Shows in the audit another actor than was sealed."""

    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        return tuple(attrs.evolve(entry, actor=entry.actor.title()) for entry in super().audit(after, limit))


@lie(28)
class AuditFromHere(Lie):
    """Lists the entry that was named as well."""

    def audit(self, after: int, limit: int) -> tuple[AuditEntry, ...]:
        return super().audit(after - 1, limit)


# Companies


@lie(30)
class NoCompany(Lie):
    """Keeps all companies together."""

    @property
    def _company(self) -> _Company:
        return next(iter(self.shared.companies.values()), None) or _Company()


@lie(30)
class EverybodysReceipts(Lie):
    """Looks keys up in all companies."""

    def receipt(self, key: str) -> Receipt | None:
        super().receipt(key)
        receipts = (company.receipts.get(key) for company in self.shared.companies.values())
        return next((receipt for receipt in receipts if receipt is not None), None)


@lie(27)
class EverybodysCursors(Lie):
    """Takes the cursor of any company."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        try:
            return super().page(query, limit, cursor)
        except CursorError:
            for other in self.shared.companies:
                try:
                    return BoundMemoryStore(self.shared, other).page(query, limit, cursor)
                except CursorError:
                    continue
            raise


@lie(32)
class DeafHandle(Lie):
    """Works on after it was closed."""

    def close(self) -> None:
        pass


# Standings


@lie(14)
class SeenBeforeTheSwitch(Lie):
    """Shows the latest standings, whatever is read by now."""

    def _standing(self, contractor_id: str, day: date | None) -> StandingRow | None:
        company, head = self._company, self._company.head
        company.head = attrs.evolve(head, generation=2**31)
        try:
            return super()._standing(contractor_id, day)
        finally:
            company.head = head


@lie(14)
class NoFallback(Lie):
    """Shows standings of the very generation only."""

    def _standing(self, contractor_id: str, day: date | None) -> StandingRow | None:
        stored = self._company.standings.get(contractor_id, {})
        return super()._standing(contractor_id, day) if self._company.head.generation in stored else None


@lie(14)
class EarlierStandings(Lie):
    """Takes standings that nobody will read."""

    def commit(self, changes: Changes) -> Receipt:
        check, rules.check_standings = rules.check_standings, lambda *_: None
        try:
            return super().commit(changes)
        finally:
            rules.check_standings = check


@lie(25)
class LastDayIncluded(Lie):
    """Takes the day on which a standing ends for one of its own."""

    def _standing(self, contractor_id: str, day: date | None) -> StandingRow | None:
        before = None if day is None or day == date.min else day - timedelta(days=1)
        row = super()._standing(contractor_id, before)
        return row if row is not None and row.end == day else super()._standing(contractor_id, day)


# Pages


@lie(25)
class Unordered(Lie):
    """Lists a page as it comes."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        page = super().page(query, limit, cursor)
        return attrs.evolve(page, items=page.items[::-1])


@lie(25)
class OrderedByCase(Lie):
    """Lists capital letters first."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        page = super().page(query, limit, cursor)
        by_name = query.order is Order.NAME
        return attrs.evolve(page, items=tuple(sorted(page.items, key=lambda i: i.name)) if by_name else page.items)


@lie(25)
class NoneFirst(Lie):
    """Lists first whose standing never changes."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        page = super().page(query, limit, cursor)
        if query.order is not Order.NEXT_CHANGE:
            return page
        return attrs.evolve(page, items=tuple(sorted(page.items, key=lambda i: bool(i.standing and i.standing.end))))


@lie(25)
class SkippingCursor(Lie):
    """Leaves out one item after each page."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        page = super().page(query, limit, cursor)
        if page.cursor is None or limit == 1000:
            return page
        return attrs.evolve(page, cursor=super().page(query, limit + 1, cursor).cursor)


@lie(25)
class CursorBeyondTheEnd(Lie):
    """Gives a cursor even after the last page."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        page = super().page(query, limit, cursor)
        return attrs.evolve(page, cursor=page.cursor or (cursor if page.items else None))


@lie(27)
class AnyCursor(Lie):
    """Begins again where a cursor is none of its own."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        try:
            return super().page(query, limit, cursor)
        except CursorError:
            return super().page(query, limit)


@lie(25)
class AnyLimit(Lie):
    """Gives as many as it is asked for, within reason."""

    def page(self, query: Query, limit: int, cursor: str | None = None) -> Page:
        return super().page(query, max(1, min(limit, 1000)), cursor)


@lie(26)
class CountOfAll(Lie):
    """Counts without the filters."""

    def count(self, query: Query) -> int:
        return super().count(Query(kind=query.kind))


@lie(26)
class CountOfOnePage(Lie):
    """Counts as far as a page reaches."""

    def count(self, query: Query) -> int:
        return min(super().count(query), 1000)


class Finding(Lie):
    """A handle that finds others than it should."""

    def finds(self, query: Query, value: Value, facts: Sequence[Value], standing: StandingRow | None) -> bool:
        raise NotImplementedError

    def _items(self, query: Query) -> list[PageItem]:
        everything = super()._items(Query(kind=query.kind, on=query.on))
        return [item for item in everything if self._finds(query, item)]

    def _finds(self, query: Query, item: PageItem) -> bool:
        record = self._company.current(item.key)
        assert record is not None
        keys = self._company.facts.get(item.key.id, ())
        facts = [fact.value for key in keys if (fact := self._company.current(key)) is not None]
        return self.finds(query, record.value, facts, item.standing)


@lie(25)
class WorkHereAndThere(Finding):
    """Finds by work that is spread over several assignments."""

    def finds(self, query: Query, value: Value, facts: Sequence[Value], standing: StandingRow | None) -> bool:
        halves = (
            attrs.evolve(query, work_states=frozenset(), client_ids=frozenset()),
            attrs.evolve(query, job_code_ids=frozenset(), client_ids=frozenset()),
            attrs.evolve(query, job_code_ids=frozenset(), work_states=frozenset()),
        )
        return all(matches(halve, value, facts, standing) for halve in halves)


@lie(25)
class WorkOnAnyDay(Finding):
    """Finds by assignments that are over."""

    def finds(self, query: Query, value: Value, facts: Sequence[Value], standing: StandingRow | None) -> bool:
        always = [
            attrs.evolve(fact, start=date.min, end=None, on_hold=False, cancelled_on=None)
            if isinstance(fact, Assignment)
            else fact
            for fact in facts
        ]
        return matches(query, value, always, standing)


@lie(25)
class RemoteNowhere(Finding):
    """Finds no work that is done from home."""

    def finds(self, query: Query, value: Value, facts: Sequence[Value], standing: StandingRow | None) -> bool:
        here = [attrs.evolve(fact, remote=False) if isinstance(fact, Assignment) else fact for fact in facts]
        return matches(query, value, here, standing)


@lie(25)
class WordsWithin(Finding):
    """Finds by what stands within a word."""

    def finds(self, query: Query, value: Value, facts: Sequence[Value], standing: StandingRow | None) -> bool:
        names = " ".join(str(getattr(value, field, "")) for field in ("legal_name", "id", "email")).casefold()
        within = query.text is not None and all(word in names for word in query.text.casefold().split())
        return matches(attrs.evolve(query, text=None) if within else query, value, facts, standing)


@lie(25)
class InsurersAsPrinted(Finding):
    """Compares the names of insurers as they are printed."""

    def finds(self, query: Query, value: Value, facts: Sequence[Value], standing: StandingRow | None) -> bool:
        named = {
            name
            for fact in facts
            for stated in getattr(fact, "identifications", ())
            for name in (stated.carrier_name, stated.carrier_naic)
        }
        return (not query.insurers or bool(named & query.insurers)) and matches(query, value, facts, standing)


@lie(25)
class NobodyIsNotInvited(Finding):
    """Finds by enrollment only who has one."""

    def finds(self, query: Query, value: Value, facts: Sequence[Value], standing: StandingRow | None) -> bool:
        enrolled = any(type(fact).__name__ == "Enrollment" for fact in facts)
        return (not query.opt_in or enrolled) and matches(query, value, facts, standing)


@lie(25)
class RemovedIsFound(Finding):
    """Finds by facts that were removed."""

    def finds(self, query: Query, value: Value, facts: Sequence[Value], standing: StandingRow | None) -> bool:
        contractor_id = getattr(value, "id", "")
        gone = [self._company.histories[key][-1].value for key in self._company.facts.get(contractor_id, ())]
        return matches(query, value, gone, standing)
