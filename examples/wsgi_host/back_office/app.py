"""The application: the calls, the handling of a request, and the start."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any
from wsgiref.simple_server import make_server

import attrs
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from back_office.tables import badge
from contractor_compliance.desk import CommandResult, ComplianceDesk, MemberDesk, preset
from contractor_compliance.domain import Assignment, Company, Contractor, Matches, Subject, Text, Value, Waiver
from contractor_compliance.errors import ContractorComplianceError
from contractor_compliance.integrations.http import refusal_of
from contractor_compliance.serialization import from_dict, to_dict
from contractor_compliance.storage import Clock, utc_now
from contractor_compliance.storage.sql import SqlStore, check_schema, make_engine

COMPANY = Company(id="acme", name="Acme Sample Staffing Inc")
#: Who vouches for the names in X-Subject: in a real host its identity provider.
ISSUER = "https://login.example.com"


class RefusedError(Exception):
    """A request that the host refuses, with the status and the reason."""


@attrs.frozen(kw_only=True)
class Invitation(Value):
    """A body of the host's own: the faults of a `Value` are reported like those of the library's documents."""

    name: Text
    role: Text
    badge: Annotated[str, Matches(r"[A-Z0-9-]{1,20}", "must be up to 20 letters from A to Z, digits and hyphens")]


@attrs.frozen
class Visit:
    """One request in its transaction: the desk of its member, the idempotency key, and the body."""

    connection: Connection
    office: ComplianceDesk
    desk: MemberDesk
    key: str | None
    body: dict[str, Any]

    def members(self) -> list[dict[str, Any]]:
        badges = {row.member_id: row.number for row in self.connection.execute(badge.select())}
        return [{**to_dict(member), "badge": badges.get(member.id)} for member in self.desk.members()]

    def invite(self) -> CommandResult:
        invitation = from_dict(self.body, Invitation)
        result = self.desk.invite_member(invitation.name, role_ids=[invitation.role], key=self.key)
        if not result.repeated:
            # The host's row last: if another member has the badge, the invitation is rolled back.
            self.connection.execute(badge.insert().values(number=invitation.badge, member_id=result.id))
        return result

    def accept(self) -> CommandResult:
        # The client is no member yet. The invitation is a secret, so it is in no path: paths end up in logs.
        return self.office.accept_invitation(str(self.body.get("invitation")), self.desk.subject, key=self.key)

    def remove(self, member_id: str) -> CommandResult:
        # The host's row first: if the desk refuses the removal, the badge is as it was.
        self.connection.execute(badge.delete().filter_by(member_id=member_id))
        return self.desk.remove_member(member_id, key=self.key)

    def request_waiver(self, contractor_id: str) -> CommandResult:
        # The desk sets the member and the time of the request, whatever stands here.
        document = {**self.body, "state": "requested", "requested_by": "-", "requested_at": "2000-01-01T00:00:00Z"}
        return self.desk.request_waiver(contractor_id, from_dict(document, Waiver), key=self.key)

    @property
    def reason(self) -> str:
        return str(self.body.get("reason") or "")


ID = r"([^/\0]+)"
#: The method and path of each request, and its call. A call to which the host adds nothing is written here.
ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/members", Visit.members),
    ("POST", "/members", Visit.invite),
    ("POST", "/acceptances", Visit.accept),
    ("DELETE", f"/members/{ID}", Visit.remove),
    ("GET", "/roles", lambda at: [to_dict(role) for role in at.desk.roles()]),
    ("POST", f"/members/{ID}/roles/{ID}", lambda at, id_, role: at.desk.assign_roles(id_, [role], key=at.key)),
    ("POST", f"/members/{ID}/suspend", lambda at, id_: at.desk.suspend_member(id_, key=at.key)),
    ("POST", f"/members/{ID}/reinstate", lambda at, id_: at.desk.reinstate_member(id_, key=at.key)),
    ("POST", "/contractors", lambda at: at.desk.add_contractor(from_dict(at.body, Contractor), key=at.key)),
    ("POST", f"/jobs/{ID}", lambda at, id_: at.desk.add_assignment(id_, from_dict(at.body, Assignment), key=at.key)),
    ("POST", f"/waivers/{ID}", Visit.request_waiver),
    ("POST", f"/waivers/{ID}/{ID}/grant", lambda at, *ids: at.desk.grant_waiver(*ids, key=at.key)),
    ("POST", f"/waivers/{ID}/{ID}/reject", lambda at, *ids: at.desk.reject_waiver(*ids, reason=at.reason, key=at.key)),
    ("POST", f"/waivers/{ID}/{ID}/revoke", lambda at, *ids: at.desk.revoke_waiver(*ids, reason=at.reason, key=at.key)),
    ("GET", "/changes", lambda at: [to_dict(change) for change in at.desk.due_changes(timedelta(days=30))]),
)


def login(environ: dict[str, Any]) -> Subject:
    """Return the identity of the client; it stands for the host's login, which checks a session or a token."""
    if not environ.get("HTTP_X_SUBJECT"):
        raise RefusedError(401, "Send your identity in the header X-Subject.")
    return Subject(issuer=ISSUER, subject=environ["HTTP_X_SUBJECT"])


