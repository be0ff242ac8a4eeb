"""Contracts, absences and pays of the declarations that are retained, each on its employee.

An event of end of contract (nature 07) tells the end, never the call (D-03): the last one of a
contract counts, in the month of the end; one that cancels takes it back. Contracts of another fund
are left out with what hangs from them. Sources: decisions D-01, D-03; rules of leave, 2.1.
"""

from __future__ import annotations

import polars as pl

from pipelines.declarations.regles.statuts import MENSUELLE, RETENUE, SANS_EFFET
from pipelines.liens import linked
from pipelines.salaries.regles.identites import CLE_DEPOT
from specs.contrats import codes_of, computed_columns

DU_MOIS, FIN_DE_CONTRAT = codes_of("contrats", "origine", "MENSUELLE", "FIN_DE_CONTRAT")
NIR, NTT = codes_of("salaries", "numero", "NIR", "NTT")
FCTU, ANNULE = "07", "04"  # nature, type
INDIVIDU = [*CLE_DEPOT, "rang_individu"]
RETENUES = [*CLE_DEPOT, "siren", "siret", "cdg", "mois", "origine"]


def keep_monthly(declarations: pl.DataFrame) -> pl.DataFrame:
    """The monthly declarations that count: RETENUES. `declarations`: contract of that name."""
    return declarations.filter(
        (pl.col("nature") == MENSUELLE) & (pl.col("statut") == RETENUE)
    ).select(*CLE_DEPOT, "siren", "siret", "cdg", mois="mois_appel", origine=pl.lit(DU_MOIS))


def list_ends(declarations: pl.DataFrame) -> pl.DataFrame:
    """The declarations of ends of contract of known establishments."""
    return declarations.filter((pl.col("nature") == FCTU) & (pl.col("statut") == SANS_EFFET))


def keep_ends(fins: pl.DataFrame, contrats: pl.DataFrame) -> pl.DataFrame:
    """The events of end of contract that count: RETENUES.

    `fins`: of `list_ends`; `contrats`: contract `contrats_lus`, rows of these deposits. Of those of
    one contract, the highest order counts, then the latest arrival, unless its type cancels.
    """
    cle = ["siren", "siret", "salarie", "contrat"]
    dites = (
        contrats.filter(pl.col("changement").is_null())
        .select(*CLE_DEPOT, "salarie", "contrat", "fin")
        .join(fins, on=CLE_DEPOT)
    )
    dernieres = dites.sort("ordre", *CLE_DEPOT).unique(cle, keep="last", maintain_order=True)
    return (
        dernieres.filter(pl.col("type") != ANNULE)
        .drop_nulls("fin")
        .with_columns(pl.col("fin").dt.strftime("%Y-%m").alias("mois"))
        .select(*CLE_DEPOT, "siren", "siret", "cdg", "mois", origine=pl.lit(FIN_DE_CONTRAT))
        .unique(CLE_DEPOT, maintain_order=True)
    )


def compute_retenues(
    table: str,
    lues: pl.DataFrame,
    contrats: pl.DataFrame,
    retenues: pl.DataFrame,
    liens: pl.DataFrame,
    caisse: str,
) -> pl.DataFrame:
    """Rows of `table` (contrats, absences, remunerations) but `part`, in the order of its key.

    Args:
        table: name of the contract.
        lues: the same as it was read, of the deposits of `retenues` at least.
        contrats: contract `contrats_lus` of these deposits.
        retenues: RETENUES, of `keep_monthly` and `keep_ends`.
        liens: contract `liens_salaries`.
        caisse: code of the fund; a contract that names no fund is kept.
    """
    retenues_lues = lues.drop("siren").join(retenues, on=CLE_DEPOT)
    siennes = _without_other_funds(retenues_lues, contrats, caisse)
    colonnes = computed_columns(table)
    return linked(siennes, liens).select(colonnes).sort("siret", "mois", "depot", "ligne")


def _without_other_funds(lues: pl.DataFrame, contrats: pl.DataFrame, caisse: str) -> pl.DataFrame:
    """Rows that hang from no contract of another fund; those of an individual of others go too."""
    declares = contrats.filter(pl.col("changement").is_null())
    autre = (pl.col("caisse") != caisse).fill_null(value=False)
    cle = [*INDIVIDU, "contrat"]
    restent = lues.join(declares.filter(autre), on=cle, how="anti", nulls_equal=True)
    etrangers = declares.group_by(INDIVIDU).agg(autre.all().alias("etranger")).filter("etranger")
    return restent.join(etrangers, on=INDIVIDU, how="anti")


def compute_salaries(identites: pl.DataFrame, liens: pl.DataFrame) -> pl.DataFrame:
    """Contract `salaries` but `part`, in the order of its key.

    `identites`: contract of that name; the number in the company is the last declared.
    """
    temporaire = (pl.col("salarie") == pl.col("temporaire")).any()
    return (
        linked(identites, liens)
        .sort("siren", "salarie", "dernier_mois", "matricule", nulls_last=False)
        .group_by("siren", "salarie", maintain_order=True)
        .agg(
            pl.col("matricule").drop_nulls().last(),
            pl.when(temporaire).then(pl.lit(NTT)).otherwise(pl.lit(NIR)).alias("numero"),
            pl.col("premier_mois").min(),
            pl.col("dernier_mois").max(),
        )
    )
