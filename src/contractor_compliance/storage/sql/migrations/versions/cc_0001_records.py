"""The first tables, as they were when they were released: never changed, whatever the tables are like today."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from contractor_compliance.errors import StoreFailedError
from contractor_compliance.storage.sql.types import Instant, exact_text

revision = "cc_0001"
down_revision = None
branch_labels = ("contractor_compliance",)
depends_on = None


def _place() -> tuple[str, str | None, str]:
    """Return the prefix of our names, their schema, and what foreign keys write before a name."""
    options = op.get_context().opts
    prefix, schema = options.get("cc_prefix", "cc_"), options.get("cc_schema")
    return prefix, schema, prefix if schema is None else f"{schema}.{prefix}"


def upgrade() -> None:
    """Make the tables."""
    prefix, schema, owner = _place()
    op.create_table(
        f"{prefix}head",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=True),
        sa.Column("asked_until", Instant(), nullable=True),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=f"{prefix}head_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}schema",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=f"{prefix}schema_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}audit",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("key", exact_text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("detail_hash", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}audit_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "sequence", name=f"{prefix}audit_pk"),
        sa.UniqueConstraint("company_id", "key", name=f"{prefix}audit_key_uq"),
        sa.UniqueConstraint("company_id", "recorded_at", name=f"{prefix}audit_recorded_at_uq"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}carrier",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}carrier_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"{prefix}carrier_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}client",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}client_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"{prefix}client_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}company",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}company_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"{prefix}company_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}contractor",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}contractor_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"{prefix}contractor_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}job_code",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}job_code_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"{prefix}job_code_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}member",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}member_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"{prefix}member_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}rate_card",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}rate_card_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"{prefix}rate_card_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}role",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}role_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"{prefix}role_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}rulebook",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], [f"{owner}head.company_id"], name=f"{prefix}rulebook_company_fk"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"{prefix}rulebook_pk"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}assignment_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("contractor_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("on_hold", sa.Boolean(), nullable=True),
        sa.Column("client_id", exact_text(), nullable=True),
        sa.Column("job_code", exact_text(), nullable=True),
        sa.Column("remote", sa.Boolean(), nullable=True),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}assignment_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "client_id"],
            [f"{owner}client.company_id", f"{owner}client.id"],
            name=f"{prefix}assignment_history_client_id_fk",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "contractor_id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}assignment_history_contractor_id_fk",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "job_code"],
            [f"{owner}job_code.company_id", f"{owner}job_code.id"],
            name=f"{prefix}assignment_history_job_code_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "contractor_id", "id", "version", name=f"{prefix}assignment_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}assignment_history_contractor_id_id",
        f"{prefix}assignment_history",
        ["company_id", "contractor_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}carrier_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=True),
        sa.Column("naic", exact_text(), nullable=True),
        sa.Column("carrier_key", exact_text(), nullable=True),
        sa.Column("status", exact_text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('admitted', 'surplus_lines', 'state_fund', 'self_insured')",
            name=f"{prefix}carrier_history_status_ck",
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}carrier_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "id"],
            [f"{owner}carrier.company_id", f"{owner}carrier.id"],
            name=f"{prefix}carrier_history_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", "version", name=f"{prefix}carrier_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}carrier_history_carrier_key",
        f"{prefix}carrier_history",
        ["company_id", "carrier_key"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}carrier_history_id",
        f"{prefix}carrier_history",
        ["company_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}carrier_history_naic",
        f"{prefix}carrier_history",
        ["company_id", "naic"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}certificate_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("contractor_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("status", exact_text(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("form", exact_text(), nullable=True),
        sa.Column("received_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'approved', 'flagged', 'denied', 'error')",
            name=f"{prefix}certificate_history_status_ck",
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}certificate_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "contractor_id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}certificate_history_contractor_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "contractor_id", "id", "version", name=f"{prefix}certificate_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}certificate_history_contractor_id_id",
        f"{prefix}certificate_history",
        ["company_id", "contractor_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}client_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=True),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}client_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "id"],
            [f"{owner}client.company_id", f"{owner}client.id"],
            name=f"{prefix}client_history_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", "version", name=f"{prefix}client_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}client_history_id",
        f"{prefix}client_history",
        ["company_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}company_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=True),
        sa.Column("zone", exact_text(), nullable=True),
        sa.Column("gate", exact_text(), nullable=True),
        sa.Column("payer", exact_text(), nullable=True),
        sa.CheckConstraint("gate IN ('warn', 'hold', 'block')", name=f"{prefix}company_history_gate_ck"),
        sa.CheckConstraint("payer IN ('organization', 'contractor')", name=f"{prefix}company_history_payer_ck"),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}company_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "id"],
            [f"{owner}company.company_id", f"{owner}company.id"],
            name=f"{prefix}company_history_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", "version", name=f"{prefix}company_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}company_history_id",
        f"{prefix}company_history",
        ["company_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}contractor_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=True),
        sa.Column("entity_type", exact_text(), nullable=True),
        sa.Column("home_state", exact_text(), nullable=True),
        sa.Column("email_key", exact_text(), nullable=True),
        sa.Column("has_employees", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "entity_type IN ('individual', 'sole_proprietor', 'partnership', 'llc', 'corporation', 'other')",
            name=f"{prefix}contractor_history_entity_type_ck",
        ),
        sa.CheckConstraint(
            "home_state IN ('AK', 'AL', 'AR', 'AS', 'AZ', 'CA', 'CO', 'CT', 'DC', 'DE', 'FL', 'GA', 'GU', 'HI', 'IA', 'ID', 'IL', 'IN', 'KS', 'KY', 'LA', 'MA', 'MD', 'ME', 'MI', 'MN', 'MO', 'MP', 'MS', 'MT', 'NC', 'ND', 'NE', 'NH', 'NJ', 'NM', 'NV', 'NY', 'OH', 'OK', 'OR', 'PA', 'PR', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VA', 'VI', 'VT', 'WA', 'WI', 'WV', 'WY')",
            name=f"{prefix}contractor_history_home_state_ck",
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}contractor_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}contractor_history_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", "version", name=f"{prefix}contractor_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}contractor_history_email_key",
        f"{prefix}contractor_history",
        ["company_id", "email_key"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}contractor_history_home_state_sort_name_id",
        f"{prefix}contractor_history",
        ["company_id", "home_state", "sort_name", "id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}contractor_history_id",
        f"{prefix}contractor_history",
        ["company_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}contractor_history_sort_name_id",
        f"{prefix}contractor_history",
        ["company_id", "sort_name", "id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}contractor_word",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("contractor_id", exact_text(), nullable=False),
        sa.Column("word", exact_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "contractor_id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}contractor_word_contractor_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "contractor_id", "word", name=f"{prefix}contractor_word_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}contractor_word_word_contractor_id",
        f"{prefix}contractor_word",
        ["company_id", "word", "contractor_id"],
        unique=False,
        sqlite_where=None,
        postgresql_where=None,
        schema=schema,
    )
    op.create_table(
        f"{prefix}contractor_work",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("contractor_id", exact_text(), nullable=False),
        sa.Column("assignment_id", exact_text(), nullable=False),
        sa.Column("state", exact_text(), nullable=False),
        sa.Column("job_code", exact_text(), nullable=True),
        sa.Column("client_id", exact_text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "contractor_id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}contractor_work_contractor_id_fk",
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "contractor_id", "assignment_id", "state", name=f"{prefix}contractor_work_pk"
        ),
        schema=schema,
    )
    op.create_index(
        f"{prefix}contractor_work_client_id_sort_name_contractor_id",
        f"{prefix}contractor_work",
        ["company_id", "client_id", "sort_name", "contractor_id"],
        unique=False,
        sqlite_where=None,
        postgresql_where=None,
        schema=schema,
    )
    op.create_index(
        f"{prefix}contractor_work_job_code_sort_name_contractor_id",
        f"{prefix}contractor_work",
        ["company_id", "job_code", "sort_name", "contractor_id"],
        unique=False,
        sqlite_where=None,
        postgresql_where=None,
        schema=schema,
    )
    op.create_index(
        f"{prefix}contractor_work_state_job_code_sort_name_contractor_id",
        f"{prefix}contractor_work",
        ["company_id", "state", "job_code", "sort_name", "contractor_id"],
        unique=False,
        sqlite_where=None,
        postgresql_where=None,
        schema=schema,
    )
    op.create_index(
        f"{prefix}contractor_work_state_sort_name_contractor_id",
        f"{prefix}contractor_work",
        ["company_id", "state", "sort_name", "contractor_id"],
        unique=False,
        sqlite_where=None,
        postgresql_where=None,
        schema=schema,
    )
    op.create_table(
        f"{prefix}enrollment_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("contractor_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state", exact_text(), nullable=True),
        sa.Column("step", exact_text(), nullable=True),
        sa.Column("work_state", exact_text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('not_invited', 'invited', 'started', 'completed', 'declined', 'ineligible', 'expired', 'opted_out')",
            name=f"{prefix}enrollment_history_state_ck",
        ),
        sa.CheckConstraint(
            "step IN ('verify_info', 'application_questions', 'esignature_document', 'add_card_details', 'final_review', 'application_complete')",
            name=f"{prefix}enrollment_history_step_ck",
        ),
        sa.CheckConstraint(
            "work_state IN ('AK', 'AL', 'AR', 'AS', 'AZ', 'CA', 'CO', 'CT', 'DC', 'DE', 'FL', 'GA', 'GU', 'HI', 'IA', 'ID', 'IL', 'IN', 'KS', 'KY', 'LA', 'MA', 'MD', 'ME', 'MI', 'MN', 'MO', 'MP', 'MS', 'MT', 'NC', 'ND', 'NE', 'NH', 'NJ', 'NM', 'NV', 'NY', 'OH', 'OK', 'OR', 'PA', 'PR', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VA', 'VI', 'VT', 'WA', 'WI', 'WV', 'WY')",
            name=f"{prefix}enrollment_history_work_state_ck",
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}enrollment_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "contractor_id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}enrollment_history_contractor_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "contractor_id", "id", "version", name=f"{prefix}enrollment_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}enrollment_history_contractor_id_id",
        f"{prefix}enrollment_history",
        ["company_id", "contractor_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}enrollment_history_state_contractor_id",
        f"{prefix}enrollment_history",
        ["company_id", "state", "contractor_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}enrollment_history_step_contractor_id",
        f"{prefix}enrollment_history",
        ["company_id", "step", "contractor_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}exemption_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("contractor_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("exemption_kind", exact_text(), nullable=True),
        sa.Column("state", exact_text(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("expiration", sa.Date(), nullable=True),
        sa.Column("continuous", sa.Boolean(), nullable=True),
        sa.Column("unreadable", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "exemption_kind IN ('owner_exemption', 'attestation', 'register_exemption', 'self_insurance', 'extraterritorial', 'non_subscriber_agreement')",
            name=f"{prefix}exemption_history_exemption_kind_ck",
        ),
        sa.CheckConstraint(
            "state IN ('AK', 'AL', 'AR', 'AS', 'AZ', 'CA', 'CO', 'CT', 'DC', 'DE', 'FL', 'GA', 'GU', 'HI', 'IA', 'ID', 'IL', 'IN', 'KS', 'KY', 'LA', 'MA', 'MD', 'ME', 'MI', 'MN', 'MO', 'MP', 'MS', 'MT', 'NC', 'ND', 'NE', 'NH', 'NJ', 'NM', 'NV', 'NY', 'OH', 'OK', 'OR', 'PA', 'PR', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VA', 'VI', 'VT', 'WA', 'WI', 'WV', 'WY')",
            name=f"{prefix}exemption_history_state_ck",
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}exemption_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "contractor_id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}exemption_history_contractor_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "contractor_id", "id", "version", name=f"{prefix}exemption_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}exemption_history_contractor_id_id",
        f"{prefix}exemption_history",
        ["company_id", "contractor_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}job_code_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=True),
        sa.Column("status", exact_text(), nullable=True),
        sa.Column("industry", exact_text(), nullable=True),
        sa.Column("soc_code", exact_text(), nullable=True),
        sa.CheckConstraint("industry IN ('construction', 'other')", name=f"{prefix}job_code_history_industry_ck"),
        sa.CheckConstraint("status IN ('proposed', 'approved', 'retired')", name=f"{prefix}job_code_history_status_ck"),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}job_code_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "id"],
            [f"{owner}job_code.company_id", f"{owner}job_code.id"],
            name=f"{prefix}job_code_history_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", "version", name=f"{prefix}job_code_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}job_code_history_id",
        f"{prefix}job_code_history",
        ["company_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}member_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=True),
        sa.Column("state", exact_text(), nullable=True),
        sa.Column("subject_key", exact_text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('invited', 'active', 'suspended', 'removed')", name=f"{prefix}member_history_state_ck"
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}member_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "id"],
            [f"{owner}member.company_id", f"{owner}member.id"],
            name=f"{prefix}member_history_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", "version", name=f"{prefix}member_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}member_history_id",
        f"{prefix}member_history",
        ["company_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}member_history_sort_name_id",
        f"{prefix}member_history",
        ["company_id", "sort_name", "id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}member_history_subject_key",
        f"{prefix}member_history",
        ["company_id", "subject_key"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}policy_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("contractor_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("line", exact_text(), nullable=True),
        sa.Column("number", exact_text(), nullable=True),
        sa.Column("carrier_naic", exact_text(), nullable=True),
        sa.Column("carrier_key", exact_text(), nullable=True),
        sa.Column("insured_as", exact_text(), nullable=True),
        sa.Column("program", sa.Boolean(), nullable=True),
        sa.Column("assignment_id", exact_text(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("expiration", sa.Date(), nullable=True),
        sa.Column("continuous", sa.Boolean(), nullable=True),
        sa.Column("unreadable", sa.Text(), nullable=True),
        sa.Column("each_occurrence_cents", sa.BigInteger(), nullable=True),
        sa.Column("damage_to_rented_premises_cents", sa.BigInteger(), nullable=True),
        sa.Column("medical_expense_cents", sa.BigInteger(), nullable=True),
        sa.Column("personal_and_advertising_injury_cents", sa.BigInteger(), nullable=True),
        sa.Column("general_aggregate_cents", sa.BigInteger(), nullable=True),
        sa.Column("products_completed_operations_aggregate_cents", sa.BigInteger(), nullable=True),
        sa.Column("combined_single_limit_cents", sa.BigInteger(), nullable=True),
        sa.Column("bodily_injury_per_person_cents", sa.BigInteger(), nullable=True),
        sa.Column("bodily_injury_per_accident_cents", sa.BigInteger(), nullable=True),
        sa.Column("property_damage_per_accident_cents", sa.BigInteger(), nullable=True),
        sa.Column("el_each_accident_cents", sa.BigInteger(), nullable=True),
        sa.Column("el_disease_each_employee_cents", sa.BigInteger(), nullable=True),
        sa.Column("el_disease_policy_limit_cents", sa.BigInteger(), nullable=True),
        sa.Column("each_claim_cents", sa.BigInteger(), nullable=True),
        sa.Column("aggregate_cents", sa.BigInteger(), nullable=True),
        sa.Column("penal_sum_cents", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "insured_as IN ('named_insured', 'participant', 'leased_worker')",
            name=f"{prefix}policy_history_covers_as_ck",
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}policy_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "contractor_id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}policy_history_contractor_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "contractor_id", "id", "version", name=f"{prefix}policy_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}policy_history_carrier_key_contractor_id",
        f"{prefix}policy_history",
        ["company_id", "carrier_key", "contractor_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}policy_history_carrier_naic_contractor_id",
        f"{prefix}policy_history",
        ["company_id", "carrier_naic", "contractor_id"],
        unique=False,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}policy_history_contractor_id_id",
        f"{prefix}policy_history",
        ["company_id", "contractor_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}rate_card_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=True),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}rate_card_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "id"],
            [f"{owner}rate_card.company_id", f"{owner}rate_card.id"],
            name=f"{prefix}rate_card_history_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", "version", name=f"{prefix}rate_card_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}rate_card_history_id",
        f"{prefix}rate_card_history",
        ["company_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}role_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=True),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}role_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "id"], [f"{owner}role.company_id", f"{owner}role.id"], name=f"{prefix}role_history_id_fk"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", "version", name=f"{prefix}role_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}role_history_id",
        f"{prefix}role_history",
        ["company_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}rulebook_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_name", exact_text(), nullable=True),
        sa.Column("rulebook_version", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}rulebook_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "id"],
            [f"{owner}rulebook.company_id", f"{owner}rulebook.id"],
            name=f"{prefix}rulebook_history_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", "version", name=f"{prefix}rulebook_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}rulebook_history_id",
        f"{prefix}rulebook_history",
        ["company_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}standing",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("contractor_id", exact_text(), nullable=False),
        sa.Column("since_generation", sa.BigInteger(), nullable=False),
        sa.Column("until_generation", sa.BigInteger(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("end_day", sa.Date(), nullable=True),
        sa.Column("verdict", exact_text(), nullable=False),
        sa.Column("insurance_status", exact_text(), nullable=False),
        sa.Column("worst_requirement", sa.Text(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("rulebook_id", sa.Text(), nullable=False),
        sa.Column("rulebook_version", sa.BigInteger(), nullable=False),
        sa.Column("sort_name", exact_text(), nullable=False),
        sa.CheckConstraint(
            "insurance_status IN ('insured', 'partly_insured', 'uninsured', 'undetermined', 'not_required')",
            name=f"{prefix}standing_insurance_status_ck",
        ),
        sa.CheckConstraint(
            "verdict IN ('non_compliant', 'undetermined', 'compliant_with_exceptions', 'compliant', 'not_required')",
            name=f"{prefix}standing_verdict_ck",
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "contractor_id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}standing_contractor_id_fk",
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "contractor_id", "since_generation", "first_day", name=f"{prefix}standing_pk"
        ),
        schema=schema,
    )
    op.create_index(
        f"{prefix}standing_end_day_contractor_id",
        f"{prefix}standing",
        ["company_id", "end_day", "contractor_id"],
        unique=False,
        sqlite_where=None,
        postgresql_where=None,
        schema=schema,
    )
    op.create_index(
        f"{prefix}standing_insurance_status_sort_name_contractor_id",
        f"{prefix}standing",
        ["company_id", "insurance_status", "sort_name", "contractor_id"],
        unique=False,
        sqlite_where=None,
        postgresql_where=None,
        schema=schema,
    )
    op.create_index(
        f"{prefix}standing_verdict_sort_name_contractor_id",
        f"{prefix}standing",
        ["company_id", "verdict", "sort_name", "contractor_id"],
        unique=False,
        sqlite_where=None,
        postgresql_where=None,
        schema=schema,
    )
    op.create_table(
        f"{prefix}waiver_history",
        sa.Column("company_id", exact_text(), nullable=False),
        sa.Column("contractor_id", exact_text(), nullable=False),
        sa.Column("id", exact_text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("waiver_kind", exact_text(), nullable=True),
        sa.Column("state", exact_text(), nullable=True),
        sa.Column("requirement_id", exact_text(), nullable=True),
        sa.Column("line", exact_text(), nullable=True),
        sa.Column("assignment_id", exact_text(), nullable=True),
        sa.Column("policy_id", exact_text(), nullable=True),
        sa.Column("certificate_id", exact_text(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'granted', 'rejected', 'revoked')", name=f"{prefix}waiver_history_state_ck"
        ),
        sa.CheckConstraint(
            "waiver_kind IN ('waive', 'reduce', 'substitute', 'conditional')",
            name=f"{prefix}waiver_history_waiver_kind_ck",
        ),
        sa.CheckConstraint("superseded_at > recorded_at", name=f"{prefix}waiver_history_order_ck"),
        sa.ForeignKeyConstraint(
            ["company_id", "contractor_id"],
            [f"{owner}contractor.company_id", f"{owner}contractor.id"],
            name=f"{prefix}waiver_history_contractor_id_fk",
        ),
        sa.PrimaryKeyConstraint("company_id", "contractor_id", "id", "version", name=f"{prefix}waiver_history_pk"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}waiver_history_contractor_id_id",
        f"{prefix}waiver_history",
        ["company_id", "contractor_id", "id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
        schema=schema,
    )

    version = sa.table(f"{prefix}schema", sa.column("version", sa.Integer), schema=schema)
    op.execute(version.insert().values(version=op.inline_literal(1)))


def downgrade() -> None:
    """Drop the tables, if no company is in them.

    Raises:
        StoreFailedError: If there is one.
    """
    prefix, schema, _ = _place()
    head = sa.table(f"{prefix}head", sa.column("company_id"), schema=schema)
    context = op.get_context()
    if not context.as_sql and op.get_bind().execute(sa.select(head).limit(1)).first() is not None:
        raise StoreFailedError("There are companies in these tables: they are not dropped. Delete the records first.")
    for name in reversed(_TABLES):
        op.drop_table(prefix + name, schema=schema)


#: Each after those that it refers to.
_TABLES = (
    "head",
    "schema",
    "audit",
    "carrier",
    "client",
    "company",
    "contractor",
    "job_code",
    "member",
    "rate_card",
    "role",
    "rulebook",
    "assignment_history",
    "carrier_history",
    "certificate_history",
    "client_history",
    "company_history",
    "contractor_history",
    "contractor_word",
    "contractor_work",
    "enrollment_history",
    "exemption_history",
    "job_code_history",
    "member_history",
    "policy_history",
    "rate_card_history",
    "role_history",
    "rulebook_history",
    "standing",
    "waiver_history",
)
