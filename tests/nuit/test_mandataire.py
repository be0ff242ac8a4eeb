"""A bureau deposits in its own box for the company that mandated it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Caisse

MANDAT = b"mandataire;siren;service;debut\nCABINET-01;800000010;declarations;2026-03-01\n"


def test_the_declaration_of_a_bureau_is_called(
    caisse: Caisse, normale: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """Its declaration counts as the company's; each reads in its own box what concerns it."""
    caisse.learn(MANDAT)
    caisse.drop("CABINET-01", "mars.dsn", as_real(normale))
    assert caisse.pass_night().publication is not None
    assert caisse.read("depots").select("adherent", "etat").rows() == [("CABINET-01", "INTEGRE")]
    assert set(caisse.read("appels")["adherent"]) == {"A80001"}
    boites = {chemin.split("/")[0]: set[str]() for chemin in caisse.returned()}
    for chemin in caisse.returned():
        boites[chemin.split("/")[0]].add(chemin.split("/")[2].split("_")[0])
    assert boites == {
        "A80001": {"APPEL", "RECAPITULATIF", "RELEVE"},
        "CABINET-01": {"ACK", "RAPPORT"},
    }
