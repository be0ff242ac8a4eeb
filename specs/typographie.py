"""French typography of amounts, rates, months, dates and counts; integers only, no locale.

Thousands and units are set off by a narrow no-break space (U+202F), negative numbers by a true
minus sign (U+2212): `format_euros(-283500)` is « −2 835,00 € ».
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

FINE = "\u202f"
MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
    "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
PARIS = ZoneInfo("Europe/Paris")
# Control characters, direction overrides, halves of surrogates: nothing a document can carry.
_INVISIBLES = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_BLANCS = re.compile(r"[\t\n\r]+")
_AVANT, _APRES = re.compile(" ([:;?!»÷×=])"), re.compile("« ")
_LONGS = re.compile(r"\S{25,}")
_COUPURES = re.compile(r"[_./\\-]|[^_./\\-]{24}")


def format_entier(nombre: int) -> str:
    """1234567 -> « 1 234 567 »."""
    signe = "\u2212" if nombre < 0 else ""
    return signe + f"{abs(nombre):,}".replace(",", FINE)


def format_montant(centimes: int) -> str:
    """283500 -> « 2 835,00 », for tables; hundredths of an hour are written alike."""
    signe = "\u2212" if centimes < 0 else ""
    euros, reste = divmod(abs(centimes), 100)
    return f"{signe}{format_entier(euros)},{reste:02d}"


def format_euros(centimes: int) -> str:
    """283500 -> « 2 835,00 € »."""
    return f"{format_montant(centimes)}{FINE}€"


def format_decimal(centimes: int) -> str:
    """-283500 -> « -2835,00 »: what a French spreadsheet reads as a number."""
    signe = "-" if centimes < 0 else ""
    euros, reste = divmod(abs(centimes), 100)
    return f"{signe}{euros},{reste:02d}"


def format_pourcent(taux_ppm: int) -> str:
    """202000 -> « 20,20 »: no decimal when there is none, otherwise two to four."""
    signe = "\u2212" if taux_ppm < 0 else ""
    entier, reste = divmod(abs(taux_ppm), 10_000)
    decimales = f"{reste:04d}".rstrip("0")
    return signe + str(entier) + (f",{decimales:0<2}" if decimales else "")


def format_taux(taux_ppm: int) -> str:
    """210000 -> « 21 % », 202000 -> « 20,20 % »."""
    return f"{format_pourcent(taux_ppm)}{FINE}%"


def format_heures(centiemes: int) -> str:
    """120000 -> « 1 200,00 h »."""
    return f"{format_montant(centiemes)}{FINE}h"


def format_mois(mois: str) -> str:
    """`2026-03` -> « mars 2026 »; any other text comes back as it is."""
    annee, _, numero = mois.partition("-")
    if not (annee.isdecimal() and numero.isdecimal() and 1 <= int(numero) <= len(MOIS)):
        return mois
    return f"{MOIS[int(numero) - 1]} {annee}"


def format_de_mois(mois: str) -> str:
    """`2026-10` -> « d'octobre 2026 », `2026-03` -> « de mars 2026 »."""
    ecrit = format_mois(mois)
    return f"d'{ecrit}" if ecrit[:1] in "ao" else f"de {ecrit}"


def format_date(jour: date) -> str:
    """25/04/2026 -> « 25 avril 2026 », « 1er avril 2026 »."""
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    return f"{quantieme} {MOIS[jour.month - 1]} {jour.year}"


def format_periode(debut: date, fin: date) -> str:
    """« du 4 au 23 août 2025 », « le 4 août 2025 » when it is one day."""
    if debut == fin:
        return f"le {format_date(debut)}"
    entier = format_date(debut)
    mots = entier.split(" ")
    garde = 3 - (debut.year == fin.year) * (1 + (debut.month == fin.month))
    return f"du {' '.join(mots[:garde])} au {format_date(fin)}"


def format_jour(jour: date) -> str:
    """« 25/04/2026 », for tables."""
    return f"{jour:%d/%m/%Y}"


