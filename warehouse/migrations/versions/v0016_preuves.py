"""What proves the past: fingerprints of the lake, anchors of the base, a keyed audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0001_premiere_version import create_triggers

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SHA256 = sa.String(length=64)


def upgrade() -> None:
    op.add_column("audit", sa.Column("cle", sa.String(length=16)))
    op.create_table(
        "ancrages",
        sa.Column("publication", sa.Integer(), nullable=False),
        sa.Column("rang", sa.Integer(), nullable=False),
        sa.Column("tete", SHA256, nullable=False),
        sa.Column("segments", sa.String(), nullable=False),
        sa.Column("sceau", SHA256, nullable=False),
        sa.PrimaryKeyConstraint("publication", name=op.f("pk_ancrages")),
        sa.ForeignKeyConstraint(
            ["publication"], ["publications.numero"], name=op.f("fk_ancrages_publication")
        ),
    )
    create_triggers("ancrages")
    op.create_table(
        "fichiers_lac",
        sa.Column("nom_table", sa.String(), nullable=False),
        sa.Column("chemin", sa.String(), nullable=False),
        sa.Column("sha256", SHA256, nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.Column("publication", sa.Integer(), nullable=False),
        sa.Column("tour", sa.Integer(), nullable=False),
        sa.Column("retire_le", sa.String()),
        sa.PrimaryKeyConstraint("nom_table", "chemin", name=op.f("pk_fichiers_lac")),
        sa.ForeignKeyConstraint(
            ["publication"], ["publications.numero"], name=op.f("fk_fichiers_lac_publication")
        ),
    )
    op.create_index("ix_fichiers_lac_publication", "fichiers_lac", ["publication"], unique=False)
    op.create_index("ix_fichiers_lac_tour", "fichiers_lac", ["tour"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("ce qui prouve le passé ne s'efface pas")
