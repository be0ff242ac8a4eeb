"""What was purged, and by which rule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0001_premiere_version import create_triggers

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purges",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("classe", sa.String(), nullable=False),
        sa.Column("regle", sa.String(), nullable=False),
        sa.Column("date_contenu", sa.String(), nullable=False),
        sa.Column("purge_le", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_purges")),
    )
    create_triggers("purges")


def downgrade() -> None:
    raise NotImplementedError("la preuve d'une purge ne s'efface pas")
