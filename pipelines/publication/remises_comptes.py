"""The files of their accounts owed to the companies that the night touched.

A statement and the summaries of the periods that the new calls bear on; once a year, when a
campaign is closed, the bases of the employees and the summary of the campaign, for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain

import polars as pl

from pipelines.comptabilite.documents import formes as releves
from pipelines.cotisations.documents import formes as recapitulatifs
from pipelines.cotisations.documents.recapitulatifs import list_periodes
from pipelines.declarations.documents import formes as bases
from pipelines.editique.dossiers import Dossier, read_dossiers
from pipelines.editique.formes import Fichier
from pipelines.publication.nuit import Nuit
from specs.documents import read_modeles
from specs.options import option_at
from specs.periodes import MOIS_PAR_AN, Mois
from warehouse.maison import Maison
from warehouse.publications import Remise, read_table_publiee
from warehouse.registre.lecture import read_adherents

CLOTURES = {"premier_mai": 5, "premier_juillet": 7}


def write_comptes(maison: Maison, nuit: Nuit) -> list[Remise]:
    """Statements and summaries of the companies touched tonight, in the archive."""
    touchees = find_touched(maison, nuit)
    exercice = find_closed(nuit)
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion).filter(nuit.served())
    concernees = adherents.join(touchees, on="siren", how="semi")
    periodes = _periods(nuit)
    du_jour = _read(maison, nuit, concernees, (*releves.COMPTES, *recapitulatifs.APPELS))
    cloturees = adherents if exercice else adherents.clear()
    annuels = _read(maison, nuit, cloturees, (*recapitulatifs.APPELS, *bases.BASES))
    with ThreadPoolExecutor() as fils:
        nuits = fils.map(
            lambda d: _archive(maison, d, _render_night(d, periodes.get(d.entreprise.siren, ()))),
            du_jour,
        )
        annees = fils.map(lambda d: _archive(maison, d, _render_year(d, exercice or "")), annuels)
        return list(chain.from_iterable(chain(nuits, annees)))


def find_touched(maison: Maison, nuit: Nuit) -> pl.DataFrame:
    """Companies with a new call or a new entry of the ledger: siren, sorted."""
    passees = read_table_publiee(maison, "ecritures").select("ecriture")
    nouvelles = maison.lac.read("ecritures").join(passees, on="ecriture", how="anti")
    sirens = pl.concat([nuit.nouveaux.lazy().select("siren"), nouvelles.select("siren")])
    return sirens.unique().sort("siren").collect()


def find_closed(nuit: Nuit) -> str | None:
    """The campaign closed since the last publication (`2025-26`); None on the other nights."""
    if nuit.precedente is None:
        return None
    mois = Mois.from_date(nuit.date_arrete)
    numero = CLOTURES[option_at("remise_etat_bases", mois)]
    cloture = date(mois.annee, numero, 1)
    if not nuit.precedente.date_arrete < cloture <= nuit.date_arrete:
        return None
    return list_periodes(Mois(mois.annee - 1, MOIS_PAR_AN))[1]


def _read(
    maison: Maison, nuit: Nuit, adherents: pl.DataFrame, tables: tuple[str, ...]
) -> Iterator[Dossier]:
    if adherents.is_empty():
        return iter(())

    def read(table: str) -> pl.LazyFrame:
        # The deposits of tonight, with their states, are in the lake once all is written.
        return nuit.depots.lazy() if table == "depots" else maison.lac.read(table)

    return read_dossiers(read, adherents, tables, nuit.date_arrete, nuit.numero)


def _periods(nuit: Nuit) -> dict[str, tuple[str, ...]]:
    """For each company, years and campaigns that its new calls bear on."""
    siennes = nuit.lignes.join(nuit.nouveaux.select("appel"), on="appel", how="semi")
    mois = siennes.group_by("siren").agg(pl.col("mois_rattachement").unique().sort())
    return {
        siren: tuple(sorted({p for m in liste for p in list_periodes(Mois.parse(m))}))
        for siren, liste in mois.iter_rows()
    }


def _render_night(dossier: Dossier, periodes: tuple[str, ...]) -> Iterator[Fichier]:
    modeles = read_modeles()
    if not dossier.tables["ecritures"].is_empty():
        debut = Mois.from_date(dossier.date_arrete).shift(1 - MOIS_PAR_AN).first_day
        yield from releves.render_releve(
            releves.compose_dossier(dossier, debut), modeles["releve"].nuit
        )
    for periode in periodes:
        recapitulatif = recapitulatifs.compose_dossier(dossier, periode)
        yield from recapitulatifs.render_recapitulatif(recapitulatif, modeles["recapitulatif"].nuit)


def _render_year(dossier: Dossier, exercice: str) -> Iterator[Fichier]:
    modeles = read_modeles()
    etat = bases.compose_dossier(dossier, exercice)
    if etat.lignes:
        yield from bases.render_bases(etat, modeles["bases"].cloture)
    recapitulatif = recapitulatifs.compose_dossier(dossier, exercice)
    if recapitulatif.lignes:
        yield from recapitulatifs.render_recapitulatif(
            recapitulatif, modeles["recapitulatif"].cloture
        )


def _archive(maison: Maison, dossier: Dossier, fichiers: Iterator[Fichier]) -> list[Remise]:
    return [
        Remise(dossier.entreprise.adherent, nom, maison.archive.write(octets))
        for nom, octets in fichiers
    ]
