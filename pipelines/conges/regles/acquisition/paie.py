"""What the pays of a leave year bring: gross wages, hours, the last normal and complete pay.

Source: rules of leave, 5.1 and 5.2; L-09, L-58.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import exercice_of, parse_mois, render_mois
from pipelines.conges.regles.acquisition.contrats import DSN, HEURE
from pipelines.conges.regles.acquisition.emplois import ANNEE, CENTRE, EMPLOI
from pipelines.conges.regles.acquisition.valeurs import years_where
from specs.caisse import read_caisse
from specs.connaissances import Connaissances
from specs.contrats import codes_of

REMUNERATION, ACTIVITE, PRIME, _ = codes_of(
    "remunerations", "nature", "REMUNERATION", "ACTIVITE", "PRIME", "TAUX_PRELEVEMENT"
)
# 51.011: usual pay of a whole month, contractual salary, hours of short-time working; 53.001.
HABITUELLE, CONTRACTUELLE, PARTIELLE, TRAVAILLEES = "029", "010", "019", "01"
EMPLOYEUR = ["salarie", "siren", "exercice"]
SENS: dict[str, Literal["backward", "forward"]] = {"avant": "backward", "apres": "forward"}


def with_emploi(lignes: pl.DataFrame, emplois: pl.DataFrame) -> pl.DataFrame:
    """Rows (CENTRE, mois) with `emploi` and `exercice`: the employment that a month belongs to.

    The one that runs then, else the last one before, else the first one; none, no row.
    """
    debuts = emplois.select(EMPLOI).unique().sort("emploi")
    places = lignes.with_columns(jour=pl.col("mois").dt.month_end()).sort("jour")
    for nom, sens in SENS.items():
        places = places.join_asof(
            debuts.rename({"emploi": nom}),
            left_on="jour",
            right_on=nom,
            by=CENTRE,
            strategy=sens,
            coalesce=False,
            check_sortedness=False,
        )
    return (
        places.with_columns(
            emploi=pl.coalesce("avant", "apres"), exercice=exercice_of(pl.col("mois"))
        )
        .filter(pl.col("emploi").is_not_null())
        .drop("jour", "avant", "apres")
    )


def compute_bruts(bases: pl.DataFrame, emplois: pl.DataFrame) -> pl.DataFrame:
    """ANNEE, brut_centimes: bases of the months of the year, whenever they were told."""
    rattachees = bases.with_columns(mois=parse_mois(pl.coalesce("mois_rattachement", "mois_appel")))
    return (
        with_emploi(rattachees, emplois)
        .group_by(ANNEE)
        .agg(pl.col("quantite").sum().alias("brut_centimes"))
    )


def compute_heures(remunerations: pl.DataFrame, emplois: pl.DataFrame) -> pl.DataFrame:
    """ANNEE, mois, heures_centiemes, heures_activite_partielle_centiemes, told in hours."""
    nature, code = pl.col("nature"), pl.col("code")
    travail = (nature == ACTIVITE) & (code == TRAVAILLEES)
    partielle = (nature == REMUNERATION) & (code == PARTIELLE)
    lues = remunerations.filter(travail | partielle, pl.col("unite") == HEURE).with_columns(
        mois=pl.coalesce(pl.col("debut").dt.month_start(), parse_mois(pl.col("mois"))),
        travail=travail,
    )
    mesure = pl.col("mesure_centiemes").fill_null(0)
    return (
        with_emploi(lues, emplois)
        .group_by(*ANNEE, "mois")
        .agg(
            heures_centiemes=mesure.filter("travail").sum(),
            heures_activite_partielle_centiemes=mesure.filter(~pl.col("travail")).sum(),
        )
    )


def compute_r(
    parts: pl.DataFrame,
    bases: pl.DataFrame,
    remunerations: pl.DataFrame,
    certs: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """EMPLOYEUR, r_centimes, r_mois (null: of no month): the last normal and complete pay (L-09).

    `parts`: of `compute_parts`; `certs`: those in force. An employer without any has no row.
    """
    payes = _complete_pays(parts, bases, remunerations, savoir)
    montants = remunerations.filter(
        pl.col("nature") == REMUNERATION, pl.col("montant_centimes").is_not_null()
    ).with_columns(mois=parse_mois(pl.col("mois")))
    dits = [
        montants.filter(pl.col("code") == code)
        .group_by("salarie", "siren", "mois")
        .agg(r_centimes=pl.col("montant_centimes").sum())
        for code in (HABITUELLE, CONTRACTUELLE)
    ]
    ordres = [payes, *dits]
    tous = [
        frame.filter(pl.col("r_centimes") > 0).select(
            "salarie", "siren", exercice=exercice_of(pl.col("mois")), r_mois="mois",
            r_centimes="r_centimes", rang=pl.lit(rang),
        )
        for rang, frame in enumerate(ordres)
    ]  # fmt: skip
    certifies = (
        certs.filter(pl.col("avg_wage") > 0)
        .sort("to", "ordre")
        .select(
            *EMPLOYEUR,
            r_mois=pl.lit(None, pl.Date),
            r_centimes="avg_wage",
            rang=pl.lit(len(ordres)),
        )
    )
    return (
        pl.concat([*tous, certifies])
        .sort(*EMPLOYEUR, pl.col("rang") * -1, "r_mois", maintain_order=True)
        .unique(EMPLOYEUR, keep="last", maintain_order=True)
        .select(*EMPLOYEUR, "r_centimes", r_mois=render_mois(pl.col("r_mois")))
    )


def _complete_pays(
    parts: pl.DataFrame,
    bases: pl.DataFrame,
    remunerations: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """salarie, siren, mois, r_centimes: months whole, undisturbed, whose base only they tell."""
    cle = ["salarie", "siren", "mois"]
    couvert = (pl.col("du") == pl.col("mois")) & (pl.col("au") == pl.col("mois").dt.month_end())
    entiers = (
        parts.filter(pl.col("source") == DSN)
        .group_by(cle)
        .agg(couvert=couvert.any(), perturbe=pl.col("perturbe").any())
        .filter("couvert", ~pl.col("perturbe"))
    )
    propre = pl.coalesce("mois_rattachement", "mois_appel") == pl.col("mois_appel")
    sommes = (
        bases.with_columns(
            mois=parse_mois(pl.coalesce("mois_rattachement", "mois_appel")), propre=propre
        )
        .group_by(cle)
        .agg(pl.col("quantite").sum(), pl.col("propre").all())
        .filter("propre")
    )
    return (
        entiers.join(sommes, on=cle)
        .join(_bonuses(remunerations, savoir), on=cle, how="left")
        .select(*cle, r_centimes=pl.col("quantite") - pl.col("primes").fill_null(0))
    )


def _bonuses(remunerations: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """salarie, siren, mois, primes: bonuses of a month that are not that month's own (L-58)."""
    codes = read_caisse().elements_de_paie[PRIME]
    primes = remunerations.filter(
        pl.col("nature") == PRIME, pl.col("code").is_in(codes)
    ).with_columns(mois=parse_mois(pl.col("mois")))
    primes = primes.with_columns(exercice=exercice_of(pl.col("mois")))
    exclues = years_where(primes["exercice"], savoir, "primes_dans_r", "exclues")
    propre = (pl.col("debut") >= pl.col("mois")) & (pl.col("fin") <= pl.col("mois").dt.month_end())
    return (
        primes.filter(pl.col("exercice").is_in(exclues), ~propre.fill_null(value=False))
        .group_by("salarie", "siren", "mois")
        .agg(primes=pl.col("montant_centimes").sum())
    )
