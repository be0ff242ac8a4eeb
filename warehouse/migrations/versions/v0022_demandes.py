"""What companies ask for from their space."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demandes",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("acte", sa.String(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("utilisateur", sa.String(), nullable=False),
        sa.Column("contenu", sa.String(length=64), nullable=False),
        sa.Column("motif", sa.String(), nullable=False),
        sa.Column("instant", sa.String(), nullable=False),
        sa.Column("etat", sa.String(), nullable=False),
        sa.Column("etat_le", sa.String(), nullable=False),
        sa.Column("raison", sa.String()),
        sa.Column("suite", sa.String()),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_demandes")),
    )
    op.create_index("ix_demandes_siren", "demandes", ["siren"], unique=False)
    op.create_index("ix_demandes_etat", "demandes", ["etat"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("les demandes ne s'effacent pas")
