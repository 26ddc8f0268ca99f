"""The plain WSGI host over real HTTP: its badges and the desk's commits are one; team, waivers and due changes."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import attrs
import pytest
from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text

from contractor_compliance.desk import ComplianceDesk, MemberDesk
from contractor_compliance.domain import CompanySettings, Subject, TaxId
from contractor_compliance.errors import SchemaError
from contractor_compliance.serialization import to_dict
from contractor_compliance.storage.sql import SqlStore, check_schema, create_schema, make_engine, upgrade
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests import tiers
from tests.examples.hosts import Answer, Client
from tests.storage.databases import DATABASES

EXAMPLE = Path(__file__).parents[2] / "examples" / "wsgi_host"
NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
TAX_ID = "900126789"
OWNER = Subject(issuer="https://login.example.com", subject="owner")

T = TypeVar("T")


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


class Quiet(WSGIRequestHandler):
    """Keeps no log of requests; of faults, still."""

    def log_message(self, *_: object) -> None:
        pass


class Threads(ThreadingMixIn, WSGIServer):
    """Answers more than one client at once."""


@attrs.frozen
class BackOffice:
    """The modules of the example."""

    app: Any
    tables: Any


@attrs.frozen
class Host:
    """A running host.

    Attributes:
        modules: Its modules.
        app: The application.
        engine: Its engine.
        clock: Its clock.
        client: A client of it.
    """

    modules: BackOffice
    app: Any
    engine: Engine
    clock: InterruptedClock
    client: Client

    def desk(self, do: Callable[[MemberDesk], T]) -> T:
        """Do something at the desk of the owner, past HTTP, in a transaction of its own."""
        with self.engine.begin() as connection:
            store = SqlStore(connection, clock=self.clock).for_company(self.modules.app.COMPANY.id)
            return do(ComplianceDesk(store, clock=self.clock).acting_as(OWNER))

    def badges(self) -> dict[str, str]:
        """Return whose each badge is, as the host's table has it."""
        with self.engine.connect() as connection:
            return {row.number: row.member_id for row in connection.execute(select(self.modules.tables.badge))}


@pytest.fixture
def back_office(monkeypatch: pytest.MonkeyPatch) -> Iterator[BackOffice]:
    monkeypatch.syspath_prepend(EXAMPLE)
    yield BackOffice(*(importlib.import_module(f"back_office.{module}") for module in ("app", "tables")))
    for name in [module for module in sys.modules if module.partition(".")[0] == "back_office"]:
        del sys.modules[name]


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'office.db'}"
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
def host(back_office: BackOffice, url: str) -> Iterator[Host]:
    engine = make_engine(url)
    with running(back_office, engine) as host:
        yield host
    engine.dispose()


@contextmanager
def running(back_office: BackOffice, engine: Engine) -> Iterator[Host]:
    if not inspect(engine).has_table("badge"):
        create_schema(engine)
        back_office.tables.metadata.create_all(engine)
    clock = InterruptedClock()
    app = back_office.app.create_app(engine, clock=clock)
    with serving(app) as port:
        yield Host(back_office, app, engine, clock, Client(port))


