"""The plain WSGI host over real HTTP: team, waivers and due changes, from a desk that owns its database."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import attrs
import pytest

from contractor_compliance.desk import ComplianceDesk
from contractor_compliance.domain import Subject, TaxId
from contractor_compliance.serialization import to_dict
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests.examples.hosts import Answer, Client
from tests.storage.conftest import postgres_server, postgres_url
from tests.storage.databases import DATABASES

__all__ = ["postgres_server", "postgres_url"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "wsgi_host"
NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
COMPANY = "Sample Staffing Inc"
TAX_ID = "000126789"
OWNER = Subject(issuer="https://login.example.com", subject="owner")


class Quiet(WSGIRequestHandler):
    """Keeps no log of requests; of faults, still."""

    def log_message(self, *_: object) -> None:
        pass


@attrs.frozen
class Host:
    """A running host.

    Attributes:
        desk: Its desk.
        clock: The desk's clock.
        client: A client of it.
    """

    desk: ComplianceDesk
    clock: FrozenClock
    client: Client


@pytest.fixture
def back_office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the example."""
    monkeypatch.syspath_prepend(EXAMPLE)
    yield importlib.import_module("back_office")
    del sys.modules["back_office"]


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'office.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def host(back_office: Any, url: str) -> Iterator[Host]:
    clock = FrozenClock(NOW)
    with (
        ComplianceDesk.open(url, company=COMPANY, owner=OWNER, clock=clock) as desk,
        serving(back_office, back_office.BackOffice(desk)) as port,
    ):
        yield Host(desk, clock, Client(port))


