"""Reading what says which declarations are expected of some establishments."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.declarations.regles import RETENUE
from pipelines.declarations.suivi import Sources
from pipelines.declarations.suivi_bases import MOIS_DE_LA_BASE, compute_tdp
from specs.baremes.suivi import read_calendrier
from specs.periodes import Mois
from warehouse.maison import Maison
from warehouse.registre import read_adherents


def read_sources(
    maison: Maison, etablissements: pl.DataFrame, declarations: pl.DataFrame
) -> Sources:
    """What says which declarations of these establishments are expected.

    `declarations`: contract `declarations`, those of the same companies.
    """
    siennes = pl.col("siren").is_in(etablissements["siren"].implode())
    with maison.moteur.connect() as connexion:
        suivis = read_adherents(connexion).filter(siennes).select("siren", "suivi_depuis")
    # A refused declaration may bear anything as a SIREN: its establishment says whose it is.
    connus = pl.col("siret").is_in(etablissements["siret"].implode())
    refusees = maison.lac.read("declarations_lues").filter(
        connus, ~pl.col("conforme"), ~pl.col("essai").fill_null(value=False)
    )
    tdp = read_tdp(maison, etablissements).filter(pl.col("statut") == RETENUE)
    return Sources(
        etablissements,
        suivis,
        declarations.sort("depot", "rang_declaration"),
        refusees.collect().sort("depot", "rang_declaration"),
        tdp.select(*MOIS_DE_LA_BASE, "depot").unique().sort(MOIS_DE_LA_BASE),
    )


def read_tdp(maison: Maison, etablissements: pl.DataFrame) -> pl.DataFrame:
    """Bases of the wage returns of these establishments."""
    connus = pl.col("siret").is_in(etablissements["siret"].implode())
    lues = maison.lac.read("bases_tdp").filter(connus).collect().sort("depot", "ligne")
    return compute_tdp(lues, etablissements)


def read_calendrier_suivi(sources: Sources, date_arrete: date) -> pl.DataFrame:
    """The months that may be expected: from the first one followed or declared, until tonight."""
    premiers = pl.concat([sources.suivis["suivi_depuis"], sources.declarations["mois_appel"]])
    dernier = Mois.from_date(date_arrete)
    premier = premiers.drop_nulls().min()
    return read_calendrier(Mois.parse(premier) if isinstance(premier, str) else dernier, dernier)
