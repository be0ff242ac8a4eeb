"""Rights that become smaller, or are no more, once leave was asked for or paid."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.conges.regles.paiement.dettes import compute_dettes
from tests.pipelines.conges.test_calcul import one, rows, states


@pytest.mark.parametrize("couvert", [True, False])
def test_rights_that_are_no_more(*, couvert: bool) -> None:
    """L-54, L-76: what was paid stands while the leave year waits, and is owed when it is lost.

    A leave that is not paid yet is judged again.
    """
    fonds = one().ask("R2", date(2026, 11, 16), date(2026, 11, 23), recu=date(2026, 5, 2))
    publies = fonds.play(date(2026, 9, 10))
    assert states(publies) == {"R1": "PAYEE", "R2": "ACCEPTEE"}
    connus = {nom: fonds.tables.pop(nom) for nom in ("droits", "acquis")}
    fonds.tables |= {"droits": [], "acquis": []}
    if couvert:
        fonds.know("couverts")
    suite = fonds.night(publies, date(2026, 10, 1))
    assert states(suite) == {"R1": "PAYEE", "R2": "EN_ATTENTE" if couvert else "REFUSEE"}
    paye = publies.decomptes["brut_centimes"].item()
    perdus = [] if couvert else [("REGULARISATION", 0, -paye)]
    assert rows(suite, "motif", "jours_centiemes", "brut_centimes")[1:] == perdus
    assert fonds.night(suite, date(2026, 10, 2)).decomptes.height == suite.decomptes.height
    fonds.tables |= connus
    revenus = fonds.night(suite, date(2026, 11, 2))
    assert revenus.decomptes["brut_centimes"].sum() == paye
    assert compute_dettes(revenus.decomptes, revenus.lignes).is_empty()


def test_a_smaller_right_is_shared_by_the_leave_that_stands() -> None:
    """L-54: days beyond it are worth nothing; those of a leave undone give way to the others."""
    fonds = one().ask("R2", date(2026, 9, 21), date(2026, 10, 5), recu=date(2026, 5, 2))
    publies = fonds.play(date(2026, 10, 6))
    fonds.tables = {nom: t for nom, t in fonds.tables.items() if nom not in {"droits", "acquis"}}
    fonds.right(2026, 20, 182_667)
    suite = fonds.night(publies, date(2026, 10, 7))
    assert suite.decomptes["indemnite_centimes"].sum() == 182_667
    fonds.know("annulations", demande="R1")
    rendue = fonds.night(suite, date(2026, 10, 8))
    assert rendue.decomptes["indemnite_centimes"].sum() == 109_600


def test_a_right_below_63_hours_is_paid_once() -> None:
    """L-54, L-61: the tenth of the gross, and the leave that took days is owed whole."""
    fonds = one()
    publies = fonds.play(date(2026, 9, 10))
    fonds.tables = {nom: t for nom, t in fonds.tables.items() if nom not in {"droits", "acquis"}}
    fonds.right(2026, 0, 8_124, prime_due=False, methode="B")
    suite = fonds.night(publies, date(2026, 10, 1))
    assert suite.decomptes["brut_centimes"].sum() == 8_124
    assert sorted(suite.decomptes["motif"]) == ["PAIEMENT", "PAIEMENT", "REGULARISATION"]
    assert fonds.night(suite, date(2026, 10, 2)).decomptes.height == suite.decomptes.height
