"""Every field, code, format, kind and refusal has its words, and no word is of nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib.resources import files

import pytest

import specs.echanges
from specs.echanges import COMMUN, CONTROLE, ENTETE, read_genres
from specs.echanges.cahier import read_chapitres, read_journal
from specs.echanges.regles import ARRET, portee_of, read_codes, read_regles
from specs.echanges.textes import (
    EFFETS,
    Cle,
    read_formats,
    read_libelle,
    read_libelles,
    read_listes,
    read_refus,
    read_valeurs,
)
from specs.fichiers import read_yaml
from specs.messages import codes

# (genre, record): those of the header and trailer are of every kind.
CHAMPS = {
    (COMMUN if code in (ENTETE, CONTROLE) else genre.nom, code, champ.nom): champ
    for genre in read_genres().values()
    for code, enregistrement in genre.enregistrements.items()
    for champ in enregistrement.champs
}
REFUS = re.compile(r"\b(?:F\d{3}|(?:CG|IN|RB|TD)-\d{3}|D\d{3})\b")
# Also told of other files, in other words: these are its own.
DITS_AILLEURS = {"F004"}
SANS_LISTE = ("TYPE",)  # its code is that of the record


def rows_of(connus: Collection[Cle]) -> set[Cle]:
    """The rows that give the words of some field."""
    return {
        cle if cle in connus else (COMMUN, COMMUN, cle[2])
        for cle in CHAMPS
        if cle in connus or (COMMUN, COMMUN, cle[2]) in connus
    }


def test_every_field_has_a_title_and_a_rule_that_is_a_sentence() -> None:
    """The 378 fields are told in words that end as sentences do."""
    assert len(CHAMPS) == 378
    for cle in CHAMPS:
        libelle = read_libelle(*cle)
        assert libelle.titre[0].isupper(), cle
        assert not libelle.titre.endswith("."), cle
        assert not libelle.regle or libelle.regle.endswith("."), cle


def test_no_title_is_of_no_field() -> None:
    """Each row of titles is used by a field."""
    assert rows_of(read_libelles()) == read_libelles().keys()


def test_every_code_of_a_closed_list_has_its_meaning_and_no_other() -> None:
    """A list is told in its order."""
    for cle, champ in CHAMPS.items():
        if champ.format == "code" and champ.nom not in SANS_LISTE:
            assert tuple(read_valeurs(*cle)) == champ.valeurs, cle
    assert rows_of(read_listes()) == read_listes().keys()


def test_every_format_has_its_words_and_no_other() -> None:
    """The formats told are those that fields have, each with a field that has it."""
    assert read_formats().keys() == {champ.format for champ in CHAMPS.values()}
    for nom, dit in read_formats().items():
        assert CHAMPS[dit.champ].format == nom


def test_every_kind_has_its_chapter_and_each_of_its_records_a_title() -> None:
    """Thirteen chapters of kinds, each with its records in their order, and a sample."""
    chapitres = {nom: dit for nom, dit in read_chapitres().items() if nom.isupper()}
    assert list(chapitres) == list(read_genres())
    for nom, chapitre in chapitres.items():
        details = [e.code for e in read_genres()[nom].details]
        assert list(chapitre["enregistrements"]) == details
        assert {"titre", "resume", "exemple"} <= chapitre.keys()
    exemples = files(specs.echanges).joinpath("exemples").iterdir()
    assert {f.name for f in exemples} == {f"{nom}.xml" for nom in read_genres()}


def test_every_code_that_controls_give_is_told() -> None:
    """What a file can be refused for is in the specification, with what it refuses."""
    assert read_codes().keys() <= read_refus().keys()
    for code, controle in read_codes().items():
        effets = set(read_refus()[code].effets)
        assert effets <= EFFETS.keys()
        if not effets <= {"reserve", "signal", "attente"}:
            assert {controle.portee, portee_of(code, ARRET)} & effets, code


def test_the_rule_of_a_field_names_what_refuses_it() -> None:
    """Each control that is declared of a field is in its rule, by its code."""
    for genre, enregistrement, champ in CHAMPS:
        for regle in read_regles(genre, enregistrement):
            if regle.champ == champ:
                assert regle.code in read_libelle(genre, enregistrement, champ).regle, regle


def test_words_of_a_code_are_said_once() -> None:
    """A code that has a message has no other title: the specification says what answers say."""
    for code, refus in read_refus().items():
        assert refus.cause.endswith(".")
        assert refus.remede.endswith("."), code
        propres = "titre" in read_yaml("specs.echanges", "refus")[code]
        assert propres == (code not in codes() or code in DITS_AILLEURS), code


@pytest.mark.parametrize("fichier", ["libelles.csv", "refus.yaml"])
def test_texts_name_codes_that_exist(fichier: str) -> None:
    """A rule that names a code of refusal names one that is told."""
    texte = files(specs.echanges).joinpath(fichier).read_text("utf-8")
    assert set(REFUS.findall(texte)) <= read_refus().keys()


def test_the_last_version_is_the_one_described() -> None:
    """The journal begins with the version of the layout."""
    assert read_journal()[0].version == specs.echanges.VERSION
    jours = [version.jour for version in read_journal()]
    assert jours == sorted(jours, reverse=True)