@contextmanager
def serving(back_office: Any, app: Any) -> Iterator[int]:
    """Serve an application on a free port of the loopback, in a thread."""
    with make_server("127.0.0.1", 0, app, back_office.Server, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join(30)
    assert not thread.is_alive()


def invited(client: Client, roles: list[str], *, name: str = "Robin Sample") -> str:
    """Invite somebody and return the invitation."""
    answer = client.post("/members", {"name": name, "roles": roles}, key=f"invite {name}")
    found: str = answer.json["invitation"]
    return found


def arrive(client: Client, subject: str, invitation: str) -> Answer:
    return client.post("/acceptances", {"invitation": invitation}, subject=subject, key=f"{subject} arrives")


def joined(client: Client, subject: str, roles: list[str]) -> str:
    """Invite somebody, who arrives; return the id of the member."""
    answer = arrive(client, subject, invited(client, roles, name=subject))
    assert 201 == answer.status
    member: str = answer.json["id"]
    return member


def at_work(client: Client) -> None:
    """Let the sample contractor work, whose cover is missing."""
    contractor = to_dict(make.contractor(tax_id=TaxId(TAX_ID)), tax_ids="clear")
    assignment = to_dict(make.assignment(client_id=None, job_code=None))
    answers = [
        client.post("/presets/plain", None, key="book"),
        client.post("/contractors", contractor, key="contractor"),
        client.post("/contractors/contractor-1/assignments", assignment, key="assignment"),
    ]
    assert [201, 201, 201] == [each.status for each in answers]


def ask(client: Client, waiver_id: str, requirement_id: str, **changes: Any) -> Answer:
    body = {
        "id": waiver_id,
        "requirement_id": requirement_id,
        "reason": "The certificate is on its way.",
        "effective": "2026-06-01",
        "expires": "2026-07-01",
        **changes,
    }
    return client.post("/contractors/contractor-1/waivers", body, key=f"ask for {waiver_id}")


def grant(client: Client, waiver_id: str, subject: str) -> Answer:
    path = f"/contractors/contractor-1/waivers/{waiver_id}/grant"
    return client.post(path, None, subject=subject, key=f"{subject} grants {waiver_id}")


# The team


def test_whoever_accepts_an_invitation_is_a_member(host: Host) -> None:
    member = joined(host.client, "robin", ["auditor"])
    (found,) = [each for each in host.client.get("/members", subject="robin").json if each["id"] == member]

    assert ("robin", "active", ["auditor"]) == (found["name"], found["state"], found["roles"])


def test_whoever_was_invited_and_has_not_arrived_is_refused(host: Host) -> None:
    invited(host.client, ["owner"])

    assert (403, "access_denied") == host.client.get("/members", subject="robin").said


def test_an_invitation_is_good_once(host: Host) -> None:
    invitation = invited(host.client, ["auditor"])
    first, second = (arrive(host.client, subject, invitation) for subject in ("robin", "kim"))

    assert 201 == first.status
    assert (409, "not_allowed") == second.said


@pytest.mark.parametrize("invitation", ["", "made-up", None, ["made-up"]])
def test_an_invitation_that_was_made_up_lets_nobody_in(host: Host, invitation: Any) -> None:
    assert (409, "not_allowed") == arrive(host.client, "robin", invitation).said


def test_the_id_of_an_invited_member_lets_nobody_in(host: Host) -> None:
    invited(host.client, ["auditor"])
    (member,) = [each["id"] for each in host.client.get("/members").json if each["state"] == "invited"]

    assert (409, "not_allowed") == arrive(host.client, "robin", member).said


def test_an_acceptance_that_is_repeated_has_the_same_answer(host: Host) -> None:
    invitation = invited(host.client, ["auditor"])
    first, second = (arrive(host.client, "robin", invitation) for _ in range(2))

    assert (201, {**first.json, "repeated": True}) == (second.status, second.json)


def test_a_member_who_is_removed_is_refused_at_once(host: Host) -> None:
    member = joined(host.client, "robin", ["auditor"])
    removed = host.client.call("DELETE", f"/members/{member}", key="remove")

    assert (200, member) == (removed.status, removed.json["id"])
    assert (403, "access_denied") == host.client.get("/members", subject="robin").said


def test_the_last_owner_is_not_removed(host: Host) -> None:
    (owner,) = [each["id"] for each in host.client.get("/members").json]

    assert (409, "not_allowed") == host.client.call("DELETE", f"/members/{owner}", key="remove").said


def test_whoever_may_not_invite_is_refused(host: Host) -> None:
    joined(host.client, "robin", ["auditor"])
    answer = host.client.post("/members", {"name": "Kim", "roles": ["owner"]}, subject="robin", key="1")

    assert (403, "access_denied") == answer.said


def test_two_owners_who_remove_each_other_at_once_do_not_both_succeed(host: Host) -> None:
    robin = joined(host.client, "robin", ["owner"])
    (owner,) = [each["id"] for each in host.client.get("/members").json if each["id"] != robin]

    def remove(who: tuple[str, str]) -> int:
        return Client(host.client.port).call("DELETE", f"/members/{who[1]}", subject=who[0], key=who[0]).status

    with ThreadPoolExecutor(2) as threads:
        statuses = sorted(threads.map(remove, [("owner", robin), ("robin", owner)]))

    assert 200 == statuses[0]
    assert statuses[1] in {403, 409}


# Waivers


def test_a_waiver_that_another_member_grants_changes_the_verdict(host: Host) -> None:
    at_work(host.client)
    joined(host.client, "robin", ["manager"])
    asked = [ask(host.client, f"waiver-{each}", each) for each in ("gl", "wc")]
    host.clock.advance(hours=1)
    granted = [grant(host.client, f"waiver-{each}", "robin") for each in ("gl", "wc")]
    (entry,) = host.desk.acting_as(OWNER).roster().entries

    assert [201] * 4 == [each.status for each in (*asked, *granted)]
    assert entry.verdict is not None
    assert "compliant_with_exceptions" == entry.verdict.value


def test_whoever_asked_for_a_waiver_does_not_grant_it(host: Host) -> None:
    at_work(host.client)
    ask(host.client, "waiver-1", "gl")

    assert (409, "not_allowed") == grant(host.client, "waiver-1", "owner").said


def test_a_waiver_names_a_requirement_of_the_rule_book(host: Host) -> None:
    at_work(host.client)

    assert (404, "not_on_file") == ask(host.client, "waiver-1", "umbrella").said


def test_the_faults_of_a_waiver_are_told_with_their_paths(host: Host) -> None:
    at_work(host.client)
    answer = ask(host.client, "waiver-1", "gl", expires="2026-13-01", reason_codes=["missing", "mising"])

    assert (422, "document") == answer.said
    assert [["reason_codes", 1], ["expires"]] == [each["loc"] for each in answer.json["detail"]]


def test_who_asked_and_when_is_not_the_clients_to_say(host: Host) -> None:
    at_work(host.client)
    ask(host.client, "waiver-1", "gl", state="granted", requested_by="somebody", requested_at="2020-01-01T00:00:00Z")
    (waiver,) = host.desk.acting_as(OWNER).profile("contractor-1").dossier.waivers

    assert ("requested", NOW) == (waiver.state.value, waiver.requested_at)
    assert "somebody" != waiver.requested_by


# Due changes


def test_a_change_of_the_answer_is_seen_in_time(host: Host) -> None:
    at_work(host.client)
    near, far = (host.client.get(f"/changes?days={days}").json for days in (30, 130))

    assert [] == near
    assert [("contractor-1", "2026-10-01", "not_required")] == [
        (each["contractor_id"], each["on"], each["then"]["verdict"]) for each in far
    ]


# What is refused


@pytest.mark.parametrize(
    ("method", "path", "body", "options", "status"),
    [
        ("GET", "/", None, {}, 404),
        ("PUT", "/members", None, {}, 404),
        ("GET", "/members", None, {"subject": None}, 401),
        ("GET", "/members", None, {"subject": "stranger"}, 403),
        ("POST", "/members", {"name": "Kim", "roles": []}, {}, 400),
        ("POST", "/members", {"name": "Kim", "roles": []}, {"key": " "}, 422),
        ("POST", "/members", {"name": "Kim", "roles": "owner"}, {"key": "1"}, 422),
        ("POST", "/members", {"name": 1, "roles": []}, {"key": "1"}, 422),
        ("POST", "/members", {"name": "Kim", "roles": ["king"]}, {"key": "1"}, 404),
        ("POST", "/members", ["Kim"], {"key": "1"}, 400),
        ("POST", "/members", b"{", {"key": "1"}, 400),
        ("POST", "/members", b"\xff", {"key": "1"}, 400),
        ("POST", "/members", b"[" * 100_000, {"key": "1"}, 400),
        ("POST", "/presets/none", None, {"key": "1"}, 404),
        ("GET", "/changes?days=soon", None, {}, 422),
        ("DELETE", "/members/n%C3%B6body", None, {"key": "1"}, 404),
        ("DELETE", "/members/%FF", None, {"key": "1"}, 404),
    ],
)
def test_what_cannot_be_answered_is_told_by_its_status(
    host: Host, method: str, path: str, body: Any, options: dict[str, Any], status: int
) -> None:
    assert status == host.client.call(method, path, body, **options).status


def test_a_body_that_is_too_long_is_not_read(back_office: Any, host: Host) -> None:
    # Not over a socket: one that is closed before it was read may take the answer with it.
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/members",
        "CONTENT_LENGTH": "1000001",
        "HTTP_X_SUBJECT": "owner",
        "HTTP_IDEMPOTENCY_KEY": "1",
    }
    told: list[str] = []
    back_office.BackOffice(host.desk)(environ, lambda status, _: told.append(status))

    assert ["413"] == [each[:3] for each in told]


