"""Step 1 of the controls: the name, the size and the compression of a file that is dropped.

Codes: F002 (name not of its form, extension that is not the content), F012 (empty, too large, not
one gzip member). Nothing is decompressed beyond what would be refused.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import polars as pl

from parsers.anomalies import SCHEMA, anomalie
from specs.echanges import OCTETS_MAXIMUM, RAPPORT_MAXIMUM
from specs.octets import Octets

NOM = re.compile(
    r"(?P<genre>[A-Z]{3,4})_(?P<mode>[A-Z])_(?P<convention>[0-9]{1,7})_[0-9]{14}_[0-9]{4}"
    r"\.(?P<suffixe>txt|xml)(?P<gz>\.gz)?",
    re.ASCII,
)
GZIP = b"\x1f\x8b"
_UN_MEMBRE = zlib.MAX_WBITS | 16  # a gzip header and trailer are asked for
_SANS = SCHEMA.to_frame()
_MARQUES = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BLANCS_XML = b" \t\r\n\0"  # with the other half of a blank in UTF-16


@dataclass(frozen=True, slots=True)
class NomDepot:
    """What the name of a file says of it."""

    genre: str
    mode: str
    convention: str
    xml: bool
    compresse: bool


@dataclass(frozen=True, slots=True)
class Ouverture:
    """A file that is open: `contenu` is None when step 1 refuses it (see `anomalies`)."""

    nom: NomDepot | None
    contenu: bytes | None
    anomalies: pl.DataFrame


def parse_nom(nom: str) -> NomDepot | None:
    """What a name says; None when it has not the form of those of exchange files."""
    trouve = NOM.fullmatch(nom)
    if trouve is None:
        return None
    genre, mode, convention, suffixe, gz = trouve.groups()
    return NomDepot(genre, mode, convention, suffixe == "xml", gz is not None)


def open_depot(numero: int, nom: str, octets: Octets) -> Ouverture:
    """The content of a file under its name, decompressed; all that step 1 refuses."""
    lisible = nom.encode("utf-8", "replace").decode("utf-8")  # a name may be any bytes
    depot = parse_nom(nom)
    refus = [] if depot else [anomalie(numero, "F002", variante="forme", valeur=lisible)]
    contenu = open_contenu(octets, compresse=depot.compresse if depot else nom.endswith(".gz"))
    if isinstance(contenu, str):
        refus.append(anomalie(numero, "F012", variante=contenu, attendu=_attendu(contenu)))
    elif depot and _is_otherwise(depot, contenu):
        variante = "pas_xml" if depot.xml else "xml"
        refus.append(anomalie(numero, "F002", variante=variante, valeur=lisible))
    ouvert = contenu if isinstance(contenu, bytes) and not refus else None
    return Ouverture(depot, ouvert, pl.concat(refus) if refus else _SANS)


def peek_contenu(nom: str, octets: Octets) -> bytes:
    """The content to look a header up in: as it is when the file can't be opened under its name."""
    depot = parse_nom(nom)
    contenu = open_contenu(octets, compresse=depot.compresse) if depot else ""
    if depot and isinstance(contenu, bytes) and not _is_otherwise(depot, contenu):
        return contenu
    return octets[0 : len(octets)]


def _is_otherwise(depot: NomDepot, contenu: bytes) -> bool:
    """Whether a content is not of the form that its name says."""
    return is_xml(contenu) != depot.xml and (depot.xml or contenu.startswith(b"<"))


def is_xml(contenu: bytes) -> bool:
    """Whether a content begins with `<`, after a byte-order mark and white space."""
    marque = next((m for m in _MARQUES if contenu.startswith(m)), b"")
    return contenu[len(marque) :].lstrip(_BLANCS_XML).startswith(b"<")


def open_contenu(octets: Octets, *, compresse: bool) -> bytes | str:
    """The bytes of the file as it was before its compression, or the wording of its refusal."""
    if not len(octets):
        return "vide"
    if len(octets) > OCTETS_MAXIMUM:
        return "taille"
    lus = octets[0 : len(octets)]
    if lus.startswith(GZIP) != compresse:
        return "pas_gzip" if compresse else "gzip_sans_gz"
    return _decompressed(lus) if compresse else lus


def _decompressed(octets: bytes) -> bytes | str:
    """The content of a single gzip member, or why it is refused."""
    rapport = RAPPORT_MAXIMUM * len(octets)
    membre = zlib.decompressobj(_UN_MEMBRE)
    try:
        contenu = membre.decompress(octets, min(OCTETS_MAXIMUM, rapport) + 1)
    except zlib.error:
        return "gzip_abime"
    refus = {
        "rapport": len(contenu) > rapport,
        "taille": len(contenu) > OCTETS_MAXIMUM,
        "gzip_abime": not membre.eof,
        "gzip_suite": membre.unused_data,
        "gzip_double": contenu.startswith(GZIP),
        "vide": not contenu,
    }
    return next((variante for variante, oui in refus.items() if oui), contenu)


def _attendu(variante: str) -> str | None:
    """The bound that is passed."""
    return {"taille": str(OCTETS_MAXIMUM), "rapport": str(RAPPORT_MAXIMUM)}.get(variante)
