"""Reading what says which declarations are expected of some companies."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.declarations.regles.attendues import Sources
from pipelines.declarations.regles.releves import MOIS_DE_LA_BASE
from pipelines.declarations.regles.statuts import RETENUE
from pipelines.registre import Registre
from specs.baremes.suivi import read_calendrier
from specs.periodes import Mois
from warehouse.maison import Maison


def read_sources(
    maison: Maison, registre: Registre, declarations: pl.DataFrame, releves: pl.DataFrame
) -> Sources:
    """What says which declarations of the companies of `registre` are expected.

    `declarations`, `releves`: contracts `declarations` and `releves_tdp`, of the same companies.
    """
    # A refused declaration may bear anything as a SIREN: its establishment says whose it is.
    connus = pl.col("siret").is_in(registre.etablissements["siret"].implode())
    refusees = maison.lac.read("declarations_lues").filter(
        connus, ~pl.col("conforme"), ~pl.col("essai").fill_null(value=False)
    )
    comptees = releves.filter(pl.col("statut") == RETENUE).select(*MOIS_DE_LA_BASE, "depot")
    return Sources(
        registre.etablissements,
        registre.adherents.select("siren", "suivi_depuis"),
        declarations.sort("depot", "rang_declaration"),
        refusees.collect().sort("depot", "rang_declaration"),
        comptees.unique().sort(MOIS_DE_LA_BASE),
    )


def read_calendrier_suivi(sources: Sources, date_arrete: date) -> pl.DataFrame:
    """The months that may be expected: from the first one followed or declared, until tonight."""
    premiers = pl.concat([sources.suivis["suivi_depuis"], sources.declarations["mois_appel"]])
    dernier = Mois.from_date(date_arrete)
    premier = premiers.drop_nulls().min()
    return read_calendrier(Mois.parse(premier) if isinstance(premier, str) else dernier, dernier)