@contextmanager
def serving(app: Any) -> Iterator[int]:
    """Serve an application on a free port of the loopback, in a thread."""
    with make_server("127.0.0.1", 0, app, Threads, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join(30)
    assert not thread.is_alive()


def invite(client: Client, role: str = "auditor", *, name: str = "Robin Sample", badge: str = "A-1") -> Answer:
    return client.post("/members", {"name": name, "role": role, "badge": badge}, key=f"invite {name}")


def arrive(client: Client, subject: str, invitation: Any) -> Answer:
    return client.post("/acceptances", {"invitation": invitation}, subject=subject, key=f"{subject} arrives")


def joined(client: Client, subject: str, role: str = "auditor") -> str:
    """Invite a member, who accepts; return the member's id."""
    invited = invite(client, role, name=subject, badge=subject.upper())
    answer = arrive(client, subject, invited.json["invitation"])
    assert 200 == answer.status
    member: str = answer.json["id"]
    return member


def owner_id(client: Client) -> str:
    (member_id,) = [member["id"] for member in client.get("/members").json if member["name"] == "Owner"]
    return str(member_id)


def remove(client: Client, member_id: str, **options: Any) -> Answer:
    return client.call("DELETE", f"/members/{member_id}", **{"key": f"remove {member_id}", **options})


def at_work(host: Host) -> None:
    """Let the sample contractor work, whose cover is missing."""
    contractor = to_dict(make.contractor(tax_id=TaxId(TAX_ID)), tax_ids="clear")
    assignment = to_dict(make.assignment(client_id=None, job_code_id=None))
    answers = [
        host.client.post("/contractors", contractor, key="contractor"),
        host.client.post("/jobs/contractor-1", assignment, key="assignment"),
    ]
    assert [200, 200] == [answer.status for answer in answers]


def ask(client: Client, waiver_id: str, requirement_id: str, **changes: Any) -> Answer:
    body = {
        "id": waiver_id,
        "requirement_id": requirement_id,
        "reason": "The certificate is on its way.",
        "effective": "2026-06-01",
        "expires": "2026-07-01",
        **changes,
    }
    return client.post("/waivers/contractor-1", body, key=f"ask for {waiver_id}")


def decide(client: Client, waiver_id: str, how: str, subject: str, reason: Any = None) -> Answer:
    path = f"/waivers/contractor-1/{waiver_id}/{how}"
    return client.post(path, {"reason": reason}, subject=subject, key=f"{how} {waiver_id}")


def verdict(host: Host) -> str | None:
    (entry,) = host.desk(lambda desk: desk.roster()).entries
    return None if entry.verdict is None else entry.verdict.value


# The team


def test_a_person_who_accepts_an_invitation_is_a_member_with_the_badge(host: Host) -> None:
    member = joined(host.client, "robin")
    (entry,) = [entry_ for entry_ in host.client.get("/members", subject="robin").json if entry_["id"] == member]

    assert ("robin", "active", ["auditor"], "ROBIN") == (
        entry["name"],
        entry["state"],
        entry["roles"],
        entry["badge"],
    )


def test_a_member_without_a_badge_is_listed_without_one(host: Host) -> None:
    assert [("Owner", None)] == [(member["name"], member["badge"]) for member in host.client.get("/members").json]


def test_a_person_who_has_not_accepted_the_invitation_is_refused(host: Host) -> None:
    invite(host.client, "owner")

    assert (403, "access_denied") == host.client.get("/members", subject="robin").said


def test_an_invitation_can_be_accepted_once(host: Host) -> None:
    invitation = invite(host.client).json["invitation"]
    first, second = (arrive(host.client, subject, invitation) for subject in ("robin", "kim"))

    assert 200 == first.status
    assert (409, "not_allowed") == second.said


@pytest.mark.parametrize("invitation", ["", "made-up", None, ["made-up"]])
def test_an_invitation_that_was_made_up_gives_no_access(host: Host, invitation: Any) -> None:
    assert (409, "not_allowed") == arrive(host.client, "robin", invitation).said


def test_the_id_of_an_invited_member_gives_no_access(host: Host) -> None:
    member = invite(host.client).json["id"]

    assert (409, "not_allowed") == arrive(host.client, "robin", member).said


def test_the_secret_of_an_invitation_is_in_no_list_of_members(host: Host) -> None:
    invitation = invite(host.client).json["invitation"]

    assert invitation.rpartition(".")[2] not in host.client.get("/members").text


def test_an_acceptance_that_is_repeated_has_the_same_answer(host: Host) -> None:
    invitation = invite(host.client).json["invitation"]
    first, second = (arrive(host.client, "robin", invitation) for _ in range(2))

    assert (200, {**first.json, "repeated": True}) == (second.status, second.json)


def test_a_member_who_is_suspended_is_refused_until_reinstated(host: Host) -> None:
    member = joined(host.client, "robin")
    suspended = host.client.post(f"/members/{member}/suspend", None, key="1")
    refused = host.client.get("/members", subject="robin")
    reinstated = host.client.post(f"/members/{member}/reinstate", None, key="2")

    assert (200, 200) == (suspended.status, reinstated.status)
    assert (403, "access_denied") == refused.said
    assert 200 == host.client.get("/members", subject="robin").status


def test_a_member_who_is_removed_is_refused_at_once_and_has_no_badge(host: Host) -> None:
    member = joined(host.client, "robin")
    removed = remove(host.client, member)

    assert (200, member) == (removed.status, removed.json["id"])
    assert (403, "access_denied") == host.client.get("/members", subject="robin").said
    assert {} == host.badges()


def test_a_newly_given_role_counts_at_once(host: Host) -> None:
    member = joined(host.client, "robin", "auditor")
    contractor = to_dict(make.contractor())
    before = host.client.post("/contractors", contractor, subject="robin", key="1")
    given = host.client.post(f"/members/{member}/roles/manager", None, key="2")
    after = host.client.post("/contractors", contractor, subject="robin", key="3")

    assert (403, "access_denied") == before.said
    assert (200, 200) == (given.status, after.status)


def test_the_roles_that_may_be_given_are_listed(host: Host) -> None:
    roles = {role["id"]: role["permissions"] for role in host.client.get("/roles").json}

    assert {"owner", "manager", "recruiter", "reviewer", "billing", "auditor"} == set(roles)
    assert "grant_waiver" in roles["manager"]


def test_giving_a_role_that_is_not_on_file_is_refused(host: Host) -> None:
    member = joined(host.client, "robin")

    assert (404, "not_on_file") == host.client.post(f"/members/{member}/roles/king", None, key="1").said


def test_an_invitation_by_a_member_without_the_permission_is_refused(host: Host) -> None:
    joined(host.client, "robin")
    body = {"name": "Kim", "role": "owner", "badge": "A-2"}

    assert (403, "access_denied") == host.client.post("/members", body, subject="robin", key="1").said


def test_two_owners_who_remove_each_other_at_once_do_not_both_succeed(host: Host) -> None:
    robin = joined(host.client, "robin", "owner")
    owner = owner_id(host.client)

    def send(who: tuple[str, str]) -> int:
        return remove(Client(host.client.port), who[1], subject=who[0]).status

    with ThreadPoolExecutor(2) as threads:
        statuses = sorted(threads.map(send, [("owner", robin), ("robin", owner)]))

    assert 200 == statuses[0]
    assert statuses[1] in {403, 409}


# Waivers


def test_a_waiver_that_another_member_grants_changes_the_verdict(host: Host) -> None:
    at_work(host)
    joined(host.client, "robin", "manager")
    before = verdict(host)
    asked = [ask(host.client, f"waiver-{line}", line) for line in ("gl", "wc")]
    host.clock.clock.advance(hours=1)
    granted = [decide(host.client, f"waiver-{line}", "grant", "robin") for line in ("gl", "wc")]

    assert [200] * 4 == [answer.status for answer in (*asked, *granted)]
    assert ("non_compliant", "compliant_with_exceptions") == (before, verdict(host))


@pytest.mark.parametrize(("granted", "how", "state"), [(False, "reject", "rejected"), (True, "revoke", "revoked")])
def test_a_waiver_is_rejected_or_revoked_with_a_reason(host: Host, granted: bool, how: str, state: str) -> None:
    at_work(host)
    joined(host.client, "robin", "manager")
    ask(host.client, "waiver-1", "gl")
    host.clock.clock.advance(hours=1)
    if granted:
        decide(host.client, "waiver-1", "grant", "robin")
    bare = [decide(host.client, "waiver-1", how, "robin", reason) for reason in (None, "", " ")]
    reasoned = decide(host.client, "waiver-1", how, "robin", "The work is done.")
    (waiver,) = host.desk(lambda desk: desk.profile("contractor-1")).dossier.waivers

    assert [(409, "not_allowed")] * 3 == [answer.said for answer in bare]
    assert (200, state) == (reasoned.status, waiver.state.value)


def test_the_member_who_requested_a_waiver_does_not_grant_it(host: Host) -> None:
    at_work(host)
    ask(host.client, "waiver-1", "gl")

    assert (409, "not_allowed") == decide(host.client, "waiver-1", "grant", "owner").said


def test_a_waiver_names_a_requirement_of_the_rule_book(host: Host) -> None:
    at_work(host)

    assert (404, "not_on_file") == ask(host.client, "waiver-1", "umbrella").said


def test_the_faults_of_a_waiver_are_reported_with_their_paths(host: Host) -> None:
    at_work(host)
    answer = ask(host.client, "waiver-1", "gl", expires="2026-13-01", reason_codes=["missing", "mising"])

    assert (422, "document") == answer.said
    assert [["reason_codes", 1], ["expires"]] == [fault["loc"] for fault in answer.json["detail"]]


def test_the_request_cannot_say_who_requested_a_waiver_or_when(host: Host) -> None:
    at_work(host)
    ask(host.client, "waiver-1", "gl", state="granted", requested_by="somebody", requested_at="2020-01-01T00:00:00Z")
    (waiver,) = host.desk(lambda desk: desk.profile("contractor-1")).dossier.waivers

    assert ("requested", NOW) == (waiver.state.value, waiver.requested_at)
    assert "somebody" != waiver.requested_by


# Due changes


def test_a_change_of_the_verdict_is_seen_a_month_ahead(host: Host) -> None:
    at_work(host)
    early = host.client.get("/changes").json
    host.clock.clock.advance(days=100)
    near = host.client.get("/changes").json

    assert [] == early
    assert [("contractor-1", "2026-10-01", "not_required")] == [
        (change["contractor_id"], change["on"], change["then"]["verdict"]) for change in near
    ]


# What is refused


KIM = {"name": "Kim", "role": "auditor", "badge": "A-2"}


@tiers.sampled(3)
@pytest.mark.parametrize(
    ("method", "path", "body", "options", "status"),
    [
        ("GET", "/", None, {}, 404),
        ("PUT", "/members", None, {}, 404),
        ("GET", "/members", None, {"subject": None}, 401),
        ("GET", "/members", None, {"subject": "stranger"}, 403),
        ("POST", "/members", KIM, {}, 400),
        ("POST", "/members", KIM, {"key": " "}, 422),
        ("POST", "/members", {**KIM, "name": 1}, {"key": "1"}, 422),
        ("POST", "/members", {**KIM, "role": ["owner"]}, {"key": "1"}, 422),
        ("POST", "/members", {**KIM, "role": "king"}, {"key": "1"}, 404),
        ("POST", "/members", {**KIM, "name": "K\0m"}, {"key": "1"}, 422),
        ("POST", "/members", {**KIM, "badge": "A\0"}, {"key": "1"}, 422),
        ("POST", "/members", {**KIM, "badge": "A" * 21}, {"key": "1"}, 422),
        ("POST", "/members", {"name": "Kim", "role": "auditor"}, {"key": "1"}, 422),
        ("POST", "/members", ["Kim"], {"key": "1"}, 400),
        ("POST", "/members", b"{", {"key": "1"}, 400),
        ("POST", "/members", b"\xff", {"key": "1"}, 400),
        ("POST", "/members", b"[" * 100_000, {"key": "1"}, 400),
        ("DELETE", "/members/n%C3%B6body", None, {"key": "1"}, 404),
        ("DELETE", "/members/%FF", None, {"key": "1"}, 404),
        ("DELETE", "/members/a%00b", None, {"key": "1"}, 404),
        ("DELETE", f"/members/{'m' * 1000}", None, {"key": "1"}, 422),
        ("POST", "/waivers/nobody/waiver-1/reject", {"reason": "\0"}, {"key": "1"}, 409),
    ],
)
def test_a_request_that_cannot_be_answered_has_the_fitting_status(
    host: Host, method: str, path: str, body: Any, options: dict[str, Any], status: int
) -> None:
    assert status == host.client.call(method, path, body, **options).status


def test_the_faults_of_an_invitation_are_reported_with_their_paths(host: Host) -> None:
    answer = host.client.post("/members", {"name": "", "role": "auditor", "badge": "no. 1"}, key="1")

    assert 422 == answer.status
    assert [["name"], ["badge"]] == [fault["loc"] for fault in answer.json["detail"]]


@pytest.mark.parametrize(
    "header", [{"CONTENT_LENGTH": "1000001"}, {"CONTENT_LENGTH": "-5"}, {"HTTP_TRANSFER_ENCODING": "chunked"}]
)
def test_a_body_that_is_too_long_or_of_unknown_length_is_not_read(host: Host, header: dict[str, str]) -> None:
    # Not over a socket: one that is closed before it was read may take the answer with it.
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/members",
        "HTTP_X_SUBJECT": "owner",
        "HTTP_IDEMPOTENCY_KEY": "1",
        **header,
    }
    told: list[str] = []
    host.app(environ, lambda status, _: told.append(status))

    assert ["413"] == [line[:3] for line in told]


