"""From time to days: what an employee acquires in a leave year, all employers together.

Source: rules of leave, 2.1 to 2.3 and 5.2; L-08, L-12 to L-15, L-59, L-76.
"""

from __future__ import annotations

import polars as pl

from pipelines.conges.regles.acquisition.acquis import (
    ACQUIS,
    CADRE,
    ETAM,
    HEURES_DU_MOIS,
    OUVRIER,
    UN_MOIS,
)
from pipelines.conges.regles.acquisition.calendrier import reference_month
from pipelines.conges.regles.acquisition.derniers import EMPLOYE
from pipelines.conges.regles.acquisition.temps import CENTIEME_D_HEURE
from pipelines.conges.regles.acquisition.valeurs import (
    ACQUISITION,
    FORFAIT,
    INTEMPERIES,
    PETITES,
    SEUIL,
    read_valeur,
    read_valeurs,
    years_where,
)
from specs.connaissances import Connaissances
from specs.montants import PPM, rounded_ratio

CENT = 100
# Columns of certificates, as ACQUIS names them.
NOMS = {
    "heures_activite_partielle_centiemes": "heures_ap_centiemes",
    "mois_presence_fractions": "presence_fractions",
}
VALEURS = (
    (ACQUISITION, "jours_mois_centiemes", "jours_maximum", "poids_maladie_ppm",
     "jours_maladie_maximum", "jours_execution"),
    (FORFAIT, "ouvrier_ppm", "etam_ppm", "cadre_ppm", "heures_sans_convention_centiemes"),
    (PETITES, "plafond_centiemes", "un_jour_centiemes", "deux_jours_centiemes"),
    (SEUIL, "activite_partielle_maximum_centiemes"),
)  # fmt: skip


