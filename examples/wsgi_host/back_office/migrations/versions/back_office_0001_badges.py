"""Badges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "back_office_0001"
down_revision = None
branch_labels = ("back_office",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column("member_id", sa.String(255), nullable=False, unique=True),
    )


def downgrade() -> None:
    op.drop_table("badge")
