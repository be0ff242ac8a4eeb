"""What a machine may put right in a file of the fixed form: the bytes to put, and where.

Only what leaves no choice is proposed: padding, line ends, zeros on the left, letter case, totals,
counts, hash. What changes an amount, a date or an identity is for a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from parsers.echanges.fixe import MARQUE
from parsers.echanges.ouverture import is_xml
from parsers.echanges.valeurs import CODE
from specs.echanges import (
    CONTROLE,
    ENTETE,
    LONGUEUR,
    Champ,
    Enregistrement,
    read_enveloppe,
    read_genres,
)

CHARTE = "latin-1"
FIN_DE_FICHIER = b"\x1a"
_MONTANT = re.compile(r"(?P<tete>[+-]?)(?P<chiffres>[0-9]+)(?P<queue>[+-]?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Correction:
    """`texte` (ISO-8859-1) takes the place of `longueur` bytes from the position `debut` on.

    Positions are those of the record as it is, from 1, its line end included; a length of 0 adds,
    an empty text removes.
    """

    enregistrement: int
    debut: int
    longueur: int
    texte: str


def find_corrections(
    contenu: bytes, genre: str | None, anomalies: pl.DataFrame
) -> list[Correction | None]:
    """For each anomaly of a file, in their order, its correction; None when there is none.

    `contenu`: the file, decompressed; nothing is proposed for the XML form.
    """
    if is_xml(contenu):
        return [None] * len(anomalies)
    lignes = contenu.split(b"\n")
    return [_find(lignes, genre, a) for a in anomalies.iter_rows(named=True)]


def find_place(genre: str | None, bloc: str | None, champ: str | None) -> Champ | None:
    """The field that an anomaly names, with its position and length; None when it names none."""
    enregistrement: Enregistrement | None = None
    if bloc in (ENTETE, CONTROLE):
        enregistrement = read_enveloppe(str(bloc))
    elif genre in read_genres():
        enregistrement = read_genres()[str(genre)].enregistrements.get(bloc or "")
    champs = enregistrement.champs if enregistrement else ()
    return next((c for c in champs if c.nom == champ), None)


def _find(
    lignes: Sequence[bytes], genre: str | None, anomalie: Mapping[str, Any]
) -> Correction | None:
    rang = anomalie["ligne"]
    if rang is None or not 0 < rang <= len(lignes):
        return None
    ligne, fin = lignes[rang - 1], "\r\n" if lignes[0].endswith(b"\r") else "\n"
    if anomalie["code"] == "F003":
        return _line(rang, ligne, fin, anomalie["variante"])
    if anomalie["variante"] in ("marque", "octet"):
        return _stray_bytes(rang, ligne)
    champ = find_place(genre, anomalie["bloc"], anomalie["rubrique"])
    ecrire = ZONES.get((anomalie["code"], anomalie["variante"]))
    if champ is None or ecrire is None:
        return None
    lue = ligne[champ.tranche].decode(CHARTE)
    zone = ecrire(champ, lue, anomalie["attendu"] or "")
    if zone is None or zone == lue or len(zone) != champ.longueur:
        return None
    return Correction(rang, champ.debut, champ.longueur, zone)


def _line(rang: int, ligne: bytes, fin: str, variante: str) -> Correction | None:
    """Blanks that lack or are too many; a line end that lacks or is unlike the first one's."""
    corps = ligne.removesuffix(b"\r")
    if variante == "derniere":
        return Correction(rang, len(ligne) + 1, 0, fin[len(ligne) - len(corps) :])
    if variante == "fin":
        seul = b"\r" in corps or len(corps) != LONGUEUR
        return None if seul else Correction(rang, LONGUEUR + 1, len(ligne) - len(corps) + 1, fin)
    manque = LONGUEUR - len(corps)
    if manque > 0:
        return Correction(rang, len(corps) + 1, 0, " " * manque) if corps else None
    return None if corps[LONGUEUR:].strip(b" ") else Correction(rang, LONGUEUR + 1, -manque, "")


def _stray_bytes(rang: int, ligne: bytes) -> Correction | None:
    """A byte-order mark before the header; an end-of-file byte after the trailer."""
    if ligne.startswith(MARQUE):
        return Correction(rang, 1, len(MARQUE), "")
    return Correction(rang, 1, 1, "") if ligne == FIN_DE_FICHIER else None


def _blank(champ: Champ, _lue: str, _attendu: str) -> str:
    return " " * champ.longueur


def _upper(_champ: Champ, lue: str, _attendu: str) -> str | None:
    return lue.upper() if _is_held(lue.upper()) else None


def _expected(champ: Champ, _lue: str, attendu: str) -> str:
    return attendu.rjust(champ.longueur, "0")


def _from_utf8(champ: Champ, lue: str, _attendu: str) -> str | None:
    texte = lue.rstrip().encode(CHARTE).decode("utf-8", "replace")
    return texte.ljust(champ.longueur) if _is_held(texte) else None


def _formed(champ: Champ, lue: str, _attendu: str) -> str | None:
    """The same value in the form of its field, when it can be no other."""
    texte = lue.strip(" ")
    if champ.format in ("iban", "nir", "bic"):
        return texte.replace(" ", "").upper().ljust(champ.longueur)
    if champ.type == "S":
        return _signed(champ, texte)
    if champ.type == "N" and champ.format not in ("siren", "siret", "date", "annee", "mois"):
        return texte.rjust(champ.longueur, "0") if texte.isdecimal() else None
    return texte.ljust(champ.longueur) if champ.type == "A" and champ.format != CODE else None


def _signed(champ: Champ, texte: str) -> str | None:
    """An amount whose sign is written, at one end or the other."""
    trouve = _MONTANT.fullmatch(texte)
    if trouve is None or bool(trouve["tete"]) == bool(trouve["queue"]):
        return None
    chiffres = trouve["chiffres"].lstrip("0")
    signe = (trouve["tete"] or trouve["queue"]) if chiffres else "+"
    return chiffres.rjust(champ.longueur - 1, "0") + signe


def _is_held(texte: str) -> bool:
    """Whether ISO-8859-1 holds each of its characters."""
    return all(ord(caractere) < 256 for caractere in texte)  # noqa: PLR2004 - one byte each


ZONES: Mapping[tuple[str, str | None], Callable[[Champ, str, str], str | None]] = {
    ("F004", "texte_utf8"): _from_utf8,
    ("F005", "compte"): _expected,
    ("F005", "somme"): _expected,
    ("F005", "empreinte"): _expected,
    ("F013", "espaces"): _blank,
    ("F013", "forme"): _formed,
    ("F013", "majuscules"): _upper,
    ("IN-007", "nombre"): _expected,
}