@pytest.mark.parametrize("header", [{"CONTENT_LENGTH": "-5"}, {"HTTP_TRANSFER_ENCODING": "chunked"}])
def test_a_body_of_unknown_length_is_not_read(back_office: Any, host: Host, header: dict[str, str]) -> None:
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/members",
        "HTTP_X_SUBJECT": "owner",
        "HTTP_IDEMPOTENCY_KEY": "1",
        **header,
    }
    told: list[str] = []
    back_office.BackOffice(host.desk)(environ, lambda status, _: told.append(status))

    assert ["411"] == [each[:3] for each in told]


def test_a_key_of_another_request_is_refused(host: Host) -> None:
    first, second = (host.client.post("/members", {"name": each, "roles": []}, key="1") for each in ("Kim", "Lee"))

    assert 201 == first.status
    assert (422, "key_reused") == second.said


def test_no_answer_holds_a_tax_id(host: Host) -> None:
    at_work(host.client)
    host.client.post("/contractors", {"tax_id": TAX_ID}, key="2")
    host.client.post("/contractors", {**to_dict(make.contractor()), "tax_id": [TAX_ID]}, key="3")
    host.client.get("/changes?days=999")

    assert [] == [each for each in host.client.answers if TAX_ID in each.text]


def test_a_fault_of_the_host_is_not_told_to_the_client(
    host: Host, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    host.desk.close()
    answer = host.client.get("/members")

    assert 500 == answer.status
    assert "closed" not in answer.text
    assert "StoreClosedError" in capfd.readouterr().err


# Starting


def test_it_starts_again_with_what_it_had(back_office: Any, url: str) -> None:
    for _ in range(2):
        with (
            ComplianceDesk.open(url, company=COMPANY, owner=OWNER) as desk,
            serving(back_office, back_office.BackOffice(desk)) as port,
        ):
            invited(Client(port), ["auditor"])
            members = Client(port).get("/members").json

    assert ["Owner", "Robin Sample"] == [each["name"] for each in members]


def test_it_runs_as_a_program_that_prints_its_address_and_requests(tmp_path: Path) -> None:
    program = [sys.executable, "-W", "error", str(EXAMPLE / "back_office.py"), "sqlite:///office.db", "--port", "0"]
    with subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            client = Client(int(process.stdout.readline().strip().rpartition(":")[2]))
            seen, refused = client.get("/members"), client.get("/members", subject="stranger")
        finally:
            process.terminate()
        printed = process.stderr.read().splitlines()

    assert (200, ["Owner"]) == (seen.status, [each["name"] for each in seen.json])
    assert (403, "access_denied") == refused.said
    assert [] == [each for each in printed if "GET /members" not in each]
