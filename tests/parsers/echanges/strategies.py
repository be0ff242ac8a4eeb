"""Files of every kind whose zones are all of their form, drawn from the description alone.

Business rules are left aside: what both forms of a file hold is the same whatever they say.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from hypothesis import Phase
from hypothesis import strategies as st

from parsers.echanges.composition import compose_rows
from parsers.echanges.valeurs import is_typed
from parsers.echanges.zones import Fichier
from specs.echanges import Champ, Enregistrement, Genre, read_enveloppe, read_genres
from tests.efforts import EFFORT

FICHIERS = {"courant": 2, "complet": 10, "epreuve": 300}[EFFORT]
# Files are large: shrinking one takes longer than reading it.
PHASES = [p for p in Phase if p is not Phase.shrink]
IMPLICITES = ("TYPE", "FILLER", "KIND", "VERSION", "CHARSET")
MOTIFS = {
    "chiffres": "[0-9]{%d}",
    "siren": "[0-9]{%d}",
    "siret": "[0-9]{%d}",
    "heure": "([01][0-9]|2[0-3])[0-5][0-9]",
    "mois": "20[0-9]{2}-(0[1-9]|1[0-2])",
    "instant": "20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])([01][0-9]|2[0-3])([0-5][0-9]){2}",
    "nir": "[12][0-9]{4}(0[1-9]|2A|2B)[0-9]{6}",
    "sha256": "[0-9a-f]{64}",
    "iban": "FR[0-9]{25}",
    "bic": "[A-Z]{6}[A-Z0-9]{2}",
    "code": "[A-Z0-9]{%d}",
}
LETTRES = st.characters(codec="latin-1", exclude_categories=["Cc"])
UNITES = ("CT", "CH", "CJ", "NB")
Contenu = tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]


def textes(longueur: int) -> st.SearchStrategy[str]:
    """Texts of the charset of the fixed form, `<` and `&` among them, without blanks around."""
    return (
        st.text(LETTRES, min_size=1, max_size=longueur)
        .map(lambda texte: texte.strip(" "))
        .filter(bool)
    )


def values(champ: Champ) -> st.SearchStrategy[Any]:
    """Values that a field can hold."""
    if champ.valeurs or champ.nom == "UNIT":
        return st.sampled_from(champ.valeurs or UNITES)
    if champ.format in MOTIFS:
        motif = MOTIFS[champ.format]
        entier = motif % champ.longueur if "%d" in motif else motif
        return st.from_regex(re.compile(entier, re.ASCII), fullmatch=True)
    fixes = {
        "texte": textes(champ.longueur),
        "date": st.dates(date(1900, 1, 1), date(2099, 12, 31)),
        "annee": st.integers(1900, 2100),
    }
    return fixes[champ.format] if champ.format in fixes else numbers(champ)


def numbers(champ: Champ) -> st.SearchStrategy[int]:
    """Those that the digits of a field can hold, negative ones when it has a sign."""
    assert is_typed(champ), champ
    borne = 10 ** (champ.longueur - (champ.type == "S")) - 1
    return st.integers(-borne if champ.type == "S" else 0, borne)


@st.composite
def records(
    draw: st.DrawFn, enregistrement: Enregistrement, porteur: dict[str, Any]
) -> dict[str, Any]:
    """Values of a record, those that are conditional left out or not by chance; links as told."""
    valeurs = {lien.lower(): porteur.get(lien.lower()) for lien in enregistrement.liens}
    for champ in enregistrement.champs:
        nom = champ.nom.lower()
        if champ.nom in IMPLICITES or nom in valeurs:
            continue
        if champ.presence == "O" or draw(st.booleans()):
            valeurs[nom] = draw(values(champ))
    return {nom: valeur for nom, valeur in valeurs.items() if valeur is not None}


@st.composite
def contents(draw: st.DrawFn, genre: Genre) -> Contenu:
    """Header and records of a file of a kind, several of each of its types."""
    entete = draw(records(read_enveloppe("00"), {}))
    lignes: list[tuple[str, dict[str, Any]]] = []
    for enregistrement in genre.details:
        if enregistrement.dans:
            continue
        for _ in range(draw(st.integers(1, 3))):
            porteur = draw(records(enregistrement, {}))
            lignes.append((enregistrement.code, porteur))
            portes = [e for e in genre.details if e.dans == enregistrement.code]
            choisis = draw(st.lists(st.sampled_from(portes), max_size=3)) if portes else []
            lignes += [(porte.code, draw(records(porte, porteur))) for porte in choisis]
    return entete, lignes


def files(genre: Genre) -> st.SearchStrategy[Fichier]:
    """A file of a kind."""
    return contents(genre).map(lambda contenu: compose_rows(genre.nom, *contenu))


GENRES = tuple(read_genres())
