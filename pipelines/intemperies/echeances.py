"""The stops of the companies of one shard that are to be declared: those of the DSN, the drafts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from pipelines.echanges.etapes import read_of
from pipelines.intemperies.lecture import GENRE
from pipelines.intemperies.regles.connus import SUSPENSION, compute_absences
from pipelines.intemperies.regles.echeances import compute_echeances, with_reminders
from pipelines.intemperies.regles.suivi_echeances import DITES, ESSAI, TABLE, compute_suivi
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.partage import read_publiees
from pipelines.nuit.parts import Part, dated, in_part
from specs.connaissances import read_connaissances
from specs.periodes import Mois
from warehouse.envois import list_envois

if TYPE_CHECKING:
    from warehouse.maison import Maison

INTEMPERIES, HEURES_PERDUES = "507", "025"  # S21.G00.65.001, S21.G00.51.011
MOIS_LUS = 6  # months of DSN behind which no deadline is left
TEST = "T"


def prepare_echeances(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """What is to be declared tonight, and what was."""
    depuis = str(Mois.from_date(date_arrete).shift(-MOIS_LUS))
    recentes = part.ecrites() & (pl.col("mois") >= depuis)
    absences = maison.lac.read("absences").filter(recentes, pl.col("motif_absence").is_not_null())
    heures = maison.lac.read("remunerations").filter(
        recentes, pl.col("code") == HEURES_PERDUES, pl.col("mesure_centiemes") > 0
    )
    suspensions = _list_suspensions(absences.collect())
    dites = heures.select("siren", "salarie", "mois").drop_nulls().unique().collect()
    jours = maison.lac.read("jours_intemperies").filter(part.ecrites())
    declares = jours.select("siren", "salarie", "date").unique().collect()
    brouillons = _read_drafts(maison, part)
    publiees = read_publiees(maison, TABLE, part).drop("part").collect()
    entrees = [frame.sort(pl.all()) for frame in (suspensions, dites, declares, brouillons)]

    def produce() -> Production:
        savoir = read_connaissances()
        dues = compute_echeances(suspensions, dites, declares, savoir)
        sans = dues.with_columns(depot=pl.lit(None, pl.String)).match_to_schema(DITES)
        drafts = with_reminders(brouillons, savoir).match_to_schema(DITES)
        suivi = compute_suivi(pl.concat([sans, drafts]), publiees, date_arrete)
        return Production({TABLE: in_part(TABLE, suivi, part)}, {"echeances": len(suivi)})

    return Travail(dated(date_arrete, *entrees, publiees.sort(pl.all(), nulls_last=True)), produce)


def _list_suspensions(absences: pl.DataFrame) -> pl.DataFrame:
    """siren, salarie, debut, fin of the suspensions for bad weather."""
    dernieres = compute_absences(absences)
    return dernieres.filter(pl.col("nature") == SUSPENSION, pl.col("motif") == INTEMPERIES).select(
        "siren", "salarie", "debut", "fin"
    )


def _read_drafts(maison: Maison, part: Part) -> pl.DataFrame:
    """siren, origine, depot, evenement, salaries of the tests that no real file declares."""
    with maison.moteur.connect() as connexion:
        recus = list_envois(connexion, *part.reste, GENRE)
    envois = recus.filter(pl.col("mode") == TEST, part.siennes())
    salaries = read_of(maison, "salaries_arret_lus", envois)
    arrets = read_of(maison, "arrets_lus", envois).select(
        "depot", "siren", "decl_id", "resume_date"
    )
    declarees = maison.lac.read("arrets_intemperies").filter(part.ecrites())
    reelles = declarees.select("siren", decl_id="declaration").unique().collect()
    return (
        arrets.join(reelles, on=["siren", "decl_id"], how="anti")
        .drop_nulls()
        .group_by("siren", "depot")
        .agg(evenement=pl.col("resume_date").max())
        .join(salaries.group_by("depot").agg(salaries=pl.len().cast(pl.Int64)), on="depot")
        .with_columns(origine=pl.lit(ESSAI))
    )
