"""A tax id that nobody has is put everywhere one can be, and looked for everywhere it must not be in clear."""

from __future__ import annotations

import json
import logging
import pprint
import traceback
import typing
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
import pytest
from sqlalchemy import Connection

from contractor_compliance.desk import MemberDesk
from contractor_compliance.domain import Contractor, Member, MemberState, Policy, Subject, TaxId, Value, field_types
from contractor_compliance.errors import (
    AccessDeniedError,
    ConflictError,
    ContractorComplianceError,
    InvalidValueError,
    KeyReusedError,
    StorageError,
    UnavailableError,
    UnreadableError,
)
from contractor_compliance.explanation import explain
from contractor_compliance.storage import AuditEntry, Changes, Expectation, Key, Kind, Put, Store, put
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.storage.sql.tables import default_tables
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.classes import value_classes
from tests.desk_security.access_table import TABLE
from tests.desk_security.calls import (
    ABSENT,
    AUDIT_KEY,
    CALLS,
    CANARY,
    COMPANIES,
    NOW,
    OTHERS,
    OURS,
    Ids,
    Kept,
    KeptInMemory,
    KeptInSql,
    add_members,
    desk_of,
    invoke,
    subject_of,
    use_cases,
)
from tests.desk_security.interleaving import interleavings

TAX_ID = TaxId(CANARY)

#: Every way in which a value becomes text without anybody asking for tax ids.
WRITTEN: dict[str, Callable[[Any], str]] = {
    "repr": repr,
    "str": str,
    "format": lambda value: f"{value}",
    "f-string with repr": lambda value: f"{value!r}",
    "old format": lambda value: "%s %r" % (value, value),  # noqa: UP031
    "pprint": pprint.pformat,
    "in a list": lambda value: str([value]),
    "in a dict": lambda value: str({"value": value}),
    "attrs.asdict": lambda value: repr(attrs.asdict(value)) if attrs.has(type(value)) else "",
    "JSON of what JSON cannot write": lambda value: json.dumps([value], default=repr),
}


def hides_it(text: str) -> bool:
    return CANARY not in text.replace("-", "").replace(" ", "")


#: The ways that do not come down to one of these; the others take long with whole reports.
BASIC = ("repr", "str", "attrs.asdict")


def written(value: Any, ways: Iterable[str] = BASIC) -> Iterator[tuple[str, str]]:
    """Yield a value as text in several ways, its HTML too."""
    for name in ways:
        yield name, WRITTEN[name](value)
    for method in ("_repr_html_", "html"):
        if callable(shown := getattr(value, method, None)):
            yield method, shown()


def told(error: BaseException) -> str:
    """Return all that an exception tells: itself, what it holds, what it came of, and the traceback."""
    chain: list[BaseException] = [error]
    while (before := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(before)
    held = [(repr(link), str(link), link.args, vars(link), getattr(link, "__notes__", None)) for link in chain]
    return "".join(traceback.format_exception(error)) + repr(held)


def owner(store: Store) -> MemberDesk:
    return desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "partner"))


@pytest.fixture(autouse=True)
def no_statements_in_logs() -> Iterator[None]:
    """What SQLAlchemy logs at DEBUG is the host's own choice."""
    logger = logging.getLogger("sqlalchemy")
    level = logger.level
    logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(level)


# Values


def reaches_tax_ids(hint: Any, seen: frozenset[Any] = frozenset()) -> bool:
    """Whether a value of a type may hold a tax id, however deep."""
    if hint is TaxId:
        return True
    if isinstance(hint, type) and issubclass(hint, Value) and hint not in seen:
        return any(reaches_tax_ids(type_, seen | {hint}) for type_ in field_types(hint).values())
    return any(reaches_tax_ids(get_arg, seen) for get_arg in typing.get_args(hint))


