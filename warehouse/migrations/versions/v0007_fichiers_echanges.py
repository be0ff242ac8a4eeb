"""Deposits say the kind of their file; accepted exchange files are kept by their key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.versions.v0001_premiere_version import create_triggers

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("depots", sa.Column("nature", sa.String()))
    depots = sa.table("depots", *(sa.column(nom) for nom in ("nature", "version", "etat")))
    lus = depots.c.etat.not_in(["RECU", "DOUBLON"])
    de_la_banque = depots.c.version.like("camt.%") | depots.c.version.like("pain.%")
    op.execute(sa.update(depots).where(lus).values(nature="DSN"))
    op.execute(sa.update(depots).where(lus, de_la_banque).values(nature="BANQUE"))
    texte = sa.String()
    op.create_table(
        "envois",
        sa.Column("depot", texte, sa.ForeignKey("depots.depot"), primary_key=True),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("genre", texte, nullable=False),
        sa.Column("mode", sa.String(length=1), nullable=False),
        sa.Column("file_id", texte, nullable=False),
        sa.Column("operation", sa.String(length=1), nullable=False),
        sa.Column("remplace", texte),
        sa.Column("contenu", sa.String(length=64), nullable=False),
        sa.Column("convention", texte, nullable=False),
        sa.Column("cdg", texte),
        sa.Column("recu_le", texte, nullable=False),
        sa.UniqueConstraint("siren", "genre", "mode", "file_id", name=op.f("uq_envois_siren")),
        sa.CheckConstraint(
            "(operation = 'N') = (remplace IS NULL)", name=op.f("ck_envois_remplace")
        ),
    )
    create_triggers("envois")


def downgrade() -> None:
    raise NotImplementedError("les envois ne s'effacent pas")
