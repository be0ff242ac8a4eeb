"""What a night hands over of leave: to whom, when, and once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from pipelines.conges.documents import lettres
from pipelines.editique.dossiers import Dossier
from pipelines.editique.valeurs import Entreprise
from tests.pipelines.conges.publications import fill, publish_conges
from tests.pipelines.conges.test_suites import employed, night
from warehouse.maison import Maison

SIREN, NUIT = "800000010", date(2025, 10, 2)
ECART = {
    "siren": SIREN, "cdg": "C1", "salarie": "P1", "decompte": "DC1", "contrat": "00001",
    "mois": "2025-08", "debut": date(2025, 8, 4), "fin": date(2025, 8, 16),
    "jours_centiemes": 1_100, "codes_declares": "501", "bloc": "S21.G00.65.001,'200'",
}  # fmt: skip


@pytest.fixture
def maison(tmp_path: Path) -> Maison:
    """A home that published an employee at work; no leave of his was told otherwise."""
    avant = date(2025, 9, 20)
    return publish_conges(tmp_path / "maison", (avant, employed(None)))


@pytest.fixture(autouse=True)
def _dossiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """One company is served; its rows are those of the lake."""

    def read(
        maison: Maison, nuit: Any, tables: tuple[str, ...], sirens: pl.Series
    ) -> Iterator[Dossier]:
        lues = {nom: maison.lac.read(nom).collect() for nom in tables}
        for siren in sirens:
            entreprise = Entreprise("A80001", siren, "ROUTES EXEMPLE")
            yield Dossier(entreprise, lues, pl.DataFrame(), nuit.date_arrete, 2)

    monkeypatch.setattr(lettres, "read_dossiers_nuit", read)


def write(maison: Maison, table: str, frame: pl.DataFrame) -> None:
    """What the night wrote, before it is published."""
    maison.lac.write(table, fill(table, frame), {"part": 0})


def drawn(composees: Iterator[Any]) -> list[tuple[str, str, Any]]:
    """Box, name and content of each file."""
    return [(le.adherent, nom, contenu) for le in composees for nom, contenu in le.draw()]


def test_a_certificate_goes_to_its_company_the_night_it_is_set(maison: Maison) -> None:
    """Nothing while it is provisional; once the employee is gone, a CSV and a workbook."""
    nuit: Any = SimpleNamespace(date_arrete=NUIT, served=lambda: pl.lit(value=True))
    assert drawn(lettres.compose_certificats(maison, nuit)) == []
    ouvert = night(employed(None), date(2025, 9, 20))
    fini = night(employed(date(2025, 9, 30)), NUIT, ouvert)
    write(maison, "certificats", fini.certificats)
    fichiers = drawn(lettres.compose_certificats(maison, nuit))
    assert [(boite, nom) for boite, nom, _ in fichiers] == [
        ("A80001", "CERTIFICATS_CONGES_2025-10-02.csv"),
        ("A80001", "CERTIFICATS_CONGES_2025-10-02.xlsx"),
    ]
    assert "CG2026-800000010-C1-20250401-P1" in fichiers[0][2].decode("utf-8-sig")


def test_a_difference_is_told_when_it_appears(maison: Maison) -> None:
    """With what to send; what was published as it is is not told again."""
    nuit: Any = SimpleNamespace(date_arrete=NUIT, served=lambda: pl.lit(value=True))
    write(maison, "ecarts_absences", pl.DataFrame([ECART]))
    fichiers = drawn(lettres.compose_absences(maison, nuit))
    assert [nom for _, nom, _ in fichiers] == [
        "ABSENCES_CONGES_2025-10-02.csv", "ABSENCES_CONGES_2025-10-02.xlsx",
    ]  # fmt: skip
    assert "501 (congé sans solde)" in fichiers[0][2].decode("utf-8-sig")
    deja = maison.lac.read("ecarts_absences").collect()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lettres, "read_table_publiee", lambda *_: deja.lazy())
        assert drawn(lettres.compose_absences(maison, nuit)) == []


def test_a_certificate_published_is_not_given_again(maison: Maison) -> None:
    """The same night played over what it published."""
    fini = night(employed(date(2025, 9, 30)), NUIT)
    write(maison, "certificats", fini.certificats)
    publies = maison.lac.read("certificats").collect()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lettres, "read_table_publiee", lambda *_: publies.lazy())
        nuit: Any = SimpleNamespace(date_arrete=NUIT, served=lambda: pl.lit(value=True))
        assert drawn(lettres.compose_certificats(maison, nuit)) == []
