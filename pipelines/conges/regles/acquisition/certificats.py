"""The certificate of each employment and leave year, as it is tonight.

Source: rules of leave, 7; L-25, L-55, L-65.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.acquisition.acquis import PSEUDONYME
from pipelines.conges.regles.acquisition.calendrier import (
    list_months,
    period_end,
    period_start,
    reference_month,
    render_mois,
)
from pipelines.conges.regles.acquisition.emplois import ANNEE
from pipelines.conges.regles.acquisition.valeurs import CERTIFICAT, read_valeur
from specs.connaissances import Connaissances
from specs.contrats import codes_of

INTERMEDIAIRE, DEFINITIF, FIN, RECTIFICATIF = codes_of(
    "certificats", "nature", "INTERMEDIAIRE", "DEFINITIF", "FIN", "RECTIFICATIF"
)
CENT = 100
# What is compared with what was issued: a difference makes a corrective certificate.
VALEURS = (
    "debut", "fin", "categorie", "unite", "completude", "mois_manquants",
    "mois_travail_fractions", "mois_maladie_fractions", "mois_assimiles_fractions",
    "mois_presence_fractions", "heures_centiemes", "heures_activite_partielle_centiemes",
    "heures_intemperies_centiemes", "horaire_centiemes", "brut_centimes", "r_centimes", "r_mois",
    "jours_precedents_centiemes", "indemnite_precedente_centimes",
)  # fmt: skip
CANDIDATS = ("certificat", *ANNEE, "nature", *VALEURS)


def compute_periodes(emplois: pl.DataFrame, date_arrete: date) -> pl.DataFrame:
    """ANNEE, debut, fin, termine, certifie_fin, completude, mois_manquants, mars (whether told).

    One row an employment and leave year of which a month is told; what is expected of it goes to
    the month of the night.
    """
    periodes = (
        emplois.group_by(ANNEE)
        .agg(
            pl.col("termine").first(),
            pl.col("certifie_fin").first(),
            dits=pl.col("mois").unique(),
            mars=(pl.col("mois").dt.month() == reference_month(1).numero).any(),
        )
        .with_columns(
            debut=pl.max_horizontal("emploi", period_start(pl.col("exercice"))),
            fin=pl.min_horizontal("termine", period_end(pl.col("exercice"))),
        )
    )
    # A contract that its own end precedes is expected in no month.
    attendu = pl.min_horizontal("fin", pl.lit(date_arrete))
    attendus = pl.when(attendu >= pl.col("debut")).then(list_months(pl.col("debut"), attendu))
    return (
        periodes.with_columns(attendus=attendus.fill_null(pl.lit([], pl.List(pl.Date))))
        .with_columns(manquants=pl.col("attendus").list.set_difference("dits").list.sort())
        .with_columns(
            mois_manquants=_written(pl.col("manquants")),
            completude=_completeness(pl.col("attendus").list.len(), pl.col("manquants").list.len()),
        )
        .drop("attendus", "manquants", "dits")
    )


def _written(mois: pl.Expr) -> pl.Expr:
    texte = mois.list.eval(render_mois(pl.element())).list.join(" ")
    return pl.when(mois.list.len() > 0).then(texte)


def _completeness(attendus: pl.Expr, manquants: pl.Expr) -> pl.Expr:
    attendus, manquants = attendus.cast(pl.Int64), manquants.cast(pl.Int64)
    score = CENT * (attendus - manquants) // pl.max_horizontal(attendus, 1)
    return pl.when(attendus == 0).then(CENT).otherwise(score)


def with_nature(periodes: pl.DataFrame, date_arrete: date, savoir: Connaissances) -> pl.DataFrame:
    """`periodes` with `nature`: what tonight allows (L-25).

    FIN once the end of the contract is told and past; DEFINITIF once March is told by every
    employer whose contract runs, or on the fixed day.
    """
    fin = period_end(pl.col("exercice"))
    finit = pl.col("certifie_fin") & (pl.col("termine") <= fin) & (pl.col("termine") <= date_arrete)
    finit = finit.fill_null(value=False)
    annees = periodes["exercice"].unique().sort()
    fixes = [annee for annee in annees if date_arrete >= _fixed_day(annee, savoir)]
    tous = (finit | pl.col("mars")).all().over("salarie", "exercice")
    clos = (pl.lit(date_arrete) > fin) & (tous | pl.col("exercice").is_in(fixes))
    nature = (
        pl.when(finit)
        .then(pl.lit(FIN))
        .when(clos)
        .then(pl.lit(DEFINITIF))
        .otherwise(pl.lit(INTERMEDIAIRE))
    )
    return periodes.with_columns(nature=nature)


def is_fixed(jour: date, savoir: Connaissances) -> bool:
    """Whether the leave year that ends this year no longer waits for March."""
    return jour >= _fixed_day(jour.year, savoir)


def _fixed_day(exercice: int, savoir: Connaissances) -> date:
    mois_jour = read_valeur(savoir, CERTIFICAT, "date_fixe_mois_jour", reference_month(exercice))
    return date(exercice, mois_jour // CENT, mois_jour % CENT)


def number_certificats(periodes: pl.DataFrame) -> pl.DataFrame:
    """`periodes` with `certificat`: a number that an employment keeps all the leave year (L-65)."""
    numero = pl.format(
        "CG{}-{}{}-{}-{}",
        "exercice",
        "siren",
        pl.when(pl.col("cdg") != "").then(pl.format("-{}", "cdg")).otherwise(pl.lit("")),
        pl.col("debut").dt.strftime("%Y%m%d"),
        pl.col("salarie").str.head(PSEUDONYME),
    )
    return periodes.with_columns(certificat=numero)
