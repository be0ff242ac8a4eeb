"""Publications that are not kept any more are known as such."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE = "publications_retirees"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("retiree_le", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_publications_retirees")),
        sa.ForeignKeyConstraint(
            ["numero"], ["publications.numero"], name=op.f("fk_publications_retirees_numero")
        ),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
