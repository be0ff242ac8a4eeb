"""Where each thing of a picture is drawn: whole numbers, in a frame of 400 by 230, from values.

Drawn by a template of ours (`gabarits/espace/image.html`), with the colours of the sheet: a picture
costs a millisecond, follows the dark scheme, and holds no style that the policy of the pages would
refuse. Altair to SVG takes 80 ms each, and 84 MB of a JavaScript engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from specs.periodes import Mois
from specs.typographie import format_entier

LARGEUR, HAUTEUR = 400, 230
GAUCHE, DROITE, HAUT, BAS = 76, 4, 10, 38
GRADUATIONS = 5
PAS = (1, 2, 5)
LARGEUR_BARRE = 36  # at most
# Months under their bars.
COURTS = (
    "jan", "fév", "mar", "avr", "mai", "juin", "juil", "aoû", "sep", "oct", "nov", "déc",
)  # fmt: skip
CENT = 100


@dataclass(frozen=True, slots=True)
class Serie:
    """Values of a name, one a rank (None: nothing known); a line rather than bars."""

    nom: str
    valeurs: tuple[int | None, ...]
    ligne: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """A picture and its table: `rangs`, months or leave years, from left to right.

    `unite`: type of the values in the contracts; `rang`: what a rank is.
    """

    nom: str
    titre: str
    rang: str
    unite: str
    rangs: tuple[str, ...]
    series: tuple[Serie, ...]


@dataclass(frozen=True, slots=True)
class Barre:
    """A bar of a series, by its rank in the picture."""

    serie: int
    x: int
    y: int
    largeur: int
    hauteur: int


@dataclass(frozen=True, slots=True)
class Trace:
    """All that is drawn.

    `graduations`: height and text; `reperes`: place, text and the year under it, when it changes;
    `lignes`: points of each line, parted where nothing is known.
    """

    zero: int
    graduations: Sequence[tuple[int, str]]
    reperes: Sequence[tuple[int, str, str]]
    barres: Sequence[Barre]
    lignes: Sequence[Sequence[tuple[int, int]]]


def trace(image: Image) -> Trace:
    """Place the bars and lines of a picture."""
    connues = [v for serie in image.series for v in serie.valeurs if v is not None]
    moins, plus = min([0, *connues]), max([1, *connues])
    pas = _choose_step(moins, plus)
    bas, haut = moins // pas * pas, -(-plus // pas) * pas
    hauteur = HAUTEUR - HAUT - BAS

    def place(valeur: int) -> int:
        return HAUT + (haut - valeur) * hauteur // (haut - bas)

    colonne = (LARGEUR - GAUCHE - DROITE) // max(1, len(image.rangs))
    return Trace(
        zero=place(0),
        graduations=[(place(v), _write(v, pas, image.unite)) for v in range(bas, haut + 1, pas)],
        reperes=list(_list_reperes(image.rangs, colonne)),
        barres=list(_list_barres(image, colonne, place)),
        lignes=[_list_points(s, colonne, place) for s in image.series if s.ligne],
    )


def _choose_step(bas: int, haut: int) -> int:
    """The least 1, 2 or 5 times a power of ten that gives few graduations."""
    puissance = 1
    while True:
        for pas in PAS:
            if (haut - bas) <= pas * puissance * GRADUATIONS:
                return pas * puissance
        puissance *= 10


def _write(valeur: int, pas: int, unite: str) -> str:
    if unite == "entier":
        return format_entier(valeur)
    entier, reste = divmod(abs(valeur), CENT)
    signe = "\u2212" if valeur < 0 else ""
    decimales = f",{reste:02d}" if pas % CENT else ""
    return f"{signe}{format_entier(entier)}{decimales}{UNITES[unite]}"


UNITES: Mapping[str, str] = MappingProxyType({"centimes": "\u202f€", "centiemes": ""})


def _list_barres(image: Image, colonne: int, place: Callable[[int], int]) -> Iterator[Barre]:
    barres = [(rang, serie) for rang, serie in enumerate(image.series) if not serie.ligne]
    largeur = min(LARGEUR_BARRE, max(2, (colonne * 3 // 4) // max(1, len(barres))))
    marge = (colonne - largeur * len(barres)) // 2
    zero = place(0)
    for cote, (rang, serie) in enumerate(barres):
        for numero, valeur in enumerate(serie.valeurs):
            if valeur:
                y = place(valeur)
                x = GAUCHE + numero * colonne + marge + cote * largeur
                yield Barre(rang, x, min(y, zero), largeur - 1, max(1, abs(zero - y)))


def _list_points(
    serie: Serie, colonne: int, place: Callable[[int], int]
) -> Sequence[tuple[int, int]]:
    return [
        (GAUCHE + rang * colonne + colonne // 2, place(valeur))
        for rang, valeur in enumerate(serie.valeurs)
        if valeur is not None
    ]


def _list_reperes(rangs: Sequence[str], colonne: int) -> Iterator[tuple[int, str, str]]:
    """The month in a few letters, and its year under the first one of each; or the text itself.

    A year that only the first month is of is left out: the next one would run into it.
    """
    for numero, rang in enumerate(rangs):
        x = GAUCHE + numero * colonne + colonne // 2
        try:
            mois = Mois.parse(rang)
        except ValueError:
            yield x, rang, ""
            continue
        avant, apres = rangs[max(0, numero - 1)], rangs[min(numero + 1, len(rangs) - 1)]
        premier = avant[:4] != rang[:4] or (numero == 0 and apres[:4] == rang[:4])
        yield x, COURTS[mois.numero - 1], rang[:4] if premier else ""
