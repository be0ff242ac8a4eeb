"""From the tables of a company to the statement of one of its campaigns: pure rules on frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.editique.dossiers import Dossier
from pipelines.intemperies.documents.valeurs import Campagne, LigneCampagne, Seuil
from pipelines.intemperies.regles.remboursements import DEFINITIF
from pipelines.intemperies.regles.valeurs import campaign_of, read_reglement
from specs.connaissances import Connaissances
from specs.montants import PPM, round_half_away

SOMMES = [
    "indemnisees_centiemes",
    "indemnite_calculee_centimes",
    "cotisation_conges_centimes",
]


def compose_campagne(
    dossier: Dossier, campagne: str, salaires: pl.DataFrame, savoir: Connaissances
) -> Campagne:
    """The statement of a campaign of the company.

    `salaires`: of `compute_salaires`, of the company. Needs the tables of `sources.TABLES`.
    """
    parts = dossier.tables["indemnites_intemperies"].filter(pl.col("campagne") == campagne)
    connus = salaires.filter(pl.col("campagne") == campagne)
    mois: Mapping[str, Any] = connus.row(0, named=True) if connus.height else {}
    definitive = bool(parts["definitif"].any())
    reglement = read_reglement(campagne, savoir)
    entiere = definitive or not mois.get("mois_connus")
    return Campagne(
        entreprise=dossier.entreprise,
        campagne=campagne,
        definitive=definitive,
        mois_connus=mois.get("mois_connus", 0),
        mois_activite=mois.get("mois_activite", 0),
        manquants=mois.get("manquants") or "",
        salaires_centimes=_wages(mois, definitive=definitive),
        diviseur=1 if entiere else mois["mois_connus"],
        abattement_centimes=mois.get("abattement_centimes"),
        multiple=reglement.multiple,
        lignes=tuple(_lines(dossier, parts, campagne)),
        seuils=tuple(
            Seuil(taux, _refund_at(parts, taux))
            for taux in (reglement.taux_petites, reglement.taux_grandes)
        ),
        date_arrete=dossier.date_arrete,
        publication=dossier.publication,
    )


def _wages(mois: Mapping[str, Any], *, definitive: bool) -> int | None:
    """Numerator of the wages that refunds are made on; null while no month is known."""
    if not mois.get("mois_connus"):
        return None
    somme: int = mois["somme_centimes"] if definitive else mois["somme_connue"]
    return somme if definitive else somme * int(mois["mois_activite"])


def _refund_at(parts: pl.DataFrame, taux_ppm: int) -> int:
    """What the parts whose values are known would be refunded at this rate of the next hours."""
    total = 0
    colonnes = (
        "salaires_retenus_centimes", "abattement_retenu_centimes", "diviseur_retenu",
        "remboursable_centimes", "remboursable_premieres_centimes", "taux_premieres_ppm",
        "coefficient_ppm",
    )  # fmt: skip
    for s, a, d, base, premieres, taux_premieres, k in parts.select(colonnes).iter_rows():
        if None in {s, a, d, base, premieres, k} or s <= 0:
            continue
        au_dela = max(0, s - a * d)
        exact = au_dela * (premieres * taux_premieres + (base - premieres) * taux_ppm) * k
        total += round_half_away(exact, s * PPM * PPM)
    return total


def _lines(dossier: Dossier, parts: pl.DataFrame, campagne: str) -> list[LigneCampagne]:
    """Each declaration of the campaign, by its first lost day."""
    rendus = dossier.tables["remboursements_intemperies"].filter(pl.col("campagne") == campagne)
    jours = dossier.tables["jours_intemperies"].filter(campaign_of(pl.col("date")) == campagne)
    etats = dossier.tables["arrets_intemperies"].unique("declaration").select("declaration", "etat")
    lignes = (
        jours.group_by("declaration")
        .agg(
            pl.col("perdues_centiemes").sum(),
            pl.col("salarie").n_unique().cast(pl.Int64).alias("salaries"),
            pl.col("date").min().alias("premier_jour"),
        )
        .join(etats, on="declaration")
        .join(parts.group_by("declaration").agg(pl.col(SOMMES).sum()), on="declaration", how="left")
        .join(_refunds(rendus), on="declaration", how="left")
        .with_columns(pl.col(*SOMMES, "provisoire_centimes", "rembourse_centimes").fill_null(0))
        .rename({"indemnite_calculee_centimes": "indemnite_centimes"})
        .sort("premier_jour", "declaration")
    )
    champs = list(LigneCampagne.__dataclass_fields__)
    return [LigneCampagne(**ligne) for ligne in lignes.select(champs).iter_rows(named=True)]


def _refunds(rendus: pl.DataFrame) -> pl.DataFrame:
    """declaration, provisoire, definitif (null before it, provisional included), rembourse."""
    cle = ["declaration", "salarie", "annee"]
    rang_final = pl.col("rang").filter(pl.col("nature") == DEFINITIF).min()
    montant = pl.col("montant_centimes")
    par_part = rendus.group_by(cle).agg(
        montant.filter(rang_final.is_null() | (pl.col("rang") < rang_final))
        .sum()
        .alias("provisoire_centimes"),
        rang_final.is_not_null().alias("final"),
        montant.sum().alias("rembourse_centimes"),
    )
    return par_part.group_by("declaration").agg(
        pl.col("provisoire_centimes", "rembourse_centimes").sum(),
        pl.when(pl.col("final").any())
        .then(pl.col("rembourse_centimes").sum())
        .alias("definitif_centimes"),
    )
