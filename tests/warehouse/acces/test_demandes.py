"""What the space asks of the engine: once, sealed, answered, forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import String, select, type_coerce

from specs.espace import read_regles
from warehouse.acces.demandes import (
    EXPLICATION,
    TropDeDemandes,
    answer,
    ask,
    find_reponse,
    forget_demandes,
    is_asked,
    must_forget,
    read_demandes,
)
from warehouse.maison import Maison, open_maison
from warehouse.reglages import Reglages
from warehouse.tables_acces import DEMANDES_ESPACE

QUI = "A80001-ADM"
MIDI = datetime(2026, 4, 6, 12, 0, tzinfo=UTC)


@pytest.fixture
def maison(tmp_path: Path) -> Maison:
    """A home with nobody in it."""
    return open_maison(Reglages(dossier=tmp_path / "maison"))


def test_a_request_is_asked_once_and_answered(maison: Maison) -> None:
    """Two users ask the same: one request; its answer is for both."""
    with maison.moteur.begin() as c:
        une = ask(c, EXPLICATION, {"identifiants": ["C1"]}, QUI, MIDI)
        assert ask(c, EXPLICATION, {"identifiants": ["C1"]}, "AUTRE", MIDI) == une
        assert ask(c, EXPLICATION, {"identifiants": ["C2"]}, QUI, MIDI) != une
        assert is_asked(c, une)
        assert find_reponse(c, une) is None
        assert [d.contenu for d in read_demandes(c)] != []
        answer(c, une, "parce que", MIDI)
        reponse = find_reponse(c, une)
        assert reponse is not None
        assert reponse.texte == "parce que"
        assert [d.contenu for d in read_demandes(c)] == [{"identifiants": ["C2"]}]


def test_neither_request_nor_answer_is_in_clear(maison: Maison) -> None:
    """As the base holds them."""
    with maison.moteur.begin() as c:
        answer(c, ask(c, EXPLICATION, {"nom": "DUPONT"}, QUI, MIDI), "MARTIN", MIDI)
        bruts = (type_coerce(DEMANDES_ESPACE.c[n], String) for n in ("contenu", "reponse"))
        gardes = str(c.execute(select(*bruts)).one())
    assert "DUPONT" not in gardes
    assert "MARTIN" not in gardes


def test_a_user_waits_for_few_answers_and_they_are_forgotten(maison: Maison) -> None:
    """The next one is refused; an hour later nothing is kept."""
    plus_tard = MIDI + timedelta(minutes=read_regles().demande_minutes, seconds=1)
    with maison.moteur.begin() as c:
        for rang in range(read_regles().demandes_en_attente):
            ask(c, EXPLICATION, {"rang": rang}, QUI, MIDI)
        with pytest.raises(TropDeDemandes):
            ask(c, EXPLICATION, {"rang": -1}, QUI, MIDI)
        assert not must_forget(c, MIDI)
        assert must_forget(c, plus_tard)
        assert forget_demandes(c, plus_tard) == read_regles().demandes_en_attente
        assert read_demandes(c) == []
