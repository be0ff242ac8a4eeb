"""What comes in and what goes out: the boxes of companies."""

from __future__ import annotations

from pipelines.metier import Etape, Metier, Portee

RECEPTION = Metier(
    "reception",
    etapes=(
        Etape(
            "recevoir",
            Portee.CAISSE,
            titre="réception des fichiers",
            agit="pipelines.reception.etapes:recevoir",
            pool="sftp",
        ),
    ),
)
# Told before the publication, which says what became of the files.
RETRAITS = Metier(
    "retraits",
    etapes=(
        Etape(
            "retraits",
            Portee.CAISSE,
            agit="pipelines.reception.retraits:constater_retraits",
            temps="rapprocher",
            apres=("rapprochement",),
        ),
    ),
)
# What is owed leaves last, once all is published.
REMISE = Metier(
    "remise",
    etapes=(
        Etape(
            "remettre",
            Portee.CAISSE,
            titre="remise aux entreprises",
            agit="pipelines.reception.etapes:remettre_dus",
            pool="sftp",
        ),
    ),
)
