"""The boxes of a restored fund: what companies had not taken is put there again.

A box that came back empty would say that its company took everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from pipelines.reception.candidats import SourceDepots
from pipelines.reception.retraits import SUIVI
from warehouse.instants import format_instant
from warehouse.maison import Maison
from warehouse.remises import read_posees


@dataclass(frozen=True, slots=True)
class Restitution:
    """Files put again, and those that could not be."""

    rendus: int
    echecs: int


def give_back(maison: Maison, source: SourceDepots, maintenant: datetime) -> Restitution:
    """Put what is missing in every box, with the bytes of the archive; what is there stays."""
    with maison.moteur.connect() as connexion:
        posees = read_posees(connexion, format_instant(maintenant - SUIVI))
    rendus = echecs = 0
    for adherent, siennes in groupby(posees, key=itemgetter(0)):
        lues = list(siennes)
        try:
            presents = source.list_retour(adherent)
        except OSError:
            echecs += len(lues)
            continue
        contenus = {
            (adherent, nom): maison.archive.read(sha256)
            for _, nom, sha256 in lues
            if nom not in presents
        }
        rates = source.write_retours(contenus)
        rendus += len(contenus) - len(rates)
        echecs += len(rates)
    return Restitution(rendus, echecs)
