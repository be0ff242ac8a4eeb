"""What a step says that it reads of the lake is what it reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.metiers import METIERS
from pipelines.nuit import passage
from pipelines.nuit.execution import run_etape
from pipelines.nuit.ordre import list_etapes
from specs.contrats import tables_of
from tests.parsers.echanges.fabrique import ARRET, JOUR, LIGNES, SALARIE, write
from warehouse.lac import Lac

if TYPE_CHECKING:
    from pipelines.metier import Etape
    from tests.conftest import Caisse

SIRET = "80000001000010"
BONS = Path(__file__).parents[3] / "sample_files" / "bons"


@pytest.fixture
def lues(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Tables read by each step as the lake stands, not as published, from then on."""
    vues: dict[str, set[str]] = defaultdict(set)
    en_cours: list[str] = []
    lire = Lac.read

    def read(lac: Lac, table: str, version: int | None = None) -> Any:
        if en_cours and version is None:
            vues[en_cours[-1]].add(table)
        return lire(lac, table, version)

    def run(maison: Any, etape: Etape, *reste: Any) -> None:
        en_cours.append(etape.nom)
        run_etape(maison, etape, *reste)
        en_cours.pop()

    monkeypatch.setattr(Lac, "read", read)
    monkeypatch.setattr(passage, "run_etape", run)
    return vues


def expand(lues: tuple[str, ...]) -> Iterator[str]:
    """Tables by name, those of the families among them."""
    for lue in lues:
        yield from tables_of(lue[1:]) if lue.startswith("*") else (lue,)


def _declare_stop() -> bytes:
    """A day lost by an employee of the DSN."""
    jour = date(2026, 3, 10)
    lignes = [
        ("30", ARRET | {"siret": SIRET, "stop_date": jour, "resume_date": jour}),
        ("31", SALARIE | {"matricule": "M0001", "hire_date": date(2015, 3, 2)}),
        ("32", JOUR | {"matricule": "M0001", "date": jour}),
    ]
    tete = {"mode": "R", "convention": "0080001", "siren": SIRET[:9]}
    return write("ARI", lignes, created="20260401080000", **tete)


def test_a_step_reads_what_it_says(
    make_caisse: Callable[..., Caisse],
    lues: dict[str, set[str]],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """No table of the lake is read that is not declared, none is declared that is not read."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn((BONS / "registre.yaml").read_bytes(), "yaml")
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    demande = write("DMC", LIGNES["DMC"], mode="R", created="20260401080000")
    caisse.drop("A09001", "DMC_R_0001234_20260401080000_0001.txt", demande)
    compte = write("RIB", LIGNES["RIB"], mode="R", created="20260401080000")
    caisse.drop("A09001", "RIB_R_0001234_20260401080000_0001.txt", compte)
    certificat = write("CERT", LIGNES["CERT"], mode="R", created="20260401080000")
    caisse.drop("A09001", "CERT_R_0001234_20260401080000_0001.txt", certificat)
    caisse.drop("A80001", "ARI_R_0080001_20260401080000_0001.txt", _declare_stop())
    caisse.pass_night()
    declarees = {e.nom: set(expand(e.lit)) for e in list_etapes(METIERS) if e.prepare}
    assert {nom: lues[nom] for nom in declarees} == declarees