#: A value of every class that can hold a tax id, with one in it.
HOLDERS: dict[str, Value] = {
    "Contractor": make.contractor(tax_id=TAX_ID),
    "Dossier": make.dossier(
        make.gl_policy(insured=(make.insured(tax_id=TAX_ID),)), contractor=make.contractor(tax_id=TAX_ID)
    ),
    "Insured": make.insured(tax_id=TAX_ID),
    "Policy": make.gl_policy(insured=(make.insured(tax_id=TAX_ID),)),
}


def test_every_class_that_can_hold_a_tax_id_has_a_sample_value() -> None:
    assert {class_.__name__ for class_ in value_classes() if reaches_tax_ids(class_)} == set(HOLDERS)


@pytest.mark.parametrize("value", HOLDERS.values(), ids=HOLDERS)
def test_no_value_shows_a_tax_id(value: Value) -> None:
    assert [] == [name for name, text in written(value, WRITTEN) if not hides_it(text)]


#: Those that a store keeps, by the contractor that they are facts of.
STORED = {"Contractor": None, "Policy": "contractor-1"}


@pytest.mark.parametrize("name", STORED)
def test_no_change_of_a_store_shows_a_tax_id(name: str) -> None:
    change: Put = put(HOLDERS[name], STORED[name])
    changes = Changes(
        actor="a",
        action="b",
        key="c",
        fingerprint="d",
        puts=(change,),
        expects=(Expectation(change.key.aggregate, 0),),
    )
    for value in (change, changes):
        assert [] == [way for way, text in written(value, WRITTEN) if not hides_it(text)]


@pytest.mark.parametrize("name", sorted(HOLDERS.keys() - STORED.keys()))
def test_no_refusal_of_a_value_that_a_store_does_not_keep_shows_a_tax_id(name: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        put(HOLDERS[name])

    assert hides_it(told(refused.value))


@pytest.mark.parametrize("spelling", [CANARY + "9", CANARY[:8], f"{CANARY[:3]}/{CANARY[3:]}", f"{CANARY}x"])
def test_a_tax_id_that_cannot_be_read_is_not_shown(spelling: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        TaxId(spelling)

    assert spelling not in told(refused.value)


@pytest.mark.parametrize("make_one", [make.contractor, make.insured], ids=["contractor", "insured"])
def test_a_text_in_the_place_of_a_tax_id_is_not_shown(make_one: Callable[..., Value]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        make_one(tax_id=CANARY)

    assert hides_it(told(refused.value))


# Answers


@pytest.mark.parametrize("name", use_cases())
def test_no_answer_of_the_desk_shows_a_tax_id(in_memory: KeptInMemory, name: str) -> None:
    with in_memory.fork(name) as store:
        answer = invoke(owner(store.for_company(COMPANIES[OURS])), name, Ids(OURS))

        assert [] == [way for way, text in written(answer) if not hides_it(text)]


def test_the_tax_id_that_the_tests_look_for_is_on_file(kept: Kept) -> None:
    """Or all this would say nothing."""
    with kept.fork() as store:
        shown = owner(store.for_company(COMPANIES[OURS])).profile("ours-contractor").dossier

    assert shown.contractor.tax_id is not None
    assert [CANARY] * 2 == [
        shown.contractor.tax_id.reveal(),
        *(
            insured.tax_id.reveal()
            for policy in shown.policies
            for insured in policy.insured
            if insured.tax_id is not None
        ),
    ]


def test_no_page_shows_a_tax_id(kept: Kept) -> None:
    with kept.fork() as store:
        me = owner(store.for_company(COMPANIES[OURS]))
        profile, roster = me.profile("ours-contractor"), me.roster()
        pages = [profile.html(), profile._repr_html_(), roster._repr_html_(), explain(profile.report, as_="html")]
        texts = [explain(profile.report), repr(profile.report)]

    assert all(map(hides_it, (*pages, *texts)))
    assert "***-**-3456" in pages[0]


def test_only_the_documents_of_contractors_and_policies_hold_a_tax_id(in_sql: KeptInSql) -> None:
    """No column that is searched, sorted by or logged does, and nothing of the audit."""
    with in_sql.fork() as store:
        connection: Any = store._shared.bind
        columns = {
            (table.name, column.name)
            for table in default_tables().all
            for row in connection.execute(table.select())
            for column, value in zip(table.c, row, strict=True)
            if not hides_it(str(value))
        }

    assert {("cc_contractor_history", "document"), ("cc_policy_history", "document")} == columns


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.writes])
def test_no_use_case_writes_a_tax_id_outside_contractors_and_policies(in_sql: KeptInSql, name: str) -> None:
    with in_sql.fork(name) as store:
        invoke(owner(store.for_company(COMPANIES[OURS])), name, Ids(OURS))
        rows: Any = in_sql.contents(store)[OURS]

    assert {"cc_contractor_history", "cc_policy_history"} == {table for table, *row in rows if not hides_it(str(row))}


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.writes])
def test_no_receipt_and_no_audit_entry_shows_a_tax_id(in_memory: KeptInMemory, name: str) -> None:
    with in_memory.fork(name) as store:
        ours = store.for_company(COMPANIES[OURS])
        done = invoke(owner(ours), name, Ids(OURS), key="the one")
        (entry,) = ours.audit(done.sequence - 1, 1)

        for value in (entry, ours.receipt("the one"), done):
            assert [] == [way for way, text in written(value) if not hides_it(text)]


