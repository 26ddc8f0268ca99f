"""Histories that Hypothesis makes up: any store is asked what a `MemoryStore` is asked, and must answer the same."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

import attrs
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from contractor_compliance.domain import Value
from contractor_compliance.errors import ContractorComplianceError, FutureInstantError
from contractor_compliance.serialization import write_record
from contractor_compliance.storage import (
    FACTS,
    Changes,
    Expectation,
    Head,
    Key,
    Kind,
    MemoryStore,
    Page,
    Put,
    Query,
    StandingUpdate,
    Store,
    UnboundStore,
    key_of,
    put,
    sha256_seal,
)
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract import pools
from contractor_compliance.testing.contract.steps import SealError, broken_seal

__all__ = ["StoreHistory", "as_bytes"]

_EXAMPLES = 50
#: What Hypothesis does by default; a larger number means a deep search.
_USUAL_EXAMPLES = 100
_COMPANIES = ("company-1", "company-2")
_Question = Callable[[Store], object]
_Cursors = tuple[str | None, str | None]
#: A question to a company about an instant, and the answer, which may never change.
_Asked = tuple[str, _Question, bytes]
#: A page of a company that was read, and the cursors with which either store leads on from it.
_Open = tuple[str, Query, _Cursors]


def as_bytes(answer: object) -> bytes:
    """Return any answer of a store, or what it raised, as bytes: the same for equal answers, and for no others.

    The text of a cursor is the store's own affair, so all that counts is whether there is one.
    """
    return json.dumps(_plain(answer), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(answer: object) -> object:
    match answer:
        case None | bool() | int() | str():
            return answer
        case BaseException():
            return {"raised": type(answer).__name__, "saying": str(answer)}
        case date():  # and instants, which are dates too
            return answer.isoformat()
        case Enum():
            return f"{type(answer).__name__}.{answer.name}"
        case Value():
            return {type(answer).__name__: write_record(answer)}
        case Page():
            return {"items": _plain(answer.items), "leads_on": answer.cursor is not None}
        case tuple():
            return [_plain(part) for part in answer]
        case _ if attrs.has(cls := type(answer)):
            return {cls.__name__: {field.name: _plain(getattr(answer, field.name)) for field in attrs.fields(cls)}}
        case _:
            return {"is no answer": f"{type(answer).__name__} {answer!r}"}


class _HistoryTestCase:
    """Gives the test case of a machine, with settings that suit the daily run unless the profile asks for more."""

    def __get__(self, machine: object, owner: type[StoreHistory]) -> Any:
        return _test_case(owner)


@functools.cache
def _test_case(owner: type[StoreHistory]) -> Any:
    case: Any = vars(RuleBasedStateMachine)["TestCase"].__get__(None, owner)
    case.settings = settings(
        max_examples=asked if (asked := settings().max_examples) > _USUAL_EXAMPLES else _EXAMPLES,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    return case


class StoreHistory(RuleBasedStateMachine):
    """Makes up histories of commits and reads, and compares each answer of a store with that of a `MemoryStore`.

    A store's author overrides `open_store` and takes the test case:

        class MyHistory(StoreHistory):
            def open_store(self, clock): ...

        TestMyHistory = MyHistory.TestCase

    Every answer about an instant is asked for again at the end, and must be the same byte for byte.
    """

    TestCase = _HistoryTestCase()

    def __init__(self) -> None:
        super().__init__()
        self.clock = FrozenClock()
        self._resources = ExitStack()
        opened = self.open_store(self.clock)
        if not isinstance(opened, AbstractContextManager):
            opened = closing(opened)
        unbound, spec = self._resources.enter_context(opened), MemoryStore(clock=self.clock)
        self._spec = {company_id: spec.for_company(company_id) for company_id in _COMPANIES}
        # Two handles each, asked in turn, so that none can live on what it remembers.
        self._handles = {
            company_id: itertools.cycle([unbound.for_company(company_id) for _ in range(2)])
            for company_id in _COMPANIES
        }
        self._numbers = itertools.count(1)
        self._requests: dict[str, list[Changes]] = {company_id: [] for company_id in _COMPANIES}
        self._instants: dict[str, list[datetime]] = {company_id: [] for company_id in _COMPANIES}
        self._latest = self.clock()
        self._asked: list[_Asked] = []
        self._open: list[_Open] = []
        self._agree = True

    def open_store(self, clock: FrozenClock) -> UnboundStore | AbstractContextManager[UnboundStore]:
        """Return an empty store that takes the time from the clock, or what opens and closes one."""
        raise NotImplementedError

    def teardown(self) -> None:
        """Ask everything about the past once more, and close."""
        with self._resources:
            # An instant that the clock, once put back, has not reached again may be refused until it has.
            self.clock.set(max(self.clock(), self._latest))
            for asked in self._asked if self._agree else ():
                self._check_again(*asked)

    # Commits

    @initialize()
    def found(self) -> None:
        """Put a first company, with two contractors at work."""
        self._commit("company-1", pools.beginning("company-1"))

    @rule(company_id=pools.companies, values=pools.puts, keys=pools.expected, way=pools.ways, look=pools.looks)
    def put_values(self, company_id: str, values: list[Put], keys: list[Key], way: pools.Way, look: pools.Look) -> None:
        """Put values of any kind, perhaps in a way that must be refused."""
        company = [] if way.company_id is None else [put(make.company(id=way.company_id or company_id))]
        expects = {key: max(self._version(company_id, key) + way.off_by, 0) for key in keys if way.off_by}
        seal = broken_seal if way.breaks else sha256_seal
        self._commit(company_id, [*company, *values], expects=expects, seal=seal)
        self._look(company_id, look)

    @rule(company_id=pools.companies, place=pools.places, values=pools.few_puts, look=pools.looks)
    def remove(self, company_id: str, place: int, values: list[Put], look: pools.Look) -> None:
        """Remove a fact, seldom one that is not there."""
        facts = [*self._facts(company_id), pools.NO_FACT]
        key = facts[place % len(facts)]
        self._commit(company_id, [value for value in values if value.key != key], removes=(key,))
        self._look(company_id, look)

    @rule(company_id=pools.companies, standings=pools.standings, switch=pools.switches, look=pools.looks)
    def store_standings(
        self, company_id: str, standings: list[StandingUpdate], switch: int | None, look: pools.Look
    ) -> None:
        """Store timelines of generations near the present one, and perhaps switch to one."""
        before = self._spec[company_id].head().generation - 1
        near = [attrs.evolve(update, generation=max(before + update.generation, 0)) for update in standings]
        distinct = {(update.contractor_id, update.generation): update for update in near}
        switch_to = None if switch is None else max(before + switch, 0)
        self._commit(company_id, (), standings=tuple(distinct.values()), switch_to=switch_to)
        self._look(company_id, look)

    @rule(company_id=pools.companies, place=pools.places, is_another=pools.seldom)
    def send_again(self, company_id: str, place: int, *, is_another: bool) -> None:
        """Send a request again as it was, or take its key for another."""
        requests = self._requests[company_id]
        if requests:
            again = requests[place % len(requests)]
            changes = attrs.evolve(again, fingerprint="another" if is_another else again.fingerprint)
            self._ask(company_id, functools.partial(_sealed, changes))

    # Time

    @rule(step=pools.steps_of_time, company_id=pools.companies, look=pools.looks)
    def move_the_clock(self, step: timedelta, company_id: str, look: pools.Look) -> None:
        """Read as known by the clock, and then let time pass, or put the clock back."""
        self._latest = max(self._latest, self.clock())
        self._read_as_known(company_id, look.keys, self.clock())
        self.clock.set(self.clock() + step, backwards=True)
        self._look(company_id, look)

    @rule(company_id=pools.companies, keys=pools.keys, place=pools.places, offset=pools.offsets)
    def read_as_known(self, company_id: str, keys: list[Key], place: int, offset: timedelta) -> None:
        """Read as known at an instant, recorded or of the clock or near one, and ask an earlier question again."""
        instants = [*self._instants[company_id], self.clock()]
        self._read_as_known(company_id, keys, instants[place % len(instants)] + offset)
        if self._asked:
            self._check_again(*self._asked[place % len(self._asked)])

    # Pages

    @rule(company_id=pools.companies, query=pools.queries, place=pools.places, is_wrong=pools.seldom)
    def turn_over(self, company_id: str, query: Query, place: int, *, is_wrong: bool) -> None:
        """Turn over a page that was left open, or use its cursor where it is none; and leave another page open."""
        if self._open:
            of_company, of_query, cursors = self._open[place % len(self._open)]
            asked = (company_id, query) if is_wrong else (of_company, of_query)
            self._turn_page(*asked, 2, cursors)
        following = self._turn_page(company_id, query, place % 3, (None, None))
        if following is not None:
            self._open.append((company_id, query, following))

    # How it is done

    def _commit(
        self,
        company_id: str,
        values: Iterable[Put],
        *,
        removes: Sequence[Key] = (),
        expects: Mapping[Key, int] | None = None,
        standings: Sequence[StandingUpdate] = (),
        **parts: Any,
    ) -> None:
        puts = tuple({value.key: value for value in values}.values())
        read = [*(value.key.aggregate for value in puts), *(key.aggregate for key in removes)]
        read += [Key(Kind.CONTRACTOR, update.contractor_id) for update in standings]
        versions = {key: self._version(company_id, key) for key in read} | dict(expects or {})
        number = next(self._numbers)
        changes = Changes(
            actor="member-1",
            action="record",
            key=f"key-{number}",
            fingerprint=f"fingerprint-{number}",
            response=f"response {number}",
            detail=f'{{"number": {number}}}',
            puts=puts,
            removes=tuple(removes),
            expects=tuple(itertools.starmap(Expectation, versions.items())),
            standings=tuple(standings),
            **parts,
        )
        answer = self._ask(company_id, functools.partial(_sealed, changes))
        head = self._ask(company_id, lambda store: store.head())
        if isinstance(answer, tuple) and isinstance(head, Head) and head.recorded_at is not None:
            self._requests[company_id].append(changes)
            self._instants[company_id].append(head.recorded_at)

    def _look(self, company_id: str, look: pools.Look) -> None:
        """Read what there is now: values, histories, dossiers, all pages of a query, and its count."""
        contractors = pools.contractors_in(look.keys)
        self._ask(company_id, lambda store: store.get(look.keys))
        self._ask(company_id, lambda store: store.history(look.keys))
        self._ask(company_id, lambda store: store.dossiers(contractors))
        cursors: _Cursors | None = (None, None)
        while cursors is not None:
            cursors = self._turn_page(company_id, look.query, look.limit, cursors)
        self._ask(company_id, lambda store: store.count(look.query))
        self._ask(company_id, lambda store: store.audit(look.after, look.limit))
        self._ask(company_id, lambda store: store.receipt(f"key-{look.after + 1}"))

    def _facts(self, company_id: str) -> list[Key]:
        """Return the keys of the facts that are there."""
        answers = self._spec[company_id].dossiers(pools.CONTRACTORS)
        return [
            key_of(fact, answer.contractor_id)
            for answer in answers
            if answer is not None
            for field in FACTS.values()
            for fact in getattr(answer.dossier, field)
        ]

    def _read_as_known(self, company_id: str, keys: list[Key], at: datetime) -> None:
        # What was asked about a company before it was there binds nobody.
        if self._instants[company_id]:
            contractors = pools.contractors_in(keys)
            self._remember(company_id, lambda store: store.get(keys, at))
            self._remember(company_id, lambda store: store.dossiers(contractors, at))

    def _version(self, company_id: str, key: Key) -> int:
        (record,) = self._spec[company_id].get([key])
        return 0 if record is None else record.version

    def _turn_page(self, company_id: str, query: Query, limit: int, cursors: _Cursors) -> _Cursors | None:
        stores = (self._spec[company_id], next(self._handles[company_id]))
        pages = (
            _answer(stores[0], lambda store: store.page(query, limit, cursors[0])),
            _answer(stores[1], lambda store: store.page(query, limit, cursors[1])),
        )
        self._compare(as_bytes(pages[0]), as_bytes(pages[1]), f"{query}, limit {limit}")
        following = (getattr(pages[0], "cursor", None), getattr(pages[1], "cursor", None))
        return None if following == (None, None) else following

    def _ask(self, company_id: str, question: _Question) -> object:
        expected = _answer(self._spec[company_id], question)
        answer = _answer(next(self._handles[company_id]), question)
        self._compare(as_bytes(expected), as_bytes(answer), company_id)
        return expected

    def _remember(self, company_id: str, question: _Question) -> None:
        answer = self._ask(company_id, question)
        if not isinstance(answer, BaseException):
            self._asked.append((company_id, question, as_bytes(answer)))

    def _check_again(self, company_id: str, question: _Question, before: bytes) -> None:
        expected = self._ask(company_id, question)
        if not isinstance(expected, FutureInstantError):
            self._compare(before, as_bytes(expected), "as answered before")

    def _compare(self, expected: bytes, answer: bytes, subject: str) -> None:
        self._agree = self._agree and expected == answer
        assert expected == answer, f"{subject}\nexpected {expected.decode()}\nfound    {answer.decode()}"


def _sealed(changes: Changes, store: Store) -> object:
    """Commit changes, and return the receipt with what the seal was called with."""
    calls: list[tuple[str, int, datetime, str]] = []

    def seal(previous: str, sequence: int, recorded_at: datetime, payload: str) -> str:
        calls.append((previous, sequence, recorded_at, payload))
        return changes.seal(previous, sequence, recorded_at, payload)

    return store.commit(attrs.evolve(changes, seal=seal)), tuple(calls)


def _answer(store: Store, question: _Question) -> object:
    try:
        return question(store)
    except (ContractorComplianceError, SealError) as error:
        return error
