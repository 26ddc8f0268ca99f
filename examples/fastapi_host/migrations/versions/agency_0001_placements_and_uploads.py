"""Placements and uploads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "agency_0001"
down_revision = None
branch_labels = ("agency",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "placement",
        sa.Column("contractor_id", sa.String(255), primary_key=True),
        sa.Column("assignment_id", sa.String(255), primary_key=True),
        sa.Column("requisition", sa.String(50), nullable=False),
    )
    op.create_table(
        "upload",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("certificate_id", sa.String(255), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("upload")
    op.drop_table("placement")
