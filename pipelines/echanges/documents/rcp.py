"""The payments of leave of a month, for the payroll of companies (RCP): a file a centre and month.

Which months a night tells, the step of the calendars has decided; what was paid then, the
businesses say. A centre without a payment has no file. Source: exchange.md 6.1 to 6.3, 6.6 (X-08).
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.echanges.calendriers import PRODUCTIONS
from pipelines.echanges.regles.calendriers import RCP
from pipelines.echanges.sortants import (
    Sortant,
    compose_entete,
    compose_lettres_sortants,
    rank_lignes,
    read_formes,
)
from pipelines.editique.lettres import Lettre
from pipelines.metier import find
from pipelines.publication.nuit import Nuit
from specs.periodes import Mois
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

REGULARISATION = "50"
FICHIER = ["siren", "fichier", "cdg"]
VIDE = pl.DataFrame(schema=dict.fromkeys((*FICHIER, "mois"), pl.String))


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """The files of the months that tonight tells, with the payments that the businesses made."""
    deja = read_table_publiee(maison, PRODUCTIONS).select("siren", "mois").collect()
    dites = maison.lac.read(PRODUCTIONS).collect().join(deja, on=["siren", "mois"], how="anti")
    servies = dites.filter(nuit.served()).sort("siren", "mois")
    yield from compose_lettres_sortants(RCP, _list_sortants(maison, nuit, servies))


def _list_sortants(maison: Maison, nuit: Nuit, servies: pl.DataFrame) -> Iterator[Sortant]:
    lues = _read_lignes(maison, nuit, servies)
    formes = read_formes(maison, lues["siren"].unique())
    boites = dict(nuit.boites.select("siren", "adherent").drop_nulls().iter_rows())
    numeros: dict[str, int] = {}
    for (siren, fichier, cdg), lignes in sorted(lues.partition_by(FICHIER, as_dict=True).items()):
        numeros[siren] = numero = numeros.get(siren, 0) + 1
        mois = servies.filter(siren=siren, fichier=fichier)
        entete = compose_entete(RCP, siren, mois["convention"][0], nuit.date_arrete, nuit.numero)
        dits = [Mois.parse(texte) for texte in mois["mois"]]
        precise = {
            "file_id": f"{RCP}-{fichier}-{numero:04}",
            "cdg": cdg,
            "period_from": dits[0].first_day,
            "period_to": dits[-1].last_day,
        }
        details = rank_lignes(REGULARISATION, lignes.drop(*FICHIER, "mois"))
        tete = dict(entete) | precise
        yield Sortant(boites[siren], tete, details, formes.get(siren), numero, cdg)


def _read_lignes(maison: Maison, nuit: Nuit, dites: pl.DataFrame) -> pl.DataFrame:
    """What the businesses say of these months (contract `productions_rcp`), with FICHIER."""
    if dites.is_empty():
        return VIDE
    mois, fichiers = dites.select("siren", "mois"), dites.select("siren", "mois", "fichier")
    lisent = [find(metier.regularisations) for metier in nuit.metiers if metier.regularisations]
    lues: list[pl.DataFrame] = [
        lit(maison, mois, nuit.vue.registre).join(fichiers, on=["siren", "mois"]) for lit in lisent
    ]
    return pl.concat([VIDE, *lues], how="diagonal")
