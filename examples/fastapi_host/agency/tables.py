"""The agency's own tables, which live beside those of the library."""

from __future__ import annotations

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, exists, literal, select

metadata = MetaData()

#: Which of the agency's requisitions an assignment fills.
placement = Table(
    "placement",
    metadata,
    Column("contractor_id", String(255), nullable=False),
    Column("assignment_id", String(255), nullable=False),
    Column("requisition", String(50), nullable=False),
    PrimaryKeyConstraint("contractor_id", "assignment_id", name="placement_pk"),
)
#: The files of certificates, each uploaded once.
upload = Table(
    "upload",
    metadata,
    Column("sha256", String(64), nullable=False),
    Column("certificate_id", String(255), nullable=False),
    PrimaryKeyConstraint("sha256", name="upload_pk"),
)


def note_placement(connection: Connection, contractor_id: str, assignment_id: str, requisition: str) -> None:
    """Note a placement, once: a request that is repeated finds what it noted before."""
    same = (placement.c.contractor_id == contractor_id, placement.c.assignment_id == assignment_id)
    row = select(literal(contractor_id), literal(assignment_id), literal(requisition)).where(~exists().where(*same))
    connection.execute(placement.insert().from_select(["contractor_id", "assignment_id", "requisition"], row))


def note_upload(connection: Connection, sha256: str, certificate_id: str) -> None:
    """Note a file; one that was uploaded before is refused by the database."""
    connection.execute(upload.insert().values(sha256=sha256, certificate_id=certificate_id))
