"""What the acquisition hands over to the indemnity, the requests and the payments.

A length of time is an exact number of 1/7,020,000 of a month (`_fractions`): every fraction of the
rules is a multiple of it. Days and hours are in hundredths, money in centimes.
"""

from __future__ import annotations

import polars as pl

from specs.contrats import codes_of

UN_MOIS = 7_020_000
HEURES_DU_MOIS = 15_167  # hundredths: a full schedule, what a month of absence stands for
TEXTE, ENTIER, VRAI, JOUR = pl.String(), pl.Int64(), pl.Boolean(), pl.Date()
OUVRIER, ETAM, CADRE = codes_of("droits", "categorie", "O", "E", "C")
PRINCIPAL, CINQUIEME, ENFANTS, ANCIENNETE, FRACTIONNEMENT, REPORT = codes_of(
    "compteurs_conges",
    "compteur",
    "PRINCIPAL",
    "CINQUIEME",
    "ENFANTS",
    "ANCIENNETE",
    "FRACTIONNEMENT",
    "REPORT",
)
# One row a (salarie, exercice). `clos`: certified for every employer of the period (L-11).
# `categorie`: of the last employer (L-56, L-57), null when his contract says none, and the line
# waits; `horaire_centiemes`: monthly schedule of his contract. `mois_travail`: T, N and A;
# `mois_assimiles`: N and A, of those; `mois_retenus`: with the forfait, sickness weighed.
# `indemnite_precedente`: leave paid in the period, for the tenth (L-16).
# `indemnite_intemperies`: gross, of bad weather (L-12). `heures_seuil_fractions`: hundredths of an
# hour x UN_MOIS, exact, for the bonus. `presence_fractions`: months under contract (bonus of ETAM
# and cadres). `dixieme_seul`: below 63 h, no day, a tenth of the gross (L-61).
ACQUIS = pl.Schema(
    {
        "salarie": TEXTE,
        "exercice": ENTIER,
        "clos": VRAI,
        "categorie": TEXTE,
        "siren": TEXTE,
        "cdg": TEXTE,
        "horaire_centiemes": ENTIER,
        "mois_travail_fractions": ENTIER,
        "mois_maladie_fractions": ENTIER,
        "mois_assimiles_fractions": ENTIER,
        "forfait_fractions": ENTIER,
        "mois_retenus_fractions": ENTIER,
        "presence_fractions": ENTIER,
        "jours_legaux": ENTIER,
        "dixieme_seul": VRAI,
        "heures_seuil_fractions": ENTIER,
        "heures_ap_centiemes": ENTIER,
        "heures_intemperies_centiemes": ENTIER,
        "brut_centimes": ENTIER,
        "r_centimes": ENTIER,
        "r_mois": TEXTE,
        "indemnite_precedente_centimes": ENTIER,
        "indemnite_intemperies_centimes": ENTIER,
    }
)
# Wages that an employer kept paying during an absence of a CERT, which are in the gross: one row an
# absence; `maladie`: nature M, weighed 0.80 in the tenth, instead of A or N.
MAINTIENS = pl.Schema(
    {
        "salarie": TEXTE,
        "exercice": ENTIER,
        "maladie": VRAI,
        "mois_fractions": ENTIER,
        "maintenu_centimes": ENTIER,
    }
)
PSEUDONYME = 12  # characters of it that a number shows
# Days acquired, one row a (salarie, exercice, compteur), zero included; those of splitting are of
# the takings (`compute_fractionnement`), those carried over have the last day they may be taken.
COMPTEURS = pl.Schema(
    {
        "salarie": TEXTE,
        "exercice": ENTIER,
        "compteur": TEXTE,
        "acquis_centiemes": ENTIER,
        "fin": JOUR,
    }
)
# What a fund paid, as the acquisition reads it: one row a décompte that counts, mirrors apart;
# `jours_legaux_centiemes`: of the main leave and of the fifth week; `indemnite_centimes`: gross,
# bonus left out; compensation (CO) has no row. `departement`: whose holidays are counted out.
CONGES_PAYES = pl.Schema(
    {
        "salarie": TEXTE,
        "debut": JOUR,
        "fin": JOUR,
        "departement": TEXTE,
        "jours_centiemes": ENTIER,
        "jours_legaux_centiemes": ENTIER,
        "indemnite_centimes": ENTIER,
    }
)


def name_droit() -> pl.Expr:
    """The number of what an employee acquires in a leave year (salarie, exercice)."""
    return pl.format("DR{}-{}", "exercice", pl.col("salarie").str.head(PSEUDONYME))
