"""Whose documents can't be made: found, and held or set aside, so that the others are published."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipelines.nuit.reserves.depots import MIS_A_L_ECART, MOTIF, set_aside
from pipelines.nuit.reserves.fautifs import PASSAGERES, find_fautifs
from pipelines.nuit.reserves.tenues import hold_entreprises
from pipelines.publication.nuit import Nuit
from pipelines.publication.remises import (
    archive_rapport,
    compose_essai,
    write_rapports,
    write_remises,
)
from pipelines.reglements.etapes import write_remise_sepa
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.publications import Remise

ETAPE = "publication"


def compose_remises(maison: Maison, nuit: Nuit) -> list[Remise]:
    """Every file that tonight owes, in the archive."""
    debits = write_remise_sepa(maison, nuit.date_arrete, nuit.served())
    return [*write_remises(maison, nuit), *debits]


def hold_destinataires(maison: Maison, nuit: Nuit, erreur: Exception) -> None:
    """Hold the companies whose files can't be made, set aside the deposits that explain it.

    Raises:
        Exception: `erreur`, when it is nobody's.
    """
    boites = nuit.boites.filter(nuit.served("adherent"))
    fautifs = find_fautifs(
        boites["adherent"].to_list(), lambda d: compose_remises(maison, nuit.only(d)), erreur
    )
    for adherent, echec in fautifs.items():
        siens = nuit.depots.filter(pl.col("adherent") == adherent)
        depots = _find_depots(maison, nuit, siens, echec)
        set_aside(maison, nuit.date_arrete, ETAPE, depots)
        siren = boites.filter(pl.col("adherent") == adherent)["siren"].item()
        if siren is not None:
            hold_entreprises(maison, nuit.date_arrete, ETAPE, {siren: echec})
        elif not depots:
            raise erreur


def _find_depots(
    maison: Maison, nuit: Nuit, depots: pl.DataFrame, echec: Exception
) -> dict[str, Exception]:
    """Those of `depots` whose report can't be made; none when it is another document."""

    def essaie(choisis: frozenset[str]) -> None:
        write_rapports(maison, nuit, depots.filter(pl.col("depot").is_in(sorted(choisis))))

    try:
        return dict(find_fautifs(depots["depot"].to_list(), essaie, echec))
    except PASSAGERES:
        raise
    except Exception as autre:
        if autre is not echec:
            raise
        return {}


def answer_essai(maison: Maison, depot: Depot, nuit: Nuit) -> list[Remise]:
    """The report of a test; one that can't be made sets the deposit aside, and says so."""
    try:
        return archive_rapport(maison, compose_essai(maison, depot, nuit))
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - it is this deposit's
        set_aside(maison, nuit.date_arrete, "essai", {depot.depot: erreur})
        ecarte = replace(depot, etat=MIS_A_L_ECART, motif=MOTIF)
        return archive_rapport(maison, compose_essai(maison, ecarte, nuit))
