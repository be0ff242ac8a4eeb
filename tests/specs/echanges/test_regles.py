"""The rules and codes of exchange files: what they name exists, what they say fits an answer."""

from __future__ import annotations

import re

import pytest

from parsers.messages import LONGUEUR_MESSAGE
from specs.dsn import read_table
from specs.echanges import read_enveloppe, read_genres
from specs.echanges.listes import longueur_iban, read_codes_norme, read_liste, read_sepa
from specs.echanges.regles import (
    DECLARATION,
    FICHIER,
    LIGNE,
    PORTEES,
    portee_of,
    read_codes,
    read_regles,
)
from specs.messages import read_message, render_borne, variantes

CHAMPS = {
    c.nom for g in read_genres().values() for e in g.enregistrements.values() for c in e.champs
}
REMEDE = read_genres()["CRT"].enregistrements["C2"].champ("HINT").longueur
FORMULATIONS = [(code, v) for code in read_codes() for v in (None, *variantes(code))]


def test_les_regles_nomment_ce_qui_existe() -> None:
    """Fields, codes, lists and rubrics of the rules are those of the description."""
    for genre in read_genres().values():
        for enregistrement in genre.enregistrements.values():
            noms = {c.nom for c in enregistrement.champs}
            for regle in read_regles(genre.nom, enregistrement.code):
                assert regle.champ in noms
                assert regle.code in read_codes()
                if regle.regle == "liste":
                    assert read_liste(regle.argument)
                elif regle.regle == "norme":
                    rubrique, *autres = regle.argument.split()
                    assert read_codes_norme(rubrique)
                    assert {nom.split("=")[0] for nom in autres} <= noms
                elif regle.regle == "motif":
                    re.compile(regle.argument)
                elif regle.argument:
                    assert regle.argument.isdigit() or regle.argument in noms


@pytest.mark.parametrize("code", read_codes())
def test_chaque_code_a_son_etape_et_sa_portee(code: str) -> None:
    """Steps go from 1 to 11; those from 1 to 6 are of the whole file, but rights."""
    etape, portee = read_codes()[code].etape, read_codes()[code].portee
    assert portee in PORTEES
    assert (etape <= 6) == (portee == FICHIER) or code == "F007"


def test_la_portee_depend_de_l_enregistrement() -> None:
    """A fault of the header refuses the file, that of a stop its declaration, others the line."""
    portees = [portee_of("F013", bloc) for bloc in (None, "00", "99", "30", "31", "10")]
    assert portees == [FICHIER, FICHIER, FICHIER, DECLARATION, LIGNE, LIGNE]


@pytest.mark.parametrize(("code", "variante"), FORMULATIONS)
def test_un_message_tient_dans_sa_zone(code: str, variante: str | None) -> None:
    """Whatever it names, a message has at most 120 characters, its remedy 100; both are French."""
    longs = {"rubrique": max(CHAMPS, key=len), "bloc": "30", "valeur": "X" * 80, "nombre": 99_999}
    for attendu in ("pas avant PERIOD_FROM", "X, " * 40, "12345678901234"):
        phrase = render_borne(code, variante, LONGUEUR_MESSAGE, **longs, attendu=attendu)
        assert len(phrase) <= LONGUEUR_MESSAGE, phrase
    assert len(read_message(code, variante).remede) <= REMEDE


def test_un_message_dit_tout_quand_il_y_a_la_place() -> None:
    """The expected value is left out before the value received, and only when it must be."""
    phrase = render_borne("F017", "borne", 120, rubrique="TO", valeur="20260101", attendu="après X")
    assert "après X" in phrase
    long = render_borne("F017", "borne", 60, rubrique="TO", valeur="20260101", attendu="après X")
    assert "après X" not in long
    assert "20260101" in long


def test_les_pays_de_sepa() -> None:
    """Lengths are those of the registry; the recent ones are dated."""
    sepa = read_sepa()
    assert len(sepa) == 42
    assert {code for code, pays in sepa.items() if pays.depuis} == {"AL", "ME", "MD", "MK", "RS"}
    assert all(15 <= pays.longueur <= 34 for pays in sepa.values())
    assert (longueur_iban("TR"), longueur_iban("US")) == (26, None)


def test_les_listes() -> None:
    """249 countries, nearly all of them known of the DSN; 101 departments; no cancellation code."""
    pays = read_liste("pays")
    assert len(pays) == len(set(pays)) == 249
    assert len(set(pays) - set(read_table("PAYS")["code"])) < 15
    assert len(set(read_liste("departements"))) == 101
    assert "20" not in read_liste("departements")
    for rubrique, annulation in (("S21.G00.62.002", "099"), ("S21.G00.65.001", "998")):
        assert all(codes and annulation not in codes for _, codes in read_codes_norme(rubrique))


def test_l_enveloppe_est_la_meme_dans_tous_les_genres() -> None:
    """Header and trailer do not depend on the kind."""
    for genre in read_genres().values():
        for code in ("00", "99"):
            assert genre.enregistrements[code] == read_enveloppe(code)
