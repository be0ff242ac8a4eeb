"""Deposits set aside: a file that the engine could not process, or that an operator withdrew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from pipelines.nuit.reserves.fautifs import describe_cause
from specs.contrats import codes_of
from warehouse.alertes import DEPOT, Alerte, record_alerte
from warehouse.instants import format_instant
from warehouse.journal import change_etat, read_depot, read_depots
from warehouse.maison import Maison

(MIS_A_L_ECART,) = codes_of("depots", "etat", "MIS_A_L_ECART")
MOTIF = (
    "la caisse n'a pas pu traiter ce fichier : il est conservé, elle en est avertie et le reprendra"
)


def read_ecartes(connexion: Connection) -> frozenset[str]:
    """Names of the deposits that are set aside."""
    return frozenset(depot.depot for depot in read_depots(connexion, {MIS_A_L_ECART}))


def set_aside(
    maison: Maison,
    date_arrete: date,
    etape: str,
    fautifs: Mapping[str, Exception],
    essais: Collection[str] = (),
) -> None:
    """Set these deposits aside, each with what happened to it; `essais`: those that are tests."""
    instant = format_instant(datetime.now(UTC))
    with maison.moteur.begin() as connexion:
        for depot, erreur in fautifs.items():
            alerte = Alerte(date_arrete, DEPOT, etape, describe_cause(erreur), depot=depot)
            record_alerte(connexion, alerte, instant)
            essai = depot in essais or read_depot(connexion, depot).essai
            change_etat(connexion, depot, MIS_A_L_ECART, MOTIF, instant=instant, essai=essai)
