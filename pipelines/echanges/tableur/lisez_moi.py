"""What the first sheet of a workbook tells to who fills it in (`specs/echanges/lisez_moi.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specs.echanges import Enregistrement, Genre, read_genres
from specs.echanges.cahier import read_chapitres
from specs.fichiers import read_yaml


def read_titre(nom: str) -> str:
    """Title of the workbook of a kind."""
    titre: str = _prose()["titre"]
    return titre.format(genre=nom)


def list_paragraphes(nom: str) -> Iterator[tuple[str, str]]:
    """Style and text of each row, for a kind of file."""
    genre, chapitre, prose = read_genres()[nom], read_chapitres()[nom], _prose()
    yield "titre", f"{read_titre(nom)} : {chapitre['titre'].lower()}"
    resume = str(chapitre["resume"])
    yield "paragraphe", f"{resume[0].upper()}{resume[1:]}."
    yield "sous_titre", "Les feuilles"
    yield "paragraphe", prose["entete"]
    for enregistrement in genre.details:
        titre = chapitre["enregistrements"][enregistrement.code]["titre"]
        yield "paragraphe", _say_feuille(genre, enregistrement, titre)
    yield "sous_titre", "Remplir"
    yield from (("paragraphe", texte) for texte in prose["remplir"])
    yield "sous_titre", "Ensuite"
    suite = prose["entrant" if genre.entrant else "sortant"]
    yield from (("paragraphe", texte) for texte in suite)


def _prose() -> dict[str, Any]:
    prose: dict[str, Any] = read_yaml("specs.echanges", "lisez_moi")
    return prose


def _say_feuille(genre: Genre, enregistrement: Enregistrement, titre: str) -> str:
    phrase = f"Feuille « {enregistrement.element} » : {titre}."
    if not enregistrement.dans:
        return phrase
    porteur = genre.enregistrements[enregistrement.dans].element
    if not enregistrement.liens:
        return f"{phrase} Ses lignes suivent celle de la feuille « {porteur} »."
    liens = ", ".join(enregistrement.liens)
    return f"{phrase} Ses lignes se rattachent à celles de « {porteur} » par {liens}."
