"""One nature a day, from Monday to Saturday, the first that fits; then parts of a month, exact.

Only days that are not plain work are written out: work is what is left of the contract. Source:
rules of leave, 2.1; L-07, L-15, L-59, L-75.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import count_days, count_ouvrables, month_unit
from pipelines.conges.regles.acquisition.certs import EN_MOIS
from pipelines.conges.regles.acquisition.contrats import CONTRAT, DSN
from specs.conges import ORDRE

CONGE, IMPAYE, ACCIDENT, MATERNITE, MALADIE, HORS, INCOMPLET, TRAVAIL = range(len(ORDRE))
DIMANCHE = 7
CENTIEMES = 100
JOURS = pl.Schema({"numero": pl.UInt32, "jour": pl.Date, "ordre": pl.Int8})
# Parts of the month of a row of `compute_emplois`, in UN_MOIS; `perturbe`: its pay is not whole.
PARTS = ("travail", "maternite", "accident", "maladie", "conge", "presence")


def compute_jours(
    emplois: pl.DataFrame, absences: pl.DataFrame, conges: pl.DataFrame, precedents: pl.DataFrame
) -> pl.DataFrame:
    """JOURS: the nature of each day, Sundays too, of each row of employment that is not plain work.

    `absences`: INTERVALLES of contracts and certificates; `conges`: salarie, debut, fin of leave
    that the fund paid; `precedents`: salarie, exercice, n1_days, leave paid by another fund.
    """
    lieux = emplois.select("numero", *CONTRAT, "du", "au")
    absents = lieux.join(absences, on=CONTRAT).filter(
        pl.col("debut") <= pl.col("au"), pl.col("fin") >= pl.col("du")
    )
    payes = (
        lieux.join(conges.select("salarie", "debut", "fin"), on="salarie")
        .filter(pl.col("debut") <= pl.col("au"), pl.col("fin") >= pl.col("du"))
        .with_columns(ordre=pl.lit(CONGE, pl.Int8))
    )
    colonnes = ["numero", "ordre", "du", "au", "debut", "fin"]
    jours = (
        pl.concat([absents.select(colonnes), payes.select(colonnes)])
        .select(
            "numero",
            "ordre",
            jour=pl.date_ranges(
                pl.max_horizontal("du", "debut"), pl.min_horizontal("au", "fin"), "1d"
            ),
        )
        .explode("jour")
        .group_by("numero", "jour")
        .agg(pl.col("ordre").min())
        .select(JOURS.names())
    )
    return _paid_elsewhere(jours, emplois, precedents)


def _paid_elsewhere(
    jours: pl.DataFrame, emplois: pl.DataFrame, precedents: pl.DataFrame
) -> pl.DataFrame:
    """Leave that no fund is known to have paid counts as paid, oldest first, as N1_DAYS says."""
    if precedents.is_empty():
        return jours
    impayes = (
        jours.filter(pl.col("ordre") == IMPAYE, pl.col("jour").dt.weekday() < DIMANCHE)
        .join(emplois.select("numero", "salarie", "exercice"), on="numero")
        .join(precedents, on=["salarie", "exercice"])
    )
    rang = pl.col("jour").rank("dense").over("salarie", "exercice").cast(pl.Int64)
    payes = impayes.filter(rang * CENTIEMES <= pl.col("n1_days")).select(
        "numero", "jour", paye=pl.lit(CONGE, pl.Int8)
    )
    return jours.join(payes, on=["numero", "jour"], how="left").select(
        "numero", "jour", ordre=pl.coalesce("paye", "ordre")
    )


def compute_parts(emplois: pl.DataFrame, jours: pl.DataFrame) -> pl.DataFrame:
    """`emplois` with PARTS and `perturbe`.

    A certificate tells its work otherwise: the parts of its rows are those of its absences, of
    sickness and the like alone when it is in hours.
    """
    ouvrables = jours.filter(pl.col("jour").dt.weekday() < DIMANCHE)
    nombres = ouvrables.group_by("numero").agg(
        *((pl.col("ordre") == n).sum().cast(pl.Int64).alias(f"n{n}") for n in range(len(ORDRE))),
        perturbe=(pl.col("ordre") < TRAVAIL).any(),
    )
    comptes = emplois.join(nombres, on="numero", how="left", maintain_order="left").with_columns(
        pl.col(f"n{n}").fill_null(0) for n in range(len(ORDRE))
    )
    total = count_ouvrables(pl.col("du"), pl.col("au"))
    reste = total - pl.sum_horizontal(f"n{n}" for n in (CONGE, ACCIDENT, MATERNITE, MALADIE, HORS))
    dits = pl.sum_horizontal(f"n{n}" for n in (IMPAYE, INCOMPLET, TRAVAIL))
    source = pl.col("source")
    travail = pl.when(source == DSN).then(reste).when(source == EN_MOIS).then(dits).otherwise(0)
    unite = month_unit(pl.col("mois"))
    return comptes.with_columns(
        travail=travail * unite,
        maternite=pl.col(f"n{MATERNITE}") * unite,
        accident=pl.col(f"n{ACCIDENT}") * unite,
        maladie=pl.col(f"n{MALADIE}") * unite,
        conge=pl.col(f"n{CONGE}") * unite,
        presence=total * unite,
        perturbe=pl.col("perturbe").fill_null(value=False),
    ).drop(f"n{n}" for n in range(len(ORDRE)))


def count_execution(
    emplois: pl.DataFrame, jours: pl.DataFrame, avec_maladie: list[int]
) -> pl.DataFrame:
    """salarie, exercice, execution: calendar days under contract, sickness and X left out (L-15).

    `emplois`: rows of the employees for whom it matters; `avec_maladie`: the leave years in which
    sickness counts too. A day of two contracts counts once.
    """
    compte = (pl.col("ordre") == MALADIE) & pl.col("exercice").is_in(avec_maladie)
    exclus = (
        jours.filter(pl.col("ordre").is_in([HORS, MALADIE]))
        .join(emplois.select("numero", "exercice"), on="numero")
        .filter(~compte)
        .select("numero", "jour")
    )
    presents = emplois.filter(pl.col("du") <= pl.col("au")).select(
        "numero", "salarie", "exercice", "mois", "du", "au"
    )
    plusieurs = presents.filter(pl.len().over("salarie", "mois") > 1)
    seuls = presents.join(plusieurs, on="numero", how="anti").join(
        exclus.group_by("numero").agg(otes=pl.len().cast(pl.Int64)), on="numero", how="left"
    )
    distincts = (
        plusieurs.select("numero", "salarie", "exercice", jour=pl.date_ranges("du", "au", "1d"))
        .explode("jour")
        .join(exclus, on=["numero", "jour"], how="anti")
        .group_by("salarie", "exercice")
        .agg(execution=pl.col("jour").n_unique().cast(pl.Int64))
    )
    sommes = seuls.select(
        "salarie",
        "exercice",
        execution=count_days(pl.col("du"), pl.col("au")) - pl.col("otes").fill_null(0),
    )
    return (
        pl.concat([sommes, distincts])
        .group_by("salarie", "exercice")
        .agg(pl.col("execution").sum())
    )
