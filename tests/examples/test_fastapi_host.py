"""The FastAPI host over real HTTP: its rows and the desk's commits are one, and its client learns what happened."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
import uvicorn
from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text

from contractor_compliance.desk import MemberDesk, Verification
from contractor_compliance.domain import AssignmentGate, CompanySettings, ReviewStatus, Subject, TaxId
from contractor_compliance.errors import SchemaError
from contractor_compliance.serialization import to_dict
from contractor_compliance.storage.sql import create_schema, make_engine
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests import tiers
from tests.examples.hosts import Client
from tests.storage.databases import DATABASES

EXAMPLE = Path(__file__).parents[2] / "examples" / "fastapi_host"
NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
TAX_ID = "900126789"
OWNER = Subject(issuer="https://login.example.com", subject="owner")


class InterruptedClock:
    """A clock that lets something happen the next time it is looked at."""

    def __init__(self) -> None:
        self.clock = FrozenClock(NOW)
        self.meanwhile: Callable[[], object] | None = None

    def __call__(self) -> datetime:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return self.clock()


@attrs.frozen
class Host:
    """A running host.

    Attributes:
        agency: Its modules.
        app: The application.
        engine: Its engine.
        clock: Its clock.
        client: A client of it.
    """

    agency: Agency
    app: Any
    engine: Engine
    clock: InterruptedClock
    client: Client

    def desk(self, do: Callable[[MemberDesk], object]) -> None:
        """Do something at the desk of the owner, past HTTP, in a transaction of its own."""
        with self.engine.begin() as connection:
            do(self.app.state.desk_on(connection).acting_as(OWNER))

    def count(self, table: str) -> int:
        """Return how many rows a table of the host has."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(getattr(self.agency.tables, table))).scalar_one()


@attrs.frozen
class Agency:
    """The modules of the example."""

    app: Any
    tables: Any


@pytest.fixture
def agency(monkeypatch: pytest.MonkeyPatch) -> Iterator[Agency]:
    monkeypatch.syspath_prepend(EXAMPLE)
    yield Agency(*(importlib.import_module(f"agency.{module}") for module in ("app", "tables")))
    for name in [module for module in sys.modules if module.partition(".")[0] == "agency"]:
        del sys.modules[name]


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'agency.db'}"
    postgres_url: str = request.getfixturevalue("postgres_url")
    return postgres_url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine that does not wait long for a lock."""
    waits = {"timeout": 0.1} if url.startswith("sqlite") else {"options": "-c lock_timeout=100"}
    made = create_engine(url, connect_args=waits, hide_parameters=True)
    yield made
    made.dispose()


@pytest.fixture
def host(agency: Agency, url: str) -> Iterator[Host]:
    engine = make_engine(url)
    with running(agency, engine) as host:
        yield host
    engine.dispose()


@contextmanager
def running(agency: Agency, engine: Engine) -> Iterator[Host]:
    if not inspect(engine).has_table("placement"):
        create_schema(engine)
        agency.tables.metadata.create_all(engine)
    clock = InterruptedClock()
    app = agency.app.create_app(engine, clock=clock)
    with serving(app) as port:
        yield Host(agency, app, engine, clock, Client(port))


@contextmanager
def serving(app: Any) -> Iterator[int]:
    """Serve an application on a free port of the loopback, in a thread."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()
    assert not thread.is_alive()


def contractor(**changes: Any) -> dict[str, Any]:
    return to_dict(make.contractor(tax_id=TaxId(TAX_ID), email="sample@example.com", **changes), tax_ids="clear")


def assignment(**changes: Any) -> dict[str, Any]:
    return to_dict(make.assignment(client_id=None, job_code_id=None, **changes))


def add_contractor(client: Client) -> None:
    assert 201 == client.post("/contractors", contractor(), key="contractor").status


def placement(requisition: str = "R-1", **changes: Any) -> dict[str, Any]:
    return {"assignment": assignment(**changes), "requisition": requisition}


