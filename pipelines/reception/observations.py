"""Since when each waiting file has been seen unchanged; losing this file only costs a delay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from pipelines.reception.candidats import Candidat, Cle
from pipelines.reception.fichiers import write_entier

Observation = tuple[str, datetime]  # mark of the file, first seen at


def read_observations(chemin: Path) -> dict[Cle, Observation]:
    """Observations by (adherent, nom); none when the file is absent or unreadable."""
    try:
        lignes = json.loads(chemin.read_bytes())
        return {
            (adherent, nom): (marque, datetime.fromisoformat(vu_le))
            for adherent, nom, marque, vu_le in lignes
        }
    except (OSError, ValueError, TypeError):
        return {}


def compute_observations(
    avant: Mapping[Cle, Observation], candidats: Iterable[Candidat], maintenant: datetime
) -> dict[Cle, Observation]:
    """Keep the first instant of files whose mark did not change, `maintenant` for the others.

    An instant of the future (clock set back) is brought back to `maintenant`.
    """
    apres: dict[Cle, Observation] = {}
    for candidat in candidats:
        cle = (candidat.adherent, candidat.nom)
        marque, vu_le = avant.get(cle, (candidat.marque, maintenant))
        inchange = marque == candidat.marque
        apres[cle] = (candidat.marque, min(vu_le, maintenant) if inchange else maintenant)
    return apres


def write_observations(chemin: Path, observations: Mapping[Cle, Observation]) -> None:
    """Replace the file of observations, sorted."""
    lignes = [
        (adherent, nom, marque, vu_le.isoformat())
        for (adherent, nom), (marque, vu_le) in sorted(observations.items())
    ]
    write_entier(chemin, json.dumps(lignes, indent=0).encode("ascii"))
