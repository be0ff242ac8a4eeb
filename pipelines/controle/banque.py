"""Files of the bank among the deposits: which they are, whose box they must come from.

They are known by the vocabulary of their first bytes (ISO 20022). The bank's box takes nothing
else (B011), and no other box takes them (B010).
"""

from __future__ import annotations

import polars as pl

from parsers.anomalies import anomalie
from parsers.banque.document import is_xml
from parsers.banque.lecteur import LectureBanque, read_banque
from parsers.banque.mouvements import SCHEMA_MOUVEMENTS
from specs.banque import ESPACE_ISO

TETE_OCTETS = 4096
BANQUE = "BANQUE"


def is_message_banque(octets: bytes | memoryview) -> bool:
    """Whether the file is a message that banks exchange, read here or not."""
    return is_xml(octets) and ESPACE_ISO.encode() in bytes(octets[:TETE_OCTETS])


def read_depot_banque(
    fichier: int, octets: bytes | memoryview, *, boite_banque: bool | None
) -> LectureBanque:
    """Read a file of the bank; `boite_banque` None: nothing is known of the box it came from."""
    if boite_banque and not is_xml(octets):
        return _refused(anomalie(fichier, "B011"))
    if boite_banque is False:
        return _refused(anomalie(fichier, "B010"))
    return read_banque(fichier, octets)


def _refused(anomalies: pl.DataFrame) -> LectureBanque:
    return LectureBanque(None, SCHEMA_MOUVEMENTS.to_frame(), anomalies)
