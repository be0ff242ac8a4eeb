"""Environment of Alembic: the connection and its transaction come from `migrate`."""

from __future__ import annotations

from alembic import context

from warehouse.tables_sql import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
context.run_migrations()
