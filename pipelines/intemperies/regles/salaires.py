"""Wages that refunds are made on: the months known of each campaign, its abatement.

Source: choices I-09, I-31, I-32; intemperies 5.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from pipelines.intemperies.regles.valeurs import ABATTEMENT, first_month
from specs.connaissances import Connaissances
from specs.periodes import MOIS_PAR_AN

CAMPAGNE = ["siren", "campagne"]
SERIE = "montant_annuel_centimes"


def compute_salaires(
    campagnes: Iterable[str],
    bases: pl.DataFrame,
    declares: pl.DataFrame,
    etablissements: pl.DataFrame,
    adherents: pl.DataFrame,
    date_arrete: date,
    savoir: Connaissances,
) -> pl.DataFrame:
    """What is known of the wages of each company and campaign (key and order: siren, campagne).

    `bases`: siren, mois, montant_centimes (codes 34 and 35, by month of attachment); `declares`:
    siret, mois with a DSN or a TDP that counts; `etablissements`: siret, siren, debut, fin;
    `adherents`: siren, debut_activite, fin_activite.
    Columns: mois_activite, mois_connus (those before the first that lacks one), somme_connue and
    somme_centimes, manquants (months, separated by blanks), abattement_centimes (prorated for the
    activity; null when unknown).
    """
    mois = _months(campagnes, savoir)
    actifs = (
        adherents.select("siren", "debut_activite", "fin_activite")
        .unique("siren")
        .join(mois, how="cross")
        .filter(_is_active())
    )
    ouverts = etablissements.join(mois, how="cross").filter(
        pl.col("debut") <= pl.col("dernier"),
        pl.col("fin").is_null() | (pl.col("fin") >= pl.col("premier")),
    )
    manquants = ouverts.join(declares, on=["siret", "mois"], how="anti").select(
        "siren", "mois", manque=pl.lit(value=True)
    )
    sommes = bases.group_by("siren", "mois").agg(pl.col("montant_centimes").sum())
    dits = etablissements.join(declares, on="siret").select("siren", "mois", dit=pl.lit(value=True))
    # Before a month comes, only a declaration tells that it has no more establishment than that.
    a_venir = (pl.col("premier") > date_arrete) & pl.col("dit").is_null()
    connus = (
        actifs.join(manquants.unique(), on=["siren", "mois"], how="left")
        .join(sommes, on=["siren", "mois"], how="left")
        .join(dits.unique(), on=["siren", "mois"], how="left")
        .with_columns(
            pl.col("montant_centimes").fill_null(0),
            manque=pl.col("manque").fill_null(value=False) | a_venir,
        )
        .sort(*CAMPAGNE, "mois")
        .with_columns(connu=~pl.col("manque").cum_max().over(CAMPAGNE))
    )
    return (
        connus.group_by(CAMPAGNE)
        .agg(
            mois_activite=pl.len().cast(pl.Int64),
            mois_connus=pl.col("connu").sum().cast(pl.Int64),
            somme_connue=pl.col("montant_centimes").filter("connu").sum(),
            somme_centimes=pl.col("montant_centimes").sum(),
            manquants=pl.col("mois").filter("manque").str.join(" "),
            annuel=pl.col("annuel").first(),
            entier=pl.col("prorata").first() == "aucun",
        )
        .with_columns(abattement_centimes=_prorated())
        .drop("annuel", "entier")
        .sort(CAMPAGNE)
    )


def _prorated() -> pl.Expr:
    """A twelfth a month of activity; the yearly amount is a multiple of twelve euros."""
    mois = pl.when("entier").then(MOIS_PAR_AN).otherwise("mois_activite")
    return pl.col("annuel") * mois // MOIS_PAR_AN


def _months(campagnes: Iterable[str], savoir: Connaissances) -> pl.DataFrame:
    """Each month of the campaigns with its days, its yearly abatement and how it is prorated."""
    lignes = []
    for campagne in sorted(set(campagnes)):
        avril = first_month(campagne)
        annuel = savoir.baremes[ABATTEMENT].find(SERIE, avril)
        prorata = savoir.option_at("prorata_activite", avril)
        for rang in range(MOIS_PAR_AN):
            m = avril.shift(rang)
            lignes.append((campagne, str(m), m.first_day, m.last_day, annuel, prorata))
    schema = {
        "campagne": pl.String,
        "mois": pl.String,
        "premier": pl.Date,
        "dernier": pl.Date,
        "annuel": pl.Int64,
        "prorata": pl.String,
    }
    return pl.DataFrame(lignes, schema, orient="row")


def _is_active() -> pl.Expr:
    """Whether the company is active in the month: a part of it, or all (`mois_complet`)."""
    entier = pl.col("prorata") == "mois_complet"
    debut, fin = pl.col("debut_activite"), pl.col("fin_activite")
    commence = debut <= pl.when(entier).then("premier").otherwise("dernier")
    finit = fin >= pl.when(entier).then("dernier").otherwise("premier")
    return commence.fill_null(value=True) & finit.fill_null(value=True)
