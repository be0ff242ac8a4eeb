"""Named points where a test may kill the process, to prove that nothing is lost or torn.

Example: ``CAISSE_POINT_ARRET=archive.avant_renommage caisse nuit`` dies there, as power would.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "CAISSE_POINT_ARRET"

# Every name given to `crashpoint` anywhere in the engine; a test compares the two lists.
POINTS = frozenset(
    {
        "archive.apres_renommage",
        "archive.avant_ecriture",
        "archive.avant_renommage",
        "controle.apres_journal",
        "controle.apres_lac",
        "cotisations.apres_appels",
        "cotisations.apres_lignes",
        "declarations.apres_bases",
        "declarations.apres_declarations",
        "journal.depot_inscrit",
        "journal.etape_inscrite",
        "journal.etat_change",
        "lac.apres_ecriture",
        "lac.avant_ecriture",
        "maison.cle_ecrite",
        "publication.apres_documents",
        "publication.apres_transaction",
        "publication.avant_remises",
        "publication.avant_versions",
        "publication.inscrite",
        "publication.remise_faite",
        "reception.apres_accuse",
        "reception.apres_archive",
        "reception.apres_journal",
        "registre.avant_ecriture",
        "registre.ecrit",
        "remise.apres_fichier",
    }
)


def crashpoint(nom: str) -> None:
    """Do nothing, unless the variable CAISSE_POINT_ARRET is `nom`: then die at once (SIGKILL)."""
    if os.environ.get(VARIABLE) == nom:
        os.kill(os.getpid(), signal.SIGKILL)
