"""A document that was given to a company, from the archive: the bytes that its box received."""

from __future__ import annotations

import mimetypes

from reporting.demande import Introuvable
from reporting.espace.droits import Acces
from reporting.espace.lecture import scan_siennes
from reporting.espace.visiteur import ABSENT
from specs.espace import Table
from warehouse.maison import Maison

PAS_DESSINE = "Ce document n'est pas encore dessiné : il le sera à la fin de l'éditique de la nuit."


def read_document(maison: Maison, acces: Acces, table: Table, nom: str) -> tuple[bytes, str]:
    """Bytes and media type of the last file of this name; Introuvable when the user reads none."""
    lignes = scan_siennes(maison, acces, table).filter(nom=nom).collect().sort("emis_le")
    if lignes.is_empty():
        raise Introuvable(ABSENT)
    ligne = lignes.row(-1, named=True)
    if ligne["octets"] is None:
        raise Introuvable(PAS_DESSINE)
    try:
        octets = maison.archive.read(ligne["sha256"])
    except FileNotFoundError:
        raise Introuvable(PAS_DESSINE) from None
    return octets, name_nature(nom)


def name_nature(nom: str) -> str:
    """The media type of a file, by its name."""
    return mimetypes.guess_type(nom)[0] or "application/octet-stream"
