"""The rights of an employee and leave year in money: both indemnities, and whether a bonus is due.

Source: Code du travail, L3141-24; convention of ouvriers, 5.7 and 5.8; choices L-04, L-14, L-16 to
L-18, L-56, L-57, L-61, L-70, L-76.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.acquis import name_droit
from pipelines.conges.regles.paiement.methodes import EXERCICE, MOIS, B, compute_methodes
from pipelines.conges.regles.paiement.valeurs import PRIME, join_option, join_valeurs
from specs.connaissances import Connaissances
from specs.contrats import codes_of, computed_columns
from specs.montants import PPM, rounded_quotient

OUVRIER, ETAM, CADRE = codes_of("droits", "categorie", "O", "E", "C")
DROITS = computed_columns("droits")
SERIES = {
    "seuil": (PRIME, "heures_seuil_centiemes"),
    "plein": (PRIME, "horaire_plein_centiemes"),
    "presence": (PRIME, "mois_presence"),
    "poids_maladie": ("DIXIEME_CONGES", "poids_maladie_ppm"),
}
RECONSTITUTIONS = pl.Schema(
    {
        "salarie": pl.String,
        "exercice": pl.Int64,
        "poids_ppm": pl.Int64,
        "mois_fractions": pl.Int64,
        "heures_centiemes": pl.Int64,
        "horaire_centiemes": pl.Int64,
        "maintenu_centimes": pl.Int64,
    }
)


def compute_droits(
    acquis: pl.DataFrame, maintiens: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """Contract `droits` but part, and `fixe_centimes` (what of the tenth no pay changes).

    `acquis`, `maintiens`: ACQUIS and MAINTIENS of the acquisition, closed leave years. A row
    without category is left out: it waits (L-57).
    """
    dates = _with_values(acquis.filter(pl.col("categorie").is_not_null()), savoir)
    fixe = pl.sum_horizontal(
        "brut_centimes", "indemnite_precedente_centimes", "indemnite_intemperies_centimes"
    )
    bases = dates.with_columns(
        fixe_centimes=pl.when("dixieme_seul").then("brut_centimes").otherwise(fixe)
    )
    seuls = bases.filter("dixieme_seul").select(EXERCICE)
    rebatis = list_rebuilt(acquis, maintiens, savoir).join(seuls, on=EXERCICE, how="anti")
    calcules = compute_methodes(bases, rebatis).with_columns(_only_tenth())
    return (
        calcules.with_columns(
            droit=name_droit(),
            heures_seuil_centiemes=rounded_quotient(
                pl.col("heures_seuil_fractions").cast(pl.Int128), pl.lit(MOIS)
            ),
            prime_due=_bonus_due() & ~pl.col("dixieme_seul"),
        )
        .select(*DROITS, "fixe_centimes")
        .sort(EXERCICE)
    )


def _with_values(acquis: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """With the values of the last month of the period (March)."""
    mois = acquis.with_columns(mois=pl.col("exercice").cast(pl.String) + "-03")
    return join_valeurs(mois, "mois", SERIES, savoir)


def _only_tenth() -> list[pl.Expr]:
    """Below 63 h a tenth of the gross alone, whatever the last pay (L-61)."""
    seul = pl.col("dixieme_seul")
    dixieme = pl.col("indemnite_dixieme_centimes")
    rien = pl.lit(None, pl.Int64)
    return [
        pl.when(seul)
        .then(rien)
        .otherwise("indemnite_btp_centimes")
        .alias("indemnite_btp_centimes"),
        pl.when(seul).then(pl.lit(B)).otherwise("methode").alias("methode"),
        pl.when(seul).then(dixieme).otherwise("indemnite_centimes").alias("indemnite_centimes"),
    ]


def _bonus_due() -> pl.Expr:
    """1 200 h for a full schedule, in proportion below it; 6 months of presence otherwise."""
    horaire = pl.min_horizontal(pl.col("horaire_centiemes").fill_null(pl.col("plein")), "plein")
    heures = pl.col("heures_seuil_fractions").cast(pl.Int128) * pl.col("plein")
    ouvrier = heures >= pl.col("seuil").cast(pl.Int128) * MOIS * horaire
    autre = pl.col("presence_fractions") >= pl.col("presence") * MOIS
    return pl.when(pl.col("categorie") == OUVRIER).then(ouvrier).otherwise(autre)


def list_rebuilt(
    acquis: pl.DataFrame, maintiens: pl.DataFrame, savoir: Connaissances
) -> pl.DataFrame:
    """RECONSTITUTIONS: absences whose wages enter the tenth, each with what was kept paying.

    Accidents, maternity and the like at the whole pay, sickness at its share, short-time working by
    its hours.
    """
    dates = join_option(_with_values(acquis, savoir), "mois", "activite_partielle_dixieme", savoir)
    horaire = pl.coalesce("horaire_centiemes", "plein")
    tetes = dates.select(
        *EXERCICE, "poids_maladie", "mois_assimiles_fractions", "mois_maladie_fractions",
        "heures_ap_centiemes", horaire_centiemes=horaire,
        exclue=pl.col("activite_partielle_dixieme") == "exclue",
    )  # fmt: skip
    poids = pl.when("maladie").then("poids_maladie").otherwise(PPM)
    maintenues = maintiens.join(tetes, on=EXERCICE).with_columns(poids_ppm=poids)
    dites = maintenues.group_by(EXERCICE).agg(
        mois_m=pl.col("mois_fractions").filter("maladie").sum(),
        mois_a=pl.col("mois_fractions").filter(~pl.col("maladie")).sum(),
    )
    autres = tetes.join(dites, on=EXERCICE, how="left").with_columns(
        pl.col("mois_m", "mois_a").fill_null(0)
    )
    rien = pl.lit(0, pl.Int64)
    sans = {"heures_centiemes": rien, "maintenu_centimes": rien}
    assimilees = autres.with_columns(
        poids_ppm=pl.lit(PPM, pl.Int64),
        mois_fractions=pl.col("mois_assimiles_fractions") - pl.col("mois_a"), **sans,
    )  # fmt: skip
    malades = autres.with_columns(
        poids_ppm="poids_maladie",
        mois_fractions=pl.col("mois_maladie_fractions") - pl.col("mois_m"), **sans,
    )  # fmt: skip
    partielles = autres.filter(~pl.col("exclue")).with_columns(
        poids_ppm=pl.lit(PPM, pl.Int64), mois_fractions=rien,
        heures_centiemes="heures_ap_centiemes", maintenu_centimes=rien,
    )  # fmt: skip
    tout = [assimilees, malades, partielles, maintenues.with_columns(heures_centiemes=rien)]
    return (
        pl.concat([frame.select(RECONSTITUTIONS.names()) for frame in tout])
        .cast(RECONSTITUTIONS)
        .filter((pl.col("mois_fractions") > 0) | (pl.col("heures_centiemes") > 0))
        .sort(pl.all())
    )
