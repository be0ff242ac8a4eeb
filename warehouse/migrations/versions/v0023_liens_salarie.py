"""How an employee comes to his page: links with a code, sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "liens_salarie",
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("salarie", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("ouvertures", sa.Integer(), nullable=False),
        sa.Column("essais", sa.Integer(), nullable=False),
        sa.Column("emis_le", sa.String(), nullable=False),
        sa.Column("expire_le", sa.String(), nullable=False),
        sa.Column("ferme_le", sa.String()),
        sa.PrimaryKeyConstraint("empreinte", name=op.f("pk_liens_salarie")),
    )
    op.create_index("ix_liens_salarie_salarie", "liens_salarie", ["salarie"], unique=False)
    op.create_table(
        "sessions_salarie",
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("lien", sa.String(length=64), nullable=False),
        sa.Column("ouverte_le", sa.String(), nullable=False),
        sa.Column("vue_le", sa.String(), nullable=False),
        sa.Column("fermee_le", sa.String()),
        sa.PrimaryKeyConstraint("empreinte", name=op.f("pk_sessions_salarie")),
    )
    op.create_index("ix_sessions_salarie_lien", "sessions_salarie", ["lien"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("les liens ouverts sont dans la piste d'audit")
