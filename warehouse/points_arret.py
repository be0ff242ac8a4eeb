"""Named points where a test may kill the process, to prove that nothing is lost or torn.

Example: ``CAISSE_POINT_ARRET=archive.avant_renommage caisse nuit`` dies there, as power would;
``CAISSE_POINT_ARRET=archive.avant_renommage:3`` at the third pass. With
``CAISSE_SIGNAL_ARRET=SIGSTOP`` it stops there, for a test to kill what is around it.
"""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from itertools import count

VARIABLE, SIGNAL = "CAISSE_POINT_ARRET", "CAISSE_SIGNAL_ARRET"

# Every name given to `crashpoint` anywhere in the engine; a test compares the two lists.
POINTS = frozenset(
    {
        "archive.apres_renommage",
        "archive.avant_ecriture",
        "archive.avant_renommage",
        "coffre.lot_scelle",
        "coffre.partition_scellee",
        "composition.apres_archive",
        "controle.apres_journal",
        "controle.apres_lac",
        "dessin.apres_archive",
        "dessin.inscrit",
        "journal.depot_inscrit",
        "journal.etape_inscrite",
        "journal.etat_change",
        "lac.apres_ecriture",
        "lac.avant_ecriture",
        "maison.cle_ecrite",
        "part.apres_table",
        "publication.apres_documents",
        "publication.apres_transaction",
        "publication.avant_remises",
        "publication.avant_versions",
        "publication.inscrite",
        "publication.remise_faite",
        "purge.inscrite",
        "reception.apres_accuse",
        "reception.apres_archive",
        "reception.apres_journal",
        "reception.apres_retrait",
        "registre.avant_ecriture",
        "registre.ecrit",
        "remise.apres_fichier",
    }
)


_passages: dict[str, Iterator[int]] = defaultdict(lambda: count(1))


def crashpoint(nom: str) -> None:
    """Do nothing, unless the variable is `nom` or `nom:n`: SIGKILL at the first or n-th pass."""
    arme, _, rang = os.environ.get(VARIABLE, "").partition(":")
    if arme == nom and next(_passages[nom]) >= int(rang or 1):
        os.kill(os.getpid(), signal.Signals[os.environ.get(SIGNAL, "SIGKILL")])
