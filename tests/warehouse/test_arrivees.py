"""Files that arrive together are journalled as they would be one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import event

from warehouse.arrivees import Arrivee, record_depots
from warehouse.journal import Depot, read_depots, read_etats
from warehouse.maison import Maison

INSTANT = "2026-03-01T21:00:00Z"
A, B = "004217", "000001"
REFUS = "Le fichier est vide."


def arrive(adherent: str, contenu: str, refus: str = "") -> Arrivee:
    """A file of this content."""
    return Arrivee(adherent, f"{contenu}.dsn", contenu * 64, 3, INSTANT, refus=refus)


def record(maison: Maison, arrivees: Sequence[Arrivee]) -> list[Depot]:
    """Journal them in a transaction."""
    with maison.moteur.begin() as connexion:
        return record_depots(connexion, arrivees)


ARRIVEES = (
    arrive(A, "a"),
    arrive(B, "a"),
    arrive(A, "b"),
    arrive(A, "a"),
    arrive(B, "e", REFUS),
    arrive(B, "e", REFUS),
    arrive(A, "b"),
)
ETATS = ("RECU", "RECU", "RECU", "DOUBLON", "ILLISIBLE", "DOUBLON", "DOUBLON")
ORIGINAUX = (None, None, None, "D00000001", None, "D00000005", "D00000003")


@pytest.mark.parametrize("coupes", [(7,), (1,) * 7, (3, 4), (4, 3), (5, 2)])
def test_a_lot_is_what_its_files_are_alone(maison: Maison, coupes: tuple[int, ...]) -> None:
    """Whichever come together: doubles of the lot and of earlier ones, what is refused."""
    debut = 0
    inscrits: list[Depot] = []
    for nombre in coupes:
        inscrits += record(maison, ARRIVEES[debut : debut + nombre])
        debut += nombre
    with maison.moteur.connect() as connexion:
        assert read_depots(connexion) == inscrits
        traces = [read_etats(connexion, depot.depot) for depot in inscrits]
    assert tuple(depot.etat for depot in inscrits) == ETATS
    assert tuple(depot.original for depot in inscrits) == ORIGINAUX
    assert [depot.numero for depot in inscrits] == [*range(1, 8)]
    assert traces[4] == [("RECU", None, INSTANT), ("ILLISIBLE", REFUS, INSTANT)]
    assert traces[6] == [("DOUBLON", "contenu déjà reçu : dépôt D00000003", INSTANT)]


def test_nothing_arrives(maison: Maison) -> None:
    """No file, nothing written."""
    assert record(maison, []) == []


def test_a_lot_asks_as_many_statements_as_a_file(maison: Maison) -> None:
    """Whatever its number."""
    comptes: list[int] = []
    event.listen(maison.moteur, "before_cursor_execute", lambda *_: comptes.append(1))
    record(maison, [arrive(A, "a")])
    seul = len(comptes)
    record(maison, [Arrivee(A, "n", f"{rang:064}", 1, INSTANT) for rang in range(400)])
    assert len(comptes) == 2 * seul
