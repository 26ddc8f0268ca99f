"""How many statements a call takes: a fixed number, however many records there are. N+1 is a failure here.

The numbers are written out. A change that raises one makes every host slower, and should say why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from contractor_compliance.domain import Line, Subject
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage import Changes, Expectation, Key, Kind, Order, Put, Query, Store, put
from contractor_compliance.storage.sql import SqlStore, bulk
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.steps import (
    COMPANY,
    COMPANY_KEY,
    changes,
    client_key,
    commit,
    contractor_key,
    fact_key,
    row,
    update,
)
from tests import tiers
from tests.storage.databases import DATABASES, Database, empty_database

MANY = 1000


@pytest.fixture(params=DATABASES, scope="module")
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database in which nothing is changed: a company with a thousand contractors, each with work and cover."""
    with empty_database(request.param, request, tmp_path_factory.mktemp("large")) as database:
        store = SqlStore(database.engine, clock=FrozenClock()).for_company(COMPANY)
        commit(store, make.company(), make.client(), make.job_code(), make.carrier())
        store.commit(added(range(MANY)))
        yield database


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with empty_database(request.param, request, tmp_path) as database:
        yield database


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """Give the statements that are sent meanwhile, those that copy rows included."""
    sent: list[str] = []
    copy = bulk._copy

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    def copied(connection: Any, table: Any, rows: Any) -> None:
        sent.append(f"COPY {table.name}")
        copy(connection, table, rows)

    engine = database.engine
    event.listen(engine, "before_cursor_execute", executed)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bulk, "_copy", copied)
            yield sent
    finally:
        event.remove(engine, "before_cursor_execute", executed)


def sent_by(database: Database, call: Callable[[Store], object]) -> list[str]:
    """Return the statements that a call sends on a connection that is open already."""
    store = SqlStore(database.engine, clock=FrozenClock()).for_company(COMPANY)
    store.head()
    with counting(database) as sent:
        call(store)
    # SQLite's driver does not begin by itself, so that we send its BEGIN; PostgreSQL's does.
    return [statement for statement in sent if not statement.startswith("BEGIN")]


def name(number: int) -> str:
    return f"contractor-{number:04}"


def facts_of(number: int) -> Iterator[Put]:
    """Yield a contractor with one fact of each kind."""
    yield put(make.contractor(id=name(number), legal_name=f"Sample Rigging {number:04} LLC"))
    for fact in (
        make.assignment(),
        make.gl_policy(),
        make.certificate(),
        make.exemption(),
        make.enrollment(),
        make.waiver(),
    ):
        yield put(fact, name(number))


def added(numbers: Sequence[int]) -> Changes:
    """Return the changes that add contractors with facts of every kind and their standings."""
    shared = (COMPANY_KEY, client_key(), Key(Kind.JOB_CODE, "RIG-1"), Key(Kind.CARRIER, "99901"))
    return Changes(
        actor="member-1",
        action="add",
        key=f"add {numbers[0]} to {numbers[-1]}",
        fingerprint="added",
        puts=tuple(fact for number in numbers for fact in facts_of(number)),
        expects=(
            *(Expectation(key, 1) for key in shared),
            *(Expectation(contractor_key(name(number)), 0) for number in numbers),
        ),
        standings=tuple(update(row(name(number))) for number in numbers),
    )


# Reads


@pytest.mark.parametrize("contractors", [1, 50, 1000])
def test_dossiers_take_thirteen_statements_however_many_they_are(large: Database, contractors: int) -> None:
    contractor_ids = [name(number) for number in range(contractors)]

    # The head; the contractor and six kinds of facts; company, clients, job codes, carriers by number and by name.
    assert 13 == len(sent_by(large, lambda store: store.dossiers(contractor_ids)))


@pytest.mark.parametrize("contractors", [1, 50, 1000])
def test_dossiers_as_known_at_the_last_commit_take_thirteen_statements(large: Database, contractors: int) -> None:
    contractor_ids = [name(number) for number in range(contractors)]
    known_at = SqlStore(large.engine).for_company(COMPANY).head().recorded_at

    assert 13 == len(sent_by(large, lambda store: store.dossiers(contractor_ids, known_at)))


@pytest.mark.parametrize("values", [1, 50, 1000])
def test_values_take_a_statement_for_each_kind_and_one_for_the_head(large: Database, values: int) -> None:
    keys = [contractor_key(name(number)) for number in range(values)]
    facts = [fact_key(Kind.ASSIGNMENT, "assignment-1", name(number)) for number in range(values)]

    assert [2, 3, 4] == [
        len(sent_by(large, lambda store, asked=asked: store.get(asked)))
        for asked in (keys, [*keys, *facts], [COMPANY_KEY, *keys, *facts])
    ]


