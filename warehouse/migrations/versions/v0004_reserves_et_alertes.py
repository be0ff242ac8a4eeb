"""Deposits set aside, companies held for a night, alerts; the order of the steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0001_premiere_version import create_triggers

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AVANT = "'EN_ATTENTE', 'INTEGRE'"
APRES = "'EN_ATTENTE', 'MIS_A_L_ECART', 'INTEGRE'"
ETATS = (
    "etat IN ('RECU', 'ILLISIBLE', 'DOUBLON', 'NON_CONFORME', 'CONFORME', 'EN_ATTENTE', "
    "'MIS_A_L_ECART', 'INTEGRE', 'REMPLACE', 'ANNULE')"
)


def upgrade() -> None:
    for nom in ("depots", "etats_depot"):
        _widen(nom)
    op.add_column("etapes", sa.Column("rang", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "alertes",
        sa.Column("alerte", sa.String(), nullable=False),
        sa.Column("date_arrete", sa.Date(), nullable=False),
        sa.Column("nature", sa.String(), nullable=False),
        sa.Column("depot", sa.String(), nullable=True),
        sa.Column("siren", sa.String(length=9), nullable=True),
        sa.Column("etape", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("instant", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("alerte", name=op.f("pk_alertes")),
    )
    op.create_table(
        "reserves",
        sa.Column("publication", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("date_arrete", sa.Date(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("alerte", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["alerte"], ["alertes.alerte"], name=op.f("fk_reserves_alerte")),
        sa.PrimaryKeyConstraint("publication", "date_arrete", "siren", name=op.f("pk_reserves")),
    )
    create_triggers("alertes")
    create_triggers("reserves")


def downgrade() -> None:
    raise NotImplementedError("les mises à l'écart ne s'effacent pas")


def _widen(nom: str) -> None:
    """Let the table hold the new state."""
    if op.get_bind().dialect.name == "sqlite":
        _rewrite_check(nom)
        return
    op.drop_constraint(op.f(f"ck_{nom}_etat"), nom, type_="check")
    op.create_check_constraint(op.f(f"ck_{nom}_etat"), nom, ETATS)


def _rewrite_check(nom: str) -> None:
    """Change the text of the check, as SQLite documents it for what changes no row.

    A copy of the table would break the references to its rows, that a transaction can't suspend.
    """
    connexion = op.get_bind()
    version = connexion.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connexion.exec_driver_sql("PRAGMA writable_schema = ON")
    connexion.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
        (AVANT, APRES, nom),
    )
    connexion.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connexion.exec_driver_sql("PRAGMA writable_schema = OFF")
