"""The file of the transfers of tonight, owed to the bank's box."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.publication.nuit import Nuit
from pipelines.reglements.etapes_virements import read_nouveaux_virements
from pipelines.reglements.lecture_virements import complete_virements
from pipelines.reglements.pain_virements import Virement, render_virements
from specs.caisse import read_caisse
from warehouse.maison import Maison


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One file a hand-over; none when nothing is paid. RemiseRefusee when it would not be valid."""
    nouveaux = read_nouveaux_virements(maison).filter(nuit.served())
    for (remise,), lignes in nouveaux.partition_by("remise", as_dict=True).items():
        virements = complete_virements(maison, lignes, nuit.vue)
        draw = partial(_draw, str(remise), virements, nuit.date_arrete)
        yield Lettre(read_caisse().boite_banque, draw)


def _draw(remise: str, virements: list[Virement], date_arrete: date) -> Iterator[Fichier]:
    creancier = read_caisse().creancier
    yield f"{remise}.xml", render_virements(remise, virements, creancier, date_arrete)
