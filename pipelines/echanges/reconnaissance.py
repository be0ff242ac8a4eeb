"""Which deposits are exchange files: what is asked of every file, so without their reader."""

from __future__ import annotations

from parsers.echanges.ouverture import is_xml as begins_as_xml
from parsers.echanges.ouverture import parse_nom
from pipelines.recus import Recu
from specs.echanges import ENTETE, ESPACE, read_genres

TETE_OCTETS = 4096


def is_echange(recu: Recu) -> bool:
    """Whether a file is named as exchange files are, or begins as they do."""
    if parse_nom(recu.nom):
        return True
    tete = recu.octets[:TETE_OCTETS]
    genre = tete[2:6].decode("latin-1").rstrip()
    return (tete.startswith(ENTETE.encode()) and genre in read_genres()) or (
        begins_as_xml(tete) and ESPACE.encode() in tete
    )
