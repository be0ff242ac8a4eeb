"""What is said of each deposit once the night has decided."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.declarations.regles.depots import compute_anomalies_caisse, compute_etats
from specs.contrats import read_contrat, schema_polars

DECLARATION = {
    "depot": "D1",
    "rang_declaration": 1,
    "siret": "80000001000010",
    "statut": "RETENUE",
    "motif": None,
}

ETABLISSEMENTS = pl.DataFrame(
    {"siret": ["80000001000010"], "debut": [date(2020, 4, 1)], "fin": [date(2026, 2, 15)]}
)


def declarations(*valeurs: dict[str, Any]) -> pl.DataFrame:
    """Declarations of one deposit, in their order."""
    lignes = [DECLARATION | {"rang_declaration": rang} | v for rang, v in enumerate(valeurs, 1)]
    return pl.DataFrame(lignes, schema=schema_polars(read_contrat("declarations")))


@pytest.mark.parametrize(
    ("statuts", "etat"),
    [
        (["RETENUE"], "INTEGRE"),
        (["SANS_EFFET"], "INTEGRE"),
        (["REMPLACEE", "RETENUE"], "INTEGRE"),
        (["REMPLACEE", "REMPLACEE"], "REMPLACE"),
        (["RETENUE", "EN_ATTENTE"], "EN_ATTENTE"),
        (["REMPLACEE", "EN_ATTENTE"], "EN_ATTENTE"),
    ],
)
def test_the_state_of_a_deposit_is_that_of_its_declarations(statuts: list[str], etat: str) -> None:
    """One that waits makes it wait; all replaced, it is replaced; else it is integrated."""
    motifs = {"EN_ATTENTE": "CP-03", "REMPLACEE": "ANNULE_ET_REMPLACE"}
    lues = declarations(*({"statut": s, "motif": motifs.get(s)} for s in statuts))
    ((depot, vu, motif),) = compute_etats(lues).rows()
    assert (depot, vu) == ("D1", etat)
    assert (motif is None) == (etat == "INTEGRE")


def test_the_fund_names_what_it_could_not_use() -> None:
    """A declaration that waits and a base left out are told; no replacement, no estimation."""
    lues = declarations(
        {"statut": "EN_ATTENTE", "motif": "CP-03"},
        {"statut": "REMPLACEE", "motif": "ANNULE_ET_REMPLACE"},
    )
    schema = schema_polars(read_contrat("bases"))
    base = {"depot": "D1", "rang_declaration": 1, "code_base": "20", "statut": "ECARTEE"}
    base |= {"source": "DSN"}
    estimee = {"ligne": 1, "motif": "CP-05", "statut": "EN_ATTENTE", "source": "ESTIMATION"}
    bases = pl.DataFrame(
        [
            base | {"ligne": 50, "motif": "CP-01", "mois_rattachement": "2026-03"},
            base | {"ligne": 60, "motif": "CP-05", "statut": "EN_ATTENTE"},
            base | {"ligne": 70, "motif": None, "statut": "RETENUE"},
            base | {"ligne": 80, "motif": "CP-02", "code_base": "024"},
            base | estimee | {"depot": "EST-1"},
        ],
        schema=schema,
    )
    vues = compute_anomalies_caisse(lues, bases, ETABLISSEMENTS)
    assert vues.select("code", "ligne", "bloc").rows() == [
        ("CP-03", None, "S20.G00.05"),
        ("CP-01", 50, "S21.G00.78"),
        ("CP-05", 60, "S21.G00.78"),
        ("CP-02", 80, "S21.G00.82"),
    ]
    assert all(vues["message"].str.len_chars() > 0)
    assert set(vues["severite"]) == {"signal"}


def test_a_month_that_an_establishment_was_not_open_is_told_with_its_dates() -> None:
    """Once on a declaration that waits; on each base that waits of one that counts."""
    lues = declarations({"statut": "EN_ATTENTE", "motif": "CP-11"}, {"statut": "RETENUE"})
    attente = {"depot": "D1", "code_base": "20", "siret": "80000001000010", "source": "DSN"}
    attente |= {"statut": "EN_ATTENTE", "motif": "CP-11", "mois_rattachement": "2026-03"}
    bases = pl.DataFrame(
        [attente | {"ligne": 10 * rang, "rang_declaration": rang} for rang in (1, 2)],
        schema=schema_polars(read_contrat("bases")),
    )
    vues = compute_anomalies_caisse(lues, bases, ETABLISSEMENTS)
    assert vues.select("code", "rang_declaration", "ligne").rows() == [
        ("CP-11", 1, None),
        ("CP-11", 2, 20),
    ]
    for message in vues["message"]:
        assert "80000001000010 est inscrit au registre du 01/04/2020 au 15/02/2026 :" in message


def test_fractions_cut_again_or_missing_are_told_to_the_declaration_that_counts() -> None:
    """The new set is told that it replaces another (CP-06), a set not entire that it is (CP-08)."""
    mois = {"siren": "800000010", "siret": "80000001000010", "mois_appel": "2026-03", "champ": "01"}
    lues = declarations(
        mois | {"statut": "REMPLACEE", "motif": "CP-06", "fraction": "11", "version": "P26V01"},
        mois | {"statut": "RETENUE", "motif": None, "fraction": "12", "version": "P26V01"},
    )
    bases = pl.DataFrame(schema=schema_polars(read_contrat("bases")))
    vues = compute_anomalies_caisse(lues, bases, ETABLISSEMENTS)
    assert vues.select("code", "rang_declaration", "valeur", "attendu").rows() == [
        ("CP-06", 2, "12", "11"),
        ("CP-08", 2, "1", "2"),
    ]
    for depuis in ("P27V01", "P28V01"):
        sans_total = lues.with_columns(version=pl.lit(depuis))
        vues = compute_anomalies_caisse(sans_total, bases, ETABLISSEMENTS)
        assert vues["code"].to_list() == ["CP-06"]
