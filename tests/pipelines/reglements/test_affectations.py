"""What an officer decided of a movement comes before what the movement says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.reglements.regles.affectations import compute_affectations
from pipelines.reglements.regles.rapprochement import Reperes, match_mouvements

SIREN, AUTRE = "999090012", "800000010"
APPEL = "C900201-202603-01"
VALEUR = date(2026, 4, 24)
Fabrique = Callable[..., pl.DataFrame]
FabriqueReperes = Callable[..., Reperes]


def decision(numero: int, nature: str, mouvement: int = 1, **autres: Any) -> dict[str, Any]:
    """A decision about a movement of the first deposit."""
    contenu = f'{{"centimes": 500, "mouvement": "D00000001-{mouvement}"}}'
    return {"numero": numero, "nature": nature, "contenu": contenu} | autres


def test_a_movement_that_is_nobody_s_goes_where_it_was_decided(
    make_mouvements: Fabrique, make_reperes: FabriqueReperes
) -> None:
    """To the call decided, worth the day of the bank, as if its text had named it."""
    mouvements = make_mouvements(
        {"montant_centimes": 500, "reference": "merci", "date_valeur": VALEUR},
        {"montant_centimes": 700, "reference": f"{APPEL}"},
    )
    choix = decision(4, "AFFECTATION", siren=SIREN, cdg="C900201", appel=APPEL)
    rapprochement = match_mouvements(mouvements, make_reperes(None, choix))
    decide, nomme = rapprochement.encaissements.rows(named=True)
    propres = ("encaissement", "affectation", "decision", "date_valeur", "montant_centimes")
    assert [decide[nom] for nom in propres] == ["D00000001-1-DEC-4", "DECISION", 4, VALEUR, 500]
    assert {n: v for n, v in decide.items() if n not in {*propres, "net_centimes"}} == {
        n: v for n, v in nomme.items() if n not in {*propres, "net_centimes"}
    }
    assert rapprochement.encaissements_non_affectes.is_empty()


@pytest.mark.parametrize(
    ("mouvement", "nature"),
    [
        ({"nature": "AUTRE", "montant_centimes": 500}, "VIREMENT"),
        ({"nature": "PRELEVEMENT", "montant_centimes": 500, "rum": "RUM-2"}, "VIREMENT"),
        ({"nature": "RETOUR", "montant_centimes": -500, "code_motif": "AC04"}, "RETOUR"),
        ({"compte_tiers": "commun", "montant_centimes": 500}, "VIREMENT"),
    ],
)
def test_any_movement_of_money_may_be_decided(
    mouvement: dict[str, Any],
    nature: str,
    make_mouvements: Fabrique,
    make_reperes: FabriqueReperes,
) -> None:
    """What comes in is a transfer, what goes out is a return, whatever the bank called it."""
    reperes = make_reperes(None, decision(1, "AFFECTATION", siren=AUTRE))
    recus = match_mouvements(make_mouvements(mouvement), reperes).encaissements
    assert recus.select("siren", "adherent", "nature", "prelevement").rows() == [
        (AUTRE, "A2", nature, None)
    ]


def test_what_is_foreign_is_set_aside_and_its_double_stays_one(
    make_mouvements: Fabrique, make_reperes: FabriqueReperes
) -> None:
    """Set aside under its decision; told again by a statement, it does not wait again."""
    paye = {"montant_centimes": 500, "bout_en_bout": "X"}
    mouvements = make_mouvements(paye, paye | {"depot": "D00000002", "message": "camt.054"})
    rapprochement = match_mouvements(mouvements, make_reperes(None, decision(2, "HORS_CAISSE")))
    assert rapprochement.mouvements_ecartes.select("depot", "motif", "origine").rows() == [
        ("D00000001", "HORS_CAISSE", "DEC-2"),
        ("D00000002", "DOUBLE", "D00000001-1"),
    ]
    assert rapprochement.encaissements.is_empty()
    assert rapprochement.encaissements_non_affectes.is_empty()


def test_the_last_decision_in_effect_counts(make_frame: Callable[..., pl.DataFrame]) -> None:
    """Assigned, revoked, assigned again; what takes effect later does not count yet."""
    jours = [date(2026, 4, jour) for jour in (1, 10, 20)]
    decisions = make_frame(
        "decisions",
        [
            decision(1, "AFFECTATION", siren=SIREN, date_effet=jours[0]),
            decision(2, "REVOCATION_AFFECTATION", siren=SIREN, date_effet=jours[1]),
            decision(3, "AFFECTATION", siren=AUTRE, date_effet=jours[2]),
            {"numero": 4, "nature": "AVOIR", "contenu": "{}", "date_effet": jours[0]},
        ],
    )
    vus = [
        compute_affectations(decisions, jour).select("decision", "siren").rows() for jour in jours
    ]
    assert vus == [[(1, SIREN)], [], [(3, AUTRE)]]
