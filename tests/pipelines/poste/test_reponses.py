"""Acts of the desk: done once, with their answer; what is cut is done again whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.guichet.reponses import answer_demandes
from pipelines.metiers import METIERS
from pipelines.poste import reponses
from pipelines.poste.reponses import answer_vite, perform_actes
from warehouse.acces.demandes import ACTE, EXPLICATION, ask, find_reponse, read_demandes
from warehouse.acces.operateurs import Droit, Signature, invite_operateur
from warehouse.decisions import read_decisions
from warehouse.registre import read_etablissements

if TYPE_CHECKING:
    from tests.conftest import Caisse

MIDI = datetime(2026, 5, 6, 10, tzinfo=UTC)
AVOIR = {
    "genre": "decision",
    "nature": "AVOIR",
    "adherent": "A80001",
    "cdg": "C8000101",
    "montant_centimes": 5_000,
}
NOUVELLE = {
    "numero_adherent": "A99998",
    "siren": "999999998",
    "raison_sociale": "NOUVELLE",
    "cdg": "C99998",
    "siret": "99999999800019",
    "debut": "2026-03-01",
}


@pytest.fixture(autouse=True)
def anne(caisse: Caisse) -> None:
    """Anne may act."""
    with caisse.maison.moteur.begin() as connexion:
        trousseau, signe = caisse.maison.archive.trousseau, Signature("test", "essai")
        invite_operateur(connexion, trousseau, "anne", {Droit.ACTE}, signe, MIDI)


def ask_acte(caisse: Caisse, acte: dict[str, Any]) -> str:
    """What Anne asks, as her page writes it."""
    contenu = {"acte": acte, "auteur": "anne", "motif": "essai", "instant": "2026-05-06T10:00:00Z"}
    with caisse.maison.moteur.begin() as connexion:
        return ask(connexion, ACTE, contenu, "poste:anne", MIDI)


def read_suite(caisse: Caisse, empreinte: str) -> dict[str, Any] | None:
    """What was answered; None when nothing is yet."""
    with caisse.maison.moteur.connect() as connexion:
        reponse = find_reponse(connexion, empreinte)
    return json.loads(reponse.texte) if reponse and reponse.texte else None


def count_decisions(caisse: Caisse) -> int:
    """How many were recorded."""
    with caisse.maison.moteur.connect() as connexion:
        return read_decisions(connexion).height


def test_an_act_that_is_cut_is_done_again_whole(
    caisse: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut after the act and before its answer, nothing of it stays; then it is done, once."""
    empreinte = ask_acte(caisse, AVOIR)
    with monkeypatch.context() as coupe:
        coupe.setattr(reponses, "answer", _cut)
        with pytest.raises(OSError, match="coupé"):
            perform_actes(caisse.maison, METIERS, MIDI)
    assert (count_decisions(caisse), read_suite(caisse, empreinte)) == (0, None)
    assert perform_actes(caisse.maison, METIERS, MIDI) == 1
    assert perform_actes(caisse.maison, METIERS, MIDI) == 0
    dite = read_suite(caisse, empreinte)
    assert dite is not None
    assert "Décision 1 enregistrée" in dite["fait"]
    assert count_decisions(caisse) == 1


def _cut(*_: object) -> None:
    raise OSError("coupé")


def test_a_company_that_nobody_knows_is_inscribed_with_its_box(caisse: Caisse) -> None:
    """Company, centre and establishment by one line; what is wrong in it is told, not written."""
    refusee = ask_acte(caisse, {"genre": "inscription", "ligne": NOUVELLE | {"siret": "1"}})
    sans_centre = ask_acte(caisse, {"genre": "inscription", "ligne": NOUVELLE | {"cdg": ""}})
    prise = ask_acte(caisse, {"genre": "inscription", "ligne": NOUVELLE})
    answer_vite(caisse.maison, METIERS, MIDI)
    dites = [read_suite(caisse, une) for une in (refusee, sans_centre, prise)]
    assert [sorted(dite or {}) for dite in dites] == [["refus"], ["refus"], ["fait"]]
    with caisse.maison.moteur.connect() as connexion:
        connus = read_etablissements(connexion).filter(siren="999999998")
    assert connus["siret"].to_list() == ["99999999800019"]
    assert caisse.box("A99998", "depot").is_dir()


def test_each_guichet_answers_its_own(caisse: Caisse) -> None:
    """What the space asks waits for the guichet of the space, what the desk asks for its own."""
    ask_acte(caisse, AVOIR)
    with caisse.maison.moteur.begin() as connexion:
        ask(connexion, EXPLICATION, {"publication": 1, "identifiants": []}, "A80001-ADM", MIDI)
    answer_demandes(caisse.maison, METIERS, MIDI)
    assert count_decisions(caisse) == 0
    with caisse.maison.moteur.connect() as connexion:
        assert [d.nature for d in read_demandes(connexion)] == [ACTE]
    with caisse.maison.moteur.begin() as connexion:
        ask(connexion, EXPLICATION, {"publication": 2, "identifiants": []}, "A80001-ADM", MIDI)
    answer_vite(caisse.maison, METIERS, MIDI)
    with caisse.maison.moteur.connect() as connexion:
        assert [d.nature for d in read_demandes(connexion)] == [EXPLICATION]
