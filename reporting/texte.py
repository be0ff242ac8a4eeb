"""A table for a terminal: French titles, aligned columns, bounded widths.

A long text goes on over several lines of its cell; a long word (a hash) is cut with an ellipsis.
Characters that a terminal would obey are shown as ``�``: file names come from the companies. In a
width that is given, texts are narrowed, the widest first; figures and dates keep theirs.
"""

from __future__ import annotations

import textwrap
import unicodedata
from itertools import zip_longest

import polars as pl

from reporting.valeurs import format_valeur, nature_of
from specs.contrats import PLACES, Colonne, Contrat
from specs.typographie import format_entier

LARGEUR_MAX = 36
LARGEUR_MIN = 8  # of a text that is narrowed
LARGEUR_TITRE = 14
SEPARATEUR = "  "
SUITE = "…"
LIEUX = PLACES | {"lot"}
UNITES = {"centimes": " (€)"}
# Unicode categories: controls, formats (direction marks), surrogates, line separators.
OBEIS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
A_DROITE = frozenset({"entier", "centimes", "ppm", "centiemes"})
FIXES = A_DROITE | {"date", "mois", "booleen"}


def render_texte(frame: pl.DataFrame, contrat: Contrat, largeur: int | None = None) -> str:
    """Write a table as text, its title first and its number of rows last.

    `largeur`: what its lines hold in, as far as its figures and titles let it.
    """
    titre = contrat.titre[:1].upper() + contrat.titre[1:]
    if largeur is not None:
        titre = textwrap.fill(titre, largeur)
    if frame.is_empty():
        return f"{titre}\n\nAucune ligne.\n"
    # The columns that only cut a table into parts say nothing to a reader.
    lues = [colonne for colonne in contrat.colonnes if colonne.nom not in LIEUX]
    colonnes = [_blocs(frame[colonne.nom], colonne) for colonne in lues]
    if largeur is not None:
        colonnes = _narrow(colonnes, frame, lues, largeur)
    rangees = [_lignes(cellules) for cellules in zip(*colonnes, strict=True)]
    filets = SEPARATEUR.join("─" * len(colonne[0][0]) for colonne in colonnes)
    corps = [*rangees[0], filets, *(ligne for rangee in rangees[1:] for ligne in rangee)]
    return "\n".join([titre, "", *corps, "", _total(frame.height), ""])


def _total(nombre: int) -> str:
    return "1 ligne." if nombre == 1 else f"{format_entier(nombre)} lignes."


def _narrow(
    blocs: list[list[list[str]]], frame: pl.DataFrame, lues: list[Colonne], largeur: int
) -> list[list[list[str]]]:
    """The same columns in `largeur`: the widest text gives way, to the width of its title at most.

    A word longer than what is left is cut.
    """
    largeurs = [len(colonne[0][0]) for colonne in blocs]
    titres = [max(map(len, _title(colonne))) for colonne in lues]
    planchers = [
        largeurs[rang] if colonne.type in FIXES else max(LARGEUR_MIN, titres[rang])
        for rang, colonne in enumerate(lues)
    ]
    for _ in range(sum(largeurs) + len(SEPARATEUR) * (len(lues) - 1) - largeur):
        marges = [large - plancher for large, plancher in zip(largeurs, planchers, strict=True)]
        if max(marges) <= 0:
            break
        largeurs[max(range(len(lues)), key=lambda rang: (marges[rang] > 0, largeurs[rang]))] -= 1
    return [_blocs(frame[c.nom], c, large) for c, large in zip(lues, largeurs, strict=True)]


def _title(colonne: Colonne) -> list[str]:
    return _wrap(colonne.titre + UNITES.get(colonne.type, ""), LARGEUR_TITRE)


def _blocs(valeurs: pl.Series, colonne: Colonne, largeur_max: int = LARGEUR_MAX) -> list[list[str]]:
    """Title and cells of a column, each a list of lines of the column's width."""
    titre = _title(colonne)
    cellules = [
        _wrap(_lisible(format_valeur(valeur, nature_of(colonne))), largeur_max)
        for valeur in valeurs
    ]
    blocs = [titre, *cellules]
    largeur = max(len(ligne) for bloc in blocs for ligne in bloc)
    aligne = str.rjust if colonne.type in A_DROITE else str.ljust
    return [[aligne(ligne, largeur) for ligne in bloc] for bloc in blocs]


def _lignes(cellules: tuple[list[str], ...]) -> list[str]:
    """Lay the cells of a row side by side."""
    vides = [" " * len(cellule[0]) for cellule in cellules]
    return [
        SEPARATEUR.join(
            vide if morceau is None else morceau
            for morceau, vide in zip(morceaux, vides, strict=True)
        ).rstrip()
        for morceaux in zip_longest(*cellules)
    ]


def _wrap(texte: str, largeur: int) -> list[str]:
    """Cut a text into lines, never in the middle of a word."""
    lignes = textwrap.wrap(texte, largeur, break_long_words=False, break_on_hyphens=False)
    return [_cut(ligne, largeur) for ligne in lignes] or [""]


def _cut(ligne: str, largeur: int) -> str:
    return ligne if len(ligne) <= largeur else ligne[: largeur - 1] + SUITE


def _lisible(texte: str) -> str:
    return "".join("�" if unicodedata.category(signe) in OBEIS else signe for signe in texte)
