"""The months that are paid, and requests from the lines of files."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.conges.regles.paiement.defaillance import compute_parts
from pipelines.conges.regles.paiement.lues import parse_lues
from pipelines.conges.regles.paiement.mois_payes import compute_mois_payes
from specs.contrats import read_contrat, schema_polars

T = pl.String()


def certificats(**change: Any) -> pl.DataFrame:
    """A certificate of 2025-26, from 16 November to the end."""
    ligne = {
        "salarie": "P1", "exercice": 2026, "siren": "S", "cdg": "C", "debut": date(2025, 11, 16),
        "fin": date(2026, 3, 31), "mois_manquants": None, "en_vigueur": True, **change,
    }  # fmt: skip
    return pl.DataFrame([ligne], schema_overrides={"mois_manquants": T, "cdg": T})


APPELS = pl.DataFrame(
    {
        "siren": ["S"] * 4, "appel": ["A1", "A2", "A3", "A3"], "cdg": ["C"] * 4,
        "mois_rattachement": ["2025-12", "2025-12", "2026-01", "2026-01"],
        "cotisation": ["CP", "CP", "CP", "OPPBTP_PERM"],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("etats", "payes"),
    [
        pytest.param({"A1": "SOLDEE", "A2": "SOLDEE", "A3": "SOLDEE"}, 5, id="tout est payé"),
        pytest.param({"A1": "ECHUE", "A2": "SOLDEE", "A3": "SOLDEE"}, 4, id="un rang est dû"),
        pytest.param({"A1": "ECHUE", "A2": "ECHUE", "A3": "ECHUE"}, 3, id="deux mois sont dus"),
        pytest.param({"A1": "A_ECHOIR", "A2": "ECHEANCIER", "A3": "SOLDEE"}, 5, id="pas échu"),
    ],
)
def test_a_month_is_paid_once_none_of_its_calls_is_due(etats: dict[str, str], payes: int) -> None:
    """Of every rank; not yet due, or under a plan that is kept, counts as paid (L-63)."""
    creances = pl.DataFrame(
        {"appel": [*etats], "etat": [*etats.values()], "reste_centimes": [100] * len(etats)}
    )
    mois = compute_mois_payes(certificats(), APPELS, creances)
    assert compute_parts(mois).select("mois_emploi", "mois_payes").row(0) == (5, payes)


def test_what_is_left_of_increases_holds_no_leave() -> None:
    """The principal alone is looked at."""
    creances = pl.DataFrame({"appel": ["A1"], "etat": ["ECHUE"], "reste_centimes": [0]})
    assert compute_mois_payes(certificats(), APPELS, creances)["paye"].all()


def test_a_month_that_nothing_covers_is_out_of_both_terms() -> None:
    """L-55; and a certificate that is no longer in force tells nothing."""
    vide = pl.DataFrame(schema={"appel": T, "etat": T, "reste_centimes": pl.Int64})
    mois = compute_mois_payes(certificats(mois_manquants="2025-12 2026-02"), APPELS, vide)
    assert mois["mois"].to_list() == ["2025-11", "2026-01", "2026-03"]
    assert compute_mois_payes(certificats(en_vigueur=False), APPELS, vide).is_empty()


def test_another_centre_holds_nothing() -> None:
    """The calls are those of the centre of the contract."""
    creances = pl.DataFrame({"appel": ["A1"], "etat": ["ECHUE"], "reste_centimes": [100]})
    assert compute_mois_payes(certificats(cdg="D"), APPELS, creances)["paye"].all()


@pytest.mark.parametrize(
    ("recu_le", "jour"),
    [("2026-04-30T21:59:59Z", date(2026, 4, 30)), ("2026-04-30T22:00:00Z", date(2026, 5, 1))],
)
def test_a_line_becomes_a_request(recu_le: str, jour: date) -> None:
    """The day of reception is that of Paris; the wage, that of the hourly rate when it is alone."""
    schema = {**schema_polars(read_contrat("demandes_lues")), "recu_le": T}
    ligne = {
        "lot": "L", "depot": "D00000001", "rang": 2, "siren": "S", "salarie": "P1", "req_id": "R1",
        "action": "N", "from": date(2026, 5, 4), "resume": date(2026, 5, 18), "days": 1000,
        "nature": "CP", "isolated": None, "rate": 142_500, "dept": "77", "recu_le": recu_le,
    }  # fmt: skip
    lignes = pl.DataFrame([{nom: ligne.get(nom) for nom in schema}], pl.Schema(schema))
    horaires = pl.DataFrame({"salarie": ["P1"], "horaire_centiemes": [12_134]})
    (lue,) = parse_lues(lignes, horaires).to_dicts()
    assert (lue["recu_jour"], lue["salaire_centimes"], lue["isole"]) == (jour, 172_910, False)
    assert (lue["debut"], lue["reprise"]) == (ligne["from"], ligne["resume"])
    assert lue["departement"] == "77"
