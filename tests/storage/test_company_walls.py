"""One company asks for what is another's: it is answered as if the other were not there, and changes nothing of it.

Two stores are asked the same: one holds both companies, the other only the one that asks. Whatever they are asked, and
with whatever of the other company's, their answers must be the same: values, and exceptions with every word.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import State, Subject, Value
from contractor_compliance.errors import ContractorComplianceError
from contractor_compliance.storage import (
    Changes,
    Expectation,
    Key,
    Kind,
    MemoryStore,
    Query,
    Store,
    UnboundStore,
    key_of,
    open_store,
    put,
)
from contractor_compliance.storage.memory import BoundMemoryStore
from contractor_compliance.storage.sql import BoundSqlStore
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as f
from contractor_compliance.testing.contract.steps import changes, row, settle, state_of, update
from tests.storage.databases import DATABASES, empty_database
from tests.storage.workload import folder

OURS, THEIRS = "company-1", "company-2"
CONTRACTOR = "theirs-contractor"
SUBJECT = Subject(issuer="https://id.example.com", subject="theirs")
#: What the other company has besides itself: something of each kind.
VALUES_OF_THEIRS: tuple[Value, ...] = (
    f.client(id="theirs-client"),
    f.job_code(id="THEIRS"),
    f.carrier(naic="90001", name="Theirs Mutual"),
    f.rate_card(id="theirs-card"),
    f.rulebook(f.gl_requirement(), id="theirs-book"),
    f.role(id="theirs-role"),
    f.member(id="theirs-member", subject=SUBJECT, roles=frozenset({"theirs-role"})),
    f.contractor(id=CONTRACTOR, legal_name="Theirs Rigging LLC", email="theirs@example.com"),
)
FACTS_OF_THEIRS: tuple[Value, ...] = (
    f.assignment(
        id="theirs-assignment", client_id="theirs-client", job_code_id="THEIRS", work_states=frozenset({State.WY})
    ),
    f.gl_policy(id="theirs-policy", carrier_naic="90001", carrier_name="Theirs Mutual"),
    f.certificate(id="theirs-certificate"),
    f.exemption(id="theirs-exemption"),
    f.enrollment(id="theirs-enrollment"),
    f.waiver(id="theirs-waiver"),
)


@attrs.frozen
class Theirs:
    """What a reader who has seen all of the other company knows of it."""

    keys: tuple[Key, ...]
    versions: tuple[Expectation, ...]
    cursor: str
    instant: datetime
    sequence: int
    generation: int


def settle_them(unbound: UnboundStore) -> Theirs:
    """Put what the other company has, in two versions, and return what there is to know of it."""
    store = unbound.for_company(THEIRS)
    everything = (f.company(id=THEIRS), *VALUES_OF_THEIRS, *FACTS_OF_THEIRS)
    first = changes(store, *everything, of=CONTRACTOR, key="theirs", fingerprint="theirs")
    store.commit(first)
    standing = update(row(CONTRACTOR), generation=4)
    again = changes(store, *everything, of=CONTRACTOR, key="theirs again", standings=(standing,), switch_to=4)
    store.commit(again)
    # There must be a page after the first.
    store.commit(changes(store, f.contractor(id="theirs-second"), key="theirs second"))
    keys = tuple(put_.key for put_ in first.puts)
    cursor, head = store.page(Query(), 1).cursor, store.head()
    assert set(Kind) == {key.kind for key in keys}
    assert cursor is not None
    assert head.recorded_at is not None
    versions = tuple(attrs.evolve(expectation, version=expectation.version + 1) for expectation in again.expects)
    return Theirs(keys, versions, cursor, head.recorded_at, head.sequence, head.generation)


# What is asked. Each entry is one call, by the names of its arguments.


def reads(theirs: Theirs) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "get", {"keys": theirs.keys}
    yield "get", {"keys": theirs.keys, "known_at": theirs.instant}
    yield "history", {"keys": theirs.keys}
    for options in ({}, {"known_at": theirs.instant}):
        yield "dossiers", {"contractor_ids": (CONTRACTOR, "theirs-second"), **options}
    for key in ("theirs", "theirs again"):
        yield "receipt", {"key": key}
    for query in queries():
        yield "count", {"query": query}
        yield "page", {"query": query, "limit": 10}
        yield "page", {"query": query, "limit": 1, "cursor": theirs.cursor}
    yield "head", {}
    for after in (0, theirs.sequence - 1, theirs.sequence):
        yield "audit", {"after": after, "limit": 1000}


#: The filters that take something of a company's own, with what the other has of it.
OWN_FILTERS: dict[str, Any] = {
    "job_code_ids": frozenset({"THEIRS"}),
    "client_ids": frozenset({"theirs-client"}),
    "insurers": frozenset({"90001"}),
    "text": "theirs",
    "email": "theirs@example.com",
    "subject": SUBJECT,
}
#: The filters that take a word of the field, or a day.
OTHER_FILTERS = {
    *("kind", "on", "order", "home_states", "work_states", "opt_in", "steps"),
    *("verdicts", "insurance", "changes_by"),
}


def queries() -> Iterator[Query]:
    for kind in Kind:
        if not kind.is_fact:
            yield Query(kind=kind)
    for name, value in OWN_FILTERS.items():
        yield Query(kind=Kind.MEMBER if name == "subject" else Kind.CONTRACTOR, **{name: value})
    yield Query(kind=Kind.CARRIER, insurers=OWN_FILTERS["insurers"])
    yield Query(work_states=frozenset({State.WY}))
    yield Query(on=f.WORK_START)


def writes(theirs: Theirs) -> Iterator[tuple[str, dict[str, Any]]]:
    contractor = next(version for version in theirs.versions if version.key.kind is Kind.CONTRACTOR)
    # Last the values themselves: from then on both have some of the same ids, and a member of the same subject.
    asked = (*_with_keys_and_versions(theirs), *_with_facts(theirs, contractor), *_with_values(contractor))
    for number, parts in enumerate(asked):
        usual = {"actor": "us", "action": "try", "key": f"ours {number}", "fingerprint": "ours"}
        yield "commit", {"changes": Changes(**{**usual, **parts})}


def _with_keys_and_versions(theirs: Theirs) -> Iterator[dict[str, Any]]:
    yield {"key": "theirs", "fingerprint": "theirs"}
    yield {"key": "theirs again", "fingerprint": "another"}
    for version in theirs.versions:
        yield {"expects": (version,)}
        yield {"expects": (attrs.evolve(version, version=version.version + 1),)}
    yield {"switch_to": theirs.generation}


def _with_facts(theirs: Theirs, contractor: Expectation) -> Iterator[dict[str, Any]]:
    """Yield what changes their facts and standings, and what puts their facts into a contractor of ours."""
    none = attrs.evolve(contractor, version=0)
    ours = Expectation(Key(Kind.CONTRACTOR, "contractor-1"), 1)
    for value in FACTS_OF_THEIRS:
        yield {"puts": (put(value, CONTRACTOR),), "expects": (contractor,)}
        yield {"puts": (put(value, CONTRACTOR),), "expects": (none,)}
        yield {"puts": (put(value, "contractor-1"),), "expects": (ours,)}
    for key in theirs.keys:
        if key.kind.is_fact:
            yield {"removes": (key,), "expects": (contractor,)}
            yield {"removes": (attrs.evolve(key, contractor_id="contractor-1"),), "expects": (ours,)}
    for expected, generation in itertools.product((contractor, none), (0, theirs.generation, theirs.generation + 1)):
        yield {"expects": (expected,), "standings": (update(row(CONTRACTOR), generation=generation),)}


def _with_values(contractor: Expectation) -> Iterator[dict[str, Any]]:
    yield {"puts": (put(f.company(id=THEIRS)),), "expects": (Expectation(Key(Kind.COMPANY, THEIRS), 2),)}
    for value in VALUES_OF_THEIRS:
        yield {"puts": (put(value),), "expects": (Expectation(key_of(value), 0),)}
    for version, value in enumerate(FACTS_OF_THEIRS, start=1):
        yield {"puts": (put(value, CONTRACTOR),), "expects": (attrs.evolve(contractor, version=version),)}


def told(store: Store, method: str, arguments: dict[str, Any]) -> object:
    """Return what a call returns, or which exception it raises and what that says."""
    try:
        return getattr(store, method)(**arguments)
    except ContractorComplianceError as error:
        return type(error), str(error)


def differences(ours: Store, alone: Store, theirs: Theirs) -> list[str]:
    """Return the calls that are answered differently by a store with the other company in it and by one without."""
    return [
        f"{method}({arguments})"
        for method, arguments in (*reads(theirs), *writes(theirs), *reads(theirs))
        if told(ours, method, arguments) != told(alone, method, arguments)
    ]


@contextmanager
def two_stores(kind: str, request: pytest.FixtureRequest) -> Iterator[tuple[UnboundStore, UnboundStore, Theirs]]:
    """Give a store with both companies, one with ours alone, and what there is to know of theirs."""
    clock = FrozenClock()
    with ExitStack() as stack:

        def opened() -> UnboundStore:
            if kind == "memory":
                return MemoryStore(clock=clock)
            database = stack.enter_context(empty_database(kind, request, stack.enter_context(folder())))
            return stack.enter_context(closing(open_store(database.url, clock=clock)))

        both, alone = opened(), opened()
        theirs = settle_them(both)
        for unbound in (both, alone):
            settle(unbound.for_company(OURS), key="settle", standings=(update(row()),))
        clock.advance(seconds=1)  # so that nothing of theirs lies in the future
        yield both, alone, theirs


@pytest.mark.parametrize("kind", ["memory", *DATABASES])
def test_records_of_another_company_are_answered_as_missing_and_stay_unchanged(
    request: pytest.FixtureRequest, kind: str
) -> None:
    with two_stores(kind, request) as (both, alone, theirs):
        their_handle = both.for_company(THEIRS)
        before = state_of(their_handle, *theirs.keys), [their_handle.receipt(key) for key in ("theirs", "settle")]

        assert [] == differences(both.for_company(OURS), alone.for_company(OURS), theirs)
        assert before == (
            state_of(their_handle, *theirs.keys),
            [their_handle.receipt(key) for key in ("theirs", "settle")],
        )


@pytest.mark.parametrize("kind", ["memory", *DATABASES])
def test_closing_a_handle_leaves_that_of_another_company_open(request: pytest.FixtureRequest, kind: str) -> None:
    with two_stores(kind, request) as (both, _, theirs):
        their_handle = both.for_company(THEIRS)
        both.for_company(OURS).close()

        assert theirs.sequence == their_handle.head().sequence


class Leaky:
    """A handle that answers one method from the other company, if its own has nothing."""

    def __init__(self, first: Store, other: Store, leaks: str) -> None:
        self._own, self._other, self._leaks = first, other, leaks

    def __getattr__(self, name: str) -> Any:
        if name != self._leaks:
            return getattr(self._own, name)

        def leaking(**arguments: Any) -> Any:
            answer = getattr(self._own, name)(**arguments)
            is_found = any(answer) if isinstance(answer, tuple) else answer
            return answer if is_found else getattr(self._other, name)(**arguments)

        return leaking


@pytest.mark.parametrize("method", ["get", "dossiers", "history", "receipt", "audit", "count"])
def test_a_handle_that_answers_from_another_company_is_noticed(request: pytest.FixtureRequest, method: str) -> None:
    with two_stores("memory", request) as (both, alone, theirs):
        leaky: Any = Leaky(both.for_company(OURS), both.for_company(THEIRS), method)

        assert differences(leaky, alone.for_company(OURS), theirs)


@pytest.mark.parametrize("handle", [Store, BoundMemoryStore, BoundSqlStore])
def test_every_method_with_every_argument_is_tried_with_records_of_another_company(
    request: pytest.FixtureRequest, handle: type
) -> None:
    public = {
        name: set(inspect.signature(method).parameters) - {"self"}
        for name, method in inspect.getmembers(handle, callable)
        if not name.startswith("_")
    }
    with two_stores("memory", request) as (_, _, theirs):
        asked: dict[str, set[str]] = {"close": set()}  # takes nothing, and has a test of its own
        for method, arguments in (*reads(theirs), *writes(theirs)):
            asked.setdefault(method, set()).update(arguments)

    assert public == asked


def test_every_filter_of_a_query_is_classified_as_of_one_company_or_of_any() -> None:
    assert {field.name for field in attrs.fields(Query)} == OTHER_FILTERS | OWN_FILTERS.keys()