@pytest.mark.parametrize("name", ["add_contractor", "update_contractor", "record_policy", "record_certificate"])
def test_an_audit_entry_does_not_depend_on_the_tax_id_so_that_it_cannot_be_guessed(
    in_memory: KeptInMemory, name: str
) -> None:
    """Whoever reads the audit knows the last four digits, and there are but a hundred thousand others to try."""
    entries: list[AuditEntry] = []
    for spelling in (CANARY, f"90099{CANARY[-4:]}"):
        with in_memory.fork() as store:
            ours = store.for_company(COMPANIES[OURS])
            _record(owner(ours), name, spelling)
            entries += ours.audit(ours.head().sequence - 1, 1)

    assert entries[0] == entries[1]


@pytest.mark.parametrize("name", ["add_contractor", "update_contractor", "record_policy", "record_certificate"])
def test_a_request_with_another_tax_id_is_another_request(kept: Kept, name: str) -> None:
    with kept.fork() as store:
        me = owner(store.for_company(COMPANIES[OURS]))
        done = _record(me, name, CANARY)

        with pytest.raises(KeyReusedError) as refused:
            _record(me, name, f"90099{CANARY[-4:]}")
        assert hides_it(told(refused.value))
        assert attrs.evolve(done, repeated=True) == _record(me, name, CANARY)


def _record(me: MemberDesk, name: str, spelling: str) -> Any:
    """Carry a use case out with a tax id of one's choice."""
    args, kwargs = CALLS[name](Ids(OURS))

    def changed(value: Any) -> Any:
        if isinstance(value, Contractor):
            return attrs.evolve(value, tax_id=TaxId(spelling))
        if isinstance(value, Policy):
            insured = tuple(attrs.evolve(statement, tax_id=TaxId(spelling)) for statement in value.insured)
            return attrs.evolve(value, insured=insured)
        return value

    stated = {key: [changed(value) for value in given] for key, given in kwargs.items()}
    return getattr(me, name)(*map(changed, args), **stated, key="the one")


def test_no_history_shows_a_tax_id(kept: Kept) -> None:
    with kept.fork() as store:
        me = owner(store.for_company(COMPANIES[OURS]))
        keys = (Key(Kind.CONTRACTOR, "ours-contractor"), Key(Kind.POLICY, "ours-policy", "ours-contractor"))
        histories = [me.history(key) for key in keys]

    assert all(histories)
    assert [] == [way for history in histories for way, text in written(history) if not hides_it(text)]


