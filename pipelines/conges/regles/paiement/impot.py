"""Income tax withheld at source: the received rate, else the scale of the day of payment.

Source: Code général des impôts, 204 H; choices L-24, L-48, L-50, L-54, L-73.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.paiement.valeurs import GRILLE, join_option, month_of
from specs.connaissances import Connaissances
from specs.montants import rounded_product
from specs.periodes import Mois

SERIE = "plafond_"
TRANCHES = pl.Schema({"mois": pl.String, "plafond": pl.Int64, "taux": pl.Int64})


def compute_pas(paiements: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`paiements` with taux_applique_ppm, pas_centimes, and manque_pas when the scale is unknown.

    Columns read: salarie, mois (of payment), brut_centimes, net_imposable_centimes,
    imposable_du_mois, taux_pas_ppm. What is given back (a negative gross) gives back the tax of the
    received rate alone; else the tax of a negative taxable is nothing.
    """
    imposable = pl.col("net_imposable_centimes")
    choisis = join_option(paiements, "mois", "base_grille_pas", savoir).with_columns(
        rend=pl.col("brut_centimes") < 0
    )
    cumul = pl.col("imposable_du_mois") + imposable.cum_sum().over("salarie", "mois")
    du_mois = pl.col("base_grille_pas") == "cumul_du_mois"
    bases = choisis.with_columns(base_grille=pl.when(du_mois).then(cumul).otherwise(imposable))
    taux = pl.coalesce("taux_pas_ppm", pl.when("rend").then(0), pl.col("taux_grille_ppm"))
    assiette = pl.when("rend").then(imposable).otherwise(pl.max_horizontal(imposable, 0))
    return (
        _join_grille(bases, savoir)
        .with_columns(taux_applique_ppm=taux)
        .with_columns(
            pas_centimes=rounded_product(assiette, pl.col("taux_applique_ppm")),
            manque_pas=pl.when(pl.col("taux_applique_ppm").is_null()).then(pl.lit(GRILLE)),
        )
    )


def _join_grille(paiements: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """With taux_grille_ppm: the rate of the first bracket whose ceiling is strictly above."""
    mois = paiements["mois"].unique().sort()
    lignes = [ligne for m in mois for ligne in _brackets(Mois.parse(m), savoir)]
    tranches = pl.DataFrame(lignes, TRANCHES, orient="row").sort("plafond")
    place = (pl.col("base_grille") + 1).alias("place")
    return (
        paiements.with_row_index("rang_entree")
        .with_columns(place)
        .sort("place")
        .join_asof(
            tranches, left_on="place", right_on="plafond", by="mois", strategy="forward",
            check_sortedness=False,
        )
        .join(_highest(mois, savoir), on="mois", how="left")
        .with_columns(taux_grille_ppm=pl.coalesce("taux", "maximum"))
        .sort("rang_entree")
        .drop("rang_entree", "place", "taux", "maximum", "plafond")
    )  # fmt: skip


def _brackets(mois: Mois, savoir: Connaissances) -> list[tuple[str, int, int]]:
    bareme = savoir.baremes[GRILLE]
    plafonds = {nom: bareme.find(nom, mois) for nom in bareme.series if nom.startswith(SERIE)}
    return [
        (str(mois), plafond, int(nom.removeprefix(SERIE)))
        for nom, plafond in plafonds.items()
        if plafond is not None
    ]


def _highest(mois: pl.Series, savoir: Connaissances) -> pl.DataFrame:
    """The rate above the last bracket; null when the scale is unknown."""
    bareme = savoir.baremes[GRILLE]
    lignes = [(m, bareme.find("taux_maximum_ppm", Mois.parse(m))) for m in mois]
    return pl.DataFrame(lignes, {"mois": pl.String, "maximum": pl.Int64}, orient="row")


def read_taux_recus(
    remunerations: pl.DataFrame, paiements: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """`paiements` with taux_pas_ppm: the latest rate received, of a month not too old.

    `remunerations`: salarie, mois (of the DSN that counts), versement (day of the pay),
    taux_prelevement_ppm. `paiements`: salarie, date_paiement.
    """
    anciennete = [
        (
            m,
            str(
                Mois.parse(m).shift(
                    -(savoir.baremes["TAUX_PAS_RECU"].find("anciennete_mois", Mois.parse(m)) or 0)
                )
            ),
        )
        for m in paiements.select(month_of(pl.col("date_paiement"))).to_series().unique()
    ]
    limites = pl.DataFrame(anciennete, {"mois": pl.String, "limite": pl.String}, orient="row")
    demandes = (
        paiements.select("salarie", "date_paiement", mois=month_of(pl.col("date_paiement")))
        .unique()
        .join(limites, on="mois")
    )
    derniers = (
        demandes.join(remunerations.rename({"mois": "mois_dsn"}), on="salarie")
        .filter(pl.col("mois_dsn").is_between("limite", "mois"))
        .sort("mois_dsn", "versement", "taux_prelevement_ppm")
        .group_by("salarie", "date_paiement", maintain_order=True)
        .agg(taux_pas_ppm=pl.col("taux_prelevement_ppm").last())
    )
    return paiements.join(
        derniers, on=["salarie", "date_paiement"], how="left", maintain_order="left"
    )
