"""The agency's own tables, which live beside those of the library."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String, Table

metadata = MetaData()

#: Which of the agency's requisitions an assignment fills.
placement = Table(
    "placement",
    metadata,
    Column("contractor_id", String(255), primary_key=True),
    Column("assignment_id", String(255), primary_key=True),
    Column("requisition", String(50), nullable=False),
)
#: The files of certificates, each uploaded once.
upload = Table(
    "upload",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("certificate_id", String(255), nullable=False),
)
