"""What a company reads of its requests: days declared and counted, then what was paid."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.conges.regles.paiement.comparaisons import compute_valeurs
from tests.pipelines.conges.nuits import Fonds
from tests.pipelines.conges.test_calcul import RECU, SEPTEMBRE, one


def tell(fonds: Fonds, publies: Publies, avant: Publies) -> list[tuple[object, ...]]:
    """Values of the lines of this fund, eleven days being declared on each."""
    lignes = pl.DataFrame([(d["depot"], d["rang"], 1_100) for d in fonds.demandes],
                          {"depot": pl.String, "rang": pl.Int64, "days": pl.Int64},
                          orient="row")  # fmt: skip
    dites = compute_valeurs(lignes, publies.demandes, publies.decomptes, avant.demandes)
    return dites.select("depot", "nom", "unite", "declare", "calcule", "present", "trace").rows()


def test_days_are_told_as_they_are_counted() -> None:
    """Nothing is paid yet; what was published of the very line is no former value."""
    fonds = Fonds().right(2026, 30, 274_000).ask("R1", *SEPTEMBRE, **RECU)
    publies = fonds.play(date(2026, 7, 5))
    jours = [("D00000001", "JOURS", "CJ", 1_100, 1_200, None, "R1")]
    assert tell(fonds, publies, Publies()) == jours
    assert tell(fonds, publies, publies) == jours


def test_a_change_shows_what_it_replaces() -> None:
    """The days of the line before, beside those of the one in force."""
    fonds = one()
    avant = fonds.play(date(2026, 7, 20))
    fonds.ask("R1", date(2026, 10, 5), date(2026, 10, 12), action="M", recu=date(2026, 8, 1))
    publies = fonds.night(avant, date(2026, 8, 2))
    assert tell(fonds, publies, avant) == [("D00000002", "JOURS", "CJ", 1_100, 600, 1_200, "R1")]


def test_amounts_are_those_of_the_statements() -> None:
    """Indemnity, bonus and net of the payment, under its number."""
    fonds = one()
    publies = fonds.play(date(2026, 9, 10))
    (decompte,) = publies.decomptes.to_dicts()
    montants = {nom: decompte[f"{nom.lower()}_centimes"] for nom in ("INDEMNITE", "NET", "PRIME")}
    assert tell(fonds, publies, publies) == [
        ("D00000001", "INDEMNITE", "CT", None, montants["INDEMNITE"], None, decompte["decompte"]),
        ("D00000001", "JOURS", "CJ", 1_100, 1_200, None, "R1"),
        ("D00000001", "NET", "CT", None, montants["NET"], None, decompte["decompte"]),
        ("D00000001", "PRIME", "CT", None, montants["PRIME"], None, decompte["decompte"]),
    ]
