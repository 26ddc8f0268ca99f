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
        sa.Column("contractor_id", sa.String(255), nullable=False),
        sa.Column("assignment_id", sa.String(255), nullable=False),
        sa.Column("requisition", sa.String(50), nullable=False),
        sa.PrimaryKeyConstraint("contractor_id", "assignment_id", name="placement_pk"),
    )
    op.create_table(
        "upload",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("certificate_id", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="upload_pk"),
    )


def downgrade() -> None:
    op.drop_table("upload")
    op.drop_table("placement")
