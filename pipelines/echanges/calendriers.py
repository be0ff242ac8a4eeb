"""The step of the calendars: the RCP files that a night produces, the dates that are told."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.echanges.regles.calendriers import (
    RCP,
    RETRAITS,
    compute_calendriers,
    compute_dus,
    compute_echeances,
    compute_productions,
    find_suivies,
)
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, dated
from pipelines.nuit.reserves.tenues import held, put_back
from specs.contrats import read_contrat
from warehouse.alertes import next_publication
from warehouse.instants import paris_day
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre import read_adherents, read_calendriers, read_conventions
from warehouse.remises import read_retraits

CALENDRIERS, PRODUCTIONS = "calendriers", "productions_rcp"


def prepare_calendriers(maison: Maison, ensemble: Part, date_arrete: date) -> Travail | None:
    """The calendar of every company, or nothing when it is the one that the lake has.

    Months are told as of the last publication, whatever a night that published nothing wrote. Of a
    company held, what was last published: what is due waits.
    """
    version = ensemble.vue.registre
    with maison.moteur.connect() as connexion:
        conventions = read_conventions(connexion, version)
        choisies = read_calendriers(connexion, version)
        publication = next_publication(connexion)
    publiees = read_table_publiee(maison, PRODUCTIONS).collect()
    retraits = _read_retraits(maison, find_suivies(publiees, date_arrete), version)
    echeances = compute_echeances(conventions, choisies, date_arrete)
    dus = compute_dus(echeances, publiees, date_arrete)
    productions = compute_productions(publiees, retraits, dus, date_arrete, publication)
    calendriers = compute_calendriers(echeances, choisies, productions, date_arrete)
    tables = {PRODUCTIONS: productions, CALENDRIERS: calendriers}
    tables = {nom: _settled(maison, nom, frame, ensemble) for nom, frame in tables.items()}
    if all(frame.equals(_last_written(maison, nom)) for nom, frame in tables.items()):
        return None

    def produce() -> Production:
        return Production(tables, {"dates": len(calendriers), "dus": len(dus)})

    return Travail(dated(date_arrete, *tables.values()), produce)


def _read_retraits(maison: Maison, suivies: pl.DataFrame, version: int | None) -> pl.DataFrame:
    """What companies have fetched of these publications (`find_suivies`): RETRAITS."""
    if suivies.is_empty():
        return RETRAITS.to_frame()
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion, version).select("siren", adherent="numero_adherent")
        depuis = suivies.select(pl.col("produit_le").min().dt.strftime("%Y-%m")).item()
        lus = read_retraits(connexion, RCP, suivies["publication"].unique().to_list(), depuis)
    pris = [(boite, numero, paris_day(instant)) for boite, numero, instant in lus]
    retraits = pl.DataFrame(
        pris,
        {"adherent": pl.String, "publication": pl.Int64, "retire_le": pl.Date},
        orient="row",
    )
    siens = retraits.join(adherents, on="adherent").select(RETRAITS.names())
    return siens.join(suivies, on=["siren", "publication"], how="semi")


def _settled(maison: Maison, nom: str, frame: pl.DataFrame, ensemble: Part) -> pl.DataFrame:
    """In the order of its key; of the companies held, as last published."""
    if ensemble.tenues:
        publiees = read_table_publiee(maison, nom).collect()
        frame = put_back(frame, publiees, held(ensemble.tenues))
    return frame.sort(read_contrat(nom).cle)


def _last_written(maison: Maison, nom: str) -> pl.DataFrame:
    return maison.lac.read(nom).collect().sort(read_contrat(nom).cle)
