"""What a step says that it reads of the lake is what it reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.metiers import METIERS
from pipelines.nuit import passage
from pipelines.nuit.execution import run_etape
from pipelines.nuit.ordre import list_etapes
from warehouse.lac import Lac

if TYPE_CHECKING:
    from pipelines.metier import Etape
    from tests.conftest import Caisse


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


def test_a_step_reads_what_it_says(
    make_caisse: Callable[..., Caisse],
    lues: dict[str, set[str]],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> None:
    """No table of the lake is read that is not declared, none is declared that is not read."""
    caisse = make_caisse(nombre_parts=1)
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    caisse.pass_night()
    declarees = {e.nom: set(e.lit) for e in list_etapes(METIERS) if e.prepare}
    assert {nom: lues[nom] for nom in declarees} == declarees
