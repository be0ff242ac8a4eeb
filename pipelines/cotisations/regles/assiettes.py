"""From the bases of a management centre to those of its contributions, with their dated values.

Order of the sources: cumul of the individual bases, then réfaction, then rate. One rounding makes
the base. Sources: rules/decisions C-01 to C-06; cotisations sections 2, 4, 6 and 7.
"""

from __future__ import annotations

import polars as pl

from pipelines.cotisations.regles.valeurs import COEFFICIENT, SALAIRE, known_values, option_months
from pipelines.declarations.regles.statuts import is_usable
from pipelines.registre import Registre, valid_on
from specs.baremes import TAUX, read_cotisations
from specs.connaissances import Connaissances
from specs.contrats import codes_of, read_contrat, schema_polars
from specs.montants import PPM, rounded_ratio

LIGNE = ["cdg", "siren", "mois_appel", "mois_rattachement", "cotisation"]
SOMME = ["cdg", "siren", "mois_appel", "mois_rattachement", "code_base"]
HEURES, DECLAREE = "HEURES", "DECLAREE"
(RETENUE,) = codes_of("bases", "statut", "RETENUE")
TDP, ESTIMATION = codes_of("bases", "source", "TDP", "ESTIMATION")
SANS_RELEVE = pl.LazyFrame(schema=schema_polars(read_contrat("releves_tdp")))
TAUX_ABSENT = "CP-05"
CENTIEMES_PAR_HEURE = CENTIMES_PAR_EURO = 100


def counted() -> pl.Expr:
    """Whether a base (contract `bases`) counts: retained, or waiting for no more than a value."""
    return (pl.col("statut") == RETENUE) | (pl.col("motif") == TAUX_ABSENT).fill_null(value=False)


def sum_bases(bases: pl.LazyFrame) -> pl.LazyFrame:
    """Bases that count summed by SOMME: quantite, estimee (whether any is an estimation)."""
    return (
        bases.filter(counted())
        .group_by(SOMME)
        .agg(pl.col("quantite").sum(), (pl.col("source") == ESTIMATION).any().alias("estimee"))
    )


def declared_months(
    declarations: pl.LazyFrame, bases: pl.LazyFrame, releves: pl.LazyFrame = SANS_RELEVE
) -> pl.LazyFrame:
    """Months that companies declared, with a base or without: siren, mois_appel (C-05).

    `declarations`: contract `declarations`, of which a cancellation alone declares nothing;
    `bases`: contract `bases`, where a wage return or an estimation does, an invoice does not;
    `releves`: contract `releves_tdp`, of which those without a base declare their month too.
    """
    autres = bases.filter(counted() & pl.col("source").is_in([TDP, ESTIMATION]))
    vides = releves.filter(pl.col("statut") == RETENUE)
    lues = (declarations.filter(is_usable()), autres, vides)
    mois = [frame.select("siren", "mois_appel") for frame in lues]
    return pl.concat(mois).drop_nulls().unique()


def gather_bases(sommes: pl.DataFrame, registre: Registre, savoir: Connaissances) -> pl.DataFrame:
    """Which sum feeds which contribution: SOMME, cotisation, quantite.

    `sommes`: of `sum_bases`. A contribution with an `adhesion` is for its members only; the base
    taken by default counts for the months in which the company declares none of its own. One for
    which no rate was ever known is there too: it may count in a cumul.
    """
    jointes = sommes.join(read_cotisations(savoir.baremes), on="code_base")
    tous = jointes.filter(pl.col("adhesion").is_null())
    membres = _of_members(jointes.filter(pl.col("adhesion").is_not_null()), registre, savoir)
    return pl.concat([tous, membres]).select(*SOMME, "cotisation", "quantite")


def _of_members(lignes: pl.DataFrame, registre: Registre, savoir: Connaissances) -> pl.DataFrame:
    """Rows of the companies that belong to the organisation in the month, of the base to take."""
    membres = (
        lignes.select("siren", "adhesion", "mois_rattachement")
        .unique()
        .join(registre.adhesions.rename({"cotisation": "adhesion"}), on=["siren", "adhesion"])
        .filter(valid_on(pl.col("mois_rattachement")))
    )
    siennes = lignes.join(membres, on=["siren", "adhesion", "mois_rattachement"], how="semi")
    propres = siennes.filter(~pl.col("par_defaut"))
    permises = option_months(
        "base_professionnelle", "base_par_defaut", lignes["mois_rattachement"], savoir
    )
    par_defaut = siennes.filter(pl.col("par_defaut") & permises).join(
        propres, on=["siren", "cotisation", "mois_rattachement"], how="anti"
    )
    return pl.concat([propres, par_defaut])


