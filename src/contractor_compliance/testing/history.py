"""Histories that Hypothesis makes up: any store is asked what a `MemoryStore` is asked, and must answer the same."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
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

__all__ = ["StoreHistory", "as_bytes"]

_EXAMPLES = 50
#: What Hypothesis does unless told otherwise; who asks for more wants a deep search.
_USUAL_EXAMPLES = 100
_COMPANIES = ("company-1", "company-2")
_Question = Callable[[Store], object]
_Cursors = tuple[str | None, str | None]


class SealError(Exception):
    """What the seal of a made-up commit raises."""


def _broken_seal(_previous: str, _sequence: int, _recorded_at: datetime, _payload: str) -> str:
    raise SealError


def as_bytes(answer: object) -> bytes:
    """Return any answer of a store, or what it raised, as bytes: the same for equal answers, and for no others.

    The text of a cursor is the store's own affair, so only whether there is one is told.
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
            return [_plain(each) for each in answer]
        case _ if attrs.has(cls := type(answer)):
            return {cls.__name__: {field.name: _plain(getattr(answer, field.name)) for field in attrs.fields(cls)}}
        case _:
            return {"is no answer": f"{type(answer).__name__} {answer!r}"}


@attrs.define
class _Asked:
    """A question about an instant, and the answer that may never change."""

    company_id: str
    question: _Question
    answer: bytes


@attrs.define
class _Open:
    """A page that was read, and the cursors with which either store leads on from it."""

    company_id: str
    query: Query
    cursors: _Cursors


class _HistoryTestCase:
    """Gives the test case of a machine, with settings that suit the daily run unless the profile asks for more."""

    def __get__(self, machine: object, owner: type[StoreHistory]) -> Any:
        return _test_case(owner)


