"""The application: its calls, and what it is started with."""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, FastAPI, Header, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.exc import IntegrityError

from agency import tables
from agency.office import ISSUER, Desk, Office, Transaction
from contractor_compliance.desk import DayAudit, Done, Roster
from contractor_compliance.domain import Assignment, Certificate, Contractor, Policy, ReviewStatus, Subject
from contractor_compliance.evaluation import Verdict
from contractor_compliance.integrations.fastapi import Document, install
from contractor_compliance.storage.sql import make_engine

router = APIRouter()

#: The client's name for its request: sent again under the same name, it has one effect and the same answer.
RequestKey = Annotated[str, Header(alias="Idempotency-Key")]


@router.post("/contractors", status_code=201)
def add_contractor(contractor: Document[Contractor], desk: Desk, key: RequestKey) -> Document[Done]:
    return desk.add_contractor(contractor, key=key)


@router.post("/contractors/{contractor_id}/assignments", status_code=201)
def add_assignment(
    contractor_id: str,
    assignment: Document[Assignment],
    requisition: Annotated[str, Body(min_length=1, max_length=50)],
    connection: Transaction,
    desk: Desk,
    key: RequestKey,
) -> Document[Done]:
    # The host's row first: if the desk refuses the assignment, it is gone with the transaction.
    tables.note_placement(connection, contractor_id, assignment.id, requisition)
    return desk.add_assignment(contractor_id, assignment, key=key)


@router.post("/contractors/{contractor_id}/certificates", status_code=201)
def record_certificate(
    contractor_id: str,
    *,
    certificate: Document[Certificate],
    policies: list[Document[Policy]],
    sha256: Annotated[str, Body(pattern="^[0-9a-f]{64}$")],
    connection: Transaction,
    desk: Desk,
    key: RequestKey,
) -> Document[Done]:
    done = desk.record_certificate(contractor_id, certificate, policies=policies, key=key)
    if not done.repeated:
        # The host's row last: if the file was there already, what the desk recorded is gone with the transaction.
        tables.note_upload(connection, sha256, certificate.id)
    return done


@router.post("/contractors/{contractor_id}/certificates/{certificate_id}/review", status_code=201)
def review_certificate(
    contractor_id: str,
    certificate_id: str,
    status: Annotated[ReviewStatus, Body(embed=True)],
    desk: Desk,
    key: RequestKey,
) -> Document[Done]:
    return desk.review_certificate(contractor_id, certificate_id, status, key=key)


@router.get("/roster")
def roster(
    desk: Desk,
    day: date | None = None,
    verdict: Annotated[tuple[Verdict, ...], Query()] = (),
    cursor: str | None = None,
) -> Document[Roster]:
    return desk.roster(day=day, verdict=verdict, cursor=cursor)


@router.get("/contractors/{contractor_id}")
def profile(contractor_id: str, desk: Desk) -> HTMLResponse:
    body = desk.profile(contractor_id).html()
    return HTMLResponse(f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Agency</title>\n{body}</html>')


@router.get("/contractors/{contractor_id}/days/{day}")
def audit_day(contractor_id: str, day: date, desk: Desk) -> Document[DayAudit]:
    return desk.audit_day(contractor_id, day)


def create_app(office: Office, owner: str = "owner") -> FastAPI:
    office.open(Subject(issuer=ISSUER, subject=owner))
    app = FastAPI(title="Agency")
    app.state.office = office
    app.include_router(router)
    install(app)
    # What the library refuses has an exception of its own, so this is about the host's tables.
    app.add_exception_handler(IntegrityError, _there_already)
    return app


def from_environment() -> FastAPI:
    """Start with AGENCY_DATABASE (a URL), AGENCY_OWNER and AGENCY_AUDIT_KEY (hexadecimal digits)."""
    engine = make_engine(os.environ.get("AGENCY_DATABASE", "sqlite:///agency.db"))
    key = os.environ.get("AGENCY_AUDIT_KEY")
    office = Office(engine, audit_key=bytes.fromhex(key) if key else None)
    return create_app(office, os.environ.get("AGENCY_OWNER", "owner"))


async def _there_already(_: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"code": "there_already", "detail": "The agency has this already; nothing was saved."}, 409)
