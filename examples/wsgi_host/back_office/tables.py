"""The back office's own table, which lives beside those of the library."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String, Table

metadata = MetaData()

#: Which badge opens the office's door for which member.
badge = Table(
    "badge",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("member_id", String(255), nullable=False, unique=True),
)