def test_no_log_shows_a_tax_id(in_memory: KeptInMemory, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in use_cases():
            for subject in ("partner", "nobody"):
                with in_memory.fork(name) as store:
                    desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
                    try:
                        invoke(desk.acting_as(subject_of(OURS, subject)), name, Ids(OURS))
                    except AccessDeniedError:
                        assert "nobody" == subject

    # Who was refused is logged, so something is.
    assert len(use_cases()) == len(caplog.records)
    assert all(hides_it(str(vars(record))) for record in caplog.records)


# Refusals


@pytest.mark.parametrize("name", use_cases())
def test_no_refusal_shows_a_tax_id(in_memory: KeptInMemory, name: str) -> None:
    """For want of access, of what is named, and for a key that was used for something else."""
    refused: list[Exception] = []

    def attempt(who: str, ids: Ids, **more: Any) -> None:
        with in_memory.fork(name) as store:
            me = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW)).acting_as(subject_of(OURS, who))
            try:
                invoke(me, name, ids, **more)
            except ContractorComplianceError as error:
                refused.append(error)

    attempt("nobody", Ids(OURS))
    if TABLE[name].writes:
        attempt("partner", Ids(OURS), key="ours-key-3")
    attempt("partner", Ids(OURS, dict.fromkeys(_asked_for(name), ABSENT)))
    attempt("partner", Ids(OTHERS))

    assert AccessDeniedError is type(refused[0])
    assert not TABLE[name].writes or any(isinstance(error, KeyReusedError) for error in refused)
    assert [] == [repr(error) for error in refused if not hides_it(told(error))]


def _asked_for(name: str) -> set[str]:
    ids = Ids(OURS)
    CALLS[name](ids)
    return ids.used


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.writes])
def test_no_conflict_shows_a_tax_id(in_memory: KeptInMemory, name: str) -> None:
    runs = interleavings(
        in_memory,
        COMPANIES[OURS],
        call=lambda store: invoke(owner(store), name, Ids(OURS)),
        meanwhile=lambda store: add_members(
            store,
            Member(
                id="ours-partner",
                name="Partner of another name",
                state=MemberState.ACTIVE,
                subject=subject_of(OURS, "partner"),
                roles=frozenset({"owner"}),
            ),
        ),
        name=name,
    )
    conflicts = [run.raised for run in runs if isinstance(run.raised, ConflictError)]

    assert conflicts
    assert [] == [repr(error) for error in conflicts if not hides_it(told(error))]


class _Failing:
    """A store of which a method fails."""

    def __init__(self, store: Store, method: str) -> None:
        self._store, self._method = store, method

    @property
    def company_id(self) -> str:
        return self._store.company_id

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            return self._fail
        return getattr(self._store, name)

    def _fail(self, *_: Any, **__: Any) -> Any:
        raise UnavailableError("gone")


@pytest.mark.parametrize(
    "method", ["commit", "receipt", "get", "dossiers", "page", "history", "head", "audit", "count"]
)
def test_no_failure_of_a_store_shows_a_tax_id(in_memory: KeptInMemory, method: str) -> None:
    """Nor do the frames that it comes through, if a host logs what they hold."""
    errors = [error for name in use_cases() for error in _failed(in_memory, name, method)]

    assert errors
    assert all(map(hides_it, errors))


def _failed(in_memory: KeptInMemory, name: str, method: str) -> Iterator[str]:
    with in_memory.fork(name) as store:
        failing: Any = _Failing(store.for_company(COMPANIES[OURS]), method)
        try:
            invoke(owner(failing), name, Ids(OURS))
        except UnavailableError as error:
            yield told(error)
            yield _with_locals(error)


def _with_locals(error: BaseException) -> str:
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


# What a database says


@pytest.fixture
def connection(in_sql: KeptInSql) -> Iterator[Connection]:
    """A transaction of a host, of which nothing is left; its engine lets SQLAlchemy show parameters."""
    engine = in_sql.database.host()
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # else its driver ends it with each change of a table
        yield connection
        connection.rollback()