def papers(certificate_id: str = "certificate-1", sha256: str = "a" * 64) -> dict[str, Any]:
    certificate = make.certificate(id=certificate_id, status=ReviewStatus.PENDING)
    policies = [to_dict(policy) for policy in (make.gl_policy(), make.wc_policy())]
    return {
        "certificate": to_dict(certificate),
        "policies": [read_from(policy, certificate_id) for policy in policies],
        "sha256": sha256,
    }


def read_from(tree: Any, certificate_id: str) -> Any:
    """Return plain values whose every piece of evidence was read from a certificate."""
    if isinstance(tree, list):
        return [read_from(item, certificate_id) for item in tree]
    if not isinstance(tree, dict):
        return tree
    read = {"level": "certificate", "certificate_id": certificate_id} if "level" in tree else {}
    return {**{key: read_from(item, certificate_id) for key, item in tree.items()}, **read}


# A day of the agency


def test_a_contractor_is_covered_once_the_certificate_is_approved(host: Host) -> None:
    client = host.client
    add_contractor(client)
    placed = client.post("/contractors/contractor-1/assignments", placement(), key="2")
    client.post("/contractors/contractor-1/certificates", papers(), key="3")
    before = client.get("/roster").json["entries"]
    client.post("/contractors/contractor-1/certificates/certificate-1/review", {"status": "approved"}, key="4")
    (after,) = client.get("/roster").json["entries"]

    assert [201, "non_compliant"] == [placed.status, placed.json["verdict"]]
    assert ["non_compliant"] == [entry["verdict"] for entry in before]
    assert ["compliant", "insured", "2026-10-01"] == [after[e] for e in ("verdict", "insurance_status", "next_change")]


def test_a_preview_says_what_is_missing_and_saves_nothing(host: Host) -> None:
    add_contractor(host.client)
    preview = host.client.post("/contractors/contractor-1/assignments/preview", placement())

    assert (200, "saved") == (preview.status, preview.json["gate_decision"])
    assert ["missing", "missing"] == [finding["reasons"][0] for finding in preview.json["report"]["findings"]]
    assert [] == host.client.get("/roster").json["entries"][0]["jobs"]


def test_a_certificate_is_denied_with_a_note_that_says_why(host: Host) -> None:
    add_contractor(host.client)
    host.client.post("/contractors/contractor-1/certificates", papers(), key="2")
    path = "/contractors/contractor-1/certificates/certificate-1/review"
    bare = host.client.post(path, {"status": "denied"}, key="3")
    noted = host.client.post(path, {"status": "denied", "note": "The name is another company's."}, key="3")

    assert (409, "not_allowed") == bare.said
    assert 201 == noted.status


def test_the_roster_is_filtered_by_verdict_and_day(host: Host) -> None:
    add_contractor(host.client)
    host.client.post("/contractors/contractor-1/assignments", placement(), key="2")

    def found(question: str) -> list[str]:
        return [entry["contractor_id"] for entry in host.client.get(f"/roster?{question}").json["entries"]]

    assert ["contractor-1"] == found("verdict=compliant&verdict=non_compliant")
    assert [] == found("verdict=compliant")
    assert [] == found("verdict=non_compliant&day=2026-01-31")


def test_the_profile_is_a_page_with_a_masked_tax_id(host: Host) -> None:
    add_contractor(host.client)
    page = host.client.get("/contractors/contractor-1")

    assert "text/html; charset=utf-8" == page.headers["content-type"]
    assert "***-**-6789" in page.text
    assert make.CONTRACTOR_NAME in page.text


def test_a_day_is_audited_as_known_then_and_as_known_now(host: Host) -> None:
    client = host.client
    add_contractor(client)
    client.post("/contractors/contractor-1/assignments", placement(), key="2")
    host.clock.clock.advance(days=3)
    client.post("/contractors/contractor-1/certificates", papers(), key="3")
    client.post("/contractors/contractor-1/certificates/certificate-1/review", {"status": "approved"}, key="4")
    audit = client.get("/contractors/contractor-1/days/2026-06-01").json

    assert "late_evidence" == audit["hindsight"]
    assert [("non_compliant", "compliant")] == [
        (revision["before"], revision["after"]) for revision in audit["revisions"]
    ]


