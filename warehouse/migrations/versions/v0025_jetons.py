"""What programs call the API with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jetons",
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("utilisateur", sa.String(), nullable=False),
        sa.Column("siren", sa.String(length=9)),
        sa.Column("portees", sa.String(), nullable=False),
        sa.Column("usage", sa.String(), nullable=False),
        sa.Column("cree_le", sa.String(), nullable=False),
        sa.Column("expire_le", sa.String(), nullable=False),
        sa.Column("vu_le", sa.String()),
        sa.Column("retire_le", sa.String()),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_jetons")),
        sa.UniqueConstraint("empreinte", name=op.f("uq_jetons_empreinte")),
    )


def downgrade() -> None:
    raise NotImplementedError("les jetons ne s'effacent pas")
