"""The accounts before a publication: what must be equal to the cent, and the rows that are not.

The audit of the publication refuses as soon as one of these frames has a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from specs.contrats import columns_of
from specs.plan_comptable import read_plan_comptable

SIGNE = pl.col("debit_centimes") - pl.col("credit_centimes")


def compute_ecarts(
    read: Callable[[str], pl.LazyFrame], publiees: pl.LazyFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """(what is compared, rows that differ) for each reconciliation of the accounts.

    `read` gives a table of the lake, `publiees` the entries of the last publication.
    """
    ecritures = read("ecritures")
    yield "écritures équilibrées", _not_zero(ecritures, ["ecriture"])
    yield "écritures publiées", _rewritten(publiees, ecritures)
    plan = read_plan_comptable()
    du = ecritures.filter(pl.col("compte") == plan.adherents)
    soldes = read("soldes").select("cdg", montant="solde_centimes")
    yield "soldes et grand livre", _differences(_sum(du, ["cdg"], SIGNE), soldes)
    yield "soldes et créances", _differences(_owed(read), soldes)
    appels = _sum(read("appels"), ["cdg"], pl.col("montant_centimes"))
    appele = read("soldes").select("cdg", montant="appele_centimes")
    yield "appels portés en compte", _differences(appels, appele)
    banque = _sum(ecritures.filter(pl.col("compte") == plan.banque), ["siren"], SIGNE)
    net = pl.coalesce("net_centimes", "montant_centimes")
    recu = _sum(read("encaissements"), ["siren"], net)
    yield "encaissements portés en compte", _differences(recu, banque)


def _owed(read: Callable[[str], pl.LazyFrame]) -> pl.LazyFrame:
    """What remains of the calls and of their increases, less the credit not allocated: cdg."""
    du = pl.col("reste_centimes") + pl.col("reste_majorations_centimes")
    avoirs = read("soldes").select("cdg", montant=-pl.col("avoir_centimes"))
    restes = _sum(read("creances"), ["cdg"], du)
    return _sum(pl.concat([restes, avoirs]), ["cdg"], pl.col("montant"))


def _sum(lignes: pl.LazyFrame, cle: list[str], montant: pl.Expr) -> pl.LazyFrame:
    return lignes.group_by(cle).agg(montant.sum().alias("montant"))


def _not_zero(lignes: pl.LazyFrame, cle: list[str]) -> pl.DataFrame:
    return _sum(lignes, cle, SIGNE).filter(pl.col("montant") != 0).collect()


def _differences(gauche: pl.LazyFrame, droite: pl.LazyFrame) -> pl.DataFrame:
    """Keys whose two amounts differ; an absent one is zero."""
    tout = pl.concat([gauche, droite.with_columns(-pl.col("montant"))])
    cle = [nom for nom in tout.collect_schema().names() if nom != "montant"]
    return _sum(tout, cle, pl.col("montant")).filter(pl.col("montant") != 0).collect()


def _rewritten(publiees: pl.LazyFrame, ecritures: pl.LazyFrame) -> pl.DataFrame:
    """Published lines that the ledger no longer has as they were; their shard may change."""
    colonnes = [nom for nom in columns_of("ecritures") if nom != "part"]
    return publiees.join(ecritures, on=colonnes, how="anti", nulls_equal=True).collect()
