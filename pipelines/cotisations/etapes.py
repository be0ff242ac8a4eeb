"""The calls of one shard: lines from scratch, compared with what is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from time import perf_counter_ns

import polars as pl

from pipelines.cotisations.regles import (
    compute_appels,
    compute_differences,
    compute_lignes,
    mark_waiting,
)
from pipelines.declarations.etapes import part_of, read_entrees
from pipelines.declarations.regles import RETENUE
from pipelines.versions import frame_fingerprint
from specs.baremes import date_exigibilite, read_taux
from specs.contrats import columns_of
from specs.periodes import Mois
from warehouse.journal import find_etape, record_etape
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.publications import read_publication, read_table_publiee

ETAPE = "cotisations"


@dataclass(frozen=True, slots=True)
class Appels:
    """Calls to issue, with their lines; `en_attente` are the lines that no rate values."""

    lignes: pl.DataFrame
    appels: pl.DataFrame
    en_attente: pl.DataFrame


def compute_nouveaux(
    bases: pl.DataFrame, publiees: pl.DataFrame, etablissements: pl.DataFrame, date_arrete: date
) -> Appels:
    """Calls that bring what is published up to the retained `bases` (pure: see `regles`)."""
    lignes = compute_lignes(bases.filter(pl.col("statut") == RETENUE), read_taux())
    chiffree = pl.col("taux_ppm").is_not_null()
    nouvelles = compute_differences(lignes.filter(chiffree), publiees)
    adherents = etablissements.select("cdg", adherent="numero_adherent").unique()
    appels = compute_appels(nouvelles, adherents, _due_dates(nouvelles, date_arrete), date_arrete)
    return Appels(nouvelles, appels, lignes.filter(~chiffree))


def _due_dates(lignes: pl.DataFrame, date_arrete: date) -> pl.DataFrame:
    """Due date of every month that a call may be due after."""
    mois = sorted({*lignes["mois_appel"], str(Mois.from_date(date_arrete))})
    dates = [date_exigibilite(Mois.parse(m)) for m in mois]
    return pl.DataFrame({"mois": mois, "date_exigibilite": dates})


def call_part(maison: Maison, part: int, date_arrete: date) -> None:
    """Write the calls of one shard: those that are published, then the new ones."""
    debut = perf_counter_ns()
    entrees = read_entrees(maison)[part]
    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
        numero = derniere.numero if derniere else 0
        cle = entrees.key(ETAPE, str(numero), date_arrete.isoformat())
        if find_etape(connexion, cle):
            return
    de_la_part = pl.col("part") == part
    bases = maison.lac.read("bases").filter(de_la_part).collect()
    siennes = part_of(maison.reglages.nombre_parts) == part  # published under any number of shards
    publiees = read_table_publiee(maison, "lignes_appel").filter(siennes).collect()
    nouveaux = compute_nouveaux(bases, publiees, entrees.etablissements, date_arrete)
    if nouveaux.en_attente.height:
        attendues = mark_waiting(bases, nouveaux.en_attente, read_taux())
        maison.lac.write("bases", attendues, {"part": part})
    lignes = _after("lignes_appel", publiees, nouveaux.lignes, part)
    maison.lac.write("lignes_appel", lignes, {"part": part})
    crashpoint("cotisations.apres_lignes")
    appels = read_table_publiee(maison, "appels").filter(siennes).collect()
    appels = _after("appels", appels, nouveaux.appels, part)
    maison.lac.write("appels", appels, {"part": part})
    crashpoint("cotisations.apres_appels")
    with maison.moteur.begin() as connexion:
        record_etape(
            connexion,
            cle,
            resultat={"nouveaux": len(nouveaux.appels), "en_attente": len(nouveaux.en_attente)},
            empreinte=frame_fingerprint(lignes, appels),
            duree_ms=(perf_counter_ns() - debut) // 1_000_000,
        )


def _after(table: str, publiees: pl.DataFrame, nouvelles: pl.DataFrame, part: int) -> pl.DataFrame:
    """Published rows, never rewritten, followed by the new ones."""
    dans_la_part = pl.lit(part, dtype=pl.Int64).alias("part")
    colonnes = columns_of(table)
    return pl.concat(
        [lignes.with_columns(dans_la_part).select(colonnes) for lignes in (publiees, nouvelles)]
    )
