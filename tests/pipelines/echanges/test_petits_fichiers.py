"""Many small files come at once: a scan asks of the stores what its lots cost, not its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.compteurs import FICHIERS, FSYNC, REQUETES, VERSIONS, count
from parsers.echanges.ecriture import write_fixe
from parsers.echanges.ecriture_xml import write_xml
from pipelines.nuit.passage import plan_temps, run_temps
from pipelines.ordonnancement import CONTROLER, REMETTRE
from tests.conftest import SOIR
from tests.parsers.echanges.fabrique import LIGNES, compose

if TYPE_CHECKING:
    from tests.conftest import Caisse

BONS = Path(__file__).parents[3] / "sample_files" / "bons"
BOITE = "A09001"
SORTES = [*product(LIGNES, ("txt", "xml"))]
FOIS = 4


@pytest.fixture
def caisse(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund that knows the company of the samples and its conventions."""
    caisse = make_caisse(nombre_parts=2)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    return caisse


def scan(caisse: Caisse, debut: int, fois: int) -> Counter[str]:
    """Files of every kind in both forms, so many times, in one scan: what it asks of the stores."""
    for rang, (genre, suffixe) in enumerate(SORTES * fois, debut):
        entete = {"mode": "R", "file_id": f"F{rang}", "created": "20260401080000"}
        fichier = compose(genre, LIGNES[genre], **entete)
        octets = write_xml(fichier) if suffixe == "xml" else write_fixe(fichier)
        caisse.drop(BOITE, f"{genre}_R_0001234_20260401080000_{rang:04}.{suffixe}", octets)
    passage = caisse.passage(SOIR + timedelta(minutes=debut))
    with count(caisse.maison) as comptes:
        run_temps(passage, passage.find_temps("recevoir"))
        temps = passage.find_temps(CONTROLER)
        for lot in plan_temps(passage, temps):
            run_temps(passage, temps, lot)
        run_temps(passage, passage.find_temps(REMETTRE))
    return comptes


def test_a_scan_costs_its_lots(caisse: Caisse) -> None:
    """Four times the files: nothing more; with these behind it, nothing more either."""
    seul = scan(caisse, 0, 1)
    tailles = {"quatre fois": scan(caisse, 100, FOIS), "ensuite": scan(caisse, 200, 1)}
    for quand, comptes in tailles.items():
        plus = {n: comptes[n] - seul[n] for n in (REQUETES, FSYNC, VERSIONS, FICHIERS)}
        assert all(nombre <= 0 for nombre in plus.values()), (quand, plus, seul)
    etats = Counter(depot.etat for depot in caisse.journal().values())
    assert etats["RECU"] == 0
    assert sum(etats.values()) == len(SORTES) * (FOIS + 2)
    rapports = [nom for nom in caisse.returned() if "/CRT_" in nom and nom.endswith(".json")]
    assert len(rapports) == sum(etats.values())
