"""Files given to companies say when, in answer to which deposit, and what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

REMISES = sa.table(
    "remises",
    *(
        sa.column(nom)
        for nom in ("publication", "nom", "remise_le", "emis_le", "mois", "depot", "mode")
    ),
)
PUBLICATIONS = sa.table("publications", sa.column("numero"), sa.column("publie_le"))
DEPOTS = sa.table("depots", sa.column("depot"), sa.column("essai", sa.Boolean()))
RAPPORT = "RAPPORT_"


def upgrade() -> None:
    texte = sa.String()
    mois = sa.String(length=7)
    op.add_column("remises", sa.Column("mois", mois, nullable=False, server_default=""))
    op.add_column("remises", sa.Column("emis_le", texte, nullable=False, server_default=""))
    op.add_column("remises", sa.Column("octets", sa.BigInteger()))
    for nom in ("depot", "cdg", "mode", "retire_le", "expire_le"):
        op.add_column("remises", sa.Column(nom, texte))
    _tell_the_past()
    op.create_index("ix_remises_nom", "remises", ["nom", "adherent"], unique=False)
    op.create_index("ix_remises_depot", "remises", ["depot"], unique=False)
    colonnes = ["mois", "mode", "remise_le", "retire_le", "expire_le"]
    op.create_index("ix_remises_mois", "remises", colonnes, unique=False)


def _tell_the_past() -> None:
    """What is known of the files already given: their publication, the deposit that they name."""
    r, p, d = REMISES.c, PUBLICATIONS.c, DEPOTS.c
    publiee = sa.select(p.publie_le).where(p.numero == r.publication).scalar_subquery()
    derniere = sa.select(sa.func.max(p.publie_le)).scalar_subquery()
    jamais = sa.literal("1970-01-01T00:00:00Z")
    emis = sa.func.coalesce(publiee, r.remise_le, derniere, jamais)
    op.execute(sa.update(REMISES).values(emis_le=emis))
    op.execute(sa.update(REMISES).values(mois=sa.func.substr(r.emis_le, 1, 7)))
    nomme = sa.func.substr(r.nom, len(RAPPORT) + 1, len("D00000001"))
    connu = sa.select(d.depot).where(d.depot == nomme).scalar_subquery()
    op.execute(sa.update(REMISES).where(r.nom.like(f"{RAPPORT}D%")).values(depot=connu))
    mode = sa.case((d.essai, "essai"), else_="reel")
    dit = sa.select(mode).where(d.depot == r.depot, d.essai.is_not(None)).scalar_subquery()
    op.execute(sa.update(REMISES).where(r.depot.is_not(None)).values(mode=dit))


def downgrade() -> None:
    raise NotImplementedError("l'histoire des fichiers émis ne s'efface pas")