def value_assiettes(
    cumulees: pl.DataFrame, registre: Registre, savoir: Connaissances
) -> pl.DataFrame:
    """`cumulees` (LIGNE, quantite) with their base and every value that made it.

    Adds cumul, partie, base_brute_centimes, heures_centiemes (hours only), refaction_ppm,
    coefficient_ppm, base_centimes, taux_ppm; what lacks a dated value is null.
    """
    formes = read_cotisations(savoir.baremes).select(
        "cotisation", "assiette", "refaction", "cumul", "partie", "taux_reduit"
    )
    situees = _with_values(cumulees.join(formes.unique(), on="cotisation"), registre, savoir)
    heures = pl.col("assiette") == HEURES
    quantite = pl.col("quantite").cast(pl.Int128)
    valeur = pl.when(heures).then(pl.col(SALAIRE)).otherwise(pl.lit(1, pl.Int64))
    produit = quantite * valeur * pl.col("refaction_ppm") * pl.col(COEFFICIENT)
    euro = (pl.col("assiette") == DECLAREE) & option_months(
        "arrondi_assiette", "euro", situees["mois_rattachement"], savoir
    )
    return situees.with_columns(
        pl.when(heures)
        .then(rounded_ratio(quantite * valeur, CENTIEMES_PAR_HEURE))
        .otherwise("quantite")
        .alias("base_brute_centimes"),
        pl.when(heures).then("quantite").alias("heures_centiemes"),
        pl.when(heures)
        .then(rounded_ratio(produit, PPM * PPM * CENTIEMES_PAR_HEURE))
        .when(euro)
        .then(rounded_ratio(produit, PPM * PPM * CENTIMES_PAR_EURO) * CENTIMES_PAR_EURO)
        .otherwise(rounded_ratio(produit, PPM * PPM))
        .alias("base_centimes"),
    ).drop("quantite", "assiette", SALAIRE)


def _with_values(lignes: pl.DataFrame, registre: Registre, savoir: Connaissances) -> pl.DataFrame:
    """Lines with the dated values of their month and the parameters of their management centre."""
    a_l_appel = option_months("taux_des_regularisations", "appel", lignes["mois_appel"], savoir)
    lignes = lignes.with_columns(
        pl.when(a_l_appel).then("mois_appel").otherwise("mois_rattachement").alias("mois_taux")
    )
    mois = {*lignes["mois_rattachement"], *lignes["mois_taux"]}
    valeurs = known_values(mois, savoir)
    taux = valeurs.select("cotisation", TAUX, mois_taux="mois")
    autres = valeurs.select("cotisation", COEFFICIENT, SALAIRE, mois_rattachement="mois")
    refactions = _parameters(registre.parametres, lignes.select("cdg", mois="mois_rattachement"))
    reduits = _parameters(registre.parametres, lignes.select("cdg", mois="mois_taux"))
    refaction = refactions.filter(pl.col("parametre") == "refaction_ppm")
    return (
        lignes.join(taux, on=["cotisation", "mois_taux"], how="left")
        .join(autres, on=["cotisation", "mois_rattachement"], how="left")
        .join(
            refaction.select("cdg", "valeur", mois_rattachement="mois"),
            on=["cdg", "mois_rattachement"],
            how="left",
        )
        .join(
            reduits.select("cdg", mois_taux="mois", taux_reduit="parametre", reduit="valeur"),
            on=["cdg", "mois_taux", "taux_reduit"],
            how="left",
        )
        .with_columns(
            pl.coalesce("reduit", TAUX).alias(TAUX),
            pl.when("refaction").then("valeur").fill_null(PPM).alias("refaction_ppm"),
        )
        .drop("mois_taux", "valeur", "reduit", "refaction", "taux_reduit")
    )


def _parameters(parametres: pl.DataFrame, lieux: pl.DataFrame) -> pl.DataFrame:
    """Parameters (cdg, mois, parametre, valeur) that hold in the months of `lieux`: the latest."""
    return (
        lieux.unique()
        .join(parametres, on="cdg")
        .filter(valid_on(pl.col("mois")))
        .sort("debut")
        .group_by("cdg", "mois", "parametre")
        .agg(pl.col("valeur").last())
    )
