"""Who comes in by the desk of the operators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operateurs",
        sa.Column("nom", sa.String(), nullable=False),
        sa.Column("droits", sa.String(), nullable=False),
        sa.Column("depuis", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("nom", name=op.f("pk_operateurs")),
    )


def downgrade() -> None:
    raise NotImplementedError("les accès ne s'effacent pas")
