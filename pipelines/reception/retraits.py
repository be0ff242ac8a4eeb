"""What became of the files in the companies' boxes: taken by them, or withdrawn at their term.

A file that its folder no longer holds was taken: a box that only lets its company read keeps it,
and says nothing. Those of a calendar are withdrawn at their term. Looked at once a night, as long
as files are kept: beyond, where they are is no longer followed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from pipelines.nuit.date_arrete import PARIS
from pipelines.nuit.passage import Passage
from pipelines.reception.candidats import SourceDepots, SourceIndisponibleError
from pipelines.reception.sources import open_source
from specs.baremes.echanges import expiry_rcp
from warehouse.instants import format_instant
from warehouse.remises import read_presentes, record_fin

# Files of a calendar, and the first day on which one handed over on a day is at its term.
TERMES = {"RCP": expiry_rcp}
SUIVI = timedelta(days=120)
Cle = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Retraits:
    """Files taken by companies, and those withdrawn at their term: box, name."""

    pris: tuple[Cle, ...] = ()
    expires: tuple[Cle, ...] = ()

    def count(self) -> dict[str, int | None]:
        """How many of each."""
        return {"retires": len(self.pris), "expires": len(self.expires)}


def constater_retraits(passage: Passage) -> Retraits:
    """Look in the boxes and journal what left them; nothing while they can't be reached."""
    maison, maintenant = passage.maison, passage.maintenant
    with maison.moteur.connect() as connexion:
        posees = list(read_presentes(connexion, format_instant(maintenant - SUIVI)))
    if not posees:
        return Retraits()
    try:
        with open_source(maison.reglages) as source:
            retraits = find_retraits(source, posees, passage.date_arrete)
    except (OSError, SourceIndisponibleError):
        return Retraits()  # the hand-over of the same night says it
    instant = format_instant(maintenant)
    with maison.moteur.begin() as connexion:
        record_fin(connexion, retraits.pris, instant, expire=False)
        record_fin(connexion, retraits.expires, instant, expire=True)
    return retraits


def find_retraits(
    source: SourceDepots, posees: Iterable[tuple[str, str, str]], date_arrete: date
) -> Retraits:
    """What left the boxes since it was handed over (box, name, instant; sorted by box).

    What is at its term leaves them now.
    """
    pris: list[Cle] = []
    expires: list[Cle] = []
    for adherent, siennes in groupby(posees, key=lambda posee: posee[0]):
        try:
            presents = source.list_retour(adherent)
        except OSError:
            continue  # a box without its folder says nothing of its files
        for _, nom, remis_le in siennes:
            if nom not in presents:
                pris.append((adherent, nom))
            elif _is_over(nom, remis_le, date_arrete):
                source.remove_retour(adherent, nom)
                expires.append((adherent, nom))
    return Retraits(tuple(pris), tuple(expires))


def _is_over(nom: str, remis_le: str, date_arrete: date) -> bool:
    terme = TERMES.get(nom.split("_", maxsplit=1)[0])
    jour = datetime.fromisoformat(remis_le).astimezone(PARIS).date()
    return terme is not None and terme(jour) <= date_arrete