def call_of(environ: dict[str, Any]) -> tuple[Callable[..., Any], tuple[str, ...]]:
    # WSGI hands the bytes of a path over as Latin-1.
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    for method, pattern, call in ROUTES:
        if method == environ["REQUEST_METHOD"] and (match := re.fullmatch(pattern, path)):
            return call, match.groups()
    raise RefusedError(404, "There is no such call.")


def body_of(environ: dict[str, Any]) -> dict[str, Any]:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > 1_000_000 or "HTTP_TRANSFER_ENCODING" in environ:
        raise RefusedError(413, "Send at most a million bytes, with their number in the header Content-Length.")
    try:
        body = json.loads(environ["wsgi.input"].read(int(length)) or b"{}")
    except (RecursionError, ValueError):
        body = None
    if not isinstance(body, dict):
        raise RefusedError(400, "Send a JSON object.")
    return body


def create_app(engine: Engine, owner: str = "owner", clock: Clock = utc_now) -> Callable[..., Iterable[bytes]]:
    """Return the application; the first start creates the company, and tables of another release are refused."""

    def office_on(connection: Connection) -> ComplianceDesk:
        return ComplianceDesk(SqlStore(connection, clock=clock).for_company(COMPANY.id), clock=clock)

    def answer(environ: dict[str, Any]) -> Any:
        (call, ids), subject, key = call_of(environ), login(environ), environ.get("HTTP_IDEMPOTENCY_KEY")
        if environ["REQUEST_METHOD"] != "GET" and key is None:
            raise RefusedError(400, "Name your request in the header Idempotency-Key.")
        body = body_of(environ)
        # The commit comes before the response, so that no client gets a success that was not saved.
        with engine.begin() as connection:
            office = office_on(connection)
            result = call(Visit(connection, office, office.acting_as(subject), key, body), *ids)
        return result if isinstance(result, list) else to_dict(result)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = {"Content-Type": "application/json"}
        try:
            status, content = 200, answer(environ)
        except ContractorComplianceError as error:
            if (refusal := refusal_of(error)) is None:
                raise  # a fault of the program: the server logs it, and sends the client nothing of it
            status, content, headers = refusal.status, refusal.body, headers | refusal.headers
        except RefusedError as error:
            status, content = error.args[0], {"code": "request", "detail": error.args[1]}
        except IntegrityError:
            status, content = 409, {"code": "there_already", "detail": "A member has this badge; nothing was saved."}
        except OperationalError:
            status, content = 503, {"code": "unavailable", "detail": "The database is busy or away; send it again."}
            headers["Retry-After"] = "1"
        start_response(f"{status} {HTTPStatus(status).phrase}", [*headers.items()])
        return [json.dumps(content).encode()]

    check_schema(engine)
    with engine.begin() as connection:
        desk, subject = office_on(connection), Subject(issuer=ISSUER, subject=owner)
        if desk.create_company(COMPANY, subject):
            desk.acting_as(subject).publish_rulebook(preset("plain"))
    return application


if __name__ == "__main__":
    engine = make_engine(os.environ.get("BACK_OFFICE_DATABASE", "sqlite:///back_office.db"))
    server = make_server("127.0.0.1", int(os.environ.get("BACK_OFFICE_PORT", "8000")), create_app(engine))
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
