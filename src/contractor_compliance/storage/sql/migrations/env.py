"""What Alembic runs for our own chain: `upgrade` says where the tables are; hosts have an env.py of their own."""

from __future__ import annotations

from alembic import context

settings = context.config.attributes["contractor_compliance"]
context.configure(**settings)
with context.begin_transaction():
    context.run_migrations()
