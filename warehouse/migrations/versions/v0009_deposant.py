"""Deposits say which user of the company dropped them, when it has an account of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("depots", sa.Column("utilisateur", sa.String()))


def downgrade() -> None:
    raise NotImplementedError("qui a déposé ne s'efface pas")
