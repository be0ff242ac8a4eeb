"""The desk answers what it can, refuses the rest, forgets: one request never stops the others."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.guichet.reponses import answer_demandes
from pipelines.guichet.veille import keep_guichet
from specs.espace import read_regles
from warehouse.acces.demandes import DESSIN, EXPLICATION, ask, find_reponse, is_asked
from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages

QUI = "A80001-ADM"
MIDI = datetime(2026, 4, 6, 12, 0, tzinfo=UTC)
LISTE = {
    "forme": "pdf",
    "contenu": {
        "gabarit": "liste",
        "jour": "2026-04-06",
        "donnees": {
            "couche": True,
            "titre": "Titre",
            "sous_titre": "Sous-titre",
            "pied": "Pied",
            "demande": "1 ligne",
            "colonnes": [{"titre": "Mois", "nombre": False, "largeur": 10}],
            "lignes": [["mars 2026"]],
        },
    },
}


@pytest.fixture
def maison(tmp_path: Path) -> Maison:
    """A home where nothing was published."""
    return open_maison(Reglages(dossier=tmp_path / "maison"))


def _ask(maison: Maison, nature: str, contenu: dict[str, object]) -> str:
    with maison.moteur.begin() as connexion:
        return ask(connexion, nature, contenu, QUI, MIDI)


def test_what_can_not_be_answered_is_refused_and_stops_nothing(maison: Maison) -> None:
    """Nothing is published, a template that is not there: refused; another guichet's waits."""
    refusees = [
        _ask(maison, EXPLICATION, {"publication": None, "identifiants": ["C1"]}),
        _ask(maison, DESSIN, {"forme": "pdf", "contenu": {"gabarit": "aucun"}}),
    ]
    dessinee, autre = _ask(maison, DESSIN, LISTE), _ask(maison, "autre", {})
    assert answer_demandes(maison, (), MIDI) == 3
    with maison.moteur.connect() as connexion:
        reponses = [find_reponse(connexion, empreinte) for empreinte in refusees]
        assert [r.texte for r in reponses if r is not None] == [None, None]
        assert find_reponse(connexion, autre) is None
        dessin = find_reponse(connexion, dessinee)
    assert dessin is not None
    assert base64.b64decode(dessin.texte or "").startswith(b"%PDF")
    assert answer_demandes(maison, (), MIDI) == 0


def test_the_desk_is_open_as_long_as_its_pages_are_then_forgets(maison: Maison) -> None:
    """It looks once more for each time it is open; what is old goes."""
    empreinte = _ask(maison, "autre", {})
    tours = iter((True, True, False))
    tard = MIDI + timedelta(minutes=read_regles().demande_minutes, seconds=1)
    keep_guichet(maison, (), lambda: next(tours), lambda: tard)
    with maison.moteur.connect() as connexion:
        assert not is_asked(connexion, empreinte)
