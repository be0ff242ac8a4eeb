"""The registry knows how a company receives each document; a drawing may be for the print queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0005_histoire_du_registre import (
    JOUR,
    PERIODE,
    SIREN,
    TEXTE,
    Ancienne,
    create_versioned,
    protect_versions,
)

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ENVOIS = Ancienne(
    ("siren", "document", "debut"),
    {"siren": SIREN, "document": TEXTE, "canal": TEXTE, "debut": JOUR, "fin": JOUR},
    frozenset({"fin"}),
    PERIODE,
)


def upgrade() -> None:
    create_versioned("envois_documents", ENVOIS)
    protect_versions("envois_documents", ENVOIS)
    op.add_column("dessins", sa.Column("canal", sa.String()))


def downgrade() -> None:
    raise NotImplementedError("l'histoire du registre ne s'efface pas")
