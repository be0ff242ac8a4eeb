"""Test deposits: the same rules on a discarded copy, the same report, nothing written.

The copy is what the lake holds of the same companies tonight, with the test declarations as if
they were real.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.cotisations.documents.effets import compute_effets
from pipelines.cotisations.documents.valeurs import EffetAppel
from pipelines.cotisations.etapes import completed, compute_nouveaux
from pipelines.cotisations.regles.assiettes import declared_months, sum_bases
from pipelines.cotisations.regles.lignes import mark_waiting
from pipelines.declarations.etapes import (
    Entrees,
    complete_bases,
    compute_part,
    read_bases,
    read_reelles,
    read_registre,
)
from pipelines.declarations.regles.depots import compute_anomalies_caisse, compute_etats
from pipelines.nuit.parts import Part, open_ensemble
from pipelines.publication.nuit import ranked
from specs.baremes.suivi import is_estimating
from specs.connaissances import read_connaissances
from warehouse.maison import Maison


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


def simulate(maison: Maison, depot: str, date_arrete: date) -> Essai:
    """Run the night's rules on a copy in which the test deposit `depot` is real."""
    du_depot = pl.col("depot") == depot
    essai = maison.lac.read("declarations_lues").filter(du_depot).collect()
    sirens = essai["siren"].unique()
    reelles = read_reelles(maison).filter(pl.col("siren").is_in(sirens.implode())).collect()
    copie = pl.concat([reelles, essai])
    siennes, savoir = pl.col("siren").is_in(sirens.implode()), read_connaissances()
    registre = read_registre(maison, open_ensemble(maison, date_arrete).vue)
    factures = maison.lac.read("factures_fractionnement").filter(siennes).collect()
    tdp = maison.lac.read("bases_tdp").filter(siennes).collect()
    date_estimation = date_arrete if is_estimating() else None
    entrees = Entrees(Part(0, 1), copie, registre.of(siennes), factures, tdp, date_estimation)
    declarations, bases = compute_part(entrees, read_bases(maison, copie), savoir)
    bases = complete_bases(maison, entrees, declarations, bases)
    appelees = maison.lac.read("lignes_appel").filter(siennes)
    sommes = sum_bases(bases.lazy()).collect()
    declares = declared_months(declarations.lazy(), bases.lazy()).collect()
    publiees = completed(appelees).collect()
    nouveaux = compute_nouveaux(sommes, declares, publiees, registre, date_arrete, savoir)
    bases = mark_waiting(bases, nouveaux.calculees, registre, savoir)
    deposees = declarations.filter(du_depot)
    connus = registre.etablissements
    anomalies = compute_anomalies_caisse(declarations, bases, connus).filter(du_depot)
    etats = compute_etats(deposees)
    _, etat, motif = etats.row(0) if etats.height else (depot, "INTEGRE", None)
    return Essai(
        declarations=deposees,
        anomalies=ranked(anomalies),
        etat=etat,
        motif=motif,
        effets=compute_effets(deposees, nouveaux.appels, nouveaux.lignes, essai=True),
    )