def format_instant(instant: str) -> str:
    """An ISO instant (UTC when it says nothing) -> « 3 avril 2026 à 22 h 04 », Paris time."""
    heure = _in_paris(instant)
    return f"{format_date(heure.date())} à {heure.hour}{FINE}h{FINE}{heure.minute:02d}"


def format_instant_court(instant: str) -> str:
    """The same for tables: « 03/04/2026 à 22:04 »."""
    return f"{_in_paris(instant):%d/%m/%Y à %H:%M}"


def _in_paris(instant: str) -> datetime:
    lu = datetime.fromisoformat(instant)
    return (lu if lu.tzinfo else lu.replace(tzinfo=UTC)).astimezone(PARIS)


def format_duree(centiemes: int) -> str:
    """Hundredths of an hour: 700 -> « 7 h », 750 -> « 7 h 30 », 733 -> « 7,33 h »."""
    heures, reste = divmod(centiemes, 100)
    minutes, hors = divmod(reste * 60, 100)
    if hors:
        return f"{format_montant(centiemes)}{FINE}h"
    return f"{format_entier(heures)}{FINE}h" + (f"{FINE}{minutes:02d}" if minutes else "")


def format_octets(octets: int) -> str:
    """1536 -> « 1,5 Ko » (multiples of 1024, one decimal rounded half up)."""
    diviseur, unite = next(
        ((1 << rang, nom) for rang, nom in ((30, "Go"), (20, "Mo"), (10, "Ko")) if octets >> rang),
        (1, ""),
    )
    if not unite:
        return format_compte(octets, "octet")
    dixiemes = (octets * 20 + diviseur) // (2 * diviseur)
    return f"{format_entier(dixiemes // 10)},{dixiemes % 10}{FINE}{unite}"


def format_compte(nombre: int, nom: str) -> str:
    """1, « anomalie » -> « 1 anomalie »; 2 -> « 2 anomalies » (plural from two, as in French)."""
    mots = nom if abs(nombre) <= 1 else " ".join(f"{mot}s" for mot in nom.split(" "))
    return f"{format_entier(nombre)}\u00a0{mots}"


def format_jours(centiemes: int) -> str:
    """1700 -> « 17 jours », 120 -> « 1,20 jour »."""
    entier, reste = divmod(abs(centiemes), 100)
    if not reste:
        return ("\u2212" if centiemes < 0 else "") + format_compte(entier, "jour")
    signe = "\u2212" if centiemes < 0 else ""
    mot = "jours" if entier > 1 else "jour"
    return f"{signe}{format_entier(entier)},{reste:02d}\u00a0{mot}"


def bind_signs(texte: str) -> str:
    """`texte` with no-break spaces where a line must not break: « ainsi : », « pourquoi ? »."""
    return _APRES.sub("«\u00a0", _AVANT.sub("\u00a0\\1", texte))


def format_siren(identifiant: str) -> str:
    """SIREN or SIRET in groups of three, then the five of the NIC; kept as it is when malformed."""
    if re.fullmatch(r"[0-9]{9}|[0-9]{14}", identifiant) is None:
        return printable(identifiant)
    groupes = [identifiant[:3], identifiant[3:6], identifiant[6:9], identifiant[9:]]
    return FINE.join(filter(None, groupes))


def format_iban(iban: str) -> str:
    """An IBAN in groups of four."""
    serre = printable(iban).replace(" ", "")
    return FINE.join(serre[rang : rang + 4] for rang in range(0, len(serre), 4))


def printable(texte: str) -> str:
    """`texte` on one line, whatever cannot be printed or written in XML replaced by U+FFFD."""
    if texte.isprintable():  # most are, and nothing of what is replaced is
        return texte
    return _INVISIBLES.sub("\ufffd", _BLANCS.sub(" ", texte))


def clip(texte: str, longueur: int) -> str:
    """The first `longueur` characters of `printable(texte)`, with an ellipsis when it is longer."""
    lisible = printable(texte[: longueur + 1])
    return lisible if len(texte) <= longueur else f"{lisible[:longueur]}…"


def breakable(texte: str) -> str:
    """`texte` with places (U+200B) where words of more than 24 characters may break."""
    return _LONGS.sub(lambda mot: _COUPURES.sub("\\g<0>\u200b", mot.group()), texte)
