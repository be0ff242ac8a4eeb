"""The registry knows the conventions, the users and their rights, the mandates of deposit.

And the profiles of the management centres, and the dates that companies choose for their files.
"""

from __future__ import annotations

import sqlalchemy as sa

from warehouse.migrations.versions.v0005_histoire_du_registre import (
    JOUR,
    PERIODE,
    SIREN,
    TEXTE,
    Ancienne,
    create_versioned,
    protect_versions,
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DATES = {"debut": JOUR, "fin": JOUR}
SANS_FIN = frozenset({"fin"})
TABLES = {
    "utilisateurs": Ancienne(
        ("utilisateur",),
        {"utilisateur": TEXTE, "siren": SIREN, "nom": TEXTE, "courriel": TEXTE, **DATES},
        SANS_FIN,
        PERIODE,
    ),
    "conventions": Ancienne(
        ("convention", "nature", "debut"),
        {"convention": TEXTE, "siren": SIREN, "nature": TEXTE, "administrateur": TEXTE, **DATES},
        SANS_FIN | {"administrateur"},
        PERIODE,
    ),
    "droits_utilisateurs": Ancienne(
        ("utilisateur", "service", "categorie", "cdg", "debut"),
        {"utilisateur": TEXTE, "service": TEXTE, "categorie": TEXTE, "cdg": TEXTE, "droit": TEXTE}
        | DATES,
        SANS_FIN,
        PERIODE,
    ),
    "mandats_depot": Ancienne(
        ("mandataire", "siren", "service", "debut"),
        {"mandataire": TEXTE, "siren": SIREN, "service": TEXTE, **DATES},
        SANS_FIN,
        PERIODE,
    ),
    "profils_cdg": Ancienne(
        ("cdg", "debut"),
        {"cdg": TEXTE, "activite": TEXTE, "mode_retraite": TEXTE, **DATES},
        SANS_FIN,
        PERIODE,
    ),
    "calendriers": Ancienne(
        ("siren", "nature", "mois"),
        {"siren": SIREN, "nature": TEXTE, "mois": sa.String(length=7), "date": JOUR, "etat": TEXTE},
        frozenset({"date"}),
    ),
}


def upgrade() -> None:
    for nom, table in TABLES.items():
        create_versioned(nom, table)
        protect_versions(nom, table)


def downgrade() -> None:
    raise NotImplementedError("l'histoire du registre ne s'efface pas")
