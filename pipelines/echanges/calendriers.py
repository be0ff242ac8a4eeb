"""The step of the calendars: the dates of the files that companies are told, as of a night."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.echanges.regles.calendriers import (
    PRODUCTIONS,
    compute_calendriers,
    compute_echeances,
)
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, dated
from pipelines.nuit.reserves.tenues import put_back
from specs.contrats import read_contrat
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre import read_calendriers, read_conventions

CALENDRIERS = "calendriers"


def prepare_calendriers(maison: Maison, ensemble: Part, date_arrete: date) -> Travail | None:
    """The calendar of every company, or nothing when it is the one that the lake has.

    Of a company held, what was last published. No file is produced yet: every date is to come.
    """
    version = ensemble.vue.registre
    with maison.moteur.connect() as connexion:
        conventions = read_conventions(connexion, version)
        choisies = read_calendriers(connexion, version)
    echeances = compute_echeances(conventions, choisies, date_arrete)
    productions = pl.DataFrame(schema=PRODUCTIONS)
    calendriers = compute_calendriers(echeances, choisies, productions, date_arrete)
    if ensemble.tenues:
        publies = read_table_publiee(maison, CALENDRIERS).collect()
        calendriers = put_back(calendriers, publies, ensemble.tenues)
    cle = read_contrat(CALENDRIERS).cle
    calendriers = calendriers.sort(cle)
    if calendriers.equals(maison.lac.read(CALENDRIERS).collect().sort(cle)):
        return None

    def produce() -> Production:
        return Production({CALENDRIERS: calendriers}, {"dates": len(calendriers)})

    return Travail(dated(date_arrete, calendriers), produce)