def test_no_answer_of_the_host_holds_a_tax_id(host: Host) -> None:
    client = host.client
    add_contractor(client)
    client.post("/contractors", contractor(), key="contractor")
    client.post("/contractors", {**contractor(), "phone": TAX_ID, "tax_id": f"{TAX_ID}0", TAX_ID: 1}, key="2")
    client.post("/contractors", contractor(id="contractor-2"), key="3")
    client.post("/contractors", [contractor()], key="4")
    client.post("/contractors/contractor-1/certificates", {**papers(), "policies": contractor()}, key="5")
    client.post("/contractors/contractor-1/certificates", {**papers(), "sha256": TAX_ID}, key="6")
    for path in ("/contractors/contractor-1", "/contractors/contractor-1/days/2026-06-01", "/roster"):
        client.get(path)

    assert [201, 201, 422, 409, 422, 422, 422, 200, 200, 200] == [answer.status for answer in client.answers]
    assert [] == [answer for answer in client.answers if TAX_ID in answer.text]


# What is refused


def test_the_faults_of_a_body_are_reported_with_their_paths(host: Host) -> None:
    bad = assignment(pay_rates=())
    bad |= {"start": "2026-02-30", "pay_rates": [{"effective": "2026-01-01", "cents": 1, "basis": "hours"}]}
    answer = host.client.post("/contractors/c/assignments", {"assignment": bad, "requisition": "R-1"}, key="1")

    assert 422 == answer.status
    assert [
        ["body", "assignment", "start"],
        ["body", "assignment", "pay_rates", 0, "basis"],
    ] == [fault["loc"] for fault in answer.json["detail"]]
    assert 'did you mean "hour"?' in answer.json["detail"][1]["msg"]


def test_a_request_without_an_identity_is_unauthorized(host: Host) -> None:
    assert 401 == host.client.get("/roster", subject=None).status


def test_a_person_who_is_no_member_is_refused(host: Host) -> None:
    assert (403, "access_denied") == host.client.get("/roster", subject="stranger").said


@pytest.mark.parametrize("path", ["/contractors/nobody", "/contractors/nobody/days/2026-06-01"])
def test_a_contractor_that_is_not_on_file_is_not_found(host: Host, path: str) -> None:
    assert (404, "not_on_file") == host.client.get(path).said


def test_a_simultaneous_change_is_a_conflict_and_the_request_may_be_repeated(host: Host) -> None:
    settings = CompanySettings(expiring_within_days=60)
    host.clock.meanwhile = lambda: host.desk(lambda desk: desk.change_settings(settings))
    refused = host.client.post("/contractors", contractor(), key="1")
    again = host.client.post("/contractors", contractor(), key="1")

    assert (409, "conflict") == refused.said
    assert (201, False) == (again.status, again.json.get("repeated", False))


def test_an_idempotency_key_of_another_request_is_refused(host: Host) -> None:
    add_contractor(host.client)
    other = host.client.post("/contractors", contractor(id="contractor-2"), key="contractor")

    assert (422, "key_reused") == other.said


def test_a_cursor_that_was_made_up_is_a_bad_request(host: Host) -> None:
    assert (400, "cursor") == host.client.get("/roster?cursor=made-up").said


@pytest.mark.parametrize(
    ("path", "requisition"),
    [
        ("/contractors/contractor%001/assignments", "R-1"),
        (f"/contractors/{'c' * 256}/assignments", "R-1"),
        ("/contractors/contractor-1/assignments", "R\x001"),
        ("/contractors/contractor-1/assignments", ""),
        ("/contractors/contractor-1/assignments", "R" * 51),
    ],
)
def test_a_value_that_the_hosts_tables_cannot_hold_is_a_fault_of_the_request(
    host: Host, path: str, requisition: str
) -> None:
    assert (422, "request") == host.client.post(path, placement(requisition), key="1").said


# One transaction


