"""Which deposits are the bank's: what is asked of every file, so without their reader."""

from __future__ import annotations

from parsers.banque.flux import is_xml
from pipelines.recus import Recu
from specs.banque import ESPACE_ISO
from specs.caisse import read_caisse
from specs.octets import Octets

TETE_OCTETS = 4096


def is_de_la_banque(recu: Recu) -> bool:
    """Whether a file is a message that banks exchange, read here or not, or comes from the bank."""
    return is_boite_banque(recu) is True or _is_message(recu.octets)


def is_boite_banque(recu: Recu) -> bool | None:
    """Whether it comes from the bank's box; None when nothing is known of the box."""
    return None if recu.adherent is None else recu.adherent == read_caisse().boite_banque


def _is_message(octets: Octets) -> bool:
    tete = octets[:TETE_OCTETS].replace(b"\0", b"")  # UTF-16 too
    return is_xml(octets) and ESPACE_ISO.encode() in tete
