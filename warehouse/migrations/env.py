"""Environment of Alembic: the connection and its transaction come from `migrate`."""

from __future__ import annotations

from alembic import context

from warehouse import tables_acces, tables_registre, tables_salarie, tables_sql
from warehouse.metadonnees import METADATA

TABLES = (
    tables_acces,
    tables_registre,
    tables_salarie,
    tables_sql,
)  # importing them fills METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
context.run_migrations()
