"""What a company says of the identifiers of one employee: which one took the place of which.

A NIR takes the place of a temporary number: borne with it, or after it by the same number in the
company, birth and surname. A NIR takes the place of the one that a change names (block 31), or that
the certified identity corrects. Nothing here depends on the order of arrival.
Sources: blocks S21.G00.30 and 31; options passage_au_nir, changement_de_nir, nir_certifie.
"""

from __future__ import annotations

import polars as pl

from pipelines.salaries.regles.identites import CLE_DEPOT
from specs.contrats import codes_of, computed_columns

NIR_ET_NTT, CHANGEMENT, CERTIFICATION, MATRICULE = codes_of(
    "rapprochements_salaries", "regle", "NIR_ET_NTT", "CHANGEMENT", "CERTIFICATION", "MATRICULE"
)
INDIVIDU = [*CLE_DEPOT, "rang_individu"]
ETATS_CIVILS = ["etat_civil", "etat_civil_usage"]
LIEN = ["siren", "identifiant", "vers"]


def compute_rapprochements(mensuelles: pl.DataFrame) -> pl.DataFrame:
    """Contract `rapprochements_salaries` but `part`, of whole companies.

    `mensuelles`: contract `identites_mensuelles`. There is a row for each writing of the birth and
    surname of the employee: what one company says may hold for others.
    """
    declarees = mensuelles.filter(
        pl.col("changement").is_null() & pl.col("salarie").is_not_null()
    ).with_columns(sans_nir=(pl.col("salarie") == pl.col("temporaire")).fill_null(value=False))
    anciennes = mensuelles.filter(pl.col("changement").is_not_null())
    dits = [
        _born_together(declarees),
        _changed(declarees, anciennes),
        _certified(declarees),
        _recognised(declarees),
    ]
    liens = (
        pl.concat([lien.select(*LIEN, "regle", "etat_civil", "mois") for lien in dits])
        .filter(pl.col("identifiant") != pl.col("vers"))
        .group_by(*LIEN, "regle", "etat_civil")
        .agg(pl.col("mois").min())
    )
    conflits = _side_by_side(declarees, liens).with_columns(conflit=pl.lit(value=True))
    colonnes = computed_columns("rapprochements_salaries")
    return (
        liens.join(conflits, on=LIEN, how="left")
        .with_columns(pl.col("conflit").fill_null(value=False))
        .select(colonnes)
        .sort(*LIEN, "regle", "etat_civil")
    )


def _born_together(declarees: pl.DataFrame) -> pl.DataFrame:
    """An individual bears a temporary number and a NIR."""
    dits = declarees.filter(pl.col("temporaire").is_not_null(), ~pl.col("sans_nir"))
    return _for_each_name(
        dits.with_columns(identifiant="temporaire", vers="salarie", regle=pl.lit(NIR_ET_NTT)),
        ETATS_CIVILS,
    )


def _changed(declarees: pl.DataFrame, anciennes: pl.DataFrame) -> pl.DataFrame:
    """A change names the former NIR; that of an individual without NIR is the only one."""
    anciens = anciennes.filter(pl.col("salarie").is_not_null()).select(
        *INDIVIDU, ancien="salarie", etat_civil_ancien="etat_civil"
    )
    dits = declarees.join(anciens, on=INDIVIDU)
    quitte, garde = pl.col("ancien"), pl.col("salarie")
    return _for_each_name(
        dits.with_columns(
            pl.when("sans_nir").then(garde).otherwise(quitte).alias("identifiant"),
            pl.when("sans_nir").then(quitte).otherwise(garde).alias("vers"),
            pl.lit(CHANGEMENT).alias("regle"),
        ),
        [*ETATS_CIVILS, "etat_civil_ancien"],
    )


def _certified(declarees: pl.DataFrame) -> pl.DataFrame:
    """The certified identity bears another NIR than the individual."""
    dits = declarees.filter(pl.col("certifie").is_not_null()).with_columns(
        identifiant="salarie", vers="certifie", regle=pl.lit(CERTIFICATION)
    )
    return _for_each_name(dits, ETATS_CIVILS)


def _for_each_name(dits: pl.DataFrame, noms: list[str]) -> pl.DataFrame:
    """One row a writing of the birth and surname; one without any all the same."""
    return dits.select(
        *LIEN, "mois", "regle", etat_civil=pl.concat_list(noms).list.unique()
    ).explode("etat_civil")


def _recognised(declarees: pl.DataFrame) -> pl.DataFrame:
    """Same number in the company, birth and surname, under a temporary number then under a NIR."""
    cle = ["siren", "matricule", "etat_civil"]
    connus = declarees.drop_nulls(cle)
    sans = (
        connus.filter("sans_nir")
        .group_by(*cle, identifiant="salarie")
        .agg(pl.col("mois").max().alias("dernier_sans"))
    )
    avec = (
        connus.filter(~pl.col("sans_nir"))
        .join(sans.select(cle).unique(), on=cle, how="semi")
        .group_by(*cle, vers="salarie")
        .agg(pl.col("mois").min(), pl.col("mois").max().alias("dernier"))
    )
    return (
        sans.join(avec, on=cle)
        .filter(pl.col("dernier") >= pl.col("dernier_sans"))
        .with_columns(regle=pl.lit(MATRICULE))
    )


def _side_by_side(declarees: pl.DataFrame, liens: pl.DataFrame) -> pl.DataFrame:
    """Links whose two ends a declaration holds as two individuals: they are two people."""
    paires = liens.select(LIEN).unique()
    portes = declarees.select("siren", *CLE_DEPOT, "salarie")
    gauche = paires.join(portes, left_on=["siren", "identifiant"], right_on=["siren", "salarie"])
    droite = portes.rename({"salarie": "vers"})
    return gauche.join(droite, on=["siren", *CLE_DEPOT, "vers"], how="semi").select(LIEN).unique()
