"""The audit before a publication: what came in is what goes out, is left out, or waits.

Every check is a reconciliation of two independent sums, to the cent; one difference refuses the
publication and leaves the previous one visible.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.declarations.etapes import read_reelles
from pipelines.declarations.regles import RETENUE
from specs.baremes import read_taux
from warehouse.maison import Maison

DECLARATION = ["depot", "rang_declaration"]


class AuditRefuse(RuntimeError):  # noqa: N818 - named in French
    """Two sums that must be equal are not: the message says which."""


@dataclass(frozen=True, slots=True)
class Totaux:
    """Sums of the night, in centimes for bases and calls (hundredths of an hour for code 024)."""

    bases: pl.DataFrame  # code_base, lues, retenues, ecartees, en_attente, remplacees, autres
    appels: int
    montant_centimes: int


def audit(maison: Maison) -> Totaux:
    """Reconcile the lake as it is about to be published; AuditRefuse when something is lost."""
    lac = maison.lac
    declarations = lac.read("declarations").collect()
    lues = read_reelles(maison).collect()
    _check_same(
        "déclarations", lues.select(DECLARATION), declarations.select(DECLARATION), DECLARATION
    )
    reelles = lac.read("bases_lues").collect().join(declarations, on=DECLARATION)
    bases = lac.read("bases").collect()
    totaux = _reconcile_bases(reelles, bases)
    lignes, appels = lac.read("lignes_appel").collect(), lac.read("appels").collect()
    _reconcile_appels(bases, lignes, appels)
    return Totaux(totaux, len(appels), int(appels["montant_centimes"].sum()))


def _reconcile_bases(lues: pl.DataFrame, bases: pl.DataFrame) -> pl.DataFrame:
    """What the files hold = retained + left out + waiting + replaced + of another fund."""
    autre = pl.col("attribution") == "AUTRE_CAISSE"
    porteuse = (pl.col("nature") == "01") & pl.col("statut").is_in(["RETENUE", "EN_ATTENTE"])
    quantite = pl.col("quantite").fill_null(0)
    entrees = lues.group_by("code_base").agg(
        quantite.sum().alias("lues"),
        quantite.filter(autre).sum().alias("autres"),
        quantite.filter(~autre & ~porteuse).sum().alias("remplacees"),
    )
    sorties = bases.group_by("code_base").agg(
        *(
            quantite.filter(pl.col("statut") == statut).sum().alias(nom)
            for statut, nom in (
                ("RETENUE", "retenues"),
                ("ECARTEE", "ecartees"),
                ("EN_ATTENTE", "en_attente"),
            )
        )
    )
    totaux = (
        entrees.join(sorties, on="code_base", how="full", coalesce=True)
        .with_columns(pl.selectors.integer().fill_null(0))
        .sort("code_base")
    )
    somme = pl.sum_horizontal("retenues", "ecartees", "en_attente", "remplacees", "autres")
    _refuse("bases", totaux.filter(pl.col("lues") != somme))
    return totaux


def _reconcile_appels(bases: pl.DataFrame, lignes: pl.DataFrame, appels: pl.DataFrame) -> None:
    """Calls of a month add up to its bases; each call is the sum of its lines."""
    cle = ["cdg", "mois_appel", "mois_rattachement", "cotisation"]
    codes = read_taux().select("cotisation", "code_base").unique()
    attendues = (
        bases.filter(pl.col("statut") == RETENUE)
        .join(codes, on="code_base")
        .group_by(cle)
        .agg(pl.col("quantite").sum().alias("base"))
        .filter(pl.col("base") != 0)
    )
    appelees = (
        lignes.group_by(cle)
        .agg(pl.col("base_centimes").sum().alias("base"))
        .filter(pl.col("base") != 0)
    )
    _check_same("assiettes appelées", attendues, appelees, [*cle, "base"])
    sommes = lignes.group_by("appel").agg(pl.col("montant_centimes").sum())
    _check_same("montants des appels", sommes, appels, ["appel", "montant_centimes"])


def _check_same(quoi: str, gauche: pl.DataFrame, droite: pl.DataFrame, cle: list[str]) -> None:
    _refuse(quoi, gauche.join(droite, on=cle, how="anti"))
    _refuse(quoi, droite.join(gauche, on=cle, how="anti"))


def _refuse(quoi: str, ecarts: pl.DataFrame) -> None:
    if ecarts.height:
        raise AuditRefuse(f"audit refusé : {quoi}, {ecarts.height} écart(s)")
