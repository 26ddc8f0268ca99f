"""What Alembic runs for every command: `upgrade heads`, `revision --autogenerate --head back_office@head`."""

from __future__ import annotations

import os

from alembic import context
from back_office.tables import metadata

from contractor_compliance.storage.sql import host_include_object, make_engine

engine = make_engine(os.environ.get("BACK_OFFICE_DATABASE", "sqlite:///back_office.db"))
with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=host_include_object(),  # the library's tables are its own business
        transactional_ddl=True,  # on SQLite, where Alembic would leave half a migration behind
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
