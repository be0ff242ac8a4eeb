"""The indemnity of an employee, declaration, calendar year and campaign: due, kept, refundable.

Rounded once a part. Source: Code du travail, D5424-13 to D5424-16, D5424-25; choices I-03, I-06,
I-13, I-22, I-30, I-33, I-34, I-39.
"""

from __future__ import annotations

import polars as pl

from pipelines.cotisations.regles.plus_fort_reste import cut_by_weight
from pipelines.intemperies.regles.declarations import DECLARATION, LIGNE
from pipelines.intemperies.regles.jours import CANICULE
from pipelines.intemperies.regles.valeurs import (
    CONGES,
    INDEMNITE,
    campaign_of,
    hourly_caps,
    leave_rates,
    read_valeur,
)
from specs.connaissances import Connaissances
from specs.montants import PPM, rounded_product, rounded_quotient, rounded_ratio
from specs.periodes import Mois

PART = [*LIGNE, "annee", "campagne"]
UN_CENTIME = 1
# Ten-thousandths of a euro by hundredths of an hour by ppm, to centimes.
ECHELLE = PPM * 10_000


def compute_parts(jours: pl.DataFrame, tenues: pl.DataFrame, arrets: pl.DataFrame) -> pl.DataFrame:
    """Hours of each part (PART), those declared in time apart.

    `jours`: of `compute_annees`, with chaine and `attend` (heat whose warnings are not loaded);
    `tenues`: of `compute_tenues`; `arrets`: of `Declarations`. What is in time of a day: the first
    of its hours that a file held (I-30).
    """
    chaudes = arrets.group_by(DECLARATION).agg(canicule=(pl.col("cause") == CANICULE).any())
    du_jour = [*DECLARATION, "chaine", "salarie", "date"]
    heures = ["carence_centiemes", "indemnisees_centiemes", "premieres_centiemes"]
    sommes = jours.group_by(*du_jour).agg(
        *(pl.col(nom).sum() for nom in (*heures, "perdues_centiemes")), pl.col("attend").any()
    )
    tenues_jour = pl.col("tenues_centiemes").fill_null(0)
    a_temps = pl.min_horizontal(
        "indemnisees_centiemes", pl.max_horizontal(tenues_jour - pl.col("carence_centiemes"), 0)
    )
    return (
        sommes.join(tenues, on=du_jour, how="left")
        .join(chaudes, on=DECLARATION)
        .with_columns(
            a_temps=a_temps,
            annee=pl.col("date").dt.year().cast(pl.Int64),
            campagne=campaign_of(pl.col("date")),
            tardive=tenues_jour < pl.col("perdues_centiemes"),
        )
        .group_by(*PART, "chaine", "canicule")
        .agg(
            pl.col("date").filter(pl.col("perdues_centiemes") > 0).min().alias("premier_jour"),
            pl.col("date").min().alias("premiere_date"),
            pl.col("indemnisees_centiemes").sum(),
            pl.col("premieres_centiemes").sum(),
            pl.col("a_temps").sum(),
            pl.min_horizontal("premieres_centiemes", "a_temps").sum().alias("premieres_a_temps"),
            pl.col("attend").any(),
            pl.col("tardive").any(),
        )
        .with_columns(premier_jour=pl.col("premier_jour").fill_null(pl.col("premiere_date")))
        .drop("premiere_date")
        .sort(PART)
    )


