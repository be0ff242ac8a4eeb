"""Leave published of employees that are merged, then split again: shard by shard, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.conges.suivi import read_of_statements, read_paiements
from pipelines.nuit.parts import Part
from specs.contrats import PAR_SALARIE, read_contrat, schema_polars
from tests.pipelines.conges.publications import fill
from warehouse.maison import Maison, open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages

# Employees of the shards 0 and 1 of two.
NEUF, ANCIEN = f"{0:064x}", f"{1 << 208:064x}"
SIREN = "999000011"
PARTS = [Part(n, 2, partage=PAR_SALARIE) for n in (0, 1)]


def row(salarie: str, numero: str) -> dict[str, Any]:
    """What a request, its taking, its statement and what is due of it have in common."""
    return {"siren": SIREN, "salarie": salarie, "demande": f"R{numero}", "depot": f"D{numero}",
            "rang": 2, "exercice": 2026, "decompte": f"C{numero}", "tour": 0}  # fmt: skip


LIGNES = [row(NEUF, "1"), row(ANCIEN, "2")]
TABLES = {
    "demandes_conges": LIGNES,
    "prises_conges": [
        ligne | {"sens": 1, "compteur": "PRINCIPAL", "origine": "PRINCIPAL", "ordre": 1}
        for ligne in LIGNES
    ],
    "decomptes": LIGNES,
    "lignes_decompte": LIGNES,
    "dus_conges": [
        ligne | {"du": ligne["decompte"], "origine": ligne["decompte"]} for ligne in LIGNES
    ],
}  # fmt: skip


@pytest.fixture
def maison(tmp_path: Path) -> Iterator[Maison]:
    """A home of two shards that has paid a leave of each employee."""
    maison = open_maison(Reglages(dossier=tmp_path / "maison", nombre_parts=2))
    versions = {}
    for nom, lignes in TABLES.items():
        for numero, ligne in enumerate(lignes):
            frame = fill(nom, pl.DataFrame([ligne])).with_columns(part=pl.lit(numero, pl.Int64))
            versions[nom] = maison.lac.write(nom, frame, {"part": numero})
    with maison.moteur.begin() as c:
        publish(c, date_arrete=date(2026, 9, 1), versions=versions, empreinte="e",
                publie_le="2026-09-01T20:00:00Z", remises=())  # fmt: skip
    yield maison
    maison.moteur.dispose()


def link(maison: Maison, etat: str) -> None:
    """The older number leads to the new one, or no longer."""
    contrat = read_contrat("liens_salaries")
    ligne = {"siren": SIREN, "identifiant": ANCIEN, "etat": etat, "regle": "DECISION",
             "salarie": NEUF if etat == "LIE" else ANCIEN}  # fmt: skip
    frame = pl.DataFrame([ligne]).match_to_schema(schema_polars(contrat), missing_columns="insert")
    maison.lac.write("liens_salaries", frame, None)


def read(maison: Maison) -> list[list[tuple[str, str]]]:
    """Requests and their employee, shard by shard; every table says the same."""
    parts = []
    for part in PARTS:
        lus = read_paiements(maison, part)
        dus = read_of_statements(maison, lus.decomptes, "dus_conges", "origine")
        tables = (lus.demandes, lus.prises, lus.decomptes)
        dits = {tuple(t.select("demande", "salarie").sort("demande").iter_rows()) for t in tables}
        assert len(dits) == 1
        for frame in (lus.lignes, dus):
            assert frame["salarie"].to_list() == lus.decomptes["salarie"].to_list()
        ordres = lus.prises.select("salarie", "ordre")
        assert ordres.is_unique().all(), "deux prises d'un salarié ont un ordre"
        parts.append(list(dits.pop()))
    return parts


def test_a_shard_reads_its_own_employees(maison: Maison) -> None:
    """Before anything is told of them."""
    assert read(maison) == [[("R1", NEUF)], [("R2", ANCIEN)]]


def test_leave_follows_the_employee_that_a_number_leads_to(maison: Maison) -> None:
    """Merged: both requests in one shard, none in the other."""
    link(maison, "LIE")
    assert read(maison) == [[("R1", NEUF), ("R2", NEUF)], []]


def test_a_request_is_of_whom_its_line_designates(maison: Maison) -> None:
    """Split after the merge was published: the line says whose request it was."""
    recue = {"siren": SIREN, "depot": "D1", "rang": 2, "salarie": ANCIEN}
    maison.lac.write("demandes_recues", fill("demandes_recues", pl.DataFrame([recue])), {"part": 0})
    link(maison, "SEPARE")
    assert read(maison) == [[], [("R1", ANCIEN), ("R2", ANCIEN)]]
