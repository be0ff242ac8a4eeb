"""The description of exchange files holds together."""

from __future__ import annotations

import pytest

from specs.echanges import LONGUEUR, Enregistrement, read_genres

ENREGISTREMENTS = [
    pytest.param(enregistrement, id=f"{genre.nom}-{code}")
    for genre in read_genres().values()
    for code, enregistrement in genre.enregistrements.items()
]


@pytest.mark.parametrize("enregistrement", ENREGISTREMENTS)
def test_les_champs_pavent_l_enregistrement(enregistrement: Enregistrement) -> None:
    """Every position from 1 to 320 belongs to one field, and to one only."""
    places = [p for c in enregistrement.champs for p in range(c.debut, c.debut + c.longueur)]
    assert sorted(places) == list(range(1, LONGUEUR + 1))


@pytest.mark.parametrize("enregistrement", ENREGISTREMENTS)
def test_chaque_nom_designe_un_champ(enregistrement: Enregistrement) -> None:
    """Keys, links and conditions name fields of the record."""
    noms = {c.nom for c in enregistrement.champs}
    conditions = {
        c.condition.split("=")[0].rstrip("!") for c in enregistrement.champs if c.condition
    }
    assert {*enregistrement.cle, *enregistrement.liens} <= noms
    assert conditions - {""} <= noms


def test_les_totaux_nomment_des_champs() -> None:
    """A control total sums fields that exist, in records that exist."""
    for genre in read_genres().values():
        for par in genre.totaux.values():
            for code, noms in par.items():
                assert all(genre.enregistrements[code].champ(nom) for nom in noms)


def test_genres_et_enregistrements_de_la_description() -> None:
    """Thirteen kinds, of which five come in; 26 types of record with header and trailer."""
    genres = read_genres()
    assert [g.nom for g in genres.values() if g.entrant] == ["CERT", "DMC", "ARI", "RIB", "TDP"]
    assert sum(len(g.details) for g in genres.values()) + 2 == 26
