"""The sheets of a kind: one a record, one column a field, each with its help in French.

A sheet is named as the element of its record. Keys that a held record repeats from its holder have
their column: they tell which row of the other sheet it goes with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from parsers.echanges.valeurs_xml import IMPLICITES
from specs.echanges import ENTETE, Champ, Enregistrement, Genre, read_genres
from specs.echanges.listes import read_liste
from specs.echanges.regles import read_regles
from specs.echanges.textes import read_formats, read_libelle, read_valeurs

PRESENCES = {"O": "Obligatoire", "C": "Selon le cas", "F": "Facultatif"}
FORMES = {
    "date": "Une date : JJ/MM/AAAA.",
    "mois": "Un mois : MM/AAAA.",
    "heure": "Une heure : HH:MM.",
    "instant": "JJ/MM/AAAA HH:MM:SS ; vide : l'heure de la conversion.",
}


@dataclass(frozen=True, slots=True)
class Colonne:
    """A field in a sheet; `choix`: its closed list, empty without one."""

    champ: Champ
    titre: str
    aide: str
    choix: tuple[str, ...]

    @property
    def nom(self) -> str:
        """What names it in the sheet."""
        return self.champ.nom


@dataclass(frozen=True, slots=True)
class Feuille:
    """A record as a sheet."""

    enregistrement: Enregistrement
    colonnes: tuple[Colonne, ...]

    @property
    def nom(self) -> str:
        """Title of the sheet."""
        return self.enregistrement.element

    @property
    def code(self) -> str:
        """Type of the record."""
        return self.enregistrement.code


@cache
def list_feuilles(nom: str) -> tuple[Feuille, ...]:
    """The header, then each record of a kind; the trailer is computed."""
    genre = read_genres()[nom]
    return tuple(_sheet(genre, e) for e in (genre.enregistrements[ENTETE], *genre.details))


def _sheet(genre: Genre, enregistrement: Enregistrement) -> Feuille:
    champs = [c for c in enregistrement.champs if c.nom not in IMPLICITES]
    return Feuille(enregistrement, tuple(_column(genre, enregistrement, c) for c in champs))


def _column(genre: Genre, enregistrement: Enregistrement, champ: Champ) -> Colonne:
    titre = read_libelle(genre.nom, enregistrement.code, champ.nom).titre
    aide = "\n".join(_help(genre, enregistrement, champ))
    return Colonne(champ, titre, aide, _choices(genre, enregistrement, champ))


def _choices(genre: Genre, enregistrement: Enregistrement, champ: Champ) -> tuple[str, ...]:
    if champ.valeurs:
        return champ.valeurs
    regles = read_regles(genre.nom, enregistrement.code)
    listes = [r.argument for r in regles if (r.champ, r.regle) == (champ.nom, "liste")]
    return read_liste(listes[0]) if listes else ()


def _help(genre: Genre, enregistrement: Enregistrement, champ: Champ) -> Iterator[str]:
    """Presence, form, codes and rule, a line each."""
    if champ.nom in enregistrement.liens:
        porteur = genre.enregistrements[enregistrement.dans].element
        yield f"Comme sur la feuille « {porteur} » : dit à quelle ligne celle-ci se rattache."
        return
    yield f"{PRESENCES[champ.presence]}."
    if champ.format == "texte":
        yield f"Texte, au plus {champ.longueur} caractères."
    elif champ.format != "code":
        forme = read_formats()[champ.format].sens
        yield FORMES.get(champ.format, f"{forme[0].upper()}{forme[1:]}.")
    sens = read_valeurs(genre.nom, enregistrement.code, champ.nom)
    yield from (f"{valeur} : {sens[valeur]}" for valeur in champ.valeurs if valeur in sens)
    regle = read_libelle(genre.nom, enregistrement.code, champ.nom).regle.replace("`", "")
    if regle and "§" not in regle:
        yield regle
