"""Files that a reader of the specification wrote, who had nothing else: they are accepted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from parsers.echanges.lecteur import read_echange
from pipelines.controle.natures import CONFORME

FICHIERS = sorted((Path(__file__).parents[2] / "sample_files" / "bons" / "echanges").iterdir())
LENDEMAIN = datetime(2026, 9, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize("fichier", FICHIERS, ids=lambda fichier: fichier.name)
def test_a_file_written_from_the_specification_alone_is_accepted(fichier: Path) -> None:
    """Nothing is refused of any of them, in either form."""
    lecture = read_echange(0, fichier.name, fichier.read_bytes(), LENDEMAIN)
    assert (lecture.verdict, lecture.refuse) == (CONFORME, False)
    assert set(lecture.anomalies["code"]) <= {"D108"}


def test_every_kind_is_written_in_both_forms() -> None:
    """Five kinds, a replacement and a cancellation of requests."""
    noms = [fichier.name for fichier in FICHIERS]
    assert {nom.split("_")[0] for nom in noms} == {"ARI", "CERT", "DMC", "RIB", "TDP"}
    assert sum(nom.endswith(".xml") for nom in noms) == len(noms) / 2 == 7
