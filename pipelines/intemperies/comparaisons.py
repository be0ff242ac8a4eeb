"""What declarations are compared with, and only told: pays, other companies (IN-014 to IN-050).

What other companies lost is as last published: the shards of a night do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import polars as pl

from pipelines.intemperies.regles.calcul import Juges
from pipelines.intemperies.regles.declarations import DECLARATION, JOUR, LIGNE
from pipelines.intemperies.regles.jours import Connu
from pipelines.intemperies.regles.paies import HEURES_PERDUES, TRAVAIL, compute_paies
from pipelines.intemperies.regles.signalements import (
    check_certified_hours,
    check_dsn_hours,
    check_frequency,
    check_isolated,
    check_wages,
)
from pipelines.intemperies.regles.suites import DITS, compose
from pipelines.intemperies.regles.valeurs import ABATTEMENT, first_month
from pipelines.nuit.parts import Part
from specs.connaissances import Connaissances
from specs.contrats import PLACES
from warehouse.lac import is_one_of
from warehouse.maison import Maison
from warehouse.publications import read_publication, read_table_publiee

COMPARAISON = "IN-050"
EN_VIGUEUR = [*DECLARATION, "depot"]
MOIS_AVANT = 4  # months of pays before the first lost day that a comparison may ask for


def compare_declarations(
    maison: Maison,
    part: Part,
    juges: Juges,
    connu: Connu,
    publies: pl.DataFrame,
    date_arrete: date,
    savoir: Connaissances,
) -> pl.DataFrame:
    """Findings (contract `constats_echange` but part and ordre) of the companies of `juges`.

    `publies`: those that were last published of their lines.
    """
    jours = juges.declarations.jours
    premiers = jours.group_by(LIGNE).agg(premier_jour=pl.col("date").min())
    lignes = juges.jugement.lignes.join(premiers, on=LIGNE).sort(LIGNE)
    if lignes.is_empty():
        return compose(DITS.to_frame(), juges.jugement.lignes)
    paies = compute_paies(*_read_paies(maison, part, lignes), connu.contrats, connu.absences,
                          lignes["siren"].unique())  # fmt: skip
    dits = [
        check_wages(lignes, paies.bases, savoir),
        check_dsn_hours(jours, paies.heures, connu.mois, savoir),
        check_certified_hours(lignes, paies.travaillees, savoir),
    ]
    sirens = lignes["siren"].unique().to_list()
    compares = _read_compared(maison, sirens)
    dits += _compare_companies(maison, sirens, compares, date_arrete, savoir)
    nouveaux = compose(pl.concat([DITS.to_frame(), *dits]), juges.jugement.lignes)
    siennes = juges.jugement.lignes.join(compares, on=EN_VIGUEUR, how="semi")
    gardes = publies.filter(pl.col("code") == COMPARAISON).join(
        siennes, on=["depot", "rang"], how="semi"
    )
    return pl.concat([nouveaux, gardes.select(nouveaux.columns)])


def _read_paies(
    maison: Maison, part: Part, lignes: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pays of these employees around their lost days, of all employers, and their bases."""
    premier = lignes["premier_jour"].min()
    depuis = pl.lit(premier, pl.Date).dt.offset_by(f"-{MOIS_AVANT}mo").dt.strftime("%Y-%m")
    leurs = pl.col("salarie").is_in(lignes["salarie"].unique().implode())
    remunerations = maison.lac.read("remunerations").filter(
        pl.col("mois") >= depuis, leurs, pl.col("code").is_in([HEURES_PERDUES, TRAVAIL])
    )
    siens = pl.col("siren").is_in(lignes["siren"].unique().implode())
    bases = maison.lac.read("bases").filter(part.ecrites(), siens, leurs)
    return remunerations.collect(), bases.collect()


def _read_compared(maison: Maison, sirens: Collection[str]) -> pl.DataFrame:
    """EN_VIGUEUR of the declarations that a night compared already: what it said stays (I-46).

    They had been published, and their deadline had passed, before the last publication.
    """
    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
    if derniere is None:
        return pl.DataFrame(schema=dict.fromkeys(EN_VIGUEUR, pl.String))
    arrets = read_table_publiee(maison, "arrets_intemperies", derniere.numero - 1)
    passes = pl.col("echeance") < derniere.date_arrete
    return arrets.filter(is_one_of("siren", sirens), passes).select(EN_VIGUEUR).unique().collect()


def _compare_companies(
    maison: Maison,
    sirens: Collection[str],
    compares: pl.DataFrame,
    date_arrete: date,
    savoir: Connaissances,
) -> Iterator[pl.DataFrame]:
    """IN-050 of the declarations whose deadline has passed, as published, but those of before."""
    arrets = read_table_publiee(maison, "arrets_intemperies").drop(PLACES, strict=False)
    passes = arrets.filter(is_one_of("siren", sirens), pl.col("echeance") < date_arrete)
    juges = passes.collect().join(compares, on=EN_VIGUEUR, how="anti")
    if juges.is_empty():
        return
    jours = read_table_publiee(maison, "jours_intemperies").filter(pl.col("perdues_centiemes") > 0)
    a_juger = juges.select(DECLARATION).unique().with_columns(a_juger=pl.lit(value=True))
    dates = jours.join(a_juger.lazy(), on=DECLARATION, how="semi").select("date").unique()
    autour = jours.join(dates, on="date", how="semi").select(JOUR).collect()
    situes = autour.join(a_juger, on=DECLARATION, how="left").with_columns(
        pl.col("a_juger").fill_null(value=False)
    )
    yield check_isolated(situes, arrets.collect())
    yield from _compare_campaigns(maison, a_juger, savoir)


def _compare_campaigns(
    maison: Maison, a_juger: pl.DataFrame, savoir: Connaissances
) -> Iterator[pl.DataFrame]:
    """Hours for a euro of wages, campaign by campaign."""
    indemnites = read_table_publiee(maison, "indemnites_intemperies").collect()
    salaires = (
        read_table_publiee(maison, "cumuls_cotisations")
        .filter(pl.col("cumul") == ABATTEMENT)
        .group_by("siren", campagne="periode")
        .agg(salaires_centimes=pl.col("cumul_centimes").sort_by("mois_appel").last())
        .collect()
    )
    heures = indemnites.group_by("siren", "campagne").agg(
        heures_centiemes=pl.col("indemnisees_centiemes").sum()
    )
    entreprises = salaires.join(heures, on=["siren", "campagne"], how="left").with_columns(
        pl.col("heures_centiemes").fill_null(0)
    )
    lignes = indemnites.join(a_juger, on=DECLARATION, how="semi")
    for campagne in lignes["campagne"].unique().sort():
        siennes = lignes.filter(pl.col("campagne") == campagne).select(LIGNE).unique()
        yield check_frequency(
            siennes,
            entreprises.filter(pl.col("campagne") == campagne),
            savoir,
            first_month(campagne),
        )
