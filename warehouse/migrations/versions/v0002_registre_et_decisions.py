"""The members' data: addresses, settings, accounts, mandates, groups, options; and decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0001_premiere_version import create_triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PERIODE = "fin IS NULL OR fin >= debut"


def upgrade() -> None:
    _complete_adherents()
    _create_parametres()
    _create_comptes()
    _create_mandats()
    _create_groupes_et_options()
    _create_decisions()
    create_triggers("decisions")


def downgrade() -> None:
    raise NotImplementedError("les comptes et décisions ne s'effacent pas")


def _complete_adherents() -> None:
    for nom in ("adresse", "code_postal", "ville"):
        op.add_column("adherents", sa.Column(nom, sa.String(), nullable=True))
    op.add_column(
        "adherents", sa.Column("pays", sa.String(length=2), nullable=False, server_default="FR")
    )
    for nom in ("debut_activite", "fin_activite"):
        op.add_column("adherents", sa.Column(nom, sa.Date(), nullable=True))
    op.add_column("adherents", sa.Column("suivi_depuis", sa.String(length=7), nullable=True))
    op.add_column("centres_gestion", sa.Column("libelle", sa.String(), nullable=True))


def _create_parametres() -> None:
    op.create_table(
        "parametres_cdg",
        sa.Column("cdg", sa.String(), nullable=False),
        sa.Column("parametre", sa.String(), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("valeur", sa.BigInteger(), nullable=False),
        sa.Column("motif", sa.String(), nullable=False),
        _periode("parametres_cdg"),
        _reference("parametres_cdg", "cdg", "centres_gestion.cdg"),
        _key("parametres_cdg", "cdg", "parametre", "debut"),
    )
    op.create_table(
        "adhesions",
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("cotisation", sa.String(), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        _periode("adhesions"),
        _reference("adhesions", "siren", "adherents.siren"),
        _key("adhesions", "siren", "cotisation", "debut"),
    )


def _create_comptes() -> None:
    op.create_table(
        "comptes_bancaires",
        sa.Column("compte", sa.String(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("titulaire", sa.String(), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=True),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        _periode("comptes_bancaires"),
        _reference("comptes_bancaires", "siren", "adherents.siren"),
        _key("comptes_bancaires", "compte"),
    )
    op.create_table(
        "ibans",
        sa.Column("compte", sa.String(), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        _reference("ibans", "compte", "comptes_bancaires.compte"),
        _key("ibans", "compte"),
    )


def _create_mandats() -> None:
    op.create_table(
        "mandats",
        sa.Column("rum", sa.String(length=35), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("cdg", sa.String(), nullable=True),
        sa.Column("groupe", sa.String(), nullable=True),
        sa.Column("compte", sa.String(), nullable=False),
        sa.Column("schema", sa.String(length=4), nullable=False),
        sa.Column("date_signature", sa.Date(), nullable=True),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("prelevement_automatique", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(cdg IS NULL) <> (groupe IS NULL)", name=op.f("ck_mandats_objet")),
        _reference("mandats", "siren", "adherents.siren"),
        _reference("mandats", "cdg", "centres_gestion.cdg"),
        _reference("mandats", "compte", "comptes_bancaires.compte"),
        _key("mandats", "rum"),
    )
    op.create_table(
        "evenements_mandat",
        sa.Column("rum", sa.String(length=35), nullable=False),
        sa.Column("rang", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("evenement", sa.String(), nullable=False),
        sa.Column("motif", sa.String(), nullable=False),
        sa.Column("auteur", sa.String(), nullable=False),
        _reference("evenements_mandat", "rum", "mandats.rum"),
        _key("evenements_mandat", "rum", "rang"),
    )


def _create_groupes_et_options() -> None:
    op.create_table(
        "groupes_paiement",
        sa.Column("groupe", sa.String(), nullable=False),
        sa.Column("cdg", sa.String(), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("libelle", sa.String(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("rum", sa.String(length=35), nullable=True),
        _periode("groupes_paiement"),
        _reference("groupes_paiement", "cdg", "centres_gestion.cdg"),
        _reference("groupes_paiement", "siren", "adherents.siren"),
        _reference("groupes_paiement", "rum", "mandats.rum"),
        _key("groupes_paiement", "groupe", "cdg", "debut"),
    )
    op.create_table(
        "options_adherents",
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("option", sa.String(), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("valeur", sa.String(), nullable=False),
        _reference("options_adherents", "siren", "adherents.siren"),
        _key("options_adherents", "siren", "option", "debut"),
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nature", sa.String(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("cdg", sa.String(), nullable=True),
        sa.Column("appel", sa.String(), nullable=True),
        sa.Column("montant_centimes", sa.BigInteger(), nullable=True),
        sa.Column("contenu", sa.String(), nullable=False),
        sa.Column("date_effet", sa.Date(), nullable=False),
        sa.Column("auteur", sa.String(), nullable=False),
        sa.Column("motif", sa.String(), nullable=False),
        sa.Column("instant", sa.String(), nullable=False),
        sa.CheckConstraint("motif <> ''", name=op.f("ck_decisions_motif")),
        _reference("decisions", "siren", "adherents.siren"),
        _reference("decisions", "cdg", "centres_gestion.cdg"),
        _key("decisions", "numero"),
    )


def _key(table: str, *colonnes: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*colonnes, name=op.f(f"pk_{table}"))


def _reference(table: str, colonne: str, cible: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([colonne], [cible], name=op.f(f"fk_{table}_{colonne}"))


def _periode(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(PERIODE, name=op.f(f"ck_{table}_periode"))
