"""The certificate of an employee who leaves: what he was indemnified for, year by year.

Source: Code du travail, D5424-31 (hours and periods indemnified in the calendar year). The year
before is told too: the next employer counts the 55 of the year in which he stops.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.editique.dossiers import Dossier
from pipelines.intemperies.documents.valeurs import AnneeSalarie, Compteur, Depart, Periode

ANNEES = 2


def find_departures(contrats: pl.DataFrame) -> pl.DataFrame:
    """Employees whose last contract has ended: siren, salarie, debut, fin.

    `contrats`: contract `contrats`, of some companies, whole.
    """
    connus = contrats.filter(pl.col("salarie").is_not_null())
    # A contract is told each month: the last one says whether it goes on.
    derniers = (
        connus.sort("mois", "depot", "ligne")
        .unique(["siren", "salarie", "contrat"], keep="last", maintain_order=True)
        .group_by("siren", "salarie")
        .agg(
            pl.col("fin").is_null().any().alias("en_cours"),
            pl.col("debut").min(),
            pl.col("fin").max(),
        )
    )
    partis = derniers.filter(~pl.col("en_cours"))
    return partis.select("siren", "salarie", "debut", "fin").sort("siren", "salarie")


def compose_depart(
    dossier: Dossier, salarie: str, nom: str, entree: date | None, sortie: date
) -> Depart:
    """The certificate of an employee of the company; the years in which nothing was lost left out.

    Needs the tables of `sources.TABLES`.
    """
    du_salarie = pl.col("salarie") == salarie
    annees = range(sortie.year - ANNEES + 1, sortie.year + 1)
    cumuls = dossier.tables["cumuls_intemperies"].filter(
        du_salarie, pl.col("annee").is_in(list(annees)), pl.col("perdues_centiemes") > 0
    )
    jours = dossier.tables["jours_intemperies"].filter(du_salarie, pl.col("perdues_centiemes") > 0)
    matricules = cumuls["matricule"].drop_nulls()
    return Depart(
        entreprise=dossier.entreprise,
        nom=nom,
        matricule=matricules[-1] if matricules.len() else None,
        entree=entree,
        sortie=sortie,
        annees=tuple(
            AnneeSalarie(
                compteur=Compteur(
                    cumul["annee"],
                    cumul["indemnites_journalieres_centiemes"],
                    cumul["indemnites_entreprise_centiemes"],
                    cumul["restantes_centiemes"],
                ),
                perdues_centiemes=cumul["perdues_centiemes"],
                indemnisees_centiemes=cumul["indemnisees_centiemes"],
                periodes=tuple(_periods(jours, cumul["annee"])),
            )
            for cumul in cumuls.sort("annee").iter_rows(named=True)
        ),
        date_arrete=dossier.date_arrete,
        publication=dossier.publication,
    )


def _periods(jours: pl.DataFrame, annee: int) -> list[Periode]:
    """What was lost in each declaration of the year, by its first day."""
    periodes = (
        jours.filter(pl.col("date").dt.year() == annee)
        .group_by("declaration")
        .agg(
            pl.col("date").min().alias("debut"),
            pl.col("date").max().alias("fin"),
            pl.col("date").n_unique().cast(pl.Int64).alias("jours"),
            pl.col("perdues_centiemes", "indemnisees_centiemes").sum(),
        )
        .sort("debut", "declaration")
    )
    return [Periode(**periode) for periode in periodes.iter_rows(named=True)]
