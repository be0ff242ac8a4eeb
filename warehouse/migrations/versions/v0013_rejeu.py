"""What a past night needs to be played again: the form of an import, the engine of a night."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for colonne in ("forme", "nom_table"):
        op.add_column("imports_registre", sa.Column(colonne, sa.String()))
    op.add_column("nuits", sa.Column("version", sa.String()))
    op.add_column("nuits", sa.Column("sources", sa.String(64)))


def downgrade() -> None:
    raise NotImplementedError("ce qu'une nuit a été ne s'efface pas")
