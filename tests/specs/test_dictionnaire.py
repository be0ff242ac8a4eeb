"""The dictionary of the published tables, and the words of their columns in the glossary."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from specs.contrats import CLASSES, Contrat, contrats
from specs.contrats.page import UNITES, render_page

RACINE = Path(__file__).parents[2]
PUBLIES = [
    pytest.param(contrat, id=contrat.nom) for contrat in contrats().values() if contrat.publie
]
# Words of the language and units, which a reader of any business knows.
COURANTS = frozenset(
    str.split(
        "0 30 31 60 61 90 a en plus le date debut fin jour depuis depart avant apres changement "
        "centimes ppm centiemes nom libelle numero code nombre type version octets sha256 ligne "
        "message instant contenu detail complement adresse postal ville pays raison sociale "
        "activite automatique comptable beneficiaire calcule cle declare par present trace unite "
        "si visible"
    )
)


def stem(mot: str) -> str:
    """A word without its accents, its plural and its feminine."""
    nu = unicodedata.normalize("NFKD", mot.lower()).encode("ascii", "ignore").decode()
    return nu.removesuffix("s").rstrip("e")


def terms() -> set[str]:
    """Stems of the words that the glossary explains: its first column."""
    page = (RACINE / "docs/glossaire.md").read_text("utf-8")
    colonne = [ligne.split("|")[1] for ligne in page.splitlines() if ligne.startswith("|")][2:]
    return {stem(mot) for terme in colonne for mot in re.findall(r"\w+", terme)}


def test_the_dictionary_is_made_from_the_contracts() -> None:
    """docs/dictionnaire.md is what the contracts say, to the byte."""
    assert (RACINE / "docs/dictionnaire.md").read_text("utf-8") == render_page()


def test_the_module_prints_the_page() -> None:
    """`python -m specs.contrats` is how the page is made again."""
    sortie = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "specs.contrats"],
        cwd=RACINE,
        check=True,
        capture_output=True,
    )
    assert sortie.stdout.decode("utf-8") == render_page()


@pytest.mark.parametrize("contrat", PUBLIES)
def test_the_dictionary_tells_each_published_table(contrat: Contrat) -> None:
    """Its key, and of each column the title, type, unit, class and closed values."""
    page = render_page()
    debut = page.index(f"## `{contrat.nom}` : {contrat.titre}")
    section = page[debut : page.find("\n## ", debut + 1)] + "\n"
    assert f"Clé et ordre : {', '.join(f'`{nom}`' for nom in contrat.cle)}." in section
    for colonne in contrat.colonnes:
        ligne = next(li for li in section.splitlines() if li.startswith(f"| `{colonne.nom}` |"))
        for mot in (colonne.titre, colonne.type, colonne.classe):
            assert f"| {mot} |" in ligne
        assert UNITES[colonne.type] in ligne or colonne.valeurs
        for code, sens in colonne.valeurs.items():
            assert f"- `{code}` : {sens}\n" in section


def test_the_dictionary_tells_nothing_else() -> None:
    """A working table is nobody's to read; each class says who sees it."""
    page = render_page()
    assert page.count("\n## ") == len(PUBLIES) + 1
    assert all(f"| {classe} | {lecteurs} |" in page for classe, lecteurs in CLASSES.items())


@pytest.mark.parametrize("contrat", PUBLIES)
def test_the_glossary_has_the_words_of_the_columns(contrat: Contrat) -> None:
    """Each word of a column is of the language, or explained."""
    connus = terms() | {stem(mot) for mot in COURANTS}
    mots = {mot for colonne in contrat.colonnes for mot in colonne.nom.split("_")}
    assert {mot for mot in mots if stem(mot) not in connus} == set()
