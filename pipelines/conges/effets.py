"""What a decision about a request of leave will change, in a sentence, before it is recorded."""

from __future__ import annotations

import polars as pl

from specs.contrats import codes_of, valeurs_of
from specs.typographie import format_euros
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

COMPENSATION, ANNULATION, RENONCIATION = codes_of(
    "decisions", "nature", "COMPENSATION_CONGES", "ANNULATION_CONGES",
    "RENONCIATION_FRACTIONNEMENT",
)  # fmt: skip
(ANNULE,) = codes_of("decomptes", "motif", "ANNULATION")
SUITES = {
    COMPENSATION: "tous les jours qui restent seront payés, les compteurs ramenés à zéro.",
    ANNULATION: "ses jours seront rendus",
    RENONCIATION: "le salarié n'aura aucun jour de fractionnement pour les exercices de ce congé.",
}


def tell_effet(maison: Maison, nature: str, demandes: pl.DataFrame) -> str:
    """The request as last published (`demandes`: its row, or none yet), and what becomes of it."""
    if demandes.is_empty():
        return f"La demande n'est pas encore jugée. Ensuite : {SUITES[nature]}"
    demande = demandes.row(0, named=True)
    etat = valeurs_of("demandes_conges", "etat")[demande["etat"]]
    dates = (
        f"du {demande['debut']:%d/%m/%Y} au {demande['fin']:%d/%m/%Y}"
        if demande["debut"]
        else "sans dates"
    )
    suite = SUITES[nature]
    if nature == ANNULATION:
        suite += _tell_undone(maison, demande["siren"], demande["demande"])
    return f"Congé {demande['nature']} {dates}, {etat} : {suite}"


def _tell_undone(maison: Maison, siren: str, demande: str) -> str:
    """What was paid of the request, which the next payments of the employee will give back."""
    payes = (
        read_table_publiee(maison, "decomptes")
        .filter(pl.col("siren") == siren, demande=demande)
        .filter(pl.col("motif") != ANNULE)
        .collect()
    )
    if payes.is_empty():
        return ", rien n'en a été payé."
    total = format_euros(sum(payes["net_centimes"]))
    return f", et {total} nets déjà payés repris sur les prochains paiements du salarié."