def compute_indemnites(
    parts: pl.DataFrame, lignes: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """`parts` priced: contract `indemnites_intemperies`, but part and what the refund froze.

    `lignes`: LIGNE, matricule, rate, indemnity (null: as computed), recu_jour, conges.
    """
    dues = (
        parts.join(lignes.select(*LIGNE, "matricule", "rate", "indemnity", "recu_jour", "conges"),
                   on=LIGNE)
        .join(hourly_caps(parts["annee"], savoir), on="annee", how="left")
        .with_columns(salaire_horaire=pl.min_horizontal("rate", "plafond"))
        .with_columns(
            salaire_horaire=pl.when(pl.col("plafond").is_not_null()).then("salaire_horaire"),
        )
    )  # fmt: skip
    taux = read_rates(dues, savoir)
    calculees = taux.with_columns(
        indemnite_calculee_centimes=_price("indemnisees_centiemes"),
        premieres_calculees=_price("premieres_centiemes"),
        a_temps_calculee=_price("a_temps"),
        premieres_a_temps_calculees=_price("premieres_a_temps"),
    )
    return _with_leave(_with_refundable(_with_retained(calculees, savoir)), savoir)


def read_rates(parts: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`parts` with `taux`: the share of the wage, of each calendar year."""
    taux = [
        (annee, read_valeur(savoir, INDEMNITE, "taux_ppm", Mois(annee, 1)))
        for annee in parts["annee"].unique().sort()
    ]
    return parts.join(
        pl.DataFrame(taux, {"annee": pl.Int64, "taux": pl.Int64}, orient="row"), on="annee"
    )


def _price(heures: str) -> pl.Expr:
    produit = pl.col("salaire_horaire").cast(pl.Int128) * pl.col(heures) * pl.col("taux")
    return rounded_ratio(produit, ECHELLE)


def _with_retained(parts: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """The base of the refund: what was paid, when it is lower by more than a centime (I-06)."""
    total = pl.col("indemnite_calculee_centimes")
    connues = total.is_not_null().all().over(LIGNE)
    mois = pl.col("premier_jour").min().over(LIGNE).dt.strftime("%Y-%m")
    parts = parts.with_columns(total=total.sum().over(LIGNE), connues=connues, mois=mois)
    limites = [
        m for m in parts["mois"].unique()
        if savoir.option_at("indemnite_retenue", Mois.parse(m)) == "versee_au_plus"
    ]  # fmt: skip
    baisse = (
        pl.col("connues")
        & pl.col("mois").is_in(limites)
        & (pl.col("indemnity") < pl.col("total") - UN_CENTIME)
    ).fill_null(value=False)
    basses = parts.filter(baisse).with_columns(
        poids="indemnite_calculee_centimes", versee=pl.max_horizontal("indemnity", 0)
    )
    versees = cut_by_weight(basses, "versee", LIGNE, ["annee", "campagne"]).select(
        *PART, indemnite_retenue_centimes="part_centimes"
    )
    retenue = pl.col("indemnite_retenue_centimes").fill_null(total)
    reduites = rounded_quotient(
        pl.col("premieres_calculees").cast(pl.Int128) * pl.col("indemnite_retenue_centimes"),
        pl.max_horizontal("indemnite_calculee_centimes", 1),
    )
    return (
        parts.join(versees, on=PART, how="left", maintain_order="left")
        .with_columns(indemnite_retenue_centimes=retenue)
        .with_columns(premieres_centimes=reduites)
        .with_columns(
            suivantes_centimes=pl.col("indemnite_retenue_centimes") - pl.col("premieres_centimes")
        )
    )


def _with_refundable(parts: pl.DataFrame) -> pl.DataFrame:
    """What of it was declared in time: its own hours, in proportion when less was paid (I-30)."""
    reduite = pl.col("indemnite_retenue_centimes") != pl.col("indemnite_calculee_centimes")
    return parts.with_columns(
        remboursable_centimes=pl.when(reduite)
        .then(_share("indemnite_retenue_centimes", "a_temps", "indemnisees_centiemes"))
        .otherwise("a_temps_calculee"),
        remboursable_premieres_centimes=pl.when(reduite)
        .then(_share("premieres_centimes", "premieres_a_temps", "premieres_centiemes"))
        .otherwise("premieres_a_temps_calculees"),
    )


def _share(montant: str, part: str, tout: str) -> pl.Expr:
    produit = pl.col(montant).cast(pl.Int128) * pl.col(part)
    return rounded_quotient(produit, pl.max_horizontal(tout, 1))


def _with_leave(parts: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """The leave contribution that the regime bears, and the hours credited (I-13, I-22, I-34)."""
    perdu, recu = pl.col("premier_jour"), pl.col("recu_jour")
    parts = parts.with_columns(mois=perdu.dt.strftime("%Y-%m"))
    payes = [
        m for m in parts["mois"].unique()
        if savoir.option_at("taux_cp_intemperies", Mois.parse(m)) == "mois_de_paiement"
    ]  # fmt: skip
    du_paiement = pl.col("mois").is_in(payes)
    parts = parts.with_columns(
        mois_du_taux=pl.when(du_paiement).then(recu.dt.strftime("%Y-%m")).otherwise("mois")
    )
    taux = leave_rates(parts["mois_du_taux"], savoir).rename({"mois": "mois_du_taux"})
    poids = _weights(parts["mois"], savoir)
    credite = pl.when("conges").then
    return (
        parts.join(taux, on="mois_du_taux", how="left")
        .join(poids, on="mois", how="left")
        .with_columns(
            cotisation_conges_centimes=credite(
                rounded_product(pl.col("indemnite_calculee_centimes"), pl.col("taux_conges_ppm"))
            ).otherwise(0),
            heures_conges_centiemes=credite(
                rounded_product(pl.col("indemnisees_centiemes"), pl.col("poids"))
            ).otherwise(0),
        )
        .sort(PART)
    )


def _weights(mois: pl.Series, savoir: Connaissances) -> pl.DataFrame:
    lignes = [
        (m, read_valeur(savoir, CONGES, "poids_ppm", Mois.parse(m))) for m in mois.unique().sort()
    ]
    return pl.DataFrame(lignes, {"mois": pl.String, "poids": pl.Int64}, orient="row")
