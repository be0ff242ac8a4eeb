"""Whom the lines of a declaration are about, and which of them are left to be judged.

A line has a NIR, that the links of the company may bring to another number, or the number that the
employer gives. Several employees under one number: birth and surname decide, else the line is
refused (F016, X-21); one employee twice in a declaration: the second line is (IN-008).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from pipelines.echanges.regles.lignes import compose_constats
from pipelines.intemperies.regles.declarations import Lus
from pipelines.liens import linked

LIGNE = ["depot", "rang"]
AMBIGU, DOUBLE = "F016", "IN-008"


@dataclass(frozen=True, slots=True)
class Reconnus:
    """Records on the employees that they designate; `constats`: SCHEMA_CONSTATS of the others."""

    lus: Lus
    constats: pl.DataFrame


def gather(envois: pl.DataFrame, lots: Iterable[Reconnus]) -> Reconnus:
    """The records of the files `envois`, which were read a few files at a time, as of one reading.

    A file is read alone: nothing of it depends on the others.
    """
    lus = list(lots)
    arrets, salaries, jours = (
        pl.concat(getattr(lot.lus, nom) for lot in lus).sort(LIGNE)
        for nom in ("arrets", "salaries", "jours")
    )
    return Reconnus(
        Lus(envois, arrets, salaries, jours),
        pl.concat(lot.constats for lot in lus),
    )


def find_salaries(
    lus: Lus, nommes: pl.DataFrame, identites: pl.DataFrame, liens: pl.DataFrame
) -> Reconnus:
    """The records with the employees that they designate.

    `nommes`: depot, rang, siren of the lines, par_nir, matricule, etat_civil (pseudonym of birth
    and surname); `identites`: contract of that name, `liens`: `liens_salaries`, of the companies.
    """
    par_nir = _by_nir(lus.salaries, nommes, liens)
    designes = pl.concat([par_nir, _by_number(nommes, identites, liens)])
    trouves = (
        lus.salaries.drop("salarie")
        .join(designes, on=LIGNE, how="left")
        .join(lus.salaries.select(*LIGNE, propre="salarie"), on=LIGNE)
        .with_columns(pl.coalesce("salarie", "propre").alias("salarie"))
    )
    ambigus = trouves.filter(pl.col("ambigu").fill_null(value=False))
    clairs = trouves.join(ambigus, on=LIGNE, how="anti").sort(LIGNE)
    uniques = clairs.unique(["depot", "decl_id", "salarie"], keep="first", maintain_order=True)
    doubles = clairs.join(uniques, on=LIGNE, how="anti")
    refus = pl.concat(
        [
            _refused(ambigus, AMBIGU, "matricule", pl.col("matricule")),
            _refused(doubles, DOUBLE, "salarie", pl.lit(None, pl.String)),
        ]
    )
    salaries = uniques.select(lus.salaries.columns)
    jours = lus.jours.drop("salarie").join(
        salaries.select("depot", "salarie", ligne="rang"), on=["depot", "ligne"]
    )
    arrets = lus.arrets.join(salaries, on=["depot", "decl_id"], how="semi")
    return Reconnus(
        Lus(lus.envois, arrets, salaries, jours.select(lus.jours.columns)),
        compose_constats(refus.sort(LIGNE)),
    )


def _by_nir(salaries: pl.DataFrame, nommes: pl.DataFrame, liens: pl.DataFrame) -> pl.DataFrame:
    """LIGNE, salarie, ambigu of the lines that have a NIR."""
    lignes = salaries.join(nommes.filter("par_nir"), on=LIGNE, how="semi")
    return linked(lignes.select(*LIGNE, "siren", "salarie"), liens).select(
        *LIGNE, "salarie", ambigu=pl.lit(value=False)
    )


def _by_number(nommes: pl.DataFrame, identites: pl.DataFrame, liens: pl.DataFrame) -> pl.DataFrame:
    """LIGNE, salarie, ambigu of the lines whose number the company has given."""
    porteurs = linked(
        identites.drop_nulls(["matricule", "salarie"]).select(
            "siren", "salarie", "matricule", "etat_civil", "etat_civil_usage"
        ),
        liens,
    ).unique()
    porte, accorde = pl.col("salarie"), pl.col("salarie").filter("meme")
    memes = pl.any_horizontal(
        pl.col(nom) == pl.col("demande") for nom in ("etat_civil", "etat_civil_usage")
    )
    candidats = (
        nommes.filter(~pl.col("par_nir"))
        .select(*LIGNE, "siren", "matricule", demande="etat_civil")
        .join(porteurs, on=["siren", "matricule"])
        .with_columns(meme=memes.fill_null(value=False))
    )
    return candidats.group_by(LIGNE).agg(
        pl.when(porte.n_unique() == 1)
        .then(porte.first())
        .when(accorde.n_unique() == 1)
        .then(accorde.first())
        .alias("salarie"),
        ambigu=(porte.n_unique() > 1) & (accorde.n_unique() != 1),
    )


def _refused(lignes: pl.DataFrame, code: str, variante: str, valeur: pl.Expr) -> pl.DataFrame:
    return lignes.select(
        "siren", *LIGNE, code=pl.lit(code), variante=pl.lit(variante), valeur=valeur
    )
