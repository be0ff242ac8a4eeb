"""The same movement told twice counts once; two movements count twice; a doubt waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.reglements.regles.rapprochement import (
    PEUT_ETRE_DOUBLE,
    Rapprochement,
    Reperes,
    match_mouvements,
)

APPEL = "C900201-202603-01"
AVIS = {"depot": "D00000001", "message": "camt.054", "montant_centimes": 700, "reference": APPEL}
RELEVE = AVIS | {"depot": "D00000002", "message": "camt.053"}
AUTRE_AVIS = AVIS | {"depot": "D00000002"}
VEILLE, JOUR, LENDEMAIN = date(2026, 4, 26), date(2026, 4, 27), date(2026, 4, 28)
LOIN = date(2026, 5, 15)
Fabrique = Callable[..., pl.DataFrame]


@pytest.fixture
def told(make_mouvements: Fabrique, make_reperes: Callable[..., Reperes]) -> Any:
    """What these movements become."""

    def told(*lignes: dict[str, Any]) -> Rapprochement:
        rangs = [{"rang": rang} | ligne for rang, ligne in enumerate(lignes, 1)]
        return match_mouvements(make_mouvements(*rangs), make_reperes())

    return told


def places(rapprochement: Rapprochement) -> tuple[int, int, int]:
    """How many movements are receipts, doubles, questions."""
    return (
        rapprochement.encaissements.height,
        rapprochement.mouvements_ecartes.height,
        rapprochement.encaissements_non_affectes.height,
    )


UN, DEUX, DOUTE = (1, 1, 0), (2, 0, 0), (1, 0, 1)


@pytest.mark.parametrize(
    ("premier", "second", "attendu"),
    [
        ({}, {}, UN),
        ({"reference_banque": "B1"}, {"reference_banque": "B1"}, UN),
        ({"reference_ecriture": "B1"}, {"reference_detail": "B1"}, UN),
        ({"uetr": "U1"}, {"uetr": "U1", "date_operation": LENDEMAIN}, UN),
        ({"bout_en_bout": "VIR-1"}, {"bout_en_bout": "VIR-1"}, UN),
        ({"bout_en_bout": "VIR-1"}, {"bout_en_bout": "VIR-1", "date_operation": VEILLE}, UN),
        ({"compte_tiers": "c1"}, {"compte_tiers": "c1"}, UN),
        ({"date_operation": VEILLE}, {"date_operation": LENDEMAIN}, UN),
        ({"compte_tiers": "c1"}, {"compte_tiers": "commun"}, DEUX),
        ({"bout_en_bout": "VIR-1"}, {"bout_en_bout": "VIR-2"}, DEUX),
        ({"rum": "RUM-1"}, {"rum": "RUM-2"}, DEUX),
        ({}, {"date_operation": LOIN, "date_valeur": LOIN}, DEUX),
        ({"reference_banque": "B1"}, {"reference_banque": "B1", "date_operation": LOIN,
                                      "date_valeur": LOIN}, DEUX),
        ({"compte_tiers": "c1"}, {}, DOUTE),
        ({"reference_banque": "B1"}, {"reference_banque": "B2"}, DOUTE),
        ({"reference_banque": "B1", "bout_en_bout": "VIR-1"},
         {"reference_banque": "B2", "bout_en_bout": "VIR-1"}, DOUTE),
        ({}, {"reference": None}, DOUTE),
    ],
)  # fmt: skip
def test_an_advice_then_a_statement(
    told: Any, premier: dict[str, Any], second: dict[str, Any], attendu: tuple[int, int, int]
) -> None:
    """One when something proves it, two when something forbids it, else a question."""
    assert places(told(AVIS | premier, RELEVE | second)) == attendu


@pytest.mark.parametrize(
    ("premier", "second", "attendu"),
    [
        ({"compte_tiers": "c1"}, {"compte_tiers": "commun"}, DEUX),
        ({"reference_banque": "B1"}, {"reference_banque": "B2"}, DEUX),
        ({}, {"reference": "C900201-202603-01 SOLDE"}, DEUX),
        ({"nom_masque": "TRA…"}, {"nom_masque": "ROU…"}, DEUX),
        ({"compte_tiers": "c1"}, {"reference": None}, (1, 0, 1)),
        ({"reference_banque": "B1"}, {"reference_banque": "B1"}, UN),
        ({"compte_tiers": "c1"}, {"compte_tiers": "c1"}, DOUTE),
        ({"bout_en_bout": "VIR-1"}, {"bout_en_bout": "VIR-1"}, DOUTE),
    ],
)
def test_two_advices(
    told: Any, premier: dict[str, Any], second: dict[str, Any], attendu: tuple[int, int, int]
) -> None:
    """In one kind of message, only a reference of the bank proves; what is all alike is asked."""
    assert places(told(AVIS | premier, AUTRE_AVIS | second)) == attendu


def test_a_doubt_shows_both(told: Any) -> None:
    """The later one waits and names the one that counts."""
    attend = told(AVIS | {"compte_tiers": "c1"}, RELEVE).encaissements_non_affectes
    assert attend.select("mouvement", "motif", "candidat").rows() == [
        ("D00000002-2", PEUT_ETRE_DOUBLE, "D00000001-1")
    ]


def test_a_doubt_that_was_decided_is_none(
    make_mouvements: Fabrique, make_reperes: Callable[..., Reperes]
) -> None:
    """Given to a company by an officer, it counts; said to be the same, it has no effect."""
    mouvements = make_mouvements(AVIS | {"compte_tiers": "c1"}, RELEVE)
    decision = {"numero": 1, "siren": "999090012", "contenu": '{"mouvement": "D00000002-2"}'}
    for nature, attendu in (("AFFECTATION", DEUX), ("HORS_CAISSE", UN)):
        reperes = make_reperes(None, decision | {"nature": nature})
        assert places(match_mouvements(mouvements, reperes)) == attendu


def test_what_moved_is_compared_not_what_was_paid(told: Any) -> None:
    """An advice that tells the charges and a statement that does not are one movement."""
    detail = {"montant_centimes": 650, "montant_brut_centimes": 700, "frais_centimes": 50}
    rapprochement = told(
        AVIS | detail | {"reference_banque": "B1"},
        RELEVE | {"montant_centimes": 650, "reference_banque": "B1"},
    )
    colonnes = ("montant_centimes", "frais_centimes", "net_centimes")
    assert rapprochement.encaissements.select(colonnes).rows() == [(700, 50, 650)]
    assert rapprochement.mouvements_ecartes.height == 1


def test_details_then_their_entry_whole(told: Any) -> None:
    """An advice gives the two transfers of an entry, the statement their sum: they count once."""
    entree = {"reference_ecriture": "E1", "ecriture": 1}
    details = [AVIS | entree | {"montant_centimes": m, "bout_en_bout": f"V{m}"} for m in (300, 400)]
    rapprochement = told(*details, RELEVE | entree)
    assert rapprochement.encaissements["montant_centimes"].to_list() == [300, 400]
    assert rapprochement.mouvements_ecartes["origine"].to_list() == ["D00000001-1"]


def test_told_three_times(told: Any) -> None:
    """Two equal transfers, each in its advice, then both in a statement and in its copy: two."""
    avis = [
        AVIS | {"depot": f"D0000000{n}", "bout_en_bout": f"V{n}", "reference_banque": f"B{n}"}
        for n in (1, 2)
    ]
    releves = [
        ligne | {"depot": depot, "message": "camt.053"}
        for depot in ("D00000003", "D00000004")
        for ligne in avis
    ]
    rapprochement = told(*avis, *releves)
    assert places(rapprochement) == (2, 4, 0)
    assert sorted(rapprochement.mouvements_ecartes["origine"]) == [
        *["D00000001-1"] * 2,
        *["D00000002-2"] * 2,
    ]
