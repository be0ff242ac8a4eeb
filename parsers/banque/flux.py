"""The bytes of a message of the bank, bounded, then read piece by piece.

Nothing is built before the size, the number of tags and of attributes are known, nor when the file
defines a type (DTD). An entry leaves the memory as soon as it has been read: a file costs the size
of its largest entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from parsers import flux_xml
from parsers.flux_xml import BORNES, Element, XmlIllisible, defines_type, is_oversized
from specs.octets import Octets

OCTETS_MAX = 50_000_000
BALISES_MAX = 4_000_000  # a compact statement of 50,000,000 bytes has less than three millions
TETE_OCTETS = 4096
LATINS = (
    "windows-1252",
    "cp1252",
    "latin1",
    *(f"iso-8859-{n}" for n in (*range(1, 12), 13, 14, 15, 16)),
)
ENCODAGES = dict.fromkeys(("utf-8", "utf8", "us-ascii", "ascii")) | {nom: nom for nom in LATINS}
MARQUES = ((b"\xef\xbb\xbf", None), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SANS_MARQUE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARATION = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


class FichierIllisible(ValueError):  # noqa: N818 - named in French
    """The bytes cannot be read: fields of the anomaly B001."""

    def __init__(self, variante: str | None = None, **champs: Any) -> None:  # noqa: ANN401
        """What the anomaly says."""
        super().__init__(variante)
        self.champs = {"variante": variante, **champs}


def is_xml(octets: Octets) -> bool:
    """Whether the first bytes are those of an XML document, whatever its encoding."""
    tete = octets[:TETE_OCTETS]
    for marque, _ in MARQUES:
        tete = tete.removeprefix(marque)
    return tete.replace(b"\0", b"").lstrip().startswith(b"<")


def open_octets(octets: Octets) -> bytes:
    """The document in UTF-8, within the bounds and without any definition of type.

    Raises:
        FichierIllisible: too large, of an unknown encoding, with a DTD.
    """
    if len(octets) > OCTETS_MAX:
        raise FichierIllisible("volume", valeur=str(len(octets)), attendu=str(OCTETS_MAX))
    texte = _decoded(octets[:])
    if is_oversized(texte, BALISES_MAX):
        raise FichierIllisible("bornes")
    if defines_type(texte):
        raise FichierIllisible("dtd")
    return texte


def _decoded(octets: bytes) -> bytes:
    encodage = _encoding(octets)
    if encodage is None:
        return octets
    try:
        return octets.decode(encodage).encode()
    except UnicodeDecodeError as erreur:
        raise FichierIllisible("encodage", valeur=encodage) from erreur


def _encoding(octets: bytes) -> str | None:
    """Codec of the document, None when its bytes are those of UTF-8."""
    for marque, encodage in MARQUES + SANS_MARQUE:
        if octets.startswith(marque):
            return encodage
    declare = _DECLARATION.match(octets[:TETE_OCTETS])
    nom = declare[1].decode("ascii").lower() if declare else "utf-8"
    if nom not in ENCODAGES:
        raise FichierIllisible("encodage", valeur=nom)
    return ENCODAGES[nom]


def read_root(octets: bytes) -> Element:
    """The root as it opens.

    Raises:
        FichierIllisible: not XML.
    """
    _, racine = next(iter_events(octets, ("start",)))
    return racine


def iter_events(
    octets: bytes, evenements: tuple[str, ...], balises: tuple[str, ...] | None = None
) -> Iterator[tuple[str, Element]]:
    """Events of the parser on these tags; the elements are the caller's to let go.

    Raises:
        FichierIllisible: not a whole XML document.
    """
    try:
        yield from flux_xml.iter_events(octets, evenements, balises)
    except XmlIllisible as erreur:
        variante = erreur.nature if erreur.nature == BORNES else None
        raise FichierIllisible(variante, ligne=erreur.ligne) from erreur
