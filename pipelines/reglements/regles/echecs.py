"""The last failures of each account that the fund paid on: what they forbid.

Those that follow one another at the end count: a transfer that went through forgets them. A reason
that the account is the cause of forbids it; another lets it be paid once more; a whole file or
batch refused is nobody's fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from specs.banque import REMETTRE_ECHUE, read_motif
from specs.banque.target import add_business_days
from specs.contrats import codes_of

REJE, RETO = codes_of("reglements", "etat", "REJE", "RETO")


@dataclass(frozen=True, slots=True)
class Parametres:
    """Dated values of the transfers at a date."""

    delai_jours_ouvres: int
    refus_maximum: int
    remises_maximum: int
    attente_double_jours_ouvres: int
    compte_en_cause: frozenset[str]


def compute_echecs(
    reglements: pl.DataFrame, parametres: Parametres, date_arrete: date
) -> pl.DataFrame:
    """Key: qui, compte_credite; a row for each account whose last transfer failed.

    Columns: echoue_le, refus and remises (how many failed in a row, for a reason of its own or
    with a whole file), compte_en_cause, en_double (it is too early to say that it was not debited).
    """
    echec = pl.col("etat").is_in([REJE, RETO])
    suite = echec.reverse().cast(pl.Int64).cum_prod() == 1
    collectif = pl.col("a_remettre").reverse()
    derniers = (
        reglements.with_columns(qui=pl.coalesce("salarie", "siren"))
        .sort("date_emission", "reglement")
        .group_by("qui", "compte_credite", maintain_order=True)
        .agg(
            echec.last().alias("echec"),
            pl.col("date_etat").last().alias("echoue_le"),
            pl.col("motif", "date_execution", "a_remettre").last(),
            (suite & ~collectif).sum().cast(pl.Int64).alias("refus"),
            (suite & collectif).sum().cast(pl.Int64).alias("remises"),
        )
        .filter("echec")
    )
    attente = parametres.attente_double_jours_ouvres
    doubles = [
        _is_early(motif, le, execution, attente, date_arrete)
        for motif, le, execution in derniers.select(
            "motif", "echoue_le", "date_execution"
        ).iter_rows()
    ]
    en_cause = pl.col("motif").is_in(sorted(parametres.compte_en_cause)) & ~pl.col("a_remettre")
    return derniers.select(
        "qui", "compte_credite", "echoue_le", "refus", "remises",
        compte_en_cause=en_cause.fill_null(value=False),
        en_double=pl.Series(doubles, dtype=pl.Boolean),
    )  # fmt: skip


def _is_early(
    motif: str | None, le: date, execution: date, attente_jours_ouvres: int, date_arrete: date
) -> bool:
    """Told twice, a first copy may have been taken: its debit would be known some days after."""
    if read_motif(motif or "", le).consequence != REMETTRE_ECHUE:
        return False
    return date_arrete < add_business_days(execution, attente_jours_ouvres)
