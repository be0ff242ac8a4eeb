"""Amounts and days as the schemas of ISO 20022 allow them to be written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
CHIFFRES_ENTIERS = 13  # ten thousand billions of euros: their cents, added up, hold in 64 bits
ANNEES = range(2000, 2100)  # what the dated values and the calendars of the fund may know of
_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?", re.ASCII)
_JOUR = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
UN_JOUR = timedelta(days=1)


def parse_centimes(texte: str) -> int | None:
    """Cents of a decimal number, by its digits: any sign, zeros and point that a schema allows.

    None for another form, a fraction of a cent, or more than 13 digits of euros.

    >>> parse_centimes("+01234.50000")
    123450
    """
    trouve = _DECIMAL.fullmatch(texte)
    if trouve is None or not (trouve[2] or trouve[3]):
        return None
    signe, entier, decimales = trouve[1], trouve[2].lstrip("0"), (trouve[3] or "").rstrip("0")
    if len(entier) > CHIFFRES_ENTIERS or len(decimales) > 2:  # noqa: PLR2004 - cents
        return None
    centimes = int(entier or "0") * 100 + int(decimales.ljust(2, "0"))
    return -centimes if signe == "-" else centimes


def format_centimes(centimes: int) -> str:
    """The amount as the bank writes it, with its sign.

    >>> format_centimes(-123450)
    '-1234.50'
    """
    entier, decimales = divmod(abs(centimes), 100)
    return f"{'-' if centimes < 0 else ''}{entier}.{decimales:02}"


@lru_cache(maxsize=1024)  # a statement has few days
def parse_jour(texte: str) -> date | None:
    """Day of a date, or of an instant: in Paris when it tells its time zone, else as written.

    None for another form, a day that does not exist or out of `ANNEES`.

    >>> parse_jour("2026-04-22T22:30:00Z")
    datetime.date(2026, 4, 23)
    """
    trouve = _JOUR.fullmatch(texte) or _INSTANT.fullmatch(texte)
    if trouve is None or int(trouve[1]) not in ANNEES:
        return None
    try:
        jour = date(int(trouve[1]), int(trouve[2]), int(trouve[3]))
        return jour if trouve.re is _JOUR else _local_day(jour, trouve)
    except ValueError:
        return None


def _local_day(jour: date, instant: re.Match[str]) -> date:
    heure, minute, seconde = int(instant[4]), int(instant[5]), int(instant[6])
    if (heure, minute, seconde) == (24, 0, 0):  # the end of a day is the start of the next
        jour, heure = jour + UN_JOUR, 0
    local = datetime(jour.year, jour.month, jour.day, heure, minute, seconde)  # noqa: DTZ001
    if instant[7] is None:
        return jour
    return local.replace(tzinfo=_zone(instant[7])).astimezone(PARIS).date()


def _zone(texte: str) -> timezone:
    if texte == "Z":
        return UTC
    ecart = timedelta(hours=int(texte[1:3]), minutes=int(texte[4:6]))
    return timezone(-ecart if texte[0] == "-" else ecart)


def compact(compte: str | None) -> str | None:
    """An account number as machines write it."""
    return compte.replace(" ", "").upper() if compte else None
