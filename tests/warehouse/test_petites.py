"""A small table is read from its files once; one that is not small, whenever it is asked for."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from specs.contrats import read_contrat, schema_polars
from warehouse import petites
from warehouse.coffre.trousseau import FERME
from warehouse.lac import Lac

CONTRAT = read_contrat("liens_salaries")


def _lignes(*identifiants: str) -> pl.DataFrame:
    """Rows of a small table."""
    lignes = [
        {"siren": "800000010", "identifiant": dit, "salarie": dit, "etat": "LIE"}
        for dit in identifiants
    ]
    return pl.DataFrame(lignes, schema=schema_polars(CONTRAT))


def _forget_files(lac: Lac) -> None:
    for fichier in DeltaTable(str(lac.dossier / CONTRAT.nom)).file_uris():
        Path(fichier).unlink()


@pytest.fixture
def lac(tmp_path: Path) -> Lac:
    """A lake without a table."""
    return Lac(tmp_path, FERME)


def test_a_small_table_is_read_once(lac: Lac) -> None:
    """Its files are not needed any more."""
    lac.write(CONTRAT.nom, _lignes("1", "2"), None)
    lues = lac.read(CONTRAT.nom).collect()
    _forget_files(lac)
    assert lac.read(CONTRAT.nom).collect().equals(lues)
    assert lues.height == 2


def test_a_new_version_is_read_beside_the_one_kept(lac: Lac) -> None:
    """What is kept is kept for its version."""
    premiere = lac.write(CONTRAT.nom, _lignes("1"), None)
    assert lac.read(CONTRAT.nom).collect()["identifiant"].to_list() == ["1"]
    lac.write(CONTRAT.nom, _lignes("2"), None)
    assert lac.read(CONTRAT.nom).collect()["identifiant"].to_list() == ["2"]
    assert lac.read(CONTRAT.nom, premiere).collect()["identifiant"].to_list() == ["1"]


def test_another_writer_is_seen(lac: Lac) -> None:
    """The last version is asked of the folder, by readers and by writers."""
    lac.write(CONTRAT.nom, _lignes("1"), None)
    assert lac.read(CONTRAT.nom).collect().height == 1
    Lac(lac.dossier, FERME).write(CONTRAT.nom, _lignes("1", "2", "3"), None)
    assert lac.read(CONTRAT.nom).collect().height == 3
    lac.write(CONTRAT.nom, _lignes("4"), None)
    assert Lac(lac.dossier, FERME).read(CONTRAT.nom).collect()["identifiant"].to_list() == ["4"]


def test_a_table_that_is_not_small_is_read_from_its_files(
    lac: Lac, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is kept."""
    monkeypatch.setattr(petites, "PETITE_OCTETS", 0)
    lac.write(CONTRAT.nom, _lignes("1"), None)
    assert lac.read(CONTRAT.nom).collect().height == 1
    _forget_files(lac)
    with pytest.raises(FileNotFoundError):
        lac.read(CONTRAT.nom).collect()


def test_what_is_kept_is_bounded(lac: Lac, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond, all is forgotten."""
    versions = [lac.write(CONTRAT.nom, _lignes(str(rang)), None) for rang in range(4)]
    monkeypatch.setattr(petites, "MEMOIRE_OCTETS", 1)
    for version in versions:
        lac.read(CONTRAT.nom, version)
    _forget_files(lac)  # those of the last version alone are still listed
    assert lac.read(CONTRAT.nom, versions[-1]).collect().height == 1
    lac.read(CONTRAT.nom, versions[0])
    with pytest.raises(FileNotFoundError):
        lac.read(CONTRAT.nom, versions[-1]).collect()


def test_rows_of_many_files_are_read_as_those_of_one(lac: Lac) -> None:
    """What is made of the rows of a partition does not meet the empty pieces of the others."""
    schema = schema_polars(read_contrat("mois_exploites"))
    for part in range(4):
        for etape in ("a", "b"):
            lignes = [
                {
                    "part": part,
                    "etape": etape,
                    "siren": f"80000001{rang}",
                    "mois": "2026-03",
                    "empreinte": f"une empreinte plus longue que douze octets {rang}",
                }
                for rang in range(part)
            ]
            frame = pl.DataFrame(lignes, schema=schema)
            lac.write("mois_exploites", frame, {"part": part, "etape": etape})
    for part in range(5):
        siens = (pl.col("part") == part) & (pl.col("etape") == "a")
        dits = (
            lac.read("mois_exploites").filter(siens).select(pl.format("{} {}", "mois", "empreinte"))
        )
        assert dits.collect().height == (part if part < 4 else 0)
