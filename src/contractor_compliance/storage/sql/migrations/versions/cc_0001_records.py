"""The first revision creates every table of a store.

Until the first release it is edited in place whenever the tables change. From then on it is frozen, and later revisions
alter what it created. So it does not import `tables.py` or `columns.py`, which change with each release: names, types
and codes stand in this file, and tests compare the result with those modules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from contractor_compliance.errors import StoreFailedError
from contractor_compliance.storage.sql.types import Instant, exact_text

revision = "cc_0001"
down_revision = None
branch_labels = ("contractor_compliance",)
depends_on = None

#: The columns of a table: the type of each, or the codes that the database lets it hold.
_Columns = Mapping[str, Callable[[], Any] | tuple[str, ...]]

_STATES = (
    *("AK", "AL", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI"),
    *("IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MP"),
    *("MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH", "OK", "OR", "PA"),
    *("PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY"),
)
_RECORD: _Columns = {
    "version": sa.BigInteger,
    "recorded_at": Instant,
    "superseded_at": Instant,
    "format": sa.SmallInteger,
    "document": sa.Text,
}
_LIMITS = (
    *("each_occurrence", "damage_to_rented_premises", "medical_expense", "personal_and_advertising_injury"),
    *("general_aggregate", "products_completed_operations_aggregate", "combined_single_limit"),
    *("bodily_injury_per_person", "bodily_injury_per_accident", "property_damage_per_accident"),
    *("el_each_accident", "el_disease_each_employee", "el_disease_policy_limit"),
    *("each_claim", "aggregate", "penal_sum"),
)
_NAMED: _Columns = {"name": sa.Text, "sort_name": exact_text}
_TERM: _Columns = {"effective": sa.Date, "expiration": sa.Date, "continuous": sa.Boolean, "unreadable": sa.Text}

#: The aggregates, and the typed columns of their histories.
_AGGREGATES: dict[str, _Columns] = {
    "company": {
        **_NAMED,
        "zone": exact_text,
        "gate": ("warn", "hold", "block"),
        "payer": ("organization", "contractor"),
    },
    "client": _NAMED,
    "job_code": {
        **_NAMED,
        "status": ("proposed", "approved", "retired"),
        "industry": ("construction", "other"),
        "soc_code": exact_text,
    },
    "carrier": {
        **_NAMED,
        "naic": exact_text,
        "carrier_key": exact_text,
        "status": ("admitted", "surplus_lines", "state_fund", "self_insured"),
    },
    "rate_card": _NAMED,
    "rulebook": {**_NAMED, "rulebook_version": sa.BigInteger},
    "role": _NAMED,
    "member": {**_NAMED, "state": ("invited", "active", "suspended", "removed"), "subject_key": exact_text},
    "contractor": {
        **_NAMED,
        "entity_type": ("individual", "sole_proprietor", "partnership", "llc", "corporation", "other"),
        "home_state": _STATES,
        "email_key": exact_text,
        "has_employees": sa.Boolean,
    },
}
#: The facts of contractors, and the typed columns of their histories.
_FACTS: dict[str, _Columns] = {
    "assignment": {
        "first_day": sa.Date,
        "last_day": sa.Date,
        "cancelled_on": sa.Date,
        "on_hold": sa.Boolean,
        "client_id": exact_text,
        "job_code_id": exact_text,
        "remote": sa.Boolean,
    },
    "policy": {
        "line": exact_text,
        "number": exact_text,
        "carrier_naic": exact_text,
        "carrier_key": exact_text,
        "insured_as": ("named_insured", "participant", "leased_worker"),
        "program": sa.Boolean,
        "assignment_id": exact_text,
        **_TERM,
        **{f"{limit}_cents": sa.BigInteger for limit in _LIMITS},
    },
    "certificate": {
        "status": ("pending", "processing", "approved", "flagged", "denied", "error"),
        "completed_on": sa.Date,
        "form": exact_text,
        "received_at": Instant,
    },
    "exemption": {
        "exemption_kind": (
            *("owner_exemption", "attestation", "register_exemption"),
            *("self_insurance", "extraterritorial", "non_subscriber_agreement", "sole_proprietor_declaration"),
        ),
        "state": _STATES,
        **_TERM,
    },
    "enrollment": {
        "state": (
            *("not_invited", "invited", "started", "completed"),
            *("declined", "ineligible", "expired", "opted_out"),
        ),
        "step": (
            *("verify_info", "application_questions", "esignature_document"),
            *("add_card_details", "final_review", "application_complete"),
        ),
        "work_state": _STATES,
    },
    "waiver": {
        "waiver_kind": ("waive", "reduce", "substitute", "conditional"),
        "state": ("requested", "granted", "rejected", "revoked"),
        "requirement_id": exact_text,
        "line": exact_text,
        "assignment_id": exact_text,
        "policy_id": exact_text,
        "certificate_id": exact_text,
        "effective": sa.Date,
        "expires": sa.Date,
        "revoked_on": sa.Date,
    },
}
#: What current versions are found by, after the company; every history also has its unique index.
_SEARCHED = {
    "contractor": (("sort_name", "id"), ("home_state", "sort_name", "id"), ("email_key",)),
    "carrier": (("naic",), ("carrier_key",)),
    "enrollment": (("state", "contractor_id"), ("step", "contractor_id")),
    "member": (("sort_name", "id"),),
}
#: The tables, each after those that it refers to.
_TABLES = (
    *("head", "schema", "audit", *_AGGREGATES),
    *(f"{kind}_history" for kind in (*_AGGREGATES, *_FACTS)),
    *("contractor_word", "contractor_insurer", "contractor_work", "standing"),
)


def upgrade() -> None:
    """Make the tables."""
    _create(
        "head",
        {"company_id": exact_text, "sequence": sa.BigInteger, "recorded_at": Instant, "asked_until": Instant}
        | {"seal": sa.Text, "generation": sa.BigInteger},
        key=("company_id",),
        nullable=("recorded_at", "asked_until"),
    )
    _create("schema", {"version": sa.Integer}, key=("version",))
    _create(
        "audit",
        {"company_id": exact_text, "sequence": sa.BigInteger, "recorded_at": Instant}
        | {"actor": sa.Text, "action": sa.Text, "key": exact_text, "fingerprint": sa.Text}
        | {"response": sa.Text, "detail": sa.Text, "detail_hash": sa.Text, "seal": sa.Text},
        _of_company("audit"),
        *(sa.UniqueConstraint("company_id", name, name=_named(f"audit_{name}_uq")) for name in ("key", "recorded_at")),
        key=("company_id", "sequence"),
        nullable=("detail",),
    )
    for kind in _AGGREGATES:
        columns = {"company_id": exact_text, "id": exact_text, "version": sa.BigInteger}
        _create(kind, columns, _of_company(kind), key=("company_id", "id"))
    for kind, typed in _AGGREGATES.items():
        _create_history(kind, ("company_id", "id"), typed, {"id": kind})
    _index("member_history", "company_id", "subject_key", is_unique=True, is_partial=True)
    for kind, typed in _FACTS.items():
        references = {"contractor_id": "contractor"}
        if kind == "assignment":
            references |= {"client_id": "client", "job_code_id": "job_code"}
        _create_history(kind, ("company_id", "contractor_id", "id"), typed, references)
    _create_lists()
    version = sa.table(_named("schema"), sa.column("version", sa.Integer), schema=_schema())
    op.execute(version.insert().values(version=op.inline_literal(1)))


def downgrade() -> None:
    """Drop the tables, if no company is in them.

    Raises:
        StoreFailedError: If there is one.
    """
    head = sa.table(_named("head"), sa.column("company_id"), schema=_schema())
    context = op.get_context()
    if not context.as_sql and op.get_bind().execute(sa.select(head).limit(1)).first() is not None:
        raise StoreFailedError(
            f"The table {_named('head')!r} has companies, so the tables are not dropped. Delete the records first."
        )
    for name in reversed(_TABLES):
        op.drop_table(_named(name), schema=_schema())


def _create_history(kind: str, ids: tuple[str, ...], typed: _Columns, references: Mapping[str, str]) -> None:
    name = f"{kind}_history"
    _create(
        name,
        {**dict.fromkeys(ids, exact_text), **_RECORD, **typed},
        *(_refers(name, column, kind) for column, kind in references.items()),
        sa.CheckConstraint("superseded_at > recorded_at", name=_named(f"{name}_order_ck")),
        key=(*ids, "version"),
        nullable=("superseded_at", *typed),
    )
    _index(name, *ids, is_unique=True, is_partial=True)
    for columns in _SEARCHED.get(kind, ()):
        _index(name, "company_id", *columns, is_partial=True)


def _create_lists() -> None:
    """Make the tables that lists are found by: words, insurers, work and standings."""
    ids = {"company_id": exact_text, "contractor_id": exact_text}
    name = "contractor_word"
    _create(name, {**ids, "word": exact_text}, _refers(name, "contractor_id", "contractor"), key=(*ids, "word"))
    _index(name, "company_id", "word", "contractor_id")

    name = "contractor_insurer"
    _create(name, {**ids, "insurer": exact_text}, _refers(name, "contractor_id", "contractor"), key=(*ids, "insurer"))
    _index(name, "company_id", "insurer", "contractor_id")

    name = "contractor_work"
    _create(
        name,
        {**ids, "assignment_id": exact_text, "state": exact_text, "job_code_id": exact_text, "client_id": exact_text}
        | {"first_day": sa.Date, "last_day": sa.Date, "sort_name": exact_text},
        _refers(name, "contractor_id", "contractor"),
        key=(*ids, "assignment_id", "state"),
        nullable=("job_code_id", "client_id", "first_day", "last_day"),
    )
    for columns in (("state",), ("state", "job_code_id"), ("job_code_id",), ("client_id",)):
        _index(name, "company_id", *columns, "sort_name", "contractor_id")

    name = "standing"
    _create(
        name,
        {**ids, "since_generation": sa.BigInteger, "until_generation": sa.BigInteger}
        | {"first_day": sa.Date, "end_day": sa.Date}
        | {"verdict": ("non_compliant", "undetermined", "compliant_with_exceptions", "compliant", "not_required")}
        | {"insurance_status": ("insured", "partly_insured", "uninsured", "undetermined", "not_required")}
        | {"worst_requirement": sa.Text, "reasons": sa.Text}
        | {"rulebook_id": sa.Text, "rulebook_version": sa.BigInteger, "sort_name": exact_text},
        _refers(name, "contractor_id", "contractor"),
        key=(*ids, "since_generation", "first_day"),
        nullable=("until_generation", "end_day", "worst_requirement"),
    )
    for columns in (("verdict", "sort_name"), ("insurance_status", "sort_name"), ("end_day",)):
        _index(name, "company_id", *columns, "contractor_id")


def _schema() -> str | None:
    schema: str | None = op.get_context().opts.get("cc_schema")
    return schema


def _named(name: str) -> str:
    """Return a name with the prefix of our names."""
    return f"{op.get_context().opts.get('cc_prefix', 'cc_')}{name}"


def _create(
    name: str, columns: _Columns, *constraints: Any, key: tuple[str, ...], nullable: tuple[str, ...] = ()
) -> None:
    codes = {column: type_ for column, type_ in columns.items() if isinstance(type_, tuple)}
    op.create_table(
        _named(name),
        *(
            sa.Column(column, exact_text() if isinstance(type_, tuple) else type_(), nullable=column in nullable)
            for column, type_ in columns.items()
        ),
        sa.PrimaryKeyConstraint(*key, name=_named(f"{name}_pk")),
        *(
            sa.CheckConstraint(f"{column} IN ({', '.join(map(repr, listed))})", name=_named(f"{name}_{column}_ck"))
            for column, listed in codes.items()
        ),
        *constraints,
        schema=_schema(),
    )


def _index(name: str, *columns: str, is_unique: bool = False, is_partial: bool = False) -> None:
    """Make an index; a partial one holds current versions only."""
    condition = sa.text("superseded_at IS NULL") if is_partial else None
    op.create_index(
        _named(f"{name}_{'_'.join(columns[1:])}")[:60],
        _named(name),
        list(columns),
        unique=is_unique,
        sqlite_where=condition,
        postgresql_where=condition,
        schema=_schema(),
    )


def _of_company(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["company_id"], [_target("head", "company_id")], name=_named(f"{name}_company_fk"))


def _refers(name: str, column: str, kind: str) -> sa.ForeignKeyConstraint:
    """Return the foreign key from a column, led by the company, to an aggregate of a kind."""
    targets = [_target(kind, "company_id"), _target(kind, "id")]
    return sa.ForeignKeyConstraint(["company_id", column], targets, name=_named(f"{name}_{column}_fk"))


def _target(name: str, column: str) -> str:
    schema = _schema()
    return f"{_named(name)}.{column}" if schema is None else f"{schema}.{_named(name)}.{column}"
