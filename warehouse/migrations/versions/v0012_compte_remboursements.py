"""A bank account of the registry says whether refunds are paid on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0005_histoire_du_registre import TABLES, protect_versions

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COMPTES, COLONNE = "comptes_bancaires", "remboursements"
GARDES = ("sans_delete", "sans_update", "ferme_une_fois")


def upgrade() -> None:
    op.add_column(COMPTES, sa.Column(COLONNE, sa.Boolean()))
    # The guards name the columns that never change: they are made again with this one.
    de_la_table = "" if op.get_bind().dialect.name == "sqlite" else f" ON {COMPTES}"
    for garde in GARDES:
        op.execute(f"DROP TRIGGER {COMPTES}_{garde}{de_la_table}")
    ancienne = TABLES[COMPTES]
    types = {**ancienne.types, COLONNE: sa.Boolean()}
    protect_versions(COMPTES, ancienne._replace(types=types))


def downgrade() -> None:
    raise NotImplementedError("l'histoire du registre ne s'efface pas")
