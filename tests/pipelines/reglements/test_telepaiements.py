"""What a wage return says of the debit of its call is done, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipelines.reglements.regles.prelevements import JOUR_PRIS, Situation
from tests.pipelines.reglements.test_prelevements import LUNDI, SOIR, emitted


@pytest.mark.parametrize(
    ("telepaiement", "soir", "cas", "jours"),
    [
        (True, SOIR, {}, [LUNDI]),
        (True, SOIR, {"mandats": [{"prelevement_automatique": False}]}, [LUNDI]),
        (None, SOIR, {"mandats": [{"prelevement_automatique": False}]}, []),
        (True, date(2026, 4, 23), {}, [LUNDI]),
        (True, date(2026, 4, 24), {}, []),  # the due date can't be held any more
        (None, date(2026, 4, 24), {}, [date(2026, 4, 28)]),
        (True, SOIR, {"publication": date(2026, 4, 14)}, []),  # nor after a late notice
        (False, SOIR, {}, []),
        (False, SOIR, {"mandats": [{"prelevement_automatique": False}]}, []),
    ],
)
def test_a_wage_return_is_debited_on_its_due_date_or_not_at_all(
    make_situation: Callable[..., Situation],
    telepaiement: bool | None,
    soir: date,
    cas: dict[str, Any],
    jours: list[date],
) -> None:
    """PAY = O: that day only, the mandate being automatic or not; PAY = N: the company pays."""
    situation = make_situation([{"appel": "A"}], telepaiements={"A": telepaiement}, **cas)
    assert emitted(situation, soir).prelevements["date_echeance"].to_list() == jours
    automatique = emitted(situation, soir, mandat_telepaiement="automatique").prelevements
    assert automatique.is_empty() or not cas


def test_a_wage_return_is_not_debited_again(make_situation: Callable[..., Situation]) -> None:
    """Refused, its due date is past; set aside and told when the mandate has a debit that day."""
    refuse = {"prelevement": "P0", "etat": "REJETE", "code_motif": "AM04", "date_etat": SOIR}
    creances, ordre = [{"appel": "A", "etat": "ECHUE"}], {"A": True}
    rejet = make_situation(creances, None, [refuse], [("P0", "A")], telepaiements=ordre)
    assert emitted(rejet, date(2026, 5, 11)).prelevements.is_empty()
    pris = make_situation([{"appel": "A"}], None, [{"prelevement": "P0"}], telepaiements=ordre)
    assert emitted(pris).prelevements.is_empty()
    assert emitted(pris).ecartes["cause"].to_list() == [JOUR_PRIS]
