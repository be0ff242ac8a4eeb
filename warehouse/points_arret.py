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
        "archive.avant_ecriture",
        "archive.avant_renommage",
        "archive.apres_renommage",
        "journal.depot_inscrit",
        "journal.etat_change",
        "journal.etape_inscrite",
        "lac.avant_ecriture",
        "lac.apres_ecriture",
        "maison.cle_ecrite",
        "publication.avant_versions",
        "publication.avant_remises",
        "publication.inscrite",
        "publication.remise_faite",
        "registre.avant_ecriture",
        "registre.ecrit",
    }
)


def crashpoint(nom: str) -> None:
    """Do nothing, unless the variable CAISSE_POINT_ARRET is `nom`: then die at once (SIGKILL)."""
    if os.environ.get(VARIABLE) == nom:
        os.kill(os.getpid(), signal.SIGKILL)
