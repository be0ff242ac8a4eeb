"""Which keys each publication was made with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0001_premiere_version import create_triggers

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = "cles_publications"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pseudonymes", sa.String(length=16), nullable=False),
        sa.Column("coffre", sa.String(length=16)),
        sa.PrimaryKeyConstraint("numero", name=op.f(f"pk_{TABLE}")),
        sa.ForeignKeyConstraint(
            ["numero"], ["publications.numero"], name=op.f(f"fk_{TABLE}_numero")
        ),
    )
    create_triggers(TABLE)


def downgrade() -> None:
    raise NotImplementedError("les clés d'une publication ne s'oublient pas")