def test_an_idempotency_key_of_another_request_is_refused(host: Host) -> None:
    first, second = (host.client.post("/members", {**KIM, "name": name}, key="1") for name in ("Kim", "Lee"))

    assert 200 == first.status
    assert (422, "key_reused") == second.said


def test_no_answer_of_the_host_holds_a_tax_id(host: Host) -> None:
    at_work(host)
    host.client.post("/contractors", {"tax_id": TAX_ID}, key="2")
    host.client.post("/contractors", {**to_dict(make.contractor()), "tax_id": [TAX_ID]}, key="3")
    host.client.post("/members", {**KIM, "badge": TAX_ID, "tax_id": TAX_ID}, key="4")
    host.client.get("/changes")

    assert [200, 200, 422, 422, 422, 200] == [answer.status for answer in host.client.answers]
    assert [] == [answer for answer in host.client.answers if TAX_ID in answer.text]


# One transaction


def test_an_invitation_with_a_badge_that_is_taken_leaves_nothing(host: Host) -> None:
    first = invite(host.client)
    refused = invite(host.client, name="Kim")

    assert (409, "there_already") == refused.said
    assert ["Owner", "Robin Sample"] == [member["name"] for member in host.client.get("/members").json]
    assert {"A-1": first.json["id"]} == host.badges()


