"""The winter kept in `sample_files/hiver` is the one that the code writes; nothing refuses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.echanges.lecteur import read_echange
from sample_files.exemples_hiver import RACINE, write_exemples
from sample_files.generateur.hiver import ARRETS, write_arret
from specs.periodes import Mois
from tests.parsers.echanges.fabrique import RECU_LE

KEPT = sorted(RACINE.iterdir())


def test_committed_files_are_those_the_code_writes(tmp_path: Path) -> None:
    """Writing the winter again changes no byte of what is committed."""
    write_exemples(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {p.name for p in KEPT}
    for chemin in KEPT:
        assert chemin.read_bytes() == (tmp_path / chemin.name).read_bytes()


@pytest.mark.parametrize("rang", range(len(ARRETS)))
def test_no_declaration_has_a_fault(rang: int) -> None:
    """Each file is taken whole by its control."""
    nom, octets = write_arret(ARRETS[rang])
    lecture = read_echange(0, nom, octets, RECU_LE)
    assert lecture.anomalies.is_empty()
    assert not lecture.lignes["refusee"].any()


def test_each_month_is_declared_once() -> None:
    """Fourteen months follow one another."""
    mois = [Mois.parse(p.stem) for p in KEPT if p.suffix == ".dsn"]
    assert mois == list(Mois.range(mois[0], mois[-1]))
