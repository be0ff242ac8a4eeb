"""Days that the fund paid against what the DSN tell of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.conges.regles.acquisition.contrats import LIGNES
from pipelines.conges.regles.ecarts_absences import compute_ecarts_absences, list_mois_payes
from specs.connaissances import read_connaissances

AOUT, MOIS = date(2025, 8, 1), "2025-08"
DECOMPTE = {
    "decompte": "DC1", "siren": "S1", "demande": "R1", "salarie": "P1", "motif": "PAIEMENT",
    "nature": "CP", "annule": None, "debut": date(2025, 8, 4), "fin": date(2025, 8, 16),
}  # fmt: skip
LIGNE = {
    "salarie": "P1", "siren": "S1", "cdg": "C1", "contrat": "00001", "mois": AOUT, "du": AOUT,
    "au": date(2025, 8, 31),
}  # fmt: skip
DITE = {
    "salarie": "P1", "siren": "S1", "contrat": "00001", "mois": MOIS, "nature": "SUSPENSION",
    "motif_absence": "200", "debut": date(2025, 8, 4), "fin": date(2025, 8, 16),
    "fin_prevue": None, "reprise": None,
}  # fmt: skip
ABSENCES = pl.Schema(
    {nom: pl.Date if isinstance(v, date) or v is None else pl.String for nom, v in DITE.items()}
)


def compare(
    *dites: dict[str, Any], decompte: dict[str, Any] | None = None, lignes: int = 1
) -> list[dict[str, Any]]:
    """The differences of one leave, absences told as `dites`."""
    decomptes = pl.DataFrame([DECOMPTE | (decompte or {})], schema_overrides={"annule": pl.String})
    demandes = pl.DataFrame({"siren": ["S1"], "demande": ["R1"], "departement": ["77"]})
    connues = [{nom: LIGNE.get(nom) for nom in LIGNES}][:lignes]
    return compute_ecarts_absences(
        decomptes,
        demandes,
        pl.DataFrame(connues, LIGNES),
        pl.DataFrame([DITE | dite for dite in dites], ABSENCES),
        read_connaissances(),
    ).to_dicts()


def test_leave_told_under_200_is_no_difference() -> None:
    """Whole; the 15 August, a holiday, need not be told."""
    assert compare({}) == []
    jeudi, samedi = date(2025, 8, 14), date(2025, 8, 16)
    assert compare({"fin": jeudi}, {"debut": samedi, "fin": samedi}) == []


def test_leave_told_under_501_is_named_with_the_block_to_send() -> None:
    """Eleven working days, the holiday left out."""
    (ecart,) = compare({"motif_absence": "501"})
    assert (ecart["codes_declares"], ecart["jours_centiemes"]) == ("501", 1_100)
    assert ecart["bloc"].splitlines() == [
        "S21.G00.65.001,'200'", "S21.G00.65.002,'04082025'", "S21.G00.65.003,'16082025'",
    ]  # fmt: skip


def test_leave_that_is_not_told_at_all() -> None:
    """No code is named; only the days that are missing are in the block."""
    (ecart,) = compare()
    assert ecart["codes_declares"] is None
    (partiel,) = compare({"fin": date(2025, 8, 13)})
    assert (partiel["debut"], partiel["jours_centiemes"]) == (date(2025, 8, 14), 200)


@pytest.mark.parametrize(
    ("decompte", "lignes"),
    [
        ({}, 0),
        ({"motif": "ANNULATION"}, 1),
        ({"nature": "CO"}, 1),
        ({"debut": date(2025, 9, 1), "fin": date(2025, 9, 6)}, 1),
    ],
)
def test_what_makes_no_difference(decompte: dict[str, Any], lignes: int) -> None:
    """A month without a DSN, a mirror, a compensation, days of another month."""
    assert compare(decompte=decompte, lignes=lignes) == []


def test_sickness_is_another_matter() -> None:
    """A stoppage told of the days: the leave is made again (L-36), not the DSN."""
    arret = {"nature": "ARRET", "motif_absence": "01", "fin": None}
    assert compare(arret | {"reprise": date(2025, 8, 18)}) == []


def test_the_months_of_a_leave_are_those_it_touches() -> None:
    """Once each, however many statements."""
    lignes = [DECOMPTE, DECOMPTE | {"fin": date(2025, 9, 2)}]
    mois = list_mois_payes(pl.DataFrame(lignes, schema_overrides={"annule": pl.String}))
    assert mois.rows() == [("P1", "2025-08"), ("P1", "2025-09")]
    assert list_mois_payes(pl.DataFrame(lignes[:1]).clear()).is_empty()