def test_a_refused_invitation_may_be_sent_again_corrected_with_the_same_key(host: Host) -> None:
    invite(host.client)
    invite(host.client, name="Kim")
    mended = invite(host.client, name="Kim", badge="A-2")

    assert 200 == mended.status
    assert mended.json["id"] == host.badges()["A-2"]


def test_an_invitation_that_the_desk_refuses_gives_no_badge(host: Host) -> None:
    refused = invite(host.client, "king")

    assert (404, "not_on_file") == refused.said
    assert {} == host.badges()


def test_a_repeated_invitation_has_one_effect_and_the_same_answer(host: Host) -> None:
    first, second = (invite(host.client) for _ in range(2))

    assert (200, {**first.json, "repeated": True}) == (second.status, second.json)
    assert {"A-1": first.json["id"]} == host.badges()


def test_the_last_owner_is_not_removed_and_keeps_the_badge(host: Host) -> None:
    robin = joined(host.client, "robin", "owner")
    removed = remove(host.client, owner_id(host.client), subject="robin")
    refused = remove(host.client, robin, subject="robin")

    assert 200 == removed.status
    assert (409, "not_allowed") == refused.said
    assert {"ROBIN": robin} == host.badges()


def test_a_removal_by_a_member_without_the_permission_takes_no_badge_away(host: Host) -> None:
    robin = joined(host.client, "robin", "auditor")
    refused = [remove(host.client, robin, subject=subject) for subject in ("robin", "stranger")]

    assert [(403, "access_denied")] * 2 == [answer.said for answer in refused]
    assert {"ROBIN": robin} == host.badges()


