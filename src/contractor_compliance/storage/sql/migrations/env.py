"""The env.py of our own Alembic chain, with the options of `upgrade`; a host has an env.py of its own."""

from __future__ import annotations

from alembic import context

settings = context.config.attributes["contractor_compliance"]
context.configure(**settings)
with context.begin_transaction():
    context.run_migrations()
