r"""From the texts of `specs/echanges` to fragments: exact values, bold, links, French spacing.

>>> [f.texte for f in parse_texte("Voir `KIND` : F013.", Ancres({}, frozenset({"F013"})))]
['Voir ', 'KIND', '\xa0: ', 'F013', '.']
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.echanges.cahier.blocs import CODE, FORT, Fragment, Texte
from specs.typographie import FINE

INSECABLE = "\u00a0"
_MARQUES = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<fort>[^*]+)\*\*|§(?P<section>\w+(?:-\w+)*)")
_REFUS = re.compile(r"\b(?:F\d{3}|(?:CG|IN|RB|TD)-\d{3}|D\d{3})\b")
_AVANT_DEUX_POINTS = re.compile(r" (?=[:»])|(?<=«) |(?<=\d) (?=h\b)")
_AVANT_HAUT = re.compile(r" (?=[;!?%€])|(?<=\d) (?=\d{3}\b)")


@dataclass(frozen=True, slots=True)
class Ancres:
    """Where links can go: number of each section by its anchor, codes of refusal."""

    sections: Mapping[str, str]
    refus: frozenset[str]


def parse_texte(texte: str, ancres: Ancres) -> Texte:
    """The fragments of a text; KeyError when it names a section that is not there."""
    fragments: list[Fragment] = []
    debut = 0
    for marque in _MARQUES.finditer(texte):
        fragments += _plain(texte[debut : marque.start()], ancres)
        fragments.append(_marked(marque, ancres))
        debut = marque.end()
    return (*fragments, *_plain(texte[debut:], ancres))


def set_spaces(texte: str) -> str:
    """`texte` with the no-break spaces of French: before « : ; ! ? », in quotes, numbers, hours."""
    return _AVANT_HAUT.sub(FINE, _AVANT_DEUX_POINTS.sub(INSECABLE, texte))


def _marked(marque: re.Match[str], ancres: Ancres) -> Fragment:
    if code := marque["code"]:
        return Fragment(code, CODE, code if code in ancres.refus else "")
    if fort := marque["fort"]:
        return Fragment(set_spaces(fort), FORT)
    ancre = marque["section"]
    return Fragment(f"§{FINE}{ancres.sections[ancre]}", "", ancre)


def _plain(texte: str, ancres: Ancres) -> list[Fragment]:
    """Text without marks, cut at the codes of refusal that it names."""
    fragments: list[Fragment] = []
    debut = 0
    espace = set_spaces(texte)
    for trouve in _REFUS.finditer(espace):
        if trouve[0] in ancres.refus:
            fragments += [
                Fragment(espace[debut : trouve.start()]),
                Fragment(trouve[0], "", trouve[0]),
            ]
            debut = trouve.end()
    return [f for f in (*fragments, Fragment(espace[debut:])) if f.texte]
