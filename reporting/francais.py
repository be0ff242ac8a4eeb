"""Values written the French way: amounts, rates, dates, months.

Integers in, text out, no float on the way. Thousands are separated by a narrow no-break
space (U+202F), the decimal mark is a comma.

Example: 283500 cents are ``2 835,00``; 210000 ppm are ``21,00 %``; 2026-03 is ``mars 2026``.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

ESPACE_FINE = "\u202f"
HEURE_DE_PARIS = ZoneInfo("Europe/Paris")
MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

_CENTIMES_PAR_EURO = 100
_PPM_PAR_POURCENT = 10_000
_DECIMALES_MIN = 2


def format_entier(valeur: int) -> str:
    """Write a whole number with its thousands separated."""
    return f"{valeur:,}".replace(",", ESPACE_FINE).replace("-", "\u2212")


def format_euros(centimes: int) -> str:
    """Write an amount in euros, without its unit: -2520 is ``−25,20``."""
    euros, reste = divmod(abs(centimes), _CENTIMES_PAR_EURO)
    signe = "\u2212" if centimes < 0 else ""
    return f"{signe}{format_entier(euros)},{reste:02d}"


def format_taux(ppm: int) -> str:
    """Write a rate in percent, two decimals at least: 1250 ppm are ``0,125 %``."""
    entiers, reste = divmod(abs(ppm), _PPM_PAR_POURCENT)
    decimales = f"{reste:04d}".rstrip("0").ljust(_DECIMALES_MIN, "0")
    signe = "\u2212" if ppm < 0 else ""
    return f"{signe}{format_entier(entiers)},{decimales}{ESPACE_FINE}%"


def format_date(jour: date) -> str:
    """Write a day as ``25/04/2026``."""
    return f"{jour:%d/%m/%Y}"


def format_date_longue(jour: date) -> str:
    """Write a day as ``1er avril 2026``."""
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    return f"{quantieme} {MOIS[jour.month - 1]} {jour.year}"


def format_mois(mois: str) -> str:
    """Write ``2026-03`` as ``mars 2026``; any other text comes back as it is."""
    annee, _, numero = mois.partition("-")
    if not (annee.isdecimal() and numero.isdecimal() and 1 <= int(numero) <= len(MOIS)):
        return mois
    return f"{MOIS[int(numero) - 1]} {annee}"


def format_instant(instant: str) -> str:
    """Write an ISO instant (UTC) as the fund's clock shows it: ``24/03/2026 à 22:05``."""
    lu = datetime.fromisoformat(instant)
    if lu.tzinfo is None:
        lu = lu.replace(tzinfo=ZoneInfo("UTC"))
    return f"{lu.astimezone(HEURE_DE_PARIS):%d/%m/%Y à %H:%M}"


def format_valeur(valeur: object, nature: str) -> str:
    """Write a value of a table; ``nature`` is its column's type in the contract.

    An absent value is an empty text.
    """
    match valeur:
        case None:
            return ""
        case bool():
            return "oui" if valeur else "non"
        case int():
            return _ENTIERS.get(nature, format_entier)(valeur)
        case date():
            return format_date(valeur)
        case _:
            return str(valeur)


# Hundredths (of an hour) are written like cents.
_ENTIERS = {"centimes": format_euros, "ppm": format_taux, "centiemes": format_euros}
