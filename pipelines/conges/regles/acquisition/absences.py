"""The absences that the DSN tell, as intervals: the last month that tells one wins.

Source: rules of leave, 2.1; L-76 (a suspension told again).
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import parse_mois
from specs.conges import AUTRE, JAMAIS, ORDRE, TOUJOURS, read_codes, read_natures
from specs.contrats import codes_of

(ARRET,) = codes_of("absences", "nature", "ARRET")
CONTRAT = ["salarie", "siren", "contrat"]
DITE = [*CONTRAT, "nature", "debut"]
INTERVALLES = pl.Schema(
    {
        "salarie": pl.String,
        "siren": pl.String,
        "contrat": pl.String,
        "ordre": pl.Int8,
        "debut": pl.Date,
        "fin": pl.Date,
    }
)


def compute_intervalles(absences: pl.DataFrame) -> pl.DataFrame:
    """INTERVALLES of the table `absences`: from the first to the last day, by nature of day."""
    dites = absences.filter(pl.col("debut").is_not_null(), pl.col("motif_absence").is_not_null())
    dites = dites.sort("mois", "depot", "ligne").with_row_index("rang")
    annule = pl.col("motif_absence") == pl.col("nature").replace_strict(
        read_codes().annulations, return_dtype=pl.String
    )
    annulees = dites.filter(annule).group_by(DITE).agg(pl.col("rang").max().alias("annule"))
    dernieres = (
        dites.filter(~annule)
        .unique([*DITE, "motif_absence"], keep="last", maintain_order=True)
        .join(annulees, on=DITE, how="left", nulls_equal=True)
        .filter(pl.col("annule").is_null() | (pl.col("annule") < pl.col("rang")))
    )
    fin_du_mois = parse_mois(pl.col("mois")).dt.month_end()
    avant_reprise = pl.col("reprise") - pl.duration(days=1)
    fin = (
        pl.when(pl.col("nature") == ARRET)
        .then(pl.coalesce(avant_reprise, "fin_prevue", fin_du_mois))
        .otherwise(pl.coalesce("fin", fin_du_mois))
    )
    return with_natures(dernieres.with_columns(fin=fin)).select(INTERVALLES.names())


def with_natures(absences: pl.DataFrame) -> pl.DataFrame:
    """Absences (nature, motif_absence, debut, fin) with `ordre`, cut where their code changes.

    An interval that ends before it begins is none.
    """
    autre = pl.lit(ORDRE.index(AUTRE), pl.Int8)
    return (
        absences.join(read_natures(), on=["nature", "motif_absence"], how="left")
        .with_columns(
            pl.col("ordre").fill_null(autre),
            debut=pl.max_horizontal("debut", pl.col("valable_du").fill_null(TOUJOURS)),
            fin=pl.min_horizontal("fin", pl.col("valable_au").fill_null(JAMAIS)),
        )
        .filter(pl.col("debut") <= pl.col("fin"))
        .drop("valable_du", "valable_au")
    )
