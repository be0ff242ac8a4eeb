"""Documents are drawn after what they show is published: drawings to make are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXTES = ("depot", "cdg", "mode", "dessine_le")


def upgrade() -> None:
    op.create_table(
        "dessins",
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("publication", sa.Integer()),
        sa.Column("adherent", sa.String(), nullable=False),
        sa.Column("nom", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mois", sa.String(length=7), nullable=False),
        sa.Column("emis_le", sa.String(), nullable=False),
        *(sa.Column(nom, sa.String()) for nom in TEXTES),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_dessins")),
        sa.ForeignKeyConstraint(
            ["publication"], ["publications.numero"], name=op.f("fk_dessins_publication")
        ),
    )
    op.create_index("ix_dessins_dessine_le", "dessins", ["dessine_le"], unique=False)
    op.create_index("ix_dessins_nom", "dessins", ["nom", "adherent"], unique=False)


def downgrade() -> None:
    op.drop_table("dessins")
