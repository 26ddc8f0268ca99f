"""A back office as a plain WSGI application: the team, waivers, and whose answer changes soon.

The desk owns its database here: each call is a transaction of its own.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIServer, make_server

import attrs

from contractor_compliance.desk import PRESETS, ComplianceDesk, MemberDesk, preset
from contractor_compliance.domain import Assignment, Contractor, Subject, Waiver
from contractor_compliance.errors import ContractorComplianceError
from contractor_compliance.integrations.http import refusal_of
from contractor_compliance.serialization import from_dict, to_dict

#: Who vouches for the names in X-Subject: in a real host its identity provider.
ISSUER = "https://login.example.com"
OWNER = Subject(issuer=ISSUER, subject="owner")
LARGEST_BODY = 1_000_000
#: A waiver says who asked and when; the desk writes that itself, whatever stands here.
ASKED = {"state": "requested", "requested_by": "-", "requested_at": "2000-01-01T00:00:00Z"}


class BadRequestError(Exception):
    """A request that reaches no use case: the status and why."""


@attrs.frozen
class Call:
    """One request: who asks, under which name for it, and what it says."""

    office: ComplianceDesk
    subject: Subject
    key: str | None
    query: dict[str, list[str]]
    body: dict[str, Any]

    @property
    def desk(self) -> MemberDesk:
        return self.office.acting_as(self.subject)


def publish_preset(call: Call, name: str) -> Any:
    if name not in PRESETS:
        raise BadRequestError(404, f"Choose one of {', '.join(PRESETS)}.")
    return call.desk.publish_rulebook(preset(name), key=call.key)


def add_contractor(call: Call) -> Any:
    return call.desk.add_contractor(from_dict(call.body, Contractor), key=call.key)


def add_assignment(call: Call, contractor_id: str) -> Any:
    return call.desk.add_assignment(contractor_id, from_dict(call.body, Assignment), key=call.key)


def request_waiver(call: Call, contractor_id: str) -> Any:
    return call.desk.request_waiver(contractor_id, from_dict({**call.body, **ASKED}, Waiver), key=call.key)


def grant_waiver(call: Call, contractor_id: str, waiver_id: str) -> Any:
    return call.desk.grant_waiver(contractor_id, waiver_id, key=call.key)


def due_changes(call: Call) -> Any:
    days = call.query.get("days", ["30"])[0]
    if not days.isdecimal() or len(days) > 4:
        raise BadRequestError(422, "Give the days as a number, for example ?days=30.")
    return call.desk.due_changes(timedelta(days=int(days)))


def members(call: Call) -> Any:
    return call.desk.members()


def invite(call: Call) -> Any:
    roles = call.body.get("roles")
    if not isinstance(roles, list) or not all(isinstance(each, str) for each in roles):
        raise BadRequestError(422, "Give the ids of the roles as a list.")
    return call.desk.invite_member(call.body.get("name", ""), roles=roles, email=call.body.get("email"), key=call.key)


def accept(call: Call) -> Any:
    # Whoever arrives is no member yet: the invitation lets him in. It is no part of the path, which ends up in logs.
    return call.office.accept_invitation(str(call.body.get("invitation", "")), call.subject, key=call.key)


def remove(call: Call, member_id: str) -> Any:
    return call.desk.remove_member(member_id, key=call.key)


ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("POST", r"/presets/([^/]+)", publish_preset),
    ("POST", r"/contractors", add_contractor),
    ("POST", r"/contractors/([^/]+)/assignments", add_assignment),
    ("POST", r"/contractors/([^/]+)/waivers", request_waiver),
    ("POST", r"/contractors/([^/]+)/waivers/([^/]+)/grant", grant_waiver),
    ("GET", r"/changes", due_changes),
    ("GET", r"/members", members),
    ("POST", r"/members", invite),
    ("POST", r"/acceptances", accept),
    ("DELETE", r"/members/([^/]+)", remove),
)


@attrs.frozen
class BackOffice:
    """The application; one object serves every thread."""

    desk: ComplianceDesk

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers: dict[str, str] = {}
        try:
            status, answer = self._answer(environ)
        except BadRequestError as error:
            status, answer = error.args[0], {"detail": error.args[1]}
        except ContractorComplianceError as error:
            refused = refusal_of(error)
            if refused is None:
                raise  # a fault of ours: the server logs it, and tells the client nothing
            status, answer, headers = refused.status, refused.body, refused.headers
        body = json.dumps(answer).encode()
        sent = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        start_response(f"{status} {HTTPStatus(status).phrase}", list(sent.items()))
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[int, Any]:
        # Bytes that came as UTF-8, which WSGI hands over as Latin-1.
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        found = [(use, match) for verb, way, use in ROUTES if verb == method and (match := re.fullmatch(way, path))]
        if not found:
            raise BadRequestError(404, "There is nothing here.")
        use, match = found[0]
        name = environ.get("HTTP_X_SUBJECT", "").strip()
        if not name:
            raise BadRequestError(401, "Say who you are in the header X-Subject.")
        key = environ.get("HTTP_IDEMPOTENCY_KEY")
        if method != "GET" and key is None:
            raise BadRequestError(400, "Name your request in the header Idempotency-Key.")
        call = Call(
            office=self.desk,
            subject=Subject(issuer=ISSUER, subject=name),
            key=key,
            query=parse_qs(environ.get("QUERY_STRING", "")),
            body=_body(environ) if method == "POST" else {},
        )
        return (201 if method == "POST" else 200), _plain(use(call, *match.groups()))


def _body(environ: dict[str, Any]) -> dict[str, Any]:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or "HTTP_TRANSFER_ENCODING" in environ:
        raise BadRequestError(411, "Say in the header Content-Length how long it is.")
    if int(length) > LARGEST_BODY:
        raise BadRequestError(413, "This is too long.")
    try:
        body = json.loads(environ["wsgi.input"].read(int(length)) or b"{}")
    except (RecursionError, ValueError):
        body = None
    if not isinstance(body, dict):
        raise BadRequestError(400, "Send a JSON object.")
    return body


def _plain(answer: Any) -> Any:
    return [to_dict(each) for each in answer] if isinstance(answer, tuple) else to_dict(answer)


class Server(ThreadingMixIn, WSGIServer):
    """A server that does not let one client wait for another."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", default="sqlite:///back_office.db")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    # The first time, this makes the tables, the company and its owner.
    with ComplianceDesk.open(given.url, company="Acme Sample Staffing", owner=OWNER) as desk:
        server = make_server("127.0.0.1", given.port, BackOffice(desk), Server)
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
