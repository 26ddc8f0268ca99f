"""What the tests of the contract do again and again: build changes, commit them, list and compare."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from contractor_compliance.domain import Policy, Value
from contractor_compliance.errors import UnavailableError
from contractor_compliance.results import InsuranceStatus, StandingRow, Verdict
from contractor_compliance.storage import (
    FACTS,
    VALUES,
    Changes,
    Expectation,
    Head,
    Key,
    Kind,
    PageItem,
    Put,
    Query,
    Receipt,
    Record,
    StandingUpdate,
    Store,
    put,
)
from contractor_compliance.testing import factories as make

T = TypeVar("T")
#: Values to put, and other parts of `Changes`.
Values = tuple[Any, ...]
Parts = dict[str, Any]
#: The smallest step of time that is kept apart.
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
#: A day of work of the sample assignment.
DAY = date(2026, 6, 1)
#: The company that the fixture `store` is bound to, and the sample contractor.
COMPANY = "company-1"
COMPANY_KEY = Key(Kind.COMPANY, COMPANY)
CONTRACTOR = Key(Kind.CONTRACTOR, "contractor-1")
#: Facts of the sample contractor: the assignment is put by `settle`, the policy is not.
ASSIGNMENT = Key(Kind.ASSIGNMENT, "assignment-1", CONTRACTOR.id)
POLICY = Key(Kind.POLICY, "policy-general_liability", CONTRACTOR.id)
#: Lists every contractor.
ANYTHING = Query()

_FACT_CLASSES = tuple(VALUES[kind] for kind in FACTS)
_numbers = itertools.count(1)


class SealError(Exception):
    """What a seal of these tests raises."""


def number_of(policy: Policy) -> str | None:
    """Return the number that the first source of a policy states."""
    return policy.identifications[0].number


def broken_seal(_previous: str, _sequence: int, _recorded_at: datetime, _payload: str) -> str:
    """Fail, as a key service that is down does."""
    raise SealError


# Keys


def contractor_key(contractor_id: str) -> Key:
    """Return the key of a contractor."""
    return Key(Kind.CONTRACTOR, contractor_id)


def client_key(client_id: str = "client-1") -> Key:
    """Return the key of a client."""
    return Key(Kind.CLIENT, client_id)


def fact_key(kind: Kind, own_id: str, contractor_id: str = CONTRACTOR.id) -> Key:
    """Return the key of a fact, of the sample contractor unless another is named."""
    return Key(kind, own_id, contractor_id)


# Commits


def changes(
    store: Store,
    *values: Value | Put,
    of: str = CONTRACTOR.id,
    removes: Sequence[Key] = (),
    expects: Mapping[Key, int] | None = None,
    standings: Sequence[StandingUpdate] = (),
    **parts: Any,
) -> Changes:
    """Return changes with a fresh key that expect what is current.

    Facts among the values belong to the contractor `of`; `expects` are versions in the place of the current ones or
    besides them; `parts` are any other fields of `Changes`.
    """
    puts = tuple(
        value if isinstance(value, Put) else put(value, of if isinstance(value, _FACT_CLASSES) else None)
        for value in values
    )
    given = dict(expects or {})
    touched = [*(value.key.aggregate for value in puts), *(key.aggregate for key in removes)]
    touched += [contractor_key(update.contractor_id) for update in standings]
    unsaid = [key for key in dict.fromkeys(touched) if key not in given]
    versions = (record.version if record is not None else 0 for record in (store.get(unsaid) if unsaid else ()))
    expected = {**dict(zip(unsaid, versions, strict=True)), **given}
    usual = {"actor": "member-1", "action": "record", "key": f"key-{next(_numbers)}", "fingerprint": "fingerprint-1"}
    return Changes(
        **{**usual, **parts},
        puts=puts,
        removes=tuple(removes),
        expects=tuple(Expectation(key, version) for key, version in expected.items()),
        standings=tuple(standings),
    )


def commit(store: Store, *values: Value | Put, **parts: Any) -> Receipt:
    """Commit values; takes what `changes` takes."""
    return store.commit(changes(store, *values, **parts))


def found(store: Store) -> Receipt:
    """Put the company itself, and nothing else."""
    return commit(store, make.company(id=store.company_id))


def settle(store: Store, **parts: Any) -> Receipt:
    """Put the company, and the sample contractor with its assignment and all that this names."""
    shared = (make.company(id=store.company_id), make.client(), make.job_code(), make.carrier())
    return commit(store, *shared, make.contractor(), make.assignment(), **parts)


def rename(store: Store, name: str = "Renamed Mills Corp") -> Receipt:
    """Put the sample client with another name."""
    return commit(store, make.client(name=name))


def patient(work: Callable[[], T]) -> T:
    """Try again while the store is busy, which it may be when others write."""
    for _ in range(100):
        try:
            return work()
        except UnavailableError:
            continue
    return work()


# Standings


def row(  # a row has as many columns
    contractor_id: str = CONTRACTOR.id,
    *,
    start: date = date.min,
    end: date | None = None,
    verdict: Verdict = Verdict.COMPLIANT,
    insurance: InsuranceStatus = InsuranceStatus.INSURED,
    **parts: Any,
) -> StandingRow:
    """Return a row of a stored timeline; default: compliant and insured on every day."""
    usual = {"worst_requirement": None, "reasons": (), "rulebook_id": "rulebook-1", "rulebook_version": 1}
    given = {"contractor_id": contractor_id, "start": start, "end": end, "verdict": verdict}
    return StandingRow(insurance_status=insurance, **{**usual, **given, **parts})


def update(*rows: StandingRow, generation: int = 0, of: str = CONTRACTOR.id) -> StandingUpdate:
    """Return the change that stores rows as a contractor's timeline."""
    return StandingUpdate(rows[0].contractor_id if rows else of, rows, generation)


