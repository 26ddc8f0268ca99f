"""What each request is given: who asks, a transaction, and his desk inside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import attrs
from fastapi import Depends, Header, HTTPException, Request
from sqlalchemy import Connection, Engine

from contractor_compliance.desk import ComplianceDesk, MemberDesk, preset
from contractor_compliance.domain import Company, Subject
from contractor_compliance.storage import Clock, utc_now
from contractor_compliance.storage.sql import SqlStore, check_schema

COMPANY = Company(id="acme", name="Acme Sample Staffing Inc")
#: Who vouches for the names in X-Subject: in a real host its identity provider.
ISSUER = "https://login.example.com"


@attrs.frozen
class Office:
    """The agency's database, and the secret that seals the audit chain."""

    engine: Engine
    clock: Clock = utc_now
    audit_key: bytes | None = None

    def desk(self, connection: Connection) -> ComplianceDesk:
        """Return the desk on a connection: what it commits becomes part of the connection's transaction."""
        store = SqlStore(connection, clock=self.clock).for_company(COMPANY.id)
        return ComplianceDesk(store, clock=self.clock, audit_key=self.audit_key)

    def open(self, owner: Subject) -> None:
        """Refuse tables of another release; the first time, found the company with the rules that it begins with."""
        check_schema(self.engine)
        with self.engine.begin() as connection:
            desk = self.desk(connection)
            if desk.found(COMPANY, owner):
                desk.acting_as(owner).publish_rulebook(preset("plain"))


def transaction(request: Request) -> Iterator[Connection]:
    """One transaction for the request: whatever raises in it leaves nothing, of the host or of the desk."""
    office: Office = request.app.state.office
    with office.engine.begin() as connection:
        yield connection


def login(x_subject: Annotated[str, Header()] = "") -> Subject:
    """Who asks. It stands for the host's login, which looks at a session or a token."""
    if not x_subject:
        raise HTTPException(401, "Say who you are in the header X-Subject.")
    return Subject(issuer=ISSUER, subject=x_subject)


# "function": it is committed before the answer is sent, so nobody is told of what was not saved.
Transaction = Annotated[Connection, Depends(transaction, scope="function")]


def member(request: Request, connection: Transaction, subject: Annotated[Subject, Depends(login)]) -> MemberDesk:
    """The desk as whoever asks has it; whether he may is looked up with each use case."""
    office: Office = request.app.state.office
    return office.desk(connection).acting_as(subject)


Desk = Annotated[MemberDesk, Depends(member, scope="function")]
