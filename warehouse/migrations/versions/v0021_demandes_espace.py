"""What the space of the companies asks of the engine, and its answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demandes_espace",
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("nature", sa.String(), nullable=False),
        sa.Column("contenu", sa.String(), nullable=False),
        sa.Column("utilisateur", sa.String(), nullable=False),
        sa.Column("demandee_le", sa.String(), nullable=False),
        sa.Column("repondue_le", sa.String()),
        sa.Column("reponse", sa.String()),
        sa.PrimaryKeyConstraint("empreinte", name=op.f("pk_demandes_espace")),
    )
    op.create_index(
        "ix_demandes_espace_demandee_le", "demandes_espace", ["demandee_le"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("les demandes de l'espace ne s'effacent pas")
