"""The reception goes on while a night runs: what it takes then waits for the next one, whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.controle.etapes import check_lot, plan_lots
from pipelines.metiers import METIERS
from pipelines.nuit.ordre import list_temps
from pipelines.publication.etapes import publier

if TYPE_CHECKING:
    from tests.conftest import Caisse

ADHERENT = "A80001"


def test_the_double_of_a_test_taken_during_a_night_is_not_published(
    caisse: Caisse,
    soir: datetime,
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """A test and its double come after the controls: neither that night nor the next tells them."""
    caisse.drop(ADHERENT, "normale.dsn", as_real(normale))
    caisse.receive(soir)
    for lot in plan_lots(caisse.maison):
        check_lot(caisse.maison, lot, soir, METIERS)
    for nom in ("essai.dsn", "encore.dsn"):
        caisse.drop(ADHERENT, nom, remplace)
        caisse.receive(soir)
    jour = date(2026, 4, 5)
    controles = ("recevoir", "controler", "publier", "remettre")
    for temps in (t.nom for t in list_temps(METIERS) if t.nom not in controles):
        caisse.run(temps, jour)
    assert publier(caisse.passage(soir, jour)).publication is not None
    publies = [caisse.read("depots")["nom"].to_list()]
    caisse.pass_night(soir + timedelta(days=1))
    publies.append(caisse.read("depots")["nom"].to_list())
    assert publies == [["normale.dsn"], ["normale.dsn"]]
    etats = {nom: depot.etat for nom, depot in caisse.journal().items()}
    assert (etats["essai.dsn"], etats["encore.dsn"]) == ("CONFORME", "DOUBLON")
