"""A decision may be about nobody's money: a movement of the bank that is foreign to the fund."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0001_premiere_version import create_triggers

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite copies the table, and its triggers go with the former one; its checks must be told.
    sqlite = op.get_bind().dialect.name == "sqlite"
    motif = sa.CheckConstraint("motif <> ''", name=op.f("ck_decisions_motif"))
    with op.batch_alter_table("decisions", table_args=(motif,) if sqlite else ()) as table:
        table.alter_column("siren", existing_type=sa.String(length=9), nullable=True)
    if sqlite:
        create_triggers("decisions")


def downgrade() -> None:
    raise NotImplementedError("les décisions ne s'effacent pas")