def test_a_repeated_request_has_one_effect_and_the_same_answer(host: Host) -> None:
    client = host.client
    add_contractor(client)
    calls = [
        ("/contractors", contractor(), "contractor"),
        ("/contractors/contractor-1/assignments", placement(), "2"),
        ("/contractors/contractor-1/certificates", papers(), "3"),
    ]
    first = [client.post(path, body, key=key) for path, body, key in calls]
    second = [client.post(path, body, key=key) for path, body, key in calls]

    assert [201] * 6 == [answer.status for answer in (*first, *second)]
    assert [{**answer.json, "repeated": True} for answer in first] == [answer.json for answer in second]
    assert (1, 1) == (host.count("placement"), host.count("upload"))


def test_two_clients_who_send_the_same_request_at_once_have_one_effect(host: Host) -> None:
    def send(_: int) -> tuple[int, int]:
        answer = Client(host.client.port).post("/contractors", contractor(), key="1")
        return answer.status, answer.json["sequence"]

    with ThreadPoolExecutor(4) as threads:
        answers = set(threads.map(send, range(4)))

    assert 1 == len(answers)
    assert {201} == {status for status, _ in answers}


def test_a_blocked_assignment_leaves_no_row_of_the_host(host: Host) -> None:
    host.desk(lambda desk: desk.change_settings(CompanySettings(gate=AssignmentGate.BLOCK)))
    add_contractor(host.client)
    refused = host.client.post("/contractors/contractor-1/assignments", placement(), key="2")

    assert (409, "gate") == refused.said
    assert "non_compliant" == refused.json["verdict"]
    assert 0 == host.count("placement")


def test_a_repeated_placement_that_names_another_requisition_is_refused(host: Host) -> None:
    add_contractor(host.client)
    path = "/contractors/contractor-1/assignments"
    first, second = (host.client.post(path, placement(contractor_id), key="2") for contractor_id in ("R-1", "R-2"))

    assert 201 == first.status
    assert (409, "there_already") == second.said
    assert 1 == host.count("placement")


def test_a_row_that_the_host_refuses_leaves_nothing_at_the_desk(host: Host) -> None:
    client = host.client
    add_contractor(client)
    client.post("/contractors/contractor-1/certificates", papers(), key="2")
    refused = client.post("/contractors/contractor-1/certificates", papers("certificate-2"), key="3")
    review = client.post("/contractors/contractor-1/certificates/certificate-2/review", {"status": "denied"}, key="4")

    assert (409, "there_already") == refused.said
    assert (404, "not_on_file") == review.said
    assert 1 == host.count("upload")


def test_the_audit_chain_is_whole_after_refusals(host: Host) -> None:
    add_contractor(host.client)
    for number, certificate_id in enumerate(("certificate-1", "certificate-2", "certificate-3")):
        host.client.post("/contractors/contractor-1/certificates", papers(certificate_id), key=str(number))
    verifications: list[Verification] = []
    host.desk(lambda desk: verifications.append(desk.verify()))

    assert [201, 201, 409, 409] == [answer.status for answer in host.client.answers]
    assert [True] == [verification.is_whole for verification in verifications]


def test_a_refused_request_may_be_sent_again_corrected_with_the_same_key(host: Host) -> None:
    client = host.client
    add_contractor(client)
    client.post("/contractors/contractor-1/certificates", papers(), key="2")
    client.post("/contractors/contractor-1/certificates", papers("certificate-2"), key="3")
    mended = client.post("/contractors/contractor-1/certificates", papers("certificate-2", "b" * 64), key="3")

    assert (201, "certificate-2") == (mended.status, mended.json["id"])
    assert 2 == host.count("upload")


def test_a_request_that_could_not_be_committed_is_an_error_and_leaves_nothing(host: Host) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("the lights went out")

    event.listen(host.engine, "commit", fail)
    lost = host.client.post("/contractors", contractor(), key="1")
    event.remove(host.engine, "commit", fail)

    assert 500 == lost.status
    assert (404, "not_on_file") == host.client.get("/contractors/contractor-1").said


