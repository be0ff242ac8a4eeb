"""The file of the debits of tonight, owed to the bank's box."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.publication.nuit import Nuit
from pipelines.reglements.etapes import complete_debits, read_nouveaux_prelevements
from pipelines.reglements.pain import Prelevement, render_pain
from specs.caisse import read_caisse
from warehouse.maison import Maison


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One file a hand-over; none when nothing is debited. RemiseRefusee when it would not be valid.

    With the file of transfers, it is the one document that holds account numbers.
    """
    nouveaux = read_nouveaux_prelevements(maison).filter(nuit.served())
    for (remise,), lignes in nouveaux.partition_by("remise", as_dict=True).items():
        with maison.moteur.connect() as connexion:
            debits = complete_debits(connexion, lignes, nuit.vue)
        draw = partial(_draw, str(remise), debits, nuit.date_arrete)
        yield Lettre(read_caisse().boite_banque, draw)


def _draw(remise: str, debits: list[Prelevement], date_arrete: date) -> Iterator[Fichier]:
    yield f"{remise}.xml", render_pain(remise, debits, read_caisse().creancier, date_arrete)