# Reading


def current(store: Store, key: Key) -> Record:
    """Return the current version of a value, which must be there."""
    (record,) = store.get([key])
    assert record is not None, f"{key} is not on file"
    return record


def version_of(store: Store, key: Key) -> int:
    """Return the current version of an aggregate; 0 = there is none."""
    (record,) = store.get([key])
    return record.version if record is not None else 0


def name_of(store: Store, known_at: datetime | None = None) -> str | None:
    """Return the name of the sample client, as now or as known at an instant; None = it is not on file."""
    (record,) = store.get([client_key()], known_at)
    return None if record is None else record.value.name


def head_time(store: Store) -> datetime:
    """Return the time of record of the last commit."""
    instant = store.head().recorded_at
    assert instant is not None, "there is no commit yet"
    return instant


def walk(store: Store, query: Query = ANYTHING, limit: int = 1000) -> list[tuple[PageItem, ...]]:
    """Return the items of every page of a query, from the first to the last."""
    pages = [store.page(query, limit)]
    while (cursor := pages[-1].cursor) is not None:
        assert len(pages) < 200, "the cursors lead nowhere"
        pages.append(store.page(query, limit, cursor))
    return [page.items for page in pages]


def listed(store: Store, **query: Any) -> list[str]:
    """Return the ids that a query finds, in its order; filters may be plain sets."""
    filters: dict[str, Any] = {
        name: frozenset(given) if isinstance(given, set) else given for name, given in query.items()
    }
    return [item.key.id for items in walk(store, Query(**filters)) for item in items]


def ids(items: Sequence[PageItem]) -> list[str]:
    """Return the ids of items."""
    return [item.key.id for item in items]


def state_of(store: Store, *keys: Key) -> tuple[Head, Any, Any, Any, Any, Any]:
    """Return all that a handle can tell of a company and of some keys: a refused commit leaves it as it was."""
    contractors = [key.id for key in keys if key.kind is Kind.CONTRACTOR]
    day = make.WORK_START
    return (
        store.head(),
        store.get(keys),
        store.history(keys),
        store.dossiers(contractors),
        [walk(store, Query(kind=kind, on=day if kind is Kind.CONTRACTOR else None)) for kind in _LISTED],
        store.audit(0, 1000),
    )


_LISTED = tuple(kind for kind in Kind if not kind.is_fact)
