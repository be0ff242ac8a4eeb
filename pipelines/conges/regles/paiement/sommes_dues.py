"""Statements as amounts that the fund owes: to employees, to whom what is withheld is for.

What an employee owes of a negative statement, and what is taken back of it on the next ones, is an
amount like the others: those of a statement add up to its gross. Source: choices L-43, L-47 (no
order at nothing or less), L-52, L-73, L-74.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.conges.regles.paiement.dettes import SATD, TROP
from pipelines.conges.regles.paiement.retenues import (
    CEG1,
    CEG2,
    CET,
    CRDS,
    CSGD,
    CSGN,
    PAS,
    PREV,
    RCT1,
    RCT2,
    VDEP,
    VPLA,
)
from pipelines.conges.regles.paiement.valeurs import month_of
from pipelines.dus import HERITIER, SCHEMA, VIREMENT, name_heritier
from specs.contrats import codes_of, computed_schema, valeurs_of
from specs.montants import rounded_product
from specs.plan_comptable import read_plan_comptable

(DECLARATION,) = codes_of("dus_conges", "mode", "DECLARATION")
CON, URS, RET, IMP, SAI, TRP = codes_of(
    "dus_conges", "nature", "CON", "URS", "RET", "IMP", "SAI", "TRP"
)
NATURES: Mapping[str, str] = {
    **dict.fromkeys((VPLA, VDEP, CSGD, CSGN, CRDS), URS),
    **dict.fromkeys((RCT1, RCT2, CEG1, CEG2, CET, PREV), RET),
    PAS: IMP,
    SATD: SAI,
    TROP: TRP,
}


def list_dus(
    decomptes: pl.DataFrame, lignes: pl.DataFrame, heritiers: pl.DataFrame | None = None
) -> pl.DataFrame:
    """SCHEMA of the family `dus`, of `decomptes` and `lignes` (contracts), by `du`.

    `heritiers`: siren, demande, rang, part_ppm of the leave that is paid to heirs.

    The net is a transfer of its own, on the day of its payment, under the number of its statement;
    what is owed by the employee is taken from his next statements, never from a transfer. What is
    withheld is declared, a row a statement and payee.
    """
    net = pl.col("net_centimes")
    retenus = lignes.select(
        "decompte",
        nature=pl.col("code").replace_strict(NATURES),
        montant_centimes="montant_centimes",
    )
    negatifs = decomptes.filter(net < 0).select(
        "decompte", nature=pl.lit(TRP), montant_centimes="net_centimes"
    )
    nets = decomptes.filter(net > 0).select(
        "decompte", nature=pl.lit(CON), montant_centimes="net_centimes"
    )
    sommes = (
        pl.concat([nets, negatifs, retenus])
        .group_by("decompte", "nature")
        .agg(pl.col("montant_centimes").sum())
        .filter(pl.col("montant_centimes") != 0)
    )
    dus = _describe(sommes.join(decomptes.drop("nature"), on="decompte"))
    return dus if heritiers is None else _share(dus, decomptes, heritiers)


def _share(dus: pl.DataFrame, decomptes: pl.DataFrame, heritiers: pl.DataFrame) -> pl.DataFrame:
    """A net for heirs as one amount each: cumulated shares are rounded, so that none is lost."""
    demandes = decomptes.select("siren", "demande", origine="decompte")
    vires = dus.filter(pl.col("mode") == VIREMENT)
    parts = (
        vires.join(demandes, on=["siren", "origine"])
        .join(heritiers, on=["siren", "demande"])
        .sort("du", "rang")
        .with_columns(cumul=pl.col("part_ppm").cum_sum().over("du"))
    )
    net = pl.col("montant_centimes")
    avant = rounded_product(net, pl.col("cumul") - pl.col("part_ppm"))
    partagees = parts.with_columns(
        montant_centimes=rounded_product(net, pl.col("cumul")) - avant,
        reunion=name_heritier(),
        partage=pl.format(f"{{}}{HERITIER}{{}}", "du", "rang"),
    ).filter(pl.col("montant_centimes") > 0)
    entiers = dus.join(parts, on="du", how="anti")
    noms = [nom for nom in SCHEMA.names() if nom != "du"]
    return pl.concat([entiers, partagees.select(pl.col("partage").alias("du"), *noms)]).sort("du")


def _describe(sommes: pl.DataFrame) -> pl.DataFrame:
    exercice = pl.col("exercice").cast(pl.String)
    bornes = [pl.col(nom).dt.strftime("%d/%m/%Y") for nom in ("debut", "fin")]
    vire = pl.col("nature") == CON
    mots = valeurs_of("dus_conges", "nature")
    objet = pl.col("nature").replace_strict(mots, return_dtype=pl.String)
    return (
        sommes.with_columns(
            du=pl.when(vire)
            .then("decompte")
            .otherwise(pl.concat_str("decompte", "nature", separator="-")),
            cdg=pl.lit(None, pl.String),
            origine="decompte",
            libelle=pl.when(vire)
            .then(pl.format("Congés {}, du {} au {}", exercice, *bornes))
            .otherwise(pl.format("Congés {} : {}", exercice, objet)),
            reunion="decompte",
            mode=pl.when(vire).then(pl.lit(VIREMENT)).otherwise(pl.lit(DECLARATION)),
            si_a_jour=pl.lit(value=False),
            execution="date_paiement",
        )
        .select(SCHEMA.names())
        .match_to_schema(SCHEMA)
        .sort("du")
    )


def sum_retenues(decomptes: pl.DataFrame, lignes: pl.DataFrame) -> pl.DataFrame:
    """Contract `retenues_conges`: what was withheld of the payments of each month, line by line.

    What is taken back for the fund itself is declared to nobody.
    """
    comptes = {nature: du.a_payer for nature, du in read_plan_comptable().dus.items()}
    nature = pl.col("code").replace_strict(NATURES)
    mois = decomptes.select("decompte", mois=month_of(pl.col("date_paiement")))
    return (
        lignes.join(mois, on="decompte")
        .filter(pl.col("code") != TROP)
        .group_by("mois", "code")
        .agg(
            pl.col("decompte").n_unique().cast(pl.Int64).alias("decomptes"),
            pl.col("assiette_centimes", "montant_centimes").sum(),
        )
        .with_columns(nature=nature, compte=nature.replace_strict(comptes, return_dtype=pl.String))
        .select(computed_schema("retenues_conges").names())
        .sort("mois", "code")
    )