def test_a_simultaneous_change_is_a_conflict_and_the_invitation_may_be_repeated(host: Host) -> None:
    settings = CompanySettings(expiring_within_days=60)
    host.clock.meanwhile = lambda: host.desk(lambda desk: desk.change_settings(settings))
    refused, again = invite(host.client), invite(host.client)

    assert (409, "conflict") == refused.said
    assert (200, False) == (again.status, again.json.get("repeated", False))
    assert {"A-1": again.json["id"]} == host.badges()


@pytest.mark.parametrize("removing", [False, True])
def test_a_request_that_could_not_be_committed_is_undone_at_the_host_and_at_the_desk(
    host: Host, removing: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("the lights went out")

    robin = joined(host.client, "robin")
    before = host.client.get("/members").json
    event.listen(host.engine, "commit", fail)
    lost = remove(host.client, robin) if removing else invite(host.client, name="Kim", badge="A-2")
    event.remove(host.engine, "commit", fail)

    assert 500 == lost.status
    assert "lights" not in lost.text
    assert "the lights went out" in capfd.readouterr().err
    assert before == host.client.get("/members").json
    assert {"ROBIN": robin} == host.badges()


def hold(connection: Connection, table: str) -> None:
    """Let nobody else write to a table, or on SQLite to any."""
    sqlite = connection.engine.dialect.name == "sqlite"
    connection.execute(text("BEGIN IMMEDIATE" if sqlite else f"LOCK TABLE {table} IN EXCLUSIVE MODE"))


@pytest.mark.parametrize(("table", "code"), [("cc_head", "store_busy"), ("badge", "unavailable")])
def test_a_table_locked_by_others_is_reported_as_busy_and_nothing_is_saved(
    back_office: BackOffice, engine: Engine, table: str, code: str
) -> None:
    if engine.dialect.name == "sqlite":
        code = "store_busy"  # where the whole file is held, and the desk comes first
    with running(back_office, engine) as host, engine.connect() as other:
        hold(other, table)
        answer = invite(host.client)
        other.rollback()
        members, badges, again = host.client.get("/members").json, host.badges(), invite(host.client)

    assert (503, code, "1") == (*answer.said, answer.headers["retry-after"])
    assert (["Owner"], {}) == ([member["name"] for member in members], badges)
    assert (200, False) == (again.status, again.json.get("repeated", False))


@pytest.mark.parametrize(("table", "code"), [("cc_head", "store_busy"), ("badge", "unavailable")])
def test_a_member_whom_a_busy_desk_cannot_remove_keeps_the_badge(
    back_office: BackOffice, engine: Engine, table: str, code: str
) -> None:
    if engine.dialect.name == "sqlite":
        code = "unavailable"  # where the whole file is held, and the host comes first
    with running(back_office, engine) as host, engine.connect() as other:
        robin = joined(host.client, "robin")
        hold(other, table)
        answer = remove(host.client, robin)
        other.rollback()
        badges, again = host.badges(), remove(host.client, robin)

    assert (503, code, "1") == (*answer.said, answer.headers["retry-after"])
    assert {"ROBIN": robin} == badges
    assert 200 == again.status


# Starting


def test_the_wsgi_host_starts_again_with_what_it_had(back_office: BackOffice, url: str) -> None:
    engine = make_engine(url)
    with running(back_office, engine) as host:
        invite(host.client)
    with running(back_office, engine) as host:
        members = host.client.get("/members").json
    engine.dispose()

    assert [("Owner", None), ("Robin Sample", "A-1")] == [(member["name"], member["badge"]) for member in members]


def test_the_wsgi_host_does_not_start_without_its_tables(back_office: BackOffice, engine: Engine) -> None:
    with pytest.raises(SchemaError, match="run the migrations"):
        back_office.app.create_app(engine)


@tiers.sampled(2)
def test_the_wsgi_host_runs_as_a_program_that_prints_its_address_and_requests(url: str) -> None:
    upgraded = alembic(url, "upgrade", "heads")
    program = [sys.executable, "-W", "error", "-m", "back_office.app"]
    environment = {**os.environ, "BACK_OFFICE_DATABASE": url, "BACK_OFFICE_PORT": "0"}
    with subprocess.Popen(
        program, cwd=EXAMPLE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            client = Client(int(process.stdout.readline().strip().rpartition(":")[2]))
            seen, refused = client.get("/members"), client.get("/members", subject="stranger")
        finally:
            process.terminate()
        printed = process.stderr.read().splitlines()

    assert 0 == upgraded.returncode, upgraded.stderr
    assert (200, ["Owner"]) == (seen.status, [member["name"] for member in seen.json])
    assert (403, "access_denied") == refused.said
    assert [] == [line for line in printed if "GET /members" not in line]


# The chain of migrations


def alembic(url: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(EXAMPLE / "alembic.ini"), *args],
        capture_output=True,
        check=False,
        env={**os.environ, "BACK_OFFICE_DATABASE": url, "PYTHONWARNINGS": "error"},
        text=True,
    )


@tiers.sampled(4)
@pytest.mark.parametrize("first", [None, "back_office@head", "contractor_compliance@head"])
def test_the_migrations_of_the_wsgi_host_make_its_missing_tables_and_ours_and_leave_no_difference(
    url: str, engine: Engine, first: str | None
) -> None:
    done = [] if first is None else [alembic(url, "upgrade", first)]
    done += [alembic(url, "upgrade", "heads"), alembic(url, "check")]
    check_schema(engine)

    assert [0] * len(done) == [process.returncode for process in done], [
        process.stdout + process.stderr for process in done
    ]
    assert inspect(engine).has_table("badge")


@tiers.sampled(3)
@pytest.mark.parametrize("make_ours", [create_schema, upgrade])
def test_a_stamp_makes_tables_that_the_library_created_known_to_the_migrations_of_the_host(
    url: str, engine: Engine, make_ours: Callable[[Engine], None]
) -> None:
    make_ours(engine)
    commands = [("stamp", "contractor_compliance@head"), ("upgrade", "heads"), ("check",)]
    done = [alembic(url, *command) for command in commands]
    check_schema(engine)

    assert [0] * 3 == [process.returncode for process in done], [process.stdout + process.stderr for process in done]
    assert inspect(engine).has_table("badge")


@tiers.sampled(2)
def test_the_branch_of_the_wsgi_host_goes_down_without_ours(url: str, engine: Engine) -> None:
    alembic(url, "upgrade", "heads")
    down = alembic(url, "downgrade", "back_office@base")
    check_schema(engine)

    assert 0 == down.returncode, down.stderr
    assert not inspect(engine).has_table("badge")


def test_the_migration_check_of_the_wsgi_host_looks_at_its_own_table_and_not_at_ours(url: str, engine: Engine) -> None:
    alembic(url, "upgrade", "heads")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE cc_client ADD COLUMN ours INTEGER"))
    ours = alembic(url, "check")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE badge ADD COLUMN theirs INTEGER"))
    theirs = alembic(url, "check")

    assert 0 == ours.returncode, ours.stdout + ours.stderr
    assert "badge" in theirs.stdout + theirs.stderr
    assert 0 != theirs.returncode
