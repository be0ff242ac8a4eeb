"""What a rubric expects, in the words of who fills it in: told of a value that is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

# Characters of the norm.
ADMIS = r"[ \"&-:=@A-Z_`a-z«»°À-ÅÇ-ÏÑ-ÖÙ-Ýà-åç-ïñ-öù-ýÿ]"
INTERDITS = r"[^ \"&-:=@A-Z_`a-z«»°À-ÅÇ-ÏÑ-ÖÙ-Ýà-åç-ïñ-öù-ýÿ]"
LISTE_MAX = 200  # characters of the codes of a list that is given whole
_DE_CHIFFRES = re.compile(r"(?:(?:\[[0-9-]+\]|\\d)(?:[*+]|\{[0-9,]+\})?)+")
_DEUX_DECIMALES = re.compile(r"\\\.(?:\[[0-9-]+\]|\\d)|\\\.\(|\[\.\]")
_NIR = "[1-2][0-9]{2}"
_DATE = re.compile(r"\(?0[1\[].*\(19\|20\)\[0-9\]\{2\}|.*\(20\)\[0-9\]\{2\}")


def describe_longueur(ligne: dict[str, Any]) -> str:
    """« 14 chiffres », « 5 à 20 caractères », « au plus 120 caractères ».

    `ligne`: a rubric, as the dictionary of the norm has it.
    """
    minimum, maximum = ligne["longueur_min"], ligne["longueur_max"]
    nom = "chiffre" if _DE_CHIFFRES.fullmatch(ligne["motif"] or "") else "caractère"
    combien = f"au plus {maximum}" if minimum <= 1 < maximum else f"{minimum} à {maximum}"
    return f"{maximum if minimum == maximum else combien} {nom}{'s' if maximum > 1 else ''}"


def describe_liste(codes: Sequence[str], version: str) -> str:
    """The codes themselves; of a long list, how many there are, and where they are found."""
    cites = ", ".join(codes)
    if len(codes) == 1:
        return f"le code {cites}"
    if len(cites) <= LISTE_MAX:
        return f"l'un des codes {cites}"
    return f"l'un des {len(codes)} codes que le cahier technique {version} donne à cette rubrique"


def describe_forme(ligne: dict[str, Any]) -> str:
    """What the pattern of a rubric asks, in words."""
    motif = str(ligne["motif"])
    if motif.startswith(_NIR):
        return "un NIR de treize caractères, sans sa clé"
    if ligne["type"] == "D" or _DATE.fullmatch(motif):
        return "une date JJMMAAAA, d'un siècle que la norme admet"
    if ligne["type"] == "N":
        nombre = (
            "un nombre à deux décimales, comme 1234.56"
            if _DEUX_DECIMALES.search(motif)
            else "un nombre entier"
        )
        return f"{nombre}, dans les bornes de la rubrique"
    if _DE_CHIFFRES.fullmatch(motif):
        return "des chiffres seulement, qui ne soient pas tous des zéros"
    return "la forme que le cahier technique donne à cette rubrique"


def locate_espaces(valeur: pl.Expr) -> pl.Expr:
    """Where the blanks around a value are."""
    fin = pl.format("pas d'espace à la fin, en position {}", valeur.str.len_chars())
    debut, final = valeur.str.starts_with(" "), valeur.str.ends_with(" ")
    return (
        pl.when(debut & final)
        .then(pl.lit("pas d'espace, ni au début ni à la fin"))
        .when(debut)
        .then(pl.lit("pas d'espace au début, en position 1"))
        .otherwise(fin)
    )


def locate_interdit(valeur: pl.Expr) -> pl.Expr:
    """The first character of a value that the norm does not admit, and its position."""
    premier = valeur.str.extract(f"({INTERDITS})")
    lisible = (
        pl.when(premier == "\t")
        .then(pl.lit("tabulation"))
        .when(premier.str.contains(r"[\x00-\x1f\x7f-\x9f]"))
        .then(pl.lit("caractère de commande"))
        .otherwise(pl.format("« {} »", premier))
    )
    position = valeur.str.extract(f"^({ADMIS}*){INTERDITS}").str.len_chars() + 1
    return pl.format("pas de {}, en position {}", lisible, position)
