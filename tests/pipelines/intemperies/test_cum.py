"""The CUM exchange file of a winter (H-2): counters to the cent, read back in both forms."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from parsers.echanges.composition import gather_rows
from parsers.echanges.fixe import read_fixe
from parsers.echanges.xml import read_xml
from parsers.echanges.zones import XML
from pipelines.echanges.sortants import Sortant, compose_lettres_sortants
from pipelines.intemperies.documents.cum import (
    CUM,
    compose_lignes,
    compute_cle,
    count_indemnites,
)

if TYPE_CHECKING:
    from pipelines.editique.dossiers import Dossier

SIREN = "999090012"
ENTETE = {
    "mode": "R", "convention": "1", "siren": SIREN, "file_id": "CUM-1",
    "created": "20260731000000", "operation": "N", "software": "Caisse",
}  # fmt: skip


def identite(salarie: str, nir: str | None = None) -> dict[str, Any]:
    """Who an employee is."""
    return {
        "nir": nir,
        "surname": f"NOM{salarie}",
        "first_name": "Chloé",
        "birth": date(1990, 1, 2),
    }


@pytest.fixture
def lignes(dossier: Dossier) -> list[tuple[str, dict[str, Any]]]:
    """The records of every counter of the story, but those of P1, whom no line names."""
    touches = dossier.tables["cumuls_intemperies"].select("salarie", "annee")
    identites = {"P2": identite("P2"), "P3": identite("P3", "185052A004012")}
    comptes = {("P3", SIREN, "D3", 2025, "2025-26"): 1_500}
    return list(compose_lignes(dossier, touches, identites, comptes))


def test_an_employee_who_used_the_55_is_told(lignes: Any) -> None:
    """CUM 90 of P3: 55 indemnities, none left; D3 and D4 below, fifteen here."""
    siennes = [valeurs for _, valeurs in lignes if valeurs["nir"] is not None]
    total, d3, d4 = siennes
    assert (total["year"], total["ij"], total["ij_left"], total["nir_key"]) == (
        2025,
        5_500,
        0,
        "70",
    )
    assert (total["indemnity"], total["refund_prov"], total["refund_final"]) == (
        271_440, 177_686, 178_172,
    )  # fmt: skip
    assert (d3["decl_id"], d3["ij"], d3["indemnity"], d3["campaign"]) == (
        "D3",
        1_500,
        271_440,
        2025,
    )
    assert (d4["decl_id"], d4["ij"], d4["indemnity"]) == ("D4", 0, 0)
    assert d3["trace_id"].startswith("IND-")


def test_the_file_reads_back_and_its_totals_are_its_own(lignes: Any) -> None:
    """Both forms conform; SUM_1 is the indemnities, N_EMP the employees named."""
    for forme, lire in ((None, read_fixe), (XML, read_xml)):
        sortant = Sortant("A1", ENTETE, gather_rows(CUM, lignes), forme, 12)
        (lettre,) = compose_lettres_sortants(CUM, [sortant])
        ((nom, octets),) = lettre.draw()
        assert nom == f"CUM_R_1_20260731000000_0012.{'xml' if forme else 'txt'}"
        lu = lire(0, octets)
        assert lu.anomalies.is_empty()
    assert sum(v["indemnity"] for code, v in lignes if code == "90") == sum(
        v["indemnity"] for code, v in lignes if code == "91"
    )
    assert CUM == "CUM"


def test_a_date_counts_in_the_declaration_of_its_first_indemnified_line() -> None:
    """A line of waiting hours alone counts nothing; another employer's comes first here."""

    def jour(siren: str, declaration: str, indemnisees: int) -> dict[str, Any]:
        return {"salarie": "a", "siren": siren, "declaration": declaration,
                "date": date(2026, 1, 26), "indemnisees_centiemes": indemnisees,
                "horaire_centiemes": 700}  # fmt: skip

    jours = pl.DataFrame([jour("1", "A", 0), jour("1", "B", 400), jour("2", "C", 300)])
    assert count_indemnites(jours) == {("a", "1", "B", 2026, "2025-26"): 100}


@pytest.mark.parametrize(("nir", "cle"), [("292022B033045", "14"), ("185052A004012", "70")])
def test_the_key_of_a_corsican_number(nir: str, cle: str) -> None:
    """2A counts as 19, 2B as 18 (RE-09)."""
    assert compute_cle(nir) == cle
