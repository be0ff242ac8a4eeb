"""Contracts, absences and pays that count, and the list of the employees of a company."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.liens import SANS_LIEN
from pipelines.salaries.regles.identites import keep_counting
from pipelines.salaries.regles.retenues import (
    compute_retenues,
    compute_salaries,
    keep_ends,
    keep_monthly,
    list_ends,
)
from specs.contrats import read_contrat, schema_polars

SIREN, SIRET = "800000010", "80000001000010"
LIEN = {"siren": SIREN, "identifiant": "T1", "salarie": "N1", "etat": "LIE"}
DECLARATION = {
    "depot": "D1", "rang_declaration": 1, "siren": SIREN, "siret": SIRET, "cdg": "C1",
    "nature": "01", "type": "01", "ordre": 1, "mois_appel": "2026-03", "statut": "RETENUE",
}  # fmt: skip
FIN = DECLARATION | {"nature": "07", "mois_appel": None, "statut": "SANS_EFFET"}
CONTRAT = {
    "depot": "D1", "rang_declaration": 1, "siren": SIREN, "ligne": 60, "rang_individu": 1,
    "salarie": "T1", "contrat": "00001", "caisse": "01",
}  # fmt: skip


def table(nom: str, *lignes: dict[str, Any]) -> pl.DataFrame:
    """Rows of a contract; what is not said is null."""
    schema = schema_polars(read_contrat(nom))
    return pl.DataFrame([dict.fromkeys(schema) | ligne for ligne in lignes], schema)


def retained(
    nom: str, lues: pl.DataFrame, contrats: pl.DataFrame, *declarations: dict[str, Any]
) -> pl.DataFrame:
    """Rows of a table that these declarations bring."""
    retenues = keep_monthly(table("declarations", *declarations))
    return compute_retenues(nom, lues, contrats, retenues, table("liens_salaries", LIEN), "01")


def test_what_is_replaced_leaves_nothing() -> None:
    """The declaration that counts brings its rows, in its month, on the employee of the links."""
    contrats = table("contrats_lus", CONTRAT, CONTRAT | {"depot": "D2", "salarie": "N2"})
    remplacee = DECLARATION | {"statut": "REMPLACEE"}
    retenues = retained("contrats", contrats, contrats, remplacee, DECLARATION | {"depot": "D2"})
    assert retenues.select("depot", "salarie", "mois", "cdg", "origine").rows() == [
        ("D2", "N2", "2026-03", "C1", "MENSUELLE")
    ]
    assert retained("contrats", contrats, contrats, DECLARATION)["salarie"].to_list() == ["N1"]


def test_contracts_of_another_fund_are_left_out_with_what_hangs_from_them() -> None:
    """A contract without code is kept; an individual of other funds alone leaves nothing."""
    autre, sans = CONTRAT | {"ligne": 61, "contrat": "2"}, CONTRAT | {"ligne": 62, "contrat": "3"}
    etranger = autre | {"ligne": 90, "rang_individu": 2, "caisse": "20"}
    contrats = table(
        "contrats_lus", CONTRAT, autre | {"caisse": "20"}, sans | {"caisse": None}, etranger
    )
    gardes = retained("contrats", contrats, contrats, DECLARATION)
    assert gardes["contrat"].to_list() == ["00001", "3"]
    lieu = {"depot": "D1", "rang_declaration": 1, "siren": SIREN}
    taux = {"nature": "TAUX_PRELEVEMENT", "code": "01"}
    paies = table(
        "remunerations_lues",
        lieu | {"ligne": 70, "rang_individu": 1, "contrat": "2", "nature": "ACTIVITE"},
        lieu | {"ligne": 71, "rang_individu": 1, "contrat": "3", "nature": "ACTIVITE"},
        lieu | {"ligne": 72, "rang_individu": 1} | taux,
        lieu | {"ligne": 92, "rang_individu": 2} | taux,
    )
    gardees = retained("remunerations", paies, contrats, DECLARATION)
    assert gardees["ligne"].to_list() == [71, 72]


@pytest.mark.parametrize(
    ("autre", "depots"),
    [
        ({}, ["D2"]),
        ({"ordre": 0}, ["D1"]),
        ({"type": "04"}, []),
        ({"ordre": 0, "type": "04"}, ["D1"]),
    ],
)
def test_the_last_end_of_a_contract_counts(autre: dict[str, Any], depots: list[str]) -> None:
    """By order, then arrival; one that cancels takes it back; in the month of the end (D-03)."""
    declarations = table("declarations", FIN, FIN | {"depot": "D2"} | autre, DECLARATION)
    fin = {"fin": date(2026, 4, 15)}
    contrats = table("contrats_lus", CONTRAT | fin, CONTRAT | fin | {"depot": "D2"})
    retenus = keep_ends(list_ends(declarations), contrats)
    assert retenus.select("depot", "mois", "origine").rows() == [
        (depot, "2026-04", "FIN_DE_CONTRAT") for depot in depots
    ]


@pytest.mark.parametrize(
    ("change", "compte"),
    [
        ({}, True),
        ({"statut": "REMPLACEE", "motif": "ANNULE_ET_REMPLACE"}, False),
        ({"statut": "EN_ATTENTE", "motif": "CP-03"}, False),
        ({"statut": "EN_ATTENTE", "motif": "CP-11"}, True),
        ({"nature": "07", "statut": "SANS_EFFET"}, False),
    ],
)
def test_whose_identities_count(change: dict[str, Any], compte: bool) -> None:
    """Nothing replaced, nor of an unknown establishment: another company would say who they are."""
    assert keep_counting(table("declarations", DECLARATION | change)).height == compte


def test_an_employee_is_listed_once_a_company() -> None:
    """From the first month to the last, by the last number in the company; NTT while no NIR is."""
    connu = {"siren": SIREN, "premier_mois": "2026-01", "dernier_mois": "2026-02"}
    identites = table(
        "identites",
        connu | {"salarie": "T1", "temporaire": "T1", "matricule": "M1"},
        connu | {"salarie": "N1", "premier_mois": "2026-03", "dernier_mois": "2026-04"},
        connu | {"salarie": "N1", "matricule": "M2"},
        connu | {"salarie": "T2", "temporaire": "T2"},
    )
    colonnes = ["salarie", "numero", "matricule", "premier_mois", "dernier_mois"]
    lies = compute_salaries(identites, table("liens_salaries", LIEN))
    assert lies.select(colonnes).rows() == [
        ("N1", "NIR", "M2", "2026-01", "2026-04"),
        ("T2", "NTT", None, "2026-01", "2026-02"),
    ]
    assert compute_salaries(identites, SANS_LIEN)["salarie"].to_list() == ["N1", "T1", "T2"]