#: Statements after which a database refuses new versions of a contractor and of a policy, by what it quotes.
_REFUSE = {
    "sqlite": "CREATE TRIGGER no_{table} BEFORE INSERT ON cc_{table}_history BEGIN SELECT RAISE(ABORT, 'refused'); END",
    # PostgreSQL tells the failing row, from its first column to its last.
    "postgresql": "ALTER TABLE cc_{table}_history ADD CONSTRAINT no_{table} CHECK (recorded_at IS NULL) NOT VALID",
}


@pytest.mark.parametrize("name", ["add_contractor", "update_contractor", "record_policy", "record_certificate"])
def test_the_error_of_a_row_that_a_database_refuses_shows_no_tax_id(connection: Connection, name: str) -> None:
    for table in ("contractor", "policy"):
        connection.exec_driver_sql(_REFUSE[connection.dialect.name].format(table=table))
    me = owner(SqlStore(connection, clock=FrozenClock(NOW)).for_company(COMPANIES[OURS]))

    with pytest.raises(StorageError) as refused:
        invoke(me, name, Ids(OURS))

    assert hides_it(told(refused.value))


@pytest.mark.parametrize(
    ("table", "was", "becomes"),
    [
        ("contractor", '"entity_type":"llc"', '"entity_type":"limited"'),
        ("contractor", CANARY, f"{CANARY}9"),
        ("contractor", CANARY, f"{CANARY}x"),
        ("contractor", '"tax_id":', '"tax_number":'),
        ("policy", '"line":"general_liability"', '"line":7'),
        ("policy", CANARY, f"{CANARY}9"),
        ("policy", '"tax_id":', '"tax_number":'),
    ],
)
def test_the_error_of_an_unreadable_record_shows_no_tax_id(
    connection: Connection, caplog: pytest.LogCaptureFixture, table: str, was: str, becomes: str
) -> None:
    spoilt = connection.exec_driver_sql(
        f"UPDATE cc_{table}_history SET document = replace(document, '{was}', '{becomes}') "  # noqa: S608  # ours
        f"WHERE document LIKE '%%{CANARY}%%' AND company_id = '{COMPANIES[OURS]}'"
    )
    me = owner(SqlStore(connection, clock=FrozenClock(NOW)).for_company(COMPANIES[OURS]))
    texts = []
    with caplog.at_level(logging.DEBUG):
        for name in ("profile", "roster", "audit_day", "waived_but_failing", "preview_rulebook", "update_contractor"):
            with pytest.raises(UnreadableError) as refused:
                invoke(me, name, Ids(OURS))
            texts.append(told(refused.value))
        keys = (Key(Kind.CONTRACTOR, "ours-contractor"), Key(Kind.POLICY, "ours-policy", "ours-contractor"))
        texts += [repr(me.history(key)) for key in keys]

    assert spoilt.rowcount
    assert [] == [text for text in texts if not hides_it(text)]
    assert hides_it(caplog.text)
    assert any("unreadable" in text for text in texts[-2:])


# The key


def test_the_desk_and_its_failures_never_show_the_audit_key(in_memory: KeptInMemory) -> None:
    with in_memory.fork() as store:
        failing: Any = _Failing(store.for_company(COMPANIES[OURS]), "commit")
        desk = desk_of(failing, FrozenClock(NOW))
        me = desk.acting_as(subject_of(OURS, "partner"))
        with pytest.raises(UnavailableError) as failed:
            invoke(me, "put_client", Ids(OURS))

    shown = [repr(desk), repr(me), repr(desk._config), told(failed.value), _with_locals(failed.value)]
    assert [] == [text for text in shown if AUDIT_KEY.decode() in text or repr(AUDIT_KEY) in text]
    assert isinstance(me.subject, Subject)
