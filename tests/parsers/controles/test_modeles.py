"""One text, one definition: controls that the norm words alike are judged alike."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from parsers.controles.couverture import keys_of_dictionary, read_exceptions, read_textes
from parsers.controles.lecture import controles_by_code, read_controles
from parsers.controles.modeles import Modele, completed, read_modeles
from specs.dsn import VERSIONS, read_norme

ADRESSE = "adresse_en_france_ou_a_l_etranger"
DATES = Modele("m", "T01", si="present({debut})", alors="{fin} >= {debut}")


def test_controls_of_one_text_share_one_definition() -> None:
    """Each is judged by a definition of its text or by the keys of the dictionary, or says why."""
    ailleurs = {e["controle"] for e in read_exceptions()} | keys_of_dictionary()
    modeles = {c.identifiant: c.modele for c in read_controles()}
    for texte, controles in read_textes().items():
        assert len(controles) > 1, texte
        for identifiant in controles:
            if identifiant in ailleurs:
                continue
            nom = modeles[identifiant]
            assert nom is not None, identifiant
            assert read_modeles()[nom].texte == texte, identifiant


def test_a_definition_is_of_the_text_of_its_controls() -> None:
    """No control borrows the definition of another text, no definition is left without control."""
    de = {identifiant: t for t, controles in read_textes().items() for identifiant in controles}
    emplois: Counter[str] = Counter()
    for controle in read_controles():
        if controle.modele:
            emplois[controle.modele] += 1
            assert de[controle.identifiant] == read_modeles()[controle.modele].texte
    assert emplois.keys() == read_modeles().keys()


def test_a_text_with_several_definitions_says_why() -> None:
    """All but one of them give their reason; so does one beside the keys of the dictionary."""
    par_texte: dict[str, list[Modele]] = defaultdict(list)
    for modele in read_modeles().values():
        par_texte[modele.texte].append(modele)
    for texte, modeles in par_texte.items():
        cles = any(i in keys_of_dictionary() for i in read_textes()[texte])
        sans_raison = [m.modele for m in modeles if m.pourquoi is None]
        assert len(sans_raison) == (0 if cles else 1), texte


def test_places_are_filled_and_no_other() -> None:
    """A definition given what it does not ask, or not given what it asks, is refused."""
    avec = {"debut": "r58_001", "fin": "r58_002"}
    assert DATES.fill(avec)["alors"] == "r58_002 >= r58_001"
    for faux in ({"debut": "r58_001"}, avec | {"date": "r58_001"}):
        with pytest.raises(ValueError, match="attend"):
            DATES.fill(faux)


def test_a_control_has_a_definition_or_its_own_conditions() -> None:
    """Both at once would leave the reader to guess."""
    entree = {"controle": "X", "modele": ADRESSE, "avec": {}, "si": "present(r01_005)"}
    with pytest.raises(ValueError, match="ses propres"):
        completed(entree)


def test_an_address_is_asked_where_its_rubrics_are_admitted() -> None:
    """One definition, seven addresses: each in the natures where a foreign one may be told."""
    controles = [c for c in controles_by_code().values() if c.modele == ADRESSE]
    assert len(controles) == 7
    for controle in controles:
        for version in VERSIONS:
            norme = read_norme(version)
            [usages] = norme.rubriques.filter(rubrique=controle.rubrique).iter_rows(named=True)
            interdites = {n for n in controle.natures if usages.get(f"usage_{n}") == "I"}
            assert not interdites, controle.identifiant
