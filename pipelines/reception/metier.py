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
