"""What the bank undoes, keeps and says late of our debits and of transfers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.reglements.regles.debits import MONTANT, PLUSIEURS, RIEN_A_ANNULER
from pipelines.reglements.regles.etats import compute_etats_prelevements
from pipelines.reglements.regles.rapprochement import (
    ANNULE_EN_ATTENTE,
    Rapprochement,
    Reperes,
    match_mouvements,
)

LOT = "PRLV-20260420-00003-B20260427RCUR"
CREDIT = {"nature": "PRELEVEMENT", "montant_centimes": 10_000, "bout_en_bout": "P1"}
RETOUR = {"nature": "RETOUR", "montant_centimes": -10_000, "bout_en_bout": "P1"}
RETOUR |= {"code_motif": "AC04"}
ANNULE = {"nature": "RETOUR", "montant_centimes": 10_000, "bout_en_bout": "P1", "extourne": True}
REJET = {"nature": "REJET", "montant_centimes": 0, "message": "pain.002", "code_motif": "DU01"}
VIREMENT = {"montant_centimes": 700, "reference": "C900201-202603-01", "bout_en_bout": "V1"}
REPRISE = VIREMENT | {"montant_centimes": -700, "extourne": True}
Fabrique = Callable[..., pl.DataFrame]


@pytest.fixture
def play(
    make_mouvements: Fabrique, make_prelevements: Fabrique, make_reperes: Callable[..., Reperes]
) -> Any:
    """What movements mean, each in a file of its own and a day later; then the debits."""

    def play(
        *lignes: dict[str, Any], prelevements: tuple[dict[str, Any], ...] = ({},)
    ) -> tuple[Rapprochement, list[tuple[Any, ...]]]:
        debits = make_prelevements(
            *({"prelevement": f"P{n}"} | p for n, p in enumerate(prelevements, 1))
        )
        datees = [
            {"depot": f"D{n:08}", "rang": 1, "date_operation": date(2026, 4, 26 + n)} | ligne
            for n, ligne in enumerate(lignes, 1)
        ]
        lu = match_mouvements(make_mouvements(*datees), make_reperes(debits))
        recus = lu.encaissements.with_columns(part=pl.lit(0))
        etats = compute_etats_prelevements(debits, recus, lu.mouvements_ecartes)
        return lu, etats.select("etat", "code_motif").rows()

    return play


@pytest.mark.parametrize(
    ("lignes", "etat"),
    [
        ([CREDIT], ("REGLE", None)),
        ([CREDIT, RETOUR], ("REJETE", "AC04")),
        ([CREDIT, RETOUR, ANNULE], ("REGLE", None)),
        ([RETOUR, ANNULE], ("REGLE", None)),
        ([CREDIT, RETOUR, ANNULE, RETOUR], ("REJETE", "AC04")),
        ([CREDIT, CREDIT | {"montant_centimes": -10_000, "extourne": True}], ("EMIS", None)),
        ([REJET | {"bout_en_bout": "P1"}], ("A_REMETTRE", "DU01")),
        ([REJET | {"bout_en_bout": "P1"}, CREDIT], ("REGLE", None)),
        ([CREDIT, REJET | {"bout_en_bout": "P1", "code_motif": "AC04"}], ("REJETE", "AC04")),
        ([REJET | {"remise": LOT, "code_motif": "AC04"}], ("A_REMETTRE", "AC04")),
        ([REJET | {"message_origine": "PRLV-20260420-00003"}], ("A_REMETTRE", "DU01")),
        ([REJET | {"bout_en_bout": "P1", "code_motif": "AC04"}], ("REJETE", "AC04")),
        ([REJET | {"bout_en_bout": "P1", "code_motif": "AC04"}, REJET | {"remise": LOT}],
         ("REJETE", "AC04")),
        ([REJET | {"bout_en_bout": "P1", "code_motif": "", "statut": "CANC"}],
         ("A_REMETTRE", "CANC")),
        ([REJET | {"bout_en_bout": "P1", "code_motif": ""}], ("REJETE", "")),
        ([CREDIT, RETOUR | {"code_motif": "BE05"}], ("A_REMETTRE", "BE05")),
        ([CREDIT, CREDIT | {"montant_centimes": -10_000, "extourne": True, "code_motif": "MD01"}],
         ("REJETE", "MD01")),
    ],
)  # fmt: skip
def test_the_state_of_a_debit(
    play: Any, lignes: list[dict[str, Any]], etat: tuple[str, str | None]
) -> None:
    """Settled, returned, undone, refused, in any order that a bank tells them."""
    _, etats = play(*lignes)
    assert etats == [etat]


def test_a_reversal_that_comes_first_is_understood_later(play: Any) -> None:
    """Files may come in any order: the reversal waits for the return, then undoes it."""
    lu, etats = play(ANNULE | {"date_operation": date(2026, 4, 30)})
    assert lu.encaissements_non_affectes["motif"].to_list() == [RIEN_A_ANNULER]
    lu, etats = play(ANNULE | {"date_operation": date(2026, 4, 30)}, CREDIT, RETOUR)
    assert etats == [("REGLE", None)]
    assert lu.encaissements_non_affectes.is_empty()


def test_an_old_return_told_again_after_its_reversal_is_a_double(play: Any) -> None:
    """A statement that comes late tells the return undone since: it is not another return."""
    tard = RETOUR | {"date_operation": date(2026, 4, 28), "date_valeur": date(2026, 4, 28)}
    lu, etats = play(CREDIT, RETOUR, ANNULE, tard)
    assert etats == [("REGLE", None)]
    assert lu.mouvements_ecartes["motif"].to_list() == ["DOUBLE"]


@pytest.mark.parametrize(
    ("montants", "attendu"),
    [
        ({"montant_centimes": -10_300, "montant_brut_centimes": -10_000}, (-10_000, 300, -10_300)),
        ({"montant_centimes": -10_300, "frais_annonces_centimes": 300}, (-10_000, 300, -10_300)),
        ({"montant_centimes": -10_300}, None),
        ({"montant_centimes": -9_999}, None),
    ],
)
def test_a_return_with_charges(
    play: Any, montants: dict[str, int], attendu: tuple[int, int, int] | None
) -> None:
    """Told or announced, charges are apart; an amount that nothing explains waits."""
    lu, etats = play(CREDIT, RETOUR | montants)
    retours = lu.encaissements.filter(nature="RETOUR")
    colonnes = ("montant_centimes", "frais_centimes", "net_centimes")
    if attendu is None:
        assert lu.encaissements_non_affectes["motif"].to_list() == [MONTANT]
        assert etats == [("REGLE", None)]
    else:
        assert retours.select(colonnes).rows() == [attendu]
        assert etats == [("REJETE", "AC04")]


@pytest.mark.parametrize(
    ("rejet", "etats"),
    [
        ({"rum": "RUM-1"}, ["EMIS", "EMIS", "EMIS"]),
        ({"rum": "RUM-1", "montant_origine_centimes": 2_500}, ["EMIS", "REJETE", "EMIS"]),
        ({"rum": "RUM-1", "date_origine": date(2026, 5, 27)}, ["EMIS", "REJETE", "EMIS"]),
        ({"rum": "RUM-2"}, ["EMIS", "EMIS", "REJETE"]),
        ({"rum": "RUM-2", "remise": LOT}, ["EMIS", "EMIS", "REJETE"]),
        ({"rum": "RUM-9", "remise": LOT}, ["EMIS", "EMIS", "EMIS"]),
    ],
)
def test_a_refusal_by_its_mandate(play: Any, rejet: dict[str, Any], etats: list[str]) -> None:
    """One debit of the mandate, by amount or day; several, or none: a question, never the batch."""
    lu, lus = play(
        REJET | {"code_motif": "AC04"} | rejet,
        prelevements=(
            {},
            {"montant_centimes": 2_500, "date_echeance": date(2026, 5, 27)},
            {"rum": "RUM-2"},
        ),
    )
    assert [etat for etat, _ in lus] == etats
    motifs = lu.encaissements_non_affectes["motif"].to_list()
    assert len(motifs) == (0 if "REJETE" in etats else 1)
    if rejet == {"rum": "RUM-1"}:
        assert motifs == [PLUSIEURS]


def test_a_batch_credited_after_all(play: Any) -> None:
    """Refused as a double, then credited whole: the bank had taken the first copy."""
    deux = ({}, {"montant_centimes": 2_500, "rum": "RUM-2"})
    credit = {"nature": "PRELEVEMENT", "montant_centimes": 12_500, "remise": LOT}
    _, etats = play(REJET | {"remise": LOT}, credit, prelevements=deux)
    assert etats == [("REGLE", None)] * 2


def test_a_transfer_taken_back_goes_to_its_company(play: Any) -> None:
    """A reversal names nobody again: it follows what it undoes."""
    lu, _ = play(VIREMENT, REPRISE | {"reference": None})
    colonnes = ("siren", "appel", "nature", "montant_centimes", "affectation", "extourne")
    virement, reprise = lu.encaissements.select(colonnes).rows()
    assert reprise == (*virement[:2], "RETOUR", -700, "EXTOURNE", True)


@pytest.mark.parametrize(
    ("virement", "motif", "candidat"),
    [
        (VIREMENT | {"reference": "merci"}, ANNULE_EN_ATTENTE, "D00000001-1"),
        (VIREMENT | {"bout_en_bout": "V2", "reference": "autre"}, RIEN_A_ANNULER, None),
    ],
)
def test_a_reversal_of_nobody_s_movement_waits(
    play: Any, virement: dict[str, Any], motif: str, candidat: str | None
) -> None:
    """With the movement that it undoes, when it is found."""
    lu, _ = play(virement, REPRISE | {"reference": None})
    attendent = lu.encaissements_non_affectes.filter(pl.col("montant_centimes") < 0)
    assert attendent.select("motif", "candidat").rows() == [(motif, candidat)]
