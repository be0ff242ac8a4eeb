"""First version: registry, journal, publications, and the triggers of what is append-only.

A migration is frozen: it says what the schema was, whatever the tables become later.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

AJOUT_SEUL = ("audit", "etats_depot", "publication_versions", "publications")
ETATS = (
    "etat IN ('RECU', 'ILLISIBLE', 'DOUBLON', 'NON_CONFORME', 'CONFORME', 'EN_ATTENTE', "
    "'INTEGRE', 'REMPLACE', 'ANNULE')"
)


def upgrade() -> None:
    _create_registre()
    _create_depots()
    _create_journal()
    _create_publications()
    for table in AJOUT_SEUL:
        create_triggers(table)


def downgrade() -> None:
    raise NotImplementedError("la première version ne se défait pas")


def _create_registre() -> None:
    op.create_table(
        "adherents",
        sa.Column("numero_adherent", sa.String(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("raison_sociale", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("numero_adherent", name=op.f("pk_adherents")),
        sa.UniqueConstraint("siren", name=op.f("uq_adherents_siren")),
    )
    op.create_table(
        "centres_gestion",
        sa.Column("cdg", sa.String(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.ForeignKeyConstraint(
            ["siren"], ["adherents.siren"], name=op.f("fk_centres_gestion_siren")
        ),
        sa.PrimaryKeyConstraint("cdg", name=op.f("pk_centres_gestion")),
    )
    op.create_table(
        "etablissements",
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("cdg", sa.String(), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.CheckConstraint("fin IS NULL OR fin >= debut", name=op.f("ck_etablissements_periode")),
        sa.ForeignKeyConstraint(
            ["cdg"], ["centres_gestion.cdg"], name=op.f("fk_etablissements_cdg")
        ),
        sa.ForeignKeyConstraint(
            ["siren"], ["adherents.siren"], name=op.f("fk_etablissements_siren")
        ),
        sa.PrimaryKeyConstraint("siret", name=op.f("pk_etablissements")),
    )


def _create_depots() -> None:
    op.create_table(
        "depots",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("depot", sa.String(), nullable=False),
        sa.Column("adherent", sa.String(), nullable=False),
        sa.Column("nom", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.Column("recu_le", sa.String(), nullable=False),
        sa.Column("etat", sa.String(), nullable=False),
        sa.Column("motif", sa.String(), nullable=True),
        sa.Column("original", sa.String(), nullable=True),
        sa.Column("essai", sa.Boolean(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("lignes", sa.Integer(), nullable=True),
        sa.Column("declarations", sa.Integer(), nullable=True),
        sa.Column("anomalies_bloquantes", sa.Integer(), nullable=True),
        sa.Column("anomalies_signalees", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(etat = 'DOUBLON') = (original IS NOT NULL)", name=op.f("ck_depots_original")
        ),
        sa.CheckConstraint(ETATS, name=op.f("ck_depots_etat")),
        sa.ForeignKeyConstraint(["original"], ["depots.depot"], name=op.f("fk_depots_original")),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_depots")),
        sa.UniqueConstraint("depot", name=op.f("uq_depots_depot")),
    )
    op.create_index(
        "ix_depots_contenu",
        "depots",
        ["adherent", "sha256"],
        unique=True,
        sqlite_where=sa.text("original IS NULL"),
        postgresql_where=sa.text("original IS NULL"),
    )
    op.create_index("ix_depots_etat", "depots", ["etat"], unique=False)


def _create_journal() -> None:
    op.create_table(
        "etats_depot",
        sa.Column("depot", sa.String(), nullable=False),
        sa.Column("rang", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("etat", sa.String(), nullable=False),
        sa.Column("motif", sa.String(), nullable=True),
        sa.Column("instant", sa.String(), nullable=False),
        sa.CheckConstraint(ETATS, name=op.f("ck_etats_depot_etat")),
        sa.ForeignKeyConstraint(["depot"], ["depots.depot"], name=op.f("fk_etats_depot_depot")),
        sa.PrimaryKeyConstraint("depot", "rang", name=op.f("pk_etats_depot")),
    )
    op.create_table(
        "etapes",
        sa.Column("etape", sa.String(), nullable=False),
        sa.Column("portee", sa.String(), nullable=False),
        sa.Column("empreinte_entrees", sa.String(), nullable=False),
        sa.Column("version_specs", sa.String(), nullable=False),
        sa.Column("version_code", sa.String(), nullable=False),
        sa.Column("resultat", sa.String(), nullable=False),
        sa.Column("empreinte", sa.String(), nullable=False),
        sa.Column("duree_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "etape",
            "portee",
            "empreinte_entrees",
            "version_specs",
            "version_code",
            name=op.f("pk_etapes"),
        ),
    )
    op.create_table(
        "audit",
        sa.Column("rang", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("auteur", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("objet", sa.String(), nullable=False),
        sa.Column("motif", sa.String(), nullable=False),
        sa.Column("instant", sa.String(), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.CheckConstraint("motif <> ''", name=op.f("ck_audit_motif")),
        sa.PrimaryKeyConstraint("rang", name=op.f("pk_audit")),
        sa.UniqueConstraint("empreinte", name=op.f("uq_audit_empreinte")),
    )


def _create_publications() -> None:
    op.create_table(
        "publications",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("date_arrete", sa.Date(), nullable=False),
        sa.Column("publie_le", sa.String(), nullable=False),
        sa.Column("empreinte", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_publications")),
    )
    op.create_table(
        "publication_versions",
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("nom_table", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["numero"], ["publications.numero"], name=op.f("fk_publication_versions_numero")
        ),
        sa.PrimaryKeyConstraint("numero", "nom_table", name=op.f("pk_publication_versions")),
    )
    op.create_table(
        "remises",
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("publication", sa.Integer(), nullable=True),
        sa.Column("adherent", sa.String(), nullable=False),
        sa.Column("nom", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("etat", sa.String(), nullable=False),
        sa.Column("remise_le", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(etat = 'REMISE') = (remise_le IS NOT NULL)", name=op.f("ck_remises_remise_le")
        ),
        sa.CheckConstraint("etat IN ('A_REMETTRE', 'REMISE')", name=op.f("ck_remises_etat")),
        sa.ForeignKeyConstraint(
            ["publication"], ["publications.numero"], name=op.f("fk_remises_publication")
        ),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_remises")),
    )
    op.create_index("ix_remises_etat", "remises", ["etat"], unique=False)


def create_triggers(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for ordre in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_sans_{ordre.lower()} BEFORE {ordre} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} : ajout seul'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_modification() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% : ajout seul', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_ajout_seul BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_modification()"
    )
