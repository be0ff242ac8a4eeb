"""What the fund gives back to companies: provisional, then final, by difference.

    C = max(0, S - A) / S        T = 90 % when S <= 3 A, else 85 %
    R = C x (10 % of the first hours + T of the next) x k, rounded once

Source: Code du travail, D5424-25 to D5424-27; choices I-09, I-10, I-14, I-31, I-32, I-40.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from pipelines.intemperies.regles.indemnites import PART
from pipelines.intemperies.regles.valeurs import (
    CANICULE,
    REMBOURSEMENT,
    first_month,
    previous_campaign,
    read_reglement,
    read_valeur,
)
from specs.connaissances import Connaissances
from specs.contrats import codes_of
from specs.montants import PPM, rounded_quotient

PROVISOIRE, DEFINITIF, REVISION = codes_of(
    "remboursements_intemperies", "nature", "PROVISOIRE", "DEFINITIF", "REVISION"
)
CLE = [*PART, "chaine"]
GELES = ["somme_salaires_centimes", "multiple_salaires", "diviseur_salaires", "abattement_centimes"]


def freeze_wages(
    parts: pl.DataFrame, salaires: pl.DataFrame, gelees: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """`parts` with GELES: wages and abatement of the first night when they were known (I-31).

    `salaires`: of `compute_salaires`, for the campaigns of the parts and those before; `gelees`:
    CLE and GELES of what was published.
    """
    choix = pl.DataFrame(
        [
            (c, previous_campaign(c), read_reglement(c, savoir).salaire)
            for c in parts["campagne"].unique().sort()
        ],
        {"campagne": pl.String, "precedente": pl.String, "salaire": pl.String},
        orient="row",
    )
    avant = salaires.select(
        "siren", precedente="campagne", somme_avant="somme_centimes",
        abattement_avant="abattement_centimes",
    )  # fmt: skip
    connus = (
        parts.join(choix, on="campagne")
        .join(_of_campaign(salaires), on=["siren", "campagne"], how="left")
        .join(avant, on=["siren", "precedente"], how="left")
        .with_columns(_provisional())
    )
    complets = pl.all_horizontal(pl.col(nom).is_not_null() for nom in _tonight(GELES))
    siennes = gelees.filter(pl.col(GELES[0]).is_not_null()).select(*CLE, *GELES)
    return (
        connus.join(siennes, on=CLE, how="left")
        .with_columns(
            pl.when(pl.col(GELES[0]).is_not_null())
            .then(nom)
            .otherwise(pl.when(complets).then(f"{nom}_du_jour"))
            .alias(nom)
            for nom in GELES
        )
        .drop(_tonight(GELES))
        .sort(PART)
    )


def _of_campaign(salaires: pl.DataFrame) -> pl.DataFrame:
    return salaires.rename({"abattement_centimes": "abattement_campagne"})


def _tonight(noms: list[str]) -> list[str]:
    return [f"{nom}_du_jour" for nom in noms]


def _provisional() -> Iterator[pl.Expr]:
    """S = sum x multiple / divisor, and A, as known tonight; null while no month is."""
    precedente = pl.col("salaire") == "campagne_precedente"
    prorata = pl.col("salaire") == "abattement_prorata"
    un = pl.lit(1, pl.Int64)
    de_ces_mois = pl.col("abattement_campagne") * pl.col("mois_connus") // pl.col("mois_activite")
    valeurs = (
        pl.when(precedente).then("somme_avant").otherwise("somme_connue"),
        pl.when(precedente | prorata).then(un).otherwise("mois_activite"),
        pl.when(precedente | prorata).then(un).otherwise("mois_connus"),
        pl.when(precedente)
        .then("abattement_avant")
        .when(prorata)
        .then(de_ces_mois)
        .otherwise("abattement_campagne"),
    )
    for nom, valeur in zip(_tonight(GELES), valeurs, strict=True):
        yield pl.when(pl.col("mois_connus") > 0).then(valeur).alias(nom)


def compute_cibles(
    parts: pl.DataFrame,
    definitives: pl.DataFrame,
    coefficients: pl.DataFrame,
    date_arrete: date,
    savoir: Connaissances,
) -> pl.DataFrame:
    """`parts` with what is due tonight: `cible_centimes`, null while a value is missing.

    `parts`: of `freeze_wages`; `definitives`: CLE of those whose final refund was given;
    `coefficients`: campagne, publie_le, coefficient_ppm. Adds `definitif`, `sous_abattement` and
    `coefficient_ppm` (null: not known).
    """
    reglees = parts.join(_rates(parts, savoir), on="campagne").join(
        known_coefficients(parts, coefficients, date_arrete, savoir), on="campagne"
    )
    complete = pl.col("mois_connus") == pl.col("mois_activite")
    deja = definitives.select(CLE).unique().with_columns(deja=pl.lit(value=True))
    situees = reglees.join(deja, on=CLE, how="left").with_columns(
        definitif=pl.col("deja").fill_null(value=False)
        | (complete & (pl.col("ouverture") <= date_arrete)).fill_null(value=False),
        coefficient_ppm=pl.when("canicule").then("coefficient_ppm").otherwise(PPM),
    )
    final = pl.col("definitif")
    retenues = situees.with_columns(
        s=pl.when(final).then("somme_centimes").otherwise(
            pl.col(GELES[0]) * pl.col("multiple_salaires")
        ),
        d=pl.when(final).then(pl.lit(1, pl.Int64)).otherwise("diviseur_salaires"),
        a=pl.when(final).then("abattement_campagne").otherwise("abattement_centimes"),
    )  # fmt: skip
    return retenues.with_columns(
        cible_centimes=pl.when(~pl.col("attend")).then(_refund()),
        sous_abattement=pl.col("s") <= pl.col("a") * pl.col("d"),
        salaires_retenus_centimes="s",
        diviseur_retenu="d",
        abattement_retenu_centimes="a",
        taux_premieres_ppm="taux_premieres",
        taux_suivantes_ppm=_next_rate(),
    ).sort(PART)


def _next_rate() -> pl.Expr:
    """Rate of the hours after the first: the lower one beyond a multiple of the abatement."""
    large = pl.Int128
    petites = pl.col("s").cast(large) <= pl.col("a").cast(large) * pl.col("d") * pl.col("multiple")
    return pl.when(petites).then("taux_petites").otherwise("taux_grandes")


def _refund() -> pl.Expr:
    """R of the columns s / d (wages), a, and the rates; nil when wages do not exceed it."""
    large = pl.Int128
    s, ad = pl.col("s").cast(large), pl.col("a").cast(large) * pl.col("d")
    suivantes = pl.col("remboursable_centimes") - pl.col("remboursable_premieres_centimes")
    taux = _next_rate().cast(large)
    base = (
        pl.col("remboursable_premieres_centimes").cast(large) * pl.col("taux_premieres")
        + suivantes * taux
    )
    au_dela = pl.max_horizontal(s - ad, pl.lit(0, large))
    diviseur = pl.max_horizontal(s, pl.lit(1, large)) * PPM * PPM
    rendu = rounded_quotient(au_dela * base * pl.col("coefficient_ppm"), diviseur)
    # A maximum leaves out what is missing: nothing is due while wages are.
    return pl.when(s.is_not_null() & ad.is_not_null()).then(rendu)


def _rates(parts: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """Rates of each campaign, and the first day of its final refunds."""
    lignes = []
    for campagne in parts["campagne"].unique().sort():
        r = read_reglement(campagne, savoir)
        avril = first_month(campagne)
        mois = read_valeur(savoir, REMBOURSEMENT, "definitif_mois", avril)
        ouverture = date(avril.annee + 1, mois, 1)
        lignes.append(
            (campagne, r.taux_premieres, r.taux_petites, r.taux_grandes, r.multiple, ouverture)
        )
    entiers = ("taux_premieres", "taux_petites", "taux_grandes", "multiple")
    schema = {"campagne": pl.String, **dict.fromkeys(entiers, pl.Int64), "ouverture": pl.Date}
    return pl.DataFrame(lignes, schema, orient="row")


def known_coefficients(
    parts: pl.DataFrame, coefficients: pl.DataFrame, date_arrete: date, savoir: Connaissances
) -> pl.DataFrame:
    """campagne, coefficient_ppm: the latest row published by then, else the value of specs."""
    publies = (
        coefficients.filter(pl.col("publie_le") <= date_arrete)
        .sort("campagne", "publie_le")
        .group_by("campagne", maintain_order=True)
        .agg(pl.col("coefficient_ppm").last().alias("publie"))
    )
    campagnes = parts["campagne"].unique().sort()
    connus = pl.DataFrame(
        [(c, savoir.baremes[CANICULE].find("coefficient_ppm", first_month(c))) for c in campagnes],
        {"campagne": pl.String, "arrete": pl.Int64},
        orient="row",
    )
    return connus.join(publies, on="campagne", how="left").select(
        "campagne", coefficient_ppm=pl.coalesce("publie", "arrete")
    )


def compute_remboursements(
    cibles: pl.DataFrame, publies: pl.DataFrame, a_jour: pl.DataFrame, date_arrete: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that tonight adds to `publies` (contract `remboursements_intemperies`, but part).

    `cibles`: of `compute_cibles`; what was refunded and is no longer due comes back (I-43).
    `a_jour`: siren, a_jour; a credit of a company that is not waits (I-40): the second frame, CLE.
    """
    dues = _find_dues(cibles, publies).join(a_jour, on="siren", how="left")
    donnee = pl.col("a_jour").fill_null(value=True) | (pl.col("montant_centimes") <= 0)
    rangs = publies.group_by(PART).agg(pl.col("rang").max().alias("dernier"))
    nouvelles = (
        dues.filter(donnee)
        .join(rangs, on=PART, how="left")
        .sort(CLE)
        .with_columns(
            rang=pl.col("dernier").fill_null(0) + pl.int_range(1, pl.len() + 1).over(PART),
            date_arrete=pl.lit(date_arrete),
        )
        .select(
            *PART[:3], "matricule", "annee", "campagne", "rang", "chaine", "nature",
            "montant_centimes", "date_arrete",
        )
    )  # fmt: skip
    return nouvelles, dues.filter(~donnee).select(CLE)


