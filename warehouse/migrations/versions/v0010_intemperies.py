"""The registry knows the weather: warnings, orders of prefects, seasonal stops, refunded shares."""

from __future__ import annotations

import sqlalchemy as sa

from warehouse.migrations.versions.v0005_histoire_du_registre import (
    JOUR,
    PERIODE,
    TEXTE,
    Ancienne,
    create_versioned,
    protect_versions,
)

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = {
    "vigilances_canicule": Ancienne(
        ("departement", "jour"),
        {"departement": TEXTE, "jour": JOUR, "niveau": TEXTE, "reference": TEXTE},
        frozenset({"reference"}),
    ),
    "arretes_prefet": Ancienne(
        ("departement", "debut", "reference"),
        {"departement": TEXTE, "debut": JOUR, "fin": JOUR, "reference": TEXTE},
        frozenset(),
        PERIODE,
    ),
    "coefficients_canicule": Ancienne(
        ("campagne", "publie_le"),
        {
            "campagne": sa.String(length=7),
            "publie_le": JOUR,
            "coefficient_ppm": sa.Integer(),
            "motif": TEXTE,
        },
        frozenset({"motif"}),
    ),
    "arrets_saisonniers": Ancienne(
        ("departement", "activite", "debut"),
        {"departement": TEXTE, "activite": TEXTE, "debut": JOUR, "fin": JOUR, "reference": TEXTE},
        frozenset({"reference"}),
        PERIODE,
    ),
}


def upgrade() -> None:
    for nom, table in TABLES.items():
        create_versioned(nom, table)
        protect_versions(nom, table)


def downgrade() -> None:
    raise NotImplementedError("l'histoire du registre ne s'efface pas")
