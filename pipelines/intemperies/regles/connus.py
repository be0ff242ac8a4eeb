"""What the DSN and the fund tell of employees, as declarations of bad weather are judged by.

Contracts and absences are told month after month: the last month that tells one is right. The
leave that the fund pays is an absence too, whatever the DSN say. Sources: IN-010, IN-012; choices
I-22, I-27, I-29, L-68.
"""

from __future__ import annotations

import polars as pl

from specs.contrats import codes_of

ARRET, SUSPENSION = codes_of("absences_lues", "nature", "ARRET", "SUSPENSION")
SIEN = ["siren", "salarie"]
SUITE = ["mois", "depot", "ligne"]
ABSENCES = pl.Schema(
    dict.fromkeys((*SIEN, "nature", "motif"), pl.String) | {"debut": pl.Date, "fin": pl.Date}
)
CONGE_PAYE = "200"  # S21.G00.65.001
(PAIEMENT,) = codes_of("decomptes", "motif", "PAIEMENT")
COMPENSATRICE = "CO"  # paid without any day of leave
FIN_ANNULEE = "099"  # S21.G00.62.002
ANNULEES = {ARRET: "99", SUSPENSION: "998"}
# S21.G00.40.008 of apprentices, 40.007 of a contract of fixed term; base of paid leave.
APPRENTIS, CDD, BASE_CONGES = ("64", "65", "81"), "02", "20"
UN_AN, UN_JOUR = "1y", pl.duration(days=1)


def compute_contrats(contrats: pl.DataFrame, bases: pl.DataFrame) -> pl.DataFrame:
    """siren, salarie, debut, fin (null: open), conges: each contract, as last told.

    `contrats`: contract of that name; `bases`: contract `bases`, at least those of code 20. One
    that another continues under a new number is left out. The leave of apprentices and of
    contracts of a year or more is not the fund's, unless they have a base of leave.
    """
    actuels = contrats.filter(pl.col("changement").is_null(), pl.col("salarie").is_not_null())
    suivis = contrats.drop_nulls("ancien_contrat").select(*SIEN, contrat="ancien_contrat").unique()
    fin = pl.col("fin").drop_nulls().last()
    derniers = (
        actuels.sort(SUITE)
        .group_by(*SIEN, "contrat", maintain_order=True)
        .agg(
            pl.col("debut").drop_nulls().last(),
            pl.when(pl.col("motif_fin").filter(pl.col("fin").is_not_null()).last() == FIN_ANNULEE)
            .then(None)
            .otherwise(fin)
            .alias("fin"),
            pl.col("fin_prevue").drop_nulls().last(),
            pl.col("nature").last(),
            pl.col("dispositif").last(),
        )
        .join(suivis, on=[*SIEN, "contrat"], how="anti")
        .drop_nulls("debut")
    )
    dotes = (
        bases.filter(pl.col("code_base") == BASE_CONGES, pl.col("quantite") != 0)
        .select(SIEN)
        .unique()
        .with_columns(dote=pl.lit(value=True))
    )
    longs = (pl.col("nature") == CDD) & (
        pl.col("fin_prevue") + UN_JOUR >= pl.col("debut").dt.offset_by(UN_AN)
    )
    exclus = pl.col("dispositif").is_in(APPRENTIS).fill_null(value=False) | longs.fill_null(
        value=False
    )
    return (
        derniers.join(dotes, on=SIEN, how="left")
        .with_columns(conges=~exclus | pl.col("dote").fill_null(value=False))
        .select(*SIEN, "debut", "fin", "conges")
        .sort(pl.all())
    )


def compute_absences(absences: pl.DataFrame) -> pl.DataFrame:
    """siren, salarie, nature, motif, debut, fin (null: open): each absence, as last told.

    `absences`: contract of that name. A stoppage of work ends the eve of the day when work is
    resumed, else on the day foreseen.
    """
    dernieres = (
        absences.drop_nulls(["salarie", "debut"])
        .sort(SUITE)
        .unique([*SIEN, "contrat", "nature", "debut"], keep="last", maintain_order=True)
    )
    annulee = pl.any_horizontal(
        (pl.col("nature") == nature) & (pl.col("motif_absence") == motif)
        for nature, motif in ANNULEES.items()
    )
    return (
        dernieres.filter(~annulee.fill_null(value=False))
        .with_columns(
            motif="motif_absence",
            fin=pl.coalesce("fin", pl.col("reprise") - UN_JOUR, "fin_prevue"),
        )
        .select(ABSENCES.names())
        .unique()
        .sort(pl.all(), nulls_last=True)
    )


def compute_conges_payes(decomptes: pl.DataFrame) -> pl.DataFrame:
    """ABSENCES: the leave that these statements pay (contract `decomptes`).

    A statement that another cancels pays no day any more; a correction and a compensation pay none.
    """
    payes = decomptes.filter(pl.col("motif") == PAIEMENT, pl.col("nature") != COMPENSATRICE)
    annules = decomptes.drop_nulls("annule").select(decompte="annule")
    return (
        payes.join(annules, on="decompte", how="anti")
        .select(
            *SIEN,
            "debut",
            "fin",
            nature=pl.lit(SUSPENSION),
            motif=pl.lit(CONGE_PAYE),
        )
        .select(ABSENCES.names())
        .unique()
        .sort(pl.all())
    )