@functools.cache
def _test_case(owner: type[StoreHistory]) -> Any:
    case: Any = vars(RuleBasedStateMachine)["TestCase"].__get__(None, owner)
    asked = settings().max_examples
    case.settings = settings(
        max_examples=asked if asked > _USUAL_EXAMPLES else _EXAMPLES,
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
        self._spec = MemoryStore(clock=self.clock)
        opened = self.open_store(self.clock)
        if isinstance(opened, AbstractContextManager):
            self._unbound = self._resources.enter_context(opened)
        else:
            self._unbound = opened
            self._resources.callback(opened.close)
        # Two handles each, asked in turn, so that none can live on what it remembers.
        self._handles = {each: [self._unbound.for_company(each) for _ in range(2)] for each in _COMPANIES}
        self._turn = 0
        self._numbers = 0
        self._requests: dict[str, list[Changes]] = {each: [] for each in _COMPANIES}
        self._instants: dict[str, list[datetime]] = {each: [] for each in _COMPANIES}
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
            for each in self._asked if self._agree else ():
                self._check_again(each)

    # Commits

    @initialize()
    def found(self) -> None:
        """Put a first company, with two contractors at work."""
        self._commit("company-1", pools.beginning("company-1"))

    @rule(company_id=pools.companies, values=pools.puts, keys=pools.expected, way=pools.ways, look=pools.looks)
    def put_values(self, company_id: str, values: list[Put], keys: list[Key], way: pools.Way, look: pools.Look) -> None:
        """Put values of any kind, perhaps in a way that must be refused."""
        itself = [] if way.company_id is None else [put(make.company(id=way.company_id or company_id))]
        expects = {key: max(self._version(company_id, key) + way.off_by, 0) for key in keys if way.off_by}
        seal = _broken_seal if way.breaks else sha256_seal
        self._commit(company_id, [*itself, *values], expects=expects, seal=seal)
        self._look(company_id, look)

    @rule(company_id=pools.companies, place=pools.places, values=pools.few_puts, look=pools.looks)
    def remove(self, company_id: str, place: int, values: list[Put], look: pools.Look) -> None:
        """Remove a fact, seldom one that is not there."""
        facts = [*self._facts(company_id), pools.NO_FACT]
        key = facts[place % len(facts)]
        self._commit(company_id, [each for each in values if each.key != key], removes=(key,))
        self._look(company_id, look)

    @rule(company_id=pools.companies, standings=pools.standings, switch=pools.switches, look=pools.looks)
    def store_standings(
        self, company_id: str, standings: list[StandingUpdate], switch: int | None, look: pools.Look
    ) -> None:
        """Store timelines of generations near the present one, and perhaps switch to one."""
        now = self._spec.for_company(company_id).head().generation
        near = [attrs.evolve(each, generation=max(now - 1 + each.generation, 0)) for each in standings]
        distinct = {(each.contractor_id, each.generation): each for each in near}
        switch_to = None if switch is None else max(now - 1 + switch, 0)
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
            self._check_again(self._asked[place % len(self._asked)])

    # Pages

    @rule(company_id=pools.companies, query=pools.queries, place=pools.places, is_wrong=pools.seldom)
    def turn_over(self, company_id: str, query: Query, place: int, *, is_wrong: bool) -> None:
        """Turn over a page that was left open, or use its cursor where it is none; and leave another page open."""
        if self._open:
            page = self._open[place % len(self._open)]
            own = (company_id, query) if is_wrong else (page.company_id, page.query)
            self._turn_page(*own, 2, page.cursors)
        cursors = self._turn_page(company_id, query, place % 3, (None, None))
        if cursors is not None:
            self._open.append(_Open(company_id, query, cursors))

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
        puts = tuple({each.key: each for each in values}.values())
        read = [*(each.key.aggregate for each in puts), *(key.aggregate for key in removes)]
        read += [Key(Kind.CONTRACTOR, each.contractor_id) for each in standings]
        versions = {key: self._version(company_id, key) for key in read} | dict(expects or {})
        self._numbers += 1
        changes = Changes(
            actor="member-1",
            action="record",
            key=f"key-{self._numbers}",
            fingerprint=f"fingerprint-{self._numbers}",
            response=f"response {self._numbers}",
            detail=f'{{"number": {self._numbers}}}',
            puts=puts,
            removes=tuple(removes),
            expects=tuple(Expectation(key, version) for key, version in versions.items()),
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
        spec = self._spec.for_company(company_id)
        answers = spec.dossiers(pools.CONTRACTORS)
        dossiers = [each.dossier for each in answers if each is not None]
        return [
            key_of(fact, dossier.contractor.id)
            for dossier in dossiers
            for field in FACTS.values()
            for fact in getattr(dossier, field)
        ]

    def _read_as_known(self, company_id: str, keys: list[Key], at: datetime) -> None:
        # What was asked about a company before it was there binds nobody.
        if self._instants[company_id]:
            contractors = pools.contractors_in(keys)
            self._remember(company_id, lambda store: store.get(keys, at))
            self._remember(company_id, lambda store: store.dossiers(contractors, at))

    def _version(self, company_id: str, key: Key) -> int:
        (record,) = self._spec.for_company(company_id).get([key])
        return 0 if record is None else record.version

    def _turn_page(self, company_id: str, query: Query, limit: int, cursors: _Cursors) -> _Cursors | None:
        spec, store = self._both(company_id)
        pages = (
            _answer(spec, lambda store: store.page(query, limit, cursors[0])),
            _answer(store, lambda store: store.page(query, limit, cursors[1])),
        )
        self._compare(as_bytes(pages[0]), as_bytes(pages[1]), f"{query}, limit {limit}")
        following = (getattr(pages[0], "cursor", None), getattr(pages[1], "cursor", None))
        return None if following == (None, None) else following

    def _ask(self, company_id: str, question: _Question) -> object:
        spec, store = self._both(company_id)
        expected = _answer(spec, question)
        self._compare(as_bytes(expected), as_bytes(_answer(store, question)), company_id)
        return expected

    def _remember(self, company_id: str, question: _Question) -> None:
        answer = self._ask(company_id, question)
        if not isinstance(answer, BaseException):
            self._asked.append(_Asked(company_id, question, as_bytes(answer)))

    def _check_again(self, asked: _Asked) -> None:
        spec, store = self._both(asked.company_id)
        expected = _answer(spec, asked.question)
        if not isinstance(expected, FutureInstantError):
            self._compare(asked.answer, as_bytes(expected), "as answered before")
        self._compare(as_bytes(expected), as_bytes(_answer(store, asked.question)), "as answered before")

    def _both(self, company_id: str) -> tuple[Store, Store]:
        self._turn += 1
        return self._spec.for_company(company_id), self._handles[company_id][self._turn % 2]

    def _compare(self, expected: bytes, found: bytes, subject: str) -> None:
        self._agree = self._agree and expected == found
        assert expected == found, f"{subject}\nexpected {expected.decode()}\nfound    {found.decode()}"


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
