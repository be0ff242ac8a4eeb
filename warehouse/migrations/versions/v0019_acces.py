"""Who enters the space of the companies: passwords, codes, invitations, sessions, tries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SHA256 = sa.String(length=64)


def upgrade() -> None:
    op.create_table(
        "acces",
        sa.Column("utilisateur", sa.String(), nullable=False),
        sa.Column("mot_de_passe", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("dernier_code", sa.BigInteger(), nullable=False),
        sa.Column("pose_le", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("utilisateur", name=op.f("pk_acces")),
    )
    op.create_table(
        "invitations",
        sa.Column("empreinte", SHA256, nullable=False),
        sa.Column("utilisateur", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("expire_le", sa.String(), nullable=False),
        sa.Column("utilisee_le", sa.String()),
        sa.PrimaryKeyConstraint("empreinte", name=op.f("pk_invitations")),
    )
    op.create_table(
        "sessions",
        sa.Column("empreinte", SHA256, nullable=False),
        sa.Column("utilisateur", sa.String(), nullable=False),
        sa.Column("ouverte_le", sa.String(), nullable=False),
        sa.Column("vue_le", sa.String(), nullable=False),
        sa.Column("fermee_le", sa.String()),
        sa.PrimaryKeyConstraint("empreinte", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_utilisateur", "sessions", ["utilisateur"], unique=False)
    op.create_table(
        "tentatives",
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("cle", SHA256, nullable=False),
        sa.Column("instant", sa.String(), nullable=False),
        sa.Column("reussie", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_tentatives")),
    )
    op.create_index("ix_tentatives_cle", "tentatives", ["cle", "instant"], unique=False)
    op.create_table(
        "favoris",
        sa.Column("utilisateur", sa.String(), nullable=False),
        sa.Column("adresse", sa.String(), nullable=False),
        sa.Column("titre", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("utilisateur", "adresse", name=op.f("pk_favoris")),
    )


def downgrade() -> None:
    raise NotImplementedError("les accès ne s'effacent pas")