def _find_dues(cibles: pl.DataFrame, publies: pl.DataFrame) -> pl.DataFrame:
    """CLE, matricule, nature and montant_centimes of what differs from what was refunded."""
    deja = publies.group_by(CLE).agg(
        pl.col("montant_centimes").sum().alias("verse"),
        (pl.col("nature") == DEFINITIF).any().alias("eu_definitif"),
        pl.col("matricule").last().alias("matricule_avant"),
    )
    dus = cibles.select(*CLE, "matricule", "cible_centimes", "definitif")
    compares = dus.join(deja, on=CLE, how="full", coalesce=True).with_columns(
        nulle=pl.col("definitif").is_null(),
        cible_centimes=pl.when(pl.col("definitif").is_null()).then(0).otherwise("cible_centimes"),
    )
    nature = (
        pl.when("nulle")
        .then(pl.lit(REVISION))
        .when(pl.col("definitif") & ~pl.col("eu_definitif").fill_null(value=False))
        .then(pl.lit(DEFINITIF))
        .when(pl.col("verse").is_null())
        .then(pl.lit(PROVISOIRE))
        .otherwise(pl.lit(REVISION))
    )
    difference = pl.col("cible_centimes") - pl.col("verse").fill_null(0)
    return compares.select(
        *CLE,
        matricule=pl.coalesce("matricule", "matricule_avant"),
        nature=nature,
        montant_centimes=difference,
    ).filter(
        pl.col("montant_centimes").is_not_null(),
        (pl.col("nature") != REVISION) | (pl.col("montant_centimes") != 0),
    )
