"""Test deposits of DSN: what the night's own steps make of them, on a view that is thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.cotisations.documents.effets import compute_effets
from pipelines.cotisations.documents.nouveautes import Nouveautes, read_nouveautes
from pipelines.cotisations.documents.valeurs import EffetAppel
from pipelines.declarations.regles.depots import compute_anomalies_caisse, compute_etats, left_out
from pipelines.metier import Metier
from pipelines.nuit.apercu import run_apercu
from pipelines.nuit.parts import open_ensemble
from pipelines.publication.nuit import ranked
from warehouse.maison import Maison
from warehouse.registre import read_etablissements


@dataclass(frozen=True, slots=True)
class Essai:
    """What a test deposit would have given.

    Its declarations with their status, the fund's anomalies, its state, the calls it would change.
    """

    declarations: pl.DataFrame
    anomalies: pl.DataFrame
    etat: str
    motif: str | None
    effets: tuple[EffetAppel, ...]


def simulate(maison: Maison, metiers: Sequence[Metier], depot: str, date_arrete: date) -> Essai:
    """Run the night's rules on a copy in which the test deposit `depot` is real."""
    du_depot = pl.col("depot") == depot
    lues = maison.lac.read("declarations_lues").filter(du_depot).select("siren").collect()
    sirens = lues["siren"].drop_nulls().unique().sort().to_list()
    vue = run_apercu(maison, metiers, date_arrete, sirens, {depot})
    siennes = pl.col("siren").is_in(sirens)
    deposees = vue.lac.read("declarations").filter(du_depot).collect()
    deposees = deposees.sort("rang_declaration")
    ecartees = vue.lac.read("bases").filter(siennes & left_out()).collect()
    with maison.moteur.connect() as connexion:
        registre = open_ensemble(maison, date_arrete).vue.registre
        etablissements = read_etablissements(connexion, registre)
    anomalies = compute_anomalies_caisse(deposees, ecartees, etablissements).filter(du_depot)
    etats = compute_etats(deposees)
    _, etat, motif = etats.row(0) if etats.height else (depot, "INTEGRE", None)
    nouveautes = read_nouveautes(vue)
    return Essai(
        declarations=deposees,
        anomalies=ranked(anomalies),
        etat=etat,
        motif=motif,
        effets=_read_effets(maison, deposees, nouveautes),
    )


def _read_effets(
    maison: Maison, deposees: pl.DataFrame, nouveautes: Nouveautes
) -> tuple[EffetAppel, ...]:
    """The calls it would change, each line beside what is called so far."""
    vises = deposees.lazy().select("cdg", "mois_appel").unique()
    presentes = maison.lac.read("lignes_appel").join(vises, on=["cdg", "mois_appel"], how="semi")
    return compute_effets(deposees, nouveautes.nouveaux, nouveautes.lignes, presentes.collect())