def hold(connection: Connection, table: str) -> None:
    """Let nobody else write to a table, or on SQLite to any."""
    sqlite = connection.engine.dialect.name == "sqlite"
    connection.execute(text("BEGIN IMMEDIATE" if sqlite else f"LOCK TABLE {table} IN EXCLUSIVE MODE"))


def test_a_database_locked_by_others_is_reported_as_busy(agency: Agency, engine: Engine) -> None:
    with running(agency, engine) as host, engine.connect() as other:
        hold(other, "cc_head")
        answer = host.client.post("/contractors", contractor(), key="1")
        other.rollback()
        again = host.client.post("/contractors", contractor(), key="1")

    assert (503, "store_busy", "1") == (*answer.said, answer.headers["retry-after"])
    assert "nothing was saved" in answer.json["detail"]
    assert 201 == again.status


def test_a_table_of_the_host_locked_by_others_is_reported_as_unavailable(agency: Agency, engine: Engine) -> None:
    with running(agency, engine) as host, engine.connect() as other:
        add_contractor(host.client)
        hold(other, "placement")
        answer = host.client.post("/contractors/contractor-1/assignments", placement(), key="2")
        other.rollback()
        again = host.client.post("/contractors/contractor-1/assignments", placement(), key="2")

    assert (503, "unavailable", "1") == (*answer.said, answer.headers["retry-after"])
    assert 201 == again.status


# Starting


def test_the_fastapi_host_starts_again_with_what_it_had(agency: Agency, url: str) -> None:
    engine = make_engine(url)
    with running(agency, engine) as host:
        add_contractor(host.client)
    with running(agency, engine) as host:
        names = [entry["name"] for entry in host.client.get("/roster").json["entries"]]
    engine.dispose()

    assert [make.CONTRACTOR_NAME] == names


def test_the_fastapi_host_does_not_start_without_its_tables(agency: Agency, engine: Engine) -> None:
    with pytest.raises(SchemaError, match="run the migrations"):
        agency.app.create_app(engine)


def test_the_fastapi_host_is_described_in_openapi(host: Host) -> None:
    described = host.client.get("/openapi.json").json
    answer = described["paths"]["/contractors"]["post"]["responses"]["201"]["content"]["application/json"]["schema"]

    assert {"$ref": "#/components/schemas/CommandResult"} == answer
    assert {"Assignment", "Contractor", "DayAudit", "Policy", "Roster"} <= set(described["components"]["schemas"])


# The chain of migrations


def alembic(url: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(EXAMPLE / "alembic.ini"), *args],
        capture_output=True,
        check=False,
        env={**os.environ, "AGENCY_DATABASE": url, "PYTHONWARNINGS": "error"},
        text=True,
    )


@tiers.sampled(2)
def test_the_migrations_of_the_fastapi_host_make_its_tables_and_ours_and_leave_no_difference(
    agency: Agency, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgraded, checked = alembic(url, "upgrade", "heads"), alembic(url, "check")
    monkeypatch.setenv("AGENCY_DATABASE", url)
    monkeypatch.setenv("AGENCY_OWNER", "someone")
    monkeypatch.setenv("AGENCY_AUDIT_KEY", "00" * 32)
    app = agency.app.from_environment()
    with serving(app) as port:
        answer = Client(port).get("/roster", subject="someone")
    app.state.engine.dispose()

    assert 0 == upgraded.returncode, upgraded.stderr
    assert 0 == checked.returncode, checked.stdout + checked.stderr
    assert 200 == answer.status


def test_the_migration_check_of_the_fastapi_host_looks_at_its_own_tables_and_not_at_ours(
    url: str, engine: Engine
) -> None:
    alembic(url, "upgrade", "heads")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE cc_client ADD COLUMN ours INTEGER"))
    ours = alembic(url, "check")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE placement ADD COLUMN theirs INTEGER"))
    theirs = alembic(url, "check")

    assert 0 == ours.returncode, ours.stdout + ours.stderr
    assert "placement" in theirs.stdout + theirs.stderr
    assert 0 != theirs.returncode
