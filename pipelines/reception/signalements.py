"""What is told once to a company of a file that is no deposit, and that this was told.

A notice is a text of its `retour/`, named after a digest: told twice, it is the same file. Losing
the memory of what was told only costs a second notice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipelines.reception.candidats import Candidat
from pipelines.reception.fichiers import write_entier
from pipelines.reception.regles import (
    EMPREINTE_SEULE,
    INACHEVE,
    SYSTEME,
    compute_nom_lisible,
    is_en_cours,
    is_systeme,
)

DELAI_INACHEVE = timedelta(days=2)
REMEDES = {
    SYSTEME: "Rien à faire : il est laissé où il est, et vous pouvez le retirer.",
    EMPREINTE_SEULE: (
        "Déposez le fichier qu'elle accompagne, sous le même nom sans .sha256 ;"
        " s'il a déjà été reçu, retirez l'empreinte."
    ),
    INACHEVE: (
        "Rien n'en a été pris. Envoyez le fichier de nouveau, puis retirez celui-ci ;"
        " un logiciel de transfert lui donne son nom définitif à la fin de l'envoi."
    ),
}

Cle = tuple[str, str, str]  # company, name, mark of the file when it may be told again


@dataclass(frozen=True, slots=True)
class Signalement:
    """A file to tell its company of, and why (a key of `REMEDES`)."""

    candidat: Candidat
    motif: str

    @property
    def cle(self) -> Cle:
        """What makes it the same: an upload taken up again and left again is told again."""
        marque = self.candidat.marque if self.motif == INACHEVE else ""
        return (self.candidat.adherent, self.candidat.nom, marque)

    @property
    def nom_avis(self) -> str:
        """Name of the notice: never made of the name that the company chose."""
        cle = json.dumps(self.cle).encode("ascii")
        return f"AVIS_{hashlib.sha256(cle).hexdigest()[:16]}.txt"

    def avis(self) -> bytes:
        """Text of the notice, with line ends that every system reads."""
        nom = compute_nom_lisible(self.candidat.nom)
        phrases = (f"Fichier : {nom}", f"Raison : {self.motif}.", REMEDES[self.motif])
        return "\r\n".join([*phrases, ""]).encode()


def find_signalement(candidat: Candidat, immobile: timedelta, abandon: timedelta) -> str | None:
    """Why a file that is no deposit must be told, None while there is nothing to say.

    Args:
        candidat: a file that is not to be claimed.
        immobile: how long it has been seen unchanged.
        abandon: how long a digest waits for its file.
    """
    if is_systeme(candidat.nom):
        return SYSTEME
    if is_en_cours(candidat.nom):
        return INACHEVE if immobile >= DELAI_INACHEVE else None
    return EMPREINTE_SEULE if immobile >= abandon else None


def read_signales(chemin: Path) -> frozenset[Cle]:
    """What was told; nothing when the file is absent or unreadable."""
    try:
        lus = [tuple(cle) for cle in json.loads(chemin.read_bytes())]
    except (OSError, ValueError, TypeError):
        return frozenset()
    return frozenset((str(a), str(n), str(m)) for a, n, m in lus)


def write_signales(chemin: Path, cles: Iterable[Cle]) -> None:
    """Replace the memory of what was told, sorted."""
    write_entier(chemin, json.dumps(sorted(cles), indent=0).encode("ascii"))
