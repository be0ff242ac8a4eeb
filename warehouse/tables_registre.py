"""Tables of the registry and of the operators' decisions; the migrations build the same.

A column has the meaning of its contract (`specs/contrats/registre.yaml`). IBANS alone holds the
account numbers: only `warehouse.registre` reads it, for a payment, a keyed pseudonym or an export.
They, the holders of accounts and the names and addresses of users are sealed (`Scelle`).

The registry has a history. A row holds from the import `ouvert` until the import `ferme`, null
while it holds; an import that corrects a row closes it and opens another. Triggers refuse anything
else. Imports are numbered in the order of their transactions, as no clock is: what a reader saw is
what the imports up to a number made. A row names the keys of other tables, which have versions of
their own: imports check that they exist, no foreign key could.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
)
from sqlalchemy.schema import SchemaItem

from warehouse.coffre.colonnes_sql import Scelle
from warehouse.metadonnees import METADATA

_PERIODE = "fin IS NULL OR fin >= debut"

# What made the rows of the registry; `sha256` names the file in the archive of deposits. It is null
# for what was there before imports were kept (`numero` 0), whose file nobody has.
IMPORTS_REGISTRE = Table(
    "imports_registre",
    METADATA,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64)),
    Column("auteur", String, nullable=False),
    Column("motif", String, nullable=False),
    Column("instant", String, nullable=False),
    Column("forme", String),  # csv or yaml; none before it was kept
    Column("nom_table", String),  # the table that was said of a CSV
    CheckConstraint("motif <> ''", name="motif"),
)


def _versioned(nom: str, cle: Sequence[str], *elements: SchemaItem) -> Table:
    """A table of the registry, whose rows are kept by version: one is open for each key."""
    table = Table(
        nom,
        METADATA,
        *elements,
        Column("ouvert", Integer, ForeignKey("imports_registre.numero"), nullable=False),
        Column("ferme", Integer, ForeignKey("imports_registre.numero")),
        PrimaryKeyConstraint(*cle, "ouvert"),
        CheckConstraint("ferme IS NULL OR ferme > ouvert", name="versions"),
    )
    _unique_among_open(table, "cle", cle)
    return table


def _unique_among_open(table: Table, nom: str, colonnes: Sequence[str]) -> None:
    ouvertes = table.c.ferme.is_(None)
    Index(
        f"ix_{table.name}_{nom}",
        *(table.c[colonne] for colonne in colonnes),
        unique=True,
        sqlite_where=ouvertes,
        postgresql_where=ouvertes,
    )


ADHERENTS = _versioned(
    "adherents",
    ("siren",),
    Column("numero_adherent", String, nullable=False),
    Column("siren", String(9), nullable=False),
    Column("raison_sociale", String, nullable=False),
    Column("adresse", String),
    Column("code_postal", String),
    Column("ville", String),
    Column("pays", String(2), nullable=False, server_default="FR"),
    Column("debut_activite", Date),
    Column("fin_activite", Date),
    Column("suivi_depuis", String(7)),
)
_unique_among_open(ADHERENTS, "numero", ("numero_adherent",))

CENTRES_GESTION = _versioned(
    "centres_gestion",
    ("cdg",),
    Column("cdg", String, nullable=False),
    Column("siren", String(9), nullable=False),
    Column("libelle", String),
)

ETABLISSEMENTS = _versioned(
    "etablissements",
    ("siret",),
    Column("siret", String(14), nullable=False),
    Column("siren", String(9), nullable=False),
    Column("cdg", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

PARAMETRES_CDG = _versioned(
    "parametres_cdg",
    ("cdg", "parametre", "debut"),
    Column("cdg", String, nullable=False),
    Column("parametre", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    Column("valeur", BigInteger, nullable=False),
    Column("motif", String, nullable=False),
    CheckConstraint(_PERIODE, name="periode"),
)

ADHESIONS = _versioned(
    "adhesions",
    ("siren", "cotisation", "debut"),
    Column("siren", String(9), nullable=False),
    Column("cotisation", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

COMPTES_BANCAIRES = _versioned(
    "comptes_bancaires",
    ("compte",),
    Column("compte", String, nullable=False),
    Column("siren", String(9), nullable=False),
    Column("titulaire", Scelle("comptes_bancaires.titulaire"), nullable=False),
    Column("bic", String(11)),
    Column("remboursements", Boolean),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

IBANS = _versioned(
    "ibans",
    ("compte",),
    Column("compte", String, nullable=False),
    Column("iban", Scelle("ibans.iban"), nullable=False),
)

MANDATS = _versioned(
    "mandats",
    ("rum",),
    Column("rum", String(35), nullable=False),
    Column("siren", String(9), nullable=False),
    Column("cdg", String),
    Column("groupe", String),
    Column("compte", String, nullable=False),
    Column("schema", String(4), nullable=False),
    Column("date_signature", Date),
    Column("debut", Date, nullable=False),
    Column("prelevement_automatique", Boolean, nullable=False),
    CheckConstraint("(cdg IS NULL) <> (groupe IS NULL)", name="objet"),
)

EVENEMENTS_MANDAT = _versioned(
    "evenements_mandat",
    ("rum", "rang"),
    Column("rum", String(35), nullable=False),
    Column("rang", Integer, nullable=False),
    Column("date", Date, nullable=False),
    Column("evenement", String, nullable=False),
    Column("motif", String, nullable=False),
    Column("auteur", String, nullable=False),
)

GROUPES_PAIEMENT = _versioned(
    "groupes_paiement",
    ("groupe", "cdg", "debut"),
    Column("groupe", String, nullable=False),
    Column("cdg", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("siren", String(9), nullable=False),
    Column("libelle", String, nullable=False),
    Column("fin", Date),
    Column("rum", String(35)),
    CheckConstraint(_PERIODE, name="periode"),
)

OPTIONS_ADHERENTS = _versioned(
    "options_adherents",
    ("siren", "option", "debut"),
    Column("siren", String(9), nullable=False),
    Column("option", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("valeur", String, nullable=False),
)

# `*` in `document`: all those that are a choice.
ENVOIS_DOCUMENTS = _versioned(
    "envois_documents",
    ("siren", "document", "debut"),
    Column("siren", String(9), nullable=False),
    Column("document", String, nullable=False),
    Column("canal", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

UTILISATEURS = _versioned(
    "utilisateurs",
    ("utilisateur",),
    Column("utilisateur", String, nullable=False),
    Column("siren", String(9), nullable=False),
    Column("nom", Scelle("utilisateurs.nom"), nullable=False),
    Column("courriel", Scelle("utilisateurs.courriel"), nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

CONVENTIONS = _versioned(
    "conventions",
    ("convention", "nature", "debut"),
    Column("convention", String, nullable=False),
    Column("siren", String(9), nullable=False),
    Column("nature", String, nullable=False),
    Column("administrateur", String),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

# `*` in `service`, `categorie` or `cdg`: all of them.
DROITS_UTILISATEURS = _versioned(
    "droits_utilisateurs",
    ("utilisateur", "service", "categorie", "cdg", "debut"),
    Column("utilisateur", String, nullable=False),
    Column("service", String, nullable=False),
    Column("categorie", String, nullable=False),
    Column("cdg", String, nullable=False),
    Column("droit", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

MANDATS_DEPOT = _versioned(
    "mandats_depot",
    ("mandataire", "siren", "service", "debut"),
    Column("mandataire", String, nullable=False),
    Column("siren", String(9), nullable=False),
    Column("service", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

PROFILS_CDG = _versioned(
    "profils_cdg",
    ("cdg", "debut"),
    Column("cdg", String, nullable=False),
    Column("activite", String, nullable=False),
    Column("mode_retraite", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

# What companies choose of their dates, null for one that they skip.
CALENDRIERS = _versioned(
    "calendriers",
    ("siren", "nature", "mois"),
    Column("siren", String(9), nullable=False),
    Column("nature", String, nullable=False),
    Column("mois", String(7), nullable=False),
    Column("date", Date),
    Column("etat", String, nullable=False),
)

# What the weather was, and what it opens: rows of a department, of no company.
VIGILANCES_CANICULE = _versioned(
    "vigilances_canicule",
    ("departement", "jour"),
    Column("departement", String, nullable=False),
    Column("jour", Date, nullable=False),
    Column("niveau", String, nullable=False),
    Column("reference", String),
)

ARRETES_PREFET = _versioned(
    "arretes_prefet",
    ("departement", "debut", "reference"),
    Column("departement", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date, nullable=False),
    Column("reference", String, nullable=False),
    CheckConstraint(_PERIODE, name="periode"),
)

COEFFICIENTS_CANICULE = _versioned(
    "coefficients_canicule",
    ("campagne", "publie_le"),
    Column("campagne", String(7), nullable=False),
    Column("publie_le", Date, nullable=False),
    Column("coefficient_ppm", Integer, nullable=False),
    Column("motif", String),
)

ARRETS_SAISONNIERS = _versioned(
    "arrets_saisonniers",
    ("departement", "activite", "debut"),
    Column("departement", String, nullable=False),
    Column("activite", String, nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date, nullable=False),
    Column("reference", String),
    CheckConstraint(_PERIODE, name="periode"),
)

DECISIONS = Table(
    "decisions",
    METADATA,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("nature", String, nullable=False),
    Column("siren", String(9)),
    Column("cdg", String),
    Column("appel", String),
    Column("montant_centimes", BigInteger),
    Column("contenu", String, nullable=False),  # JSON, sorted keys
    Column("date_effet", Date, nullable=False),
    Column("auteur", String, nullable=False),
    Column("motif", String, nullable=False),
    Column("instant", String, nullable=False),
    CheckConstraint("motif <> ''", name="motif"),
)
