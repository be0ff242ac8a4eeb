"""Which employee a record of an exchange file is about: one that the fund knows.

He is known by a DSN, of any company for a NIR, or by a certificate of the same company. A number
that the employer gives (MATRICULE) names an employee within the company; borne by several, birth
and surname decide (X-21). Several numbers of one employee are one (`designe`): what links say of
the company goes before what they say of others. Source: exchange.md 6.2 (F016, « unknown to the
fund »).
"""

from __future__ import annotations

import polars as pl

from pipelines.salaries.regles.etat_civil import birth_and_surname

LIGNE = ["depot", "rang"]
INCONNU, PLUSIEURS = "inconnu", "matricule"  # variants of F016
# `salarie`: the pseudonym that the record itself gives; `par_nir`: it is that of a NIR.
LIGNES = pl.Schema(
    {
        "depot": pl.String,
        "rang": pl.Int64,
        "siren": pl.String,
        "salarie": pl.String,
        "matricule": pl.String,
        "par_nir": pl.Boolean,
        "naissance": pl.String,
        "nom": pl.String,
    }
)
CONNUS = pl.Schema(
    {
        "siren": pl.String,
        "salarie": pl.String,
        "designe": pl.String,
        "matricule": pl.String,
        "naissance": pl.String,
        "nom": pl.String,
        "nom_usage": pl.String,
        "prenoms": pl.String,
        "par_dsn": pl.Boolean,
    }
)


def find_salaries(lignes: pl.DataFrame, connus: pl.DataFrame) -> pl.DataFrame:
    """Whom each line designates: LIGNE (key and order), salarie, cause (of F016, or null).

    `lignes`: LIGNES; `connus`: CONNUS, identities of the DSN and certificates, in any order;
    `designe` is the employee that the number `salarie` designates there.
    """
    par_nir = _by_nir(lignes.filter("par_nir"), connus)
    trouves = pl.concat([par_nir, _by_matricule(lignes.filter(~pl.col("par_nir")), connus)])
    inconnu = pl.col("salarie").is_null() & pl.col("cause").is_null()
    return (
        lignes.select(LIGNE)
        .join(trouves, on=LIGNE, how="left")
        .with_columns(cause=pl.when(inconnu).then(pl.lit(INCONNU)).otherwise("cause"))
        .sort(LIGNE)
    )


def _by_nir(lignes: pl.DataFrame, connus: pl.DataFrame) -> pl.DataFrame:
    """Lines whose NIR is known: LIGNE, salarie, cause. The company goes before the others."""
    candidats = lignes.select(*LIGNE, "siren", "salarie").join(
        connus.select("salarie", "designe", "par_dsn", chez="siren"), on="salarie"
    )
    ici = pl.col("chez") == pl.col("siren")
    retenus = candidats.filter(ici | pl.col("par_dsn")).filter(ici | ~ici.any().over(LIGNE))
    designe = pl.col("designe")
    return retenus.group_by(LIGNE).agg(
        pl.when(designe.n_unique() == 1).then(designe.first()).alias("salarie"),
        pl.when(designe.n_unique() > 1).then(pl.lit(PLUSIEURS)).alias("cause"),
    )


def _by_matricule(lignes: pl.DataFrame, connus: pl.DataFrame) -> pl.DataFrame:
    """Lines whose MATRICULE the company gave: LIGNE, salarie, cause. A DSN goes before the rest."""
    etats = {
        "etat_civil": birth_and_surname(pl.col("naissance"), pl.col("nom")),
        "etat_usage": birth_and_surname(pl.col("naissance"), pl.col("nom_usage")),
    }
    porteurs = connus.drop_nulls("matricule").with_columns(**etats)
    demandes = lignes.with_columns(demande=etats["etat_civil"])
    memes = (pl.col("etat_civil") == pl.col("demande")) | (
        pl.col("etat_usage") == pl.col("demande")
    )
    porteur, accorde = pl.col("porteur"), pl.col("porteur").filter(memes.fill_null(value=False))
    candidats = (
        demandes.select(*LIGNE, "siren", "matricule", "demande")
        .join(porteurs.rename({"designe": "porteur"}), on=["siren", "matricule"])
        .filter(pl.col("par_dsn") == pl.col("par_dsn").max().over(LIGNE))
    )
    return candidats.group_by(LIGNE).agg(
        pl.when(porteur.n_unique() == 1)
        .then(porteur.first())
        .when(accorde.n_unique() == 1)
        .then(accorde.first())
        .alias("salarie"),
        pl.when((porteur.n_unique() > 1) & (accorde.n_unique() != 1))
        .then(pl.lit(PLUSIEURS))
        .alias("cause"),
    )
