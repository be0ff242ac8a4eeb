"""Tables of the registry and of the operators' decisions; the migrations build the same.

A column has the meaning of its contract (`specs/contrats/registre.yaml`). IBANS alone holds the
account numbers: only `warehouse.registre` reads it, for a payment, a keyed pseudonym or an export.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
)

from warehouse.metadonnees import METADATA

_PERIODE = "fin IS NULL OR fin >= debut"

ADHERENTS = Table(
    "adherents",
    METADATA,
    Column("numero_adherent", String, primary_key=True),
    Column("siren", String(9), nullable=False, unique=True),
    Column("raison_sociale", String, nullable=False),
    Column("adresse", String),
    Column("code_postal", String),
    Column("ville", String),
    Column("pays", String(2), nullable=False, server_default="FR"),
    Column("debut_activite", Date),
    Column("fin_activite", Date),
    Column("suivi_depuis", String(7)),
)

CENTRES_GESTION = Table(
    "centres_gestion",
    METADATA,
    Column("cdg", String, primary_key=True),
    Column("siren", String(9), ForeignKey("adherents.siren"), nullable=False),
    Column("libelle", String),
)

ETABLISSEMENTS = Table(
    "etablissements",
    METADATA,
    Column("siret", String(14), primary_key=True),
    Column("siren", String(9), ForeignKey("adherents.siren"), nullable=False),
    Column("cdg", String, ForeignKey("centres_gestion.cdg"), nullable=False),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

PARAMETRES_CDG = Table(
    "parametres_cdg",
    METADATA,
    Column("cdg", String, ForeignKey("centres_gestion.cdg"), primary_key=True),
    Column("parametre", String, primary_key=True),
    Column("debut", Date, primary_key=True),
    Column("fin", Date),
    Column("valeur", BigInteger, nullable=False),
    Column("motif", String, nullable=False),
    CheckConstraint(_PERIODE, name="periode"),
)

ADHESIONS = Table(
    "adhesions",
    METADATA,
    Column("siren", String(9), ForeignKey("adherents.siren"), primary_key=True),
    Column("cotisation", String, primary_key=True),
    Column("debut", Date, primary_key=True),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

COMPTES_BANCAIRES = Table(
    "comptes_bancaires",
    METADATA,
    Column("compte", String, primary_key=True),
    Column("siren", String(9), ForeignKey("adherents.siren"), nullable=False),
    Column("titulaire", String, nullable=False),
    Column("bic", String(11)),
    Column("debut", Date, nullable=False),
    Column("fin", Date),
    CheckConstraint(_PERIODE, name="periode"),
)

IBANS = Table(
    "ibans",
    METADATA,
    Column("compte", String, ForeignKey("comptes_bancaires.compte"), primary_key=True),
    Column("iban", String(34), nullable=False),
)

# `groupe` names rows of GROUPES_PAIEMENT, whose key has also a centre and a date: no foreign key.
MANDATS = Table(
    "mandats",
    METADATA,
    Column("rum", String(35), primary_key=True),
    Column("siren", String(9), ForeignKey("adherents.siren"), nullable=False),
    Column("cdg", String, ForeignKey("centres_gestion.cdg")),
    Column("groupe", String),
    Column("compte", String, ForeignKey("comptes_bancaires.compte"), nullable=False),
    Column("schema", String(4), nullable=False),
    Column("date_signature", Date),
    Column("debut", Date, nullable=False),
    Column("prelevement_automatique", Boolean, nullable=False),
    CheckConstraint("(cdg IS NULL) <> (groupe IS NULL)", name="objet"),
)

EVENEMENTS_MANDAT = Table(
    "evenements_mandat",
    METADATA,
    Column("rum", String(35), ForeignKey("mandats.rum"), primary_key=True),
    Column("rang", Integer, primary_key=True, autoincrement=False),
    Column("date", Date, nullable=False),
    Column("evenement", String, nullable=False),
    Column("motif", String, nullable=False),
    Column("auteur", String, nullable=False),
)

GROUPES_PAIEMENT = Table(
    "groupes_paiement",
    METADATA,
    Column("groupe", String, primary_key=True),
    Column("cdg", String, ForeignKey("centres_gestion.cdg"), primary_key=True),
    Column("debut", Date, primary_key=True),
    Column("siren", String(9), ForeignKey("adherents.siren"), nullable=False),
    Column("libelle", String, nullable=False),
    Column("fin", Date),
    Column("rum", String(35), ForeignKey("mandats.rum")),
    CheckConstraint(_PERIODE, name="periode"),
)

OPTIONS_ADHERENTS = Table(
    "options_adherents",
    METADATA,
    Column("siren", String(9), ForeignKey("adherents.siren"), primary_key=True),
    Column("option", String, primary_key=True),
    Column("debut", Date, primary_key=True),
    Column("valeur", String, nullable=False),
)

DECISIONS = Table(
    "decisions",
    METADATA,
    Column("numero", Integer, primary_key=True, autoincrement=False),
    Column("nature", String, nullable=False),
    Column("siren", String(9), ForeignKey("adherents.siren")),
    Column("cdg", String, ForeignKey("centres_gestion.cdg")),
    Column("appel", String),
    Column("montant_centimes", BigInteger),
    Column("contenu", String, nullable=False),  # JSON, sorted keys
    Column("date_effet", Date, nullable=False),
    Column("auteur", String, nullable=False),
    Column("motif", String, nullable=False),
    Column("instant", String, nullable=False),
    CheckConstraint("motif <> ''", name="motif"),
)
