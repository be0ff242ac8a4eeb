"""What the bank says of the transfers of the fund: paid, given back, refused, undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.reglements.regles.etats import compute_etats_reglements
from pipelines.reglements.regles.rapprochement import Rapprochement, Reperes, match_mouvements

NOM, AUTRE = "V260420-999090012-01", "V260420-800000010-01"
LOT, REMISE = "VIRE-20260420-00003-INT20260422", "VIRE-20260420-00003"
Fabrique = Callable[..., pl.DataFrame]
DEBIT = {"montant_centimes": -6_241, "bout_en_bout": NOM, "nature": "AUTRE"}
RETOUR = {"montant_centimes": 6_241, "bout_en_bout": NOM, "code_motif": "AC04"}


@pytest.fixture
def say(
    make_mouvements: Fabrique, make_reperes: Callable[..., Reperes], make_reglements: Fabrique
) -> Callable[..., tuple[Rapprochement, list[tuple[Any, ...]]]]:
    """What movements mean, and the state of each transfer after them."""

    def make(*mouvements: dict[str, Any], deux: bool = False) -> tuple[Rapprochement, list[Any]]:
        autre = {"reglement": AUTRE, "siren": "800000010", "montant_centimes": 10_000}
        reglements = make_reglements({}, *([autre] if deux else []))
        lus = match_mouvements(make_mouvements(*mouvements), make_reperes(reglements=reglements))
        etats = compute_etats_reglements(reglements, lus.decaissements, lus.mouvements_ecartes)
        return lus, etats.select("etat", "motif", "a_remettre").rows()

    return make


def told(lus: Rapprochement) -> list[tuple[Any, ...]]:
    """Nature and amounts of each movement paid out."""
    return lus.decaissements.select(
        "nature", "montant_centimes", "frais_centimes", "net_centimes"
    ).rows()


def test_a_debit_of_the_account_pays_the_transfer(say: Any) -> None:
    """By its end-to-end reference, whatever the bank's own code; nothing waits for an officer."""
    lus, etats = say(DEBIT)
    assert told(lus) == [("VIREMENT", -6_241, 0, -6_241)]
    assert etats == [("PAYE", None, False)]
    assert lus.encaissements_non_affectes.is_empty()
    assert lus.encaissements.is_empty()


def test_a_batch_debited_once_pays_each_of_its_transfers(say: Any) -> None:
    """The total of the batch is that of its transfers; told in detail later, it is a double."""
    lot = {"montant_centimes": -16_241, "remise": LOT, "nature": "AUTRE"}
    lus, etats = say(lot, DEBIT, deux=True)
    assert told(lus) == [("VIREMENT", -10_000, 0, -10_000), ("VIREMENT", -6_241, 0, -6_241)]
    assert [etat for etat, *_ in etats] == ["PAYE", "PAYE"]
    assert lus.mouvements_ecartes.select("motif", "net_centimes").rows() == [("DOUBLE", -6_241)]


def test_what_comes_back_is_a_return_with_its_charges(say: Any) -> None:
    """The bank kept 1.50: the transfer came back for its amount, the charges are the fund's."""
    retour = RETOUR | {"montant_centimes": 6_091, "montant_brut_centimes": 6_241}
    lus, etats = say(DEBIT, retour)
    assert told(lus)[1] == ("RETOUR", 6_241, 150, 6_091)
    assert etats == [("RETO", "AC04", False)]


def test_a_debit_undone_with_a_reason_is_a_return(say: Any) -> None:
    """Some banks tell a return as the reversal of the debit."""
    _, etats = say(DEBIT, RETOUR | {"extourne": True, "nature": "AUTRE"})
    assert etats == [("RETO", "AC04", False)]


def test_a_reversal_without_a_reason_undoes_the_debit(say: Any) -> None:
    """Debited by mistake, then undone: as before it; debited again, it is paid."""
    annule = {"montant_centimes": 6_241, "bout_en_bout": NOM, "extourne": True}
    lus, etats = say(DEBIT, annule)
    assert etats == [("EMIS", None, False)]
    assert lus.decaissements["net_centimes"].sum() == 0
    encore = DEBIT | {"date_operation": date(2026, 4, 29), "reference_banque": "B9"}
    _, etats = say(DEBIT, annule, encore)
    assert etats == [("PAYE", None, False)]


@pytest.mark.parametrize("motif", ["AC01", "MS03"])
def test_a_refusal_of_one_transfer_is_its_own(say: Any, motif: str) -> None:
    """A report refuses it before any money moved."""
    refus = {"nature": "REJET", "montant_centimes": 0, "bout_en_bout": NOM, "code_motif": motif,
             "message_origine": REMISE, "remise": LOT, "message": "pain.002"}  # fmt: skip
    lus, etats = say(refus)
    assert etats == [("REJE", motif, False)]
    assert lus.mouvements_ecartes.select("motif", "origine").rows() == [("REJET", NOM)]


def test_the_refusal_of_a_file_is_the_fault_of_nobody(say: Any) -> None:
    """Whatever the reason, its transfers are to be handed over again."""
    refus = {"nature": "REJET", "montant_centimes": 0, "code_motif": "AC01", "remise": REMISE,
             "message_origine": REMISE, "portee": "MESSAGE", "message": "pain.002"}  # fmt: skip
    _, etats = say(refus, deux=True)
    assert etats == [("REJE", "AC01", True), ("REJE", "AC01", True)]


def test_a_refusal_that_the_debit_contradicts_is_forgotten(say: Any) -> None:
    """The bank paid after all: the transfer is paid."""
    refus = {"nature": "REJET", "montant_centimes": 0, "bout_en_bout": NOM, "code_motif": "AC01",
             "message_origine": REMISE, "message": "pain.002"}  # fmt: skip
    _, etats = say(refus, DEBIT)
    assert etats == [("PAYE", None, False)]


def test_another_amount_waits_for_an_officer(say: Any) -> None:
    """Nothing is settled by it; the movement stays in the list with its reason."""
    lus, etats = say(DEBIT | {"montant_centimes": -6_000})
    assert etats == [("EMIS", None, False)]
    assert lus.encaissements_non_affectes["motif"].to_list() == [
        "le montant n'est pas celui du paiement"
    ]