def compute_rights(employes: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """ACQUIS of `employes` (of `gather_employes`), each year after the one before."""
    acquis = [ACQUIS.to_frame()]
    for exercice in employes["exercice"].unique().sort():
        precedents = acquis[-1].select("salarie", acquis_precedents="jours_legaux")
        annee = employes.filter(pl.col("exercice") == exercice).join(
            precedents.filter(acquis[-1]["exercice"] == exercice - 1), on="salarie", how="left"
        )
        acquis.append(_compute_year(annee, savoir))
    return pl.concat(acquis).sort(EMPLOYE)


def _compute_year(employes: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """ACQUIS of a leave year. `acquis_precedents`: legal days of the year before, when known."""
    calcules = employes.join(_values(employes, savoir), on="exercice", maintain_order="left")
    for etape in (_with_weather, _with_forfait, _with_sickness, _with_hours):
        calcules = etape(calcules, savoir)
    return _with_days(calcules, savoir).rename(NOMS).select(ACQUIS.names()).match_to_schema(ACQUIS)


def _values(employes: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """Dated values of each leave year, one column each."""
    exercices = employes["exercice"].unique().sort()
    valeurs = exercices.to_frame()
    for code, *series in VALEURS:
        valeurs = valeurs.join(read_valeurs(exercices, savoir, code, *series), on="exercice")
    poids = [read_valeur(savoir, INTEMPERIES, "poids_ppm", reference_month(e)) for e in exercices]
    return valeurs.with_columns(pl.Series("poids_intemperies_ppm", poids, pl.Int64))


def _chosen(option: str, choix: str, calcules: pl.DataFrame, savoir: Connaissances) -> pl.Expr:
    """Whether the fund chose so for the leave year of the row."""
    return pl.col("exercice").is_in(years_where(calcules["exercice"], savoir, option, choix))


def _with_weather(calcules: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`retrait`: a quarter of the hours of bad weather, which are in the time worked (L-12)."""
    heures = pl.col("heures_intemperies_centiemes")
    # Months measured in hours do not hold them: they are added first.
    en_heures = (pl.col("categorie") == OUVRIER) & _chosen(
        "mesure_du_mois", "heures_150", calcules, savoir
    )
    ajout = pl.when(en_heures.fill_null(value=False)).then(heures * CENTIEME_D_HEURE).otherwise(0)
    retrait = rounded_ratio(
        (heures * CENTIEME_D_HEURE).cast(pl.Int128) * (PPM - pl.col("poids_intemperies_ppm")), PPM
    )
    return calcules.with_columns(
        mois_travail_fractions=pl.col("mois_travail_fractions") + ajout, retrait=retrait
    )


def _with_forfait(calcules: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`forfait_fractions`: time added for the leave that a fund paid in the period (L-08, L-59)."""
    categorie = pl.col("categorie")
    ppm = (
        pl.when(categorie == OUVRIER)
        .then("ouvrier_ppm")
        .when(categorie == ETAM)
        .then("etam_ppm")
        .when(categorie == CADRE)
        .then("cadre_ppm")
        .otherwise(0)
    )
    forfait = (
        pl.when("hors_tp")
        .then(pl.col("heures_sans_convention_centiemes") * CENTIEME_D_HEURE)
        .otherwise(rounded_ratio(ppm.cast(pl.Int128) * UN_MOIS, PPM))
    )
    payes, plein = pl.col("jours_precedents_centiemes"), pl.col("jours_maximum") * CENT
    acquis = pl.col("acquis_precedents") * CENT
    part = (
        pl.when(_chosen("forfait_n1", "entier", calcules, savoir))
        .then(plein)
        .when(_chosen("forfait_n1", "acquis", calcules, savoir))
        .then(acquis.fill_null(payes))
        .otherwise(payes)
    )
    retenue = pl.when(payes > 0).then(pl.min_horizontal(part, plein)).otherwise(0)
    plancher = pl.when(_chosen("forfait_plancher", "jours_c", calcules, savoir)).then(
        "conge_fractions"
    )
    return calcules.with_columns(
        forfait_fractions=pl.max_horizontal(forfait * retenue // plein, plancher.fill_null(0))
    )


def _with_sickness(calcules: pl.DataFrame, _savoir: Connaissances) -> pl.DataFrame:
    """`maladie_retenue`: sickness as it gives days; whole for who worked 120 days (2.3)."""
    maladie = pl.col("mois_maladie_fractions")
    entiere = pl.col("categorie").is_in([ETAM, CADRE]) & (
        pl.col("execution") >= pl.col("jours_execution")
    )
    pesee = rounded_ratio(maladie.cast(pl.Int128) * pl.col("poids_maladie_ppm"), PPM)
    plafond = pl.col("jours_maladie_maximum") * CENT * UN_MOIS // pl.col("jours_mois_centiemes")
    return calcules.with_columns(
        maladie_retenue=pl.when(entiere.fill_null(value=False))
        .then(maladie)
        .otherwise(pl.min_horizontal(pesee, plafond))
    )


def _with_hours(calcules: pl.DataFrame, _savoir: Connaissances) -> pl.DataFrame:
    """Hours, in hundredths x UN_MOIS: for the bonus, and for the scale of short times."""
    absences = pl.col("mois_assimiles_fractions") + pl.col("mois_maladie_fractions")
    partielle = pl.col("heures_activite_partielle_centiemes")
    intemperies = rounded_ratio(
        (pl.col("heures_intemperies_centiemes") * UN_MOIS).cast(pl.Int128)
        * pl.col("poids_intemperies_ppm"),
        PPM,
    )
    communes = pl.col("heures_centiemes") * UN_MOIS + absences * HEURES_DU_MOIS + intemperies
    bornee = pl.min_horizontal(partielle, "activite_partielle_maximum_centiemes")
    return calcules.with_columns(
        heures_seuil_fractions=communes + bornee * UN_MOIS,
        heures_bareme=communes + partielle * UN_MOIS,
    )


def _with_days(calcules: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """`mois_retenus_fractions`, `jours_legaux`, `dixieme_seul`: one rounding, on the total."""
    # Without any hour told for a time worked, hours measure nothing.
    dites = (pl.col("heures_centiemes") > 0) | (pl.col("mois_travail_fractions") == 0)
    petite = (
        (pl.col("categorie") == OUVRIER)
        & pl.col("plein")
        & dites
        & (pl.col("heures_bareme") < pl.col("plafond_centiemes") * UN_MOIS)
    ).fill_null(value=False)
    forfait = pl.when(petite).then(0).otherwise("forfait_fractions")
    mois = pl.max_horizontal(
        pl.col("mois_travail_fractions") - pl.col("retrait") + pl.col("maladie_retenue") + forfait,
        0,
    )
    borne = pl.when(_chosen("plafond_mois_retenus", "douze", calcules, savoir)).then(12 * UN_MOIS)
    # The integer above: -(-a // b).
    entiers = -(-(pl.col("jours_mois_centiemes") * pl.col("mois_retenus")) // (UN_MOIS * CENT))
    paliers = sum(
        (pl.col("heures_bareme") >= pl.col(nom) * UN_MOIS).cast(pl.Int64)
        for nom in ("un_jour_centiemes", "deux_jours_centiemes")
    )
    return (
        calcules.with_columns(petite=petite, forfait_fractions=forfait, mois_retenus=mois)
        .with_columns(
            mois_retenus_fractions=pl.min_horizontal("mois_retenus", borne),
            jours_legaux=pl.when("petite")
            .then(paliers)
            .otherwise(pl.min_horizontal(entiers, "jours_maximum")),
        )
        .with_columns(dixieme_seul=pl.col("petite") & (pl.col("jours_legaux") == 0))
    )
