"""From the certificates of tonight and those published to those in force.

Source: rules of leave, 7; L-26 (when an employee sees his), L-65, L-76.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.acquisition.calendrier import reference_month
from pipelines.conges.regles.acquisition.certificats import (
    DEFINITIF,
    INTERMEDIAIRE,
    RECTIFICATIF,
    VALEURS,
)
from pipelines.conges.regles.acquisition.valeurs import CERTIFICAT, read_valeur
from specs.connaissances import Connaissances

QUI = ("certificat", "salarie", "matricule", "siren", "cdg", "exercice", "nature")
SUITES = ("remplace", "en_vigueur", "visible_le")
ECARTS = ("certificat", "remplace", "valeur", "avant", "apres")
RANG = "-R"


def follow_up(
    candidats: pl.DataFrame, publies: pl.DataFrame, date_arrete: date, savoir: Connaissances
) -> pl.DataFrame:
    """QUI, VALEURS, SUITES: certificates as published before, and what changes tonight.

    `candidats`: those of tonight, under the number of their employment; `publies`: contract
    `certificats`. One that was issued stays as it is; when a value changes, another one replaces
    it. One whose employment is no longer of the leave year is no longer in force.
    """
    colonnes = [*QUI, *VALEURS, *SUITES]
    vus = publies.select(colonnes).with_columns(base=_base(pl.col("certificat")))
    actuels = vus.filter("en_vigueur")
    rapproches = candidats.with_columns(base="certificat").join(
        actuels.select("base", avant="certificat", nature_avant="nature", remplace="remplace",
                       visible_avant="visible_le",
                       **{f"{nom}_avant": nom for nom in VALEURS}),
        on="base", how="left", maintain_order="left",
    )  # fmt: skip
    issus = pl.col("nature_avant").is_not_null() & (pl.col("nature_avant") != INTERMEDIAIRE)
    change = ~pl.all_horizontal(
        pl.col(nom).eq_missing(pl.col(f"{nom}_avant")) for nom in VALEURS
    ) | (pl.col("nature") == INTERMEDIAIRE)
    nombre = vus.group_by("base").agg(deja=pl.len())
    suivis = rapproches.join(nombre, on="base", how="left", maintain_order="left").with_columns(
        sort=pl.when(issus, change)
        .then(pl.lit("remplace"))
        .when(issus)
        .then(pl.lit("garde"))
        .otherwise(pl.lit("courant"))
    )
    gardes = suivis.filter(pl.col("sort") == "garde")["avant"]
    poses = pl.concat(
        [_current(suivis.filter(pl.col("sort") == "courant")),
         _replacing(suivis.filter(pl.col("sort") == "remplace"))]
    ).with_columns(visible_le=_shown(candidats, date_arrete, savoir)).select(colonnes)  # fmt: skip
    anciens = (
        vus.filter(~pl.col("certificat").is_in(poses["certificat"].implode()))
        .with_columns(
            en_vigueur=pl.col("en_vigueur") & pl.col("certificat").is_in(gardes.implode())
        )
        .select(colonnes)
    )
    return pl.concat([anciens, poses]).sort("certificat")


def _base(certificat: pl.Expr) -> pl.Expr:
    """The number of the employment: that of its certificate but for the rank of a corrective."""
    return certificat.str.replace(rf"{RANG}\d+$", "")


def _current(suivis: pl.DataFrame) -> pl.DataFrame:
    """Certificates that nothing was issued of: as they are tonight, under the number they had."""
    rectifie = pl.col("remplace").is_not_null() & (pl.col("nature") != INTERMEDIAIRE)
    return suivis.with_columns(
        certificat=pl.coalesce("avant", _next(pl.col("deja"))),
        nature=pl.when(rectifie).then(pl.lit(RECTIFICATIF)).otherwise("nature"),
        en_vigueur=pl.lit(value=True),
    )


def _replacing(suivis: pl.DataFrame) -> pl.DataFrame:
    """Certificates that replace the one issued."""
    provisoire = pl.col("nature") == INTERMEDIAIRE
    return suivis.with_columns(
        certificat=_next(pl.col("deja")),
        nature=pl.when(provisoire).then("nature").otherwise(pl.lit(RECTIFICATIF)),
        remplace="avant",
        en_vigueur=pl.lit(value=True),
    )


def _next(deja: pl.Expr) -> pl.Expr:
    """The number of the next certificate of an employment of which `deja` were made."""
    return (
        pl.when(deja.is_null() | (deja == 0))
        .then("base")
        .otherwise(pl.format(f"{{}}{RANG}{{}}", "base", deja))
    )


def _shown(candidats: pl.DataFrame, nuit: date, savoir: Connaissances) -> pl.Expr:
    """The day on which the employee sees a certificate set tonight; none of a provisional one.

    A final one is shown to the company first; what replaces it is shown no sooner.
    """
    apercus = {
        exercice: read_valeur(savoir, CERTIFICAT, "apercu_jours", reference_month(exercice))
        for exercice in candidats["exercice"].unique().sort()
    }
    jours = pl.col("exercice").replace_strict(apercus, return_dtype=pl.Int64)
    apres = pl.lit(nuit) + pl.duration(days=jours)
    return (
        pl.when(pl.col("nature") == DEFINITIF)
        .then(apres)
        .when(pl.col("nature") != INTERMEDIAIRE)
        .then(pl.max_horizontal(pl.lit(nuit), "visible_avant"))
    )


def compute_ecarts(certificats: pl.DataFrame) -> pl.DataFrame:
    """certificat, remplace, valeur, avant, apres (texts): what each corrective one changes."""
    rectificatifs = certificats.filter(pl.col("remplace").is_not_null())
    if rectificatifs.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(ECARTS, pl.String))
    remplaces = certificats.select(
        remplace="certificat", **{f"{nom}_avant": nom for nom in VALEURS}
    )
    paires = rectificatifs.join(remplaces, on="remplace", maintain_order="left")
    valeurs = [
        paires.filter(pl.col(nom).ne_missing(pl.col(f"{nom}_avant"))).select(
            "certificat", "remplace", valeur=pl.lit(nom),
            avant=pl.col(f"{nom}_avant").cast(pl.String), apres=pl.col(nom).cast(pl.String),
        )
        for nom in VALEURS
    ]  # fmt: skip
    return pl.concat(valeurs).sort("certificat", "valeur")
