"""The order of the night: from what the businesses offer."""

from __future__ import annotations

import pytest

from pipelines.metier import Etape, Metier, Portee, find
from pipelines.metiers import METIERS
from pipelines.nuit.ordre import OrdreImpossible, find_etape, list_etapes, list_temps


def metier(nom: str, *etapes: Etape) -> Metier:
    """A business with these steps."""
    return Metier(nom, etapes=etapes)


def part(nom: str, temps: str = "", *apres: str) -> Etape:
    """A step on shards."""
    return Etape(nom, Portee.PART, temps=temps, apres=apres, plan="m:plan")


def test_steps_come_in_the_order_of_the_businesses_but_those_that_wait() -> None:
    """A step that names a later one comes right after it."""
    premier = metier("premier", part("a"), part("b", "", "d"), part("c"))
    noms = [e.nom for e in list_etapes([premier, metier("second", part("d"), part("e"))])]
    assert noms == ["a", "c", "d", "b", "e"]


@pytest.mark.parametrize("attendu", ["a", "rien"])
def test_a_step_that_waits_for_ever_is_refused(attendu: str) -> None:
    """One that waits for itself, or for what no business offers, is named."""
    with pytest.raises(OrdreImpossible, match=r": a$"):
        list_etapes([metier("seul", part("a", "", attendu))])


def test_neighbours_of_one_task_run_together() -> None:
    """They make one task, that asks once for what they ask; others stay apart."""
    temps = list_temps([metier("m", part("a", "t"), part("b", "t"), part("c"))])
    assert [(t.nom, [e.nom for e in t.etapes], t.plans) for t in temps] == [
        ("t", ["a", "b"], ("m:plan",)),
        ("c", ["c"], ("m:plan",)),
    ]


def test_steps_of_one_task_are_never_parted() -> None:
    """A step of another task between two of one is refused: they could not run together."""
    with pytest.raises(OrdreImpossible, match="séparées : t"):
        list_temps([metier("m", part("a", "t"), part("b"), part("c", "t"))])


def test_every_place_that_a_business_names_exists() -> None:
    """Steps, plans, documents, explanations, cases: what is named is found."""
    for offert in METIERS:
        lieux = [lieu for e in offert.etapes for lieu in (e.prepare, e.agit, e.plan)]
        lieux += [document.compose for document in offert.documents]
        lieux += [explicable.explique for explicable in offert.explications]
        lieux += [offert.etats, offert.scelle, offert.alertes, offert.essai, *offert.gardes]
        assert all(callable(find(lieu)) for lieu in lieux if lieu), offert.nom
        for _, execution in offert.cas:
            assert {"TABLES", "run"} <= set(vars(find(execution)))


def test_every_step_either_prepares_or_acts() -> None:
    """One place says what it does; on lots and shards, its task knows which ones."""
    for temps in list_temps(METIERS):
        assert all(bool(e.prepare) != bool(e.agit) for e in temps.etapes)
        assert bool(temps.plans) == (temps.portee is not Portee.CAISSE)
    assert find_etape(METIERS, "cotisations").temps == "appeler"
