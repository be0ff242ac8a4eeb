"""The declarations in force, the chain of files that each comes from, and who came first.

Source: choices I-16, I-17, I-24, I-26, I-30, I-43; X-10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.intemperies.regles.delais import received_on
from specs.contrats import codes_of

ANNULEE, REMPLACEE, REFUSEE = codes_of(
    "arrets_intemperies", "etat", "ANNULEE", "REMPLACEE", "REFUSEE"
)
ANNULATION = "A"
ENREGISTREMENTS = 100_000_000  # more than a file holds
RECEPTION = pl.col("ordre_recu") + pl.col("rang")  # the file, then the record in it
DECLARATION = ["siren", "declaration"]
LIGNE = [*DECLARATION, "salarie"]
JOUR = [*DECLARATION, "arret", "salarie", "date"]
LIEU_ET_HEURES = ["chantier", "travaux", "debut", "debut_heure", "reprise", "reprise_heure"]
ENVOIS = pl.Schema(
    {
        "depot": pl.String,
        "siren": pl.String,
        "file_id": pl.String,
        "operation": pl.String,
        "remplace": pl.String,
        "recu_le": pl.String,
    }
)


@dataclass(frozen=True, slots=True)
class Lus:
    """Records of accepted files.

    `envois`: ENVOIS, one row a deposit; `arrets`, `salaries`, `jours`: contracts `arrets_lus`,
    `salaries_arret_lus` and `jours_lus`, with the `code` of what refuses the day in its file.
    """

    envois: pl.DataFrame
    arrets: pl.DataFrame
    salaries: pl.DataFrame
    jours: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Declarations:
    """Those of the files in force, with `chaine` (first deposit of theirs) and receptions.

    `arrets`: DECLARATION, arret, siret, chantier, departement, travaux, activite, cause, debut,
    debut_heure, reprise, reprise_heure, alerte, depot, chaine, recu_le, recue_avant (order of
    reception of the stop: the first file of the chain that held it). `lignes`: LIGNE, matricule,
    depot, rang, chaine, recu_jour, rate, ij_avant, hours_2m, indemnity. `jours`: JOUR, depot, rang,
    chaine, horaire_centiemes, perdues_centiemes (net), waiting, indemnified, code, recue_avant.
    `tous`: the days of every file of the chains. `disparues`: DECLARATION, chaine, etat of those
    that no file in force bears any more. `doublons`: siren, depot, rang, declaration of the lines
    whose reference another declaration has taken.
    """

    arrets: pl.DataFrame
    lignes: pl.DataFrame
    jours: pl.DataFrame
    tous: pl.DataFrame
    disparues: pl.DataFrame
    doublons: pl.DataFrame


def compute_declarations(lus: Lus, publies: pl.DataFrame) -> Declarations:
    """What counts of the records of these files; `publies`: contract `arrets_intemperies`."""
    envois = _with_chains(lus.envois)
    arrets = _stops(lus.arrets).join(envois, on=["siren", "depot"])
    jours = _days(lus.jours).join(envois, on=["siren", "depot"])
    lignes = _employees(lus.salaries).join(envois, on=["siren", "depot"])
    prises = _take_references(arrets.filter("en_vigueur"), publies)
    en_vigueur = arrets.join(prises, on=prises.columns, how="semi")
    rang_du_jour = _first_held(jours)
    # A stop that a replacement moves is a later one.
    tel_quel = [*DECLARATION, "chaine", "arret", *LIEU_ET_HEURES]
    avant = arrets.group_by(tel_quel).agg(RECEPTION.min().alias("recue_avant"))
    return Declarations(
        en_vigueur.join(avant, on=tel_quel).drop("ordre_recu"),
        lignes.join(prises, on=prises.columns, how="semi"),
        jours.join(prises, on=prises.columns, how="semi").join(rang_du_jour, on=[*JOUR, "chaine"]),
        jours,
        _vanished(arrets, en_vigueur),
        lignes.filter("en_vigueur")
        .join(prises, on=prises.columns, how="anti")
        .select("siren", "depot", "rang", "declaration"),
    )


def _take_references(arrets: pl.DataFrame, publies: pl.DataFrame) -> pl.DataFrame:
    """DECLARATION and depot of the one declaration that bears each reference (IN-008, X-12).

    An accepted one keeps it; else the first received, those refused before last.
    """
    avant = publies.select(
        *DECLARATION, "depot", tombee=pl.col("etat").is_in([REFUSEE, REMPLACEE, ANNULEE])
    ).unique()
    rang = pl.when(pl.col("tombee").is_null()).then(1).when("tombee").then(2).otherwise(0)
    return (
        arrets.join(avant, on=[*DECLARATION, "depot"], how="left")
        .sort(rang, RECEPTION)
        .unique(DECLARATION, keep="first", maintain_order=True)
        .select(*DECLARATION, "depot")
    )


def _with_chains(envois: pl.DataFrame) -> pl.DataFrame:
    """siren, depot, chaine, en_vigueur, suite, recu_le, recu_jour, ordre_recu."""
    ordonnes = envois.sort("recu_le", "depot").with_columns(
        ordre_recu=pl.int_range(pl.len(), dtype=pl.Int64) * ENREGISTREMENTS,
        recu_jour=received_on(pl.col("recu_le")),
    )
    chaines: dict[tuple[str, str], str] = {}
    for siren, file_id, remplace, depot in ordonnes.select(
        "siren", "file_id", "remplace", "depot"
    ).iter_rows():
        chaines[siren, file_id] = chaines.get((siren, remplace), depot)
    suites = ordonnes.filter(pl.col("remplace").is_not_null()).select(
        "siren", file_id="remplace", suite="operation"
    )
    return (
        ordonnes.with_columns(
            pl.struct("siren", "file_id")
            .map_elements(lambda cle: chaines[cle["siren"], cle["file_id"]], return_dtype=pl.String)
            .alias("chaine")
        )
        .join(suites, on=["siren", "file_id"], how="left", maintain_order="left")
        .with_columns(en_vigueur=pl.col("suite").is_null() & (pl.col("operation") != ANNULATION))
        .select(
            "siren", "depot", "chaine", "en_vigueur", "suite", "recu_le", "recu_jour", "ordre_recu"
        )
    )


def _stops(arrets: pl.DataFrame) -> pl.DataFrame:
    return arrets.select(
        "siren", "depot", "rang",
        declaration="decl_id", arret="stop_no", siret="siret", chantier="site_id",
        departement="site_dept", travaux="work_cat", activite="work_nature", cause="cause",
        debut="stop_date", debut_heure="stop_time", reprise="resume_date",
        reprise_heure="resume_time", alerte="alert_level",
    )  # fmt: skip


def _employees(salaries: pl.DataFrame) -> pl.DataFrame:
    return salaries.select(
        "siren", "depot", "salarie", "matricule", "rate", "hours_2m", "indemnity", "rang",
        declaration="decl_id", ij_avant=pl.col("ij_before").fill_null(0),
    )  # fmt: skip


def _days(jours: pl.DataFrame) -> pl.DataFrame:
    return jours.select(
        "siren", "depot", "salarie", "date", "waiting", "indemnified", "code",
        declaration="decl_id", arret="stop_no", horaire_centiemes="schedule", rang="ligne",
        perdues_centiemes=pl.max_horizontal(
            pl.col("lost") - pl.col("replaced").fill_null(0), pl.lit(0, pl.Int64)
        ),
    )  # fmt: skip


def _first_held(jours: pl.DataFrame) -> pl.DataFrame:
    """recue_avant of each day: the first file of its chain that held as many hours (I-26)."""
    cle = [*JOUR, "chaine"]
    actuelles = jours.filter("en_vigueur").select(*cle, actuelles="perdues_centiemes")
    return (
        jours.join(actuelles, on=cle)
        .filter(pl.col("perdues_centiemes") >= pl.col("actuelles"))
        .group_by(cle)
        .agg(RECEPTION.min().alias("recue_avant"))
    )


def _vanished(arrets: pl.DataFrame, en_vigueur: pl.DataFrame) -> pl.DataFrame:
    """Stops of the declarations gone, as their last file told them, with `etat`."""
    par_suite: Mapping[str, str] = {ANNULATION: ANNULEE, "R": REMPLACEE}
    partis = arrets.join(en_vigueur, on=DECLARATION, how="anti")
    derniers = partis.filter(
        pl.col("ordre_recu") == pl.col("ordre_recu").max().over(DECLARATION)
    ).drop_nulls("suite")
    return derniers.with_columns(
        etat=pl.col("suite").replace_strict(par_suite, return_dtype=pl.String)
    )
