"""Files of the bank among the deposits: which they are, whose box they must come from.

They are known by the vocabulary of their first bytes (ISO 20022). The bank's box takes nothing
else (B011), and no other box takes them (B010).
"""

from __future__ import annotations

import polars as pl

from parsers.anomalies import anomalie
from parsers.banque.flux import is_xml
from parsers.banque.lecteur import LectureBanque, read_banque
from parsers.banque.mouvements import SCHEMA_MOUVEMENTS
from specs.banque import ESPACE_ISO
from specs.octets import Octets

TETE_OCTETS = 4096
BANQUE = "BANQUE"
# What is dropped instead of a message: first bytes, wording of the anomaly, what it is.
AUTRES_FORMES = (
    (b"PK\x03\x04", "archive", "ZIP"),
    (b"PK\x05\x06", "archive", "ZIP vide"),
    (b"\x1f\x8b", "archive", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "archive", "7z"),
    (b"Rar!\x1a\x07", "archive", "RAR"),
    (b"%PDF-", "document", "PDF"),
)


def is_message_banque(octets: Octets) -> bool:
    """Whether the file is a message that banks exchange, read here or not."""
    tete = octets[:TETE_OCTETS].replace(b"\0", b"")  # UTF-16 too
    return is_xml(octets) and ESPACE_ISO.encode() in tete


def read_depot_banque(fichier: int, octets: Octets, *, boite_banque: bool | None) -> LectureBanque:
    """Read a file of the bank; `boite_banque` None: nothing is known of the box it came from."""
    if boite_banque and not is_xml(octets):
        return _refused(_not_a_message(fichier, octets))
    if boite_banque is False:
        return _refused(anomalie(fichier, "B010"))
    return read_banque(fichier, octets)


def _not_a_message(fichier: int, octets: Octets) -> pl.DataFrame:
    """What the file is, when its first bytes tell."""
    tete = octets[:TETE_OCTETS]
    for debut, variante, valeur in AUTRES_FORMES:
        if tete.startswith(debut):
            return anomalie(fichier, "B011", variante=variante, valeur=valeur)
    return anomalie(fichier, "B011")


def _refused(anomalies: pl.DataFrame) -> LectureBanque:
    return LectureBanque(None, SCHEMA_MOUVEMENTS.to_frame(), anomalies)
