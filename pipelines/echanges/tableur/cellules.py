"""A cell and the text that XML would write for it: both ways, by the format of its field.

Spreadsheets hold true numbers, dates and hours, or what a person typed in French (`1 234,50`,
`13/01/2026`, `7:30`); what is none of these is kept as written and the controls tell it. A number
in place of digits is given back the zeros that spreadsheets drop.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from parsers.echanges.valeurs_xml import BLANCS_XML, is_nombre
from parsers.echanges.zones import REFUS
from specs.echanges import Champ

Cellule = str | int | float | Decimal | bool | date | time | None
FORMULES = ("=", "+", "-", "@")
APOSTROPHE = "'"
CHIFFRES = ("chiffres", "siren", "siret")
_BLANCS = re.compile(r"[\s\u00a0\u202f]+")
_MILLIERS = r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+)"
_NOMBRE = re.compile(rf"{_MILLIERS}(?:,[0-9]*)?", re.ASCII)
_SIGNE = re.compile(rf"{_MILLIERS}(?:[,.][0-9]*)?", re.ASCII)
_FRANCAIS: dict[str, tuple[re.Pattern[str], str]] = {
    "date": (re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII), "{2}-{1}-{0}"),
    "mois": (re.compile(r"([0-9]{2})/([0-9]{4})", re.ASCII), "{1}-{0}"),
    "heure": (re.compile(r"([0-9]{1,2})[:hH]([0-9]{2})(?::00)?", re.ASCII), "{0:0>2}:{1}"),
    "instant": (
        re.compile(
            r"([0-9]{2})/([0-9]{2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII
        ),
        "{2}-{1}-{0}T{3:0>2}:{4}:{5}",
    ),
}


def parse_cellule(cellule: Cellule, champ: Champ) -> str | None:
    """The text that XML would write; None when the cell is empty, after `REFUS` when it is wrong.

    >>> from specs.echanges import read_genres
    >>> parse_cellule("1 234,5", read_genres()["CERT"].enregistrements["10"].champ("GROSS"))
    '1234.5'
    """
    match cellule:
        case None | "":
            return None
        case bool():
            return REFUS + ("VRAI" if cellule else "FAUX")
        case datetime() | date() | time():
            return _parse_moment(cellule, champ)
        case int() | float() | Decimal():
            return _padded(_digits(cellule), champ)
        case _:
            texte = cellule.strip(BLANCS_XML)
            return _parse_texte(texte, champ) if texte else None


def format_cellule(naturel: str, champ: Champ) -> Cellule:
    """The true number, date or hour of what XML writes; a text as it is."""
    match champ.format:
        case "date":
            return date.fromisoformat(naturel)
        case "mois":
            return date.fromisoformat(f"{naturel}-01")
        case "heure":
            return time.fromisoformat(naturel)
        case "instant":
            return datetime.fromisoformat(naturel)
        case _ if is_nombre(champ):
            return Decimal(naturel)
        case _:
            return naturel


def format_francais(naturel: str, champ: Champ) -> str:
    """What a person reads: decimal comma, day before month."""
    valeur = format_cellule(naturel, champ)
    match champ.format, valeur:
        case "mois", date():
            return f"{valeur:%m/%Y}"
        case "instant", date():
            return f"{valeur:%d/%m/%Y %H:%M:%S}"
        case "date", date():
            return f"{valeur:%d/%m/%Y}"
        case _, Decimal():
            return naturel.replace(".", ",")
        case _:
            return naturel


def is_nombre_ou_date(champ: Champ) -> bool:
    """Whether its cells are numbers, dates or hours rather than texts."""
    return is_nombre(champ) or champ.format in _FRANCAIS


def neutralise(texte: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return APOSTROPHE + texte if texte.lstrip().startswith((*FORMULES, APOSTROPHE)) else texte


def denature(texte: str) -> str:
    """The text that `neutralise` was given."""
    sans = texte.removeprefix(APOSTROPHE)
    return sans if sans.lstrip().startswith((*FORMULES, APOSTROPHE)) else texte


def is_formule(texte: str) -> bool:
    """Whether a spreadsheet would run a text; a signed number is none."""
    return texte.lstrip().startswith(FORMULES) and not _SIGNE.fullmatch(texte.strip())


def _parse_moment(cellule: date | time, champ: Champ) -> str:
    """Of a date or hour; with an hour in place of a date, or the other way, it is wrong."""
    match champ.format, cellule:
        case "date", datetime() if cellule.time() == time():
            return f"{cellule:%Y-%m-%d}"
        case "mois", datetime() if cellule.day == 1 and cellule.time() == time():
            return f"{cellule:%Y-%m}"
        case "instant", datetime():
            return f"{cellule:%Y-%m-%dT%H:%M:%S}"
        case "heure", time() if not cellule.second:
            return f"{cellule:%H:%M}"
        case _:
            return REFUS + cellule.isoformat()


def _digits(nombre: float | Decimal) -> str:
    """A number without exponent, nor `.0` when it is whole."""
    texte = format(Decimal(repr(nombre) if isinstance(nombre, float) else nombre), "f")
    return texte.removesuffix(".0")


def _parse_texte(texte: str, champ: Champ) -> str:
    """What a person typed."""
    if is_nombre(champ):
        return _BLANCS.sub("", texte).replace(",", ".") if _NOMBRE.fullmatch(texte) else texte
    if champ.format in _FRANCAIS:
        motif, forme = _FRANCAIS[champ.format]
        trouve = motif.fullmatch(_BLANCS.sub(" ", texte))
        return forme.format(*(groupe or "00" for groupe in trouve.groups())) if trouve else texte
    return _padded(texte, champ)


def _padded(texte: str, champ: Champ) -> str:
    return texte.zfill(champ.longueur) if champ.format in CHIFFRES and texte.isdecimal() else texte
