"""A paid leave that a notified stoppage met: it is mirrored whole, and made again for what stays.

Source: choices L-36, L-73.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.decomptes import PAIEMENT
from pipelines.conges.regles.paiement.dus import COMPTEURS, PRISE
from pipelines.conges.regles.paiement.imputation import REPORT
from pipelines.conges.regles.paiement.jours import DEMANDE
from pipelines.conges.regles.paiement.prises import COLONNES, UNITE
from pipelines.conges.regles.paiement.retenues import PAS

ORDRE = {nom: rang for rang, nom in enumerate(COMPTEURS)}


def find_met(
    prises: pl.DataFrame, payees: pl.DataFrame, jours: pl.DataFrame, arrets: pl.DataFrame
) -> pl.DataFrame:
    """Takings of more days than stay: PRISE, salarie, `restent` (hundredths of a day).

    `prises`: contract `prises_conges`; `payees`: PRISE of those that were paid; `jours`: of
    `list_jours`; `arrets`: salarie, debut, fin of the stoppages notified during a leave.
    """
    annulees = prises.filter(pl.col("sens") < 0)
    actives = (
        prises.filter(pl.col("sens") > 0)
        .join(annulees, on=PRISE, how="anti")
        .join(payees, on=PRISE, how="semi")
        .group_by(*PRISE, "salarie")
        .agg(pris=pl.col("jours_centiemes").sum(), de=pl.col("debut").min(), a=pl.col("fin").max())
    )
    les_jours = actives.join(jours, on=DEMANDE).filter(pl.col("date").is_between("de", "a"))
    couverts = (
        les_jours.join(arrets.select("salarie", du="debut", au="fin"), on="salarie")
        .filter(pl.col("date").is_between("du", "au"))
        .select(*PRISE, "date")
        .unique()
    )
    restes = (
        les_jours.join(couverts, on=[*PRISE, "date"], how="anti")
        .group_by(PRISE)
        .agg(restent=pl.col("centiemes").sum())
    )
    return (
        actives.join(couverts.select(PRISE).unique(), on=PRISE, how="semi")
        .join(restes, on=PRISE, how="left")
        .with_columns(pl.col("restent").fill_null(0))
        .filter(pl.col("pris") > pl.col("restent"))
        .select(*PRISE, "salarie", "restent")
        .sort(PRISE)
    )


def redo(prises: pl.DataFrame, touchees: pl.DataFrame) -> pl.DataFrame:
    """`prises` with those of `find_met` mirrored, and another turn of each for the days that stay.

    The days given back are the last ones in the order in which counters are taken.
    """
    derniers = prises.group_by("salarie").agg(dernier=pl.col("ordre").max())
    visees = (
        prises.filter(pl.col("sens") > 0)
        .join(touchees.select(*PRISE, "restent"), on=PRISE)
        .join(derniers, on="salarie")
        .with_columns(
            place=pl.col("origine").replace_strict(ORDRE, return_dtype=pl.Int64),
            rang=pl.struct(PRISE).rank("dense").over("salarie").cast(pl.Int64),
        )
        .sort(*PRISE, pl.col("compteur") != REPORT, "place")
    )
    contraires = visees.with_columns(
        sens=pl.lit(-1, pl.Int64),
        jours_centiemes=-pl.col("jours_centiemes"),
        ordre=pl.col("dernier") + 2 * pl.col("rang") - 1,
    )
    deja = (pl.col("jours_centiemes").cum_sum() - pl.col("jours_centiemes")).over(PRISE)
    refaites = visees.with_columns(
        tour=pl.col("tour") + 1,
        jours_centiemes=pl.min_horizontal(
            "jours_centiemes", pl.max_horizontal(pl.col("restent") - deja, 0)
        ),
        ordre=pl.col("dernier") + 2 * pl.col("rang"),
    ).filter(pl.col("jours_centiemes") > 0)
    return pl.concat([prises, contraires.select(COLONNES), refaites.select(COLONNES)])


def made_again(
    prises: pl.DataFrame, decomptes: pl.DataFrame, lignes: pl.DataFrame, arrets: pl.DataFrame
) -> pl.DataFrame:
    """Of the takings made again: PRISE, and what they keep of the payment that they replace.

    `paye_le`, `taux_origine` (of its tax); `ote_du`, `ote_au`: the days of it that don't stay.
    """
    annulees = prises.filter(pl.col("sens") < 0).select(*UNITE, annule="tour").unique()
    refaites = (
        prises.filter(pl.col("sens") > 0)
        .group_by(*PRISE, "salarie")
        .agg(de=pl.col("debut").min(), a=pl.col("fin").max())
        .join(annulees, on=UNITE)
        .filter(pl.col("annule") < pl.col("tour"))
        .sort(*PRISE, "annule")
        .unique(PRISE, keep="last", maintain_order=True)
    )
    impots = lignes.filter(pl.col("code") == PAS).select("decompte", taux_origine="taux_ppm")
    payes = (
        decomptes.filter(pl.col("motif") == PAIEMENT)
        .join(impots, on="decompte", how="left")
        .select(*UNITE, "taux_origine", annule="tour", paye_le="date_paiement")
    )
    otes = (
        refaites.join(arrets.select("salarie", du="debut", au="fin"), on="salarie")
        .filter(pl.col("du") <= pl.col("a"), pl.col("au") >= pl.col("de"))
        .group_by(PRISE)
        .agg(ote_du=pl.max_horizontal("du", "de").min(), ote_au=pl.min_horizontal("au", "a").max())
    )
    return (
        refaites.join(payes, on=[*UNITE, "annule"])
        .join(otes, on=PRISE, how="left")
        .select(*PRISE, "paye_le", "taux_origine", "ote_du", "ote_au")
    )