@pytest.mark.parametrize("values", [1, 50, 1000])
def test_histories_take_a_statement_for_each_kind_and_one_for_the_head(large: Database, values: int) -> None:
    keys = [contractor_key(name(number)) for number in range(values)]

    assert [2, 3] == [
        len(sent_by(large, lambda store, asked=asked: store.history(asked))) for asked in (keys, [COMPANY_KEY, *keys])
    ]


QUERIES = {
    "all": Query(),
    "by_id": Query(order=Order.ID),
    "next_change": Query(on=make.WORK_START, order=Order.NEXT_CHANGE),
    "everything": Query(
        on=make.WORK_START,
        text="sample rigging llc",
        client_ids=frozenset({"client-1"}),
        job_code_ids=frozenset({"RIG-1"}),
        verdicts=frozenset(Verdict),
        insurance=frozenset(InsuranceStatus),
        home_states=frozenset({make.contractor().home_state}),
    ),
    "clients": Query(kind=Kind.CLIENT),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("limit", [1, 1000])
def test_a_page_is_one_statement(large: Database, query: Query, limit: int) -> None:
    assert 1 == len(sent_by(large, lambda store: store.page(query, limit)))


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_count_is_one_statement(large: Database, query: Query) -> None:
    assert 1 == len(sent_by(large, lambda store: store.count(query)))


def test_a_page_after_another_is_one_statement(large: Database) -> None:
    cursor = SqlStore(large.engine).for_company(COMPANY).page(Query(), 10).cursor

    assert 1 == len(sent_by(large, lambda store: store.page(Query(), 10, cursor)))


@pytest.mark.parametrize(
    "call",
    [lambda store: store.head(), lambda store: store.audit(0, 1000), lambda store: store.receipt("key")],
    ids=["head", "audit", "receipt"],
)
def test_head_audit_and_receipt_are_one_statement_each(large: Database, call: Callable[[Store], object]) -> None:
    assert 1 == len(sent_by(large, call))


def test_a_read_of_no_keys_costs_the_head_alone(large: Database) -> None:
    assert [1, 1] == [
        len(sent_by(large, lambda store: store.get([]))),
        len(sent_by(large, lambda store: store.history([]))),
    ]


# Commits

#: What SQLite needs besides: an UPDATE of the head that takes the write lock.
LOCK = {"sqlite": 1, "postgresql": 0}


@pytest.fixture
def filled(database: Database, contractors: int) -> Database:
    """A company with some contractors that have facts of every kind."""
    store = SqlStore(database.engine, clock=FrozenClock()).for_company(COMPANY)
    commit(store, make.company(), make.client(), make.job_code(), make.carrier())
    store.commit(added(range(contractors)))
    return database


@pytest.mark.parametrize("contractors", [10, 500])
def test_a_policy_takes_as_many_statements_in_a_large_company_as_in_a_small_one(filled: Database) -> None:
    outside = SqlStore(filled.engine, clock=FrozenClock()).for_company(COMPANY)
    later = changes(outside, make.wc_policy(), of=name(3))

    sent = sent_by(filled, lambda store: store.commit(later))

    # Head, receipt, version; the contractor and six kinds of facts; five for what these name; the contractor's version,
    # its history and the policy's ended and begun; the audit and the head.
    assert 24 + LOCK[filled.dialect] == len(sent)


@pytest.mark.parametrize("contractors", [10, 500])
def test_a_standing_takes_as_many_statements_in_a_large_company_as_in_a_small_one(filled: Database) -> None:
    outside = SqlStore(filled.engine, clock=FrozenClock()).for_company(COMPANY)
    later = changes(outside, standings=[update(row(name(3), end=date(2026, 5, 1)))])

    assert 10 + LOCK[filled.dialect] == len(sent_by(filled, lambda store: store.commit(later)))


@pytest.mark.parametrize("contractors", [1])
@pytest.mark.parametrize("new", [10, 500])
def test_new_contractors_take_as_many_statements_however_many_they_are(filled: Database, new: int) -> None:
    later = added(range(1, new + 1))

    assert 27 + LOCK[filled.dialect] == len(sent_by(filled, lambda store: store.commit(later)))


@pytest.mark.parametrize("contractors", [1])
@pytest.mark.parametrize(("new", "copies"), [(3, 0), (500, 12)])
def test_many_rows_are_copied_where_the_database_can(filled: Database, new: int, copies: int) -> None:
    sent = sent_by(filled, lambda store: store.commit(added(range(1, new + 1))))

    # Into an identity, seven histories, the words, the insurers, the work and the standings.
    copied = {"sqlite": 0, "postgresql": copies}[filled.dialect]
    assert copied == len([statement for statement in sent if statement.startswith("COPY")])


@pytest.mark.parametrize("contractors", [500])
@pytest.mark.parametrize("changed", [10, 500])
def test_changed_contractors_take_as_many_statements_however_many_they_are(filled: Database, changed: int) -> None:
    outside = SqlStore(filled.engine, clock=FrozenClock()).for_company(COMPANY)
    later = changes(
        outside,
        *(make.contractor(id=name(number), legal_name=f"Renamed {number} LLC") for number in range(changed)),
        *(put(make.gl_policy(number="RENEWED"), name(number)) for number in range(changed)),
        removes=[fact_key(Kind.CERTIFICATE, "certificate-1", name(number)) for number in range(changed)],
        standings=[update(row(name(number))) for number in range(changed)],
    )

    assert 36 + LOCK[filled.dialect] == len(sent_by(filled, lambda store: store.commit(later)))


@pytest.mark.parametrize("contractors", [1])
@pytest.mark.parametrize("members", [1, 100])
def test_members_take_as_many_statements_however_many_they_are(filled: Database, members: int) -> None:
    subjects = [Subject(issuer="https://id.example.com", subject=f"subject-{number}") for number in range(members)]
    later = changes(
        SqlStore(filled.engine, clock=FrozenClock()).for_company(COMPANY),
        *(make.member(id=f"member-{number}", subject=subject) for number, subject in enumerate(subjects)),
    )

    assert 8 + LOCK[filled.dialect] == len(sent_by(filled, lambda store: store.commit(later)))


@pytest.mark.parametrize("contractors", [10])
def test_a_repeated_commit_looks_no_further_than_its_receipt(filled: Database) -> None:
    assert 2 + LOCK[filled.dialect] == len(sent_by(filled, lambda store: store.commit(added(range(10)))))


# One moment


def every_answer(store: Store) -> tuple[Any, ...]:
    keys = [COMPANY_KEY, client_key(), contractor_key(name(1)), fact_key(Kind.POLICY, f"policy-{Line.GL}", name(1))]
    return store.get(keys), store.history(keys), store.dossiers([name(1), name(2)])


@tiers.sampled(4)
@pytest.mark.parametrize("contractors", [3])
@pytest.mark.parametrize("question", [0, 1, 2], ids=["get", "history", "dossiers"])
def test_a_commit_between_two_statements_of_a_read_is_in_all_of_the_answer_or_in_none(
    filled: Database, question: int
) -> None:
    clock = FrozenClock()
    outside = SqlStore(filled.ours(), clock=clock).for_company(COMPANY)
    store = SqlStore(filled.engine, clock=clock).for_company(COMPANY)
    statements = len(sent_by(filled, lambda store: every_answer(store)[question]))
    seen = set()
    for turn in range(100):
        before = every_answer(outside)[question]
        with meanwhile(filled, turn, partial(renew, outside, turn)) as done:
            answer = every_answer(store)[question]
        if not done:
            break
        after = every_answer(outside)[question]
        assert answer in (before, after), f"after {turn} statements"
        seen.add(answer == before)

    # No statement sent anything, or a later turn would be left.
    assert ({True, False}, True) == (seen, turn >= statements)


def renew(store: Store, turn: int) -> None:
    """Change what every answer is made of."""
    commit(
        store,
        make.company(name=f"Renamed {turn}"),
        make.client(name=f"Renamed {turn}"),
        *(make.contractor(id=name(number), legal_name=f"Renamed {turn} LLC") for number in (1, 2)),
        *(put(make.gl_policy(number=f"RENEWED-{turn}"), name(number)) for number in (1, 2)),
    )


@contextmanager
def meanwhile(database: Database, turn: int, act: Callable[[], None]) -> Iterator[list[int]]:
    """Act just before the statement of a number is sent; what is given holds something once that has been done."""
    sent: list[int] = []
    done: list[int] = []

    def executed(*_: Any) -> None:
        if len(sent) == turn:
            done.append(turn)
            act()
        sent.append(turn)

    engine = database.engine
    event.listen(engine, "before_cursor_execute", executed)
    try:
        yield done
    finally:
        event.remove(engine, "before_cursor_execute", executed)
