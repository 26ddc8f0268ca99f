"""The application: what each request receives, the calls, and the start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import attrs
from fastapi import APIRouter, Body, Depends, FastAPI, Header, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError, OperationalError

from agency.tables import placement, upload
from contractor_compliance.desk import CommandResult, ComplianceDesk, DayAudit, MemberDesk, Preview, Roster, preset
from contractor_compliance.domain import Assignment, Certificate, Company, Contractor, Policy, ReviewStatus, Subject
from contractor_compliance.integrations.fastapi import Document, install
from contractor_compliance.results import Verdict
from contractor_compliance.storage import Clock, utc_now
from contractor_compliance.storage.sql import SqlStore, check_schema, make_engine

COMPANY = Company(id="acme", name="Acme Sample Staffing Inc")
#: Who vouches for the names in X-Subject: in a real host its identity provider.
ISSUER = "https://login.example.com"


# Each request


def login(x_subject: Annotated[str, Header()] = "") -> Subject:
    """Return the identity of the client; it stands for the host's login, which checks a session or a token."""
    if not x_subject:
        raise HTTPException(401, "Send your identity in the header X-Subject.")
    return Subject(issuer=ISSUER, subject=x_subject)


@attrs.frozen
class Visit:
    """One request: the desk of its member, and the connection of its transaction."""

    desk: MemberDesk
    connection: Connection


def visit(request: Request, subject: Annotated[Subject, Depends(login)]) -> Iterator[Visit]:
    """Yield the visit in one transaction: a request that raises leaves nothing, of the host or of the desk."""
    with request.app.state.engine.begin() as connection:
        yield Visit(request.app.state.desk_on(connection).acting_as(subject), connection)


# "function": the commit comes before the response, so no client gets a success that was not saved.
ThisVisit = Annotated[Visit, Depends(visit, scope="function")]
#: The client's name for its request: a request that is sent again under the same name has one effect.
Key = Annotated[str, Header(alias="Idempotency-Key")]
# PostgreSQL stores no NUL; the desk checks its own input, and these two are in the host's row before that check.
ContractorId = Annotated[str, Path(max_length=255, pattern=r"^[^\x00]+$")]
Requisition = Annotated[str, Body(max_length=50, pattern=r"^[^\x00]+$")]
Sha256 = Annotated[str, Body(pattern="^[0-9a-f]{64}$")]
Status = Annotated[ReviewStatus, Body()]
Note = Annotated[str | None, Body()]

# The calls

router = APIRouter()


@router.post("/contractors", status_code=201)
def add_contractor(at: ThisVisit, contractor: Document[Contractor], key: Key) -> Document[CommandResult]:
    return at.desk.add_contractor(contractor, key=key)


@router.post("/contractors/{contractor_id}/assignments/preview")
def preview_assignment(
    at: ThisVisit, contractor_id: str, assignment: Annotated[Document[Assignment], Body(embed=True)]
) -> Document[Preview]:
    return at.desk.preview_assignment(contractor_id, assignment)


@router.post("/contractors/{contractor_id}/assignments", status_code=201)
def add_assignment(
    at: ThisVisit, contractor_id: ContractorId, assignment: Document[Assignment], requisition: Requisition, key: Key
) -> Document[CommandResult]:
    # The host's row first, and once: if the desk refuses the assignment, the row is rolled back.
    row = {"contractor_id": contractor_id, "assignment_id": assignment.id, "requisition": requisition}
    if at.connection.execute(select(placement).filter_by(**row)).first() is None:
        at.connection.execute(placement.insert().values(row))
    return at.desk.add_assignment(contractor_id, assignment, key=key)


@router.post("/contractors/{contractor_id}/certificates", status_code=201)
def record_certificate(
    at: ThisVisit,
    contractor_id: str,
    certificate: Document[Certificate],
    policies: list[Document[Policy]],
    sha256: Sha256,
    key: Key,
) -> Document[CommandResult]:
    result = at.desk.record_certificate(contractor_id, certificate, policies=policies, key=key)
    if not result.repeated:
        # The host's row last: if the file was there already, what the desk recorded is rolled back.
        at.connection.execute(upload.insert().values(sha256=sha256, certificate_id=certificate.id))
    return result


@router.post("/contractors/{contractor_id}/certificates/{certificate_id}/review", status_code=201)
def review_certificate(
    at: ThisVisit, contractor_id: str, certificate_id: str, status: Status, key: Key, note: Note = None
) -> Document[CommandResult]:
    return at.desk.review_certificate(contractor_id, certificate_id, status, note=note, key=key)


@router.get("/roster")
def roster(
    at: ThisVisit,
    day: date | None = None,
    verdict: Annotated[tuple[Verdict, ...], Query()] = (),
    cursor: str | None = None,
) -> Document[Roster]:
    return at.desk.roster(day=day, verdict=verdict, cursor=cursor)


@router.get("/contractors/{contractor_id}")
def profile(at: ThisVisit, contractor_id: str) -> HTMLResponse:
    body = at.desk.profile(contractor_id).html()
    return HTMLResponse(f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Agency</title>\n{body}</html>')


@router.get("/contractors/{contractor_id}/days/{day}")
def audit_day(at: ThisVisit, contractor_id: str, day: date) -> Document[DayAudit]:
    return at.desk.audit_day(contractor_id, day)


# The start


def create_app(engine: Engine, owner: str = "owner", clock: Clock = utc_now, audit_key: bytes | None = None) -> FastAPI:
    """Return the application; the first start creates the company, and tables of another release are refused."""

    def desk_on(connection: Connection) -> ComplianceDesk:
        store = SqlStore(connection, clock=clock).for_company(COMPANY.id)
        return ComplianceDesk(store, clock=clock, audit_key=audit_key)

    check_schema(engine)
    with engine.begin() as connection:
        desk, subject = desk_on(connection), Subject(issuer=ISSUER, subject=owner)
        if desk.create_company(COMPANY, subject):
            desk.acting_as(subject).publish_rulebook(preset("plain"))
    app = FastAPI(title="Agency")
    app.state.engine, app.state.desk_on = engine, desk_on
    app.include_router(router)
    install(app)

    # The desk's refusals are exceptions of the library: these two handle the host's own statements.
    @app.exception_handler(IntegrityError)
    async def there_already(_: Request, _error: IntegrityError) -> JSONResponse:
        return JSONResponse({"code": "there_already", "detail": "The agency has this already; nothing was saved."}, 409)

    @app.exception_handler(OperationalError)
    async def busy(_: Request, _error: OperationalError) -> JSONResponse:
        body = {"code": "unavailable", "detail": "The database is busy or away; send the same request again."}
        return JSONResponse(body, 503, {"Retry-After": "1"})

    return app


def from_environment() -> FastAPI:
    """Return the application for AGENCY_DATABASE (a URL), AGENCY_OWNER and AGENCY_AUDIT_KEY (hexadecimal digits)."""
    engine = make_engine(os.environ.get("AGENCY_DATABASE", "sqlite:///agency.db"))
    audit_key = bytes.fromhex(os.environ.get("AGENCY_AUDIT_KEY", "")) or None
    return create_app(engine, os.environ.get("AGENCY_OWNER", "owner"), audit_key=audit_key)
